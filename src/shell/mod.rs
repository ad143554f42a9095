//! x
pub mod disk;
