//! A finding in a file, as it is answered.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::diagnostic::{Diagnostic, Related, Severity, Span};

/// One finding, in English.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FindingAnswer {
    /// The file, as the user named it.
    pub path: String,
    /// Where in it.
    #[serde(flatten)]
    pub span: Span,
    /// How bad it is.
    pub severity: Severity,
    /// A stable kebab-case code: `range`, `unknown-key`.
    pub code: String,
    /// Path of the key, dotted: `schedule_config.hour`; empty for the whole file.
    pub key: String,
    /// What is wrong.
    pub message: String,
    /// What to do next.
    pub help: String,
    /// Other places that the finding speaks of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<RelatedAnswer>,
}

/// Another place that a finding speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RelatedAnswer {
    /// The file, as the user named it.
    pub path: String,
    /// Where in it.
    #[serde(flatten)]
    pub span: Span,
    /// What is there.
    pub message: String,
}

impl FindingAnswer {
    /// The answer for a finding.
    pub fn of(finding: &Diagnostic) -> FindingAnswer {
        let related = |related: &Related| RelatedAnswer {
            path: related.path.clone(),
            span: related.span,
            message: related.message.en.clone(),
        };
        FindingAnswer {
            path: finding.path.clone(),
            span: finding.span,
            severity: finding.severity,
            code: finding.code.to_owned(),
            key: finding.key.clone(),
            message: finding.message.en.clone(),
            help: finding.help.en.clone(),
            related: finding.related.iter().map(related).collect(),
        }
    }

    /// The finding in one line, without its help.
    pub fn line(&self) -> String {
        let Span { line, column, .. } = self.span;
        format!("{}:{line}:{column}: {}", self.path, self.message)
    }
}
