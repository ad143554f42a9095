//! Jobs in the words of cron and systemd: what is said is read back as the very same, what cannot
//! be said is named.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::fs;
use std::sync::Arc;

use crate::support::child::{clean, jobsd};
use jobsd::foreign::crontab::Crontab;
use jobsd::foreign::export;
use jobsd::foreign::job::{Foreign, Found, Task, When};
use jobsd::foreign::{systemd_time, to_crontab, to_timer, unit};
use jobsd::model::job::Job;
use jobsd::schedule::expression::Cron;
use jobsd::spec::SourceFile;
use jobsd::spec::jobs::loader;
use jobsd::spec::types::config::Settings;
use proptest::prelude::*;
use serde_json::{Value, json};

fn job(body: &str) -> Arc<Job> {
    let file = SourceFile {
        path: "jobs.d/x.yaml".to_owned(),
        bytes: format!("name: X\nbot_type: command\n{body}\n").into_bytes(),
    };
    let loaded = loader::load(&[file], &Settings::default());
    let job = loaded.jobs.into_values().next();
    job.unwrap_or_else(|| panic!("{body}: {:?}", loaded.diagnostics))
}

fn of_cron(text: &str) -> Arc<Job> {
    let cron = json!(text);
    job(&format!(
        "bot_config: {{shell: x}}\nschedule_type: cron\n\
        schedule_config: {{cron_expression: {cron}}}\ntimeout: null"
    ))
}

/// The entry, read back as cron reads it.
fn read_back(text: &str) -> Foreign {
    match Crontab::new(text.as_bytes(), false).last() {
        Some(Found::Job(job)) => *job,
        other => panic!("{text}: {other:?}"),
    }
}

/// The value of a key of a unit.
fn setting(text: &str, key: &str) -> String {
    let settings = unit::read(text).unwrap();
    let found = settings.into_iter().find(|setting| setting.key == key);
    found.unwrap_or_else(|| panic!("{key}: {text}")).value
}

fn times(job: &Job) -> [Result<String, String>; 2] {
    let cron = to_crontab::entry(job, "/srv");
    let cron = cron.map(|exported| {
        let When::Cron(text) = read_back(&exported.text).when else {
            panic!("{exported:?}");
        };
        text
    });
    let timer = to_timer::units(job, "/srv");
    let timer = timer.map(|exported| setting(&exported.text, "OnCalendar"));
    [
        cron.map_err(|words| words.en),
        timer.map_err(|words| words.en),
    ]
}

#[test]
fn due_times_are_said_exactly_or_not_at_all() {
    for (text, cron, timer) in [
        ("30 2 * * *", Some("30 2 * * *"), Some("*-*-* 02:30:00 UTC")),
        ("@daily", Some("0 0 * * *"), Some("*-*-* 00:00:00 UTC")),
        (
            "*/15 * * * *",
            Some("*/15 * * * *"),
            Some("*-*-* *:00,15,30,45:00 UTC"),
        ),
        (
            "0 9 * jan-mar fri-sun",
            Some("0 9 * 1-3 0,5-6"),
            Some("Sun,Fri,Sat *-01,02,03-* 09:00:00 UTC"),
        ),
        (
            "5 8-10 1,15 * *",
            Some("5 8-10 1,15 * *"),
            Some("*-*-01,15 08,09,10:05:00 UTC"),
        ),
        ("0 0 13 * 5", Some("0 0 13 * 5"), None),
        (
            "0 0 */2 * mon",
            Some("0 0 */2 * 1"),
            Some("Mon *-*-01,03,05,07,09,11,13,15,17,19,21,23,25,27,29,31 00:00:00 UTC"),
        ),
        (
            "0 0 1-31 * 1",
            Some("0 0 1-31 * 1"),
            Some("*-*-* 00:00:00 UTC"),
        ),
        ("0 0 L * *", None, None),
        ("0 0 * * 5#2", None, None),
        (
            "7-59/10 3 * * *",
            Some("7-59/10 3 * * *"),
            Some("*-*-* 03:07,17,27,37,47,57:00 UTC"),
        ),
    ] {
        let job = of_cron(text);
        let [found_cron, found_timer] = times(&job);
        assert_eq!(found_cron.as_deref().ok(), cron, "{text}: {found_cron:?}");
        if let Some(cron) = cron {
            let back = Cron::parse(cron, false).unwrap().civil();
            assert_eq!(Some(back), job.schedule.civil(), "{text}");
        }
        assert_eq!(
            found_timer.as_deref().ok(),
            timer,
            "{text}: {found_timer:?}"
        );
    }
    let every = |config: &str| {
        job(&format!(
            "bot_config: {{shell: x}}\nschedule_type: interval\nschedule_config: {config}\n\
            timezone: Europe/Paris"
        ))
    };
    for (config, cron, timer) in [
        (
            "{minutes: 15}",
            Some("*/15 * * * *"),
            Some("*-*-* *:00,15,30,45:00 UTC"),
        ),
        ("{minutes: 1}", Some("* * * * *"), Some("*-*-* *:*:00 UTC")),
        ("{hours: 24}", Some("0 0 * * *"), Some("*-*-* 00:00:00 UTC")),
        (
            "{hours: 6}",
            Some("0 */6 * * *"),
            Some("*-*-* 00,06,12,18:00:00 UTC"),
        ),
        ("{seconds: 20}", None, Some("*-*-* *:*:00,20,40 UTC")),
        ("{minutes: 7}", None, None),
        ("{hours: 48}", None, None),
        ("{minutes: 15, anchor: '2026-01-01T00:05:00Z'}", None, None),
        (
            "{minutes: 15, anchor: '2026-01-01T01:00:00+01:00'}",
            Some("*/15 * * * *"),
            Some("*-*-* *:00,15,30,45:00 UTC"),
        ),
    ] {
        let [found_cron, found_timer] = times(&every(config));
        assert_eq!(found_cron.as_deref().ok(), cron, "{config}: {found_cron:?}");
        assert_eq!(
            found_timer.as_deref().ok(),
            timer,
            "{config}: {found_timer:?}"
        );
    }
    let weekly = job("bot_config: {shell: x}\nschedule_type: weekly\n\
        schedule_config: {day_of_week: 'mon-fri', hour: 9}\ntimezone: Europe/Paris");
    let [cron, timer] = times(&weekly);
    assert_eq!(cron.unwrap(), "0 9 * * 1-5");
    assert_eq!(
        timer.unwrap(),
        "Mon,Tue,Wed,Thu,Fri *-*-* 09:00:00 Europe/Paris"
    );
}

/// What would be another job is refused.
#[test]
fn an_export_lists_what_is_lost() {
    let lost = |body: &str| {
        let job = job(&format!(
            "bot_config: {{shell: x}}\nschedule_type: daily\nschedule_config: {{hour: 8}}\n{body}"
        ));
        let lost = |exported: Result<export::Exported, _>| match exported {
            Ok(exported) => exported.lost.join(", "),
            Err(words) => format!(
                "refused: {}",
                jobsd::text::Text::get(&words, jobsd::text::Lang::En)
            ),
        };
        [
            lost(to_crontab::entry(&job, "/srv")),
            lost(to_timer::units(&job, "/srv")),
        ]
    };
    assert_eq!(
        lost(""),
        [
            "misfire_grace_time: 3600, overlap: skip, timeout: 3600",
            "misfire_grace_time: 3600"
        ]
    );
    assert_eq!(
        lost("timeout: null\nmisfire_grace_time: 0\nmax_instances: 2\nuser: ana\numask: '027'"),
        [
            "max_instances: 2, user: ana, umask: 027",
            "max_instances: 2"
        ]
    );
    assert_eq!(
        lost(
            "timezone: Europe/Paris\nmisfire_grace_time: 0\ntimeout: null\n\
            retry: {max_attempts: 3}\nlabels: {a: b}"
        ),
        [
            "retry, labels, overlap: skip",
            "retry, labels, timezone: Europe/Paris (clock changes)"
        ]
    );
    for body in ["env: {A: {from_env: B}}", "env_file: x"] {
        let [cron, timer] = lost(body);
        assert!(
            cron.starts_with("refused: ") && timer == cron,
            "{cron} {timer}"
        );
    }
    let refused = |config: &str| {
        let job = job(&format!(
            "bot_config: {config}\nschedule_type: daily\nschedule_config: {{hour: 8}}"
        ));
        [
            to_crontab::entry(&job, "/srv").is_err(),
            to_timer::units(&job, "/srv").is_err(),
        ]
    };
    assert_eq!(refused("{shell: \"a\\nb\"}"), [true, false]);
    assert_eq!(refused("{shell: x, stdin: y}"), [true, true]);
    assert_eq!(refused("{shell: x, stdin: \"y\\n\"}"), [false, true]);
    assert_eq!(refused("{command: ['-x']}"), [false, true]);
    assert_eq!(
        refused(&format!("{{shell: {}}}", "x".repeat(999))),
        [true, false]
    );
}

/// Words of a program that have every kind of sign, on one line.
fn word() -> impl Strategy<Value = String> {
    let signs = prop::sample::select(vec![
        '\'', '"', '\\', '%', '$', ' ', ';', '#', '`', '!', '*', 'é', '\t',
    ]);
    let any_char = any::<char>().prop_filter("one line", |c| !c.is_control());
    prop::collection::vec(prop_oneof![signs, any_char], 0..12)
        .prop_map(|chars| chars.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn programs_are_read_back_word_for_word(
        words in prop::collection::vec(word(), 1..4), value in word(), stdin in word()
    ) {
        let stdin = stdin.trim_matches('\\').to_owned() + "\n";
        let argv = json!([vec!["printf".to_owned(), "%s|".to_owned()], words.clone()].concat());
        let is_hidden = |c| jobsd::text::is_hidden(c) || u32::from(c) & 0xfffe == 0xfffe;
        let is_sound = |text: &str| !text.chars().any(is_hidden);
        prop_assume!(words.iter().chain([&value]).all(|word| is_sound(word.trim_matches('\t'))));
        prop_assume!(is_sound(stdin.trim_end().trim_matches('\t')) && stdin.len() > 1);
        let has_tab = |word: &String| word.trim_end_matches('\n').contains('\t');
        prop_assume!(!words.iter().chain([&value, &stdin]).any(has_tab));
        let body = |stdin: &str| format!(
            "bot_config: {{command: {argv}{stdin}}}\nschedule_type: daily\n\
            schedule_config: {{hour: 8}}\nenv: {{A: {}}}", json!(value)
        );
        let with_stdin = body(&format!(", stdin: {}", json!(stdin)));
        let entry = to_crontab::entry(&job(&with_stdin), "/").unwrap();
        let back = read_back(&entry.text);
        prop_assert_eq!(back.stdin.as_deref(), Some(stdin.as_str()));
        let Task::Shell(shell) = back.task else { panic!("{:?}", back.task) };
        // What the shell makes of it, with the variable after the words.
        let probe = shell.replace("exec printf", "printf") + "; printf '%s' \"$A\"";
        let output = clean("/bin/sh").args(["-c", &probe]).output().unwrap();
        let wanted = words.iter().fold(String::new(), |text, word| text + word + "|") + &value;
        prop_assert_eq!(String::from_utf8_lossy(&output.stdout), wanted);
        let units = to_timer::units(&job(&body("")), "/").unwrap();
        let found = unit::command_words(&setting(&units.text, "ExecStart")).unwrap();
        prop_assert_eq!(json!(found), argv);
        let pairs = unit::assignments(&setting(&units.text, "Environment")).unwrap();
        prop_assert_eq!(pairs, vec![("A".to_owned(), value)]);
    }

    #[test]
    fn timers_name_the_very_times(
        minutes in 0..60u8, hour in 0..24u8, days in prop::collection::btree_set(0..7u8, 1..6)
    ) {
        let days = days.iter().map(u8::to_string).collect::<Vec<_>>().join(",");
        let job = of_cron(&format!("{minutes} {hour} * * {days}"));
        let units = to_timer::units(&job, "/").unwrap();
        let (cron, zone) = systemd_time::cron_of(&setting(&units.text, "OnCalendar")).unwrap();
        prop_assert_eq!(zone.as_deref(), Some("UTC"));
        prop_assert_eq!(Some(Cron::parse(&cron, false).unwrap().civil()), job.schedule.civil());
    }
}

#[test]
fn jobs_leave_in_both_languages_and_as_a_document() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path();
    fs::create_dir(dir.join("jobs.d")).unwrap();
    let write =
        |id: &str, text: &str| fs::write(dir.join(format!("jobs.d/{id}.yaml")), text).unwrap();
    write(
        "backup",
        "name: Nightly\ndescription: \"Kept\\n30 days.\"\nbot_type: command\n\
        bot_config: {shell: 'tar -c / | gzip > \"$(date +%F)\"'}\nschedule_type: daily\n\
        schedule_config: {hour: 3, minute: 5}\ntimezone: Europe/Paris\n\
        working_dir: /srv/my backups\nenv: {LANG: C}\ntimeout: null\n",
    );
    write(
        "hello",
        "name: Hello\nenabled: false\nbot_type: command\nbot_config: {command: [echo, it's]}\n\
        schedule_type: interval\nschedule_config: {hours: 1}\nworking_dir: /\n",
    );
    write(
        "later",
        "name: Later\nbot_type: command\nbot_config: {command: [echo]}\nschedule_type: manual\n",
    );
    let (code, out, err) = jobsd(
        dir,
        &["export", "--all", "--to", "crontab", "--lang", "en"],
        "",
    );
    assert_eq!(
        out,
        "SHELL=/bin/sh
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
MAILTO=\"\"

CRON_TZ=Europe/Paris
# Nightly
# Kept
# 30 days.
5 3 * * * cd '/srv/my backups' || exit 1; export LANG=C; tar -c / | gzip > \"$(date +\\%F)\"

CRON_TZ=UTC
# Hello
#0 * * * * cd / || exit 1; exec echo 'it'\\''s'
"
    );
    assert_eq!(
        err,
        "jobs.d/backup.yaml: lost: misfire_grace_time: 3600, overlap: skip
CRON_TZ=UTC is written: cronie honors it, Debian's cron ignores it and uses the zone of the machine
jobs.d/hello.yaml: lost: misfire_grace_time: 3600, overlap: skip, timeout: 3600, timezone: UTC
jobs.d/later.yaml: not exported: it has no due times (`schedule_type: manual`): \
    start it by hand there too
exported: 2; not exported: 1; with losses: 2
"
    );
    assert_eq!(code, Some(1));
    let (code, out, err) = jobsd(
        dir,
        &["export", "backup", "--to", "systemd", "--lang", "fr"],
        "",
    );
    assert_eq!(
        out,
        "# backup.timer
[Unit]
Description=Nightly

[Timer]
OnCalendar=*-*-* 03:05:00 Europe/Paris
AccuracySec=1s
Persistent=true

[Install]
WantedBy=timers.target

# backup.service
[Unit]
Description=Nightly

[Service]
Type=oneshot
ExecStart=\"/bin/sh\" \"-c\" \"tar -c / | gzip > \\\"$$(date +%%F)\\\"\"
WorkingDirectory=/srv/my backups
Environment=\"LANG=C\"
TimeoutStartSec=infinity
TimeoutStopSec=10
"
    );
    assert_eq!(
        err,
        "jobs.d/backup.yaml: perdu : misfire_grace_time: 3600, timezone: Europe/Paris (clock \
        changes)\nexportés : 1 ; non exportés : 0 ; avec pertes : 1\n"
    );
    assert_eq!(code, Some(1));
    let (code, out, err) = jobsd(dir, &["export", "--all", "--to", "json"], "");
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let document: Value = serde_json::from_str(&out).unwrap();
    let (_, schema, _) = jobsd(dir, &["schema", "export"], "");
    let schema = serde_json::from_str(&schema).unwrap();
    assert!(
        jsonschema::validator_for(&schema)
            .unwrap()
            .is_valid(&document),
        "{out}"
    );
    assert_eq!(
        document["jobs"][0]["definition"]["schedule_config"]["hour"],
        3
    );
    // A crontab that was exported comes over again.
    fs::write(
        dir.join("tab"),
        jobsd(dir, &["export", "backup", "--to", "crontab"], "").1,
    )
    .unwrap();
    let (code, out, err) = jobsd(dir, &["import", "tab", "--dry-run"], "");
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("timezone: Europe/Paris\n"), "{out}");
}
