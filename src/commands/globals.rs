//! The flags that go with every command.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::shell::settings::Flags;
use crate::text::help::French;

/// The flags that go with every command.
#[derive(Clone, Debug, Args)]
pub struct Globals {
    /// Folder of job files [default: `jobs` of jobsd.yaml, else jobs.d].
    #[arg(long, global = true, value_name = "DIR")]
    pub jobs: Option<PathBuf>,
    /// The daemon's own settings [default: jobsd.yaml beside the jobs folder].
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// State directory [default: .jobsd beside the jobs folder].
    #[arg(long, global = true, value_name = "DIR")]
    pub state: Option<PathBuf>,
    /// The daemon to ask: https://host, or host:port [default: JOBSD_SERVER, else the socket in the
    /// state directory].
    #[arg(long, global = true, value_name = "URL")]
    pub server: Option<String>,
    /// A file with the token of that server [default: JOBSD_TOKEN_FILE].
    #[arg(long, global = true, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Language of messages: fr or en [default: from JOBSD_LANG, LC_ALL, LC_MESSAGES, LANG].
    #[arg(long, global = true, value_parser = ["fr", "en"])]
    pub lang: Option<String>,
    /// Colors: auto, always or never [default: auto, which honors NO_COLOR, CLICOLOR_FORCE,
    /// FORCE_COLOR and TERM].
    #[arg(
        long,
        global = true,
        value_enum,
        default_value = "auto",
        hide_default_value = true
    )]
    pub color: Color,
    /// Omit the header of a tab-separated table.
    #[arg(long, global = true)]
    pub no_header: bool,
    /// Times in UTC.
    #[arg(long, global = true)]
    pub utc: bool,
    /// Times in this zone [default: that of the terminal].
    #[arg(long, global = true, value_name = "ZONE")]
    pub tz: Option<String>,
    /// Print errors only: no hints, notes or progress on standard error.
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Log what is used and requested to standard error (-vv: everything).
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

/// The help of the program and of the flags in French.
pub const FRENCH: French = French::new(
    "Des jobs planifiés qui vivent en fichiers YAML dans git",
    &[
        (
            "jobs",
            "Dossier des fichiers de job [défaut : `jobs` de jobsd.yaml, sinon jobs.d]",
        ),
        (
            "config",
            "Réglages du démon [défaut : jobsd.yaml à côté du dossier des jobs]",
        ),
        (
            "state",
            "Dossier d’état [défaut : .jobsd à côté du dossier des jobs]",
        ),
        (
            "server",
            "Le démon à interroger : https://hôte, ou hôte:port [défaut : JOBSD_SERVER, \
            sinon la socket du dossier d’état]",
        ),
        (
            "token_file",
            "Un fichier avec le jeton de ce serveur [défaut : JOBSD_TOKEN_FILE]",
        ),
        (
            "lang",
            "Langue des messages : fr ou en [défaut : selon JOBSD_LANG, LC_ALL, LC_MESSAGES, \
            LANG]",
        ),
        (
            "color",
            "Couleurs : auto, always ou never [défaut : auto, qui suit NO_COLOR, \
            CLICOLOR_FORCE, FORCE_COLOR et TERM]",
        ),
        ("color/auto", "Sur un terminal qui les accepte"),
        ("color/always", "Toujours"),
        ("color/never", "Jamais"),
        (
            "no_header",
            "Omet l’en-tête d’un tableau séparé par des tabulations",
        ),
        ("utc", "Heures en UTC"),
        ("tz", "Heures de ce fuseau [défaut : celui du terminal]"),
        (
            "quiet",
            "Affiche seulement les erreurs : ni conseils, ni remarques, ni progression sur \
            la sortie d’erreur",
        ),
        (
            "verbose",
            "Journalise sur la sortie d’erreur ce qui est utilisé et demandé (-vv : tout)",
        ),
    ],
)
.with_after(
    "Codes de sortie : 0 fait ; 1 un problème a été trouvé ; 2 mauvais usage ;\n3 pas de \
    démon ; 4 refusé ; 5 système de fichiers ou erreur interne.\nPlus : jobsd help exit-codes, formats, \
    schedule, options ; jobsd help COMMANDE.",
);

/// What several commands take alike, in French.
pub const SHARED: French = French::new(
    "",
    &[
        ("format", "Format de sortie"),
        (
            "format/human",
            "Un tableau sur un terminal, séparé par des tabulations ailleurs",
        ),
        ("format/json", "Un document"),
        ("format/jsonl", "Un objet par ligne"),
    ],
);

/// When to color.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal that takes them.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Globals {
    /// The level that `-q`, `-v` and `-vv` ask for.
    pub fn level(&self) -> Option<&'static str> {
        match self.verbose {
            _ if self.quiet => Some("error"),
            0 => None,
            1 => Some("debug"),
            _ => Some("trace"),
        }
    }

    /// The folders that are named.
    pub fn folders(&self) -> Flags {
        Flags {
            jobs: self.jobs.clone(),
            state: self.state.clone(),
            config: self.config.clone(),
        }
    }
}
