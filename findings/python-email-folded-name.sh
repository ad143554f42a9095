#!/usr/bin/env bash
# Python's email (3.11): a name that was folded is read with blanks that nobody wrote.
#
# What it does: with the modern policy, the display name of an address keeps the blank between two
# encoded words. The subject of the same mail is read without it, and so is the same name by
# email.header.decode_header of the older policy.
# What one would guess: one reading of encoded words. RFC 2047 (6.2) says that white space between
# two adjacent encoded words is not shown, for it is only there to fold the line.
# Seen: below, "Maximiliane" in two encoded words is one word as a subject and two as a name. Who
# compares names of From or To with an address book finds nobody, for long names only.
set -euo pipefail

seen=$(timeout 20 python3 - <<'PY'
import email
import email.policy
from email.header import decode_header, make_header

folded = "=?utf-8?q?Maximi?=\r\n =?utf-8?q?liane?="
data = f"Subject: {folded}\r\nTo: {folded} <m@example.org>\r\n\r\n"
mail = email.message_from_string(data, policy=email.policy.default)
print("subject:", mail["subject"])
print("name:", mail["to"].addresses[0].display_name)
print("older:", make_header(decode_header(folded)))
PY
)
echo "$seen"

diff - <(echo "$seen") <<'END'
subject: Maximiliane
name: Maximi liane
older: Maximiliane
END
