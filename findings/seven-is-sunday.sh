#!/usr/bin/env bash
# @breejs/later 4.2.0 and cronosjs 1.7.1 (npm): weekday 7 is Saturday in the one; in the other the
# range 0-7 is Sunday alone.
#
# What they do: later adds one to each weekday of a cron expression, to get from cron's 0-6 to its
# own 1-7, and keeps 7 as it is: "0 8 * * 7" runs on Saturdays, and "5-7" leaves Sunday out.
# cronosjs counts 7 as 0 before it looks at the range, so that 0-7 is a range from 0 to 0.
# What one would guess: 7 is Sunday, like 0. crontab(5) says so, the README of cronosjs allows 0-7
# and says that both ends are Sunday, and later names cron expressions as one of its inputs.
# Seen: 0 and 7 one day apart in later; 0-6 daily and 0-7 weekly in cronosjs.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
timeout 300 npm install --silent --no-audit --no-fund @breejs/later@4.2.0 cronosjs@1.7.1 >/dev/null

seen=$(timeout 60 node <<'JS'
const later = require('@breejs/later');
const { CronosExpression } = require('cronosjs');
later.date.UTC();
const start = new Date('2026-11-02T00:00:00Z');
const days = (dates) => dates.map((date) => date.toUTCString().slice(0, 7)).join(' ');
for (const cron of ['0 8 * * 0', '0 8 * * 7', '0 8 * * 5-7']) {
  console.log('later   ', cron, days(later.schedule(later.parse.cron(cron)).next(3, start)));
}
for (const cron of ['0 8 * * 7', '0 8 * * 0-6', '0 8 * * 0-7']) {
  const expression = CronosExpression.parse(cron, { timezone: 'UTC' });
  console.log('cronosjs', cron, days(expression.nextNDates(start, 3)));
}
JS
)
echo "$seen"

diff - <(echo "$seen") <<'END'
later    0 8 * * 0 Sun, 08 Sun, 15 Sun, 22
later    0 8 * * 7 Sat, 07 Sat, 14 Sat, 21
later    0 8 * * 5-7 Fri, 06 Sat, 07 Fri, 13
cronosjs 0 8 * * 7 Sun, 08 Sun, 15 Sun, 22
cronosjs 0 8 * * 0-6 Mon, 02 Tue, 03 Wed, 04
cronosjs 0 8 * * 0-7 Sun, 08 Sun, 15 Sun, 22
END
