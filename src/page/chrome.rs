//! What stands around every page: navigation, revision, language, theme, footer.

use std::collections::{BTreeMap, BTreeSet};

use askama::filters::Safe;

use crate::model::job::Job;
use crate::page::facts::{Facts, Session, ZoneChoice};
use crate::page::links::GitHost;
use crate::page::{assets, icons, links};
use crate::text::pages::{Ui, fill};
use crate::time::{TimeZone, Timestamp};
use crate::view::say::Say;
use crate::view::status::Status;

/// Everything around a page; templates call it `c`.
#[derive(Debug)]
pub struct Chrome {
    /// The words; templates reach them as `t`.
    pub t: &'static Ui,
    /// Words and present.
    pub say: Say,
    /// `auto`, `light` or `dark`.
    pub theme: &'static str,
    /// What leads from this page to `/`: empty, `../`, or the base path.
    pub root: String,
    /// `overview`, `history`, `config`, or none of them.
    pub nav: &'static str,
    /// Title of the page.
    pub title: String,
    /// The machine.
    pub host: String,
    /// Commit of the files, short.
    pub revision: Option<String>,
    /// Where links to the git host lead.
    pub git: GitHost,
    /// "reloaded 4 min ago".
    pub reloaded: Option<String>,
    /// Class of the dot beside the revision.
    pub dot: &'static str,
    /// Files with errors.
    pub invalid: u64,
    /// Version of the daemon.
    pub version: String,
    /// "up for 12 d 4 h".
    pub uptime: Option<String>,
    /// Zone of the times.
    pub zone: TimeZone,
    /// Its name.
    pub zone_name: String,
    /// The zone that most jobs have.
    pub common_zone: String,
    /// Whether a row's times are in the zone of its job.
    pub has_job_zones: bool,
    /// Seconds after which a browser without script asks again.
    pub refresh: Option<u32>,
    /// Whether the script keeps the parts of this page current.
    pub live: bool,
    /// The change that the script follows on after: the newest before the page was made.
    pub newest: String,
    /// Whether this endpoint can control at all.
    pub has_control: bool,
    /// The session of a visitor who may.
    pub session: Option<Session>,
    /// This page's own address, to come back to.
    pub here: String,
    pairs: Vec<(String, String)>,
}

impl Chrome {
    /// The surroundings of a page.
    pub fn new(facts: &Facts, nav: &'static str, title: String) -> Chrome {
        let (say, status) = (facts.say(), &*facts.status);
        let invalid = invalid_paths(status).len() as u64;
        let common_zone = common_zone(status);
        let zone_name = match &facts.ask.zone {
            ZoneChoice::Common | ZoneChoice::Job => common_zone.clone(),
            ZoneChoice::Named(name) => name.clone(),
        };
        let reloaded = status.reloads.front().map(|reload| say.ago(reload.at));
        let dot = match (status.health.is_empty(), invalid) {
            (false, _) => "fail",
            (true, 0) => "ok",
            (true, _) => "warn",
        };
        Chrome {
            t: say.t,
            say,
            theme: facts.ask.theme,
            root: root(facts),
            nav,
            title,
            host: status.host.clone(),
            revision: status.revision.as_deref().map(short),
            git: GitHost::of(&facts.addresses, status),
            reloaded: reloaded.map(|rel| fill(say.t.sync_reloaded, &[("rel", &rel)])),
            dot,
            invalid,
            version: status.version.clone(),
            uptime: status.started_at.map(|at| {
                let secs = say.now.duration_since(at).as_secs().max(0).unsigned_abs();
                fill(say.t.foot_up, &[("d", &say.long(secs))])
            }),
            zone: crate::time::zone(&zone_name).unwrap_or(TimeZone::UTC),
            zone_name,
            common_zone,
            has_job_zones: facts.ask.zone == ZoneChoice::Job,
            refresh: None,
            live: false,
            newest: facts.newest.clone(),
            has_control: facts.has_control,
            session: facts.session.clone(),
            here: here(facts),
            pairs: facts.ask.pairs.clone(),
        }
    }

    /// The same in the zone of a job, where the visitor chose no other: a page about one job says
    /// its times as its file does.
    pub fn of_job(mut self, facts: &Facts, job: &Job) -> Chrome {
        if matches!(facts.ask.zone, ZoneChoice::Common | ZoneChoice::Job) {
            self.zone = job.schedule.zone().clone();
            self.zone_name = job.timezone.to_string();
        }
        self
    }

    /// The zone of a job's times in a list.
    pub fn zone_of<'a>(&'a self, job: &'a Job) -> &'a TimeZone {
        if self.has_job_zones {
            job.schedule.zone()
        } else {
            &self.zone
        }
    }

    /// Address of the overview.
    pub fn home(&self) -> &str {
        if self.root.is_empty() {
            "./"
        } else {
            &self.root
        }
    }

    /// An icon.
    pub fn icon(&self, name: &str) -> Safe<String> {
        icons::icon(name, "")
    }

    /// An icon in a colour.
    pub fn tinted(&self, name: &str, class: &str) -> Safe<String> {
        icons::icon(name, class)
    }

    /// The address of this page with a choice changed.
    pub fn with(&self, key: &str, value: &str) -> String {
        links::query(&self.pairs, &[(key, value)])
    }

    /// Address of the stylesheet.
    pub fn css(&self) -> String {
        format!("{}assets/{}", self.root, assets::CSS.name)
    }

    /// Address of the script.
    pub fn js(&self) -> String {
        format!("{}assets/{}", self.root, assets::JS.name)
    }

    /// Address of the icon of the tab.
    pub fn tab_icon(&self) -> String {
        format!("{}assets/{}", self.root, assets::ICON.name)
    }

    /// A number with its noun in the right form.
    pub fn count(&self, text: &str, n: &u64) -> String {
        self.t.count(text, *n)
    }

    /// A text with one place filled in.
    pub fn fill(&self, text: impl AsRef<str>, name: &str, value: impl AsRef<str>) -> String {
        fill(text.as_ref(), &[(name, value.as_ref())])
    }

    /// A command to copy: a verb, the id that it is about, and options.
    pub fn shell(&self, verb: &str, id: impl AsRef<str>, options: &str) -> String {
        format!("jobsd {verb} {}{options}", id.as_ref())
    }

    /// The instant for machines.
    pub fn machine(&self, at: &Timestamp) -> String {
        crate::time::rfc3339(*at)
    }
}

/// The address of the page, below the base path.
fn here(facts: &Facts) -> String {
    let base = facts.addresses.base();
    let path = links::encode_path(&facts.ask.path.join("/"));
    let query = links::query(&facts.ask.pairs, &[]);
    format!("{base}/{path}{}", query.trim_end_matches('?'))
}

/// What leads to `/`. With a base path links begin there; without one they are relative, so that a
/// proxy that strips a prefix needs no setting.
fn root(facts: &Facts) -> String {
    match facts.addresses.base() {
        "" => "../".repeat(facts.ask.path.len().saturating_sub(1)),
        base => format!("{base}/"),
    }
}

/// The first digits of a commit, with the mark of local changes.
pub fn short(revision: &str) -> String {
    let digits: String = revision.chars().take(7).collect();
    let mark = if revision.ends_with('+') { "+" } else { "" };
    digits + mark
}

/// Files with errors.
pub fn invalid_paths(status: &Status) -> BTreeSet<&str> {
    let errors = status
        .diagnostics
        .iter()
        .filter(|finding| finding.is_error());
    errors.map(|finding| finding.path.as_str()).collect()
}

/// The zone that most jobs have; the first by name among equals.
fn common_zone(status: &Status) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for job in status
        .jobs
        .values()
        .filter_map(|status| status.job.as_ref())
    {
        *counts.entry(&*job.timezone).or_default() += 1;
    }
    let most = counts
        .into_iter()
        .max_by(|(a, n), (b, m)| n.cmp(m).then(b.cmp(a)));
    most.map_or("UTC", |(zone, _)| zone).to_owned()
}
