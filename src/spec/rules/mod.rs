//! What a file may say: schema, checks, warnings.

pub mod allow;
mod asked;
pub mod branch;
pub mod check;
pub mod lint;
pub mod place;
pub mod schema;
pub mod violation;
pub mod zone;
