"""Kills, system calls that fail, full disks, double starts and clock scripts: `fn(world, dice, given)` each."""
import collections, datetime, json, os, shutil, signal, subprocess, time

from .world import CLEAN, ENVIRONMENT, EVIDENCE, Failed, day, now


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
            command = [*CLEAN, world.options.bin, "serve", "--jobs", world.folder + "/jobs.d", "--listen", "127.0.0.1:0"]
            procs.append(subprocess.Popen(command, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, env=ENVIRONMENT))
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
