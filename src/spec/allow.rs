//! `# jobsd: allow(CODE) reason`: a warning that the file's writers have looked at. Errors cannot be allowed.

use crate::model::diagnostic::Span;
use crate::spec::tree::Fault;
use crate::text::findings;

/// The warnings that a file allows.
#[derive(Clone, Debug, Default)]
pub struct Allows {
    list: Vec<Allow>,
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
        let read = |(span, text): &(Span, String)| {
            let rest = text
                .trim()
                .strip_prefix("jobsd:")?
                .trim_start()
                .strip_prefix("allow(")?;
            let (codes, reason) = rest.split_once(')')?;
            let has_reason = !reason.trim().is_empty();
            let allow = |code: &str| {
                let code = code.trim().to_owned();
                Allow {
                    span: *span,
                    code,
                    has_reason,
                    is_used: false,
                }
            };
            Some(codes.split(',').map(allow).collect::<Vec<_>>())
        };
        Allows {
            list: comments.iter().filter_map(read).flatten().collect(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
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

    /// Those without a reason and those that silence nothing.
    pub fn leftovers(&self) -> Vec<Fault> {
        let bad = self
            .list
            .iter()
            .filter(|allow| !allow.has_reason || !allow.is_used);
        let fault = |allow: &Allow| {
            let words = if allow.has_reason {
                findings::allow_unused(&allow.code)
            } else {
                findings::allow_reason(&allow.code)
            };
            Fault {
                span: allow.span,
                key: String::new(),
                words,
                related: None,
            }
        };
        bad.map(fault).collect()
    }
}
