//! A collection that is being read: its entries so far, and what comes next in it.

use std::collections::HashMap;

use crate::model::diagnostic::Span;
use crate::spec::yaml::tree::{Key, Node};

/// Keys up to which a map is looked through for duplicates.
const SMALL_MAP: usize = 32;

/// What the value that comes next belongs to.
pub(super) enum Slot {
    /// In a map: a key comes first. In a list: an item.
    Free,
    /// This key.
    Of(Key),
    /// A key that was refused: the value is read and left out.
    Refused,
}

/// A collection that is being read.
pub(super) struct Open {
    pub(super) span: Span,
    pub(super) anchor: usize,
    pub(super) items: Vec<Node>,
    pub(super) entries: Vec<(Key, Node)>,
    pub(super) slot: Slot,
    /// Every key so far, and where it is, once the map is large.
    pub(super) seen: HashMap<String, Span>,
    pub(super) is_map: bool,
    pub(super) is_flow: bool,
    /// It is where a key must be: it is read and left out.
    pub(super) is_key: bool,
    pub(super) size: usize,
    pub(super) cost: usize,
}

impl Open {
    /// Where this key stood before. A small map is looked through; a large one must not cost its
    /// square.
    pub(super) fn first(&mut self, key: &Key) -> Option<Span> {
        if self.entries.len() < SMALL_MAP {
            let mut known = self.entries.iter().map(|(known, _)| known);
            return known
                .find(|known| known.text == key.text)
                .map(|known| known.span);
        }
        if self.seen.is_empty() {
            let known = self.entries.iter().rev();
            let known = known.map(|(known, _)| (known.text.clone(), known.span));
            self.seen = known.collect();
        }
        if let Some(first) = self.seen.get(&key.text) {
            return Some(*first);
        }
        self.seen.insert(key.text.clone(), key.span)
    }
}
