//! No due times: the job fires only on request.

use schemars::{JsonSchema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::schedule::kind::{Kind, Read, Rule, Times, no_faults, no_warnings};
use crate::schedule::vocabulary::Vocabulary;

/// The kind.
pub static KIND: Kind = Kind {
    name: "manual",
    has_config: false,
    follows_zone: false,
    schema: SchemaGenerator::into_root_schema_for::<ManualSpec>,
    read,
    faults: no_faults,
    warnings: no_warnings,
    words,
    label: ["On request", "Sur demande"],
    fields: &[],
};

/// The rule without times.
pub const RULE: Rule = Rule {
    kind: &KIND,
    times: Times::Never,
};

/// No due times: the job fires only on request, and there is nothing to configure.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("properties" = {}))]
pub struct ManualSpec {}

fn read(config: &Value) -> Option<Read> {
    Read::of(config, |_: &ManualSpec| Some(Times::Never))
}

fn words(_: &Times, words: &Vocabulary) -> String {
    words.on_request.to_owned()
}
