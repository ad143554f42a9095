//! What differs between two texts, line by line, and between two definitions, key by key.

use serde_json::Value;

/// A line of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change<'a> {
    /// In both.
    Same(&'a str),
    /// Only in the first.
    Gone(&'a str),
    /// Only in the second.
    New(&'a str),
}

/// Longer texts are not compared line by line: the table would grow with the square.
const LINES_MAX: usize = 2_000;

/// The comparison, by the longest common subsequence of lines.
pub fn diff<'a>(before: &'a str, after: &'a str) -> Vec<Change<'a>> {
    let (one, other): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    if one.len() > LINES_MAX || other.len() > LINES_MAX {
        let gone = one.into_iter().map(Change::Gone);
        return gone.chain(other.into_iter().map(Change::New)).collect();
    }
    let width = other.len() + 1;
    let mut longest = vec![0u16; (one.len() + 1) * width];
    for i in (0..one.len()).rev() {
        for j in (0..other.len()).rev() {
            longest[i * width + j] = if one[i] == other[j] {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j, mut changes) = (0, 0, Vec::new());
    while i < one.len() || j < other.len() {
        let down = longest.get((i + 1) * width + j).copied().unwrap_or(0);
        let right = longest.get(i * width + j + 1).copied().unwrap_or(0);
        if i < one.len() && j < other.len() && one[i] == other[j] {
            changes.push(Change::Same(one[i]));
            (i, j) = (i + 1, j + 1);
        } else if i < one.len() && (j == other.len() || down >= right) {
            changes.push(Change::Gone(one[i]));
            i += 1;
        } else {
            changes.push(Change::New(other[j]));
            j += 1;
        }
    }
    changes
}

/// A key with its old and new value.
pub type Key = (String, Value, Value);

/// The keys that differ between two definitions, each by its path.
pub fn keys(old: &Value, new: &Value) -> Vec<Key> {
    let mut found = Vec::new();
    differences("", old, new, &mut found);
    found
}

fn differences(path: &str, old: &Value, new: &Value, found: &mut Vec<Key>) {
    let (Value::Object(a), Value::Object(b)) = (old, new) else {
        if old != new {
            found.push((path.to_owned(), old.clone(), new.clone()));
        }
        return;
    };
    let more = b.keys().filter(|key| !a.contains_key(*key));
    for key in a.keys().chain(more) {
        let path = if path.is_empty() {
            key.clone()
        } else {
            format!("{path}.{key}")
        };
        differences(&path, &old[key], &new[key], found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_marked() {
        let changes = diff("a\nb\nc\n", "a\nx\nc\nd\n");
        assert_eq!(
            changes,
            [
                Change::Same("a"),
                Change::Gone("b"),
                Change::New("x"),
                Change::Same("c"),
                Change::New("d")
            ]
        );
        assert!(
            diff("a\n", "a\n")
                .iter()
                .all(|change| matches!(change, Change::Same(_)))
        );
    }
}
