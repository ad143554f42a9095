//! Where keys are in a file.

use crate::model::diagnostic::Span;
use crate::spec::yaml::tree::{Kind, Node};

/// The key and span of the value that these keys lead to, or of the deepest one that is there.
pub fn place(root: &Node, keys: &[&str]) -> (String, Span) {
    let (mut node, mut span, mut path) = (root, Span::START, Vec::new());
    for key in keys {
        let Some((found, value)) = node.get(key) else {
            break;
        };
        span = if matches!(value.kind, Kind::Map(_)) {
            found.span
        } else {
            value.span
        };
        path.push(*key);
        node = value;
    }
    (path.join("."), span)
}

/// The span of the key that these keys lead to.
pub fn key_span(root: &Node, keys: &[&str]) -> Span {
    let (mut node, mut span) = (root, Span::START);
    for key in keys {
        let Some((found, value)) = node.get(key) else {
            break;
        };
        (node, span) = (value, found.span);
    }
    span
}
