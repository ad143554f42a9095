//! Keys of a file by their dotted paths: what a form reads and writes, whatever the file is.

use serde_json::{Map, Value, json};

use crate::field::Kind;
use crate::form::field::{Unreadable, text_of, value_of};

/// A place of a file that a field stands for.
#[derive(Debug)]
pub struct Place<'a> {
    /// Dotted key.
    pub key: &'a str,
    /// How its text becomes a value.
    pub kind: Kind,
    /// What holds where the file is silent.
    pub default: Option<Value>,
}

/// The value of a dotted key.
pub fn at<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    key.split('.')
        .try_fold(value, |value, part| value.get(part))
}

/// Sets the value of a dotted key, or removes it.
pub fn set(keys: &mut Map<String, Value>, key: &str, value: Option<Value>) {
    match key.split_once('.') {
        None => match value {
            Some(value) => drop(keys.insert(key.to_owned(), value)),
            None => drop(keys.shift_remove(key)),
        },
        Some((head, tail)) => {
            if value.is_none() && !keys.contains_key(head) {
                return;
            }
            let inner = keys.entry(head).or_insert_with(|| json!({}));
            if let Some(inner) = inner.as_object_mut() {
                set(inner, tail, value);
            }
        }
    }
}

/// Puts what a field says to its place: nothing where it is the default and `before` is silent, and
/// what `before` has where the text says the same in other words.
///
/// # Errors
/// [`Unreadable`]
pub fn put(
    keys: &mut Map<String, Value>,
    before: &Value,
    place: &Place<'_>,
    text: &str,
) -> Result<(), Unreadable> {
    let written = at(before, place.key);
    if written.is_some() && text_of(place.kind, written) == text {
        set(keys, place.key, written.cloned());
        return Ok(());
    }
    let value = value_of(place.kind, text)?;
    let is_default = same(value.as_ref(), place.default.as_ref());
    let is_kept = written.is_some() && same(value.as_ref(), written);
    set(keys, place.key, value.filter(|_| !is_default || is_kept));
    Ok(())
}

/// Leaves in a map only the key that was chosen.
pub fn choose(keys: &mut Map<String, Value>, key: &str, chosen: &str) {
    let (head, tail) = key.split_once('.').unwrap_or((key, ""));
    let head = keys.get_mut(head);
    let map = match tail {
        "" => head,
        tail => head.and_then(|head| head.pointer_mut(&format!("/{}", tail.replace('.', "/")))),
    };
    if let Some(map) = map.and_then(Value::as_object_mut) {
        map.retain(|own, _| own == chosen);
    }
}

/// Removes maps that have nothing in them.
pub fn prune(keys: &mut Map<String, Value>) {
    for value in keys.values_mut() {
        if let Value::Object(map) = value {
            prune(map);
        }
    }
    keys.retain(|_, value| value.as_object().is_none_or(|map| !map.is_empty()));
}

fn same(one: Option<&Value>, other: Option<&Value>) -> bool {
    let number = |value: Option<&Value>| value.and_then(Value::as_f64);
    one == other || number(one).is_some() && number(one) == number(other)
}
