//! YAML text to a tree whose every node has its place.

mod open;
pub mod reader;
pub mod scalar;
pub mod traps;
pub mod tree;
