//! What `jobsd help TOPIC` says of things that belong to no one command. `{formats}` is where the
//! formats of `validate` are named that CI systems read.

use crate::text::Text;

/// A name and what is said of it.
pub type Topic = (&'static str, fn() -> Text);

/// The topics by name.
pub const TOPICS: [Topic; 3] = [
    ("exit-codes", exit_codes),
    ("formats", formats),
    ("schedule", schedule),
];

fn exit_codes() -> Text {
    Text::new(
        "\
Exit codes, the same for every command:

  0    done; nothing wrong was found
  1    done; a problem was found: an invalid file, a failed run, bad health, drift,
       a file that is not formatted, a difference
  2    wrong usage: a flag, an unknown job, a missing --yes
  3    the daemon is out of reach
  4    refused: control is off, the token is wrong, max_instances is reached, the job
       is disabled, a reload is under way, nothing can be recorded, the daemon is
       stopping; `run --local` beside a daemon that counts the job's messages
  5    file system or internal error: what was asked could not be checked
  124  `run --wait --timeout` ran out
  130  interrupted (Ctrl-C); 143 ended (TERM)
  N    `run --pass-exit-code`, with --wait or --local: the program's own code

A script can tell \"your YAML is wrong\" (1) from \"I could not check\" (3, 5).
",
        "\
Codes de sortie, les mêmes pour toutes les commandes :

  0    fait ; rien d’anormal n’a été trouvé
  1    fait ; un problème a été trouvé : un fichier invalide, une exécution en échec,
       une mauvaise santé, un écart, un fichier non formaté, une différence
  2    mauvais usage : une option, un job inconnu, --yes manquant
  3    le démon est hors d’atteinte
  4    refusé : le contrôle est désactivé, le jeton est faux, max_instances est atteint,
       le job est désactivé, un rechargement est en cours, rien ne peut être
       enregistré, le démon s’arrête ; « run --local » à côté d’un démon qui compte
       les messages du job
  5    système de fichiers ou erreur interne : la demande n’a pas pu être vérifiée
  124  `run --wait --timeout` est arrivé à son terme
  130  interrompu (Ctrl-C) ; 143 arrêté (TERM)
  N    `run --pass-exit-code`, avec --wait ou --local : le code du programme lui-même

Un script distingue « le YAML est faux » (1) de « impossible de vérifier » (3, 5).
",
    )
}

fn formats() -> Text {
    Text::new(
        "\
Data goes to standard output, words to standard error.

  on a terminal     tables and sentences, in English or French (--lang)
  in a pipe         the same columns, separated by tabs, without colors
  --format json     one document; `jobsd schema COMMAND` prints its schema
  --format jsonl    one document per line

validate also writes for CI systems:

{formats}
Keys, codes and JSON are never translated. Machine formats hold no times of their own:
the same files give the same bytes. NO_COLOR and TERM=dumb give no escape sequence.
The history itself is JSON lines: `jobsd schema history` prints the schema of a line.
",
        "\
Les données vont sur la sortie standard, les phrases sur l’erreur standard.

  sur un terminal   des tableaux et des phrases, en français ou en anglais (--lang)
  dans un tube      les mêmes colonnes, séparées par des tabulations, sans couleurs
  --format json     un seul document ; `jobsd schema COMMANDE` en imprime le schéma
  --format jsonl    un document par ligne

validate écrit aussi pour les systèmes d’intégration continue :

{formats}
Les clés, les codes et le JSON ne sont jamais traduits. Les formats pour machines n’ont pas d’heure à eux :
les mêmes fichiers donnent les mêmes octets. NO_COLOR et TERM=dumb ne donnent aucune séquence d’échappement.
L’historique lui-même est en lignes JSON : `jobsd schema history` imprime le schéma d’une ligne.
",
    )
}

fn schedule() -> Text {
    Text::new(
        "\
A job names its due times by schedule_type and schedule_config:

  daily      {hour: 8, minute: 30}                      every day at a local time
  weekly     {day_of_week: 'mon,wed,fri', hour: 14}     on listed days; ranges such as mon-fri
  interval   {hours: 2}  {minutes: 15}  {seconds: 30}   elapsed time from 1970-01-01T00:00:00Z,
                                                        or from `anchor`; a restart moves nothing
  cron       {cron_expression: '*/15 8-18 * * mon-fri'}
  manual                                                only on request

The fields of cron: minute, hour, day of month, month, day of week; with `seconds: true`
six fields, seconds first. Lists (1,15), ranges (8-18), steps (*/15, 8-18/2), names
(jan, mon). Days of the month: L last, LW last weekday, 15W weekday nearest to the 15th.
Days of the week: 0 or 7 is Sunday; fri#2 second Friday, friL last Friday.
Nicknames: @hourly @daily @midnight @weekly @monthly @yearly @annually.
Both day fields given: either is enough; where one begins with *, both must match.

`timezone` is an IANA name (Europe/Paris); without it UTC, or the default of jobsd.yaml.
When the clock jumps forward, a fixed time that does not exist runs at the first instant
after the jump; when it falls back, a fixed time runs once, the first time. What
repeats (*, ranges, steps) follows elapsed time.

See also: jobsd next ID --explain, jobsd next --schedule '0 8 * * 1-5' --tz Europe/Paris
",
        "\
Un job nomme ses échéances par schedule_type et schedule_config :

  daily      {hour: 8, minute: 30}                      chaque jour à une heure locale
  weekly     {day_of_week: 'mon,wed,fri', hour: 14}     les jours nommés ; plages comme mon-fri
  interval   {hours: 2}  {minutes: 15}  {seconds: 30}   temps écoulé depuis 1970-01-01T00:00:00Z,
                                                        ou depuis `anchor` ; un redémarrage ne déplace rien
  cron       {cron_expression: '*/15 8-18 * * mon-fri'}
  manual                                                seulement sur demande

Les champs de cron : minute, heure, jour du mois, mois, jour de la semaine ; avec `seconds: true`
six champs, les secondes d’abord. Listes (1,15), plages (8-18), pas (*/15, 8-18/2), noms
(jan, mon). Jours du mois : L le dernier, LW le dernier jour ouvré, 15W le jour ouvré le plus proche du 15.
Jours de la semaine : 0 ou 7 est dimanche ; fri#2 deuxième vendredi, friL dernier vendredi.
Surnoms : @hourly @daily @midnight @weekly @monthly @yearly @annually.
Deux champs de jour donnés : l’un suffit ; où l’un commence par *, les deux doivent convenir.

`timezone` est un nom IANA (Europe/Paris) ; sans lui UTC, ou la valeur par défaut de jobsd.yaml.
Quand l’heure avance, une heure fixe qui n’existe pas s’exécute au premier instant
après le saut ; quand elle recule, une heure fixe s’exécute une fois, la première. Ce qui
se répète (*, plages, pas) suit le temps écoulé.

Voir aussi : jobsd next ID --explain, jobsd next --schedule '0 8 * * 1-5' --tz Europe/Paris
",
    )
}
