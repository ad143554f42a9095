//! `jobsd explain CODE`: what a finding means, why it is one, a wrong and a right example. The
//! examples are tested.

/// A page about a code; each pair is English and French.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// The code.
    pub code: &'static str,
    /// What it means.
    pub what: (&'static str, &'static str),
    /// Why it matters.
    pub why: (&'static str, &'static str),
    /// Keys of a job file that give the finding, or words where no file can show it.
    pub wrong: &'static str,
    /// The same, fixed.
    pub right: &'static str,
}

/// The page of a code.
pub fn of(code: &str) -> Option<&'static Page> {
    PAGES.iter().find(|page| page.code == code)
}

/// Examples that are words, not keys, in French.
const IN_WORDS: &[(&str, &str)] = &[
    (
        "(timezone: America/Vancouver, and a system with tzdata 2025b)",
        "(timezone: America/Vancouver, et un système avec tzdata 2025b)",
    ),
    (
        "(the same, and a system with tzdata 2026f)",
        "(le même, et un système avec tzdata 2026f)",
    ),
    (
        "(a file with more than 100 warnings)",
        "(un fichier avec plus de 100 avertissements)",
    ),
    (
        "(listen: 127.0.0.1:8080, under a running daemon)",
        "(listen: 127.0.0.1:8080, sous un démon en marche)",
    ),
    ("(the same, and a restart)", "(le même, et un redémarrage)"),
    ("(chmod 666 jobs.d/a.yaml)", "(chmod 666 jobs.d/a.yaml)"),
    (
        "(chmod 644 jobs.d/a.yaml, owned by root)",
        "(chmod 644 jobs.d/a.yaml, propriété de root)",
    ),
    (
        "(ten lines that each repeat an alias nine times)",
        "(dix lignes qui répètent chacune un alias neuf fois)",
    ),
    (
        "(31 files with hour: 3 and minute: 0)",
        "(31 fichiers avec hour: 3 et minute: 0)",
    ),
    (
        "(jobs.d/a/backup.yaml and jobs.d/b/backup.yaml)",
        "(jobs.d/a/backup.yaml et jobs.d/b/backup.yaml)",
    ),
    (
        "(jobs.d/a/backup-a.yaml and jobs.d/b/backup-b.yaml)",
        "(jobs.d/a/backup-a.yaml et jobs.d/b/backup-b.yaml)",
    ),
    (
        "(a file with only comments)",
        "(un fichier de commentaires seuls)",
    ),
    ("(jobs.d/My Job.yaml)", "(jobs.d/My Job.yaml)"),
    ("(jobs.d/my-job.yaml)", "(jobs.d/my-job.yaml)"),
    ("(jobs.d/a.yaml -> a.yaml)", "(jobs.d/a.yaml -> a.yaml)"),
    (
        "(jobs.d/a.yaml -> /etc/a.yaml)",
        "(jobs.d/a.yaml -> /etc/a.yaml)",
    ),
    (
        "(jobs.d/a.yaml, a regular file)",
        "(jobs.d/a.yaml, un fichier ordinaire)",
    ),
    (
        "(listen: localhost:7878 in jobsd.yaml)",
        "(listen: localhost:7878 dans jobsd.yaml)",
    ),
    (
        "(listen: 127.0.0.1:7878 in jobsd.yaml)",
        "(listen: 127.0.0.1:7878 dans jobsd.yaml)",
    ),
    ("(mkfifo jobs.d/a.yaml)", "(mkfifo jobs.d/a.yaml)"),
    (
        "(a file saved as Latin-1)",
        "(un fichier enregistré en Latin-1)",
    ),
    ("(none known)", "(aucun connu)"),
    ("(a hundred opening brackets)", "(cent crochets ouvrants)"),
    ("(a file of 2 MiB)", "(un fichier de 2 Mio)"),
    (
        "(a file of a thousand unknown keys)",
        "(un fichier de mille clés inconnues)",
    ),
];

/// An example in French: keys stay, words are translated. `None` when words have no French.
pub fn example_in_french(example: &str) -> Option<&str> {
    if !example.starts_with('(') {
        return Some(example);
    }
    let found = IN_WORDS.iter().find(|(en, _)| *en == example);
    found.map(|(_, fr)| *fr)
}

const fn page(
    code: &'static str,
    what: (&'static str, &'static str),
    why: (&'static str, &'static str),
    wrong: &'static str,
    right: &'static str,
) -> Page {
    Page {
        code,
        what,
        why,
        wrong,
        right,
    }
}

/// Every page, by code.
pub const PAGES: &[Page] = &[
    page(
        "alias-bomb",
        (
            "The file holds far more values than a job needs, counted with its aliases expanded.",
            "Le fichier contient bien plus de valeurs qu’un job n’en demande, alias développés.",
        ),
        (
            "A few lines of nested aliases can stand for billions of values.",
            "Quelques lignes d’alias imbriqués peuvent valoir des milliards de valeurs.",
        ),
        "(ten lines that each repeat an alias nine times)",
        "labels:\n  owner: ops",
    ),
    page(
        "allow-reason",
        (
            "A `# jobsd: allow(…)` comment gives no reason, so it silences nothing.",
            "Un commentaire `# jobsd: allow(…)` ne donne pas de raison et ne fait donc rien taire.",
        ),
        (
            "The next reader must know why the warning was accepted.",
            "Le prochain lecteur doit savoir pourquoi l’avertissement a été accepté.",
        ),
        "schedule_config:\n  cron_expression: \"0 0 13 * 5\" # jobsd: \
         allow(either-day)\nschedule_type: cron",
        "schedule_config:\n  cron_expression: \"0 0 13 * 5\" # jobsd: allow(either-day) every 13th \
         and every Friday is meant\nschedule_type: cron",
    ),
    page(
        "allow-unused",
        (
            "A `# jobsd: allow(…)` comment silences nothing in this file.",
            "Un commentaire `# jobsd: allow(…)` ne fait rien taire dans ce fichier.",
        ),
        (
            "A left-over comment would hide a later warning that no one has seen.",
            "Un commentaire oublié cacherait un avertissement futur que personne n’a regardé.",
        ),
        "name: A job # jobsd: allow(either-day) no longer true",
        "name: A job",
    ),
    page(
        "anchor",
        (
            "`anchor` is not an instant.",
            "`anchor` n’est pas un instant.",
        ),
        (
            "An interval is counted from it, so it must name one instant for everybody: RFC 3339 \
             with an offset.",
            "Un intervalle se compte à partir de lui ; il doit désigner un seul instant pour \
             tous : RFC 3339 avec décalage.",
        ),
        "schedule_type: interval\nschedule_config:\n  hours: 1\n  anchor: noon",
        "schedule_type: interval\nschedule_config:\n  hours: 1\n  anchor: \
         2026-01-01T12:00:00+01:00",
    ),
    page(
        "bot-source",
        (
            "A bot's contacts, delivery or addresses are named neither in the file nor in \
             jobsd.yaml.",
            "Les contacts, l’envoi ou les adresses d’un bot ne sont nommés ni dans le fichier ni \
             dans jobsd.yaml.",
        ),
        (
            "The file is valid, but every run fails at once until they are.",
            "Le fichier est valide, mais chaque exécution échoue aussitôt d’ici là.",
        ),
        "bot_type: birthday\nbot_config:\n  process_late: true",
        "bot_type: birthday\nbot_config:\n  process_late: true\n  contacts: contacts.vcf\n  \
         delivery:\n    command: [bin/send]",
    ),
    page(
        "clear-login",
        (
            "A password would go to a mail server on another machine without encryption.",
            "Un mot de passe irait sans chiffrement à un serveur de courriel sur une autre \
             machine.",
        ),
        (
            "Anyone on the way could read it and send mails in your name.",
            "Quiconque est sur le chemin pourrait le lire et envoyer des courriels en votre nom.",
        ),
        "bot_type: birthday\nbot_config:\n  contacts: contacts.vcf\n  delivery:\n    smtp:\n      \
         host: mail.example.org\n      tls: none\n      from: ana@example.org\n      user: ana\n      \
         password: {from_file: /run/secrets/smtp}",
        "bot_type: birthday\nbot_config:\n  contacts: contacts.vcf\n  delivery:\n    smtp:\n      \
         host: mail.example.org\n      from: ana@example.org\n      user: ana\n      password: \
         {from_file: /run/secrets/smtp}",
    ),
    page(
        "clear-secret",
        (
            "A variable whose name promises a secret has its value in the file, or a text has the \
             form of one: a token, a private key, a password in an address.",
            "Une variable dont le nom promet un secret a sa valeur dans le fichier, ou un texte a \
             la forme d’un secret : un jeton, une clé privée, un mot de passe dans une adresse.",
        ),
        (
            "What is in git stays readable for all who have the repository.",
            "Ce qui est dans git est connu de tous ses lecteurs, pour toujours.",
        ),
        "env:\n  API_TOKEN: 4f7a9c1e2b",
        "env:\n  API_TOKEN: {from_file: /run/secrets/api_token}",
    ),
    page(
        "clock-change",
        (
            "A clock change of the job's zone skips or repeats this time of day.",
            "Un changement d’heure du fuseau du job saute ou répète cette heure.",
        ),
        (
            "The job still runs once, but at another time than people expect that night.",
            "Le job s’exécute une fois quand même, mais pas à l’heure attendue cette nuit-là.",
        ),
        "schedule_type: daily\nschedule_config:\n  hour: 2\n  minute: 30\ntimezone: Europe/Paris",
        "schedule_type: daily\nschedule_config:\n  hour: 4\n  minute: 30\ntimezone: Europe/Paris",
    ),
    page(
        "cron",
        (
            "The cron expression cannot be read, or never comes.",
            "L’expression cron est illisible, ou ne vient jamais.",
        ),
        (
            "Five fields: minute, hour, day of month, month, day of week. What programs read \
             differently is refused, not guessed.",
            "Cinq champs : minute, heure, jour du mois, mois, jour de la semaine. Ce que les \
             programmes lisent différemment est refusé, pas deviné.",
        ),
        "schedule_type: cron\nschedule_config:\n  cron_expression: \"61 8 * * *\"",
        "schedule_type: cron\nschedule_config:\n  cron_expression: \"1 8 * * *\"",
    ),
    page(
        "crowded-minute",
        (
            "More than 30 jobs are due at the same time of day.",
            "Plus de 30 jobs sont dus à la même heure.",
        ),
        (
            "They start together and slow each other down.",
            "Elles démarrent ensemble et se ralentissent.",
        ),
        "(31 files with hour: 3 and minute: 0)",
        "schedule_type: daily\nschedule_config:\n  hour: 3\n  minute: 17",
    ),
    page(
        "day",
        (
            "`day_of_week` holds something that is not a day.",
            "`day_of_week` contient autre chose qu’un jour.",
        ),
        (
            "Days are mon to sun. Numbers are refused: 0 is Sunday in crontab and Monday \
             elsewhere.",
            "Les jours vont de mon à sun. Les nombres sont refusés : 0 est dimanche dans crontab \
             et lundi ailleurs.",
        ),
        "schedule_type: weekly\nschedule_config:\n  day_of_week: monday\n  hour: 9",
        "schedule_type: weekly\nschedule_config:\n  day_of_week: mon\n  hour: 9",
    ),
    page(
        "duplicate-id",
        (
            "Two files have the same id: the file's name without its ending.",
            "Deux fichiers ont le même id : le nom du fichier sans son extension.",
        ),
        (
            "History, locks and commands go by the id; neither file is used.",
            "Historique, verrous et commandes suivent l’id ; aucun des deux fichiers n’est \
             utilisé.",
        ),
        "(jobs.d/a/backup.yaml and jobs.d/b/backup.yaml)",
        "(jobs.d/a/backup-a.yaml and jobs.d/b/backup-b.yaml)",
    ),
    page(
        "duplicate-key",
        (
            "A key occurs twice in the same map.",
            "Une clé figure deux fois au même endroit.",
        ),
        (
            "Most YAML readers let the last one win in silence.",
            "La plupart des lecteurs YAML laissent la dernière l’emporter en silence.",
        ),
        "name: One\nname: Two",
        "name: One",
    ),
    page(
        "either-day",
        (
            "Day of month and day of week are both restricted; one match is enough.",
            "Jour du mois et jour de la semaine sont tous deux restreints ; un seul suffit.",
        ),
        (
            "`0 0 13 * 5` is every 13th and every Friday (crontab(5)), which few people expect.",
            "`0 0 13 * 5` est chaque 13 et chaque vendredi (crontab(5)), ce que peu de gens \
             attendent.",
        ),
        "schedule_type: cron\nschedule_config:\n  cron_expression: \"0 0 13 * 5\"",
        "schedule_type: cron\nschedule_config:\n  cron_expression: \"0 0 13 * *\"",
    ),
    page(
        "empty",
        (
            "The file holds no job.",
            "Le fichier ne contient aucun job.",
        ),
        (
            "An empty file is more often a failed write than a wish.",
            "Un fichier vide est plus souvent une écriture ratée qu’un souhait.",
        ),
        "(a file with only comments)",
        "name: A job",
    ),
    page(
        "enum",
        (
            "The value is not one of the words this key knows.",
            "La valeur n’est pas l’un des mots que cette clé connaît.",
        ),
        (
            "A misspelt word must not be taken for another.",
            "Un mot mal écrit ne doit pas être pris pour un autre.",
        ),
        "overlap: skp",
        "overlap: skip",
    ),
    page(
        "exactly-one",
        (
            "Of several keys exactly one must be set.",
            "Parmi plusieurs clés, une seule doit être donnée.",
        ),
        (
            "Two would contradict each other, and none says nothing.",
            "Deux se contrediraient, et aucune ne dit rien.",
        ),
        "bot_config:\n  command: [df]\n  shell: df",
        "bot_config:\n  command: [df]",
    ),
    page(
        "id",
        (
            "The file's name gives no job id.",
            "Le nom du fichier ne donne pas d’id.",
        ),
        (
            "Ids are part of paths, addresses and commands: a-z, 0-9, `.`, `_`, `-`, a letter or \
             digit first, 64 at most.",
            "Les id figurent dans des chemins, adresses et commandes : a-z, 0-9, `.`, `_`, `-`, \
             une lettre ou un chiffre d’abord, 64 au plus.",
        ),
        "(jobs.d/My Job.yaml)",
        "(jobs.d/my-job.yaml)",
    ),
    page(
        "half-login",
        (
            "`user` and `password` of a mail server go together; one is missing.",
            "`user` et `password` d’un serveur de courriel vont ensemble ; l’un manque.",
        ),
        (
            "The bot could not log in, and every message would fail.",
            "Le bot ne pourrait pas s’authentifier et chaque message échouerait.",
        ),
        "bot_type: birthday\nbot_config:\n  contacts: contacts.vcf\n  delivery:\n    smtp:\n      \
         host: mail.example.org\n      from: ana@example.org\n      user: ana",
        "bot_type: birthday\nbot_config:\n  contacts: contacts.vcf\n  delivery:\n    smtp:\n      \
         host: mail.example.org\n      from: ana@example.org\n      user: ana\n      password: \
         {from_file: /run/secrets/smtp}",
    ),
    page(
        "implicit-timezone",
        (
            "No `timezone` is set, so a default applies.",
            "Aucun `timezone` : un défaut s’applique.",
        ),
        (
            "The reader of the file cannot see in which zone 08:00 is.",
            "Le lecteur du fichier ne voit pas dans quel fuseau est 08:00.",
        ),
        "schedule_type: daily\nschedule_config:\n  hour: 8",
        "schedule_type: daily\nschedule_config:\n  hour: 8\ntimezone: UTC",
    ),
    page(
        "interval-zero",
        ("The interval is zero.", "L’intervalle est nul."),
        (
            "Nothing can run every 0 seconds.",
            "Rien ne peut s’exécuter toutes les 0 seconde.",
        ),
        "schedule_type: interval\nschedule_config:\n  hours: 0\n  minutes: 0",
        "schedule_type: interval\nschedule_config:\n  hours: 0\n  minutes: 15",
    ),
    page(
        "io",
        (
            "The file cannot be read.",
            "Le fichier ne peut pas être lu.",
        ),
        (
            "A link to nothing, a link to itself, or missing permission.",
            "Un lien vers rien, un lien vers lui-même, ou un droit manquant.",
        ),
        "(jobs.d/a.yaml -> a.yaml)",
        "(jobs.d/a.yaml, a regular file)",
    ),
    page(
        "large-step",
        (
            "A step is larger than its field.",
            "Un pas dépasse son champ.",
        ),
        (
            "`*/90` of minutes is minute 0 of each hour, not every 90 minutes.",
            "`*/90` de minutes est la minute 0 de chaque heure, pas toutes les 90 minutes.",
        ),
        "schedule_type: cron\nschedule_config:\n  cron_expression: \"*/90 * * * *\"",
        "schedule_type: interval\nschedule_config:\n  minutes: 90",
    ),
    page(
        "leading-zero",
        (
            "A number begins with a zero.",
            "Un nombre commence par un zéro.",
        ),
        (
            "YAML 1.1 tools read 010 as 8, YAML 1.2 tools as 10.",
            "Les outils YAML 1.1 lisent 010 comme 8, les outils YAML 1.2 comme 10.",
        ),
        "schedule_config:\n  hour: 08",
        "schedule_config:\n  hour: 8",
    ),
    page(
        "length",
        (
            "A text or list is too short or too long.",
            "Un texte ou une liste est trop court ou trop long.",
        ),
        (
            "Names are read on a page, and an empty program cannot start.",
            "Les noms se lisent sur une page, et un programme vide ne peut pas démarrer.",
        ),
        "name: \"\"",
        "name: A job",
    ),
    page(
        "link-leaves",
        (
            "A link leads out of the jobs folder.",
            "Un lien mène hors du dossier des jobs.",
        ),
        (
            "Git does not hold that file, and others may change it; its text is never quoted. The \
             daemon follows the link; validate, its --fix and fmt neither read nor write its \
             target.",
            "Git ne contient pas ce fichier, et d’autres peuvent le changer ; son texte n’est \
             jamais cité. Le démon suit le lien ; validate, son --fix et fmt ne lisent ni \
             n’écrivent ce qui est derrière.",
        ),
        "(jobs.d/a.yaml -> /etc/a.yaml)",
        "(jobs.d/a.yaml, a regular file)",
    ),
    page(
        "listen",
        (
            "`listen` in jobsd.yaml is not an address and port.",
            "`listen` dans jobsd.yaml n’est pas une adresse avec port.",
        ),
        (
            "The daemon listens on an address, never on a name that may change.",
            "Le démon écoute sur une adresse, jamais sur un nom qui peut changer.",
        ),
        "(listen: localhost:7878 in jobsd.yaml)",
        "(listen: 127.0.0.1:7878 in jobsd.yaml)",
    ),
    page(
        "mail-address",
        (
            "The sender of mails is not an address.",
            "L’expéditeur des courriels n’est pas une adresse.",
        ),
        (
            "No mail server would take the messages.",
            "Aucun serveur de courriel ne prendrait les messages.",
        ),
        "bot_type: birthday\nbot_config:\n  contacts: contacts.vcf\n  delivery:\n    smtp:\n      \
         host: mail.example.org\n      from: Ana Lima",
        "bot_type: birthday\nbot_config:\n  contacts: contacts.vcf\n  delivery:\n    smtp:\n      \
         host: mail.example.org\n      from: Ana Lima <ana@example.org>",
    ),
    page(
        "many-documents",
        (
            "The file holds a second YAML document.",
            "Le fichier contient un second document YAML.",
        ),
        (
            "One job per file: the id is the file's name.",
            "Un job par fichier : l’id est le nom du fichier.",
        ),
        "name: One\n---\nname: Two",
        "name: One",
    ),
    page(
        "missing-key",
        ("A required key is missing.", "Une clé requise manque."),
        (
            "No one can guess what should run, or when.",
            "Personne ne peut deviner quoi exécuter, ni quand.",
        ),
        "schedule_config:\n  minute: 5",
        "schedule_config:\n  hour: 8\n  minute: 5",
    ),
    page(
        "needs-restart",
        (
            "A setting of jobsd.yaml was changed while the daemon runs, which reads it only at its \
             start.",
            "Un réglage de jobsd.yaml a changé sous un service en marche qui ne le lit qu’au \
             démarrage.",
        ),
        (
            "Until a restart the old value applies.",
            "Jusqu’au redémarrage, l’ancienne valeur s’applique.",
        ),
        "(listen: 127.0.0.1:8080, under a running daemon)",
        "(the same, and a restart)",
    ),
    page(
        "no-effect",
        (
            "A key is set that has no effect, given the others.",
            "Une clé est donnée qui n’a aucun effet à côté des autres.",
        ),
        (
            "It reads as if it did something.",
            "Elle se lit comme si elle faisait quelque chose.",
        ),
        "bot_type: birthday\nbot_config:\n  max_days_late: 14",
        "bot_type: birthday\nbot_config:\n  process_late: true\n  max_days_late: 14\n  contacts: \
         contacts.vcf\n  delivery:\n    command: [bin/send]",
    ),
    page(
        "no-program",
        (
            "The program of `command` is not on this machine.",
            "Le programme de `command` n’est pas sur cette machine.",
        ),
        (
            "Every run would fail at its start; in CI it may only be missing there.",
            "Chaque exécution échouerait au démarrage ; en CI, il peut ne manquer que là.",
        ),
        "bot_config:\n  command: [/no/such/program]",
        "bot_config:\n  command: [/bin/sh, -c, \"true\"]",
    ),
    page(
        "not-a-file",
        (
            "Something named like a job file is not a regular file.",
            "Un nom de fichier de job désigne autre chose qu’un fichier ordinaire.",
        ),
        (
            "Reading a FIFO or a device could wait forever.",
            "Lire un tube ou un périphérique pourrait attendre sans fin.",
        ),
        "(mkfifo jobs.d/a.yaml)",
        "(jobs.d/a.yaml, a regular file)",
    ),
    page(
        "not-utf8",
        ("The file is not UTF-8.", "Le fichier n’est pas en UTF-8."),
        (
            "Latin-1 and UTF-16 would be read as other letters.",
            "Latin-1 et UTF-16 se liraient comme d’autres lettres.",
        ),
        "(a file saved as Latin-1)",
        "description: envoi des vœux",
    ),
    page(
        "open-to-others",
        (
            "A job file or folder can be written by others than root, and the daemon runs as root.",
            "Un fichier ou dossier des jobs est modifiable par d’autres que root, et le service \
             tourne sous root.",
        ),
        (
            "Who writes a job file decides what root runs.",
            "Qui écrit un fichier de job décide de ce que root exécute.",
        ),
        "(chmod 666 jobs.d/a.yaml)",
        "(chmod 644 jobs.d/a.yaml, owned by root)",
    ),
    page(
        "pattern",
        (
            "A text does not have the form this key needs.",
            "Un texte n’a pas la forme que cette clé demande.",
        ),
        (
            "The schema names the form; editors show it.",
            "Le schéma donne la forme ; les éditeurs la montrent.",
        ),
        "umask: \"9\"",
        "umask: \"027\"",
    ),
    page(
        "range",
        (
            "A number is out of its bounds.",
            "Un nombre est hors de ses bornes.",
        ),
        (
            "The bounds are in the schema and in the message.",
            "Les bornes sont dans le schéma et dans le message.",
        ),
        "schedule_config:\n  hour: 24",
        "schedule_config:\n  hour: 0",
    ),
    page(
        "schema",
        (
            "The file does not fit the schema in a way without words of its own.",
            "Le fichier ne respecte pas le schéma, d’une façon sans mots propres.",
        ),
        (
            "Please report it with the file: each fault should have its own words.",
            "Signalez-le avec le fichier : chaque faute devrait avoir ses mots.",
        ),
        "(none known)",
        "name: A job",
    ),
    page(
        "star-step-day",
        (
            "A day field such as `*/2` begins with `*`, so both day fields must match.",
            "Un champ de jour tel que `*/2` commence par `*` : les deux champs doivent convenir.",
        ),
        (
            "This is cron's own rule, and other programs let one match be enough.",
            "C’est la règle de cron ; d’autres programmes se contentent d’un seul.",
        ),
        "schedule_type: cron\nschedule_config:\n  cron_expression: \"0 0 */2 * 1\"",
        "schedule_type: cron\nschedule_config:\n  cron_expression: \"0 0 * * 1\"",
    ),
    page(
        "syntax",
        ("The text is not YAML.", "Le texte n’est pas du YAML."),
        (
            "Often a tab as indentation, or an unquoted value that begins with *, @, % or a \
             backquote.",
            "Souvent une tabulation en indentation, ou une valeur sans guillemets qui commence par \
             *, @, % ou un accent grave.",
        ),
        "schedule_type: cron\nschedule_config:\n  cron_expression: * * * * *",
        "schedule_type: cron\nschedule_config:\n  cron_expression: \"* * * * *\"",
    ),
    page(
        "tag",
        (
            "A value has a YAML tag (`!…`).",
            "Une étiquette YAML (`!…`) précède une valeur.",
        ),
        (
            "Job files are plain data; a tag would ask a reader to do something.",
            "Les fichiers de job sont de simples données ; une étiquette demanderait une action au \
             lecteur.",
        ),
        "name: !secret x",
        "name: x",
    ),
    page(
        "template",
        (
            "A text names something in braces that no message has.",
            "Un texte nomme entre accolades quelque chose qu’aucun message n’a.",
        ),
        (
            "It would be in the message as it is written.",
            "Cela figurerait tel quel dans le message.",
        ),
        "bot_type: birthday\nbot_config:\n  contacts: contacts.vcf\n  delivery:\n    command: \
         [bin/send]\n  templates:\n    messages: [\"Dear {firstname}\"]",
        "bot_type: birthday\nbot_config:\n  contacts: contacts.vcf\n  delivery:\n    command: \
         [bin/send]\n  templates:\n    messages: [\"Dear {first_name}\"]",
    ),
    page(
        "timezone",
        (
            "The name is not that of a time zone.",
            "Ce nom n’est pas celui d’un fuseau horaire.",
        ),
        (
            "IANA names, exact spelling: abbreviations such as CET mean different things.",
            "Noms IANA, orthographe exacte : des sigles comme CET ont plusieurs sens.",
        ),
        "timezone: Europe/Pariss",
        "timezone: Europe/Paris",
    ),
    page(
        "too-deep",
        (
            "The file is nested too deeply.",
            "Le fichier est trop imbriqué.",
        ),
        (
            "A job needs four levels; deep nesting exhausts readers.",
            "Un job demande quatre niveaux ; l’imbrication profonde épuise les lecteurs.",
        ),
        "(a hundred opening brackets)",
        "bot_config:\n  command: [df]",
    ),
    page(
        "too-large",
        (
            "The file is larger than 1 MiB.",
            "Le fichier dépasse 1 Mio.",
        ),
        (
            "A job names its data; it does not hold it.",
            "Un job nomme ses données ; il ne les contient pas.",
        ),
        "(a file of 2 MiB)",
        "bot_config:\n  command: [wc, -l, data.csv]",
    ),
    page(
        "too-many-errors",
        (
            "The file has more errors than are listed.",
            "Le fichier a plus d’erreurs que la liste n’en montre.",
        ),
        (
            "A thousand errors mostly have one cause.",
            "Mille erreurs ont le plus souvent une seule cause.",
        ),
        "(a file of a thousand unknown keys)",
        "name: A job",
    ),
    page(
        "too-many-warnings",
        (
            "The file has more warnings than are listed.",
            "Le fichier a plus d’avertissements qu’il n’en est listé.",
        ),
        (
            "No one reads hundreds of lines; the first ones mostly have one cause.",
            "Personne ne lit des centaines de lignes ; les premières ont le plus souvent une seule \
             cause.",
        ),
        "(a file with more than 100 warnings)",
        "name: A job",
    ),
    page(
        "type",
        (
            "The value is of the wrong kind.",
            "La valeur n’est pas du bon type.",
        ),
        (
            "`yes` is a text and '8' is a text in YAML 1.2; 8.0 is not a whole number here.",
            "`yes` et '8' sont des textes en YAML 1.2 ; 8.0 n’est pas un nombre entier ici.",
        ),
        "enabled: yes",
        "enabled: true",
    ),
    page(
        "unknown-key",
        ("Nothing knows this key.", "Rien ne connaît cette clé."),
        (
            "A misspelt key would be ignored in silence, and its default apply.",
            "Une clé mal écrite serait ignorée en silence, et son défaut s’appliquerait.",
        ),
        "enable: false",
        "enabled: false",
    ),
    page(
        "zone-abbreviation",
        (
            "The time zone is an abbreviation such as CET or EST, not a place.",
            "Le fuseau est une abréviation comme CET ou EST, pas un lieu.",
        ),
        (
            "Abbreviations name different things in different systems: EST never has summer time, \
             and what CET means depends on the age of the zone data.",
            "Les abréviations changent de sens d’un système à l’autre : EST n’a jamais d’heure \
             d’été, et CET dépend de l’âge des données de fuseaux.",
        ),
        "timezone: CET",
        "timezone: Europe/Paris",
    ),
    page(
        "zone-data",
        (
            "The system's zone data and the copy inside jobsd have other hours for this zone \
             within a year.",
            "Les données de fuseaux du système et la copie que jobsd contient ont d’autres heures \
             pour ce fuseau dans l’année.",
        ),
        (
            "The newer copy serves, unless `zone_data` in jobsd.yaml pins one; programs of the job \
             may read the other.",
            "La plus récente sert, sauf si `zone_data` dans jobsd.yaml en fixe une ; les \
             programmes du job peuvent lire l’autre.",
        ),
        "(timezone: America/Vancouver, and a system with tzdata 2025b)",
        "(the same, and a system with tzdata 2026f)",
    ),
];
