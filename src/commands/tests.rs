//! The promise of the lists: what holds of every command and every format holds of a made-up one,
//! which is a file and a line.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::ffi::OsString;

use clap::{Command, CommandFactory};

use crate::cli::Cli;
use crate::commands::context::Context;
use crate::commands::globals::{FRENCH, SHARED};
use crate::commands::{formats, french};
use crate::render::FORMATS;
use crate::text::Lang;
use crate::text::help::French;
use crate::usage::{self, Read};

fn read(args: &[&str], lang: Lang) -> Read {
    let words = std::iter::once(&"jobsd").chain(args);
    usage::read(&words.map(OsString::from).collect::<Vec<_>>(), lang)
}

fn shown(args: &[&str], lang: Lang) -> String {
    match read(args, lang) {
        Read::Show(help) => help.to_string(),
        other => panic!("{args:?}: {other:?}"),
    }
}

/// The exit code of a command that needs nothing of its context, and what it writes.
fn done(args: &[&str]) -> (u8, String) {
    let Read::Run(cli) = read(args, Lang::En) else {
        panic!("{args:?} is not understood");
    };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut context = Context::bare(Lang::En, &mut out, &mut err);
    let done = cli.command.run(&mut context);
    let exit = done.unwrap_or_else(|failure| context.report(&failure));
    (exit.code(), String::from_utf8(out).unwrap())
}

/// The keys of a help: each argument, and each word with a help of its own that one takes.
fn keys(command: &Command) -> Vec<String> {
    let mut keys = Vec::new();
    for arg in command.get_arguments() {
        let id = arg.get_id().to_string();
        assert!(arg.get_help().is_some(), "{id} has no help");
        assert!(
            arg.get_long_help().is_none(),
            "{id} has a long help, which stays English"
        );
        if arg.get_action().takes_values() {
            let values = arg.get_possible_values();
            let told = values.iter().filter(|value| value.get_help().is_some());
            keys.extend(told.map(|value| format!("{id}/{}", value.get_name())));
        }
        keys.push(id);
    }
    keys
}

/// What is missing in a French help, and what of it has no place in the English one.
fn faults(command: &Command, own: &French) -> Vec<String> {
    let name = command.get_name();
    let keys = keys(command);
    let has_french = |key: &&String| own.of(key).or_else(|| SHARED.of(key)).is_none();
    let missing = keys.iter().filter(has_french);
    let mut faults: Vec<String> = missing
        .map(|key| format!("{name}: no French of {key}"))
        .collect();
    let stale = own
        .words
        .iter()
        .filter(|(key, _)| !keys.iter().any(|known| known == key));
    faults.extend(stale.map(|(key, _)| format!("{name}: French of no {key}")));
    let after = command.get_after_help().map(ToString::to_string);
    let only_examples = after.is_none_or(|text| {
        let mut lines = text.lines();
        lines.next() == Some("Examples:") && lines.all(|line| line.starts_with("  "))
    });
    if !only_examples && own.after.is_none() {
        faults.push(format!("{name}: no French of what is below"));
    }
    if own.about.is_empty() || command.get_about().is_none() {
        faults.push(format!("{name}: does not say what it does"));
    }
    faults
}

#[test]
fn every_text_of_the_help_has_its_french() {
    let root = Cli::command();
    let mut found = faults(&root, &FRENCH);
    let mut count = 0;
    for command in root
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
    {
        count += 1;
        let own = french(command.get_name()).unwrap_or(French::NONE);
        found.extend(faults(command, &own));
    }
    assert_eq!(found, Vec::<String>::new());
    assert!(count > 25, "only {count} commands");
}

#[test]
fn every_command_is_a_file_of_its_name() {
    for command in Cli::command().get_subcommands() {
        let name = command.get_name().replace('-', "_");
        let file = format!("{}/src/commands/{name}.rs", env!("CARGO_MANIFEST_DIR"));
        assert!(std::path::Path::new(&file).exists(), "{file}");
    }
}

/// One file, and one line in the list.
#[test]
fn a_made_up_command_needs_only_one_line() {
    assert_eq!(done(&["made-up", "hello"]), (0, "hello\n".to_owned()));
    assert_eq!(done(&["made-up", "hello", "--wrong"]).0, 1);
    let refused = read(&["made-upp"], Lang::Fr);
    assert!(matches!(refused, Read::Refuse(text) if text.contains("« made-up »")));
    assert!(matches!(read(&["made-up"], Lang::En), Read::Refuse(text) if text.contains("WORD")));
    for args in [["made-up", "--help"], ["help", "made-up"]] {
        let (en, fr) = (shown(&args, Lang::En), shown(&args, Lang::Fr));
        assert!(
            en.contains("Say a word") && en.contains("Examples:"),
            "{en}"
        );
        assert!(
            fr.contains("Dit un mot") && fr.contains("Trouve un problème"),
            "{fr}"
        );
        assert!(fr.contains("Exemples :\n  jobsd made-up hello"), "{fr}");
    }
    for shell in ["bash", "zsh", "fish"] {
        let (code, script) = done(&["completions", shell]);
        assert!(code == 0 && script.contains("made-up"), "{shell}");
    }
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(done(&["man", dir.path().to_str().unwrap()]).0, 0);
    let page = std::fs::read_to_string(dir.path().join("jobsd-made-up.1")).unwrap();
    assert!(page.contains("Find a problem"));
}

/// One file, and one line in the list.
#[test]
fn a_made_up_format_needs_only_one_line() {
    assert_eq!(FORMATS[0].name, "human", "the default");
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("bad.yaml");
    std::fs::write(&file, "name: x\n").unwrap();
    let (code, out) = done(&["validate", file.to_str().unwrap(), "--format", "made-up"]);
    assert!(
        code == 1 && out.lines().all(|line| line == "missing-key"),
        "{out}"
    );
    let (en, fr) = (
        shown(&["validate", "--help"], Lang::En),
        shown(&["validate", "--help"], Lang::Fr),
    );
    let zsh = done(&["completions", "zsh"]).1;
    for format in FORMATS {
        let (name, what) = (format.name, format.what);
        assert!(en.contains(name) && en.contains(what.0), "{name}: {en}");
        assert!(
            fr.contains(&format!("- {name} : {}", what.1)),
            "{name}: {fr}"
        );
        assert!(zsh.contains(&format!("{name}\\:")), "{name}");
        assert_eq!(formats::french(&format!("format/{name}")), Some(what.1));
        let topic = shown(&["help", "formats"], Lang::Fr);
        let is_named = topic.contains(&format!("--format {name}"));
        assert!(is_named || format.for_ci.is_none(), "{name}: {topic}");
    }
}
