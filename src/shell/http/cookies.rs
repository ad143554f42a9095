//! Names of cookies. A browser keeps one jar for a host, whatever the port and nearly whatever the
//! path, so that two daemons under one host would log each other's visitors out and change each
//! other's language: the names of each are its own.

use std::path::Path;

use axum::http::{HeaderMap, header};
use sha2::{Digest, Sha256};

use crate::shell::http::query;

/// The cookies of a daemon.
#[derive(Clone, Debug)]
pub struct Cookies {
    daemon: String,
}

impl Cookies {
    /// Those of the daemon that keeps its state here, under this path. They are the same after a
    /// restart: what a visitor chose stays.
    pub fn of(state_dir: &Path, base_path: &str) -> Cookies {
        let state_dir = std::path::absolute(state_dir).unwrap_or_else(|_| state_dir.to_owned());
        Cookies {
            daemon: format!("{}\n{base_path}", state_dir.display()),
        }
    }

    /// The whole name of a cookie in the answer to a request. Daemons in containers may all keep
    /// their state under the same path; then the port in `Host` tells them apart.
    pub fn name(&self, headers: &HeaderMap, what: &str) -> String {
        let host = headers.get(header::HOST);
        let host = host.map_or(&b""[..], |host| host.as_bytes());
        let mut hasher = Sha256::new();
        hasher.update(self.daemon.as_bytes());
        hasher.update(b"\n");
        hasher.update(host.to_ascii_lowercase());
        let digest = hasher.finalize();
        let id: String = digest[..4]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("jobsd_{what}_{id}")
    }

    /// The value of a cookie.
    pub fn get<'a>(&self, headers: &'a HeaderMap, what: &str) -> Option<&'a str> {
        query::cookie(headers, &self.name(headers, what))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn each_daemon_has_cookies_of_its_own() {
        let to = |host: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            headers
        };
        let one = Cookies::of(Path::new("/var/lib/one"), "/");
        let name = one.name(&to("localhost:7878"), "lang");
        let again = Cookies::of(Path::new("/var/lib/one"), "/");
        assert_eq!(again.name(&to("LOCALHOST:7878"), "lang"), name);
        let others = [
            one.name(&to("localhost:7879"), "lang"),
            one.name(&to("localhost:7878"), "theme"),
            Cookies::of(Path::new("/var/lib/two"), "/").name(&to("localhost:7878"), "lang"),
            Cookies::of(Path::new("/var/lib/one"), "/jobs").name(&to("localhost:7878"), "lang"),
        ];
        assert!(!others.contains(&name), "{others:?} {name}");
    }
}
