#!/usr/bin/env bash
# PostgreSQL 15.20-0+deb12u1: a series of daily runs at 02:30 is at 03:30 for ever after one spring.
#
# What it does: generate_series adds its step to the previous value, not to the first. In Berlin,
# 02:30 does not exist on 29 March and becomes 03:30, from which the series continues; a monthly
# series from 31 January becomes the 28th for good.
# What one would guess: 02:30 again on the next day, and the 31st of March. The manual says that a
# day added to a timestamptz keeps the local time across a clock change, and that generate_series
# gives values from start to stop with a step between them; start + n * '1 day' does behave so.
# Seen: the series beside the multiplied step.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
timeout 300 apt-get -qq -o APT::Sandbox::User="$(id -un)" download \
    postgresql-15=15.20-0+deb12u1 postgresql-client-15=15.20-0+deb12u1 libpq5=15.20-0+deb12u1
for package in *.deb; do dpkg -x "$package" root; done

cat >series.sql <<'END'
set timezone = 'Europe/Berlin';
select n, to_char(series, 'DD Mon HH24:MI'), to_char(first + (n - 1) * step, 'DD Mon HH24:MI')
  from (select timestamptz '2026-03-28 02:30' as first, interval '1 day' as step) as start,
       generate_series(first, '2026-03-31 12:00', step) with ordinality as s (series, n);
select n, to_char(series, 'DD Mon'), to_char(first + (n - 1) * step, 'DD Mon')
  from (select timestamp '2026-01-31' as first, interval '1 month' as step) as start,
       generate_series(first, '2026-04-30', step) with ordinality as s (series, n);
END
# The server will not run as root.
as=()
if [ "$(id -u)" = 0 ]; then
    chown -R nobody "$tmp"
    as=(setpriv --reuid=nobody --clear-groups)
fi
export LD_LIBRARY_PATH=root/usr/lib/x86_64-linux-gnu
bin=root/usr/lib/postgresql/15/bin
stop() { "${as[@]}" timeout 60 "$bin/pg_ctl" -s -w -D data -m fast stop || true; }
trap 'stop; rm -rf "$tmp"' EXIT
"${as[@]}" timeout 120 "$bin/initdb" -D data -U owner -A trust --no-sync >/dev/null
"${as[@]}" timeout 60 "$bin/pg_ctl" -s -w -D data -l log -o "-c listen_addresses= -k $tmp" start
seen=$("${as[@]}" timeout 60 "$bin/psql" -h "$tmp" -U owner -d postgres -XqAt -f series.sql)
echo "$seen"

diff - <(echo "$seen") <<'END'
1|28 Mar 02:30|28 Mar 02:30
2|29 Mar 03:30|29 Mar 03:30
3|30 Mar 03:30|30 Mar 02:30
4|31 Mar 03:30|31 Mar 02:30
1|31 Jan|31 Jan
2|28 Feb|28 Feb
3|28 Mar|31 Mar
4|28 Apr|30 Apr
END
