//! What systemd is told (`sd_notify`), and the socket it may hand over. Without its variables
//! nothing happens.

use std::io;
use std::net::TcpListener;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::{Duration, Instant};

use listenfd::ListenFd;

use crate::shell::clock::monotonic;

/// The systemd that watches over this process, if one does.
#[derive(Debug)]
pub struct Systemd {
    socket: Option<UnixDatagram>,
    /// A sign of life is due this often.
    every: Option<Duration>,
    last: Instant,
    is_reloading: bool,
}

impl Systemd {
    /// The one that the environment names.
    pub fn from_env() -> Systemd {
        let socket = std::env::var("NOTIFY_SOCKET").ok();
        let socket = socket.and_then(|name| match connect(&name) {
            Ok(socket) => Some(socket),
            Err(error) => {
                tracing::warn!(%error, "NOTIFY_SOCKET cannot be used");
                None
            }
        });
        let of = |name: &str| std::env::var(name).ok()?.parse::<u64>().ok();
        let is_ours = of("WATCHDOG_PID").is_none_or(|pid| pid == u64::from(std::process::id()));
        let limit = of("WATCHDOG_USEC").filter(|_| is_ours);
        Systemd {
            socket,
            every: limit.map(|micros| Duration::from_micros(micros / 2)),
            last: monotonic(),
            is_reloading: false,
        }
    }

    /// Everything is up.
    pub fn ready(&self) {
        self.send("READY=1\nSTATUS=running");
    }

    /// The job files are read again.
    pub fn reloading(&mut self) {
        self.is_reloading = true;
        let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
        let micros = now.tv_sec * 1_000_000 + now.tv_nsec / 1_000;
        self.send(&format!("RELOADING=1\nMONOTONIC_USEC={micros}"));
    }

    /// They were read, where that was asked for.
    pub fn reloaded(&mut self) {
        if std::mem::take(&mut self.is_reloading) {
            self.ready();
        }
    }

    /// It ends.
    pub fn stopping(&self) {
        self.send("STOPPING=1\nSTATUS=waiting for runs to end");
    }

    /// A sign of life, as often as it is due. The loop gives it: one that stalls gives none.
    pub fn alive(&mut self) {
        if self.every.is_some_and(|every| self.last.elapsed() >= every) {
            self.last = monotonic();
            self.send("WATCHDOG=1");
        }
    }

    fn send(&self, text: &str) {
        if let Some(socket) = &self.socket {
            // A manager that is gone needs no word.
            let _ = socket.send(text.as_bytes());
        }
    }
}

fn connect(name: &str) -> io::Result<UnixDatagram> {
    let socket = UnixDatagram::unbound()?;
    match name.strip_prefix('@') {
        Some(name) => socket.connect_addr(&SocketAddr::from_abstract_name(name)?)?,
        None => socket.connect(name)?,
    }
    Ok(socket)
}

/// The first socket that systemd hands over (`LISTEN_FDS`); `None` without one.
///
/// # Errors
/// When what it hands over is no TCP listener.
pub fn handed_over() -> io::Result<Option<TcpListener>> {
    let listener = ListenFd::from_env().take_tcp_listener(0)?;
    if let Some(listener) = &listener {
        // No child inherits it.
        rustix::io::fcntl_setfd(listener, rustix::io::FdFlags::CLOEXEC)?;
        listener.set_nonblocking(true)?;
    }
    Ok(listener)
}
