//! The visitor bot: pages of a list, the one visited longest ago first, at most `limit` in a run,
//! none twice. It says who it is, heeds `robots.txt`, and gives each host a pause.

use std::collections::{HashMap, HashSet};
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
use crate::shell::network;
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
    /// Pages that wait for a later run, as their host asks.
    pub not_now: usize,
}

/// How a page is asked for.
struct Browser<'a> {
    agent: Agent,
    spec: &'a VisitorSpec,
    stop: &'a Stop,
    robots: HashMap<String, Result<Robots, Text>>,
    last_request: HashMap<String, Instant>,
    /// Hosts that asked to be left alone: nothing more is asked of them in this run.
    left_alone: HashSet<String>,
}

/// What became of a visit.
enum Visit {
    Page(Page),
    Blocked,
    /// The host asks for no more requests now.
    NotNow(Text),
    Failed(Text),
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

impl Browser<'_> {
    /// Whether the host of a page asked to be left alone.
    fn leaves_alone(&self, url: &Url) -> bool {
        self.left_alone
            .contains(&url.origin().ascii_serialization())
    }

    /// Whether the host of a page allows the visit.
    ///
    /// # Errors
    /// When that cannot be known.
    fn allows(&mut self, url: &Url) -> Result<bool, Text> {
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

    /// RFC 9309: what a host does not have forbids nothing; while it cannot give its rules, or asks
    /// for no more requests (429), nothing of it is asked for.
    fn fetch_robots(&mut self, origin: &str) -> Result<Robots, Text> {
        let Ok(mut url) = Url::parse(&format!("{origin}/robots.txt")) else {
            return Ok(Robots::default());
        };
        for _ in 0..=ROBOTS_REDIRECTS_MAX {
            let answer = self.request(&url, robots::BYTES_MAX as u64);
            let answer = answer.map_err(|cause| say::no_robots(origin, &cause))?;
            match (answer.status, answer.location) {
                (200..300, _) => {
                    let text = String::from_utf8_lossy(&answer.body);
                    return Ok(Robots::parse(&text, PRODUCT));
                }
                (300..400, Some(next)) => match url.join(&next).ok().filter(is_web) {
                    Some(next) => url = next,
                    None => return Ok(Robots::default()),
                },
                (status @ (429 | 500..), _) => {
                    return Err(say::no_robots(origin, &say::answer_is(status)));
                }
                (_, _) => return Ok(Robots::default()),
            }
        }
        Ok(Robots::default())
    }

    /// Asks for a page, following redirects as far as the config goes.
    fn visit(&mut self, first: &Url, visited: &mut Visited) -> Result<Visit, Refusal> {
        let mut url = first.clone();
        for _ in 0..=self.spec.max_redirects {
            let answer = match self.request(&url, PAGE_BYTES_MAX) {
                Ok(answer) => answer,
                Err(cause) => return Ok(Visit::Failed(cause)),
            };
            let is_busy = answer.status == 503 && answer.retry_after.is_some();
            if answer.status == 429 || is_busy {
                self.left_alone.insert(url.origin().ascii_serialization());
                let (status, wait) = (answer.status, answer.retry_after.as_deref());
                return Ok(Visit::NotNow(say::busy(status, wait)));
            }
            let is_redirect = (300..400).contains(&answer.status);
            let Some(next) = answer.location.clone().filter(|_| is_redirect) else {
                return Ok(seen(first, &url, &answer));
            };
            let Some(mut next) = url.join(&next).ok().filter(is_web) else {
                return Ok(Visit::Failed(say::leads_nowhere(answer.status, &next)));
            };
            next.set_fragment(None);
            if visited.in_this_run.contains(next.as_str()) {
                let cause = say::leads_to_known(answer.status, next.as_str());
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
        Ok(Visit::Failed(say::many_redirects(max)))
    }

    /// One request, after the pause of its host: status, redirect, kind and content.
    #[expect(
        clippy::disallowed_methods,
        reason = "measures the pause between two requests"
    )]
    fn request(&mut self, url: &Url, bytes_max: u64) -> Result<Answer, Text> {
        let host = url.origin().ascii_serialization();
        if let Some(last) = self.last_request.get(&host) {
            let rest = self.delay(&host).saturating_sub(last.elapsed());
            self.stop.pause(rest);
        }
        let answer = self.agent.get(url.as_str()).call();
        self.last_request.insert(host, Instant::now());
        let answer = answer.map_err(|error| say::no_answer(&network::request_failed(&error)))?;
        let header = |name: &str| {
            let value = answer.headers().get(name);
            value.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let mut found = Answer {
            status: answer.status().as_u16(),
            location: header("location"),
            retry_after: header("retry-after"),
            kind: header("content-type").unwrap_or_default(),
            body: Vec::new(),
        };
        let body = answer.into_body().into_reader();
        let read = body.take(bytes_max).read_to_end(&mut found.body);
        read.map_err(|error| {
            say::cut_off(found.status, &setup::text(&network::of_connection(&error)))
        })?;
        Ok(found)
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

/// What a host answers.
struct Answer {
    status: u16,
    location: Option<String>,
    /// When to ask again: seconds or a date, as the host writes it.
    retry_after: Option<String>,
    kind: String,
    body: Vec<u8>,
}

fn seen(first: &Url, last: &Url, answer: &Answer) -> Visit {
    let Answer {
        status, kind, body, ..
    } = answer;
    let status = *status;
    if status >= 400 {
        return Visit::Failed(say::answer_is(status));
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
