//! Where the job files come from: the repository around them, and what it says of them, asked once
//! per change.

use std::path::Path;

use crate::shell::clock;
use crate::shell::disk::Stamp;
use crate::shell::git::{self, Git, Provenance, Repository};

/// The repository, and its last answer.
#[derive(Debug, Default)]
pub struct Origins {
    git: Git,
    repository: Option<Repository>,
    provenance: Provenance,
    /// The index of the repository when `git` was last asked.
    index: Option<Stamp>,
}

impl Origins {
    /// Looks for the repository that holds the folder now.
    pub fn look_around(&mut self, root: &Path) {
        let real = root.canonicalize().ok();
        self.repository = real.and_then(|real| Repository::around(&real));
    }

    /// The folder of the repository's own files.
    pub fn git_dir(&self) -> Option<&Path> {
        self.repository
            .as_ref()
            .map(|repository| repository.git_dir.as_path())
    }

    /// Whether git is checking files out.
    pub fn is_busy(&self) -> bool {
        let repository = self.repository.as_ref();
        repository.is_some_and(|repository| repository.is_busy(clock::now()))
    }

    /// What was last said of the files.
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// Asks what there is to say of the files, when `is_asked` or when the repository moved.
    /// Whether that is news.
    pub fn ask(&mut self, root: &Path, config_file: &Path, is_asked: bool) -> bool {
        let provenance = self.ask_git(root, config_file, is_asked);
        let is_news = provenance != self.provenance;
        self.provenance = provenance;
        is_news
    }

    fn ask_git(&mut self, root: &Path, config_file: &Path, is_asked: bool) -> Provenance {
        let real = root.canonicalize().unwrap_or_default();
        let of_path = || Provenance {
            revision: git::of_path(&real),
            ..Provenance::default()
        };
        let Some(repository) = &self.repository else {
            return of_path();
        };
        let is_moved = || {
            let revision = self.provenance.revision.as_deref();
            let known = revision.map(|text| text.trim_end_matches('+').to_owned());
            known != repository.head() || self.provenance.branch != repository.branch()
        };
        // A written index may mean that something else differs from the commit now.
        let index = std::fs::metadata(repository.git_dir.join("index"));
        let index = index.ok().as_ref().map(Stamp::of);
        if !is_asked && !is_moved() && index == self.index {
            return self.provenance.clone();
        }
        self.index = index;
        let asked = self.git.ask(repository, &real, config_file);
        let found = self.git.answer(repository, asked);
        if found.revision.is_some() {
            found
        } else {
            of_path()
        }
    }
}
