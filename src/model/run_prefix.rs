//! `RunPrefix`: the beginning of the id of a run, as people copy it.

use crate::model::run_id::RunId;

/// Digits that name a run at least.
const DIGITS_MIN: u32 = 4;
/// Where an id has hyphens.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];
/// Digits of a whole id.
const DIGITS: u32 = 32;

/// The first digits of an id, at least four.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunPrefix {
    digits: u128,
    count: u32,
}

impl RunPrefix {
    /// Reads a prefix, with hyphens where an id has them: `019a`, `019a9bd1-02f4`.
    pub fn parse(text: &str) -> Option<RunPrefix> {
        let (mut digits, mut count) = (0, 0);
        for (n, c) in text.chars().enumerate() {
            if HYPHENS.contains(&n) {
                if c != '-' {
                    return None;
                }
                continue;
            }
            digits = digits << 4 | u128::from(c.to_digit(16)?);
            count += 1;
            if count > DIGITS {
                return None;
            }
        }
        (count >= DIGITS_MIN).then_some(RunPrefix { digits, count })
    }

    /// Whether an id begins so.
    pub fn begins(self, id: RunId) -> bool {
        id.as_u128() >> (4 * (DIGITS - self.count)) == self.digits
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::RunPrefix;
    use crate::model::run_id::RunId;

    #[test]
    fn an_id_is_known_by_its_beginning() {
        let id = RunId::parse("019a9bd1-02f4-7000-8000-00000000000c").unwrap();
        let whole = id.to_string();
        let begins = |text: &str| RunPrefix::parse(text).map(|prefix| prefix.begins(id));
        for end in 4..=whole.len() {
            assert_eq!(begins(&whole[..end]), Some(true), "{}", &whole[..end]);
        }
        for (text, is) in [
            ("019A9BD1", Some(true)),
            ("019b", Some(false)),
            ("019a9bd1-02f5", Some(false)),
            ("019", None),
            ("", None),
            ("019a9bd102f4", None),
            ("019a-9bd1", None),
            ("backup", None),
            ("019a9bd1-02f4-7000-8000-00000000000c0", None),
        ] {
            assert_eq!(begins(text), is, "{text}");
        }
    }
}
