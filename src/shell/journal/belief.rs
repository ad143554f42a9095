//! Whether the wall clock is to be believed, by time that passed: a clock that leaps ahead for
//! seconds must not let retention take the history away. Pure; kept over restarts in the file
//! `clock` of the state directory, without which belief begins again.

use serde::{Deserialize, Serialize};

use crate::time::{SignedDuration, Timestamp};

/// A difference between the clocks that is a leap. What is smaller costs retention no more than
/// itself.
const LEAP_MIN: SignedDuration = SignedDuration::from_hours(1);
/// A clock that went on for this long without a leap is believed.
const STEADY: SignedDuration = SignedDuration::from_hours(24);
/// The machine may have been off for this long without the clock being doubted.
const OFF_MAX: SignedDuration = SignedDuration::from_hours(7 * 24);
/// What age is reckoned from gains at most this between two looks, over the time that passed.
const GAIN_MAX: SignedDuration = SignedDuration::from_hours(24);
/// Between two such gains.
const GAIN_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// One look at the clocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clocks {
    /// The wall clock.
    pub wall: Timestamp,
    /// Time since the machine began, suspends included.
    pub boot: SignedDuration,
    /// Which beginning of the machine that was.
    pub boot_id: String,
}

/// What is remembered of the clocks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Belief {
    #[serde(with = "crate::time::Rfc3339Option")]
    wall: Option<Timestamp>,
    boot_secs: i64,
    boot_id: String,
    /// How long the clock has gone on without a leap.
    steady_secs: i64,
    /// Before the last leap: wall minus boot clock, and how long that went on.
    before: Option<(i64, i64)>,
    /// Whether the last leap was undone.
    is_back: bool,
    /// What age is reckoned from.
    #[serde(with = "crate::time::Rfc3339Option")]
    reckoned: Option<Timestamp>,
    /// The boot clock when that last gained on the time that passed.
    gained_secs: Option<i64>,
}

impl Belief {
    /// Takes a look in; true when the clock leapt.
    pub fn look(&mut self, clocks: &Clocks) -> bool {
        let boot = clocks.boot.as_secs();
        let Some(wall) = self.wall else {
            self.note(clocks);
            return false;
        };
        let leapt = if self.boot_id == clocks.boot_id {
            let passed = boot - self.boot_secs;
            let leap = clocks.wall.duration_since(wall).as_secs() - passed;
            self.pass(passed);
            self.leap(clocks.wall.as_second() - boot, leap)
        } else {
            self.wake(clocks.wall.duration_since(wall))
        };
        self.note(clocks);
        leapt
    }

    /// Whether the clock is believed.
    pub fn is_believed(&self) -> bool {
        self.steady_secs >= STEADY.as_secs()
    }

    /// How long the clock has to continue without a leap until it is believed.
    pub fn believed_in(&self) -> SignedDuration {
        let rest = STEADY.as_secs().saturating_sub(self.steady_secs);
        SignedDuration::from_secs(rest.max(0))
    }

    /// Whether the clock is right as far as one can know: it is believed, or came back from a leap
    /// to what it had shown for longer than the leap lasted.
    pub fn is_right(&self) -> bool {
        self.is_believed() || self.is_back
    }

    /// How far what age is counted from is before the wall clock; `None` until a clock was
    /// believed.
    pub fn lag(&self) -> Option<SignedDuration> {
        Some(self.wall?.duration_since(self.reckoned()?))
    }

    /// The instant that age is reckoned from; `None` until a clock was believed. Never ahead of the
    /// wall clock, and never a leap ahead of what it was.
    pub fn reckoned(&self) -> Option<Timestamp> {
        let wall = self.wall?;
        self.reckoned.map(|at| at.min(wall))
    }

    fn note(&mut self, clocks: &Clocks) {
        if self.boot_id != clocks.boot_id {
            self.gained_secs = None;
        }
        self.wall = Some(clocks.wall);
        self.boot_secs = clocks.boot.as_secs();
        self.boot_id.clone_from(&clocks.boot_id);
        self.gain(clocks);
    }

    /// Time passed.
    fn pass(&mut self, secs: i64) {
        self.steady_secs = self.steady_secs.saturating_add(secs);
        if let Some(at) = self.reckoned {
            let gone = at.checked_add(SignedDuration::from_secs(secs));
            self.reckoned = Some(gone.unwrap_or(at));
        }
    }

    /// Judges a difference between the clocks, `offset` being what they differ by now.
    fn leap(&mut self, offset: i64, leap: i64) -> bool {
        if leap.abs() < LEAP_MIN.as_secs() {
            return false;
        }
        let here = self.steady_secs;
        self.is_back = false;
        match self.before {
            Some((known, long)) if (known - offset).abs() < LEAP_MIN.as_secs() && long > here => {
                // It shows again what it showed for longer than what came between.
                self.steady_secs = long.saturating_add(here);
                self.before = None;
                self.is_back = true;
            }
            Some((_, long)) if long > here => self.steady_secs = 0,
            _ => {
                self.before = Some((offset - leap, here));
                self.steady_secs = 0;
            }
        }
        true
    }

    /// The machine started again; `off` is how long it was off by the wall clock.
    fn wake(&mut self, off: SignedDuration) -> bool {
        self.before = None;
        let is_doubtful = off < -LEAP_MIN || off > OFF_MAX;
        if is_doubtful {
            (self.steady_secs, self.is_back) = (0, false);
        }
        is_doubtful
    }

    /// What age is reckoned from follows a believed clock, a day an hour.
    fn gain(&mut self, clocks: &Clocks) {
        if !self.is_believed() {
            return;
        }
        self.before = None;
        let Some(at) = self.reckoned else {
            self.reckoned = Some(clocks.wall);
            return;
        };
        let boot = clocks.boot.as_secs();
        let is_due = self
            .gained_secs
            .is_none_or(|last| boot - last >= GAIN_EVERY.as_secs());
        if at < clocks.wall && is_due {
            let gained = at.checked_add(GAIN_MAX).unwrap_or(clocks.wall);
            self.reckoned = Some(gained.min(clocks.wall));
            self.gained_secs = Some(boot);
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::{Belief, Clocks};
    use crate::time::{SignedDuration, Timestamp};

    const DAY: i64 = 86_400;
    /// 2026-11-30.
    const BEGIN: i64 = 1_795_996_800;

    fn at(passed: i64, ahead: i64) -> Clocks {
        Clocks {
            wall: Timestamp::from_second(BEGIN + passed + ahead).unwrap(),
            boot: SignedDuration::from_secs(passed),
            boot_id: "one".to_owned(),
        }
    }

    fn steady(days: i64) -> Belief {
        let mut belief = Belief::default();
        for hour in 0..days * 24 {
            assert!(!belief.look(&at(hour * 3_600, 0)));
        }
        belief
    }

    #[test]
    fn a_clock_is_believed_after_a_day_that_passed() {
        let mut belief = Belief::default();
        belief.look(&at(0, 0));
        assert_eq!(belief.reckoned(), None);
        belief.look(&at(DAY - 1, 0));
        assert_eq!(belief.reckoned(), None);
        belief.look(&at(DAY, 0));
        assert_eq!(belief.reckoned(), Some(at(DAY, 0).wall));
    }

    #[test]
    fn seconds_of_a_clock_500_days_ahead_move_nothing() {
        let mut belief = steady(3);
        let begin = 3 * DAY;
        assert!(belief.look(&at(begin, 500 * DAY)));
        assert!(!belief.is_right());
        assert_eq!(belief.reckoned(), Some(at(begin, 0).wall));
        assert!(belief.look(&at(begin + 5, 0)));
        assert!(belief.is_believed() && belief.is_back);
        assert_eq!(belief.reckoned(), Some(at(begin + 5, 0).wall));
    }

    /// By the clock that went on for longer.
    #[test]
    fn a_leap_before_any_belief_is_undone() {
        let mut belief = Belief::default();
        belief.look(&at(0, 0));
        belief.look(&at(60, 0));
        assert!(belief.look(&at(61, 500 * DAY)));
        assert!(belief.look(&at(66, 0)));
        assert!(belief.is_right() && !belief.is_believed());
    }

    /// Only after a day does it gain, and then a day an hour.
    #[test]
    fn a_clock_that_stays_ahead_is_believed_slowly() {
        let mut belief = steady(2);
        let (mut hour, mut last) = (48, belief.reckoned().unwrap());
        while hour < 24 * 6 {
            belief.look(&at(hour * 3_600, 500 * DAY));
            let now = belief.reckoned().unwrap();
            let gain = now.duration_since(last);
            assert!(gain <= SignedDuration::from_secs(DAY + 3_600), "{gain:?}");
            if hour < 72 {
                assert!(gain <= SignedDuration::from_hours(1), "{hour}: {gain:?}");
            }
            (hour, last) = (hour + 1, now);
        }
        assert!(last > at(hour * 3_600, 60 * DAY).wall, "it follows");
    }

    /// But not over a leap while the machine was off.
    #[test]
    fn belief_lasts_over_restarts_of_the_machine() {
        let believed = steady(2);
        for (off, is_believed) in [
            (60, true),
            (3 * DAY, true),
            (300 * DAY, false),
            (-DAY, false),
        ] {
            let mut belief = believed.clone();
            let mut next = at(2 * DAY, off);
            (next.boot, next.boot_id) = (SignedDuration::from_secs(5), "two".to_owned());
            belief.look(&next);
            assert_eq!(belief.is_believed(), is_believed, "{off}");
        }
    }
}
