//! The subcommands. One is a file here and a line of the list below; the file has its arguments,
//! its help, what it needs and what it does.

mod absence;
pub mod bot;
pub mod cancel;
pub mod completions;
pub mod context;
pub mod diff;
pub mod doctor;
pub mod exec;
pub mod exit;
pub mod explain;
pub mod export;
pub mod fmt;
pub mod formats;
pub mod fsck;
pub mod globals;
pub mod history;
pub mod import;
mod importer;
pub mod init;
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
pub mod reload;
pub mod resume;
pub mod run;
pub mod schema;
pub mod serve;
pub mod simulate;
pub mod spans;
pub mod status;
mod story;
pub mod terminal;
#[cfg(test)]
mod tests;
mod unrecorded;
pub mod validate;
mod watch;
pub mod why;

use clap::{Args, Subcommand};

use crate::commands::context::{Context, Needs};
use crate::commands::exit::{Exit, Failure};
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

/// Makes the subcommands of a list of files and types, in the order of the help.
macro_rules! commands {
    ($($(#[$attribute:meta])* $file:ident::$name:ident,)+) => {
        /// The subcommands.
        #[derive(Debug, Subcommand)]
        #[expect(missing_docs, reason = "the help of each is in its file")]
        pub enum Command {
            $($(#[$attribute])* $name($file::$name),)+
        }

        impl Command {
            /// What it needs before it begins.
            pub fn needs(&self) -> Needs {
                match self {
                    $($(#[$attribute])* Command::$name(command) => command.needs(),)+
                }
            }

            /// Does it.
            ///
            /// # Errors
            /// [`Failure`] where it ends early.
            pub fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
                match self {
                    $($(#[$attribute])* Command::$name(command) => command.run(context),)+
                }
            }
        }

        /// The help of a subcommand in French.
        pub fn french(name: &str) -> Option<French> {
            let file = name.replace('-', "_");
            match file.as_str() {
                $($(#[$attribute])* file if file == stringify!($file) => {
                    Some(<$file::$name as Runs>::FRENCH)
                })+
                _ => None,
            }
        }
    };
}

commands! {
    serve::Serve,
    validate::Validate,
    init::Init,
    new::New,
    import::Import,
    export::Export,
    fmt::Fmt,
    explain::Explain,
    schema::Schema,
    next::Next,
    simulate::Simulate,
    list::List,
    status::Status,
    history::History,
    fsck::Fsck,
    run::Run,
    pause::Pause,
    resume::Resume,
    logs::Logs,
    exec::Exec,
    bot::Bot,
    cancel::Cancel,
    reload::Reload,
    diff::Diff,
    plan::Plan,
    why::Why,
    doctor::Doctor,
    completions::Completions,
    man::Man,
    #[cfg(test)]
    made_up::MadeUp,
}
