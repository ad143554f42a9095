//! `Contact`: a person with a birthday, as an address book says; `Problem`: what is wrong in one,
//! with its line.

use std::sync::Arc;

use crate::text::{Text, contacts as words};
use crate::time::civil::Date;

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

/// A day of birth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Birthday {
    /// The year, where it is known.
    pub year: Option<i16>,
    /// The month, from 1.
    pub month: i8,
    /// The day, from 1.
    pub day: i8,
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
    /// The mail address.
    pub email: Option<String>,
    /// The entry's own id.
    pub uid: Option<String>,
    /// The day of birth.
    pub birthday: Option<String>,
    /// Whether the year of birth is a filler.
    pub omits_year: bool,
}

impl Book {
    /// Checks an entry and takes it in, or says what is wrong with it.
    pub fn take(&mut self, raw: Raw, place: Place) {
        let written = raw.birthday.as_deref().map(str::trim).unwrap_or_default();
        if written.is_empty() {
            self.without_birthday += 1;
            return;
        }
        match check(raw, place.clone()) {
            Ok(contact) => self.contacts.push(contact),
            Err(text) => self.problems.push(Problem { place, text }),
        }
    }

    /// Notes what is wrong at a place.
    pub fn refuse(&mut self, place: Place, text: Text) {
        self.problems.push(Problem { place, text });
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

fn check(raw: Raw, place: Place) -> Result<Contact, Text> {
    let birthday = birthday(raw.birthday.unwrap_or_default().trim(), raw.omits_year)?;
    let part = |text: &Option<String>| text.as_deref().unwrap_or_default().trim().to_owned();
    let (first, last) = (part(&raw.first_name), part(&raw.last_name));
    let mut name = part(&raw.name);
    if name.is_empty() {
        name = format!("{first} {last}").trim().to_owned();
    }
    harmless(&name)?;
    let given = if first.is_empty() {
        name.split_whitespace().next().unwrap_or_default()
    } else {
        harmless(&first)?;
        &first
    };
    let email = raw.email.map(|email| email.trim().to_owned());
    let email = email.filter(|email| !email.is_empty());
    if let Some(email) = email.as_ref().filter(|email| !is_mail(email)) {
        return Err(words::not_mail(email));
    }
    let uid = raw.uid.map(|uid| uid.trim().to_owned());
    Ok(Contact {
        first_name: given.to_owned(),
        name,
        email,
        uid: uid.filter(|uid| !uid.is_empty()),
        birthday,
        place,
    })
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

/// A day of birth: `1985-03-12`, `19850312`, `--0312`, `--03-12`, `03-12`, each with or without a
/// time after it.
fn birthday(text: &str, omits_year: bool) -> Result<Birthday, Text> {
    let refused = || words::not_a_day(text);
    let day = text.split(['T', 't', ' ']).next().unwrap_or_default();
    let digits: String = day.chars().filter(char::is_ascii_digit).collect();
    let form: String = day
        .chars()
        .map(|c| if c.is_ascii_digit() { '9' } else { c })
        .collect();
    let (year, rest) = match form.as_str() {
        "9999-99-99" | "99999999" => (digits[..4].parse::<i16>().ok(), &digits[4..]),
        "--9999" | "--99-99" | "99-99" => (None, digits.as_str()),
        _ => return Err(refused()),
    };
    let year = year.filter(|_| !omits_year);
    let number = |text: &str| text.parse::<i8>().unwrap_or(0);
    let (month, day) = (number(&rest[..2]), number(&rest[2..]));
    // Without a year any day may be one of a leap year.
    if Date::new(year.unwrap_or(2000), month, day).is_err() || year.is_some_and(|y| y < 1850) {
        return Err(refused());
    }
    Ok(Birthday { year, month, day })
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

/// A sender: an address, alone or as `Name <address>`; the name and the address.
pub fn mailbox(text: &str) -> Option<(Option<String>, String)> {
    let text = text.trim();
    let Some((name, rest)) = text.split_once('<') else {
        return is_mail(text).then(|| (None, text.to_owned()));
    };
    let address = rest.strip_suffix('>')?;
    let name = name.trim().trim_matches('"').trim();
    let is_plain = !name.chars().any(char::is_control);
    (is_plain && is_mail(address)).then(|| {
        let name = (!name.is_empty()).then(|| name.to_owned());
        (name, address.to_owned())
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn day(text: &str) -> Option<(Option<i16>, i8, i8)> {
        let found = birthday(text, false).ok()?;
        Some((found.year, found.month, found.day))
    }

    #[test]
    fn days_of_birth_are_read_in_every_usual_form() {
        assert_eq!(day("1985-03-12"), Some((Some(1985), 3, 12)));
        assert_eq!(day("19850312"), Some((Some(1985), 3, 12)));
        assert_eq!(day("19531015T231000Z"), Some((Some(1953), 10, 15)));
        assert_eq!(day("--0229"), Some((None, 2, 29)));
        assert_eq!(day("--02-29"), Some((None, 2, 29)));
        assert_eq!(day("03-12"), Some((None, 3, 12)));
        let bad = [
            "",
            "1985",
            "1985-03",
            "---12",
            "12/03/1985",
            "1985-02-30",
            "--0230",
            "1985-02-29",
            "é",
            "0001-01-01",
            "9999999",
        ];
        for text in bad {
            assert_eq!(day(text), None, "{text}");
        }
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
