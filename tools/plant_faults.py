#!/usr/bin/env python3
"""Plants one fault at a time in src/core and shows which test catches it.

Each fault is a text of the source and what it is replaced by. The tree is copied, so that nothing here changes. A fault
whose text is not found is an error: fix this list with the code. Exit status 1 when a fault is not caught.
"""
import os, shutil, subprocess, sys, tempfile

FAULTS = [
    ("the wrong fire survives coalescing", "core/settle.rs", ".map(|range| range.last).max()", ".map(|range| range.first).max()"),
    ("the grace is ignored", "core/settle.rs", "before(before(turn.now, grace(&job)), NANO)", "before(Timestamp::MIN, NANO)"),
    ("a due time at the edge of the grace is written off", "core/settle.rs", "before(before(turn.now, grace(&job)), NANO)", "before(turn.now, grace(&job))"),
    ("a range counts one too many", "core/settle.rs", "record.count = Some(range.count);", "record.count = Some(range.count + 1);"),
    ("ranges begin one too late", "core/settle.rs", "let single = range.count <= SINGLE_RECORDS_MAX;", "let single = range.count < SINGLE_RECORDS_MAX;"),
    ("the reason of a clock step is lost", "core/settle.rs", "turn.stepped_from.is_some_and(|from| from < due)", "turn.stepped_from.is_some_and(|from| from > due)"),
    ("intents are not synced", "core/mod.rs", "turn.out.sync = true;\n        turn.out.ordered.push(run_id);", "turn.out.ordered.push(run_id);"),
    ("the queue holds two", "core/dispatch.rs", "usize::from(job.policies.overlap == Overlap::Queue)", "2 * usize::from(job.policies.overlap == Overlap::Queue)"),
    ("skip waits", "core/dispatch.rs", "Overlap::Queue if self.has_room(job, turn.now) =>", "Overlap::Queue | Overlap::Skip if self.has_room(job, turn.now) || job.policies.overlap == Overlap::Skip =>"),
    ("a stale exit is accepted", "core/end.rs", "run.record.stage() != Stage::Started || run.record.attempt != attempt", "false"),
    ("replace starts beside the old run", "core/dispatch.rs", "(job.policies.max_instances as usize).saturating_sub(active)", "(job.policies.max_instances as usize + usize::from(job.policies.overlap == Overlap::Replace)).saturating_sub(active)"),
    ("one attempt too many", "core/end.rs", "record.attempt < retry.max_attempts", "record.attempt <= retry.max_attempts"),
    ("a stop is ordered on every request", "core/request.rs", "if run.stop.is_none() || grace_secs.is_some() {", "if true {"),
    ("the global bound is one too high", "core/dispatch.rs", "self.ledger.shared.started.len() >= self.setup.max_concurrent_runs", "self.ledger.shared.started.len() > self.setup.max_concurrent_runs"),
    ("a removed job's order still starts", "core/dispatch.rs", "is_due && job.schedule.next_after(just_before) == Some(due)", "true"),
    ("a changed schedule fires by being changed", "core/job_ledger.rs", "if self.cursor.is_none_or(|cursor| cursor < through) {", "if self.cursor.is_none() {"),
    ("the cursor is not re-based when the clock is set back", "core/job_ledger.rs", "self.cursor.map(|cursor| cursor.min(to))", "self.cursor"),
    ("what was acted on is forgotten when the clock is set back", "core/job_ledger.rs", "Some((_, last)) => after = last.max(due),", "Some(_) => return Some(due),"),
    ("a run cut off by a crash stays", "core/ledger.rs", "Stage::Started => true,\n            Stage::Planned => !record", "Stage::Started => false,\n            Stage::Planned => !record"),
    ("a dry run counts", "core/uses.rs", "(true, _) => 0,", "(true, _) => record.messages_sent.unwrap_or(0),"),
    ("the week is a day short", "core/uses.rs", "SignedDuration::from_hours(7 * 24)", "SignedDuration::from_hours(6 * 24)"),
    ("the day of a limit is that of UTC", "core/uses.rs", "let zone = job.schedule.zone();", "let zone = &TimeZone::UTC;"),
    ("a reservation does not count", "core/uses.rs", "budget.reserved.max(budget.used)", "budget.used"),
    ("a cut-off run counts nothing", "core/budget.rs", "None if is_cut_off => rest,", "None if is_cut_off => 0 * rest,"),
    ("a message that may have left does not count", "core/budget.rs", "sent.unwrap_or(0).saturating_add(unknown.unwrap_or(0))", "sent.or(unknown).unwrap_or(0)"),
    ("a use of a week ago is not waited for", "core/budget.rs", "(self.allowed(job, record, at) > self.allowed(job, record, now)).then_some(at)", "(at < now).then_some(at)"),
    ("a run starts with an empty budget", "core/budget.rs", "budget.reserved == 0", "budget.reserved == u64::MAX"),
    ("a run that could not start keeps the budget of its first day", "core/dispatch.rs", "record.started_at.is_none() && !is_doubtful", "record.attempt == 0 && !is_doubtful"),
    ("a retry reserves again", "core/dispatch.rs", "record.started_at.is_none() && !is_doubtful", "!is_doubtful"),
    ("a run may send more than its own cap", "core/budget.rs", "job.allowance.per_run.map_or(left, |cap| cap.min(left))", "job.allowance.per_run.map_or(left, |_| left)"),
    ("the last word of a cut-off run is lost", "core/end.rs", "self.last_words.remove(&run_id).unwrap_or_default()", "Report::default()"),
    ("the attempts of a run do not add up", "core/end.rs", "(Some(before), Some(more)) => Some(before.saturating_add(more))", "(Some(_), Some(more)) => Some(more)"),
    ("a doubtful order starts after a crash", "core/ledger.rs", "!record.waiting && doubtful(record)", "false && doubtful(record)"),
]
TESTS = ["scenarios", "policies", "budget", "invariants", "simulation"]


def main():
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    missed = 0
    with tempfile.TemporaryDirectory() as scratch:
        copy = os.path.join(scratch, "tree")
        shutil.copytree(root, copy, ignore=shutil.ignore_patterns("target", ".git", ".jobsd"))
        env = dict(os.environ, CARGO_TARGET_DIR=os.path.join(scratch, "target"), RUST_BACKTRACE="0", SIMULATION_SEEDS="12")
        for name, file, old, new in FAULTS:
            path = os.path.join(copy, "src", file)
            good = open(path, encoding="utf-8").read()
            if good.count(old) != 1:
                print(f"NOT FOUND  {name}: the text stands {good.count(old)} times in {file}")
                missed += 1
                continue
            with open(path, "w", encoding="utf-8") as out:
                out.write(good.replace(old, new))
            caught = None
            for test in TESTS:
                command = ["cargo", "test", "-q", "--test", "core", f"{test}::"]
                # Built first: a slow build is not a fault caught.
                if subprocess.run(command + ["--no-run"], cwd=copy, env=env, capture_output=True).returncode != 0:
                    caught = "DOES NOT COMPILE"
                    missed += 1
                    break
                try:
                    failed = subprocess.run(command, cwd=copy, env=env, capture_output=True, timeout=180).returncode != 0
                except subprocess.TimeoutExpired:
                    failed = True
                if failed:
                    caught = test
                    break
            with open(path, "w", encoding="utf-8") as out:
                out.write(good)
            missed += caught is None
            print(f"{'caught by ' + caught if caught else 'NOT CAUGHT':24} {name}", flush=True)
    print(f"{len(FAULTS) - missed} of {len(FAULTS)} planted faults caught")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
