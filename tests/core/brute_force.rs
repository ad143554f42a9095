//! Random expressions, zones and instants against a second enumerator, written minute by minute and
//! sharing nothing with the first but the zone data. `SCHEDULE_CASES` asks for more cases.
#![allow(clippy::unwrap_used, reason = "tests")]

use jobsd::schedule::Schedule;
use jobsd::schedule::expression::Cron;
use jobsd::schedule::kind::Rule;
use jobsd::time::{SignedDuration, TimeZone, Timestamp};

struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % below
    }
}

/// One field: its text and the values it stands for.
#[derive(Debug)]
struct Field {
    text: String,
    values: Vec<i64>,
    is_fixed: bool,
}

fn field(dice: &mut Dice, min: i64, max: i64, often: bool) -> Field {
    let span = (max - min + 1) as u64;
    let value = |dice: &mut Dice| min + dice.roll(span) as i64;
    match dice.roll(if often { 3 } else { 6 }) {
        0 | 3 => Field {
            text: "*".into(),
            values: (min..=max).collect(),
            is_fixed: false,
        },
        1 => {
            let step = 1 + dice.roll(span) as i64;
            let values = (min..=max).filter(|v| (v - min) % step == 0).collect();
            Field {
                text: format!("*/{step}"),
                values,
                is_fixed: false,
            }
        }
        2 => {
            let (a, b) = (value(dice), value(dice));
            let (a, b) = (a.min(b), a.max(b));
            Field {
                text: format!("{a}-{b}"),
                values: (a..=b).collect(),
                is_fixed: false,
            }
        }
        _ => {
            let mut values: Vec<i64> = (0..=dice.roll(3)).map(|_| value(dice)).collect();
            let text = values
                .iter()
                .map(i64::to_string)
                .collect::<Vec<_>>()
                .join(",");
            values.sort_unstable();
            values.dedup();
            Field {
                text,
                values,
                is_fixed: true,
            }
        }
    }
}

struct Case {
    text: String,
    minute: Field,
    hour: Field,
    day: Field,
    month: Field,
    week: Field,
}

impl Case {
    fn new(dice: &mut Dice) -> Case {
        let minute = field(dice, 0, 59, false);
        let hour = field(dice, 0, 23, false);
        let day = field(dice, 1, 31, true);
        let month = field(dice, 1, 12, true);
        let week = field(dice, 0, 6, true);
        let text = [&minute, &hour, &day, &month, &week]
            .map(|field| field.text.as_str())
            .join(" ");
        Case {
            text,
            minute,
            hour,
            day,
            month,
            week,
        }
    }

    fn names(&self, at: jobsd::time::civil::DateTime) -> bool {
        let has = |field: &Field, value: i64| field.values.contains(&value);
        let by_day = has(&self.day, at.day().into());
        let by_week = has(&self.week, at.weekday().to_sunday_zero_offset().into());
        let either = !self.day.text.starts_with('*') && !self.week.text.starts_with('*');
        has(&self.minute, at.minute().into())
            && has(&self.hour, at.hour().into())
            && has(&self.month, at.month().into())
            && if either {
                by_day || by_week
            } else {
                by_day && by_week
            }
    }

    /// Every run in `(from, to]`, minute by minute.
    fn runs(&self, zone: &TimeZone, from: Timestamp, to: Timestamp) -> Vec<Timestamp> {
        let is_fixed = self.minute.is_fixed && self.hour.is_fixed;
        let minute = SignedDuration::from_mins(1);
        let local = |at: Timestamp| at.to_zoned_datetime(zone.clone()).datetime();
        let mut runs = Vec::new();
        let start = from.as_second().div_euclid(60) * 60;
        let mut at = Timestamp::from_second(start).unwrap();
        let mut before = local(at);
        while at < to {
            at += minute;
            let now = local(at);
            let mut run = self.names(now);
            if is_fixed {
                let repeated = (1..=26 * 4).any(|n| local(at - minute * 15 * n) == now);
                run &= !repeated;
                let gap = now.duration_since(before).as_mins() - 1;
                if 0 < gap && gap <= 180 {
                    run |=
                        (1..=gap).any(|n| self.names(before + minute * i32::try_from(n).unwrap()));
                }
            }
            if run && at > from && at <= to {
                runs.push(at);
            }
            before = now;
        }
        runs
    }
}

const ZONES: [&str; 14] = [
    "UTC",
    "Europe/Paris",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Asia/Kolkata",
    "Africa/Casablanca",
    "America/Sao_Paulo",
    "Pacific/Apia",
    "Asia/Tehran",
    "Antarctica/Troll",
    "Pacific/Chatham",
    "Africa/Cairo",
    "America/Havana",
];

/// Minute by minute.
#[test]
fn random_expressions_match_a_brute_force_count() {
    let cases: u64 = std::env::var("SCHEDULE_CASES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(2_000);
    let seed = std::env::var("SCHEDULE_SEED")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(20_261_124);
    let mut dice = Dice(seed);
    let mut compared = 0;
    for n in 0..cases {
        let case = Case::new(&mut dice);
        let name = ZONES[dice.roll(ZONES.len() as u64) as usize];
        let zone = TimeZone::get(name).unwrap();
        // From 1975 to 2075, every second case just before a clock change.
        let mut from =
            Timestamp::from_second(157_766_400 + dice.roll(3_155_760_000) as i64).unwrap();
        if n % 2 == 0
            && let Some(change) = zone.following(from).next().map(|change| change.timestamp())
        {
            from = change - SignedDuration::from_secs(dice.roll(7_200) as i64);
        }
        if zone
            .preceding(from)
            .take(3)
            .any(|change| change.timestamp().as_second() % 60 != 0)
        {
            continue;
        }
        let to = from + SignedDuration::from_hours(6 + dice.roll(30) as i64);
        let Ok(cron) = Cron::parse(&case.text, false) else {
            continue;
        };
        let schedule = Schedule::new(Rule::from(cron), zone.clone());
        let wanted = case.runs(&zone, from, to);
        let mut found = Vec::new();
        let mut after = from;
        while let Some(next) = schedule.next_after(after).filter(|next| *next <= to) {
            found.push(next);
            after = next;
        }
        assert_eq!(
            found, wanted,
            "case {n}: {:?} in {name} from {from} to {to}",
            case.text
        );
        let range = schedule.due_range(from, to);
        let counted = range.map(|range| (range.first, range.last, range.count));
        let ends = wanted.first().zip(wanted.last());
        assert_eq!(
            counted,
            ends.map(|(a, b)| (*a, *b, wanted.len() as u64)),
            "case {n}: {:?} in {name} from {from}",
            case.text
        );
        compared += 1;
    }
    eprintln!("{compared} of {cases} cases compared");
    assert!(compared * 10 > cases * 8);
}
