#!/usr/bin/env bash
# croniter 7.0.0: with "mon#1" in the weekday field, the day of the month is no longer an "or".
#
# What it does: "0 0 1 * mon" runs on the 1st and on Mondays; "0 0 1 * mon#1" runs on first Mondays
# alone. "0 0 15 * mon#1" is valid for is_valid, but get_next finds no date for it, ever.
# What one would guess: the 1st (or the 15th), and first Mondays. The README says that the two day
# fields are joined by "or", as in cron, unless day_or=False asks for "and"; its examples with #
# name no day of the month.
# Seen: cronsim 2.8, which reads the same expressions, has both; croniter loses a run a month.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
python3 -m venv env
timeout 300 env/bin/pip -q --disable-pip-version-check install \
    croniter==7.0.0 cronsim==2.8 python-dateutil==2.9.0.post0

seen=$(timeout 60 env/bin/python <<'PY'
from datetime import datetime, timezone
from itertools import islice

from croniter import CroniterBadDateError, croniter
from cronsim import CronSim

start = datetime(2026, 10, 28, tzinfo=timezone.utc)


def show(name, expression, dates):
    try:
        print(name, expression, *(date.strftime("%a-%d-%b") for date in islice(dates, 4)))
    except CroniterBadDateError as error:
        print(name, expression, "valid:", croniter.is_valid(expression), "but", error)


for expression in ["0 0 1 * mon", "0 0 1 * mon#1", "0 0 15 * mon#1"]:
    show("croniter", expression, croniter(expression, start, ret_type=datetime))
    show("cronsim ", expression, CronSim(expression, start))
PY
)
echo "$seen"

diff - <(echo "$seen") <<'END'
croniter 0 0 1 * mon Sun-01-Nov Mon-02-Nov Mon-09-Nov Mon-16-Nov
cronsim  0 0 1 * mon Sun-01-Nov Mon-02-Nov Mon-09-Nov Mon-16-Nov
croniter 0 0 1 * mon#1 Mon-02-Nov Mon-07-Dec Mon-04-Jan Mon-01-Feb
cronsim  0 0 1 * mon#1 Sun-01-Nov Mon-02-Nov Tue-01-Dec Mon-07-Dec
croniter 0 0 15 * mon#1 valid: True but failed to find next date
cronsim  0 0 15 * mon#1 Mon-02-Nov Sun-15-Nov Mon-07-Dec Tue-15-Dec
END
