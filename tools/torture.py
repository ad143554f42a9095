#!/usr/bin/env python3
"""Attacks the real daemon and checks its promise from outside (tests/promise_check.py).

    tools/torture.py [PART…] [--short] [--minutes M] [--bin PATH] [--work DIR] [--seed N]

Parts: kills     random kill -9 of a daemon with 50 one-second jobs
       sweep     kill -9 at every system call on the state directory, of the first seconds and of a run's life (strace)
       writes    each kind of failing write and sync, at each write (strace)
       full      a disk that is full for a while
       double    two daemons on one state directory
       clocks    clock steps both ways and suspends, with the test clock
       crashloop a kill every two seconds
       storm     kills and orderly stops while every place is taken, runs wait and retries are pending (500 and 100 in all)
       replaced  the history, the lock, the socket and the log are replaced or removed under load
       years     the clock is years ahead or back for a while, over restarts, with retries pending

Each part is cut into rounds; a round that passed is noted in WORK/passed and is not run again, so a run that was cut off
continues where it was. Exit status: 0 all rounds passed, 1 one failed (its folder is kept and named), 3 time was over.
"""
import argparse, os, random, shutil, subprocess, sys

sys.dont_write_bytecode = True
from attacks import basic, replaced, storm, years
from attacks.world import ROOT, Failed, World, now


def rounds(part, short):
    """The rounds of a part: their names and what they are given."""
    if part == "kills":
        return [("kills-%02d" % n, 4 if short else 25) for n in range(1 if short else 20)]
    if part == "sweep":
        if short:
            return [("sweep-%s-%d" % p, p) for p in [("write", 1), ("write", 2), ("write", 3), ("fdatasync", 1), ("fdatasync", 2), ("clone3", 4), ("openat", 2)]]
        return [("sweep-%s-%d" % (calls, n), (calls, n)) for calls in basic.CALLS + basic.OTHERS for n in range(1, 41)]
    if part == "writes":
        if short:
            chosen = [(fault, 1 + n % 3, 3) for n, fault in enumerate(basic.FAULTS) if n in (0, 1, 3, 5, 7)]
        else:
            chosen = [(fault, n, length) for fault in basic.FAULTS for n in range(1, 9) for length in (1, 6)]
        return [("writes-%s-%s-%d-%d" % (*fault, n, length), (fault, n, length)) for fault, n, length in chosen]
    if part == "full":
        return [("full-%d" % n, 2 if short else 2 + n) for n in range(1 if short else 6)]
    if part == "double":
        return [("double-%d" % n, 5 if short else 20) for n in range(1 if short else 5)]
    if part == "clocks":
        return [("clocks-%02d" % n, None) for n in range(2 if short else 40)]
    if part == "storm":
        return [("storm-%02d" % n, (4, 2) if short else (25, 5)) for n in range(1 if short else 20)]
    if part == "replaced":
        ways = replaced.SHORT if short else replaced.WAYS
        return [("replaced-%s-%d" % (way, n), way) for way in ways for n in range(1 if short else 5)]
    if part == "years":
        steps = years.SHORT if short else years.STEPS
        return [("years-%s-%d" % (step, n), step) for step in steps for n in range(1 if short else 3)]
    return [("crashloop", 3 if short else 30)]


PARTS = {"kills": basic.kills, "sweep": basic.sweep, "writes": basic.writes, "full": basic.full, "double": basic.double,
         "clocks": basic.clocks, "crashloop": basic.crashloop, "storm": storm.storm, "replaced": replaced.replaced, "years": years.years}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all when none is named")
    parser.add_argument("--short", action="store_true", help="a few rounds of each part")
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--bin", default=os.path.join(ROOT, "target", "release", "jobsd"))
    parser.add_argument("--work", default=os.path.join(ROOT, "target", "torture"))
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)
    passed_file = os.path.join(options.work, "passed")
    passed = set()
    if os.path.exists(passed_file):
        with open(passed_file) as file:
            passed = set(file.read().split())
    end, failed, over = now() + options.minutes * 60, 0, set()
    for part in options.parts or PARTS:
        done = 0
        for name, given in rounds(part, options.short):
            if name in passed:
                done += 1
                continue
            if part == "sweep" and given[0] in over:
                continue
            if now() > end:
                print("time is over; continue with the same command")
                return 3
            world = World(os.path.join(options.work, name), options)
            try:
                died = PARTS[part](world, random.Random("%d %s" % (options.seed, name)), given)
                if part == "sweep" and not died:
                    # The daemon outlived its first seconds: it makes no more such calls.
                    over.add(given[0])
            except (Failed, subprocess.SubprocessError, OSError) as error:
                failed += 1
                world.close()
                print("FAILED %s (kept in %s): %s" % (name, world.folder, error), flush=True)
                continue
            done += 1
            shutil.rmtree(world.folder, ignore_errors=True)
            with open(passed_file, "a") as file:
                file.write(name + "\n")
        print("%s: %d rounds passed" % (part, done), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
