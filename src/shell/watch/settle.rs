//! When a file that changed may be taken. A file renamed into its place is whole; one that is
//! written in its place is whole when its writer closed it and it was quiet for a moment. Pure.

use std::time::{Duration, Instant};

use crate::shell::disk::Stamp;
use crate::shell::watch::hints::Trace;
use crate::time::Timestamp;

/// A file read sooner than this after its last change may be written again without a new stamp: the
/// clocks of file systems tick every few milliseconds.
const FRESH: Duration = Duration::from_millis(50);
/// A file or a tree that was written is left alone until it was quiet for this long …
pub const QUIET: Duration = Duration::from_millis(100);
/// … but one that is written again and again not for longer than this.
pub const QUIET_MAX: Duration = Duration::from_secs(1);
/// A writer that neither writes nor closes is not waited for any longer than this.
pub const OPEN_MAX: Duration = Duration::from_secs(10);
/// A file that is gone may be on its way back: editors and git remove and create.
const GONE: Duration = Duration::from_millis(200);
/// The same where the whole folder was replaced and may still be filled.
const GONE_WITH_FOLDER: Duration = Duration::from_secs(1);

/// A change that waits.
#[derive(Clone, Copy, Debug)]
pub struct Moving {
    /// What the file was when last looked at; `None`: gone.
    pub stamp: Option<Stamp>,
    /// When a change was first seen.
    pub since: Instant,
    /// When it was first seen as it is now.
    pub same_since: Instant,
}

impl Moving {
    /// The change as it is seen now.
    pub fn seen(known: Option<&Moving>, stamp: Option<Stamp>, now: Instant) -> Moving {
        match known {
            Some(known) if known.stamp.is_some() == stamp.is_some() => Moving {
                stamp,
                since: known.since,
                same_since: if known.stamp == stamp {
                    known.same_since
                } else {
                    now
                },
            },
            _ => Moving {
                stamp,
                since: now,
                same_since: now,
            },
        }
    }
}

/// How long to leave a changed file alone; `None`: take it. `age` is how long ago it changed by the
/// file system's word.
pub fn rest(
    trace: Option<&Trace>,
    moving: &Moving,
    age: Option<Duration>,
    now: Instant,
) -> Option<Duration> {
    let since = |instant: Instant| now.saturating_duration_since(instant);
    let left = |longest: Duration, passed: Duration| {
        longest.checked_sub(passed).filter(|left| !left.is_zero())
    };
    match trace {
        Some(trace) if trace.is_put => None,
        Some(trace) if trace.is_open => left(OPEN_MAX, since(trace.last)),
        Some(trace) => {
            let quiet = left(QUIET, since(trace.last))?;
            left(QUIET_MAX, since(moving.since)).map(|longest| longest.min(quiet))
        }
        None if age.is_some_and(|age| age >= QUIET) => None,
        None => {
            let quiet = left(QUIET, since(moving.same_since))?;
            left(QUIET_MAX, since(moving.since)).map(|longest| longest.min(quiet))
        }
    }
}

/// How long to keep a file that is gone; `None`: it is removed. `replaced` is when the whole folder
/// was replaced.
pub fn rest_gone(moving: &Moving, replaced: Option<Instant>, now: Instant) -> Option<Duration> {
    let is_recent = replaced.is_some_and(|at| at + GONE_WITH_FOLDER >= moving.since);
    let longest = if is_recent { GONE_WITH_FOLDER } else { GONE };
    let begin = replaced
        .filter(|_| is_recent)
        .map_or(moving.since, |at| at.max(moving.since));
    longest
        .checked_sub(now.saturating_duration_since(begin))
        .filter(|left| !left.is_zero())
}

/// Whether a stamp may hide a later change.
pub fn is_fresh(stamp: &Stamp, now: Timestamp) -> bool {
    stamp.age(now).is_none_or(|age| age < FRESH)
}

/// Looks again after a wait, or sooner.
pub fn sooner(again_in: &mut Option<Duration>, wait: Duration) {
    *again_in = Some(again_in.map_or(wait, |known| known.min(wait)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::clock;

    const MS: fn(u64) -> Duration = Duration::from_millis;

    fn trace(is_open: bool, is_put: bool, last: Instant) -> Trace {
        Trace {
            is_open,
            is_put,
            moved_to: None,
            last,
        }
    }

    /// A file that is written in place is taken after its close.
    #[test]
    fn renamed_files_are_taken_at_once() {
        let begin = clock::monotonic();
        let moving = Moving::seen(None, Some(Stamp::default()), begin);
        let at = |ms: u64| begin + MS(ms);
        assert_eq!(
            rest(Some(&trace(false, true, begin)), &moving, None, begin),
            None
        );
        let open = trace(true, false, begin);
        assert!(rest(Some(&open), &moving, None, at(5_000)).is_some());
        assert_eq!(rest(Some(&open), &moving, None, at(10_000)), None);
        let closed = trace(false, false, at(300));
        assert_eq!(rest(Some(&closed), &moving, None, at(320)), Some(MS(80)));
        assert_eq!(rest(Some(&closed), &moving, None, at(400)), None);
        let again = trace(false, false, at(990));
        assert_eq!(rest(Some(&again), &moving, None, at(995)), Some(MS(5)));
        assert_eq!(rest(Some(&again), &moving, None, at(1_000)), None);
    }

    /// By the clock of the file system, or else by a second look.
    #[test]
    fn without_a_hint_the_files_age_decides() {
        let begin = clock::monotonic();
        let moving = Moving::seen(None, Some(Stamp::default()), begin);
        assert_eq!(rest(None, &moving, Some(MS(200)), begin), None);
        assert_eq!(rest(None, &moving, Some(MS(20)), begin), Some(MS(100)));
        let again = Moving::seen(Some(&moving), Some(Stamp::default()), begin + MS(100));
        assert_eq!(rest(None, &again, None, begin + MS(100)), None);
    }

    /// And longer where its folder was replaced.
    #[test]
    fn a_missing_file_is_kept_for_a_moment() {
        let begin = clock::monotonic();
        let moving = Moving::seen(None, None, begin);
        assert_eq!(rest_gone(&moving, None, begin + MS(150)), Some(MS(50)));
        assert_eq!(rest_gone(&moving, None, begin + MS(200)), None);
        assert_eq!(
            rest_gone(&moving, Some(begin), begin + MS(200)),
            Some(MS(800))
        );
        assert_eq!(rest_gone(&moving, Some(begin), begin + MS(1_000)), None);
    }
}
