//! `/runs/{id}`: one run: how it ended, when, what it counted, what it said.

use askama::Template;

use crate::model::job::Job;
use crate::model::run::{Reason, RunRecord, Status as RunStatus};
use crate::model::run_id::RunId;
use crate::page::around::{self, Around};
use crate::page::card::{Card, Shown, When, bars};
use crate::page::cause::{self, Cause};
use crate::page::chrome::{Chrome, short};
use crate::page::facet;
use crate::page::facts::Facts;
use crate::page::lost;
use crate::page::output::{self, Output};
use crate::page::past::Past;
use crate::page::reply::Reply;
use crate::text::pages::fill;
use crate::time::SignedDuration;
use crate::view::chart;
use crate::view::counted;
use crate::view::look::{self, Look};

/// Seconds after which a browser without script looks at a run in progress again.
const REFRESH: u32 = 5;

/// Characters of a command that are shown.
const COMMAND_CHARS_MAX: usize = 2_000;

#[derive(Template)]
#[template(path = "run.html")]
struct RunPage {
    c: Chrome,
    run: Shown,
    job_id: String,
    name: String,
    short_id: String,
    sub: String,
    card: Option<Card>,
    facts: Vec<Fact>,
    output: Output,
    is_running: bool,
    is_dry: bool,
    tries_count: u64,
    tries: Vec<Try>,
    counters: Vec<Counter>,
    zeros: Option<String>,
    context: Vec<(&'static str, String)>,
    error: Option<Cause>,
    around: Around,
    labels: Vec<(String, String)>,
}

/// A fact at the top.
struct Fact {
    word: &'static str,
    value: String,
    class: &'static str,
    small: String,
}

struct Counter {
    value: String,
    word: String,
    limit: String,
}

/// An attempt in the list of a run that had several.
struct Try {
    number: u32,
    look: Look,
    word: &'static str,
    /// "exit 1 · waited 30 s".
    detail: String,
    duration: String,
    /// Where its output begins on the page.
    anchor: Option<String>,
    is_latest: bool,
}

/// `GET /runs/{id}`
pub fn page(facts: &Facts, past: &dyn Past) -> Reply {
    let (status, say, asked) = (&facts.status, facts.say(), facts.ask.part(1));
    let missing = || lost::page(facts, &fill(say.t.e_unknown_run, &[("id", asked)]));
    // The beginning of an id is enough, as people copy it.
    let sought = || past.seek(asked).ok().flatten().map(|run| run.id);
    let Some(id) = RunId::parse(asked).or_else(sought) else {
        return missing();
    };
    let live = status
        .jobs
        .values()
        .find_map(|shown| shown.running.get(&id));
    let record = match live {
        Some(record) => Some((**record).clone()),
        None => past.run(id).ok().flatten(),
    };
    let Some(record) = record else {
        return missing();
    };
    let run = Shown::new(&record, &say);
    let mut c = Chrome::new(
        facts,
        "history",
        format!("{} · {}", run.word, record.job_id),
    );
    let is_running = !record.is_final();
    (c.live, c.refresh) = (is_running, is_running.then_some(REFRESH));
    let shown = status.jobs.get(&record.job_id);
    let job = shown.and_then(|shown| shown.job.as_deref());
    if let Some(job) = job {
        c = c.of_job(facts, job);
    }
    let zone = c.zone.clone();
    let name = job.map_or_else(
        || record.job_id.to_string(),
        |job| crate::text::visible(&job.name),
    );
    let median = shown.and_then(|shown| {
        let recent = past.recent(&record.job_id, shown.finals);
        let bars = bars(&recent, shown, &c.say);
        let mut secs: Vec<f64> = bars
            .iter()
            .filter(|bar| bar.look != Look::Run)
            .filter_map(|bar| bar.secs)
            .collect();
        chart::percentile(&mut secs, 50)
    });
    let output = output::read(&past.output(record.id, output::BYTES_MAX), &zone, &c);
    Reply::page(&RunPage {
        job_id: record.job_id.to_string(),
        short_id: record.id.short(),
        sub: sub(&record, &run, &name, &c),
        card: shown
            .filter(|shown| shown.present)
            .and_then(|shown| Card::new(past, &c, status, shown)),
        facts: summary(&record, median, &c),
        tries: tries(&record, &output, &c),
        output,
        is_running,
        is_dry: record.dry_run,
        tries_count: record.attempt.into(),
        counters: counters(&record, &c),
        zeros: zeros(&record, &c),
        context: context(&record, job, &c),
        error: cause::of(&record, shown.map(|shown| &**shown), &c),
        around: around::of(past, &record, job),
        labels: job.map_or_else(Vec::new, facet::telling),
        run,
        name,
        c,
    })
}

fn sub(record: &RunRecord, run: &Shown, name: &str, c: &Chrome) -> String {
    let mut text = name.to_owned();
    if record.is_between_attempts() {
        let rel = record.retry_at.map_or(String::new(), |at| c.say.away(at));
        return format!("{text} · {}", fill(c.t.retry_at, &[("rel", &rel)]));
    }
    if let (false, Some(duration)) = (record.is_final(), &run.duration) {
        text += &format!(" · {}", fill(c.t.k_running_since, &[("d", duration)]));
    }
    let why = look::whole_why(record, c.t);
    if !why.is_empty() {
        text += &format!(" · {why}");
    }
    if record.attempt > 1 {
        text += &format!(" {}", c.t.count(c.t.attn_failed_d, record.attempt.into()));
    }
    text
}

fn summary(record: &RunRecord, median: Option<f64>, c: &Chrome) -> Vec<Fact> {
    let zone = &c.zone;
    let mut facts = Vec::new();
    if record.is_final() && record.started_at.is_some() {
        let (value, small) = match (record.exit_code, record.signal) {
            (Some(code), _) => (code.to_string(), exit_words(record, c)),
            (None, Some(signal)) => (
                fill(c.t.why_signal, &[("n", &signal.to_string())]),
                String::new(),
            ),
            (None, None) => ("—".to_owned(), look::why(record, c.t)),
        };
        let class = match look::look(record.status) {
            Look::Fail => "fail",
            _ => "",
        };
        facts.push(Fact {
            word: c.t.rd_exit,
            value,
            class,
            small,
        });
    }
    if let Some(at) = record.started_at {
        facts.push(Fact {
            word: c.t.rd_started,
            value: crate::view::say::format(at, zone, "%H:%M:%S %Z"),
            class: "",
            small: format!("{}, {}", c.say.day(at, zone), c.say.ago(at)),
        });
    } else if let Some(at) = record.scheduled_at {
        let until = record
            .scheduled_until
            .map(|end| fill(c.t.rd_until, &[("t", &c.say.fire(end, zone))]));
        facts.push(Fact {
            word: c.t.rd_sched,
            value: c.say.fire(at, zone),
            class: "",
            small: until.unwrap_or_else(|| c.say.away(at)),
        });
    }
    if let Some(span) = look::duration(record, &c.say) {
        let median = median.and_then(|secs| SignedDuration::try_from_secs_f64(secs).ok());
        facts.push(Fact {
            word: c.t.rd_dur,
            value: c.say.span(span),
            class: "",
            small: median.map_or(String::new(), |median| {
                format!("{} {}", c.t.jd_p50, c.say.span(median))
            }),
        });
    }
    if let (Some(due), Some(start)) = (record.scheduled_at, record.started_at) {
        facts.push(Fact {
            word: c.t.rd_lag,
            value: c
                .say
                .lag(start.duration_since(due))
                .trim_start_matches('+')
                .to_owned(),
            class: "",
            small: look::trigger_of(record, c.t),
        });
    }
    facts.push(Fact {
        word: c.t.rd_rev,
        value: record
            .revision
            .as_deref()
            .map_or_else(|| c.t.c_no_git.to_owned(), short),
        class: "mono",
        small: record.file.to_string(),
    });
    facts
}

fn exit_words(record: &RunRecord, c: &Chrome) -> String {
    match (record.status, record.reason) {
        (RunStatus::Success, _) => c.t.rd_ok.to_owned(),
        (_, Some(Reason::Exit) | None) => c.t.rd_general.to_owned(),
        _ => look::why(record, c.t),
    }
}

/// Everything that it counted and that is not zero, and its other numbers.
fn counters(record: &RunRecord, c: &Chrome) -> Vec<Counter> {
    let reserved = record.budget.map(|budget| c.t.number(budget.reserved));
    let mut limit = reserved.map(|n| fill(c.t.rd_limit, &[("n", &n)]));
    let counted = counted::all(record, c.t).into_iter();
    let counted = counted.filter(|it| it.n > 0).map(|it| Counter {
        value: c.t.number(it.n),
        word: it.noun(c.t),
        limit: limit.take().unwrap_or_default(),
    });
    let result = record.result.as_ref().and_then(|result| result.as_object());
    let fractions = result.into_iter().flatten().filter_map(|(key, value)| {
        let value = value.as_f64().filter(|_| value.as_u64().is_none())?;
        let word = crate::text::visible(key).chars().take(60).collect();
        Some(Counter {
            value: value.to_string(),
            word,
            limit: String::new(),
        })
    });
    counted.chain(fractions).take(20).collect()
}

/// "0: late, ignored": what it counted none of.
fn zeros(record: &RunRecord, c: &Chrome) -> Option<String> {
    let counted = counted::all(record, c.t).into_iter();
    let words: Vec<String> = counted
        .filter(|it| it.n == 0)
        .map(|it| it.noun(c.t))
        .collect();
    (!words.is_empty()).then(|| fill(c.t.rd_zeros, &[("list", &words.join(", "))]))
}

/// The attempts, where the record tells of them.
fn tries(record: &RunRecord, output: &Output, c: &Chrome) -> Vec<Try> {
    let earlier = std::iter::once(None).chain(record.attempts.iter().map(Some));
    let pairs = record.attempts.iter().zip(earlier);
    let shown = pairs.map(|(attempt, earlier)| {
        let waited = earlier
            .and_then(|earlier| earlier.finished_at)
            .map(|end| c.say.span(attempt.started_at.duration_since(end)));
        let waited = waited.map(|span| fill(c.t.rd_waited, &[("d", &span)]));
        let why = Some(look::why_attempt(attempt, c.t)).filter(|why| !why.is_empty());
        let details: Vec<String> = why.into_iter().chain(waited).collect();
        let end = attempt.finished_at.unwrap_or(c.say.now);
        let is_in_output = |said: &output::Said| said.attempt == Some(attempt.attempt);
        let anchor = match attempt.attempt {
            1 => Some("output".to_owned()).filter(|_| !output.lines.is_empty()),
            n => Some(format!("A{n}")).filter(|_| output.lines.iter().any(is_in_output)),
        };
        let look = look::of_attempt(attempt);
        Try {
            number: attempt.attempt,
            word: match look {
                Look::Ok => c.t.r_success,
                Look::Run => c.t.r_running,
                Look::Mute => c.t.r_cancelled,
                Look::Fail | Look::Warn | Look::None => c.t.r_failed,
            },
            look,
            detail: details.join(" · "),
            duration: c.say.span(end.duration_since(attempt.started_at)),
            anchor,
            is_latest: attempt.attempt == record.attempt,
        }
    });
    shown.collect()
}

fn context(record: &RunRecord, job: Option<&Job>, c: &Chrome) -> Vec<(&'static str, String)> {
    let mut rows = vec![(c.t.rd_run, record.id.to_string())];
    rows.push((c.t.h_trig, look::trigger_of(record, c.t)));
    rows.push((c.t.rd_host, record.host.to_string()));
    // What ran is known where the definition is still the same.
    let same = job.filter(|job| job.bot.is_command && job.digest.to_string() == *record.digest);
    if let Some(job) = same {
        let words = job.program.argv.words().collect::<Vec<_>>().join(" ");
        let lines = words.trim_end().lines().map(crate::text::visible);
        let lines = lines.collect::<Vec<_>>().join("\n");
        let line = lines.chars().take(COMMAND_CHARS_MAX).collect();
        rows.push((c.t.n_command, line));
    }
    let why = look::why(record, c.t);
    if !why.is_empty() {
        rows.push((c.t.rd_reason, why));
    }
    if let Some(other) = record.coalesced_into {
        rows.push((c.t.rd_instead, other.to_string()));
    }
    if record.output_bytes > 0 {
        let bytes = c.say.bytes(record.output_bytes);
        rows.push((c.t.rd_output, fill(c.t.rd_produced, &[("n", &bytes)])));
    }
    rows
}

impl When {
    /// A past instant in a list of many jobs, in the zone of the page.
    pub fn listed(at: crate::time::Timestamp, c: &Chrome) -> When {
        let is_today = c.say.day(at, &c.zone) == c.t.when_today;
        let clock =
            crate::view::say::format(at, &c.zone, if is_today { "%H:%M:%S" } else { "%H:%M" });
        When {
            machine: c.machine(&at),
            full: c.say.full(at, &c.zone),
            text: if is_today {
                format!("{} {clock}", c.t.when_today)
            } else {
                format!("{} {clock}", c.say.date(at, &c.zone))
            },
            rel: c.say.away(at),
        }
    }
}
