#!/usr/bin/env bash
# lettre 0.11.23 (a crate): a mail server that does not answer in time is not a time-out.
#
# What it does: a connection with a limit of one second to a server that says nothing ends after a
# second with an error of which `is_timeout()` is false, and whose words are "Resource temporarily
# unavailable". On Unix a read over its limit ends with EAGAIN, which Rust calls WouldBlock, and
# only TimedOut is looked for.
# What one would guess: true. The method "returns true if the error is caused by a timeout", and the
# limit was given as `timeout`.
# Seen: the answers below. What tries again after time-outs never does, and a log blames a lack of
# resources of this machine.
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
[dependencies.lettre]
version = "=0.11.23"
default-features = false
features = ["builder", "smtp-transport"]
END
cat >src/main.rs <<'END'
use std::net::TcpListener;
use std::time::{Duration, Instant};

use lettre::transport::smtp::client::SmtpConnection;
use lettre::transport::smtp::extension::ClientId;

fn main() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let begun = Instant::now();
    let limit = Some(Duration::from_secs(1));
    let hello = ClientId::Domain("localhost".to_owned());
    let error = SmtpConnection::connect(silent.local_addr().unwrap(), limit, &hello, None, None)
        .err()
        .unwrap();
    println!("seconds: {}", begun.elapsed().as_secs());
    println!("is_timeout: {}", error.is_timeout());
    println!("words: {error}");
}
END
CARGO_TARGET_DIR="$tmp/target" timeout 600 cargo build -q
seen=$(timeout 20 target/debug/finding)
echo "$seen"

diff - <(echo "$seen") <<'END'
seconds: 1
is_timeout: false
words: network error: Resource temporarily unavailable (os error 11)
END
