//! What the schema of a job has for each kind: "where `bot_type` is `command`, `bot_config` is like
//! this". Written and read here only.

use schemars::{Schema, json_schema};
use serde_json::{Value, json};

use crate::spec::types::part::properties;

/// What a job of one kind may say in its config.
#[derive(Clone, Copy, Debug)]
pub struct Branch<'a> {
    /// `bot_type` or `schedule_type`.
    pub tag: &'a str,
    /// The name of the kind.
    pub kind: &'a str,
    /// `bot_config` or `schedule_config`.
    pub key: &'a str,
    /// The schema of the config.
    pub config: &'a Value,
}

/// The rule of a branch, to stand in the schema.
pub fn rule(branch: &Branch<'_>, is_required: bool) -> Schema {
    let Branch {
        tag,
        kind,
        key,
        config,
    } = branch;
    let mut then = json_schema!({"properties": {*key: config}});
    if is_required {
        then.insert("required".to_owned(), json!([key]));
    }
    json_schema!({
        "if": {"properties": {*tag: {"const": kind}}, "required": [tag]},
        "then": then,
    })
}

/// Every branch of the schema of a job.
pub fn branches(schema: &Value) -> impl Iterator<Item = Branch<'_>> {
    let rules = schema.get("allOf").and_then(Value::as_array);
    rules.into_iter().flatten().filter_map(read)
}

/// The branch of a kind.
pub fn of_kind<'a>(schema: &'a Value, tag: &str, kind: &str) -> Option<Branch<'a>> {
    branches(schema).find(|branch| branch.tag == tag && branch.kind == kind)
}

fn read(rule: &Value) -> Option<Branch<'_>> {
    let (tag, is) = properties(rule.get("if")?).next()?;
    let (key, config) = properties(rule.get("then")?).next()?;
    Some(Branch {
        tag,
        kind: is.get("const")?.as_str()?,
        key,
        config,
    })
}
