//! Findings about comments that silence a finding.

use crate::text::explain::page::{Page, page};

/// Their pages, by code.
pub const PAGES: &[Page] = &[
    page(
        "allow-reason",
        (
            "A `# jobsd: allow(…)` comment gives no reason, so it silences nothing.",
            "Un commentaire `# jobsd: allow(…)` ne donne pas de raison et ne fait donc rien taire.",
        ),
        (
            "The next reader must know why the warning was accepted.",
            "Le prochain lecteur doit savoir pourquoi l’avertissement a été accepté.",
        ),
        "schedule_config:\n  cron_expression: \"0 0 13 * 5\" # jobsd: \
         allow(either-day)\nschedule_type: cron",
        "schedule_config:\n  cron_expression: \"0 0 13 * 5\" # jobsd: allow(either-day) every 13th \
         and every Friday is meant\nschedule_type: cron",
    ),
    page(
        "allow-unused",
        (
            "A `# jobsd: allow(…)` comment silences nothing in this file.",
            "Un commentaire `# jobsd: allow(…)` ne fait rien taire dans ce fichier.",
        ),
        (
            "A left-over comment would hide a later warning that no one has seen.",
            "Un commentaire oublié cacherait un avertissement futur que personne n’a regardé.",
        ),
        "name: A job # jobsd: allow(either-day) no longer true",
        "name: A job",
    ),
];
