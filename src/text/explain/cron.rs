//! Findings about cron expressions.

use crate::text::explain::page::{Page, page};

/// Their pages, by code.
pub const PAGES: &[Page] = &[
    page(
        "cron",
        (
            "The cron expression cannot be read, or never comes.",
            "L’expression cron est illisible, ou ne vient jamais.",
        ),
        (
            "Five fields: minute, hour, day of month, month, day of week. What programs read \
             differently is refused, not guessed.",
            "Cinq champs : minute, heure, jour du mois, mois, jour de la semaine. Ce que les \
             programmes lisent différemment est refusé, pas deviné.",
        ),
        "schedule_type: cron\nschedule_config:\n  cron_expression: \"61 8 * * *\"",
        "schedule_type: cron\nschedule_config:\n  cron_expression: \"1 8 * * *\"",
    ),
    page(
        "either-day",
        (
            "Day of month and day of week are both restricted; one match is enough.",
            "Jour du mois et jour de la semaine sont tous deux restreints ; un seul suffit.",
        ),
        (
            "`0 0 13 * 5` is every 13th and every Friday (crontab(5)), which few people expect.",
            "`0 0 13 * 5` est chaque 13 et chaque vendredi (crontab(5)), ce que peu de gens \
             attendent.",
        ),
        "schedule_type: cron\nschedule_config:\n  cron_expression: \"0 0 13 * 5\"",
        "schedule_type: cron\nschedule_config:\n  cron_expression: \"0 0 13 * *\"",
    ),
    page(
        "large-step",
        (
            "A step is larger than its field.",
            "Un pas dépasse son champ.",
        ),
        (
            "`*/90` of minutes is minute 0 of each hour, not every 90 minutes.",
            "`*/90` de minutes est la minute 0 de chaque heure, pas toutes les 90 minutes.",
        ),
        "schedule_type: cron\nschedule_config:\n  cron_expression: \"*/90 * * * *\"",
        "schedule_type: interval\nschedule_config:\n  minutes: 90",
    ),
    page(
        "star-step-day",
        (
            "A day field such as `*/2` begins with `*`, so both day fields must match.",
            "Un champ de jour tel que `*/2` commence par `*` : les deux champs doivent convenir.",
        ),
        (
            "This is cron's own rule, and other programs let one match be enough.",
            "C’est la règle de cron ; d’autres programmes se contentent d’un seul.",
        ),
        "schedule_type: cron\nschedule_config:\n  cron_expression: \"0 0 */2 * 1\"",
        "schedule_type: cron\nschedule_config:\n  cron_expression: \"0 0 * * 1\"",
    ),
];
