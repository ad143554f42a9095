//! `Digest`: what tells one effective job from another.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// SHA-256 of an effective job, shown as 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String")]
pub struct Digest([u8; 32]);

impl Digest {
    /// Takes the bytes of a hash.
    pub fn new(bytes: [u8; 32]) -> Digest {
        Digest(bytes)
    }

    /// Reads the 64 digits back; `None` for a text of another form.
    pub fn parse(text: &str) -> Option<Digest> {
        let mut bytes = [0; 32];
        if text.len() != 2 * bytes.len() || !text.is_ascii() {
            return None;
        }
        for (n, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * n..2 * n + 2], 16).ok()?;
        }
        Some(Digest(bytes))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    /// A text of another form is the digest of no job: the line that holds it stays readable.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Digest, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(Digest::parse(&text).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_64_digits_and_back() {
        let digest = Digest(std::array::from_fn(|n| n as u8 * 7));
        let text = digest.to_string();
        assert_eq!(text.len(), 64);
        assert_eq!(Digest::parse(&text), Some(digest));
        for other in [
            "",
            "abc",
            &text[1..],
            &text.replace('0', "g"),
            &"é".repeat(32),
        ] {
            assert_eq!(Digest::parse(other), None, "{other}");
        }
    }
}
