//! The sentences of the commands that work on files, in both languages.

use crate::text::Text;

/// Something that cannot be written.
pub fn not_written(path: &str, cause: &Text) -> Text {
    let Text { en, fr } = cause;
    text!(
        "{path} cannot be written: {en}; give this user write permission, or name another folder",
        "{path} ne peut pas être écrit : {fr} ; donnez à cet utilisateur le droit d’écriture, ou \
         nommez un autre dossier"
    )
}

/// Something that cannot be read.
pub fn not_read(path: &str, cause: &Text) -> Text {
    let Text { en, fr } = cause;
    text!(
        "{path} cannot be read: {en}; check the path and its permissions",
        "{path} est illisible : {fr} ; vérifiez le chemin et ses droits"
    )
}

// explain, schema

/// A code without a page.
pub fn no_code(code: &str, near: Option<&str>) -> Text {
    let known = text!("no code `{code}`", "aucun code « {code} »");
    known
        + match near {
            Some(near) => text!(
                ". Did you mean `{near}`?",
                ". Vouliez-vous dire « {near} » ?"
            ),
            None => text!(
                ": `jobsd explain` lists them",
                " : `jobsd explain` en donne la liste"
            ),
        }
}

/// Findings that `--max-errors` leaves out.
pub fn not_shown(count: usize) -> Text {
    text!(
        "note: findings not shown (--max-errors): {count}",
        "note : constats non montrés (--max-errors) : {count}"
    )
}

/// The heads of a page's two examples.
pub fn examples() -> (Text, Text) {
    (text!("Wrong:", "Faux :"), text!("Right:", "Juste :"))
}

/// A committed schema that is not current.
pub fn stale_schema(path: &str, which: &str) -> Text {
    text!(
        "{path} is out of date: write it again with `jobsd schema {which} > {path}`",
        "{path} n’est pas à jour : réécrivez-le par `jobsd schema {which} > {path}`"
    )
}

// new

/// A text that is not an id.
pub fn bad_id(id: &str) -> Text {
    text!(
        "\"{id}\" cannot be a job id: a-z, 0-9, `.`, `_`, `-`, a letter or digit first, 64 at most",
        "« {id} » ne peut pas être un id : a-z, 0-9, `.`, `_`, `-`, une lettre ou un chiffre \
         d’abord, 64 au plus"
    )
}

/// A file that is there already.
pub fn exists(path: &str) -> Text {
    text!(
        "{path} exists: edit it, or add --force",
        "{path} existe : modifiez-le, ou ajoutez --force"
    )
}

/// An id that another file has.
pub fn id_taken(id: &str, path: &str) -> Text {
    text!(
        "the id `{id}` is that of {path}: choose another, or edit that file",
        "l’id « {id} » est celui de {path} : choisissez-en un autre, ou modifiez ce fichier"
    )
}

/// A flag that belongs to another type.
pub fn flag_of_other_type(flag: &str, bot_type: &str) -> Text {
    text!(
        "{flag} has no effect on a `{bot_type}`: leave it out, or choose another --type",
        "{flag} n’a pas d’effet sur « {bot_type} » : retirez-le, ou choisissez un autre --type"
    )
}

/// A time of another form.
pub fn bad_form(text: &str, form: &str) -> Text {
    text!(
        "\"{text}\" is not of the form {form}",
        "« {text} » n’est pas de la forme {form}"
    )
}

/// A finding about the job that would be written.
pub fn finding(message: &Text, help: &Text) -> Text {
    Text::new(
        format!("{}; {}", message.en, help.en),
        format!("{} ; {}", message.fr, help.fr),
    )
}

/// What is said of a new file.
pub fn written_and_valid(path: &str) -> Text {
    text!("✓ {path} written and valid", "✓ {path} écrit et valide")
}

/// The line of the next due times.
pub fn next_line(times: &str) -> Text {
    text!("  next  {times}", "  suite {times}")
}

/// No due times.
pub fn next_on_request(id: &str) -> Text {
    text!(
        "  next  only on request: jobsd run {id}",
        "  suite sur demande seulement : jobsd run {id}"
    )
}

/// A comment inside a new file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comment {
    /// The other way to name a program.
    OrCommand,
    /// A dry run.
    DryRun,
    /// A real run.
    Production,
    /// No due times.
    OnRequest,
}

/// The words of a comment.
pub fn comment(comment: Comment) -> Text {
    match comment {
        Comment::OrCommand => text!(
            "Or command: [program, argument], without a shell.",
            "Ou command: [programme, argument], sans shell."
        ),
        Comment::DryRun => text!(
            "Everything but the outside effect.",
            "Tout sauf l’effet extérieur."
        ),
        Comment::Production => text!(
            "PRODUCTION: this really acts. Set it to true to try first.",
            "PRODUCTION : ceci agit vraiment. Mettez true pour essayer d’abord."
        ),
        Comment::OnRequest => text!(
            "Fires only on request: jobsd run ID. Else: daily, weekly, interval, cron.",
            "Sur demande seulement : jobsd run ID. Sinon : daily, weekly, interval, cron."
        ),
    }
}

// init

/// A file that stays as it is.
pub fn kept(path: &str) -> Text {
    text!("kept     {path}", "gardé    {path}")
}

/// A file that is new.
pub fn written(path: &str) -> Text {
    text!("written  {path}", "écrit    {path}")
}

/// What to do after `init`: a head and four steps.
pub fn next_steps(dir: Option<&str>, has_ci: bool, needs_home: bool) -> Vec<Text> {
    let cd = dir.map_or(String::new(), |dir| format!("cd {dir} && "));
    let branch = match (has_ci, needs_home) {
        (false, _) => text!(
            "on the git host: a CI that runs `jobsd validate` (init --ci), and a rule that the \
             main branch requires it",
            "chez l’hébergeur git : une CI qui lance « jobsd validate » (init --ci), et une règle \
             qui l’exige sur la branche principale"
        ),
        (true, true) => text!(
            "in the CI file: write the repository that holds jobsd for OWNER (init --action); then \
             a rule on the git host that the main branch requires `validate`",
            "dans le fichier de CI : écrivez le dépôt qui contient jobsd à la place d’OWNER (init \
             --action) ; puis, chez l’hébergeur git, une règle qui exige « validate » sur la \
             branche principale"
        ),
        (true, false) => text!(
            "on the git host: a rule that the main branch requires the check `validate`",
            "chez l’hébergeur git : une règle qui exige « validate » sur la branche principale"
        ),
    };
    vec![
        text!("Next:", "Ensuite :"),
        text!(
            "{cd}jobsd validate    checks the files",
            "{cd}jobsd validate    vérifie les fichiers"
        ),
        text!(
            "jobsd serve    runs the jobs, and shows them at http://127.0.0.1:7878",
            "jobsd serve    exécute les jobs, et les montre sur http://127.0.0.1:7878"
        ),
        text!(
            "git add . && git commit    and `pre-commit install` (https://pre-commit.com) checks \
             each commit",
            "git add . && git commit    et « pre-commit install » (https://pre-commit.com) vérifie \
             chaque commit"
        ),
        branch,
    ]
}

/// A jobs folder elsewhere.
pub fn jobs_outside(jobs: &str) -> Text {
    text!(
        "--jobs {jobs} is not inside the folder that is set up: name a folder below it",
        "--jobs {jobs} n’est pas dans le dossier commencé : nommez un sous-dossier"
    )
}

/// A flag that `init` does not take.
pub fn no_effect_on_init(flag: &str) -> Text {
    text!(
        "{flag} has no effect on `init`: leave it out",
        "{flag} n’a pas d’effet sur `init` : retirez-le"
    )
}

// fmt and --fix

/// A file that was fixed.
pub fn fixed(path: &str, count: usize) -> Text {
    let (s, x) = if count < 2 { ("", "") } else { ("s", "s") };
    text!(
        "{path}: {count} fixed",
        "{path} : {count} correction{s} faite{x}"
    )
}

/// Standard input together with files.
pub fn input_alone() -> Text {
    text!(
        "standard input (`-`) cannot be combined with other paths",
        "l’entrée standard (`-`) ne se combine pas avec d’autres chemins"
    )
}

/// Standard input has no place to write back to.
pub fn not_in_place() -> Text {
    text!(
        "standard input cannot be fixed in place; name a file with --fix",
        "l’entrée standard ne peut pas être corrigée sur place ; nommez un fichier avec --fix"
    )
}

/// A file that has no canonical form, and why.
pub fn not_formatted(path: &str, why: &Text) -> Text {
    let Text { en, fr } = why;
    text!("{path}: not formatted: {en}", "{path} : non formaté : {fr}")
}

/// A file that cannot be read as YAML.
pub fn unreadable_form(line: usize, message: &Text) -> Text {
    let Text { en, fr } = message;
    text!("line {line}: {en}", "ligne {line} : {fr}")
}

/// A file that is not a list of keys.
pub fn no_block_map() -> Text {
    text!(
        "its keys are not on lines of their own; write `key: value` lines",
        "ses clés ne sont pas chacune sur sa ligne ; écrivez des lignes `clé: valeur`"
    )
}

/// A file that the canonical order would change.
pub fn would_change() -> Text {
    text!(
        "in canonical order it would mean something else; an alias must stay after its anchor: \
         write the value itself",
        "dans l’ordre canonique il dirait autre chose ; un alias doit rester après son ancre : \
         écrivez la valeur elle-même"
    )
}
