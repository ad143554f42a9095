//! `--server`: the commands that ask the daemon, over HTTP: what they show, what opens control, and
//! what a refusal costs.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use crate::support::child::{BIN, clean};
use crate::support::http::Nobody;
use crate::support::world::World;
use jobsd::commands::exit::Exit;
use jobsd::commands::online::{Daemon, Place};
use jobsd::render::screen::Screen;
use jobsd::text::Lang;
use serde_json::Value;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const SEVEN: &str =
    "bot_config: {shell: 'exit 7'}\nschedule_type: manual\nlabels: {team: ops}\ntimeout: null";
const SLOW: &str = "bot_config: {command: [sleep, '600']}\nschedule_type: manual";

/// A daemon, with control over TCP or without.
fn served(has_control: bool) -> World {
    let mut world = World::new();
    if has_control {
        fs::write(world.path("token"), TOKEN).unwrap();
        fs::set_permissions(world.path("token"), fs::Permissions::from_mode(0o600)).unwrap();
        world.config("control: {token_file: token}\n");
    }
    world.job("seven", SEVEN);
    world.job("slow", SLOW);
    let birthday = "name: b\nbot_type: birthday\nbot_config: {daily_limit: 3}\n\
        schedule_type: daily\nschedule_config: {hour: 3, minute: 0}\n";
    world.file("birthday", birthday);
    world.start();
    world
}

/// A command from a folder that knows nothing of the daemon.
fn elsewhere(args: &[&str], envs: &[(&str, &str)]) -> (i32, String, String) {
    let scratch = tempfile::tempdir().unwrap();
    from(scratch.path(), args, envs)
}

fn from(dir: &std::path::Path, args: &[&str], envs: &[(&str, &str)]) -> (i32, String, String) {
    let mut command = clean(BIN);
    command.current_dir(dir).args(args).stdin(Stdio::null());
    command.envs(envs.iter().copied());
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn a_server_shows_what_the_socket_shows() {
    let world = served(false);
    assert_eq!(world.jobsd(&["run", "seven", "--wait"]).0, Some(1));
    let server = format!("127.0.0.1:{}", world.port());
    for args in [
        ["list"].as_slice(),
        &["list", "--columns", "id,schedule,result"],
        &["list", "--format", "json"],
        &["status", "--format", "json"],
        &["status", "seven", "--format", "json"],
        &["status", "birthday"],
    ] {
        let (code, here, _) = world.jobsd(args);
        let there = elsewhere(&[args, &["--server", &server]].concat(), &[]);
        assert_eq!(there, (code.unwrap(), here, String::new()), "{args:?}");
    }
    // The same files elsewhere: nothing differs, also where a key is null and where a job has a
    // budget.
    let jobs = world.path("jobs.d");
    let args = ["diff", "--jobs", jobs.to_str().unwrap()];
    let (code, out, err) = elsewhere(&args, &[("JOBSD_SERVER", &server)]);
    assert_eq!(
        (code, out.as_str(), err.as_str()),
        (0, "nothing would change\n", "")
    );
    let (code, out, _) = elsewhere(&["diff", "--jobs", "none.d", "--server", &server], &[]);
    assert_eq!((code, out.as_str()), (5, ""), "the files are those of here");
}

/// It runs, pauses, cancels and reloads.
#[test]
fn a_token_file_controls_from_elsewhere() {
    let world = served(true);
    let server = format!("http://localhost:{}", world.port());
    let token = world.path("token");
    let token = token.to_str().unwrap();
    let envs = [
        ("JOBSD_SERVER", server.as_str()),
        ("JOBSD_TOKEN_FILE", token),
    ];
    let ask = |args: &[&str]| elsewhere(args, &envs);
    assert_eq!(ask(&["run", "seven", "--wait"]).0, 1);
    assert_eq!(ask(&["run", "seven", "--pass-exit-code"]).0, 7);
    let (code, out, err) = ask(&["run", "slow"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let run_id = out.trim();
    world.until("it runs", |w| {
        w.json("/scheduler/jobs/slow")["running"][0] == run_id
    });
    assert_eq!(ask(&["run", "slow"]).0, 4, "max_instances");
    assert_eq!(
        ask(&["run", "slow", "--dry-run"]).0,
        2,
        "a command has none"
    );
    assert_eq!(ask(&["cancel", run_id, "--grace", "1s"]).0, 0);
    world.until("it is over", |w| {
        w.json("/scheduler/jobs/slow")["running"] == serde_json::json!([])
    });
    assert_eq!(ask(&["cancel", run_id]).0, 2, "it is over");
    assert_eq!(ask(&["cancel", "nothing"]).0, 2);
    assert_eq!(
        ask(&["pause", "--all", "--for", "1h", "--reason", "moving"]).0,
        0
    );
    let drift = world.json("/scheduler/config")["drift"].clone();
    assert_eq!(drift.as_array().unwrap().len(), 3);
    assert_eq!(drift[0]["reason"], "moving");
    assert!(drift[0]["until"].is_string());
    assert_eq!(ask(&["resume", "slow"]).0, 0);
    assert_eq!(
        ask(&["pause", "slow", "--until", "2020-01-01T00:00:00Z"]).0,
        2
    );
    let (code, out, _) = ask(&["reload", "--format", "json"]);
    let answer: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &answer["schema"]), (0, &"jobsd.answer/v1".into()));
    let lines = world.lines();
    let stop = lines.iter().find(|line| line["type"] == "stop").unwrap();
    assert_eq!(stop["grace_secs"], 1);
}

/// By the whole id of a run, by the beginning of one, and by the job.
#[test]
fn the_past_of_a_server_is_read_as_here() {
    let mut world = World::new();
    world.job(
        "seven",
        "bot_config: {shell: 'echo out; echo oops >&2; exit 7'}\nschedule_type: manual",
    );
    world.job("never", SLOW);
    world.start();
    for _ in 0..3 {
        assert_eq!(world.jobsd(&["run", "seven", "--wait"]).0, Some(1));
    }
    let id = world.json("/scheduler/runs")["runs"][0]["id"].clone();
    let id = id.as_str().unwrap();
    let server = format!("127.0.0.1:{}", world.port());
    for args in [
        ["history"].as_slice(),
        &["history", "seven", "--since", "1h", "-n", "2", "--summary"],
        &["history", "never"],
        &["history", &id[..13], "--no-header"],
        &["logs", "seven"],
        &["logs", id, "--stderr", "-f", "--timestamps"],
        &["logs", &id[..18], "--tail", "1"],
        &["why", &id[..13]],
        &["why", &id[..13], "--format", "json"],
        &["why", "never", "--at", "2020-01-01"],
    ] {
        let (code, here, _) = world.jobsd(args);
        assert_eq!(code, Some(0), "{args:?}: {here}");
        let (code, there, err) = elsewhere(&[args, &["--server", &server]].concat(), &[]);
        assert_eq!((code, there), (0, here), "{args:?}: {err}");
    }
    for args in [["history", "sevn"], ["logs", "sevn"], ["why", "sevn"]] {
        let (code, _, err) = elsewhere(&[&args[..], &["--server", &server]].concat(), &[]);
        assert_eq!(code, 2, "{args:?}");
        assert!(err.contains("Did you mean `seven`?"), "{args:?}: {err}");
    }
    let why = elsewhere(&["why", &id[..13], "--server", &server], &[]).1;
    let lines: Vec<&str> = why.lines().skip(1).take(3).collect();
    assert_eq!(lines[0], "  it ran and failed: exit status 7");
    assert_eq!(lines[1], "  last line  oops");
    assert_eq!(lines[2], format!("  next       jobsd logs {}", &id[..13]));
}

#[test]
fn a_refusing_server_differs_from_none() {
    let open = served(false);
    let locked = served(true);
    let off = format!("127.0.0.1:{}", open.port());
    let on = format!("127.0.0.1:{}", locked.port());
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("wrong"), "fedcba9876543210").unwrap();
    let nobody = Nobody::new();
    let gone = nobody.address.to_string();
    for (args, code, said) in [
        (
            ["list", "--server", &gone].as_slice(),
            3,
            "no daemon answers at http://",
        ),
        (
            &["list", "--server", "ftp://host"],
            2,
            "is not the address of a server",
        ),
        (
            &["run", "seven", "--server", &off],
            4,
            "control is off on http://",
        ),
        (&["pause", "seven", "--server", &on], 4, "requires a token"),
        (
            &["pause", "seven", "--server", &on, "--token-file", "wrong"],
            4,
            "rejects the token in wrong",
        ),
        (
            &["pause", "seven", "--server", &on, "--token-file", "none"],
            5,
            "the token file none cannot be read",
        ),
        (
            &["status", "sevn", "--server", &off],
            2,
            "no job `sevn`. Did you mean `seven`?",
        ),
        (
            &["status", "Not an id", "--server", &off],
            2,
            "no job `Not an id`",
        ),
        (
            &["list", "--offline", "--server", &off],
            2,
            "--offline reads files of this machine",
        ),
        (
            &["run", "seven", "--follow", "--server", &off],
            2,
            "--follow reads files of this machine",
        ),
    ] {
        let (found, out, err) = from(dir.path(), args, &[]);
        assert_eq!((found, out.as_str()), (code, ""), "{args:?}: {err}");
        assert!(
            err.starts_with("error: ") && err.contains(said),
            "{args:?}: {err}"
        );
        let (same, _, dit) = from(dir.path(), &[args, &["--lang", "fr"]].concat(), &[]);
        assert_eq!(same, code);
        assert!(
            dit.starts_with("erreur : ") && !dit.contains(said),
            "{args:?}: {dit}"
        );
    }
    assert!(
        open.lines()
            .iter()
            .all(|line| line["type"] != "control" && line["type"] != "pause")
    );
}

#[test]
fn what_is_no_jobsd_is_no_daemon() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let answers = [
        "HTTP/1.1 200 OK\r\n\r\n<html>",
        "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}",
        "SSH-2.0\r\n",
    ];
    let server = std::thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut head = [0; 1024];
            assert!(stream.read(&mut head).unwrap() > 0);
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    let said = [
        "et pas de JSON : ce n’est pas jobsd",
        "404 Not Found",
        "aucun démon ne répond",
    ];
    for (answer, said) in answers.into_iter().zip(said) {
        let (code, _, err) = elsewhere(&["status", "--server", &address, "--lang", "fr"], &[]);
        assert_eq!(code, 3, "{answer}: {err}");
        assert!(err.contains(said), "{answer}: {err}");
    }
    server.join().unwrap();
}

/// The command says that it asked there.
#[test]
fn without_a_socket_the_local_endpoint_answers() {
    let world = served(false);
    let dir = tempfile::tempdir().unwrap();
    let config = format!("listen: 127.0.0.1:{}\n", world.port());
    fs::write(dir.path().join("jobsd.yaml"), config).unwrap();
    let (code, out, err) = from(dir.path(), &["list", "--no-header"], &[]);
    assert_eq!((code, out.lines().count()), (0, 3), "{err}");
    assert!(
        err.starts_with("note: no daemon in .jobsd; asked http://127.0.0.1:"),
        "{err}"
    );
    assert_eq!(from(dir.path(), &["list", "-q"], &[]).2, "");
    // Who names a folder means the daemon of that folder.
    let (code, _, err) = from(dir.path(), &["list", "--state", ".jobsd"], &[]);
    assert_eq!(code, 3, "{err}");
}

/// `list` in a folder with jobs showed those of whatever daemon had the usual port.
#[test]
fn the_daemon_of_other_jobs_is_not_asked_unnamed() {
    let world = served(false);
    let dir = tempfile::tempdir().unwrap();
    let place = |has_jobs| Place {
        state: dir.path(),
        server: None,
        token_file: None,
        listens: world.address(),
        has_jobs,
    };
    let screen = Screen::plain(Lang::En);
    let mut err = Vec::new();
    let found = Daemon::find(place(false), &screen, &mut err);
    assert!(matches!(found, Ok(Daemon::There(_))), "{found:?}");
    let Err(failure) = Daemon::find(place(true), &screen, &mut err) else {
        panic!("another daemon was asked");
    };
    err.clear();
    assert_eq!(failure.report(Lang::En, &mut err), Exit::Unreachable);
    let text = String::from_utf8(err).unwrap();
    let hint = format!("--server http://{}/ or --state", world.address().unwrap());
    assert!(text.contains(&hint), "{text}");
}
