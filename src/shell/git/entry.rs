//! What git says of trees and objects, line by line.

use std::io::Write;
use std::path::{Component, Path};
use std::process::Stdio;

use crate::shell::git::command;

/// What an entry of a tree is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    Link,
    Submodule,
}

/// An entry of a tree.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) kind: Kind,
    pub(super) id: String,
    pub(super) path: String,
}

/// A line of `ls-tree`: mode, type and object, a tab, the path.
pub(super) fn entry(line: &[u8]) -> Option<Entry> {
    let line = std::str::from_utf8(line).ok()?;
    let (head, path) = line.split_once('\t')?;
    let mut head = head.split(' ');
    let (mode, kind, id) = (head.next()?, head.next()?, head.next()?);
    let kind = match (mode, kind) {
        ("120000", _) => Kind::Link,
        (_, "blob") => Kind::File,
        (_, "tree") => Kind::Folder,
        _ => Kind::Submodule,
    };
    Some(Entry {
        kind,
        id: id.to_owned(),
        path: path.to_owned(),
    })
}

pub(super) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A path below a folder, from the folder on.
pub(super) fn strip<'p>(path: &'p str, folder: &str) -> &'p str {
    let below = path.strip_prefix(folder).unwrap_or(path);
    below.strip_prefix('/').unwrap_or(below)
}

/// A relative path from a folder of the tree; `None` where it leads out of the tree.
pub(super) fn joined(folder: &Path, path: &Path) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    for part in folder.components().chain(path.components()) {
        match part {
            Component::Normal(name) => parts.push(name.to_str()?.to_owned()),
            Component::CurDir => {}
            Component::ParentDir => {
                parts.pop()?;
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts.join("/"))
}

/// Takes one object from what `cat-file --batch` says: a line with its size, its bytes, a newline.
pub(super) fn next_object(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let head = std::str::from_utf8(&rest[..end]).ok()?;
    let size: usize = head.rsplit(' ').next()?.parse().ok()?;
    let body = rest.get(end + 1..end + 1 + size)?.to_vec();
    *rest = rest.get(end + size + 2..)?;
    Some(body)
}

/// What a git command says, given this on its standard input.
///
/// # Errors
/// The first line of its standard error.
pub(super) fn say(dir: &Path, args: &[&str], stdin: &[u8]) -> Result<Vec<u8>, String> {
    let mut command = command(dir, args);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let mut input = child.stdin.take();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || {
            // A git that ends early says why on its standard error.
            let _ = input.as_mut().map(|input| input.write_all(stdin));
        });
        child.wait_with_output()
    });
    let output = output.map_err(|error| error.to_string())?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        let line = text.lines().next().unwrap_or("git failed");
        return Err(line.strip_prefix("fatal: ").unwrap_or(line).to_owned());
    }
    Ok(output.stdout)
}
