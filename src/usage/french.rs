//! The help of the library in French.

use clap::builder::PossibleValue;
use clap::{Arg, ArgAction, Command};

use crate::commands::french;
use crate::commands::globals::SHARED;
use crate::text::help::French;
use crate::text::usage::{self, FRENCH_FRAME as FRAME};

/// The command tree with French help; what has no French stays English, and a test names it.
pub(super) fn in_french(command: Command, own: &French, is_top: bool) -> Command {
    let about = Some(own.about).filter(|about| !about.is_empty());
    let after = command.get_after_help().map(|text| {
        let examples = text.to_string().replacen("Examples:", FRAME.examples, 1);
        own.after.map_or(examples, str::to_owned)
    });
    let has_commands = command.has_subcommands();
    // Below a heading of our own they would be in the order of their names.
    let mut place = 0;
    let in_place = |arg: Arg| {
        let arg = arg_in_french(arg, own);
        if !arg.is_positional() {
            return arg;
        }
        place += 1;
        arg.display_order(place)
    };
    let mut french = command
        .help_template(FRAME.template)
        .subcommand_help_heading(FRAME.commands)
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .mut_args(in_place)
        .mut_subcommands(|sub| {
            let own = french(sub.get_name()).unwrap_or(French::NONE);
            in_french(sub, &own, false)
        })
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
            .subcommand(in_french(help, &French::NONE, false));
    }
    french = about.into_iter().fold(french, Command::about);
    after.into_iter().fold(french, Command::after_help)
}

pub(super) fn own_flag(
    name: &'static str,
    short: char,
    help: &'static str,
    action: ArgAction,
) -> Arg {
    let flag = Arg::new(name).short(short).long(name).action(action);
    flag.help(help).help_heading(FRAME.options)
}

/// The French of an argument, or of a word that it takes: the command's own, else what several take
/// alike.
fn french_of(own: &French, key: &str) -> Option<&'static str> {
    own.of(key).or_else(|| SHARED.of(key))
}

fn arg_in_french(arg: Arg, own: &French) -> Arg {
    let english = arg.get_help().map(ToString::to_string);
    let help = french_of(own, arg.get_id().as_str()).map(str::to_owned);
    let help = help.or(english).unwrap_or_default();
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
    let told = values
        .iter()
        .filter_map(|value| value_in_french(own, &arg, value));
    let told: String = told.collect();
    let in_brackets = if names.is_empty() {
        String::new()
    } else {
        usage::french_values(&names)
    };
    let long = match told.trim_end() {
        "" => None,
        told => Some(format!("{help}{added}\n\n{}\n{told}", FRAME.values)),
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

fn value_in_french(own: &French, arg: &Arg, value: &PossibleValue) -> Option<String> {
    let english = value.get_help()?.to_string();
    let key = format!("{}/{}", arg.get_id(), value.get_name());
    let help = french_of(own, &key).map_or(english, str::to_owned);
    Some(format!("- {} : {help}\n", value.get_name()))
}
