//! How the visitor bot asks for pages: robots.txt, redirects, pauses, and hosts that ask to be left
//! alone.

use std::collections::{HashMap, HashSet};
use std::io::Read;
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use ureq::Agent;
use url::Url;

use crate::bot::page::{decode, title};
use crate::bot::robots::{self, Robots};
use crate::bot::visitor::VisitorSpec;
use crate::shell::bot::Refusal;
use crate::shell::bot::stop::Stop;
use crate::shell::bot::visited::{Page, Visited};
use crate::shell::network;
use crate::text::{Text, bot_setup as setup, bots as say};

/// Bytes that are read of a page.
const PAGE_BYTES_MAX: u64 = 2 << 20;
/// Redirects of a `robots.txt`, as its RFC asks for at least.
const ROBOTS_REDIRECTS_MAX: u32 = 5;
/// The name that groups of a `robots.txt` go by.
pub const PRODUCT: &str = "jobsd";

/// How a page is asked for.
pub struct Browser<'a> {
    pub(super) agent: Agent,
    pub(super) spec: &'a VisitorSpec,
    pub(super) stop: &'a Stop,
    pub(super) robots: HashMap<String, Result<Robots, Text>>,
    pub(super) last_request: HashMap<String, Instant>,
    /// Hosts that asked to be left alone: nothing more is asked of them in this run.
    pub(super) left_alone: HashSet<String>,
}

/// What became of a visit.
pub enum Visit {
    Page(Page),
    Blocked,
    /// The host asks for no more requests now.
    NotNow(Text),
    Failed(Text),
}

impl Browser<'_> {
    /// Whether the host of a page asked to be left alone.
    pub fn leaves_alone(&self, url: &Url) -> bool {
        self.left_alone
            .contains(&url.origin().ascii_serialization())
    }

    /// Whether the host of a page allows the visit.
    ///
    /// # Errors
    /// When that cannot be known.
    pub fn allows(&mut self, url: &Url) -> Result<bool, Text> {
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
    pub fn visit(&mut self, first: &Url, visited: &mut Visited) -> Result<Visit, Refusal> {
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
pub fn page(written: &str) -> Option<Url> {
    let mut url = Url::parse(written.trim()).ok()?;
    url.set_fragment(None);
    let is_bare = url.username().is_empty() && url.password().is_none();
    (is_web(&url) && is_bare).then_some(url)
}

fn is_web(url: &Url) -> bool {
    ["http", "https"].contains(&url.scheme()) && url.has_host()
}
