#!/usr/bin/env bash
# @breejs/later 4.2.0: "every 90 mins" runs each hour, "every 36 hours" runs each day.
#
# What it does: the parser of English text turns a span into values of one clock field, starting at
# its lowest: 90 minutes leaves minute 0 alone, 36 hours leaves hour 0 alone, 45 minutes leaves 0
# and 45. No error is given (its "error" is -1, which means that the whole text was understood).
# What one would guess: elapsed time, as the words say, or a refusal. The project describes itself
# as more flexible than cron and shows spans such as every 10 or 30 minutes, which happen to fit.
# Seen: runs 60 minutes apart for 90, 24 hours apart for 36, and 45 and 15 by turns for 45.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
timeout 300 npm install --silent --no-audit --no-fund @breejs/later@4.2.0 >/dev/null

seen=$(timeout 60 node <<'JS'
const later = require('@breejs/later');
later.date.UTC();
for (const text of ['every 90 mins', 'every 36 hours', 'every 45 mins']) {
  const schedule = later.parse.text(text);
  const due = later.schedule(schedule).next(4, new Date('2026-11-02T00:00:00Z'));
  const gaps = due.slice(1).map((date, i) => (date - due[i]) / 60000);
  console.log(`${text}: error ${schedule.error}, minutes between runs ${gaps.join(' ')}`);
}
JS
)
echo "$seen"

diff - <(echo "$seen") <<'END'
every 90 mins: error -1, minutes between runs 60 60 60
every 36 hours: error -1, minutes between runs 1440 1440 1440
every 45 mins: error -1, minutes between runs 45 15 45
END
