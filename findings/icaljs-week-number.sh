#!/usr/bin/env bash
# ical.js 2.2.1: "Monday of week 20, yearly" is every Monday; "the 1st, yearly" is one day a year.
#
# What it does: BYWEEKNO is read and written back, but the iterator does not heed it: the weekday
# alone is left, and it recurs weekly. BYMONTHDAY without BYMONTH stays in the month of the start.
# What one would guess: one Monday a year, and twelve days a year. That is what the table of RFC
# 5545 (3.3.10) says for a yearly rule: BYWEEKNO expands to weeks, BYMONTHDAY expands to each month;
# the RFC has week 20 among its examples. No error tells that a part of the rule is left out.
# Seen: the dates below; rrule.js, on the same rules, follows the table.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
timeout 300 npm install --silent --no-audit --no-fund ical.js@2.2.1 rrule@2.8.1 >/dev/null

cat >dates.mjs <<'JS'
import ICAL from 'ical.js';
import rrule from 'rrule';

for (const [rule, start] of [
  ['FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;COUNT=3', '2026-05-11'],
  ['FREQ=YEARLY;BYMONTHDAY=1;COUNT=3', '2026-05-01'],
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
FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;COUNT=3
  ical.js  2026-05-18 2026-05-25 2026-06-01
  rrule.js 2026-05-11 2027-05-17 2028-05-15
FREQ=YEARLY;BYMONTHDAY=1;COUNT=3
  ical.js  2026-05-01 2027-05-01 2028-05-01
  rrule.js 2026-05-01 2026-06-01 2026-07-01
END
