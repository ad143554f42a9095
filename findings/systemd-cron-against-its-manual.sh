#!/usr/bin/env bash
# systemd-cron 1.15.19-5 (Debian 12): @weekly is Monday, and two day fields must both match.
#
# What it does: "@weekly" becomes the timer word "weekly", Monday at midnight. A line with a day
# of the month and a weekday becomes one calendar expression, which needs both: "0 8 13 * 5" is
# left with the Fridays that are a 13th, one to three days in a year.
# What one would guess: Sunday at midnight, and every 13th as well as every Friday. The crontab(5)
# page that this package brings says exactly that: it gives "0 0 * * 0" as the meaning of @weekly,
# and says that of two restricted day fields either is enough.
# Seen: the timers say weekly and Fri *-*-13; systemd-analyze of the same release gives the dates.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
timeout 300 apt-get -qq -o APT::Sandbox::User="$(id -un)" download \
    systemd-cron=1.15.19-5 systemd=252.39-1~deb12u2 libsystemd-shared=252.39-1~deb12u2
for package in *.deb; do dpkg -x "$package" root; done
mkdir -p out/wants
manual=$(zcat root/usr/share/man/man5/crontab.5.gz)
grep '^@weekly' <<<"$manual"

# The generator reads fixed paths; its own functions read ours.
calendars=$(timeout 60 python3 -W ignore - <<'PY'
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader

path = "root/lib/systemd/system-generators/systemd-crontab-generator"
generator = module_from_spec(spec_from_loader("generator", SourceFileLoader("generator", path)))
generator.__loader__.exec_module(generator)
generator.TARGET_DIR, generator.TIMERS_DIR = "out", "out/wants"
with open("crontab", "w") as file:
    file.write("@weekly root /bin/report week\n0 8 13 * 5 root /bin/report due\n")
for job in generator.parse_crontab("crontab", withuser=True):
    generator.generate_timer_unit(job, unit_name="job")
    for line in open("out/job.timer"):
        if line.startswith("OnCalendar="):
            print(line.strip().partition("=")[2])
PY
)
export TZ=UTC LD_LIBRARY_PATH=root/usr/lib/x86_64-linux-gnu/systemd:root/lib/x86_64-linux-gnu
seen=$(while read -r calendar; do
    timeout 20 root/usr/bin/systemd-analyze calendar --base-time='2026-11-01 12:00 UTC' \
        --iterations=3 "$calendar" | grep -oE '[A-Z][a-z]{2} 20[0-9-]+' |
        paste -sd ' ' | sed "s/^/$calendar: /"
done <<<"$calendars")
echo "$seen"

grep -q '^@weekly.*"0 0 \* \* 0"' <<<"$manual"
diff - <(echo "$seen") <<'END'
weekly: Mon 2026-11-02 Mon 2026-11-09 Mon 2026-11-16
Fri *-*-13 8:0:00: Fri 2026-11-13 Fri 2027-08-13 Fri 2028-10-13
END
