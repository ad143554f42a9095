//! What a daemon holds open is replaced or removed under it: today's history, the lock, the socket,
//! the state directory. Nothing is lost, nothing starts twice, and `/health` tells.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::support::child::signal;
use crate::support::http::read_reply;
use crate::support::world::{World, ends};
use serde_json::Value;

const FIVE_SECONDS: Duration = Duration::from_secs(5);

/// A world whose job says, every second, for which due time it runs.
fn telling() -> (World, PathBuf) {
    let world = World::new();
    let told = world.path("told");
    let shell = format!("echo $JOBSD_SCHEDULED_AT >> {}", told.display());
    world.job(
        "tick",
        &format!(
            "bot_config: {{shell: '{shell}'}}\nschedule_type: interval\n\
            schedule_config: {{seconds: 1}}\ncoalesce: false\nmax_instances: 20"
        ),
    );
    (world, told)
}

/// The due times for which the program ran, once each, and the history knows every one.
fn nothing_lost_or_doubled(world: &World, told: &PathBuf) {
    let text = fs::read_to_string(told).unwrap();
    let ran: Vec<&str> = text.lines().collect();
    let once: BTreeSet<&str> = ran.iter().copied().collect();
    assert_eq!(ran.len(), once.len(), "started twice: {ran:#?}");
    let records = world.records("tick");
    let known: BTreeSet<&str> = records
        .iter()
        .map(|run| run["scheduled_at"].as_str().unwrap())
        .collect();
    let lost: Vec<_> = once.difference(&known).collect();
    assert!(lost.is_empty(), "no record of {lost:?}");
    let second = |text: &str| text.parse::<jobsd::time::Timestamp>().unwrap().as_second();
    let dues: Vec<i64> = known.iter().map(|due| second(due)).collect();
    assert!(
        dues.windows(2).all(|two| two[1] == two[0] + 1),
        "a due time without a record: {dues:?}"
    );
}

fn today(world: &World) -> PathBuf {
    world.days().pop().unwrap()
}

/// Waits until health reports what was put right.
fn noted(world: &World, word: &str) {
    world.within(FIVE_SECONDS, "a note in /health", |world| {
        let (_, body) = world.ask("/health").unwrap_or_default();
        let body: Value = serde_json::from_str(&body).unwrap_or_default();
        body["notes"].to_string().contains(word)
    });
}

fn replaced_by(change: impl Fn(&World)) {
    let (mut world, told) = telling();
    world.start();
    world.until("runs", |world| world.count("tick", "success") > 1);
    let before = world.records("tick").len();
    change(&world);
    noted(&world, "today's history was");
    world.until("what was there and more", |world| {
        world.records("tick").len() > before + 1
    });
    let page = world.json("/scheduler/runs?job_id=tick&limit=500");
    let shown = page["runs"].as_array().unwrap().len();
    assert!(shown >= before, "pages show {shown} of {before}");
    world.kill();
    world.start();
    let after = world.records("tick").len();
    world.until("more runs", |world| world.records("tick").len() > after + 1);
    assert_eq!(world.stop(), Some(0));
    nothing_lost_or_doubled(&world, &told);
    let (code, text, _) = world.jobsd(&["fsck"]);
    assert_eq!(code, Some(0), "{text}");
}

#[test]
fn a_history_that_sed_replaced_loses_and_doubles_nothing() {
    replaced_by(|world| {
        let sed = Command::new("sed")
            .args(["-i", "s/\"exit_code\":0/\"exit_code\": 0/"])
            .arg(today(world))
            .status();
        assert!(sed.unwrap().success());
    });
}

#[test]
fn a_history_that_was_removed_loses_and_doubles_nothing() {
    replaced_by(|world| fs::remove_file(today(world)).unwrap());
}

/// And doubles nothing.
#[test]
fn a_moved_history_folder_loses_nothing() {
    replaced_by(|world| {
        fs::rename(world.path(".jobsd/history"), world.path("away")).unwrap();
    });
}

/// A restore brings an older state of the file, and half a line.
#[test]
fn a_history_that_was_restored_loses_and_doubles_nothing() {
    replaced_by(|world| {
        let text = fs::read(today(world)).unwrap();
        let new = world.path("new-history");
        fs::write(&new, &text[..text.len() * 2 / 3]).unwrap();
        fs::rename(new, today(world)).unwrap();
    });
}

/// What was cut off is gone; that its due times had their runs is not forgotten.
#[test]
fn a_history_that_was_cut_starts_nothing_twice() {
    let (mut world, told) = telling();
    world.start();
    world.until("runs", |world| world.count("tick", "success") > 1);
    let file = fs::OpenOptions::new().write(true).open(today(&world));
    file.unwrap().set_len(0).unwrap();
    noted(&world, "cut short");
    world.kill();
    world.start();
    let seen = world.count("tick", "success");
    world.until("more runs", |world| {
        world.count("tick", "success") > seen + 1
    });
    assert_eq!(world.stop(), Some(0));
    let text = fs::read_to_string(told).unwrap();
    let ran: BTreeSet<&str> = text.lines().collect();
    assert_eq!(ran.len(), text.lines().count(), "started twice: {text}");
    assert_eq!(world.jobsd(&["fsck"]).0, Some(0));
}

/// A second daemon on the same files, with a port of its own; what it did.
fn second(world: &World) -> std::process::Output {
    world.serve().stderr(Stdio::piped()).output().unwrap()
}

/// A daemon whose lock was removed still keeps a second one away.
#[test]
fn without_a_lock_daemons_still_exclude() {
    let mut world = World::new();
    world.job(
        "long",
        "bot_config: {command: [sleep, '300']}\nschedule_type: manual",
    );
    world.start();
    assert_eq!(world.jobsd(&["run", "long"]).0, Some(0));
    world.until("the run", |world| world.count("long", "running") == 1);
    fs::remove_file(world.path(".jobsd/lock")).unwrap();
    let refused = second(&world);
    assert_eq!(refused.status.code(), Some(5), "{refused:?}");
    noted(&world, "`lock` was replaced or removed");
    assert!(world.path(".jobsd/lock").exists());
    let refused = second(&world);
    let text = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(5), "{text}");
    assert!(text.contains(&format!("pid {}", world.pid())), "{text}");
    assert_eq!(world.count("long", "running"), 1, "its run continues");
    world.stop();
}

#[test]
fn a_socket_that_was_removed_is_made_again() {
    let mut world = World::new();
    world.every("tick", 1, "");
    world.start();
    let socket = world.path(".jobsd/control.sock");
    fs::remove_file(&socket).unwrap();
    world.within(FIVE_SECONDS, "the socket", |_| socket.exists());
    assert_eq!(world.jobsd(&["reload"]).0, Some(0));
    fs::remove_file(&socket).unwrap();
    fs::write(&socket, "something else").unwrap();
    world.within(FIVE_SECONDS, "an answer", |world| {
        world.jobsd(&["reload"]).0 == Some(0)
    });
    noted(&world, "control socket was replaced or removed");
    assert_eq!(world.stop(), Some(0));
}

#[test]
fn an_address_that_was_removed_is_written_again() {
    let (mut world, _) = telling();
    world.start();
    let path = world.path(".jobsd/address");
    let before = fs::read_to_string(&path).unwrap();
    fs::remove_file(&path).unwrap();
    world.within(FIVE_SECONDS, "the address again", |_| {
        fs::read_to_string(&path).is_ok_and(|text| text == before)
    });
    noted(&world, "`address` was replaced or removed");
    assert_eq!(world.stop(), Some(0));
    assert!(!path.exists(), "a clean stop removes it");
}

fn health_at(address: SocketAddr) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(address).ok()?;
    let text = "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream.write_all(text.as_bytes()).ok()?;
    let reply = read_reply(&mut stream, "GET")?;
    Some((reply.code, reply.text()))
}

/// Its runs live on.
#[test]
fn a_moved_state_directory_stops_its_daemon() {
    let (mut world, told) = telling();
    world.job(
        "long",
        "bot_config: {command: [sleep, '300']}\nschedule_type: manual",
    );
    world.start();
    assert_eq!(world.jobsd(&["run", "long"]).0, Some(0));
    world.until("runs", |world| {
        world.count("tick", "success") > 0 && world.count("long", "running") == 1
    });
    let (state, away) = (world.path(".jobsd"), world.path("away"));
    // The file that says where the daemon listens goes with the folder.
    let address = world.address().unwrap();
    fs::rename(&state, &away).unwrap();
    world.within(FIVE_SECONDS, "bad health", |_| {
        let (code, body) = health_at(address).unwrap_or_default();
        code == 503 && body.contains("renamed, removed or replaced")
    });
    let count = || fs::read_to_string(&told).unwrap().lines().count();
    let before = count();

    // Another state of the same path: its own daemon works, and leaves the first one's run alone.
    let mut other = world.serve().stderr(Stdio::null()).spawn().unwrap();
    world.until("the other daemon's runs", |world| {
        world.count("tick", "success") > 2
    });
    signal(other.id(), "TERM");
    assert_eq!(other.wait().unwrap().code(), Some(0));
    let by_other = world.count("tick", "success");
    assert!(count() <= before + by_other + 1, "the first starts nothing");

    fs::remove_dir_all(&state).unwrap();
    fs::rename(&away, &state).unwrap();
    world.within(FIVE_SECONDS, "good health by itself", |world| {
        world.ask("/health").is_some_and(|(code, _)| code == 200)
    });
    let seen = world.count("tick", "success");
    world.until("it continues", |world| {
        world.count("tick", "success") > seen
    });
    assert_eq!(ends(&world.records("long")), ["running/-"]);
    assert_eq!(world.stop(), Some(0));
}

/// And leaves no file of a later day.
/// Retention by a clock that was ahead would take every real day, and the lines of that clock would
/// stay in the file of a day that is out of its reach.
#[test]
fn a_clock_briefly_ahead_removes_no_history() {
    let (mut world, told) = telling();
    world.believe_the_clock(0.0);
    world.start();
    world.until("runs", |world| world.count("tick", "success") > 1);
    let real = today(&world);
    world.set_clock(500.0 * 86_400.0);
    world.until("a later day", |world| today(world) != real);
    let seen = world.count("tick", "success");
    world.until("runs ahead", |world| {
        world.count("tick", "success") > seen + 1
    });
    assert!(real.exists(), "a real day was removed");
    world.set_clock(0.0);
    noted(&world, "the clock had been ahead");
    assert!(real.exists(), "a real day was removed");
    assert!(
        world.days().len() <= 2,
        "a later day is left: {:?}",
        world.days()
    );
    let seen = world.count("tick", "success");
    world.until("it continues", |world| {
        world.count("tick", "success") > seen
    });
    let page = world.json("/scheduler/runs?job_id=tick&limit=500");
    let shown = page["runs"].as_array().unwrap().len();
    assert!(shown >= seen, "pages show {shown} of {seen}");
    world.kill();
    world.start();
    let seen = world.count("tick", "success");
    world.until("it continues", |world| {
        world.count("tick", "success") > seen
    });
    assert_eq!(world.stop(), Some(0));
    let text = fs::read_to_string(told).unwrap();
    let ran: BTreeSet<&str> = text.lines().collect();
    assert_eq!(ran.len(), text.lines().count(), "started twice: {text}");
    let records = world.records("tick");
    let is_known = |due: &&str| records.iter().any(|run| run["scheduled_at"] == **due);
    assert!(ran.iter().all(is_known), "a start has no record");
    let (code, text, _) = world.jobsd(&["fsck"]);
    assert_eq!(code, Some(0), "{text}");
}

/// Lines of a start with a clock that was ahead stood under a day of 2028 for 24 h, and nothing
/// told.
#[test]
fn history_under_a_day_to_come_is_noted() {
    let (mut world, _) = telling();
    world.set_clock(500.0 * 86_400.0);
    world.start();
    world.until("runs ahead", |world| world.count("tick", "success") > 0);
    world.set_clock(0.0);
    noted(&world, "a day to come; it moves to its right day when");
    let (_, out, _) = world.jobsd(&["status"]);
    assert!(out.contains("the clock was ahead: since "), "{out}");
    let (_, out, _) = world.jobsd(&["--lang", "fr", "doctor"]);
    assert!(out.contains("sans saut, le "), "{out}");
    assert_eq!(world.stop(), Some(0));
}
