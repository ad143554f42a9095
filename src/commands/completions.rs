//! `jobsd completions`: the script of a shell, from the command line's own definition. In bash, zsh
//! and fish it also completes the ids of jobs: those that the daemon knows, else those of the
//! files.

use clap::{Arg, Args, Command, CommandFactory};
use clap_complete::Shell;

use crate::cli::Cli;
use crate::commands::Runs;
use crate::commands::context::{Context, Needs};
use crate::commands::exit::{Exit, Failure};
use crate::text::help::French;

/// What lists the ids, `PROGRAM` standing for the program.
const LIST: &str = "PROGRAM list --columns id --no-header -q 2>/dev/null || PROGRAM list --offline \
    --columns id --no-header -q 2>/dev/null";

/// Print the completion script of a shell.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  jobsd completions bash > /etc/bash_completion.d/jobsd\n  jobsd \
        completions fish > ~/.config/fish/completions/jobsd.fish"
)]
pub struct Completions {
    /// The shell.
    shell: Shell,
}

impl Runs for Completions {
    const FRENCH: French = French::new(
        "Affiche le script de complétion d’un shell",
        &[("shell", "Le shell")],
    );

    fn needs(&self) -> Needs {
        Needs::Layout
    }

    fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        // The generator panics where it cannot write, so it writes to memory.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "jobsd", &mut script);
        let script = String::from_utf8_lossy(&script).into_owned();
        let script = match self.shell {
            Shell::Bash => bash(&script),
            Shell::Zsh => zsh(&script),
            Shell::Fish => fish(&script),
            _ => script,
        };
        context.out.write_all(script.as_bytes())?;
        Ok(Exit::Done)
    }
}

/// Whether an argument names a job that is there.
fn is_job(command: &Command, arg: &Arg) -> bool {
    let name = arg.get_id().as_str();
    arg.is_positional() && matches!(name, "id" | "ids" | "target") && command.get_name() != "new"
}

/// The commands that take a job.
fn with_job() -> Vec<String> {
    let root = Cli::command();
    let commands = root
        .get_subcommands()
        .filter(|command| !command.is_hide_set());
    commands
        .filter(|command| command.get_arguments().any(|arg| is_job(command, arg)))
        .map(|command| command.get_name().to_owned())
        .collect()
}

/// The flags that take a value, as they are written.
fn with_value() -> Vec<String> {
    let root = Cli::command();
    let args = std::iter::once(&root)
        .chain(root.get_subcommands())
        .flat_map(Command::get_arguments)
        .filter(|arg| !arg.is_positional() && arg.get_action().takes_values());
    let spelled = args.flat_map(|arg| {
        let long = arg.get_long().map(|long| format!("--{long}"));
        long.into_iter()
            .chain(arg.get_short().map(|short| format!("-{short}")))
    });
    let mut flags: Vec<String> = spelled.collect();
    flags.sort();
    flags.dedup();
    flags
}

fn bash(script: &str) -> String {
    let (jobs, values) = (with_job().join("|"), with_value().join("|"));
    let list = LIST.replace("PROGRAM", "\"$1\"");
    let own = script.replace("complete -F _jobsd ", "complete -F _jobsd_with_jobs ");
    format!(
        r#"_jobsd_jobs() {{
    {list}
}}

_jobsd_with_jobs() {{
    _jobsd "$@"
    local word cur="${{COMP_WORDS[COMP_CWORD]}}"
    [[ "$cur" == -* ]] && return 0
    case "${{COMP_WORDS[COMP_CWORD-1]}}" in
        {values}) return 0 ;;
    esac
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case "$word" in
            {jobs})
                COMPREPLY+=( $(compgen -W "$(_jobsd_jobs "$1")" -- "$cur") )
                return 0
                ;;
        esac
    done
}}

{own}"#
    )
}

fn zsh(script: &str) -> String {
    let root = Cli::command();
    let jobs = root.get_subcommands().flat_map(|command| {
        let args = command.get_arguments().filter(|arg| is_job(command, arg));
        args.filter_map(|arg| Some(format!("{} -- {}", arg.get_id(), zsh_help(arg)?)))
    });
    let heads: Vec<String> = jobs.collect();
    let line = |line: &str| {
        let is_job = heads.iter().any(|head| line.contains(head.as_str()));
        let line = if is_job {
            line.replace(":_default'", ":_jobsd_jobs'")
        } else {
            line.to_owned()
        };
        line + "\n"
    };
    let script: String = script.lines().map(line).collect();
    let list = LIST.replace("PROGRAM", "jobsd");
    let own = format!(
        "_jobsd_jobs() {{\n    local -a ids\n    ids=(${{(f)\"$({list})\"}})\n    compadd -a \
         ids\n}}\n\nif [ \"$funcstack[1]\""
    );
    script.replacen("if [ \"$funcstack[1]\"", &own, 1)
}

/// The beginning of an argument's help, as far as nothing in it is escaped.
fn zsh_help(arg: &Arg) -> Option<String> {
    let help = arg.get_help()?.to_string();
    let plain = help.split([':', '\'', '[', '`', '$', '"', '(']).next();
    plain.map(str::to_owned)
}

fn fish(script: &str) -> String {
    let list = LIST.replace("PROGRAM", "jobsd").replace("||", "; or");
    let mut script = format!("{script}\nfunction __fish_jobsd_jobs\n    {list}\nend\n\n");
    for command in with_job() {
        script += &format!(
            "complete -c jobsd -n \"__fish_jobsd_using_subcommand {command}\" -f -a \
             \"(__fish_jobsd_jobs)\"\n"
        );
    }
    script
}
