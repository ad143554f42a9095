#!/usr/bin/env bash
# Writes the reference of keys in docs/jobs.md and docs/settings.md again, between its markers: tools/write_reference.sh JOBSD.
# tests/cli/docs.rs says when it is stale.
set -euo pipefail
cd "$(dirname "$0")/.."
jobsd=$1

write() {
    local page=$1 which=$2 text
    text=$(mktemp)
    # The page has a title and a heading of its own: the document's title goes, and its headings are one level deeper.
    "$jobsd" --lang en schema "$which" --markdown | sed -e 1,2d -e 's/^#/##/' >"$text"
    sed -i -e "/^<!-- jobsd schema $which --markdown -->\$/,/^<!-- end -->\$/{//!d}" \
        -e "/^<!-- jobsd schema $which --markdown -->\$/r $text" "$page"
    rm "$text"
}

write docs/jobs.md job
write docs/settings.md config
