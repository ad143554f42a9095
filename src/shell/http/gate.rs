//! Who may control over TCP: the bearer of the token, or a browser's session that the token began.
//! Nothing of it exists unless `control.token_file` is set.

use std::collections::HashMap;
use std::io::{self, Read};
use std::net::IpAddr;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, header};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use crate::shell::clock::monotonic;
use crate::shell::control::Call;
use crate::shell::http::cookies::Cookies;
use crate::shell::open;
use crate::text::cause::cause;
use crate::text::{Text, command_errors as words};

/// Shortest token.
const TOKEN_BYTES_MIN: usize = 16;
/// Largest token file.
const TOKEN_BYTES_MAX: u64 = 4_096;
/// Sessions at the same time; the oldest goes.
const SESSIONS_MAX: usize = 64;
/// Life of a session.
const SESSION_LIFE: Duration = Duration::from_secs(12 * 3_600);
/// The session's cookie.
pub const COOKIE: &str = "session";
/// Addresses remembered by a limit; the stalest goes.
const ADDRESSES_MAX: usize = 1_024;

/// The gate of control over TCP.
#[derive(Debug)]
pub struct Gate {
    token_file: PathBuf,
    cookies: Cookies,
    sessions: Mutex<HashMap<[u8; 32], Session>>,
    failures: Mutex<Limit>,
    /// The way to the loop.
    pub calls: mpsc::Sender<Call>,
}

/// A browser that showed the token.
#[derive(Clone, Debug)]
pub struct Session {
    /// What its forms must carry.
    pub csrf: String,
    /// The name that its user gave.
    pub name: String,
    ends: Instant,
}

/// Why a request may not control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// No token or session, or a wrong one.
    Unknown,
    /// A session's request without its CSRF token.
    Forged,
    /// Too many failures from this address: the answer is held back.
    TooMany,
}

impl Gate {
    /// A gate for the token of a file, which is read again at each use, so that a new one is good
    /// at once.
    ///
    /// # Errors
    /// A sentence, when the token cannot be used.
    pub fn open(
        token_file: PathBuf,
        cookies: Cookies,
        calls: mpsc::Sender<Call>,
    ) -> Result<Gate, Text> {
        let gate = Gate {
            token_file,
            cookies,
            sessions: Mutex::default(),
            failures: Mutex::new(Limit::new(10.0, 1.0 / 6.0)),
            calls,
        };
        gate.token().map(|_| gate)
    }

    /// Who is allowed in by the headers of a request; `csrf` is what its form carried. The right
    /// token is never locked out by wrong ones: behind a proxy everybody has one address.
    ///
    /// # Errors
    /// [`Denied`]; a missing token and a wrong one are the same, and take the same time.
    pub fn admit(
        &self,
        headers: &HeaderMap,
        csrf: Option<&str>,
        from: IpAddr,
    ) -> Result<String, Denied> {
        if let Some(session) = self.session(headers) {
            let header = headers
                .get("x-csrf-token")
                .and_then(|value| value.to_str().ok());
            let given = csrf.or(header).unwrap_or_default();
            return if is_same(given, &session.csrf) {
                Ok(session.name)
            } else {
                Err(Denied::Forged)
            };
        }
        let bearer = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|text| text.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let given = bearer.map_or("", |(_, token)| token.trim());
        if self.is_token(given) {
            return Ok("token".to_owned());
        }
        Err(self.failed(from))
    }

    fn failed(&self, from: IpAddr) -> Denied {
        match lock(&self.failures).take(from) {
            true => Denied::Unknown,
            false => Denied::TooMany,
        }
    }

    /// Begins a session for whoever shows the token; the answer is the cookie's value.
    ///
    /// # Errors
    /// [`Denied`]
    pub fn log_in(&self, token: &str, name: &str, from: IpAddr) -> Result<String, Denied> {
        if !self.is_token(token) {
            return Err(self.failed(from));
        }
        let (id, csrf) = (secret(), secret());
        let now = monotonic();
        let session = Session {
            csrf,
            name: name.to_owned(),
            ends: now + SESSION_LIFE,
        };
        let mut sessions = lock(&self.sessions);
        sessions.retain(|_, session| session.ends > now);
        if sessions.len() >= SESSIONS_MAX {
            let oldest = sessions.iter().min_by_key(|(_, session)| session.ends);
            if let Some(key) = oldest.map(|(key, _)| *key) {
                sessions.remove(&key);
            }
        }
        sessions.insert(digest(&id), session);
        Ok(id)
    }

    /// The session of a request.
    pub fn session(&self, headers: &HeaderMap) -> Option<Session> {
        let id = self.cookies.get(headers, COOKIE)?;
        let session = lock(&self.sessions).get(&digest(id)).cloned();
        session.filter(|session| session.ends > monotonic())
    }

    /// Ends the session of a request.
    pub fn log_out(&self, headers: &HeaderMap) {
        if let Some(id) = self.cookies.get(headers, COOKIE) {
            lock(&self.sessions).remove(&digest(id));
        }
    }

    fn is_token(&self, given: &str) -> bool {
        match self.token() {
            Ok(token) => is_same(given, &token),
            Err(sentence) => {
                tracing::error!(reason = sentence.en, "control is closed");
                false
            }
        }
    }

    fn token(&self) -> Result<String, Text> {
        let shown = self.token_file.display().to_string();
        let fail = |e: io::Error| words::no_token_file(&shown, &cause(&e));
        let file = open::named_by_setting(&self.token_file, None).map_err(fail)?;
        let meta = file.metadata().map_err(fail)?;
        if !meta.is_file() || meta.len() > TOKEN_BYTES_MAX {
            return Err(words::not_a_token_file(&shown));
        }
        if meta.mode() & 0o077 != 0 {
            return Err(words::open_token_file(&shown, meta.mode() & 0o777));
        }
        let mut text = String::new();
        let mut file = file.take(TOKEN_BYTES_MAX);
        file.read_to_string(&mut text).map_err(fail)?;
        let token = text.trim();
        if token.len() < TOKEN_BYTES_MIN {
            return Err(words::short_token(&shown, TOKEN_BYTES_MIN));
        }
        Ok(token.to_owned())
    }
}

/// Compares digests, and all of them: the time says nothing of where two texts differ, nor of how
/// long the secret is.
fn is_same(given: &str, secret: &str) -> bool {
    let pairs = digest(given).into_iter().zip(digest(secret));
    pairs.fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// 256 random bits of the system.
fn secret() -> String {
    let mut bytes = [0; 32];
    let mut filled = 0;
    while filled < bytes.len() {
        let flags = rustix::rand::GetRandomFlags::empty();
        // Interrupted by a signal at worst; Linux has had the call since 3.17.
        filled += rustix::rand::getrandom(&mut bytes[filled..], flags).unwrap_or(0);
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Something allowed at once, and again so often, per address.
#[derive(Debug)]
struct Limit {
    burst: f64,
    per_sec: f64,
    left: HashMap<IpAddr, (f64, Instant)>,
}

impl Limit {
    fn new(burst: f64, per_sec: f64) -> Limit {
        let left = HashMap::new();
        Limit {
            burst,
            per_sec,
            left,
        }
    }

    fn room(&self, from: IpAddr) -> f64 {
        let Some((left, at)) = self.left.get(&from) else {
            return self.burst;
        };
        let passed = at.elapsed().as_secs_f64();
        (left + passed * self.per_sec).min(self.burst)
    }

    /// Takes one; whether there was one.
    fn take(&mut self, from: IpAddr) -> bool {
        let room = self.room(from);
        let is_known = self.left.contains_key(&from);
        if !is_known && self.left.len() >= ADDRESSES_MAX {
            let stalest = self.left.iter().min_by_key(|(_, (_, at))| *at);
            if let Some(address) = stalest.map(|(address, _)| *address) {
                self.left.remove(&address);
            }
        }
        self.left.insert(from, ((room - 1.0).max(0.0), monotonic()));
        room >= 1.0
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::{ADDRESSES_MAX, Limit, is_same};

    /// A bounded number of addresses is remembered.
    #[test]
    fn limits_count_each_address_by_itself() {
        let mut limit = Limit::new(3.0, 0.000_001);
        let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
        assert_eq!(
            [(); 4].map(|()| limit.take(here)),
            [true, true, true, false]
        );
        for n in 0..5_000_u32 {
            assert!(limit.take(IpAddr::V4(Ipv4Addr::from(n))));
        }
        assert!(limit.left.len() <= ADDRESSES_MAX);
    }

    #[test]
    fn only_the_same_text_is_the_same() {
        assert!(is_same("a-long-token", "a-long-token"));
        for other in ["", "a", "a-long-tokeN", "a-long-token "] {
            assert!(!is_same(other, "a-long-token"));
        }
    }
}
