//! The help of the command line, in French. The English one stands where clap reads it; a test names every text of it
//! that has no French here.

/// English and French, without the full stop that clap leaves out.
const FRENCH: &[(&str, &str)] = &[
    // The program and what goes with every command.
    (
        "Scheduled jobs that live as YAML files in git",
        "Des tâches planifiées qui vivent en fichiers YAML dans git",
    ),
    (
        "Exit codes: 0 done; 1 a problem was found; 2 wrong usage; 3 no daemon; 4 refused; 5 file system or internal error.",
        "Codes de sortie : 0 fait ; 1 un problème a été trouvé ; 2 mauvais usage ; 3 pas de démon ; 4 refusé ; 5 système de fichiers ou erreur interne.",
    ),
    (
        "More: jobsd help exit-codes, jobsd help formats, jobsd help schedule.",
        "Plus : jobsd help exit-codes, jobsd help formats, jobsd help schedule.",
    ),
    ("Examples:", "Exemples :"),
    (
        "Folder of job files [default: `jobs` of jobsd.yaml, else jobs.d]",
        "Dossier des fichiers de tâche [défaut : `jobs` de jobsd.yaml, sinon jobs.d]",
    ),
    (
        "The daemon's own settings [default: jobsd.yaml beside the jobs folder]",
        "Réglages du démon [défaut : jobsd.yaml à côté du dossier des tâches]",
    ),
    (
        "State directory [default: .jobsd beside the jobs folder]",
        "Dossier d’état [défaut : .jobsd à côté du dossier des tâches]",
    ),
    (
        "Language of people: fr or en [default: from JOBSD_LANG, LC_ALL, LC_MESSAGES, LANG]",
        "Langue : fr ou en [défaut : selon JOBSD_LANG, LC_ALL, LC_MESSAGES, LANG]",
    ),
    (
        "Colors: auto, always or never [default: auto, which heeds NO_COLOR, CLICOLOR_FORCE, FORCE_COLOR and TERM]",
        "Couleurs : auto, always ou never [défaut : auto, qui suit NO_COLOR, CLICOLOR_FORCE, FORCE_COLOR et TERM]",
    ),
    (
        "On a terminal that takes them",
        "Sur un terminal qui les accepte",
    ),
    (
        "Times in this zone [default: that of the terminal]",
        "Heures de ce fuseau [défaut : celui du terminal]",
    ),
    (
        "Errors alone: no hints, notes or progress on standard error",
        "Les erreurs seules : ni conseils, ni remarques, ni progression sur la sortie d’erreur",
    ),
    (
        "Say on standard error what is used and asked; twice: everything",
        "Dit sur la sortie d’erreur ce qui est utilisé et demandé ; deux fois : tout",
    ),
    (
        "Columns of the table, in this order",
        "Colonnes du tableau, dans cet ordre",
    ),
    ("Its name for people", "Son nom pour les gens"),
    ("Its bot type", "Son type de bot"),
    ("Its next due time", "Sa prochaine échéance"),
    ("How far ahead that is", "Dans combien de temps"),
    ("Its last run", "Sa dernière exécution"),
    ("What became of that", "Ce qu’elle a donné"),
    ("Production or test", "Production ou essai"),
    ("Its schedule in words", "Sa planification en mots"),
    ("The zone of its schedule", "Le fuseau de sa planification"),
    ("Its file", "Son fichier"),
    (
        "KILL after this time instead of the job's kill_grace (0s, 10s, 2min); also for a run that is told already",
        "KILL après ce délai au lieu du kill_grace de la tâche (0s, 10s, 2min) ; aussi pour une exécution déjà prévenue",
    ),
    (
        "The daemon to ask: https://host, or host:port [default: JOBSD_SERVER, else the socket in the state directory]",
        "Le démon à interroger : https://hôte, ou hôte:port [défaut : JOBSD_SERVER, sinon la socket du répertoire d’état]",
    ),
    (
        "A file with the token of that server [default: JOBSD_TOKEN_FILE]",
        "Un fichier avec le jeton de ce serveur [défaut : JOBSD_TOKEN_FILE]",
    ),
    (
        "Another value in its bot_config, for this run alone: --set dry_run=true; needs --local",
        "Une autre valeur dans son bot_config, pour cette exécution seule : --set dry_run=true ; demande --local",
    ),
    (
        "Every job that is not paused",
        "Toutes les tâches qui ne sont pas en pause",
    ),
    ("Every job that is paused", "Toutes les tâches en pause"),
    ("A table; between tabs", "Un tableau ; entre tabulations"),
    ("One document", "Un document"),
    ("A run a line", "Une exécution par ligne"),
    ("Birthday messages", "Messages d’anniversaire"),
    ("Profile visits", "Visites de profils"),
    ("Due by their schedule", "Dues selon leur planification"),
    ("Paused", "En pause"),
    ("Their last run failed", "Leur dernière exécution a échoué"),
    (
        "Their file is bad; the last good version stays in force",
        "Leur fichier est invalide ; la dernière bonne version reste active",
    ),
    ("Changes the world", "Agit vraiment"),
    ("Dry run by its file", "Simulation selon son fichier"),
    ("The next due time first", "La prochaine échéance d’abord"),
    ("By id", "Par id"),
    ("The last run first", "La dernière exécution d’abord"),
    (
        "A table on a terminal, tab-separated elsewhere",
        "Un tableau sur un terminal, séparé par des tabulations ailleurs",
    ),
    ("One object per line", "Un objet par ligne"),
    (
        "The instant in question (RFC 3339) [default: now]",
        "L’instant en question (RFC 3339) [défaut : maintenant]",
    ),
    ("The shell", "Le shell"),
    (
        "Say why a run did or did not happen, from the history alone",
        "Dit pourquoi une exécution a eu lieu ou non, d’après l’historique seul",
    ),
    (
        "Look whether this machine is fit: clock, zones, folders, disk, watches, descriptors, the daemon",
        "Regarde si cette machine convient : horloge, fuseaux, dossiers, disque, surveillance, descripteurs, démon",
    ),
    (
        "Print the completion script of a shell",
        "Affiche le script de complétion d’un shell",
    ),
    (
        "Write the man pages into a folder",
        "Écrit les pages de manuel dans un dossier",
    ),
    ("Always", "Toujours"),
    ("Never", "Jamais"),
    (
        "Leave the head of a table out where it is tab-separated",
        "Omet l’en-tête d’un tableau séparé par des tabulations",
    ),
    ("Times in UTC", "Heures en UTC"),
    ("Output format", "Format de sortie"),
    ("How it is shown", "Comment le montrer"),
    ("For people", "Pour les personnes"),
    ("One JSON document", "Un document JSON"),
    ("One JSON object per line", "Un objet JSON par ligne"),
    ("The job", "La tâche"),
    ("The run", "L’exécution"),
    (
        "The job; all when none is named",
        "La tâche ; toutes si aucune n’est nommée",
    ),
    (
        "Jobs; all when none is named",
        "Tâches ; toutes si aucune n’est nommée",
    ),
    ("How many", "Combien"),
    // serve
    ("Run the daemon", "Lance le démon"),
    (
        "Address of the read-only endpoint. [default: `listen` of jobsd.yaml, else 127.0.0.1:7878]",
        "Adresse du point d’accès en lecture seule. [défaut : `listen` de jobsd.yaml, sinon 127.0.0.1:7878]",
    ),
    // validate
    (
        "Check job files; needs no daemon",
        "Vérifie des fichiers de tâche ; sans démon",
    ),
    (
        "Files and folders [default: the jobs folder]",
        "Fichiers et dossiers [défaut : le dossier des tâches]",
    ),
    ("How findings are written", "Forme des constats"),
    ("GitHub workflow commands", "Commandes de workflow GitHub"),
    (
        "GitLab code quality report",
        "Rapport de qualité de code GitLab",
    ),
    ("SARIF 2.1.0", "SARIF 2.1.0"),
    ("JUnit XML", "XML JUnit"),
    (
        "Count these warnings as errors: `warnings` for all, or codes",
        "Compte ces avertissements comme des erreurs : `warnings` pour tous, ou des codes",
    ),
    (
        "Count warnings as errors: the same as `--deny warnings`",
        "Compte les avertissements comme des erreurs : comme `--deny warnings`",
    ),
    ("Leave these warnings out", "Omet ces avertissements"),
    (
        "Show so many findings at most; the exit code and the counts are of all",
        "Montre au plus tant de constats ; le code de sortie et les totaux valent pour tous",
    ),
    (
        "Errors alone: no warnings, no notes, no summary",
        "Les erreurs seules : ni avertissements, ni notes, ni résumé",
    ),
    (
        "The name of standard input (`-`), for messages and the id",
        "Le nom de l’entrée standard (`-`), pour les messages et l’id",
    ),
    (
        "Show this many findings at most, in the formats human and github; all count",
        "Montre au plus autant de constats, dans les formats human et github ; tous comptent",
    ),
    (
        "Show notes too: what is left implicit",
        "Montre aussi les notes : ce qui reste implicite",
    ),
    (
        "First mend what can be mended safely; comments stay",
        "Corrige d’abord ce qui peut l’être sans risque ; les commentaires restent",
    ),
    // init
    (
        "Begin a folder: jobs.d with an example, schemas, editor settings, CI and a hook",
        "Commence un dossier : jobs.d avec un exemple, schémas, réglages d’éditeur, CI et crochet de commit",
    ),
    ("The folder", "Le dossier"),
    ("Where CI runs", "Où tourne la CI"),
    ("GitHub Actions", "GitHub Actions"),
    ("GitLab CI", "GitLab CI"),
    ("Forgejo Actions", "Forgejo Actions"),
    ("None", "Nulle part"),
    // new
    (
        "Write a valid, commented job file",
        "Écrit un fichier de tâche valide et commenté",
    ),
    (
        "The id: the file's name without its ending",
        "L’id : le nom du fichier sans son extension",
    ),
    (
        "What people read [default: the id]",
        "Ce que lisent les personnes [défaut : l’id]",
    ),
    (
        "command, birthday or visitor",
        "command, birthday ou visitor",
    ),
    (
        "A shell text to run (type command)",
        "Un texte à lancer par le shell (type command)",
    ),
    (
        "Every day at this time: 08:00",
        "Chaque jour à cette heure : 08:00",
    ),
    (
        "On these days at this time: mon,wed,fri@14:30",
        "Ces jours-là à cette heure : mon,wed,fri@14:30",
    ),
    (
        "Every so often: 2h, 15m, 30s",
        "À intervalles réguliers : 2h, 15m, 30s",
    ),
    (
        "A cron expression: '*/15 8-18 * * mon-fri'",
        "Une expression cron : '*/15 8-18 * * mon-fri'",
    ),
    ("Zone of the times", "Fuseau des heures"),
    (
        "Make it a dry run (bots only)",
        "En fait un essai à blanc (bots seulement)",
    ),
    (
        "Print it instead of writing the file",
        "L’affiche au lieu d’écrire le fichier",
    ),
    ("Replace an existing file", "Remplace un fichier existant"),
    // import
    (
        "Write job files from a crontab or a systemd timer. Exit 1 when something does not come over",
        "Écrit des fichiers de tâche depuis une crontab ou un timer systemd. Sort avec 1 si quelque chose ne passe pas",
    ),
    (
        "The file; `-` is standard input",
        "Le fichier ; `-` est l’entrée standard",
    ),
    (
        "What it is [default: systemd for a file *.timer, else crontab]",
        "Ce qu’il est [défaut : systemd pour un fichier *.timer, sinon crontab]",
    ),
    (
        "Where the job files go [default: the jobs folder]",
        "Où vont les fichiers de tâche [défaut : le dossier des tâches]",
    ),
    (
        "The crontab names a user in each entry, as /etc/crontab and /etc/cron.d do",
        "La crontab nomme un utilisateur par entrée, comme /etc/crontab et /etc/cron.d",
    ),
    (
        "Print the job files instead of writing them",
        "Affiche les fichiers de tâche au lieu de les écrire",
    ),
    // export
    (
        "Say jobs in the words of another scheduler, from the files. Exit 1 when something is lost",
        "Dit des tâches dans les mots d’un autre planificateur, d’après les fichiers. Sort avec 1 si quelque chose se perd",
    ),
    ("The jobs", "Les tâches"),
    ("Every job", "Toutes les tâches"),
    ("Which scheduler", "Quel planificateur"),
    ("One crontab", "Une crontab"),
    (
        "A timer and a service for each job",
        "Un timer et un service par tâche",
    ),
    (
        "The effective definitions, nothing lost",
        "Les définitions effectives, sans perte",
    ),
    // fmt
    (
        "Canonical order and style of job files, comments kept",
        "Ordre et style canoniques des fichiers de tâche, commentaires gardés",
    ),
    (
        "Name the files that would change; exit 1 when there is one (the default)",
        "Nomme les fichiers qui changeraient ; sort avec 1 s’il y en a (par défaut)",
    ),
    ("Show what would change", "Montre ce qui changerait"),
    ("Write the files", "Écrit les fichiers"),
    // explain
    (
        "Explain a code of `validate`; without one, list them",
        "Explique un code de `validate` ; sans code, en donne la liste",
    ),
    ("The code", "Le code"),
    ("All pages as Markdown", "Toutes les pages en Markdown"),
    // schema
    (
        "Print the JSON Schema of job files",
        "Affiche le schéma JSON des fichiers de tâche",
    ),
    (
        "Print a JSON Schema: of job files, or of jobsd.yaml",
        "Affiche un schéma JSON : des fichiers de tâche, ou de jobsd.yaml",
    ),
    ("Which schema", "Quel schéma"),
    (
        "Say whether this committed copy is current",
        "Dit si cette copie versionnée est à jour",
    ),
    (
        "A field reference in Markdown instead",
        "Une référence des champs en Markdown à la place",
    ),
    // next
    (
        "Show the next due times, from the files",
        "Montre les prochaines échéances, d’après les fichiers",
    ),
    (
        "A job file outside the jobs folder",
        "Un fichier de tâche hors du dossier des tâches",
    ),
    (
        "A bare cron expression instead of jobs: --schedule '0 8 * * 1-5' --tz Europe/Paris; six fields begin with seconds",
        "Une expression cron seule au lieu de tâches : --schedule '0 8 * * 1-5' --tz Europe/Paris ; six champs commencent par les secondes",
    ),
    ("Zone of a bare expression", "Fuseau d’une expression seule"),
    (
        "Name the clock changes of the range (at least a year) and what each does to the job",
        "Nomme les changements d’heure de la période (au moins un an) et leur effet sur la tâche",
    ),
    (
        "Due times strictly after this instant (RFC 3339) [default: now]",
        "Échéances strictement après cet instant (RFC 3339) [défaut : maintenant]",
    ),
    (
        "Due times up to this instant",
        "Échéances jusqu’à cet instant",
    ),
    ("How many for each job", "Combien par tâche"),
    // simulate
    (
        "Live through a time span in virtual time: what would run, wait, be skipped or missed",
        "Vit une période en temps virtuel : ce qui s’exécuterait, attendrait, serait omis ou manqué",
    ),
    (
        "The first instant (RFC 3339) [default: now]",
        "Le premier instant (RFC 3339) [défaut : maintenant]",
    ),
    (
        "The last instant [default: 24 hours later]",
        "Le dernier instant [défaut : 24 heures plus tard]",
    ),
    (
        "How long every run takes, in seconds [default: the median of its history, else 1]",
        "Durée de chaque exécution, en secondes [défaut : la médiane de son historique, sinon 1]",
    ),
    ("Bound over all jobs", "Borne sur toutes les tâches"),
    // list and status
    (
        "List the jobs, from the files",
        "Liste les tâches, d’après les fichiers",
    ),
    (
        "List the jobs, as the daemon knows them",
        "Liste les tâches, telles que le démon les connaît",
    ),
    (
        "Read files alone, ask no daemon (the only way yet)",
        "Lit les fichiers seuls, sans démon (seule façon pour l’instant)",
    ),
    (
        "Read files alone, ask no daemon: always so",
        "Lit les fichiers seuls, sans démon : toujours",
    ),
    (
        "Read the files alone, ask no daemon",
        "Lit les fichiers seuls, sans démon",
    ),
    ("Jobs in this state", "Tâches dans cet état"),
    ("Jobs in this mode", "Tâches dans ce mode"),
    ("Jobs of this bot type", "Tâches de ce type de bot"),
    ("Jobs with this label", "Tâches portant cette étiquette"),
    ("Order", "Ordre"),
    (
        "Show the daemon, or one job of it",
        "Montre le démon, ou une de ses tâches",
    ),
    (
        "Exit 1 when something needs attention",
        "Sort avec 1 si quelque chose demande attention",
    ),
    (
        "Exit 1 when something needs attention: bad health, a bad file; for a job, a failed last run",
        "Sort avec 1 si quelque chose demande attention : mauvaise santé, mauvais fichier ; pour une tâche, dernier échec",
    ),
    (
        "Show it again every two seconds",
        "Le montre de nouveau toutes les deux secondes",
    ),
    // history and fsck
    (
        "Show finished runs, newest first, from the history files",
        "Montre les exécutions terminées, la plus récente d’abord, d’après l’historique",
    ),
    (
        "Show past runs, newest first, from the history files; no daemon is asked",
        "Montre les exécutions passées, la plus récente d’abord, d’après l’historique ; sans démon",
    ),
    (
        "With this status alone; `running` are the runs that have started and are not over",
        "De ce statut seulement ; `running` : commencées et pas finies",
    ),
    ("Started by this alone", "Lancées par cela seulement"),
    (
        "Started (or, where nothing started, due) at this instant or later: RFC 3339, or a span before now (90s, 30min, 2h, 7d)",
        "Commencées (ou, sans départ, dues) à cet instant ou après : RFC 3339, ou une durée avant maintenant (90s, 30min, 2h, 7d)",
    ),
    (
        "Started before this instant",
        "Commencées avant cet instant",
    ),
    (
        "Go on where a page ended: `next` of the json format",
        "Reprend où une page s’est arrêtée : `next` du format json",
    ),
    (
        "Sum up all that match, below the runs",
        "Résume toutes celles qui conviennent, sous les exécutions",
    ),
    (
        "Check every line of the history, and what the lines say of each other. Exit 1 when something is wrong",
        "Vérifie chaque ligne de l’historique, et ce que les lignes disent les unes des autres. Sort avec 1 si quelque chose est faux",
    ),
    (
        "Fence a torn last line with a newline, as a daemon would, and take out the second end of a run that an older version recorded after a crash; nothing else is ever changed. Needs a stopped daemon",
        "Termine une dernière ligne déchirée par un saut de ligne, comme un démon, et retire la seconde fin d’une exécution qu’une version antérieure a notée après un arrêt brutal ; rien d’autre n’est jamais changé. Démon arrêté",
    ),
    // diff
    (
        "Show what the daemon would change if it read the files now, or those of another commit",
        "Montre ce que le démon changerait en lisant les fichiers maintenant, ou ceux d’un autre commit",
    ),
    (
        "A branch, tag or commit of the repository that holds the jobs folder [default: the files on disk]",
        "Une branche, une étiquette ou un commit du dépôt du dossier des tâches [défaut : les fichiers du disque]",
    ),
    (
        "Exit codes: 0 nothing differs; 1 something does; 3 no daemon; 5 the files cannot be read.",
        "Codes de sortie : 0 rien ne diffère ; 1 quelque chose diffère ; 3 pas de démon ; 5 fichiers illisibles.",
    ),
    // logs
    (
        "Show what a run wrote",
        "Montre ce qu’une exécution a écrit",
    ),
    (
        "A run, or a job: its newest run that has started",
        "Une exécution, ou une tâche : sa plus récente exécution commencée",
    ),
    (
        "Go on until the run ends",
        "Continue jusqu’à la fin de l’exécution",
    ),
    ("Standard error alone", "L’erreur standard seule"),
    ("This attempt alone", "Cette tentative seule"),
    ("The last lines alone", "Les dernières lignes seules"),
    (
        "Begin each line with its time, and `!` where it is standard error",
        "Commence chaque ligne par son heure, et `!` pour l’erreur standard",
    ),
    // run, cancel, pause, resume, reload, bot
    ("Run a job now", "Lance une tâche maintenant"),
    (
        "In the foreground, without a daemon; recorded when no daemon holds the state directory",
        "Au premier plan, sans démon ; enregistré si aucun démon ne tient le dossier d’état",
    ),
    (
        "Leave outside effects out (bots only)",
        "Sans effet extérieur (bots seulement)",
    ),
    (
        "Wait for the end; exit 1 when it is not a success",
        "Attend la fin ; sort avec 1 si ce n’est pas un succès",
    ),
    (
        "Show the output as it comes, and wait",
        "Montre la sortie au fil de l’eau, et attend",
    ),
    (
        "Wait no longer than this (90s, 15min, 2h); then exit 124",
        "N’attend pas plus longtemps (90s, 15min, 2h) ; sort alors avec 124",
    ),
    (
        "Exit with the program's own code",
        "Sort avec le code du programme",
    ),
    (
        "A production run is meant: do not ask",
        "C’est bien la production : ne pas demander",
    ),
    (
        "End a run: TERM, then KILL after the job's kill_grace",
        "Met fin à une exécution : TERM, puis KILL après le kill_grace de la tâche",
    ),
    (
        "Let nothing of a job be due, until it is resumed: an override of its file, shown as drift",
        "Suspend les échéances d’une tâche jusqu’à sa reprise : une dérogation à son fichier, montrée comme dérive",
    ),
    (
        "Lift it after this span: 90s, 15min, 2h, 3d",
        "La lève après cette durée : 90s, 15min, 2h, 3d",
    ),
    (
        "Lift it at this instant (RFC 3339)",
        "La lève à cet instant (RFC 3339)",
    ),
    (
        "Why; shown wherever the pause is",
        "Pourquoi ; montré partout où la pause l’est",
    ),
    ("Lift a pause", "Lève une pause"),
    (
        "Make the daemon read the job files now",
        "Fait relire les fichiers de tâche au démon maintenant",
    ),
    (
        "Run a built-in bot as jobsd does: its config as JSON on standard input, its run in the environment (docs/bots.md)",
        "Lance un bot intégré comme le fait jobsd : sa configuration en JSON sur l’entrée standard, l’exécution dans l’environnement (docs/bots.md)",
    ),
    ("Which bot", "Quel bot"),
];

/// The French of a text of the help.
pub fn french(english: &str) -> Option<&'static str> {
    let found = FRENCH.iter().find(|(en, _)| *en == english);
    found.map(|(_, fr)| *fr)
}

/// A text of several lines, in French: what is indented are commands, and stays. `Err` is a line without French.
///
/// # Errors
/// The first line that has no French.
pub fn french_lines(english: &str) -> Result<String, &str> {
    let is_kept = |line: &str| line.is_empty() || line.starts_with(' ');
    let lines = english.split('\n').map(|line| match french(line) {
        Some(line) => Ok(line),
        None if is_kept(line) => Ok(line),
        None => Err(line),
    });
    Ok(lines.collect::<Result<Vec<&str>, &str>>()?.join("\n"))
}
