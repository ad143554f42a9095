//! The command line: transcripts, options, exit codes, both languages, the documents.

#[path = "../support/mod.rs"]
mod support;

mod color;
mod commands;
mod completions;
mod docs;
mod errors;
mod exit_codes;
mod french;
mod language;
mod newcomer;
mod options;
mod plan;
mod server;
mod transcripts;
mod why;
