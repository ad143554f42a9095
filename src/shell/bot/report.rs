//! The result file: written again at each step, whole or not at all, so that what it last says is
//! true whenever the bot ends.

use std::fs;
use std::io;
use std::path::PathBuf;

use serde_json::{Map, Value, json};

/// Sentences kept in a result.
const SENTENCES_MAX: usize = 40;
/// Characters kept of a sentence.
const SENTENCE_CHARS_MAX: usize = 300;

/// What a bot counts, by the keys of the result file.
#[derive(Clone, Debug)]
pub struct Report {
    path: Option<PathBuf>,
    values: Map<String, Value>,
}

impl Report {
    /// An empty result, with these counters at 0.
    pub fn new(path: Option<PathBuf>, counters: &[&str]) -> Report {
        let zeros = counters.iter().map(|key| ((*key).to_owned(), json!(0)));
        Report {
            path,
            values: zeros.collect(),
        }
    }

    /// Adds to a counter.
    pub fn count(&mut self, key: &str, more: i64) {
        let sum = self.get(key).saturating_add_signed(more);
        self.values.insert(key.to_owned(), json!(sum));
    }

    /// A counter.
    pub fn get(&self, key: &str) -> u64 {
        self.values.get(key).and_then(Value::as_u64).unwrap_or(0)
    }

    /// Sets a value.
    pub fn set(&mut self, key: &str, value: Value) {
        self.values.insert(key.to_owned(), value);
    }

    /// Adds a sentence to a list, while it is short enough for a result file.
    pub fn note(&mut self, key: &str, sentence: &str) {
        let list = self.values.entry(key).or_insert_with(|| json!([]));
        if let Some(list) = list.as_array_mut().filter(|l| l.len() < SENTENCES_MAX) {
            let short: String = sentence.chars().take(SENTENCE_CHARS_MAX).collect();
            list.push(Value::from(short));
        }
    }

    /// Writes the file.
    ///
    /// # Errors
    /// Those of the file.
    pub fn write(&self) -> io::Result<()> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        let new = path.with_extension("new");
        fs::write(&new, serde_json::to_vec(&self.values)?)?;
        fs::rename(&new, path)
    }
}
