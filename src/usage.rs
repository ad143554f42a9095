//! Reads the command line: help and refusals in the language of the user.

use std::any::TypeId;
use std::ffi::OsString;
use std::net::SocketAddr;

use clap::builder::{PossibleValue, StyledStr};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, ArgMatches, Command, CommandFactory, Error, FromArgMatches};

use crate::cli::Cli;
use crate::commands::spans::Grace;
use crate::spec::schema::nearest;
use crate::text::help::{french, french_lines};
use crate::text::topics::TOPICS;
use crate::text::usage::{self, Expected, FRENCH_FRAME as FRAME, Misuse};
use crate::text::{Lang, Text};
use crate::time::{SignedDuration, Timestamp};

/// What a command line comes to.
#[derive(Debug)]
pub enum Read {
    /// A command to run.
    Run(Box<Cli>),
    /// Help or the version, for standard output.
    Show(StyledStr),
    /// A refusal, for standard error; the exit code is 2.
    Refuse(String),
}

/// Reads arguments, the program's name first.
pub fn read(args: &[OsString], lang: Lang) -> Read {
    if let Some(text) = topic(args) {
        return Read::Show(StyledStr::from(text.get(lang).to_owned()));
    }
    let mut command = tree(lang);
    let matches = match command.try_get_matches_from_mut(args) {
        Ok(matches) => matches,
        Err(error) => return answer(&error, args, &command, lang),
    };
    if let (Lang::Fr, Some(("help", of))) = (lang, matches.subcommand()) {
        return help_of(command, of, lang);
    }
    match Cli::from_arg_matches(&matches) {
        Ok(cli) => Read::Run(Box::new(cli)),
        Err(error) => answer(&error, args, &command, lang),
    }
}

/// The text of `jobsd help TOPIC`, with nothing but the language beside it.
fn topic(args: &[OsString]) -> Option<Text> {
    let mut words = args.iter().skip(1).map(|arg| arg.to_str().unwrap_or(""));
    let mut asked = Vec::new();
    while let Some(word) = words.next() {
        match word {
            "--lang" => drop(words.next()),
            _ if word.starts_with("--lang=") => {}
            _ => asked.push(word),
        }
    }
    let ["help", name] = asked[..] else {
        return None;
    };
    let found = TOPICS.iter().find(|(topic, _)| *topic == name);
    found.map(|(_, text)| text())
}

/// The commands and their help. What goes with every command stands behind what is a command's own.
fn tree(lang: Lang) -> Command {
    let command = Cli::command().mut_args(|arg| arg.display_order(100));
    match lang {
        Lang::En => command,
        Lang::Fr => in_french(command, true),
    }
}

/// The language that the arguments ask for, before they are understood.
pub fn lang_flag(args: &[OsString]) -> Option<Lang> {
    let mut words = args.iter().map(|arg| arg.to_string_lossy());
    while let Some(word) = words.next() {
        match word.as_ref() {
            "--" => return None,
            "--lang" => return words.next().map(|value| Lang::of(&value)),
            _ => {}
        }
        if let Some(value) = word.strip_prefix("--lang=") {
            return Some(Lang::of(value));
        }
    }
    None
}

fn answer(error: &Error, args: &[OsString], command: &Command, lang: Lang) -> Read {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Read::Show(error.render()),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            Read::Refuse(command.clone().render_help().to_string())
        }
        _ => Read::Refuse(refusal(
            &misuse(error, command),
            &asked(args, command),
            lang,
        )),
    }
}

fn refusal(misuse: &Misuse, asked: &str, lang: Lang) -> String {
    let (error, help) = (usage::error_word(lang), usage::help_word(lang));
    let (what, see) = (misuse.text(), usage::see_help(asked));
    format!("{error}{}\n  {help}{}\n", what.get(lang), see.get(lang))
}

/// The command that the arguments name: `jobsd validate`.
fn asked(args: &[OsString], command: &Command) -> String {
    let words = args.iter().skip(1).map(|arg| arg.to_string_lossy());
    let name = words
        .into_iter()
        .find(|word| command.find_subcommand(word.as_ref()).is_some());
    name.map_or(command.get_name().to_owned(), |name| {
        format!("{} {name}", command.get_name())
    })
}

fn misuse(error: &Error, command: &Command) -> Misuse {
    let all = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    };
    let one = |kind| all(kind).into_iter().next();
    let arg = one(ContextKind::InvalidArg).unwrap_or_default();
    let value = one(ContextKind::InvalidValue).unwrap_or_default();
    let values = all(ContextKind::ValidValue);
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let name = one(ContextKind::InvalidSubcommand).unwrap_or_default();
            let near = nearest(&name, command.get_subcommands().map(Command::get_name));
            Misuse::UnknownCommand(name.clone(), near.map(str::to_owned))
        }
        ErrorKind::UnknownArgument if arg.starts_with('-') => {
            Misuse::UnknownFlag(arg, one(ContextKind::SuggestedArg))
        }
        ErrorKind::UnknownArgument | ErrorKind::TooManyValues => {
            Misuse::TooMany(if value.is_empty() { arg } else { value })
        }
        ErrorKind::InvalidValue if value.is_empty() => Misuse::NoValue(arg, values),
        ErrorKind::InvalidValue => {
            Misuse::NotOneOf(arg, value, values, one(ContextKind::SuggestedValue))
        }
        ErrorKind::ValueValidation => {
            let expected = expected(error, &arg, command);
            Misuse::BadValue(arg, value, expected)
        }
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues | ErrorKind::NoEquals => {
            Misuse::NoValue(arg, values)
        }
        ErrorKind::MissingRequiredArgument => Misuse::Missing(all(ContextKind::InvalidArg)),
        ErrorKind::ArgumentConflict => match all(ContextKind::PriorArg) {
            others if others.is_empty() || others == [arg.clone()] => Misuse::Twice(arg),
            others => Misuse::Conflict(arg, others),
        },
        ErrorKind::InvalidUtf8 => Misuse::NotUtf8,
        _ => Misuse::Other(error.to_string()),
    }
}

/// What a flag takes, by the type of its value; else the words of the type's own reader.
fn expected(error: &Error, shown: &str, command: &Command) -> Text {
    let mut command = command.clone();
    command.build();
    let every = std::iter::once(&command).chain(command.get_subcommands());
    let found = every
        .flat_map(Command::get_arguments)
        .find(|arg| arg.to_string() == shown);
    let kind = found.map(|arg| arg.get_value_parser().type_id());
    let is = |kinds: &[TypeId]| kind.is_some_and(|kind| kinds.iter().any(|other| kind == *other));
    if is(&[TypeId::of::<Timestamp>()]) {
        return Expected::Instant.text();
    }
    if is(&[TypeId::of::<SocketAddr>()]) {
        return Expected::Address.text();
    }
    if is(&[
        TypeId::of::<usize>(),
        TypeId::of::<u64>(),
        TypeId::of::<u32>(),
    ]) {
        return Expected::Whole.text();
    }
    if is(&[TypeId::of::<f64>()]) {
        return Expected::Number.text();
    }
    if is(&[TypeId::of::<SignedDuration>()]) {
        return Expected::Span.text();
    }
    if is(&[TypeId::of::<Grace>()]) {
        return Expected::Grace.text();
    }
    let source = std::error::Error::source(error);
    Text::same(source.map_or(String::new(), ToString::to_string))
}

/// `jobsd help COMMAND`, which the library itself offers only in English.
fn help_of(mut command: Command, of: &ArgMatches, lang: Lang) -> Read {
    command.build();
    let names = of.get_many::<String>("command").into_iter().flatten();
    let mut found = &mut command;
    for name in names {
        let near = nearest(name, found.get_subcommands().map(Command::get_name));
        let misuse = Misuse::UnknownCommand(name.clone(), near.map(str::to_owned));
        let Some(next) = found.find_subcommand_mut(name) else {
            return Read::Refuse(refusal(&misuse, "jobsd", lang));
        };
        found = next;
    }
    Read::Show(found.render_long_help())
}

/// The command tree with French help; what has no French stays English, and a test names it.
fn in_french(command: Command, is_top: bool) -> Command {
    let lines = |text: Option<&StyledStr>| {
        let text = text?.to_string();
        Some(french_lines(&text).unwrap_or_else(|_| text.clone()))
    };
    let about = lines(command.get_about());
    let long = lines(command.get_long_about());
    let after = lines(command.get_after_help());
    let has_commands = command.has_subcommands();
    let mut french = command
        .help_template(FRAME.template)
        .subcommand_help_heading(FRAME.commands)
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .mut_args(arg_in_french)
        .mut_subcommands(|sub| in_french(sub, false))
        .arg(own_flag("help", 'h', FRAME.help, ArgAction::Help));
    if is_top {
        let version = own_flag("version", 'V', FRAME.version, ArgAction::Version);
        french = french.disable_version_flag(true).arg(version);
    }
    if has_commands {
        let names = Arg::new("command")
            .value_name(FRAME.command)
            .num_args(0..)
            .help_heading(FRAME.arguments)
            .help(FRAME.commands.trim_end());
        let help = Command::new("help").about(FRAME.help_command).arg(names);
        french = french
            .subcommand_value_name(FRAME.command)
            .subcommand(in_french(help, false));
    }
    french = about.into_iter().fold(french, Command::about);
    french = long.into_iter().fold(french, Command::long_about);
    after.into_iter().fold(french, Command::after_help)
}

fn own_flag(name: &'static str, short: char, help: &'static str, action: ArgAction) -> Arg {
    let flag = Arg::new(name).short(short).long(name).action(action);
    flag.help(help).help_heading(FRAME.options)
}

fn arg_in_french(arg: Arg) -> Arg {
    let own = |text: Option<&StyledStr>| {
        let text = text?.to_string();
        Some(french(&text).map_or(text, str::to_owned))
    };
    let help = own(arg.get_help()).unwrap_or_default();
    let takes = arg.get_action().takes_values();
    let values: Vec<PossibleValue> = if takes {
        arg.get_possible_values()
    } else {
        Vec::new()
    };
    let names: Vec<String> = values
        .iter()
        .map(|value| value.get_name().to_owned())
        .collect();
    let mut added = String::new();
    let defaults = arg
        .get_default_values()
        .iter()
        .filter(|_| takes && !arg.is_hide_default_value_set());
    added.extend(defaults.map(|value| usage::french_default(&value.to_string_lossy())));
    let told: String = values.iter().filter_map(value_in_french).collect();
    let in_brackets = if names.is_empty() {
        String::new()
    } else {
        usage::french_values(&names)
    };
    let long = own(arg.get_long_help());
    let long = match (long, told.trim_end()) {
        (None, "") => None,
        (Some(long), "") => Some(format!("{long}{added}{in_brackets}")),
        (long, told) => {
            let long = long.unwrap_or_else(|| help.clone());
            Some(format!("{long}{added}\n\n{}\n{told}", FRAME.values))
        }
    };
    let heading = if arg.is_positional() {
        FRAME.arguments
    } else {
        FRAME.options
    };
    let arg = match long {
        Some(long) => arg.long_help(long),
        None => arg,
    };
    arg.help(format!("{help}{added}{in_brackets}"))
        .hide_default_value(takes)
        .hide_possible_values(takes)
        .help_heading(heading)
}

fn value_in_french(value: &PossibleValue) -> Option<String> {
    let help = value.get_help()?.to_string();
    let help = french(&help).map_or(help.clone(), str::to_owned);
    Some(format!("- {} : {help}\n", value.get_name()))
}
