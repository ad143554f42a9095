//! Addresses: queries, cookies, and the templates of links to the git host.

use std::fmt::Write;

/// A text as part of an address.
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            // Writing to a string cannot fail.
            _ => drop(write!(encoded, "%{byte:02X}")),
        }
    }
    encoded
}

/// A path as part of an address: its slashes stay.
pub fn encode_path(path: &str) -> String {
    path.split('/').map(encode).collect::<Vec<_>>().join("/")
}

/// The pairs as a query, `?` included; with some set anew, or left out where their value is empty.
pub fn query(pairs: &[(String, String)], changes: &[(&str, &str)]) -> String {
    let kept = pairs
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .filter(|(key, _)| !changes.iter().any(|(changed, _)| changed == key));
    let set = changes
        .iter()
        .copied()
        .filter(|(_, value)| !value.is_empty());
    let parts: Vec<String> = kept
        .chain(set)
        .map(|(key, value)| format!("{}={}", encode(key), encode(value)))
        .collect();
    format!("?{}", parts.join("&"))
}

/// A cookie's value.
pub fn cookie<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    let pairs = header
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='));
    pairs
        .filter(|(key, _)| *key == name)
        .map(|(_, value)| value)
        .next()
}

/// A link to the git host from its template; `None` without one, or where it would not lead to `http` or `https`.
pub fn git_link(
    template: Option<&str>,
    branch: &str,
    (path, line): (&str, usize),
    content: &str,
) -> Option<String> {
    let template =
        template.filter(|text| text.starts_with("https://") || text.starts_with("http://"))?;
    let (line, path, content) = (line.to_string(), encode_path(path), encode(content));
    let branch = encode_path(branch);
    let places = [
        ("path", path.as_str()),
        ("line", &line),
        ("branch", &branch),
        ("content", &content),
    ];
    Some(crate::text::ui::fill(template, &places))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_change_one_key_and_keep_the_rest() {
        let pairs = [
            ("q".to_owned(), "a b&c".to_owned()),
            ("page".to_owned(), "2".to_owned()),
        ];
        assert_eq!(query(&pairs, &[("page", "3")]), "?q=a%20b%26c&page=3");
        assert_eq!(query(&pairs, &[("q", ""), ("page", "")]), "?");
    }

    #[test]
    fn git_links_hold_only_encoded_text_and_lead_to_the_web() {
        let link = git_link(
            Some("https://g/{branch}/{path}#L{line}"),
            "ops/next#1",
            ("jobs.d/a b\".yaml", 4),
            "",
        );
        assert_eq!(
            link.as_deref(),
            Some("https://g/ops/next%231/jobs.d/a%20b%22.yaml#L4")
        );
        assert_eq!(
            git_link(Some("javascript:{path}"), "main", ("a", 1), ""),
            None
        );
    }
}
