//! The form of a French help. The English one is in the doc comments where the command line is
//! defined; the French one is beside it, in the file of the command.

/// The help of a command in French.
#[derive(Clone, Copy, Debug)]
pub struct French {
    /// What the command does.
    pub about: &'static str,
    /// Of each argument, by its name; of a word that an argument takes, by `argument/word`.
    pub words: &'static [(&'static str, &'static str)],
    /// What is below, where it is more than examples.
    pub after: Option<&'static str>,
    /// Of the words of an argument that are a list of their own.
    values: fn(&str) -> Option<&'static str>,
}

impl French {
    /// No French: for what people never call.
    pub const NONE: French = French::new("", &[]);

    /// A help without more than examples below.
    pub const fn new(
        about: &'static str,
        words: &'static [(&'static str, &'static str)],
    ) -> French {
        French {
            about,
            words,
            after: None,
            values: |_| None,
        }
    }

    /// The same with a text below.
    pub const fn with_after(self, after: &'static str) -> French {
        French {
            after: Some(after),
            ..self
        }
    }

    /// The same with words that are a list of their own, each by `argument/word`.
    pub const fn with_values(self, values: fn(&str) -> Option<&'static str>) -> French {
        French { values, ..self }
    }

    /// The French of an argument or of a word that it takes.
    pub fn of(&self, key: &str) -> Option<&'static str> {
        let found = self.words.iter().find(|(name, _)| *name == key);
        found.map(|(_, french)| *french).or((self.values)(key))
    }
}
