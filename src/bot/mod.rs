//! The kinds of bots, and what the two built-in ones know without touching the world; `shell/bot`
//! is their hands.

pub mod birthday;
pub mod command;
pub mod contact;
pub mod content_line;
pub mod day;
pub mod delivery;
pub mod due;
pub mod ical;
pub mod ical_event;
#[cfg(test)]
pub mod made_up;
pub mod page;
pub mod robots;
pub mod sheet;
pub mod template;
pub mod vcard;
pub mod visitor;

use crate::model::bot::Kind;

/// Every kind of bot, in the order in which they are listed.
pub static BOTS: &[&Kind] = &[
    &birthday::KIND,
    &visitor::KIND,
    &command::KIND,
    #[cfg(test)]
    &made_up::KIND,
];

/// The kind with this name.
pub fn kind(name: &str) -> Option<&'static Kind> {
    BOTS.iter().copied().find(|kind| kind.name == name)
}
