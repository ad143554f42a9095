//! What a kind of schedule is, and what its config comes to.

use schemars::{Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::field::Field;
use crate::schedule::civil::Civil;
use crate::schedule::elapsed::Interval;
use crate::schedule::vocabulary::Vocabulary;
use crate::text::Words;

/// One kind of schedule: everything that the rest of the program knows of it.
#[derive(Debug)]
pub struct Kind {
    /// The word of `schedule_type`.
    pub name: &'static str,
    /// Whether `schedule_config` must be written.
    pub has_config: bool,
    /// Whether its times are local times of the job's zone.
    pub follows_zone: bool,
    /// The schema of its config.
    pub schema: fn(SchemaGenerator) -> Schema,
    /// Reads a config that passed the schema; `None` where [`Kind::faults`] says why.
    pub read: fn(&Value) -> Option<Read>,
    /// What is wrong with a config beyond its schema.
    pub faults: fn(&Value) -> Vec<Fault>,
    /// What is legal in a config and probably not meant; `is_read` says that the config gave a
    /// rule.
    pub warnings: fn(&Value, is_read: bool) -> Vec<Warning>,
    /// The rule in words.
    pub words: fn(&Times, &Vocabulary) -> String,
    /// The kind in the form, in English and French.
    pub label: [&'static str; 2],
    /// Its fields in the form. A finding about the config as a whole is shown at the first one.
    pub fields: &'static [Field],
}

impl PartialEq for Kind {
    fn eq(&self, other: &Kind) -> bool {
        self.name == other.name
    }
}

impl Eq for Kind {}

/// A config that was read.
#[derive(Clone, Debug)]
pub struct Read {
    /// The config with its defaults filled in.
    pub config: Value,
    /// What it names.
    pub times: Times,
}

impl Serialize for Read {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.config.serialize(serializer)
    }
}

impl Read {
    /// Reads a config by its type; `times` is what the typed config comes to.
    pub fn of<T: DeserializeOwned + Serialize>(
        config: &Value,
        times: fn(&T) -> Option<Times>,
    ) -> Option<Read> {
        let typed = T::deserialize(config).ok()?;
        Some(Read {
            config: serde_json::to_value(&typed).ok()?,
            times: times(&typed)?,
        })
    }
}

/// What a schedule of any kind comes to.
#[derive(Clone, Debug)]
pub enum Times {
    /// Local times on the calendar.
    Civil(Civil),
    /// Elapsed time from an anchor.
    Elapsed(Interval),
    /// No time by itself.
    Never,
}

impl Times {
    /// The local times, where it names some.
    pub fn civil(&self) -> Option<&Civil> {
        match self {
            Times::Civil(civil) => Some(civil),
            Times::Elapsed(_) | Times::Never => None,
        }
    }
}

/// A kind, and what its config came to.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The kind.
    pub kind: &'static Kind,
    /// The times that it names.
    pub times: Times,
}

/// A fault in a config.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The key whose value is wrong; empty for the config as a whole.
    pub key: &'static str,
    /// What is wrong, and where inside the value.
    pub invalid: Invalid,
}

/// Something in a config that is probably not meant.
#[derive(Clone, Debug)]
pub struct Warning {
    /// The key that it is about.
    pub key: &'static str,
    /// What is probably not meant, and what to write instead.
    pub words: Words,
}

impl Fault {
    /// A fault of a whole value.
    pub fn whole(key: &'static str, text: &str, words: Words) -> Fault {
        let invalid = Invalid {
            start: 0,
            end: text.chars().count(),
            words,
        };
        Fault { key, invalid }
    }

    /// The faults inside the text of a key.
    pub fn inside(key: &'static str, faults: Vec<Invalid>) -> Vec<Fault> {
        let faults = faults.into_iter();
        faults.map(|invalid| Fault { key, invalid }).collect()
    }
}

/// Why a schedule is refused, and where inside its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// First code point of the fault inside the text, from 0.
    pub start: usize,
    /// Just after its last code point.
    pub end: usize,
    /// What is wrong and what to write instead.
    pub words: Words,
}

/// Hour and minute, when they are a time of day.
pub fn time_of_day(hour: i8, minute: i8) -> Option<(i8, i8)> {
    let is_good = (0..24).contains(&hour) && (0..60).contains(&minute);
    is_good.then_some((hour, minute))
}

/// A kind that finds nothing wrong beyond its schema.
pub fn no_faults(_: &Value) -> Vec<Fault> {
    Vec::new()
}

/// A kind that warns of nothing.
pub fn no_warnings(_: &Value, _: bool) -> Vec<Warning> {
    Vec::new()
}
