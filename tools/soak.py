#!/usr/bin/env python3
"""A long life of the real daemon: many one-second jobs, edits, requests, readers, now and then a slow job.

    tools/soak.py [--minutes M] [--jobs N] [--bin PATH]

Once a minute it prints memory, descriptors, threads and how many runs were recorded. Exit status 1 when, against the
values after the first tenth, memory grew by more than 10 % and 4 MiB, or descriptors or threads by more than 16.
"""
import argparse, json, os, random, shutil, signal, subprocess, sys, tempfile, time

sys.dont_write_bytecode = True
from attacks.world import CLEAN, DIRECT, ENVIRONMENT, ROOT


def job(folder, number, text):
    path = os.path.join(folder, "jobs.d", "j%d.yaml" % number)
    with open(path + ".new", "w") as file:
        file.write("name: j%d\nbot_type: command\nmisfire_grace_time: 5\n%s\n" % (number, text))
    os.rename(path + ".new", path)


def text(dice):
    seconds = dice.choice([1, 1, 2, 5])
    command = dice.choice(["['true']", "['true']", "[sh, -c, 'echo hello; exit 1']", "[sleep, '0.3']"])
    return "bot_config: {command: %s}\nschedule_type: interval\nschedule_config: {seconds: %d}" % (command, seconds)


def calm(pid):
    """The least of some looks: descriptors of programs that just run come and go."""
    looks = []
    for _ in range(20):
        looks.append(look(pid))
        time.sleep(0.1)
    return {key: min(each[key] for each in looks) for key in looks[0]}


def look(pid):
    with open("/proc/%d/status" % pid) as file:
        status = dict(line.split(":", 1) for line in file if ":" in line)
    return {"rss_kib": int(status["VmRSS"].split()[0]), "descriptors": len(os.listdir("/proc/%d/fd" % pid)), "threads": int(status["Threads"])}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--jobs", type=int, default=100)
    parser.add_argument("--bin", default=os.path.join(ROOT, "target", "release", "jobsd"))
    options = parser.parse_args()
    folder, dice = tempfile.mkdtemp(prefix="soak"), random.Random(1)
    os.makedirs(os.path.join(folder, "jobs.d"))
    for number in range(options.jobs):
        job(folder, number, text(dice))
    command = [*CLEAN, options.bin, "serve", "--jobs", folder + "/jobs.d", "--listen", "127.0.0.1:0"]
    daemon = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT)
    address = folder + "/.jobsd/address"
    while not os.path.exists(address):
        time.sleep(0.01)
        if daemon.poll() is not None:
            print("the daemon did not begin: %s" % daemon.returncode)
            return 1
    with open(address) as file:
        base = "http://" + file.read().strip()
    begin, looks, next_look = time.time(), [], 0
    try:
        while time.time() < begin + options.minutes * 60:
            if daemon.poll() is not None:
                print("the daemon ended: %s" % daemon.returncode)
                return 1
            job(folder, dice.randrange(options.jobs), text(dice))
            paths = ["/", "/health", "/scheduler/jobs", "/scheduler/config", "/scheduler/jobs/j%d/history?limit=500" % dice.randrange(options.jobs)]
            for path in dice.sample(paths, 2):
                try:
                    DIRECT.open(base + path, timeout=10).read()
                except OSError:
                    pass
            time.sleep(0.5)
            if time.time() - begin >= next_look:
                lines = sum(sum(1 for _ in open(os.path.join(folder, ".jobsd/history", name), "rb")) for name in os.listdir(folder + "/.jobsd/history")) if looks else 0
                looks.append(dict(calm(daemon.pid), minute=round((time.time() - begin) / 60, 1), lines=lines))
                print(json.dumps(looks[-1]), flush=True)
                next_look += min(60, options.minutes * 6)
        daemon.send_signal(signal.SIGTERM)
        code = daemon.wait(60)
    finally:
        if daemon.poll() is None:
            daemon.kill()
            daemon.wait()
    early, last = looks[max(1, len(looks) // 10)], looks[-1]
    grown = [key for key, least, share in [("rss_kib", 4096, 1.1), ("descriptors", 16, 1.0), ("threads", 16, 1.0)]
             if last[key] > early[key] * share and last[key] > early[key] + least]
    checked = subprocess.run([options.bin, "fsck", "--jobs", folder + "/jobs.d"], capture_output=True, text=True)
    print("exit %s; fsck %s: %s" % (code, checked.returncode, checked.stdout.strip().splitlines()[-1:]))
    if grown or code or checked.returncode:
        print("grown: %s; kept in %s" % (grown, folder))
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
