#!/usr/bin/env bash
# Installs tini and dumb-init, under which tests/daemon/signals.rs runs the daemon as a container would.
set -euo pipefail
command -v tini >/dev/null && command -v dumb-init >/dev/null && exit 0
sudo=$([ "$(id -u)" = 0 ] || echo sudo)
$sudo apt-get update -qq
$sudo apt-get install -y -qq tini dumb-init
