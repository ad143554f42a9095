//! Whether the daemon of a state directory is gone, for commands that follow one of its runs.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::shell::clock;
use crate::shell::lock::Lock;

/// Between two looks of a command that follows a run.
pub(super) const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// Looks at a state directory that nobody holds until its daemon is taken for gone: one that is
/// being restarted comes back meanwhile.
const LOOKS: u32 = 20;

/// How long nobody has held a state directory.
#[derive(Debug)]
pub(super) struct Absence {
    state: PathBuf,
    looks: u32,
}

impl Absence {
    /// Nothing is known yet.
    pub(super) fn of(state: &Path) -> Absence {
        Absence {
            state: state.to_owned(),
            looks: 0,
        }
    }

    /// Looks, and says whether the daemon is gone. Its last lines are in the history then, to be
    /// read after this look.
    pub(super) fn is_sure(&mut self) -> bool {
        self.looks = match Lock::holder(&self.state) {
            Some(_) => 0,
            None => self.looks + 1,
        };
        self.looks > LOOKS
    }

    /// Rests until the next look.
    pub(super) fn rest() {
        clock::rest(LOOK_AGAIN);
    }
}
