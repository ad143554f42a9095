//! `jobsd man`: pages derived from the command line's own definition.

use std::io::{self, Write};
use std::path::Path;

use clap::CommandFactory;
use clap_mangen::Man;

use crate::cli::Cli;

/// Writes a man page per command into a folder.
///
/// # Errors
/// Those of the file system.
pub fn pages(dir: &Path, out: &mut dyn Write) -> io::Result<u8> {
    std::fs::create_dir_all(dir)?;
    let mut root = Cli::command();
    root.build();
    let mut count = 1;
    page(&root, "jobsd", dir)?;
    for command in root
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
    {
        page(command, &format!("jobsd-{}", command.get_name()), dir)?;
        count += 1;
    }
    writeln!(out, "{count} pages in {}", dir.display())?;
    Ok(0)
}

fn page(command: &clap::Command, name: &str, dir: &Path) -> io::Result<()> {
    let mut text = Vec::new();
    Man::new(command.clone()).title(name).render(&mut text)?;
    std::fs::write(dir.join(format!("{name}.1")), text)
}
