//! What a file may say: schema, checks, warnings.

pub mod allow;
pub mod bot_words;
pub mod check;
pub mod lint;
pub mod schema;
pub mod timing;
pub mod violation;
pub mod zone;
