//! What a person at a terminal reads of each command: golden, with a fixed clock, in both
//! languages. What differs from run to run (ids, folders, figures of the machine) is written as a
//! word.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::support::child::{BIN, clean};
use crate::support::world::World;
use jobsd::commands::context::Context;
use jobsd::commands::online::Daemon;
use jobsd::render::screen::Screen;
use jobsd::text::Lang;
use jobsd::time::TimeZone;
use jobsd::usage::{self, Read};
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

/// Thursday 19 November 2026, 10:42 in Paris, on a terminal of 100 columns.
pub fn screen(lang: Lang) -> Screen {
    Screen {
        width: Some(100),
        color: false,
        header: true,
        quiet: false,
        zone: TimeZone::get("Europe/Paris").unwrap(),
        lang,
        now: "2026-11-19T09:42:00Z".parse().unwrap(),
    }
}

/// What a command line comes to on a screen, its exit code last; standard error follows `! `.
pub fn told(args: &[&str], screen: &Screen, (jobs, state): (PathBuf, PathBuf)) -> String {
    let words: Vec<OsString> = std::iter::once(&"jobsd")
        .chain(args)
        .map(OsString::from)
        .collect();
    let Read::Run(cli) = usage::read(&words, screen.lang) else {
        panic!("{args:?} is not understood");
    };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut context = Context::bare(screen.lang, &mut out, &mut err);
    context.screen = screen.clone();
    context.daemon = Daemon::Here(state.clone());
    (context.layout.jobs, context.layout.state) = (jobs, state);
    let done = cli.command.run(&mut context);
    let exit = done.unwrap_or_else(|failure| context.report(&failure));
    let (out, err) = (
        String::from_utf8(out).unwrap(),
        String::from_utf8(err).unwrap(),
    );
    let err: String = err.lines().map(|line| format!("! {line}\n")).collect();
    assert!(!out.contains('\u{1b}') && !err.contains('\u{1b}'));
    format!("{out}{err}exit {}\n", exit.code())
}

/// Only the folders of a state directory.
fn only(state: &Path) -> (PathBuf, PathBuf) {
    (state.join("jobs.d"), state.to_owned())
}

/// Both languages of a transcript, each a snapshot.
fn golden(name: &str, told: impl Fn(Lang) -> String) {
    insta::assert_snapshot!(format!("{name}_en"), told(Lang::En));
    insta::assert_snapshot!(format!("{name}_fr"), told(Lang::Fr));
}

/// Both languages at both usual widths: what a command says fits the terminal.
fn fits(name: &str, told: impl Fn(&Screen) -> String) {
    for (width, mark) in [(100, ""), (80, "_80")] {
        golden(&format!("{name}{mark}"), |lang| {
            let text = told(&Screen {
                width: Some(width),
                ..screen(lang)
            });
            for line in text.lines().filter(|line| !line.starts_with("! ")) {
                assert!(line.width() <= width, "{name}, {width} columns: {line}");
            }
            text
        });
    }
}

/// A history of three nights: a backup that failed at last, was paused, and is due no more.
fn past(dir: &Path) {
    let definition = json!({"name": "pg-backup", "enabled": true, "bot_type": "command",
        "bot_config": {"command": ["true"]},
        "schedule_type": "daily", "schedule_config": {"hour": 2, "minute": 15},
        "timezone": "Europe/Paris",
        "max_instances": 1, "overlap": "skip", "misfire_grace_time": 3600, "coalesce": true,
        "timeout": 3600,
        "kill_grace": 10, "retry": {"max_attempts": 3, "backoff_secs": 30, "backoff_factor": 2.0,
        "max_backoff_secs": 3600, "on_exit": []}, "on_interrupt": "abandon"});
    let adopt = json!({"v": 1, "type": "adopt", "at": "2026-11-16T08:00:00Z",
        "job_id": "pg-backup", "change": "added",
        "file": "jobs.d/pg-backup.yaml", "digest": "d", "definition": definition});
    let start = json!({"v": 1, "type": "start", "at": "2026-11-16T08:00:00Z", "version": "0.1.0",
        "host": "prod-01", "pid": 7});
    let run = |n: u32, due: &str, from: &str, to: &str, more: Value| {
        let mut run = json!({"v": 1, "type": "run",
            "id": format!("019a9bd{n}-02f4-7000-8000-00000000000{n}"),
            "job_id": "pg-backup", "scheduled_at": due, "started_at": from, "finished_at": to,
            "status": "success",
            "reason": null, "error": null, "trigger": "schedule", "attempt": 1, "exit_code": 0,
            "signal": null,
            "dry_run": false, "messages_sent": null, "profiles_visited": null, "result": null,
            "output_bytes": 96,
            "revision": null, "file": "jobs.d/pg-backup.yaml", "digest": "d", "host": "prod-01"});
        run.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        run
    };
    let failed = json!({"status": "failed", "reason": "exit", "exit_code": 1, "attempt": 3});
    let paused = json!({"v": 1, "type": "pause", "at": "2026-11-19T07:30:00Z",
        "job_id": "pg-backup",
        "by": {"who": "ops", "from": "socket"}, "reason": "disk is replaced", "until": null});
    let days = [
        ("16", vec![start, adopt]),
        (
            "17",
            vec![run(
                1,
                "2026-11-17T01:15:00Z",
                "2026-11-17T01:15:00.100Z",
                "2026-11-17T01:19:07.100Z",
                json!({}),
            )],
        ),
        (
            "18",
            vec![run(
                2,
                "2026-11-18T01:15:00Z",
                "2026-11-18T01:15:00.100Z",
                "2026-11-18T01:19:12.100Z",
                json!({}),
            )],
        ),
        (
            "19",
            vec![
                run(
                    3,
                    "2026-11-19T01:15:00Z",
                    "2026-11-19T01:15:00.100Z",
                    "2026-11-19T01:19:51.100Z",
                    failed,
                ),
                paused,
            ],
        ),
    ];
    fs::create_dir_all(dir.join("history")).unwrap();
    fs::create_dir_all(dir.join("output")).unwrap();
    for (day, lines) in days {
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        fs::write(dir.join(format!("history/2026-11-{day}.jsonl")), text).unwrap();
    }
    let output = "2026-11-19T01:15:01.000Z jobsd F attempt 1\n\
        2026-11-19T01:15:02.000Z stdout F dumping\n\
        2026-11-19T01:19:20.000Z jobsd F attempt 3\n\
        2026-11-19T01:19:44.982Z stderr F pg_dump: warning: 412 MiB free\n\
        2026-11-19T01:19:50.307Z stderr F pg_dump: error: No space left\n";
    fs::write(
        dir.join("output/019a9bd3-02f4-7000-8000-000000000003.log"),
        output,
    )
    .unwrap();
}

#[test]
fn history() {
    let dir = tempfile::tempdir().unwrap();
    past(dir.path());
    let told = |args: &[&str], screen: &Screen| {
        let args = [&["history", "--summary"], args].concat();
        told(&args, screen, only(dir.path()))
    };
    fits("history", |screen| told(&["pg-backup"], screen));
    fits("history_all", |screen| told(&[], screen));
    fits("history_of_a_run", |screen| told(&["019a9bd2-02"], screen));
    fits("history_since_yesterday", |screen| {
        told(&["--since", "yesterday"], screen)
    });
    let pipe = |header| Screen {
        width: None,
        header,
        ..screen(Lang::En)
    };
    let of = |header| told(&[], &pipe(header));
    insta::assert_snapshot!("history_tabs", of(true));
    assert!(of(true).ends_with(&of(false)) && of(true).starts_with("STARTED\t"));
}

#[test]
fn why_it_ran_failed_or_did_not_run() {
    let dir = tempfile::tempdir().unwrap();
    past(dir.path());
    let told = |args: &[&str], screen: &Screen| {
        let args = [&["why"], args].concat();
        told(&args, screen, only(dir.path()))
    };
    fits("why_failed", |screen| {
        told(&["pg-backup", "--at", "02:16"], screen)
    });
    fits("why_of_a_run", |screen| told(&["019a9bd1"], screen));
    fits("why_before_the_job", |screen| {
        told(&["pg-backup", "--at", "2026-11-16 08:30"], screen)
    });
    fits("why_paused", |screen| told(&["pg-backup"], screen));
    fits("why_unknown", |screen| told(&["nobody"], screen));
}

#[test]
fn logs() {
    let dir = tempfile::tempdir().unwrap();
    past(dir.path());
    let told = |args: &[&str], screen: &Screen| {
        let args = [&["logs", "--tail", "4", "--timestamps"], args].concat();
        told(&args, screen, only(dir.path()))
    };
    fits("logs", |screen| {
        told(&["pg-backup", "--attempt", "3"], screen)
    });
    fits("logs_no_longer_kept", |screen| told(&["019a9bd1"], screen));
    fits("logs_unknown", |screen| told(&["nobody"], screen));
    fits("logs_of_several", |screen| told(&["019a"], screen));
}

/// A text without what differs from run to run.
fn steady(text: &str, world: &World) -> String {
    let dir = world.dir.path().to_str().unwrap();
    let mut text = text.replace(dir, "DIR");
    if let Some(address) = world.address() {
        text = text.replace(&format!(":{}", address.port()), ":PORT");
    }
    let mut out = String::new();
    for part in text.split_inclusive(|c: char| !(c.is_ascii_hexdigit() || c == '-')) {
        let word = part.trim_end_matches(|c: char| !(c.is_ascii_hexdigit() || c == '-'));
        let is_id = word.len() == 36 && word.matches('-').count() == 4;
        out += &if is_id {
            part.replacen(word, "RUN", 1)
        } else {
            part.to_owned()
        };
    }
    out
}

/// How long something took, as a word: ` in 0.1s`.
fn untimed(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let timed = [" in ", " en "].iter().find_map(|word| {
            let (before, span) = line.rsplit_once(word)?;
            let is_span = span.ends_with('s') && span.trim_end_matches('s').parse::<f64>().is_ok();
            is_span.then(|| format!("{before}{word}TIME"))
        });
        timed.unwrap_or_else(|| line.to_owned()) + "\n"
    });
    lines.collect()
}

#[test]
fn run_pause_resume_cancel_reload() {
    let mut world = World::new();
    world.job(
        "pg-backup",
        "bot_config: {shell: 'echo dumping; exit 1'}\nschedule_type: daily\n\
        schedule_config: {hour: 2, minute: 15}",
    );
    world.job(
        "slow",
        "bot_config: {command: [sleep, '600']}\nschedule_type: manual",
    );
    world.file(
        "birthday",
        "name: b\nbot_type: birthday\nbot_config: {max_messages_per_run: 15}\n\
        schedule_type: manual\n",
    );
    world.start();
    let told = |lang: Lang, args: &[&str]| {
        let folders = (world.path("jobs.d"), world.path(".jobsd"));
        untimed(&steady(&told(args, &screen(lang), folders), &world))
    };
    golden("run_wait", |lang| {
        told(lang, &["run", "pg-backup", "--wait"])
    });
    golden("run_follow", |lang| {
        told(lang, &["run", "pg-backup", "--wait", "--follow"])
    });
    golden("run_production_without_a_terminal", |lang| {
        told(lang, &["run", "birthday"])
    });
    golden("run_unknown", |lang| told(lang, &["run", "pg-bakup"]));
    let until = ["--until", "2030-01-01T08:00:00Z"];
    golden("pause_until", |lang| {
        let args = [&["pause", "pg-backup", "--reason", "disk"], &until[..]].concat();
        told(lang, &args)
    });
    golden("pause_hint", |lang| told(lang, &["pause", "pg-backup"]));
    golden("resume", |lang| told(lang, &["resume", "pg-backup"]));
    golden("pause_all_and_resume_all", |lang| {
        let all = [&["pause", "--all"], &until[..]].concat();
        let (paused, again) = (told(lang, &all), told(lang, &all));
        paused + &again + &told(lang, &["resume", "--all"])
    });
    golden("cancel", |lang| {
        let (code, id, err) = world.jobsd(&["run", "slow"]);
        assert_eq!(code, Some(0), "{err}");
        let is_shown = |w: &World| w.json("/scheduler/jobs/slow")["running"][0] == id.trim();
        world.until("it runs", is_shown);
        let text = told(lang, &["cancel", id.trim()]);
        world.until("it is over", |w| !is_shown(w));
        text + &told(lang, &["cancel", id.trim()])
    });
    golden("reload_nothing", |lang| told(lang, &["reload"]));
}

#[test]
fn diff_names_what_would_change() {
    let mut world = World::new();
    let job = |hour| {
        format!(
            "bot_config: {{command: ['true']}}\nschedule_type: daily\n\
            schedule_config: {{hour: {hour}, minute: 0}}"
        )
    };
    world.job("changed", &job(1));
    world.job("gone", &job(2));
    world.job("bad", &job(3));
    world.start();
    let shown = |lang, jobs: &Path| {
        let folders = (jobs.to_owned(), world.path(".jobsd"));
        steady(&told(&["diff"], &screen(lang), folders), &world)
    };
    golden("diff_nothing", |lang| shown(lang, &world.path("jobs.d")));
    // Beside the folder that is watched, so that the daemon does not take it over meanwhile.
    let other = world.path("other");
    fs::create_dir(&other).unwrap();
    let write = |id: &str, text: &str| {
        fs::write(
            other.join(format!("{id}.yaml")),
            format!("name: {id}\nbot_type: command\n{text}\n"),
        )
        .unwrap();
    };
    write("changed", &job(5));
    write("added", &job(6));
    write("bad", "nonsense: true");
    golden("diff", |lang| shown(lang, &other));
}

/// A text with every number as `N`.
fn unnumbered(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '0'..='9' if out.ends_with('N') => {}
            '0'..='9' => out.push('N'),
            c => out.push(c),
        }
    }
    out
}

#[test]
fn doctor_of_a_folder_without_a_daemon() {
    let world = World::new();
    world.job(
        "a",
        "bot_config: {command: ['true']}\nschedule_type: manual",
    );
    let folders = || (world.path("jobs.d"), world.path(".jobsd"));
    golden("doctor", |lang| {
        let wide = Screen {
            width: Some(200),
            ..screen(lang)
        };
        let text = told(&["doctor"], &wide, folders());
        // What this machine happens to have is not ours to write down.
        let kept = text.lines().filter(|line| {
            !["zone data", "inotify", "descriptors", "disk"]
                .iter()
                .any(|check| line.starts_with(check))
        });
        let kept: String = kept.map(|line| format!("{line}\n")).collect();
        unnumbered(&steady(&kept, &world))
    });
}

/// What the program writes in a folder with one job, off a terminal.
fn written(dir: &Path, args: &[&str], lang: &str) -> String {
    let mut command = clean(BIN);
    command.current_dir(dir).args(args).args(["--lang", lang]);
    let output = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let err: String = text(output.stderr)
        .lines()
        .map(|line| format!("! {line}\n"))
        .collect();
    format!(
        "{}{err}exit {}\n",
        text(output.stdout),
        output.status.code().unwrap()
    )
}

#[test]
fn what_works_from_files_alone() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("jobs.d")).unwrap();
    let write = |id: &str, text: &str| {
        fs::write(dir.path().join(format!("jobs.d/{id}.yaml")), text).unwrap()
    };
    write(
        "feed-import",
        "name: Feed\nbot_type: command\nbot_config: {command: [df]}\nschedule_type: interval\n\
        schedule_config: {hours: 1}\nretry:\n  on_exit: [75]\n  max_attempts: 'trois'\n",
    );
    write(
        "birthday-daily",
        "name: Anniversaires\nbot_type: birthday\n\
        bot_config:\n  dry_run: true\n  max_days_late: 14\nschedule_type: daily\n\
        schedule_config: {hour: 8, minute: 0}\ntimezone: Europe/Paris\n",
    );
    let both = |name: &str, args: &[&str]| {
        golden(name, |lang| {
            written(dir.path(), args, if lang == Lang::Fr { "fr" } else { "en" })
        });
    };
    both("validate", &["validate", "jobs.d"]);
    both(
        "next_explain",
        &[
            "next",
            "birthday-daily",
            "-n",
            "3",
            "--explain",
            "--from",
            "2026-11-19T09:42:00Z",
        ],
    );
    both(
        "next_schedule",
        &[
            "next",
            "--schedule",
            "30 2 * * *",
            "--tz",
            "Europe/Paris",
            "--from",
            "2027-03-27T00:00:00+01:00",
            "-n",
            "2",
        ],
    );
    both("wrong_command", &["lsit"]);
    both("wrong_job", &["next", "birthday-dayly"]);
    both("no_daemon", &["status", "--state", ".jobsd"]);
}

/// Help and first steps are the same at every width; they fit 80 columns.
#[test]
fn help_and_first_steps() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("crontab"), "15 2 * * * /opt/dump --all\n").unwrap();
    let both = |name: &str, args: &[&str]| {
        golden(name, |lang| {
            let text = written(dir.path(), args, if lang == Lang::Fr { "fr" } else { "en" });
            let mut lines = text.lines().filter(|line| !line.starts_with("! "));
            let long = lines.find(|line| line.width() > 80);
            assert_eq!(long, None, "{name}");
            text
        });
    };
    both("help", &["--help"]);
    golden("help_cancel", |lang| {
        let lang = if lang == Lang::Fr { "fr" } else { "en" };
        written(dir.path(), &["cancel", "--help"], lang)
    });
    golden("help_options", |lang| {
        let lang = if lang == Lang::Fr { "fr" } else { "en" };
        written(dir.path(), &["help", "options"], lang)
    });
    both("format_by_habit", &["list", "-o", "json"]);
    let args = ["import", "crontab", "--dir", "cron.d", "--tz"];
    assert!(written(dir.path(), &[&args[..], &["UTC"]].concat(), "en").ends_with("exit 0\n"));
    both("import_again", &[&args[..], &["UTC"]].concat());
    both(
        "import_in_another_zone",
        &[&args[..], &["Asia/Tokyo"]].concat(),
    );
    golden("init", |lang| {
        let dir = tempfile::tempdir().unwrap();
        let lang = if lang == Lang::Fr { "fr" } else { "en" };
        written(dir.path(), &["init", "--ci", "github"], lang)
    });
}
