//! Findings of keys: unknown, missing, in each other’s way, or without effect.

use crate::text::findings::did_you_mean;
use crate::text::{Text, Words, guillemets, short};

/// A key that nothing knows.
pub fn unknown_key(name: &str, place: &str, near: Option<&str>, known: &[&str]) -> Words {
    let (name, place) = (&short(name), &short(place));
    let (en, fr) = if place.is_empty() {
        (String::new(), String::new())
    } else {
        (format!(" in `{place}`"), format!(" dans `{place}`"))
    };
    let mut words = words!(
        "unknown-key",
        "unknown key `{name}`{en}",
        "",
        "clé inconnue `{name}`{fr}",
        ""
    );
    let list = known.join(", ");
    words.help = match near {
        Some(near) => did_you_mean(near),
        None if known.is_empty() => text!(
            "remove it: nothing is configured here",
            "retirez-la : rien ne se configure ici"
        ),
        None => text!(
            "remove it; the keys here are {list}",
            "retirez-la ; les clés possibles ici : {list}"
        ),
    };
    words
}

/// A key that must be there.
pub fn missing_key(name: &str, place: &str, example: Option<&str>) -> Words {
    let (en, fr) = if place.is_empty() {
        ("the file".to_owned(), "le fichier".to_owned())
    } else {
        (format!("`{place}`"), format!("`{place}`"))
    };
    let mut words = words!(
        "missing-key",
        "{en} has no `{name}`",
        "add `{name}:`",
        "il manque `{name}` dans {fr}",
        "ajoutez `{name}:`"
    );
    if let Some(example) = example {
        words.help.en += &format!(", for example `{name}: {example}`");
        words.help.fr += &format!(", par exemple `{name}: {example}`");
    }
    words
}

/// None or several of keys that exclude each other.
pub fn exactly_one(key: &str, names: &[&str]) -> Words {
    if names.contains(&"from_env") {
        return words!(
            "exactly-one",
            "`{key}` must hold exactly one of from_env and from_file",
            "write {{from_env: NAME}} or {{from_file: PATH}}",
            "`{key}` doit contenir exactement l’un de from_env et from_file",
            "écrivez {{from_env: NOM}} ou {{from_file: CHEMIN}}"
        );
    }
    let list = names.join(", ");
    words!(
        "exactly-one",
        "`{key}` must hold exactly one of {list}",
        "keep one of them",
        "`{key}` doit contenir exactement une clé parmi {list}",
        "gardez-en une seule"
    )
}

/// Anything else that the schema refuses, in the validator's words.
pub fn schema(text: &str) -> Words {
    words!(
        "schema",
        "{text}",
        "see `jobsd schema job`",
        "{text}",
        "voyez `jobsd schema job`"
    )
}

/// A limit that is never reached, for another one comes first.
pub fn outdone(key: &str, own: u64, other: &str, bound: u64) -> Words {
    words!(
        "no-effect",
        "`{key}` ({own}) has no effect: `{other}` ({bound}) comes first",
        "write at most {bound}, remove this line, or raise `{other}`",
        "`{key}` ({own}) n’a pas d’effet : `{other}` ({bound}) est atteint avant",
        "écrivez {bound} au plus, retirez cette ligne, ou relevez `{other}`"
    )
}

/// A key of `retry` with a single attempt.
pub fn no_retry(key: &str) -> Words {
    words!(
        "no-effect",
        "`retry.{key}` has no effect with a single attempt",
        "set retry.max_attempts to 2 or more, or remove this line",
        "`retry.{key}` n’a pas d’effet avec une seule tentative",
        "mettez retry.max_attempts à 2 ou plus, ou retirez cette ligne"
    )
}
