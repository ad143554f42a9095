//! Words of the overview.

/// Adds these words to those of the subjects before it, and hands all of them on to the next one.
macro_rules! overview {
    ([$next:ident $($then:ident)*] $($words:tt)*) => {
        $next! { [$($then)*] $($words)*
            ov_title: "Automatic schedules", "Planifications automatiques";
            ov_status_ok: "All good.", "Tout fonctionne.";
            ov_status_bad:
                "{n} item needs your attention.|{n} items need your attention.",
                "{n} point demande votre attention.|{n} points demandent votre attention.";
            ov_new: "New schedule", "Nouvelle planification";
            attn_title: "Needs attention", "À traiter";
            attn_failed: "failed {rel}", "a échoué {rel}";
            attn_failed_n:
                "failed {n} time in a row|failed {n} times in a row",
                "a échoué {n} fois de suite|a échoué {n} fois de suite";
            attn_skipped:
                "was skipped {n} time in a row|was skipped {n} times in a row",
                "a été ignoré {n} fois de suite|a été ignoré {n} fois de suite";
            attn_spent: "has used up its limit", "a atteint son plafond";
            attn_begun: "since {t}", "depuis {t}";
            attn_good: "last success {t}", "dernier succès {t}";
            attn_no_good: "never succeeded", "jamais réussi";
            attn_failed_d: "after {n} attempt|after {n} attempts", "après {n} tentative|après {n} \
                tentatives";
            attn_invalid: "is invalid", "est invalide";
            attn_invalid_d: "revision {rev} stays active", "la version {rev} reste active";
            attn_drift: "is paused, but the file says", "est en pause, mais le fichier dit";
            attn_drift_d: "paused by {who} {rel}", "pause posée par {who} {rel}";
            attn_see_run: "View run", "Voir l’exécution";
            attn_see_diag: "View diagnostic", "Voir le diagnostic";
            attn_see_drift: "View drift", "Voir l’écart";
            pulse_title: "Past 24 h, next 24 h", "24 h passées, 24 h à venir";
            pulse_now: "now", "maintenant";
            pulse_sr:
                "Past 24 h: {a}, {f}. Next 24 h: {b} planned.",
                "24 dernières heures : {a}, {f}. 24 prochaines heures : {b} prévues.";
            next_title: "Next runs", "Prochaines exécutions";
            lg_ok: "Success", "Succès";
            lg_fail: "Failed", "Échec";
            lg_warn: "Skipped", "Ignorée";
            lg_run: "Running", "En cours";
            lg_next: "Planned", "Prévue";
            lg_none: "No run", "Aucune exécution";
            search: "Name, id, owner=dba…", "Nom, id, owner=dba…";
            search_jobs: "Search jobs", "Rechercher un job";
            skip_jobs: "Skip to the jobs", "Aller aux jobs";
            day_title: "The day, job by job", "La journée, job par job";
            day_due:
                "{n} due time until {t}|{n} due times until {t}",
                "{n} échéance jusqu’à {t}|{n} échéances jusqu’à {t}";
            day_sr: "{n}: {a}, {f}, {b} planned", "{n} : {a}, {f}, {b} prévues";
            next_day: "Job by job", "Job par job";
            f_all: "All", "Tous";
            f_active: "Active", "Actifs";
            f_paused: "Paused", "En pause";
            f_failing: "Failing", "En échec";
            f_invalid: "Invalid file", "Fichier invalide";
            f_labels: "All labels", "Toutes les étiquettes";
            f_test: "Test mode", "Mode test";
            sort_next: "Sort: next run", "Tri : prochaine";
            sort_name: "Sort: name", "Tri : nom";
            sort_last: "Sort: last run", "Tri : dernière";
            view_cards: "Cards", "Cartes";
            view_table: "Table", "Tableau";
            range: "{a}–{b} of {n}", "{a}–{b} sur {n}";
            prev_page: "Previous", "Précédent";
            next_page: "Next", "Suivant";
            invalid_tag: "Invalid file", "Fichier invalide";
            drift_tag: "Drift", "Écart";
            attn_interrupted: "was interrupted {rel}", "a été interrompu {rel}";
            attn_interrupted_d: "whether it took effect is unknown", "son effet est inconnu";
            attn_missed: "missed a run {rel}", "a manqué une exécution {rel}";
            attn_health: "The daemon reports trouble", "Le démon signale un problème";
            attn_see_health: "View health", "Voir l’état";
            attn_no_version: "no version of it is active", "aucune version n’en est active";
            attn_kept:
                "its last good version stays active",
                "sa dernière bonne version reste active";
            attn_held_up: "is held up by a run that does not end", "est retenu par une exécution qui ne se \
                termine pas";
            attn_fruitless: "has no success", "n’a aucun succès";
            attn_due: "{n} due time|{n} due times", "{n} échéance|{n} échéances";
            attn_see_job: "View job", "Voir le job";
            attn_more: "{n} more|{n} more", "{n} de plus|{n} de plus";
            range_count: "{n} due time|{n} due times", "{n} échéance|{n} échéances";
            paused_all: "Every job is paused.", "Tous les jobs sont en pause.";
        }
    };
}
