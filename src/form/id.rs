//! The id that a form suggests for the name of a job.

/// Longest suggestion: ids may be longer, but nobody likes to type them.
const CHARS_MAX: usize = 40;

/// Letters of the languages around us, and what is written for them in plain ones.
const PLAIN: [(&str, &str); 12] = [
    ("àáâãäå", "a"),
    ("æ", "ae"),
    ("ç", "c"),
    ("èéêë", "e"),
    ("ìíîï", "i"),
    ("ñ", "n"),
    ("òóôõöø", "o"),
    ("œ", "oe"),
    ("ùúûü", "u"),
    ("ýÿ", "y"),
    ("ß", "ss"),
    ("’'", ""),
];

/// An id for a name: `Vœux de l’équipe` becomes `voeux-de-lequipe`, and `-2` where that is taken.
/// Empty where the name has no plain letter or digit.
pub fn suggested(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let mut id = String::new();
    for letter in name.to_lowercase().chars() {
        let plain = PLAIN.iter().find(|(from, _)| from.contains(letter));
        match plain {
            Some((_, to)) => id += to,
            None if letter.is_ascii_alphanumeric() => id.push(letter),
            None if !id.is_empty() && !id.ends_with('-') => id.push('-'),
            None => {}
        }
        if id.len() >= CHARS_MAX {
            break;
        }
    }
    let id = id.trim_end_matches('-');
    if id.is_empty() || !is_taken(id) {
        return id.to_owned();
    }
    let mut numbered = (2..).map(|n| format!("{id}-{n}"));
    numbered.find(|id| !is_taken(id)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_made_of_the_name() {
        let free = |name| suggested(name, |_| false);
        assert_eq!(free("Vœux de l’équipe"), "voeux-de-lequipe");
        assert_eq!(free("  Birthday (2) — Ana! "), "birthday-2-ana");
        assert_eq!(free("日本"), "");
        assert_eq!(free(&"a b".repeat(40)).len(), 40);
        let taken = |id: &str| id == "visits" || id == "visits-2";
        assert_eq!(suggested("Visits", taken), "visits-3");
    }
}
