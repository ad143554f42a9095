//! Scalars: the value of what is written, and where its first letter is.

use granit_parser::ScalarStyle;
use serde_json::Value;

use crate::model::diagnostic::Span;
use crate::spec::yaml::reader::{NODE_BYTES, Reader};
use crate::spec::yaml::scalar;
use crate::spec::yaml::tree::{Fault, Kind, Node};
use crate::text::findings;

impl Reader<'_> {
    /// A scalar as a node.
    pub(super) fn scalar(&mut self, value: &str, style: ScalarStyle, span: Span) -> Node {
        let column = letter_offset(value, style, &span);
        let json = match style {
            ScalarStyle::Plain => self.plain(value, span),
            _ => Value::String(value.to_owned()),
        };
        let raw = match json {
            Value::String(_) => None,
            _ => Some(value.into()),
        };
        Node {
            span,
            kind: Kind::Scalar(json, column),
            raw,
            size: 1,
            cost: NODE_BYTES + value.len(),
        }
    }

    /// YAML 1.2 core schema, but for numbers with a leading zero, which YAML 1.1 reads as octal.
    fn plain(&mut self, value: &str, span: Span) -> Value {
        let Some(bare) = scalar::without_zeros(value) else {
            return scalar::core(value);
        };
        let key = self.path();
        let mut found = Fault::new(span, findings::syntax::leading_zero(&key, value, &bare));
        found.key = key;
        self.push(found);
        bare.parse::<i64>().map_or(Value::Null, Value::from)
    }
}

/// Column offset of the scalar's first letter inside its span, when the file shows it letter by
/// letter: an escape, a fold or a doubled quote makes the source longer than the value.
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
