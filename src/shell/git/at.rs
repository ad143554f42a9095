//! The job files as another commit has them, read from git's objects: nothing is checked out.
//!
//! Links are followed inside the tree, as on disk; what leads out of it is a finding, and of what
//! it leads to nothing is read. Entries of submodules are no files.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::model::diagnostic::Diagnostic;
use crate::shell::disk::{self, FILE_BYTES_MAX};
use crate::shell::git::entry::{Entry, Kind, entry, folder_of, joined, next_object, say, strip};
use crate::spec::SourceFile;
use crate::text::{Text, findings, git as words};

/// Longest chain of links, and deepest nesting of linked folders.
const LINKS_MAX: usize = 16;

/// A path of this machine as git knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// A folder in the repository, where git is run.
    pub dir: PathBuf,
    /// The path from the repository's root; empty for the root itself.
    pub inside: String,
    /// The path as the user names it.
    pub shown: PathBuf,
}

/// What a commit has at a place.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// The job files, in order of path, named as the folder on disk names them.
    pub files: Vec<SourceFile>,
    /// What is wrong with links and with files that are too large.
    pub diagnostics: Vec<Diagnostic>,
}

impl Place {
    /// Finds the repository around a path; the path itself need not exist.
    ///
    /// # Errors
    /// A sentence where there is none, or git cannot be run.
    pub fn find(path: &Path) -> Result<Place, Text> {
        let absolute =
            std::path::absolute(path).map_err(|error| words::failed(&error.to_string()))?;
        // Not the path itself: it may be a link, which each commit has in its own way.
        let is_there = |path: &&Path| path.is_dir();
        let mut above = absolute.ancestors().skip(1);
        let dir = above.find(is_there).unwrap_or(Path::new("/"));
        let rest = absolute.strip_prefix(dir).unwrap_or(Path::new(""));
        let prefix = say(dir, &["rev-parse", "--show-prefix"], b"")
            .map_err(|cause| words::no_repository(&path.to_string_lossy(), &cause))?;
        let prefix = String::from_utf8_lossy(&prefix);
        let inside = Path::new(prefix.trim_end_matches('\n')).join(rest);
        let inside = inside.to_string_lossy().trim_end_matches('/').to_owned();
        Ok(Place {
            dir: dir.to_owned(),
            inside,
            shown: path.to_owned(),
        })
    }

    /// What a commit has below this folder.
    ///
    /// # Errors
    /// A sentence with the cause, and what helps.
    pub fn tree(&self, commit: &str) -> Result<Tree, Text> {
        let mut walk = Walk {
            dir: &self.dir,
            commit,
            tree: Tree::default(),
            found: Vec::new(),
            trail: Vec::new(),
        };
        walk.folder(&self.inside, &self.shown)?;
        walk.read()
    }

    /// A file that a commit has at this place.
    ///
    /// # Errors
    /// A sentence with the cause.
    pub fn file(&self, commit: &str) -> Result<Option<SourceFile>, Text> {
        let mut walk = Walk {
            dir: &self.dir,
            commit,
            tree: Tree::default(),
            found: Vec::new(),
            trail: Vec::new(),
        };
        if let Some(Entry {
            kind: Kind::File,
            id,
            ..
        }) = walk.follow(&self.inside)?
        {
            walk.found.push((self.shown.clone(), id));
        }
        Ok(walk.read()?.files.pop())
    }
}

/// A walk through a commit's tree.
struct Walk<'a> {
    dir: &'a Path,
    commit: &'a str,
    tree: Tree,
    /// The files to be read: as they are named, and their objects.
    found: Vec<(PathBuf, String)>,
    /// The folders that are being listed: a link back to one of them is a loop.
    trail: Vec<String>,
}

impl Walk<'_> {
    /// Lists the job files below a folder of the tree.
    fn folder(&mut self, inside: &str, shown: &Path) -> Result<(), Text> {
        self.trail.push(inside.to_owned());
        let entries = self.entries(inside, true)?;
        let mut links = Vec::new();
        for entry in entries {
            if entry.path == inside {
                // The folder itself is a link.
                links.push(entry);
                continue;
            }
            let below = strip(&entry.path, inside);
            let is_open = |part: &str| !part.starts_with(['.', '_']);
            if !below.split('/').all(is_open) || below == disk::CONFIG_NAME {
                continue;
            }
            let is_job = Path::new(below).file_name().is_some_and(disk::is_job_name);
            match entry.kind {
                Kind::File if is_job => self.found.push((shown.join(below), entry.id)),
                Kind::Link => links.push(entry),
                _ => {}
            }
        }
        for link in links {
            self.link(&link, inside, shown)?;
        }
        self.trail.pop();
        Ok(())
    }

    /// Takes what a link leads to.
    fn link(&mut self, link: &Entry, inside: &str, shown: &Path) -> Result<(), Text> {
        let is_root = link.path == inside;
        let shown = match is_root {
            true => shown.to_owned(),
            false => shown.join(strip(&link.path, inside)),
        };
        let is_job = shown.file_name().is_some_and(disk::is_job_name);
        let target = match self.target(link)? {
            Some(path) => path,
            None => {
                self.tree.diagnostics.push(disk::outside(&shown));
                return Ok(());
            }
        };
        match self.follow(&target)? {
            Some(end) if end.kind == Kind::Folder => {
                let is_below = |open: &String| {
                    let end = end.path.as_str();
                    end.is_empty() || open == end || open.starts_with(&format!("{end}/"))
                };
                let is_loop = self.trail.iter().any(is_below);
                if is_loop || self.trail.len() > LINKS_MAX {
                    return Ok(());
                }
                self.folder(&end.path, &shown)
            }
            Some(end) if end.kind == Kind::File => {
                if is_job {
                    self.found.push((shown, end.id));
                }
                Ok(())
            }
            _ => {
                if is_job {
                    self.tree.diagnostics.push(disk::leads_nowhere(&shown));
                }
                Ok(())
            }
        }
    }

    /// The entry at a path, behind links.
    fn follow(&self, path: &str) -> Result<Option<Entry>, Text> {
        let mut path = path.to_owned();
        for _ in 0..LINKS_MAX {
            if path.is_empty() {
                return Ok(Some(Entry {
                    kind: Kind::Folder,
                    id: String::new(),
                    path,
                }));
            }
            let Some(entry) = self.entries(&path, false)?.into_iter().next() else {
                // A folder on the way may be a link.
                let Some((folder, name)) = path.rsplit_once('/') else {
                    return Ok(None);
                };
                let folder = self.follow(folder)?.filter(|it| it.kind == Kind::Folder);
                let behind = folder
                    .map(|it| it.path)
                    .filter(|real| *real != folder_of(&path));
                match behind {
                    Some(real) => {
                        path = format!("{real}/{name}").trim_start_matches('/').to_owned()
                    }
                    None => return Ok(None),
                }
                continue;
            };
            if entry.kind != Kind::Link {
                return Ok(Some(entry));
            }
            match self.target(&entry)? {
                Some(target) => path = target,
                None => return Ok(None),
            }
        }
        Ok(None)
    }

    /// Where a link leads inside the tree; `None` for one that leads out of it.
    fn target(&self, link: &Entry) -> Result<Option<String>, Text> {
        let text = self
            .objects(std::slice::from_ref(&link.id))?
            .remove(&link.id);
        let text = text.and_then(|bytes| String::from_utf8(bytes).ok());
        let parent = Path::new(&link.path).parent().unwrap_or(Path::new(""));
        Ok(text.and_then(|text| joined(parent, Path::new(&text))))
    }

    /// The entry at a path, or all entries below it.
    fn entries(&self, path: &str, below: bool) -> Result<Vec<Entry>, Text> {
        let mut args = vec!["ls-tree", "-z", "--full-tree"];
        if below {
            args.push("-r");
        }
        args.push(self.commit);
        if !path.is_empty() {
            args.extend(["--", path]);
        }
        let list = say(self.dir, &args, b"").map_err(|cause| self.told(&cause))?;
        Ok(list.split(|byte| *byte == 0).filter_map(entry).collect())
    }

    /// The contents of objects by their ids; one that is larger than a job file may be is left out.
    fn objects(&self, ids: &[String]) -> Result<HashMap<String, Vec<u8>>, Text> {
        let wishes = |ids: &[&str]| ids.iter().map(|id| format!("{id}\n")).collect::<String>();
        let all: Vec<&str> = ids.iter().map(String::as_str).collect();
        let sizes = say(
            self.dir,
            &["cat-file", "--batch-check"],
            wishes(&all).as_bytes(),
        )
        .map_err(|cause| self.told(&cause))?;
        let sizes = String::from_utf8_lossy(&sizes);
        let mut small = Vec::new();
        let mut missing = 0;
        for line in sizes.lines() {
            let mut parts = line.split(' ');
            let (id, _, size) = (parts.next(), parts.next(), parts.next());
            match (id, size.and_then(|size| size.parse::<u64>().ok())) {
                (Some(id), Some(size)) if size <= FILE_BYTES_MAX => small.push(id),
                (_, Some(_)) => {}
                _ => missing += 1,
            }
        }
        if missing > 0 {
            return Err(words::missing_objects(missing));
        }
        let bytes = say(
            self.dir,
            &["cat-file", "--batch"],
            wishes(&small).as_bytes(),
        )
        .map_err(|cause| self.told(&cause))?;
        let mut rest = &bytes[..];
        let mut objects = HashMap::new();
        for id in small {
            let body = next_object(&mut rest).ok_or_else(|| words::failed("cat-file"))?;
            objects.insert(id.to_owned(), body);
        }
        Ok(objects)
    }

    /// Reads what was found.
    fn read(mut self) -> Result<Tree, Text> {
        self.found.sort();
        self.found.dedup_by(|a, b| a.0 == b.0);
        let ids: Vec<String> = self.found.iter().map(|(_, id)| id.clone()).collect();
        let objects = self.objects(&ids)?;
        for (path, id) in &self.found {
            let path = path.to_string_lossy().into_owned();
            match objects.get(id) {
                Some(bytes) => self.tree.files.push(SourceFile {
                    path,
                    bytes: bytes.clone(),
                }),
                None => {
                    let words = findings::files::too_large(FILE_BYTES_MAX);
                    self.tree.diagnostics.push(disk::finding(&path, words));
                }
            }
        }
        Ok(self.tree)
    }

    fn told(&self, cause: &str) -> Text {
        words::unread_commit(self.commit, cause)
    }
}
