//! YAML text to a tree. Only this room names the YAML parser.
//!
//! YAML 1.2 core scalars; one document; limits on depth, nodes and copied bytes, counted here
//! (E01). What can be read past is a fault and reading continues; what cannot ends the file.

use std::collections::HashMap;

use granit_parser::{Event, Options, Parser, ScalarStyle, StructureStyle};
use serde_json::Value;

use crate::model::diagnostic::Span;
use crate::spec::yaml::open::{Open, Slot};
use crate::spec::yaml::traps;
use crate::spec::yaml::tree::{Fault, Kind, Node, Parsed};
use crate::text::findings;

mod alias;
mod keys;
mod letters;

/// Deepest nesting.
const DEPTH_MAX: usize = 32;
/// Most nodes of a file, aliases expanded.
const NODES_MAX: usize = 8_000;
/// Most bytes that anchors and aliases may copy.
const COPIED_BYTES_MAX: usize = 1 << 20;
/// What a node costs beside its text.
const NODE_BYTES: usize = 96;
/// Keys of a job file that are foreseen.
const ROOT_KEYS: usize = 16;
/// Faults of a text that are kept; more are never listed.
const FAULTS_MAX: usize = 300;
/// Comments that speak to jobsd and are kept.
const COMMENTS_MAX: usize = 1_000;

/// Reads the bytes of a file; its comments only where one speaks to jobsd.
pub fn parse(bytes: &[u8]) -> Parsed {
    read(bytes, false)
}

/// Reads the bytes of a file, all its comments too.
pub fn parse_with_comments(bytes: &[u8]) -> Parsed {
    read(bytes, true)
}

/// Reads the bytes of a file; without `comments` only those that speak to jobsd are kept.
fn read(bytes: &[u8], comments: bool) -> Parsed {
    let text = match traps::text(bytes) {
        Ok(text) => text,
        Err(fault) => return fault.into(),
    };
    let mut options = Options::default();
    options.set_emit_comments(comments || text.contains("jobsd:"));
    options.max_buffered_comment_events = usize::MAX;
    options.emit_unresolved_aliases = true;
    options.disallow_directives = true;
    let mut reader = Reader::new(text, comments);
    for next in Parser::new_from_str_with_options(text, options) {
        let step = match next {
            Ok((event, span)) => reader.take(event, &span),
            Err(error) => {
                let at = (error.marker().line().max(1), error.marker().col() + 1);
                Err(reader.syntax(at, &error.info()))
            }
        };
        match step {
            Ok(Step::On) => {}
            Ok(Step::End) => break,
            Err(fault) => {
                // What follows an alias that leads nowhere is mostly the rest of the same text.
                let is_told = reader.lost_line == Some(fault.span.line);
                if !is_told {
                    reader.push(fault);
                }
                reader.parsed.root = None;
                return reader.parsed;
            }
        }
    }
    let mut parsed = reader.parsed;
    if parsed.root.as_ref().is_none_or(Node::is_null) {
        if parsed.faults.is_empty() {
            parsed
                .faults
                .push(Fault::new(Span::START, findings::syntax::empty()));
        }
        parsed.root = None;
    }
    parsed
}

/// Whether to read on.
enum Step {
    On,
    /// What follows is not of this job.
    End,
}

struct Reader<'t> {
    text: &'t str,
    has_tabs: bool,
    all_comments: bool,
    parsed: Parsed,
    open: Vec<Open>,
    anchors: HashMap<usize, Node>,
    documents: usize,
    nodes: usize,
    copied: usize,
    /// End of the last node that was read.
    read: (usize, usize),
    /// The line whose leading tab was reported last.
    tab_line: usize,
    /// The line of the last alias that leads nowhere.
    lost_line: Option<usize>,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str, all_comments: bool) -> Reader<'t> {
        Reader {
            text,
            has_tabs: text.contains('\t'),
            all_comments,
            parsed: Parsed::default(),
            open: Vec::new(),
            anchors: HashMap::new(),
            documents: 0,
            nodes: 0,
            copied: 0,
            read: (1, 1),
            tab_line: 0,
            lost_line: None,
        }
    }

    fn push(&mut self, fault: Fault) {
        if self.parsed.faults.len() < FAULTS_MAX {
            self.parsed.faults.push(fault);
        }
    }

    fn take(&mut self, event: Event<'_>, at: &granit_parser::Span) -> Result<Step, Fault> {
        let span = spot(at);
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    self.push(Fault::new(span, findings::syntax::many_documents()));
                    return Ok(Step::End);
                }
            }
            Event::Scalar(value, style, anchor, tag) => {
                self.begins(at, span, tag.is_some());
                self.read = match style {
                    // A block scalar ends where the next line begins.
                    ScalarStyle::Literal | ScalarStyle::Folded => {
                        (span.end_line.saturating_sub(1), 1)
                    }
                    _ => (span.end_line, span.end_column),
                };
                if self.awaits_key() {
                    self.key_text(&value, style, anchor, span);
                } else {
                    let node = self.scalar(&value, style, span);
                    self.put(node, anchor)?;
                }
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.begins(at, span, tag.is_some());
                self.begin(false, style, anchor, span)?;
            }
            Event::MappingStart(style, anchor, tag) => {
                self.begins(at, span, tag.is_some());
                self.begin(true, style, anchor, span)?;
            }
            Event::Comment(text, _) => self.comment(&text, span),
            Event::SequenceEnd | Event::MappingEnd => self.close()?,
            Event::Alias(anchor) => {
                self.begins(at, span, false);
                self.read = (span.end_line, span.end_column);
                self.alias(anchor, span)?;
            }
            Event::UnresolvedAlias(_) => {
                self.begins(at, span, false);
                self.read = (span.end_line, span.end_column);
                let rest = at.start.byte_offset().map_or("", |at| &self.text[at..]);
                self.lost_alias(span, rest)?;
            }
            _ => {}
        }
        Ok(Step::On)
    }

    /// Refuses a tab or a tag before a node.
    fn begins(&mut self, at: &granit_parser::Span, span: Span, is_tagged: bool) {
        if is_tagged {
            let mut found = Fault::new(span, findings::syntax::tag());
            found.key = self.path();
            self.push(found);
        }
        let in_flow = self.open.last().is_some_and(|open| open.is_flow);
        if !self.has_tabs || in_flow || self.tab_line == span.line {
            return;
        }
        let before = at.start.byte_offset().map(|end| &self.text[..end]);
        if let Some(column) = before.and_then(traps::leading_tab) {
            self.tab_line = span.line;
            let key = self.path();
            self.push(traps::tab(key, span.line, column));
        }
    }

    fn comment(&mut self, text: &str, span: Span) {
        let speaks = text.trim_start().starts_with("jobsd:");
        let is_kept = self.all_comments || speaks && self.parsed.comments.len() < COMMENTS_MAX;
        if is_kept {
            self.parsed.comments.push((span, text.to_owned()));
        }
    }

    fn begin(
        &mut self,
        is_map: bool,
        style: StructureStyle,
        anchor: usize,
        span: Span,
    ) -> Result<(), Fault> {
        let is_key = self.awaits_key();
        if is_key {
            self.push(Fault::new(span, findings::syntax::key_not_text()));
        }
        if self.open.len() >= DEPTH_MAX {
            return Err(Fault::new(span, findings::syntax::too_deep(DEPTH_MAX)));
        }
        self.open.push(Open {
            span,
            anchor,
            items: Vec::new(),
            entries: Vec::with_capacity(if self.open.is_empty() { ROOT_KEYS } else { 0 }),
            slot: Slot::Free,
            seen: HashMap::new(),
            is_map,
            is_flow: matches!(style, StructureStyle::Flow),
            is_key,
            size: 1,
            cost: NODE_BYTES,
        });
        Ok(())
    }

    fn awaits_key(&self) -> bool {
        self.open
            .last()
            .is_some_and(|open| open.is_map && matches!(open.slot, Slot::Free))
    }

    fn set_slot(&mut self, slot: Slot) {
        if let Some(open) = self.open.last_mut() {
            open.slot = slot;
        }
    }

    /// The path to what is read next: `retry.on_exit[0]`.
    fn path(&self) -> String {
        let mut path = String::new();
        for open in &self.open {
            match &open.slot {
                Slot::Of(key) if path.is_empty() => path.push_str(&key.text),
                Slot::Of(key) => {
                    path.push('.');
                    path.push_str(&key.text);
                }
                Slot::Free if !open.is_map => path.push_str(&format!("[{}]", open.items.len())),
                Slot::Free | Slot::Refused => {}
            }
        }
        path
    }

    fn put(&mut self, node: Node, anchor: usize) -> Result<(), Fault> {
        self.nodes += node.size;
        if self.nodes > NODES_MAX {
            return Err(Fault::new(
                node.span,
                findings::syntax::alias_bomb(NODES_MAX),
            ));
        }
        if anchor > 0 {
            self.copied += node.cost;
            if self.copied > COPIED_BYTES_MAX {
                return Err(Fault::new(
                    node.span,
                    findings::syntax::alias_bomb(NODES_MAX),
                ));
            }
            self.anchors.insert(anchor, node.clone());
        }
        let Some(open) = self.open.last_mut() else {
            self.parsed.root = Some(node);
            return Ok(());
        };
        match std::mem::replace(&mut open.slot, Slot::Free) {
            Slot::Refused => return Ok(()),
            Slot::Of(key) => {
                open.cost += node.cost + NODE_BYTES + key.text.len();
                open.size += node.size;
                open.entries.push((key, node));
            }
            Slot::Free => {
                open.cost += node.cost;
                open.size += node.size;
                open.items.push(node);
            }
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), Fault> {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        // The parts were counted when they were put.
        self.nodes = self.nodes.saturating_sub(open.size - 1);
        if open.is_key {
            self.nodes += open.size;
            self.set_slot(Slot::Refused);
            return Ok(());
        }
        let kind = if open.is_map {
            Kind::Map(open.entries)
        } else {
            Kind::List(open.items)
        };
        let node = Node {
            span: open.span,
            kind,
            raw: None,
            size: open.size,
            cost: open.cost,
        };
        self.put(node, open.anchor)
    }

    fn syntax(&self, at: (usize, usize), info: &str) -> Fault {
        let stop = traps::Stop {
            text: self.text,
            at,
            read: self.read,
            key: self.path(),
        };
        stop.fault(info)
    }
}

fn nothing(span: Span) -> Node {
    Node {
        span,
        kind: Kind::Scalar(Value::Null, None),
        raw: None,
        size: 1,
        cost: NODE_BYTES,
    }
}

fn spot(span: &granit_parser::Span) -> Span {
    Span {
        line: span.start.line().max(1),
        column: span.start.col() + 1,
        end_line: span.end.line().max(1),
        end_column: span.end.col() + 1,
    }
}
