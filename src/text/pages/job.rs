//! Words of cards and the page of a job.

/// Adds these words to those of the subjects before it, and hands all of them on to the next one.
macro_rules! job {
    ([$next:ident $($then:ident)*] $($words:tt)*) => {
        $next! { [$($then)*] $($words)*
            st_active: "Active", "Activé";
            st_paused: "Paused", "En pause";
            st_disabled: "Disabled", "Désactivé";
            st_running: "Running", "En cours";
            late: "+ Late (max {n} d)", "+ Retards (max {n} j)";
            k_sched: "Schedule", "Planification";
            k_next: "Next", "Prochaine";
            k_last: "Last", "Dernière";
            k_left: "Left", "Reste";
            lim_title: "Limits on messages", "Plafonds de messages";
            lim_day: "Today", "Aujourd’hui";
            lim_today: "{n} today", "{n} aujourd’hui";
            lim_week: "{n} in 7\u{a0}d", "{n} en 7\u{a0}j";
            lim_left: "{a} of {b} left", "reste {a} sur {b}";
            lim_day_spent:
                "The limit of {n} message a day is reached.|The limit of {n} messages a day is \
                 reached.",
                "Le plafond de {n} message par jour est atteint.|Le plafond de {n} messages par \
                 jour est atteint.";
            lim_week_spent:
                "The limit of {n} message in 7 days is reached.|The limit of {n} messages in 7 \
                 days is reached.",
                "Le plafond de {n} message sur 7 jours est atteint.|Le plafond de {n} messages \
                 sur 7 jours est atteint.";
            lim_frees: "frees up {t}", "se libère {t}";
            lim_used: "{n}% used", "{n}\u{a0}% utilisés";
            k_never: "Never run", "Jamais exécuté";
            k_none_paused: "— (paused)", "— (en pause)";
            k_running_since: "Running for {d}", "En cours depuis {d}";
            strip_sr:
                "Last {n} run: {ok}, {bad}|Last {n} runs: {ok}, {bad}",
                "{n} dernière exécution : {ok}, {bad}|{n} dernières exécutions : {ok}, {bad}";
            jd_success: "Success rate, 90 d", "Taux de succès, 90 j";
            jd_p50: "Median duration", "Durée médiane";
            jd_p95: "95th percentile", "95ᵉ centile";
            jd_days: "Last 90 days", "90 derniers jours";
            jd_dur: "Duration of the last 60 runs", "Durée des 60 dernières exécutions";
            jd_recent: "Recent runs", "Exécutions récentes";
            jd_all: "Full history", "Tout l’historique";
            jd_settings: "Effective settings", "Réglages actifs";
            jd_default: "default", "défaut";
            jd_source: "Definition", "Définition";
            jd_fires: "Next runs", "Prochaines exécutions";
            jd_in_git: "View in git", "Voir dans git";
            k_none_disabled: "— (disabled)", "— (désactivé)";
            k_on_request: "— (on request)", "— (sur demande)";
            k_nothing: "— (nothing due)", "— (rien de prévu)";
            jd_of: "{a} of {b} due times", "{a} échéances sur {b}";
            jd_failing: "Failing since {t}", "En échec depuis {t}";
            jd_in_a_row:
                "{n} time in a row|{n} times in a row",
                "{n} fois de suite|{n} fois de suite";
            jd_last_good: "Last good run:", "Dernière bonne exécution :";
            jd_never_good:
                "No good run before that is kept.",
                "Aucune bonne exécution antérieure n’est conservée.";
            jd_changed: "Changed in its file since, {t}:", "Modifié depuis dans son fichier, {t} :";
            jd_changed_at:
                "Changed in its file since, {t} at commit {rev}:",
                "Modifié depuis dans son fichier, {t} au commit {rev} :";
            jd_unchanged:
                "Its file has not changed since.",
                "Son fichier n’a pas changé depuis.";
            jd_days_sr:
                "{n} day with runs: {ok}, {bad}|{n} days with runs: {ok}, {bad}",
                "{n} jour avec exécutions : {ok}, {bad}|{n} jours avec exécutions : {ok}, {bad}";
            jd_dur_sr:
                "{n} run, median {m}, longest {x}|{n} runs, median {m}, longest {x}",
                "{n} exécution, médiane {m}, la plus longue {x}|{n} exécutions, médiane {m}, la \
                 plus longue {x}";
            jd_labels: "Labels", "Étiquettes";
            jd_form: "Edit with the form", "Modifier avec le formulaire";
            jd_not_file:
                "The file no longer matches what is active.",
                "Le fichier ne correspond plus à ce qui est actif.";
            jd_gone: "The file cannot be read.", "Le fichier est illisible.";
            jd_no_runs: "No run yet.", "Aucune exécution pour l’instant.";
            jd_no_fires: "Nothing is due.", "Rien n’est prévu.";
            jd_disabled:
                "disabled: nothing is due until enabled is true",
                "désactivé : rien n’est dû tant que enabled n’est pas vrai";
        }
    };
}
