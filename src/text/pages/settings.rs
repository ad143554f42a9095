//! Words of the page of the settings.

/// Adds these words to those of the subjects before it, and hands all of them on to the next one.
macro_rules! settings {
    ([$next:ident $($then:ident)*] $($words:tt)*) => {
        $next! { [$($then)*] $($words)*
            s_title: "Settings", "Réglages";
            s_sub:
                "What {f} says for all jobs. Nothing is saved here: commit the file.",
                "Ce que dit {f} pour tous les jobs. Rien n’est enregistré ici : enregistrez le \
                 fichier dans git.";
            s_link: "Settings of jobsd.yaml", "Réglages de jobsd.yaml";
            s_jobs_title: "Jobs", "Jobs";
            s_tz: "Time zone of jobs", "Fuseau horaire des jobs";
            s_tz_h:
                "For jobs that name none. Empty: UTC",
                "Pour les jobs qui n’en nomment pas. Vide : UTC";
            s_runs: "Runs at the same time", "Exécutions simultanées";
            s_runs_h:
                "Over all jobs; further ones wait. Empty: 1024",
                "Tous jobs confondus ; les autres attendent. Vide : 1024";
            s_folder: "Folder of job files", "Dossier des fichiers de jobs";
            s_folder_h:
                "From the folder of this file. Empty: jobs.d",
                "Depuis le dossier de ce fichier. Vide : jobs.d";
            s_state: "State folder", "Dossier d’état";
            s_state_h:
                "History, output, limits used. Empty: .jobsd",
                "Historique, sorties, plafonds consommés. Vide : .jobsd";
            s_speed: "Late runs started per second", "Exécutions en retard lancées par seconde";
            s_speed_h:
                "After a start or an outage. Empty: 20",
                "Après un démarrage ou une panne. Vide : 20";
            s_zones: "Time zone data", "Données de fuseaux";
            s_zones_h:
                "Which copy tells the clock changes",
                "La copie qui donne les changements d’heure";
            s_zones_newer: "The newer one", "La plus récente";
            s_zones_system: "That of the system", "Celle du système";
            s_zones_own: "That of jobsd", "Celle de jobsd";
            s_defaults:
                "Other defaults of jobs (YAML)",
                "Autres valeurs par défaut des jobs (YAML)";
            s_defaults_h:
                "Keys of a job, used where its file is silent. Example: max_instances: 2",
                "Des clés d’un job, valables là où son fichier ne dit rien. Exemple : \
                 max_instances: 2";
            s_bots_h:
                "For every job of this bot, where its file says nothing else.",
                "Pour tous les jobs de ce bot, là où leur fichier ne dit rien d’autre.";
            s_covered:
                "The file holds a secret, which is not shown here: log in, or keep it elsewhere",
                "Le fichier contient un secret, qui n’est pas montré ici : connectez-vous, ou \
                 gardez-le ailleurs";
            s_via_none: "Each job", "Selon le job";
            s_own: "Your own program in its place", "Votre programme à sa place";
            s_own_h:
                "Program and arguments, one a line; empty: the bot that comes with jobsd",
                "Programme et arguments, un par ligne ; vide : le bot fourni avec jobsd";
            s_pages: "Pages and links", "Pages et liens";
            s_listen: "Address and port", "Adresse et port";
            s_listen_h:
                "Empty: 127.0.0.1:7878, from this machine only",
                "Vide : 127.0.0.1:7878, depuis cette machine seulement";
            s_base: "Path of the pages", "Chemin des pages";
            s_base_h: "Behind a proxy. Example: /jobs", "Derrière un proxy. Exemple : /jobs";
            s_token: "File of the token", "Fichier du jeton";
            s_token_h:
                "Switches on the buttons of the pages. Empty: read only",
                "Active les boutons des pages. Vide : lecture seule";
            s_group: "Group that may control", "Groupe qui peut commander";
            s_group_h:
                "Over the socket of the machine. Empty: the user of the daemon",
                "Par le socket de la machine. Vide : l’utilisateur du démon";
            s_hosts: "Accepted host names", "Noms d’hôte acceptés";
            s_hosts_h:
                "One a line. Example: jobs.example.org",
                "Un par ligne. Exemple : jobs.example.org";
            s_edit: "Link to edit a file in git", "Lien pour modifier un fichier dans git";
            s_edit_h:
                "Example: https://git.example.org/ops/edit/{branch}/{path}#L{line}",
                "Exemple : https://git.example.org/ops/edit/{branch}/{path}#L{line}";
            s_new: "Link to create a file in git", "Lien pour créer un fichier dans git";
            s_new_h:
                "Example: \
                 https://git.example.org/ops/new/{branch}?filename={path}&value={content}",
                "Exemple : \
                 https://git.example.org/ops/new/{branch}?filename={path}&value={content}";
            s_hdays: "Days of history", "Jours d’historique";
            s_hdays_h: "Empty: 400", "Vide : 400";
            s_hbytes: "Bytes of history", "Octets d’historique";
            s_hbytes_h: "Empty: 10 GiB", "Vide : 10 Gio";
            s_odays: "Days of output", "Jours de sorties";
            s_odays_h: "Empty: 30", "Vide : 30";
            s_obytes: "Bytes of output", "Octets de sorties";
            s_obytes_h: "Of all runs. Empty: 10 GiB", "De toutes les exécutions. Vide : 10 Gio";
            s_rbytes: "Bytes of output per run", "Octets de sorties par exécution";
            s_rbytes_h: "Empty: 10 MiB", "Vide : 10 Mio";
            s_oruns: "Runs with output", "Exécutions dont la sortie est gardée";
            s_oruns_h: "Empty: any number", "Vide : sans limite de nombre";
            s_level: "Log level", "Niveau du journal";
            s_level_h: "The least that is written", "Le moindre qui soit écrit";
            s_format: "Log format", "Format du journal";
            s_format_h: "JSON for machines", "JSON pour les machines";
            s_log: "Log file", "Fichier du journal";
            s_log_h: "Empty: standard error", "Vide : sortie d’erreur";
        }
    };
}
