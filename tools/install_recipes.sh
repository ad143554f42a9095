#!/usr/bin/env bash
# Installs the tools with which tests/cli/docs.rs runs the recipes of docs/: from Debian jq, sqlite3 and logrotate,
# from PyPI duckdb, polars and yamllint, pinned, into a folder of their own. Nothing of it is part of the build.
set -euo pipefail
tools="${JOBSD_RECIPE_TOOLS:-$(cd "$(dirname "$0")/.." && pwd)/target/recipe-tools}"
need=()
command -v jq >/dev/null || need+=(jq)
command -v sqlite3 >/dev/null || need+=(sqlite3)
[ -x /usr/sbin/logrotate ] || need+=(logrotate)
python3 -c 'import ensurepip' 2>/dev/null || need+=(python3-venv)
if ((${#need[@]})); then
    sudo=$([ "$(id -u)" = 0 ] || echo sudo)
    $sudo apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${need[@]}"
fi
[ -x "$tools/bin/python" ] || python3 -m venv "$tools"
"$tools/bin/pip" install --quiet --disable-pip-version-check duckdb==2.0.1 polars==2.1.0 yamllint==1.38.0
