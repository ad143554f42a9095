//! Reads the command line: help and refusals in the language of the user.

mod french;

use std::any::TypeId;
use std::ffi::OsString;
use std::net::SocketAddr;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgMatches, Command, CommandFactory, Error, FromArgMatches};

use crate::cli::Cli;
use crate::commands::globals::FRENCH;
use crate::commands::init::Home;
use crate::commands::instants::When;
use crate::commands::spans::Grace;
use crate::commands::{self, formats, groups};
use crate::text::near::nearest;
use crate::text::topics::TOPICS;
use crate::text::usage::{self, Expected, Misuse};
use crate::text::{Lang, Text};
use crate::time::SignedDuration;
use crate::usage::french::in_french;

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
    match topic(args) {
        Some(Topic::Text(text)) => {
            return Read::Show(StyledStr::from(formats::named_in(text.get(lang), lang)));
        }
        Some(Topic::Options) => return Read::Show(common_flags(lang)),
        None => {}
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

/// What `jobsd help TOPIC` shows.
enum Topic {
    Text(Text),
    /// The flags that go with every command.
    Options,
}

/// The topic of `jobsd help TOPIC`, with nothing beside it but flags that go with every command.
fn topic(args: &[OsString]) -> Option<Topic> {
    if !args.iter().any(|arg| arg == "help") {
        return None;
    }
    let globals = Cli::command();
    let mut words = args.iter().skip(1).map(|arg| arg.to_str().unwrap_or(""));
    let mut asked = Vec::new();
    while let Some(word) = words.next() {
        match takes_next(&globals, word) {
            Some(true) => drop(words.next()),
            Some(false) => {}
            None => asked.push(word),
        }
    }
    let ["help", name] = asked[..] else {
        return None;
    };
    if name == usage::OPTIONS {
        return Some(Topic::Options);
    }
    let found = TOPICS.iter().find(|(topic, _)| *topic == name);
    found.map(|(_, text)| Topic::Text(text()))
}

/// Whether a flag has its value in the next word; `None` for what is not a flag of a command.
fn takes_next(command: &Command, word: &str) -> Option<bool> {
    let find = |is_it: &dyn Fn(&Arg) -> bool| command.get_arguments().find(|arg| is_it(arg));
    if let Some(long) = word.strip_prefix("--") {
        let (name, value) = long
            .split_once('=')
            .map_or((long, None), |(n, v)| (n, Some(v)));
        let flag = find(&|arg| arg.get_long() == Some(name))?;
        return Some(flag.get_action().takes_values() && value.is_none());
    }
    let letters = word.strip_prefix('-').filter(|rest| !rest.is_empty())?;
    let is_flag = |letter| find(&|arg| arg.get_short() == Some(letter)).is_some();
    letters.chars().all(is_flag).then_some(false)
}

/// The commands and their help. What goes with every command is shown once, by a topic of its own;
/// each help leads there.
fn tree(lang: Lang) -> Command {
    let command = in_language(Cli::command().mut_args(|arg| arg.hide(true)), lang);
    let groups = groups::list(&command, commands::group, lang);
    let command = command.mut_subcommands(|sub| {
        let after = sub.get_after_help().map(ToString::to_string);
        let after = after.map_or(String::new(), |text| text.trim_end().to_owned() + "\n\n");
        sub.after_help(after + usage::see_options().get(lang))
    });
    command.help_template(format!(
        "{{about-with-newline}}\n{}{{usage}}\n\n{groups}{{after-help}}",
        usage::usage_word(lang),
    ))
}

fn in_language(command: Command, lang: Lang) -> Command {
    match lang {
        Lang::En => command,
        Lang::Fr => in_french(command, &FRENCH, true),
    }
}

/// The flags that go with every command.
fn common_flags(lang: Lang) -> StyledStr {
    let head = usage::common_flags();
    let template = format!("{}\n\n{{options}}\n", head.get(lang));
    let only_flags = Cli::command().help_template(&template);
    let command = in_language(only_flags, lang).help_template(&template);
    command.disable_help_subcommand(true).render_help()
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
        _ => {
            let negative = (error.kind() == ErrorKind::UnknownArgument)
                .then(|| negative(args, command))
                .flatten();
            let misuse = negative.unwrap_or_else(|| misuse(error, command));
            let misuse = meant_format(misuse, args, command);
            Read::Refuse(refusal(&misuse, &asked(args, command), lang))
        }
    }
}

/// A flag with a negative span, which the library takes for another flag: `--for -3h`.
fn negative(args: &[OsString], command: &Command) -> Option<Misuse> {
    let words: Vec<_> = args.iter().map(|arg| arg.to_string_lossy()).collect();
    let is_negative = |word: &str| {
        let digit = word.strip_prefix('-').and_then(|rest| rest.chars().next());
        digit.is_some_and(|digit| digit.is_ascii_digit())
    };
    let pair = words.windows(2).find(|pair| is_negative(&pair[1]))?;
    let mut command = command.clone();
    command.build();
    let every = std::iter::once(&command).chain(command.get_subcommands());
    let found = every.flat_map(Command::get_arguments).find(|arg| {
        let kind = arg.get_value_parser().type_id();
        let is_span = kind == TypeId::of::<SignedDuration>()
            || kind == TypeId::of::<Grace>()
            || kind == TypeId::of::<When>();
        let long = pair[0].strip_prefix("--");
        is_span && arg.get_long().is_some_and(|name| long == Some(name))
    })?;
    let expected = Expected::NotNegative.text();
    Some(Misuse::BadValue(
        found.to_string(),
        pair[1].clone().into_owned(),
        expected,
    ))
}

/// A flag by which other programs take a format: `-o json`, `--json`.
fn meant_format(misuse: Misuse, args: &[OsString], command: &Command) -> Misuse {
    let Misuse::UnknownFlag(flag, _) = &misuse else {
        return misuse;
    };
    let asked = asked(args, command);
    let asked = asked.split(' ').nth(1);
    let command = asked.and_then(|name| command.find_subcommand(name));
    let has_format = command.is_some_and(|command| {
        let mut flags = command.get_arguments();
        flags.any(|flag| flag.get_long() == Some("format"))
    });
    let is_habit = ["-o", "-f", "--output", "--json", "--jsonl"].contains(&flag.as_str());
    match has_format && is_habit {
        true => Misuse::FormatFlag(flag.clone()),
        false => misuse,
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
    let source = std::error::Error::source(error).map(ToString::to_string);
    let bounded = Expected::Bounded.text();
    if source.as_ref() == Some(&bounded.en) {
        return bounded;
    }
    let mut command = command.clone();
    command.build();
    let every = std::iter::once(&command).chain(command.get_subcommands());
    let found = every
        .flat_map(Command::get_arguments)
        .find(|arg| arg.to_string() == shown);
    let kind = found.map(|arg| arg.get_value_parser().type_id());
    let is = |kinds: &[TypeId]| kind.is_some_and(|kind| kinds.iter().any(|other| kind == *other));
    if is(&[TypeId::of::<When>()]) {
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
    if is(&[TypeId::of::<Home>()]) {
        return Expected::Home.text();
    }
    if is(&[TypeId::of::<Grace>()]) {
        return Expected::Grace.text();
    }
    Text::same(source.unwrap_or_default())
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
