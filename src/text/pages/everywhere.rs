//! Words of what surrounds every page, and what several say.

/// Adds these words to those of the subjects before it, and hands all of them on to the next one.
macro_rules! everywhere {
    ([$next:ident $($then:ident)*] $($words:tt)*) => {
        $next! { [$($then)*] $($words)*
            skip: "Skip to content", "Aller au contenu";
            nav_overview: "Overview", "Vue d’ensemble";
            nav_history: "History", "Historique";
            nav_config: "Config", "Configuration";
            sync_files_bad: "{n} invalid file|{n} invalid files", "{n} fichier invalide|{n} fichiers \
                invalides";
            sync_reloaded: "reloaded {rel}", "rechargé {rel}";
            readonly: "Read-only", "Lecture seule";
            control_on: "Control enabled", "Contrôle activé";
            language: "Language", "Langue";
            theme: "Theme", "Thème";
            theme_auto: "Auto", "Auto";
            theme_light: "Light", "Clair";
            theme_dark: "Dark", "Sombre";
            foot_keys: "Keyboard shortcuts", "Raccourcis clavier";
            foot_api: "JSON API", "API JSON";
            foot_metrics: "Metrics", "Métriques";
            foot_up: "up for {d}", "actif depuis {d}";
            foot_live: "Live updates", "Mise à jour en direct";
            n_jobs: "{n} job|{n} jobs", "{n} job|{n} jobs";
            e_title: "No schedule configured", "Aucune planification configurée";
            e_body:
                "Drop a YAML file into {dir}: it is picked up at once, no restart.",
                "Déposez un fichier YAML dans {dir} : il est pris en compte aussitôt, sans \
                 redémarrage.";
            e_cta: "Set up a schedule", "Configurer une planification";
            e_nomatch: "No job matches “{q}”", "Aucun job ne correspond à « {q} »";
            e_clear: "Clear filters", "Effacer les filtres";
            e_err_d:
                "The daemon has not answered for {rel}. The data shown is from {t}.",
                "Le démon ne répond plus depuis {rel}. Les données affichées datent de {t}.";
            e_retry: "Retry", "Réessayer";
            e_stale:
                "Connection lost. Retrying in {d}.",
                "Connexion perdue. Nouvelle tentative dans {d}.";
            when_today: "today", "aujourd’hui";
            when_yesterday: "yesterday", "hier";
            when_tomorrow: "tomorrow", "demain";
            when_ago: "{d} ago", "il y a {d}";
            when_in: "in {d}", "dans {d}";
            when_now: "just now", "à l’instant";
            zone_shown: "Times: {z}", "Heures : {z}";
            zone_shown_job: "Times: each job’s zone", "Heures : fuseau de chaque job";
            zone_choice: "Zone of the times", "Fuseau des heures";
            zone_job: "Job’s", "Du job";
            zone_mine: "Mine", "Le mien";
            months:
                "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec",
                "janv.|févr.|mars|avr.|mai|juin|juil.|août|sept.|oct.|nov.|déc.";
            days: "Mon|Tue|Wed|Thu|Fri|Sat|Sun", "lun.|mar.|mer.|jeu.|ven.|sam.|dim.";
            units_bytes: "B|KB|MB|GB|TB", "o|Ko|Mo|Go|To";
            unit_day: "d", "j";
            when_days: "{n} day|{n} days", "{n} jour|{n} jours";
            crumb: "Breadcrumb", "Fil d’Ariane";
            nav: "Navigation", "Navigation";
            foot_login: "Log in", "Se connecter";
            foot_logout: "Log out", "Se déconnecter";
            foot_stale: "Updates every 10 s", "Mise à jour toutes les 10 s";
            foot_refresh: "Refresh", "Actualiser";
            foot_static: "Updated at each visit", "Mise à jour à chaque visite";
            n_runs: "{n} run|{n} runs", "{n} exécution|{n} exécutions";
            n_failures: "{n} failure|{n} failures", "{n} échec|{n} échecs";
            n_successes: "{n} success|{n} successes", "{n} succès|{n} succès";
            keys_slash: "search", "rechercher";
            keys_esc: "close", "fermer";
            keys_help: "this list", "cette liste";
            keys_off: "Switch single keys off", "Désactiver les touches seules";
            keys_on: "Switch single keys on", "Activer les touches seules";
            keys_close: "Close", "Fermer";
            n_skips:
                "{n} skipped or missed|{n} skipped or missed",
                "{n} ignorée ou manquée|{n} ignorées ou manquées";
            e_unknown_job: "No job {id}", "Aucun job {id}";
            e_unknown_run: "No run {id}", "Aucune exécution {id}";
            e_back: "Back to the overview", "Retour à la vue d’ensemble";
            e_history: "The history cannot be read.", "L’historique est illisible.";
            e_mend: "A reason is in /health.", "Un motif est dans /health.";
            e_waiting: "Reading the job files…", "Lecture des fichiers de jobs…";
        }
    };
}
