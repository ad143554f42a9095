//! Words of the form.

/// Adds these words to those of the subjects before it, and hands all of them on to the next one.
macro_rules! form {
    ([$next:ident $($then:ident)*] $($words:tt)*) => {
        $next! { [$($then)*] $($words)*
            n_title: "New schedule", "Nouvelle planification";
            n_identity: "Identity", "Identité";
            n_name: "Job name", "Nom du job";
            n_id: "Identifier", "Identifiant";
            n_desc: "Description", "Description";
            n_type: "Bot type", "Type de bot";
            n_freq: "Frequency", "Fréquence";
            n_tz: "Time zone", "Fuseau horaire";
            n_day: "Days of the week", "Jours de la semaine";
            n_cronx: "Cron expression", "Expression cron";
            n_cfg_b: "Birthday Bot configuration", "Configuration Birthday Bot";
            n_cfg_v: "Visitor Bot configuration", "Configuration Visitor Bot";
            n_dry: "Test mode (dry-run)", "Mode test (dry-run)";
            n_dry_b: "Simulates, sends no real message", "Simule, sans envoi réel de messages";
            n_dry_v: "Simulates, makes no real visit", "Simule, sans visites réelles";
            n_late: "Process late birthdays", "Traiter les anniversaires en retard";
            n_late_h: "Send messages for past birthdays", "Envoyer des messages pour les \
                 anniversaires \
                passés";
            n_maxlate: "Max days late", "Retard maximum (jours)";
            n_maxmsg: "Max messages per run", "Messages max. par exécution";
            n_dayl: "Daily limit", "Plafond par jour";
            n_weekl: "Weekly limit", "Plafond par semaine";
            n_limit: "Profiles to visit per run", "Profils à visiter par exécution";
            n_adv: "Advanced settings", "Réglages avancés";
            n_enabled: "Enable the schedule", "Activer la planification";
            n_inst: "Max concurrent runs", "Exécutions simultanées max.";
            n_grace: "Misfire grace time (s)", "Tolérance de retard (s)";
            n_coal: "Merge missed runs", "Fusionner les exécutions manquées";
            n_valid: "Valid", "Valide";
            n_nerr: "{n} error|{n} errors", "{n} erreur|{n} erreurs";
            n_copy: "Copy", "Copier";
            n_dl: "Download", "Télécharger";
            n_git: "Create in git", "Créer dans git";
            n_fires: "Next 5 runs", "5 prochaines exécutions";
            n_taken: "This file already exists: {f}", "Ce nom de fichier existe déjà : {f}";
            n_preview: "Update preview", "Mettre à jour l’aperçu";
            n_edit: "Edit {n}", "Modifier {n}";
            n_diff: "Difference", "Différence";
            n_same: "No difference", "Aucune différence";
            n_git_edit: "Edit in git", "Modifier dans git";
            n_minutes: "minutes", "minutes";
            n_hours: "hours", "heures";
            n_seconds: "seconds", "secondes";
            n_anchor: "Counted from", "Compté à partir de";
            n_anchor_h:
                "An instant with its offset; empty: 1970.",
                "Un instant avec son décalage ; vide : 1970.";
            n_cron_secs: "A sixth field, seconds, comes first", "Un sixième champ, les \
                 secondes, vient \
                d’abord";
            n_cron_h:
                "Minute, hour, day, month, weekday",
                "Minute, heure, jour, mois, jour de semaine";
            n_manual_h: "Runs only on request.", "S’exécute seulement à la demande.";
            n_command: "Command", "Commande";
            n_stdin: "Standard input", "Entrée standard";
            n_empty_none: "Empty: no limit", "Vide : sans limite";
            n_more: "Other keys (YAML)", "Autres clés (YAML)";
            n_more_h:
                "Keys without a field here, as in bot_config.",
                "Ce qui n’a pas de champ ici, tel que dans bot_config.";
            n_skip: "Skip", "Ignorer";
            n_queue: "Wait", "Attendre";
            n_replace: "Replace", "Remplacer";
            n_timeout: "Time limit (s)", "Durée maximale (s)";
            n_kill: "From TERM to KILL (s)", "De TERM à KILL (s)";
            n_attempts: "Attempts", "Tentatives";
            n_backoff: "First delay (s)", "Premier délai (s)";
            n_factor: "Factor", "Facteur";
            n_maxback: "Longest delay (s)", "Délai maximal (s)";
            n_onexit: "Exit codes worth another attempt", "Codes qui valent une nouvelle tentative";
            n_onexit_h: "Comma-separated; empty: every failure", "Séparés par des virgules ; \
                 vide : tout \
                échec";
            n_interrupt: "After a crash of the daemon", "Après un plantage du démon";
            n_again: "Run again (at least once)", "Relancer (au moins une fois)";
            n_process: "Process", "Processus";
            n_dir: "Working directory", "Dossier de travail";
            n_env: "Environment (YAML)", "Environnement (YAML)";
            n_env_h:
                "One NAME: value a line; a secret is NAME: {from_file: /path} or {from_env: NAME}.",
                "Un NAME: valeur par ligne ; un secret est NAME: {from_file: /path} ou {from_env: \
                 NAME}.";
            n_envfile: "Environment file", "Fichier d’environnement";
            n_user: "User", "Utilisateur";
            n_group: "Group", "Groupe";
            n_umask: "umask", "umask";
            n_nice: "Niceness", "Priorité (nice)";
            n_limits: "Limits", "Limites";
            n_memory: "Memory (bytes)", "Mémoire (octets)";
            n_cpu: "Processor time (s)", "Temps processeur (s)";
            n_files: "Open files", "Fichiers ouverts";
            n_procs: "Processes", "Processus";
            n_fsize: "Largest file (bytes)", "Plus grand fichier (octets)";
            n_labels: "Labels (YAML)", "Étiquettes (YAML)";
            n_labels_h:
                "One name: value a line: owner: ops",
                "Un nom: valeur par ligne : owner: ops";
            n_bad_yaml: "not a map of keys and values", "pas une table de clés et de valeurs";
            n_bad_time:
                "{v} is not a time of day: 00:00 to 23:59",
                "{v} n’est pas une heure : de 00:00 à 23:59";
            n_need: "Required", "Obligatoire";
            n_bad_id:
                "a-z, 0-9, “.”, “_”, “-”; a letter or digit first; 64 at most",
                "a-z, 0-9, « . », « _ », « - » ; d’abord une lettre ou un chiffre ; 64 au plus";
            n_change: "{day}, clock {by}: {what}", "{day}, heure {by} : {what}";
            n_days: "Mon|Tue|Wed|Thu|Fri|Sat|Sun", "Lun|Mar|Mer|Jeu|Ven|Sam|Dim";
            n_name_h:
                "What people read on the pages: a plain name.",
                "Ce qu’on lit sur les pages : un nom clair pour tous.";
            n_desc_h:
                "What it is for and for whom; optional.",
                "À quoi il sert, pour qui ; facultatif.";
            n_hour_h:
                "In the time zone below. Example: 08:00",
                "Dans le fuseau ci-contre. Exemple : 08:00";
            n_tz_h:
                "Where the clock is that the schedule follows. Example: Europe/Paris",
                "L’horloge que suit la planification. Exemple : Europe/Paris";
            n_lacks:
                "Valid, but will fail: {n} thing is missing|\
                 Valid, but will fail: {n} things are missing",
                "Valide, mais échouera : {n} élément manque|\
                 Valide, mais échouera : {n} éléments manquent";
            n_todo:
                "{n} field to fill in|{n} fields to fill in",
                "{n} champ à remplir|{n} champs à remplir";
            n_unseen:
                "{f} is outside of the folder of the job files: log in to have it checked.",
                "{f} est hors du dossier des fichiers de jobs : connectez-vous pour le faire \
                 vérifier.";
            n_bad_secret:
                "neither the name of a variable in capitals (SMTP_PASSWORD) nor a path \
                 (/run/secrets/smtp); never write the secret itself",
                "ni un nom de variable en majuscules (SMTP_PASSWORD), ni un chemin \
                 (/run/secrets/smtp) ; n’écrivez jamais le secret lui-même";
            n_contacts: "Address book", "Carnet d’adresses";
            n_contacts_h:
                "A .vcf, .csv or .ics file with names, mail addresses and birthdays, or a \
                 folder of them, beside jobs.d. Example: contacts/friends.vcf",
                "Un fichier .vcf, .csv ou .ics avec noms, adresses et anniversaires, ou un \
                 dossier de tels fichiers, à côté de jobs.d. Exemple : contacts/amis.vcf";
            n_order: "Dates like 05/09/1990", "Dates comme 05/09/1990";
            n_order_any: "As the other dates show", "D’après les autres dates";
            n_order_dmy: "Day first: 5 September", "Jour d’abord : 5 septembre";
            n_order_mdy: "Month first: 9 May", "Mois d’abord : 9 mai";
            n_order_h:
                "Only for address books that write dates this way.",
                "Seulement pour les carnets qui écrivent les dates ainsi.";
            n_maxlate_h: "Between 1 and 365", "De 1 à 365";
            n_until_late:
                "Messages are sent up to {n} days after the birthday",
                "Messages envoyés jusqu’à {n} jours après l’anniversaire";
            n_sending: "Sending", "Envoi";
            n_sending_h:
                "How messages leave. By mail, your provider’s help page names the server.",
                "Comment partent les messages. Par courriel, l’aide de votre fournisseur donne \
                 le nom du serveur.";
            n_via_set: "As in the settings", "Selon les réglages";
            n_via_mail: "Mail", "Courriel";
            n_via_hook: "Web hook", "Webhook";
            n_via_program: "Program", "Programme";
            n_smtp: "Mail server", "Serveur de courriel";
            n_smtp_h: "Example: smtp.example.org", "Exemple : smtp.example.org";
            n_from: "Sender", "Expéditeur";
            n_from_h: "Example: Ana Lima <ana@example.org>", "Exemple : Ana Lima <ana@example.org>";
            n_login: "User name", "Identifiant de connexion";
            n_login_h:
                "Often your mail address; empty: no login",
                "Souvent votre adresse ; vide : sans connexion";
            n_secret: "Where the password is kept", "Où se trouve le mot de passe";
            n_secret_h:
                "A variable of the server (SMTP_PASSWORD) or a file on it (/run/secrets/smtp). \
                 Never the password itself: git would keep it.",
                "Une variable du serveur (SMTP_PASSWORD) ou un de ses fichiers \
                 (/run/secrets/smtp). Jamais le mot de passe lui-même : git le garderait.";
            n_tls: "Encryption", "Chiffrement";
            n_tls_start: "STARTTLS, usual", "STARTTLS, habituel";
            n_tls_whole: "TLS from the start", "TLS d’emblée";
            n_tls_none: "None", "Aucun";
            n_tls_h:
                "None only for a server on the same machine.",
                "Aucun : seulement pour un serveur sur la même machine.";
            n_port: "Port", "Port";
            n_port_h:
                "Empty: 587, or 465 with TLS from the start",
                "Vide : 587, ou 465 avec TLS d’emblée";
            n_ca: "Additional certificates", "Certificats supplémentaires";
            n_ca_h:
                "A file of PEM certificates, for a server with one of its own; usually empty",
                "Un fichier de certificats PEM, pour un serveur qui a le sien ; vide en général";
            n_patience: "Longest wait for an answer (s)", "Attente maximale d’une réponse (s)";
            n_patience_h: "Between 1 and 600", "De 1 à 600";
            n_hook: "Address", "Adresse";
            n_hook_h:
                "Gets each message as JSON. An address that holds a secret is kept elsewhere: \
                 write a variable (HOOK_URL) or a path.",
                "Reçoit chaque message en JSON. Une adresse qui contient un secret se garde \
                 ailleurs : écrivez une variable (HOOK_URL) ou un chemin.";
            n_headers: "Headers (YAML)", "En-têtes (YAML)";
            n_headers_h:
                "One Name: value a line; a secret is Name: {from_env: HOOK_TOKEN}. Usually empty",
                "Un Nom: valeur par ligne ; un secret est Nom: {from_env: HOOK_TOKEN}. Vide en \
                 général";
            n_sender_h:
                "Reads each message as JSON; exit status 0: it has left.",
                "Lit chaque message en JSON ; code de sortie 0 : il est parti.";
            n_texts: "Texts", "Textes";
            n_texts_h:
                "Filled in: {first_name}, {name}, {age}, {days_late}. Each person gets one of \
                 the texts. Empty: one ready-made sentence.",
                "Remplacés : {first_name} (prénom), {name}, {age}, {days_late} (jours de \
                 retard). Chacun reçoit l’un des textes. Vide : une phrase toute prête.";
            n_subjects: "Subjects of mails", "Objets des courriels";
            n_subjects_h:
                "One a line. Example: Happy birthday, {first_name}!",
                "Un par ligne. Exemple : Joyeux anniversaire, {first_name} !";
            n_messages: "Messages", "Messages";
            n_messages_h:
                "Several lines each; a line of three hyphens (---) starts the next one.",
                "Chacun sur plusieurs lignes ; une ligne de trois tirets (---) commence le \
                 suivant.";
            n_lsubjects: "Subjects of late mails", "Objets des courriels en retard";
            n_lsubjects_h: "Empty: the same as above", "Vide : les mêmes que ci-dessus";
            n_lmessages: "Late messages", "Messages en retard";
            n_lmessages_h:
                "Empty: the same as above. Example: Better late than never, {first_name}!",
                "Vide : les mêmes que ci-dessus. Exemple : Mieux vaut tard que jamais, \
                 {first_name} !";
            n_caps: "Limits", "Plafonds";
            n_caps_h:
                "What is left over is sent by the next run.",
                "Ce qui dépasse part à l’exécution suivante.";
            n_sdelay: "Pause between messages (s)", "Pause entre deux messages (s)";
            n_sdelay_h:
                "Between 0 and 3600, half more or less by chance",
                "De 0 à 3600, à moitié près au hasard";
            n_pages: "List of pages", "Liste de pages";
            n_pages_h:
                "A .txt file with one address a line, a .csv with a column url, a .vcf, or a \
                 folder of them, beside jobs.d. Example: pages.txt",
                "Un fichier .txt avec une adresse par ligne, un .csv avec une colonne url, un \
                 .vcf, ou un dossier de tels fichiers, à côté de jobs.d. Exemple : pages.txt";
            n_limit_h:
                "Between 1 and 500; those visited longest ago come first",
                "De 1 à 500 ; les plus anciennement visités d’abord";
            n_contact: "How site owners reach you", "Comment vous joindre";
            n_contact_h:
                "Sent with each visit; optional. Example: ops@example.org",
                "Envoyé à chaque visite ; facultatif. Exemple : ops@example.org";
            n_vdelay:
                "Pause between two visits of a site (s)",
                "Pause entre deux visites d’un site (s)";
            n_vdelay_h: "Between 0 and 3600", "De 0 à 3600";
            n_ptime: "Longest wait for a page (s)", "Attente maximale d’une page (s)";
            n_redir: "Redirects followed", "Redirections suivies";
            n_redir_h: "Between 0 and 20", "De 0 à 20";
            n_argv_h: "One a line, without a shell", "Un par ligne, sans shell";
            n_shell_h:
                "Instead of a command: run by /bin/sh",
                "À la place d’une commande : lancé par /bin/sh";
            n_stdin_h: "What the program reads; optional", "Ce que lit le programme ; facultatif";
            n_together: "Overlaps and lateness", "Chevauchements et retards";
            n_inst_h: "Usually 1", "En général 1";
            n_overlap_h: "What a due time does then", "Ce que devient alors l’échéance";
            n_grace_h:
                "Found later than this, a due time is recorded as missed",
                "Trouvée plus tard, une échéance est notée comme manquée";
            n_timeout_h:
                "Then the run is ended; empty: no limit",
                "L’exécution est alors arrêtée ; vide : sans limite";
            n_coal_h:
                "After a stop, one run for all that was missed",
                "Après un arrêt, une seule exécution pour toutes les échéances passées";
            n_kill_h: "Time to end in good order", "Le temps de finir proprement";
            n_interrupt_h:
                "What happens to a run that the crash cut off",
                "Ce que devient l’exécution coupée par le plantage";
            n_retries: "Attempts", "Tentatives";
            n_attempts_h: "1: none after a failure", "1 : aucune après un échec";
            n_backoff_h: "Before the second attempt", "Avant la deuxième tentative";
            n_factor_h:
                "Each delay is this many times the one before",
                "Chaque délai vaut autant de fois le précédent";
            n_maxback_h: "No delay is longer", "Aucun délai n’est plus long";
            n_dir_h:
                "Must be there; empty: the folder of jobsd.yaml",
                "Doit exister ; vide : le dossier de jobsd.yaml";
            n_envfile_h: "NAME=value lines, kept out of git", "Des lignes NOM=valeur, hors de git";
            n_user_h: "Empty: that of the daemon", "Vide : celui du démon";
            n_group_h: "Empty: that of the user", "Vide : celui de l’utilisateur";
            n_umask_h: "Example: 027", "Exemple : 027";
            n_nice_h: "-20 first, 19 last", "-20 passe d’abord, 19 en dernier";
            n_limits_h: "Of the program; empty: none", "Ceux du programme ; vide : aucune";
            n_argv: "Program and arguments", "Programme et arguments";
            n_id_hint:
                "Names the file, and the job in commands; suggested from the name. Do not \
                 change it later: the history hangs on it.",
                "Le nom du fichier, et du job dans les commandes ; proposé d’après le nom. À ne \
                 plus changer ensuite : l’historique y est attaché.";
            n_enabled_h:
                "The job runs on schedule from the next reload",
                "Le job s’exécutera selon sa planification dès le prochain rechargement";
            n_cfg_c: "What to run", "Commande à exécuter";
            n_shell: "Or a shell script", "Ou un script shell";
            n_overlap:
                "If the previous run is still going",
                "Si l’exécution précédente dure encore";
            n_abandon: "Do not run again (at most once)", "Ne pas relancer (au plus une fois)";
            n_sub:
                "Say when a bot runs, check the preview, commit the file. Nothing is saved here.",
                "Configurez l’horaire d’exécution d’un bot, vérifiez l’aperçu, enregistrez le \
                 fichier dans git. Rien n’est enregistré ici.";
            n_edit_sub:
                "The file is not changed here: commit the difference.",
                "Le fichier n’est pas modifié ici : enregistrez la différence dans git.";
            n_yaml: "File to commit", "Fichier à enregistrer";
            n_nogit:
                "Save it as {f} and commit it.",
                "Enregistrez-le sous {f}, puis dans git (commit).";
            n_hour: "Time (24 h)", "Heure (24 h)";
        }
    };
}
