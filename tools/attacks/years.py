"""The clock is wrong by seconds to years for a while, over restarts, with a retry pending: once it is right, no history is
gone, no job is held up, and nothing has started twice."""
import collections, json, os, signal, time

from .storm import PROGRAM, instant
from .world import Failed, now

DAY = 86_400
STEPS = {"ahead-5s": 5, "ahead-2h": 7_200, "ahead-3d": 3 * DAY, "ahead-500d": 500 * DAY, "ahead-73y": 73 * 365 * DAY,
         "back-5s": -5, "back-2h": -7_200, "back-40d": -40 * DAY, "back-3y": -3 * 365 * DAY}
SHORT = ["ahead-2h", "ahead-500d", "back-2h"]
# What is pending may take this long once the clock is right: its back-off, and the time of its attempts.
PENDING_MAX = 15


def years(world, dice, step):
    program = world.folder + "/program.sh"
    with open(program, "w") as file:
        file.write(PROGRAM)
    open(world.evidence, "a").close()

    def job(name, seconds, takes, succeeds, more):
        command = json.dumps(["bash", program, world.evidence, str(takes), str(succeeds)])
        world.job(name, "bot_config: {command: %s}\nschedule_type: interval\nschedule_config: {seconds: %d}\nkill_grace: 0\n%s" % (command, seconds, more))
    job("tick", 1, 0, 1, "")
    job("retry", 3, 0.1, 2, "retry: {max_attempts: 2, backoff_secs: 2, backoff_factor: 1}\n")
    job("queue", 2, 0.5, 1, "overlap: queue\n")
    # Real days before: what a clock that is wrong must not take away.
    for days in (3, 2, 1):
        world.set_clock(-days * DAY)
        world.start()
        time.sleep(1.2)
        end(world, dice)
    world.set_clock(0)
    world.start()
    world.until("a back-off", lambda: any(is_pending(run) for run in world.records().values()))
    before = sorted(os.listdir(world.state + "/history"))
    world.set_clock(STEPS[step])
    for _ in range(2):
        time.sleep(1 + dice.random() * 1.5)
        if dice.random() < 0.6:
            end(world, dice)
            world.start()
    world.set_clock(0)
    if dice.random() < 0.3:
        end(world, dice)
        world.start()
    right = now()
    gone = set(before) - set(os.listdir(world.state + "/history"))
    if gone:
        raise Failed("lost: the history of %s is gone" % sorted(gone))
    jobs = {"tick", "queue", "retry"}
    try:
        world.until("each job starts again once the clock is right", lambda: jobs <= started_since(world, right), PENDING_MAX)
    except Failed as failed:
        raise Failed("lost: %s; held up: %s" % (failed, sorted(jobs - started_since(world, right))))
    stuck = [run for run in world.records().values() if run["status"] == "running" and (instant(run["scheduled_at"]) or 0) < right - PENDING_MAX]
    if stuck:
        raise Failed("lost: open %d s after the clock is right: %s" % (PENDING_MAX, stuck[:3]))
    world.until("good health", lambda: world.get("/health")[0] == 200, PENDING_MAX)
    end(world, dice)
    starts = collections.Counter()
    with open(world.evidence) as file:
        for line in map(json.loads, file):
            if "end_ns" not in line:
                starts[line["run"], line["attempt"]] += 1
    twice = [key for key, count in starts.items() if count > 1]
    if twice:
        raise Failed("doubled: %s" % twice[:5])
    records = world.records()
    strange = [run for run, _ in starts if run not in records]
    if strange:
        raise Failed("unexplained: started and without a record: %s" % strange[:5])
    world.fsck()


def end(world, dice):
    if dice.random() < 0.5:
        world.kill()
    else:
        os.kill(world.pid(), signal.SIGTERM)
        world.daemon.wait(30)


def is_pending(run):
    return run["job_id"] == "retry" and run["status"] == "running" and bool(run["started_at"]) and run["attempt"] == 1


def started_since(world, at):
    """The jobs of which a program started since, for a due time since."""
    found = set()
    with open(world.evidence) as file:
        for line in map(json.loads, file):
            if line["start_ns"] / 1e9 > at and instant(line["due"]) > at:
                found.add(line["job_id"])
    return found
