//! Findings about values.

use crate::text::explain::page::{Page, page};

/// Their pages, by code.
pub const PAGES: &[Page] = &[
    page(
        "clear-secret",
        (
            "A variable whose name promises a secret has its value in the file, or a text has the \
             form of one: a token, a private key, a password in an address.",
            "Une variable dont le nom promet un secret a sa valeur dans le fichier, ou un texte a \
             la forme d’un secret : un jeton, une clé privée, un mot de passe dans une adresse.",
        ),
        (
            "What is in git stays readable for all who have the repository.",
            "Ce qui est dans git est connu de tous ses lecteurs, pour toujours.",
        ),
        "env:\n  API_TOKEN: 4f7a9c1e2b",
        "env:\n  API_TOKEN: {from_file: /run/secrets/api_token}",
    ),
    page(
        "enum",
        (
            "The value is not one of the words this key knows.",
            "La valeur n’est pas l’un des mots que cette clé connaît.",
        ),
        (
            "A misspelt word must not be taken for another.",
            "Un mot mal écrit ne doit pas être pris pour un autre.",
        ),
        "overlap: skp",
        "overlap: skip",
    ),
    page(
        "length",
        (
            "A text or list is too short or too long.",
            "Un texte ou une liste est trop court ou trop long.",
        ),
        (
            "Names are read on a page, and an empty program cannot start.",
            "Les noms se lisent sur une page, et un programme vide ne peut pas démarrer.",
        ),
        "name: \"\"",
        "name: A job",
    ),
    page(
        "listen",
        (
            "`listen` in jobsd.yaml is not an address and port.",
            "`listen` dans jobsd.yaml n’est pas une adresse avec port.",
        ),
        (
            "The daemon listens on an address, never on a name that may change.",
            "Le démon écoute sur une adresse, jamais sur un nom qui peut changer.",
        ),
        "(listen: localhost:7878 in jobsd.yaml)",
        "(listen: 127.0.0.1:7878 in jobsd.yaml)",
    ),
    page(
        "pattern",
        (
            "A text does not have the form this key needs.",
            "Un texte n’a pas la forme que cette clé demande.",
        ),
        (
            "The schema names the form; editors show it.",
            "Le schéma donne la forme ; les éditeurs la montrent.",
        ),
        "umask: \"9\"",
        "umask: \"027\"",
    ),
    page(
        "range",
        (
            "A number is out of its bounds.",
            "Un nombre est hors de ses bornes.",
        ),
        (
            "The bounds are in the schema and in the message.",
            "Les bornes sont dans le schéma et dans le message.",
        ),
        "schedule_config:\n  hour: 24",
        "schedule_config:\n  hour: 0",
    ),
    page(
        "type",
        (
            "The value is of the wrong kind.",
            "La valeur n’est pas du bon type.",
        ),
        (
            "`yes` is a text and '8' is a text in YAML 1.2; 8.0 is not a whole number here.",
            "`yes` et '8' sont des textes en YAML 1.2 ; 8.0 n’est pas un nombre entier ici.",
        ),
        "enabled: yes",
        "enabled: true",
    ),
];
