//! The lines of vCard and iCalendar files (RFC 6350 section 3.2, RFC 5545 section 3.1): unfolded,
//! each with its number.

use encoding_rs::Encoding;

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
    /// The value as written.
    raw: Vec<u8>,
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

    /// Whether the value is in base 64, which may go on over lines that have no form of their own.
    pub fn is_base64(&self) -> bool {
        ["BASE64", "B"]
            .iter()
            .any(|word| self.has("ENCODING", word))
            || self.has("TYPE", "BASE64")
    }

    /// The value as written, but for its charset; `None` where its bytes are no text.
    pub fn value(&self) -> Option<String> {
        self.decode(&self.raw)
    }

    /// The value with escapes resolved.
    pub fn text(&self) -> Option<String> {
        self.value().map(|value| unescape(&value))
    }

    /// The parts of a structured value (`Lima;Ana;;;`), escapes resolved.
    pub fn parts(&self) -> Option<Vec<String>> {
        let mut parts = vec![Vec::new()];
        let mut escaped = false;
        for byte in &self.raw {
            if *byte == b';' && !escaped {
                parts.push(Vec::new());
            } else if let Some(last) = parts.last_mut() {
                last.push(*byte);
            }
            escaped = *byte == b'\\' && !escaped;
        }
        let parts = parts.iter().map(|part| Some(unescape(&self.decode(part)?)));
        parts.collect()
    }

    fn is_quoted(&self) -> bool {
        is_quoted_printable(&self.params)
    }

    /// Bytes as text: quoted-printable and charset as vCard 2.1 names them, else UTF-8.
    fn decode(&self, bytes: &[u8]) -> Option<String> {
        let bytes = if self.is_quoted() {
            unquote(bytes)
        } else {
            bytes.to_vec()
        };
        let charset = self.param("CHARSET").unwrap_or("UTF-8");
        let encoding = Encoding::for_label(charset.as_bytes())?;
        let text = encoding.decode_without_bom_handling_and_without_replacement(&bytes)?;
        Some(text.into_owned())
    }
}

fn is_quoted_printable(params: &[(String, String)]) -> bool {
    let is_named = |name: &str| name == "ENCODING" || name == "TYPE";
    let mut named = params.iter().filter(|(name, _)| is_named(name));
    named.any(|(_, value)| value.eq_ignore_ascii_case("QUOTED-PRINTABLE"))
}

/// Quoted-printable (RFC 2045, section 6.7): `=C3=A9`. A sign that is no code stays as it is.
fn unquote(bytes: &[u8]) -> Vec<u8> {
    let mut result = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, more)) = rest.split_first() {
        let code = more.get(..2).filter(|_| *first == b'=');
        let code = code.and_then(|code| u8::from_str_radix(str::from_utf8(code).ok()?, 16).ok());
        result.push(code.unwrap_or(*first));
        rest = if code.is_some() { &more[2..] } else { more };
    }
    result
}

/// The properties of a file in order; `Err` is the number of a line that is none. Lines end with LF
/// after any number of CR, or with CR alone in a file without LF.
pub fn properties(bytes: &[u8]) -> impl Iterator<Item = Result<Property, usize>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let end = if bytes.contains(&b'\n') { b'\n' } else { b'\r' };
    let mut physical = bytes
        .split(move |byte| *byte == end)
        .map(without_end)
        .zip(1usize..)
        .peekable();
    std::iter::from_fn(move || {
        loop {
            let (first, line) = physical.next()?;
            let mut whole = first[..first.len().min(LINE_BYTES_MAX)].to_vec();
            loop {
                // A quoted-printable value continues after a `=` at the end of its line.
                let is_open = whole.ends_with(b"=")
                    && parse(&whole, line).is_some_and(|property| property.is_quoted());
                if is_open && let Some((more, _)) = physical.next() {
                    whole.pop();
                    append(&mut whole, more);
                } else if let Some((more, _)) = physical.next_if(|(next, _)| is_folded(next)) {
                    append(&mut whole, &more[1..]);
                } else {
                    break;
                }
            }
            if !whole.trim_ascii().is_empty() {
                return Some(parse(&whole, line).ok_or(line));
            }
        }
    })
}

fn is_folded(line: &[u8]) -> bool {
    line.starts_with(b" ") || line.starts_with(b"\t")
}

fn without_end(line: &[u8]) -> &[u8] {
    let end = line.iter().rposition(|byte| *byte != b'\r');
    &line[..end.map_or(0, |end| end + 1)]
}

fn append(whole: &mut Vec<u8>, more: &[u8]) {
    let room = LINE_BYTES_MAX.saturating_sub(whole.len());
    whole.extend_from_slice(&more[..more.len().min(room)]);
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
    Some(Property {
        line,
        name,
        params,
        raw: whole[colon + 1..].to_vec(),
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn values_of_vcard_2_1_are_read_whole() {
        let file = b"N;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:Per=E9;Na=3Bdia\r\n\
            NOTE;QUOTED-PRINTABLE:one=\r\n two =C3=A9=\r\nthree\r\r\nFN:x\r\r\nX;CHARSET=KLINGON:y\r\n";
        let found: Vec<Property> = properties(file).map(Result::unwrap).collect();
        assert_eq!(found[0].parts().unwrap(), ["Per\u{e9}", "Na;dia"]);
        assert_eq!(found[1].text().unwrap(), "one two \u{e9}three");
        assert_eq!(found[2].text().unwrap(), "x");
        assert_eq!(found[3].value(), None);
        let lines: Vec<usize> = found.iter().map(|property| property.line).collect();
        assert_eq!(lines, [1, 2, 5, 6]);
        assert_eq!(properties(b"BEGIN:VCARD\rFN:x\rEND:VCARD\r").count(), 3);
    }
}
