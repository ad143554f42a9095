//! Source and output as pieces of text with a class from a fixed list; whatever else they hold is
//! shown, never obeyed.

use crate::text::visible;

/// Longest line that is shown.
const LINE_CHARS_MAX: usize = 2_000;

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its class; empty for none.
    pub class: &'static str,
    /// Its text.
    pub text: String,
    /// Whether it is a web address, and may be followed.
    pub is_link: bool,
}

fn piece(class: &'static str, text: &str) -> Piece {
    Piece {
        class,
        text: visible(text),
        is_link: false,
    }
}

/// A line of YAML: keys, strings, numbers, comments.
pub fn yaml(line: &str) -> Vec<Piece> {
    let line = shortened(line);
    let (body, comment) = line.split_at(comment_start(&line));
    let lead = body.len() - body.trim_start_matches([' ', '-']).len();
    let (lead, rest) = body.split_at(lead);
    let mut pieces = vec![piece("", lead)];
    let key = rest.find(": ").or(rest.strip_suffix(':').map(str::len));
    match key.filter(|_| !rest.starts_with(['"', '\'', '{', '['])) {
        Some(end) => {
            pieces.push(piece("k", &rest[..end]));
            pieces.push(piece("", ":"));
            pieces.push(value(&rest[end + 1..]));
        }
        None => pieces.push(value(rest)),
    }
    pieces.push(piece("c", comment));
    pieces.retain(|piece| !piece.text.is_empty());
    pieces
}

fn value(text: &str) -> Piece {
    let bare = text.trim();
    let is_number = bare.parse::<f64>().is_ok();
    let class = if is_number || ["true", "false", "null"].contains(&bare) {
        "n"
    } else {
        "s"
    };
    piece(class, text)
}

/// Where a comment begins: a `#` at the start or after a blank, outside quotes.
fn comment_start(line: &str) -> usize {
    let (mut quote, mut before) = (None, ' ');
    for (at, c) in line.char_indices() {
        match (quote, c) {
            (Some(open), _) if open == c => quote = None,
            (None, '"' | '\'') if !before.is_alphanumeric() => quote = Some(c),
            (None, '#') if before.is_whitespace() => return at,
            _ => {}
        }
        before = c;
    }
    line.len()
}

/// A line of output: colours of ANSI sequences as classes, other sequences dropped, web addresses
/// as links.
pub fn output(line: &str) -> Vec<Piece> {
    let line = shortened(line.trim_end_matches('\r'));
    let (mut pieces, mut class, mut rest) = (Vec::new(), plain_class(&line), line.as_str());
    while let Some((before, sequence)) = rest.split_once('\u{1b}') {
        linked(class, before, &mut pieces);
        let (color, behind) = sequence_of(sequence);
        class = color.unwrap_or(class);
        rest = behind;
    }
    linked(class, rest, &mut pieces);
    pieces
}

/// A sentence with its `marked` words as code.
pub fn marked(text: &str) -> Vec<Piece> {
    let is_even = text.matches('`').count().is_multiple_of(2);
    let parts = text.split('`').enumerate();
    let mut pieces: Vec<Piece> = parts
        .map(|(n, part)| piece(if n % 2 == 1 && is_even { "code" } else { "" }, part))
        .collect();
    pieces.retain(|piece| !piece.text.is_empty());
    pieces
}

/// The class of a line that has no colours: errors and warnings by their words.
fn plain_class(line: &str) -> &'static str {
    if line.contains('\u{1b}') {
        return "";
    }
    let lower = line.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    match () {
        () if has(&["error:", "fatal:", "panicked at", "[error]", " error "]) => "err",
        () if has(&["warning:", "warn:", "[warn", " warn "]) => "wn",
        () => "",
    }
}

/// The class that an escape sequence sets, and what follows it.
fn sequence_of(text: &str) -> (Option<&'static str>, &str) {
    let Some(body) = text.strip_prefix('[') else {
        // Operating system commands end with BEL or ST; of others one character goes.
        let end = text
            .starts_with(']')
            .then(|| text.find(['\u{7}', '\\']))
            .flatten();
        let cut = end.map_or_else(
            || text.chars().next().map_or(0, char::len_utf8),
            |at| at + 1,
        );
        return (None, &text[cut..]);
    };
    let end = body.find(|c: char| ('@'..='~').contains(&c));
    let Some(end) = end else {
        return (None, "");
    };
    let (arguments, behind) = (&body[..end], &body[end + 1..]);
    if !body[end..].starts_with('m') {
        return (None, behind);
    }
    let mut class = None;
    for code in arguments.split(';') {
        class = Some(match code {
            "31" | "91" => "err",
            "33" | "93" => "wn",
            "32" | "92" => "add",
            "34" | "36" | "94" | "96" => "k",
            "2" | "90" => "c",
            "0" | "" | "39" => "",
            _ => class.unwrap_or(""),
        });
    }
    (class, behind)
}

fn linked(class: &'static str, text: &str, pieces: &mut Vec<Piece>) {
    let mut rest = text;
    while let Some(at) = ["https://", "http://"]
        .iter()
        .filter_map(|s| rest.find(s))
        .min()
    {
        let (before, address) = rest.split_at(at);
        let is_end = |c: char| c.is_whitespace() || "<>\"'`()[]{}".contains(c) || c.is_control();
        let (address, behind) = address.split_at(address.find(is_end).unwrap_or(address.len()));
        pieces.push(piece(class, before));
        let shown = visible(address);
        pieces.push(Piece {
            class,
            is_link: shown == address,
            text: shown,
        });
        rest = behind;
    }
    pieces.push(piece(class, rest));
    pieces.retain(|piece| !piece.text.is_empty());
}

fn shortened(line: &str) -> String {
    match line.char_indices().nth(LINE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(pieces: &[Piece]) -> Vec<(&str, &str)> {
        pieces
            .iter()
            .map(|piece| (piece.class, piece.text.as_str()))
            .collect()
    }

    #[test]
    fn yaml_is_told_apart() {
        assert_eq!(
            classes(&yaml("  hour: 8 # early")),
            [
                ("", "  "),
                ("k", "hour"),
                ("", ":"),
                ("n", " 8 "),
                ("c", "# early")
            ]
        );
        assert_eq!(classes(&yaml("# all")), [("c", "# all")]);
        assert_eq!(
            classes(&yaml("shell: 'echo #1'")),
            [("k", "shell"), ("", ":"), ("s", " 'echo #1'")]
        );
    }

    #[test]
    fn output_obeys_nothing() {
        assert_eq!(
            classes(&output(
                "a \u{1b}[31mred\u{1b}[0m \u{1b}[2Jb\u{1b}]0;title\u{7}c"
            )),
            [("", "a "), ("err", "red"), ("", " "), ("", "b"), ("", "c")]
        );
        assert_eq!(classes(&output("x\u{202e}y")), [("", "x\\u{202e}y")]);
        let link = output("see https://a.example/x?y=1, javascript:alert(1)");
        assert!(link[1].is_link && link[1].text == "https://a.example/x?y=1,");
        assert_eq!(link.iter().filter(|piece| piece.is_link).count(), 1);
        let long = output(&"é".repeat(100_000));
        assert_eq!(long[0].text.chars().count(), LINE_CHARS_MAX + 1);
    }
}
