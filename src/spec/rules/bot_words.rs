//! What a schema cannot say of a bot's config: templates, addresses, logins.

use crate::bot::{contact, template};
use crate::model::diagnostic::Span;
use crate::spec::yaml::tree::{Fault, Kind, Node};
use crate::text::{Words, findings};

/// Findings in a bot's config, which stands under `prefix`.
pub fn check(config: &Node, prefix: &str, faults: &mut Vec<Fault>) {
    if !matches!(config.kind, Kind::Map(_)) {
        return;
    }
    templates(config, prefix, faults);
    if let Some(smtp) = config.at("/delivery/smtp") {
        let prefix = format!("{prefix}.delivery.smtp");
        sender(smtp, &prefix, faults);
        login(smtp, &prefix, faults);
    }
}

fn templates(config: &Node, prefix: &str, faults: &mut Vec<Fault>) {
    let Some((_, templates)) = config.get("templates") else {
        return;
    };
    let lists = ["subjects", "messages", "late_subjects", "late_messages"];
    for list in lists {
        let Some((_, list_node)) = templates.get(list) else {
            continue;
        };
        let Kind::List(items) = &list_node.kind else {
            continue;
        };
        for (index, node) in items.iter().enumerate() {
            let Some(text) = text(node) else { continue };
            let key = format!("{prefix}.templates.{list}.{index}");
            if let Err(part) = template::parse(&text) {
                let words = findings::template(&key, &part);
                faults.push(fault(node.span, key, words));
            }
        }
    }
}

fn sender(smtp: &Node, prefix: &str, faults: &mut Vec<Fault>) {
    let Some((_, node)) = smtp.get("from") else {
        return;
    };
    let Some(text) = text(node) else { return };
    if contact::mailbox(&text).is_none() {
        let key = format!("{prefix}.from");
        let words = findings::mail_address(&key, &text);
        faults.push(fault(node.span, key, words));
    }
}

fn login(smtp: &Node, prefix: &str, faults: &mut Vec<Fault>) {
    let (user, password) = (smtp.get("user"), smtp.get("password"));
    match (user, password) {
        (Some((key, _)), None) => {
            let words = findings::half_login("user", "password");
            faults.push(fault(key.span, format!("{prefix}.user"), words));
        }
        (None, Some((key, _))) => {
            let words = findings::half_login("password", "user");
            faults.push(fault(key.span, format!("{prefix}.password"), words));
        }
        (Some(_), Some((key, _))) => {
            let value = |name: &str| smtp.get(name).and_then(|(_, node)| text(node));
            let host = value("host").unwrap_or_default();
            if value("tls").as_deref() == Some("none") && !is_loopback(&host) {
                let words = findings::clear_login(&host);
                faults.push(fault(key.span, format!("{prefix}.password"), words));
            }
        }
        (None, None) => {}
    }
}

/// Whether what is sent to this host stays on the machine.
fn is_loopback(host: &str) -> bool {
    let address = host.parse::<core::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

fn text(node: &Node) -> Option<String> {
    node.to_json().as_str().map(str::to_owned)
}

fn fault(span: Span, key: String, words: Words) -> Fault {
    Fault {
        span,
        key,
        words,
        related: None,
    }
}
