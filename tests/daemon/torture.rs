//! A few rounds of each part of `tools/torture.py`, which attacks the real daemon and checks its
//! promise from outside. `just torture` runs all rounds.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::path::Path;

use crate::support::child::{BIN, clean};

fn survives(part: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let work = tempfile::tempdir().unwrap();
    let output = clean("python3")
        .arg(root.join("tools/torture.py"))
        .args([part, "--short", "--bin", BIN, "--work"])
        .arg(work.path())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}{error}");
}

#[test]
fn random_kills_are_survived() {
    survives("kills");
}

#[test]
fn a_kill_at_a_system_call_is_survived() {
    survives("sweep");
}

#[test]
fn failing_writes_are_survived() {
    survives("writes");
}

#[test]
fn a_full_disk_is_survived() {
    survives("full");
}

/// Of two daemons of one directory only one works.
#[test]
fn a_second_daemon_names_the_first() {
    survives("double");
}

#[test]
fn what_is_replaced_under_a_daemon_is_survived() {
    survives("replaced");
}

#[test]
fn clock_scripts_are_survived() {
    survives("clocks");
}

#[test]
fn a_crash_loop_is_survived() {
    survives("crashloop");
}

#[test]
fn kills_and_stops_lose_nothing_that_waits() {
    survives("storm");
}

#[test]
fn what_is_replaced_under_load_is_told_and_healed() {
    survives("replaced");
}

#[test]
fn a_clock_that_is_years_off_takes_nothing_away() {
    survives("years");
}
