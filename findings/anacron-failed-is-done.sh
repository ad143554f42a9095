#!/usr/bin/env bash
# anacron 2.3-36 (Debian 12): a daily job that fails counts as done and is not tried again that day.
#
# What it does: the date is written down when the command ends, whatever its exit status. The next
# anacron of the same day has nothing to do, even after exit 7.
# What one would guess: anacron exists so that no day's job is missed, so a job that did not succeed
# is still owed, and the next start (each hour, by Debian's timer) tries again. The manual says that
# the date is recorded after the command exits, and never speaks of exit statuses.
# Seen: the first anacron runs one job, which exits with 7; the second runs none; a job that cannot
# even be found (127) is done as well.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
timeout 120 apt-get -qq -o APT::Sandbox::User="$(id -un)" download anacron=2.3-36
dpkg -x anacron_*.deb root
mkdir spool
echo '1 0 backup exit 7' >anacrontab
echo '1 0 greet /no/such/program 2>/dev/null' >>anacrontab

# With -d it stays in the foreground, with -n there is no delay.
seen=$(for start in first second; do
    timeout 30 root/usr/sbin/anacron -d -n -t anacrontab -S spool 2>&1 |
        grep -oE 'terminated.*|Normal exit.*' | sed "s/^/$start: /"
done)
echo "$seen"

diff - <(echo "$seen") <<'END'
first: terminated (exit status: 7)
first: terminated (exit status: 127)
first: Normal exit (2 jobs run)
second: Normal exit (0 jobs run)
END
