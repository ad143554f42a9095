//! What a kind of bot is, and what its config comes to. A config reaches its program whole and
//! serialized, never field by field.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::field::{self, Field};
use crate::model::allowance::Allowance;
use crate::model::program::{Argv, SELF};
use crate::text::{Lang, Text, Words};
use crate::written;

/// One kind of bot: everything that the rest of the program knows of it.
#[derive(Debug)]
pub struct Kind {
    /// The word of `bot_type`.
    pub name: &'static str,
    /// The path of its icon, in a square of 16.
    pub icon: &'static str,
    /// Whether the config names the program, which only its author knows: it must be written, and
    /// has no dry run.
    pub is_command: bool,
    /// The schema of its config.
    pub schema: fn(SchemaGenerator) -> Schema,
    /// Reads a config that passed the schema.
    pub read: fn(&Value) -> Option<Setup>,
    /// What is wrong with a config beyond its schema; `prefix` is where it is in its file.
    pub faults: fn(&Value, prefix: &str) -> Vec<Fault>,
    /// What is legal in a config and has no effect; the second value is what `jobsd.yaml` says for
    /// all jobs.
    pub warnings: fn(&Value, defaults: &Value) -> Vec<Fault>,
    /// Days of lateness that a config allows: `None` where the kind knows none, `Some(None)` where
    /// the config wants none.
    pub late: fn(&Value) -> Option<Option<u64>>,
    /// What `jobsd.yaml` may say of it, if anything.
    pub settings: Option<Settings>,
    /// Its sentences.
    pub texts: Texts,
    /// Its fields in the form.
    pub fields: &'static [Field],
}

impl PartialEq for Kind {
    fn eq(&self, other: &Kind) -> bool {
        self.name == other.name
    }
}

impl Eq for Kind {}

/// What the schema of `jobsd.yaml` says of a kind.
#[derive(Debug)]
pub struct Settings {
    /// What it does: "Birthday messages".
    pub title: &'static str,
    /// A program in its place.
    pub command: &'static str,
    /// Defaults of its config.
    pub defaults: &'static str,
}

/// What people read of a kind, in English and French.
#[derive(Debug)]
pub struct Texts {
    /// Its name in the form.
    pub label: [&'static str; 2],
    /// What a page says before a real run.
    pub production: [&'static str; 2],
    /// What a command says of a real run, after "it will".
    pub will: [&'static str; 2],
    /// What a new job says of its dry runs.
    pub mode_dry: [&'static str; 2],
    /// What a new job says of its real runs.
    pub mode_real: [&'static str; 2],
}

impl Texts {
    /// What a page says before a real run.
    pub fn production(&self, lang: Lang) -> &'static str {
        lang.pick(self.production)
    }

    /// What a new job says of its runs.
    pub fn mode(&self, is_dry: bool) -> Text {
        let [en, fr] = if is_dry {
            self.mode_dry
        } else {
            self.mode_real
        };
        Text::new(en, fr)
    }
}

/// A config that was read: what a job takes from it.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The config with its defaults filled in.
    pub config: Value,
    /// What runs.
    pub argv: Argv,
    /// What the program reads on standard input.
    pub stdin: Option<Box<str>>,
    /// How many messages it may send.
    pub allowance: Allowance,
    /// Whether it does everything but the outside effect.
    pub dry_run: bool,
    /// Variables of the daemon that the config takes secrets from.
    pub variables: Vec<String>,
    /// Keys without which the built-in program does nothing.
    pub missing: Vec<&'static str>,
}

impl Setup {
    /// That of a built-in bot, whose config reaches it on standard input.
    pub fn of_bot(name: &str, config: &impl Serialize) -> Option<Setup> {
        let config = serde_json::to_value(config).ok()?;
        Some(Setup {
            argv: Argv::new([SELF, "bot", name]),
            stdin: Some(config.to_string().into()),
            allowance: Allowance::default(),
            dry_run: written::is_on(&config, "dry_run"),
            variables: variables(&config),
            missing: Vec::new(),
            config,
        })
    }
}

impl Serialize for Setup {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.config.serialize(serializer)
    }
}

/// A fault in a config, or what has no effect there.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Dotted path below the config.
    pub key: String,
    /// What is shown of it.
    pub place: Place,
    /// What is wrong and what to do.
    pub words: Words,
}

/// What of a config a fault points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The value of the key.
    Value,
    /// The key itself, whatever its value.
    Key,
    /// The whole config, which lacks the key.
    Config,
}

impl Fault {
    /// A fault at a place of a key.
    pub fn new(place: Place, key: impl Into<String>, words: Words) -> Fault {
        Fault {
            key: key.into(),
            place,
            words,
        }
    }
}

/// The variables that a config takes secrets from.
fn variables(config: &Value) -> Vec<String> {
    let Value::Object(map) = config else {
        return Vec::new();
    };
    let own = map.get("from_env").and_then(Value::as_str);
    let own = own.map(str::to_owned).into_iter();
    own.chain(map.values().flat_map(variables)).collect()
}

/// A kind that finds nothing wrong beyond its schema.
pub fn no_faults(_: &Value, _: &str) -> Vec<Fault> {
    Vec::new()
}

/// A kind that warns of nothing.
pub fn no_warnings(_: &Value, _: &Value) -> Vec<Fault> {
    Vec::new()
}

/// A kind that knows no lateness.
pub fn no_lateness(_: &Value) -> Option<Option<u64>> {
    None
}

/// The switch of a bot that can do everything but the outside effect.
pub const DRY_RUN: Field = Field::new("dry_run", "bot_config.dry_run", field::Kind::Switch);

/// The keys of a bot's config that have no field of their own.
pub const MORE: Field = Field::new("more", "bot_config", field::Kind::Yaml);

/// A program and its arguments: the program has a name.
pub fn words_of_program(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "array",
        "minItems": 1,
        "prefixItems": [{"type": "string", "minLength": 1}],
        "items": {"type": "string"}
    })
}
