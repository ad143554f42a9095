//! What a schema cannot say: schedules, zones, programs, and texts that no program or reader can
//! use.

use serde_json::Value;

use crate::bot::{self, BOTS};
use crate::model::bot::{Fault as BotFault, Kind as BotKind, Place};
use crate::model::diagnostic::Span;
use crate::schedule::kind::{Invalid, Rule};
use crate::schedule::{self, Schedule};
use crate::spec::rules::{place, zone};
use crate::spec::types::config::Settings;
use crate::spec::yaml::tree::{Fault, Kind, Node};
use crate::text::findings;
use crate::text::findings::values::Url;
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
    if let Some((_, config)) = root.get("bot_config") {
        for kind in kinds_of(root) {
            of_bot(kind, config, "bot_config", &mut faults);
        }
    }
    for key in TO_PROGRAMS {
        texts(root, key, &|c| c == '\0', &mut faults);
    }
    for key in TO_PEOPLE {
        texts(root, key, &misleads, &mut faults);
    }
    if let Some((_, node)) = root.get("name").filter(|(_, node)| is_blank(node)) {
        faults.push(at(node.span, "name", findings::values::blank("name")));
    }
    if let Some((_, labels)) = root.get("labels")
        && let Some((key, _)) = labels.get("")
    {
        faults.push(at(
            key.span,
            "labels.",
            findings::values::too_short("labels.", 1),
        ));
    }
    faults
}

/// The kind of the job's bot; where the file names none, every one whose keys `jobsd.yaml` takes
/// too.
fn kinds_of(root: &Node) -> impl Iterator<Item = &'static BotKind> {
    let own = text_of(root, "bot_type").and_then(bot::kind);
    let fits = move |kind: &&BotKind| match own {
        Some(own) => own == *kind,
        None => kind.settings.is_some(),
    };
    BOTS.iter().copied().filter(fits)
}

/// Why a file gives no job although each value is of its kind: its zone and its schedule, fault by
/// fault.
pub fn refusals(root: &Node) -> Vec<Fault> {
    let zone = root.get("timezone").map(|(_, node)| node);
    let zone = zone.and_then(|node| zone_of(node, "timezone"));
    zone.into_iter().chain(of_schedule(root)).collect()
}

fn of_schedule(root: &Node) -> Vec<Fault> {
    let Some((kind, (_, config))) = schedule_kind(root).zip(root.get("schedule_config")) else {
        return Vec::new();
    };
    let place = |fault: &schedule::kind::Fault| match config.get(fault.key) {
        Some((_, node)) => inside(
            &format!("schedule_config.{}", fault.key),
            node,
            &fault.invalid,
        ),
        None => at(config.span, "schedule_config", fault.invalid.words.clone()),
    };
    let faults = (kind.faults)(&config.to_json());
    faults.iter().map(place).collect()
}

/// Faults of a bot's config, found under `prefix`.
fn of_bot(kind: &BotKind, config: &Node, prefix: &str, faults: &mut Vec<Fault>) {
    if !matches!(config.kind, Kind::Map(_)) {
        return;
    }
    let found = (kind.faults)(&config.to_json(), prefix);
    faults.extend(found.into_iter().map(|fault| placed(config, prefix, fault)));
}

/// A fault of a bot's config at its place in the file.
pub fn placed(config: &Node, prefix: &str, fault: BotFault) -> Fault {
    let path: Vec<&str> = fault.key.split('.').collect();
    let span = match fault.place {
        Place::Config => config.span,
        Place::Key => place::key_span(config, &path),
        Place::Value => {
            let node = config.at(&format!("/{}", path.join("/")));
            node.map_or(config.span, |node| node.span)
        }
    };
    at(span, &format!("{prefix}.{}", fault.key), fault.words)
}

/// The schedule of a file that gives no job, where it can be told all the same.
pub fn lenient_schedule(root: &Node, settings: &Settings) -> Option<(Schedule, String)> {
    let config = root.get("schedule_config").map(|(_, node)| node.to_json());
    let config = config.unwrap_or_else(|| Value::Object(serde_json::Map::new()));
    let kind = schedule_kind(root)?;
    let times = (kind.read)(&config)?.times;
    let rule = Rule { kind, times };
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
    for kind in BOTS.iter().filter(|kind| kind.settings.is_some()) {
        let bot = kind.name;
        if let Some(config) = root.at(&format!("/bots/{bot}/defaults")) {
            of_bot(kind, config, &format!("bots.{bot}.defaults"), &mut faults);
        }
    }
    if let Some(text) = text_of(root, "listen")
        && text.parse::<core::net::SocketAddr>().is_err()
    {
        let (_, span) = place::place(root, &["listen"]);
        faults.push(at(span, "listen", findings::values::listen(text)));
    }
    for kind in BOTS.iter().filter(|kind| kind.settings.is_some()) {
        let bot = kind.name;
        let pointer = format!("/bots/{bot}/command/0");
        if let Some(node) = root.at(&pointer).filter(|node| is_blank(node)) {
            let key = format!("bots.{bot}.command");
            faults.push(at(node.span, &key, findings::bots::empty_program()));
        }
    }
    for key in ["edit_url", "new_url"] {
        if let Some(cause) = text_of(root, key).and_then(bad_url) {
            let (_, span) = place::place(root, &[key]);
            faults.push(at(span, key, findings::values::url(key, cause)));
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

/// The kind of a file's schedule.
pub fn schedule_kind(root: &Node) -> Option<&'static schedule::kind::Kind> {
    schedule::kind(text_of(root, "schedule_type")?)
}

fn text_of<'n>(map: &'n Node, key: &str) -> Option<&'n str> {
    match &map.get(key)?.1.kind {
        Kind::Scalar(Value::String(text), _) => Some(text),
        _ => None,
    }
}

fn is_blank(node: &Node) -> bool {
    matches!(&node.kind, Kind::Scalar(Value::String(text), _) if text.trim().is_empty())
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

/// What misleads a reader: control characters, turned writing. Marks and joiners of a script are
/// part of it.
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
            faults.push(at(span, key, findings::values::hidden_character(key, c)));
        }
    });
}

/// `8.0` is not an integer here, though JSON Schema takes it for one; and one beyond 64 bits is
/// none either.
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
            findings::values::decimal(path, whole.as_deref())
        } else {
            findings::values::too_large_number(path, raw)
        };
        faults.push(at(node.span, path, words));
    });
}

#[cfg(test)]
mod tests {
    use crate::spec::SourceFile;
    use crate::spec::jobs::settings_file::load_config;

    #[test]
    fn a_nul_in_a_bots_command_is_refused() {
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
