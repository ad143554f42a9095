//! Words of the history and the page of a run.

/// Adds these words to those of the subjects before it, and hands all of them on to the next one.
macro_rules! runs {
    ([$next:ident $($then:ident)*] $($words:tt)*) => {
        $next! { [$($then)*] $($words)*
            r_success: "Success", "Succès";
            r_failed: "Failed", "Échec";
            r_skipped: "Skipped", "Ignorée";
            r_waiting: "Waiting", "En attente";
            r_running: "Running", "En cours";
            r_missed: "Missed", "Manquée";
            r_cancelled: "Cancelled", "Annulée";
            c_sent: "{n} sent|{n} sent", "{n} envoyé|{n} envoyés";
            c_visited:
                "{n} profile visited|{n} profiles visited",
                "{n} profil visité|{n} profils visités";
            c_sim: "{n} simulated|{n} simulated", "{n} simulé|{n} simulés";
            c_left: "{n} left|{n} left", "{n} restant|{n} restants";
            c_due: "{n} due|{n} due", "{n} du jour|{n} du jour";
            c_late: "{n} late|{n} late", "{n} en retard|{n} en retard";
            c_failed: "{n} failed|{n} failed", "{n} en échec|{n} en échec";
            c_unknown: "{n} uncertain|{n} uncertain", "{n} incertain|{n} incertains";
            c_blocked: "{n} blocked|{n} blocked", "{n} bloqué|{n} bloqués";
            c_changed: "{n} changed|{n} changed", "{n} modifié|{n} modifiés";
            c_greeted:
                "{n} already greeted|{n} already greeted",
                "{n} déjà souhaité|{n} déjà souhaités";
            c_ignored: "{n} ignored|{n} ignored", "{n} ignoré|{n} ignorés";
            h_title: "Run history", "Historique des exécutions";
            h_job: "Job", "Job";
            h_status: "Result", "Résultat";
            h_end: "Ended", "Fin";
            h_due: "due {t}", "prévue {t}";
            h_start: "Started", "Début";
            h_dur: "Duration", "Durée";
            h_lag: "Lag", "Retard";
            h_trig: "Trigger", "Origine";
            h_res: "Counters", "Compteurs";
            h_att: "Attempts", "Tentatives";
            h_heat:
                "Day by day, the jobs with most failing days first",
                "Jour par jour, les jobs aux plus nombreux jours d’échec d’abord";
            tr_schedule: "schedule", "planification";
            tr_manual: "manual", "manuelle";
            tr_catchup: "catch-up", "rattrapage";
            tr_retry: "retry", "nouvelle tentative";
            rd_tries: "{n} attempt|{n} attempts", "{n} tentative|{n} tentatives";
            rd_older: "Previous", "Précédente";
            rd_newer: "Next", "Suivante";
            rd_good: "Last success", "Dernier succès";
            rd_around: "Other runs of this job", "Autres exécutions de ce job";
            rd_zeros: "0: {list}", "0 : {list}";
            rd_exit: "Exit code", "Code de sortie";
            rd_started: "Started", "Début";
            rd_dur: "Duration", "Durée";
            rd_lag: "Start lag", "Retard au départ";
            rd_rev: "Revision", "Révision";
            rd_attempt: "Attempt {n}", "Tentative {n}";
            rd_output: "Output", "Sortie";
            rd_counters: "Counters", "Compteurs";
            rd_context: "Context", "Contexte";
            rd_follow: "Follow", "Suivre";
            rd_raw: "Raw", "Brut";
            rd_dl: "Download", "Télécharger";
            rd_lines: "{n} line|{n} lines", "{n} ligne|{n} lignes";
            rd_limit: "limit {n}", "plafond {n}";
            rd_waited: "waited {d}", "attente {d}";
            r_interrupted: "Interrupted", "Interrompue";
            why_exit: "exit {n}", "code {n}";
            why_code: "exit code {n}", "code {n}";
            why_signal: "signal {n}", "signal {n}";
            why_timeout: "timed out", "délai dépassé";
            why_start_failed: "could not start", "démarrage impossible";
            why_reported: "reported by the program", "signalé par le programme";
            why_overlap: "previous instance active", "instance précédente active";
            why_budget: "limit reached", "plafond atteint";
            why_clock: "clock step", "saut d’horloge";
            why_downtime: "daemon was down", "démon arrêté";
            why_coalesced: "merged into a later run", "fusionnée dans une suivante";
            why_late: "too late to start", "trop tard pour démarrer";
            why_crash: "daemon crashed", "plantage du démon";
            why_user: "on request", "sur demande";
            why_replaced: "replaced by a newer one", "remplacée par une plus récente";
            why_shutdown: "daemon stopped", "arrêt du démon";
            why_removed: "job removed", "job retiré";
            retry_at: "next attempt {rel}", "nouvelle tentative {rel}";
            h_none: "No run matches.", "Aucune exécution ne correspond.";
            h_runs_of: "Runs of {n}", "Exécutions de {n}";
            h_days7: "Last 7 days", "7 derniers jours";
            h_days1: "Last 24 h", "24 dernières heures";
            h_days30: "Last 30 days", "30 derniers jours";
            h_days_all: "All of it", "Tout";
            h_period: "Period", "Période";
            h_newer: "Newest", "Plus récentes";
            h_lines: "JSONL", "JSONL";
            h_older: "Older", "Plus anciennes";
            h_sort: "Sort", "Tri";
            h_show: "Show", "Afficher";
            h_heat_sr: "{n}: {ok}, {bad}, {skip}", "{n} : {ok}, {bad}, {skip}";
            rd_run: "Run", "Exécution";
            rd_host: "Host", "Hôte";
            rd_reason: "Reason", "Motif";
            rd_error: "Error", "Erreur";
            rd_none_yet: "No output yet.", "Aucune sortie pour l’instant.";
            rd_no_output: "No output was kept.", "Aucune sortie conservée.";
            rd_cut:
                "{n} not shown; the raw output has all that was kept.",
                "{n} non affichés ; la sortie brute a tout ce qui a été gardé.";
            rd_ok: "no error", "aucune erreur";
            rd_general: "failure", "échec";
            rd_produced: "{n} written", "{n} écrits";
            rd_mode: "Mode", "Mode";
            rd_instead: "Covered by", "La remplace";
            rd_until: "until {t}", "jusqu’à {t}";
            rd_sched: "Due", "Échéance";
        }
    };
}
