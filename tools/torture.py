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

Each part is cut into rounds; a round that passed is noted in WORK/passed and is not run again, so a run that was cut off
goes on where it was. Exit status: 0 all rounds passed, 1 one failed (its folder is kept and named), 3 time was over.
"""
import argparse, collections, datetime, glob, json, os, random, shutil, signal, socket, subprocess, sys, time, urllib.error, urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CHECK = os.path.join(ROOT, "tests", "promise_check.py")
EVIDENCE = "echo \"$JOBSD_JOB_ID $JOBSD_SCHEDULED_AT ${EPOCHREALTIME/./}000\" >> %s"


# How what a daemon holds open is replaced or removed.
WAYS = ["sed", "rename", "rm", "lock", "socket"]


class Failed(Exception):
    pass


def now():
    return time.time()


def day():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d")


class World:
    """A scratch folder with a daemon that is started and killed."""

    def __init__(self, folder, options):
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(os.path.join(folder, "jobs.d"))
        self.folder, self.options = folder, options
        self.state = os.path.join(folder, ".jobsd")
        self.evidence, self.clock = os.path.join(folder, "evidence"), os.path.join(folder, "clock")
        self.daemon, self.down, self.crashes = None, [], 0
        self.first, self.begun, self.offset = None, int(now()), 0.0
        self.set_clock(0)

    def job(self, name, text):
        with open(os.path.join(self.folder, "jobs.d", name + ".yaml"), "w") as file:
            file.write("name: %s\nbot_type: command\n%s\n" % (name, text))

    def ticking(self, name, more="", instances=1000):
        """A one-second job that writes its start, without a fork of its own."""
        line = json.dumps(EVIDENCE % self.evidence)
        self.job(name, "bot_config: {command: [bash, -c, %s]}\nschedule_type: interval\nschedule_config: {seconds: 1}\n"
                       "coalesce: false\nmax_instances: %d\nkill_grace: 0\n%s" % (line, instances, more))

    def set_clock(self, offset):
        self.offset = offset
        with open(self.clock + ".new", "w") as file:
            file.write("%r" % offset)
        os.rename(self.clock + ".new", self.clock)

    def spawn(self, wrapper=()):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [*wrapper, self.options.bin, "serve", "--jobs", os.path.join(self.folder, "jobs.d"),
                   "--listen", "127.0.0.1:%d" % self.port]
        log = open(os.path.join(self.folder, "log"), "ab")
        environment = dict(os.environ, JOBSD_TEST_CLOCK=self.clock)
        self.daemon = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log, env=environment)
        log.close()

    def get(self, path):
        try:
            with urllib.request.urlopen("http://127.0.0.1:%d%s" % (self.port, path), timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return None, ""

    def until(self, what, condition, seconds=30):
        end = now() + seconds
        while not condition():
            if now() > end:
                raise Failed("not within %s s: %s" % (seconds, what))
            time.sleep(0.005)

    def ready(self):
        self.until("ready", lambda: self.get("/ready")[0] == 200)
        self.first = self.first or int(now()) + 1

    def start(self, wrapper=()):
        began = now()
        self.spawn(wrapper)
        self.ready()
        return now() - began

    def pid(self):
        """The daemon itself, also behind strace."""
        try:
            with open("/proc/%d/task/%d/children" % (self.daemon.pid, self.daemon.pid)) as file:
                children = file.read().split()
            with open("/proc/%d/comm" % self.daemon.pid) as file:
                return int(children[0]) if file.read().strip() == "strace" and children else self.daemon.pid
        except OSError:
            return self.daemon.pid

    def kill(self):
        os.kill(self.pid(), signal.SIGKILL)
        self.daemon.wait()
        self.crashes += 1

    def was_down(self, begin):
        self.down.append("%d %d" % (begin * 1e9, now() * 1e9))

    def stop(self):
        """SIGTERM in a quiet moment between two seconds: a program stopped before its first line leaves no evidence."""
        def is_quiet():
            runs = self.records().values()
            return 0.4 < now() % 1 < 0.7 and not any(run["status"] == "running" and run["started_at"] for run in runs)
        self.until("a quiet moment", is_quiet)
        os.kill(self.pid(), signal.SIGTERM)
        if self.daemon.wait(30) not in (0, None):
            raise Failed("SIGTERM gave %s" % self.daemon.returncode)

    def lines(self):
        for path in sorted(glob.glob(os.path.join(self.state, "history", "*.jsonl"))):
            with open(path, "rb") as file:
                for line in file.read().split(b"\n"):
                    try:
                        yield json.loads(line)
                    except ValueError:
                        pass

    def records(self):
        last = {}
        for line in self.lines():
            if line.get("type") == "run":
                last[line["id"]] = line
        return last

    def check(self, jobs, window=5, catchup=10):
        """lost = duplicated = unexplained = 0, and fsck finds nothing wrong."""
        horizon = int(now())
        with open(os.path.join(self.folder, "expected"), "w") as file:
            for second in range(min(self.begun, self.first - 3), horizon + 4):
                must = "must" if self.first <= second < horizon else "may"
                for name in jobs:
                    file.write("%s %d %s window_s=%d\n" % (name, second, must, window))
        with open(os.path.join(self.folder, "down"), "w") as file:
            file.write("\n".join(self.down) + "\n")
        open(self.evidence, "a").close()
        command = [sys.executable, CHECK, "--expected", self.folder + "/expected", "--evidence", self.evidence,
                   "--history", self.state + "/history", "--down", self.folder + "/down", "--horizon", str(horizon),
                   "--crashes", str(self.crashes), "--catchup", str(catchup)]
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode:
            raise Failed(result.stdout + result.stderr)
        self.fsck()

    def fsck(self):
        result = subprocess.run([self.options.bin, "fsck", "--jobs", self.folder + "/jobs.d"], capture_output=True, text=True)
        if result.returncode:
            raise Failed("fsck:\n" + result.stdout + result.stderr)

    def close(self):
        if self.daemon and self.daemon.poll() is None:
            os.kill(self.pid(), signal.SIGKILL)
            self.daemon.wait()


def strace(*rules, paths=()):
    if not shutil.which("strace"):
        raise Failed("strace is missing: run tools/install_strace.sh")
    only = [word for path in paths for word in ("-P", path)]
    return ["strace", "-f", "-qq", "-o", "/dev/null", *only, *rules]


def kills(world, dice, number):
    """25 kills at random instants, with random time off."""
    jobs = ["j%d" % n for n in range(50)]
    for name in jobs:
        world.ticking(name)
    world.start()
    for _ in range(number):
        time.sleep(dice.random() * 1.5)
        begin = now()
        world.kill()
        time.sleep(dice.choice([0, 0, dice.random() * 2]))
        world.start()
        world.was_down(begin)
    time.sleep(1.5)
    world.stop()
    world.check(jobs)


CALLS = ["openat", "write", "fdatasync", "fsync", "rename", "mkdir", "unlink", "flock", "lseek", "fstat,statx", "read", "bind", "chmod,fchmodat"]
OTHERS = ["clone3", "vfork,clone", "wait4,waitid", "timerfd_settime", "pidfd_open"]


def paths(world):
    state = world.state
    return [state, state + "/history", state + "/history/%s.jsonl" % day(), state + "/lock", state + "/checkpoint",
            state + "/checkpoint.new", state + "/index", state + "/output", state + "/control.sock"]


def sweep(world, dice, point):
    """One kill at the Nth call of one kind; without a death the sweep of that kind is over."""
    calls, number = point
    jobs = ["a", "b", "c"]
    for name in jobs:
        world.ticking(name)
    os.makedirs(world.state, 0o700)
    only = paths(world) if calls in CALLS else ()
    rules = ["-e", "trace=" + calls, "-e", "inject=%s:signal=KILL:when=%d" % (calls, number)]
    begin = now()
    world.first = int(now()) + 1
    world.spawn(strace(*rules, paths=only))
    try:
        world.daemon.wait(3.5)
        died = True
        world.crashes += 1
    except subprocess.TimeoutExpired:
        died = False
        world.kill()
    # What was due before a job was first taken over is not due.
    taken = [line["at"] for line in world.lines() if line.get("type") == "adopt"]
    world.start()
    world.was_down(begin)
    if not taken:
        world.first = int(now()) + 1
    else:
        at = datetime.datetime.fromisoformat(taken[0].replace("Z", "+00:00")).timestamp()
        world.first = int(at) + 1
    time.sleep(1.2)
    world.stop()
    world.check(jobs)
    return died


FAULTS = [("write", "error=ENOSPC"), ("write", "error=EIO"), ("write", "error=EFBIG"), ("write", "error=EINTR"),
          ("write", "error=EDQUOT"), ("write", "retval=3"), ("write", "retval=0"), ("fdatasync", "error=EIO"),
          ("fdatasync", "error=ENOSPC"), ("fdatasync", "delay_enter=1500000")]


def writes(world, dice, point):
    """The Nth write or sync of the history fails, and the next ones; then it works again."""
    (call, fault), number, length = point
    jobs = ["a", "b", "c"]
    for name in jobs:
        world.ticking(name)
    os.makedirs(world.state, 0o700)
    only = [world.state + "/history/%s.jsonl" % day()]
    rules = ["-e", "trace=" + call, "-e", "inject=%s:%s:when=%d..%d" % (call, fault, number, number + length - 1)]
    begin = now()
    world.start(strace(*rules, paths=only))
    time.sleep(3)
    world.until("good health again", lambda: world.get("/health")[0] == 200, 20)
    # A start that the disk kept waiting is explained by the disk.
    world.was_down(begin)
    time.sleep(1.2)
    world.stop()
    world.crashes += 1
    world.check(jobs)


def full(world, dice, seconds):
    """No byte fits for a while: bad health within 5 s, nothing starts that is not recorded, good again by itself."""
    jobs = ["a", "b", "c"]
    for name in jobs:
        world.ticking(name)
    world.start()
    time.sleep(dice.random() * 2)
    pid, begin = str(world.pid()), now()
    subprocess.run(["prlimit", "--pid", pid, "--fsize=100:unlimited"], check=True)
    world.until("bad health", lambda: world.get("/health")[0] == 503, 5)
    time.sleep(seconds)
    size = os.path.getsize(world.state + "/history/%s.jsonl" % day())
    with open(world.evidence) as file:
        started = len(file.readlines())
    time.sleep(1.5)
    with open(world.evidence) as file:
        if len(file.readlines()) != started and os.path.getsize(world.state + "/history/%s.jsonl" % day()) == size:
            raise Failed("a run started while its intent could not be written")
    subprocess.run(["prlimit", "--pid", pid, "--fsize=unlimited:unlimited"], check=True)
    world.until("good health", lambda: world.get("/health")[0] == 200, 10)
    world.was_down(begin)
    time.sleep(2.5)
    world.stop()
    world.check(jobs, window=5, catchup=seconds + 10)


def double(world, dice, number):
    """Two daemons at once: one works, the other one ends at once and names it."""
    world.ticking("a")
    for _ in range(number):
        procs = []
        for _ in range(2):
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                port = free.getsockname()[1]
            procs.append(subprocess.Popen([world.options.bin, "serve", "--jobs", world.folder + "/jobs.d", "--listen", "127.0.0.1:%d" % port],
                                          stderr=subprocess.PIPE, stdin=subprocess.DEVNULL))
            time.sleep(dice.choice([0, 0, 0.01, 0.2]))
        end = now() + 10
        while all(proc.poll() is None for proc in procs):
            if now() > end:
                raise Failed("both daemons live")
            time.sleep(0.005)
        second = next(proc for proc in procs if proc.poll() is not None)
        winner = next(proc for proc in procs if proc is not second)
        text = second.stderr.read().decode()
        if second.returncode != 5 or "another jobsd (pid %d " % winner.pid not in text or winner.poll() is not None:
            raise Failed("the second one gave %s: %s" % (second.returncode, text))
        for _ in range(dice.randrange(2)):
            time.sleep(0.3)
        winner.kill()
        winner.wait()
        winner.stderr.close()
    starts = [line["pid"] for line in world.lines() if line.get("type") == "start"]
    if len(starts) != len(set(starts)) or len(starts) > number:
        raise Failed("%d daemons began, of %d" % (len(starts), number))
    world.fsck()


def replaced(world, dice, given):
    """Today's history, the lock or the socket replaced or removed under load; told by /health, then a kill."""
    way, number = given
    jobs = ["a", "b", "c"]
    for name in jobs:
        world.ticking(name)
    world.start()
    for _ in range(number):
        time.sleep(dice.uniform(0.5, 2.5))
        today = os.path.join(world.state, "history", day() + ".jsonl")
        word = "today's history"
        if way == "sed":
            subprocess.run(["sed", "-i", 's/"exit_code":0,/"exit_code": 0,/', today], check=True)
        elif way == "rename":
            shutil.copy(today, today + ".copy")
            # Until something was written that the copy lacks: a copy that lacks nothing is no fault to tell of.
            time.sleep(dice.uniform(1.2, 2.2))
            os.rename(today + ".copy", today)
        elif way == "rm":
            os.remove(today)
        elif way == "lock":
            word = "`lock`"
            os.remove(os.path.join(world.state, "lock"))
            second = subprocess.run([world.options.bin, "serve", "--jobs", world.folder + "/jobs.d", "--listen", "127.0.0.1:0"],
                                    capture_output=True, text=True, timeout=20)
            if second.returncode != 5:
                raise Failed("the second daemon gave %s: %s" % (second.returncode, second.stderr))
        else:
            word = "control socket"
            os.remove(os.path.join(world.state, "control.sock"))
            world.until("the socket", lambda: os.path.exists(os.path.join(world.state, "control.sock")), 5)
        world.until("a note in /health", lambda: word in world.get("/health")[1], 5)
        if dice.randrange(2):
            # What was replaced is put right within seconds; a kill in between loses what only the old file held.
            time.sleep(dice.uniform(0, 1))
            begin = now()
            world.kill()
            world.start()
            world.was_down(begin)
    time.sleep(1.3)
    world.stop()
    world.check(jobs)


def clocks(world, dice, _):
    """A script of steps, suspends and restarts: no due time starts twice, and each one that passed has one record."""
    # Few at once: a catch-up of an hour of seconds must not hold up the machine that others test on.
    world.ticking("s", "misfire_grace_time: %d\n" % dice.choice([0, 30, 3600]), instances=3)
    zone = dice.choice(["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "UTC"])
    line = json.dumps(EVIDENCE % world.evidence)
    world.job("z", "bot_config: {command: [bash, -c, %s]}\ntimezone: %s\nschedule_type: cron\n"
                   "schedule_config: {cron_expression: '*/5 * * * *'}\nmisfire_grace_time: 60\n" % (line, zone))
    world.set_clock(dice.choice([0, 0, -86400 * 30, 86400 * 126]))
    world.start()
    seen = [(now() + world.offset + 1, None)]
    for _ in range(8):
        time.sleep(0.3 + dice.random())
        act = dice.choice(["forward", "back", "suspend", "restart", "little"])
        seen[-1] = (seen[-1][0], now() + world.offset - 0.3)
        if act == "suspend":
            os.kill(world.pid(), signal.SIGSTOP)
            time.sleep(0.5 + dice.random() * 3)
            os.kill(world.pid(), signal.SIGCONT)
        elif act == "restart":
            world.kill()
            world.start()
        else:
            step = {"forward": dice.choice([5, 600, 7200, 86400, 86400 * 40]), "back": -dice.choice([5, 600, 7200, 86400]),
                    "little": dice.choice([0.4, -0.4, 0.9, -0.9])}[act]
            world.set_clock(world.offset + step)
            time.sleep(0.3)
            if step < 0:
                seen.append((now() + world.offset + 1, None))
                continue
        seen.append((seen[-1][0], None))
    time.sleep(1.3)
    world.until("the clock is followed", lambda: world.get("/ready")[0] == 200)
    seen[-1] = (seen[-1][0], now() + world.offset - 1.3)
    world.stop()
    starts = collections.Counter()
    with open(world.evidence) as file:
        for line in file:
            name, due, _ = line.split()
            starts[name, due] += 1
    twice = [slot for slot, count in starts.items() if count > 1]
    if twice:
        raise Failed("started twice: %s" % twice[:5])
    ran, covered = set(), []
    for record in world.records().values():
        first = datetime.datetime.fromisoformat(record["scheduled_at"].replace("Z", "+00:00")).timestamp()
        last = record.get("scheduled_until")
        last = datetime.datetime.fromisoformat(last.replace("Z", "+00:00")).timestamp() if last else first
        if record["job_id"] == "s":
            covered.append((first, last))
        if record["status"] == "success":
            ran.add((record["job_id"], record["scheduled_at"]))
    covered.sort()
    lost = set()
    for begin, end in seen:
        second, at = int(begin) + 1, 0
        while end is not None and second < end:
            while at < len(covered) and covered[at][1] < second:
                at += 1
            if at < len(covered) and covered[at][0] <= second:
                second = int(covered[at][1]) + 1
            else:
                lost.add(second)
                second += 1
    # What a clock that was wrong wrote off is due again: of what lies ahead now, the record is still to come.
    lost = {second for second in lost if second <= seen[-1][1]}
    if lost:
        raise Failed("%d due times have no record, the first %d (now %f, seen %s)" % (len(lost), min(lost), now() + world.offset, seen))
    missing = [slot for slot in ran if slot not in {(n, d) for n, d in starts}]
    if missing:
        raise Failed("claimed and not started: %s" % missing[:5])
    world.fsck()


def crashloop(world, dice, number):
    """A service manager that restarts a daemon killed every two seconds."""
    jobs = ["a", "b"]
    for name in jobs:
        world.ticking(name)
    world.start()
    for _ in range(number):
        time.sleep(1.7)
        begin = now()
        world.kill()
        world.start()
        world.was_down(begin)
    time.sleep(1.3)
    world.stop()
    world.check(jobs)
    starts = sum(1 for line in world.lines() if line.get("type") == "start")
    others = sum(1 for line in world.lines() if line.get("type") not in ("run", "start", "end", "stop"))
    if starts != number + 1 or others > 2 * len(jobs) + 4:
        raise Failed("%d starts and %d other lines over %d restarts" % (starts, others, number))


def rounds(part, short):
    """The rounds of a part: their names and what they are given."""
    if part == "kills":
        return [("kills-%02d" % n, 4 if short else 25) for n in range(1 if short else 20)]
    if part == "sweep":
        if short:
            return [("sweep-%s-%d" % p, p) for p in [("write", 1), ("write", 2), ("write", 3), ("fdatasync", 1), ("fdatasync", 2), ("clone3", 4), ("openat", 2)]]
        return [("sweep-%s-%d" % (calls, n), (calls, n)) for calls in CALLS + OTHERS for n in range(1, 41)]
    if part == "writes":
        if short:
            chosen = [(fault, 1 + n % 3, 3) for n, fault in enumerate(FAULTS) if n in (0, 1, 3, 5, 7)]
        else:
            chosen = [(fault, n, length) for fault in FAULTS for n in range(1, 9) for length in (1, 6)]
        return [("writes-%s-%s-%d-%d" % (*fault, n, length), (fault, n, length)) for fault, n, length in chosen]
    if part == "full":
        return [("full-%d" % n, 2 if short else 2 + n) for n in range(1 if short else 6)]
    if part == "double":
        return [("double-%d" % n, 5 if short else 20) for n in range(1 if short else 5)]
    if part == "replaced":
        return [("replaced-%s-%d" % (way, n), (way, 2 if short else 8)) for way in WAYS for n in range(1 if short else 3)]
    if part == "clocks":
        return [("clocks-%02d" % n, None) for n in range(2 if short else 40)]
    return [("crashloop", 3 if short else 30)]


PARTS = {"kills": kills, "sweep": sweep, "writes": writes, "full": full, "double": double, "replaced": replaced, "clocks": clocks, "crashloop": crashloop}


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
                print("time is over; go on with the same command")
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
