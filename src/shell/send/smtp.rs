//! Messages by a mail server. The connection is driven command by command: until the text has gone
//! out a message has surely not been taken; after it, only the server's answer says so.

use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{self, Mailbox};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{Certificate, SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Noop, Rcpt, Rset};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, address::Envelope};

use crate::bot::contact::mailbox;
use crate::bot::delivery::{SmtpSpec, TlsMode};
use crate::shell::client::authorities;
use crate::shell::machine::host;
use crate::shell::network;
use crate::shell::send::header;
use crate::shell::send::message::{Message, SendOutcome};
use crate::shell::send::origin::Origin;
use crate::text::bot_setup as words;

/// A mail server, connected to when a message is there.
pub struct Smtp {
    server: (String, u16),
    mode: TlsMode,
    tls: Option<TlsParameters>,
    login: Option<(String, String)>,
    from: Mailbox,
    timeout: Duration,
    connection: Option<SmtpConnection>,
}

impl Smtp {
    /// What the config says, with its secrets.
    ///
    /// # Errors
    /// A password or certificate that is missing, a sender that is no address.
    pub fn new(spec: &SmtpSpec, origin: Origin<'_>) -> Result<Smtp, String> {
        let port = spec.port.unwrap_or(match spec.tls {
            TlsMode::Starttls => 587,
            TlsMode::Implicit => 465,
            TlsMode::None => 25,
        });
        let login = match (&spec.user, &spec.password) {
            (Some(user), Some(password)) => {
                let password = origin.secret("password", password)?;
                Some((user.clone(), password))
            }
            _ => None,
        };
        let tls = match spec.tls {
            TlsMode::None => None,
            TlsMode::Starttls | TlsMode::Implicit => Some(tls(spec, origin)?),
        };
        Ok(Smtp {
            server: (spec.host.clone(), port),
            mode: spec.tls,
            tls,
            login,
            from: sender(&spec.from, origin)?,
            timeout: Duration::from_secs(spec.timeout_secs),
            connection: None,
        })
    }

    /// Makes sure of a connection on which the next command will be heard.
    ///
    /// # Errors
    /// Why there is none.
    pub fn ready(&mut self) -> Result<(), String> {
        if let Some(connection) = &mut self.connection {
            // During a pause many servers hang up.
            if connection.command(Noop).is_ok() {
                return Ok(());
            }
            self.connection = None;
        }
        let (host, port) = (self.server.0.clone(), self.server.1);
        let made = self.connect();
        let connection = made.map_err(|error| {
            let cause = network::of_mail(&error);
            self.masked(&words::no_mail_server(format!("{host}:{port}"), cause))
        })?;
        self.connection = Some(connection);
        Ok(())
    }

    /// Sends a message on the connection that is there.
    pub fn send(&mut self, message: &Message) -> SendOutcome {
        let (envelope, bytes) = match self.compose(message) {
            Ok(parts) => parts,
            Err(cause) => return SendOutcome::Failed(cause),
        };
        let Some(connection) = &mut self.connection else {
            return SendOutcome::Down(words::no_connection());
        };
        if let Err(error) = announce(connection, &envelope) {
            let is_answer = error.status().is_some();
            let cleared = is_answer && connection.command(Rset).is_ok();
            if !cleared {
                self.connection = None;
            }
            return SendOutcome::Failed(self.masked(&network::of_mail(&error)));
        }
        match connection.message(&bytes) {
            Ok(_) => SendOutcome::Sent,
            Err(error) => {
                let is_answer = error.status().is_some();
                if !is_answer {
                    self.connection = None;
                }
                let cause = self.masked(&network::of_mail(&error));
                if is_answer {
                    SendOutcome::Failed(cause)
                } else {
                    SendOutcome::Unknown(cause)
                }
            }
        }
    }

    /// Closes the connection.
    pub fn close(&mut self) {
        if let Some(mut connection) = self.connection.take() {
            // Every message has its answer already.
            let _ = connection.quit();
        }
    }

    fn connect(&self) -> Result<SmtpConnection, Error> {
        let hello = ClientId::Domain(host());
        let at_once = self.tls.as_ref().filter(|_| self.mode == TlsMode::Implicit);
        let server = (self.server.0.as_str(), self.server.1);
        let mut connection =
            SmtpConnection::connect(server, Some(self.timeout), &hello, at_once, None)?;
        if let (TlsMode::Starttls, Some(tls)) = (self.mode, &self.tls) {
            connection.starttls(tls, &hello)?;
        }
        if let Some((user, password)) = &self.login {
            let credentials = Credentials::new(user.clone(), password.clone());
            connection.auth(DEFAULT_MECHANISMS, &credentials)?;
        }
        Ok(connection)
    }

    fn compose(&self, message: &Message) -> Result<(Envelope, Vec<u8>), String> {
        let to = message.to.as_deref().unwrap_or_default();
        let to: Address = to
            .parse()
            .map_err(|_| words::not_an_address(format!("{to:?}")))?;
        let name = Some(message.name.clone());
        let domain = self.from.email.domain();
        let to = Mailbox::new(name, to);
        let mut mail = message::Message::builder()
            .from(self.from.clone())
            .to(to.clone())
            .message_id(Some(format!("<{}@{domain}>", message.mail_id)))
            .header(ContentType::TEXT_PLAIN)
            .body(unix_lines(&message.text))
            .map_err(|error| error.to_string())?;
        let headers = mail.headers_mut();
        headers.insert_raw(header::mailbox("From", &self.from));
        headers.insert_raw(header::mailbox("To", &to));
        headers.insert_raw(header::text("Subject", &message.subject));
        Ok((mail.envelope().clone(), mail.formatted()))
    }

    /// A server may say again what it was told.
    fn masked(&self, text: &str) -> String {
        match &self.login {
            Some((_, password)) if !password.is_empty() => text.replace(password.as_str(), "***"),
            _ => text.to_owned(),
        }
    }
}

/// A text with one kind of line end: servers refuse a carriage return by itself.
fn unix_lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// From whom and to whom, up to the server's wish for the text.
fn announce(connection: &mut SmtpConnection, envelope: &Envelope) -> Result<(), Error> {
    connection.command(Mail::new(envelope.from().cloned(), Vec::new()))?;
    for to in envelope.to() {
        connection.command(Rcpt::new(to.clone(), Vec::new()))?;
    }
    connection.command(Data)?;
    Ok(())
}

fn sender(text: &str, origin: Origin<'_>) -> Result<Mailbox, String> {
    let parts = mailbox(text).and_then(|(name, address)| Some((name, address.parse().ok()?)));
    let key = origin.key_of("from");
    let (name, address) = parts.ok_or_else(|| words::bad_sender(&key, format!("{text:?}")))?;
    Ok(Mailbox::new(name, address))
}

fn tls(spec: &SmtpSpec, origin: Origin<'_>) -> Result<TlsParameters, String> {
    let key = origin.key_of("ca_file");
    let mut builder = TlsParameters::builder(spec.host.clone());
    if let Some(file) = &spec.ca_file {
        let path = origin.path(file);
        // Of a file without certificates lettre makes no error, and would trust none of it.
        for certificate in authorities(&key, &path)? {
            let read = Certificate::from_der(certificate.der().to_vec());
            let read = read.map_err(|error| {
                let cause = words::not_pem(network::of_mail(&error));
                words::bad_file(&key, path.display(), cause)
            })?;
            builder = builder.add_root_certificate(read);
        }
    }
    let built = builder.build_rustls();
    built.map_err(|error| network::of_mail(&error))
}
