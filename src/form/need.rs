//! What the runs of a job need of the machine: the files, variables and programs that its file
//! names. Without one of them the file is good and every run fails at once.

use serde_json::{Map, Value};

use crate::field::{Field, Kind};
use crate::form::draft::Draft;
use crate::form::field::fields_of;
use crate::form::keys::at;
use crate::spec::types::config::Settings;
use crate::written;

/// Something that a field names and that must be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// Name of the field.
    pub field: &'static str,
    /// What must be there.
    pub what: What,
}

/// What must be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A file or folder.
    Path(String),
    /// An address book with somebody in it, and which number of a short date is the day.
    Contacts(String, String),
    /// A list of pages with an address in it.
    Pages(String),
    /// A program, and the folder that a relative path of it starts from.
    Program(String, String),
    /// A variable of the daemon.
    Variable(String),
}

/// What the runs need, for these keys of the file.
pub fn needs(draft: &Draft, keys: &Map<String, Value>, settings: &Settings) -> Vec<Need> {
    let types = (draft.value("bot_type"), draft.value("schedule_type"));
    let keys = with_bot_defaults(keys, settings.bot_defaults.get(types.0));
    // A program of the user's own reads its config as it likes.
    let own = settings.programs.get(types.0).and_then(|own| own.first());
    let is_read = |field: &&Field| match field.key.strip_prefix("bot_config") {
        Some(below) => own.is_none() && !below.is_empty(),
        None => true,
    };
    let mut found = Vec::new();
    for field in fields_of(types.0, types.1).filter(is_read) {
        let Some(value) = at(&keys, field.key) else {
            continue;
        };
        let name = draft.shown_at(field);
        let whats = of_value(field.kind, value, &keys);
        found.extend(whats.into_iter().map(|what| Need { field: name, what }));
    }
    found.extend(own.map(|program| Need {
        field: "bot_type",
        what: What::Program(program.clone(), folder(&keys)),
    }));
    found
}

/// The keys with what `jobsd.yaml` says for all bots of the type.
fn with_bot_defaults(keys: &Map<String, Value>, defaults: Option<&Map<String, Value>>) -> Value {
    let mut keys = keys.clone();
    if let Some(defaults) = defaults {
        let config = keys
            .entry("bot_config")
            .or_insert_with(|| Map::new().into());
        for (key, value) in defaults {
            if let Some(config) = config.as_object_mut() {
                config.entry(key).or_insert_with(|| value.clone());
            }
        }
    }
    Value::Object(keys)
}

fn of_value(kind: Kind, value: &Value, keys: &Value) -> Vec<What> {
    let text = value.as_str().map(str::to_owned);
    match (kind, text) {
        (Kind::Path, Some(path)) => vec![What::Path(path)],
        (Kind::Contacts, Some(path)) => {
            let order = written::text(keys, "bot_config.date_order");
            vec![What::Contacts(path, order.unwrap_or_default().to_owned())]
        }
        (Kind::Pages, Some(path)) => vec![What::Pages(path)],
        (Kind::Argv, _) => {
            let program = value[0].as_str().filter(|_| !has_path(keys));
            let program = program.map(|name| What::Program(name.to_owned(), folder(keys)));
            program.into_iter().collect()
        }
        (Kind::Secret | Kind::Url | Kind::Yaml, _) => kept(value, keys),
        _ => Vec::new(),
    }
}

/// The values kept elsewhere, at any depth.
fn kept(value: &Value, keys: &Value) -> Vec<What> {
    let Some(map) = value.as_object() else {
        return Vec::new();
    };
    let variable = written::text(value, "from_env").filter(|name| {
        // The job itself may give the bot another value, also by a file of them.
        written::at(keys, "env")
            .and_then(|env| env.get(*name))
            .is_none()
            && keys.get("env_file").is_none()
    });
    let variable = variable.map(|name| What::Variable(name.to_owned()));
    let path = written::text(value, "from_file");
    let path = path.map(|path| What::Path(path.to_owned()));
    let below = map.values().flat_map(|value| kept(value, keys));
    variable.into_iter().chain(path).chain(below).collect()
}

/// Whether the job brings a search path of its own.
fn has_path(keys: &Value) -> bool {
    written::at(keys, "env.PATH").is_some() || keys.get("env_file").is_some()
}

fn folder(keys: &Value) -> String {
    written::text(keys, "working_dir")
        .unwrap_or_default()
        .to_owned()
}
