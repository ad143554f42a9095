//! Subcommands by group: the list of them in the help.

use clap::Command;

use crate::render::screen::wrapped;
use crate::text::{Lang, Text, usage};

/// Columns of the help.
const COLUMNS: usize = 80;

/// What subcommands have in common: the help lists them by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Job files.
    Write,
    /// What is, was and will be.
    Look,
    /// What runs now.
    Run,
    /// The daemon and this program.
    Operate,
}

impl Group {
    /// Every group, in the order of the help.
    const ALL: [Group; 4] = [Group::Write, Group::Look, Group::Run, Group::Operate];

    fn head(self) -> Text {
        match self {
            Group::Write => usage::to_write(),
            Group::Look => usage::to_look(),
            Group::Run => usage::to_run(),
            Group::Operate => usage::to_operate(),
        }
    }
}

/// Every command with what it does, under the head of its group.
pub fn list(command: &Command, group_of: fn(&str) -> Option<Group>, lang: Lang) -> String {
    let shown: Vec<&Command> = command
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
        .collect();
    let widest = shown.iter().map(|command| command.get_name().len()).max();
    let indent = widest.unwrap_or(0) + 4;
    let line = |command: &&Command| {
        let about = command.get_about().map(ToString::to_string);
        let lines = wrapped(&about.unwrap_or_default(), COLUMNS - indent);
        let about = lines.join(&format!("\n{}", " ".repeat(indent)));
        let width = indent - 2;
        format!("  {:<width$}{about}\n", command.get_name())
    };
    let section = |wanted: Group| {
        let of_group = |command: &&&Command| group_of(command.get_name()) == Some(wanted);
        let lines: String = shown.iter().filter(of_group).map(line).collect();
        format!("{}\n{lines}", wanted.head().get(lang))
    };
    Group::ALL.map(section).join("\n")
}
