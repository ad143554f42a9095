//! A job as an entry of a crontab. The times are read back by our own cron and must be the same
//! ones.

use crate::foreign::export::{self, Exported, all_bits, numbers};
use crate::model::job::{Job, Overlap};
use crate::schedule::civil::Civil;
use crate::schedule::expression::Cron;
use crate::text::export as words;
use crate::text::{Text, visible};
use crate::written;

/// Characters of a command that cron reads (Vixie: 1000 with the end).
const COMMAND_BYTES_MAX: usize = 998;

/// The lines above all entries: what cron would do otherwise.
pub const HEAD: &str = "SHELL=/bin/sh\nPATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nMAILTO=\"\"\n";

/// The entry of a job; a disabled one is a comment. `base` is the absolute folder that relative
/// paths start from.
///
/// # Errors
/// A sentence about what a crontab cannot say.
pub fn entry(job: &Job, base: &str) -> Result<Exported, Text> {
    let times = export::times(job)?;
    let when = cron_text(job, times.civil).ok_or_else(words::no_cron)?;
    let command = escaped(&command(job, base)?)?;
    let stdin = stdin(job)?;
    if command.len() + stdin.len() > COMMAND_BYTES_MAX {
        return Err(words::long_command(COMMAND_BYTES_MAX));
    }
    let mut text = String::new();
    let about = [Some(&job.name), job.description.as_ref()];
    for about in about.into_iter().flatten() {
        for line in about.lines() {
            text += &format!("# {}\n", visible(line));
        }
    }
    let off = if job.enabled { "" } else { "#" };
    text += &format!("{off}{when} {command}{stdin}\n");
    Ok(Exported {
        text,
        zone: times.zone,
        lost: lost(job),
    })
}

fn lost(job: &Job) -> Vec<String> {
    let mut lost = export::lost_everywhere(job);
    let policies = &*job.policies;
    if policies.max_instances == 1 && policies.overlap == Overlap::Skip {
        // Cron starts a second run beside the first.
        lost.push("overlap: skip".to_owned());
    }
    if let Some(timeout) = policies.timeout {
        lost.push(format!("timeout: {}", timeout.as_secs()));
    }
    let around = &job.program.surroundings;
    let account = [("user", &around.user), ("group", &around.group)];
    for (key, name) in account {
        lost.extend(name.as_ref().map(|name| format!("{key}: {name}")));
    }
    lost.extend(around.umask.map(|umask| format!("umask: {umask:03o}")));
    lost.extend(around.nice.map(|nice| format!("nice: {nice}")));
    if around.limits != crate::model::program::Limits::default() {
        lost.push("limits".to_owned());
    }
    lost
}

/// The times as cron reads them: as they are written where every cron reads that alike, else
/// written again.
fn cron_text(job: &Job, civil: Civil) -> Option<String> {
    if civil.seconds != 1 {
        return None;
    }
    let definition = job.definition.value();
    let own = written::text(&definition, "schedule_config.cron_expression");
    let own = own.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
    let is_plain = |text: &String| {
        text.chars()
            .all(|c| c.is_ascii_digit() || "*,/- ".contains(c))
    };
    let same = |text: &String| Cron::parse(text, false).is_ok_and(|cron| cron.civil() == civil);
    let own = own.filter(is_plain);
    own.into_iter().chain([anew(civil)]).find(same)
}

fn anew(civil: Civil) -> String {
    let (is_rhythm, days) = (!civil.is_fixed, civil.days);
    [
        field(civil.minutes, (0, 59), is_rhythm),
        field(civil.hours, (0, 23), is_rhythm),
        field(days.of_month, (1, 31), days.both),
        field(days.months, (1, 12), true),
        field(days.of_week, (0, 6), true),
    ]
    .join(" ")
}

/// Set bits as a field; `has_signs` where `*`, ranges and steps mean the same as a list.
fn field(bits: u64, (min, max): (u32, u32), has_signs: bool) -> String {
    let whole = all_bits(min, max);
    let step = |step: u32| {
        let steps = (min..=max).step_by(step as usize);
        steps.fold(0, |bits, n| bits | 1_u64 << n) == bits
    };
    if bits & whole == whole {
        return "*".to_owned();
    }
    let found = (2..=max).find(|n| has_signs && max > 6 && step(*n) && bits.count_ones() > 1);
    if let Some(n) = found {
        return format!("*/{n}");
    }
    let mut items: Vec<(u32, u32)> = Vec::new();
    for n in numbers(bits) {
        match items.last_mut() {
            Some((_, last)) if has_signs && *last + 1 == n => *last = n,
            _ => items.push((n, n)),
        }
    }
    let item = |(first, last): (u32, u32)| match last - first {
        0 => first.to_string(),
        _ => format!("{first}-{last}"),
    };
    items.into_iter().map(item).collect::<Vec<_>>().join(",")
}

/// The shell text that does the same as the job.
fn command(job: &Job, base: &str) -> Result<String, Text> {
    let mut text = format!("cd {} || exit 1; ", quoted(&export::folder(job, base)));
    for (name, value) in export::variables(job)? {
        text += &format!("export {name}={}; ", quoted(value));
    }
    let argv: Vec<&str> = job.program.argv.words().collect();
    text += &match argv[..] {
        ["/bin/sh", "-c", shell] => shell.to_owned(),
        _ => {
            let argv: Vec<String> = argv.into_iter().map(quoted).collect();
            format!("exec {}", argv.join(" "))
        }
    };
    Ok(text)
}

/// A word of the shell.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_/.,:+-=@".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// The text on one line, each `%` as cron wants it.
fn escaped(text: &str) -> Result<String, Text> {
    if text.contains(['\n', '\r']) {
        return Err(words::several_lines());
    }
    Ok(text.replace('%', "\\%"))
}

/// Standard input after the command: cron ends it with a line end, and takes a backslash before
/// one as its own.
fn stdin(job: &Job) -> Result<String, Text> {
    let Some(stdin) = job.program.stdin.as_deref().filter(|text| !text.is_empty()) else {
        return Ok(String::new());
    };
    let body = stdin.strip_suffix('\n').ok_or_else(words::open_stdin)?;
    let is_safe = !body.contains("\\\n") && !body.ends_with(['\\', '\n']) && !body.contains('\r');
    if !is_safe || body.is_empty() {
        return Err(words::open_stdin());
    }
    Ok(format!("%{}", body.replace('%', "\\%").replace('\n', "%")))
}
