//! Messages by an HTTP POST of JSON each.

use std::time::Duration;

use serde_json::Value;
use ureq::Agent;

use crate::bot::delivery::{SecretSpec, WebhookSpec};
use crate::shell::bot::Refusal;
use crate::shell::bot::contract::Contract;
use crate::shell::bot::http::{agent, is_unheard};
use crate::shell::bot::letter::{Fate, Letter};

/// An address that takes messages.
pub struct Webhook {
    agent: Agent,
    url: String,
    headers: Vec<(String, String)>,
    secrets: Vec<String>,
}

impl Webhook {
    /// What the config says, with its secrets.
    ///
    /// # Errors
    /// A secret or certificate that is missing.
    pub fn new(spec: &WebhookSpec, contract: &Contract) -> Result<Webhook, Refusal> {
        let mut secrets = Vec::new();
        let mut resolve = |key: &str, value: &Value| match value.as_str() {
            Some(text) => Ok(text.to_owned()),
            None => {
                let secret: SecretSpec = serde_json::from_value(value.clone()).unwrap_or_default();
                let text = contract.secret(&format!("delivery.webhook.{key}"), &secret)?;
                secrets.push(text.clone());
                Ok::<String, Refusal>(text)
            }
        };
        let url = resolve("url", &spec.url)?;
        let mut headers = Vec::new();
        for (name, value) in &spec.headers {
            headers.push((name.clone(), resolve(&format!("headers.{name}"), value)?));
        }
        let timeout = Duration::from_secs(spec.timeout_secs);
        let ca = ("delivery.webhook.ca_file", spec.ca_file.as_deref());
        let name = concat!("jobsd/", env!("CARGO_PKG_VERSION"), " (birthday bot)");
        Ok(Webhook {
            agent: agent(ca, timeout, name, contract)?,
            url,
            headers,
            secrets,
        })
    }

    /// Posts a message. 2xx took it; what a server says with 4xx or 503, or by not being there, is that it did not; any other
    /// end leaves it unknown.
    pub fn send(&self, letter: &Letter) -> Fate {
        let body = match serde_json::to_vec(letter) {
            Ok(body) => body,
            Err(error) => return Fate::Failed(error.to_string()),
        };
        let mut request = self
            .agent
            .post(&self.url)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", &letter.id);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        match request.send(&body) {
            Ok(answer) => {
                let status = answer.status();
                let cause = format!("the web hook answered {status}");
                match status.as_u16() {
                    200..300 => Fate::Sent,
                    300..500 | 503 => Fate::Failed(cause),
                    _ => Fate::Unknown(cause),
                }
            }
            Err(error) => {
                let cause = self.masked(&error.to_string());
                if is_unheard(&error) {
                    Fate::Down(cause)
                } else {
                    Fate::Unknown(cause)
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
