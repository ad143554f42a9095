//! `Definition`: the effective definition of a job, as small as it can be kept: ten thousand of
//! them live in a daemon.

use std::fmt;
use std::sync::{Arc, LazyLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// What definitions have in common. Each is kept as one byte below 32, which compact JSON never
/// holds: a text with other phrases, or with none of them, is only longer.
const PHRASES: [&str; 30] = [
    r#","enabled":true,"bot_type":"command","bot_config":{"command":[""#,
    r#","enabled":true,"bot_type":"command","bot_config":{"shell":""#,
    r#","enabled":true,"bot_type":""#,
    r#","bot_config":{""#,
    r#"},"schedule_type":"cron","schedule_config":{"cron_expression":""#,
    r#"},"schedule_type":"daily","schedule_config":{"hour":"#,
    r#"},"schedule_type":"weekly","schedule_config":{"day_of_week":""#,
    r#"},"schedule_type":"interval","schedule_config":{"hours":"#,
    r#"},"schedule_type":"manual","schedule_config":{"#,
    r#"","seconds":false},"timezone":""#,
    r#"},"timezone":""#,
    r#","minute":"#,
    r#","minutes":"#,
    r#"","max_instances":"#,
    r#","overlap":"skip","misfire_grace_time":"#,
    r#","overlap":""#,
    r#","coalesce":true,"timeout":"#,
    r#","kill_grace":"#,
    r#","retry":{"max_attempts":1,"backoff_secs":30,"backoff_factor":2.0,"max_backoff_secs":3600,"on_exit":[]},"on_interrupt":"abandon""#,
    r#","retry":{"max_attempts":"#,
    r#","backoff_secs":"#,
    r#","backoff_factor":2.0,"max_backoff_secs":3600,"on_exit":[]},"on_interrupt":""#,
    r#","labels":{""#,
    r#","env":{""#,
    r#","process_late":true,"max_days_late":"#,
    r#","max_messages_per_run":"#,
    r#","daily_limit":"#,
    r#","weekly_limit":"#,
    r#","delay_secs":"#,
    r#""from_env":""#,
];

/// A definition as JSON text, shared by everything that keeps it: as a tree it would take ten times
/// the memory, and it is read only when a job is shown, journalled or restored.
#[derive(Clone, PartialEq, Eq)]
pub struct Definition(Arc<str>);

impl Definition {
    /// Takes a compact JSON document.
    pub fn new(json: &str) -> Definition {
        Definition(pack(json).into())
    }

    /// The definition as a tree.
    pub fn value(&self) -> Value {
        serde_json::from_str(&self.text()).expect("it was written by our own serializer")
    }

    /// The definition as text.
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(4 * self.0.len());
        for part in self.0.chars() {
            match (part as usize).checked_sub(1).and_then(|n| PHRASES.get(n)) {
                Some(phrase) => text.push_str(phrase),
                None => text.push(part),
            }
        }
        text
    }
}

impl fmt::Debug for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl Serialize for Definition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Definition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Definition, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Ok(Definition::new(&value.to_string()))
    }
}

/// Puts a byte for each phrase.
fn pack(json: &str) -> String {
    static FINDER: LazyLock<AhoCorasick> = LazyLock::new(|| {
        AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::DFA))
            .match_kind(MatchKind::LeftmostLongest)
            .build(PHRASES)
            .expect("the phrases are few and short")
    });
    let mut packed = String::with_capacity(json.len());
    FINDER.replace_all_with(json, &mut packed, |found, _, packed| {
        packed.push(char::from(found.pattern().as_u32() as u8 + 1));
        true
    });
    packed
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const PLAIN: &str = r#"{"name":"Disk","enabled":true,"bot_type":"command","bot_config":{"command":["df"]},"schedule_type":"cron","schedule_config":{"cron_expression":"5 8 * * *","seconds":false},"timezone":"UTC","max_instances":1,"overlap":"skip","misfire_grace_time":3600,"coalesce":true,"timeout":3600,"kill_grace":10,"retry":{"max_attempts":1,"backoff_secs":30,"backoff_factor":2.0,"max_backoff_secs":3600,"on_exit":[]},"on_interrupt":"abandon"}"#;

    #[test]
    fn a_plain_definition_takes_a_fifth() {
        let definition = Definition::new(PLAIN);
        assert_eq!(definition.text(), PLAIN);
        assert!(5 * definition.0.len() < PLAIN.len(), "{:?}", definition.0);
    }

    #[test]
    fn each_phrase_has_a_byte_that_json_never_holds() {
        assert!(PHRASES.len() < 0x20);
        let all: String = PHRASES.concat();
        assert_eq!(Definition::new(&all).text(), all);
    }

    proptest! {
        #[test]
        fn any_json_comes_back(name in ".*", words in proptest::collection::vec(".*", 0..4)) {
            let text = json!({"name": name, "enabled": true, "bot_type": words}).to_string();
            let definition = Definition::new(&text);
            prop_assert_eq!(definition.text(), text.clone());
            prop_assert_eq!(&definition.value().to_string(), &text);
            prop_assert_eq!(definition, Definition::new(&text));
        }
    }
}
