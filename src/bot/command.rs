//! Any program as a kind of bot: what a user writes, what is wrong with it, and what a job takes
//! from it.

use schemars::{JsonSchema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::field::{self, Field};
use crate::model::allowance::Allowance;
use crate::model::bot::{
    Fault, Kind, Place, Setup, Texts, no_lateness, no_warnings, words_of_program,
};
use crate::model::program::Argv;
use crate::text::findings;
use crate::text::near::nearest;

/// The kind.
pub static KIND: Kind = Kind {
    name: "command",
    icon: "M3 4.5L6.5 8 3 11.5M8 12h5",
    is_command: true,
    schema: SchemaGenerator::into_root_schema_for::<CommandSpec>,
    read,
    faults,
    warnings: no_warnings,
    late: no_lateness,
    settings: None,
    texts: Texts {
        label: ["Command", "Commande"],
        production: [
            "The command runs for real.",
            "La commande s’exécute pour de vrai.",
        ],
        will: ["run the program", "lancera le programme"],
        mode_dry: ["", ""],
        mode_real: [
            "  mode  PRODUCTION: it will run the program for real.",
            "  mode  PRODUCTION : il lancera vraiment le programme.",
        ],
    },
    fields: &[
        Field::new("argv", "bot_config.command", field::Kind::Argv),
        Field::new("shell", "bot_config.shell", field::Kind::Text),
        Field::new("stdin", "bot_config.stdin", field::Kind::Text),
    ],
};

/// Any program: exactly one of `command` and `shell`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["command"]}, {"required": ["shell"]}]))]
pub struct CommandSpec {
    /// Program and arguments, no shell: 1 item or more, the first not empty. Default: none, then
    /// `shell` is required. Example: `[df, -h]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "words_of_program")]
    pub command: Option<Vec<String>>,
    /// A text run by `/bin/sh -c`, not only blanks. Default: none, then `command` is required.
    /// Example: `df -h | sort`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(
        length(min = 1),
        regex(pattern = r"[^ \t\r\n]"),
        extend("patternErrorMessage" = "Write a command line; blanks by themselves do nothing.")
    )]
    pub shell: Option<String>,
    /// What the program reads on standard input. Default: nothing. Example: `one line`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stdin: Option<String>,
}

fn read(config: &Value) -> Option<Setup> {
    let spec = CommandSpec::deserialize(config).ok()?;
    let argv = match (&spec.shell, &spec.command) {
        (Some(text), _) => Argv::new(["/bin/sh", "-c", text]),
        (None, Some(words)) => Argv::new(words.iter().map(String::as_str)),
        (None, None) => return None,
    };
    Some(Setup {
        config: serde_json::to_value(&spec).ok()?,
        argv,
        stdin: spec.stdin.as_deref().map(Box::from),
        allowance: Allowance::default(),
        dry_run: false,
        variables: Vec::new(),
        missing: Vec::new(),
    })
}

/// No program, two of them, or one without a name.
fn faults(config: &Value, prefix: &str) -> Vec<Fault> {
    let Some(entries) = config.as_object() else {
        return Vec::new();
    };
    let mut faults = Vec::new();
    // A misspelt key is one fault, not two.
    let is_meant = || {
        let mut names = entries.keys().map(String::as_str);
        names.any(|name| nearest(name, ["command", "shell"].into_iter()).is_some())
    };
    let (command, shell) = (entries.get("command"), entries.get("shell"));
    match (command, shell) {
        (Some(_), Some(_)) => faults.push(Fault::new(
            Place::Key,
            "shell",
            findings::bots::two_programs(),
        )),
        (None, None) if !is_meant() => {
            faults.push(Fault::new(
                Place::Config,
                "command",
                findings::bots::no_program(),
            ));
        }
        _ => {}
    }
    let is_blank = |text: &Value| text.as_str().is_some_and(|text| text.trim().is_empty());
    if command.is_some_and(|words| is_blank(&words[0])) {
        let words = findings::bots::empty_program();
        faults.push(Fault::new(Place::Value, "command", words));
    }
    if shell.is_some_and(is_blank) {
        let words = findings::values::blank(&format!("{prefix}.shell"));
        faults.push(Fault::new(Place::Value, "shell", words));
    }
    faults
}
