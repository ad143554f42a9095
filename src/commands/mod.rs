//! The subcommands. One is a file here and a line of the list below; the file has its arguments,
//! its help, what it needs and what it does.

mod absence;
pub mod bot;
pub mod cancel;
pub mod completions;
pub mod context;
pub mod diff;
pub mod doctor;
mod earlier;
pub mod exec;
pub mod exit;
pub mod explain;
pub mod export;
pub mod fmt;
pub mod formats;
pub mod fsck;
pub mod globals;
pub mod groups;
pub mod history;
pub mod import;
mod importer;
pub mod init;
pub mod instants;
pub mod list;
pub mod local;
pub mod logs;
#[cfg(test)]
pub mod made_up;
pub mod man;
pub mod new;
pub mod next;
pub mod offline;
pub mod online;
mod output_files;
pub mod overrides;
pub mod pause;
pub mod plan;
mod probe;
mod progress;
mod records;
pub mod reload;
pub mod resume;
mod reworded;
pub mod run;
pub mod schema;
pub mod serve;
pub mod simulate;
pub mod spans;
pub mod status;
mod target;
pub mod terminal;
#[cfg(test)]
mod tests;
pub mod validate;
mod watch;
pub mod why;
mod written;

use clap::{Args, Subcommand};

use crate::commands::context::{Context, Needs};
use crate::commands::exit::{Exit, Failure};
use crate::commands::groups::Group;
use crate::text::help::French;

/// A subcommand: its arguments are the type.
pub trait Runs: Args {
    /// Its help in French; the English one is in the doc comments.
    const FRENCH: French;

    /// What it needs before it begins.
    fn needs(&self) -> Needs;

    /// Does it.
    ///
    /// # Errors
    /// [`Failure`] where it ends early.
    fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure>;
}

/// Makes the subcommands of a list of files and types by group, in the order of the help.
macro_rules! commands {
    ($($group:ident { $($(#[$attribute:meta])* $file:ident::$name:ident,)+ })+) => {
        /// The subcommands.
        #[derive(Debug, Subcommand)]
        #[expect(missing_docs, reason = "the help of each is in its file")]
        pub enum Command {
            $($($(#[$attribute])* $name($file::$name),)+)+
        }

        impl Command {
            /// What it needs before it begins.
            pub fn needs(&self) -> Needs {
                match self {
                    $($($(#[$attribute])* Command::$name(command) => command.needs(),)+)+
                }
            }

            /// Does it.
            ///
            /// # Errors
            /// [`Failure`] where it ends early.
            pub fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
                match self {
                    $($($(#[$attribute])* Command::$name(command) => command.run(context),)+)+
                }
            }
        }

        /// The help of a subcommand in French.
        pub fn french(name: &str) -> Option<French> {
            let file = name.replace('-', "_");
            match file.as_str() {
                $($($(#[$attribute])* file if file == stringify!($file) => {
                    Some(<$file::$name as Runs>::FRENCH)
                })+)+
                _ => None,
            }
        }

        /// The group of a subcommand.
        pub fn group(name: &str) -> Option<Group> {
            let file = name.replace('-', "_");
            match file.as_str() {
                $($($(#[$attribute])* file if file == stringify!($file) => {
                    Some(Group::$group)
                })+)+
                _ => None,
            }
        }
    };
}

commands! {
    Write {
        init::Init,
        new::New,
        validate::Validate,
        plan::Plan,
        fmt::Fmt,
        explain::Explain,
        schema::Schema,
        import::Import,
        export::Export,
    }
    Look {
        list::List,
        status::Status,
        next::Next,
        history::History,
        logs::Logs,
        why::Why,
        diff::Diff,
        simulate::Simulate,
    }
    Run {
        run::Run,
        pause::Pause,
        resume::Resume,
        cancel::Cancel,
        reload::Reload,
    }
    Operate {
        serve::Serve,
        doctor::Doctor,
        fsck::Fsck,
        bot::Bot,
        completions::Completions,
        man::Man,
        exec::Exec,
        #[cfg(test)]
        made_up::MadeUp,
    }
}
