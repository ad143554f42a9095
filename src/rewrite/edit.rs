//! Fixes of a job file's text that are safe and keep its comments. Every edit is proved by reading
//! the result again; what cannot be proved is not done.

use crate::model::diagnostic::Diagnostic;
use crate::spec::yaml::{reader, scalar, traps};

/// Codes whose findings [`fix`] can fix, each only where one reading is possible.
pub const FIXABLE: [&str; 3] = ["type", "leading-zero", "syntax"];

/// The text with safe fixes, and how many; `None` when there is nothing to do, or when the text
/// could not be read after it.
pub fn fix(
    text: &str,
    findings: &[Diagnostic],
    check: &dyn Fn(&str) -> Vec<Diagnostic>,
) -> Option<(String, usize)> {
    let (mut text, mut lines) = (text.to_owned(), Vec::new());
    let mut findings = findings.to_vec();
    while let Some((better, left, line)) = findings.iter().find_map(|finding| {
        let better = mend(&text, finding)?;
        let left = check(&better);
        let is_safe = is_better(finding, &findings, &left) && keeps_comments(&text, &better);
        is_safe.then_some((better, left, finding.span.line))
    }) {
        (text, findings) = (better, left);
        lines.push(line);
    }
    // A text that still cannot be read, or a fixed line that is still wrong, was not understood.
    let is_open = |finding: &Diagnostic| {
        finding.code == "syntax" || finding.code != "range" && lines.contains(&finding.span.line)
    };
    let is_done = !lines.is_empty() && !findings.iter().any(is_open);
    is_done.then_some((text, lines.len()))
}

/// Whether mending a finding left nothing at its place and brought nothing new. A text that could
/// not be read may show faults further down.
fn is_better(finding: &Diagnostic, before: &[Diagnostic], after: &[Diagnostic]) -> bool {
    let place = (finding.span.line, finding.span.column);
    let is_same = |other: &Diagnostic| {
        let is_key = other.key == finding.key && !other.key.is_empty();
        (other.span.line, other.span.column) == place || is_key && other.code != "range"
    };
    let is_known = |other: &Diagnostic| {
        let same = |known: &Diagnostic| known.code == other.code && known.key == other.key;
        before.iter().any(same)
    };
    if finding.code == "syntax" {
        let is_above = |other: &Diagnostic| {
            other.code == "syntax" && (other.span.line, other.span.column) <= place
        };
        return !after.iter().any(is_above);
    }
    !after.iter().any(|other| is_same(other) || !is_known(other))
}

/// Whether two texts hold the same comments, where both can be read.
fn keeps_comments(one: &str, other: &str) -> bool {
    let comments = |text: &str| {
        let parsed = reader::parse_with_comments(text.as_bytes());
        let texts = parsed.comments.into_iter().map(|(_, text)| text);
        parsed.root.map(|_| texts.collect::<Vec<_>>())
    };
    match (comments(one), comments(other)) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    }
}

/// The text with one finding fixed, where only one reading is possible.
fn mend(text: &str, finding: &Diagnostic) -> Option<String> {
    let line = text.split('\n').nth(finding.span.line - 1)?;
    let chars: Vec<char> = line.chars().collect();
    let bom = usize::from(finding.span.line == 1 && text.starts_with('\u{feff}'));
    let (from, to) = (
        finding.span.column - 1 + bom,
        finding.span.end_column - 1 + bom,
    );
    let old: String = chars.get(from..to.min(chars.len()))?.iter().collect();
    let message = finding.message.en.as_str();
    let (to, new) = match finding.code {
        "type" if message.contains("expects true or false") => (to, truth(&old)?.to_owned()),
        "type" if message.contains("expects an integer") => (to, integer(&old)?),
        "leading-zero" if old.contains(['8', '9']) => (to, scalar::without_zeros(&old)?),
        "syntax" if message.contains("must be quoted") => {
            let before: String = chars[..from].iter().collect();
            let rest: String = chars[from..].iter().collect();
            let value = traps::unquoted(&rest);
            let is_plain = !value.contains(['"', '\\']) && !before.contains(['[', '{']);
            (
                from + value.chars().count(),
                is_plain.then(|| format!("\"{value}\""))?,
            )
        }
        "syntax" if message.starts_with("a tab") => {
            let blank: String = chars.iter().take_while(|c| c.is_whitespace()).collect();
            let spaces = blank.replace('\t', "  ");
            let width = blank.chars().count();
            // Another level could be meant unless the line continues at this one, or opens the one
            // below.
            let before = text.split('\n').take(finding.span.line - 1);
            let above = before.filter(|line| !line.trim().is_empty()).last()?;
            let level = above.len() - above.trim_start().len();
            let opens = above.trim_end().ends_with(':') && spaces.len() == level + 2;
            if above.starts_with('\t') || spaces.len() != level && !opens {
                return None;
            }
            return Some(replaced(text, finding.span.line, 0, width, &spaces));
        }
        _ => return None,
    };
    Some(replaced(text, finding.span.line, from, to, &new))
}

fn truth(old: &str) -> Option<&'static str> {
    match old.trim_matches(['"', '\'']).to_ascii_lowercase().as_str() {
        "yes" | "on" | "true" => Some("true"),
        "no" | "off" | "false" => Some("false"),
        _ => None,
    }
}

/// A whole number in quotes, or one written `8.0`.
fn integer(old: &str) -> Option<String> {
    let bare = old.trim_matches(['"', '\'']);
    if let Ok(number) = bare.parse::<i64>() {
        let is_itself = number.to_string() == bare;
        return is_itself.then(|| bare.to_owned());
    }
    let (whole, zeros) = bare.split_once('.')?;
    let is_whole = !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0');
    whole
        .parse::<i64>()
        .ok()
        .filter(|_| is_whole)
        .map(|number| number.to_string())
}

fn replaced(text: &str, line: usize, from: usize, to: usize, new: &str) -> String {
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let chars: Vec<char> = lines[line - 1].chars().collect();
    let (head, tail) = (chars[..from].iter(), chars[to.min(chars.len())..].iter());
    lines[line - 1] = head.collect::<String>() + new + &tail.collect::<String>();
    lines.join("\n")
}
