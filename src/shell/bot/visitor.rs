//! The visitor bot: pages of a list, the one visited longest ago first, at most `limit` in a run, none twice. It says who it
//! is, heeds `robots.txt`, and gives each host a pause.

use std::collections::HashMap;
use std::io::Read;
use std::time::{Duration, Instant};

use serde_json::json;
use sha2::{Digest, Sha256};
use ureq::Agent;
use url::Url;

use crate::bot::page::{decode, title};
use crate::bot::robots::{self, Robots};
use crate::bot::visitor::VisitorSpec;
use crate::shell::bot::book;
use crate::shell::bot::contract::Contract;
use crate::shell::bot::report::Report;
use crate::shell::bot::stop::Stop;
use crate::shell::bot::visited::{Page, Visited};
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

/// Bytes that are read of a page.
const PAGE_BYTES_MAX: u64 = 2 << 20;
/// Redirects of a `robots.txt`, as its RFC asks for at least.
const ROBOTS_REDIRECTS_MAX: u32 = 5;
/// The name that groups of a `robots.txt` go by.
const PRODUCT: &str = "jobsd";

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
}

/// How a page is asked for.
struct Browser<'a> {
    agent: Agent,
    spec: &'a VisitorSpec,
    stop: &'a Stop,
    robots: HashMap<String, Result<Robots, String>>,
    last_request: HashMap<String, Instant>,
}

/// What became of a visit.
enum Visit {
    Page(Page),
    Blocked,
    Failed(String),
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
        };
        self.visit_all(&pages, &mut visited, &mut browser)?;
        self.verdict()
    }

    /// The pages of a list, each once, the one asked for longest ago first.
    fn pages(&mut self, listed: &[book::Address], visited: &Visited) -> Result<Vec<Url>, Refusal> {
        let mut pages: Vec<Url> = Vec::new();
        let mut known = std::collections::HashSet::new();
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
        for (number, url) in pages.iter().enumerate() {
            if asked >= limit {
                self.report.set("left", json!(pages.len() - number));
                break;
            }
            if visited.in_this_run.contains(url.as_str()) {
                continue;
            }
            if self.stop.is_told() {
                return Err(Refusal(say::told_to_end(pages.len() - number)));
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
                Visit::Failed(cause) => {
                    visited.fail(url.as_str(), &cause)?;
                    self.failed(url, &cause)?;
                }
            }
        }
        Ok(())
    }

    fn verdict(&mut self) -> Result<(), Refusal> {
        let count = |key: &str| self.report.get(key);
        let (visited, failed, blocked) =
            (count("profiles_visited"), count("failed"), count("blocked"));
        self.report.write()?;
        self.voice.say(&say::visits(visited, failed, blocked))?;
        if visited == 0 && failed > 0 {
            return Err(Refusal(say::no_visit(failed)));
        }
        Ok(())
    }

    fn blocked(&mut self, url: &Url) -> Result<(), Refusal> {
        self.report.count("blocked", 1);
        self.voice.say(&say::blocked(url.as_str()))?;
        Ok(())
    }

    fn failed(&mut self, url: &Url, cause: &str) -> Result<(), Refusal> {
        self.report.count("failed", 1);
        self.report.note("errors", &format!("{url}: {cause}"));
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

impl Browser<'_> {
    /// Whether the host of a page allows the visit.
    ///
    /// # Errors
    /// When that cannot be known.
    fn allows(&mut self, url: &Url) -> Result<bool, String> {
        let origin = url.origin().ascii_serialization();
        if !self.robots.contains_key(&origin) {
            let found = self.fetch_robots(&origin);
            self.robots.insert(origin.clone(), found);
        }
        let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
        match &self.robots[&origin] {
            Ok(robots) => Ok(robots.allows(path)),
            Err(cause) => Err(cause.clone()),
        }
    }

    /// RFC 9309: what a host does not have forbids nothing; what it cannot give forbids everything.
    fn fetch_robots(&mut self, origin: &str) -> Result<Robots, String> {
        let mut url = Url::parse(&format!("{origin}/robots.txt")).map_err(|e| e.to_string())?;
        for _ in 0..=ROBOTS_REDIRECTS_MAX {
            let (status, location, _, body) = self
                .request(&url, robots::BYTES_MAX as u64)
                .map_err(|cause| format!("robots.txt of {origin}: {cause}"))?;
            match (status, location) {
                (200..300, _) => {
                    let text = String::from_utf8_lossy(&body);
                    return Ok(Robots::parse(&text, PRODUCT));
                }
                (300..400, Some(next)) => match url.join(&next).ok().filter(is_web) {
                    Some(next) => url = next,
                    None => return Ok(Robots::default()),
                },
                (300..500, _) => return Ok(Robots::default()),
                (_, _) => return Ok(Robots::closed()),
            }
        }
        Ok(Robots::default())
    }

    /// Asks for a page, following redirects as far as the config goes.
    fn visit(&mut self, first: &Url, visited: &mut Visited) -> Result<Visit, Refusal> {
        let mut url = first.clone();
        for _ in 0..=self.spec.max_redirects {
            let (status, location, kind, body) = match self.request(&url, PAGE_BYTES_MAX) {
                Ok(answer) => answer,
                Err(cause) => return Ok(Visit::Failed(cause)),
            };
            let next = location.filter(|_| (300..400).contains(&status));
            let Some(next) = next else {
                return Ok(seen(first, &url, status, &kind, &body));
            };
            let Some(mut next) = url.join(&next).ok().filter(is_web) else {
                return Ok(Visit::Failed(format!(
                    "{status} leads to {next}, which is not a page"
                )));
            };
            next.set_fragment(None);
            if visited.in_this_run.contains(next.as_str()) {
                let cause =
                    format!("{status} leads to {next}, which this run has asked for already");
                return Ok(Visit::Failed(cause));
            }
            match self.allows(&next) {
                Ok(true) => {}
                Ok(false) => return Ok(Visit::Blocked),
                Err(cause) => return Ok(Visit::Failed(cause)),
            }
            visited.begin(next.as_str())?;
            url = next;
        }
        let max = self.spec.max_redirects;
        Ok(Visit::Failed(format!("more than {max} redirects")))
    }

    /// One request behind the pause of its host: status, redirect, kind and content.
    #[expect(
        clippy::disallowed_methods,
        reason = "measures the pause between two requests"
    )]
    fn request(&mut self, url: &Url, bytes_max: u64) -> Result<Answer, String> {
        let host = url.origin().ascii_serialization();
        if let Some(last) = self.last_request.get(&host) {
            let rest = self.delay(&host).saturating_sub(last.elapsed());
            self.stop.pause(rest);
        }
        let answer = self.agent.get(url.as_str()).call();
        self.last_request.insert(host, Instant::now());
        let answer = answer.map_err(|error| error.to_string())?;
        let header = |name: &str| {
            let value = answer.headers().get(name);
            value.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let status = answer.status().as_u16();
        let (location, kind) = (
            header("location"),
            header("content-type").unwrap_or_default(),
        );
        let mut body = Vec::new();
        let read = answer
            .into_body()
            .into_reader()
            .take(bytes_max)
            .read_to_end(&mut body);
        read.map_err(|error| format!("{status}, then: {error}"))?;
        Ok((status, location, kind, body))
    }

    fn delay(&self, host: &str) -> Duration {
        let asked = self
            .robots
            .get(host)
            .and_then(|robots| robots.as_ref().ok()?.delay);
        asked
            .unwrap_or_default()
            .max(Duration::from_secs(self.spec.delay_secs))
    }
}

/// Status, redirect, kind and content.
type Answer = (u16, Option<String>, String, Vec<u8>);

fn seen(first: &Url, last: &Url, status: u16, kind: &str, body: &[u8]) -> Visit {
    if status >= 400 {
        return Visit::Failed(format!("the answer is {status}"));
    }
    let is_html = kind.to_ascii_lowercase().contains("html");
    let digest = Sha256::digest(body);
    Visit::Page(Page {
        status,
        title: is_html.then(|| title(&decode(body, kind))).flatten(),
        digest: digest
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect(),
        led_to: (first != last).then(|| last.to_string()),
    })
}

/// A page by its one spelling: no fragment, and no login, which would end up in the ledger.
fn page(written: &str) -> Option<Url> {
    let mut url = Url::parse(written.trim()).ok()?;
    url.set_fragment(None);
    let is_bare = url.username().is_empty() && url.password().is_none();
    (is_web(&url) && is_bare).then_some(url)
}

fn is_web(url: &Url) -> bool {
    ["http", "https"].contains(&url.scheme()) && url.has_host()
}
