//! Edits of a job file's text that keep its comments: canonical order, and fixes that are safe. Every edit is proved by
//! reading the result again; what cannot be proved is not done.

use serde_json::Value;

use crate::model::diagnostic::Diagnostic;
use crate::spec::schema::job_part;
use crate::spec::tree::{self, Node};

/// Codes whose findings [`fix`] can mend, each only where one reading is possible.
pub const FIXABLE: [&str; 3] = ["type", "leading-zero", "syntax"];

/// The text in canonical order and style: keys in the order of the schema, each with the comments above it; no trailing
/// blanks, no byte-order mark, LF, at most one empty line in a row, one newline at the end. `None` when the text is no
/// block map, or when the result would not say the same.
pub fn canonical(text: &str) -> Option<String> {
    let clean = cleaned(text);
    let (head, mut blocks) = split(&clean)?;
    let order = key_order();
    let place = |key: &str| {
        order
            .iter()
            .position(|known| known == key)
            .unwrap_or(order.len())
    };
    blocks.sort_by_key(|(key, _)| place(key));
    let body: String = blocks.into_iter().map(|(_, text)| text).collect();
    let result = squeezed(&format!("{head}{body}"));
    same_meaning(text, &result).then_some(result)
}

/// The text with safe fixes, and how many; `None` when there is nothing to do.
pub fn fix(
    text: &str,
    findings: &[Diagnostic],
    check: &dyn Fn(&str) -> Vec<Diagnostic>,
) -> Option<(String, usize)> {
    let (mut text, mut count) = (text.to_owned(), 0);
    let mut findings = findings.to_vec();
    while let Some((better, left)) = findings.iter().find_map(|finding| {
        let better = mend(&text, finding)?;
        let left = check(&better);
        let is_gone = !left
            .iter()
            .any(|other| other.span == finding.span && other.code == finding.code);
        // A fix may bring nothing new, but for a text that could not be read at all before.
        let is_new = |other: &Diagnostic| {
            !findings
                .iter()
                .any(|known| known.code == other.code && known.key == other.key)
        };
        let is_quiet = finding.code == "syntax" || !left.iter().any(is_new);
        (is_gone && is_quiet && left.len() <= findings.len().max(1) + 8).then_some((better, left))
    }) {
        (text, findings, count) = (better, left, count + 1);
    }
    (count > 0).then_some((text, count))
}

/// The text with one finding mended, where only one reading is possible.
fn mend(text: &str, finding: &Diagnostic) -> Option<String> {
    let line = text.split('\n').nth(finding.span.line - 1)?;
    let chars: Vec<char> = line.chars().collect();
    let bom = usize::from(finding.span.line == 1 && text.starts_with('\u{feff}'));
    let (from, to) = (
        finding.span.column - 1 + bom,
        finding.span.end_column - 1 + bom,
    );
    let old: String = chars.get(from..to.min(chars.len()))?.iter().collect();
    let message = finding.message.en.as_str();
    let (to, new) = match finding.code {
        "type" if message.contains("expects true or false") => (to, truth(&old)?.to_owned()),
        "type" if message.contains("expects an integer") => (to, integer(&old)?),
        "leading-zero" if old.contains(['8', '9']) => (to, old.trim_start_matches('0').to_owned()),
        "syntax" if message.contains("cannot stand unquoted") => {
            let rest: String = chars[from..].iter().collect();
            let value = rest.split(" #").next()?.trim_end();
            let is_plain = !value.contains(['"', '\\']);
            (
                from + value.chars().count(),
                is_plain.then(|| format!("\"{value}\""))?,
            )
        }
        "syntax" if message.starts_with("a tab") => {
            let blank: usize = chars.iter().take_while(|c| c.is_whitespace()).count();
            return Some(replaced(
                text,
                finding.span.line,
                0,
                blank,
                &"  ".repeat(blank),
            ));
        }
        _ => return None,
    };
    Some(replaced(text, finding.span.line, from, to, &new))
}

fn truth(old: &str) -> Option<&'static str> {
    match old.trim_matches(['"', '\'']).to_ascii_lowercase().as_str() {
        "yes" | "on" | "true" => Some("true"),
        "no" | "off" | "false" => Some("false"),
        _ => None,
    }
}

/// A whole number in quotes, or one written `8.0`.
fn integer(old: &str) -> Option<String> {
    let bare = old.trim_matches(['"', '\'']);
    if let Ok(number) = bare.parse::<i64>() {
        let is_itself = number.to_string() == bare;
        return is_itself.then(|| bare.to_owned());
    }
    let (whole, zeros) = bare.split_once('.')?;
    let is_whole = !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0');
    whole
        .parse::<i64>()
        .ok()
        .filter(|_| is_whole)
        .map(|number| number.to_string())
}

fn replaced(text: &str, line: usize, from: usize, to: usize, new: &str) -> String {
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let chars: Vec<char> = lines[line - 1].chars().collect();
    let (head, tail) = (chars[..from].iter(), chars[to.min(chars.len())..].iter());
    lines[line - 1] = head.collect::<String>() + new + &tail.collect::<String>();
    lines.join("\n")
}

fn cleaned(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.replace("\r\n", "\n")
}

/// A top-level key, and its lines with the comments above it.
type Block = (String, String);

/// What stands above the first key, and the blocks behind it.
fn split(text: &str) -> Option<(String, Vec<Block>)> {
    let root = tree::parse(text.as_bytes()).root?;
    let tree::Kind::Map(entries) = &root.kind else {
        return None;
    };
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let starts: Vec<usize> = entries.iter().map(|(key, _)| key.span.line - 1).collect();
    let is_block = entries.iter().all(|(key, _)| key.span.column == 1)
        && starts.windows(2).all(|pair| pair[0] < pair[1]);
    if !is_block || starts.is_empty() {
        return None;
    }
    // Comments directly above a key belong to it; above the first one, those behind an empty line do.
    let above = |start: usize, least: usize| {
        let mut from = start;
        while from > least
            && lines[from - 1].trim_start().starts_with('#')
            && lines[from - 1].starts_with('#')
        {
            from -= 1;
        }
        from
    };
    let mut bounds: Vec<usize> = Vec::new();
    for (n, start) in starts.iter().enumerate() {
        let least = if n == 0 { 0 } else { starts[n - 1] + 1 };
        bounds.push(if n == 0 { *start } else { above(*start, least) });
    }
    bounds.push(lines.len());
    let head = lines[..bounds[0]].concat();
    let mut blocks = Vec::new();
    for (n, (key, _)) in entries.iter().enumerate() {
        let mut block = lines[bounds[n]..bounds[n + 1]].concat();
        if !block.ends_with('\n') {
            block.push('\n');
        }
        blocks.push((key.text.clone(), block));
    }
    Some((head, blocks))
}

fn key_order() -> Vec<String> {
    let job = job_part();
    let properties = job["properties"].as_object();
    properties
        .into_iter()
        .flat_map(|map| map.keys().cloned())
        .collect()
}

/// No trailing blanks outside block scalars' content is at risk here: the result is compared with the original.
fn squeezed(text: &str) -> String {
    let mut result = String::new();
    let mut empty = 0;
    for line in text.lines() {
        let line = line.trim_end();
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty < 2 {
            result += line;
            result.push('\n');
        }
    }
    result
        .trim_start_matches('\n')
        .trim_end_matches('\n')
        .to_owned()
        + "\n"
}

/// Whether two texts hold the same values and the same comments.
fn same_meaning(one: &str, other: &str) -> bool {
    let read = |text: &str| {
        let parsed = tree::parse_with_comments(text.as_bytes());
        let value: Option<Value> = parsed.root.as_ref().map(Node::to_json);
        let mut comments: Vec<String> = parsed
            .comments
            .into_iter()
            .map(|(_, text)| text.trim_end().to_owned())
            .collect();
        comments.sort();
        (value.map(sorted), comments, parsed.faults.len())
    };
    read(one) == read(other)
}

/// The value as text that does not depend on the order of keys.
fn sorted(value: Value) -> String {
    match value {
        Value::Object(map) => {
            let mut pairs: Vec<String> = map
                .into_iter()
                .map(|(key, value)| format!("{key:?}:{}", sorted(value)))
                .collect();
            pairs.sort();
            format!("{{{}}}", pairs.join(","))
        }
        Value::Array(items) => {
            format!(
                "[{}]",
                items.into_iter().map(sorted).collect::<Vec<_>>().join(",")
            )
        }
        other => other.to_string(),
    }
}
