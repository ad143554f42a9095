#!/usr/bin/env bash
# python-crontab 3.4.0: adding a job changes the days on which other lines run.
#
# What it does: every line is written anew in a shorter form. "1-7/2" (Monday, Wednesday, Friday,
# Sunday) becomes "*/2" (Sunday, Tuesday, Thursday, Saturday). "1-31" beside a weekday becomes "*":
# the line ran daily, since either day field is enough, and now runs on Mondays. "0-6" likewise.
# What one would guess: lines that nobody touched stay as they are, or at least mean the same.
# The README speaks of writing the changes that one declared.
# Seen: three of four lines changed, after one new job; 1-7/2 is valid in Debian's crontab(5), where
# 7 is Sunday, a range includes its ends, and only a field that begins with * is unrestricted.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
python3 -m venv env
timeout 300 env/bin/pip -q --disable-pip-version-check install python-crontab==3.4.0

cat >before <<'END'
0 8 * * 1-7/2 greet
0 9 1-31 * 1 report
0 10 13 * 0-6 check
0 11 * * 1-5 backup
END
timeout 60 env/bin/python <<'PY'
from crontab import CronTab

with CronTab(tabfile="before") as tab:
    tab.new(command="another").setall("0 12 * * *")
    tab.write("after")
PY
seen=$(cat after)
echo "$seen"

diff - <(echo "$seen") <<'END'
0 8 * * */2 greet
0 9 * * 1 report
0 10 13 * * check
0 11 * * 1-5 backup
0 12 * * * another
END
