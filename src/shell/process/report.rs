//! The result file that a program may write (PRODUCT section 4): one JSON object of at most 64 KiB.

use std::fs::{self, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::OFlags;
use serde_json::{Map, Value, json};

use crate::model::outcome::Report;
use crate::model::run_id::RunId;
use crate::shell::process::mask::Secrets;
use crate::shell::process::surroundings::ResultFile;

const BYTES_MAX: u64 = 64 << 10;

/// What the result file of an attempt that a former daemon started counts; `None` when there is
/// none. Its words are left out: the secrets to hide in them went with that daemon.
pub fn last_words(state_dir: &Path, run_id: RunId, attempt: u32) -> Option<Report> {
    let work = state_dir.join("work");
    let name = format!("{run_id}.{attempt}");
    // A program of another user has a folder of its own there.
    let own = work.join(&name);
    let file = match fs::metadata(&own) {
        Ok(meta) => ResultFile {
            path: own.join("result.json"),
            uid: meta.uid(),
        },
        Err(_) => ResultFile {
            path: work.join(format!("{name}.json")),
            uid: rustix::process::geteuid().as_raw(),
        },
    };
    let exists = file.path.exists();
    let (report, _) = exists.then(|| take(&file, &Secrets::default()))?;
    let unknown = report.unknown();
    Some(Report {
        messages_sent: report.messages_sent,
        profiles_visited: report.profiles_visited,
        result: unknown.map(|unknown| json!({"unknown": unknown})),
        ..Report::default()
    })
}

/// Reads and removes a result file, its secrets hidden; a bad one is a note.
pub fn take(file: &ResultFile, secrets: &Secrets) -> (Report, Option<String>) {
    let text = read(file);
    // The file was read; if it cannot be removed, the next attempt has another name.
    let _ = fs::remove_file(&file.path);
    if file.uid != rustix::process::geteuid().as_raw() {
        let _ = file.path.parent().map(fs::remove_dir_all);
    }
    let nothing = |note: String| (Report::default(), Some(secrets.hide(&note)));
    match text {
        Ok(text) if text.len() as u64 > BYTES_MAX => {
            nothing("its result file is larger than 64 KiB".to_owned())
        }
        Ok(text) => match serde_json::from_str::<Map<String, Value>>(&text) {
            Ok(map) => parse(map, secrets),
            Err(error) => nothing(format!("its result file is not one JSON object: {error}")),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => (Report::default(), None),
        Err(error) => nothing(format!("its result file cannot be read: {error}")),
    }
}

/// Reads a file that its program may have replaced by anything: a link, a pipe, someone else's.
fn read(file: &ResultFile) -> io::Result<String> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY).bits();
    let opened = OpenOptions::new()
        .read(true)
        .custom_flags(flags.cast_signed())
        .open(&file.path)?;
    let meta = opened.metadata()?;
    if !meta.is_file() || meta.uid() != file.uid {
        return Err(io::Error::other(
            "it is not a regular file of the program's own",
        ));
    }
    let mut text = String::new();
    opened.take(BYTES_MAX + 1).read_to_string(&mut text)?;
    Ok(text)
}

fn parse(mut map: Map<String, Value>, secrets: &Secrets) -> (Report, Option<String>) {
    let mut bad = Vec::new();
    let mut count = |name: &str| {
        let value = map.remove(name)?;
        let count = value.as_u64();
        if count.is_none() {
            bad.push(format!(
                "`{name}` in its result file is not an integer of at least 0"
            ));
        }
        count
    };
    let messages_sent = count("messages_sent");
    let profiles_visited = count("profiles_visited");
    let success = map.remove("success").and_then(|value| value.as_bool());
    let error = map.remove("error").filter(|error| !error.is_null());
    let error = error.map(|error| {
        error
            .as_str()
            .map_or_else(|| error.to_string(), str::to_owned)
    });
    let error = error.map(|error| secrets.hide(&error));
    let result = (!map.is_empty()).then_some(Value::Object(map));
    let result = result.map(|result| secrets.hide_json(result));
    let note = (!bad.is_empty()).then(|| bad.join("; "));
    (
        Report {
            messages_sent,
            profiles_visited,
            success,
            error,
            result,
        },
        note,
    )
}
