//! `Diagnostic`: one finding in a user's file: where, what, what to do next.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::text::{Lang, Text};

/// How bad a finding is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The file is refused.
    Error,
    /// The file is used; something in it is probably not what was meant.
    Warning,
    /// Something is left implicit; shown only on request.
    Note,
}

/// A place in a file. Lines and columns count from 1; columns count Unicode code points, a
/// byte-order mark has none.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct Span {
    /// Line of the first character.
    pub line: usize,
    /// Column of the first character.
    pub column: usize,
    /// Line of the end.
    pub end_line: usize,
    /// Column just after the last character.
    pub end_column: usize,
}

impl Span {
    /// The beginning of a file: where findings without a place point.
    pub const START: Span = Span {
        line: 1,
        column: 1,
        end_line: 1,
        end_column: 1,
    };
}

/// Another place that a finding speaks of: the first of two duplicate keys, the other file with the
/// same id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Related {
    /// The file, as the user named it.
    pub path: String,
    /// Where in it.
    #[serde(flatten)]
    pub span: Span,
    /// What is there.
    pub message: Text,
}

/// One finding. Ordered by path, place and code, so that output is stable.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Diagnostic {
    /// The file, as the user named it.
    pub path: String,
    /// Where in it.
    #[serde(flatten)]
    pub span: Span,
    /// How bad it is.
    pub severity: Severity,
    /// A stable kebab-case code: `range`, `unknown-key`.
    pub code: &'static str,
    /// Path of the key, dotted: `schedule_config.hour`; empty for the whole file.
    pub key: String,
    /// What is wrong, with the value; a lowercase sentence without a full stop.
    pub message: Text,
    /// What to do next.
    pub help: Text,
    /// Other places that the finding speaks of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Related>,
}

impl Diagnostic {
    /// Whether the file is refused because of this finding.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The finding in one line, without its help.
    pub fn line(&self, lang: Lang) -> String {
        format!(
            "{}: [{}] {}",
            self.place(),
            self.code,
            self.message.get(lang)
        )
    }

    /// `file:line:column`, as editors and terminals link it.
    pub fn place(&self) -> String {
        format!("{}:{}:{}", self.path, self.span.line, self.span.column)
    }
}
