#!/usr/bin/env bash
# Installs systemd-analyze, with which tests/spec/descriptions.rs checks the shipped unit.
set -euo pipefail
command -v systemd-analyze >/dev/null && exit 0
sudo=$([ "$(id -u)" = 0 ] || echo sudo)
$sudo apt-get update -qq
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends systemd
