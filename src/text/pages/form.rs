//! Words of the form.

/// Adds these words to those of the subjects before it, and hands all of them on to the next one.
macro_rules! form {
    ([$next:ident $($then:ident)*] $($words:tt)*) => {
        $next! { [$($then)*] $($words)*
            n_title: "New schedule", "Nouvelle planification";
            n_sub:
                "Fill in, check the preview, commit the file. Nothing is saved here.",
                "Remplissez, vérifiez l’aperçu, committez le fichier. Rien n’est enregistré ici.";
            n_identity: "Identity", "Identité";
            n_name: "Job name", "Nom du job";
            n_id: "Identifier", "Identifiant";
            n_id_hint:
                "Used for the file and commands. Do not change it later: history hangs on it.",
                "Nom du fichier et des commandes. Ne change plus ensuite : l’historique y est \
                 attaché.";
            n_desc: "Description", "Description";
            n_type: "Bot type", "Type de bot";
            n_freq: "Frequency", "Fréquence";
            n_hour: "Time (24 h)", "Heure (24 h)";
            n_tz: "Time zone", "Fuseau horaire";
            n_day: "Days of the week", "Jours de la semaine";
            n_cronx: "Cron expression", "Expression cron";
            n_cfg_b: "Birthday Bot configuration", "Configuration Birthday Bot";
            n_cfg_v: "Visitor Bot configuration", "Configuration Visitor Bot";
            n_dry: "Test mode (dry-run)", "Mode test (dry-run)";
            n_dry_b: "Simulates, sends no real message", "Simule, sans envoi réel de messages";
            n_dry_v: "Simulates, makes no real visit", "Simule, sans visites réelles";
            n_late: "Process late birthdays", "Traiter les anniversaires en retard";
            n_late_h: "Send messages for past birthdays", "Envoyer des messages pour les anniversaires \
                passés";
            n_maxlate: "Max days late", "Retard maximum (jours)";
            n_maxmsg: "Max messages per run", "Messages max. par exécution";
            n_dayl: "Daily limit", "Plafond par jour";
            n_weekl: "Weekly limit", "Plafond par semaine";
            n_limit: "Profiles to visit per run", "Profils à visiter par exécution";
            n_adv: "Advanced settings", "Réglages avancés";
            n_enabled: "Enable the schedule", "Activer la planification";
            n_enabled_h:
                "The job runs on schedule from the next reload",
                "Le job s’exécutera selon le planning dès le prochain rechargement";
            n_inst: "Max concurrent runs", "Exécutions simultanées max.";
            n_grace: "Misfire grace time (s)", "Tolérance de retard (s)";
            n_coal: "Merge missed runs", "Fusionner les exécutions manquées";
            n_yaml: "File to commit", "Fichier à committer";
            n_valid: "Valid", "Valide";
            n_nerr: "{n} error|{n} errors", "{n} erreur|{n} erreurs";
            n_copy: "Copy", "Copier";
            n_dl: "Download", "Télécharger";
            n_git: "Create in git", "Créer dans git";
            n_fires: "Next 5 runs", "5 prochaines exécutions";
            n_taken: "This file already exists: {f}", "Ce nom de fichier existe déjà : {f}";
            n_range: "Between {a} and {b}", "Entre {a} et {b}";
            n_preview: "Update preview", "Mettre à jour l’aperçu";
            n_edit: "Edit {n}", "Modifier {n}";
            n_edit_sub:
                "The file is not changed here: commit the difference.",
                "Le fichier n’est pas modifié ici : committez la différence.";
            n_diff: "Difference", "Différence";
            n_same: "No difference", "Aucune différence";
            n_git_edit: "Edit in git", "Modifier dans git";
            n_nogit: "Write it to {f} and commit it.", "Écrivez-le dans {f} et committez-le.";
            n_minutes: "minutes", "minutes";
            n_hours: "hours", "heures";
            n_seconds: "seconds", "secondes";
            n_anchor: "Counted from", "Compté à partir de";
            n_anchor_h:
                "An instant with its offset; empty: 1970.",
                "Un instant avec son décalage ; vide : 1970.";
            n_cron_secs: "A sixth field, seconds, comes first", "Un sixième champ, les secondes, vient \
                d’abord";
            n_cron_h:
                "Minute, hour, day, month, weekday",
                "Minute, heure, jour, mois, jour de semaine";
            n_manual_h: "Runs only on request.", "S’exécute seulement à la demande.";
            n_cfg_c: "What to run", "Quoi exécuter";
            n_command: "Command", "Commande";
            n_argv:
                "Program and arguments, one a line, no shell",
                "Programme et arguments, un par ligne, sans shell";
            n_shell: "Or a text for the shell", "Ou un texte pour le shell";
            n_stdin: "Standard input", "Entrée standard";
            n_empty_none: "Empty: no limit", "Vide : sans limite";
            n_more: "Other keys (YAML)", "Autres clés (YAML)";
            n_more_h:
                "Keys without a field here, as in bot_config.",
                "Ce qui n’a pas de champ ici, tel que dans bot_config.";
            n_overlap: "When it is still running", "S’il tourne encore";
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
            n_onexit_h: "Comma-separated; empty: every failure", "Séparés par des virgules ; vide : tout \
                échec";
            n_interrupt: "After a crash of the daemon", "Après un plantage du démon";
            n_abandon: "Leave it (at most once)", "Laisser (au plus une fois)";
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
            n_opt: "optional", "facultatif";
        }
    };
}
