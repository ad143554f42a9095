//! Keys of maps: their text, and the place that the value after one takes.

use granit_parser::ScalarStyle;

use crate::model::diagnostic::Span;
use crate::spec::yaml::open::Slot;
use crate::spec::yaml::reader::Reader;
use crate::spec::yaml::tree::{Fault, Key};
use crate::text::findings;

impl Reader<'_> {
    /// A scalar where a key is awaited.
    pub(super) fn key_text(&mut self, value: &str, style: ScalarStyle, anchor: usize, span: Span) {
        let words = match (value, style) {
            ("" | "~", ScalarStyle::Plain) => Some(findings::syntax::key_not_text()),
            ("<<", ScalarStyle::Plain) => Some(findings::syntax::merge_key()),
            _ => None,
        };
        if let Some(words) = words {
            let mut found = Fault::new(span, words);
            found.key = self.path();
            self.set_slot(Slot::Refused);
            return self.push(found);
        }
        if anchor > 0 {
            let node = self.scalar(value, style, span);
            self.anchors.insert(anchor, node);
        }
        self.take_key(Key {
            text: value.to_owned(),
            span,
        });
    }

    /// Waits for the value of a key; one that is there already is a fault.
    pub(super) fn take_key(&mut self, key: Key) {
        let Some(open) = self.open.last_mut() else {
            return;
        };
        let first = open.first(&key);
        let words = first.map(|first| findings::syntax::duplicate_key(&key.text, first.line));
        let span = key.span;
        open.slot = Slot::Of(key);
        if let Some(words) = words {
            let mut found = Fault::new(span, words);
            found.key = self.path();
            found.related = first;
            self.parsed.has_repeats = true;
            self.push(found);
        }
    }
}
