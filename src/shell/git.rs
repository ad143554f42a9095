//! Where the job files come from, as git has it: commit, whether they differ from it, by whom and
//! when. Nothing needs git: without a repository the answer is `None`, and without the `git`
//! program the commit is read from the repository's files, without the mark and the author.
//!
//! What is asked of `git` runs beside the reading of the files, once per reload, with a bounded
//! time. A repository's own configuration could name programs to run (`core.fsmonitor`, hooks):
//! they are switched off.

pub mod at;
mod entry;
pub mod range;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::model::job::Commit;
use crate::shell::clock;
use crate::time::Timestamp;

/// `git` answers within this, or does without.
const ANSWER_MAX: Duration = Duration::from_secs(2);
/// After it did not, it is not asked again for this long.
const REST: Duration = Duration::from_secs(60);
/// Most output that is read; more says enough: the files differ.
const OUTPUT_BYTES_MAX: usize = 64 << 10;
/// Longest chain of symbolic references.
const REFS_MAX: usize = 8;
/// A lock of the index that is older was left by a git that died.
const LOCK_AGE_MAX: Duration = Duration::from_secs(30);

/// Commit and author of the files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// The commit of the tree that holds the files, with `+` when they differ from it.
    pub revision: Option<String>,
    /// The last commit that touched them.
    pub commit: Option<Commit>,
    /// The branch that is checked out; `None` of a detached HEAD.
    pub branch: Option<String>,
    /// Where the folder is in the repository; empty for all of it.
    pub folder: Option<String>,
}

/// The repository around a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// The folder that holds `.git`.
    pub top: PathBuf,
    /// Where HEAD and the index of this worktree are.
    pub git_dir: PathBuf,
    /// Where the references of all worktrees are.
    common_dir: PathBuf,
}

/// Questions that `git` is working on.
#[derive(Debug)]
pub struct Asked {
    status: Option<Child>,
    log: Option<Child>,
    until: Instant,
    folder: Option<String>,
}

/// A file by its path in the repository that holds it, found without the program; `None` outside of
/// one. The file itself need not exist.
pub fn path_in_repository(path: &Path) -> Option<PathBuf> {
    let parent = path.parent().filter(|dir| !dir.as_os_str().is_empty());
    let folder = fs::canonicalize(parent.unwrap_or(Path::new("."))).ok()?;
    let top = Repository::around(&folder)?.top;
    let inside = folder.strip_prefix(top).ok()?;
    Some(inside.join(path.file_name()?))
}

/// Asks `git`, and knows when it is better left alone.
#[derive(Debug, Default)]
pub struct Git {
    resting_until: Option<Instant>,
    /// The last author found, and the commit it was asked of.
    known: Option<(String, Option<Commit>)>,
}

impl Repository {
    /// Finds the repository that holds a real path: `.git` in it or above, a folder or a worktree's
    /// file.
    pub fn around(real: &Path) -> Option<Repository> {
        let top = real.ancestors().find(|dir| dir.join(".git").exists())?;
        let dot = top.join(".git");
        let git_dir = if dot.is_dir() {
            dot
        } else {
            let text = fs::read_to_string(&dot).ok()?;
            top.join(text.strip_prefix("gitdir:")?.trim())
        };
        let common_dir = match fs::read_to_string(git_dir.join("commondir")) {
            Ok(text) => git_dir.join(text.trim()),
            Err(_) => git_dir.clone(),
        };
        Some(Repository {
            top: top.to_owned(),
            git_dir,
            common_dir,
        })
    }

    /// The commit that HEAD names, read without the program.
    pub fn head(&self) -> Option<String> {
        let mut text = fs::read_to_string(self.git_dir.join("HEAD")).ok()?;
        for _ in 0..REFS_MAX {
            let Some(name) = text.trim().strip_prefix("ref: ").map(str::to_owned) else {
                return is_object_id(text.trim()).then(|| text.trim().to_owned());
            };
            let loose = [&self.git_dir, &self.common_dir]
                .into_iter()
                .find_map(|dir| fs::read_to_string(dir.join(&name)).ok());
            text = match loose {
                Some(text) => text,
                None => self.packed(&name)?,
            };
        }
        None
    }

    /// The branch that HEAD names, read without the program.
    pub fn branch(&self) -> Option<String> {
        let text = fs::read_to_string(self.git_dir.join("HEAD")).ok()?;
        let name = text.trim().strip_prefix("ref: refs/heads/")?;
        // What repositories with their references in tables have there.
        Some(name.to_owned()).filter(|name| name != ".invalid")
    }

    fn packed(&self, name: &str) -> Option<String> {
        let text = fs::read_to_string(self.common_dir.join("packed-refs")).ok()?;
        let mut lines = text.lines().filter_map(|line| line.split_once(' '));
        lines
            .find(|(_, found)| *found == name)
            .map(|(id, _)| id.to_owned())
    }

    /// Whether git is changing the worktree right now: it holds the index's lock while it checks
    /// files out.
    pub fn is_busy(&self, now: Timestamp) -> bool {
        let meta = fs::metadata(self.git_dir.join("index.lock"));
        meta.is_ok_and(|meta| {
            let age = crate::shell::disk::Stamp::of(&meta).age(now);
            age.is_none_or(|age| age < LOCK_AGE_MAX)
        })
    }
}

impl Git {
    /// Puts the questions; the answers are taken with [`Git::answer`].
    pub fn ask(&mut self, repository: &Repository, folder: &Path, config_file: &Path) -> Asked {
        let now = clock::monotonic();
        let until = now + ANSWER_MAX;
        if self.resting_until.is_some_and(|end| now < end) {
            return Asked {
                status: None,
                log: None,
                until,
                folder: inside(repository, folder),
            };
        }
        let mut paths = vec![folder.to_owned()];
        // A file outside of the repository would be refused.
        paths.extend(
            config_file
                .canonicalize()
                .ok()
                .filter(|file| file.starts_with(&repository.top)),
        );
        let status = [
            "status",
            "--porcelain=v2",
            "--branch",
            "--no-renames",
            "--untracked-files=normal",
            "--",
        ];
        let log = ["log", "-1", "--format=%H%x00%an%x00%ct%x00%s", "--"];
        let head = repository.head();
        let is_known = head.is_some() && self.known.as_ref().map(|(id, _)| id) == head.as_ref();
        Asked {
            status: spawn(&repository.top, &status, &paths),
            log: (!is_known)
                .then(|| spawn(&repository.top, &log, &paths))
                .flatten(),
            until,
            folder: inside(repository, folder),
        }
    }

    /// What git said, or else what the repository's files say.
    pub fn answer(&mut self, repository: &Repository, asked: Asked) -> Provenance {
        let was_asked = asked.status.is_some();
        let status = asked.status.and_then(|child| output(child, asked.until));
        let log = asked.log.and_then(|child| output(child, asked.until));
        if was_asked && status.is_none() {
            let end = clock::monotonic() + REST;
            if clock::monotonic() >= asked.until {
                tracing::warn!(repository = %repository.top.display(), "git did not answer in \
                    time; not asked for a minute");
                self.resting_until = Some(end);
            }
        }
        let head = repository.head();
        let marked = status.as_deref().and_then(read_status);
        let branch = match &status {
            Some(text) => read_branch(text),
            None => repository.branch(),
        };
        let id = marked.as_ref().map(|(id, _)| id.clone()).or(head);
        if let (Some(id), Some(text)) = (&id, &log) {
            self.known = Some((id.clone(), read_log(text)));
        }
        let known = self
            .known
            .as_ref()
            .filter(|(of, _)| Some(of) == id.as_ref());
        let commit = known.and_then(|(_, commit)| commit.clone());
        let mark = if marked.is_some_and(|(_, differs)| differs) {
            "+"
        } else {
            ""
        };
        Provenance {
            revision: id.map(|id| format!("{id}{mark}")),
            commit,
            branch,
            folder: asked.folder,
        }
    }
}

/// The commit that a git-sync layout has in its path (`.worktrees/SHA`, `rev-SHA`), for where the
/// repository itself is out of reach.
pub fn of_path(real: &Path) -> Option<String> {
    let names = real.components().rev();
    let mut names = names.filter_map(|part| part.as_os_str().to_str());
    names.find_map(|name| {
        let id = name.strip_prefix("rev-").unwrap_or(name);
        is_object_id(id).then(|| id.to_owned())
    })
}

fn is_object_id(text: &str) -> bool {
    let is_hex = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    is_hex && (text.len() == 40 || text.len() == 64)
}

fn spawn(dir: &Path, args: &[&str], paths: &[PathBuf]) -> Option<Child> {
    let mut command = command(dir, args);
    command
        .args(paths)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    // No git, or no process to be had: the repository's files say enough.
    command.spawn().ok()
}

/// A git command in a folder, whatever this process's environment says of repositories.
fn command(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new("git");
    for name in [
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_COMMON_DIR",
        "GIT_CEILING_DIRECTORIES",
    ] {
        command.env_remove(name);
    }
    for (name, value) in [
        ("LC_ALL", "C"),
        ("GIT_OPTIONAL_LOCKS", "0"),
        ("GIT_TERMINAL_PROMPT", "0"),
        ("GIT_NO_LAZY_FETCH", "1"),
        ("GIT_LITERAL_PATHSPECS", "1"),
    ] {
        command.env(name, value);
    }
    for setting in [
        "core.fsmonitor=false",
        "core.hooksPath=/dev/null",
        "log.showSignature=false",
    ] {
        command.args(["-c", setting]);
    }
    command.arg("-C").arg(dir).args(args);
    command
}

/// Reads what the child says, up to a bound and an instant, and sees it end.
fn output(mut child: Child, until: Instant) -> Option<String> {
    let mut stdout = child.stdout.take()?;
    let mut text = Vec::new();
    let mut is_whole = false;
    while text.len() < OUTPUT_BYTES_MAX {
        let rest = until.saturating_duration_since(clock::monotonic());
        let timeout = Timespec::try_from(rest).ok()?;
        let mut fds = [PollFd::new(&stdout, PollFlags::IN)];
        if poll(&mut fds, Some(&timeout)).is_ok_and(|ready| ready == 0) {
            break;
        }
        let mut buffer = [0; 8 << 10];
        match stdout.read(&mut buffer) {
            Ok(0) => {
                is_whole = true;
                break;
            }
            Ok(read) => text.extend_from_slice(&buffer[..read]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    let is_enough = is_whole || text.len() >= OUTPUT_BYTES_MAX;
    if !is_whole {
        // It may have ended meanwhile.
        let _ = child.kill();
    }
    let _ = child.wait();
    is_enough.then(|| String::from_utf8_lossy(&text).into_owned())
}

/// The commit of a status, and whether a line reports a difference.
fn read_status(text: &str) -> Option<(String, bool)> {
    let id = text
        .lines()
        .find_map(|line| line.strip_prefix("# branch.oid "))?;
    let differs = text.lines().any(|line| !line.starts_with('#'));
    is_object_id(id).then(|| (id.to_owned(), differs))
}

/// Where a folder is in its repository.
fn inside(repository: &Repository, folder: &Path) -> Option<String> {
    let inside = folder.strip_prefix(&repository.top).ok()?;
    Some(inside.to_string_lossy().into_owned())
}

/// The branch of a status.
fn read_branch(text: &str) -> Option<String> {
    let mut lines = text.lines();
    let name = lines.find_map(|line| line.strip_prefix("# branch.head "))?;
    Some(name.to_owned()).filter(|name| name != "(detached)")
}

fn read_log(text: &str) -> Option<Commit> {
    let mut parts = text.trim_end_matches('\n').splitn(4, '\0');
    let mut next = || parts.next().map(str::to_owned);
    let (id, author, at, subject) = (next()?, next()?, next()?, next()?);
    let at = Timestamp::from_second(at.parse().ok()?).ok()?;
    Some(Commit {
        id,
        author: crate::text::visible(&author),
        at,
        subject: crate::text::visible(&subject),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef01234567";

    #[test]
    fn a_status_gives_the_commit_and_whether_files_differ() {
        let clean = format!("# branch.oid {ID}\n# branch.head main\n");
        assert_eq!(read_status(&clean), Some((ID.to_owned(), false)));
        let other = clean + "? jobs.d/new.yaml\n";
        assert_eq!(read_status(&other), Some((ID.to_owned(), true)));
        assert_eq!(read_status("# branch.oid (initial)\n"), None);
        assert_eq!(
            read_branch("# branch.head ops/next\n").as_deref(),
            Some("ops/next")
        );
        assert_eq!(read_branch("# branch.head (detached)\n"), None);
    }

    #[test]
    fn a_git_sync_path_names_its_commit() {
        for folder in [".worktrees/", "rev-"] {
            let path = format!("/git/{folder}{ID}/jobs.d");
            assert_eq!(of_path(Path::new(&path)).as_deref(), Some(ID));
        }
        assert_eq!(of_path(Path::new("/srv/jobs.d")), None);
    }

    #[test]
    fn an_author_cannot_turn_the_direction_of_writing() {
        let text = format!("{ID}\0A\u{202e}B\01764000000\0Fix: a thing\n");
        let commit = read_log(&text).expect("four parts");
        assert_eq!(
            (commit.author.as_str(), commit.subject.as_str()),
            ("A\\u{202e}B", "Fix: a thing")
        );
    }
}
