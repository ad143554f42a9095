//! Findings about keys.

use crate::text::explain::page::{Page, page};

/// Their pages, by code.
pub const PAGES: &[Page] = &[
    page(
        "exactly-one",
        (
            "Of several keys exactly one must be set.",
            "Parmi plusieurs clés, une seule doit être donnée.",
        ),
        (
            "Two would contradict each other, and none says nothing.",
            "Deux se contrediraient, et aucune ne dit rien.",
        ),
        "bot_config:\n  command: [df]\n  shell: df",
        "bot_config:\n  command: [df]",
    ),
    page(
        "missing-key",
        ("A required key is missing.", "Une clé requise manque."),
        (
            "No one can guess what should run, or when.",
            "Personne ne peut deviner quoi exécuter, ni quand.",
        ),
        "schedule_config:\n  minute: 5",
        "schedule_config:\n  hour: 8\n  minute: 5",
    ),
    page(
        "no-effect",
        (
            "A key is set that has no effect, given the others.",
            "Une clé est donnée qui n’a aucun effet à côté des autres.",
        ),
        (
            "It reads as if it did something.",
            "Elle se lit comme si elle faisait quelque chose.",
        ),
        "bot_type: birthday\nbot_config:\n  max_days_late: 14",
        "bot_type: birthday\nbot_config:\n  process_late: true\n  max_days_late: 14\n  contacts: \
         contacts.vcf\n  delivery:\n    command: [bin/send]",
    ),
    page(
        "unknown-key",
        ("Nothing knows this key.", "Rien ne connaît cette clé."),
        (
            "A misspelt key would be ignored in silence, and its default apply.",
            "Une clé mal écrite serait ignorée en silence, et son défaut s’appliquerait.",
        ),
        "enable: false",
        "enabled: false",
    ),
];
