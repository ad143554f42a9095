//! Findings and views to text: one output format each.

pub mod jsonl;
pub mod text;
