//! The visitor bot: pages of a list, the one visited longest ago first, at most `limit` in a run,
//! none twice. It says who it is, heeds `robots.txt`, and gives each host a pause.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use serde_json::json;
use url::Url;

use crate::bot::visitor::VisitorSpec;
use crate::shell::bot::book;
use crate::shell::bot::browser::{Browser, PRODUCT, Visit, page};
use crate::shell::bot::contract::Contract;
use crate::shell::bot::report::Report;
use crate::shell::bot::stop::Stop;
use crate::shell::bot::visited::Visited;
use crate::shell::bot::{Refusal, Voice};
use crate::shell::client::{authorities, client};
use crate::text::{Text, bot_setup as setup, bots as say};

/// What the result counts.
pub const COUNTERS: [&str; 6] = [
    "profiles_visited",
    "changed",
    "failed",
    "blocked",
    "ignored",
    "left",
];

/// One run.
pub struct Run<'a, 'v> {
    /// The config.
    pub spec: &'a VisitorSpec,
    /// The contract.
    pub contract: &'a Contract,
    /// What is counted.
    pub report: &'a mut Report,
    /// Where sentences go.
    pub voice: &'a mut Voice<'v>,
    /// Whether it is to end.
    pub stop: &'a Stop,
    /// Pages that wait for a later run, as their host asks.
    pub not_now: usize,
}

impl Run<'_, '_> {
    /// Visits pages.
    ///
    /// # Errors
    /// Why none, or none more, could be visited.
    pub fn go(&mut self) -> Result<(), Refusal> {
        self.report.write()?;
        let named = self
            .spec
            .addresses
            .as_deref()
            .ok_or_else(|| Refusal(setup::no_addresses()))?;
        let (listed, problems) = book::addresses(&self.contract.path(named), named)?;
        for problem in &problems {
            let here = format!("{}:{}", problem.place.file, problem.place.line);
            self.problem(&here, &problem.text)?;
        }
        let mut visited = Visited::open(self.contract)?;
        let pages = self.pages(&listed, &visited)?;
        if self.contract.dry_run {
            return self.show(&pages);
        }
        let contact = self.spec.contact.as_ref();
        let contact = contact.map_or(String::new(), |contact| format!("; +{contact}"));
        let name = format!(
            "{PRODUCT}/{} (visitor bot{contact})",
            env!("CARGO_PKG_VERSION")
        );
        let timeout = Duration::from_secs(self.spec.timeout_secs);
        let ca_file = self.spec.ca_file.as_ref();
        let own = ca_file.map(|file| authorities("ca_file", &self.contract.path(file)));
        let mut browser = Browser {
            agent: client(own.transpose()?.unwrap_or_default(), timeout, &name),
            spec: self.spec,
            stop: self.stop,
            robots: HashMap::new(),
            last_request: HashMap::new(),
            left_alone: HashSet::new(),
        };
        self.visit_all(&pages, &mut visited, &mut browser)?;
        self.verdict()
    }

    /// The pages of a list, each once, the one asked for longest ago first.
    fn pages(&mut self, listed: &[book::Address], visited: &Visited) -> Result<Vec<Url>, Refusal> {
        let mut pages: Vec<Url> = Vec::new();
        let mut known = HashSet::new();
        for address in listed {
            let here = format!("{}:{}", address.place.file, address.place.line);
            match page(&address.url) {
                None => self.ignore(&here, &say::not_a_page(&address.url))?,
                Some(url) if !known.insert(url.to_string()) => {
                    self.ignore(&here, &say::same_page())?
                }
                Some(url) => pages.push(url),
            }
        }
        pages.sort_by_key(|url| visited.last(url.as_str()));
        Ok(pages)
    }

    fn show(&mut self, pages: &[Url]) -> Result<(), Refusal> {
        let count = pages.len().min(self.spec.limit as usize);
        for url in &pages[..count] {
            self.voice.say(&say::would_visit(url.as_str()))?;
        }
        self.report.set("would_visit", json!(count));
        self.report.set("left", json!(pages.len() - count));
        self.report.write()?;
        self.voice.say(&say::dry_visits_over(count))?;
        Ok(())
    }

    fn visit_all(
        &mut self,
        pages: &[Url],
        visited: &mut Visited,
        browser: &mut Browser<'_>,
    ) -> Result<(), Refusal> {
        // An attempt before this one has used a part of the run's limit.
        let mut asked = pages
            .iter()
            .filter(|url| visited.in_this_run.contains(url.as_str()))
            .count();
        let limit = self.spec.limit as usize;
        let mut beyond = 0;
        for (number, url) in pages.iter().enumerate() {
            if asked >= limit {
                beyond = pages.len() - number;
                break;
            }
            if visited.in_this_run.contains(url.as_str()) {
                continue;
            }
            if self.stop.is_told() {
                return Err(Refusal(setup::told_to_end(pages.len() - number)));
            }
            if browser.leaves_alone(url) {
                self.left(url)?;
                continue;
            }
            match browser.allows(url) {
                Ok(true) => asked += 1,
                Ok(false) => {
                    self.blocked(url)?;
                    continue;
                }
                Err(cause) => {
                    self.failed(url, &cause)?;
                    continue;
                }
            }
            visited.begin(url.as_str())?;
            match browser.visit(url, visited)? {
                Visit::Page(page) => {
                    let title = page.title.clone().unwrap_or_default();
                    let status = page.status;
                    let is_changed = visited.end(url.as_str(), page)?;
                    self.report.count("profiles_visited", 1);
                    self.report.count("changed", i64::from(is_changed));
                    self.report.write()?;
                    self.voice
                        .say(&say::visited(url.as_str(), status, &title, is_changed))?;
                }
                Visit::Blocked => {
                    visited.fail(url.as_str(), "blocked by robots.txt")?;
                    self.blocked(url)?;
                }
                Visit::NotNow(cause) => {
                    visited.fail(url.as_str(), &cause.en)?;
                    self.voice.say(&say::not_now(url.as_str(), &cause))?;
                    self.not_now += 1;
                }
                Visit::Failed(cause) => {
                    visited.fail(url.as_str(), &cause.en)?;
                    self.failed(url, &cause)?;
                }
            }
        }
        self.report.set("left", json!(beyond + self.not_now));
        Ok(())
    }

    /// A page of a host that is left alone waits for a later run.
    fn left(&mut self, url: &Url) -> Result<(), Refusal> {
        self.not_now += 1;
        self.voice.say(&say::host_left_alone(url.as_str()))?;
        Ok(())
    }

    fn verdict(&mut self) -> Result<(), Refusal> {
        let count = |key: &str| self.report.get(key);
        let (visited, failed, blocked) =
            (count("profiles_visited"), count("failed"), count("blocked"));
        self.report.write()?;
        self.voice.say(&say::visits(visited, failed, blocked))?;
        let waiting = self.not_now as u64;
        if visited == 0 && failed + waiting > 0 {
            return Err(Refusal(match waiting {
                0 => setup::no_visit(failed),
                _ => setup::no_visit_now(failed, waiting),
            }));
        }
        Ok(())
    }

    fn blocked(&mut self, url: &Url) -> Result<(), Refusal> {
        self.report.count("blocked", 1);
        self.voice.say(&say::blocked(url.as_str()))?;
        Ok(())
    }

    fn failed(&mut self, url: &Url, cause: &Text) -> Result<(), Refusal> {
        self.report.count("failed", 1);
        self.report.note("errors", &format!("{url}: {}", cause.en));
        self.report.write()?;
        self.voice.say(&say::not_visited(url.as_str(), cause))?;
        Ok(())
    }

    fn ignore(&mut self, here: &str, text: &Text) -> Result<(), Refusal> {
        self.report.count("ignored", 1);
        self.problem(here, text)
    }

    fn problem(&mut self, here: &str, text: &Text) -> Result<(), Refusal> {
        self.report
            .note("problems", &format!("{here}: {}", text.en));
        self.voice.say(&say::at(here, text))?;
        Ok(())
    }
}
