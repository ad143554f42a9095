#!/usr/bin/env bash
# chrono-tz 0.10.4 (a crate; the newest in November 2026): 08:00 in Vancouver is an hour late, and
# Berlin has no summer time after 2100.
#
# What it does: zone data is compiled in (2025b) and the system's is never read, so neither a new
# tzdata package nor a restart helps; only a release of the crate and a new build do. Changes are
# stored as a list that ends in 2100, without the rule that continues without end.
# What one would guess: that an up-to-date system has up-to-date zones, and that a rule continues. The
# tz database has British Columbia stay on UTC-7 since March 2026 (from 2026b on), and writes the
# rules of the EU without an end; RFC 9636 (TZif) has a footer for times after the last change.
# Seen: an hour more in both places than Python's zoneinfo, with the tzdata package 2026.6, has.
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
END
cat >src/main.rs <<'END'
use chrono::TimeZone;
use chrono_tz::{America::Vancouver, Europe::Berlin};

fn main() {
    println!("{}", chrono_tz::IANA_TZDB_VERSION);
    println!("{}", Vancouver.with_ymd_and_hms(2026, 12, 1, 8, 0, 0).unwrap().to_utc());
    println!("{}", Berlin.with_ymd_and_hms(2101, 7, 1, 8, 0, 0).unwrap().to_utc());
}
END
CARGO_TARGET_DIR="$tmp/target" timeout 600 cargo build -q
python3 -m venv env
timeout 300 env/bin/pip -q --disable-pip-version-check install tzdata==2026.6
seen=$(
    timeout 20 target/debug/finding
    PYTHONTZPATH='' timeout 20 env/bin/python <<'PY'
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import tzdata

print(tzdata.IANA_VERSION)
for name, day in [("America/Vancouver", (2026, 12, 1)), ("Europe/Berlin", (2101, 7, 1))]:
    print(datetime(*day, 8, tzinfo=ZoneInfo(name)).astimezone(timezone.utc))
PY
)
echo "$seen"

diff - <(echo "$seen") <<'END'
2025b
2026-12-01 16:00:00 UTC
2101-07-01 07:00:00 UTC
2026f
2026-12-01 15:00:00+00:00
2101-07-01 06:00:00+00:00
END
