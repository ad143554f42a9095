//! Messages by an HTTP POST of JSON each.

use std::time::Duration;

use serde_json::Value;
use ureq::Agent;

use crate::bot::delivery::{SecretSpec, WebhookSpec};
use crate::shell::client::{authorities, client, is_unheard};
use crate::shell::network;
use crate::shell::send::message::{Message, SendOutcome};
use crate::shell::send::origin::Origin;
use crate::text::bot_setup as words;

/// An address that takes messages.
pub struct Webhook {
    agent: Agent,
    url: String,
    headers: Vec<(String, String)>,
    secrets: Vec<String>,
}

impl Webhook {
    /// What the config says, with its secrets; `sender` is said to the server.
    ///
    /// # Errors
    /// A secret or certificate that is missing.
    pub fn new(spec: &WebhookSpec, origin: Origin<'_>, sender: &str) -> Result<Webhook, String> {
        let mut secrets = Vec::new();
        let mut resolve = |key: &str, value: &Value| match value.as_str() {
            Some(text) => Ok(text.to_owned()),
            None => {
                let secret: SecretSpec = serde_json::from_value(value.clone()).unwrap_or_default();
                let text = origin.secret(key, &secret)?;
                secrets.push(text.clone());
                Ok::<String, String>(text)
            }
        };
        let url = resolve("url", &spec.url)?;
        let mut headers = Vec::new();
        for (name, value) in &spec.headers {
            headers.push((name.clone(), resolve(&format!("headers.{name}"), value)?));
        }
        let timeout = Duration::from_secs(spec.timeout_secs);
        let ca_file = spec.ca_file.as_ref();
        let own = ca_file.map(|file| authorities(&origin.key_of("ca_file"), &origin.path(file)));
        let name = format!("jobsd/{} ({sender})", env!("CARGO_PKG_VERSION"));
        Ok(Webhook {
            agent: client(own.transpose()?.unwrap_or_default(), timeout, &name),
            url,
            headers,
            secrets,
        })
    }

    /// Posts a message. 2xx took it; what a server says with 4xx or 503, or by not being there, is
    /// that it did not; any other end leaves it unknown.
    pub fn send(&self, message: &Message) -> SendOutcome {
        let mut request = self
            .agent
            .post(&self.url)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", &message.id);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        match request.send(&message.json) {
            Ok(answer) => {
                let status = answer.status();
                let cause = words::hook_answered(status);
                match status.as_u16() {
                    200..300 => SendOutcome::Sent,
                    300..500 | 503 => SendOutcome::Failed(cause),
                    _ => SendOutcome::Unknown(cause),
                }
            }
            Err(error) => {
                let cause = self.masked(&network::of_request(&error));
                if is_unheard(&error) {
                    SendOutcome::Down(cause)
                } else {
                    SendOutcome::Unknown(cause)
                }
            }
        }
    }

    fn masked(&self, text: &str) -> String {
        let secrets = self.secrets.iter().filter(|secret| !secret.is_empty());
        secrets.fold(text.to_owned(), |text, secret| {
            text.replace(secret.as_str(), "***")
        })
    }
}
