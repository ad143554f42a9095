//! What goes wrong in a text before there is a tree: its encoding, and the known traps of YAML,
//! told in our words.

use crate::model::diagnostic::Span;
use crate::spec::yaml::tree::Fault;
use crate::text::{findings, secret};

/// The text of a file without its byte-order mark.
///
/// # Errors
/// A fault when it is not UTF-8 or holds a control character.
pub fn text(bytes: &[u8]) -> Result<&str, Fault> {
    if let Some(fault) = utf16(bytes) {
        return Err(fault);
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(error) => return Err(not_utf8(bytes, error.valid_up_to())),
    };
    match control_character(text) {
        Some(fault) => Err(fault),
        None => Ok(text),
    }
}

/// UTF-16, with its mark or told by the zero bytes beside the first letter.
fn utf16(bytes: &[u8]) -> Option<Fault> {
    let is_wide = matches!(
        bytes,
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, b'!'..=b'~', 0, ..] | [b'!'..=b'~', 0, _, 0, ..]
    );
    is_wide.then(|| Fault::new(point(1, 1), findings::syntax::utf16()))
}

fn not_utf8(bytes: &[u8], at: usize) -> Fault {
    let good = String::from_utf8_lossy(&bytes[..at]);
    let good = good.strip_prefix('\u{feff}').unwrap_or(&good);
    let line = good.matches('\n').count() + 1;
    let column = good.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    Fault::new(point(line, column), findings::syntax::not_utf8(bytes[at]))
}

fn control_character(text: &str) -> Option<Fault> {
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r');
    if text.as_bytes().iter().all(is_plain) {
        return None;
    }
    let is_second_mark = text.starts_with('\u{feff}');
    let (mut line, mut column) = (1, 1);
    for c in text.chars() {
        let is_control = c.is_control() && !"\t\n\r\u{85}".contains(c);
        if is_second_mark || is_control || "\u{fffe}\u{ffff}".contains(c) {
            let words = findings::syntax::control_character(c);
            return Some(Fault::new(point(line, column), words));
        }
        (line, column) = if c == '\n' {
            (line + 1, 1)
        } else {
            (line, column + 1)
        };
    }
    None
}

/// The column of a tab in the blanks that end here, when nothing but blanks comes before on the
/// line.
pub fn leading_tab(before: &str) -> Option<usize> {
    let bytes = before.as_bytes();
    let blank = bytes.iter().rev().take_while(|b| b" \t".contains(b));
    let blank = &bytes[bytes.len() - blank.count()..];
    let is_leading = matches!(
        bytes.get(bytes.len().wrapping_sub(blank.len() + 1)),
        None | Some(b'\n')
    );
    let tab = blank.iter().position(|byte| *byte == b'\t')?;
    is_leading.then_some(tab + 1)
}

/// The fault of a tab that indents.
pub fn tab(key: String, line: usize, column: usize) -> Fault {
    Fault {
        key,
        ..Fault::new(point(line, column), findings::syntax::tab())
    }
}

/// An alias that leads nowhere, and the text from it on: with more after it on its line, it was
/// meant as text.
pub fn lost_alias(text: &str, span: &Span, key: &str) -> Fault {
    let rest = unquoted(text.split('\n').next().unwrap_or(""));
    let (head, tail) = rest.split_once([' ', '\t']).unwrap_or((rest, ""));
    let is_text = !tail.is_empty() && !tail.trim_start().starts_with([':', ',', ']', '}']);
    let words = if is_text || !secret::may_show(key) {
        findings::syntax::must_quote('*', key, rest)
    } else {
        let name = head.trim_end_matches([',', ']', '}', ':']);
        findings::syntax::alias_nowhere(name)
    };
    let mut found = Fault::new(*span, words);
    found.key = key.to_owned();
    found
}

/// A value as it is on its line, without the comment after it.
pub fn unquoted(rest: &str) -> &str {
    let end = rest.find(" #").or(rest.find("\t#")).unwrap_or(rest.len());
    rest[..end].trim_end()
}

/// Where reading stopped.
pub struct Stop<'t> {
    /// The whole text.
    pub text: &'t str,
    /// Line and column that the parser names.
    pub at: (usize, usize),
    /// End of the last node that could be read: what lies before is innocent.
    pub read: (usize, usize),
    /// The path of what was being read.
    pub key: String,
}

impl Stop<'_> {
    /// The syntax error in our words where the cause is a known trap, else in the parser's.
    pub fn fault(self, info: &str) -> Fault {
        let (line, column) = self.at;
        if let Some(found) = self.tab() {
            return found;
        }
        if self.line(line).starts_with('%') && !self.has_value(line) {
            return Fault::new(point(line, 1), findings::syntax::directive());
        }
        let sign = self.sign_here().or_else(|| self.sign_of_value());
        let mut found = match sign {
            Some((line, column, sign, value)) => Fault::new(
                point(line, column),
                findings::syntax::must_quote(sign, &self.key, &value),
            ),
            None => Fault::new(point(line, column), findings::syntax::syntax(info)),
        };
        found.key = self.key;
        found
    }

    fn line(&self, n: usize) -> &str {
        self.text.split('\n').nth(n.saturating_sub(1)).unwrap_or("")
    }

    fn has_value(&self, line: usize) -> bool {
        self.line(line).contains(": ")
    }

    /// A line after what was read that a tab indents.
    fn tab(&self) -> Option<Fault> {
        let first = if self.read == (1, 1) {
            1
        } else {
            self.read.0 + 1
        };
        let last = self.at.0 + 1;
        let lines = self.text.split('\n').enumerate().skip(first - 1);
        for (n, line) in lines.take((last + 1).saturating_sub(first)) {
            let rest = line.trim_start_matches([' ', '\t']);
            let blank = &line[..line.len() - rest.len()];
            let is_content = !rest.trim().is_empty() && !rest.starts_with('#');
            if let (Some(at), true) = (blank.find('\t'), is_content) {
                let key = enclosing_key(self.text, n + 1);
                return Some(tab(key, n + 1, at + 1));
            }
        }
        None
    }

    /// A sign at the very place that the parser names.
    fn sign_here(&self) -> Option<(usize, usize, char, String)> {
        let (line, column) = self.at;
        let rest: String = self.line(line).chars().skip(column - 1).collect();
        let sign = rest.chars().next().filter(|sign| "@`%".contains(*sign))?;
        let in_flow = self.line(line).contains(['[', '{']);
        let value = unquoted(&rest);
        let value = match value.find([',', ']', '}']).filter(|_| in_flow) {
            Some(end) => value[..end].trim_end(),
            None => value,
        };
        Some((line, column, sign, value.to_owned()))
    }

    /// A sign that begins the value of this line or the one above, where it was not read yet.
    fn sign_of_value(&self) -> Option<(usize, usize, char, String)> {
        let line = self.at.0;
        [line, line.saturating_sub(1)].into_iter().find_map(|n| {
            let text = self.line(n);
            let (_, behind) = text.split_once(':')?;
            let value = behind.trim_start();
            let sign = value.chars().next().filter(|sign| "*@%`".contains(*sign))?;
            let column = text.chars().count() - value.chars().count() + 1;
            let value = unquoted(value).to_owned();
            ((n, column) >= self.read).then_some((n, column, sign, value))
        })
    }
}

fn point(line: usize, column: usize) -> Span {
    Span {
        line,
        column,
        end_line: line,
        end_column: column + 1,
    }
}

fn enclosing_key(text: &str, line: usize) -> String {
    let mut key = "";
    for line in text.split('\n').take(line.saturating_sub(1)) {
        if !line.starts_with([' ', '\t', '#', '-'])
            && let Some((name, _)) = line.split_once(':')
        {
            key = name;
        }
    }
    key.to_owned()
}
