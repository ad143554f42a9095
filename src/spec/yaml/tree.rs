//! The tree of a YAML text: every node has its span. It is read by `reader.rs`; here is what it
//! holds and how it is asked.

use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::model::diagnostic::Span;
use crate::text::Words;

/// A value and where it is.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where; of an alias the place of the alias.
    pub span: Span,
    /// What.
    pub kind: Kind,
    /// The text of an unquoted scalar that is not a string: `08`, `1e3`, `yes` is one, `true` is
    /// not.
    pub raw: Option<Box<str>>,
    /// How many nodes it is, itself included.
    pub size: usize,
    /// About how many bytes a copy of it takes.
    pub cost: usize,
}

/// What a node holds.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A scalar, and whether its text is in the file letter by letter from this column offset
    /// on.
    Scalar(Value, Option<usize>),
    /// A list.
    List(Vec<Node>),
    /// A map, in the order of the file.
    Map(Vec<(Key, Node)>),
}

/// A key and where it is.
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
    /// Whether a map holds a key twice; both are in the tree.
    pub has_repeats: bool,
}

impl Node {
    /// The value as JSON.
    pub fn to_json(&self) -> Value {
        match &self.kind {
            Kind::Scalar(value, _) => value.clone(),
            Kind::List(items) => Value::Array(items.iter().map(Node::to_json).collect()),
            Kind::Map(entries) => {
                let mut map = Map::with_capacity(entries.len());
                // As [`Node::get`]: of a key that occurs twice the first one holds.
                for (key, node) in entries {
                    map.entry(key.text.as_str())
                        .or_insert_with(|| node.to_json());
                }
                Value::Object(map)
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

    /// Looks at every text, keys too, with its place.
    pub fn look(&self, see: &mut dyn FnMut(&str, Span)) {
        match &self.kind {
            Kind::Scalar(Value::String(text), _) => see(text, self.span),
            Kind::Scalar(..) => {}
            Kind::List(items) => items.iter().for_each(|item| item.look(see)),
            Kind::Map(entries) => {
                for (key, node) in entries {
                    see(&key.text, key.span);
                    node.look(see);
                }
            }
        }
    }

    /// Whether it is this text.
    pub fn is_text(&self, text: &str) -> bool {
        matches!(&self.kind, Kind::Scalar(Value::String(own), _) if own == text)
    }

    /// Whether a number that is not an integer of 64 bits is inside.
    pub fn has_decimal(&self) -> bool {
        match &self.kind {
            Kind::Scalar(value, _) => value.is_f64(),
            Kind::List(items) => items.iter().any(Node::has_decimal),
            Kind::Map(entries) => entries.iter().any(|(_, node)| node.has_decimal()),
        }
    }

    /// Whether it is nothing.
    pub fn is_null(&self) -> bool {
        matches!(&self.kind, Kind::Scalar(Value::Null, _))
    }

    /// The tree where of every key that occurs twice only the last one is left.
    pub fn with_last_keys(&self) -> Node {
        let kind = match &self.kind {
            Kind::Scalar(..) => return self.clone(),
            Kind::List(items) => Kind::List(items.iter().map(Node::with_last_keys).collect()),
            Kind::Map(entries) => {
                let mut seen = HashSet::new();
                let mut kept: Vec<(Key, Node)> = entries
                    .iter()
                    .rev()
                    .filter(|(key, _)| seen.insert(key.text.as_str()))
                    .map(|(key, node)| (key.clone(), node.with_last_keys()))
                    .collect();
                kept.reverse();
                Kind::Map(kept)
            }
        };
        Node {
            kind,
            raw: None,
            ..*self
        }
    }
}

impl Fault {
    /// A fault without a key.
    pub fn new(span: Span, words: Words) -> Fault {
        Fault {
            span,
            key: String::new(),
            words,
            related: None,
        }
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
