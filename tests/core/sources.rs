//! What no source does: sleep for time, send without a bound (A11), or send from a route that reads
//! (A10). And how tests are named.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::Path;

use jobsd::shell::http::routes::ROUTES;

use super::architecture::{files, paths};

/// Words of a test's name.
const NAME_WORDS_MAX: usize = 9;

/// Every call that waits for nothing but time; `park_timeout` is a sleep under another name.
const SLEEPS: [&str; 3] = ["thread::sleep", "tokio::time::", "park_timeout"];

/// The files that may call one of [`SLEEPS`], and why. In a test it is only the moment between two
/// looks at a condition, which has a deadline.
const SLEEPERS: [(&str, &str); 7] = [
    ("src/shell/clock.rs", "the one place of `src` that sleeps"),
    ("tests/cli/exit_codes.rs", "between looks; no world to ask"),
    (
        "tests/daemon/hung.rs",
        "a stopped daemon must miss real seconds",
    ),
    (
        "tests/daemon/process.rs",
        "between looks, slow or measured ones",
    ),
    (
        "tests/daemon/reload.rs",
        "between looks whose own time does not count",
    ),
    ("tests/daemon/signals.rs", "between looks at a process"),
    ("tests/support/world.rs", "between looks, for all others"),
];

/// The files that may call `clock::rest`, and why: a thread that rests serves nobody.
const RESTING: [(&str, &str); 5] = [
    ("src/commands/absence.rs", "a command between two looks"),
    ("src/commands/watch.rs", "a command between two looks"),
    ("src/shell/lock.rs", "before anything is served"),
    (
        "src/shell/log.rs",
        "the thread of the log, which nobody waits for",
    ),
    (
        "src/shell/process/crew.rs",
        "a watching thread; a close that is bounded",
    ),
];

/// The files of the endpoint that may send to the loop: the router of control, and its gate.
const CONTROL: [&str; 3] = [
    "src/shell/http/control.rs",
    "src/shell/http/gate.rs",
    "src/shell/http/routes.rs",
];

/// Paths and texts below these folders of the repository.
fn sources(folders: &[&str]) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in folders {
        files(&root.join(folder), &mut found);
    }
    let relative = |path: &Path| path.strip_prefix(root).unwrap().display().to_string();
    found
        .iter()
        .map(|path| (relative(path), fs::read_to_string(path).unwrap()))
        .filter(|(file, _)| !file.ends_with("core/sources.rs"))
        .collect()
}

/// The names of the functions under a `#[test]` or `#[tokio::test]`.
fn tests_of(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut is_test = false;
    for line in text.lines().map(str::trim) {
        is_test |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
        if let Some((_, rest)) = line.split_once("fn ").filter(|_| is_test) {
            names.push(rest.split(['(', '<']).next().unwrap());
            is_test = false;
        }
    }
    names
}

fn files_of(list: &[(&str, &str)]) -> Vec<String> {
    list.iter().map(|(file, _)| (*file).to_owned()).collect()
}

#[test]
fn names_of_tests_are_short() {
    let mut seen = 0;
    for (file, text) in sources(&["src", "tests"]) {
        for name in tests_of(&text) {
            let words = name.split('_').count();
            assert!(words <= NAME_WORDS_MAX, "{file}: {name} has {words} words");
            seen += 1;
        }
    }
    assert!(seen > 400, "only {seen} tests were found");
}

#[test]
fn only_listed_files_sleep() {
    let sleeps = |text: &str| SLEEPS.iter().any(|word| text.contains(word));
    let mut found: Vec<String> = sources(&["src", "tests"])
        .into_iter()
        .filter_map(|(file, text)| sleeps(&text).then_some(file))
        .collect();
    found.sort();
    assert_eq!(found, files_of(&SLEEPERS));
}

#[test]
fn only_listed_threads_rest() {
    let rests = |file: &str, text: &str| {
        let file = file.trim_start_matches("src/");
        let ends = |path: &Vec<String>| path.ends_with(&["clock".into(), "rest".into()]);
        text.contains("clock::rest") || paths(text, file).iter().any(ends)
    };
    let mut found: Vec<String> = sources(&["src"])
        .into_iter()
        .filter_map(|(file, text)| rests(&file, &text).then_some(file))
        .collect();
    found.sort();
    assert_eq!(found, files_of(&RESTING));
}

/// A10: whoever names no other method than GET can answer no other.
#[test]
fn read_routes_only_get() {
    for route in &ROUTES {
        assert_eq!(route.method, "GET", "{}", route.path);
    }
    for (file, text) in sources(&["src"]) {
        // The list of the routes of control stands beside that of the others.
        if CONTROL.contains(&file.as_str()) {
            continue;
        }
        for named in text.split("axum::routing::").skip(1) {
            let named = named.split([';', '(']).next().unwrap();
            let mut methods = named.split(|c: char| !c.is_alphanumeric());
            let other = methods.find(|name| !["", "MethodRouter", "get"].contains(name));
            assert_eq!(other, None, "{file}");
        }
        for filter in ["MethodFilter", "MethodRouter::"] {
            assert!(!text.contains(filter), "{file} says {filter}");
        }
    }
}

/// A10: who holds no sender sends no input.
#[test]
fn only_control_can_send() {
    let sending = ["Sender<Call>", ".calls", "control::answer", "post("];
    let is_endpoint = |file: &str| file.contains("/http/") || file.contains("/page/");
    let mut found: Vec<String> = sources(&["src"])
        .into_iter()
        .filter(|(file, _)| is_endpoint(file))
        .filter(|(_, text)| sending.iter().any(|word| text.contains(word)))
        .map(|(file, _)| file)
        .collect();
    found.sort();
    assert_eq!(found, CONTROL);
}

/// A11: a channel without a bound is named as such, or made without a number. A `oneshot` holds
/// one.
#[test]
fn every_channel_has_a_bound() {
    for (file, text) in sources(&["src"]) {
        assert!(!text.contains("unbounded"), "{file} has no bound");
        for (at, call) in text.match_indices("channel") {
            let (before, after) = (&text[..at], &text[at + call.len()..]);
            let is_empty = after.starts_with("()")
                || after.starts_with("::<") && after.split_once('>').unwrap().1.starts_with("()");
            let is_one = before.ends_with("oneshot::");
            assert!(!is_empty || is_one, "{file} makes a channel without bound");
        }
    }
}
