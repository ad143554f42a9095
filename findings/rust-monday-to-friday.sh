#!/usr/bin/env bash
# cron 0.17.0 and saffron 0.1.0 (two crates): "1-5" is Sunday to Thursday.
#
# What they do: weekdays are counted from Sunday = 1, so that 1-5 runs on Sundays and not on
# Fridays, and 7 is Saturday. Nothing is said: both expressions are valid in either way of counting.
# Only 0 is refused.
# What one would guess: Monday to Friday, and 7 for Sunday, as crontab(5) has it. The README of the
# cron crate and its page of documentation explain the fields by one example with names of days
# ("Mon,Wed,Fri") and do not say at which number a week begins.
# Seen: the first five days from Monday 2 November 2026 on.
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
cron = "=0.17.0"
saffron = "=0.1.0"
END
cat >src/main.rs <<'END'
use chrono::{DateTime, Utc};

fn days(dates: impl Iterator<Item = DateTime<Utc>>) -> String {
    dates.take(5).map(|date| date.format(" %a").to_string()).collect()
}

fn main() {
    let start: DateTime<Utc> = "2026-11-02T00:00:00Z".parse().unwrap();
    for week in ["1-5", "7", "Mon-Fri"] {
        let cron: cron::Schedule = format!("0 0 8 * * {week}").parse().unwrap();
        println!("cron    {week}:{}", days(cron.after(&start)));
        let saffron: saffron::Cron = format!("0 8 * * {week}").parse().unwrap();
        println!("saffron {week}:{}", days(saffron.iter_from(start)));
    }
}
END
CARGO_TARGET_DIR="$tmp/target" timeout 600 cargo build -q
seen=$(timeout 20 target/debug/finding)
echo "$seen"

diff - <(echo "$seen") <<'END'
cron    1-5: Mon Tue Wed Thu Sun
saffron 1-5: Mon Tue Wed Thu Sun
cron    7: Sat Sat Sat Sat Sat
saffron 7: Sat Sat Sat Sat Sat
cron    Mon-Fri: Mon Tue Wed Thu Fri
saffron Mon-Fri: Mon Tue Wed Thu Fri
END
