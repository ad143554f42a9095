//! What many jobs and runs have alike (zone, policies, labels, commit, machine) is kept once for
//! all of them.

use std::borrow::Borrow;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Deserializer};

/// Values that were asked for last and are told apart from a new one; others are kept once more.
const RECENT_MAX: usize = 32;

/// The values of one kind that came up last, the last one first.
#[derive(Debug)]
pub(crate) struct Alike<T: ?Sized> {
    recent: Mutex<Vec<Arc<T>>>,
}

impl<T: PartialEq + ?Sized> Alike<T> {
    /// None yet.
    pub(crate) const fn new() -> Alike<T> {
        let recent = Mutex::new(Vec::new());
        Alike { recent }
    }

    /// An equal value that others hold already, else this one.
    pub(crate) fn one<V: Borrow<T> + Into<Arc<T>>>(&self, value: V) -> Arc<T> {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        match recent.iter().position(|known| **known == *value.borrow()) {
            Some(at) => recent[..=at].rotate_right(1),
            None => {
                recent.truncate(RECENT_MAX - 1);
                recent.insert(0, value.into());
            }
        }
        recent[0].clone()
    }
}

static TEXTS: Alike<str> = Alike::new();

/// Reads a text that many lines have alike.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<str>, D::Error> {
    Ok(TEXTS.one(Arc::<str>::deserialize(deserializer)?))
}

/// … or none.
pub(crate) fn text_option<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Arc<str>>, D::Error> {
    let text: Option<Arc<str>> = Deserialize::deserialize(deserializer)?;
    Ok(text.map(|text| TEXTS.one(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_are_one_and_old_ones_are_forgotten() {
        let texts: Alike<str> = Alike::new();
        let first = texts.one("UTC");
        assert!(Arc::ptr_eq(&first, &texts.one("UTC")));
        for n in 0..RECENT_MAX {
            texts.one(n.to_string().as_str());
        }
        let again = texts.one("UTC");
        assert_eq!(first, again);
        assert!(!Arc::ptr_eq(&first, &again));
        assert_eq!(
            texts.recent.lock().map(|recent| recent.len()).ok(),
            Some(RECENT_MAX)
        );
    }
}
