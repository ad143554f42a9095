//! The birthday bot: who is due, in which words, and what became of each message. Nobody is greeted
//! twice for one birthday: a synced ledger line stands before each message, and a message whose end
//! is unknown is never sent again.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::json;
use sha2::{Digest, Sha256};

use crate::bot::birthday::BirthdaySpec;
use crate::bot::contact::{Contact, Place};
use crate::bot::due::{Occasion, occasion};
use crate::shell::bot::book;
use crate::shell::bot::contract::Contract;
use crate::shell::bot::greeted::{Greeted, State};
use crate::shell::bot::letter::{Letter, Words, nowhere};
use crate::shell::bot::report::Report;
use crate::shell::bot::stop::Stop;
use crate::shell::bot::{Refusal, Voice};
use crate::shell::send::Channel;
use crate::shell::send::message::SendOutcome;
use crate::text::{Text, bot_setup as setup, bots as say};

/// What the result counts.
pub const COUNTERS: [&str; 8] = [
    "messages_sent",
    "due",
    "late",
    "greeted",
    "ignored",
    "failed",
    "unknown",
    "left",
];

/// One run.
pub struct Run<'a, 'v> {
    /// The config.
    pub spec: &'a BirthdaySpec,
    /// The contract.
    pub contract: &'a Contract,
    /// What is counted.
    pub report: &'a mut Report,
    /// Where sentences go.
    pub voice: &'a mut Voice<'v>,
    /// Whether it is to end.
    pub stop: &'a Stop,
}

/// Somebody to greet.
struct Due {
    contact: Contact,
    keys: Vec<String>,
    occasion: Occasion,
}

impl Run<'_, '_> {
    /// Greets everybody who is due, as far as the limits go.
    ///
    /// # Errors
    /// Why nobody, or nobody more, could be greeted.
    pub fn go(&mut self) -> Result<(), Refusal> {
        self.report.write()?;
        let named = self
            .spec
            .contacts
            .as_deref()
            .ok_or_else(|| Refusal(setup::no_contacts()))?;
        let delivery = self.spec.delivery.as_ref().ok_or_else(nowhere)?;
        let words = Words::new(&self.spec.templates, self.voice.lang)?;
        let origin = self.contract.origin("delivery");
        let channel = Channel::new(delivery, origin, "birthday bot")?;
        let mut delivery = channel.ok_or_else(nowhere)?;
        let book = book::contacts(&self.contract.path(named), named, self.spec.date_order)?;
        for problem in &book.problems {
            self.problem(&problem.place, &problem.text)?;
        }
        if book.contacts.is_empty() && book.set_aside == 0 {
            let (without, wrong) = (book.without_birthday, book.problems.len());
            return Err(Refusal(setup::nobody(named, without, wrong)));
        }
        let mut greeted = Greeted::open(self.contract)?;
        self.tell_unresolved(&mut greeted)?;
        let due = self.due(book.contacts, &greeted)?;
        let letters = self.letters(due, &words, delivery.needs_address())?;
        self.report.write()?;
        let allowed = usize::try_from(self.allowed()).unwrap_or(usize::MAX);
        let left = letters.len().saturating_sub(allowed);
        self.report.set("left", json!(left));
        if left > 0 {
            self.voice.say(&say::left(left))?;
        }
        let now: Vec<(Due, Letter)> = letters.into_iter().take(allowed).collect();
        if self.contract.dry_run {
            return self.show(&now);
        }
        let sent = self.send_all(&now, &mut greeted, &mut delivery);
        delivery.close();
        sent?;
        self.verdict()
    }

    /// A message whose end an earlier run did not see is told once, and never sent again.
    fn tell_unresolved(&mut self, greeted: &mut Greeted) -> Result<(), Refusal> {
        if self.contract.dry_run {
            return Ok(());
        }
        let found = greeted.resolve()?;
        if !found.is_empty() {
            self.report.set("unknown_before", json!(found.len()));
        }
        for line in found {
            self.voice
                .say(&say::unresolved(&line.name, &line.birthday.to_string()))?;
        }
        Ok(())
    }

    /// Everybody due who was not greeted yet; the birthdays that are longest ago, which end first,
    /// come first.
    fn due(&mut self, contacts: Vec<Contact>, greeted: &Greeted) -> Result<Vec<Due>, Refusal> {
        let late_max = if self.spec.process_late {
            self.spec.max_days_late
        } else {
            0
        };
        let today = self.contract.today();
        let mut due: Vec<Due> = Vec::new();
        let mut known: HashSet<(String, _)> = HashSet::new();
        for contact in contacts {
            let Some(occasion) = occasion(&contact, today, late_max) else {
                continue;
            };
            let keys = contact.keys();
            let is_twin = keys
                .iter()
                .any(|key| known.contains(&(key.clone(), occasion.date)));
            if is_twin {
                self.ignore(&contact.place, &say::duplicate())?;
                continue;
            }
            known.extend(keys.iter().map(|key| (key.clone(), occasion.date)));
            if greeted.has(&contact, &keys, occasion.date) {
                self.report.count("greeted", 1);
                continue;
            }
            self.report.count(
                if occasion.days_late == 0 {
                    "due"
                } else {
                    "late"
                },
                1,
            );
            due.push(Due {
                contact,
                keys,
                occasion,
            });
        }
        due.sort_by_key(|due| due.occasion.date);
        Ok(due)
    }

    /// The messages to everybody who can be reached; the others are told of.
    fn letters(
        &mut self,
        due: Vec<Due>,
        words: &Words,
        needs_address: bool,
    ) -> Result<Vec<(Due, Letter)>, Refusal> {
        let mut letters = Vec::new();
        for due in due {
            if needs_address && due.contact.email.is_none() {
                self.ignore(&due.contact.place, &say::no_address())?;
                continue;
            }
            match words.letter(&due.contact, &due.keys, &due.occasion) {
                Some(letter) => letters.push((due, letter)),
                None => self.ignore(&due.contact.place, &say::no_words())?,
            }
        }
        Ok(letters)
    }

    /// How many messages this run may send. Without jobsd's word, and in a dry run, as many as with
    /// unused limits.
    fn allowed(&self) -> u64 {
        let unused = [self.spec.daily_limit, self.spec.weekly_limit];
        let unused = unused.into_iter().flatten().min();
        let budget = if self.contract.dry_run {
            unused
        } else {
            self.contract.budget.or(unused)
        };
        let caps = [budget, self.spec.max_messages_per_run];
        caps.into_iter().flatten().min().unwrap_or(u64::MAX)
    }

    fn show(&mut self, letters: &[(Due, Letter)]) -> Result<(), Refusal> {
        for (due, letter) in letters {
            let to = letter.to.as_deref().unwrap_or("–");
            let text = say::would_send(&letter.name, to, due.occasion.days_late, &letter.subject);
            self.voice.say(&text)?;
        }
        self.report.set("would_send", json!(letters.len()));
        self.report.write()?;
        self.voice.say(&say::dry_run_over(letters.len()))?;
        Ok(())
    }

    fn send_all(
        &mut self,
        letters: &[(Due, Letter)],
        greeted: &mut Greeted,
        delivery: &mut Channel,
    ) -> Result<(), Refusal> {
        for (number, (due, letter)) in letters.iter().enumerate() {
            if number > 0 {
                self.stop.pause(self.pause(number));
            }
            let rest = letters.len() - number;
            if self.stop.is_told() {
                return Err(Refusal(setup::told_to_end(rest)));
            }
            if let Err(cause) = delivery.ready() {
                return self.give_up(rest, &cause);
            }
            if let SendOutcome::Down(cause) = self.send_one(due, letter, greeted, delivery)? {
                return self.give_up(rest - 1, &cause);
            }
        }
        Ok(())
    }

    /// One message: ledger, result, message, result, ledger. Whenever the bot is killed, what is on
    /// disk is enough: before the message a mark that it may have left, behind it what became of
    /// it.
    fn send_one(
        &mut self,
        due: &Due,
        letter: &Letter,
        greeted: &mut Greeted,
        delivery: &mut Channel,
    ) -> Result<SendOutcome, Refusal> {
        let (contact, keys, day) = (&due.contact, &due.keys, due.occasion.date);
        greeted.note(contact, keys, day, State::Sending)?;
        self.report.count("unknown", 1);
        self.report.write()?;
        let fate = delivery.send(&letter.message());
        let (counter, state) = match &fate {
            SendOutcome::Sent => ("messages_sent", State::Sent),
            SendOutcome::Failed(_) | SendOutcome::Down(_) => ("failed", State::Failed),
            SendOutcome::Unknown(_) => ("unknown", State::Unknown),
        };
        self.report.count("unknown", -1);
        self.report.count(counter, 1);
        if let SendOutcome::Failed(cause) | SendOutcome::Down(cause) | SendOutcome::Unknown(cause) =
            &fate
        {
            let place = &contact.place;
            let sentence = format!("{}:{}: {counter}: {cause}", place.file, place.line);
            self.report.note("errors", &sentence);
        }
        self.report.write()?;
        greeted.note(contact, keys, day, state)?;
        self.voice.say(&match &fate {
            SendOutcome::Sent => say::sent(&letter.name),
            SendOutcome::Failed(cause) | SendOutcome::Down(cause) => {
                say::failed(&letter.name, &setup::text(cause))
            }
            SendOutcome::Unknown(cause) => say::unknown(&letter.name, &setup::text(cause)),
        })?;
        Ok(fate)
    }

    /// Nobody takes messages: the rest has failed without being tried, and will be due again.
    fn give_up(&mut self, rest: usize, cause: &str) -> Result<(), Refusal> {
        self.report
            .count("failed", i64::try_from(rest).unwrap_or(i64::MAX));
        self.report.note("errors", cause);
        self.voice.say(&say::down(rest, &setup::text(cause)))?;
        Ok(())
    }

    fn verdict(&mut self) -> Result<(), Refusal> {
        let count = |key: &str| self.report.get(key);
        let (sent, failed, unknown) = (count("messages_sent"), count("failed"), count("unknown"));
        let ignored = count("ignored");
        self.report.write()?;
        self.voice.say(&say::sums(sent, failed, unknown, ignored))?;
        if failed + unknown > 0 {
            return Err(Refusal(setup::not_all(sent, failed, unknown)));
        }
        Ok(())
    }

    fn ignore(&mut self, place: &Place, text: &Text) -> Result<(), Refusal> {
        self.report.count("ignored", 1);
        self.problem(place, text)
    }

    fn problem(&mut self, place: &Place, text: &Text) -> Result<(), Refusal> {
        let here = format!("{}:{}", place.file, place.line);
        self.report
            .note("problems", &format!("{here}: {}", text.en));
        self.voice.say(&say::at(&here, text))?;
        Ok(())
    }

    /// The configured pause, half as much more or less, by the run's own chance.
    fn pause(&self, number: usize) -> Duration {
        let digest = Sha256::digest(format!("{}\n{number}", self.contract.run_id));
        let chance = f64::from(u16::from_be_bytes([digest[0], digest[1]])) / f64::from(u16::MAX);
        Duration::from_secs(self.spec.delay_secs).mul_f64(0.5 + chance)
    }
}
