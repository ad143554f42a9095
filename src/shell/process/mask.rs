//! Hides secret values in what a program says, as it streams: the exact value, its base64 (wherever
//! it begins in a larger text) and its percent-encoding, across the borders of chunks.

use std::collections::BTreeSet;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, MatchKind};

/// Shorter values are not masked: they would tear ordinary words out of the output.
pub const SECRET_BYTES_MIN: usize = 8;

/// What is in the place of a secret.
pub const MASK: &[u8] = b"***";

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE64_URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The secrets of an attempt, ready to be found.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    found: Option<Arc<Found>>,
}

#[derive(Debug)]
struct Found {
    finder: AhoCorasick,
    needles: Vec<Needle>,
}

/// A text to be hidden.
#[derive(Debug)]
struct Needle {
    text: Vec<u8>,
    /// For each length of a prefix, the longest proper prefix of it that is also its suffix.
    borders: Vec<usize>,
}

/// A stream on its way through the mask. What may be the beginning of a secret waits until more is
/// known.
#[derive(Debug, Default)]
pub struct Masked {
    secrets: Secrets,
    held: Vec<u8>,
}

impl Secrets {
    /// Secrets with these values; those under [`SECRET_BYTES_MIN`] are left out.
    pub fn new<'a>(values: impl IntoIterator<Item = &'a [u8]>) -> Secrets {
        let long = values
            .into_iter()
            .filter(|value| value.len() >= SECRET_BYTES_MIN);
        let texts: BTreeSet<Vec<u8>> = long.flat_map(forms).collect();
        if texts.is_empty() {
            return Secrets::default();
        }
        let built = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(&texts);
        let finder = built.expect("secrets are bounded by the size of an environment");
        let needles = texts.into_iter().map(Needle::new).collect();
        Secrets {
            found: Some(Arc::new(Found { finder, needles })),
        }
    }

    /// Hides the secrets in a text that is there as a whole.
    pub fn hide(&self, text: &str) -> String {
        match &self.found {
            None => text.to_owned(),
            Some(found) => {
                let hidden = found
                    .finder
                    .replace_all_bytes(text.as_bytes(), &self.masks());
                String::from_utf8_lossy(&hidden).into_owned()
            }
        }
    }

    /// Hides the secrets in every text of a JSON value, keys included.
    pub fn hide_json(&self, value: serde_json::Value) -> serde_json::Value {
        use serde_json::Value;
        if self.found.is_none() {
            return value;
        }
        match value {
            Value::String(text) => Value::String(self.hide(&text)),
            Value::Array(items) => items.into_iter().map(|item| self.hide_json(item)).collect(),
            Value::Object(map) => {
                let pairs = map
                    .into_iter()
                    .map(|(key, value)| (self.hide(&key), self.hide_json(value)));
                Value::Object(pairs.collect())
            }
            number @ Value::Number(_) => {
                let text = number.to_string();
                let hidden = self.hide(&text);
                if hidden == text {
                    number
                } else {
                    Value::String(hidden)
                }
            }
            plain => plain,
        }
    }

    fn masks(&self) -> Vec<&'static [u8]> {
        let count = self.found.as_ref().map_or(0, |found| found.needles.len());
        vec![MASK; count]
    }
}

impl Masked {
    /// A stream that hides these secrets.
    pub fn new(secrets: Secrets) -> Masked {
        Masked {
            secrets,
            held: Vec::new(),
        }
    }

    /// Takes bytes in and gives those that are known to be no secret's beginning.
    pub fn take<'a>(&'a mut self, bytes: &'a [u8]) -> std::borrow::Cow<'a, [u8]> {
        let Some(found) = self.secrets.found.clone() else {
            return bytes.into();
        };
        self.held.extend_from_slice(bytes);
        let mut out = Vec::with_capacity(self.held.len());
        let mut done = 0;
        let keep = found
            .needles
            .iter()
            .map(|needle| needle.begins(&self.held))
            .max();
        let sure = self.held.len() - keep.unwrap_or(0);
        for hit in found.finder.find_iter(&self.held) {
            // A longer secret may begin at or before this one and not be whole yet.
            if hit.start() >= sure {
                break;
            }
            out.extend_from_slice(&self.held[done..hit.start()]);
            out.extend_from_slice(MASK);
            done = hit.end();
        }
        let end = sure.max(done);
        out.extend_from_slice(&self.held[done..end]);
        self.held.drain(..end);
        out.into()
    }

    /// Gives what waited, when the stream has ended.
    pub fn finish(&mut self) -> Vec<u8> {
        let held = std::mem::take(&mut self.held);
        match &self.secrets.found {
            None => held,
            Some(found) => found.finder.replace_all_bytes(&held, &self.secrets.masks()),
        }
    }
}

impl Needle {
    fn new(text: Vec<u8>) -> Needle {
        let mut borders = vec![0; text.len()];
        let mut length = 0;
        for at in 1..text.len() {
            while length > 0 && text[at] != text[length] {
                length = borders[length - 1];
            }
            length += usize::from(text[at] == text[length]);
            borders[at] = length;
        }
        Needle { text, borders }
    }

    /// Length of the longest proper beginning of this text that the bytes end with.
    fn begins(&self, bytes: &[u8]) -> usize {
        let longest = self.text.len() - 1;
        let mut length = 0;
        for byte in &bytes[bytes.len().saturating_sub(longest)..] {
            while length > 0 && self.text[length] != *byte {
                length = self.borders[length - 1];
            }
            length += usize::from(self.text[length] == *byte);
        }
        length
    }
}

/// The value and the ways in which programs write it.
fn forms(value: &[u8]) -> Vec<Vec<u8>> {
    let mut forms = vec![value.to_vec()];
    for alphabet in [BASE64, BASE64_URL] {
        forms.extend((0..3).map(|shift| base64(value, shift, alphabet)));
    }
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    let script = |byte: u8| bare(byte) || b"!'()*".contains(&byte);
    forms.push(percent(value, "0123456789ABCDEF", bare));
    forms.push(percent(value, "0123456789abcdef", bare));
    forms.push(percent(value, "0123456789ABCDEF", script));
    let form = percent(value, "0123456789ABCDEF", bare);
    forms.push(
        String::from_utf8_lossy(&form)
            .replace("%20", "+")
            .into_bytes(),
    );
    if let Ok(quoted) =
        std::str::from_utf8(value).map(|text| serde_json::Value::from(text).to_string())
    {
        forms.push(quoted.as_bytes()[1..quoted.len() - 1].to_vec());
    }
    forms.retain(|form| form.len() >= SECRET_BYTES_MIN);
    forms
}

/// The letters of the base64 of any text that holds the value `shift` bytes after a multiple of
/// three and that depend on the value alone.
fn base64(value: &[u8], shift: usize, alphabet: &[u8; 64]) -> Vec<u8> {
    let padded: Vec<u8> = std::iter::repeat_n(0, shift)
        .chain(value.iter().copied())
        .collect();
    let mut letters = Vec::new();
    for chunk in padded.chunks(3) {
        let byte = |n: usize| u32::from(chunk.get(n).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        letters.extend([18, 12, 6, 0].map(|at| alphabet[(bits >> at & 63) as usize]));
    }
    let first = (shift * 8).div_ceil(6);
    let last = padded.len() * 8 / 6;
    letters[first..last].to_vec()
}

fn percent(value: &[u8], digits: &str, is_bare: impl Fn(u8) -> bool) -> Vec<u8> {
    let digits = digits.as_bytes();
    let mut out = Vec::new();
    for &byte in value {
        if is_bare(byte) {
            out.push(byte);
        } else {
            out.extend([
                b'%',
                digits[usize::from(byte >> 4)],
                digits[usize::from(byte & 15)],
            ]);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use proptest::prelude::*;

    fn stream(secrets: &Secrets, chunks: &[&[u8]]) -> Vec<u8> {
        let mut masked = Masked::new(secrets.clone());
        let mut out = Vec::new();
        for chunk in chunks {
            out.extend_from_slice(&masked.take(chunk));
        }
        out.extend(masked.finish());
        out
    }

    /// Its value, its base64 and its percent-encoding.
    #[test]
    fn a_secret_is_hidden_wherever_chunks_end() {
        let secrets = Secrets::new([b"pass word/42+!".as_slice()]);
        let plain = "a pass word/42+! b, cGFzcyB3b3JkLzQyKyE=, pass%20word%2F42%2B%21, \
            pass+word%2F42%2B%21, pass%20word%2f42%2b%21";
        let hidden = String::from_utf8(stream(&secrets, &[plain.as_bytes()])).unwrap();
        for form in ["word", "cGFzcyB3b3JkLzQy"] {
            assert!(!hidden.contains(form), "{hidden}");
        }
        for cut in 0..plain.len() {
            let (a, b) = plain.as_bytes().split_at(cut);
            assert_eq!(stream(&secrets, &[a, b]), hidden.as_bytes(), "cut at {cut}");
        }
    }

    #[test]
    fn base64_is_found_behind_other_text_too() {
        // printf 'user:hunter22222' | base64, with one and two letters more in front.
        let secrets = Secrets::new([b"hunter22222".as_slice()]);
        for text in [
            "dXNlcjpodW50ZXIyMjIyMg==",
            "eHVzZXI6aHVudGVyMjIyMjI=",
            "eHh1c2VyOmh1bnRlcjIyMjIy",
        ] {
            let hidden = secrets.hide(text);
            assert!(hidden.contains("***"), "{text}: {hidden}");
        }
    }

    #[test]
    fn short_values_are_left_alone() {
        let secrets = Secrets::new([b"yes".as_slice(), b"".as_slice()]);
        assert_eq!(stream(&secrets, &[b"yes, ", b"yes"]), b"yes, yes");
    }

    #[test]
    fn a_secret_number_is_hidden_in_json() {
        let secrets = Secrets::new([b"1234567890".as_slice()]);
        let value = serde_json::json!({"pin": 1_234_567_890_u64, "n": 7, "list": ["x1234567890"]});
        assert_eq!(
            secrets.hide_json(value),
            serde_json::json!({"pin": "***", "n": 7, "list": ["x***"]})
        );
    }

    proptest! {
        #[test]
        fn chunks_change_nothing(text in "[ab]{0,80}", cuts in proptest::collection::vec(0usize..80, 0..5)) {
            let secrets = Secrets::new([b"abababab".as_slice(), b"bbbbbbbbb".as_slice(), b"aabaabaab".as_slice()]);
            let whole = stream(&secrets, &[text.as_bytes()]);
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(text.len())).collect();
            cuts.sort_unstable();
            let mut chunks = Vec::new();
            let mut from = 0;
            for cut in cuts {
                chunks.push(&text.as_bytes()[from..cut]);
                from = cut;
            }
            chunks.push(&text.as_bytes()[from..]);
            prop_assert_eq!(stream(&secrets, &chunks), whole);
        }
    }
}
