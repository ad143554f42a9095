//! What all files of the folder say together: the new job set, with the last good version of what
//! is bad now.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::model::diagnostic::{Diagnostic, Severity};
use crate::model::job::{Cause, JobId, JobSet, Origin};
use crate::shell::clock;
use crate::shell::watch::folder::{Folder, Found, Good, Wish};
use crate::spec::jobs::loader::Loader;

impl Folder {
    /// The new set, when something differs; what git says of it comes while the last files are
    /// read.
    pub fn finish(&mut self, wish: Wish, again_in: Option<Duration>) -> Found {
        let is_asked = self.is_dirty || !self.has_begun || wish.cause != Cause::Edit;
        let is_moved = self.origins.ask(&self.root, &self.config_file, is_asked);
        self.is_dirty = is_asked || is_moved;
        self.has_begun = true;
        let first_sign = if again_in.is_none() {
            self.first_sign.take()
        } else {
            self.first_sign
        };
        let set = self.is_dirty.then(|| self.whole(wish.cause, first_sign));
        self.is_dirty = false;
        self.new_hashes = HashSet::new();
        Found { set, again_in }
    }

    fn whole(&mut self, cause: Cause, first_sign: Option<Instant>) -> Arc<JobSet> {
        let mut loader = Loader::default();
        for (path, known) in &self.known {
            loader.take(&path.to_string_lossy(), known.reading.clone());
        }
        let loaded = loader.finish();
        let mut jobs = loaded.jobs;
        let mut diagnostics = self.tree_findings.clone();
        diagnostics.extend(self.config_findings.iter().cloned());
        diagnostics.extend(loaded.diagnostics);
        diagnostics.retain(|finding| finding.severity != Severity::Note);
        diagnostics.sort();
        diagnostics.dedup();
        self.keep_last_good(&diagnostics, &mut jobs);
        self.good.clone_from(&jobs);
        let took = first_sign.map_or(Duration::ZERO, |first| {
            clock::monotonic().saturating_duration_since(first)
        });
        let provenance = self.origins.provenance();
        Arc::new(JobSet {
            jobs,
            diagnostics,
            revision: provenance.revision.as_deref().map(Into::into),
            files: self.known.len(),
            origin: Origin {
                cause,
                took,
                commit: provenance.commit.clone(),
                branch: provenance.branch.clone(),
                folder: provenance.folder.clone(),
                restart_needed: self.restart_needed.clone(),
            },
        })
    }

    /// Jobs of files that are bad, that are being written, or that lie in a folder that cannot be
    /// read stay as they are.
    fn keep_last_good(&self, diagnostics: &[Diagnostic], jobs: &mut Good) {
        let bad = diagnostics.iter().filter(|finding| finding.is_error());
        let bad = bad.map(|finding| Path::new(&finding.path));
        let moving = self.moving.keys().map(PathBuf::as_path);
        for path in bad.chain(moving) {
            let id = path.file_stem().and_then(|stem| stem.to_str());
            if let Some(last) = id.and_then(JobId::new).and_then(|id| self.good.get(&id)) {
                jobs.entry(last.id.clone()).or_insert_with(|| last.clone());
            }
        }
        if self.closed.is_empty() {
            return;
        }
        for job in self.good.values() {
            if self.is_closed(Path::new(&*job.file)) {
                jobs.entry(job.id.clone()).or_insert_with(|| job.clone());
            }
        }
    }
}
