//! The canonical form of a file: keys in the order of its schema at every level, two blanks of
//! indentation, one blank after a colon and between the items of `[a, b]`, no trailing blanks, no
//! byte-order mark, LF, at most one empty line in a row. Comments stay with what they speak of. The
//! result is read again: it must say the same, or nothing is done.

use serde_json::Value;

use crate::rewrite::flow;
use crate::rewrite::lines::{
    Line, STEP, depth_of, headed, is_comment_at, is_silent, joined, moved,
};
use crate::rewrite::meaning::same_meaning;
use crate::spec::rules::branch;
use crate::spec::types::part::properties;
use crate::spec::yaml::reader;
use crate::spec::yaml::tree::{Key, Kind, Node};

/// Why a text has no canonical form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoForm {
    /// It cannot be read; the finding's line and message.
    Unreadable(usize, crate::text::Text),
    /// It is not a map of keys on lines of their own.
    NoBlockMap,
    /// It would say something else.
    WouldChange,
}

/// The text in canonical form; `schema` gives the order of keys.
///
/// # Errors
/// [`NoForm`] when there is no such form.
pub fn canonical(text: &str, schema: &Value) -> Result<String, NoForm> {
    let text = cleaned(text);
    let parsed = reader::parse(text.as_bytes());
    if let Some(fault) = parsed.faults.into_iter().next() {
        return Err(NoForm::Unreadable(fault.span.line, fault.words.message));
    }
    let root = parsed.root.ok_or(NoForm::NoBlockMap)?;
    let sheet = Sheet {
        lines: text
            .strip_suffix('\n')
            .unwrap_or(&text)
            .split('\n')
            .collect(),
        schema,
        root: &root,
    };
    let result = sheet.laid_out().ok_or(NoForm::NoBlockMap)?;
    if same_meaning(&text, &result) {
        Ok(result)
    } else {
        Err(NoForm::WouldChange)
    }
}

fn cleaned(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.replace("\r\n", "\n")
}

/// A text with its tree.
struct Sheet<'a> {
    lines: Vec<&'a str>,
    schema: &'a Value,
    root: &'a Node,
}

/// A key with its lines: those above it that speak of it, its own, and those of its value, up to
/// `end`.
#[derive(Clone, Copy)]
struct Entry<'a> {
    key: &'a Key,
    node: &'a Node,
    above: usize,
    own: usize,
    end: usize,
}

impl Sheet<'_> {
    fn laid_out(&self) -> Option<String> {
        let Kind::Map(entries) = &self.root.kind else {
            return None;
        };
        let first = entries.first()?.0.span.line - 1;
        let head = self.head(first);
        let mut lines: Vec<Line> = self.lines[..head]
            .iter()
            .map(|line| Line::new(0, line.trim()))
            .collect();
        let order: Vec<_> = properties(self.schema).collect();
        lines.extend(self.map(entries, head, self.lines.len(), 0, &order)?);
        Some(joined(&lines))
    }

    /// Where the comments of the first key begin: after an empty line, and after what speaks to
    /// editors.
    fn head(&self, first: usize) -> usize {
        let is_own = |line: &&str| line.starts_with('#') && !line.contains("$schema=");
        let own = self.lines[..first]
            .iter()
            .rev()
            .take_while(|line| is_own(line));
        first - own.count()
    }

    /// A map whose keys are on lines of their own, between two lines; the lines before its first
    /// key are its own.
    fn map(
        &self,
        entries: &[(Key, Node)],
        from: usize,
        to: usize,
        indent: usize,
        order: &[(&str, &Value)],
    ) -> Option<Vec<Line>> {
        let mut list = self.entries(entries, from, to)?;
        let place = |entry: &Entry<'_>| {
            let known = order.iter().position(|(name, _)| *name == entry.key.text);
            known.unwrap_or(order.len())
        };
        list.sort_by_key(place);
        let mut lines = Vec::new();
        for entry in list {
            for line in &self.lines[entry.above..entry.own] {
                lines.push(Line::new(indent, line.trim()));
            }
            let known = order.iter().find(|(name, _)| *name == entry.key.text);
            lines.extend(self.entry(&entry, indent, known.map(|(_, schema)| *schema))?);
        }
        Some(lines)
    }

    fn entries<'n>(
        &self,
        entries: &'n [(Key, Node)],
        from: usize,
        to: usize,
    ) -> Option<Vec<Entry<'n>>> {
        let column = entries.first()?.0.span.column;
        let mut list: Vec<Entry<'n>> = Vec::new();
        let mut least = from;
        for (key, node) in entries {
            let own = key.span.line - 1;
            let line = self.lines.get(own)?;
            let is_alone = line.chars().take(key.span.column - 1).all(|c| c == ' ');
            if own < least || own >= to || key.span.column != column || !is_alone {
                return None;
            }
            let above = if list.is_empty() {
                from
            } else {
                own - self.comments(own, least, column)
            };
            if let Some(last) = list.last_mut() {
                last.end = above;
            }
            list.push(Entry {
                key,
                node,
                above,
                own,
                end: to,
            });
            least = own + 1;
        }
        Some(list)
    }

    /// How many lines above a key speak of it: the comments directly above it at its column, and
    /// those before them that an empty line parts from what comes before.
    fn comments(&self, own: usize, least: usize, column: usize) -> usize {
        let is_near = |line: &&&str| line.trim().is_empty() || is_comment_at(line, column - 1);
        let silent = self.lines[least..own].iter().rev().take_while(is_near);
        let silent: Vec<&&str> = silent.collect();
        let is_blank = |line: &&&&str| line.trim().is_empty();
        let direct = silent
            .iter()
            .take_while(|line| !line.trim().is_empty())
            .count();
        if direct == silent.len() {
            return direct;
        }
        // From the top: what is directly below another key is that key's, and so are the empty
        // lines after it.
        let of_other = silent
            .iter()
            .rev()
            .take_while(|line| !line.trim().is_empty())
            .count();
        let empty = silent
            .iter()
            .rev()
            .skip(of_other)
            .take_while(is_blank)
            .count();
        silent.len() - of_other - empty
    }

    fn entry(&self, entry: &Entry<'_>, indent: usize, schema: Option<&Value>) -> Option<Vec<Line>> {
        let line = self.lines[entry.own];
        let (name, rest) = split_key(line, entry.key)?;
        let rest = rest.trim();
        let below = &self.lines[entry.own + 1..entry.end];
        let is_named = (rest.is_empty() || rest.starts_with('#')) && !is_in_brackets(below);
        if is_named
            && let Kind::Map(entries) = &entry.node.kind
            && entries
                .first()
                .is_some_and(|(key, _)| key.span.line > entry.own + 1)
        {
            let order = self.order(&entry.key.text, schema);
            let inner = self.map(entries, entry.own + 1, entry.end, indent + STEP, &order)?;
            return Some([vec![headed(indent, name, rest)], inner].concat());
        }
        if is_named && matches!(entry.node.kind, Kind::List(_)) {
            let inner = list(below, indent + STEP)?;
            return Some([vec![headed(indent, name, rest)], inner].concat());
        }
        if rest.starts_with(['|', '>']) {
            let inner = block(below, entry.key.span.column - 1, indent, rest);
            return Some([vec![headed(indent, name, rest)], inner].concat());
        }
        if below.iter().all(|line| is_silent(line)) {
            let first = headed(indent, name, &flow::tidy(rest));
            let old = entry.key.span.column - 1;
            let rest = below
                .iter()
                .map(|line| Line::new(depth_of(line, old, indent), line.trim()));
            return Some([first].into_iter().chain(rest).collect());
        }
        // A value over several lines keeps its own; only the depth of all moves.
        let old = entry.key.span.column - 1;
        let inner = below.iter().map(|line| moved(line, old, indent));
        Some(
            [headed(indent, name, rest)]
                .into_iter()
                .chain(inner)
                .collect(),
        )
    }

    /// The keys below a key: what its own schema lists, or that of its type.
    fn order<'s>(&'s self, key: &str, schema: Option<&'s Value>) -> Vec<(&'s str, &'s Value)> {
        let own: Vec<_> = schema.into_iter().flat_map(properties).collect();
        if !own.is_empty() {
            return own;
        }
        let tag = match key {
            "bot_config" => "bot_type",
            "schedule_config" => "schedule_type",
            _ => return own,
        };
        let kind = self.root.get(tag).map(|(_, node)| node.to_json());
        let kind = kind.as_ref().and_then(Value::as_str);
        let branch = kind.and_then(|kind| branch::of_kind(self.schema, tag, kind));
        let config = branch.map(|branch| branch.config);
        config.into_iter().flat_map(properties).collect()
    }
}

/// A key as it is written, and what follows its colon.
fn split_key<'l>(line: &'l str, key: &Key) -> Option<(&'l str, &'l str)> {
    let at = |column: usize| {
        line.char_indices()
            .nth(column - 1)
            .map_or(line.len(), |(at, _)| at)
    };
    let (from, to) = (at(key.span.column), at(key.span.end_column));
    let behind = line.get(to..)?.trim_start().strip_prefix(':')?;
    Some((line.get(from..to)?.trim_end(), behind))
}

/// Whether a value begins below its key with a bracket, as other formatters write a long one.
fn is_in_brackets(below: &[&str]) -> bool {
    let first = below.iter().find(|line| !is_silent(line));
    first.is_some_and(|line| line.trim_start().starts_with(['[', '{']))
}

/// A list of `- item` lines; an item of several lines moves as a whole.
fn list(lines: &[&str], indent: usize) -> Option<Vec<Line>> {
    let first = lines.iter().find(|line| !is_silent(line))?;
    let old = first.len() - first.trim_start_matches(' ').len();
    let mut result = Vec::new();
    let mut is_inside = false;
    for line in lines {
        let depth = line.len() - line.trim_start_matches(' ').len();
        let item = line[depth..]
            .strip_prefix('-')
            .filter(|rest| rest.is_empty() || rest.starts_with(' '));
        match item {
            Some(rest) if depth == old => {
                let rest = rest.trim();
                is_inside =
                    rest.ends_with(['|', '>', '-', '+']) || rest.starts_with(['"', '\'', '[', '{']);
                let gap = if rest.is_empty() { "" } else { " " };
                result.push(Line::new(indent, &format!("-{gap}{}", flow::tidy(rest))));
            }
            _ if is_silent(line) && !is_inside => result.push(Line::new(indent, line.trim())),
            _ => result.push(moved(line, old, indent)),
        }
    }
    Some(result)
}

/// The lines of a block text: its depth becomes one step below the key, or stays as counted from
/// the key where the header says how deep it is.
fn block(lines: &[&str], old: usize, indent: usize, header: &str) -> Vec<Line> {
    let mark = header.split([' ', '#']).next().unwrap_or_default();
    let is_counted = mark.contains(|c: char| c.is_ascii_digit());
    let depth = |line: &&str| line.len() - line.trim_start_matches(' ').len();
    let first = lines.iter().find(|line| !line.trim().is_empty()).map(depth);
    let (from, to) = match first {
        Some(first) if !is_counted => (first, indent + STEP),
        _ => (old, indent),
    };
    // After the text, lines that are less deep are comments of the map.
    let inside = lines
        .iter()
        .rposition(|line| !line.trim().is_empty() && depth(line) >= from.max(old + 1))
        .map_or(0, |last| last + 1);
    let text = lines[..inside].iter().map(|line| moved(line, from, to));
    let rest = lines[inside..].iter().map(|line| {
        let mut line = Line::new(depth_of(line, old, indent), line.trim());
        // With `+` the empty lines at the end belong to the text.
        line.is_bare = line.text.is_empty() && mark.contains('+');
        line
    });
    text.chain(rest).collect()
}
