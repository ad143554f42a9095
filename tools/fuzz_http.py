#!/usr/bin/env python3
"""Runs schemathesis against a real daemon: every route of /openapi.json, with good and bad values.

    python3 tools/fuzz_http.py target/debug/jobsd [--examples 50]

schemathesis comes from PyPI into a scratch folder (or from $SCHEMATHESIS, a path to its program). Loopback only; the daemon
and the folder are gone afterwards. The exit code is that of schemathesis.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.request

JOBS = {
    "quick": "name: Quick\nbot_type: command\nbot_config: {shell: 'echo out'}\nschedule_type: manual\n",
    "often": "name: Often\nbot_type: command\nbot_config: {command: ['true']}\n"
    "schedule_type: interval\nschedule_config: {seconds: 1}\n",
    "birthday": "name: Birthdays\nbot_type: birthday\nschedule_type: daily\nschedule_config: {hour: 8, minute: 0}\n",
}


def schemathesis(scratch: pathlib.Path) -> str:
    if path := os.environ.get("SCHEMATHESIS"):
        return path
    venv = scratch / "venv"
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    subprocess.run([venv / "bin/pip", "install", "-q", "schemathesis"], check=True)
    return str(venv / "bin/schemathesis")


def wait_ready(address: pathlib.Path) -> str:
    """Where the daemon answers, by the file in its state directory that says where it listens."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            base = f"http://{address.read_text().strip()}"
            with direct.open(f"{base}/ready", timeout=1):
                return base
        except OSError:
            time.sleep(0.05)
    raise SystemExit("the daemon does not get ready")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("jobsd", type=pathlib.Path)
    parser.add_argument("--examples", type=int, default=50)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        program = schemathesis(scratch)
        jobs = scratch / "jobs.d"
        jobs.mkdir()
        for name, text in JOBS.items():
            (jobs / f"{name}.yaml").write_text(text)
        daemon = subprocess.Popen(
            [options.jobsd.resolve(), "serve", "--jobs", jobs, "--listen", "127.0.0.1:0"],
            stderr=subprocess.DEVNULL,
        )
        try:
            base = wait_ready(scratch / ".jobsd" / "address")
            # An endless stream has no place among answers that are waited for; tests/pages/http.rs reads it.
            return subprocess.run(
                [program, "run", f"{base}/openapi.json", "--checks", "all", "--exclude-path", "/scheduler/events",
                 "--max-examples", str(options.examples), "--no-color"],
                cwd=scratch, check=False,
            ).returncode
        finally:
            daemon.terminate()
            daemon.wait()


if __name__ == "__main__":
    sys.exit(main())
