//! What `jobsd plan` says.

use crate::text::{Lang, Text};

/// The two sides and the span.
pub fn head(old: &str, new: &str, from: &str, until: &str) -> Text {
    text!(
        "{old} → {new}, due times after {from} up to {until}",
        "{old} → {new}, échéances après {from} et jusqu’à {until}"
    )
}

/// The files on disk, as a side.
pub fn on_disk() -> Text {
    text!("files on disk", "fichiers du disque")
}

/// How many jobs change, and how many due times there are.
pub fn summary(counts: [usize; 5], before: u64, after: u64) -> Text {
    let [added, changed, renamed, removed, unchanged] = counts;
    let plural = |n: usize| if n < 2 { "" } else { "s" };
    let (a, c, r, d, u) = (
        plural(added),
        plural(changed),
        plural(renamed),
        plural(removed),
        plural(unchanged),
    );
    text!(
        "{added} added, {changed} changed, {renamed} renamed, {removed} removed, {unchanged} \
         unchanged; due times {before} → {after}",
        "{added} ajouté{a}, {changed} modifié{c}, {renamed} renommé{r}, {removed} retiré{d}, \
         {unchanged} inchangé{u} ; échéances {before} → {after}"
    )
}

/// Nothing differs.
pub fn nothing() -> Text {
    text!("nothing changes", "rien ne change")
}

/// Files that are bad: their jobs stay as they were.
pub fn bad_files(count: usize) -> Text {
    let files = Text::count(
        count as u64,
        ["bad file", "bad files"],
        ["fichier invalide", "fichiers invalides"],
    );
    Text::new(
        format!(
            "{}: where a job has an active version, that stays",
            files.en
        ),
        format!("{} : si un job a une version active, elle reste", files.fr),
    )
}

/// How many errors there are.
pub fn errors(count: usize) -> Text {
    Text::count(count as u64, ["error", "errors"], ["erreur", "erreurs"])
}

/// A `jobsd.yaml` that is bad.
pub fn bad_settings() -> Text {
    text!(
        "jobsd.yaml is bad: a running daemon keeps its settings, and none starts with it",
        "jobsd.yaml est invalide : un démon en marche garde ses réglages, et aucun ne démarre avec"
    )
}

/// Settings that differ.
pub fn settings() -> Text {
    text!("Settings (jobsd.yaml)", "Réglages (jobsd.yaml)")
}

/// More due times than are listed.
pub fn more() -> Text {
    text!("… and more", "… et d’autres")
}

/// What becomes of a job.
pub fn change(word: &str, lang: Lang) -> &'static str {
    match (word, lang) {
        ("unchanged", Lang::En) => "unchanged",
        ("unchanged", Lang::Fr) => "inchangé",
        _ => crate::text::reload::word(word, lang),
    }
}

/// How many due times, before and after.
pub fn fires(before: u64, after: u64) -> Text {
    let due = |n| Text::count(n, ["due time", "due times"], ["échéance", "échéances"]);
    let (old, new) = (due(before), due(after));
    if before == after {
        return Text::new(
            format!("{} before and after", old.en),
            format!("{} avant et après", old.fr),
        );
    }
    Text::new(
        format!("{} before, {after} after", old.en),
        format!(
            "{} avant, {after} après",
            new.fr.replacen(&after.to_string(), &before.to_string(), 1)
        ),
    )
}

/// All due times move by one distance.
pub fn moved(distance: &str) -> Text {
    text!("all move by {distance}", "toutes se décalent de {distance}")
}

/// More come or go than are listed.
pub fn first_of(count: usize) -> Text {
    text!("the first {count}", "les {count} premières")
}

/// Due times that come.
pub fn comes() -> Text {
    text!("come", "nouvelles")
}

/// Due times that go.
pub fn goes() -> Text {
    text!("go", "supprimées")
}

/// Lists that may lack due times far off.
pub fn cut() -> Text {
    text!(
        "more due times than can be compared one by one; the counts are exact",
        "trop d’échéances pour les comparer une à une ; les nombres sont exacts"
    )
}

/// The busiest minutes.
pub fn busiest() -> Text {
    text!("Busiest minutes (UTC)", "Minutes les plus chargées (UTC)")
}

/// Starts at a minute, on so many days.
pub fn starts(minute: &str, before: u32, after: u32, days: u64, first: &str) -> Text {
    let on = Text::count(days, ["day", "days"], ["jour", "jours"]);
    Text::new(
        format!(
            "{minute}  {before} → {after} starts, on {} from {first}",
            on.en
        ),
        format!(
            "{minute}  {before} → {after} départs, {} à partir du {first}",
            on.fr
        ),
    )
}

/// What may be sent.
pub fn budgets(before: (u64, u64), after: (u64, u64)) -> Text {
    let ((day, week), (new_day, new_week)) = (before, after);
    text!(
        "Messages that jobs with limits may send: {day} → {new_day} a day, {week} → {new_week} in \
         seven days",
        "Messages que les jobs limités peuvent envoyer : {day} → {new_day} par jour, \
         {week} → {new_week} en sept jours"
    )
}

/// No job runs because it was changed.
pub fn no_fire_by_change() -> Text {
    text!(
        "No job runs because it was changed: the first run is that of its next due time.",
        "Aucun job ne s’exécute parce qu’il a été modifié : la première exécution est celle de sa \
         prochaine échéance."
    )
}

/// Findings that come.
pub fn new_findings() -> Text {
    text!("New findings", "Nouveaux constats")
}

/// Findings that go.
pub fn gone_findings() -> Text {
    text!("Findings that are gone", "Constats disparus")
}

/// Where a value is set: a default of the program.
pub fn built_in() -> Text {
    text!("built-in default", "valeur par défaut")
}

/// Where a value is set: for all jobs.
pub fn from_settings(place: &str) -> Text {
    text!("set at {place}", "fixé dans {place}")
}

/// A value that must not be shown.
pub fn absent() -> Text {
    text!("none", "aucun")
}

/// Jobs that were left out of a document that must not grow longer.
pub fn left_out(count: usize) -> Text {
    let jobs = Text::count(
        count as u64,
        ["more job", "more jobs"],
        ["autre job", "autres jobs"],
    );
    Text::new(
        format!("{}: see `jobsd plan` itself", jobs.en),
        format!("{} : voyez « jobsd plan » lui-même", jobs.fr),
    )
}

/// What is in hand.
pub fn live() -> Text {
    text!("Now", "Actuellement")
}

/// Nothing in hand is touched.
pub fn live_nothing() -> Text {
    text!(
        "no job that changes has a run in progress or a pause",
        "aucun job qui change n’a d’exécution en cours ni de pause"
    )
}

/// Runs in progress.
pub fn live_running(id: &str, runs: usize) -> Text {
    let n = Text::count(runs as u64, ["run", "runs"], ["exécution", "exécutions"]);
    Text::new(
        format!("{id}: {} in progress, which continue as they began", n.en),
        format!(
            "{id} : {} en cours, qui continuent comme elles ont commencé",
            n.fr
        ),
    )
}

/// A pause.
pub fn live_paused(id: &str) -> Text {
    text!("{id}: paused, and stays so", "{id} : en pause, et le reste")
}

/// A span that cannot be planned.
pub fn bad_span(days: i64) -> Text {
    text!(
        "the span ends before it begins, or is longer than {days} days",
        "la période finit avant de commencer, ou dépasse {days} jours"
    )
}

/// A name that is neither a commit nor a folder.
pub fn no_side(name: &str) -> Text {
    text!(
        "`{name}` is neither a folder nor a commit that git knows here",
        "« {name} » n’est ni un dossier ni un commit que git connaisse ici"
    )
}
