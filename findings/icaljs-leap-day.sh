#!/usr/bin/env bash
# ical.js 2.2.1: who was born on 29 February has a birthday on 1 March in the other years.
#
# What it does: a yearly rule from 29 February gives 1 March in years without that day, and a rule
# for January and February from the 31st gives 3 March. The monthly rule from the 31st, of the same
# library, leaves short months out.
# What one would guess: leap years alone. RFC 5545 (3.3.10) says that a rule's invalid dates, 30
# February for one, are ignored and not counted; dateutil and rrule.js do so.
# Seen: the dates below. A greeting goes out on a day that other calendars do not have, and it uses
# up one of the rule's COUNT.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
timeout 300 npm install --silent --no-audit --no-fund ical.js@2.2.1 rrule@2.8.1 >/dev/null

cat >dates.mjs <<'JS'
import ICAL from 'ical.js';
import rrule from 'rrule';

for (const [rule, start] of [
  ['FREQ=YEARLY;COUNT=4', '2024-02-29'],
  ['FREQ=YEARLY;BYMONTH=1,2;COUNT=4', '2026-01-31'],
  ['FREQ=MONTHLY;COUNT=4', '2026-01-31'],
]) {
  const days = ICAL.Recur.fromString(rule).iterator(ICAL.Time.fromString(start));
  const found = [];
  for (let day = days.next(); day; day = days.next()) found.push(day.toString());
  const dtstart = `DTSTART:${start.replaceAll('-', '')}T000000Z`;
  const other = rrule.rrulestr(`${dtstart}\nRRULE:${rule}`).all();
  console.log(rule);
  console.log('  ical.js ', ...found);
  console.log('  rrule.js', ...other.map((date) => date.toISOString().slice(0, 10)));
}
JS
seen=$(timeout 60 node dates.mjs)
echo "$seen"

diff - <(echo "$seen") <<'END'
FREQ=YEARLY;COUNT=4
  ical.js  2024-02-29 2025-03-01 2026-03-01 2027-03-01
  rrule.js 2024-02-29 2028-02-29 2032-02-29 2036-02-29
FREQ=YEARLY;BYMONTH=1,2;COUNT=4
  ical.js  2026-01-31 2026-03-03 2027-01-31 2027-03-03
  rrule.js 2026-01-31 2027-01-31 2028-01-31 2029-01-31
FREQ=MONTHLY;COUNT=4
  ical.js  2026-01-31 2026-03-31 2026-05-31 2026-07-31
  rrule.js 2026-01-31 2026-03-31 2026-05-31 2026-07-31
END
