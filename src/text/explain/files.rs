//! Findings about whole files.

use crate::text::explain::page::{Page, page};

/// Their pages, by code.
pub const PAGES: &[Page] = &[
    page(
        "duplicate-id",
        (
            "Two files have the same id: the file's name without its ending.",
            "Deux fichiers ont le même id : le nom du fichier sans son extension.",
        ),
        (
            "History, locks and commands go by the id; neither file is used.",
            "Historique, verrous et commandes suivent l’id ; aucun des deux fichiers n’est \
             utilisé.",
        ),
        "(jobs.d/a/backup.yaml and jobs.d/b/backup.yaml)",
        "(jobs.d/a/backup-a.yaml and jobs.d/b/backup-b.yaml)",
    ),
    page(
        "id",
        (
            "The file's name gives no job id.",
            "Le nom du fichier ne donne pas d’id.",
        ),
        (
            "Ids are part of paths, addresses and commands: a-z, 0-9, `.`, `_`, `-`, a letter or \
             digit first, 64 at most.",
            "Les id figurent dans des chemins, adresses et commandes : a-z, 0-9, `.`, `_`, `-`, \
             une lettre ou un chiffre d’abord, 64 au plus.",
        ),
        "(jobs.d/My Job.yaml)",
        "(jobs.d/my-job.yaml)",
    ),
    page(
        "io",
        (
            "The file cannot be read.",
            "Le fichier ne peut pas être lu.",
        ),
        (
            "A link to nothing, a link to itself, or missing permission.",
            "Un lien vers rien, un lien vers lui-même, ou un droit manquant.",
        ),
        "(jobs.d/a.yaml -> a.yaml)",
        "(jobs.d/a.yaml, a regular file)",
    ),
    page(
        "link-leaves",
        (
            "A link leads out of the jobs folder.",
            "Un lien mène hors du dossier des jobs.",
        ),
        (
            "Git does not hold that file, and others may change it; its text is never quoted. The \
             daemon follows the link; validate, its --fix and fmt neither read nor write its \
             target.",
            "Git ne contient pas ce fichier, et d’autres peuvent le changer ; son texte n’est \
             jamais cité. Le démon suit le lien ; validate, son --fix et fmt ne lisent ni \
             n’écrivent ce qui est derrière.",
        ),
        "(jobs.d/a.yaml -> /etc/a.yaml)",
        "(jobs.d/a.yaml, a regular file)",
    ),
    page(
        "needs-restart",
        (
            "A setting of jobsd.yaml was changed while the daemon runs, which reads it only at its \
             start.",
            "Un réglage de jobsd.yaml a changé sous un service en marche qui ne le lit qu’au \
             démarrage.",
        ),
        (
            "Until a restart the old value applies.",
            "Jusqu’au redémarrage, l’ancienne valeur s’applique.",
        ),
        "(listen: 127.0.0.1:8080, under a running daemon)",
        "(the same, and a restart)",
    ),
    page(
        "not-a-file",
        (
            "Something named like a job file is not a regular file.",
            "Un nom de fichier de job désigne autre chose qu’un fichier ordinaire.",
        ),
        (
            "Reading a FIFO or a device could wait forever.",
            "Lire un tube ou un périphérique pourrait attendre sans fin.",
        ),
        "(mkfifo jobs.d/a.yaml)",
        "(jobs.d/a.yaml, a regular file)",
    ),
    page(
        "not-utf8",
        ("The file is not UTF-8.", "Le fichier n’est pas en UTF-8."),
        (
            "Latin-1 and UTF-16 would be read as other letters.",
            "Latin-1 et UTF-16 se liraient comme d’autres lettres.",
        ),
        "(a file saved as Latin-1)",
        "description: envoi des vœux",
    ),
    page(
        "open-to-others",
        (
            "A job file or folder can be written by others than root, and the daemon runs as root.",
            "Un fichier ou dossier des jobs est modifiable par d’autres que root, et le service \
             tourne sous root.",
        ),
        (
            "Who writes a job file decides what root runs.",
            "Qui écrit un fichier de job décide de ce que root exécute.",
        ),
        "(chmod 666 jobs.d/a.yaml)",
        "(chmod 644 jobs.d/a.yaml, owned by root)",
    ),
    page(
        "schema",
        (
            "The file does not fit the schema in a way without words of its own.",
            "Le fichier ne respecte pas le schéma, d’une façon sans mots propres.",
        ),
        (
            "Please report it with the file: each fault should have its own words.",
            "Signalez-le avec le fichier : chaque faute devrait avoir ses mots.",
        ),
        "(none known)",
        "name: A job",
    ),
    page(
        "too-large",
        (
            "The file is larger than 1 MiB.",
            "Le fichier dépasse 1 Mio.",
        ),
        (
            "A job names its data; it does not hold it.",
            "Un job nomme ses données ; il ne les contient pas.",
        ),
        "(a file of 2 MiB)",
        "bot_config:\n  command: [wc, -l, data.csv]",
    ),
    page(
        "too-many-errors",
        (
            "The file has more errors than are listed.",
            "Le fichier a plus d’erreurs que la liste n’en montre.",
        ),
        (
            "A thousand errors mostly have one cause.",
            "Mille erreurs ont le plus souvent une seule cause.",
        ),
        "(a file of a thousand unknown keys)",
        "name: A job",
    ),
    page(
        "too-many-warnings",
        (
            "The file has more warnings than are listed.",
            "Le fichier a plus d’avertissements qu’il n’en est listé.",
        ),
        (
            "No one reads hundreds of lines; the first ones mostly have one cause.",
            "Personne ne lit des centaines de lignes ; les premières ont le plus souvent une seule \
             cause.",
        ),
        "(a file with more than 100 warnings)",
        "name: A job",
    ),
];
