//! A job of another scheduler, and the job file that it becomes. Reads and writes no files; whoever
//! imports has the text read back by the same reader as every other job file.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::model::job::JobId;
use crate::rewrite::write::{quoted, scalar};
use crate::text::import::{self as words, Remark};
use crate::text::{Lang, Text, visible};

/// Longest id.
const ID_CHARS_MAX: usize = 64;
/// Longest description that a job file takes.
const DESCRIPTION_CHARS_MAX: usize = 500;

/// What a place of a foreign file gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A job that can be written.
    Job(Box<Foreign>),
    /// Something that cannot be imported.
    Loss(Loss),
}

/// Something that cannot be imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Its line, from 1.
    pub line: usize,
    /// Which file.
    pub source: Source,
    /// Whether a whole job is left out.
    pub is_job: bool,
    /// What it is, and what to do.
    pub words: Text,
}

/// Which of the files that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The one that was named.
    Named,
    /// The `.service` beside a timer.
    Service,
}

/// What runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// A text for `/bin/sh -c`.
    Shell(String),
    /// A program and its arguments.
    Words(Vec<String>),
}

/// When it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// A cron expression of five fields, or a nickname.
    Cron(String),
    /// Elapsed time, in seconds.
    EverySecs(u64),
}

/// A job of another scheduler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// The line where it is, from 1.
    pub line: usize,
    /// The id that it would like; cleaned and made unique before it is used.
    pub stem: String,
    /// What people wrote above it.
    pub description: Option<String>,
    /// What runs.
    pub task: Task,
    /// What that reads on standard input.
    pub stdin: Option<String>,
    /// When it runs.
    pub when: When,
    /// Zone of its times; `None` is that of the machine.
    pub timezone: Option<String>,
    /// How late it may start, where that is not the usual hour.
    pub grace_secs: Option<u64>,
    /// Where it runs; `None` is the home folder of its user.
    pub working_dir: Option<String>,
    /// Variables, shared by the entries of a crontab.
    pub env: Arc<BTreeMap<String, String>>,
    /// As whom it runs; `None` is whoever runs the daemon.
    pub user: Option<String>,
    /// With which group.
    pub group: Option<String>,
    /// What a reader of the job file should know.
    pub remarks: Vec<Remark>,
    /// What of it cannot be imported.
    pub lost: Vec<Text>,
}

impl Foreign {
    /// A job with what every job has.
    pub fn new(line: usize, stem: String, task: Task, when: When) -> Foreign {
        Foreign {
            line,
            stem,
            description: None,
            task,
            stdin: None,
            when,
            timezone: None,
            grace_secs: None,
            working_dir: None,
            env: Arc::default(),
            user: None,
            group: None,
            remarks: Vec::new(),
            lost: Vec::new(),
        }
    }

    /// Takes what people wrote about it, as much as a description holds; the rest is lost and said
    /// so.
    pub fn describe(&mut self, text: &str) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        let is_long = text.chars().count() > DESCRIPTION_CHARS_MAX;
        if is_long {
            self.lost.push(words::long_comment(DESCRIPTION_CHARS_MAX));
        }
        self.description = Some(text.chars().take(DESCRIPTION_CHARS_MAX).collect());
    }
}

/// What a job file is told beside its job.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// Where the editor finds the schema.
    pub schema: &'a str,
    /// Where the job stood: `/etc/crontab:17`.
    pub origin: &'a str,
    /// Zone of the machine.
    pub zone: &'a str,
    /// Language of the comments.
    pub lang: Lang,
}

/// The job file.
pub fn text(id: &str, job: &Foreign, frame: Frame<'_>) -> String {
    let mut text = format!("# yaml-language-server: $schema={}\n", frame.schema);
    let mut note = |words: Text| text += &format!("# {}\n", visible(words.get(frame.lang)));
    note(words::comes_from(frame.origin));
    job.remarks
        .iter()
        .for_each(|remark| note(words::remark(*remark)));
    text += &format!("name: {}\n", scalar(id));
    if let Some(description) = &job.description {
        text += &format!("description: {}\n", quoted(description));
    }
    text += "bot_type: command\nbot_config:\n";
    text += &match &job.task {
        Task::Shell(line) => format!("  shell: {}\n", quoted(line)),
        Task::Words(list) => format!("  command: [{}]\n", list_of(list)),
    };
    if let Some(stdin) = job.stdin.as_deref().filter(|stdin| !stdin.is_empty()) {
        text += &format!("  stdin: {}\n", quoted(stdin));
    }
    text += &schedule(&job.when);
    let zone = job.timezone.as_deref().unwrap_or(frame.zone);
    text += &format!("timezone: {}\n", scalar(zone));
    if let Some(grace) = job.grace_secs {
        text += &format!("misfire_grace_time: {grace}\n");
    }
    // Neither cron nor a timer ends a run that lasts.
    text += "timeout: null\n";
    if let Some(dir) = &job.working_dir {
        text += &format!("working_dir: {}\n", scalar(dir));
    }
    if !job.env.is_empty() {
        text += "env:\n";
    }
    for (name, value) in &*job.env {
        text += &format!("  {}: {}\n", scalar(name), quoted(value));
    }
    let account = [("user", &job.user), ("group", &job.group)];
    for (key, name) in account {
        if let Some(name) = name {
            text += &format!("{key}: {}\n", scalar(name));
        }
    }
    text
}

fn list_of(list: &[String]) -> String {
    let quoted: Vec<String> = list.iter().map(|word| quoted(word)).collect();
    quoted.join(", ")
}

fn schedule(when: &When) -> String {
    match when {
        When::Cron(text) => {
            let text = quoted(text);
            format!("schedule_type: cron\nschedule_config:\n  cron_expression: {text}\n")
        }
        When::EverySecs(secs) => {
            let (key, number) = match secs {
                secs if secs % 3_600 == 0 => ("hours", secs / 3_600),
                secs if secs % 60 == 0 => ("minutes", secs / 60),
                secs => ("seconds", *secs),
            };
            format!("schedule_type: interval\nschedule_config:\n  {key}: {number}\n")
        }
    }
}

/// Ids that are taken, and how far each stem has counted.
#[derive(Clone, Debug, Default)]
pub struct Ids {
    taken: BTreeSet<String>,
    counts: BTreeMap<String, u64>,
}

impl Ids {
    /// Begins with ids that are taken.
    pub fn new(taken: impl IntoIterator<Item = String>) -> Ids {
        Ids {
            taken: taken.into_iter().collect(),
            counts: BTreeMap::new(),
        }
    }

    /// An id that nothing else has: the stem, else the stem with `-2`, `-3` …
    ///
    /// # Panics
    /// Never: what a stem is made of fits an id.
    pub fn free(&mut self, stem: &str) -> JobId {
        let stem = clean(stem);
        let count = self.counts.entry(stem.clone()).or_insert(1);
        loop {
            let id = numbered(&stem, *count);
            if !self.taken.contains(&id) {
                return JobId::new(&id).expect("a cleaned stem has the form of an id");
            }
            *count += 1;
        }
    }

    /// The ids that a stem leads to, the first ones first.
    pub fn of(stem: &str) -> impl Iterator<Item = String> {
        let stem = clean(stem);
        (1..).map(move |count| numbered(&stem, count))
    }

    /// From here on it is taken.
    pub fn take(&mut self, id: &JobId) {
        self.taken.insert(id.as_str().to_owned());
    }
}

/// The stem itself, then with `-2`, `-3` …
fn numbered(stem: &str, count: u64) -> String {
    if count == 1 {
        return stem.to_owned();
    }
    let end = format!("-{count}");
    let room = ID_CHARS_MAX - end.len();
    let stem: String = stem.chars().take(room).collect();
    stem + &end
}

/// A text as an id: `a-z`, `0-9`, `.`, `_`, `-`, a letter or digit first; `job` where nothing of it
/// is left.
fn clean(text: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let lower = text.chars().map(|c| if fits(c) { c } else { '-' });
    let lower: String = lower.collect::<String>().to_ascii_lowercase();
    let trimmed = lower
        .trim_start_matches(['.', '_', '-'])
        .trim_end_matches(['.', '-']);
    let id: String = trimmed.chars().take(ID_CHARS_MAX).collect();
    if id.is_empty() { "job".to_owned() } else { id }
}
