//! The pages in Chromium: `tests/browser/run.mjs`. The tools come from `tests/browser/install.sh`;
//! in CI they must be there, elsewhere their absence is said aloud.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::child::{BIN, clean, is_installed};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn tools() -> PathBuf {
    std::env::var_os("JOBSD_BROWSER_TOOLS")
        .map_or_else(|| root().join("target/browser-tools"), Into::into)
}

/// Whether a browser and its tools are there; their absence is said aloud.
pub fn is_ready() -> bool {
    let tools = tools();
    let chromium = std::env::var("CHROMIUM").unwrap_or_else(|_| "chromium".to_owned());
    let is_ready = tools.join("node_modules/playwright-core").is_dir()
        && tools.join("node_modules/axe-core").is_dir()
        && is_installed("node")
        && is_installed(&chromium);
    if !is_ready {
        let must = std::env::var_os("CI").is_some();
        assert!(!must, "no browser tools: run tests/browser/install.sh");
        eprintln!(
            "\n*** SKIPPED: THE PAGES WERE NOT TESTED IN A BROWSER; \
            run tests/browser/install.sh first ***\n"
        );
    }
    is_ready
}

/// A script of `tests/browser`.
pub fn node(script: &str) -> Command {
    let mut node = clean("node");
    node.arg(root().join("tests/browser").join(script));
    node.env("JOBSD_BIN", BIN)
        .env("JOBSD_BROWSER_TOOLS", tools());
    if let Some(named) = std::env::var_os("CHROMIUM") {
        node.env("CHROMIUM", named);
    }
    node
}

#[test]
fn the_pages_hold_in_a_browser() {
    if !is_ready() {
        return;
    }
    let status = node("run.mjs").status().unwrap();
    assert!(
        status.success(),
        "see above; one alone: JOBSD_BIN=target/debug/jobsd node tests/browser/run.mjs 'part of \
        its name'"
    );
}
