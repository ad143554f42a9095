//! The findings of one text, put together: each once, in order of place, as many as anyone reads.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::model::diagnostic::{Diagnostic, Related, Severity, Span};
use crate::spec::yaml::tree::{Fault, Node};
use crate::text::{Text, Words, cut, findings, secret, visible};

/// Errors of one file that are listed, and as many warnings.
const FINDINGS_MAX: usize = 100;
/// Longest key path that a finding names.
const KEY_CHARS_MAX: usize = 200;

/// The findings of a tree; where a key occurs twice, those of both its values.
pub(super) fn each_key(
    root: &Node,
    json: &Value,
    has_repeats: bool,
    judge: fn(&Node, &Value) -> Vec<Fault>,
) -> Vec<Fault> {
    let mut found = judge(root, json);
    if has_repeats {
        let last = root.with_last_keys();
        found.extend(judge(&last, &last.to_json()));
    }
    found
}

/// The faults of a text and those of its tree: each once, in order of place, as many as anyone
/// reads.
pub(super) fn complete(text: Vec<Fault>, tree: Vec<Fault>) -> Vec<Fault> {
    // What is wrong with the text of a value is said: that its reading is wrong too is no news.
    let is_said = |fault: &Fault| {
        text.iter().any(|said| {
            let is_of_key = ["duplicate-key", "many-documents"].contains(&said.words.code);
            !is_of_key && (said.span.line, said.span.column) == (fault.span.line, fault.span.column)
        })
    };
    let tree: Vec<Fault> = tree.into_iter().filter(|fault| !is_said(fault)).collect();
    let mut errors = text;
    errors.extend(tree);
    drop_plain(&mut errors);
    errors.sort_by(|a, b| order(a).cmp(&order(b)));
    errors.dedup_by(|a, b| order(a) == order(b));
    if errors.len() > FINDINGS_MAX {
        errors.truncate(FINDINGS_MAX);
        errors.push(whole_file(findings::files::too_many_errors(FINDINGS_MAX)));
    }
    errors
}

fn order(fault: &Fault) -> (Span, &str, &str) {
    (fault.span, fault.words.code, &fault.key)
}

/// As many findings of one kind as anyone reads.
pub(super) fn readable(mut faults: Vec<Fault>, severity: Severity) -> Vec<Fault> {
    // The errors hold the one that says so already.
    if severity != Severity::Error && faults.len() > FINDINGS_MAX {
        faults.truncate(FINDINGS_MAX);
        if severity == Severity::Warning {
            faults.push(whole_file(findings::files::too_many_warnings(FINDINGS_MAX)));
        }
    }
    faults
}

/// Where a check has said more of a text than its pattern can, the pattern's finding goes.
fn drop_plain(errors: &mut Vec<Fault>) {
    let told: Vec<String> = errors
        .iter()
        .filter(|fault| ["cron", "day", "timezone", "anchor", "listen"].contains(&fault.words.code))
        .map(|fault| fault.key.clone())
        .collect();
    let is_plain = |fault: &Fault| ["pattern", "length"].contains(&fault.words.code);
    errors.retain(|fault| !is_plain(fault) || !told.contains(&fault.key));
    // Schema and check may say the same of a text.
    let mut said = BTreeSet::new();
    errors.retain(|fault| {
        let Words { code, message, .. } = &fault.words;
        said.insert((fault.span, *code, message.en.clone()))
    });
}

/// Adds the findings of the checks; where one says more of a text than its pattern or length, that
/// one stays.
pub(super) fn join(errors: &mut Vec<Fault>, more: Vec<Fault>) {
    let is_told = |plain: &Fault| match (plain.words.code, plain.key.strip_suffix("[0]")) {
        ("length", Some(list)) => more.iter().any(|fault| fault.key == list),
        ("pattern", None) => more
            .iter()
            .any(|fault| fault.key == plain.key && fault.span == plain.span),
        _ => false,
    };
    errors.retain(|fault| !is_told(fault));
    errors.extend(more);
}

/// A finding about a file. Below a name that promises a secret, names are values: nothing of them
/// is shown, whatever the finding is; and what has the form of a secret is covered wherever it
/// is.
pub(super) fn diagnostic(path: &str, mut fault: Fault, severity: Severity) -> Diagnostic {
    if let Some(shown) = secret::shown_part(&fault.key) {
        fault.words = findings::environment::below_secret(fault.words.code, shown);
        fault.key = format!("{shown}.…");
    }
    let related = fault.related.map(|span| Related {
        path: path.to_owned(),
        span,
        message: Text::new("first defined here", "définie ici d’abord"),
    });
    let Words {
        code,
        message,
        help,
    } = fault.words;
    Diagnostic {
        path: path.to_owned(),
        span: fault.span,
        severity,
        code,
        key: visible(&cut(&secret::forms_covered(&fault.key), KEY_CHARS_MAX)),
        message: message.made_visible().without_secrets(),
        help: help.made_visible().without_secrets(),
        related: related.into_iter().collect(),
    }
}

pub(super) fn whole_file(words: Words) -> Fault {
    Fault::new(Span::START, words)
}
