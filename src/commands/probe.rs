//! Whether the programs of jobs are on this machine.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;

use crate::text::{Words, findings};

/// The warning about a program that is not on this machine.
pub(super) fn no_such_program(
    program: &str,
    known: &RefCell<HashMap<String, bool>>,
) -> Option<Words> {
    let mut known = known.borrow_mut();
    let is_there = match known.get(program) {
        Some(is_there) => *is_there,
        None => {
            let is_there = is_program(program);
            known.insert(program.to_owned(), is_there);
            is_there
        }
    };
    (!is_there).then(|| findings::bots::no_such_program(program))
}

/// Whether a program is on this machine. A relative path starts from a folder that only the server
/// knows.
fn is_program(program: &str) -> bool {
    if program.contains('/') {
        return !program.starts_with('/') || is_executable(Path::new(program));
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|dir| is_executable(&dir.join(program)))
}

fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let meta = std::fs::metadata(path);
    meta.is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}
