//! Cost of the next due time, beside croner's own in the same run; of settling a year's gap; of
//! refusing bad text. `cargo bench --bench schedule`
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark"
)]

use std::hint::black_box;
use std::str::FromStr;
use std::time::Instant;

use jobsd::schedule::Schedule;
use jobsd::schedule::elapsed::Interval;
use jobsd::schedule::expression::Cron;
use jobsd::schedule::kind::Rule;
use jobsd::time::{TimeZone, Timestamp};

/// Median nanoseconds of a call, over 30 rounds of `rounds` calls.
fn median(rounds: u32, mut call: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..30)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..rounds {
                call();
            }
            start.elapsed().as_nanos() as f64 / f64::from(rounds)
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[15]
}

fn main() {
    println!(
        "next due time, Europe/Paris            ours (with zone)   croner (civil)   croner (UTC)"
    );
    let zone = TimeZone::get("Europe/Paris").unwrap();
    let from: Timestamp = "2026-11-24T10:17:23Z".parse().unwrap();
    let naive = chrono::DateTime::from_timestamp(from.as_second(), 0).unwrap();
    for text in [
        "* * * * *",
        "*/15 * * * *",
        "0 8 * * *",
        "30 2 * * 1-5",
        "0 0 1 * *",
        "0 0 L * *",
        "0 0 13 * 5",
        "0 0 29 2 *",
        "0 0 29 2 */7",
    ] {
        let schedule = Schedule::new(Rule::from(Cron::parse(text, false).unwrap()), zone.clone());
        let ours = median(2_000, || {
            black_box(schedule.next_after(black_box(from)));
        });
        let croner = croner::Cron::from_str(text).unwrap();
        let civil = median(500, || {
            let _ = black_box(croner.find_next_occurrence(black_box(&naive.naive_utc()), false));
        });
        let zoned = median(500, || {
            let _ = black_box(croner.find_next_occurrence(black_box(&naive), false));
        });
        println!("  {text:<36} {ours:>10.0} ns      {civil:>10.0} ns   {zoned:>10.0} ns");
    }
    println!("a year's gap, counted");
    let year = from + jobsd::time::SignedDuration::from_hours(365 * 24);
    let every_second = Rule::from(Interval {
        every_secs: 1.try_into().unwrap(),
        anchor: Timestamp::UNIX_EPOCH,
    });
    let cron = Rule::from(Cron::parse("* * * * * *", true).unwrap());
    let daily = Rule::from(Cron::parse("30 2 * * *", false).unwrap());
    for (name, rule) in [
        ("interval of 1 s", every_second),
        ("cron of every second", cron),
        ("cron of every night", daily),
    ] {
        let schedule = Schedule::new(rule, zone.clone());
        let cost = median(20, || {
            black_box(schedule.due_range(black_box(from), black_box(year)));
        });
        println!("  {name:<36} {cost:>10.0} ns");
    }
    println!("reading an expression");
    let long = [
        "1,".repeat(499),
        "* ".repeat(500),
        ", * * * *".to_owned(),
        "0 0 30 2 *".to_owned(),
        "*/1-".repeat(250),
        "0 0 29 2 *".to_owned(),
    ];
    for text in &long {
        let cost = median(20, || {
            let _ = black_box(Cron::parse(black_box(text), false));
        });
        let shown: String = text.chars().take(24).collect();
        println!(
            "  {shown:<36} {cost:>10.0} ns   ({} characters)",
            text.len()
        );
    }
}
