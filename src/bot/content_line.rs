//! The lines of vCard and iCalendar files (RFC 6350 section 3.2, RFC 5545 section 3.1): unfolded,
//! each with its number.

/// Bytes kept of one unfolded line; a photo may be far longer and is of no use here.
const LINE_BYTES_MAX: usize = 16 << 10;

/// One line: a name with parameters, and a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    /// Number of its first physical line, from 1.
    pub line: usize,
    /// The name in capitals, without a group.
    pub name: String,
    /// Parameters, names in capitals.
    pub params: Vec<(String, String)>,
    /// The value as written; `None` when it is not UTF-8.
    pub value: Option<String>,
}

impl Property {
    /// The first value of a parameter.
    pub fn param(&self, name: &str) -> Option<&str> {
        let found = self.params.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Whether a parameter holds a word, among others.
    pub fn has(&self, name: &str, word: &str) -> bool {
        let values = self.params.iter().filter(|(known, _)| known == name);
        values
            .flat_map(|(_, value)| value.split(','))
            .any(|value| value.eq_ignore_ascii_case(word))
    }

    /// The value with escapes resolved.
    pub fn text(&self) -> Option<String> {
        self.value.as_deref().map(unescape)
    }

    /// The parts of a structured value (`Lima;Ana;;;`), escapes resolved.
    pub fn parts(&self) -> Vec<String> {
        let mut parts = vec![String::new()];
        let mut escaped = false;
        for c in self.value.as_deref().unwrap_or_default().chars() {
            if c == ';' && !escaped {
                parts.push(String::new());
            } else if let Some(last) = parts.last_mut() {
                last.push(c);
            }
            escaped = c == '\\' && !escaped;
        }
        parts.iter().map(|part| unescape(part)).collect()
    }
}

/// The properties of a file in order; `Err` is the number of a line that is none.
pub fn properties(bytes: &[u8]) -> impl Iterator<Item = Result<Property, usize>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut physical = bytes
        .split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .zip(1usize..)
        .peekable();
    std::iter::from_fn(move || {
        loop {
            let (first, line) = physical.next()?;
            let mut whole = first[..first.len().min(LINE_BYTES_MAX)].to_vec();
            while let Some((more, _)) =
                physical.next_if(|(next, _)| next.starts_with(b" ") || next.starts_with(b"\t"))
            {
                let room = LINE_BYTES_MAX.saturating_sub(whole.len());
                whole.extend_from_slice(&more[1..more.len().min(room + 1).max(1)]);
            }
            if !whole.trim_ascii().is_empty() {
                return Some(parse(&whole, line).ok_or(line));
            }
        }
    })
}

fn parse(whole: &[u8], line: usize) -> Option<Property> {
    let mut quoted = false;
    let colon = whole.iter().position(|byte| {
        quoted ^= *byte == b'"';
        *byte == b':' && !quoted
    })?;
    let head = String::from_utf8_lossy(&whole[..colon]).into_owned();
    let mut words = split_quoted(&head).into_iter();
    let name = words.next()?;
    let name = name.rsplit('.').next()?.trim().to_ascii_uppercase();
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return None;
    }
    let params = words.map(|word| match word.split_once('=') {
        Some((name, value)) => (
            name.trim().to_ascii_uppercase(),
            value.trim().trim_matches('"').to_owned(),
        ),
        // vCard 2.1 and many writers of 3.0 leave TYPE= out.
        None => ("TYPE".to_owned(), word),
    });
    let params = params.collect();
    let value = String::from_utf8(whole[colon + 1..].to_vec()).ok();
    Some(Property {
        line,
        name,
        params,
        value,
    })
}

fn split_quoted(head: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in head.chars() {
        quoted ^= c == '"';
        if c == ';' && !quoted {
            words.push(String::new());
        } else if let Some(last) = words.last_mut() {
            last.push(c);
        }
    }
    words
}

fn unescape(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n' | 'N') => result.push('\n'),
                Some(other) => result.push(other),
                None => result.push('\\'),
            },
            (c, false) => result.push(c),
        }
    }
    result
}
