//! Why a connection, a request or a mail failed: the errors of the libraries as sentences that are
//! kept.

use std::error::Error;
use std::io::{self, ErrorKind};

use lettre::transport::smtp;
use rustls::CertificateError;

use crate::text::{Text, bot_setup as words};

/// The cause of an error of a connection.
pub fn of_connection(error: &io::Error) -> String {
    if let Some(encryption) = encryption_inside(error) {
        return of_encryption(encryption);
    }
    match error.kind() {
        // A read that takes longer than its limit ends with the former on Unix.
        ErrorKind::WouldBlock | ErrorKind::TimedOut => words::silent(),
        ErrorKind::UnexpectedEof => words::hung_up(),
        _ if error.to_string().contains("lookup address") => words::unknown_host(),
        _ => error.to_string(),
    }
}

/// The cause of an error of a mail server.
pub fn of_mail(error: &smtp::Error) -> String {
    let said = error.source().map(ToString::to_string).unwrap_or_default();
    if let Some(code) = error.status() {
        return match error.is_permanent() {
            true => words::refused(code, said),
            false => words::refused_for_now(code, said),
        };
    }
    if let Some(cause) = causes(error).find_map(|cause| cause.downcast_ref::<io::Error>()) {
        return of_connection(cause);
    }
    if let Some(cause) = causes(error).find_map(|cause| cause.downcast_ref::<rustls::Error>()) {
        return of_encryption(cause);
    }
    match said.as_str() {
        "incomplete response" => words::hung_up(),
        "STARTTLS is not supported on this server" => words::no_starttls(),
        "No compatible authentication mechanism was found" => words::no_login(),
        "could not resolve to any address" => words::unknown_host(),
        _ if error.is_response() => words::odd_answer(said),
        _ if error.is_tls() => words::no_encryption(said),
        _ => error.to_string(),
    }
}

/// Why a request failed, in both languages.
pub fn request_failed(error: &ureq::Error) -> Text {
    words::text(&of_request(error))
}

/// The cause of an error of a request.
pub fn of_request(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Io(error) => of_connection(error),
        ureq::Error::Rustls(error) => of_encryption(error),
        ureq::Error::Timeout(_) => words::silent(),
        ureq::Error::HostNotFound => words::unknown_host(),
        ureq::Error::ConnectionFailed => words::unreachable(),
        ureq::Error::BadUri(address) => words::not_an_address(address),
        ureq::Error::Tls(detail) => words::no_encryption(detail),
        error => error.to_string(),
    }
}

fn of_encryption(error: &rustls::Error) -> String {
    use CertificateError as Bad;
    match error {
        rustls::Error::InvalidCertificate(bad) => match bad {
            // The latter where an authority of the same name has another key.
            Bad::UnknownIssuer
            | Bad::BadSignature
            | Bad::UnsupportedSignatureAlgorithmContext { .. }
            | Bad::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
                words::unknown_authority()
            }
            Bad::Expired | Bad::ExpiredContext { .. } => words::expired(),
            Bad::NotValidYet | Bad::NotValidYetContext { .. } => words::too_early(),
            Bad::NotValidForName | Bad::NotValidForNameContext { .. } => words::other_name(),
            _ => words::no_encryption(error),
        },
        _ => words::no_encryption(error),
    }
}

/// A connection's error holds that of its encryption.
fn encryption_inside(error: &io::Error) -> Option<&rustls::Error> {
    let inner = error.get_ref()?;
    inner.downcast_ref::<rustls::Error>()
}

/// What an error came from, step by step.
fn causes(error: &dyn Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |error| (*error).source())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::bot_setup;

    #[test]
    fn causes_of_the_network_are_said_in_french() {
        let of_kind = |kind| of_connection(&io::Error::from(kind));
        let fr = |english: String| bot_setup::text(&english).fr;
        assert_eq!(fr(of_kind(ErrorKind::WouldBlock)), "pas de réponse à temps");
        let refused = io::Error::from_raw_os_error(111);
        let at = bot_setup::no_mail_server("mail:25", of_connection(&refused));
        let said =
            "aucun courriel ne peut partir par mail:25 : connexion refusée (erreur système 111)";
        assert_eq!(fr(at), said);
        let unknown = rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer);
        let inside = io::Error::new(ErrorKind::InvalidData, unknown);
        let said = "le certificat vient d’une autorité inconnue ; nommez-la dans `ca_file`";
        assert_eq!(fr(of_connection(&inside)), said);
        let missing = of_request(&ureq::Error::HostNotFound);
        assert_eq!(fr(missing), "le nom de l’hôte est inconnu");
    }
}
