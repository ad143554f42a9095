//! `Contact`: a person with a birthday, as an address book says; `Problem`: what is wrong in one,
//! with its line.

use std::sync::Arc;

use crate::bot::day::{self, Birthday, DateOrder, NoDay};
use crate::recurrence::Recurrence;
use crate::text::{Text, contacts as words};

/// Characters of a name.
const NAME_CHARS_MAX: usize = 200;

/// Where something is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, as the user names it.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: usize,
}

/// Something wrong, at its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What, and what to do.
    pub text: Text,
}

/// A person with a birthday.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// The full name.
    pub name: String,
    /// What friends say.
    pub first_name: String,
    /// The mail address, where there is one.
    pub email: Option<String>,
    /// The entry's own id, where it has one.
    pub uid: Option<String>,
    /// When they were born.
    pub birthday: Birthday,
    /// The days of an event of a calendar; `None` where the birthday comes each year.
    pub days: Option<Recurrence>,
    /// Where the entry begins.
    pub place: Place,
}

/// What a file of an address book gives.
#[derive(Clone, Debug, Default)]
pub struct Book {
    /// People with a birthday.
    pub contacts: Vec<Contact>,
    /// Entries that were refused.
    pub problems: Vec<Problem>,
    /// Entries without a birthday.
    pub without_birthday: usize,
    /// Entries that are understood and of no one who is greeted: the dead, organisations, weddings,
    /// events that were called off.
    pub set_aside: usize,
}

/// What a file gives of addresses of pages, each with its line.
#[derive(Clone, Debug, Default)]
pub struct Listed {
    /// The addresses, as written.
    pub urls: Vec<(usize, String)>,
    /// What is wrong.
    pub problems: Vec<(usize, Text)>,
}

/// An entry as written, before it is checked.
#[derive(Clone, Debug, Default)]
pub struct Raw {
    /// The full name.
    pub name: Option<String>,
    /// The given name.
    pub first_name: Option<String>,
    /// The family name.
    pub last_name: Option<String>,
    /// Mail addresses, the preferred one first.
    pub emails: Vec<String>,
    /// The entry's own id.
    pub uid: Option<String>,
    /// The day of birth.
    pub birthday: Option<String>,
    /// Which of two numbers is its day.
    pub order: Option<DateOrder>,
    /// Whether the year of birth is a filler.
    pub omits_year: bool,
    /// The days of an event.
    pub days: Option<Recurrence>,
}

impl Book {
    /// Checks an entry and takes it in, or says what is wrong with it.
    pub fn take(&mut self, raw: Raw, place: Place) {
        if day::is_none(raw.birthday.as_deref().unwrap_or_default()) {
            self.without_birthday += 1;
            return;
        }
        match self.check(raw, place.clone()) {
            Ok(contact) => self.contacts.push(contact),
            Err(text) => self.problems.push(Problem { place, text }),
        }
    }

    /// Notes what is wrong at a place.
    pub fn refuse(&mut self, place: Place, text: Text) {
        self.problems.push(Problem { place, text });
    }

    fn check(&mut self, raw: Raw, place: Place) -> Result<Contact, Text> {
        let written = raw.birthday.as_deref().unwrap_or_default().trim();
        let mut birthday = day::read(written, raw.order).map_err(|why| match why {
            NoDay::NotADay => words::not_a_day(written),
            NoDay::TwoDays => words::two_days(written),
        })?;
        birthday.year = birthday.year.filter(|_| !raw.omits_year);
        let (first_name, name) = names(&raw)?;
        let written = raw.emails.iter().map(|email| email.trim());
        let written: Vec<&str> = written.filter(|email| !email.is_empty()).collect();
        let email = written.iter().find_map(|email| mail(email));
        if let (None, Some(bad)) = (&email, written.first()) {
            // The person is known all the same: a web hook or a program may need no address.
            self.refuse(place.clone(), words::not_mail(bad));
        }
        let uid = raw.uid.map(|uid| uid.trim().to_owned());
        Ok(Contact {
            first_name,
            name,
            email,
            uid: uid.filter(|uid| !uid.is_empty()),
            birthday,
            days: raw.days,
            place,
        })
    }
}

impl Contact {
    /// What a person is known by: mail address and entry id; the name and day where there is
    /// neither.
    pub fn keys(&self) -> Vec<String> {
        let mail = self
            .email
            .as_ref()
            .map(|email| format!("mail:{}", email.to_lowercase()));
        let uid = self.uid.as_ref().map(|uid| format!("uid:{uid}"));
        let keys: Vec<String> = mail.into_iter().chain(uid).collect();
        if !keys.is_empty() {
            return keys;
        }
        let Birthday { month, day, .. } = self.birthday;
        vec![format!(
            "name:{}|{month:02}-{day:02}",
            self.name.to_lowercase()
        )]
    }
}

/// What friends say, and the full name.
fn names(raw: &Raw) -> Result<(String, String), Text> {
    let part = |text: &Option<String>| text.as_deref().unwrap_or_default().trim().to_owned();
    let (first, last) = (part(&raw.first_name), part(&raw.last_name));
    let mut name = turned(part(&raw.name));
    if name.is_empty() {
        name = format!("{first} {last}").trim().to_owned();
    }
    harmless(&name)?;
    if first.is_empty() {
        let first = name.split_whitespace().next().unwrap_or_default();
        return Ok((first.to_owned(), name));
    }
    harmless(&first)?;
    Ok((first, name))
}

/// `Perrot, Nadia` as people say it.
fn turned(name: String) -> String {
    match name.split_once(',') {
        Some((last, first)) if !first.contains(',') && !is_title(first.trim()) => {
            format!("{} {}", first.trim(), last.trim())
                .trim()
                .to_owned()
        }
        _ => name,
    }
}

/// Whether what follows a comma is no given name.
fn is_title(text: &str) -> bool {
    const TITLES: [&str; 10] = [
        "jr", "sr", "ii", "iii", "iv", "phd", "md", "dds", "esq", "mba",
    ];
    let plain = text.to_lowercase().replace('.', "");
    plain.is_empty() || TITLES.contains(&plain.as_str())
}

/// A name may end up in a mail header, a sheet or a terminal: what would act there is refused.
fn harmless(name: &str) -> Result<(), Text> {
    let turns =
        |c: char| ('\u{202a}'..='\u{202e}').contains(&c) || ('\u{2066}'..='\u{2069}').contains(&c);
    if name.is_empty() {
        return Err(words::no_name());
    }
    if name.chars().any(|c| c.is_control() || turns(c)) {
        return Err(words::control_in_name());
    }
    if name.starts_with(['=', '+', '-', '@']) {
        return Err(words::formula_in_name());
    }
    if name.chars().count() > NAME_CHARS_MAX {
        return Err(words::long_name(NAME_CHARS_MAX));
    }
    Ok(())
}

/// Whether a text is a plain mail address: ASCII, one `@`, nothing that a mail header gives a
/// meaning.
pub fn is_mail(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let in_local = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c);
    let good_local = (1..=64).contains(&local.len())
        && local.chars().all(in_local)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..");
    let good_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    good_local && domain.len() <= 253 && domain.split('.').all(good_label)
}

/// A plain mail address as it is sent to: a domain of other letters in its `xn--` form (RFC 5890).
/// `None` where it is not one.
///
/// ```
/// use jobsd::bot::contact::mail;
/// assert_eq!(mail("zoe@exämple.com").as_deref(), Some("zoe@xn--exmple-cua.com"));
/// assert_eq!(mail("zoé@example.com"), None);
/// ```
pub fn mail(text: &str) -> Option<String> {
    let text = text.strip_prefix("mailto:").unwrap_or(text).trim();
    if is_mail(text) {
        return Some(text.to_owned());
    }
    let (local, domain) = text.split_once('@').filter(|_| !text.is_ascii())?;
    let domain = url::Host::parse(domain).ok()?.to_string();
    Some(format!("{local}@{domain}")).filter(|text| is_mail(text))
}

/// A sender: an address, alone or as `Name <address>`; the name and the address.
pub fn mailbox(text: &str) -> Option<(Option<String>, String)> {
    let text = text.trim();
    let Some((name, rest)) = text.split_once('<') else {
        return mail(text).map(|address| (None, address));
    };
    let address = rest.strip_suffix('>')?;
    let name = name.trim().trim_matches('"').trim();
    let is_plain = !name.chars().any(char::is_control);
    let name = (!name.is_empty()).then(|| name.to_owned());
    mail(address)
        .filter(|_| is_plain)
        .map(|address| (name, address))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn names_are_whole_and_in_their_order() {
        let names = |name: &str, first: &str| {
            let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
            let raw = Raw {
                name: some(name),
                first_name: some(first),
                ..Raw::default()
            };
            super::names(&raw).unwrap()
        };
        let pair = |first: &str, name: &str| (first.to_owned(), name.to_owned());
        assert_eq!(names("Nadia Perrot", ""), pair("Nadia", "Nadia Perrot"));
        assert_eq!(names("Perrot, Nadia", ""), pair("Nadia", "Nadia Perrot"));
        assert_eq!(names("Paul Ray, Jr.", ""), pair("Paul", "Paul Ray, Jr."));
        let both = names("Anne Marie Perrot", "Anne Marie");
        assert_eq!(both, pair("Anne Marie", "Anne Marie Perrot"));
    }

    #[test]
    fn a_mail_address_holds_nothing_that_a_header_understands() {
        assert!(is_mail("ana.lima+x@mail.example.org") && is_mail("a@localhost"));
        let bad = [
            "a",
            "a@",
            "@b",
            "a@b@c",
            "a b@c",
            "a@b,c@d",
            "a@b\r\nBcc: x@y",
            "a@b>",
            ".a@b",
            "a@-b",
            "é@b",
            "a@b..c",
        ];
        for text in bad {
            assert!(!is_mail(text), "{text}");
        }
        assert_eq!(
            mailbox("Ana Lima <a@b>"),
            Some((Some("Ana Lima".to_owned()), "a@b".to_owned()))
        );
        assert_eq!(mailbox("Ana\nBcc: x <a@b>"), None);
    }
}
