#!/usr/bin/env bash
# cron 0.17.0 (a crate): the iterator over due times goes back in time in the repeated hour, and
# asking it anew after each run leaves that hour out.
#
# What it does: in Berlin, on the night with two hours from 02:00 to 03:00, Schedule::after gives
# 00:00, 01:00, 00:30, 01:30 UTC for each half hour. A loop that sleeps until the next due time, and
# asks again from there, gets 00:00, 00:30 and then 02:00.
# What one would guess: due times that rise, and the same ones whichever way they are asked for. The
# documentation calls it an iterator of the date-times that match, from after the given one on.
# Seen: with the iterator, 00:30 is due when 01:00 has passed; step by step, 90 minutes are silent.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
mkdir src
cat >Cargo.toml <<'END'
[package]
name = "finding"
version = "0.0.0"
edition = "2021"
[dependencies]
chrono = "=0.4.45"
chrono-tz = "=0.10.4"
cron = "=0.17.0"
END
cat >src/main.rs <<'END'
use chrono::{DateTime, Utc};
use chrono_tz::Europe::Berlin;

fn main() {
    let schedule: cron::Schedule = "0 */30 * * * *".parse().unwrap();
    let start: DateTime<Utc> = "2026-10-24T23:45:00Z".parse().unwrap();
    let show = |name: &str, dates: Vec<DateTime<Utc>>| {
        let times: Vec<_> = dates.iter().map(|date| date.format("%H:%M").to_string()).collect();
        println!("{name}: {}", times.join(" "));
    };

    let zoned = start.with_timezone(&Berlin);
    show("iterator", schedule.after(&zoned).take(5).map(|date| date.to_utc()).collect());

    let mut steps = vec![start];
    for _ in 0..5 {
        let last = steps.last().unwrap().with_timezone(&Berlin);
        steps.push(schedule.after(&last).next().unwrap().to_utc());
    }
    show("step by step", steps.split_off(1));
}
END
CARGO_TARGET_DIR="$tmp/target" timeout 600 cargo build -q
seen=$(timeout 20 target/debug/finding)
echo "$seen"

diff - <(echo "$seen") <<'END'
iterator: 00:00 01:00 00:30 01:30 02:00
step by step: 00:00 00:30 02:00 02:30 03:00
END
