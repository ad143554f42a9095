//! Findings about schedules.

use crate::text::explain::page::{Page, page};

/// Their pages, by code.
pub const PAGES: &[Page] = &[
    page(
        "anchor",
        (
            "`anchor` is not an instant.",
            "`anchor` n’est pas un instant.",
        ),
        (
            "An interval is counted from it, so it must name one instant for everybody: RFC 3339 \
             with an offset.",
            "Un intervalle se compte à partir de lui ; il doit désigner un seul instant pour \
             tous : RFC 3339 avec décalage.",
        ),
        "schedule_type: interval\nschedule_config:\n  hours: 1\n  anchor: noon",
        "schedule_type: interval\nschedule_config:\n  hours: 1\n  anchor: \
         2026-01-01T12:00:00+01:00",
    ),
    page(
        "crowded-minute",
        (
            "More than 30 jobs are due at the same time of day.",
            "Plus de 30 jobs sont dus à la même heure.",
        ),
        (
            "They start together and slow each other down.",
            "Elles démarrent ensemble et se ralentissent.",
        ),
        "(31 files with hour: 3 and minute: 0)",
        "schedule_type: daily\nschedule_config:\n  hour: 3\n  minute: 17",
    ),
    page(
        "day",
        (
            "`day_of_week` holds something that is not a day.",
            "`day_of_week` contient autre chose qu’un jour.",
        ),
        (
            "Days are mon to sun. Numbers are refused: 0 is Sunday in crontab and Monday \
             elsewhere.",
            "Les jours vont de mon à sun. Les nombres sont refusés : 0 est dimanche dans crontab \
             et lundi ailleurs.",
        ),
        "schedule_type: weekly\nschedule_config:\n  day_of_week: monday\n  hour: 9",
        "schedule_type: weekly\nschedule_config:\n  day_of_week: mon\n  hour: 9",
    ),
    page(
        "interval-zero",
        ("The interval is zero.", "L’intervalle est nul."),
        (
            "Nothing can run every 0 seconds.",
            "Rien ne peut s’exécuter toutes les 0 seconde.",
        ),
        "schedule_type: interval\nschedule_config:\n  hours: 0\n  minutes: 0",
        "schedule_type: interval\nschedule_config:\n  hours: 0\n  minutes: 15",
    ),
];
