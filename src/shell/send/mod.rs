//! Ways for a message to leave: a mail server, a web hook, a program. They know nothing of what a
//! message is about.

mod header;
pub mod message;
pub mod origin;
mod program;
mod smtp;
mod webhook;

use crate::bot::delivery::DeliverySpec;
use crate::shell::send::message::{Message, SendOutcome};
use crate::shell::send::origin::Origin;
use crate::shell::send::program::Program;
use crate::shell::send::smtp::Smtp;
use crate::shell::send::webhook::Webhook;

/// A way for messages to leave.
pub enum Channel {
    /// By a mail server.
    Smtp(Box<Smtp>),
    /// By an HTTP POST each.
    Webhook(Box<Webhook>),
    /// By a program each.
    Program(Program),
}

impl Channel {
    /// What the config says, with its secrets; `None` where it names no way. `sender` is said to
    /// servers that ask for no more.
    ///
    /// # Errors
    /// A secret or a certificate that is missing.
    pub fn new(
        spec: &DeliverySpec,
        origin: Origin<'_>,
        sender: &str,
    ) -> Result<Option<Channel>, String> {
        let inside = |key: &str| origin.key_of(key);
        let channel = match spec {
            DeliverySpec {
                smtp: Some(spec), ..
            } => {
                let key = inside("smtp");
                let origin = Origin {
                    key: &key,
                    ..origin
                };
                Channel::Smtp(Box::new(Smtp::new(spec, origin)?))
            }
            DeliverySpec {
                webhook: Some(spec),
                ..
            } => {
                let key = inside("webhook");
                let origin = Origin {
                    key: &key,
                    ..origin
                };
                Channel::Webhook(Box::new(Webhook::new(spec, origin, sender)?))
            }
            DeliverySpec {
                command: Some(argv),
                ..
            } => Channel::Program(Program::new(argv, origin)),
            DeliverySpec { .. } => return Ok(None),
        };
        Ok(Some(channel))
    }

    /// Whether a message needs a mail address to leave this way.
    pub fn needs_address(&self) -> bool {
        matches!(self, Channel::Smtp(_))
    }

    /// Makes sure that a message would be taken now.
    ///
    /// # Errors
    /// Why not.
    pub fn ready(&mut self) -> Result<(), String> {
        match self {
            Channel::Smtp(smtp) => smtp.ready(),
            Channel::Webhook(_) | Channel::Program(_) => Ok(()),
        }
    }

    /// Sends a message.
    pub fn send(&mut self, message: &Message) -> SendOutcome {
        match self {
            Channel::Smtp(smtp) => smtp.send(message),
            Channel::Webhook(webhook) => webhook.send(message),
            Channel::Program(program) => program.send(message),
        }
    }

    /// Closes what is open.
    pub fn close(&mut self) {
        if let Channel::Smtp(smtp) = self {
            smtp.close();
        }
    }
}
