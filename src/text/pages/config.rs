//! Words of the page of the configuration.

/// Adds these words to those of the subjects before it, and hands all of them on to the next one.
macro_rules! config {
    ([$next:ident $($then:ident)*] $($words:tt)*) => {
        $next! { [$($then)*] $($words)*
            c_title: "Configuration", "Configuration";
            c_sub:
                "The YAML files tracked in git are the only source of truth.",
                "Les fichiers YAML suivis dans git sont la seule source de vérité.";
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
            c_kept:
                "Revision {rev} of this job stays active: next run {rel}.",
                "La version {rev} de ce job reste active : prochaine exécution {rel}.";
            c_check: "Check before you commit:", "Vérifier avant d’enregistrer dans git :";
            c_applied: "applied", "appliqué";
            c_partial:
                "applied, {n} file rejected|applied, {n} files rejected",
                "appliqué, {n} fichier refusé|appliqué, {n} fichiers refusés";
            c_driftt: "Drift from files", "Écarts avec les fichiers";
            c_in_file: "File", "Fichier";
            c_daemon: "Daemon", "Démon";
            c_fix: "To reconcile", "Pour aligner";
            c_open: "Open at line {n}", "Ouvrir à la ligne {n}";
            c_restart: "Waits for a restart:", "Attend un redémarrage :";
            c_blind: "Changes are looked for, not announced:", "Les changements sont cherchés, pas \
                annoncés :";
            c_none:
                "No finding: every file is valid.",
                "Aucun constat : tous les fichiers sont valides.";
            c_no_drift: "None", "Aucun";
            c_note: "note", "note";
            c_no_reload: "No reload yet.", "Aucun rechargement.";
            c_warnings: "{n} warning|{n} warnings", "{n} avertissement|{n} avertissements";
            c_no_git: "no git", "pas de git";
            c_none_kept:
                "No version of this job is active.",
                "Aucune version de ce job n’est active.";
            c_in_force:
                "The last good version of this job stays active: next run {rel}.",
                "La dernière bonne version de ce job reste active : prochaine exécution {rel}.";
            c_in_force_idle:
                "The last good version of this job stays active.",
                "La dernière bonne version de ce job reste active.";
            c_uncommitted: "not committed yet", "pas encore enregistré dans git";
            c_nothing_changed: "no change", "aucun changement";
            c_idle:
                "{n} reload without a change|{n} reloads without a change",
                "{n} rechargement sans changement|{n} rechargements sans changement";
            c_unreadable: "The source cannot be shown.", "La source ne peut pas être montrée.";
        }
    };
}
