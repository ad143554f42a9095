//! References and common ancestors. In a shallow clone git says nothing of what it lacks: a common
//! ancestor is believed only where no cut of the history lies before it.

use std::path::Path;

use crate::shell::git::entry::say;
use crate::text::{Text, git as words};

/// The commit that a reference names.
///
/// # Errors
/// A sentence with the cause, and in a shallow clone with the fetch that helps.
pub fn commit(dir: &Path, reference: &str) -> Result<String, Text> {
    let wanted = format!("{reference}^{{commit}}");
    let args = ["rev-parse", "--verify", "--end-of-options", &wanted];
    match line(dir, &args) {
        Ok(commit) => Ok(commit),
        Err(_) if is_shallow(dir) => Err(words::not_in_a_shallow_clone(reference)),
        Err(cause) => Err(words::no_reference(reference, &cause)),
    }
}

/// Whether a reference names a commit.
pub fn is_reference(dir: &Path, reference: &str) -> bool {
    let wanted = format!("{reference}^{{commit}}");
    let args = [
        "rev-parse",
        "--quiet",
        "--verify",
        "--end-of-options",
        &wanted,
    ];
    say(dir, &args, b"").is_ok()
}

/// The default branch: what `origin/HEAD` names, else `main` or `master`, of `origin` or local.
///
/// # Errors
/// A sentence where there is none.
pub fn default_branch(dir: &Path) -> Result<String, Text> {
    let names = [
        "origin/HEAD",
        "origin/main",
        "origin/master",
        "main",
        "master",
    ];
    let found = names.into_iter().find(|name| is_reference(dir, name));
    match found {
        Some(name) => Ok(name.to_owned()),
        None if is_shallow(dir) => Err(words::not_in_a_shallow_clone("origin/HEAD")),
        None => Err(words::no_default_branch()),
    }
}

/// The common ancestor of two references.
///
/// # Errors
/// A sentence where there is none, or where a shallow clone does not hold what tells it.
pub fn merge_base(dir: &Path, one: &str, other: &str) -> Result<String, Text> {
    let (a, b) = (commit(dir, one)?, commit(dir, other)?);
    let base = line(dir, &["merge-base", &a, &b]);
    if !is_shallow(dir) {
        return base.map_err(|_| words::no_common_ancestor(one, other));
    }
    let base = base.map_err(|_| words::ancestor_cut_off(one, other))?;
    let without = format!("^{base}");
    let between =
        say(dir, &["rev-list", &a, &b, &without], b"").map_err(|cause| words::failed(&cause))?;
    let between = String::from_utf8_lossy(&between);
    let cuts = cuts(dir)?;
    let is_cut = between
        .lines()
        .any(|commit| cuts.iter().any(|cut| cut == commit));
    if is_cut {
        return Err(words::ancestor_cut_off(one, other));
    }
    Ok(base)
}

/// Whether the history ends early here: what is missing may exist elsewhere.
pub fn is_shallow(dir: &Path) -> bool {
    line(dir, &["rev-parse", "--is-shallow-repository"]).is_ok_and(|answer| answer == "true")
}

/// The commits whose parents a shallow clone lacks.
fn cuts(dir: &Path) -> Result<Vec<String>, Text> {
    let file = line(dir, &["rev-parse", "--git-path", "shallow"])
        .map_err(|cause| words::failed(&cause))?;
    let text = std::fs::read_to_string(dir.join(file));
    let text = text.map_err(|error| words::failed(&error.to_string()))?;
    Ok(text.lines().map(str::to_owned).collect())
}

fn line(dir: &Path, args: &[&str]) -> Result<String, String> {
    let bytes = say(dir, args, b"")?;
    Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
}
