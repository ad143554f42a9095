//! Local times that a rule names, on the calendar alone: no zone, no clock change. Local times are
//! whole seconds since 1970-01-01T00:00:00 on the local clock.

/// Seconds of a day.
pub const DAY: i64 = 86_400;

/// Last day that is searched: 9999-12-30.
const LAST_DAY: i64 = 2_932_895;

/// Which times of which days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    /// Bit n: second n.
    pub seconds: u64,
    /// Bit n: minute n.
    pub minutes: u64,
    /// Bit n: hour n.
    pub hours: u64,
    /// Which days.
    pub days: Days,
    /// Second, minute and hour are plain numbers or lists of them (rules 13 and 15), not a rhythm
    /// (rule 12).
    pub is_fixed: bool,
}

/// Which days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// Bit n: month n, from 1.
    pub months: u64,
    /// Bit n: day n of the month, from 1.
    pub of_month: u64,
    /// The last day of the month.
    pub last: bool,
    /// The last Monday to Friday of the month.
    pub last_weekday: bool,
    /// The Monday to Friday nearest to this day; 0 for none.
    pub nearest: u8,
    /// Bit n: weekday n, Sunday is 0.
    pub of_week: u64,
    /// Bit n: the last weekday n of the month.
    pub last_of_week: u64,
    /// Bit 8·k + n: the k-th weekday n of the month, k from 1.
    pub nth_of_week: u64,
    /// Both the day of the month and the day of the week must match; else one is enough (rule 10).
    pub both: bool,
}

impl Days {
    /// Every day.
    pub const EVERY: Days = Days {
        months: 0x1ffe,
        of_month: 0xffff_fffe,
        last: false,
        last_weekday: false,
        nearest: 0,
        of_week: 0x7f,
        last_of_week: 0,
        nth_of_week: 0,
        both: true,
    };

    /// Whether this day, counted from 1970-01-01, is one of them.
    fn contain(&self, day: i64) -> bool {
        let (year, month, of_month) = date(day);
        if self.months >> month & 1 == 0 {
            return false;
        }
        let length = month_length(year, month);
        let weekday = weekday(day);
        let by_month = self.matches_month(day, of_month, length);
        let by_week = self.of_week >> weekday & 1 == 1
            || self.last_of_week >> weekday & 1 == 1 && of_month + 7 > length
            || self.nth_of_week >> (8 * ((of_month - 1) / 7 + 1) + weekday) & 1 == 1;
        if self.both {
            by_month && by_week
        } else {
            by_month || by_week
        }
    }

    fn matches_month(&self, day: i64, of_month: i64, length: i64) -> bool {
        let first = day - of_month + 1;
        self.of_month >> of_month & 1 == 1
            || self.last && of_month == length
            || self.last_weekday && day == nearest_weekday(first, length, length)
            || self.nearest > 0
                && i64::from(self.nearest) <= length
                && day == nearest_weekday(first, length, i64::from(self.nearest))
    }

    /// The first of them at or after `day`.
    fn at_or_after(&self, day: i64) -> Option<i64> {
        self.between(day, LAST_DAY)
    }

    /// The first of them from `day` to `last`.
    fn between(&self, mut day: i64, last: i64) -> Option<i64> {
        while day <= last {
            let (year, month, of_month) = date(day);
            if self.months >> month & 1 == 0 {
                day += month_length(year, month) - of_month + 1;
            } else if self.contain(day) {
                return Some(day);
            } else {
                day += 1;
            }
        }
        None
    }

    /// Whether any day is ever one of them (rule 11): 40 years hold every kind of month.
    pub fn can_match(&self) -> bool {
        let start = 11_323; // 2001-01-01
        self.between(start, start + 40 * 366).is_some()
    }
}

impl Civil {
    /// The first named local time at or after `local`.
    pub fn at_or_after(&self, local: i64) -> Option<i64> {
        let day = local.div_euclid(DAY);
        let found = self.days.at_or_after(day)?;
        if found == day
            && let Some(time) = self.time_at_or_after(local.rem_euclid(DAY))
        {
            return Some(day * DAY + time);
        }
        let found = if found == day {
            self.days.at_or_after(day + 1)?
        } else {
            found
        };
        Some(found * DAY + self.time_at_or_after(0)?)
    }

    /// How many named local times lie in `[from, to)`.
    pub fn count(&self, from: i64, to: i64) -> u64 {
        if from >= to {
            return 0;
        }
        let (first, last) = (from.div_euclid(DAY), to.div_euclid(DAY));
        let begin = |day: i64, local: i64| {
            if self.days.contain(day) {
                self.times_before(local.rem_euclid(DAY))
            } else {
                0
            }
        };
        if first == last {
            return begin(last, to) - begin(first, from);
        }
        let all = self.times_before(DAY);
        let mut days = 0;
        let mut next = self.days.at_or_after(first);
        while let Some(day) = next.filter(|day| *day < last) {
            days += 1;
            next = self.days.at_or_after(day + 1);
        }
        days * all - begin(first, from) + begin(last, to)
    }

    fn time_at_or_after(&self, time: i64) -> Option<i64> {
        let (hour, minute, second) = (time / 3_600, time / 60 % 60, time % 60);
        let is_hour = bit_from(self.hours, hour) == Some(hour);
        if is_hour
            && bit_from(self.minutes, minute) == Some(minute)
            && let Some(second) = bit_from(self.seconds, second)
        {
            return Some(hour * 3_600 + minute * 60 + second);
        }
        let first_second = bit_from(self.seconds, 0)?;
        if is_hour && let Some(minute) = bit_from(self.minutes, minute + 1) {
            return Some(hour * 3_600 + minute * 60 + first_second);
        }
        let hour = bit_from(self.hours, hour + 1 - i64::from(!is_hour))?;
        Some(hour * 3_600 + bit_from(self.minutes, 0)? * 60 + first_second)
    }

    /// How many named times of a day lie before `time`.
    fn times_before(&self, time: i64) -> u64 {
        let (hour, minute, second) = (time / 3_600, time / 60 % 60, time % 60);
        let below = |bits: u64, n: i64| u64::from((bits & ((1 << n) - 1)).count_ones());
        let seconds = u64::from(self.seconds.count_ones());
        let minutes = u64::from(self.minutes.count_ones());
        let mut count = below(self.hours, hour) * minutes * seconds;
        if self.hours >> hour & 1 == 1 {
            count += below(self.minutes, minute) * seconds;
            if self.minutes >> minute & 1 == 1 {
                count += below(self.seconds, second);
            }
        }
        count
    }
}

/// The lowest set bit at or above `from`.
fn bit_from(bits: u64, from: i64) -> Option<i64> {
    if from > 63 {
        return None;
    }
    let rest = bits >> from << from;
    (rest != 0).then(|| i64::from(rest.trailing_zeros()))
}

/// The Monday to Friday nearest to `wanted` inside the month that begins with day `first`.
fn nearest_weekday(first: i64, length: i64, wanted: i64) -> i64 {
    let day = first + wanted - 1;
    match weekday(day) {
        6 if wanted == 1 => day + 2,
        6 => day - 1,
        0 if wanted == length => day - 2,
        0 => day + 1,
        _ => day,
    }
}

/// Sunday is 0.
fn weekday(day: i64) -> i64 {
    (day + 4).rem_euclid(7)
}

/// Year, month and day of the month of a day counted from 1970-01-01, in the Gregorian calendar
/// (the well-known algorithm on 400-year eras that begin in March).
fn date(day: i64) -> (i64, i64, i64) {
    let day = day + 719_468;
    let era = day.div_euclid(146_097);
    let of_era = day.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let of_month = of_year - (153 * shifted + 2) / 5 + 1;
    (era * 400 + year + i64::from(month <= 2), month, of_month)
}

fn month_length(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
