//! Findings about what bots are given.

use crate::text::explain::page::{Page, page};

/// Their pages, by code.
pub const PAGES: &[Page] = &[
    page(
        "bot-source",
        (
            "A bot's contacts, delivery or addresses are named neither in the file nor in \
             jobsd.yaml.",
            "Les contacts, l’envoi ou les adresses d’un bot ne sont nommés ni dans le fichier ni \
             dans jobsd.yaml.",
        ),
        (
            "The file is valid, but every run fails at once until they are.",
            "Le fichier est valide, mais chaque exécution échoue tant qu’ils manquent.",
        ),
        "bot_type: birthday\nbot_config:\n  process_late: true",
        "bot_type: birthday\nbot_config:\n  process_late: true\n  contacts: contacts.vcf\n  \
         delivery:\n    command: [bin/send]",
    ),
    page(
        "clear-login",
        (
            "A password would go to a mail server on another machine without encryption.",
            "Un mot de passe irait sans chiffrement à un serveur de courriel sur une autre \
             machine.",
        ),
        (
            "Anyone on the way could read it and send mails in your name.",
            "Quiconque est sur le chemin pourrait le lire et envoyer des courriels en votre nom.",
        ),
        "bot_type: birthday\nbot_config:\n  contacts: contacts.vcf\n  delivery:\n    smtp:\n      \
         host: mail.example.org\n      tls: none\n      from: ana@example.org\n      user: ana\n      \
         password: {from_file: /run/secrets/smtp}",
        "bot_type: birthday\nbot_config:\n  contacts: contacts.vcf\n  delivery:\n    smtp:\n      \
         host: mail.example.org\n      from: ana@example.org\n      user: ana\n      password: \
         {from_file: /run/secrets/smtp}",
    ),
    page(
        "half-login",
        (
            "`user` and `password` of a mail server go together; one is missing.",
            "`user` et `password` d’un serveur de courriel vont ensemble ; l’un manque.",
        ),
        (
            "The bot could not log in, and every message would fail.",
            "Le bot ne pourrait pas s’authentifier et chaque message échouerait.",
        ),
        "bot_type: birthday\nbot_config:\n  contacts: contacts.vcf\n  delivery:\n    smtp:\n      \
         host: mail.example.org\n      from: ana@example.org\n      user: ana",
        "bot_type: birthday\nbot_config:\n  contacts: contacts.vcf\n  delivery:\n    smtp:\n      \
         host: mail.example.org\n      from: ana@example.org\n      user: ana\n      password: \
         {from_file: /run/secrets/smtp}",
    ),
    page(
        "mail-address",
        (
            "The sender of mails is not an address.",
            "L’expéditeur des courriels n’est pas une adresse.",
        ),
        (
            "No mail server would take the messages.",
            "Aucun serveur de courriel ne prendrait les messages.",
        ),
        "bot_type: birthday\nbot_config:\n  contacts: contacts.vcf\n  delivery:\n    smtp:\n      \
         host: mail.example.org\n      from: Ana Lima",
        "bot_type: birthday\nbot_config:\n  contacts: contacts.vcf\n  delivery:\n    smtp:\n      \
         host: mail.example.org\n      from: Ana Lima <ana@example.org>",
    ),
    page(
        "no-program",
        (
            "The program of `command` is not on this machine.",
            "Le programme de `command` n’est pas sur cette machine.",
        ),
        (
            "Every run would fail at its start; in CI it may only be missing there.",
            "Chaque exécution échouerait au démarrage ; en CI, il peut ne manquer que là.",
        ),
        "bot_config:\n  command: [/no/such/program]",
        "bot_config:\n  command: [/bin/sh, -c, \"true\"]",
    ),
    page(
        "template",
        (
            "A text names something in braces that no message has.",
            "Un texte nomme entre accolades quelque chose qu’aucun message n’a.",
        ),
        (
            "It would be in the message as it is written.",
            "Cela figurerait tel quel dans le message.",
        ),
        "bot_type: birthday\nbot_config:\n  contacts: contacts.vcf\n  delivery:\n    command: \
         [bin/send]\n  templates:\n    messages: [\"Dear {firstname}\"]",
        "bot_type: birthday\nbot_config:\n  contacts: contacts.vcf\n  delivery:\n    command: \
         [bin/send]\n  templates:\n    messages: [\"Dear {first_name}\"]",
    ),
];
