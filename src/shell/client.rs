//! The HTTP client of web hooks, visits and `--server`: one TLS with mail, time limits, no redirect
//! that nobody decided.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ureq::Agent;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, TlsProvider, parse_pem};

use crate::text::bot_setup as words;

/// A client that trusts the system's authorities and these, and gives every answer as it is.
pub fn client(own: Vec<Certificate<'static>>, timeout: Duration, user_agent: &str) -> Agent {
    let system = rustls_native_certs::load_native_certs().certs;
    let system = system
        .iter()
        .map(|der| Certificate::from_der(der).to_owned());
    let trusted: Vec<Certificate<'static>> = system.chain(own).collect();
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .root_certs(RootCerts::Specific(Arc::new(trusted)))
        .build();
    let config = Agent::config_builder()
        .tls_config(tls)
        .max_redirects(0)
        .http_status_as_error(false)
        .timeout_global(Some(timeout))
        .user_agent(user_agent)
        .build();
    config.into()
}

/// The authorities of a file; `key` is the setting that names it.
///
/// # Errors
/// A file that cannot be used.
pub fn authorities(key: &str, path: &Path) -> Result<Vec<Certificate<'static>>, String> {
    let bad = |cause: String| words::bad_file(key, path.display(), cause);
    let pem = std::fs::read(path).map_err(|error| bad(error.to_string()))?;
    let items: Result<Vec<PemItem<'_>>, _> = parse_pem(&pem).collect();
    let items = items.map_err(|error| bad(words::not_pem(error)))?;
    let certificates: Vec<Certificate<'static>> = items
        .into_iter()
        .filter_map(|item| match item {
            PemItem::Certificate(certificate) => Some(certificate.to_owned()),
            _ => None,
        })
        .collect();
    if certificates.is_empty() {
        return Err(bad(words::no_certificate()));
    }
    Ok(certificates)
}

/// Whether an error came before the request could have been read by anybody.
pub fn is_unheard(error: &ureq::Error) -> bool {
    use std::io::ErrorKind;
    match error {
        ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed
        | ureq::Error::BadUri(_)
        | ureq::Error::Http(_)
        | ureq::Error::Tls(_)
        | ureq::Error::Rustls(_)
        | ureq::Error::TlsRequired
        | ureq::Error::InvalidProxyUrl
        | ureq::Error::ConnectProxyFailed(_)
        | ureq::Error::Timeout(ureq::Timeout::Resolve | ureq::Timeout::Connect) => true,
        ureq::Error::Io(error) => matches!(
            error.kind(),
            ErrorKind::ConnectionRefused
                | ErrorKind::HostUnreachable
                | ErrorKind::NetworkUnreachable
                | ErrorKind::AddrNotAvailable
        ),
        _ => false,
    }
}
