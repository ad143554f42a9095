//! Findings about time zones.

use crate::text::explain::page::{Page, page};

/// Their pages, by code.
pub const PAGES: &[Page] = &[
    page(
        "clock-change",
        (
            "A clock change of the job's zone skips or repeats this time of day.",
            "Un changement d’heure du fuseau du job saute ou répète cette heure.",
        ),
        (
            "The job still runs once, but at another time than people expect that night.",
            "Le job s’exécute une fois quand même, mais pas à l’heure attendue cette nuit-là.",
        ),
        "schedule_type: daily\nschedule_config:\n  hour: 2\n  minute: 30\ntimezone: Europe/Paris",
        "schedule_type: daily\nschedule_config:\n  hour: 4\n  minute: 30\ntimezone: Europe/Paris",
    ),
    page(
        "implicit-timezone",
        (
            "No `timezone` is set, so a default applies.",
            "Aucun `timezone` : un défaut s’applique.",
        ),
        (
            "The reader of the file cannot see in which zone 08:00 is.",
            "Le lecteur du fichier ne voit pas dans quel fuseau est 08:00.",
        ),
        "schedule_type: daily\nschedule_config:\n  hour: 8",
        "schedule_type: daily\nschedule_config:\n  hour: 8\ntimezone: UTC",
    ),
    page(
        "timezone",
        (
            "The name is not that of a time zone.",
            "Ce nom n’est pas celui d’un fuseau horaire.",
        ),
        (
            "IANA names, exact spelling: abbreviations such as CET mean different things.",
            "Noms IANA, orthographe exacte : des sigles comme CET ont plusieurs sens.",
        ),
        "timezone: Europe/Pariss",
        "timezone: Europe/Paris",
    ),
    page(
        "zone-abbreviation",
        (
            "The time zone is an abbreviation such as CET or EST, not a place.",
            "Le fuseau est une abréviation comme CET ou EST, pas un lieu.",
        ),
        (
            "Abbreviations name different things in different systems: EST never has summer time, \
             and what CET means depends on the age of the zone data.",
            "Les abréviations changent de sens d’un système à l’autre : EST n’a jamais d’heure \
             d’été, et CET dépend de l’âge des données de fuseaux.",
        ),
        "timezone: CET",
        "timezone: Europe/Paris",
    ),
    page(
        "zone-data",
        (
            "The system's zone data and the copy inside jobsd have other hours for this zone \
             within a year.",
            "Les données de fuseaux du système et la copie que jobsd contient ont d’autres heures \
             pour ce fuseau dans l’année.",
        ),
        (
            "The newer copy serves, unless `zone_data` in jobsd.yaml pins one; programs of the job \
             may read the other.",
            "La plus récente sert, sauf si `zone_data` dans jobsd.yaml en fixe une ; les \
             programmes du job peuvent lire l’autre.",
        ),
        "(timezone: America/Vancouver, and a system with tzdata 2025b)",
        "(the same, and a system with tzdata 2026f)",
    ),
];
