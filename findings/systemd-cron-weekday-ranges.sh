#!/usr/bin/env bash
# systemd-cron 1.15.19-5 (Debian 12): "5-7" in the weekday field means every day.
#
# What it does: the generator takes 7 modulo 7 before it counts out a range. "5-7" becomes an empty
# set, and an empty set of weekdays is written as no restriction: the job runs daily. "0-7" becomes
# 0 to 0, which is Sunday alone.
# What one would guess: Friday to Sunday, and all days. The crontab(5) page of the package allows 0
# to 7, says that both 0 and 7 are Sunday, and that a range includes its ends. Should a range be
# beyond a translator, one would expect a refusal, not more runs.
# Seen: on standard error "garbled time" for 5-7, with a timer for every day all the same.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
timeout 120 apt-get -qq -o APT::Sandbox::User="$(id -un)" download systemd-cron=1.15.19-5
dpkg -x systemd-cron_*.deb root
mkdir -p out/wants

# The generator reads fixed paths; its own functions read ours.
seen=$(timeout 60 python3 -W ignore - <<'PY'
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader

path = "root/lib/systemd/system-generators/systemd-crontab-generator"
generator = module_from_spec(spec_from_loader("generator", SourceFileLoader("generator", path)))
generator.__loader__.exec_module(generator)
generator.TARGET_DIR, generator.TIMERS_DIR = "out", "out/wants"
for days in ["1-5", "7", "5-7", "0-7"]:
    with open("crontab", "w") as file:
        file.write(f"0 8 * * {days} root /bin/greet everyone\n")
    for job in generator.parse_crontab("crontab", withuser=True):
        generator.generate_timer_unit(job, unit_name="job")
    for line in open("out/job.timer"):
        if line.startswith("OnCalendar"):
            print(days, line.strip())
PY
)
echo "$seen"

diff - <(echo "$seen") <<'END'
1-5 OnCalendar=Mon,Tue,Wed,Thu,Fri *-*-* 8:0:00
7 OnCalendar=Sun *-*-* 8:0:00
5-7 OnCalendar= *-*-* 8:0:00
0-7 OnCalendar=Sun *-*-* 8:0:00
END
