//! Messages by a program each: it reads one JSON object, and its exit status says what became of
//! it.

use std::io::{self, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use crate::shell::send::message::{Message, SendOutcome};
use crate::shell::send::origin::Origin;
use crate::text::bot_setup as words;

/// A message's time.
const TIME_MAX: Duration = Duration::from_secs(60);

/// A program that sends one message.
pub struct Program {
    argv: Vec<String>,
    base: PathBuf,
}

impl Program {
    /// The config's words; a path in the first one starts from the base folder.
    pub fn new(argv: &[String], origin: Origin<'_>) -> Program {
        Program {
            argv: argv.to_vec(),
            base: origin.base.to_owned(),
        }
    }

    /// Runs the program: exit status 0 sent it, another one did not; a signal or a time-out leaves
    /// it unknown.
    pub fn send(&self, message: &Message) -> SendOutcome {
        let mut child = match self.start() {
            Ok(child) => child,
            Err(error) => {
                return SendOutcome::Down(words::not_started(&self.argv[0], error));
            }
        };
        let written = child
            .stdin
            .take()
            .map(|mut pipe| pipe.write_all(&message.json));
        // A program that does not read its input says by its exit status what became of the
        // message.
        drop(written);
        match wait(child) {
            Ok(Some(status)) if status.success() => SendOutcome::Sent,
            Ok(Some(status)) => match (status.code(), status.signal()) {
                (Some(code), _) => SendOutcome::Failed(words::exit(code)),
                (None, signal) => SendOutcome::Unknown(words::signal(signal.unwrap_or_default())),
            },
            Ok(None) => SendOutcome::Unknown(words::too_slow(TIME_MAX.as_secs())),
            Err(error) => SendOutcome::Unknown(error.to_string()),
        }
    }

    fn start(&self) -> io::Result<Child> {
        let word = &self.argv[0];
        let program = if word.contains('/') {
            self.base.join(word)
        } else {
            word.into()
        };
        Command::new(program)
            .args(&self.argv[1..])
            .stdin(Stdio::piped())
            .process_group(0)
            .spawn()
    }
}

/// The exit status; `None` when its time was over and its group was killed.
fn wait(mut child: Child) -> io::Result<Option<ExitStatus>> {
    let group = i32::try_from(child.id())
        .ok()
        .and_then(rustix::process::Pid::from_raw);
    let (sender, done) = mpsc::sync_channel(1);
    let waiter = std::thread::spawn(move || {
        let status = child.wait();
        // Whoever waited no longer has killed it.
        let _ = sender.send(status);
    });
    match done.recv_timeout(TIME_MAX) {
        Ok(status) => status.map(Some),
        Err(_) => {
            if let Some(group) = group {
                let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
            }
            // It ends now: its group was killed.
            let _ = waiter.join();
            Ok(None)
        }
    }
}
