//! `jobsd man`: pages derived from the command line's own definition.

use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory};

use crate::cli::Cli;
use crate::commands::Runs;
use crate::commands::context::{Context, Needs};
use crate::commands::exit::{Exit, Failure};
use crate::text::help::French;

/// Write the man pages into a folder.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  jobsd man man1\n  jobsd man /usr/local/share/man/man1")]
pub struct Man {
    /// The folder.
    dir: PathBuf,
}

impl Runs for Man {
    const FRENCH: French = French::new(
        "Écrit les pages de manuel dans un dossier",
        &[("dir", "Le dossier")],
    );

    fn needs(&self) -> Needs {
        Needs::Layout
    }

    fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        std::fs::create_dir_all(&self.dir)?;
        let mut root = Cli::command();
        root.build();
        let mut count = 1;
        page(&root, "jobsd", &self.dir)?;
        for command in root
            .get_subcommands()
            .filter(|command| !command.is_hide_set())
        {
            page(command, &format!("jobsd-{}", command.get_name()), &self.dir)?;
            count += 1;
        }
        writeln!(context.out, "{count} pages in {}", self.dir.display())?;
        Ok(Exit::Done)
    }
}

fn page(command: &clap::Command, name: &str, dir: &Path) -> io::Result<()> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command.clone())
        .title(name)
        .render(&mut text)?;
    std::fs::write(dir.join(format!("{name}.1")), text)
}
