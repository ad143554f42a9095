//! A job as a card or a row of the overview.

use askama::Template;

use serde_json::Value;

use crate::model::job::Job;
use crate::model::run::RunRecord;
use crate::page::chrome::{Chrome, invalid_paths};
use crate::page::facet;
use crate::page::facts::Facts;
use crate::page::past::Past;
use crate::page::reply::Reply;
use crate::schedule::cron;
use crate::schedule::kind::Times;
use crate::text::Lang;
use crate::text::pages::fill;
use crate::time::{SignedDuration, Timestamp};
use crate::view::chart::{self, Bar, MINI, STRIP};
use crate::view::gauge::{self, Gauge};
use crate::view::look::{self, Look};
use crate::view::say::Say;
use crate::view::status::{JobStatus, Status};
use crate::written;

/// An instant as a page shows it.
#[derive(Clone, Debug)]
pub struct When {
    /// For machines.
    pub machine: String,
    /// In full, with its zone.
    pub full: String,
    /// "tomorrow 08:00".
    pub text: String,
    /// "in 21 h".
    pub rel: String,
}

/// A run as a page shows it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Its id.
    pub id: String,
    /// Its look.
    pub look: Look,
    /// The word of its status.
    pub word: &'static str,
    /// "12 sent", "exit 1".
    pub detail: String,
    /// How long it took.
    pub duration: Option<String>,
    /// Whether it left outside effects out.
    pub is_dry: bool,
}

/// A job as a card or row shows it.
#[derive(Clone, Debug)]
pub struct Card {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its file.
    pub file: String,
    /// `birthday`, `visitor` or `command`: icon and tint.
    pub kind: &'static str,
    /// What a real run does, in words.
    pub production: &'static str,
    /// Class of the dot of its activation.
    pub dot: &'static str,
    /// Word of its activation.
    pub state: &'static str,
    /// Whether nothing is due: paused or disabled.
    pub is_off: bool,
    /// Whether it is paused.
    pub is_paused: bool,
    /// Whether runs are dry.
    pub is_test: bool,
    /// Whether a dry run of it can be asked for.
    pub is_bot: bool,
    /// "+ Late (max 7 d)".
    pub late: Option<String>,
    /// Whether its file has errors.
    pub is_invalid: bool,
    /// Schedule in words.
    pub schedule: String,
    /// The expression itself, for cron.
    pub cron: Option<String>,
    /// Whom to ask, and where to read on.
    pub labels: Vec<(String, String)>,
    /// Next due time.
    pub next: Option<When>,
    /// What stands instead of it.
    pub no_next: &'static str,
    /// "Running for 7 s".
    pub running: Option<String>,
    /// What is left of its limits on messages.
    pub gauges: Vec<Gauge>,
    /// What came of the last due time or request: a run, or why there was none.
    pub last: Option<Shown>,
    /// When it was.
    pub last_at: Option<When>,
    /// The last thirty runs.
    pub strip: String,
    /// The last twenty-four, for a row.
    pub mini: String,
    /// The same as a sentence.
    pub strip_words: String,
    /// Instants until which it can be paused, in words.
    pub pauses: Vec<(String, String)>,
    /// Link to the file on the git host.
    pub edit: Option<String>,
}

#[derive(Template)]
#[template(path = "card_alone.html")]
struct Alone {
    c: Chrome,
    card: Card,
}

/// `GET /fragments/card/{id}`
pub fn fragment(facts: &Facts, past: &dyn Past) -> Reply {
    let status = &facts.status;
    let mut above = facts.clone();
    above.ask.path = vec![String::new()];
    let c = Chrome::new(&above, "overview", String::new());
    let card = status
        .jobs
        .get(facts.ask.part(2))
        .filter(|job| job.present)
        .and_then(|job| Card::new(past, &c, status, job));
    match card {
        Some(card) => Reply::page(&Alone { c, card }),
        None => Reply::Missing(String::new()),
    }
}

impl When {
    /// A coming instant.
    pub fn coming(at: Timestamp, job: &Job, c: &Chrome) -> When {
        let text = c.say.soon(at, c.zone_of(job));
        When::new(at, text + &c.mark(at, job), c.say.until(at), job, c)
    }

    /// A coming instant in a narrow list: the time alone where it is within a day.
    pub fn next(at: Timestamp, job: &Job, c: &Chrome) -> When {
        let is_near = at.duration_since(c.say.now).as_secs() < 86_400;
        let mut when = When::coming(at, job, c);
        if is_near {
            when.text = c.say.clock(at, c.zone_of(job)) + &c.mark(at, job);
        }
        when
    }

    /// A past instant.
    pub fn past(at: Timestamp, job: &Job, c: &Chrome) -> When {
        let zone = c.zone_of(job);
        let (text, rel) = (c.say.when(at, zone), c.say.ago_by_day(at, zone));
        When::new(at, text + &c.mark(at, job), rel, job, c)
    }

    fn new(at: Timestamp, text: String, rel: String, job: &Job, c: &Chrome) -> When {
        When {
            machine: c.machine(&at),
            full: c.full(at, job),
            text,
            rel,
        }
    }
}

impl Shown {
    /// A run in words.
    pub fn new(record: &RunRecord, say: &Say) -> Shown {
        Shown {
            is_dry: record.is_dry_run(),
            id: record.id.to_string(),
            look: look::look(record.status),
            word: look::word_of(record, say.t),
            detail: detail(record, say),
            duration: look::duration(record, say).map(|span| say.span(span)),
        }
    }
}

impl Card {
    /// A job in words; `None` where its definition is not known.
    pub fn new(past: &dyn Past, c: &Chrome, status: &Status, shown: &JobStatus) -> Option<Card> {
        let (job, say) = (shown.job.as_ref()?, &c.say);
        let recent = past.recent(&job.id, shown.finals);
        let last = last_outcome(shown, &recent);
        let started = shown.with_process().filter_map(|run| run.started_at).min();
        let bars = bars(&recent, shown, say);
        let (dot, state) = activation(shown, job, c);
        Some(Card {
            id: job.id.to_string(),
            name: crate::text::visible(&job.name),
            file: job.file.to_string(),
            kind: job.bot.name,
            production: job.bot.texts.production(c.t.lang),
            dot,
            state,
            is_off: !shown.is_enabled(),
            is_paused: shown.pause.is_some(),
            is_test: job.dry_run,
            is_bot: !job.bot.is_command,
            late: late(job).map(|days| fill(c.t.late, &[("n", &days.to_string())])),
            is_invalid: invalid_paths(status).contains(&*job.file),
            schedule: job.schedule.in_words(c.t.lang),
            cron: expression(job),
            labels: facet::telling(job),
            next: next_due(shown).map(|at| When::coming(at, job, c)),
            no_next: no_next(shown, job, c),
            running: started.map(|at| {
                let span = say.span(say.now.duration_since(at));
                fill(c.t.k_running_since, &[("d", &span)])
            }),
            gauges: gauges(shown, job, c),
            last: last.map(|run| {
                let mut text = Shown::new(run, say);
                // Why there was none needs more room than a card has.
                if run.started_at.is_none() {
                    text.detail.clear();
                }
                text
            }),
            last_at: last
                .and_then(|run| run.finished_at.or(run.started_at).or(run.scheduled_at))
                .map(|at| When::past(at, job, c)),
            strip: chart::strip(&bars, STRIP),
            mini: chart::strip(&bars, MINI),
            strip_words: strip_words(&bars, c),
            pauses: if c.session.is_some() {
                pauses(c)
            } else {
                Vec::new()
            },
            edit: c.git.edit(&job.file, 1),
        })
    }
}

/// What it counted or why it failed; of a run between two attempts, when the next one starts.
fn detail(record: &RunRecord, say: &Say) -> String {
    match record.retry_at.filter(|_| record.is_between_attempts()) {
        Some(at) => fill(say.t.retry_at, &[("rel", &say.away(at))]),
        None => look::detail(record, say.t),
    }
}

/// An hour, four hours, a day.
const PAUSE_HOURS: [i64; 3] = [1, 4, 24];

/// Until when a pause is offered.
fn pauses(c: &Chrome) -> Vec<(String, String)> {
    let ends = PAUSE_HOURS.iter().filter_map(|hours| {
        let at = c
            .say
            .now
            .checked_add(SignedDuration::from_hours(*hours))
            .ok()?;
        let clock = c.say.when(at, &c.zone);
        Some((c.machine(&at), format!("{clock} · {}", c.say.until(at))))
    });
    ends.collect()
}

/// The limits of a job, the tightest first.
fn gauges(shown: &JobStatus, job: &Job, c: &Chrome) -> Vec<Gauge> {
    let levels = shown.levels(c.say.now);
    let mut gauges = levels.map_or_else(Vec::new, |levels| gauge::gauges(&levels, c.t));
    gauge::tightest_first(&mut gauges);
    for gauge in &mut gauges {
        let at = gauge.frees_at.filter(|_| gauge.is_spent);
        gauge.frees = at.map(|at| {
            let text = c.say.soon(at, c.zone_of(job)) + &c.mark(at, job);
            fill(c.t.lim_frees, &[("t", &text)])
        });
    }
    gauges
}

/// "+ Late" of a job whose bot knows lateness.
pub fn late(job: &Job) -> Option<u64> {
    // Most jobs need no look at their definition.
    (job.bot.late)(&Value::Null)?;
    let definition = job.definition.value();
    (job.bot.late)(definition.get("bot_config")?)?
}

/// The expression of a cron job, as its file says it.
pub fn expression(job: &Job) -> Option<String> {
    if *job.schedule.kind() != cron::KIND {
        return None;
    }
    let definition = job.definition.value();
    let text = written::text(&definition, "schedule_config.cron_expression");
    text.map(str::to_owned)
}

/// The dot and the word of a job's activation.
pub fn activation(shown: &JobStatus, job: &Job, c: &Chrome) -> (&'static str, &'static str) {
    let has_process = shown.with_process().next().is_some();
    match (shown.running.is_empty(), shown.pause.is_some(), job.enabled) {
        (false, ..) if has_process => ("run", c.t.st_running),
        (false, ..) => ("run", c.t.r_waiting),
        (true, true, _) => ("off", c.t.st_paused),
        (true, false, false) => ("off", c.t.st_disabled),
        (true, false, true) => ("ok", c.t.st_active),
    }
}

/// The next due time that becomes a run.
pub fn next_due(shown: &JobStatus) -> Option<Timestamp> {
    shown.next_run_at.filter(|_| shown.is_enabled())
}

/// What stands where no next due time is.
pub fn no_next(shown: &JobStatus, job: &Job, c: &Chrome) -> &'static str {
    match (shown.pause.is_some(), job.enabled, job.schedule.times()) {
        (true, ..) => c.t.k_none_paused,
        (false, false, _) => c.t.k_none_disabled,
        (false, true, Times::Never) => c.t.k_on_request,
        (false, true, _) => c.t.k_nothing,
    }
}

/// The newest of the last run that started and of what was skipped or missed since.
fn last_outcome<'a>(shown: &'a JobStatus, recent: &'a [RunRecord]) -> Option<&'a RunRecord> {
    let started = shown.last_run.as_deref();
    let since = started.and_then(|run| run.started_at);
    let newest = recent
        .iter()
        .filter(|run| run.started_at.is_none())
        .max_by_key(|run| run.scheduled_at);
    let newest = newest.filter(|run| run.scheduled_at.is_some() && run.scheduled_at > since);
    newest.or(started)
}

/// The runs of a job as bars, oldest first.
pub fn bars(recent: &[RunRecord], shown: &JobStatus, say: &Say) -> Vec<Bar> {
    let running = shown.running.values().map(|run| bar(run, say));
    let finished = recent.iter().rev().map(|run| bar(run, say));
    finished.chain(running).collect()
}

/// A run as a bar.
pub fn bar(run: &RunRecord, say: &Say) -> Bar {
    Bar {
        look: look::look(run.status),
        secs: look::duration(run, say).map(|span| span.as_secs_f64()),
    }
}

fn strip_words(bars: &[Bar], c: &Chrome) -> String {
    let shown = &bars[bars.len().saturating_sub(STRIP.places)..];
    let of = |look| shown.iter().filter(|bar| bar.look == look).count() as u64;
    let text = c.t.count(c.t.strip_sr, shown.len() as u64);
    let (ok, bad) = (
        c.t.count(c.t.n_successes, of(Look::Ok)),
        c.t.count(c.t.n_failures, of(Look::Fail)),
    );
    fill(&text, &[("ok", &ok), ("bad", &bad)])
}

impl Chrome {
    /// The zone's short name after a time that is not in the page's zone.
    fn mark(&self, at: Timestamp, job: &Job) -> String {
        if !self.has_job_zones || *job.timezone == *self.zone_name {
            return String::new();
        }
        let name = crate::view::say::format(at, job.schedule.zone(), "%Z");
        format!("\u{a0}{name}")
    }

    /// The instant without doubt, also in the zone of its job where that is another.
    pub fn full(&self, at: Timestamp, job: &Job) -> String {
        let full = self.say.full(at, self.zone_of(job));
        if *job.timezone == *self.zone_name || self.has_job_zones {
            return full;
        }
        format!("{full} = {}", self.say.full(at, job.schedule.zone()))
    }

    /// Whether the words are French; numbers of days and the like differ.
    pub fn is_french(&self) -> bool {
        self.t.lang == Lang::Fr
    }
}
