//! What a user writes: job files, schemas, digests, rewriting, import and export.

#[path = "../support/mod.rs"]
mod support;

mod agreement;
mod bad_jobs;
mod ci;
mod descriptions;
mod digests;
mod export;
mod formatters;
mod import;
mod rewrite;
mod validate;
