"""Kills and orderly stops while every place is taken, runs wait, and retries are pending.

What tests/promise_check.py judges by the due time, `judge` judges by run and attempt, from what each program itself wrote:
its run id, due time and attempt. Of what only waited, nothing may be written off by a kill or a stop.
"""
import collections, datetime, json, os, signal, time

from .world import Failed, now

# A started program appends one line at its start and one at its end, each by one write.
PROGRAM = r'''start=${EPOCHREALTIME/./}000
line="{\"job_id\":\"$JOBSD_JOB_ID\",\"due\":\"$JOBSD_SCHEDULED_AT\",\"start_ns\":$start,\"run\":\"$JOBSD_RUN_ID\",\"attempt\":$JOBSD_ATTEMPT"
echo "$line}" >> "$1"
sleep "$2"
echo "$line,\"end_ns\":${EPOCHREALTIME/./}000}" >> "$1"
[ "$JOBSD_ATTEMPT" -ge "$3" ]
'''
PLACES, GRACE = 4, 12
# Who has no place this long after its due time, in seconds, waits for one; nothing else keeps a start for so long here.
WAITED = 1.1
# name: seconds between due times, seconds it takes, the attempt that succeeds, and the rest of the file.
JOBS = {
    "queue-a": (2, 1.4, 1, "overlap: queue\n"),
    "queue-b": (3, 2.5, 1, "overlap: queue\n"),
    "queue-c": (2, 0.7, 1, "overlap: queue\ncoalesce: false\n"),
    "skip-a": (1, 0.2, 1, ""),
    "skip-b": (2, 1.1, 1, "coalesce: false\nmax_instances: 2\n"),
    "retry-a": (4, 0.3, 3, "retry: {max_attempts: 3, backoff_secs: 1, backoff_factor: 1}\n"),
    "retry-b": (5, 0.6, 2, "overlap: queue\nretry: {max_attempts: 4, backoff_secs: 2, backoff_factor: 1}\n"),
    "again-a": (3, 0.8, 1, "on_interrupt: retry\nretry: {max_attempts: 9, backoff_secs: 1, backoff_factor: 1}\n"),
    "again-b": (2, 0.4, 1, "on_interrupt: retry\noverlap: queue\nretry: {max_attempts: 9, backoff_secs: 1, backoff_factor: 1}\n"),
}


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() if text else None


class Storm:
    """A world whose places are full, and what was done to it."""

    def __init__(self, world):
        self.world, self.kills, self.stops, self.manual = world, [], [], 0
        self.program = world.folder + "/program.sh"
        with open(self.program, "w") as file:
            file.write(PROGRAM)
        with open(world.folder + "/jobsd.yaml", "w") as file:
            file.write("max_concurrent_runs: %d\n" % PLACES)
        open(world.evidence, "a").close()
        self.write_jobs(True)

    def write_jobs(self, enabled):
        folder = self.world.folder
        for name, (seconds, takes, succeeds, more) in JOBS.items():
            command = json.dumps(["bash", self.program, self.world.evidence, str(takes), str(succeeds)])
            with open(folder + "/fresh", "w") as file:
                file.write("name: %s\nbot_type: command\nbot_config: {command: %s}\nschedule_type: interval\nschedule_config: {seconds: %d}\n"
                           "misfire_grace_time: %d\nkill_grace: 1\nenabled: %s\n%s" % (name, command, seconds, GRACE, str(enabled).lower(), more))
            os.rename(folder + "/fresh", folder + "/jobs.d/%s.yaml" % name)

    def started(self):
        with open(self.world.evidence) as file:
            return [json.loads(line) for line in file if line.endswith("}\n")]

    def kill(self, dice):
        begin = now()
        self.kills.append(begin)
        self.world.kill()
        time.sleep(dice.choice([0, 0, dice.random() * 2]))
        self.world.start()
        self.world.was_down(begin)

    def stop(self, dice):
        begin = now()
        self.stops.append(begin)
        os.kill(self.world.pid(), signal.SIGTERM)
        code = self.world.daemon.wait(30)
        if code != 0:
            raise Failed("SIGTERM gave %s" % code)
        time.sleep(dice.choice([0, dice.random() * 2]))
        self.world.start()
        self.world.was_down(begin)

    def aim(self):
        """Waits for a run that waits for its place, for a moment."""
        def is_waiting(run):
            due = instant(run["scheduled_at"])
            return run["status"] == "running" and not run["started_at"] and due and due < now() - WAITED
        try:
            self.world.until("a run that waits", lambda: any(map(is_waiting, self.world.records().values())), 3)
        except Failed:
            pass

    def settle(self):
        """Nothing new is due; what waits, runs or is tried again comes to its end."""
        self.write_jobs(False)
        at = now()
        self.world.jobsd("reload")

        def is_over():
            return all(run["status"] != "running" for run in self.world.records().values())
        self.world.until("the last runs are over", is_over, 4 * GRACE)
        os.kill(self.world.pid(), signal.SIGTERM)
        self.world.daemon.wait(30)
        return at


def storm(world, dice, given):
    """Kills and stops in a random order, at random instants."""
    kills, stops = given
    storm = Storm(world)
    world.start()
    time.sleep(2)
    acts = ["kill"] * kills + ["stop"] * stops
    dice.shuffle(acts)
    for act in acts:
        time.sleep(0.2 + dice.random() * 2.2)
        if dice.random() < 0.3:
            world.jobsd("run", dice.choice(["skip-b", "again-b", "queue-c"]))
        if dice.random() < 0.6:
            storm.aim()
        (storm.kill if act == "kill" else storm.stop)(dice)
    time.sleep(2)
    end = storm.settle()
    promise(storm, end)
    judge(storm, end)
    world.fsck()


def promise(storm, end):
    """By tests/promise_check.py: each due time, whatever became of it."""
    world, first = storm.world, storm.world.first
    with open(world.folder + "/expected", "w") as file:
        for name, (seconds, _, succeeds, more) in JOBS.items():
            starts = 50 if "on_interrupt" in more else 9 if succeeds > 1 else 1
            for second in range(int(min(world.begun, first - 3)), int(end) + 2 * GRACE):
                if second % seconds == 0:
                    must = "must" if first <= second < end - 1 else "may"
                    file.write("%s %d %s window_s=%d max_starts=%d\n" % (name, second, must, 2 * GRACE, starts))
    with open(world.folder + "/down", "w") as file:
        file.write("\n".join(world.down) + "\n")
    records, lines = world.records(), storm.started()
    evidence = {(line["run"], line["attempt"]) for line in lines}
    # The checker knows due times; runs on request have none, and `judge` looks at them.
    requested = {run for run, record in records.items() if not record["scheduled_at"]}
    with open(world.folder + "/evidence.due", "w") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines if line["run"] not in requested)
    history = world.folder + "/judged.jsonl"
    with open(history, "w") as file:
        for record in records.values():
            # A program that a stop ended before its first line leaves no evidence: it may or may not have begun.
            ended = record["status"] == "cancelled" and record["started_at"] and (record["id"], record["attempt"]) not in evidence
            if ended and any(-0.1 <= at - instant(record["started_at"]) < 1 for at in storm.stops):
                record = dict(record, status="interrupted")
            file.write(json.dumps(record) + "\n")
    world.promise(history, int(end) + 10 * GRACE, 2 * GRACE, evidence=world.folder + "/evidence.due")


def judge(storm, end):
    """By run and attempt."""
    wrong, starts, ends = [], collections.Counter(), {}
    for line in storm.started():
        key = line["run"], line["attempt"]
        if "end_ns" in line:
            ends[key] = line["end_ns"] / 1e9
        else:
            starts[key] += 1
    records = storm.world.records()
    wrong += ["doubled: attempt %d of run %s started %d times" % (attempt, run, count) for (run, attempt), count in starts.items() if count > 1]
    wrong += ["unexplained: run %s started and has no record" % run for run, _ in starts if run not in records]
    for run, record in records.items():
        wrong += ["%s: %s" % (sentence, shown(record)) for sentence in faults(storm, record, starts, ends, end)]
    if wrong:
        counts = ["%s=%d" % (head, sum(sentence.startswith(head) for sentence in wrong)) for head in ("lost", "doubled", "unexplained")]
        raise Failed("%s after %d kills and %d stops:\n  %s" % (" ".join(counts), len(storm.kills), len(storm.stops), "\n  ".join(wrong[:20])))


def faults(storm, record, starts, ends, end):
    """What is wrong with a record, by what its programs wrote."""
    how, run = (record["status"], record["reason"]), record["id"]
    due = instant(record["scheduled_at"])
    tries = sorted(attempt for key, attempt in starts if key == run)
    # A run on request has no due time that could be kept.
    if how == ("interrupted", "crash") and not tries and due:
        # One that a kill met at its start may or may not have begun; one that waited has not.
        from_start = instant(record["started_at"]) or due
        if not any(-0.2 <= at - from_start < WAITED for at in storm.kills):
            yield "lost: it waited, and a kill wrote it off"
    if record["status"] == "cancelled" and how[1] == "shutdown":
        if not record["started_at"] and not tries and due:
            yield "lost: it waited, and a stop wrote it off"
        ended = ends.get((run, record["attempt"]))
        if ended and not any(abs(at - ended) < 0.5 for at in storm.stops):
            yield "lost: its retry was pending, and a stop wrote it off"
    if how == ("cancelled", "removed") and due and due < end - 2 * GRACE:
        yield "unexplained: nobody removed it then"
    if how == ("failed", "start_failed"):
        yield "unexplained: nothing kept it from starting"
    if record["status"] == "success" and record["attempt"] not in tries:
        yield "lost: it says success, and its attempt never started"


def shown(record):
    keys = "id", "job_id", "scheduled_at", "started_at", "finished_at", "status", "reason", "attempt", "error"
    return " ".join("%s=%s" % (key, record.get(key)) for key in keys)
