//! A message, whatever it is about, and what became of it.

/// A message to somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The same for the same message sent again: whoever takes messages can tell a second one by
    /// it.
    pub id: String,
    /// What stands before the `@` of a mail's Message-ID.
    pub mail_id: String,
    /// The mail address, where it is known.
    pub to: Option<String>,
    /// The name of whom it is to.
    pub name: String,
    /// The subject of a mail: one line.
    pub subject: String,
    /// The text.
    pub text: String,
    /// All of it and more as one JSON object, for web hooks and programs.
    pub json: Vec<u8>,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendOutcome {
    /// It was taken.
    Sent,
    /// It surely was not.
    Failed(String),
    /// It surely was not, and no other would be: delivery is unavailable.
    Down(String),
    /// Nobody knows.
    Unknown(String),
}
