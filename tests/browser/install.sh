#!/usr/bin/env bash
# Puts in place what the browser tests need: Debian's Chromium and Node, and from npm playwright-core and axe-core, pinned.
# Nothing of it is part of the build.
set -euo pipefail
tools="${JOBSD_BROWSER_TOOLS:-$(cd "$(dirname "$0")/../.." && pwd)/target/browser-tools}"
need=()
command -v chromium >/dev/null || need+=(chromium)
command -v node >/dev/null || need+=(nodejs)
command -v npm >/dev/null || need+=(npm)
if ((${#need[@]})); then
    sudo=; [ "$(id -u)" = 0 ] || sudo=sudo
    $sudo apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${need[@]}" fonts-dejavu-core
fi
mkdir -p "$tools"
[ -f "$tools/package.json" ] || echo '{"private": true}' >"$tools/package.json"
npm install --prefix "$tools" --silent --no-audit --no-fund --ignore-scripts --save-exact playwright-core@1.65.1 axe-core@4.14.1
