#!/usr/bin/env bash
# cron 4.4.0 and cron-parser 5.10.6 (npm): on Lord Howe Island, whose summer time is half an hour,
# "every 15 minutes" goes back in time, and a nightly run is lost.
#
# What they do: when the clock goes back by 30 minutes, nextDates of cron gives 14:45 and 15:00 UTC,
# then the same two again, and never gets on. When it goes forward from 02:00 to 02:30, cron-parser
# has no run at 02:15 on that day, although it has one for the like case in Berlin.
# What one would guess: due times that rise, and the same rule for a gap in every zone. The README
# of cron calls nextDates an array of upcoming dates; that of cron-parser says that changes of the
# clock are handled correctly. Both lean on luxon, which knows the half hour.
# Seen: the times below, in UTC.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
timeout 300 npm install --silent --no-audit --no-fund \
    cron@4.4.0 cron-parser@5.10.6 luxon@3.7.2 >/dev/null

seen=$(timeout 60 node --no-warnings <<'JS'
const { mock } = require('node:test');
const { CronJob } = require('cron');
const { CronExpressionParser } = require('cron-parser');

mock.timers.enable({ apis: ['Date'], now: new Date('2026-04-04T14:40:00Z') });
const job = new CronJob('*/15 * * * *', () => {}, null, false, 'Australia/Lord_Howe');
const dates = job.nextDates(5).map((date) => date.toUTC().toFormat('HH:mm'));
console.log('cron, from 14:40:', dates.join(' '));

for (const [tz, cron, currentDate] of [
  ['Europe/Berlin', '30 2 * * *', '2026-03-28T12:00:00Z'],
  ['Australia/Lord_Howe', '15 2 * * *', '2026-10-03T12:00:00Z'],
]) {
  const runs = CronExpressionParser.parse(cron, { tz, currentDate: new Date(currentDate) });
  const next = () => runs.next().toDate().toISOString().slice(0, 16);
  console.log(`cron-parser, ${tz}, after ${currentDate.slice(0, 16)}:`, next(), next());
}
JS
)
echo "$seen"

diff - <(echo "$seen") <<'END'
cron, from 14:40: 14:45 15:00 14:45 15:00 14:45
cron-parser, Europe/Berlin, after 2026-03-28T12:00: 2026-03-29T01:30 2026-03-30T00:30
cron-parser, Australia/Lord_Howe, after 2026-10-03T12:00: 2026-10-04T15:15 2026-10-05T15:15
END
