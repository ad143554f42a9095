//! What a daemon holds open and readers know by its name: the two are compared, for a name can come
//! to lead elsewhere (`sed -i`, `rsync`, a restore, `rm`) while the descriptor still takes every
//! write.

use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Device and inode.
pub type Identity = (u64, u64);

/// A path, and what it led to when it was opened.
#[derive(Clone, Debug)]
pub struct Held {
    path: PathBuf,
    identity: Identity,
}

impl Held {
    /// Remembers that a path led to this open file or folder.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn of(path: &Path, open: &File) -> io::Result<Held> {
        Ok(Held {
            path: path.to_owned(),
            identity: identity(&open.metadata()?),
        })
    }

    /// The path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the path led to.
    pub fn identity(&self) -> Identity {
        self.identity
    }

    /// Whether the path still leads to it; a path that leads nowhere does not.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn is_in_place(&self) -> io::Result<bool> {
        Ok(identity_at(&self.path)? == Some(self.identity))
    }
}

/// Device and inode of what is open or was looked at.
pub fn identity(meta: &Metadata) -> Identity {
    (meta.dev(), meta.ino())
}

/// What a path leads to now; `None` when that is nothing. A link is itself.
///
/// # Errors
/// Those of the file system.
pub fn identity_at(path: &Path) -> io::Result<Option<Identity>> {
    match fs::symlink_metadata(path) {
        Ok(meta) => Ok(Some(identity(&meta))),
        Err(error) if is_nothing(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

fn is_nothing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}
