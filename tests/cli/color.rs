//! Colors: nothing but a terminal, or who asks for them, gets an escape, whatever the command.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::process::{Command, Stdio};

use crate::support::child::{BIN, clean};
use crate::support::world::World;
use clap::CommandFactory;
use jobsd::cli::Cli;

/// What has colors on a terminal, and commands that never have any; none of them changes anything
/// or continues.
const COMMANDS: [&[&str]; 26] = [
    &["--help"],
    &["validate", "bad.yaml"],
    &["init", "fresh"],
    &["new", "fresh", "--stdout"],
    &["import", "bad.yaml", "--dry-run"],
    &["export", "seven", "--to", "json"],
    &["fmt", "--diff", "bad.yaml"],
    &["explain", "range"],
    &["schema"],
    &["next", "--explain"],
    &["simulate"],
    &["list"],
    &["status"],
    &["status", "seven"],
    &["history", "--summary"],
    &["fsck"],
    &["run", "seven", "--wait"],
    &["pause", "seven", "--for", "1h"],
    &["resume", "seven"],
    &["logs", "seven", "--timestamps"],
    &["cancel", "nothing"],
    &["reload"],
    &["diff"],
    &["plan", ".", "."],
    &["why", "seven"],
    &["doctor"],
];

/// Those that run a program, or write files, or scripts for other programs.
const OTHERS: [&str; 6] = ["serve", "bot", "exec", "completions", "man", "help"];

fn world() -> World {
    let mut world = World::new();
    world.job(
        "seven",
        "bot_config: {shell: 'echo said; exit 7'}\nschedule_type: manual",
    );
    world.start();
    std::fs::write(world.path("bad.yaml"), "name:  x\nnonsense: true\n").unwrap();
    assert_eq!(world.jobsd(&["run", "seven", "--wait"]).0, Some(1));
    world
}

fn command(world: &World, args: &[&str]) -> Command {
    let mut command = clean(BIN);
    command
        .current_dir(world.dir.path())
        .args(args)
        .stdin(Stdio::null());
    command
}

/// What a command writes on a terminal, both streams.
fn on_a_terminal(world: &World, args: &[&str], envs: &[(&str, &str)]) -> Vec<u8> {
    let words = [BIN].iter().chain(args).map(|word| format!("'{word}'"));
    let line = words.collect::<Vec<_>>().join(" ");
    let mut script = clean("script");
    script
        .current_dir(world.dir.path())
        .args(["-q", "-c", &line, "/dev/null"]);
    script.env("TERM", "xterm").envs(envs.iter().copied());
    let output = script.stdin(Stdio::null()).output().unwrap();
    assert!(
        !output.stdout.is_empty(),
        "{args:?} says nothing on a terminal"
    );
    output.stdout
}

#[test]
fn every_command_is_among_those_looked_at() {
    let mut known: Vec<&str> = COMMANDS.iter().map(|args| args[0]).chain(OTHERS).collect();
    known.sort_unstable();
    for command in Cli::command().get_subcommands() {
        let name = command.get_name();
        assert!(
            known.binary_search(&name).is_ok(),
            "{name} is not looked at"
        );
    }
}

#[test]
fn a_pipe_gets_no_escape_whatever_the_environment() {
    let world = world();
    for args in COMMANDS {
        for (name, value) in [("NO_COLOR", "1"), ("TERM", "dumb"), ("TERM", "xterm")] {
            let output = command(&world, args).env(name, value).output().unwrap();
            let both = [output.stdout, output.stderr].concat();
            assert!(!both.contains(&0x1b), "{args:?} with {name}={value}");
        }
        // NO_COLOR wins over whoever forces.
        let mut both = command(&world, args);
        let output = both
            .envs([("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")])
            .output()
            .unwrap();
        assert!(!output.stdout.contains(&0x1b), "{args:?} with both");
    }
}

#[test]
fn a_terminal_without_colors_gets_no_escape_either() {
    let world = world();
    for args in COMMANDS {
        for env in [("NO_COLOR", "1"), ("TERM", "dumb")] {
            let said = on_a_terminal(&world, args, &[env]);
            assert!(
                !said.contains(&0x1b),
                "{args:?} with {env:?}: {}",
                String::from_utf8_lossy(&said)
            );
        }
    }
    for args in [
        ["list"].as_slice(),
        &["status"],
        &["validate", "bad.yaml"],
        &["doctor"],
    ] {
        assert!(
            on_a_terminal(&world, args, &[]).contains(&0x1b),
            "{args:?} has colors"
        );
    }
}

#[test]
fn who_asks_for_colors_gets_them_in_a_pipe() {
    let world = world();
    for args in [
        ["status"].as_slice(),
        &["list"],
        &["doctor"],
        &["validate", "bad.yaml"],
    ] {
        let always = command(&world, args)
            .args(["--color", "always"])
            .output()
            .unwrap();
        let forced = command(&world, args)
            .env("FORCE_COLOR", "1")
            .output()
            .unwrap();
        let is_colored = |out: &[u8]| out.contains(&0x1b);
        let is_table = args[0] == "list" || args[0] == "doctor";
        // A table for programs has fields and nothing else.
        assert_eq!(
            (is_colored(&always.stdout), is_colored(&forced.stdout)),
            (!is_table, !is_table),
            "{args:?}"
        );
        let never = command(&world, args)
            .args(["--color", "never"])
            .env("FORCE_COLOR", "1")
            .output()
            .unwrap();
        assert!(!is_colored(&never.stdout), "{args:?}");
    }
}
