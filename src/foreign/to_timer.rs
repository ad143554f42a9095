//! A job as a timer of systemd and its service (systemd.timer(5), systemd.exec(5)).

use crate::foreign::export::{self, Exported, all_bits, numbers};
use crate::model::job::Job;
use crate::model::program::Limits;
use crate::schedule::civil::{Civil, Days};
use crate::text::export as words;
use crate::text::{Text, visible};

/// Names of the days, Sunday first.
const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/// Both units, each below a comment with its name. `base` is the absolute folder that relative
/// paths start from.
///
/// # Errors
/// A sentence about what a timer cannot say.
pub fn units(job: &Job, base: &str) -> Result<Exported, Text> {
    let times = export::times(job)?;
    let calendar = calendar(times.civil)?;
    let service = service(job, base)?;
    let about = visible(&job.name).replace('%', "%%");
    // A backslash at the end would join the next line to it.
    let (id, about) = (&job.id, about.trim_end_matches('\\'));
    let unit = format!("[Unit]\nDescription={about}\n\n");
    // The default accuracy is a minute; and a job that was due while the machine was off starts, if
    // late starts are allowed.
    let is_persistent = job.policies.misfire_grace_time.as_secs() > 0;
    let timer = format!(
        "[Timer]\nOnCalendar={calendar} {}\nAccuracySec=1s\nPersistent={is_persistent}\n",
        times.zone
    );
    let install = if job.enabled {
        "\n[Install]\nWantedBy=timers.target\n"
    } else {
        ""
    };
    let text = format!("# {id}.timer\n{unit}{timer}{install}\n# {id}.service\n{unit}{service}");
    Ok(Exported {
        text,
        lost: lost(job, &times.zone),
        zone: times.zone,
    })
}

fn lost(job: &Job, zone: &str) -> Vec<String> {
    let mut lost = export::lost_everywhere(job);
    let policies = &*job.policies;
    if policies.misfire_grace_time.as_secs() > 0 && !policies.coalesce {
        lost.push("coalesce: false".to_owned());
    }
    if zone != "UTC" {
        // What a timer does in the hour that a clock change takes or repeats is its own.
        lost.push(format!("timezone: {zone} (clock changes)"));
    }
    if !job.enabled {
        lost.push("enabled: false".to_owned());
    }
    lost
}

fn calendar(civil: Civil) -> Result<String, Text> {
    let (days, every) = (civil.days, Days::EVERY);
    let (week, month) = match days.both {
        true => (days.of_week, days.of_month),
        // One of them is enough: with every day in either, every day it is.
        false if days.of_week == every.of_week || days.of_month == every.of_month => {
            (every.of_week, every.of_month)
        }
        false if days.of_month == 0 => (days.of_week, every.of_month),
        false if days.of_week == 0 => (every.of_week, days.of_month),
        false => return Err(words::either_day()),
    };
    let names: Vec<&str> = numbers(week & 0x7f)
        .into_iter()
        .map(|n| DAYS[n as usize])
        .collect();
    let names = match names.len() {
        7 => String::new(),
        _ => names.join(",") + " ",
    };
    Ok(format!(
        "{names}*-{}-{} {}:{}:{}",
        field(days.months, 1, 12),
        field(month, 1, 31),
        field(civil.hours, 0, 23),
        field(civil.minutes, 0, 59),
        field(civil.seconds, 0, 59),
    ))
}

/// Set bits: `*`, or a list of two digits each.
fn field(bits: u64, min: u32, max: u32) -> String {
    let whole = all_bits(min, max);
    if bits & whole == whole {
        return "*".to_owned();
    }
    let items: Vec<String> = numbers(bits).iter().map(|n| format!("{n:02}")).collect();
    items.join(",")
}

fn service(job: &Job, base: &str) -> Result<String, Text> {
    let around = &job.program.surroundings;
    let program = job.program.name();
    if program.starts_with(['@', '-', ':', '+', '!', '|', '~']) || program.contains('$') {
        return Err(words::odd_program());
    }
    if job
        .program
        .stdin
        .as_deref()
        .is_some_and(|text| !text.is_empty())
    {
        return Err(words::timer_stdin());
    }
    let words = job.program.argv.words();
    let argv: Vec<String> = words.map(|word| quoted(word).replace('$', "$$")).collect();
    let dir = export::folder(job, base);
    let is_odd = dir.trim() != dir || dir.ends_with('\\') || dir.chars().any(char::is_control);
    if is_odd {
        return Err(words::odd_program());
    }
    let mut text = format!(
        "[Service]\nType=oneshot\nExecStart={}\nWorkingDirectory={}\n",
        argv.join(" "),
        dir.replace('%', "%%")
    );
    for (name, value) in export::variables(job)? {
        let pair = quoted(&format!("{name}={value}"));
        text += &format!("Environment={pair}\n");
    }
    let timeout = job.policies.timeout.map(|timeout| timeout.as_secs());
    let timeout = timeout.map_or_else(|| "infinity".to_owned(), |secs| secs.to_string());
    let grace = job.policies.kill_grace.as_secs();
    let Limits {
        memory_bytes,
        cpu_secs,
        open_files,
        processes,
        file_bytes,
    } = around.limits;
    let number = |value: Option<u64>| value.map(|value| value.to_string());
    let escaped = |name: &Option<String>| name.as_ref().map(|name| name.replace('%', "%%"));
    let settings = [
        ("User", escaped(&around.user)),
        ("Group", escaped(&around.group)),
        ("UMask", around.umask.map(|umask| format!("{umask:04o}"))),
        ("Nice", around.nice.map(|nice| nice.to_string())),
        ("LimitAS", number(memory_bytes)),
        ("LimitCPU", number(cpu_secs)),
        ("LimitNOFILE", number(open_files)),
        ("LimitNPROC", number(processes)),
        ("LimitFSIZE", number(file_bytes)),
        ("TimeoutStartSec", Some(timeout)),
        ("TimeoutStopSec", Some(grace.to_string())),
    ];
    for (key, value) in settings {
        if let Some(value) = value {
            text += &format!("{key}={value}\n");
        }
    }
    Ok(text)
}

/// A word in double quotes, as systemd reads it back.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted += "\\n",
            '\t' => quoted += "\\t",
            '%' => quoted += "%%",
            c if c.is_ascii_control() => quoted += &format!("\\x{:02x}", u32::from(c)),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
