//! The forms of a job and of the settings: what they write, and what they say runs lack.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::fs;

use jobsd::form::draft::Draft;
use jobsd::form::field::Unreadable;
use jobsd::form::need::{What, needs};
use jobsd::form::settings::SettingsDraft;
use jobsd::page::past::Found;
use jobsd::rewrite::merge::merge;
use jobsd::rewrite::write::render;
use jobsd::shell::http::seek::find;
use jobsd::spec::types::config::Settings;
use jobsd::spec::yaml::reader;
use serde_json::{Map, Value, json};

/// What a form sends.
fn pairs(sent: &[(&str, &str)]) -> Vec<(String, String)> {
    let all = [("form", "1")].iter().chain(sent);
    all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// The keys that a new job gets from a form, and the fields that cannot be read.
fn keys(
    sent: &[(&str, &str)],
    settings: &Settings,
) -> (Map<String, Value>, Vec<(&'static str, Unreadable)>) {
    let mut draft = Draft::new(settings, "UTC");
    draft.take(&pairs(sent));
    draft.keys(&json!({}), settings)
}

/// Settings with defaults of a bot.
fn settings(bot: &str, defaults: &Value) -> Settings {
    let mut settings = Settings::default();
    let map = defaults.as_object().unwrap().clone();
    settings.bot_defaults.insert(bot.to_owned(), map);
    settings
}

const MAIL: [(&str, &str); 9] = [
    ("name", "Vœux"),
    ("contacts", "contacts.vcf"),
    ("via", "smtp"),
    ("smtp_host", "mail.example.org"),
    ("smtp_from", "Ana <ana@example.org>"),
    ("smtp_user", "ana"),
    ("smtp_password", "SMTP_PASSWORD"),
    ("subjects", "Joyeux anniversaire, {first_name} !"),
    ("messages", "Bonjour,\n\nà toi.\n---\nSalut !"),
];

#[test]
fn a_bot_is_made_without_yaml() {
    let (keys, bad) = keys(&MAIL, &Settings::default());
    assert_eq!(bad, []);
    assert_eq!(
        keys["bot_config"],
        json!({
            "contacts": "contacts.vcf",
            "delivery": {"smtp": {"host": "mail.example.org", "user": "ana",
                "password": {"from_env": "SMTP_PASSWORD"}, "from": "Ana <ana@example.org>"}},
            "templates": {"subjects": ["Joyeux anniversaire, {first_name} !"],
                "messages": ["Bonjour,\n\nà toi.", "Salut !"]},
        })
    );
    let text = render(&keys);
    let read = reader::parse(text.as_bytes()).root.unwrap().to_json();
    assert_eq!(read, Value::Object(keys));
}

/// What `jobsd.yaml` says of all bots is what a form begins with, and what differs from it is
/// written.
#[test]
fn a_form_knows_what_settings_say() {
    let settings = settings(
        "birthday",
        &json!({"process_late": true, "contacts": "a.vcf"}),
    );
    let draft = Draft::new(&settings, "UTC");
    assert_eq!(draft.value("contacts"), "a.vcf");
    assert_eq!(draft.value("process_late"), "on");
    let (keys, _) = keys(&[("name", "x"), ("via", "")], &settings);
    assert_eq!(keys["bot_config"]["process_late"], false);
    assert_eq!(keys["bot_config"].get("contacts"), None);
}

#[test]
fn one_way_of_sending_replaces_the_other() {
    let file = json!({"name": "x", "bot_type": "birthday", "schedule_type": "manual",
        "bot_config": {"delivery": {"smtp": {"host": "h", "from": "a@example.org"}}}});
    let settings = Settings::default();
    let mut draft = Draft::of_file(&file, &settings);
    assert_eq!(draft.value("via"), "smtp");
    draft.take(&[
        ("via".to_owned(), "webhook".to_owned()),
        ("hook_url".to_owned(), "HOOK_URL".to_owned()),
    ]);
    let (keys, _) = draft.keys(&file, &settings);
    let delivery = json!({"webhook": {"url": {"from_env": "HOOK_URL"}}});
    assert_eq!(keys["bot_config"]["delivery"], delivery);
}

#[test]
fn a_password_is_no_place_of_one() {
    let of = |text: &str| {
        let mut sent = MAIL.to_vec();
        sent[6].1 = text;
        let (keys, bad) = keys(&sent, &Settings::default());
        let smtp = keys["bot_config"]["delivery"]["smtp"].clone();
        (smtp.get("password").cloned(), bad)
    };
    let refused = vec![("smtp_password", Unreadable::Secret)];
    for text in ["hunter2", "S3cret!pass", "a/b", "pass word"] {
        assert_eq!(of(text), (None, refused.clone()), "{text}");
    }
    let file = |path: &str| Some(json!({"from_file": path}));
    assert_eq!(of("/run/secrets/smtp"), (file("/run/secrets/smtp"), vec![]));
    assert_eq!(of("file:secret"), (file("secret"), vec![]));
    assert_eq!(
        of("env:lower"),
        (Some(json!({"from_env": "lower"})), vec![])
    );
}

/// As the plan has it: days of lateness without late birthdays are not kept.
#[test]
fn days_of_lateness_go_with_late_birthdays() {
    let sent = [("name", "x"), ("via", ""), ("max_days_late", "14")];
    let (off, _) = keys(&sent, &Settings::default());
    assert_eq!(off.get("bot_config"), None);
    let sent = [&sent[..], &[("process_late", "on")]].concat();
    let (on, _) = keys(&sent, &Settings::default());
    assert_eq!(on["bot_config"]["max_days_late"], 14);
}

#[test]
fn what_runs_need_is_found_in_the_keys() {
    let of = |sent: &[(&str, &str)], settings: &Settings| {
        let mut draft = Draft::new(settings, "UTC");
        draft.take(&pairs(sent));
        let (keys, _) = draft.keys(&json!({}), settings);
        let found = needs(&draft, &keys, settings).into_iter();
        found
            .map(|need| (need.field, need.what))
            .collect::<Vec<_>>()
    };
    let contacts = |path: &str| What::Contacts(path.to_owned(), String::new());
    let variable = |name: &str| What::Variable(name.to_owned());
    let program = |name: &str| What::Program(name.to_owned(), String::new());
    assert_eq!(
        of(&MAIL, &Settings::default()),
        [
            ("contacts", contacts("contacts.vcf")),
            ("smtp_password", variable("SMTP_PASSWORD"))
        ]
    );
    let own = [&MAIL[..], &[("env", "SMTP_PASSWORD: x")]].concat();
    assert_eq!(
        of(&own, &Settings::default()),
        [("contacts", contacts("contacts.vcf"))]
    );
    // What comes from jobsd.yaml is shown where it is chosen.
    let set = settings(
        "birthday",
        &json!({"contacts": "all.vcf",
            "delivery": {"smtp": {"host": "h", "from": "a@b.c", "password": {"from_env": "P"}}}}),
    );
    assert_eq!(
        of(&[("name", "x"), ("via", "")], &set),
        [("contacts", contacts("all.vcf")), ("via", variable("P"))]
    );
    let command = [
        ("name", "x"),
        ("bot_type", "command"),
        ("argv", "bin/x\n-a"),
    ];
    assert_eq!(
        of(&command, &Settings::default()),
        [("argv", program("bin/x"))]
    );
}

#[test]
fn what_runs_need_is_looked_for() {
    let dir = tempfile::tempdir().unwrap();
    let base = dir.path().join("repo");
    fs::create_dir(&base).unwrap();
    fs::write(dir.path().join("out.vcf"), "").unwrap();
    let card = "BEGIN:VCARD\nVERSION:3.0\nFN:Ana\nEMAIL:a@example.org\nBDAY:--0312\nEND:VCARD\n";
    fs::write(base.join("good.vcf"), card).unwrap();
    fs::write(
        base.join("empty.vcf"),
        "BEGIN:VCARD\nVERSION:3.0\nFN:Ana\nEND:VCARD\n",
    )
    .unwrap();
    fs::write(base.join("pages.txt"), "# none yet\n").unwrap();
    let look = |what: &What, may| find(what, &base, may);
    let contacts = |path: &str| What::Contacts(path.to_owned(), String::new());
    let is_lacking = |what: &What| matches!(look(what, false), Found::Lacking(_));
    assert_eq!(look(&contacts("good.vcf"), false), Found::There);
    assert!(is_lacking(&contacts("empty.vcf")), "nobody in it");
    assert!(is_lacking(&contacts("absent.vcf")));
    assert!(is_lacking(&contacts("absent/deep.vcf")));
    assert!(is_lacking(&What::Pages("pages.txt".to_owned())), "no page");
    assert!(is_lacking(&What::Program(
        "no-such-program-9".to_owned(),
        String::new()
    )));
    assert!(is_lacking(&What::Variable("NO_SUCH_VARIABLE_9".to_owned())));
    let sh = What::Program("sh".to_owned(), String::new());
    assert_eq!(look(&sh, false), Found::There);
    // A visitor learns nothing of what is out of the folder.
    std::os::unix::fs::symlink(dir.path(), base.join("link")).unwrap();
    for path in ["../out.vcf", "../absent.vcf", "/etc/passwd", "link/out.vcf"] {
        assert_eq!(look(&contacts(path), false), Found::Unseen, "{path}");
    }
    assert_eq!(
        look(&What::Path("/etc/passwd".to_owned()), true),
        Found::There
    );
}

const FILE: &str = "# Ours.\njobs: jobs.d # here\nbots:\n  birthday:\n    defaults:\n      \
    contacts: a.vcf\n      process_late: true\ndefaults:\n  timezone: Europe/Paris\n  \
    max_instances: 2\n";

#[test]
fn settings_are_written_with_their_comments() {
    let file = reader::parse(FILE.as_bytes()).root.unwrap().to_json();
    let mut draft = SettingsDraft::of_file(&file);
    assert_eq!(draft.value("set_tz"), "Europe/Paris");
    assert_eq!(draft.value("set_defaults"), "max_instances: 2\n");
    assert_eq!(draft.value("max_messages_per_run"), "10");
    let (same, bad) = draft.keys(&file);
    assert_eq!((Value::Object(same), bad), (file.clone(), vec![]));
    draft.take(&[
        ("set_tz".to_owned(), "UTC".to_owned()),
        ("limit".to_owned(), "20".to_owned()),
        ("max_runs".to_owned(), "8".to_owned()),
    ]);
    let (fresh, _) = draft.keys(&file);
    insta::assert_snapshot!(merge(FILE, &fresh).unwrap(), @r"
    # Ours.
    jobs: jobs.d # here
    bots:
      birthday:
        defaults:
          contacts: a.vcf
          process_late: true
      visitor: {defaults: {limit: 20}}
    defaults:
      timezone: UTC
      max_instances: 2
    max_concurrent_runs: 8
    ");
}
