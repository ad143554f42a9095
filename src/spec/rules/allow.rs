//! `# jobsd: allow(CODE) reason`: a warning that the file's writers have looked at. Errors cannot
//! be allowed.

use crate::model::diagnostic::Span;
use crate::spec::yaml::tree::Fault;
use crate::text::findings;

/// The warnings that a file allows.
#[derive(Clone, Debug, Default)]
pub struct Allows {
    list: Vec<Allow>,
    /// Comments that speak to jobsd in words it does not know.
    unread: Vec<Span>,
}

#[derive(Clone, Debug)]
struct Allow {
    span: Span,
    code: String,
    has_reason: bool,
    is_used: bool,
}

impl Allows {
    /// Reads them from the comments of a file.
    pub fn of(comments: &[(Span, String)]) -> Allows {
        let mut list = Vec::new();
        let mut unread = Vec::new();
        for (span, text) in comments {
            let Some(rest) = text.trim().strip_prefix("jobsd:") else {
                continue;
            };
            let inner = rest.trim_start().strip_prefix("allow(");
            let Some((codes, reason)) = inner.and_then(|inner| inner.split_once(')')) else {
                unread.push(*span);
                continue;
            };
            // A dash is not a reason.
            let has_reason = reason.chars().any(char::is_alphanumeric);
            list.extend(codes.split(',').map(|code| Allow {
                span: *span,
                code: code.trim().to_owned(),
                has_reason,
                is_used: false,
            }));
        }
        Allows { list, unread }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty() && self.unread.is_empty()
    }

    /// Whether a warning of this code is to be left out. Without a reason it is not.
    pub fn silence(&mut self, code: &str) -> bool {
        let mut silent = false;
        for allow in self.list.iter_mut().filter(|allow| allow.code == code) {
            allow.is_used = true;
            silent |= allow.has_reason;
        }
        silent
    }

    /// Those without a reason, those that silence nothing, and those that cannot be read.
    pub fn leftovers(&self) -> Vec<Fault> {
        let bad = self
            .list
            .iter()
            .filter(|allow| !allow.has_reason || !allow.is_used);
        let told = bad.map(|allow| {
            let words = if allow.has_reason {
                findings::allow::allow_unused(&allow.code)
            } else {
                findings::allow::allow_reason(&allow.code)
            };
            Fault::new(allow.span, words)
        });
        let unread = self.unread.iter();
        let unread = unread.map(|span| Fault::new(*span, findings::allow::allow_form()));
        told.chain(unread).collect()
    }
}
