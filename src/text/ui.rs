//! Every word of the pages, in both languages. `|` parts the singular from the plural, or the words
//! of a list; `{name}` is filled in. A test refuses a key without a user and a template with words
//! of its own.

use crate::text::Lang;

macro_rules! catalogue {
    ($($key:ident: $en:literal, $fr:literal;)*) => {
        /// The words of the pages in one language; a field a key.
        #[derive(Debug)]
        #[expect(missing_docs, reason = "the words say what they are for")]
        pub struct Ui {
            pub lang: Lang,
            $(pub $key: &'static str,)*
        }

        const EN: Ui = Ui { lang: Lang::En, $($key: $en,)* };
        const FR: Ui = Ui { lang: Lang::Fr, $($key: $fr,)* };

        /// Every key with its English and French words.
        pub const KEYS: &[(&str, &str, &str)] = &[$((stringify!($key), $en, $fr),)*];
    };
}

impl Ui {
    /// The words in a language.
    pub fn of(lang: Lang) -> &'static Ui {
        match lang {
            Lang::En => &EN,
            Lang::Fr => &FR,
        }
    }

    /// The tag of the language: `en`, `fr`.
    pub fn tag(&self) -> &'static str {
        match self.lang {
            Lang::En => "en",
            Lang::Fr => "fr",
        }
    }

    /// Singular or plural of a text, with the number filled in: French counts 0 and 1 as singular,
    /// English only 1.
    pub fn count(&self, text: &str, n: u64) -> String {
        let is_one = n == 1 || n == 0 && self.lang == Lang::Fr;
        let (one, many) = text.split_once('|').unwrap_or((text, text));
        fill(if is_one { one } else { many }, &[("n", &self.number(n))])
    }

    /// A whole number with its thousands parted: "1,204", "1 204" with a narrow no-break space.
    pub fn number(&self, n: u64) -> String {
        let digits = n.to_string();
        let parts: Vec<&str> = (0..digits.len())
            .filter(|at| (digits.len() - at).is_multiple_of(3) || *at == 0)
            .map(|at| {
                let end = digits.len() - (digits.len() - at - 1) / 3 * 3;
                &digits[at..end]
            })
            .collect();
        parts.join(match self.lang {
            Lang::En => ",",
            Lang::Fr => "\u{202f}",
        })
    }

    /// One word of a list; empty where there is none.
    pub fn nth(&self, list: &'static str, n: usize) -> &'static str {
        list.split('|').nth(n).unwrap_or("")
    }
}

/// A text with its `{name}` places filled in; what is filled in is not looked at again.
pub fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let (mut filled, mut rest) = (String::with_capacity(text.len() + 16), text);
    while let Some((before, after)) = rest.split_once('{') {
        filled += before;
        let place = after.split_once('}');
        let value = place.and_then(|(name, _)| values.iter().find(|(known, _)| *known == name));
        match (place, value) {
            (Some((_, behind)), Some((_, value))) => {
                filled += value;
                rest = behind;
            }
            _ => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled + rest
}

catalogue! {
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
    ov_title: "Automatic schedules", "Planifications automatiques";
    ov_status_ok: "All good.", "Tout fonctionne.";
    ov_status_bad: "{n} item needs your attention.|{n} items need your attention.", "{n} point demande votre attention.|{n} points demandent votre attention.";
    ov_new: "New schedule", "Nouvelle planification";
    attn_title: "Needs attention", "À traiter";
    attn_failed: "failed {rel}", "a échoué {rel}";
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
    pulse_sr: "Past 24 h: {a}, {f}. Next 24 h: {b} planned.", "24 dernières heures : {a}, {f}. 24 prochaines heures : {b} prévues.";
    next_title: "Next runs", "Prochaines exécutions";
    lg_ok: "Success", "Succès";
    lg_fail: "Failed", "Échec";
    lg_warn: "Skipped", "Ignorée";
    lg_run: "Running", "En cours";
    lg_next: "Planned", "Prévue";
    lg_none: "No run", "Aucune exécution";
    search: "Search jobs", "Rechercher un job";
    f_all: "All", "Tous";
    f_active: "Active", "Actifs";
    f_paused: "Paused", "En pause";
    f_failing: "Failing", "En échec";
    f_test: "Test mode", "Mode test";
    sort_next: "Sort: next run", "Tri : prochaine";
    sort_name: "Sort: name", "Tri : nom";
    sort_last: "Sort: last run", "Tri : dernière";
    view_cards: "Cards", "Cartes";
    view_table: "Table", "Tableau";
    n_jobs: "{n} job|{n} jobs", "{n} job|{n} jobs";
    range: "{a}–{b} of {n}", "{a}–{b} sur {n}";
    prev_page: "Previous", "Précédent";
    next_page: "Next", "Suivant";
    st_active: "Active", "Activé";
    st_paused: "Paused", "En pause";
    st_disabled: "Disabled", "Désactivé";
    st_running: "Running", "En cours";
    prod: "Production", "Production";
    test: "Test mode", "Mode test";
    late: "+ Late (max {n} d)", "+ Retards (max {n} j)";
    std: "Standard", "Standard";
    mode: "Mode", "Mode";
    invalid_tag: "Invalid file", "Fichier invalide";
    drift_tag: "Drift", "Écart";
    k_sched: "Schedule", "Planification";
    k_next: "Next", "Prochaine";
    k_last: "Last", "Dernière";
    k_left: "Left", "Reste";
    lim_title: "Limits on messages", "Plafonds de messages";
    lim_day: "Today", "Aujourd’hui";
    lim_today: "{n} today", "{n} aujourd’hui";
    lim_week: "{n} in 7\u{a0}d", "{n} en 7\u{a0}j";
    lim_left: "{a} of {b} left", "reste {a} sur {b}";
    lim_used: "{n}% used", "{n}\u{a0}% utilisés";
    k_never: "Never run", "Jamais exécuté";
    k_none_paused: "— (paused)", "— (en pause)";
    k_running_since: "Running for {d}", "En cours depuis {d}";
    r_success: "Success", "Succès";
    r_failed: "Failed", "Échec";
    r_skipped: "Skipped", "Ignorée";
    r_running: "Running", "En cours";
    r_missed: "Missed", "Manquée";
    r_cancelled: "Cancelled", "Annulée";
    c_sent: "{n} sent|{n} sent", "{n} envoyé|{n} envoyés";
    c_visited: "{n} profile visited|{n} profiles visited", "{n} profil visité|{n} profils visités";
    c_sim: "{n} simulated|{n} simulated", "{n} simulé|{n} simulés";
    strip_sr: "Last {n} run: {ok}, {bad}|Last {n} runs: {ok}, {bad}", "{n} dernière exécution : {ok}, {bad}|{n} dernières exécutions : {ok}, {bad}";
    a_run: "Run now", "Lancer";
    a_pause: "Pause", "Pause";
    a_resume: "Resume", "Reprendre";
    a_edit: "Edit", "Modifier";
    a_edit_git: "Edit in git", "Modifier dans git";
    a_copy: "Copy", "Copier";
    a_copied: "Copied", "Copié";
    a_run_help: "This page is read-only. To run this job now, on the server:", "Cette page est en lecture seule. Pour lancer ce job maintenant, sur le serveur :";
    a_pause_help: "Pause right away, without touching the file:", "Pause immédiate, sans toucher au fichier :";
    a_pause_after: "For a lasting pause, set enabled: false in the file and commit.", "Pour une pause durable, mettez enabled: false dans le fichier et committez.";
    a_run_prod: "Production mode: real messages will be sent. Harmless trial:", "Mode production : de vrais messages seront envoyés. Essai sans effet :";
    cf_title: "Run “{n}” now?", "Lancer « {n} » maintenant ?";
    cf_cancel: "Cancel", "Annuler";
    cf_dry: "Run in test mode", "Lancer en mode test";
    cf_go: "Run in production", "Lancer en production";
    toast_run: "Run started", "Exécution lancée";
    toast_on: "Schedule enabled", "Planification activée";
    toast_off: "Schedule paused", "Planification en pause";
    jd_success: "Success rate, 90 d", "Taux de succès, 90 j";
    jd_p50: "Median duration", "Durée médiane";
    jd_p95: "95th percentile", "95ᵉ centile";
    jd_days: "Last 90 days", "90 derniers jours";
    jd_dur: "Duration of the last 60 runs", "Durée des 60 dernières exécutions";
    jd_recent: "Recent runs", "Exécutions récentes";
    jd_all: "Full history", "Tout l’historique";
    jd_settings: "Effective settings", "Réglages effectifs";
    jd_default: "default", "défaut";
    jd_source: "Definition", "Définition";
    jd_fires: "Next runs", "Prochaines exécutions";
    jd_in_git: "View in git", "Voir dans git";
    prod_title: "Production mode", "Mode Production";
    h_title: "Run history", "Historique des exécutions";
    h_job: "Job", "Job";
    h_status: "Result", "Résultat";
    h_sched: "Scheduled", "Prévue";
    h_start: "Started", "Début";
    h_dur: "Duration", "Durée";
    h_lag: "Lag", "Retard";
    h_trig: "Trigger", "Origine";
    h_res: "Counters", "Compteurs";
    h_att: "Attempts", "Tentatives";
    h_heat: "Per day", "Par jour";
    tr_schedule: "schedule", "planning";
    tr_manual: "manual", "manuelle";
    tr_catchup: "catch-up", "rattrapage";
    tr_retry: "retry", "nouvelle tentative";
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
    rd_sent: "messages sent", "messages envoyés";
    rd_visited: "profiles visited", "profils visités";
    c_title: "Configuration", "Configuration";
    c_sub: "The YAML files tracked in git are the only source of truth.", "Les fichiers YAML suivis dans git sont la seule source de vérité.";
    c_rev: "Loaded revision", "Révision chargée";
    c_last: "Last reload", "Dernier rechargement";
    c_files: "Files", "Fichiers";
    c_valid: "{n} valid|{n} valid", "{n} valide|{n} valides";
    c_bad: "{n} invalid|{n} invalid", "{n} invalide|{n} invalides";
    c_drift: "Drift", "Écarts";
    c_diag: "Diagnostics", "Diagnostics";
    c_log: "Reloads", "Rechargements";
    c_when: "When", "Quand";
    c_commit: "Commit", "Commit";
    c_change: "Changes", "Changements";
    c_result: "Result", "Résultat";
    c_error: "error", "erreur";
    c_warning: "warning", "avertissement";
    c_kept: "Revision {rev} of this job stays active: next run {rel}.", "La version {rev} de ce job reste active : prochaine exécution {rel}.";
    c_check: "Check before you commit:", "Vérifier avant de committer :";
    c_applied: "applied", "appliqué";
    c_partial: "applied, {n} file rejected|applied, {n} files rejected", "appliqué, {n} fichier refusé|appliqué, {n} fichiers refusés";
    c_driftt: "Drift from files", "Écarts avec les fichiers";
    c_in_file: "File", "Fichier";
    c_daemon: "Daemon", "Démon";
    c_fix: "To reconcile", "Pour aligner";
    c_open: "Open at line {n}", "Ouvrir à la ligne {n}";
    n_title: "New schedule", "Nouvelle planification";
    n_sub: "Fill in, check the preview, commit the file. Nothing is saved here.", "Remplissez, vérifiez l’aperçu, committez le fichier. Rien n’est enregistré ici.";
    n_identity: "Identity", "Identité";
    n_name: "Job name", "Nom du job";
    n_id: "Identifier", "Identifiant";
    n_id_hint: "Used for the file and commands. Do not change it later: history hangs on it.", "Nom du fichier et des commandes. Ne change plus ensuite : l’historique y est attaché.";
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
    n_enabled_h: "The job runs on schedule from the next reload", "Le job s’exécutera selon le planning dès le prochain rechargement";
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
    e_title: "No schedule configured", "Aucune planification configurée";
    e_body: "Drop a YAML file into {dir}: it is picked up at once, no restart.", "Déposez un fichier YAML dans {dir} : il est pris en compte aussitôt, sans redémarrage.";
    e_cta: "Set up a schedule", "Configurer une planification";
    e_nomatch: "No job matches “{q}”", "Aucun job ne correspond à « {q} »";
    e_clear: "Clear filters", "Effacer les filtres";
    e_err_d: "The daemon has not answered for {rel}. The data shown is from {t}.", "Le démon ne répond plus depuis {rel}. Les données affichées datent de {t}.";
    e_retry: "Retry", "Réessayer";
    e_stale: "Connection lost. Retrying in {d}.", "Connexion perdue. Nouvelle tentative dans {d}.";
    when_today: "today", "aujourd’hui";
    when_yesterday: "yesterday", "hier";
    when_tomorrow: "tomorrow", "demain";
    when_ago: "{d} ago", "il y a {d}";
    when_in: "in {d}", "dans {d}";
    when_now: "just now", "à l’instant";
    zone_shown: "Times: {z}", "Heures : {z}";
    months: "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec", "janv.|févr.|mars|avr.|mai|juin|juil.|août|sept.|oct.|nov.|déc.";
    days: "Mon|Tue|Wed|Thu|Fri|Sat|Sun", "lun.|mar.|mer.|jeu.|ven.|sam.|dim.";
    units_bytes: "B|KB|MB|GB|TB", "o|Ko|Mo|Go|To";
    unit_day: "d", "j";
    when_days: "{n} day|{n} days", "{n} jour|{n} jours";
    crumb: "Breadcrumb", "Fil d’Ariane";
    nav: "Navigation", "Navigation";
    foot_login: "Log in", "Se connecter";
    foot_logout: "Log out", "Se déconnecter";
    foot_stale: "Updates every 10 s", "Mise à jour toutes les 10 s";
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
    attn_interrupted: "was interrupted {rel}", "a été interrompu {rel}";
    attn_interrupted_d: "whether it took effect is unknown", "son effet est inconnu";
    attn_missed: "missed a run {rel}", "a manqué une exécution {rel}";
    attn_health: "The daemon reports trouble", "Le démon signale un problème";
    attn_see_health: "View health", "Voir l’état";
    attn_no_version: "no version of it is active", "aucune version n’en est active";
    attn_kept: "its last good version stays active", "sa dernière bonne version reste active";
    attn_held_up: "is held up by a run that does not end", "est retenu par une exécution qui ne se \
        termine pas";
    attn_fruitless: "has no success", "n’a aucun succès";
    attn_due: "{n} due time|{n} due times", "{n} échéance|{n} échéances";
    attn_since: "since {rel}", "depuis {rel}";
    attn_see_job: "View job", "Voir le job";
    attn_more: "{n} more|{n} more", "{n} de plus|{n} de plus";
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
    range_count: "{n} due time|{n} due times", "{n} échéance|{n} échéances";
    k_none_disabled: "— (disabled)", "— (désactivé)";
    k_on_request: "— (on request)", "— (sur demande)";
    k_nothing: "— (nothing due)", "— (rien de prévu)";
    retry_at: "next attempt {rel}", "nouvelle tentative {rel}";
    jd_of: "{a} of {b}", "{a} sur {b}";
    jd_days_sr: "{n} day with runs: {ok}, {bad}|{n} days with runs: {ok}, {bad}", "{n} jour avec exécutions : {ok}, {bad}|{n} jours avec exécutions : {ok}, {bad}";
    jd_dur_sr: "{n} run, median {m}, longest {x}|{n} runs, median {m}, longest {x}", "{n} exécution, médiane {m}, la plus longue {x}|{n} exécutions, médiane {m}, la plus longue {x}";
    jd_labels: "Labels", "Étiquettes";
    jd_form: "Edit with the form", "Modifier avec le formulaire";
    jd_not_file: "The file no longer matches what is active.", "Le fichier ne correspond plus à ce qui est actif.";
    jd_gone: "The file cannot be read.", "Le fichier est illisible.";
    jd_no_runs: "No run yet.", "Aucune exécution pour l’instant.";
    jd_no_fires: "Nothing is due.", "Rien n’est prévu.";
    jd_disabled: "disabled: nothing is due until enabled is true", "désactivé : rien n’est dû tant que enabled n’est pas vrai";
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
    n_skips: "{n} skipped or missed|{n} skipped or missed", "{n} ignorée ou manquée|{n} ignorées ou manquées";
    rd_run: "Run", "Exécution";
    rd_host: "Host", "Hôte";
    rd_reason: "Reason", "Motif";
    rd_error: "Error", "Erreur";
    rd_none_yet: "No output yet.", "Aucune sortie pour l’instant.";
    rd_no_output: "No output was kept.", "Aucune sortie conservée.";
    rd_cut: "{n} not shown; the raw output has all that was kept.", "{n} non affichés ; la sortie brute a tout ce qui a été gardé.";
    rd_ok: "no error", "aucune erreur";
    rd_general: "failure", "échec";
    rd_produced: "{n} written", "{n} écrits";
    rd_mode: "Mode", "Mode";
    rd_instead: "Covered by", "La remplace";
    rd_until: "until {t}", "jusqu’à {t}";
    rd_sched: "Due", "Échéance";
    c_restart: "Waits for a restart:", "Attend un redémarrage :";
    c_blind: "Changes are looked for, not announced:", "Les changements sont cherchés, pas \
        annoncés :";
    c_none: "No finding: every file is valid.", "Aucun constat : tous les fichiers sont valides.";
    c_no_drift: "None", "Aucun";
    c_note: "note", "note";
    c_no_reload: "No reload yet.", "Aucun rechargement.";
    c_warnings: "{n} warning|{n} warnings", "{n} avertissement|{n} avertissements";
    c_no_git: "no git", "pas de git";
    c_none_kept: "No version of this job is active.", "Aucune version de ce job n’est active.";
    c_in_force: "The last good version of this job stays active: next run {rel}.", "La dernière bonne version de ce job reste active : prochaine exécution {rel}.";
    c_in_force_idle: "The last good version of this job stays active.", "La dernière bonne version de ce job reste active.";
    c_uncommitted: "not committed yet", "pas encore dans un commit";
    c_nothing_changed: "no change", "aucun changement";
    c_unreadable: "The source cannot be shown.", "La source ne peut pas être montrée.";
    n_edit: "Edit {n}", "Modifier {n}";
    n_edit_sub: "The file is not changed here: commit the difference.", "Le fichier n’est pas modifié ici : committez la différence.";
    n_diff: "Difference", "Différence";
    n_same: "No difference", "Aucune différence";
    n_git_edit: "Edit in git", "Modifier dans git";
    n_nogit: "Write it to {f} and commit it.", "Écrivez-le dans {f} et committez-le.";
    n_minutes: "minutes", "minutes";
    n_hours: "hours", "heures";
    n_seconds: "seconds", "secondes";
    n_anchor: "Counted from", "Compté à partir de";
    n_anchor_h: "An instant with its offset; empty: 1970.", "Un instant avec son décalage ; vide : 1970.";
    n_cron_secs: "A sixth field, seconds, comes first", "Un sixième champ, les secondes, vient \
        d’abord";
    n_cron_h: "Minute, hour, day, month, weekday", "Minute, heure, jour, mois, jour de semaine";
    n_manual_h: "Runs only on request.", "S’exécute seulement à la demande.";
    n_cfg_c: "What to run", "Quoi exécuter";
    n_command: "Command", "Commande";
    n_argv: "Program and arguments, one a line, no shell", "Programme et arguments, un par ligne, sans shell";
    n_shell: "Or a text for the shell", "Ou un texte pour le shell";
    n_stdin: "Standard input", "Entrée standard";
    n_empty_none: "Empty: no limit", "Vide : sans limite";
    n_more: "Other keys (YAML)", "Autres clés (YAML)";
    n_more_h: "Keys without a field here, as in bot_config.", "Ce qui n’a pas de champ ici, tel que dans bot_config.";
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
    n_env_h: "One NAME: value a line; a secret is NAME: {from_file: /path} or {from_env: NAME}.", "Un NAME: valeur par ligne ; un secret est NAME: {from_file: /path} ou {from_env: NAME}.";
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
    n_labels_h: "One name: value a line: owner: ops", "Un nom: valeur par ligne : owner: ops";
    n_bad_yaml: "not a map of keys and values", "pas une table de clés et de valeurs";
    n_bad_time: "{v} is not a time of day: 00:00 to 23:59", "{v} n’est pas une heure : de 00:00 à 23:59";
    n_need: "Required", "Obligatoire";
    n_bad_id: "a-z, 0-9, “.”, “_”, “-”; a letter or digit first; 64 at most", "a-z, 0-9, « . », « _ », « - » ; d’abord une lettre ou un chiffre ; 64 au plus";
    n_change: "{day}, clock {by}: {what}", "{day}, heure {by} : {what}";
    n_days: "Mon|Tue|Wed|Thu|Fri|Sat|Sun", "Lun|Mar|Mer|Jeu|Ven|Sam|Dim";
    n_opt: "optional", "facultatif";
    login_token: "Token", "Jeton";
    login_name: "Your name, for the journal", "Votre nom, pour le journal";
    login_wrong: "That is not the token.", "Ce n’est pas le jeton.";
    login_title: "Log in", "Se connecter";
    act_done: "Done", "Fait";
    a_cancel_run: "Cancel run", "Annuler l’exécution";
    a_resume_help: "Lift the pause:", "Lever la pause :";
    a_cancel_help: "To end this run, on the server:", "Pour arrêter cette exécution, sur le \
        serveur :";
    e_unknown_job: "No job {id}", "Aucun job {id}";
    e_unknown_run: "No run {id}", "Aucune exécution {id}";
    e_back: "Back to the overview", "Retour à la vue d’ensemble";
    e_history: "The history cannot be read.", "L’historique est illisible.";
    e_mend: "A reason is in /health.", "Un motif est dans /health.";
    e_waiting: "Reading the job files…", "Lecture des fichiers de jobs…";
    paused_all: "Every job is paused.", "Tous les jobs sont en pause.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_plurals_follow_the_language() {
        let (en, fr) = (Ui::of(Lang::En), Ui::of(Lang::Fr));
        assert_eq!(en.number(1_234_567), "1,234,567");
        assert_eq!(fr.number(1_204), "1\u{202f}204");
        assert_eq!(en.number(999), "999");
        assert_eq!(en.count(en.n_runs, 0), "0 runs");
        assert_eq!(fr.count(fr.n_runs, 0), "0 exécution");
        assert_eq!(fr.count(fr.n_runs, 2), "2 exécutions");
    }

    #[test]
    fn what_is_filled_in_is_not_filled_again() {
        assert_eq!(fill("{a} of {b}", &[("a", "{b}"), ("b", "2")]), "{b} of 2");
        assert_eq!(fill("{open", &[]), "{open");
    }

    #[test]
    fn both_languages_have_the_same_places() {
        let places = |text: &str| {
            let mut names: Vec<String> = text
                .split('{')
                .skip(1)
                .map(|part| part.split('}').next().unwrap_or("").to_owned())
                .collect();
            names.sort();
            names.dedup();
            names
        };
        for (key, en, fr) in KEYS {
            assert_eq!(places(en), places(fr), "{key}");
            assert_eq!(en.matches('|').count(), fr.matches('|').count(), "{key}");
        }
    }
}
