//! The result file that a program may write (PRODUCT section 4): one JSON object of at most 64 KiB.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::model::run::Report;
use crate::shell::process::{Order, Places};

const BYTES_MAX: u64 = 64 << 10;

/// Where the program of an attempt may write its result.
pub fn path(order: &Order, places: &Places) -> PathBuf {
    places
        .state_dir
        .join("work")
        .join(format!("{}.{}.json", order.run_id, order.attempt))
}

/// Reads and removes a result file; a bad one is a note.
pub fn take(path: &Path) -> (Report, Option<String>) {
    let text = match read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return (Report::default(), None),
        Err(error) => {
            return (
                Report::default(),
                Some(format!("its result file cannot be read: {error}")),
            );
        }
    };
    // The file was read; if it cannot be removed, the next attempt has another name.
    let _ = fs::remove_file(path);
    match serde_json::from_str::<Map<String, Value>>(&text) {
        _ if text.len() as u64 > BYTES_MAX => (
            Report::default(),
            Some("its result file is larger than 64 KiB".to_owned()),
        ),
        Err(error) => (
            Report::default(),
            Some(format!("its result file is not one JSON object: {error}")),
        ),
        Ok(map) => parse(map),
    }
}

fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?
        .take(BYTES_MAX + 1)
        .read_to_string(&mut text)?;
    Ok(text)
}

fn parse(mut map: Map<String, Value>) -> (Report, Option<String>) {
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
    let result = (!map.is_empty()).then_some(Value::Object(map));
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
