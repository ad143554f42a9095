//! Completion of job ids, as a shell asks for it.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use crate::support::child::{BIN, clean};
use crate::support::http::Nobody;
use crate::support::world::World;

const MANUAL: &str = "bot_config: {command: ['true']}\nschedule_type: manual";

/// What bash offers after these words, the last one unfinished.
fn offered(world: &World, words: &[&str]) -> Vec<String> {
    let script = "source <(\"$1\" completions bash); program=$1; shift
        COMP_WORDS=(\"$program\" \"$@\"); COMP_CWORD=$#
        _jobsd_with_jobs \"$program\" \"${COMP_WORDS[COMP_CWORD]}\" \"${COMP_WORDS[COMP_CWORD-1]}\"
        printf '%s\\n' \"${COMPREPLY[@]}\"";
    let mut bash = clean("bash");
    bash.current_dir(world.dir.path());
    let output = bash
        .args(["-c", script, "bash", BIN])
        .args(words)
        .output()
        .unwrap();
    assert!(
        output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .map(str::to_owned)
        .filter(|line| !line.is_empty())
        .collect()
}

/// Of the daemon, and without one those of the files.
#[test]
fn bash_completes_job_ids() {
    let mut world = World::new();
    for id in ["backup-db", "backup-www", "report"] {
        world.job(id, MANUAL);
    }
    // Without a socket the endpoint of the machine would be asked, whoever that is.
    let nobody = Nobody::new();
    world.config(&format!("listen: {}\n", nobody.address));
    assert_eq!(
        offered(&world, &["run", "back"]),
        ["backup-db", "backup-www"],
        "of the files"
    );
    world.start();
    // The file is gone from the folder that is read here, and the daemon still knows the job.
    let elsewhere = World::new();
    std::fs::create_dir(elsewhere.path(".jobsd")).unwrap();
    std::os::unix::fs::symlink(
        world.path(".jobsd/control.sock"),
        elsewhere.path(".jobsd/control.sock"),
    )
    .unwrap();
    assert_eq!(
        offered(&elsewhere, &["run", "back"]),
        ["backup-db", "backup-www"],
        "of the daemon"
    );
    for command in [
        "status", "pause", "resume", "history", "logs", "why", "next", "simulate", "export",
    ] {
        assert_eq!(offered(&world, &[command, "re"]), ["report"], "{command}");
    }
    assert_eq!(
        offered(&world, &["run", "--wait", "re"]),
        ["report"],
        "behind a flag without a value"
    );
    assert!(
        !offered(&world, &["pause", "--reason", "re"]).contains(&"report".to_owned()),
        "a value is not a job"
    );
    assert!(
        offered(&world, &["run", "--wa"]).contains(&"--wait".to_owned()),
        "flags as before"
    );
    assert!(
        !offered(&world, &["new", "re"]).contains(&"report".to_owned()),
        "a new job has a new id"
    );
    assert_eq!(offered(&world, &["sta"]), ["status"], "commands as before");
}

/// In the same places as bash.
#[test]
fn zsh_and_fish_complete_the_same_ids() {
    let world = World::new();
    let script = |shell: &str| world.jobsd(&["completions", shell]).1;
    let (zsh, fish) = (script("zsh"), script("fish"));
    // status, history, run, pause, resume, logs, why, next, simulate, export.
    assert_eq!(zsh.matches(":_jobsd_jobs' \\").count(), 10, "{zsh}");
    assert!(zsh.contains("_jobsd_jobs() {") && zsh.contains("compadd -a ids"));
    assert_eq!(fish.matches("-f -a \"(__fish_jobsd_jobs)\"").count(), 10);
    assert!(!fish.contains("__fish_jobsd_using_subcommand new\" -f -a \"(__fish_jobsd_jobs)"));
    assert!(fish.contains("function __fish_jobsd_jobs\n"));
}
