#!/usr/bin/env bash
# lettre 0.11.23 (a crate): a subject with one long word makes a mail that servers refuse.
#
# What it does: headers are folded at spaces, and words of ASCII are never encoded, so that a word
# of 1,200 letters becomes one line of 1,209 bytes. Building the mail succeeds, and so does
# formatting it. A word with one other letter is cut into encoded words of at most 75 bytes.
# What one would guess: a line that fits, or an error when the mail is built. A line has at most 998
# bytes (RFC 5322, 2.1.1), and the crate's own encoder could write one for any text.
# Seen: the lengths below. aiosmtpd answers 500 to such a line, and Exim as Debian sets it up 550: a
# mail whose subject holds a long name or address fails, and each time that it is tried again.
set -euo pipefail

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
mkdir src
cat >Cargo.toml <<'END'
[package]
name = "finding"
version = "0.0.0"
edition = "2021"
[dependencies]
lettre = { version = "=0.11.23", default-features = false, features = ["builder"] }
END
cat >src/main.rs <<'END'
use lettre::Message;

fn main() {
    for (name, letter) in [("ascii", "x"), ("with an accent", "é")] {
        let mail = Message::builder()
            .from("a@example.org".parse().unwrap())
            .to("b@example.org".parse().unwrap())
            .subject(format!("{letter}{}", "x".repeat(1_199)))
            .body(String::new())
            .unwrap();
        let text = String::from_utf8(mail.formatted()).unwrap();
        let longest = text.split("\r\n").map(str::len).max().unwrap();
        println!("{name}: longest line {longest}");
    }
}
END
CARGO_TARGET_DIR="$tmp/target" timeout 600 cargo build -q
seen=$(timeout 20 target/debug/finding)
echo "$seen"

diff - <(echo "$seen") <<'END'
ascii: longest line 1209
with an accent: longest line 73
END
