//! The job files as another commit has them, read by `git` itself.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::shell::disk;
use crate::shell::git::{Repository, command};
use crate::spec::SourceFile;

/// The job files below a folder as another commit has them, named as the folder names them.
///
/// # Errors
/// A sentence with the cause.
pub fn files_at(root: &Path, reference: &str) -> Result<Vec<SourceFile>, String> {
    let real = root.canonicalize().map_err(|error| error.to_string())?;
    let repository = Repository::around(&real).ok_or("there is no repository around the folder")?;
    let inside = real.strip_prefix(&repository.top).unwrap_or(Path::new(""));
    let commit = format!("{reference}^{{commit}}");
    let id = say(
        &repository.top,
        &["rev-parse", "--verify", "--end-of-options", &commit],
        b"",
    )?;
    let id = String::from_utf8_lossy(&id).trim().to_owned();
    let folder = if inside.as_os_str().is_empty() {
        ".".to_owned()
    } else {
        inside.to_string_lossy().into_owned()
    };
    let list = say(
        &repository.top,
        &["ls-tree", "-r", "-z", "--name-only", &id, "--", &folder],
        b"",
    )?;
    let names: Vec<PathBuf> = list
        .split(|byte| *byte == 0)
        .filter_map(|name| std::str::from_utf8(name).ok().map(PathBuf::from))
        .filter(|path| is_job_path(path.strip_prefix(inside).unwrap_or(path)))
        .collect();
    let wishes: String = names
        .iter()
        .map(|path| format!("{id}:{}\n", path.display()))
        .collect();
    let objects = say(&repository.top, &["cat-file", "--batch"], wishes.as_bytes())?;
    let mut rest = &objects[..];
    let mut files = Vec::new();
    for path in names {
        let bytes = next_object(&mut rest).ok_or("git says less than it was asked for")?;
        let below = path.strip_prefix(inside).unwrap_or(&path);
        let path = root.join(below).to_string_lossy().into_owned();
        files.push(SourceFile { path, bytes });
    }
    Ok(files)
}

/// Whether a path below the folder is read by the daemon.
fn is_job_path(path: &Path) -> bool {
    let is_open = |name: &std::ffi::OsStr| !name.to_string_lossy().starts_with(['.', '_']);
    let is_config = path == Path::new(disk::CONFIG_NAME);
    !is_config && path.iter().all(is_open) && path.file_name().is_some_and(disk::is_job_name)
}

/// Takes one object from what `cat-file --batch` says: a line with its size, its bytes, a newline.
fn next_object(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let head = std::str::from_utf8(&rest[..end]).ok()?;
    let size: usize = head.rsplit(' ').next()?.parse().ok()?;
    let body = rest.get(end + 1..end + 1 + size)?.to_vec();
    *rest = rest.get(end + size + 2..)?;
    Some(body)
}

/// What a git command says, given this on its standard input.
fn say(dir: &Path, args: &[&str], stdin: &[u8]) -> Result<Vec<u8>, String> {
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
        return Err(text.lines().next().unwrap_or("git failed").to_owned());
    }
    Ok(output.stdout)
}
