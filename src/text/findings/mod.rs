//! The catalogue: every finding's code, what it says and what it advises, in English and French, by
//! subject.

/// Code, then message and help in English, then in French; names in braces are the caller's.
macro_rules! words {
    ($code:literal, $en:literal, $en_help:literal, $fr:literal, $fr_help:literal) => {
        Words {
            code: $code,
            message: Text::new(format!($en), guillemets(&format!($fr))),
            help: text!($en_help, $fr_help),
        }
    };
}

pub mod allow;
pub mod bots;
pub mod cron;
pub mod environment;
pub mod files;
pub mod keys;
pub mod schedule;
pub mod syntax;
pub mod values;
pub mod zones;

use crate::text::Text;

fn did_you_mean(near: &str) -> Text {
    text!("did you mean `{near}`?", "vouliez-vous dire `{near}` ?")
}
