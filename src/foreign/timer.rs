//! A timer of systemd with its service, as one job (systemd.timer(5), systemd.service(5)). What a
//! job cannot say exactly is refused where the job would be another one, and named as lost where it
//! is the same one with less around it.

use std::sync::Arc;

use crate::foreign::job::{Foreign, Found, Loss, Source, Task, When};
use crate::foreign::systemd_time;
use crate::foreign::unit::{self, Setting};
use crate::text::Text;
use crate::text::import::Remark;
use crate::text::import_timer as unit_words;

/// A due time found late within these seconds still starts, where the timer is persistent: a week,
/// as long as most machines are off. systemd has no limit.
const PERSISTENT_GRACE_SECS: u64 = 7 * 86_400;
/// What changes nothing of a job.
const IDLE_KEYS: [&str; 5] = [
    "Description",
    "Documentation",
    "AccuracySec",
    "Unit",
    "RemainAfterElapse",
];
/// What starts a timer beside its rule.
const FIRST_STARTS: [&str; 3] = ["OnBootSec", "OnStartupSec", "OnActiveSec"];
/// What would start something else than one program, once.
const OTHER_STARTS: [&str; 8] = [
    "ExecStartPre",
    "ExecStartPost",
    "ExecCondition",
    "ExecStop",
    "ExecStopPost",
    "ExecReload",
    "RootDirectory",
    "RootImage",
];

/// A timer as it was read.
#[derive(Clone, Copy, Debug)]
pub struct Timer<'a> {
    /// The settings of the timer.
    pub timer: &'a [Setting],
    /// The settings of its service.
    pub service: &'a [Setting],
    /// Its name without `.timer`.
    pub stem: &'a str,
    /// Whether it is one of a user, whose services run in the home folder.
    pub is_of_user: bool,
}

/// A place with words about it; it says that there is no job.
type Refusal = (Source, usize, Text);

/// The name of the service that a timer starts.
pub fn service_name(timer: &[Setting], stem: &str) -> String {
    let named = last(timer, "Timer", "Unit").map(|setting| setting.value.clone());
    named.unwrap_or_else(|| format!("{stem}.service"))
}

impl Timer<'_> {
    /// Its job, and what of it cannot be imported.
    pub fn read(&self) -> Vec<Found> {
        let loss = |source, line, is_job, words| {
            Found::Loss(Loss {
                line,
                source,
                is_job,
                words,
            })
        };
        let job = match self.job() {
            Ok(job) => job,
            Err((source, line, words)) => return vec![loss(source, line, true, words)],
        };
        let lost = self.lost().into_iter();
        let mut found: Vec<Found> = lost
            .map(|(source, setting)| {
                let words = unit_words::lost_key(&setting.key, &setting.value);
                loss(source, setting.line, false, words)
            })
            .collect();
        found.push(Found::Job(Box::new(job)));
        found
    }

    fn job(&self) -> Result<Foreign, Refusal> {
        let (line, when, timezone) = self.rule()?;
        let task = self.task()?;
        let mut job = Foreign::new(line, self.stem.to_owned(), task, when);
        job.timezone = timezone;
        let of = |settings| last(settings, "Unit", "Description");
        if let Some(text) = of(self.service).or_else(|| of(self.timer)) {
            job.describe(&text.value);
        }
        if last(self.timer, "Timer", "Persistent").is_some_and(is_yes) {
            job.grace_secs = Some(PERSISTENT_GRACE_SECS);
            job.remarks.push(Remark::Persistent);
        }
        if matches!(job.when, When::EverySecs(_)) {
            job.remarks.push(Remark::Interval);
        }
        job.user = self.named("User")?;
        job.group = self.named("Group")?;
        job.working_dir = self.working_dir()?;
        for setting in all(self.service, "Service", "Environment") {
            let pairs =
                unit::assignments(&setting.value).map_err(|words| of_service(setting, words))?;
            Arc::make_mut(&mut job.env).extend(pairs);
        }
        Ok(job)
    }

    /// The one rule of the timer, with its line and zone.
    fn rule(&self) -> Result<(usize, When, Option<String>), Refusal> {
        let is_rule = |setting: &&Setting| {
            let is_first = FIRST_STARTS.contains(&setting.key.as_str());
            setting.section == "Timer" && setting.key.starts_with("On") && !is_first
        };
        let rules: Vec<&Setting> = self.timer.iter().filter(is_rule).collect();
        let refuse = |setting: &Setting, words| Err((Source::Named, setting.line, words));
        let rule = match rules[..] {
            [rule] => rule,
            [_, second, ..] => return refuse(second, unit_words::second_rule()),
            [] => {
                let line = self.timer.first().map_or(1, |setting| setting.line);
                return Err((Source::Named, line, unit_words::no_rule()));
            }
        };
        let value = rule.value.as_str();
        match rule.key.as_str() {
            "OnCalendar" => match systemd_time::cron_of(value) {
                Some((cron, zone)) => Ok((rule.line, When::Cron(cron), zone)),
                None => refuse(rule, unit_words::no_calendar(value)),
            },
            "OnUnitActiveSec" => match systemd_time::secs_of(value) {
                Some(secs) => Ok((rule.line, When::EverySecs(secs), None)),
                None => refuse(rule, unit_words::no_span(value)),
            },
            key => refuse(rule, unit_words::other_rule(key)),
        }
    }

    fn task(&self) -> Result<Task, Refusal> {
        let of_service_section = |setting: &&Setting| setting.section == "Service";
        let settings = self.service.iter().filter(of_service_section);
        for setting in settings {
            let is_other_type = setting.key == "Type"
                && !["simple", "exec", "oneshot", "idle"].contains(&setting.value.as_str());
            if is_other_type || OTHER_STARTS.contains(&setting.key.as_str()) {
                let words = unit_words::other_service(&setting.key, &setting.value);
                return Err(of_service(setting, words));
            }
        }
        let starts: Vec<&Setting> = all(self.service, "Service", "ExecStart").collect();
        let start = match starts[..] {
            [start] => start,
            [] => return Err((Source::Service, 1, unit_words::no_start())),
            [_, second, ..] => return Err(of_service(second, unit_words::second_start())),
        };
        if start.value.starts_with(['@', '-', ':', '+', '!', '|']) {
            return Err(of_service(start, unit_words::prefixed_start(&start.value)));
        }
        let found = unit::command_words(&start.value).map_err(|words| of_service(start, words))?;
        // A semicolon on its own begins a second command; an escaped one is a word.
        let has_second = start.value.split_whitespace().any(|word| word == ";");
        if has_second || found.is_empty() {
            return Err(of_service(start, unit_words::second_start()));
        }
        Ok(Task::Words(found))
    }

    fn named(&self, key: &str) -> Result<Option<String>, Refusal> {
        let read = |setting: &Setting| {
            unit::value(&setting.value).map_err(|words| of_service(setting, words))
        };
        last(self.service, "Service", key).map(read).transpose()
    }

    /// The folder: that of the service, else `/`, or the home folder for a service of a user.
    fn working_dir(&self) -> Result<Option<String>, Refusal> {
        let dir = self.named("WorkingDirectory")?;
        Ok(match dir.as_deref() {
            Some("~") => None,
            Some(dir) => Some(dir.strip_prefix('-').unwrap_or(dir).to_owned()),
            None if self.is_of_user => None,
            None => Some("/".to_owned()),
        })
    }

    /// Settings that a job has no place for.
    fn lost(&self) -> Vec<(Source, &Setting)> {
        let of_timer = self.timer.iter().map(|setting| (Source::Named, setting));
        let of_service = self
            .service
            .iter()
            .map(|setting| (Source::Service, setting));
        of_timer
            .chain(of_service)
            .filter(|(_, setting)| !is_taken(setting))
            .collect()
    }
}

/// Whether a setting comes over, or says nothing of what runs and when.
fn is_taken(setting: &Setting) -> bool {
    let Setting {
        section,
        key,
        value,
        ..
    } = setting;
    let is_off = ["0", "0s", "no", "false", "off"].contains(&value.as_str());
    match (section.as_str(), key.as_str()) {
        ("Install", _) => true,
        (_, key) if IDLE_KEYS.contains(&key) => true,
        ("Timer", "OnCalendar" | "OnUnitActiveSec" | "Persistent") => true,
        ("Timer", "RandomizedDelaySec" | "WakeSystem") => is_off,
        (
            "Service",
            "ExecStart" | "Type" | "User" | "Group" | "WorkingDirectory" | "Environment",
        ) => true,
        _ => false,
    }
}

fn is_yes(setting: &Setting) -> bool {
    let value = setting.value.to_ascii_lowercase();
    ["1", "yes", "y", "true", "t", "on"].contains(&value.as_str())
}

fn all<'a>(
    settings: &'a [Setting],
    section: &'a str,
    key: &'a str,
) -> impl Iterator<Item = &'a Setting> {
    let is_it = move |setting: &&Setting| setting.section == section && setting.key == key;
    settings.iter().filter(is_it)
}

fn last<'a>(settings: &'a [Setting], section: &'a str, key: &'a str) -> Option<&'a Setting> {
    all(settings, section, key).last()
}

fn of_service(setting: &Setting, words: Text) -> Refusal {
    (Source::Service, setting.line, words)
}
