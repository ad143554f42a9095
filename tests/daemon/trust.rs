//! What a daemon does not believe: a state directory that others can write, links in it, a
//! definition that is not what its digest says. Tests that need another owner run as root only.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};

use crate::support::child::git;
use crate::support::world::World;

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Starts a daemon that must not start; what it says.
fn refused(world: &World) -> String {
    let output = world.serve().stderr(std::process::Stdio::piped()).output();
    let output = output.unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(5), "{text}");
    text
}

/// A daemon of root trusts no folder of others. One without rights takes the volumes of containers
/// as they come.
#[test]
fn a_state_directory_that_others_can_write_is_refused() {
    let mut world = World::new();
    let state = world.path(".jobsd");
    fs::create_dir(&state).unwrap();
    fs::create_dir(state.join("history")).unwrap();
    let set = |name: &str, mode: u32| {
        let mode = fs::Permissions::from_mode(mode);
        fs::set_permissions(state.join(name), mode).unwrap();
    };
    set("history", 0o700);
    set("", 0o777);
    if !is_root() {
        return world.start();
    }
    let text = refused(&world);
    assert!(
        text.contains("mode 0777") && text.contains("chmod go-w"),
        "{text}"
    );
    set("", 0o700);
    set("history", 0o770);
    let text = refused(&world);
    assert!(text.contains("history (mode 0770"), "{text}");
    set("history", 0o700);
    chown(&state, Some(65_534), None).unwrap();
    let text = refused(&world);
    assert!(text.contains("owner uid 65534"), "{text}");
}

/// They are neither followed nor written through.
#[test]
fn links_in_the_state_directory_are_refused() {
    let mut world = World::new();
    world.every("tick", 1, "");
    world.start();
    world.until("a run", |world| world.count("tick", "success") > 0);
    assert_eq!(world.stop(), Some(0));
    let target = world.path("target");
    fs::write(&target, "precious").unwrap();
    let (lock, checkpoint) = (
        world.path(".jobsd/lock"),
        world.path(".jobsd/checkpoint.new"),
    );
    symlink(&target, checkpoint).unwrap();
    fs::remove_file(&lock).unwrap();
    symlink(&target, &lock).unwrap();
    let text = refused(&world);
    assert!(text.contains("symbolic link"), "{text}");
    fs::remove_file(&lock).unwrap();
    let run = world.records("tick")[0]["id"].as_str().unwrap().to_owned();
    let output = world.path(".jobsd/output").join(format!("{run}.log"));
    fs::create_dir_all(output.parent().unwrap()).unwrap();
    let _ = fs::remove_file(&output);
    symlink(&target, &output).unwrap();
    world.start();
    for path in [
        format!("/scheduler/runs/{run}/output"),
        format!("/runs/{run}"),
    ] {
        let (_, body) = world.ask(&path).unwrap();
        assert!(!body.contains("precious"), "{path}: {body}");
    }
    let (_, out, err) = world.jobsd(&["logs", &run]);
    assert!(!out.contains("precious"), "{out}{err}");
    assert_eq!(world.stop(), Some(0));
    assert_eq!(fs::read_to_string(&target).unwrap(), "precious");
}

/// A kept definition that does not match its digest.
#[test]
fn a_tampered_definition_does_not_run() {
    let mut world = World::new();
    let (good, bad) = (world.path("good"), world.path("evil"));
    let job = |path: &std::path::Path| {
        format!(
            "bot_config: {{command: [touch, '{}']}}\nschedule_type: interval\n\
            schedule_config: {{seconds: 1}}",
            path.display()
        )
    };
    world.job("kept", &job(&good));
    world.start();
    world.until("a run", |_| good.exists());
    world.kill();
    fs::write(world.path("jobs.d/kept.yaml"), "name: [").unwrap();
    // Without the alteration the kept definition is in force.
    fs::remove_file(&good).unwrap();
    world.start();
    world.until("the kept definition runs", |_| good.exists());
    world.kill();
    for day in world.days() {
        let text = fs::read_to_string(&day).unwrap();
        let altered = text.replace(good.to_str().unwrap(), bad.to_str().unwrap());
        fs::write(&day, altered).unwrap();
    }
    let _ = fs::remove_file(world.path(".jobsd/checkpoint"));
    world.job("other", &job(&world.path("other-ran")));
    world.start();
    world.until("another job runs", |world| world.path("other-ran").exists());
    let seen = world.count("other", "success");
    world.until("and again", |world| {
        world.count("other", "success") > seen + 1
    });
    assert!(!bad.exists(), "what somebody wrote into the history ran");
    assert!(world.log().contains("not what its digest says"));
    assert_eq!(world.stop(), Some(0));
}

/// The library opens every file below the folder; nobody writes to the other end of this one.
#[test]
fn a_fifo_among_the_zone_files_hangs_nothing() {
    let mut world = World::new();
    world.every("tick", 1, "timezone: Europe/Paris");
    let zones = world.path("zones/Europe");
    fs::create_dir_all(&zones).unwrap();
    fs::copy("/usr/share/zoneinfo/Europe/Paris", zones.join("Paris")).unwrap();
    let fifo = zones.join("Nowhere");
    let make = || {
        let made = std::process::Command::new("mkfifo").arg(&fifo).status();
        assert!(made.unwrap().success());
    };
    let folder = world.path("zones");
    make();
    let output = world
        .serve()
        .env("TZDIR", &folder)
        .stderr(std::process::Stdio::piped())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(5), "{text}");
    assert!(text.contains("Nowhere is a FIFO"), "{text}");
    fs::remove_file(&fifo).unwrap();
    world.start_with(|command| {
        command.env("TZDIR", &folder);
    });
    world.until("a run", |world| world.count("tick", "success") > 0);
    make();
    assert_eq!(world.jobsd(&["reload"]).0, Some(0));
    let seen = world.count("tick", "success");
    world.until("it continues", |world| {
        world.count("tick", "success") > seen + 1
    });
    assert_eq!(world.stop(), Some(0));
}

#[test]
fn a_lock_that_git_left_is_named() {
    let mut world = World::new();
    world.every("tick", 1, "");
    git(world.dir.path(), &["init", "-q"]);
    world.start();
    let lock = world.path(".git/index.lock");
    fs::write(&lock, "").unwrap();
    // One that is renamed into its place is whole, and does not wait.
    let other = "name: other\nbot_type: command\nbot_config: {command: ['true']}\n\
        schedule_type: interval\nschedule_config: {seconds: 1}\n";
    fs::write(world.path("jobs.d/other.yaml"), other).unwrap();
    let notes = |world: &World| world.json("/health")["notes"].to_string();
    world.until("a note", |world| notes(world).contains("index.lock"));
    fs::remove_file(&lock).unwrap();
    world.until("the edit", |world| world.count("other", "success") > 0);
    world.until("no note", |world| !notes(world).contains("index.lock"));
    assert_eq!(world.stop(), Some(0));
}
