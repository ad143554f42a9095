//! Findings about YAML.

use crate::text::explain::page::{Page, page};

/// Their pages, by code.
pub const PAGES: &[Page] = &[
    page(
        "alias-bomb",
        (
            "The file holds far more values than a job needs, counted with its aliases expanded.",
            "Le fichier contient bien plus de valeurs qu’un job n’en demande, alias développés.",
        ),
        (
            "A few lines of nested aliases can stand for billions of values.",
            "Quelques lignes d’alias imbriqués peuvent valoir des milliards de valeurs.",
        ),
        "(ten lines that each repeat an alias nine times)",
        "labels:\n  owner: ops",
    ),
    page(
        "duplicate-key",
        (
            "A key occurs twice in the same map.",
            "Une clé figure deux fois au même endroit.",
        ),
        (
            "Most YAML readers let the last one win in silence.",
            "La plupart des lecteurs YAML laissent la dernière l’emporter en silence.",
        ),
        "name: One\nname: Two",
        "name: One",
    ),
    page(
        "empty",
        (
            "The file holds no job.",
            "Le fichier ne contient aucun job.",
        ),
        (
            "An empty file is more often a failed write than a wish.",
            "Un fichier vide est plus souvent une écriture ratée qu’un souhait.",
        ),
        "(a file with only comments)",
        "name: A job",
    ),
    page(
        "leading-zero",
        (
            "A number begins with a zero.",
            "Un nombre commence par un zéro.",
        ),
        (
            "YAML 1.1 tools read 010 as 8, YAML 1.2 tools as 10.",
            "Les outils YAML 1.1 lisent 010 comme 8, les outils YAML 1.2 comme 10.",
        ),
        "schedule_config:\n  hour: 08",
        "schedule_config:\n  hour: 8",
    ),
    page(
        "many-documents",
        (
            "The file holds a second YAML document.",
            "Le fichier contient un second document YAML.",
        ),
        (
            "One job per file: the id is the file's name.",
            "Un job par fichier : l’id est le nom du fichier.",
        ),
        "name: One\n---\nname: Two",
        "name: One",
    ),
    page(
        "syntax",
        ("The text is not YAML.", "Le texte n’est pas du YAML."),
        (
            "Often a tab as indentation, or an unquoted value that begins with *, @, % or a \
             backquote.",
            "Souvent une tabulation en indentation, ou une valeur sans guillemets qui commence par \
             *, @, % ou un accent grave.",
        ),
        "schedule_type: cron\nschedule_config:\n  cron_expression: * * * * *",
        "schedule_type: cron\nschedule_config:\n  cron_expression: \"* * * * *\"",
    ),
    page(
        "tag",
        (
            "A value has a YAML tag (`!…`).",
            "Une étiquette YAML (`!…`) précède une valeur.",
        ),
        (
            "Job files are plain data; a tag would ask a reader to do something.",
            "Les fichiers de job sont de simples données ; une étiquette demanderait une action au \
             lecteur.",
        ),
        "name: !secret x",
        "name: x",
    ),
    page(
        "too-deep",
        (
            "The file is nested too deeply.",
            "Le fichier est trop imbriqué.",
        ),
        (
            "A job needs four levels; deep nesting exhausts readers.",
            "Un job demande quatre niveaux ; l’imbrication profonde épuise les lecteurs.",
        ),
        "(a hundred opening brackets)",
        "bot_config:\n  command: [df]",
    ),
];
