//! Local times to instants: what happens to those that do not exist or exist twice (rules 12 to
//! 16). One rule, one place.
//!
//! A zone is a row of stretches with one offset each. A rhythm runs wherever its local time is
//! shown; a fixed time runs once per date: at the first instant after a gap of up to three hours,
//! and in the first of two passes.

use crate::schedule::civil::Civil;
use crate::time::{TimeZone, Timestamp};

/// A longer gap is a skipped calendar day (Samoa 2011): its times are not caught up (rule 14).
const GAP_MAX: i64 = 3 * 3_600;

/// A stretch of a zone in which the offset stays the same, in seconds since 1970.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    start: i64,
    end: i64,
    offset: i64,
    /// Offset of the stretch before, where there is one.
    before: Option<i64>,
}

/// A clock change, and how many local times that a rule names it skips (clock forward) or repeats
/// (clock back).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The first instant with the new offset.
    pub at: Timestamp,
    /// How far the clock jumps: above 0 forward, below 0 back.
    pub shift_secs: i64,
    /// Named local times inside the jump; 0 where there is no rule.
    pub named: u64,
}

impl Change {
    /// Whether it is too long to catch up with (rule 14).
    pub fn is_skipped_day(&self) -> bool {
        self.shift_secs > GAP_MAX
    }
}

/// The clock changes in `(from, until]`, in order.
pub fn changes(
    civil: Option<&Civil>,
    zone: &TimeZone,
    from: Timestamp,
    until: Timestamp,
) -> Vec<Change> {
    let mut found = Vec::new();
    for change in zone
        .following(from)
        .take_while(|change| change.timestamp() <= until)
    {
        let at = change.timestamp();
        let Some(stretch) = Stretch::around(zone, at.as_second()) else {
            break;
        };
        let shift_secs = stretch.before.map_or(0, |before| stretch.offset - before);
        let (old, new) = (
            stretch.start + stretch.offset - shift_secs,
            stretch.start + stretch.offset,
        );
        let named = civil.map_or(0, |civil| civil.count(old.min(new), old.max(new)));
        if shift_secs != 0 {
            found.push(Change {
                at,
                shift_secs,
                named,
            });
        }
    }
    found
}

/// The first instant strictly after `after` at which the rule runs.
pub fn next_after(civil: &Civil, zone: &TimeZone, after: Timestamp) -> Option<Timestamp> {
    let mut from = whole_second_after(after)?;
    let mut stretch = Stretch::around(zone, from)?;
    loop {
        if stretch.catches_up(civil, from) {
            return instant(stretch.start);
        }
        let local = stretch.first_local(civil, from);
        let found = civil.at_or_after(local)?.checked_sub(stretch.offset)?;
        if found < stretch.end {
            return instant(found);
        }
        stretch = stretch.next(zone)?;
        from = stretch.start;
    }
}

/// How many times the rule runs in `(after, through]`.
pub fn count(civil: &Civil, zone: &TimeZone, after: Timestamp, through: Timestamp) -> u64 {
    let (Some(mut from), Some(end)) = (whole_second_after(after), whole_second_after(through))
    else {
        return 0;
    };
    let mut count = 0;
    let mut next = Stretch::around(zone, from);
    while let Some(stretch) = next.filter(|_| from < end) {
        let first = stretch.first_local(civil, from);
        let to = stretch.end.min(end) + stretch.offset;
        count += civil.count(first, to);
        let names_start = stretch.start >= from && civil.count(first, first + 1) == 1;
        let at_start = first == stretch.start + stretch.offset && names_start;
        count += u64::from(stretch.catches_up(civil, from) && !at_start);
        next = stretch.next(zone);
        from = stretch.end;
    }
    count
}

impl Stretch {
    fn around(zone: &TimeZone, second: i64) -> Option<Stretch> {
        let at = instant(second)?;
        let offset = i64::from(zone.to_offset(at).seconds());
        let behind = at
            .checked_add(crate::time::SignedDuration::from_nanos(1))
            .ok()?;
        let start = zone
            .preceding(behind)
            .next()
            .map(|change| change.timestamp());
        let before = start.and_then(|start| {
            let just_before = start
                .checked_sub(crate::time::SignedDuration::from_secs(1))
                .ok()?;
            Some(i64::from(zone.to_offset(just_before).seconds()))
        });
        let start = start.map_or(i64::MIN / 2, Timestamp::as_second);
        let end = end_of(zone, at);
        Some(Stretch {
            start,
            end,
            offset,
            before,
        })
    }

    fn next(&self, zone: &TimeZone) -> Option<Stretch> {
        let at = instant(self.end)?;
        let offset = i64::from(zone.to_offset(at).seconds());
        let end = end_of(zone, at);
        Some(Stretch {
            start: self.end,
            end,
            offset,
            before: Some(self.offset),
        })
    }

    /// The first local time of the stretch that counts, from this instant on: a fixed time does not
    /// run in the second of two passes (rule 15).
    fn first_local(&self, civil: &Civil, from: i64) -> i64 {
        let local = from + self.offset;
        match self.before {
            Some(before) if civil.is_fixed && before > self.offset => {
                local.max(self.start + before)
            }
            _ => local,
        }
    }

    /// Whether a fixed time inside the gap before this stretch runs at its start (rule 13).
    fn catches_up(&self, civil: &Civil, from: i64) -> bool {
        let Some(before) = self.before else {
            return false;
        };
        let gap = self.offset - before;
        let is_small = 0 < gap && gap <= GAP_MAX;
        civil.is_fixed
            && is_small
            && from <= self.start
            && civil.count(self.start + before, self.start + self.offset) > 0
    }
}

fn end_of(zone: &TimeZone, at: Timestamp) -> i64 {
    let change = zone.following(at).next();
    change.map_or(Timestamp::MAX.as_second(), |change| {
        change.timestamp().as_second()
    })
}

/// The first whole second strictly after an instant.
fn whole_second_after(at: Timestamp) -> Option<i64> {
    let floor = at.as_second() - i64::from(at.subsec_nanosecond() < 0);
    floor
        .checked_add(1)
        .filter(|second| *second <= Timestamp::MAX.as_second())
}

fn instant(second: i64) -> Option<Timestamp> {
    Timestamp::from_second(second).ok()
}
