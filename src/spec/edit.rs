//! Fixes of a job file's text that are safe and keep its comments. Every edit is proved by reading the result again; what
//! cannot be proved is not done.

use crate::model::diagnostic::Diagnostic;

/// Codes whose findings [`fix`] can mend, each only where one reading is possible.
pub const FIXABLE: [&str; 3] = ["type", "leading-zero", "syntax"];

/// The text with safe fixes, and how many; `None` when there is nothing to do.
pub fn fix(
    text: &str,
    findings: &[Diagnostic],
    check: &dyn Fn(&str) -> Vec<Diagnostic>,
) -> Option<(String, usize)> {
    let (mut text, mut count) = (text.to_owned(), 0);
    let mut findings = findings.to_vec();
    while let Some((better, left)) = findings.iter().find_map(|finding| {
        let better = mend(&text, finding)?;
        let left = check(&better);
        let is_gone = !left
            .iter()
            .any(|other| other.span == finding.span && other.code == finding.code);
        // A fix may bring nothing new, but for a text that could not be read at all before.
        let is_new = |other: &Diagnostic| {
            !findings
                .iter()
                .any(|known| known.code == other.code && known.key == other.key)
        };
        let is_quiet = finding.code == "syntax" || !left.iter().any(is_new);
        (is_gone && is_quiet && left.len() <= findings.len().max(1) + 8).then_some((better, left))
    }) {
        (text, findings, count) = (better, left, count + 1);
    }
    (count > 0).then_some((text, count))
}

/// The text with one finding mended, where only one reading is possible.
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
        "leading-zero" if old.contains(['8', '9']) => (to, old.trim_start_matches('0').to_owned()),
        "syntax" if message.contains("cannot stand unquoted") => {
            let rest: String = chars[from..].iter().collect();
            let value = rest.split(" #").next()?.trim_end();
            let is_plain = !value.contains(['"', '\\']);
            (
                from + value.chars().count(),
                is_plain.then(|| format!("\"{value}\""))?,
            )
        }
        "syntax" if message.starts_with("a tab") => {
            let blank: usize = chars.iter().take_while(|c| c.is_whitespace()).count();
            return Some(replaced(
                text,
                finding.span.line,
                0,
                blank,
                &"  ".repeat(blank),
            ));
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
