//! Crontabs and timers of systemd as job files: what each line becomes, or why it stays behind.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::support::child::{BIN, clean, jobsd};
use jobsd::foreign::crontab::Crontab;
use jobsd::foreign::job::{self, Foreign, Found, Frame, Ids};
use jobsd::foreign::program_name::program_name;
use jobsd::foreign::systemd_time;
use jobsd::foreign::timer::Timer;
use jobsd::foreign::unit;
use jobsd::model::job::Job;
use jobsd::model::program::EnvValue;
use jobsd::rewrite::layout::canonical;
use jobsd::spec::SourceFile;
use jobsd::spec::jobs::loader;
use jobsd::spec::rules::schema::JOB;
use jobsd::spec::types::config::Settings;
use jobsd::text::Lang;
use proptest::prelude::*;

const FRAME: Frame<'_> = Frame {
    schema: "../schema/job.schema.json",
    origin: "crontab:1",
    zone: "Europe/Paris",
    lang: Lang::En,
};

fn found(text: &str, has_user: bool) -> Vec<Found> {
    Crontab::new(text.as_bytes(), has_user).collect()
}

/// The jobs of a crontab that loses nothing.
fn jobs(text: &str) -> Vec<Foreign> {
    let job = |found| match found {
        Found::Job(job) => *job,
        Found::Loss(loss) => panic!("{text:?}: {loss:?}"),
    };
    found(text, false).into_iter().map(job).collect()
}

fn losses(text: &str, has_user: bool) -> Vec<String> {
    let loss = |found| match found {
        Found::Loss(loss) => Some(format!("{} {}", loss.line, loss.words.en)),
        Found::Job(_) => None,
    };
    found(text, has_user).into_iter().filter_map(loss).collect()
}

/// The job that the text of a job file says.
fn loaded(text: &str) -> Result<Arc<Job>, String> {
    let file = SourceFile {
        path: "jobs.d/x.yaml".to_owned(),
        bytes: text.as_bytes().to_vec(),
    };
    let loaded = loader::load(&[file], &Settings::default());
    let job = loaded.jobs.into_values().next();
    job.ok_or_else(|| format!("{text}\n{:?}", loaded.diagnostics))
}

fn made(job: &Foreign) -> Result<Arc<Job>, String> {
    loaded(&job::text("x", job, FRAME))
}

fn argv(job: &Job) -> Vec<&str> {
    job.program.argv.words().collect()
}

/// Or say why not.
#[test]
fn crontab_lines_become_job_files() {
    // The lines; then the body of the file after `bot_type`, or the finding.
    let cases = [
        (
            "15 2 * * 1-5 /usr/bin/backup --all",
            "bot_config:\n  shell: \"/usr/bin/backup --all\"\nschedule_type: cron\n\
            schedule_config:\n  cron_expression: \"15 2 * * 1-5\"\ntimezone: Europe/Paris\n\
            timeout: null\n",
        ),
        (
            "@daily\tclean  twice ",
            "bot_config:\n  shell: \"clean  twice \"\nschedule_type: cron\n\
            schedule_config:\n  cron_expression: \"@daily\"\ntimezone: Europe/Paris\n\
            timeout: null\n",
        ),
        (
            "CRON_TZ=Asia/Tokyo\nLANG = \"C UTF\"\n*/5 8-18 * jan-mar MON-fri say \"50\\%\" 'x'",
            "bot_config:\n  shell: \"say \\\"50%\\\" 'x'\"\nschedule_type: cron\n\
            schedule_config:\n  cron_expression: \"*/5 8-18 * jan-mar MON-fri\"\n\
            timezone: Asia/Tokyo\ntimeout: null\nenv:\n  LANG: \"C UTF\"\n",
        ),
        (
            "0 0 1 * * mail -s x%Dear all,%%\\%done",
            "bot_config:\n  shell: \"mail -s x\"\n  stdin: \"Dear all,\\n\\n%done\\n\"\n\
            schedule_type: cron\nschedule_config:\n  cron_expression: \"0 0 1 * *\"\n\
            timezone: Europe/Paris\ntimeout: null\n",
        ),
        (
            "SHELL=/bin/bash\nHOME='/srv/app'\n0 4 * * sun ls <(pwd)",
            "bot_config:\n  command: [\"/bin/bash\", \"-c\", \"ls <(pwd)\"]\nschedule_type: cron\n\
            schedule_config:\n  cron_expression: \"0 4 * * sun\"\ntimezone: Europe/Paris\n\
            timeout: null\nworking_dir: /srv/app\n\
            env:\n  HOME: \"/srv/app\"\n  SHELL: \"/bin/bash\"\n",
        ),
        (
            "NO=1\n0 4 * * * x\u{1b}\u{202e}\u{85}é",
            "bot_config:\n  shell: \"x\\U0000001b\\U0000202e\\U00000085é\"\nschedule_type: cron\n\
            schedule_config:\n  cron_expression: \"0 4 * * *\"\ntimezone: Europe/Paris\n\
            timeout: null\nenv:\n  \"NO\": \"1\"\n",
        ),
        ("61 * * * * x", "minute: 61 is out of range 0-59"),
        ("* * * * fri-mon x", "fri-mon"),
        ("5/10 * * * * x", "5/10"),
        ("* * * * * x\0y", "U+0000"),
        ("CRON_TZ=Paris/Europe\n0 0 * * * x", "Paris/Europe"),
        ("0 0 31 2 * never", "never"),
        ("@evry x", "@evry"),
    ];
    for (lines, wanted) in cases {
        let job = jobs(lines).remove(0);
        match loaded(&job::text("x", &job, FRAME)) {
            Ok(_) => {
                let text = job::text("x", &job, FRAME);
                let body = text.split_once("bot_type: command\n").unwrap().1;
                assert_eq!(body, wanted, "{lines:?}");
                let canonical = canonical(&text, JOB.schema()).unwrap();
                assert_eq!(canonical, text, "{lines:?}: fmt would change it");
            }
            Err(findings) => {
                assert!(!wanted.starts_with("bot_config"), "{lines:?}: {findings}");
                assert!(findings.contains(wanted), "{lines:?}: {findings}");
            }
        }
    }
}

/// By its line.
#[test]
fn what_only_a_crontab_says_is_named() {
    for (text, has_user, wanted) in [
        ("@reboot x", false, "1 @reboot is not a time"),
        (
            "\nMAILTO=ops@example.org\n",
            false,
            "2 MAILTO=ops@example.org: nothing",
        ),
        (
            "RANDOM_DELAY=30",
            false,
            "1 RANDOM_DELAY: due times are exact",
        ),
        ("A-B=1", false, "1 \"A-B\" cannot be the name"),
        ("A=\"x\" y", false, "1 \"A=\"x\" y\" is not an entry"),
        ("hello", false, "1 \"hello\" is not an entry"),
        ("* * * * *", false, "1 there is no command after the times"),
        (
            "* * * * * %in",
            false,
            "1 there is no command after the times",
        ),
        (
            "17 * * * * root",
            true,
            "1 there is no command after the times and the user",
        ),
        ("@daily", true, "1 \"@daily\" is not an entry"),
    ] {
        let losses = losses(text, has_user);
        assert_eq!(losses.len(), 1, "{text:?}: {losses:?}");
        assert!(losses[0].starts_with(wanted), "{text:?}: {losses:?}");
    }
    for silent in [
        "",
        "# x",
        "MAILTO=\"\"",
        "MAILTO=",
        "CONTENT_TYPE=text/plain",
        "A = b",
        "\r\n",
    ] {
        assert_eq!(losses(silent, false), Vec::<String>::new(), "{silent:?}");
    }
    let bytes = b"* * * * * caf\xe9\n* * * * * tea\n";
    let found: Vec<Found> = Crontab::new(bytes, false).collect();
    assert!(matches!(&found[0], Found::Loss(loss) if loss.is_job && loss.line == 1));
    assert!(matches!(&found[1], Found::Job(job) if job.line == 2));
}

#[test]
fn comments_directly_above_an_entry_describe_it() {
    let text = "# Of nothing.\n\n# m h  dom mon dow   command\n#\n## Nightly backup,\n\
        # kept 30 days.\n0 2 * * * backup\n# 0 3 * * * old\n0 4 * * * other\n";
    let jobs = jobs(text);
    assert_eq!(
        jobs[0].description.as_deref(),
        Some("Nightly backup,\nkept 30 days.")
    );
    assert_eq!(
        jobs[1].description, None,
        "an entry out of use is no description"
    );
    let long = format!("# {}\n0 2 * * * x", "é".repeat(501));
    let job = self::jobs(&long).remove(0);
    assert_eq!(job.description.as_ref().unwrap().chars().count(), 500);
    assert_eq!(job.lost.len(), 1);
    assert!(made(&job).is_ok());
}

#[test]
fn a_crontab_of_the_system_names_users() {
    let Found::Job(job) = found("17 * * * * www-data cd / && run-parts --report x", true).remove(0)
    else {
        panic!("it is a job");
    };
    assert_eq!(job.user.as_deref(), Some("www-data"));
    assert_eq!(job.stem, "run-parts");
    let made = made(&job).unwrap();
    assert_eq!(made.program.surroundings.user.as_deref(), Some("www-data"));
    assert_eq!(argv(&made)[2], "cd / && run-parts --report x");
}

#[test]
fn a_job_is_called_after_its_program() {
    for (text, wanted) in [
        ("/usr/local/bin/Backup.sh --all", "Backup"),
        ("cd /srv && ./run.py x", "run"),
        ("[ -x /usr/sbin/x ] && /usr/sbin/x", "x"),
        ("A=1 nice -n 10 /opt/tool", "tool"),
        ("/usr/bin/python3 /srv/feed.py", "feed"),
        ("bash -c 'x'", "bash"),
        ("test -e /a || (cd /b; make)", "make"),
        ("", ""),
        ("$(", ""),
    ] {
        assert_eq!(program_name(text), wanted, "{text:?}");
    }
    let mut ids = Ids::new(["backup".to_owned()]);
    let mut next = |stem: &str| {
        let id = ids.free(stem);
        ids.take(&id);
        id.to_string()
    };
    assert_eq!(next("Backup"), "backup-2");
    assert_eq!(next("backup"), "backup-3");
    assert_eq!(next("backup-3"), "backup-3-2");
    assert_eq!(next("été"), "t");
    assert_eq!(next("--"), "job");
    assert_eq!(next(&"a".repeat(99)), "a".repeat(64));
    assert_eq!(next(&"a".repeat(99)), format!("{}-2", "a".repeat(62)));
}

/// Any text on one line of a crontab that cron would keep as it is.
fn command() -> impl Strategy<Value = String> {
    prop::collection::vec(any::<char>(), 1..40).prop_map(|chars| {
        let kept = chars
            .into_iter()
            .filter(|c| !['\n', '\r', '\0'].contains(c));
        let text: String = kept.collect();
        format!("x{text}")
    })
}

proptest! {
    #[test]
    fn the_job_file_says_the_very_command(text in command(), minute in 0..60u8, hour in 0..24u8) {
        // Each `%` is escaped, as a crontab wants it; a backslash before it would be read as part
        // of the escape.
        let line = format!("{minute} {hour} * * * {}", text.replace('%', "\\%"));
        let job = jobs(&line).remove(0);
        let made = made(&job).unwrap();
        prop_assert_eq!(argv(&made), vec!["/bin/sh", "-c", text.as_str()]);
        let zone = made.schedule.zone();
        let due = made.schedule.next_after("2026-11-25T00:00:00Z".parse().unwrap()).unwrap();
        let due = due.to_zoned_datetime(zone.clone());
        prop_assert_eq!((due.hour(), due.minute()), (hour.cast_signed(), minute.cast_signed()));
    }

    #[test]
    fn standard_input_and_variables_come_over_with_every_character(
        text in command(), value in command()
    ) {
        let value = value.trim();
        let line = format!("V={value}\n0 0 * * * x%{}", text.replace('%', "\\%"));
        let job = jobs(&line).remove(0);
        let made = made(&job).unwrap();
        let stdin = made.program.stdin.as_deref().unwrap();
        prop_assert_eq!(stdin, format!("{text}\n"));
        let wanted = EnvValue::Literal(value.to_owned());
        prop_assert_eq!(&made.program.surroundings.env["V"], &wanted);
    }

    #[test]
    fn no_text_is_too_much(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for found in Crontab::new(&bytes, false) {
            if let Found::Job(job) = found {
                let _ = made(&job);
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        let _ = unit::read(&text).map(unit::in_force);
        let _ = unit::command_words(&text);
        let _ = systemd_time::cron_of(&text);
        let _ = systemd_time::secs_of(&text);
    }
}

#[test]
fn calendar_expressions_become_cron_exactly_or_not_at_all() {
    for (text, wanted) in [
        ("daily", Some("0 0 * * *")),
        ("weekly", Some("0 0 * * mon")),
        ("Hourly", Some("0 * * * *")),
        ("monthly", Some("0 0 1 * *")),
        ("*-*-* 02:30", Some("30 2 * * *")),
        ("*-*-* 02:30:00", Some("30 2 * * *")),
        ("02:30", Some("30 2 * * *")),
        ("Mon..Fri *-*-* 08:05", Some("5 8 * * mon-fri")),
        ("Mon,Wednesday 8:05", Some("5 8 * * mon,wed")),
        ("Sun", Some("0 0 * * sun")),
        ("*:0/15", Some("*/15 * * * *")),
        ("*-*-* 6..18:00,30", Some("0,30 6-18 * * *")),
        ("*-*-* 5/2:10", Some("10 5-23/2 * * *")),
        ("*-01,07-01 04:00", Some("0 4 1 1,7 *")),
        ("2026-*-* 02:30", None),
        ("*-*-* 02:30:15", None),
        ("*:*:0/10", None),
        ("*:*/5", None),
        ("Fri *-*-13 02:30", None),
        ("*-*-1/2 02:30", None),
        ("*-*~1 02:30", None),
        ("25:00", None),
        ("Mo 02:30", None),
        ("Mon Tue 02:30", None),
        ("", None),
        ("02:30 Paris", None),
    ] {
        let found = systemd_time::cron_of(text).map(|(cron, _)| cron);
        assert_eq!(found.as_deref(), wanted, "{text:?}");
    }
    let (cron, zone) = systemd_time::cron_of("Sat *-*-* 10:00 Europe/Paris").unwrap();
    assert_eq!(
        (cron.as_str(), zone.as_deref()),
        ("0 10 * * sat", Some("Europe/Paris"))
    );
    for (text, wanted) in [
        ("90", Some(90)),
        ("1h 30min", Some(5_400)),
        ("2d", Some(172_800)),
        ("1month", None),
        ("500ms", None),
        ("0", None),
        ("x", None),
    ] {
        assert_eq!(systemd_time::secs_of(text), wanted, "{text:?}");
    }
}

fn timer(timer: &str, service: &str) -> Vec<Found> {
    let settings = |text: &str| unit::in_force(unit::read(text).unwrap());
    let (timer, service) = (settings(timer), settings(service));
    Timer {
        timer: &timer,
        service: &service,
        stem: "backup",
        is_of_user: false,
    }
    .read()
}

#[test]
fn a_timer_and_its_service_become_one_job() {
    let found = timer(
        "[Unit]\nDescription=When\n[Timer]\nOnCalendar=daily\nOnCalendar=\n\
        OnCalendar=Mon..Fri *-*-* 02:30\nPersistent=true\n[Install]\nWantedBy=timers.target\n",
        "[Unit]\nDescription=Nightly backup\n[Service]\nType=oneshot\nUser=ana\n\
        WorkingDirectory=/srv\nEnvironment=A=1 \"B=two words\"\nEnvironment=C=100%%\n\
        ExecStart=/usr/bin/backup --to \"my disk\" \\\n  # not a word\n  'a\\x41' 5%% \\;\n",
    );
    let [Found::Job(job)] = &found[..] else {
        panic!("{found:?}");
    };
    assert_eq!(job.description.as_deref(), Some("Nightly backup"));
    let made = made(job).unwrap();
    assert_eq!(
        argv(&made),
        ["/usr/bin/backup", "--to", "my disk", "aA", "5%", ";"]
    );
    let around = &made.program.surroundings;
    assert_eq!(around.user.as_deref(), Some("ana"));
    assert_eq!(around.working_dir.as_deref(), Some(Path::new("/srv")));
    let literal = |text: &str| EnvValue::Literal(text.to_owned());
    assert_eq!(around.env["B"], literal("two words"));
    assert_eq!(around.env["C"], literal("100%"));
    assert_eq!(
        made.policies.misfire_grace_time,
        Duration::from_secs(604_800)
    );
    assert_eq!(made.policies.timeout, None);
}

/// Or refused.
#[test]
fn what_only_a_timer_says_is_named() {
    let good = "[Service]\nExecStart=/bin/x\n";
    let every = "[Timer]\nOnUnitActiveSec=90min\n";
    for (text, service, is_job, wanted) in [
        (
            "[Timer]\nOnBootSec=5min\n",
            good,
            true,
            "neither OnCalendar=",
        ),
        (
            "[Timer]\nOnCalendar=*-*~1\n",
            good,
            true,
            "cannot be said exactly",
        ),
        (
            "[Timer]\nOnCalendar=daily\nOnCalendar=hourly\n",
            good,
            true,
            "this is the second",
        ),
        (
            "[Timer]\nOnUnitInactiveSec=1h\n",
            good,
            true,
            "OnUnitInactiveSec= is not a schedule",
        ),
        (
            "[Timer]\nOnUnitActiveSec=1month\n",
            good,
            true,
            "not a whole number of seconds",
        ),
        (
            every,
            "[Service]\nType=forking\nExecStart=/bin/x\n",
            true,
            "Type=forking",
        ),
        (
            every,
            "[Service]\nExecStartPre=/bin/y\nExecStart=/bin/x\n",
            true,
            "ExecStartPre=/bin/y",
        ),
        (every, "[Service]\n", true, "no ExecStart="),
        (
            every,
            "[Service]\nExecStart=/bin/x\nExecStart=/bin/y\n",
            true,
            "exactly one program",
        ),
        (
            every,
            "[Service]\nExecStart=/bin/x ; /bin/y\n",
            true,
            "exactly one program",
        ),
        (
            every,
            "[Service]\nExecStart=-/bin/x\n",
            true,
            "the sign before the program",
        ),
        (
            every,
            "[Service]\nExecStart=/bin/x %h\n",
            true,
            "systemd fills in `%h`",
        ),
        (
            every,
            "[Service]\nExecStart=/bin/x ${A}\n",
            true,
            "systemd fills in `${A}`",
        ),
        (
            every,
            "[Service]\nExecStart=/bin/x \"a\n",
            true,
            "unclosed quote",
        ),
        (
            every,
            "[Service]\nExecStart=/bin/x \\q\n",
            true,
            "an escape in",
        ),
        (
            every,
            "[Service]\nExecStart=/bin/x\nEnvironment=A\n",
            true,
            "is not NAME=value",
        ),
        (
            every,
            "[Service]\nExecStart=/bin/x\nProtectHome=yes\n",
            false,
            "ProtectHome=yes has no",
        ),
        (
            "[Timer]\nOnUnitActiveSec=1h\nRandomizedDelaySec=5m\n",
            good,
            false,
            "RandomizedDelaySec=5m has no",
        ),
        (
            "[Timer]\nOnUnitActiveSec=1h\nOnBootSec=5m\n",
            good,
            false,
            "OnBootSec=5m has no",
        ),
    ] {
        let found = timer(text, service);
        let Found::Loss(loss) = &found[0] else {
            panic!("{text:?} {service:?}: {found:?}");
        };
        assert!(
            loss.words.en.contains(wanted),
            "{text:?} {service:?}: {loss:?}"
        );
        assert_eq!(
            (loss.is_job, found.len()),
            (is_job, 2 - usize::from(is_job)),
            "{found:?}"
        );
    }
    let found = timer(every, good);
    let [Found::Job(job)] = &found[..] else {
        panic!("{found:?}");
    };
    assert!(job::text("x", job, FRAME).contains("\n  minutes: 90\n"));
    assert_eq!(unit::read("[Timer]\nnonsense\n"), Err(2));
}

const CRONTAB: &str = "MAILTO=ana\n# Nightly.\n30 2 * * * /opt/backup.sh\n@reboot /opt/once\n\
    0 25 * * * late\n0 3 * * * /opt/backup.sh --weekly\n";

#[test]
fn a_crontab_comes_over_in_both_languages() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path();
    fs::create_dir_all(dir.join("jobs.d/old")).unwrap();
    fs::write(dir.join("jobs.d/old/backup.yaml"), "mine\n").unwrap();
    fs::write(dir.join("tab"), CRONTAB).unwrap();
    let (code, out, err) = jobsd(dir, &["import", "tab", "--lang", "en"], "");
    assert_eq!(out, "jobs.d/backup-2.yaml\njobs.d/backup-3.yaml\n");
    let wanted = "tab:1: lost: MAILTO=ana: nothing is mailed; \
        output is kept (jobsd logs), and contrib/prometheus alerts
tab:3: jobs.d/backup-2.yaml: Daily at 02:30
tab:4: not imported: @reboot is not a time: let systemd start it, \
    or write a job with `schedule_type: manual`
tab:5: not imported: hour: 25 is out of range 0-23; hour goes from 0 to 23";
    assert!(err.starts_with(wanted), "{err}");
    assert!(
        err.ends_with(
            "tab:6: jobs.d/backup-3.yaml: Daily at 03:00\nimported: 2; not imported: 2; lost: 1\n\
             times are in Europe/Paris; --tz names another zone\n"
        ),
        "{err}"
    );
    assert_eq!(code, Some(1));
    let text = fs::read_to_string(dir.join("jobs.d/backup-2.yaml")).unwrap();
    assert!(text.contains("\ndescription: \"Nightly.\"\n"), "{text}");
    assert!(text.contains("\ntimezone: Europe/Paris\n"), "{text}");
    assert!(text.contains("\nworking_dir: /"), "{text}");
    assert_eq!(
        fs::read_to_string(dir.join("jobs.d/old/backup.yaml")).unwrap(),
        "mine\n"
    );
    fs::remove_file(dir.join("jobs.d/old/backup.yaml")).unwrap();
    let (code, _, err) = jobsd(dir, &["validate"], "");
    assert_eq!(code, Some(0), "{err}");
    assert_eq!(jobsd(dir, &["fmt"], "").0, Some(0));

    let french = ["import", "-", "--lang", "fr", "--dry-run", "--dir", "new.d"];
    let (code, out, err) = jobsd(dir, &french, CRONTAB);
    assert_eq!(code, Some(1));
    assert!(!dir.join("new.d").exists(), "a dry run writes nothing");
    assert!(
        out.starts_with("# new.d/backup.yaml\n# yaml-language-server: "),
        "{out}"
    );
    assert!(
        out.contains("# Importé de -:3.\n# Cron laisse les exécutions se chevaucher"),
        "{out}"
    );
    assert!(out.contains("\n---\n# new.d/backup-2.yaml\n"), "{out}");
    for wanted in [
        "-:1: perdu : MAILTO=ana : rien n’est envoyé",
        "-:3: new.d/backup.yaml : Quotidien à 02:30",
        "-:4: non importé : @reboot n’est pas une échéance",
        "-:5: non importé : heure : 25 est hors limites 0-23 ; ",
        "importés : 2 ; non importés : 2 ; pertes : 1\n",
    ] {
        assert!(err.contains(wanted), "{wanted}: {err}");
    }
}

#[test]
fn a_timer_comes_over_from_its_folder() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path();
    let service = "[Service]\nExecStart=/usr/bin/clean\n";
    fs::write(
        dir.join("clean.timer"),
        "[Timer]\nOnCalendar=*-*-* 04:00\nPersistent=true\n",
    )
    .unwrap();
    let (code, _, err) = jobsd(dir, &["import", "clean.timer"], "");
    assert_eq!(code, Some(5), "its service is missing: {err}");
    fs::write(dir.join("clean.service"), service).unwrap();
    let (code, out, err) = jobsd(dir, &["import", "clean.timer"], "");
    assert_eq!(
        (code, out.as_str()),
        (Some(0), "jobs.d/clean.yaml\n"),
        "{err}"
    );
    let text = fs::read_to_string(dir.join("jobs.d/clean.yaml")).unwrap();
    assert!(text.contains("within a week, once.\n"), "{text}");
    assert!(text.contains("misfire_grace_time: 604800\n"), "{text}");
    fs::write(dir.join("clean.service"), format!("{service}Nice=5\n")).unwrap();
    let (code, out, err) = jobsd(dir, &["import", "clean.timer", "-q"], "");
    // The job is there already; what is lost of it is said again.
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert_eq!(err.lines().count(), 1, "{err}");
    assert!(err.starts_with("clean.service:3: lost: Nice=5 "), "{err}");
    fs::write(dir.join("clean.service"), service).unwrap();
    fs::create_dir(dir.join("clean.service.d")).unwrap();
    let (code, _, err) = jobsd(dir, &["import", "clean.timer", "-q"], "");
    assert_eq!(code, Some(1));
    assert!(
        err.starts_with("clean.service:1: lost: the files of clean.service.d change"),
        "{err}"
    );
}

#[test]
fn every_way_to_end_has_its_code() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path();
    fs::write(dir.join("good"), "0 0 * * * x\n").unwrap();
    fs::write(dir.join("empty"), "# nothing\n").unwrap();
    fs::write(dir.join("large"), vec![b'#'; (1 << 20) + 1]).unwrap();
    for (args, code) in [
        (["good"].as_slice(), 0),
        (&["empty"], 0),
        (&["large"], 5),
        (&["none"], 5),
        (&["."], 5),
        (&["good", "--dir", "good"], 5),
        (&["good", "--dir", "good/x"], 5),
        (&["good", "--from", "at"], 2),
        (&["-", "--from", "systemd"], 2),
        (&["good", "--from", "systemd", "--system"], 2),
        (&[], 2),
    ] {
        let (found, _, err) = jobsd(dir, &[&["import"], args].concat(), "");
        assert_eq!(found, Some(code), "{args:?}: {err}");
    }
    let (_, _, err) = jobsd(dir, &["import", "large"], "");
    assert!(err.contains("large is larger than 1048576 bytes"), "{err}");
    let mut command = clean(BIN);
    let args = [
        "import",
        "good",
        "--dir",
        "fresh",
        "--dry-run",
        "--lang",
        "en",
    ];
    let output = command
        .current_dir(dir)
        .args(args)
        .env("TZ", "JST-9")
        .output()
        .unwrap();
    let (out, err) = (output.stdout, output.stderr);
    let [out, err] = [out, err].map(|bytes| String::from_utf8(bytes).unwrap());
    assert_eq!(output.status.code(), Some(0));
    assert!(out.contains("\ntimezone: UTC\n"), "{out}");
    assert!(
        err.contains("warning: the zone of this machine is unknown"),
        "{err}"
    );
}

/// Each with its own id.
#[test]
fn ten_thousand_entries_are_imported_soon() {
    let begin = Instant::now();
    let lines: String = (0..10_000)
        .map(|n| format!("{} 3 * * * /opt/task {n}\n", n % 60))
        .collect();
    let mut ids = Ids::default();
    let mut seen = BTreeSet::new();
    for job in jobs(&lines) {
        let id = ids.free(&job.stem);
        ids.take(&id);
        seen.insert(id);
    }
    assert_eq!(seen.len(), 10_000);
    // The variables of a hostile file do not multiply.
    let value = "v".repeat(4_000);
    let hostile: String = (0..200).map(|n| format!("V{n}={value}\n")).collect();
    assert!(losses(&hostile, false).len() > 150);
    assert!(
        begin.elapsed() < Duration::from_secs(20),
        "{:?}",
        begin.elapsed()
    );
}

#[test]
fn what_an_earlier_import_brought_is_not_brought_again() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path();
    let crontab = "5 4 * * * /opt/a\n5 4 * * * /opt/a\n6 4 * * * /opt/b\n";
    let args = ["import", "-", "--tz", "UTC"];
    let (code, out, _) = jobsd(dir, &args, crontab);
    // Two equal entries of one crontab are two jobs, as they are to cron.
    let first = "jobs.d/a.yaml\njobs.d/a-2.yaml\njobs.d/b.yaml\n";
    assert_eq!((code, out.as_str()), (Some(0), first));
    let (code, out, err) = jobsd(dir, &args, crontab);
    assert_eq!((code, out.as_str()), (Some(0), ""));
    assert_eq!(err.matches("already says the same").count(), 3, "{err}");
    // A third one is a further job.
    let more = format!("5 5 * * * /opt/a\n{crontab}");
    let (_, out, _) = jobsd(dir, &args, &more);
    assert_eq!(out, "jobs.d/a-3.yaml\n");
}

/// Whatever zone is named, and also where a file has another name by now.
#[test]
fn an_entry_is_never_written_twice() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path();
    let crontab = "5 4 * * * /opt/a\n6 4 * * * /opt/a\n7 4 * * * /opt/b\n";
    let import =
        |args: &[&str], crontab: &str| jobsd(dir, &[&["import", "-"], args].concat(), crontab);
    let (code, ..) = import(&["--tz", "UTC"], crontab);
    assert_eq!(code, Some(0));
    fs::rename(dir.join("jobs.d/b.yaml"), dir.join("jobs.d/nightly.yaml")).unwrap();
    let (code, out, err) = import(&["--tz", "Europe/Paris"], crontab);
    assert_eq!((code, out.as_str()), (Some(1), ""), "{err}");
    for (line, file) in [(1, "a"), (2, "a-2"), (3, "nightly")] {
        let told = format!("-:{line}: differs from jobs.d/{file}.yaml (timezone): --update ");
        assert!(err.contains(&told), "{told}: {err}");
    }
    // A changed line is the entry that it was, with a comment and a key of its own kept.
    let path = dir.join("jobs.d/nightly.yaml");
    let text = fs::read_to_string(&path).unwrap() + "# ours\nretry:\n  max_attempts: 3\n";
    fs::write(&path, text).unwrap();
    let changed = crontab.replace("7 4", "7 5");
    let (code, out, err) = import(&["--tz", "UTC"], &changed);
    assert_eq!((code, out.as_str()), (Some(1), ""), "{err}");
    let told = "-:3: differs from jobs.d/nightly.yaml (schedule_config): --update takes it over";
    assert!(err.contains(told), "{err}");
    let (code, out, err) = import(&["--tz", "UTC", "--update"], &changed);
    assert_eq!(
        (code, out.as_str()),
        (Some(0), "jobs.d/nightly.yaml\n"),
        "{err}"
    );
    let text = fs::read_to_string(&path).unwrap();
    assert!(
        text.contains("7 5 * * *") && text.contains("# ours\nretry:"),
        "{text}"
    );
    let (code, _, err) = import(&["--tz", "UTC"], &changed);
    assert_eq!(code, Some(0));
    assert_eq!(err.matches("already says the same").count(), 3, "{err}");
    assert_eq!(fs::read_dir(dir.join("jobs.d")).unwrap().count(), 3);
}
