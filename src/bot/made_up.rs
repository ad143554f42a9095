//! A bot that exists in tests only: what it takes to add one is this file and one line in `BOTS`.

use schemars::{JsonSchema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::field::{self, Field};
use crate::model::bot::{
    DRY_RUN, Fault, Kind, MORE, Place, Settings, Setup, Texts, no_lateness, no_warnings,
};
use crate::text::findings;
use crate::written;

/// The kind.
pub static KIND: Kind = Kind {
    name: "postcard",
    icon: "M2 4h12v8H2z",
    is_command: false,
    schema: SchemaGenerator::into_root_schema_for::<PostcardSpec>,
    read,
    faults,
    warnings: no_warnings,
    late: no_lateness,
    settings: Some(Settings {
        title: "Postcards",
        command: "[/opt/post]",
        defaults: "{cards: 2}",
    }),
    texts: Texts {
        label: ["Postcards", "Cartes postales"],
        production: ["Cards are posted.", "Des cartes partent."],
        will: ["post cards", "enverra des cartes"],
        mode_dry: ["  mode  test", "  mode  test"],
        mode_real: ["  mode  PRODUCTION", "  mode  PRODUCTION"],
    },
    fields: &[
        DRY_RUN,
        Field::new("cards", "bot_config.cards", field::Kind::Number),
        MORE,
    ],
};

/// Postcards.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct PostcardSpec {
    /// Do everything but post. Default: false. Example: `true`.
    dry_run: bool,
    /// Cards per run: 0 to 9. Default: 0. Example: `3`.
    #[schemars(range(min = 0, max = 9))]
    cards: u64,
    /// What they say. Default: nothing. Example: `Hello`.
    text: String,
}

fn read(config: &Value) -> Option<Setup> {
    Setup::of_bot(KIND.name, &PostcardSpec::deserialize(config).ok()?)
}

fn faults(config: &Value, prefix: &str) -> Vec<Fault> {
    let is_blank = written::text(config, "text") == Some(" ");
    let words = || findings::values::blank(&format!("{prefix}.text"));
    let fault = is_blank.then(|| Fault::new(Place::Value, "text", words()));
    fault.into_iter().collect()
}
