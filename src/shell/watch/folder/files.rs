//! One file of the folder: whether it changed and is quiet, what reading it gives, and when one
//! that is gone is forgotten.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::model::diagnostic::Diagnostic;
use crate::model::job::Cause;
use crate::shell::clock;
use crate::shell::disk::listing::Listing;
use crate::shell::disk::{self, Stamp, Taken};
use crate::shell::watch::folder::{Folder, Known, Wish};
use crate::shell::watch::settle::{Moving, OPEN_MAX, QUIET, is_fresh, rest, rest_gone, sooner};
use crate::shell::watch::writers::written_files;
use crate::spec::jobs::read::{Reader, Reading};

impl Folder {
    /// Takes a file when it changed and is quiet.
    pub(super) fn consider(
        &mut self,
        path: &Path,
        stamp: Stamp,
        wish: Wish,
        again_in: &mut Option<Duration>,
    ) {
        let known = self.known.get(path.as_os_str());
        let trace = self.traces.get(path);
        let is_same = known.is_some_and(|known| known.stamp == stamp);
        if is_same && trace.is_none() && !wish.all {
            self.moving.remove(path);
            // A stamp that may hide a later change: the content decides.
            if self
                .known
                .get(path.as_os_str())
                .is_some_and(|known| known.is_fresh)
            {
                self.take(path);
            }
            return;
        }
        let (now, wall) = (clock::monotonic(), clock::now());
        let moving = Moving::seen(self.moving.get(path), Some(stamp), now);
        let age = stamp.age(wall);
        let mut wait = rest(trace, &moving, age, now).filter(|_| !is_same || trace.is_some());
        let is_recent = age.is_none_or(|age| age < OPEN_MAX);
        if wait.is_none() && trace.is_none() && is_recent && !is_same {
            // No event told whether a writer is at it.
            let written = self.written.get_or_insert_with(written_files);
            wait = Some(QUIET).filter(|_| written.contains(&stamp.identity()));
        }
        if let Some(wait) = wait {
            self.moving.insert(path.to_owned(), moving);
            sooner(again_in, wait);
            return;
        }
        match disk::take_one(path, self.trust) {
            Ok(taken) if !taken.is_steady => {
                self.moving.insert(path.to_owned(), moving);
                sooner(again_in, QUIET);
            }
            Ok(taken) => self.read(path, &taken, wish),
            Err(_) if std::fs::symlink_metadata(path).is_err() => sooner(again_in, QUIET),
            Err(finding) => self.refuse(path, *finding),
        }
    }

    /// Reads a file whatever it is.
    pub(super) fn take(&mut self, path: &Path) {
        let wish = Wish {
            cause: Cause::Edit,
            all: false,
        };
        match disk::take_one(path, self.trust) {
            Ok(taken) => self.read(path, &taken, wish),
            Err(finding) => self.refuse(path, *finding),
        }
    }

    pub(super) fn read(&mut self, path: &Path, taken: &Taken, wish: Wish) {
        self.moving.remove(path);
        let digest = Sha256::digest(&taken.file.bytes);
        let mut hash = [0; 16];
        hash.copy_from_slice(&digest[..16]);
        let is_fresh = is_fresh(&taken.stamp, clock::now());
        if let Some(known) = self.known.get_mut(path.as_os_str()) {
            (known.stamp, known.is_fresh) = (taken.stamp, is_fresh);
            if known.hash == hash && !wish.all {
                return;
            }
        }
        let reader = Reader {
            probe: &|_| None,
            keeps_jobs: true,
            settings: &self.settings,
        };
        let mut reading = reader.read(&taken.file);
        reading.forget_notes();
        if self.outside.contains(path) {
            reading = reading.concealed();
        }
        // The same job stays the same object: nothing downstream keeps a second one.
        if let Some(job) = &mut reading.job
            && let Some(old) = self.good.get(&job.id)
            && !old.differs(job)
        {
            job.clone_from(old);
        }
        self.is_dirty = true;
        if !self.known.contains_key(path.as_os_str()) {
            self.new_hashes.insert(hash);
        }
        let known = Box::new(Known {
            stamp: taken.stamp,
            hash,
            is_fresh,
            reading,
        });
        self.known.insert(path.into(), known);
    }

    /// Remembers why a file cannot be read; it is tried again at each look.
    pub(super) fn refuse(&mut self, path: &Path, finding: Diagnostic) {
        self.moving.remove(path);
        let known = self.known.get(path.as_os_str());
        if known.is_some_and(|known| known.reading.findings == [finding.clone()]) {
            return;
        }
        self.is_dirty = true;
        let reading = Reading::refused(finding);
        let known = Box::new(Known {
            stamp: Stamp::default(),
            hash: [0; 16],
            is_fresh: true,
            reading,
        });
        self.known.insert(path.into(), known);
    }

    /// Forgets files that were renamed to another job file: both halves of a rename are one change.
    pub(super) fn drop_moved(&mut self) {
        let is_moved = |path: &PathBuf| {
            let to = self
                .traces
                .get(path)
                .and_then(|trace| trace.moved_to.as_ref());
            to.is_some_and(|to| self.known.contains_key(to.as_os_str())) && !path.exists()
        };
        let moved: Vec<PathBuf> = self
            .traces
            .keys()
            .filter(|path| self.known.contains_key(path.as_os_str()) && is_moved(path))
            .cloned()
            .collect();
        for path in moved {
            self.forget(&path);
        }
    }

    /// Forgets files that are gone for good; those that may come back keep what they said.
    pub(super) fn drop_gone(&mut self, listing: &Listing, again_in: &mut Option<Duration>) {
        let is_there = |path: &Path| {
            listing
                .files
                .binary_search_by(|file| file.as_os_str().cmp(path.as_os_str()))
                .is_ok()
        };
        self.moving
            .retain(|path, _| is_there(path) || self.known.contains_key(path.as_os_str()));
        let gone: Vec<PathBuf> = self
            .known
            .keys()
            .map(Path::new)
            .filter(|path| !is_there(path) && !self.is_closed(path))
            .map(Path::to_owned)
            .collect();
        if gone.is_empty() {
            return;
        }
        self.drop_moved();
        let stem = |path: &Path| path.file_stem().map(std::ffi::OsStr::to_owned);
        let present = self.known.keys().map(Path::new);
        let stems: HashSet<_> = present.filter(|path| is_there(path)).map(stem).collect();
        let now = clock::monotonic();
        for path in gone {
            let Some(known) = self.known.get(path.as_os_str()) else {
                continue;
            };
            // Its id, or its very text, is in another file by now.
            let is_elsewhere =
                stems.contains(&stem(&path)) || self.new_hashes.contains(&known.hash);
            let moving = Moving::seen(self.moving.get(&path), None, now);
            match rest_gone(&moving, self.replaced, now).filter(|_| !is_elsewhere) {
                None => self.forget(&path),
                Some(wait) => {
                    self.moving.insert(path, moving);
                    sooner(again_in, wait);
                }
            }
        }
    }

    pub(super) fn forget(&mut self, path: &Path) {
        self.moving.remove(path);
        self.is_dirty |= self.known.remove(path.as_os_str()).is_some();
    }
}
