//! Text of `jobsd.yaml` to its settings, with every finding in one pass. Reads no files.

use serde_json::Value;

use crate::model::diagnostic::{Diagnostic, Severity, Span};
use crate::spec::SourceFile;
use crate::spec::jobs::findings::{complete, diagnostic, each_key, join, whole_file};
use crate::spec::rules::{check, schema};
use crate::spec::types::config::ConfigSpec;
use crate::spec::yaml::reader;
use crate::spec::yaml::tree::{Fault, Kind, Node};
use crate::text::findings;

/// Reads `jobsd.yaml`; `None` when it has errors. An empty file is one without settings.
pub fn load_config(file: &SourceFile) -> (Option<ConfigSpec>, Vec<Diagnostic>) {
    let parsed = reader::parse(&file.bytes);
    let is_empty = parsed
        .faults
        .iter()
        .all(|fault| fault.words.code == "empty");
    if parsed.root.is_none() && is_empty {
        return (Some(ConfigSpec::default()), Vec::new());
    }
    let mut errors = parsed.faults;
    if let Some(root) = &parsed.root {
        let found = each_key(root, &root.to_json(), parsed.has_repeats, judge_config);
        errors = complete(errors, found);
    }
    let config = parsed.root.as_ref().filter(|_| errors.is_empty());
    let config = config.and_then(|root| serde_json::from_value(root.to_json()).ok());
    if config.is_none() && errors.is_empty() {
        errors.push(whole_file(findings::files::our_fault()));
    }
    let place = |fault| diagnostic(&file.path, fault, Severity::Error);
    (config, errors.into_iter().map(place).collect())
}

fn judge_config(root: &Node, json: &Value) -> Vec<Fault> {
    let mut errors = schema::CONFIG.check(root, json);
    if matches!(root.kind, Kind::Map(_)) {
        let more = check::check_config(root, &errors);
        join(&mut errors, more);
    }
    errors
}

/// A warning at each of these keys of `jobsd.yaml`: its new value waits for a restart.
pub fn restart_warnings(file: &SourceFile, keys: &[String]) -> Vec<Diagnostic> {
    let root = reader::parse(&file.bytes).root;
    let place = |key: &str| root.as_ref()?.get(key).map(|(found, _)| found.span);
    let warn = |key: &String| {
        let fault = Fault {
            span: place(key).unwrap_or(Span::START),
            key: key.clone(),
            ..whole_file(findings::files::needs_restart(key))
        };
        diagnostic(&file.path, fault, Severity::Warning)
    };
    keys.iter().map(warn).collect()
}
