#!/usr/bin/env bash
# supervisor 4.3.0: a program that is to run once, and succeeds at once, runs four times.
#
# What it does: with autorestart=false, a program that ends with 0 before startsecs (1 second) have
# passed counts as one that failed to start. It is started again, up to startretries (3) times, and
# then called FATAL. A greeting that takes half a second is sent four times.
# What one would guess: one run. The manual says of autorestart=false that the process is not
# restarted, and 0 is an expected exit code; the exception stands with another setting, startsecs.
# Seen: four lines written, and "gave up" in the log; with startsecs=0, one line. (startsecs is 5
# here instead of its default 1, so that a busy machine shows the same.)
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
python3 -m venv env
timeout 300 env/bin/pip -q --disable-pip-version-check install supervisor==4.3.0 setuptools==80.9.0

run() { # startsecs, how long to look on
    cat >"$1.conf" <<END
[supervisord]
nodaemon=true
user=$(id -un)
logfile=/dev/null
logfile_maxbytes=0
pidfile=$tmp/$1.pid
[program:greet]
command=/bin/sh -c "echo hello >> $tmp/sent-$1"
autorestart=false
startsecs=$1
END
    timeout "$2" env/bin/python -W ignore env/bin/supervisord -c "$1.conf" >"log-$1" 2>&1 || true
    echo "startsecs=$1: sent $(wc -l <"sent-$1")"
}
seen=$(run 5 25; grep -o 'gave up: greet entered FATAL state' log-5; run 0 10)
echo "$seen"

diff - <(echo "$seen") <<'END'
startsecs=5: sent 4
gave up: greet entered FATAL state
startsecs=0: sent 1
END
