//! Every kind of bot with every kind of schedule, the made-up ones of these tests too, goes the
//! whole way of a file: schema, checks, job, digest, words, form. A new kind needs no line here.
#![allow(clippy::unwrap_used, reason = "tests")]

use serde_json::{Map, Value, json};

use crate::bot::{self, BOTS};
use crate::form::draft::Draft;
use crate::form::field::FIELDS;
use crate::model::job::Job;
use crate::rewrite::write::render;
use crate::schedule::{self, KINDS};
use crate::spec::SourceFile;
use crate::spec::jobs::compile::restore;
use crate::spec::jobs::loader::{Loaded, load};
use crate::spec::rules::branch;
use crate::spec::rules::schema::{CONFIG, JOB};
use crate::spec::types::config::Settings;
use crate::spec::types::part::{properties, property, words};
use crate::text::Lang;
use crate::view::answer::job::JobAnswer;
use crate::view::shapes;

/// The schema of a kind's config, with the examples of its keys, as the schema of a job has it.
fn schema_of(tag: &str, name: &str) -> Value {
    let branch = branch::of_kind(JOB.schema(), tag, name);
    branch.unwrap().config.clone()
}

/// A config of examples: of the required keys, or of the first one.
fn config(schema: &Value) -> Map<String, Value> {
    let required = schema.get("required").and_then(Value::as_array);
    let required: Vec<&str> = match required {
        Some(required) => required.iter().filter_map(Value::as_str).collect(),
        None => properties(schema).map(|(key, _)| key).take(1).collect(),
    };
    let example = |key: &str| {
        let examples = property(schema, key).unwrap().get("examples");
        (key.to_owned(), examples.unwrap().get(0).unwrap().clone())
    };
    required.into_iter().map(example).collect()
}

/// Sets a key of a config.
fn set(keys: &mut Map<String, Value>, config: &str, key: &str, value: impl Into<Value>) {
    let config = keys.entry(config).or_insert_with(|| json!({}));
    let config = config.as_object_mut().unwrap();
    config.insert(key.to_owned(), value.into());
}

/// A job of examples, as the keys of its file.
fn keys(bot: &str, schedule: &str) -> Map<String, Value> {
    let json = json!({
        "name": "Any",
        "bot_type": bot,
        "bot_config": config(&schema_of("bot_type", bot)),
        "schedule_type": schedule,
        "schedule_config": config(&schema_of("schedule_type", schedule)),
    });
    let mut keys = json.as_object().cloned().unwrap();
    keys.retain(|_, value| value.as_object().is_none_or(|map| !map.is_empty()));
    keys
}

fn loaded(keys: &Map<String, Value>) -> Loaded {
    let file = SourceFile {
        path: "jobs.d/any.yaml".to_owned(),
        bytes: render(keys).into_bytes(),
    };
    load(&[file], &Settings::default())
}

fn job(keys: &Map<String, Value>) -> Job {
    let loaded = loaded(keys);
    let job = loaded.jobs.values().next();
    (**job.unwrap_or_else(|| panic!("{keys:?}: {:?}", loaded.diagnostics))).clone()
}

#[test]
fn every_pair_of_kinds_is_a_job() {
    for (bot, schedule) in BOTS
        .iter()
        .flat_map(|bot| KINDS.iter().map(move |kind| (bot, kind)))
    {
        let keys = keys(bot.name, schedule.name);
        let job = job(&keys);
        assert_eq!((job.bot, job.schedule.kind()), (*bot, *schedule));
        let again = restore(
            job.id.clone(),
            &job.file,
            &job.definition,
            &Settings::default(),
        );
        assert_eq!(again.unwrap().digest, job.digest, "{keys:?}");
        for lang in [Lang::En, Lang::Fr] {
            assert!(!job.schedule.in_words(lang).is_empty(), "{keys:?}");
        }
    }
}

#[test]
fn the_made_up_kinds_do_what_they_say() {
    let mut keys = keys("postcard", "monthly");
    keys.insert("timezone".to_owned(), "UTC".into());
    let made = job(&keys);
    assert_eq!(
        made.schedule.in_words(Lang::En),
        "At 08:00, on day 15 of the month"
    );
    assert_eq!(
        made.program.arguments().collect::<Vec<_>>(),
        ["bot", "postcard"]
    );
    set(&mut keys, "bot_config", "text", " ");
    set(&mut keys, "schedule_config", "day", 29);
    let found = loaded(&keys).diagnostics;
    let found: Vec<(&str, &str)> = found
        .iter()
        .map(|one| (one.key.as_str(), one.code))
        .collect();
    assert_eq!(
        found,
        [
            ("bot_config.text", "length"),
            ("schedule_config.day", "range")
        ]
    );
}

#[test]
fn keys_unknown_to_a_kind_are_refused() {
    let pairs = BOTS.iter().map(|kind| (kind.name, KINDS[0].name));
    let pairs = pairs.chain(KINDS.iter().map(|kind| (BOTS[0].name, kind.name)));
    for (bot, schedule) in pairs {
        for config in ["bot_config", "schedule_config"] {
            let mut keys = keys(bot, schedule);
            set(&mut keys, config, "zebra", 1);
            let found = loaded(&keys).diagnostics;
            let is_it = found.iter().any(|one| one.key == format!("{config}.zebra"));
            assert!(is_it && found[0].is_error(), "{bot} {schedule}: {found:?}");
        }
    }
}

#[test]
fn every_kind_stands_wherever_kinds_are_listed() {
    let shape = shapes::of::<JobAnswer>();
    let names = |key| words(property(shape.as_value(), key).unwrap());
    let bots = property(CONFIG.schema(), "bots").unwrap();
    for kind in BOTS {
        assert!(names("bot_type").contains(&kind.name));
        let own = property(bots, kind.name);
        assert_eq!(own.is_some(), kind.settings.is_some(), "{}", kind.name);
        assert!(!kind.icon.is_empty());
        assert!(kind.texts.label.iter().all(|label| !label.is_empty()));
        assert_eq!(bot::kind(kind.name), Some(*kind));
    }
    for kind in KINDS {
        assert!(names("schedule_type").contains(&kind.name));
        assert!(kind.label.iter().all(|label| !label.is_empty()));
        assert_eq!(schedule::kind(kind.name), Some(*kind));
    }
}

#[test]
fn every_field_of_a_kind_is_in_its_schema() {
    let bots = BOTS.iter().map(|kind| ("bot_type", kind.name, kind.fields));
    let schedules = KINDS
        .iter()
        .map(|kind| ("schedule_type", kind.name, kind.fields));
    for (tag, name, fields) in bots.chain(schedules) {
        let schema = schema_of(tag, name);
        for field in fields {
            assert!(
                FIELDS
                    .iter()
                    .any(|known| known.name == field.name && known.key == field.key)
            );
            if let Some((_, key)) = field.key.split_once('.') {
                let inner = |own, part| property(own, part);
                let found = key.split('.').try_fold(&schema, inner);
                assert!(found.is_some(), "{name}: {key}");
            }
        }
    }
}

#[test]
fn the_form_gives_every_pair_of_kinds_back() {
    for (bot, schedule) in BOTS
        .iter()
        .flat_map(|bot| KINDS.iter().map(move |kind| (bot, kind)))
    {
        let keys = keys(bot.name, schedule.name);
        let settings = Settings::default();
        let draft = Draft::of_file(&Value::Object(keys.clone()), &settings);
        assert_eq!(
            draft.keys(&Value::Object(keys.clone()), &settings),
            (keys, Vec::new())
        );
    }
}
