#!/usr/bin/env bash
# Prometheus 2.42.0+ds-5+deb12u1: the first failures of a job are an increase of 0.
#
# What it does: a counter with a label per job does not exist before the first failure. When it is
# born at 4, increase() over a window that holds its birth gives 0: what came before the first
# sample is not known, so it is not counted. An alert on "increase > 0" says nothing until the
# fifth failure.
# What one would guess: 4. The documentation says that increase() calculates the increase of the
# series in the range, and that it allows for resets, for which a counter starts again at 0.
# Seen: promtool, as the judge: 0 after the birth at 4, above 0 only after the next failure; the
# same counter with a 0 before it has an increase.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
timeout 300 apt-get -qq -o APT::Sandbox::User="$(id -un)" download prometheus=2.42.0+ds-5+deb12u1
dpkg -x prometheus_*.deb root

verdict() { # what is claimed, samples of the counter, one a minute
    cat >test.yml <<END
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - {series: 'failures_total{job="nightly"}', values: $2}
    promql_expr_test:
      - expr: increase(failures_total[10m]) > bool 0
        eval_time: 10m
        exp_samples: [{labels: '{job="nightly"}', value: $1}]
END
    timeout 60 root/usr/bin/promtool test rules test.yml 2>&1 |
        grep -oE 'SUCCESS|FAILED' | sed "s/^/failures seen: $1, samples $2: /" || true
}
seen=$(
    verdict 0 '_x5 4x5'
    verdict 1 '_x5 4x2 5x2'
    verdict 1 '0x5 4x4'
)
echo "$seen"

diff - <(echo "$seen") <<'END'
failures seen: 0, samples _x5 4x5: SUCCESS
failures seen: 1, samples _x5 4x2 5x2: SUCCESS
failures seen: 1, samples 0x5 4x4: SUCCESS
END
