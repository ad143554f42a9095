//! The form of a mail: whatever its words are, servers take it and programs read it as it was
//! written.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::io::Write;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::bots::{BotFolder, birthday, card};
use crate::support::child::clean;
use crate::support::mail::Server;

const DAY: &str = "2026-03-12";

/// What another program reads in a mail: Python's. Its newer way with names keeps the spaces
/// between encoded words, which RFC 2047 (6.2) drops; the older one does not.
fn read(mail: &str) -> Value {
    let program = "
import email, email.policy, json, sys
from email.header import decode_header, make_header
from email.utils import parseaddr
data = sys.stdin.buffer.read()
mail = email.message_from_bytes(data, policy=email.policy.default)
old = email.message_from_bytes(data)
def who(key):
    name, address = parseaddr(old[key].replace('\\r', '').replace('\\n', ''))
    return [str(make_header(decode_header(name))), address]
defects = [str(d) for key in mail.keys() for d in mail[key].defects]
print(json.dumps({'subject': mail['subject'], 'from': who('from'), 'to': who('to'),
                  'text': mail.get_content(), 'defects': defects}))";
    let mut child = clean("python3")
        .args(["-c", program])
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(mail.as_bytes()).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What a server gets of one birthday, and what a program reads in it.
fn sent(subject: &str, text: &str, name: &str, from: &str) -> (String, Value) {
    let (world, server) = (BotFolder::new(), Server::new());
    world.write("contacts.vcf", card(name, "zoe@example.org", "1990-03-12"));
    let mut config = birthday(server.port, json!({}));
    config["templates"] = json!({"subjects": [subject], "messages": [text]});
    config["delivery"]["smtp"]["from"] = json!(from);
    let ended = world.run("birthday", &config, DAY, &[]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let data = server.take().remove(0).data;
    let said = read(&data);
    (data, said)
}

/// A word of 1,200 letters used to fail every run: lettre folds at spaces only.
#[test]
fn a_subject_of_any_length_arrives_as_written() {
    let subjects = [
        "x".repeat(1_200),
        "y".repeat(10_000),
        "é".repeat(2_500),
        "Joyeux anniversaire à tous les élèves 🎂 de la classe ".repeat(40),
        "{{name}} =?utf-8?q?no?= \"a\\b\" <c@d>, e; f: (g)".to_owned(),
        "a\u{1}b \u{7f} 漢字".to_owned(),
    ];
    for subject in subjects {
        let (data, said) = sent(&subject, "Hello", "Zoé", "Léa <lea@example.org>");
        let written = subject.replace("{{", "{").replace("}}", "}");
        let written = written.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(said["subject"], written);
        assert_eq!(said["defects"], json!([]), "{data}");
        let head = data.split("\r\n\r\n").next().unwrap();
        let is_good = |line: &str| line.len() <= 78 && !line.trim().is_empty();
        assert!(head.split("\r\n").all(is_good), "{head}");
    }
}

#[test]
fn names_of_any_length_arrive_as_written() {
    let people = [
        "Zoé Martin".to_owned(),
        "Z".repeat(200),
        "Zoë O'Neil".to_owned() + &" van de Élan".repeat(15),
        "Ray \"Bo\" <x@y> Paul; a:b (c) @d".to_owned(),
        "山田 太郎".to_owned(),
    ];
    let senders = [
        "L".repeat(290),
        "é".repeat(290),
        "Léa, \"Lu\" (x)".to_owned(),
    ];
    for (person, sender) in people.iter().zip(senders.iter().cycle()) {
        let from = format!("{sender} <lea@example.org>");
        let (data, said) = sent("Hello", "Hello", person, &from);
        assert_eq!(said["to"], json!([person, "zoe@example.org"]), "{data}");
        assert_eq!(said["from"], json!([sender, "lea@example.org"]), "{data}");
        assert_eq!(said["defects"], json!([]), "{data}");
    }
}

/// Servers refuse longer lines, and carriage returns by themselves.
#[test]
fn a_text_of_any_form_arrives_as_written() {
    let texts = [
        "x".repeat(9_999),
        "é".repeat(5_000),
        ".\n..\n.a\n".to_owned(),
        "one\r\ntwo\rthree\n\r\n".to_owned(),
        "\u{0}\u{1}\u{feff}".to_owned(),
    ];
    for text in texts {
        let (data, said) = sent("Hello", &text, "Zoé", "lea@example.org");
        let got = said["text"].as_str().unwrap().replace("\r\n", "\n");
        let written = text.replace("\r\n", "\n").replace('\r', "\n");
        assert_eq!(got.trim_end(), written.trim_end(), "{data}");
    }
}
