#!/usr/bin/env bash
# systemd 252.39-1~deb12u2: a nightly timer is left out in spring, a rhythm halts in autumn.
#
# What it does: OnCalendar with 02:30 in Berlin does not elapse at all on the day on which the clock
# goes from 02:00 to 03:00: one run is lost. On the day with two hours from 02:00 to 03:00, a timer
# for each half hour elapses in the first of them alone: 90 minutes pass between two runs.
# What one would guess: a nightly run at the first moment after the gap, and no halt of a rhythm.
# cron(8) of Debian promises both. systemd.time(7) lets an expression end in the name of a zone, and
# does not say what becomes of a timer on the days on which that zone's clock changes.
# Seen: after 28 March comes 30 March; after 02:30 summer time comes 03:00 winter time.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
timeout 300 apt-get -qq -o APT::Sandbox::User="$(id -un)" download \
    systemd=252.39-1~deb12u2 libsystemd-shared=252.39-1~deb12u2
for package in *.deb; do dpkg -x "$package" root; done
export TZ=UTC LD_LIBRARY_PATH=root/usr/lib/x86_64-linux-gnu/systemd:root/lib/x86_64-linux-gnu

elapses() { # calendar expression, start, count
    echo "$1"
    timeout 20 root/usr/bin/systemd-analyze calendar --base-time="$2 UTC" --iterations="$3" "$1" |
        grep -oE '20[0-9-]+ [0-9:]+ UTC'
}
seen=$(
    elapses '*-*-* 02:30:00 Europe/Berlin' '2026-03-28 00:00' 2
    elapses '*-*-* *:00/30:00 Europe/Berlin' '2026-10-24 23:45' 4
)
echo "$seen"

diff - <(echo "$seen") <<'END'
*-*-* 02:30:00 Europe/Berlin
2026-03-28 01:30:00 UTC
2026-03-30 00:30:00 UTC
*-*-* *:00/30:00 Europe/Berlin
2026-10-25 00:00:00 UTC
2026-10-25 00:30:00 UTC
2026-10-25 02:00:00 UTC
2026-10-25 02:30:00 UTC
END
