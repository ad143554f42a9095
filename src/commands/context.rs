//! What a command works with: where things are, who reads, whom to ask. Made once, for what the
//! command needs.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::commands::exit::{Exit, Failure};
use crate::commands::globals::Globals;
use crate::commands::offline;
use crate::commands::online::{self, Daemon, Place};
use crate::commands::terminal;
use crate::model::job::Job;
use crate::render::screen::Screen;
use crate::render::text;
use crate::shell::control::Request;
use crate::shell::settings::{Flags, Layout};
use crate::shell::{address, zones};
use crate::spec::types::config::{Settings, ZoneData};
use crate::text::{Lang, Text, control};
use crate::view::document;

/// What a command needs before it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: it is a program of its own, and no `jobsd.yaml` is its business.
    Nothing,
    /// Where things are; what is wrong in `jobsd.yaml` does not keep it from its work.
    Layout,
    /// The files, with a `jobsd.yaml` that can be read.
    Files,
    /// A state directory of this machine. Names the command, or the flag, that reads it: a server
    /// has none here.
    State(&'static str),
    /// The history, of a state directory of this machine or of a server; no daemon of this machine
    /// is asked.
    Past,
    /// The daemon, of this machine or of a server.
    Daemon,
    /// The daemon of this machine, and its state directory besides.
    DaemonAndState(&'static str),
    /// A `jobsd.yaml` that can be read, whatever the flags say, and a log of its own.
    Service,
}

impl Needs {
    fn daemon(self) -> bool {
        matches!(self, Needs::Daemon | Needs::DaemonAndState(_))
    }

    /// What reads a state directory of this machine.
    fn state(self) -> Option<&'static str> {
        match self {
            Needs::State(what) | Needs::DaemonAndState(what) => Some(what),
            _ => None,
        }
    }

    /// Whether a bad `jobsd.yaml` ends the command. With one the folders are unknown: a client that
    /// names the state directory needs none of it.
    fn refuses_bad_settings(self, flags: &Flags) -> bool {
        match self {
            Needs::Nothing | Needs::Layout => false,
            Needs::Service => true,
            _ => flags.state.is_none(),
        }
    }
}

/// What a command works with.
pub struct Context<'a> {
    /// The folders as the flags name them.
    pub flags: Flags,
    /// Where everything is.
    pub layout: Layout,
    /// Who reads the results.
    pub screen: Screen,
    /// Who is asked.
    pub daemon: Daemon,
    /// The level of the log, where a flag says it.
    pub level: Option<&'static str>,
    /// Whether someone is there to answer a question.
    pub can_ask: bool,
    /// Results.
    pub out: &'a mut dyn Write,
    /// Hints, questions and failures.
    pub err: &'a mut dyn Write,
}

impl<'a> Context<'a> {
    /// Finds what the command needs.
    ///
    /// # Errors
    /// [`Failure`] where it is not there, or what the flags say cannot be.
    pub fn open(
        globals: Globals,
        needs: Needs,
        lang: Lang,
        out: &'a mut dyn Write,
        err: &'a mut dyn Write,
    ) -> Result<Context<'a>, Failure> {
        if needs == Needs::Nothing {
            return Ok(Context::bare(lang, out, err));
        }
        // The zone of `defaults` in jobsd.yaml is looked up before jobsd.yaml says which copy
        // serves.
        zones::choose(ZoneData::default());
        let level = globals.level();
        if let Some(level) = level.filter(|_| needs != Needs::Service && !globals.quiet) {
            terminal::explain(level);
        }
        let screen = terminal::screen(&globals, lang).map_err(|words| Failure::usage(&words))?;
        let flags = globals.folders();
        let layout = Layout::find(&flags).map_err(|error| Failure::usage(&error.text()))?;
        if layout.config.zone_data != ZoneData::default() {
            zones::choose(layout.config.zone_data);
        }
        let (jobs, config) = (layout.jobs.display(), layout.config_file.display());
        tracing::debug!(%jobs, %config, state = %layout.state.display(), "folders");
        if layout.is_bad() && needs.refuses_bad_settings(&flags) {
            let source = |path: &str| std::fs::read_to_string(path).ok();
            let findings = text::findings(&layout.diagnostics, &source, false, lang);
            err.write_all(findings.as_bytes())?;
            return Err(Failure::Reported(Exit::Usage));
        }
        let place = place(globals, needs, &flags, &layout)?;
        let daemon = Daemon::find(place, &screen, err)?;
        Ok(Context {
            flags,
            layout,
            screen,
            daemon,
            level,
            can_ask: io::stdin().is_terminal() && io::stderr().is_terminal(),
            out,
            err,
        })
    }

    /// For a command that needs nothing: nothing is looked for.
    pub fn bare(lang: Lang, out: &'a mut dyn Write, err: &'a mut dyn Write) -> Context<'a> {
        Context {
            flags: Flags::default(),
            layout: Layout::default(),
            screen: Screen::plain(lang),
            daemon: Daemon::Here(PathBuf::new()),
            level: None,
            can_ask: false,
            out,
            err,
        }
    }

    /// The language of messages.
    pub fn lang(&self) -> Lang {
        self.screen.lang
    }

    /// The state directory.
    pub fn state(&self) -> &Path {
        &self.layout.state
    }

    /// What `jobsd.yaml` says of jobs.
    pub fn settings(&self) -> Settings {
        self.layout.config.settings()
    }

    /// The paths that were named, else the folder of job files.
    pub fn paths(&self, named: Vec<PathBuf>) -> Vec<PathBuf> {
        if named.is_empty() {
            vec![self.layout.jobs.clone()]
        } else {
            named
        }
    }

    /// The jobs of the files with these ids, all when none is named; bad files are named on
    /// standard error.
    ///
    /// # Errors
    /// [`Failure`] where the folder cannot be read, or an id is unknown or its file bad.
    pub fn jobs(&mut self, ids: &[String]) -> Result<Vec<Arc<Job>>, Failure> {
        let loaded = offline::load(&self.layout.jobs, &self.settings())?;
        loaded.report(ids, &self.screen, self.err)?;
        offline::pick(loaded.jobs, ids)
    }

    /// Asks the daemon.
    ///
    /// # Errors
    /// [`Failure`] where it is out of reach or refuses.
    pub fn ask(&self, request: &Request) -> Result<Value, Failure> {
        online::ask(&self.daemon, request)
    }

    /// Asks the daemon, and reads its answer as a type.
    ///
    /// # Errors
    /// As [`Context::ask`], and where a daemon of another version answers something else.
    pub fn read<T: DeserializeOwned>(&self, request: &Request) -> Result<T, Failure> {
        online::read(self.ask(request)?)
    }

    /// Asks the daemon and writes its answer: as it is where JSON is wanted, else what it comes to.
    ///
    /// # Errors
    /// As [`Context::ask`], and where the output cannot be written.
    pub fn answer<T: DeserializeOwned>(
        &mut self,
        request: &Request,
        as_json: bool,
        done: impl FnOnce(T) -> Text,
    ) -> Result<Exit, Failure> {
        let answer = self.ask(request)?;
        if as_json {
            self.document(&answer)?;
        } else {
            let words = done(online::read(answer)?);
            writeln!(self.out, "{}", words.get(self.lang()))?;
        }
        Ok(Exit::Done)
    }

    /// Writes the answer of the daemon as a document.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn document(&mut self, answer: &Value) -> io::Result<()> {
        writeln!(self.out, "{}", document::ANSWER.as_it_came(answer))
    }

    /// Reports a failure that does not end the command, and says how the command will end.
    pub fn report(&mut self, failure: &Failure) -> Exit {
        failure.report(self.screen.lang, self.err)
    }
}

/// What says where the daemon is.
fn place<'l>(
    globals: Globals,
    needs: Needs,
    flags: &Flags,
    layout: &'l Layout,
) -> Result<Place<'l>, Failure> {
    let named = |flag: Option<String>, name: &str| {
        let set = std::env::var(name).ok();
        flag.or(set).filter(|text| !text.is_empty())
    };
    let server = named(globals.server, "JOBSD_SERVER");
    if let Some(what) = server.as_ref().and(needs.state()) {
        return Err(Failure::usage(&control::reads_here(what)));
    }
    let token_file = globals.token_file;
    let token_file = token_file.map(|path| path.to_string_lossy().into_owned());
    let is_free = flags.jobs.is_none() && flags.state.is_none() && flags.config.is_none();
    let own = address::of_daemon(&layout.state);
    let is_named = own.is_some() || layout.config.listen.is_some();
    Ok(Place {
        state: &layout.state,
        server,
        token_file: named(token_file, "JOBSD_TOKEN_FILE").map(Into::into),
        listens: (is_free && needs.daemon()).then(|| own.unwrap_or_else(|| layout.listen())),
        has_jobs: !is_named && (layout.jobs.exists() || layout.config_file.exists()),
    })
}
