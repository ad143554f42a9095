#!/usr/bin/env bash
# The alert rules, their tests, and the real /metrics, by promtool (Debian package `prometheus`):
#     tools/check_metrics.sh target/debug/jobsd
# Installs the package where promtool is missing and apt-get may be used.
set -euo pipefail
jobsd=$(realpath "$1")
cd "$(dirname "$0")/.."
command -v promtool >/dev/null || apt-get install -y --no-install-recommends prometheus >&2
promtool check rules contrib/prometheus/alerts.yml
(cd contrib/prometheus && promtool test rules alerts_test.yml)
python3 -m json.tool contrib/grafana/jobsd.json >/dev/null
scratch=$(mktemp -d)
mkdir "$scratch/jobs.d"
cp examples/daily.yaml examples/retry.yaml "$scratch/jobs.d"
"$jobsd" serve --jobs "$scratch/jobs.d" --listen 127.0.0.1:0 2>"$scratch/log" &
daemon=$!
trap 'kill "$daemon"; wait "$daemon" || true; rm -rf "$scratch"' EXIT
address=$scratch/.jobsd/address
until [ -e "$address" ] && curl -fs --noproxy '*' "http://$(cat "$address")/ready" >/dev/null; do kill -0 "$daemon"; sleep 0.05; done
"$jobsd" --jobs "$scratch/jobs.d" run retry --wait >/dev/null
curl -fs --noproxy '*' "http://$(cat "$address")/metrics" | tee "$scratch/metrics" | promtool check metrics
# Every name that the dashboard and the rules ask for is one that is served.
names=$(grep -oh 'jobsd_[a-z_]*' contrib/grafana/jobsd.json contrib/prometheus/alerts.yml | sort -u)
for name in $names; do
    base=${name%_bucket}
    grep -q "^# TYPE $base " "$scratch/metrics" || { echo "not served: $name" >&2; exit 1; }
done
echo "metrics, rules and dashboard agree"
