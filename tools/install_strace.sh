#!/usr/bin/env bash
# Installs strace, with which tools/torture.py kills the daemon at each system call and lets writes fail.
set -euo pipefail
command -v strace >/dev/null && exit 0
sudo=$([ "$(id -u)" = 0 ] || echo sudo)
$sudo apt-get update -qq
$sudo apt-get install -y -qq strace
