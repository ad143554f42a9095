//! Other values for the keys of a file's text, with its comments and everything else left as it
//! is. The result is proved by reading it again; what cannot be proved is not done.

use serde_json::{Map, Value};

use crate::rewrite::write::{entry, flow};
use crate::spec::rules::schema::job_part;
use crate::spec::types::part::properties;
use crate::spec::yaml::reader;
use crate::spec::yaml::tree::{Key, Kind, Node};

/// Lines that something else stands for: from, up to (not included), and what.
type Edit = (usize, usize, Vec<String>);

/// The text with these keys; `None` when it is not a map in block style, or when the result would
/// not say just that, or would lose a comment.
pub fn merge(text: &str, keys: &Map<String, Value>) -> Option<String> {
    let clean = text
        .strip_prefix('\u{feff}')
        .unwrap_or(text)
        .replace("\r\n", "\n");
    let root = reader::parse(clean.as_bytes()).root?;
    let Kind::Map(entries) = &root.kind else {
        return None;
    };
    let mut lines: Vec<String> = clean
        .trim_end_matches('\n')
        .split('\n')
        .map(str::to_owned)
        .collect();
    if entries.iter().any(|(key, _)| key.span.column != 1) {
        return None;
    }
    let mut edits = Vec::new();
    merge_map(&lines, entries, 0, keys, &mut edits);
    // From the end, so that places stay true; of two at one place the later goes first.
    edits.sort_by_key(|(from, to, _)| std::cmp::Reverse((*from, *to)));
    for (from, to, fresh) in edits {
        lines.splice(from..to, fresh);
    }
    let result = lines.join("\n") + "\n";
    let said = reader::parse_with_comments(result.as_bytes());
    let says_so = said.faults.is_empty() && said.root?.to_json() == Value::Object(keys.clone());
    (says_so && keeps_comments(&clean, &result)).then_some(result)
}

fn keeps_comments(before: &str, after: &str) -> bool {
    let comments = |text: &str| {
        let found = reader::parse_with_comments(text.as_bytes()).comments;
        let mut texts: Vec<String> = found
            .into_iter()
            .map(|(_, text)| text.trim_end().to_owned())
            .collect();
        texts.sort();
        texts
    };
    let after = comments(after);
    comments(before)
        .iter()
        .all(|comment| after.binary_search(comment).is_ok())
}

fn merge_map(
    lines: &[String],
    entries: &[(Key, Node)],
    indent: usize,
    keys: &Map<String, Value>,
    edits: &mut Vec<Edit>,
) {
    for (key, node) in entries {
        let (from, to) = (key.span.line - 1, last_line(lines, key, node));
        match keys.get(&key.text) {
            Some(value) if *value == node.to_json() => {}
            Some(value) => change(lines, key, node, indent, value, edits),
            None => edits.push((from, to, comments_in(lines, from, to))),
        }
    }
    let known = |key: &str| entries.iter().position(|(known, _)| known.text == key);
    let order = order();
    let place = |key: &str| {
        order
            .iter()
            .position(|known| known == key)
            .unwrap_or(order.len())
    };
    for (key, value) in keys.iter().filter(|(key, _)| known(key).is_none()) {
        let before = entries
            .iter()
            .filter(|(other, _)| indent > 0 || place(&other.text) <= place(key));
        let after = before.map(|(key, node)| last_line(lines, key, node)).max();
        let at = after.unwrap_or_else(|| entries.first().map_or(0, |(key, _)| key.span.line - 1));
        let fresh = entry(key, value, indent);
        edits.push((at, at, fresh.lines().map(str::to_owned).collect()));
    }
}

fn change(
    lines: &[String],
    key: &Key,
    node: &Node,
    indent: usize,
    value: &Value,
    edits: &mut Vec<Edit>,
) {
    let (from, to) = (key.span.line - 1, last_line(lines, key, node));
    if let (Kind::Map(children), Some(inner)) = (&node.kind, value.as_object())
        && let Some((first, _)) = children.first()
        && first.span.line > key.span.line
        && !inner.is_empty()
    {
        return merge_map(lines, children, first.span.column - 1, inner, edits);
    }
    let (end_line, end_column) = end(lines, node);
    let is_line = node.span.line == key.span.line && end_line == node.span.line;
    let is_short = !value.is_object() && !value.as_str().is_some_and(|text| text.contains('\n'));
    if is_line && is_short && end_column > node.span.column {
        let chars: Vec<char> = lines[from].chars().collect();
        let head: String = chars[..(node.span.column - 1).min(chars.len())]
            .iter()
            .collect();
        let tail: String = chars[(end_column - 1).min(chars.len())..].iter().collect();
        edits.push((from, from + 1, vec![head + &flow(value) + &tail]));
        return;
    }
    let mut fresh = comments_in(lines, from, to);
    fresh.extend(entry(&key.text, value, indent).lines().map(str::to_owned));
    edits.push((from, to, fresh));
}

/// The line after the last one of an entry, counted from 0.
fn last_line(lines: &[String], key: &Key, node: &Node) -> usize {
    let mut last = end(lines, node).0.max(key.span.line);
    node.walk("", &mut |_, node| {
        let is_open = node.span.end_column == 1 && node.span.end_line > node.span.line;
        let end = node.span.end_line - usize::from(is_open);
        let is_leaf = !matches!(&node.kind, Kind::Map(entries) if !entries.is_empty());
        if is_leaf {
            last = last.max(end);
        }
    });
    last
}

/// Where a value ends: its line, and the column after it. The span of a list or a map in brackets
/// is only what opens it: after its last part there is nothing but what closes it.
fn end(lines: &[String], node: &Node) -> (usize, usize) {
    let span = node.span;
    let (part, open) = match &node.kind {
        Kind::List(items) => (items.last(), '['),
        Kind::Map(entries) => (entries.last().map(|(_, node)| node), '{'),
        Kind::Scalar(..) => return (span.end_line, span.end_column),
    };
    let line = lines.get(span.line - 1);
    let first = line.and_then(|line| line.chars().nth(span.column - 1));
    if first != Some(open) {
        // In block style: it ends with its parts.
        return (span.line, span.column);
    }
    let (line, column) = part.map_or((span.line, span.column + 1), |part| end(lines, part));
    closing(lines, line, column).unwrap_or((span.end_line, span.end_column))
}

/// The line of the next bracket that closes, and the column after it; comments are passed over.
fn closing(lines: &[String], line: usize, column: usize) -> Option<(usize, usize)> {
    let mut skipped = column - 1;
    for (n, text) in lines.iter().enumerate().skip(line - 1) {
        let chars = text.chars().enumerate().skip(skipped);
        let mut chars = chars.take_while(|(_, c)| *c != '#');
        if let Some((at, _)) = chars.find(|(_, c)| "]}".contains(*c)) {
            return Some((n + 1, at + 2));
        }
        skipped = 0;
    }
    None
}

/// Comments of lines that go: whole ones, and those after a value.
fn comments_in(lines: &[String], from: usize, to: usize) -> Vec<String> {
    let text = lines[from..to.min(lines.len())].join("\n");
    let found = reader::parse_with_comments(text.as_bytes()).comments;
    let lead: String = lines[from].chars().take_while(|c| *c == ' ').collect();
    found
        .into_iter()
        .map(|(_, comment)| format!("{lead}#{}", comment.trim_end()))
        .collect()
}

fn order() -> Vec<String> {
    let job = job_part();
    let names = properties(&job).map(|(name, _)| name);
    names.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const FILE: &str = "# Greets people.\nname: Old # for now\nbot_type: command\nbot_config:\n  # \
        No shell here.\n  command: [df, -h]\nschedule_type: daily\nschedule_config:\n  hour: 8 # \
        early\n  minute: 30\n\n# The rest.\nmax_instances: 3\n";

    fn merged(keys: Value) -> String {
        merge(FILE, keys.as_object().expect("a map")).expect("a text")
    }

    #[test]
    fn values_change_and_comments_stay() {
        let text = merged(
            json!({"name": "New: one", "bot_type": "command", "bot_config": {"shell": "df -h\ndu -s"},
            "schedule_type": "daily", "schedule_config": {"hour": 9}, "timezone": "Europe/Paris"}),
        );
        insta::assert_snapshot!(text, @r##"
        # Greets people.
        name: "New: one" # for now
        bot_type: command
        bot_config:
          # No shell here.
          shell: |-
            df -h
            du -s
        schedule_type: daily
        schedule_config:
          hour: 9 # early
        timezone: Europe/Paris

        # The rest.
        "##);
    }

    #[test]
    fn nothing_changes_where_nothing_differs() {
        let keys = reader::parse(FILE.as_bytes())
            .root
            .expect("a tree")
            .to_json();
        assert_eq!(merged(keys), FILE);
    }

    /// `jobsd import` writes a command so for a crontab with a `SHELL` of its own.
    #[test]
    fn lists_in_brackets_change_and_comments_stay() {
        let list = |text: &str, new: Value| {
            let keys = json!({"bot_config": {"command": new, "stdin": "x"}});
            merge(text, keys.as_object().expect("a map"))
        };
        let changed = |text, new| list(text, new).expect("a text");
        assert_eq!(
            changed(
                "bot_config:\n  command: [\"/bin/bash\", \"a # ]\"] # why\n  stdin: x\n",
                json!(["/bin/bash", "b"])
            ),
            "bot_config:\n  command: [/bin/bash, b] # why\n  stdin: x\n"
        );
        assert_eq!(
            changed(
                "bot_config:\n  command: [\n    df, # disks ]\n    [-h],\n  ]\n  stdin: x\n",
                json!(["du", "-s"])
            ),
            "bot_config:\n  # disks ]\n  command: [du, \"-s\"]\n  stdin: x\n"
        );
        assert_eq!(
            changed("bot_config:\n  command: []\n  stdin: x\n", json!(["du"])),
            "bot_config:\n  command: [du]\n  stdin: x\n"
        );
    }

    /// Any other text is left as it is.
    #[test]
    fn only_a_block_map_is_merged() {
        let keys = json!({"name": "x"});
        assert_eq!(merge("{name: y}\n", keys.as_object().expect("a map")), None);
    }
}
