#!/usr/bin/env bash
# promtool of Prometheus 2.42.0+ds-5+deb12u1: a rule test passes on an alert that does not exist.
#
# What it does: "alertname" of a rule test need not be the name of a rule. With an empty exp_alerts
# (or none) a misspelt name passes, however loudly the real alert fires at that time; nor is an
# alert that no test names looked at.
# What one would guess: an error, "no such alert". The documentation calls alertname the name of the
# alert to be tested, and says that an empty exp_alerts makes sure that the alert does not fire.
# Seen: SUCCESS for JobSilnt; FAILED for JobSilent at the same moment.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
timeout 300 apt-get -qq -o APT::Sandbox::User="$(id -un)" download prometheus=2.42.0+ds-5+deb12u1
dpkg -x prometheus_*.deb root

cat >rules.yml <<'END'
groups:
  - name: jobs
    rules:
      - alert: JobSilent
        expr: time() - job_last_success_timestamp_seconds > 3600
END
verdict() { # alert name
    cat >test.yml <<END
rule_files: [rules.yml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - {series: 'job_last_success_timestamp_seconds{job="nightly"}', values: 0x120}
    alert_rule_test:
      - {eval_time: 90m, alertname: $1, exp_alerts: []}
END
    timeout 60 root/usr/bin/promtool test rules test.yml 2>&1 |
        grep -oE 'SUCCESS|FAILED' | sed "s/^/$1: /" || true
}
seen=$(verdict JobSilnt; verdict JobSilent)
echo "$seen"

diff - <(echo "$seen") <<'END'
JobSilnt: SUCCESS
JobSilent: FAILED
END
