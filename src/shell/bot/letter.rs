//! A birthday message to somebody, in the words of the config or ours.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::bot::contact::Contact;
use crate::bot::delivery::TemplatesSpec;
use crate::bot::due::Occasion;
use crate::bot::template::{self, Filling, Template};
use crate::shell::bot::Refusal;
use crate::shell::send::message::Message;
use crate::text::Lang;
use crate::text::bot_setup as words;

/// A message, as a web hook or a program gets it.
#[derive(Clone, Debug, Serialize)]
pub struct Letter {
    /// The same for the same person and birthday: whoever takes messages can tell a second one by
    /// it.
    pub id: String,
    /// The mail address, where it is known.
    pub to: Option<String>,
    /// The full name.
    pub name: String,
    /// What friends say.
    pub first_name: String,
    /// The subject of a mail.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The birthday, a date.
    pub birthday: String,
    /// Days behind it.
    pub days_late: u32,
    /// The age reached, where the year is known.
    pub age: Option<i16>,
}

impl Letter {
    /// The letter as it is sent.
    pub fn message(&self) -> Message {
        Message {
            id: self.id.clone(),
            mail_id: format!("{}.birthday", self.id),
            to: self.to.clone(),
            name: self.name.clone(),
            subject: self.subject.clone(),
            text: self.text.clone(),
            json: serde_json::to_vec(self).expect("text and numbers are JSON"),
        }
    }
}

/// `delivery` is missing.
pub fn nowhere() -> Refusal {
    Refusal(words::no_delivery())
}

/// The words of messages, read.
pub struct Words {
    subjects: Vec<Template>,
    messages: Vec<Template>,
    late_subjects: Vec<Template>,
    late_messages: Vec<Template>,
}

impl Words {
    /// The config's words; where it has none, ours in a language.
    ///
    /// # Errors
    /// A template that is not understood.
    pub fn new(spec: &TemplatesSpec, lang: Lang) -> Result<Words, Refusal> {
        let own = defaults(lang);
        let read = |list: &[crate::bot::delivery::Template]| -> Result<Vec<Template>, Refusal> {
            let texts = list.iter().map(|template| template.0.as_str());
            texts
                .map(|text| template::parse(text).map_err(|part| unknown(&part)))
                .collect()
        };
        let or =
            |list: Vec<Template>, other: Vec<Template>| if list.is_empty() { other } else { list };
        let subjects = read(&spec.subjects)?;
        let messages = read(&spec.messages)?;
        let ours = |text: &str| vec![template::parse(text).expect("our own template is good")];
        let late_subjects = or(read(&spec.late_subjects)?, subjects.clone());
        let late_messages = or(read(&spec.late_messages)?, messages.clone());
        Ok(Words {
            subjects: or(subjects, ours(own[0])),
            messages: or(messages, ours(own[1])),
            late_subjects: or(late_subjects, ours(own[2])),
            late_messages: or(late_messages, ours(own[3])),
        })
    }

    /// The message to somebody; `None` when every text needs an age that is not known.
    pub fn letter(
        &self,
        contact: &Contact,
        keys: &[String],
        occasion: &Occasion,
    ) -> Option<Letter> {
        let filling = Filling {
            first_name: &contact.first_name,
            name: &contact.name,
            age: occasion.age,
            days_late: occasion.days_late,
        };
        let (subjects, messages) = match occasion.days_late {
            0 => (&self.subjects, &self.messages),
            _ => (&self.late_subjects, &self.late_messages),
        };
        let digest = Sha256::digest(format!("{}\n{}", keys.first()?, occasion.date));
        let seed = digest
            .iter()
            .take(8)
            .fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
        let subject = template::choose(subjects, &filling, seed)?;
        Some(Letter {
            id: digest
                .iter()
                .take(16)
                .map(|byte| format!("{byte:02x}"))
                .collect(),
            to: contact.email.clone(),
            name: contact.name.clone(),
            first_name: contact.first_name.clone(),
            // A header is one line.
            subject: subject.split_whitespace().collect::<Vec<_>>().join(" "),
            text: template::choose(messages, &filling, seed)?,
            birthday: occasion.date.to_string(),
            days_late: occasion.days_late,
            age: occasion.age,
        })
    }
}

/// Subject and text, in time and late.
fn defaults(lang: Lang) -> [&'static str; 4] {
    match lang {
        Lang::En => [
            "Happy birthday, {first_name}!",
            "Dear {first_name},\n\nhappy birthday, and all the best for the year to come!\n",
            "Happy belated birthday, {first_name}!",
            "Dear {first_name},\n\nbetter late than never: happy birthday, and all the best for the year to come!\n",
        ],
        Lang::Fr => [
            "Joyeux anniversaire, {first_name} !",
            "Cher·e {first_name},\n\njoyeux anniversaire, et tous mes vœux pour l’année qui vient !\n",
            "Joyeux anniversaire en retard, {first_name} !",
            "Cher·e {first_name},\n\nmieux vaut tard que jamais : joyeux anniversaire, et tous mes vœux pour l’année qui vient !\n",
        ],
    }
}

fn unknown(part: &str) -> Refusal {
    Refusal(words::unknown_in_template(part))
}
