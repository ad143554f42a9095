//! What a page is made from: everything that was gathered before it is made. A page reads no clock,
//! no file and no header of its own.

use std::path::PathBuf;
use std::sync::Arc;

use crate::page::planned::Planned;
use crate::text::Lang;
use crate::text::pages::Ui;
use crate::time::Timestamp;
use crate::view::say::Say;
use crate::view::status::Status;

/// What every page of an answer knows.
#[derive(Clone, Debug)]
pub struct Facts {
    /// What is shown of jobs, runs and files.
    pub status: Arc<Status>,
    /// The present.
    pub now: Timestamp,
    /// The newest change before the status was read: a script that follows on after it misses
    /// nothing.
    pub newest: String,
    /// Where the pages and the job files are.
    pub addresses: Arc<Addresses>,
    /// Due times of the next hours, kept between answers.
    pub planned: Arc<Planned>,
    /// Whether this endpoint can control at all.
    pub has_control: bool,
    /// The session of a visitor who may.
    pub session: Option<Session>,
    /// What was asked for, and how it is shown.
    pub ask: Ask,
}

/// Addresses and folders that settings give.
#[derive(Clone, Debug)]
pub struct Addresses {
    /// Path that everything is served under.
    pub base_path: String,
    /// Link to edit a file on the git host, with `{path}`, `{line}` and `{branch}`.
    pub edit_url: Option<String>,
    /// Link to make a file on the git host, with `{path}`, `{branch}` and `{content}`.
    pub new_url: Option<String>,
    /// The folder of job files, as the user names it.
    pub jobs_dir: PathBuf,
}

/// The session of a browser that showed the token.
#[derive(Clone, Debug)]
pub struct Session {
    /// What its forms must carry.
    pub csrf: String,
    /// The name that its user gave.
    pub name: String,
}

/// What a visitor asked for.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Path below the base, decoded, in parts.
    pub path: Vec<String>,
    /// The query, decoded, without language and theme.
    pub pairs: Vec<(String, String)>,
    /// Language of the answer.
    pub lang: Lang,
    /// `auto`, `light` or `dark`.
    pub theme: &'static str,
    /// `cards` or `table`, where the visitor chose.
    pub view: Option<&'static str>,
    /// The zone of the times.
    pub zone: ZoneChoice,
}

/// In which zone times are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ZoneChoice {
    /// The one that most jobs have.
    #[default]
    Common,
    /// That of each job.
    Job,
    /// This one, by its IANA name.
    Named(String),
}

impl ZoneChoice {
    /// Reads a choice; `None` where it is none.
    pub fn parse(text: &str) -> Option<ZoneChoice> {
        match text {
            "common" => Some(ZoneChoice::Common),
            "job" => Some(ZoneChoice::Job),
            name if crate::time::zone(name).is_some() => Some(ZoneChoice::Named(name.to_owned())),
            _ => None,
        }
    }
}

impl Facts {
    /// Words and present.
    pub fn say(&self) -> Say {
        Say {
            t: Ui::of(self.ask.lang),
            now: self.now,
        }
    }
}

impl Addresses {
    /// The base path without its last slash; empty where everything is served from the root.
    pub fn base(&self) -> &str {
        self.base_path.trim_end_matches('/')
    }
}

impl Ask {
    /// The last value of a key of the query.
    pub fn value(&self, name: &str) -> Option<&str> {
        let pair = self.pairs.iter().rfind(|(key, _)| key == name);
        pair.map(|(_, value)| value.as_str())
    }

    /// A part of the path.
    pub fn part(&self, n: usize) -> &str {
        self.path.get(n).map_or("", String::as_str)
    }
}
