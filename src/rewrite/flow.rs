//! The style of a value on one line: `[a, b]`, `{a: b}` or `{ a: b }`, one blank before a comment.
//! What is in quotes stays, and so do the blanks within braces: other formatters write them, and
//! two that undo each other's work never end.

/// The text of a value with canonical blanks; any other value than a list or map in brackets is
/// only trimmed, with one blank before its comment.
pub fn tidy(value: &str) -> String {
    if !value.starts_with(['[', '{']) {
        return with_comment(value);
    }
    let mut result = String::new();
    let mut quote = None;
    // Of each open brace, whether a blank follows it.
    let mut spaced: Vec<bool> = Vec::new();
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        match quote {
            Some(open) => {
                result.push(c);
                if c == '\\' && open == '"' {
                    result.extend(chars.next());
                } else if c == open {
                    quote = None;
                }
            }
            None if c == '#' && result.ends_with(' ') => {
                result.push(c);
                result.extend(chars.by_ref());
            }
            None if c == ' ' || c == '\t' => {
                let is_wanted = !result.ends_with([' ', '[', '{']);
                let closes = chars.peek().is_some_and(|next| "]},".contains(*next));
                if is_wanted && !closes {
                    result.push(' ');
                }
            }
            None if c == '{' => {
                let is_blank = |c: &char| [' ', '\t'].contains(c);
                spaced.push(chars.peek().is_some_and(is_blank));
                while chars.next_if(is_blank).is_some() {}
                let is_empty = chars.peek() == Some(&'}');
                result += if spaced.ends_with(&[true]) && !is_empty {
                    "{ "
                } else {
                    "{"
                };
            }
            None if c == '}' => {
                result.truncate(result.trim_end().len());
                let is_spaced = spaced.pop() == Some(true) && !result.ends_with('{');
                result += if is_spaced { " }" } else { "}" };
            }
            None => {
                if (c == '"' || c == '\'') && begins(&result) {
                    quote = Some(c);
                }
                result.push(c);
                if c == ',' && chars.peek().is_some_and(|next| !" \t]}".contains(*next)) {
                    result.push(' ');
                }
            }
        }
    }
    result.trim_end().to_owned()
}

/// Whether a value begins after what is written so far: a quote inside a plain text is only a
/// letter.
fn begins(written: &str) -> bool {
    let before = written.trim_end_matches(' ');
    before.ends_with(['[', '{', ',', ':'])
}

fn with_comment(value: &str) -> String {
    let quoted = value.starts_with(['"', '\'']);
    let from = if quoted { closing(value) } else { 0 };
    let (kept, rest) = value.split_at(from);
    let at = rest.find(" #").or_else(|| rest.find("\t#"));
    match at {
        Some(at) => {
            let (text, comment) = rest.split_at(at);
            format!("{kept}{} {}", text.trim_end(), comment.trim_start())
        }
        None => value.trim_end().to_owned(),
    }
}

/// Where the text after a quoted value begins.
fn closing(value: &str) -> usize {
    let mut chars = value.char_indices();
    let open = chars.next().map(|(_, c)| c);
    while let Some((at, c)) = chars.next() {
        if c == '\\' && open == Some('"') {
            chars.next();
        } else if Some(c) == open {
            return at + 1;
        }
    }
    value.len()
}
