//! What a schema cannot say: schedules, zones, programs, and texts that no program or reader can use.

use serde::Deserialize;
use serde_json::Value;

use crate::model::diagnostic::Span;
use crate::schedule::cron::Cron;
use crate::schedule::weekly::Weekly;
use crate::schedule::{Invalid, Schedule};
use crate::spec::rules::{bot_words, lint, timing, zone};
use crate::spec::types::config::Settings;
use crate::spec::types::file::ScheduleType;
use crate::spec::yaml::tree::{Fault, Kind, Node};
use crate::text::findings::{self, Url};
use crate::text::near::nearest;
use crate::text::{Words, is_hidden, secret};

/// Keys whose texts reach a program, where a NUL would cut them.
const TO_PROGRAMS: [&str; 6] = [
    "bot_config",
    "env",
    "env_file",
    "group",
    "user",
    "working_dir",
];
/// Keys whose texts people read.
const TO_PEOPLE: [&str; 3] = ["description", "labels", "name"];
/// Names that a link template may hold.
const URL_NAMES: [&str; 4] = ["branch", "content", "line", "path"];

/// Findings about a job that the schema's own leave over.
pub fn check(root: &Node, known: &[Fault]) -> Vec<Fault> {
    let mut faults = Vec::new();
    decimals(root, known, &mut faults);
    if is_word(root, "bot_type", "command") {
        command(root, &mut faults);
    }
    if let Some((_, config)) = root.get("bot_config") {
        bot_words::check(config, "bot_config", &mut faults);
    }
    for key in TO_PROGRAMS {
        texts(root, key, &|c| c == '\0', &mut faults);
    }
    for key in TO_PEOPLE {
        texts(root, key, &misleads, &mut faults);
    }
    if let Some((_, node)) = root.get("name").filter(|(_, node)| is_blank(node)) {
        faults.push(at(node.span, "name", findings::blank("name")));
    }
    if let Some((_, labels)) = root.get("labels")
        && let Some((key, _)) = labels.get("")
    {
        faults.push(at(key.span, "labels.", findings::too_short("labels.", 1)));
    }
    faults
}

/// Why a file gives no job although each value is of its kind: its zone and its schedule, fault by fault.
pub fn refusals(root: &Node) -> Vec<Fault> {
    let zone = root.get("timezone").map(|(_, node)| node);
    let zone = zone.and_then(|node| zone_of(node, "timezone"));
    zone.into_iter().chain(schedule(root)).collect()
}

fn schedule(root: &Node) -> Vec<Fault> {
    let Some((kind, (_, config))) = kind(root).zip(root.get("schedule_config")) else {
        return Vec::new();
    };
    let place = |name: &str| Some((format!("schedule_config.{name}"), config.get(name)?.1));
    let inside = |name: &str, faults: Vec<Invalid>| -> Vec<Fault> {
        let found = place(name).into_iter();
        found
            .flat_map(|(path, node)| faults.iter().map(move |fault| inside(&path, node, fault)))
            .collect()
    };
    match kind {
        ScheduleType::Weekly => text_of(config, "day_of_week").map_or_else(Vec::new, |days| {
            let faults = Weekly::parse_all(days, 0, 0).err().unwrap_or_default();
            inside("day_of_week", faults)
        }),
        ScheduleType::Cron => text_of(config, "cron_expression").map_or_else(Vec::new, |text| {
            let seconds = config.at("/seconds").map(Node::to_json) == Some(Value::Bool(true));
            let faults = Cron::parse_all(text, seconds).err().unwrap_or_default();
            inside("cron_expression", faults)
        }),
        ScheduleType::Interval => {
            let mut faults = Vec::new();
            if is_zero(config) {
                faults.push(at(
                    config.span,
                    "schedule_config",
                    findings::interval_zero(),
                ));
            }
            if let Some(text) =
                text_of(config, "anchor").filter(|text| timing::instant(text).is_none())
                && let Some((path, node)) = place("anchor")
            {
                faults.push(at(node.span, &path, findings::anchor(text)));
            }
            faults
        }
        ScheduleType::Daily | ScheduleType::Manual => Vec::new(),
    }
}

/// The schedule of a file that gives no job, where it can be told all the same.
pub fn lenient_schedule(root: &Node, settings: &Settings) -> Option<(Schedule, String)> {
    let config = root.get("schedule_config").map(|(_, node)| node.to_json());
    let config = config.unwrap_or_else(|| Value::Object(serde_json::Map::new()));
    let rule = timing::rule(kind(root)?, &config)?;
    let own = root.get("timezone").map(|(_, node)| node.to_json());
    let name = own.or_else(|| settings.defaults.get("timezone").cloned());
    let name = name.map_or(Some("UTC".to_owned()), |name| {
        Some(name.as_str()?.to_owned())
    })?;
    Some((Schedule::new(rule, zone::of(&name)?), name))
}

/// Findings in `jobsd.yaml` that a schema cannot carry.
pub fn check_config(root: &Node, known: &[Fault]) -> Vec<Fault> {
    let mut faults = Vec::new();
    decimals(root, known, &mut faults);
    if let Some(node) = root.at("/defaults/timezone") {
        faults.extend(zone_of(node, "defaults.timezone"));
    }
    for key in ["bots", "defaults"] {
        texts(root, key, &|c| c == '\0', &mut faults);
    }
    for bot in ["birthday", "visitor"] {
        if let Some(config) = root.at(&format!("/bots/{bot}/defaults")) {
            bot_words::check(config, &format!("bots.{bot}.defaults"), &mut faults);
        }
    }
    if let Some(text) = text_of(root, "listen")
        && text.parse::<core::net::SocketAddr>().is_err()
    {
        let (_, span) = lint::place(root, &["listen"]);
        faults.push(at(span, "listen", findings::listen(text)));
    }
    for bot in ["birthday", "visitor"] {
        let pointer = format!("/bots/{bot}/command/0");
        if let Some(node) = root.at(&pointer).filter(|node| is_blank(node)) {
            let key = format!("bots.{bot}.command");
            faults.push(at(node.span, &key, findings::empty_program()));
        }
    }
    for key in ["edit_url", "new_url"] {
        if let Some(cause) = text_of(root, key).and_then(bad_url) {
            let (_, span) = lint::place(root, &[key]);
            faults.push(at(span, key, findings::url(key, cause)));
        }
    }
    faults
}

fn at(span: Span, key: &str, words: Words) -> Fault {
    Fault {
        key: key.to_owned(),
        ..Fault::new(span, words)
    }
}

fn kind(root: &Node) -> Option<ScheduleType> {
    ScheduleType::deserialize(Value::from(text_of(root, "schedule_type")?)).ok()
}

fn text_of<'n>(map: &'n Node, key: &str) -> Option<&'n str> {
    match &map.get(key)?.1.kind {
        Kind::Scalar(Value::String(text), _) => Some(text),
        _ => None,
    }
}

fn is_word(root: &Node, key: &str, word: &str) -> bool {
    root.get(key).is_some_and(|(_, node)| node.is_text(word))
}

fn is_blank(node: &Node) -> bool {
    matches!(&node.kind, Kind::Scalar(Value::String(text), _) if text.trim().is_empty())
}

/// Whether hours, minutes and seconds are all zero or absent. A value of another kind is refused by the schema.
fn is_zero(config: &Node) -> bool {
    let is_nothing = |key: &str| {
        config
            .get(key)
            .is_none_or(|(_, node)| node.to_json().as_u64() == Some(0))
    };
    let is_map = matches!(config.kind, Kind::Map(_));
    is_map
        && ["hours", "minutes", "seconds"]
            .iter()
            .all(|key| is_nothing(key))
}

/// What is wrong with a link template.
fn bad_url(text: &str) -> Option<Url<'_>> {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let Some(rest) = rest.filter(|rest| !rest.starts_with(['/', '{']) && !rest.is_empty()) else {
        return Some(Url::NoWeb);
    };
    if text.contains(|c: char| c.is_whitespace() || is_hidden(c)) {
        return Some(Url::NoWeb);
    }
    let mut names = rest
        .split('{')
        .skip(1)
        .map(|part| part.split('}').next().unwrap_or(part));
    names
        .find(|name| !URL_NAMES.contains(name))
        .map(Url::Unknown)
}

fn zone_of(node: &Node, key: &str) -> Option<Fault> {
    let Kind::Scalar(Value::String(name), _) = &node.kind else {
        return None;
    };
    // The schema says that nothing and too much are no name.
    if name.is_empty() || name.chars().count() > 64 {
        return None;
    }
    let words = zone::refusal(name)?;
    Some(at(node.span, key, words))
}

/// The place of a fault inside a text, where the file shows it letter by letter.
fn inside(key: &str, node: &Node, fault: &Invalid) -> Fault {
    let mut span = node.span;
    if let Kind::Scalar(Value::String(text), Some(offset)) = &node.kind
        // A finding about the whole text points at the value, quotes included.
        && (fault.start, fault.end) != (0, text.chars().count())
    {
        let column = span.column + offset;
        span.end_column = column + fault.end;
        span.column = column + fault.start;
    }
    at(span, key, fault.words.clone())
}

/// What misleads a reader: control characters, turned writing. Marks and joiners of a script are part of it.
fn misleads(c: char) -> bool {
    let is_of_script = matches!(c, '\u{ad}' | '\u{200c}'..='\u{200f}' | '\u{61c}');
    is_hidden(c) && !is_of_script && !matches!(c, '\n' | '\t')
}

/// Refuses characters in every text below a key.
fn texts(root: &Node, key: &str, is_bad: &dyn Fn(char) -> bool, faults: &mut Vec<Fault>) {
    let Some((_, node)) = root.get(key) else {
        return;
    };
    node.look(&mut |text, span| {
        let is_plain = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        if !is_plain && let Some(c) = text.chars().find(|c| is_bad(*c)) {
            faults.push(at(span, key, findings::hidden_character(key, c)));
        }
    });
}

fn command(root: &Node, faults: &mut Vec<Fault>) {
    let Some((_, config)) = root.get("bot_config") else {
        return;
    };
    let Kind::Map(entries) = &config.kind else {
        return;
    };
    let mut refuse = |span: Span, key: &str, words| {
        faults.push(at(span, &format!("bot_config.{key}"), words));
    };
    // A misspelt key is one fault, not two.
    let is_meant = || {
        let mut names = entries.iter().map(|(key, _)| key.text.as_str());
        names.any(|name| nearest(name, ["command", "shell"].into_iter()).is_some())
    };
    match (config.get("command"), config.get("shell")) {
        (Some(_), Some((key, _))) => refuse(key.span, "shell", findings::two_programs()),
        (None, None) if !is_meant() => refuse(config.span, "command", findings::no_program()),
        _ => {}
    }
    if let Some((_, node)) = config.get("command")
        && node.at("/0").is_some_and(is_blank)
    {
        refuse(node.span, "command", findings::empty_program());
    }
    if let Some((_, node)) = config.get("shell").filter(|(_, node)| is_blank(node)) {
        refuse(node.span, "shell", findings::blank("bot_config.shell"));
    }
}

/// `8.0` is not an integer here, though JSON Schema takes it for one; and one beyond 64 bits is none either.
fn decimals(root: &Node, known: &[Fault], faults: &mut Vec<Fault>) {
    if !root.has_decimal() {
        return;
    }
    let is_told = |path: &str, span: Span| {
        known.iter().any(|fault| {
            let is_below = path
                .strip_prefix(&fault.key)
                .is_some_and(|rest| rest.starts_with(['.', '[']));
            fault.span == span || fault.key == path || is_below && fault.words.code == "unknown-key"
        })
    };
    root.walk("", &mut |path, node| {
        let Kind::Scalar(Value::Number(number), _) = &node.kind else {
            return;
        };
        let whole = number.as_f64().filter(|value| value.fract() == 0.0);
        let is_free = path.ends_with("retry.backoff_factor");
        let Some(value) = whole.filter(|_| number.is_f64() && !is_free) else {
            return;
        };
        if is_told(path, node.span) || faults.len() >= 100 {
            return;
        }
        let raw = node.raw.as_deref().unwrap_or_default();
        let words = if raw.contains(['.', 'e', 'E']) {
            let may_show = secret::may_show(path) && value.abs() < 1e18;
            let whole = may_show.then(|| format!("{value:.0}"));
            findings::decimal(path, whole.as_deref())
        } else {
            findings::too_large_number(path, raw)
        };
        faults.push(at(node.span, path, words));
    });
}

#[cfg(test)]
mod tests {
    use crate::spec::SourceFile;
    use crate::spec::jobs::settings_file::load_config;

    #[test]
    fn a_nul_in_the_words_of_a_bots_program_is_refused() {
        let file = |command: &str| SourceFile {
            path: "jobsd.yaml".to_owned(),
            bytes: format!("bots: {{birthday: {{command: {command}}}}}\n").into_bytes(),
        };
        assert!(load_config(&file(r#"["a b", c]"#)).1.is_empty());
        let (config, found) = load_config(&file(r#"["a\0b", c]"#));
        assert!(config.is_none());
        let code = found.first().map(|found| (found.code, found.span.column));
        assert_eq!(code, Some(("pattern", 29)));
    }
}
