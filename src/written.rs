//! What someone wrote, read key by key whatever else is wrong with it: a rule looks at its own key,
//! and a value of another type, which the schema refuses, is none here.

use serde_json::Value;

/// The value of a dotted key, such as `delivery.smtp.host`.
pub fn at<'a>(written: &'a Value, key: &str) -> Option<&'a Value> {
    key.split('.').try_fold(written, |map, part| map.get(part))
}

/// The text of a dotted key.
pub fn text<'a>(written: &'a Value, key: &str) -> Option<&'a str> {
    at(written, key)?.as_str()
}

/// The number from 0 of a dotted key.
pub fn number(written: &Value, key: &str) -> Option<u64> {
    at(written, key)?.as_u64()
}

/// Whether the switch of a dotted key is on.
pub fn is_on(written: &Value, key: &str) -> bool {
    at(written, key).and_then(Value::as_bool) == Some(true)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{is_on, number, text};

    #[test]
    fn a_wrong_value_hides_no_other() {
        let written = json!({"delivery": {"smtp": {"host": "a", "port": "25"}}, "dry_run": "yes"});
        assert_eq!(text(&written, "delivery.smtp.host"), Some("a"));
        assert_eq!(number(&written, "delivery.smtp.port"), None);
        assert_eq!(text(&written, "dry_run.host"), None);
        assert!(!is_on(&written, "dry_run"));
    }
}
