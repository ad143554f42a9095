#!/usr/bin/env bash
# Installs promtool, with which tools/check_metrics.sh tests the alert rules.
set -euo pipefail
command -v promtool >/dev/null && exit 0
sudo=$([ "$(id -u)" = 0 ] || echo sudo)
$sudo apt-get update -qq
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends prometheus
