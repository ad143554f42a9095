//! Findings of `# jobsd: allow(…)` comments.

use crate::text::{Text, Words, guillemets, short};

/// `# jobsd: allow(…)` without a reason.
pub fn allow_reason(code: &str) -> Words {
    let code = short(code);
    words!(
        "allow-reason",
        "allow({code}) gives no reason",
        "say why, for the next reader: # jobsd: allow({code}) because …",
        "allow({code}) ne donne pas de raison",
        "dites pourquoi, pour le prochain lecteur : # jobsd: allow({code}) parce que …"
    )
}

/// `# jobsd: …` in other words.
pub fn allow_form() -> Words {
    words!(
        "allow-unused",
        "jobsd does not understand this comment",
        "write # jobsd: allow(CODE) and the reason, or another comment",
        "jobsd ne comprend pas ce commentaire",
        "écrivez # jobsd: allow(CODE) et la raison, ou un autre commentaire"
    )
}

/// `# jobsd: allow(…)` that silences nothing.
pub fn allow_unused(code: &str) -> Words {
    let code = short(code);
    words!(
        "allow-unused",
        "allow({code}) silences nothing here",
        "remove the comment, or fix the code: jobsd explain lists them",
        "allow({code}) ne fait rien taire ici",
        "retirez le commentaire, ou corrigez le code : jobsd explain en donne la liste"
    )
}
