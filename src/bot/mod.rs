//! Bot types to programs: a bot's config reaches its program whole and serialized, never field by field. And what the two
//! built-in bots know without touching the world; `shell/bot` is their hands.

pub mod contact;
pub mod content_line;
pub mod due;
pub mod ical;
pub mod page;
pub mod robots;
pub mod sheet;
pub mod template;
pub mod vcard;

use std::sync::Arc;

use serde_json::Value;

use crate::model::program::{Argv, Program, SELF, Surroundings};

/// The program of a job, from its effective `bot_config`.
pub fn program(bot_type: &str, config: &Value, surroundings: Arc<Surroundings>) -> Option<Program> {
    let (argv, stdin) = match bot_type {
        "command" => command(config)?,
        bot => {
            let argv = Argv::new([SELF, "bot", bot]);
            (argv, Some(config.to_string().into()))
        }
    };
    Some(Program {
        argv,
        stdin,
        surroundings,
    })
}

fn command(config: &Value) -> Option<(Argv, Option<Box<str>>)> {
    let stdin = config["stdin"].as_str().map(Box::from);
    if let Some(text) = config["shell"].as_str() {
        return Some((Argv::new(["/bin/sh", "-c", text]), stdin));
    }
    let words = config["command"].as_array()?;
    let words: Option<Vec<&str>> = words.iter().map(Value::as_str).collect();
    Some((Argv::new(words?), stdin))
}
