//! What editors show: every key of both schemas says what it is, its bounds, its default and an
//! example, and the example is a good value.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Every property of a schema with its path, its own schema, and whether it is required.
fn properties(schema: &Value, path: &str, found: &mut Vec<(String, Value, bool)>) {
    match schema {
        Value::Object(map) => {
            let names = map.get("properties").and_then(Value::as_object);
            for (name, own) in names.into_iter().flatten() {
                let is_required = map
                    .get("required")
                    .and_then(Value::as_array)
                    .is_some_and(|list| list.iter().any(|key| key == name));
                found.push((format!("{path}/{name}"), own.clone(), is_required));
            }
            for (key, value) in map {
                properties(value, &format!("{path}/{key}"), found);
            }
        }
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                properties(item, &format!("{path}/{n}"), found);
            }
        }
        _ => {}
    }
}

/// Every object of a schema that holds a pattern, with its path.
fn patterns(schema: &Value, path: &str, found: &mut Vec<(String, Value)>) {
    if schema["pattern"].is_string() {
        found.push((path.to_owned(), schema.clone()));
    }
    let inner: Vec<(String, &Value)> = match schema {
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| (key.clone(), value))
            .collect(),
        Value::Array(items) => (0..).map(|n: u32| n.to_string()).zip(items).collect(),
        _ => Vec::new(),
    };
    for (key, value) in inner {
        patterns(value, &format!("{path}/{key}"), found);
    }
}

/// Editors show the words where they would show the expression: one that nobody can read.
#[test]
fn every_pattern_says_in_words_what_it_wants() {
    let schemas = [
        include_str!("../../schema/job.schema.json"),
        include_str!("../../schema/config.schema.json"),
    ];
    let mut all = Vec::new();
    for text in schemas {
        let schema: Value = serde_json::from_str(text).unwrap();
        jsonschema::meta::validate(&schema).unwrap();
        patterns(&schema, "", &mut all);
    }
    assert!(all.len() > 20, "{all:?}");
    for (path, object) in all {
        let words = object["patternErrorMessage"].as_str().unwrap_or_default();
        assert!(
            words.starts_with("Write ") && words.ends_with('.'),
            "{path}: {words:?}"
        );
        assert!(
            !words.contains("  ") && words.len() < 200,
            "{path}: {words:?}"
        );
    }
}

/// With its bounds and its default; the example is valid.
#[test]
fn every_key_is_described_with_an_example() {
    let schemas = [
        include_str!("../../schema/job.schema.json"),
        include_str!("../../schema/config.schema.json"),
    ];
    let mut count = 0;
    for text in schemas {
        let schema: Value = serde_json::from_str(text).unwrap();
        let mut found = Vec::new();
        properties(&schema, "", &mut found);
        for (path, own, is_required) in found {
            // Conditions describe nothing, and the config of a type is described where its key is.
            let is_condition = path.contains("/if/") || path.contains("/anyOf/");
            let is_branch = [
                "/then/bot_config",
                "/then/schedule_config",
                "/then/cron_expression",
            ]
            .iter()
            .any(|end| path.ends_with(end));
            if is_condition || is_branch {
                continue;
            }
            count += 1;
            let about = own["description"].as_str().unwrap_or_default();
            assert!(about.len() > 20, "{path} has no description");
            let says_default = about.contains("Default: ") || about.contains("Default:\n");
            let says_required = is_required || about.contains("Required");
            assert!(
                says_default || says_required,
                "{path} names no default: {about}"
            );
            assert!(
                !(is_required && says_default),
                "{path} is required: {about}"
            );
            let examples = own["examples"].as_array().cloned().unwrap_or_default();
            assert_eq!(examples.len(), 1, "{path} has no example: {about}");
            let validator = jsonschema::draft202012::new(&own).unwrap();
            assert!(
                validator.is_valid(&examples[0]),
                "{path}: {examples:?} is no good example"
            );
            let kinds = own["type"].to_string();
            if kinds.contains("integer") || kinds.contains("number") {
                for bound in ["minimum", "maximum"] {
                    let number = own[bound].as_f64();
                    let number = number.unwrap_or_else(|| panic!("{path} has no {bound}"));
                    assert!(
                        about.contains(&number.to_string()),
                        "{path} hides its {bound} {number}: {about}"
                    );
                }
            }
            for bound in ["minLength", "maxLength", "minItems"] {
                let number = own[bound].as_u64().filter(|number| *number > 1);
                let says = number.is_none_or(|number| about.contains(&number.to_string()));
                assert!(says, "{path} hides its {bound}: {about}");
            }
            for word in own["enum"].as_array().into_iter().flatten() {
                assert!(
                    about.contains(word.as_str().unwrap()),
                    "{path} hides {word}: {about}"
                );
            }
        }
        // Each branch of a job says what it is.
        for branch in schema["allOf"].as_array().into_iter().flatten() {
            for config in branch["then"]["properties"].as_object().unwrap().values() {
                assert!(config["description"].is_string(), "{config}");
            }
        }
    }
    assert!(count > 100, "only {count} keys");
}

/// On systemd 252 `Type=notify-reload` was ignored: started as `simple`, and no reload.
#[test]
fn systemd_takes_every_line_of_the_shipped_unit() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("contrib/systemd");
    let scratch = tempfile::tempdir().unwrap();
    for name in ["jobsd.service", "jobsd.socket"] {
        let text = fs::read_to_string(shipped.join(name)).unwrap();
        let here = text.replace("/usr/local/bin/jobsd", env!("CARGO_BIN_EXE_jobsd"));
        fs::write(scratch.path().join(name), here).unwrap();
    }
    let unit = scratch.path().join("jobsd.service");
    let mut command = Command::new("systemd-analyze");
    let Ok(output) = command.args(["verify", "--man=no"]).arg(&unit).output() else {
        assert!(
            std::env::var_os("CI").is_none(),
            "CI installs systemd: tools/install_systemd.sh"
        );
        return eprintln!("SKIPPED: systemd-analyze is not installed (tools/install_systemd.sh)");
    };
    let said = String::from_utf8(output.stderr).unwrap();
    let ours = scratch.path().to_str().unwrap();
    let faults: Vec<&str> = said.lines().filter(|line| line.starts_with(ours)).collect();
    assert_eq!(faults, Vec::<&str>::new());
    let text = fs::read_to_string(unit).unwrap();
    assert!(
        text.contains("\nType=notify\n") && text.contains("\nExecReload=/bin/kill -HUP $MAINPID\n")
    );
}
