//! What must not be shown: values under names that promise a secret, and what has the form of one.

use crate::text::token::tokens;

/// Words in a name that promise a secret.
const PROMISES: [&str; 9] = [
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "SECRET",
    "TOKEN",
    "API_KEY",
    "APIKEY",
    "PRIVATE_KEY",
    "CREDENTIAL",
];

/// Whether a name promises a secret: `DB_PASSWORD`, `api_token`.
pub fn is_promised(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    PROMISES.iter().any(|word| upper.contains(word))
}

/// Whether the value at a key's path may be shown: no environment value, and none whose name promises a secret.
pub fn may_show(path: &str) -> bool {
    !path.starts_with("env.") && !path.starts_with("defaults.env.") && !is_promised(path)
}

/// A line of a file with the values behind such names and what has the form of a secret covered, letter for letter.
pub fn covered(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    let mut end = 0;
    for token in tokens(line) {
        shown.push_str(&line[end..token.place.start]);
        shown.push_str(&hidden(&line[token.place.clone()]));
        end = token.place.end;
    }
    shown.push_str(&line[end..]);
    values_covered(&shown)
}

fn values_covered(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(colon) = rest.find(':') {
        let (name, behind) = rest.split_at(colon + 1);
        shown.push_str(name);
        rest = behind;
        let is_name = |c: char| c.is_alphanumeric() || "_-.\"'".contains(c);
        let before = name.trim_end_matches(':');
        let begin = before.rfind(|c: char| !is_name(c)).map_or(0, |at| {
            at + before[at..].chars().next().map_or(1, char::len_utf8)
        });
        if is_promised(&before[begin..]) {
            let (value, after) = split_value(behind, before.contains('{'));
            shown.push_str(&hidden(value));
            rest = after;
        }
    }
    shown.push_str(rest);
    shown
}

/// The value that begins here, and what stands behind it.
fn split_value(text: &str, in_flow: bool) -> (&str, &str) {
    let lead = text.len() - text.trim_start().len();
    let value = &text[lead..];
    // A map names where the secret is, and a block scalar has nothing here.
    if value.starts_with('{') || value.starts_with('|') || value.starts_with('>') {
        return ("", text);
    }
    let quote = value.chars().next().filter(|c| "\"'".contains(*c));
    let end = match quote {
        Some(quote) => value[1..].find(quote).map_or(value.len(), |at| at + 2),
        None if in_flow => value.find([',', '}']).unwrap_or(value.len()),
        None => value.find(" #").unwrap_or(value.len()),
    };
    text.split_at(lead + end)
}

fn hidden(value: &str) -> String {
    let cover = |c: char| if c.is_whitespace() { c } else { '*' };
    value.chars().map(cover).collect()
}
