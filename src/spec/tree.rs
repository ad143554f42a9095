//! YAML text to a tree whose every node has its span. The only file that names the YAML parser.
//!
//! YAML 1.2 core scalars; one document; limits on depth, nodes and alias expansion, counted here (E01).

use std::borrow::Cow;
use std::collections::HashMap;

use granit_parser::{Event, Options, Parser, ScalarStyle};
use serde_json::Value;

use crate::model::diagnostic::Span;
use crate::text::{Words, findings};

/// Deepest nesting.
const DEPTH_MAX: usize = 32;
/// Most nodes of a file, aliases expanded.
const NODES_MAX: usize = 10_000;

/// Keys up to which a map is looked through for duplicates.
const SMALL_MAP: usize = 32;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where.
    pub span: Span,
    /// What.
    pub kind: Kind,
    size: usize,
}

/// What a node holds.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A scalar, and whether its text stands in the file letter by letter from this column offset on.
    Scalar(Value, Option<usize>),
    /// A list.
    List(Vec<Node>),
    /// A map, in the order of the file.
    Map(Vec<(Key, Node)>),
}

/// A key and where it stands.
#[derive(Clone, Debug)]
pub struct Key {
    /// Its text.
    pub text: String,
    /// Where.
    pub span: Span,
}

/// A finding in the text, before there is a job to speak of.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Where.
    pub span: Span,
    /// Dotted path of the key.
    pub key: String,
    /// Code, what is wrong, what to do.
    pub words: Words,
    /// The other place it speaks of.
    pub related: Option<Span>,
}

/// What a text gives: as much of a tree as could be read, and every fault found.
#[derive(Debug, Default)]
pub struct Parsed {
    /// The tree, when the text could be read to its end.
    pub root: Option<Node>,
    /// The faults.
    pub faults: Vec<Fault>,
    /// The comments, without their `#`.
    pub comments: Vec<(Span, String)>,
}

/// Reads the bytes of a file; its comments only where one speaks to jobsd.
pub fn parse(bytes: &[u8]) -> Parsed {
    read(bytes, false)
}

/// Reads the bytes of a file, all its comments too.
pub fn parse_with_comments(bytes: &[u8]) -> Parsed {
    read(bytes, true)
}

fn read(bytes: &[u8], comments: bool) -> Parsed {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(error) => return not_utf8(bytes, error.valid_up_to()).into(),
    };
    if let Some(fault) = control_character(text) {
        return fault.into();
    }
    let mut builder = Builder::default();
    let mut options = Options::default();
    options.set_emit_comments(comments || text.contains("jobsd:"));
    for next in Parser::new_from_str_with_options(text, options) {
        let step = match next {
            Ok((event, span)) => builder.take(event, &spot(span)),
            Err(error) => Err(syntax(text, *error.marker(), &error.info())),
        };
        if let Err(fault) = step {
            builder.parsed.faults.push(fault);
            builder.parsed.root = None;
            return builder.parsed;
        }
    }
    let mut parsed = builder.parsed;
    let is_empty = parsed.root.as_ref().is_none_or(|root| root.is_null());
    if is_empty && parsed.faults.is_empty() {
        parsed.faults.push(fault(Span::START, findings::empty()));
        parsed.root = None;
    }
    parsed
}

impl Node {
    /// The value as JSON.
    pub fn to_json(&self) -> Value {
        match &self.kind {
            Kind::Scalar(value, _) => value.clone(),
            Kind::List(items) => Value::Array(items.iter().map(Node::to_json).collect()),
            Kind::Map(entries) => {
                let pairs = entries
                    .iter()
                    .map(|(key, node)| (key.text.clone(), node.to_json()));
                Value::Object(pairs.collect())
            }
        }
    }

    /// The entry of a map.
    pub fn get(&self, key: &str) -> Option<(&Key, &Node)> {
        let Kind::Map(entries) = &self.kind else {
            return None;
        };
        entries
            .iter()
            .find(|(k, _)| k.text == key)
            .map(|(key, node)| (key, node))
    }

    /// The node at a JSON pointer (`/schedule_config/hour`).
    pub fn at(&self, pointer: &str) -> Option<&Node> {
        let mut node = self;
        for part in pointer.split('/').skip(1) {
            let part = match part.contains('~') {
                true => Cow::Owned(part.replace("~1", "/").replace("~0", "~")),
                false => Cow::Borrowed(part),
            };
            node = match &node.kind {
                Kind::Map(_) => node.get(&part)?.1,
                Kind::List(items) => items.get(part.parse::<usize>().ok()?)?,
                Kind::Scalar(..) => return None,
            };
        }
        Some(node)
    }

    /// Visits every node with its dotted path.
    pub fn walk(&self, path: &str, visit: &mut dyn FnMut(&str, &Node)) {
        visit(path, self);
        match &self.kind {
            Kind::Scalar(..) => {}
            Kind::List(items) => {
                for (n, item) in items.iter().enumerate() {
                    item.walk(&format!("{path}[{n}]"), visit);
                }
            }
            Kind::Map(entries) => {
                for (key, node) in entries {
                    let dot = if path.is_empty() { "" } else { "." };
                    node.walk(&format!("{path}{dot}{}", key.text), visit);
                }
            }
        }
    }

    /// Whether it is this text.
    pub fn is_text(&self, text: &str) -> bool {
        matches!(&self.kind, Kind::Scalar(Value::String(own), _) if own == text)
    }

    /// Whether a number with a decimal point is inside.
    pub fn has_decimal(&self) -> bool {
        match &self.kind {
            Kind::Scalar(value, _) => value.is_f64(),
            Kind::List(items) => items.iter().any(Node::has_decimal),
            Kind::Map(entries) => entries.iter().any(|(_, node)| node.has_decimal()),
        }
    }

    fn is_null(&self) -> bool {
        matches!(&self.kind, Kind::Scalar(Value::Null, _))
    }
}

impl From<Fault> for Parsed {
    fn from(fault: Fault) -> Parsed {
        Parsed {
            faults: vec![fault],
            ..Parsed::default()
        }
    }
}

/// A collection that is being read.
struct Open {
    span: Span,
    anchor: usize,
    items: Vec<Node>,
    entries: Vec<(Key, Node)>,
    key: Option<Key>,
    /// Every key so far, and where it stands, once the map is large.
    seen: HashMap<String, Span>,
    is_map: bool,
    size: usize,
}

impl Open {
    /// Where this key stood before. A small map is looked through; a large one must not cost its square.
    fn first(&mut self, key: &Key) -> Option<Span> {
        if self.entries.len() < SMALL_MAP {
            let known = self
                .entries
                .iter()
                .find(|(known, _)| known.text == key.text);
            return known.map(|(known, _)| known.span);
        }
        if self.seen.is_empty() {
            let known = self
                .entries
                .iter()
                .map(|(known, _)| (known.text.clone(), known.span));
            self.seen = known.collect();
        }
        self.seen.insert(key.text.clone(), key.span)
    }
}

#[derive(Default)]
struct Builder {
    parsed: Parsed,
    open: Vec<Open>,
    anchors: HashMap<usize, Node>,
    documents: usize,
    nodes: usize,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: &Span) -> Result<(), Fault> {
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(fault(*span, findings::many_documents()));
                }
            }
            Event::Scalar(value, style, anchor, tag) => {
                self.refuse_tag(tag.is_some(), span)?;
                if self.awaits_key() {
                    let key = Key {
                        text: value.into_owned(),
                        span: *span,
                    };
                    return self.take_key(key);
                }
                let node = self.scalar(&value, style, *span);
                self.put(node, anchor)?;
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.begin(false, anchor, tag.is_some(), span)?;
            }
            Event::MappingStart(_, anchor, tag) => {
                self.begin(true, anchor, tag.is_some(), span)?;
            }
            Event::Comment(text, _) => {
                self.parsed.comments.push((*span, text.into_owned()));
            }
            Event::SequenceEnd | Event::MappingEnd => self.close()?,
            Event::Alias(anchor) => {
                let Some(node) = self.anchors.get(&anchor).cloned() else {
                    return Err(fault(*span, findings::alias_inside()));
                };
                self.put(node, 0)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn begin(
        &mut self,
        is_map: bool,
        anchor: usize,
        tagged: bool,
        span: &Span,
    ) -> Result<(), Fault> {
        self.refuse_tag(tagged, span)?;
        if self.awaits_key() {
            return Err(fault(*span, findings::key_not_text()));
        }
        if self.open.len() >= DEPTH_MAX {
            return Err(fault(*span, findings::too_deep(DEPTH_MAX)));
        }
        let (items, entries) = (Vec::new(), Vec::new());
        self.open.push(Open {
            span: *span,
            anchor,
            items,
            entries,
            key: None,
            seen: HashMap::new(),
            is_map,
            size: 1,
        });
        Ok(())
    }

    fn refuse_tag(&self, tagged: bool, span: &Span) -> Result<(), Fault> {
        if tagged {
            return Err(fault(*span, findings::tag()));
        }
        Ok(())
    }

    fn awaits_key(&self) -> bool {
        self.open
            .last()
            .is_some_and(|open| open.is_map && open.key.is_none())
    }

    fn take_key(&mut self, key: Key) -> Result<(), Fault> {
        let Some(open) = self.open.last_mut() else {
            return Ok(());
        };
        let first = open.first(&key);
        let repeated = first.map(|first| {
            let words = findings::duplicate_key(&key.text, first.line);
            (first, fault(key.span, words))
        });
        open.key = Some(key);
        if let Some((first, mut found)) = repeated {
            found.key = self.path();
            found.related = Some(first);
            self.parsed.faults.push(found);
        }
        Ok(())
    }

    fn path(&self) -> String {
        let keys = self.open.iter().filter_map(|open| open.key.as_ref());
        keys.map(|key| key.text.as_str())
            .collect::<Vec<_>>()
            .join(".")
    }

    fn put(&mut self, node: Node, anchor: usize) -> Result<(), Fault> {
        self.nodes += node.size;
        if self.nodes > NODES_MAX {
            return Err(fault(node.span, findings::alias_bomb(NODES_MAX)));
        }
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut() {
            None => self.parsed.root = Some(node),
            Some(open) => {
                open.size += node.size;
                match open.key.take() {
                    Some(key) => open.entries.push((key, node)),
                    None => open.items.push(node),
                }
            }
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), Fault> {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        let kind = if open.is_map {
            Kind::Map(open.entries)
        } else {
            Kind::List(open.items)
        };
        // The parts were counted when they were put.
        self.nodes = self.nodes.saturating_sub(open.size - 1);
        self.put(
            Node {
                span: open.span,
                kind,
                size: open.size,
            },
            open.anchor,
        )
    }

    fn scalar(&mut self, value: &str, style: ScalarStyle, span: Span) -> Node {
        let column = letter_offset(value, style, &span);
        let json = match style {
            ScalarStyle::Plain => self.plain(value, &span),
            _ => Value::String(value.to_owned()),
        };
        Node {
            span,
            kind: Kind::Scalar(json, column),
            size: 1,
        }
    }

    /// YAML 1.2 core schema, but for numbers with a leading zero, which YAML 1.1 reads as octal.
    fn plain(&mut self, value: &str, span: &Span) -> Value {
        let digits = value.strip_prefix(['-', '+']).unwrap_or(value);
        if digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit())
        {
            let bare = digits.trim_start_matches('0');
            let bare = if bare.is_empty() { "0" } else { bare };
            let mut found = fault(*span, findings::leading_zero(value, bare));
            found.key = self.path();
            self.parsed.faults.push(found);
            return bare.parse::<i64>().map_or(Value::Null, Value::from);
        }
        core_scalar(value)
    }
}

fn core_scalar(value: &str) -> Value {
    match value {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    if let Some(hex) = value.strip_prefix("0x") {
        return i64::from_str_radix(hex, 16).map_or_else(|_| value.into(), Value::from);
    }
    if let Some(octal) = value.strip_prefix("0o") {
        return i64::from_str_radix(octal, 8).map_or_else(|_| value.into(), Value::from);
    }
    let starts = value.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
    let is_number = starts
        && value
            .bytes()
            .all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    if !is_number {
        return value.into();
    }
    if let Ok(number) = value.strip_prefix('+').unwrap_or(value).parse::<i64>() {
        return number.into();
    }
    let float = value.parse::<f64>().ok().filter(|float| float.is_finite());
    float.map_or_else(|| value.into(), Value::from)
}

/// Column offset of the scalar's first letter inside its span, when the file shows it letter by letter: an escape, a fold
/// or a doubled quote makes the source longer than the value.
fn letter_offset(value: &str, style: ScalarStyle, span: &Span) -> Option<usize> {
    let offset = match style {
        ScalarStyle::Plain => 0,
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => 1,
        _ => return None,
    };
    let is_one_line = span.line == span.end_line;
    let width = span.end_column.saturating_sub(span.column);
    (is_one_line && width == value.chars().count() + 2 * offset).then_some(offset)
}

fn spot(span: granit_parser::Span) -> Span {
    Span {
        line: span.start.line().max(1),
        column: span.start.col() + 1,
        end_line: span.end.line().max(1),
        end_column: span.end.col() + 1,
    }
}

fn point(line: usize, column: usize) -> Span {
    Span {
        line,
        column,
        end_line: line,
        end_column: column + 1,
    }
}

fn fault(span: Span, words: Words) -> Fault {
    Fault {
        span,
        key: String::new(),
        words,
        related: None,
    }
}

fn not_utf8(bytes: &[u8], at: usize) -> Fault {
    let good = String::from_utf8_lossy(&bytes[..at]);
    let good = good.strip_prefix('\u{feff}').unwrap_or(&good);
    let line = good.matches('\n').count() + 1;
    let column = good.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    fault(point(line, column), findings::not_utf8(bytes[at]))
}

fn control_character(text: &str) -> Option<Fault> {
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r');
    if text.as_bytes().iter().all(is_plain) {
        return None;
    }
    let (mut line, mut column) = (1, 1);
    for c in text.chars() {
        if c.is_control() && !"\t\n\r\u{85}".contains(c) || "\u{fffe}\u{ffff}".contains(c) {
            return Some(fault(point(line, column), findings::control_character(c)));
        }
        (line, column) = if c == '\n' {
            (line + 1, 1)
        } else {
            (line, column + 1)
        };
    }
    None
}

/// A syntax error in our words where the cause is a known trap, else in the parser's.
fn syntax(text: &str, at: granit_parser::Marker, info: &str) -> Fault {
    let (line, column) = (at.line().max(1), at.col() + 1);
    let near = |n: usize| text.split('\n').nth(n.saturating_sub(1)).unwrap_or("");
    for n in [line, line.saturating_sub(1)] {
        let blank: String = near(n).chars().take_while(|c| c.is_whitespace()).collect();
        if let Some(tab) = blank.chars().position(|c| c == '\t') {
            let mut found = fault(point(n, tab + 1), findings::tab());
            found.key = enclosing_key(text, n);
            return found;
        }
    }
    for n in [line, line.saturating_sub(1)] {
        let value = near(n)
            .split_once(':')
            .map_or("", |(_, value)| value.trim_start());
        let column = near(n).chars().count() - value.chars().count() + 1;
        let Some(sign) = value.chars().next().filter(|sign| "*@%`".contains(*sign)) else {
            continue;
        };
        let mut found = fault(
            point(n, column),
            findings::must_quote(sign, value.trim_end()),
        );
        found.key = near(n)
            .split_once(':')
            .map_or("", |(key, _)| key.trim())
            .to_owned();
        return found;
    }
    fault(point(line, column), findings::syntax(info))
}

fn enclosing_key(text: &str, line: usize) -> String {
    let before: Vec<&str> = text.split('\n').take(line.saturating_sub(1)).collect();
    let key = before
        .iter()
        .rev()
        .find(|line| !line.starts_with([' ', '\t']) && line.contains(':'));
    key.and_then(|line| line.split_once(':'))
        .map_or("", |(key, _)| key)
        .to_owned()
}
