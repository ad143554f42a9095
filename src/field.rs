//! `Field`: one field of the form as data, so that a kind of bot or of schedule can say which ones
//! it has.

/// How the text of a field becomes a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text; empty is none.
    Text,
    /// One of a few words; empty is none.
    Word,
    /// A number; empty is none, and anything else is left for the validator to refuse.
    Number,
    /// A number; empty is `null`.
    NumberOrNull,
    /// A switch.
    Switch,
    /// A list, one entry a line.
    Lines,
    /// A list of numbers with commas.
    Numbers,
    /// A map, as YAML.
    Yaml,
    /// "08:00": the keys `hour` and `minute`.
    Time,
    /// Several words with commas.
    Words,
    /// A file or folder that a run reads: it must be there.
    Path,
    /// An address book: it must be there, with somebody in it.
    Contacts,
    /// A list of pages: it must be there, with an address in it.
    Pages,
    /// A program and its arguments, one a line.
    Argv,
    /// Texts of several lines each, parted by a line of three hyphens.
    Texts,
    /// A value kept elsewhere: the name of a variable, or the path of a file.
    Secret,
    /// An address of the web, or a value kept elsewhere.
    Url,
    /// Which one key a map holds; the fields below the others do not count.
    OneOf,
}

/// A field: its name in the form and its key in the file.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Name in the form.
    pub name: &'static str,
    /// Dotted key in the file.
    pub key: &'static str,
    /// How its text becomes a value.
    pub kind: Kind,
    /// Its text where a file is silent, unless the types of the file say it.
    pub silent: Option<&'static str>,
    /// The switch without which it has no effect and is not written.
    pub only_with: Option<&'static str>,
}

impl Field {
    /// A field whose text, where a file is silent, is that of the types' default.
    pub const fn new(name: &'static str, key: &'static str, kind: Kind) -> Field {
        Field {
            name,
            key,
            kind,
            silent: None,
            only_with: None,
        }
    }

    /// The same, with a text of its own where a file is silent.
    pub const fn silent(mut self, text: &'static str) -> Field {
        self.silent = Some(text);
        self
    }

    /// The same, without effect while a switch is off.
    pub const fn only_with(mut self, switch: &'static str) -> Field {
        self.only_with = Some(switch);
        self
    }
}
