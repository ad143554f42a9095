//! What is noted of a page: its title.

use encoding_rs::Encoding;

/// Characters kept of a title.
const TITLE_CHARS_MAX: usize = 200;

/// The title of an HTML page, blanks squeezed, the usual entities resolved.
pub fn title(html: &str) -> Option<String> {
    // In ASCII letters alone, so that places stay the same.
    let lower = html.to_ascii_lowercase();
    let open = lower.find("<title")?;
    let start = open + lower[open..].find('>')? + 1;
    let end = start + lower[start..].find("</title")?;
    let words: Vec<&str> = html[start..end].split_whitespace().collect();
    let title = entities(&words.join(" "));
    let clean: String = title
        .chars()
        .filter(|c| !c.is_control())
        .take(TITLE_CHARS_MAX)
        .collect();
    (!clean.is_empty()).then_some(clean)
}

/// The bytes of a page as text, by the charset of its header, else UTF-8.
pub fn decode(bytes: &[u8], content_type: &str) -> String {
    let parameters = content_type.split(';').map(str::trim);
    let mut charsets = parameters.filter_map(|part| {
        let (name, value) = part.split_once('=')?;
        let is_charset = name.trim().eq_ignore_ascii_case("charset");
        is_charset.then(|| value.trim().trim_matches('"'))
    });
    let named = charsets
        .next()
        .and_then(|name| Encoding::for_label(name.as_bytes()));
    let (text, ..) = named.unwrap_or(encoding_rs::UTF_8).decode(bytes);
    text.into_owned()
}

fn entities(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        result.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest
            .char_indices()
            .take(10)
            .find(|(_, c)| *c == ';')
            .map(|(end, _)| end);
        let found = end.and_then(|end| Some((entity(&rest[1..end])?, end)));
        match found {
            Some((c, end)) => {
                result.push(c);
                rest = &rest[end + 1..];
            }
            None => {
                result.push('&');
                rest = &rest[1..];
            }
        }
    }
    result + rest
}

fn entity(name: &str) -> Option<char> {
    let number = name.strip_prefix('#');
    let code = number.map(|digits| match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => digits.parse().ok(),
    });
    match (code, name) {
        (Some(code), _) => char::from_u32(code?),
        (None, "amp") => Some('&'),
        (None, "lt") => Some('<'),
        (None, "gt") => Some('>'),
        (None, "quot") => Some('"'),
        (None, "apos") => Some('\''),
        (None, "nbsp") => Some(' '),
        (None, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_found_whatever_surrounds_it() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            title("<TITLE lang=fr>\n Ana &amp; Léo&#233; &bad; \n</TITLE>"),
            some("Ana & Léoé &bad;")
        );
        assert_eq!(title("İ<title>a\u{1b}[31mb</title>"), some("a[31mb"));
        for none in ["", "<title>", "<title>x", "<title></title>", "<p>x</p>"] {
            assert_eq!(title(none), None, "{none}");
        }
        assert_eq!(decode(b"\xe9", "text/html; charset=ISO-8859-1"), "é");
    }
}
