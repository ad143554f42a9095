//! Due times of a job before and after a change, by the daemon's own schedules.

use std::cmp::Ordering;

use schemars::JsonSchema;
use serde::Serialize;

use crate::schedule::Schedule;
use crate::schedule::dst::{self, Change};
use crate::time::{SignedDuration, Timestamp};
use crate::view::say;

/// Due times that come, and that go, which are listed.
const LISTED_MAX: usize = 10;
/// Due times of one job that are walked through. The counts are exact whatever they are.
const WALKED_MAX: usize = 200_000;
const NANO: SignedDuration = SignedDuration::from_nanos(1);

/// A span of time: due times in `(from, until]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Not included.
    pub from: Timestamp,
    /// Included.
    pub until: Timestamp,
}

/// A due time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Fire {
    /// The instant.
    #[serde(with = "crate::time::Rfc3339")]
    pub at: Timestamp,
    /// The same in the job's zone: `2026-12-02T08:00:00+01:00`.
    pub local: String,
}

/// A clock change that falls on a local time which the new schedule names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ClockChange {
    /// The first instant with the new offset.
    #[serde(with = "crate::time::Rfc3339")]
    pub at: Timestamp,
    /// How far the clock jumps: above 0 forward, below 0 back.
    pub shift_secs: i64,
    /// How many named local times it skips or repeats.
    pub named: u64,
    /// What it does, for people.
    #[serde(skip)]
    pub change: Change,
}

/// What is due before and after a change.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Fires {
    /// How many before.
    pub before: u64,
    /// How many after.
    pub after: u64,
    /// The first that come.
    pub added: Vec<Fire>,
    /// The first that go.
    pub removed: Vec<Fire>,
    /// Whether more come than are listed.
    pub more_added: bool,
    /// Whether more go than are listed.
    pub more_removed: bool,
    /// How far all of them move, where they move by one distance.
    pub moved_secs: Option<i64>,
    /// Whether more may come or go than could be looked at one by one; the counts are exact.
    pub cut: bool,
    /// Clock changes that the new schedule feels.
    pub clock_changes: Vec<ClockChange>,
    /// The schedule that they are of, for the words.
    #[serde(skip)]
    pub schedule: Option<Schedule>,
}

impl Fires {
    /// Compares two schedules; `None` where nothing is due.
    pub fn compare(old: Option<&Schedule>, new: Option<&Schedule>, span: Span) -> Fires {
        let mut fires = Fires {
            before: count(old, span),
            after: count(new, span),
            ..Fires::default()
        };
        fires.list(old, new, span);
        fires.more_added = fires.added.len() > LISTED_MAX;
        fires.more_removed = fires.removed.len() > LISTED_MAX;
        fires.added.truncate(LISTED_MAX);
        fires.removed.truncate(LISTED_MAX);
        if let (Some(old), Some(new)) = (old, new)
            && !(fires.added.is_empty() && fires.removed.is_empty())
        {
            fires.moved_secs = moved(old, new, span, fires.before);
        }
        if let Some(schedule) = new.or(old) {
            fires.clock_changes = clock_changes(schedule, span);
            fires.schedule = Some(schedule.clone());
        }
        fires
    }

    /// Of a schedule that stays.
    pub fn same(schedule: Option<&Schedule>, span: Span) -> Fires {
        let count = count(schedule, span);
        Fires {
            before: count,
            after: count,
            ..Fires::default()
        }
    }

    /// Walks both in step.
    fn list(&mut self, old: Option<&Schedule>, new: Option<&Schedule>, span: Span) {
        let next = |schedule: Option<&Schedule>, after| {
            let due = schedule.and_then(|schedule| schedule.next_after(after));
            due.filter(|due| *due <= span.until)
        };
        let (mut gone, mut comes) = (next(old, span.from), next(new, span.from));
        for _ in 0..WALKED_MAX {
            let is_full = self.added.len() > LISTED_MAX && self.removed.len() > LISTED_MAX;
            let order = match (gone, comes) {
                (None, None) => return,
                _ if is_full => return,
                (Some(_), None) if self.removed.len() > LISTED_MAX => return,
                (None, Some(_)) if self.added.len() > LISTED_MAX => return,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(gone), Some(comes)) => gone.cmp(&comes),
            };
            if order == Ordering::Less {
                push(&mut self.removed, gone, old);
            }
            if order == Ordering::Greater {
                push(&mut self.added, comes, new);
            }
            if order != Ordering::Greater {
                gone = gone.and_then(|due| next(old, due));
            }
            if order != Ordering::Less {
                comes = comes.and_then(|due| next(new, due));
            }
        }
        self.cut = true;
    }
}

fn push(list: &mut Vec<Fire>, at: Option<Timestamp>, schedule: Option<&Schedule>) {
    if let (Some(at), Some(schedule)) = (at, schedule)
        && list.len() <= LISTED_MAX
    {
        let local = say::format(at, schedule.zone(), "%Y-%m-%dT%H:%M:%S%:z");
        list.push(Fire { at, local });
    }
}

/// How many due times a schedule has in a span.
pub(crate) fn count(schedule: Option<&Schedule>, span: Span) -> u64 {
    let range = schedule.and_then(|schedule| schedule.due_range(span.from, span.until));
    range.map_or(0, |range| range.count)
}

/// The one distance by which all due times of the span move. Those that come and go at its ends
/// are no exception.
fn moved(old: &Schedule, new: &Schedule, span: Span, before: u64) -> Option<i64> {
    if before == 0 || before > WALKED_MAX as u64 {
        return None;
    }
    let first_two = |schedule: &Schedule, after| {
        let first = schedule.next_after(after);
        let second = first.and_then(|first| schedule.next_after(first));
        [first, second]
    };
    let olds = first_two(old, span.from);
    let start = olds[0]?;
    // The new due time before the first old one, and those around it.
    let nearest = first_two(new, span.from).into_iter().flatten();
    let before_start = start.checked_sub(SignedDuration::from_hours(24 * 7)).ok()?;
    let last_before = new.due_range(before_start, start).map(|range| range.last);
    let mut shifts: Vec<SignedDuration> = nearest
        .chain(last_before)
        .chain(new.next_after(start))
        .map(|due| due.duration_since(start))
        .filter(|shift| !shift.is_zero())
        .collect();
    shifts.sort_by_key(|shift| (shift.abs(), shift.is_negative()));
    shifts.dedup();
    let found = shifts
        .into_iter()
        .find(|shift| is_moved_by(old, new, span, before, *shift));
    found.map(|shift| shift.as_secs())
}

/// Whether the new due times are the old ones, each this much later.
fn is_moved_by(
    old: &Schedule,
    new: &Schedule,
    span: Span,
    before: u64,
    shift: SignedDuration,
) -> bool {
    let at = |instant: Timestamp| instant.checked_add(shift).ok();
    let (Some(from), Some(until)) = (at(span.from), at(span.until)) else {
        return false;
    };
    if count(Some(new), Span { from, until }) != before {
        return false;
    }
    let mut due = old.next_after(span.from);
    while let Some(instant) = due.filter(|due| *due <= span.until) {
        let wanted = at(instant);
        let just_before = wanted.and_then(|wanted| wanted.checked_sub(NANO).ok());
        if just_before.and_then(|after| new.next_after(after)) != wanted {
            return false;
        }
        due = old.next_after(instant);
    }
    true
}

fn clock_changes(schedule: &Schedule, span: Span) -> Vec<ClockChange> {
    let civil = schedule.civil();
    let found = dst::changes(civil.as_ref(), schedule.zone(), span.from, span.until);
    let felt = found.into_iter().filter(|change| change.named > 0);
    felt.map(|change| ClockChange {
        at: change.at,
        shift_secs: change.shift_secs,
        named: change.named,
        change,
    })
    .collect()
}
