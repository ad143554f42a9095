#!/usr/bin/env bash
# systemd-cron 1.15.19-5 (Debian 12): "dec" runs in November, "nov" in October.
#
# What it does: the generator that turns crontabs into timers reads month names by their place in a
# list in which October is missing. Names after September mean the month before, and "oct" gives no
# timer at all (it only says "garbled time").
# What one would guess: 12 for "dec". The crontab(5) page of the package allows the first three
# letters of a month in place of its number, and says nothing of exceptions.
# Seen: sep is month 9, nov is 10, dec is 11, oct has no timer; the numbers are right.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
timeout 120 apt-get -qq -o APT::Sandbox::User="$(id -un)" download systemd-cron=1.15.19-5
dpkg -x systemd-cron_*.deb root

cat >crontab <<'END'
0 8 1 sep * root /bin/report sep
0 8 1 oct * root /bin/report oct
0 8 1 nov * root /bin/report nov
0 8 1 dec * root /bin/report dec
0 8 1 12 * root /bin/report 12
END

# The generator reads fixed paths; its own functions read ours.
seen=$(timeout 60 python3 -W ignore - 2>/dev/null <<'PY'
import glob, os
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader

path = "root/lib/systemd/system-generators/systemd-crontab-generator"
generator = module_from_spec(spec_from_loader("generator", SourceFileLoader("generator", path)))
generator.__loader__.exec_module(generator)
for job in generator.parse_crontab("crontab", withuser=True):
    os.makedirs("out/wants", exist_ok=True)
    generator.TARGET_DIR, generator.TIMERS_DIR = "out", "out/wants"
    generator.generate_timer_unit(job, unit_name="job")
    timers = glob.glob("out/job.timer")
    calendar = [l for t in timers for l in open(t).read().split("\n") if l.startswith("OnCalendar")]
    print(job["c"].split()[-1], *(calendar or ["no timer"]))
    for file in timers:
        os.remove(file)
PY
)
echo "$seen"

diff - <(echo "$seen") <<'END'
sep OnCalendar=*-9-1 8:0:00
oct no timer
nov OnCalendar=*-10-1 8:0:00
dec OnCalendar=*-11-1 8:0:00
12 OnCalendar=*-12-1 8:0:00
END
