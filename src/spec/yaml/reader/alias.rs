//! Aliases: a copy of what was anchored, within bounds; or a text that was meant to be one.

use serde_json::Value;

use crate::model::diagnostic::Span;
use crate::spec::yaml::open::Slot;
use crate::spec::yaml::reader::{COPIED_BYTES_MAX, NODES_MAX, Reader, nothing};
use crate::spec::yaml::traps;
use crate::spec::yaml::tree::{Fault, Key, Kind};
use crate::text::findings;

impl Reader<'_> {
    /// An alias: the node that its anchor names.
    pub(super) fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Fault> {
        let known = self.anchors.get(&anchor);
        if self.awaits_key() {
            let text = known.and_then(|node| match &node.kind {
                Kind::Scalar(Value::String(text), _) => Some(text.clone()),
                _ => None,
            });
            self.push(Fault::new(span, findings::syntax::alias_key()));
            let open = self.open.last_mut();
            // What the key was meant to be still counts as given.
            let slot = match (open, text) {
                (Some(open), Some(text)) => {
                    let key = Key { text, span };
                    match open.first(&key) {
                        None => Slot::Of(key),
                        Some(_) => Slot::Refused,
                    }
                }
                _ => Slot::Refused,
            };
            self.set_slot(slot);
            return Ok(());
        }
        let Some(known) = known else {
            let mut found = Fault::new(span, findings::syntax::alias_inside());
            found.key = self.path();
            self.push(found);
            return self.put(nothing(span), 0);
        };
        let cost = known.cost;
        let words = findings::syntax::alias_bomb(NODES_MAX);
        if self.nodes + known.size > NODES_MAX || self.copied + cost > COPIED_BYTES_MAX {
            return Err(Fault::new(span, words));
        }
        let mut node = known.clone();
        node.span = span;
        if let Kind::Scalar(_, offset) = &mut node.kind {
            *offset = None;
        }
        self.copied += cost;
        self.put(node, 0)
    }

    /// An alias that leads nowhere: mostly a text that begins with `*`.
    pub(super) fn lost_alias(&mut self, span: Span, rest: &str) -> Result<(), Fault> {
        let mut found = traps::lost_alias(rest, &span, &self.path());
        self.lost_line = Some(span.line);
        if self.awaits_key() {
            found.words = findings::syntax::alias_key();
            self.push(found);
            self.set_slot(Slot::Refused);
            return Ok(());
        }
        self.push(found);
        self.put(nothing(span), 0)
    }
}
