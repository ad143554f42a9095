//! Whether two texts say the same: the proof of every edit.

use serde_json::Value;

use crate::spec::yaml::reader;
use crate::spec::yaml::tree::Node;

/// Whether two texts hold the same values and the same comments.
pub fn same_meaning(one: &str, other: &str) -> bool {
    let read = |text: &str| {
        let parsed = reader::parse_with_comments(text.as_bytes());
        let value: Option<Value> = parsed.root.as_ref().map(Node::to_json);
        let mut comments: Vec<String> = parsed
            .comments
            .into_iter()
            .map(|(_, text)| text.trim_end().to_owned())
            .collect();
        comments.sort();
        (value.map(sorted), comments, parsed.faults.len())
    };
    read(one) == read(other)
}

/// The value as text that does not depend on the order of keys.
fn sorted(value: Value) -> String {
    match value {
        Value::Object(map) => {
            let mut pairs: Vec<String> = map
                .into_iter()
                .map(|(key, value)| format!("{key:?}:{}", sorted(value)))
                .collect();
            pairs.sort();
            format!("{{{}}}", pairs.join(","))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.into_iter().map(sorted).collect();
            format!("[{}]", items.join(","))
        }
        other => other.to_string(),
    }
}
