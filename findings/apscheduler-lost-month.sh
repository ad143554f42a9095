#!/usr/bin/env bash
# APScheduler 3.11.3: a monthly job in Havana loses 1 April because of a clock change on 8 March.
#
# What it does: looking for the next "0 0 1 * *", the cron trigger comes upon a midnight that does
# not exist (8 March 2026 in Havana, 6 September in Santiago) and continues from the wrong day; the
# whole month that follows gets no run. At 08:00 instead of midnight nothing is lost.
# What one would guess: at worst something happens on the night of the change. The manual of the
# trigger warns that local times may be left out or come twice when the clock changes; both first
# days of a month here are ordinary days with an ordinary midnight.
# Seen: Havana 1 March, then 1 May; Santiago 1 September, then 1 November.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
python3 -m venv env
timeout 300 env/bin/pip -q --disable-pip-version-check install \
    APScheduler==3.11.3 tzlocal==5.4.5 tzdata==2026.6

seen=$(PYTHONTZPATH='' timeout 60 env/bin/python <<'PY'
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

for expression, name, start in [
    ("0 0 1 * *", "America/Havana", datetime(2026, 2, 15, tzinfo=timezone.utc)),
    ("0 8 1 * *", "America/Havana", datetime(2026, 2, 15, tzinfo=timezone.utc)),
    ("0 0 1 * *", "America/Santiago", datetime(2026, 8, 15, tzinfo=timezone.utc)),
]:
    zone = ZoneInfo(name)
    trigger = CronTrigger.from_crontab(expression, timezone=zone)
    due, now, days = None, start, []
    for _ in range(3):
        due = trigger.get_next_fire_time(due, now.astimezone(zone))
        now = due.astimezone(timezone.utc) + timedelta(milliseconds=5)
        days.append(due.strftime("%d %b"))
    print(expression, name, *days, sep=" | ")
PY
)
echo "$seen"

diff - <(echo "$seen") <<'END'
0 0 1 * * | America/Havana | 01 Mar | 01 May | 01 Jun
0 8 1 * * | America/Havana | 01 Mar | 01 Apr | 01 May
0 0 1 * * | America/Santiago | 01 Sep | 01 Nov | 01 Dec
END
