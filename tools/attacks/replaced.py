"""What the daemon holds open is replaced or removed under load: it is healed, or told by /health within 5 s, and good again by
itself; nothing starts twice and nothing is lost, also over the next restart."""
import collections, datetime, json, os, subprocess, time

from .world import CLEAN, ENVIRONMENT, Failed, day, now

TOLD_WITHIN, GOOD_WITHIN = 5, 30
WAYS = ["history-replaced", "history-removed", "lock-replaced", "lock-removed", "socket-removed", "log-replaced", "log-removed"]
SHORT = ["history-replaced", "lock-removed", "socket-removed", "log-replaced"]


def path_of(world, what):
    return {"history": world.state + "/history/%s.jsonl" % day(), "lock": world.state + "/lock",
            "socket": world.state + "/control.sock", "log": world.folder + "/own.log"}[what]


def is_healed(world, what, at):
    """Whether who looks by name sees what the daemon does now."""
    if what == "history":
        def due(line):
            return datetime.datetime.fromisoformat(line["scheduled_at"].replace("Z", "+00:00")).timestamp()
        return any(due(line) > at for line in world.lines() if line.get("type") == "run" and line.get("scheduled_at"))
    if what == "lock":
        command = [*CLEAN, world.options.bin, "serve", "--jobs", world.folder + "/jobs.d", "--listen", "127.0.0.1:0"]
        try:
            second = subprocess.run(command, capture_output=True, text=True, timeout=4, env=ENVIRONMENT, stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            raise Failed("a second daemon runs on the same state directory")
        return second.returncode == 5
    if what == "socket":
        return world.jobsd("status").returncode == 0
    path = path_of(world, what)
    return os.path.exists(path) and os.path.getmtime(path) > at + 1


def replaced(world, dice, way):
    what, act = way.split("-")
    with open(world.folder + "/jobsd.yaml", "w") as file:
        file.write("log: {file: own.log}\n")
    jobs = ["j%d" % n for n in range(10)]
    for name in jobs:
        world.ticking(name)
    world.start()
    time.sleep(2 + dice.random())
    path, at = path_of(world, what), now()
    if act == "removed":
        os.remove(path)
    else:
        # As `sed -i`, an editor or rsync does it.
        with open(path, "rb") as old, open(path + ".tmp", "wb") as new:
            new.write(old.read())
        os.chmod(path + ".tmp", 0o600)
        os.rename(path + ".tmp", path)
    told = []
    if what != "lock" or not is_healed(world, what, at):
        def is_told():
            code, text = world.get("/health")
            told.append(text)
            return code == 503 or now() > at + 2 and what != "lock" and is_healed(world, what, at)
        try:
            world.until("told by /health, or healed", is_told, at + TOLD_WITHIN - now())
        except Failed as failed:
            raise Failed("%s: %s; /health: %s" % (way, failed, told[-1:]))
        world.until("good health again, and %s in its place" % what,
                    lambda: world.get("/health")[0] == 200 and is_healed(world, what, at), GOOD_WITHIN)
    time.sleep(1.5)
    begin = now()
    if dice.random() < 0.5:
        world.kill()
    else:
        world.stop()
    world.start()
    world.was_down(begin)
    time.sleep(1.5)
    world.stop()
    nothing_twice(world)
    if way == "history-removed":
        # Who removes records has none: the promise is judged from there on.
        world.first = int(at) + 2
        forget_before(world, world.first)
    world.crashes += 1
    world.check(jobs)


def nothing_twice(world):
    with open(world.evidence) as file:
        starts = collections.Counter(tuple(line.split()[:2]) for line in file)
    twice = [slot for slot, count in starts.items() if count > 1]
    if twice:
        raise Failed("doubled: %d due times started twice: %s" % (len(twice), twice[:5]))


def forget_before(world, second):
    """Leaves the evidence of due times from this second on."""
    def due(line):
        return datetime.datetime.fromisoformat(line.split()[1].replace("Z", "+00:00")).timestamp()
    with open(world.evidence) as file:
        lines = [line for line in file if due(line) >= second]
    with open(world.evidence, "w") as file:
        file.writelines(lines)
    world.begun = second
