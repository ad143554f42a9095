//! Texts and names as values of mail headers (RFC 5322, RFC 2047). No line is longer than 78
//! bytes, and whatever a header would understand by itself is in encoded words: any text can be
//! sent, and is read as it was written. lettre folds at spaces only, so a long word makes a line
//! that servers refuse, and every run fails.

use lettre::message::Mailbox;
use lettre::message::header::{HeaderName, HeaderValue};

/// Bytes of a line, without its end (RFC 5322, 2.1.1). The next line begins with a space.
const LINE_BYTES_MAX: usize = 76;
/// Bytes of an encoded word (RFC 2047, 2).
const ENCODED_BYTES_MAX: usize = 75;
/// Longest word that is written as it is: one that fits into the first line.
const PLAIN_BYTES_MAX: usize = 60;
/// What is around the text of an encoded word.
const FRAME: [&str; 2] = ["=?utf-8?q?", "?="];
/// One character, encoded: four bytes of three letters.
const CHARACTER_BYTES_MAX: usize = 12;

/// A header of free text.
pub fn text(name: &'static str, text: &str) -> HeaderValue {
    let mut lines = Lines::after(name);
    lines.put_text(text, is_plain);
    lines.header(name, text)
}

/// A header of one name and address.
pub fn mailbox(name: &'static str, mailbox: &Mailbox) -> HeaderValue {
    let mut lines = Lines::after(name);
    match mailbox.name.as_deref().map(str::trim) {
        None | Some("") => lines.put(mailbox.email.as_ref()),
        Some(person) => {
            lines.put_text(person, is_atom);
            lines.put(&format!("<{}>", mailbox.email));
        }
    }
    lines.header(name, &mailbox.to_string())
}

/// A word that free text shows as it is.
fn is_plain(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_graphic()) && !word.contains("=?")
}

/// A word that a name shows as it is: an atom (RFC 5322, 3.2.3).
fn is_atom(word: &str) -> bool {
    let in_atom = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/^_`{|}~".contains(&byte);
    word.bytes().all(in_atom)
}

/// The lines of a header's value.
struct Lines {
    value: String,
    /// Bytes of the last line, with the header's name in the first one.
    used: usize,
    is_first: bool,
}

impl Lines {
    fn after(name: &str) -> Lines {
        Lines {
            value: String::new(),
            used: name.len() + ": ".len(),
            is_first: true,
        }
    }

    fn header(self, name: &'static str, raw: &str) -> HeaderValue {
        let name = HeaderName::new_from_ascii_str(name);
        HeaderValue::dangerous_new_pre_encoded(name, raw.to_owned(), self.value)
    }

    /// Bytes that the next word may have on this line.
    fn room(&self) -> usize {
        let space = usize::from(!self.is_first);
        LINE_BYTES_MAX.saturating_sub(self.used + space)
    }

    /// Adds a word, on a line of its own where this one has no room. The first one stays beside
    /// the name: some programs drop a header whose first line is empty.
    fn put(&mut self, word: &str) {
        if !self.is_first {
            let (space, used) = match word.len() <= self.room() {
                true => (" ", self.used + 1),
                false => ("\r\n ", 1),
            };
            self.value += space;
            self.used = used;
        }
        self.value += word;
        self.used += word.len();
        self.is_first = false;
    }

    /// Adds words: those that may be plain as they are, the others encoded. The space between two
    /// encoded words is no part of the text, so that words beside each other are encoded as one.
    fn put_text(&mut self, text: &str, may_be_plain: fn(&str) -> bool) {
        let mut encoded: Vec<&str> = Vec::new();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            if word.len() > PLAIN_BYTES_MAX || !may_be_plain(word) {
                encoded.push(word);
                continue;
            }
            self.put_encoded(&encoded);
            encoded.clear();
            self.put(word);
        }
        self.put_encoded(&encoded);
    }

    fn put_encoded(&mut self, words: &[&str]) {
        let frame = FRAME[0].len() + FRAME[1].len();
        let mut inside = String::new();
        for c in words.join(" ").chars() {
            let room = self.room().min(ENCODED_BYTES_MAX).saturating_sub(frame);
            // Where not one character has room, the word goes to the next line.
            let room = match room < CHARACTER_BYTES_MAX {
                true => ENCODED_BYTES_MAX - frame,
                false => room,
            };
            let letters = encoded(c);
            if inside.len() + letters.len() > room {
                self.put(&framed(&std::mem::take(&mut inside)));
            }
            inside += &letters;
        }
        if !inside.is_empty() {
            self.put(&framed(&inside));
        }
    }
}

fn framed(inside: &str) -> String {
    let [begin, end] = FRAME;
    format!("{begin}{inside}{end}")
}

/// A character in the Q encoding, as it may stand in a name (RFC 2047, 5).
fn encoded(c: char) -> String {
    if c == ' ' {
        return "_".to_owned();
    }
    if c.is_ascii_alphanumeric() || "!*+-/".contains(c) {
        return c.to_string();
    }
    let mut bytes = [0; 4];
    let bytes = c.encode_utf8(&mut bytes).bytes();
    bytes.map(|byte| format!("={byte:02X}")).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn value(text: &str) -> String {
        let mut lines = Lines::after("Subject");
        lines.put_text(text, is_plain);
        lines.value
    }

    #[test]
    fn only_what_needs_it_is_encoded() {
        assert_eq!(value("Happy birthday, Ana!"), "Happy birthday, Ana!");
        assert_eq!(
            value("Bon été à tous"),
            "Bon =?utf-8?q?=C3=A9t=C3=A9_=C3=A0?= tous"
        );
        assert_eq!(
            value("=?utf-8?q?no?="),
            "=?utf-8?q?=3D=3Futf-8=3Fq=3Fno=3F=3D?="
        );
    }

    #[test]
    fn no_line_of_a_header_is_long() {
        let texts = [
            "x".repeat(1_200),
            "é".repeat(900),
            "🎂 ab ".repeat(300),
            "mot ".repeat(400),
        ];
        for text in texts {
            for line in format!("Subject: {}", value(&text)).split("\r\n") {
                assert!((2..=78).contains(&line.len()), "{line:?}");
                assert!(!line.trim().is_empty());
            }
        }
    }

    #[test]
    fn a_name_is_atoms_or_encoded_words() {
        let address = "a@example.org".parse().unwrap();
        let value = |name: &str| {
            let mut lines = Lines::after("To");
            lines.put_text(name, is_atom);
            lines.value
        };
        assert_eq!(value("Ana Lima"), "Ana Lima");
        assert_eq!(value("Ray, Jr."), "=?utf-8?q?Ray=2C_Jr=2E?=");
        let header = mailbox("To", &Mailbox::new(Some(" ".to_owned()), address));
        let alone = HeaderName::new_from_ascii_str("To");
        let address = "a@example.org".to_owned();
        let alone = HeaderValue::dangerous_new_pre_encoded(alone, address.clone(), address);
        assert_eq!(header, alone);
    }
}
