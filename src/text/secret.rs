//! What must not be shown: values under names that promise a secret, and what has the form of one.

use crate::text::token::tokens;

/// Words in a name that promise a secret.
const PROMISES: [&str; 15] = [
    "AUTHORIZATION",
    "COOKIE",
    "BEARER",
    "ACCESS_KEY",
    "SIGNING_KEY",
    "ENCRYPTION_KEY",
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

/// Keys that may be below a name that promises a secret: they say where it is.
const REFERENCES: [&str; 2] = ["from_env", "from_file"];

/// Whether a name promises a secret: `DB_PASSWORD`, `api_token`, `X-Api-Key`.
pub fn is_promised(name: &str) -> bool {
    let upper = name.to_ascii_uppercase().replace('-', "_");
    PROMISES.iter().any(|word| upper.contains(word))
}

/// Whether the value at a key's path may be shown: no environment value, and none whose name
/// promises a secret.
pub fn may_show(path: &str) -> bool {
    !path.starts_with("env.") && !path.starts_with("defaults.env.") && !is_promised(path)
}

/// The part of a key's path that may be shown, where something below it may not: below `env.X` and
/// below any name that promises a secret, what should be a value may have been written as a name
/// (`API_TOKEN: {hunter2}`).
pub fn shown_part(path: &str) -> Option<&str> {
    let (mut end, mut is_secret, mut in_env) = (0, false, false);
    for (depth, part) in path.split('.').enumerate() {
        let name = part.split('[').next().unwrap_or(part);
        if is_secret && !REFERENCES.contains(&name) {
            return Some(&path[..end]);
        }
        end += part.len() + usize::from(depth > 0);
        is_secret |= in_env || is_promised(name);
        in_env |= name == "env" && (depth == 0 || depth == 1 && path.starts_with("defaults."));
    }
    None
}

/// A text with what has the form of a secret covered.
pub fn forms_covered(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut end = 0;
    for token in tokens(text) {
        shown.push_str(&text[end..token.place.start]);
        shown.push_str(&hidden(&text[token.place.clone()]));
        end = token.place.end;
    }
    shown.push_str(&text[end..]);
    shown
}

/// The lines of a file, each [`covered`], and what is below a name that promises a secret
/// covered whole.
pub fn lines_covered(text: &str) -> impl Iterator<Item = String> {
    let mut below: Option<usize> = None;
    text.lines().map(move |line| {
        let bare = line.trim_start();
        let indent = line.len() - bare.len();
        let is_inside = below.is_some_and(|least| indent > least || bare.is_empty());
        if is_inside {
            let is_reference =
                REFERENCES.iter().any(|name| bare.starts_with(name)) && !bare.contains(['{', '[']);
            return if is_reference {
                covered(line)
            } else {
                hidden(line)
            };
        }
        let opened = bare.split_once(':').filter(|(name, _)| is_promised(name));
        let value = opened.map(|(_, rest)| rest.trim_start());
        let is_open =
            value.is_some_and(|value| value.is_empty() || value.starts_with(['|', '>', '#']));
        below = is_open.then_some(indent);
        covered(line)
    })
}

/// A line of a file with the values after such names and what has the form of a secret covered,
/// letter for letter.
pub fn covered(line: &str) -> String {
    values_covered(&forms_covered(line))
}

fn values_covered(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(sign) = rest.find([':', '=']) {
        let (name, behind) = rest.split_at(sign + 1);
        shown.push_str(name);
        rest = behind;
        let is_name = |c: char| c.is_alphanumeric() || "_-.\"'".contains(c);
        let before = &name[..sign];
        let begin = before.rfind(|c: char| !is_name(c)).map_or(0, |at| {
            at + before[at..].chars().next().map_or(1, char::len_utf8)
        });
        if is_promised(&before[begin..]) {
            let (value, after) = if name.ends_with('=') {
                split_word(behind)
            } else {
                split_value(behind, before.contains('{'))
            };
            shown.push_str(&hidden(value));
            rest = after;
        }
    }
    shown.push_str(rest);
    shown
}

/// The value of a shell's assignment that begins here, and what is after it. One that the shell
/// fills in is not there.
fn split_word(text: &str) -> (&str, &str) {
    if text.starts_with(['$', '=']) {
        return ("", text);
    }
    let quote = text.chars().next().filter(|c| "\"'".contains(*c));
    let end = match quote {
        Some(quote) => text[1..].find(quote).map_or(text.len(), |at| at + 2),
        None => text.find(char::is_whitespace).unwrap_or(text.len()),
    };
    text.split_at(end)
}

/// The value that begins here, and what is after it.
fn split_value(text: &str, in_flow: bool) -> (&str, &str) {
    let lead = text.len() - text.trim_start().len();
    let value = &text[lead..];
    let inner = value.strip_prefix('{').map(str::trim_start);
    let is_reference = inner.is_some_and(|inner| {
        let is_flat = !inner.contains(['{', '[']);
        is_flat && REFERENCES.iter().any(|name| inner.starts_with(name))
    });
    // A map that names where the secret is, and a block scalar, which has nothing here.
    if is_reference || value.starts_with('|') || value.starts_with('>') {
        return ("", text);
    }
    let first = value.chars().next();
    let end = match first {
        Some('{') => value.rfind('}').map_or(value.len(), |at| at + 1),
        Some('[') => value.rfind(']').map_or(value.len(), |at| at + 1),
        Some(quote @ ('"' | '\'')) => value[1..].find(quote).map_or(value.len(), |at| at + 2),
        _ if in_flow => value.find([',', '}']).unwrap_or(value.len()),
        _ => value.find(" #").unwrap_or(value.len()),
    };
    text.split_at(lead + end)
}

fn hidden(value: &str) -> String {
    let cover = |c: char| if c.is_whitespace() { c } else { '*' };
    value.chars().map(cover).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_below_a_secret_name_are_hidden() {
        for (path, shown) in [
            ("env.API_TOKEN", None),
            ("env.API_TOKEN.hunter2", Some("env.API_TOKEN")),
            ("env.API_TOKEN[0].hunter2", Some("env.API_TOKEN[0]")),
            ("env.PORT.hunter2", Some("env.PORT")),
            ("env.API_TOKEN.from_env", None),
            (
                "env.API_TOKEN.from_env.hunter2",
                Some("env.API_TOKEN.from_env"),
            ),
            ("defaults.env.A.hunter2", Some("defaults.env.A")),
            (
                "bot_config.delivery.smtp.password.x",
                Some("bot_config.delivery.smtp.password"),
            ),
            ("headers.Authorization.x", Some("headers.Authorization")),
            ("headers.X-Api-Key.x", Some("headers.X-Api-Key")),
            ("retry.max_attempts", None),
            ("labels.env.x", None),
        ] {
            assert_eq!(shown_part(path), shown, "{path}");
        }
    }

    #[test]
    fn a_line_shows_no_value_of_a_promised_secret() {
        for (line, shown) in [
            ("  API_TOKEN: {hunter2}", "  API_TOKEN: *********"),
            ("  API_TOKEN: [a, b] # c", "  API_TOKEN: *** ** # c"),
            (
                "env: {API_TOKEN: {hunter2}, B: c}",
                "env: {API_TOKEN: ********** ** **",
            ),
            (
                "  TOKEN: {from_file: /run/t}",
                "  TOKEN: {from_file: /run/t}",
            ),
            ("  Authorization: Basic aGk=", "  Authorization: ***** ****"),
            (
                "shell: PGPASSWORD=hunter2 pg_dump",
                "shell: PGPASSWORD=******* pg_dump",
            ),
            ("shell: TOKEN=$T; a=b", "shell: TOKEN=$T; a=b"),
            ("  Cookie: a=b; c", "  Cookie: **** *"),
        ] {
            assert_eq!(covered(line), shown, "{line}");
        }
        let text =
            "a: 1\npassword: |\n  hunter2\n\n  more\nb: 2\ntoken:\n  from_env: X\n  hunter2:\n";
        let shown: Vec<String> = lines_covered(text).collect();
        assert_eq!(
            shown.join("\n"),
            "a: 1\npassword: |\n  *******\n\n  ****\nb: 2\ntoken:\n  from_env: X\n  ********"
        );
    }
}
