//! `jobsd status`: the daemon on one screen.

use crate::model::run::RunRecord;
use crate::render::runs::result;
use crate::render::screen::{Screen, Tint};
use crate::text::{Lang, Text, doctor, history as words, trouble, visible};
use crate::time::{Timestamp, rfc3339};
use crate::view::answer::status::{
    Control, LastDay, NoticeKind, OfJob, PauseDrift, StatusAnswer, WatchMode, Zones,
};
use crate::view::standstill::{HeldUp, WithoutSuccess};

/// The daemon.
pub fn status(answer: &StatusAnswer, screen: &Screen) -> String {
    let mut page = Page::new(screen);
    page.head(answer);
    page.config(answer);
    page.troubles(answer);
    page.jobs(answer);
    page.day(&answer.last_day);
    page.standstills(answer);
    page.drift(answer);
    page.files(answer);
    page.access(answer);
    page.text
}

/// The screen as it is written, a section after the other.
struct Page<'a> {
    screen: &'a Screen,
    text: String,
}

impl<'a> Page<'a> {
    fn new(screen: &'a Screen) -> Page<'a> {
        let text = String::new();
        Page { screen, text }
    }

    fn say(&self, en: &'static str, fr: &'static str) -> &'static str {
        self.screen.say(en, fr)
    }

    fn line(&mut self, head: &str, body: &str) {
        self.text += &format!("  {head:<10} {body}\n");
    }

    fn tinted(&mut self, head: &str, body: &str, tint: Tint) {
        let body = self.screen.paint(body, tint);
        self.line(head, &body);
    }

    /// "● jobsd 0.1.0 on prod-01, up 12d".
    fn head(&mut self, answer: &StatusAnswer) {
        let screen = self.screen;
        let count = answer.problem_count();
        let tint = if count == 0 { Tint::Green } else { Tint::Red };
        let up = answer.started_at;
        let up = up.map_or(String::new(), |start| screen.since(start));
        self.text += &format!(
            "{} jobsd {} {} {}, {} {up}{}\n",
            screen.paint("●", tint),
            or_dash(&answer.version),
            self.say("on", "sur"),
            or_dash(&answer.host),
            self.say("up", "actif depuis"),
            problems_found(count, screen)
        );
    }

    /// Which files are in force, and since when.
    fn config(&mut self, answer: &StatusAnswer) {
        let screen = self.screen;
        let reloaded = answer.reloaded_at.map_or(String::new(), |at| {
            let word = self.say("reloaded", "rechargée");
            format!("{word} {}, ", screen.ago(at))
        });
        let good = answer.files.saturating_sub(answer.files_invalid);
        let valid = valid(good, answer.files, screen);
        let revision = answer.revision.as_deref().unwrap_or("-");
        self.line("config", &format!("{revision}, {reloaded}{valid}"));
    }

    /// Reasons of bad health, bad files, and what was put right.
    fn troubles(&mut self, answer: &StatusAnswer) {
        let lang = self.screen.lang;
        let files = answer.warnings.iter().map(|text| visible(text));
        for problem in kept_texts(&answer.reasons, lang).chain(files) {
            self.tinted("", &format!("✗ {problem}"), Tint::Red);
        }
        for note in kept_texts(&answer.notes, lang) {
            self.tinted("", &format!("! {note}"), Tint::Yellow);
        }
        for place in &answer.torn_lines {
            let words = self.say(
                "torn line of the history skipped:",
                "ligne déchirée de l’historique ignorée :",
            );
            self.line("", &format!("{words} {}", visible(place)));
        }
    }

    fn jobs(&mut self, answer: &StatusAnswer) {
        let (screen, jobs, paused) = (self.screen, answer.jobs, answer.paused);
        let active = jobs.saturating_sub(paused + answer.disabled);
        let active = Text::count(active as u64, ["active"; 2], ["actif", "actifs"]);
        let active = active.get(screen.lang);
        let word = self.say("paused", "en pause");
        let running = under_way(answer.running.iter().map(AsRef::as_ref), screen);
        self.line(
            "jobs",
            &format!("{jobs} ({active}, {paused} {word}), {running}"),
        );
    }

    fn day(&mut self, day: &LastDay) {
        let screen = self.screen;
        self.line(self.say("last 24h", "24 h"), &last_day(day, screen));
        for run in &day.failed_jobs {
            let result = result(run.record(), screen);
            let id = &run.record().job_id;
            self.tinted(
                "",
                &format!("{} {id}: jobsd logs {id}", result.shown),
                Tint::Red,
            );
        }
    }

    fn standstills(&mut self, answer: &StatusAnswer) {
        let screen = self.screen;
        let held_up = answer.held_up.iter();
        let held_up =
            held_up.map(|OfJob { found, job_id }| held_up_line(job_id.as_str(), found, screen));
        let fruitless = answer.fruitless();
        let fruitless =
            fruitless.map(|OfJob { found, job_id }| fruitless_line(job_id.as_str(), found, screen));
        for line in held_up.chain(fruitless) {
            self.tinted("", &format!("✗ {line}"), Tint::Red);
        }
    }

    /// Pauses, and settings that wait for a restart. Bad files are above already, among the
    /// problems.
    fn drift(&mut self, answer: &StatusAnswer) {
        for pause in answer.pauses() {
            self.line(self.say("drift", "écart"), &drift(pause, self.screen));
        }
        let waiting: Vec<String> = answer
            .restart_needed
            .iter()
            .map(|key| visible(key))
            .collect();
        if !waiting.is_empty() {
            self.line(self.say("restart", "relance"), &waiting.join(", "));
        }
    }

    /// What keeps edits from being seen.
    fn files(&mut self, answer: &StatusAnswer) {
        let head = self.say("files", "fichiers");
        if answer.watching.mode == WatchMode::Scanning {
            let reason = answer.watching.reason.as_deref().unwrap_or_default();
            let word = self.say("scanning: ", "par scrutation : ");
            self.line(head, &format!("{word}{}", visible(reason)));
        }
        for notice in &answer.notices {
            let path = visible(&notice.path);
            let words = match notice.kind {
                NoticeKind::MountedFile => doctor::mounted_file(&path),
                NoticeKind::OtherOwner => doctor::other_owner(&path),
            };
            let body = format!("! {}", words.get(self.screen.lang));
            self.tinted(head, &body, Tint::Yellow);
        }
    }

    fn access(&mut self, answer: &StatusAnswer) {
        let control = match answer.control {
            Control::On => "on",
            Control::Off => self.say("off (read-only)", "fermé (lecture seule)"),
        };
        let word = self.say("dashboard", "page");
        let body = format!("{control}     {word}  {}", or_dash(&answer.url));
        self.line(self.say("control", "contrôle"), &body);
        self.line(self.say("zones", "fuseaux"), or_dash(&answer.zone_data));
        for warning in zone_warnings(&answer.zones, self.screen.lang) {
            self.tinted("", &format!("! {warning}"), Tint::Yellow);
        }
    }
}

/// What a daemon of another version did not say.
fn or_dash(text: &str) -> &str {
    if text.is_empty() { "-" } else { text }
}

/// Sentences that are kept in English, in the reader's language.
fn kept_texts(list: &[String], lang: Lang) -> impl Iterator<Item = String> {
    let say = move |english: &String| trouble::text(&visible(english)).get(lang).to_owned();
    list.iter().map(say)
}

/// Due times that a run holds up, in words.
pub(super) fn held_up_line(id: &str, found: &HeldUp, screen: &Screen) -> String {
    let (due, ago) = (found.due_times, screen.ago(found.since));
    match screen.lang {
        Lang::En => format!("{id}: {due} due times held up by a run that began {ago}"),
        Lang::Fr => format!("{id} : {due} échéances retenues par une exécution commencée {ago}"),
    }
}

/// Due times that pass without a success, in words.
pub(super) fn fruitless_line(id: &str, found: &WithoutSuccess, screen: &Screen) -> String {
    let (due, span) = (found.due_times, screen.since(found.since));
    match screen.lang {
        Lang::En => format!("{id}: {due} due times without a success for {span}"),
        Lang::Fr => format!("{id} : {due} échéances sans succès depuis {span}"),
    }
}

/// "8 of 9 files valid".
fn valid(valid: usize, of: usize, screen: &Screen) -> String {
    match screen.lang {
        Lang::En if of == 1 => format!("{valid} of 1 file valid"),
        Lang::En => format!("{valid} of {of} files valid"),
        Lang::Fr if valid > 1 => format!("{valid} fichiers valides sur {of}"),
        Lang::Fr => format!("{valid} fichier valide sur {of}"),
    }
}

/// "2 running", and how many wait for their next attempt where any does.
fn under_way<'r>(runs: impl Iterator<Item = &'r RunRecord>, screen: &Screen) -> String {
    let (waiting, running): (Vec<_>, Vec<_>) = runs.partition(|run| run.is_between_attempts());
    let running = format!("{} {}", running.len(), screen.say("running", "en cours"));
    match waiting.len() {
        0 => running,
        n => format!(
            "{running}, {n} {}",
            screen.say(
                "waiting for the next attempt",
                "en attente de la tentative suivante"
            )
        ),
    }
}

/// The zones in use that have other hours in the copy of the zone data that does not serve:
/// programs may read it.
fn zone_warnings(zones: &Zones, lang: Lang) -> Vec<String> {
    let other = visible(zones.other.as_deref().unwrap_or("-"));
    let differing = zones.differing.iter();
    differing
        .map(|one| {
            let (zone, from) = (visible(&one.zone), rfc3339(one.from));
            match lang {
                Lang::En => format!("{zone}: {other} has other hours from {from}"),
                Lang::Fr => format!("{zone} : {other} a d’autres heures à partir de {from}"),
            }
        })
        .collect()
}

fn problems_found(problems: usize, screen: &Screen) -> String {
    let word = match (problems, screen.lang) {
        (0, _) => return String::new(),
        (1, Lang::En) => "problem",
        (_, Lang::En) => "problems",
        (1, Lang::Fr) => "problème",
        (_, Lang::Fr) => "problèmes",
    };
    let text = format!("{problems} {word}");
    format!("    {}", screen.paint(&text, Tint::Red))
}

fn last_day(day: &LastDay, screen: &Screen) -> String {
    let parts = day.by_status.iter();
    let parts: Vec<String> = parts
        .map(|(status, n)| format!("{n} {}", status.as_str()))
        .collect();
    let runs = Text::count(day.runs, ["run", "runs"], ["exécution", "exécutions"]);
    let runs = runs.get(screen.lang);
    if parts.is_empty() {
        runs.to_owned()
    } else {
        format!("{runs}{}{}", words::colon(screen.lang), parts.join(", "))
    }
}

/// A pause in words: "visitor-weekend paused by ops 3d ago until …, file says enabled: true".
fn drift(pause: &PauseDrift, screen: &Screen) -> String {
    let (who, when) = (visible(&pause.by.who), screen.ago(pause.at));
    let until = pause.until.map_or(String::new(), |at: Timestamp| {
        format!(" {} {}", screen.say("until", "jusqu’à"), screen.short(at))
    });
    let reason = pause.reason.as_deref();
    let reason = reason.map_or(String::new(), |text| format!(" ({})", visible(text)));
    format!(
        "{} {} {who} {when}{until}{reason}, {} enabled: {}",
        pause.job_id,
        screen.say("paused by", "mise en pause par"),
        screen.say("file says", "le fichier dit"),
        pause.file_enabled
    )
}
