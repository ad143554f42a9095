//! Instants, spans and amounts in words, as the pages say them: a number and its unit never part at
//! a line's end.

use crate::text::Lang;
use crate::text::pages::{Ui, fill};
use crate::time::{SignedDuration, TimeZone, Timestamp};

/// No-break space.
const NB: char = '\u{a0}';
const DAY: u64 = 86_400;
/// From here on a distance is told in days.
const DAYS_FROM: u64 = 36 * 3_600;
/// From here on what happened the day before is told by that word.
const HALF_A_DAY: SignedDuration = SignedDuration::from_hours(12);

/// What words depend on: the language and the present.
#[derive(Clone, Copy, Debug)]
pub struct Say {
    /// The words.
    pub t: &'static Ui,
    /// The present.
    pub now: Timestamp,
}

impl Say {
    /// Elapsed time: "12 ms", "0.3 s", "58 s", "1 min 02 s", "1 h 05 min".
    pub fn span(&self, span: SignedDuration) -> String {
        let millis = span.as_millis().max(0);
        let secs = (millis / 1_000) as u64;
        match secs {
            0 if millis > 0 && millis < 100 => format!("{millis}{NB}ms"),
            0 if millis > 0 => format!("{}{NB}s", self.decimal(millis as f64 / 1_000.0)),
            0..60 => format!("{secs}{NB}s"),
            60..3_600 => format!("{}{NB}min{NB}{:02}{NB}s", secs / 60, secs % 60),
            3_600..DAY => format!("{}{NB}h{NB}{:02}{NB}min", secs / 3_600, secs / 60 % 60),
            _ => self.rough(secs),
        }
    }

    /// A distance as roughly as people say it: "42 min", "1 h 18", "21 h", "4 d".
    pub fn rough(&self, secs: u64) -> String {
        let (hours, minutes) = (secs / 3_600, secs / 60 % 60);
        match secs {
            0..60 => format!("{secs}{NB}s"),
            60..3_600 => format!("{minutes}{NB}min"),
            3_600..7_200 if minutes > 0 => format!("{hours}{NB}h{NB}{minutes:02}"),
            3_600..DAYS_FROM => format!("{hours}{NB}h"),
            // Days as people count nights: 45 hours are 2 days.
            _ => format!("{}{NB}{}", (secs + DAY / 2) / DAY, self.t.unit_day),
        }
    }

    /// A long time in two units: "12 d 4 h".
    pub fn long(&self, secs: u64) -> String {
        let hours = secs / 3_600 % 24;
        if secs < DAY || hours == 0 {
            return self.rough(secs);
        }
        format!("{}{NB}{} {hours}{NB}h", secs / DAY, self.t.unit_day)
    }

    /// How long ago: "2 h ago".
    pub fn ago(&self, at: Timestamp) -> String {
        match self.now.duration_since(at).as_secs() {
            ..1 => self.t.when_now.to_owned(),
            secs => fill(self.t.when_ago, &[("d", &self.rough(secs.unsigned_abs()))]),
        }
    }

    /// How long ago, for a row: "2 h ago", "yesterday", "4 d ago".
    pub fn ago_by_day(&self, at: Timestamp, zone: &TimeZone) -> String {
        let is_long = self.now.duration_since(at) >= HALF_A_DAY;
        if is_long && self.days_away(at, zone) == -1 {
            return self.t.when_yesterday.to_owned();
        }
        self.ago(at)
    }

    /// How long ago, in a sentence: "2 h ago", "3 days ago".
    pub fn ago_in_full(&self, at: Timestamp) -> String {
        match self.now.duration_since(at).as_secs().unsigned_abs() {
            secs @ DAYS_FROM.. if at < self.now => {
                let days = self.t.count(self.t.when_days, (secs + DAY / 2) / DAY);
                fill(self.t.when_ago, &[("d", &days)])
            }
            _ => self.ago(at),
        }
    }

    /// How far ahead: "21 h".
    pub fn ahead(&self, at: Timestamp) -> String {
        // Half a minute more, so that a due time in 2 min 59 s is not called 2 minutes away.
        let secs = at.duration_since(self.now).as_secs().max(0).unsigned_abs();
        self.rough(if secs < 60 { secs } else { secs + 30 })
    }

    /// "in 21 h".
    pub fn until(&self, at: Timestamp) -> String {
        fill(self.t.when_in, &[("d", &self.ahead(at))])
    }

    /// Past or future: "2 h ago", "in 21 h".
    pub fn away(&self, at: Timestamp) -> String {
        if at > self.now {
            self.until(at)
        } else {
            self.ago(at)
        }
    }

    /// How late a start was: "+0.1 s", "+41 min".
    pub fn lag(&self, lag: SignedDuration) -> String {
        let millis = lag.as_millis().max(0);
        if millis < 60_000 {
            return format!("+{}{NB}s", self.decimal(millis as f64 / 1_000.0));
        }
        format!("+{}", self.rough((millis / 1_000) as u64))
    }

    /// One decimal: "0.1", "0,1".
    pub fn decimal(&self, value: f64) -> String {
        let text = format!("{value:.1}");
        match self.t.lang {
            Lang::En => text,
            Lang::Fr => text.replace('.', ","),
        }
    }

    /// An amount of bytes in thousands: "1.0 GB", "1,0 Go".
    pub fn bytes(&self, bytes: u64) -> String {
        let (mut value, mut unit) = (bytes as f64, 0);
        while value >= 999.5 && unit < 4 {
            (value, unit) = (value / 1_000.0, unit + 1);
        }
        let number = if unit == 0 {
            bytes.to_string()
        } else {
            self.decimal(value)
        };
        format!("{number}{NB}{}", self.t.nth(self.t.units_bytes, unit))
    }

    /// "08:00"; with seconds where they are not 0.
    pub fn clock(&self, at: Timestamp, zone: &TimeZone) -> String {
        let form = if at.as_second() % 60 == 0 {
            "%H:%M"
        } else {
            "%H:%M:%S"
        };
        format(at, zone, form)
    }

    /// "today", "yesterday", "tomorrow", "17 Nov", "17 Nov 2025".
    pub fn day(&self, at: Timestamp, zone: &TimeZone) -> String {
        match self.days_away(at, zone) {
            0 => self.t.when_today.to_owned(),
            1 => self.t.when_tomorrow.to_owned(),
            -1 => self.t.when_yesterday.to_owned(),
            _ => self.date(at, zone),
        }
    }

    /// "17 Nov", with the year where it is another one.
    pub fn date(&self, at: Timestamp, zone: &TimeZone) -> String {
        let there = at.to_zoned_datetime(zone.clone());
        let here = self.now.to_zoned_datetime(zone.clone());
        let month = usize::from(there.month().unsigned_abs()) - 1;
        let text = format!("{}{NB}{}", there.day(), self.t.nth(self.t.months, month));
        if there.year() == here.year() {
            text
        } else {
            format!("{text}{NB}{}", there.year())
        }
    }

    /// A past instant in a list: "today 08:00", "17 Nov 08:00".
    pub fn when(&self, at: Timestamp, zone: &TimeZone) -> String {
        format!("{} {}", self.day(at, zone), format(at, zone, "%H:%M"))
    }

    /// A coming instant, short: "11:00", "tomorrow 08:00", "Mon 07:00", "17 Dec 07:00".
    pub fn soon(&self, at: Timestamp, zone: &TimeZone) -> String {
        let clock = self.clock(at, zone);
        match self.days_away(at, zone) {
            0 => clock,
            2..7 => format!("{} {clock}", self.weekday(at, zone)),
            _ => format!("{} {clock}", self.day(at, zone)),
        }
    }

    /// A due time in full: "Fri 20 Nov 08:00".
    pub fn fire(&self, at: Timestamp, zone: &TimeZone) -> String {
        let (weekday, date) = (self.weekday(at, zone), self.date(at, zone));
        format!("{weekday} {date} {}", self.clock(at, zone))
    }

    /// The instant without doubt: "2026-11-20 08:00:00 +01:00 Europe/Paris".
    pub fn full(&self, at: Timestamp, zone: &TimeZone) -> String {
        let name = zone.iana_name().unwrap_or("UTC");
        format!("{} {name}", format(at, zone, "%Y-%m-%d %H:%M:%S %:z"))
    }

    fn weekday(&self, at: Timestamp, zone: &TimeZone) -> &'static str {
        let day = at.to_zoned_datetime(zone.clone()).weekday();
        let place = day.to_monday_zero_offset().unsigned_abs();
        self.t.nth(self.t.days, place.into())
    }

    /// Calendar days from today.
    fn days_away(&self, at: Timestamp, zone: &TimeZone) -> i32 {
        let date = |at: Timestamp| at.to_zoned_datetime(zone.clone()).date();
        let days = date(self.now).until(date(at));
        days.map_or(i32::MAX, |span| span.get_days())
    }
}

/// An instant in a zone, in a form of strftime.
pub fn format(at: Timestamp, zone: &TimeZone, form: &str) -> String {
    at.to_zoned_datetime(zone.clone())
        .strftime(form)
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(lang: Lang) -> Say {
        Say {
            t: Ui::of(lang),
            now: "2026-11-19T09:42:00Z".parse().expect("an instant"),
        }
    }

    fn paris() -> TimeZone {
        TimeZone::get("Europe/Paris").expect("a zone")
    }

    #[test]
    fn spans_read_as_people_say_them() {
        let say = say(Lang::Fr);
        let millis = |n| say.span(SignedDuration::from_millis(n)).replace(NB, " ");
        assert_eq!(millis(12), "12 ms");
        assert_eq!(millis(340), "0,3 s");
        assert_eq!(millis(58_900), "58 s");
        assert_eq!(millis(62_000), "1 min 02 s");
        assert_eq!(millis(3_900_000), "1 h 05 min");
        assert_eq!(say.rough(4_680).replace(NB, " "), "1 h 18");
        assert_eq!(say.rough(76_000).replace(NB, " "), "21 h");
        assert_eq!(say.rough(345_600).replace(NB, " "), "4 j");
        assert_eq!(say.bytes(1_040_000_000).replace(NB, " "), "1,0 Go");
    }

    #[test]
    fn days_are_named_from_the_reader_s_today() {
        let (fr, en) = (say(Lang::Fr), say(Lang::En));
        let at = |text: &str| text.parse().expect("an instant");
        let clean = |text: String| text.replace(NB, " ");
        let zone = paris();
        assert_eq!(
            clean(fr.soon(at("2026-11-20T07:00:00Z"), &zone)),
            "demain 08:00"
        );
        assert_eq!(
            clean(fr.soon(at("2026-11-23T06:00:00Z"), &zone)),
            "lun. 07:00"
        );
        assert_eq!(clean(en.soon(at("2026-11-19T10:00:00Z"), &zone)), "11:00");
        assert_eq!(
            clean(en.when(at("2026-10-30T07:00:00Z"), &zone)),
            "30 Oct 08:00"
        );
        assert_eq!(
            clean(en.fire(at("2027-01-01T07:00:00Z"), &zone)),
            "Fri 1 Jan 2027 08:00"
        );
        assert_eq!(clean(fr.ago(at("2026-11-19T01:30:00Z"))), "il y a 8 h");
        let by_day = |text| clean(fr.ago_by_day(at(text), &zone));
        assert_eq!(by_day("2026-11-18T14:30:00Z"), "hier");
        assert_eq!(by_day("2026-11-18T22:30:00Z"), "il y a 11 h");
        assert_eq!(by_day("2026-11-17T12:00:00Z"), "il y a 2 j");
        let full = |say: &Say, text| clean(say.ago_in_full(at(text)));
        assert_eq!(full(&fr, "2026-11-16T17:20:00Z"), "il y a 3 jours");
        assert_eq!(full(&en, "2026-11-16T17:20:00Z"), "3 days ago");
        assert_eq!(full(&en, "2026-11-19T01:30:00Z"), "8 h ago");
        assert_eq!(full(&en, "2026-11-20T01:30:00Z"), "just now");
    }
}
