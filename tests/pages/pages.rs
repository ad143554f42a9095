//! The pages as files: every word from the catalogue and none left over, contrast, weights, nothing
//! inline, every key of the schema in the form.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use jobsd::form::draft::Draft;
use jobsd::form::field::FIELDS;
use jobsd::page::assets::pack;
use jobsd::page::icons::icon;
use jobsd::rewrite::merge;
use jobsd::rewrite::write::render;
use jobsd::spec::SourceFile;
use jobsd::spec::jobs::loader::load;
use jobsd::spec::rules::schema::JOB;
use jobsd::spec::types::config::Settings;
use jobsd::spec::yaml::reader;
use jobsd::text::pages::KEYS;
use serde_json::{Value, json};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn templates() -> Vec<(String, String)> {
    let entries = fs::read_dir(root().join("templates")).unwrap();
    let read = |path: PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, fs::read_to_string(path).unwrap())
    };
    entries.map(|entry| read(entry.unwrap().path())).collect()
}

fn sources(dir: &Path, text: &mut String) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, text);
        } else if !path.to_string_lossy().contains("src/text/pages") {
            *text += &fs::read_to_string(path).unwrap();
        }
    }
}

#[test]
fn every_key_of_the_catalogue_is_used() {
    let mut text = String::new();
    sources(&root().join("src"), &mut text);
    templates()
        .iter()
        .for_each(|(_, template)| text += template);
    let used: BTreeSet<&str> = text
        .split(|c: char| !c.is_alphanumeric() && c != '_' && c != '.')
        .flat_map(|path| {
            path.split('.')
                .collect::<Vec<_>>()
                .windows(2)
                .map(|pair| (pair[0], pair[1]))
                .collect::<Vec<_>>()
        })
        .filter(|(owner, _)| *owner == "t")
        .map(|(_, key)| key)
        .collect();
    let unused: Vec<&str> = KEYS
        .iter()
        .map(|(key, ..)| *key)
        .filter(|key| !used.contains(key))
        .collect();
    assert_eq!(unused, Vec::<&str>::new());
}

#[test]
fn every_text_is_translated() {
    // Names, and words that both languages spell the same way.
    let same = [
        "theme_auto",
        "prod",
        "std",
        "n_birthday",
        "n_visitor",
        "n_cron",
        "n_desc",
        "n_umask",
        "c_title",
        "c_commit",
        "c_diag",
        "c_note",
        "nav",
        "n_minutes",
        "h_job",
        "h_lines",
        "mode",
        "rd_mode",
        "rd_exit_none",
        "why_signal",
        "n_jobs",
        "a_pause",
        "n_port",
        "n_messages",
        "s_jobs_title",
    ];
    let untranslated: Vec<&str> = KEYS
        .iter()
        .filter(|(key, en, fr)| en == fr && !same.contains(key))
        .map(|(key, ..)| *key)
        .collect();
    assert_eq!(untranslated, Vec::<&str>::new());
    for (key, en, fr) in KEYS {
        assert!(!en.is_empty() && !fr.is_empty(), "{key}");
        let is_spaced = |text: &str| {
            [" :", " ;", " !", " ?", "« ", " »"]
                .iter()
                .any(|pair| text.contains(pair))
        };
        assert!(
            !is_spaced(fr),
            "{key}: a breaking space before a sign: {fr}"
        );
    }
}

/// Of every sentence in the sources, not only those of the pages.
#[test]
fn french_signs_have_narrow_spaces() {
    let mut text = String::new();
    sources(&root().join("src"), &mut text);
    let signs = [
        " : ", " ; ", " ! ", " ? ", " :\"", " ;\"", " !\"", " ?\"", "« ", " »",
    ];
    let is_french = |line: &&str| line.contains(['é', 'è', 'ê', 'à', 'ç', 'ù', 'œ', '’']);
    let lines = text.lines().map(str::trim_start);
    let sentences = lines
        .filter(|line| !line.starts_with("//"))
        .filter(is_french);
    let wrong = sentences.filter(|line| signs.iter().any(|sign| line.contains(sign)));
    assert_eq!(wrong.collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn no_template_has_words_of_its_own() {
    let names = [
        "jobsd", "FR", "EN", "p50", "p95", "jobs.d", "run", "pause", "resume", "cancel", "dry",
        "validate", "Esc", "new", "Esc", "birthday", "daily", "b", "UTC",
    ];
    for (name, text) in templates() {
        let words = stripped(&text);
        let own: Vec<&str> = words
            .split(|c: char| !c.is_alphabetic())
            .filter(|word| word.len() > 1 && !names.contains(word))
            .collect();
        assert_eq!(own, Vec::<&str>::new(), "{name}");
    }
}

/// What people would read: text outside tags, and the attributes that are read out.
fn stripped(template: &str) -> String {
    let mut text = template.to_owned();
    for (open, close) in [("{%", "%}"), ("{{", "}}"), ("<code>", "</code>")] {
        while let Some(start) = text.find(open) {
            let end = text[start..].find(close).unwrap() + start + close.len();
            text.replace_range(start..end, " ");
        }
    }
    let (mut read, mut rest) = (String::new(), text.as_str());
    while let Some((before, tag)) = rest.split_once('<') {
        read += before;
        let (inside, behind) = tag.split_once('>').unwrap();
        for attribute in ["title=\"", "aria-label=\"", "placeholder=\"", "alt=\""] {
            let value = inside
                .split_once(attribute)
                .map(|(_, value)| value.split('"').next().unwrap());
            read += &format!(" {} ", value.unwrap_or(""));
        }
        rest = behind;
    }
    read + rest
}

#[test]
fn every_icon_named_in_a_template_exists() {
    let mut named = 0;
    for (file, text) in templates() {
        for part in text.split("icon(\"").skip(1) {
            let name = part.split('"').next().unwrap();
            let is_drawn = !icon(name, "").0.contains("d=\"\"");
            assert!(is_drawn, "{file}: no icon {name}");
            named += 1;
        }
    }
    assert!(named > 20, "only {named} icons found");
}

#[test]
fn a_template_is_readable_in_a_diff() {
    for (name, text) in templates() {
        let long = text.lines().filter(|line| line.chars().count() > 100);
        assert_eq!(long.collect::<Vec<_>>(), Vec::<&str>::new(), "{name}");
    }
}

#[test]
fn nothing_is_inline_and_nothing_comes_from_elsewhere() {
    for (name, text) in templates() {
        let lower = text.to_lowercase();
        assert!(!lower.contains(" style="), "{name}");
        assert!(!lower.contains("<style"), "{name}");
        assert!(!lower.contains("javascript:"), "{name}");
        assert!(
            !lower.contains(" onclick") && !lower.contains(" onload"),
            "{name}"
        );
        for script in lower.split("<script").skip(1) {
            assert!(
                script.split("</script").next().unwrap().ends_with("defer>"),
                "{name}"
            );
        }
        let elsewhere = lower.match_indices("http").filter(|(at, _)| {
            let before = &lower[..*at];
            before.ends_with("src=\"") || before.ends_with("href=\"")
        });
        assert_eq!(elsewhere.count(), 0, "{name}");
    }
    let css = fs::read_to_string(root().join("assets/app.css")).unwrap();
    assert!(!css.contains("url(") && !css.contains("@import"));
    let js = fs::read_to_string(root().join("assets/app.js")).unwrap();
    for forbidden in ["innerHTML", "insertAdjacentHTML", "eval(", "document.write"] {
        assert!(!js.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn the_stylesheet_and_the_script_are_light() {
    let weight = |name: &str| pack(&fs::read(root().join("assets").join(name)).unwrap()).len();
    let (css, js) = (weight("app.css"), weight("app.js"));
    assert!(css <= 10_000, "stylesheet: {css} bytes");
    assert!(js <= 6_000, "script: {js} bytes");
}

/// The colours of a theme, by token.
fn tokens(block: &str) -> BTreeMap<String, [f64; 3]> {
    let parts = block.split(';').filter_map(|part| part.split_once(':'));
    let colour = |text: &str| {
        let hex = text.trim().strip_prefix('#').filter(|hex| hex.len() == 6)?;
        let part = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).ok().map(f64::from);
        Some([part(0)?, part(2)?, part(4)?])
    };
    let named = parts.filter_map(|(name, value)| {
        Some((name.trim().strip_prefix("--")?.to_owned(), colour(value)?))
    });
    named.collect()
}

fn luminance(colour: [f64; 3]) -> f64 {
    let linear = colour.map(|part| {
        let part = part / 255.0;
        if part <= 0.04045 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
}

fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// What must be read on what, and how well (WCAG: 4.5 for text, 3 for graphics).
const PAIRS: &str = "\
    text/bg text/surface text-2/bg text-2/surface text-2/inset text-3/bg text-3/surface \
    text-3/inset accent/surface accent/bg accent/accent-weak pri-ink/pri ok/surface fail/surface \
    fail/fail-weak text/fail-weak warn/surface warn/warn-weak run/surface code-gutter/code-bg \
    y-key/code-bg y-str/code-bg y-num/code-bg y-com/code-bg fail/code-bg surface/fail \
    y-key/ok-weak y-str/ok-weak y-num/ok-weak y-key/fail-weak y-str/fail-weak y-num/fail-weak \
    text/ok-weak text-3/hover text-2/fail-weak text-2/warn-weak text-2/ok-weak text-2/hover \
    y-key/warn-weak y-str/warn-weak y-num/warn-weak";
const GRAPHICS: &str = "\
    birthday/birthday-weak visitor/visitor-weak command/command-weak ok-solid/surface \
    fail-solid/surface warn-solid/surface run-solid/surface control/surface accent/surface";

#[test]
fn every_pair_of_colours_can_be_read() {
    let css = fs::read_to_string(root().join("assets/app.css")).unwrap();
    let block = |opening: &str| {
        let (_, behind) = css.split_once(opening).unwrap();
        tokens(behind.split('}').next().unwrap())
    };
    let light = block(":root {");
    let dark = block(":root[data-theme=\"dark\"] {");
    assert_eq!(
        dark,
        block(":root:not([data-theme=\"light\"]) {"),
        "both dark themes are one"
    );
    for (theme, colours) in [("light", light), ("dark", dark)] {
        for (pairs, least) in [(PAIRS, 4.5), (GRAPHICS, 3.0)] {
            for pair in pairs.split_whitespace() {
                let (one, other) = pair.split_once('/').unwrap();
                let ratio = contrast(colours[one], colours[other]);
                assert!(
                    ratio >= least,
                    "{theme}: {pair} has {ratio:.2}, not {least}"
                );
            }
        }
    }
}

#[test]
fn the_form_has_every_key_of_the_schema() {
    let schema: Value = serde_json::from_str(&JOB.text()).unwrap();
    let keys = |part: &Value| -> Vec<String> {
        part["properties"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(key, _)| key.clone())
            .collect()
    };
    let has = |key: &str| {
        FIELDS
            .iter()
            .any(|field| field.key == key || field.key.starts_with(&format!("{key}.")))
    };
    for key in keys(&schema) {
        assert!(has(&key), "no field for {key}");
    }
    for (of, part) in [("retry", "RetrySpec"), ("limits", "LimitsSpec")] {
        let inline = keys(&schema["properties"][of]);
        let inner = if inline.is_empty() {
            keys(&schema["$defs"][part])
        } else {
            inline
        };
        assert!(!inner.is_empty(), "{part}");
        for key in inner {
            assert!(has(&format!("{of}.{key}")), "no field for {of}.{key}");
        }
    }
    let names: BTreeSet<&str> = FIELDS.iter().map(|field| field.name).collect();
    assert_eq!(names.len(), FIELDS.len());
    let parts = templates()
        .into_iter()
        .filter(|(name, _)| name.starts_with("form"));
    let form: String = parts.map(|(_, text)| text).collect();
    for name in names {
        let is_shown = form.contains(&format!("\"{name}\""));
        assert!(is_shown, "the form does not show {name}");
    }
}

/// What a file becomes in a form that is sent as it is.
fn through_a_form(text: &str) -> Option<String> {
    let keys = reader::parse(text.as_bytes()).root.unwrap().to_json();
    let settings = Settings::default();
    let mut draft = Draft::of_file(&keys, &settings);
    let mut pairs: Vec<(String, String)> = vec![("form".to_owned(), "1".to_owned())];
    for field in FIELDS
        .iter()
        .filter(|field| !draft.value(field.name).is_empty())
    {
        pairs.push((field.name.to_owned(), draft.value(field.name).to_owned()));
    }
    draft.take(&pairs);
    let (fresh, bad) = draft.keys(&keys, &settings);
    assert_eq!(bad, []);
    assert_eq!(Value::Object(fresh.clone()), keys, "{}", render(&fresh));
    merge::merge(text, &fresh)
}

/// A file that is only looked at stays as it is.
#[test]
fn an_unedited_form_leaves_its_file_alone() {
    for folder in ["examples", "jobs.d"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            assert_eq!(
                through_a_form(&text).as_deref(),
                Some(text.as_str()),
                "{}",
                path.display()
            );
        }
    }
}

#[test]
fn what_the_form_writes_is_read_back_as_meant() {
    let hostile = [
        "<script>alert(1)</script>",
        "yes",
        "null",
        "08",
        "1e3",
        "a: b",
        "a #b",
        "- x",
        "'",
        "\"",
        "\u{202e}abc",
        "🎂 fête",
        "{x}",
        "[",
        "*",
        "&a",
        "!t",
        "%d",
        "@daily",
        "`",
        "~",
        "x\ny",
        " lead",
        "\ttab",
        "2026-01-01",
        "é\u{2028}z",
        "#",
        "?",
        "a:",
        ",",
        "0x1F",
        "line\n\nend\n",
    ];
    for text in hostile {
        let keys = json!({"name": text, "bot_type": "command",
            "bot_config": {"command": ["printf", text], "stdin": text},
            "schedule_type": "manual", "env": {"X": text}, "labels": {"owner": text}});
        let yaml = render(keys.as_object().unwrap());
        let parsed = reader::parse(yaml.as_bytes());
        assert!(parsed.faults.is_empty(), "{yaml}");
        assert_eq!(parsed.root.unwrap().to_json(), keys, "{yaml}");
    }
}

#[test]
fn only_what_differs_from_the_defaults_is_written() {
    let settings = Settings {
        defaults: json!({"timezone": "Europe/Paris", "max_instances": 2})
            .as_object()
            .unwrap()
            .clone(),
        ..Settings::default()
    };
    let mut draft = Draft::new(&settings, "UTC");
    let sent = [
        ("form", "1"),
        ("name", "Greetings"),
        ("bot_type", "birthday"),
        ("via", ""),
        ("schedule_type", "weekly"),
        ("day", "mon"),
        ("day", "fri"),
        ("at", "08:05"),
        ("tz", "Europe/Paris"),
        ("enabled", "on"),
        ("coalesce", "on"),
        ("process_late", "on"),
        ("max_days_late", "7"),
        ("max_messages_per_run", ""),
        ("daily_limit", "10"),
        ("weekly_limit", "50"),
        ("max_instances", "1"),
    ];
    let pairs: Vec<(String, String)> = sent
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
    draft.take(&pairs);
    let (keys, bad) = draft.keys(&json!({}), &settings);
    assert_eq!(bad, []);
    let text = render(&keys);
    insta::assert_snapshot!(text, @"
    name: Greetings
    bot_type: birthday
    bot_config:
      process_late: true
      max_messages_per_run: null
    schedule_type: weekly
    schedule_config:
      day_of_week: mon,fri
      hour: 8
      minute: 5
    max_instances: 1
    ");
    let file = SourceFile {
        path: "jobs.d/greetings.yaml".to_owned(),
        bytes: text.into_bytes(),
    };
    let loaded = load(&[file], &settings);
    assert_eq!(loaded.jobs.len(), 1, "{:?}", loaded.diagnostics);
}
