//! French: the frame of the help, every refusal of a command line, the parser's words, and the
//! commands' own sentences.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::ffi::OsString;
use std::path::Path;

use crate::support::child::{self, BIN, clean};
use clap::CommandFactory;
use jobsd::cli::Cli;
use jobsd::spec::yaml::reader;
use jobsd::text::Lang;
use jobsd::usage::{self, Read};

fn told(args: &[&str], lang: Lang) -> String {
    let args: Vec<OsString> = [&["jobsd"], args]
        .concat()
        .iter()
        .map(OsString::from)
        .collect();
    match usage::read(&args, lang) {
        Read::Run(cli) => panic!("understood: {cli:?}"),
        Read::Show(help) => help.to_string(),
        Read::Refuse(text) => text,
    }
}

#[test]
fn the_help_is_framed_in_french_too() {
    let names: Vec<String> = Cli::command()
        .get_subcommands()
        .map(|sub| sub.get_name().to_owned())
        .collect();
    for name in &names {
        for args in [
            [name.as_str(), "--help"],
            [name.as_str(), "-h"],
            ["help", name.as_str()],
        ] {
            let help = told(&args, Lang::Fr);
            assert!(help.contains("Utilisation : jobsd"), "{args:?}: {help}");
            for english in [
                "Usage:",
                "Options:",
                "Print ",
                "[default",
                "possible values",
                "Possible values",
                "Exit codes",
                "Examples:",
            ] {
                assert!(!help.contains(english), "{args:?} says {english}: {help}");
            }
            assert!(told(&args, Lang::En).contains("Usage: jobsd"), "{args:?}");
        }
    }
    assert!(told(&["--help"], Lang::Fr).contains("\nExécuter :\n"));
    assert!(told(&[], Lang::Fr).contains("\nExécuter :\n"));
    assert!(told(&["--version"], Lang::Fr).starts_with("jobsd "));
}

#[test]
fn refusals_of_the_command_line_come_in_both_languages() {
    let cases: [(&[&str], &str, &str); 20] = [
        (
            &["pause", "a", "--for", "-3h"],
            "`--for <SPAN>` cannot be `-3h`: a span of time cannot be negative",
            "une durée ne peut pas être négative",
        ),
        (
            &["cancel", "a", "--grace", "-1s"],
            "cannot be `-1s`: a span of time cannot be negative",
            "une durée ne peut pas être négative",
        ),
        (
            &["lsit"],
            "unknown command `lsit`. Did you mean `list`?",
            "commande inconnue « lsit ». Vouliez-vous dire « list » ?",
        ),
        (
            &["validate", "--fromat", "x"],
            "unknown flag `--fromat`. Did you mean `--format`?",
            "option inconnue « --fromat ». Vouliez-vous dire « --format » ?",
        ),
        (
            &["reload", "now"],
            "`now` is one argument too many",
            "« now » est un argument de trop",
        ),
        (&["cancel"], "missing: <RUN>", "il manque : <RUN>"),
        (
            &["validate", "--format"],
            "needs a value: one of human, json",
            "demande une valeur : l’un de human, json",
        ),
        (
            &["validate", "--format", "jsn"],
            "cannot be `jsn`: one of human",
            "ne peut pas être « jsn » : l’un de human",
        ),
        (
            &["next", "--from", "x"],
            "write a time",
            "écrivez une heure",
        ),
        (
            &["list", "-o", "json"],
            "unknown flag `-o`: a format is named by `--format json`",
            "option inconnue « -o » : un format se nomme par `--format json`",
        ),
        (
            &["status", "--json"],
            "named by `--format json`",
            "se nomme par `--format json`",
        ),
        (
            &["history", "--output=json"],
            "named by `--format json`",
            "se nomme par `--format json`",
        ),
        (
            &["history", "-f", "json"],
            "named by `--format json`",
            "se nomme par `--format json`",
        ),
        (
            &["next", "-n", "x"],
            "write a whole number",
            "écrivez un nombre entier",
        ),
        (
            &["serve", "--listen", "x"],
            "write an address",
            "écrivez une adresse",
        ),
        (
            &["simulate", "--duration", "x"],
            "write a number",
            "écrivez un nombre",
        ),
        (
            &["pause", "a", "--for", "soon"],
            "write a span of time",
            "écrivez une durée",
        ),
        (
            &["new", "a", "--daily", "8:00", "--cron", "x"],
            "cannot be combined with",
            "ne va pas avec",
        ),
        (
            &["new", "a", "--tz", "UTC", "--tz", "UTC"],
            "is given twice",
            "est donné deux fois",
        ),
        (
            &["new", "a", "--\u{1b}[31m\u{202e}"],
            "unknown flag `--\\u{1b}[31m\\u{202e}`",
            "option inconnue « --\\u{1b}[31m\\u{202e} »",
        ),
    ];
    for (args, en, fr) in cases {
        let (said, dit) = (told(args, Lang::En), told(args, Lang::Fr));
        assert!(
            said.contains(en) && said.contains("\n  help: `jobsd"),
            "{said}"
        );
        assert!(said.starts_with("error: "), "{said}");
        assert!(
            dit.contains(fr) && dit.contains("\n  aide : `jobsd"),
            "{dit}"
        );
        assert!(dit.starts_with("erreur : "), "{dit}");
    }
}

fn jobsd(dir: &Path, args: &[&str]) -> (i32, String) {
    let (code, out, err) = child::texts(clean(BIN).current_dir(dir).args(args).output().unwrap());
    (code.unwrap(), out + &err)
}

#[test]
fn flag_and_environment_choose_a_refusals_language() {
    let scratch = tempfile::tempdir().unwrap();
    let (code, text) = jobsd(scratch.path(), &["--lang=fr", "lsit"]);
    assert!(code == 2 && text.starts_with("erreur"), "{text}");
    let output = clean(BIN)
        .arg("lsit")
        .env("JOBSD_LANG", "fr_FR.UTF-8")
        .output()
        .unwrap();
    assert!(output.stderr.starts_with(b"erreur"));
}

/// Texts made of what breaks YAML: each syntax error has French words.
#[test]
fn the_words_of_the_parser_are_translated() {
    let pieces = [
        "a: b\n",
        "- x\n",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        ": ",
        "\"",
        "'",
        "|",
        ">",
        "|0\n",
        "\t",
        " ",
        "\n",
        "  ",
        "*a",
        "&a ",
        "!t ",
        "!<",
        "%YAML 1.2\n",
        "%TAG ! x\n",
        "---\n",
        "...\n",
        "? ",
        "- ",
        "-",
        "#",
        "\\x",
        "\\q",
        "\\uD800",
        "\u{feff}",
        "a",
        "é",
        "@",
        "`",
    ];
    let mut seed = 7u64;
    let mut roll = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 11) as usize % below
    };
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..30_000 {
        let text: String = (0..1 + roll(9))
            .map(|_| pieces[roll(pieces.len())])
            .collect();
        for fault in reader::parse(text.as_bytes()).faults {
            let (en, fr) = (&fault.words.message.en, &fault.words.message.fr);
            let (Some(en), Some(fr)) = (
                en.strip_prefix("not YAML: "),
                fr.strip_prefix("ce n’est pas du YAML : "),
            ) else {
                continue;
            };
            assert_ne!(en, fr, "{text:?}: give it French in src/text/yaml.rs");
            seen.insert(en.to_owned());
        }
    }
    assert!(seen.len() > 20, "only {seen:?}");
}

#[test]
fn commands_on_files_speak_french() {
    let scratch = tempfile::tempdir().unwrap();
    std::fs::write(scratch.path().join("old.json"), "{}").unwrap();
    let cases: [(&[&str], i32, &str); 8] = [
        (
            &["explain", "rnge"],
            2,
            "aucun code « rnge ». Vouliez-vous dire « range » ?",
        ),
        (
            &["explain", "zzzzzzzz"],
            2,
            "`jobsd explain` en donne la liste",
        ),
        (&["explain", "alias-bomb"], 0, "Faux :\n    (dix lignes"),
        (&["explain", "range"], 0, "Juste :\n"),
        (
            &["schema", "--check", "old.json"],
            1,
            "n’est pas à jour : réécrivez-le par",
        ),
        (
            &["schema", "--check", "none.json"],
            5,
            "est illisible : aucun fichier ni dossier",
        ),
        (
            &["fmt", "none.yaml"],
            5,
            "est illisible : aucun fichier ni dossier",
        ),
        (&["init", "."], 0, "écrit    ./jobs.d/hello.yaml"),
    ];
    for (args, code, fr) in cases {
        let (found, text) = jobsd(scratch.path(), &[args, &["--lang", "fr"]].concat());
        assert!(
            found == code && text.contains(fr),
            "{args:?}: {found} {text}"
        );
    }
}

#[test]
fn pages_have_french_examples_and_findings_guillemets() {
    use jobsd::text::explain::PAGES;
    use jobsd::text::explain::in_words::example_in_french;
    for page in PAGES.iter() {
        for example in [page.wrong, page.right] {
            assert!(
                example_in_french(example).is_some(),
                "{example} in src/text/explain/in_words.rs"
            );
        }
    }
    let scratch = tempfile::tempdir().unwrap();
    let text = "name: x\nbot_type: command\nbot_config: {command: [df]}\nschedule_type: daily\n\
        schedule_config: {}\ntimezone: Pariis\nmax_instances: 0\n";
    std::fs::write(scratch.path().join("a.yaml"), text).unwrap();
    let (code, text) = jobsd(scratch.path(), &["validate", "a.yaml", "--lang", "fr"]);
    assert_eq!(code, 1);
    for french in [
        "il manque « hour » dans « schedule_config »",
        "par exemple `hour: 8`",
        "« max_instances » : 0 est hors limites : de 1 à 1000",
    ] {
        assert!(text.contains(french), "{french}: {text}");
    }
    // An example of the schema is the same in both languages; its description is not shown.
    assert!(!text.contains("Hour of the day"), "{text}");
}
