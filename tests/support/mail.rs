//! A mail server that does as it is told: takes, refuses, hangs up, hangs, or kills its client at a
//! chosen moment.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A mail that the server took.
#[derive(Clone, Debug)]
pub struct Mail {
    /// To whom, by the envelope.
    pub to: String,
    /// From whom, by the envelope.
    pub from: String,
    /// Headers and text, as sent.
    pub data: String,
}

impl Mail {
    /// A header's value, unfolded.
    pub fn header(&self, name: &str) -> String {
        let head = self.data.split("\r\n\r\n").next().unwrap();
        let lines = head.replace("\r\n ", " ");
        let prefix = format!("{}: ", name.to_lowercase());
        let found = lines
            .lines()
            .find(|line| line.to_lowercase().starts_with(&prefix));
        found.map_or(String::new(), |line| line[prefix.len()..].to_owned())
    }
}

/// A moment at which the server may do something else than usual.
#[derive(Clone, Debug, PartialEq)]
pub enum Moment {
    /// A client has connected.
    Hello,
    /// A recipient was named.
    Recipient(String),
    /// The text is about to come.
    Data(String),
    /// The text has come; how many were taken before.
    Text(String, usize),
}

/// What the server does.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// The usual.
    Usual,
    /// This answer in place of the usual one.
    Answer(&'static str),
    /// Hangs up.
    Close,
    /// Takes the message and hangs up without an answer.
    TakeAndClose,
    /// Answers nothing until the client goes away.
    Hang,
    /// Kills the client with signal 9.
    Kill,
    /// Takes the message, then kills the client.
    TakeAndKill,
    /// Takes the message, answers, then kills the client.
    AnswerAndKill,
}

type Script = dyn FnMut(&Moment) -> Act + Send;

/// The server.
pub struct Server {
    pub port: u16,
    mails: Arc<Mutex<Vec<Mail>>>,
    script: Arc<Mutex<Box<Script>>>,
    /// The client that can be killed.
    pub victim: Arc<AtomicU32>,
    /// What logins said.
    pub logins: Arc<Mutex<Vec<String>>>,
    /// How many connections there were.
    pub connections: Arc<AtomicU32>,
}

#[derive(Clone)]
struct Shared {
    mails: Arc<Mutex<Vec<Mail>>>,
    script: Arc<Mutex<Box<Script>>>,
    victim: Arc<AtomicU32>,
    logins: Arc<Mutex<Vec<String>>>,
    tls: Option<Arc<ServerConfig>>,
    wants_login: bool,
}

trait Wire: Read + Write {}
impl<T: Read + Write> Wire for T {}

impl Server {
    pub fn new() -> Server {
        Server::start(None, false, false)
    }

    /// A server that wants a login.
    pub fn with_login() -> Server {
        Server::start(None, false, true)
    }

    /// A server with the certificate of `tests/data`.
    pub fn with_tls(implicit: bool) -> Server {
        let data = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data");
        let certificate = CertificateDer::from_pem_file(format!("{data}/localhost.pem")).unwrap();
        let key = PrivateKeyDer::from_pem_file(format!("{data}/localhost.key")).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap();
        Server::start(Some(Arc::new(config)), implicit, true)
    }

    fn start(tls: Option<Arc<ServerConfig>>, implicit: bool, wants_login: bool) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Server {
            port: listener.local_addr().unwrap().port(),
            mails: Arc::default(),
            script: Arc::new(Mutex::new(Box::new(|_| Act::Usual))),
            victim: Arc::default(),
            logins: Arc::default(),
            connections: Arc::default(),
        };
        let shared = Shared {
            mails: server.mails.clone(),
            script: server.script.clone(),
            victim: server.victim.clone(),
            logins: server.logins.clone(),
            tls,
            wants_login,
        };
        let connections = server.connections.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                connections.fetch_add(1, Ordering::SeqCst);
                let shared = shared.clone();
                std::thread::spawn(move || shared.accept(stream, implicit));
            }
        });
        server
    }

    /// What to do from now on.
    pub fn script(&self, script: impl FnMut(&Moment) -> Act + Send + 'static) {
        *self.script.lock().unwrap() = Box::new(script);
    }

    pub fn usual(&self) {
        self.script(|_| Act::Usual);
    }

    /// The mails taken so far, in order.
    pub fn mails(&self) -> Vec<Mail> {
        self.mails.lock().unwrap().clone()
    }

    /// The mails taken since the last time.
    pub fn take(&self) -> Vec<Mail> {
        std::mem::take(&mut *self.mails.lock().unwrap())
    }

    /// To whom mails were taken since the last time.
    pub fn take_to(&self) -> Vec<String> {
        self.take().into_iter().map(|mail| mail.to).collect()
    }
}

impl Shared {
    fn accept(&self, stream: TcpStream, implicit: bool) {
        if !implicit {
            let mut reader = BufReader::new(stream);
            if self.talk(&mut reader, true) == Some(true) {
                // STARTTLS: nothing may be left of what came before it.
                assert!(reader.buffer().is_empty());
                self.encrypted(reader.into_inner(), false);
            }
        } else {
            self.encrypted(stream, true);
        }
    }

    fn encrypted(&self, stream: TcpStream, greets: bool) {
        let connection = ServerConnection::new(self.tls.clone().unwrap()).unwrap();
        let mut reader = BufReader::new(StreamOwned::new(connection, stream));
        self.talk_from(&mut reader, greets, false);
    }

    fn talk<T: Wire>(&self, wire: &mut BufReader<T>, greets: bool) -> Option<bool> {
        self.talk_from(wire, greets, self.tls.is_some())
    }

    /// `Some(true)` when the client continues encrypted.
    fn talk_from<T: Wire>(
        &self,
        wire: &mut BufReader<T>,
        greets: bool,
        offers_tls: bool,
    ) -> Option<bool> {
        if greets {
            self.perform(wire, &Moment::Hello, "220 test", None)?;
        }
        let (mut from, mut to) = (String::new(), String::new());
        loop {
            let line = read_line(wire)?;
            let upper = line.to_uppercase();
            let inside = || {
                line.split_once('<')
                    .and_then(|(_, r)| r.split_once('>'))
                    .map_or(String::new(), |(a, _)| a.to_owned())
            };
            if upper.starts_with("EHLO") {
                let tls = if offers_tls { "250-STARTTLS\r\n" } else { "" };
                let auth = if self.wants_login && !offers_tls {
                    "250-AUTH PLAIN LOGIN\r\n"
                } else {
                    ""
                };
                say(wire, &format!("250-test\r\n{tls}{auth}250 8BITMIME"))?;
            } else if upper.starts_with("STARTTLS") {
                say(wire, "220 go on")?;
                return Some(true);
            } else if upper.starts_with("AUTH") {
                self.logins.lock().unwrap().push(line.clone());
                let answer = if line.ends_with("AGdvb2QAc2VjcmV0LXdvcmQ=") {
                    "235 welcome"
                } else {
                    "535 no: secret-wrong"
                };
                say(wire, answer)?;
            } else if upper.starts_with("MAIL") {
                from = inside();
                say(wire, "250 ok")?;
            } else if upper.starts_with("RCPT") {
                to = inside();
                self.perform(wire, &Moment::Recipient(to.clone()), "250 ok", None)?;
            } else if upper.starts_with("DATA") {
                self.perform(wire, &Moment::Data(to.clone()), "354 go on", None)?;
                let mut data = String::new();
                let mut refusal = None;
                loop {
                    let line = read_line(wire)?;
                    if line == "." {
                        break;
                    }
                    refusal = refusal.or(refused(&line));
                    data += line.strip_prefix('.').unwrap_or(&line);
                    data += "\r\n";
                }
                if let Some(refusal) = refusal {
                    say(wire, refusal)?;
                    continue;
                }
                let mail = Mail {
                    to: to.clone(),
                    from: from.clone(),
                    data,
                };
                let count = self.mails.lock().unwrap().len();
                self.perform(
                    wire,
                    &Moment::Text(to.clone(), count),
                    "250 taken",
                    Some(mail),
                )?;
            } else if upper.starts_with("QUIT") {
                say(wire, "221 bye")?;
                return None;
            } else {
                say(wire, "250 ok")?;
            }
        }
    }

    fn perform<T: Wire>(
        &self,
        wire: &mut BufReader<T>,
        moment: &Moment,
        usual: &str,
        mail: Option<Mail>,
    ) -> Option<()> {
        let act = (self.script.lock().unwrap())(moment);
        let takes = [
            Act::Usual,
            Act::TakeAndClose,
            Act::TakeAndKill,
            Act::AnswerAndKill,
        ];
        if let Some(mail) = mail.filter(|_| takes.contains(&act)) {
            self.mails.lock().unwrap().push(mail);
        }
        match act {
            Act::Usual => say(wire, usual),
            Act::Answer(text) => say(wire, text),
            Act::Close | Act::TakeAndClose => None,
            Act::Hang => {
                let _ = wire.read_to_end(&mut Vec::new());
                None
            }
            Act::Kill | Act::TakeAndKill => {
                self.kill();
                None
            }
            Act::AnswerAndKill => {
                say(wire, usual)?;
                self.kill();
                None
            }
        }
    }

    fn kill(&self) {
        // The test may still be about to say whom it started.
        let mut pid = 0;
        while pid == 0 {
            std::thread::yield_now();
            pid = self.victim.load(Ordering::SeqCst);
        }
        let pid = rustix::process::Pid::from_raw(pid as i32).unwrap();
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
    }
}

fn read_line<T: Wire>(wire: &mut BufReader<T>) -> Option<String> {
    let mut bytes = Vec::new();
    wire.read_until(b'\n', &mut bytes)
        .ok()
        .filter(|count| *count > 0)?;
    let text = String::from_utf8(bytes).unwrap();
    let text = text.strip_suffix('\n').unwrap_or(&text);
    Some(text.strip_suffix('\r').unwrap_or(text).to_owned())
}

/// What servers refuse of a message, whoever sends it.
fn refused(line: &str) -> Option<&'static str> {
    if line.len() > 998 {
        return Some("500 5.5.2 line too long");
    }
    if line.contains('\r') {
        return Some("550 5.6.11 a carriage return by itself");
    }
    (!line.is_ascii()).then_some("554 5.6.1 no SMTPUTF8 was asked for")
}

fn say<T: Wire>(wire: &mut BufReader<T>, text: &str) -> Option<()> {
    let stream = wire.get_mut();
    stream.write_all(format!("{text}\r\n").as_bytes()).ok()?;
    stream.flush().ok()
}
