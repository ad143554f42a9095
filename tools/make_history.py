#!/usr/bin/env python3
"""A team's repository of 37 jobs with 17 days of real history, for pictures, measurements and trying the pages.

    tools/make_history.py FOLDER [--days N] [--bin PATH]     make it (a few minutes), then end
    tools/make_history.py FOLDER --serve [--port P]          serve it as of its last night, until interrupted

The history is real: `jobsd serve` runs on a test clock (`JOBSD_TEST_CLOCK`, see docs/operations.md) that is stepped from
due time to due time, and every run is a child that really ran. Long runs are short ones that a step of the clock
crossed. In it: jobs of three zones and every kind of schedule, labels `owner`, `tier`, `runbook`, both bots with limits
(one spent), jobs that fail in every way (exit, signal, timeout, no such program, reported), one hung, one silent, one
skipped again and again, due times missed while the daemon was down, seven commits (one of which broke a backup), a file
that never was valid and one that became invalid, two pauses and a run in progress.

It ends on a Tuesday night at 03:12 in Paris. The last hours are lived by `--serve`, each time in a fresh copy: what hangs
then really hangs, and a picture taken today and one taken next year are alike.
"""
import argparse, datetime, http.server, json, os, shutil, signal, subprocess, sys, threading, time

sys.dont_write_bytecode = True
from attacks.world import CLEAN, DIRECT, ENVIRONMENT, ROOT

END = datetime.datetime(2026, 12, 1, 2, 12, 20, tzinfo=datetime.timezone.utc)
# What `--serve` lives itself.
LIVED_HOURS = 10.75
PAGES_PORT = 18637
# A step lands this long before the due time: the clock then reaches it by itself, as clocks do.
BEFORE = 0.02


def day(back, clock="00:00"):
    """An instant so many days before the last night, as jobs see it in JOBSD_SCHEDULED_AT."""
    date = (END - datetime.timedelta(days=back)).date()
    return "%sT%s:00Z" % (date, clock)


def seconds(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


# ---------------------------------------------------------------- the jobs

DAILY, WEEKLY = "schedule_type: daily\nschedule_config: {hour: %d, minute: %d}", \
    "schedule_type: weekly\nschedule_config: {day_of_week: \"%s\", hour: %d, minute: %d}"
EVERY = "schedule_type: interval\nschedule_config: {%s, anchor: \"2026-01-01T00:00:00Z\"}"
CRON = "schedule_type: cron\nschedule_config: {cron_expression: \"%s\"}"
PARIS, TOKYO, NEW_YORK, UTC = "Europe/Paris", "Asia/Tokyo", "America/New_York", "UTC"


def command(name, when, script, zone=PARIS, owner="", tier="", runbook=False, about="", more="", slug=""):
    """The text of a command's file. The script knows its due time, not the time."""
    labels = {"owner": owner, "tier": tier, "runbook": "https://runbooks.example.org/%s" % slug if runbook else ""}
    said = ", ".join("%s: %s" % pair for pair in labels.items() if pair[1])
    lines = ["name: %s" % name, "description: %s" % about if about else "", "bot_type: command", "bot_config:", "  shell: |"]
    lines += ["    " + line for line in script.split("\n")]
    lines += [when, "timezone: %s" % zone, "labels: {%s}" % said if said else "", more]
    return "\n".join(line for line in lines if line) + "\n"


SINCE = "[ ! \"$JOBSD_SCHEDULED_AT\" \\< \"%s\" ]"
BACKUP = """echo "pg_dump: dumping contents of table public.orders"
echo "pg_dump: writing to %(target)s with %(jobs)d jobs"
if [ %(jobs)d -gt 4 ]; then
  echo "pg_dump: warning: 1 GiB written, 412 MiB free on %(target)s" >&2
  echo "pg_dump: error: could not write to output file: No space left on device" >&2
  exit 1
fi"""


def backup_orders(target, jobs):
    return command("Orders database", DAILY % (2, 15), BACKUP % {"target": target, "jobs": jobs}, owner="dba", tier="critical",
                   runbook=True, slug="pg-orders", about="Nightly dump of the shop's orders", more="timeout: %d\nretry: {max_attempts: 3, backoff_secs: 1, max_backoff_secs: 1}" % (3600 if jobs > 4 else 7200))


def flaps(hours):
    pattern = "|".join("*T%02d:*" % hour for hour in hours)
    return "case \"$JOBSD_SCHEDULED_AT\" in\n  %s) echo \"upstream answered 503\" >&2; exit 1;;\nesac\necho \"rows=1204\"" % pattern


def commands():
    fast = "echo done"
    long = "sleep 0.3"
    files = {
        "backups/pg-orders": backup_orders("/var/backups", 4),
        "backups/mysql-shop": command("Shop database", DAILY % (2, 30), long, owner="dba", tier="critical", runbook=True, slug="mysql-shop"),
        "backups/files-home": command("Home directories", DAILY % (3, 0), long, owner="platform"),
        "backups/restic-check": command("Check backups", WEEKLY % ("sun", 5, 0), long, owner="dba"),
        "backups/s3-sync": command("Copy to S3", EVERY % "hours: 2", flaps([4, 16]), zone=UTC, owner="platform"),
        "backups/wal-archive": command("Archive WAL", EVERY % "minutes: 30", fast, zone=UTC, owner="dba", tier="critical"),
        "reports/sales-daily": command("Sales of the day", WEEKLY % ("mon-fri", 7, 0), long, owner="data", tier="high"),
        "reports/sales-weekly": command("Sales of the week", WEEKLY % ("mon", 7, 30), long, owner="data"),
        "reports/finance-month": command("Month end", CRON % "0 6 1 * *", long, owner="finance", tier="high"),
        "reports/kpi-tokyo": command("KPI Tokyo", DAILY % (9, 0), fast, zone=TOKYO, owner="data"),
        "reports/kpi-new-york": command("KPI New York", DAILY % (17, 30), fast, zone=NEW_YORK, owner="data"),
        "reports/churn": command("Churn model", DAILY % (6, 40), "if %s; then exec sleep 30; fi; echo done" % (SINCE % day(2)), owner="data", more="timeout: 1\nkill_grace: 0"),
        "reports/funnel": command("Sales funnel", EVERY % "hours: 1", flaps([3, 11, 19]), zone=UTC, owner="data"),
        "reports/newsletter-stats": command("Newsletter figures", CRON % "30 7 * * 1-5", "echo '{\"opened\": 4120, \"clicked\": 318}' > \"$JOBSD_RESULT\"", owner="crm"),
        "platform/log-rotate": command("Rotate logs", CRON % "0 * * * *", fast, owner="platform"),
        "platform/cert-renew": command("Renew TLS", CRON % "17 4 * * 1-5", fast, owner="platform", tier="high", runbook=True, slug="cert-renew"),
        "platform/feed-import": command("Import feeds", EVERY % "minutes: 30", "echo '{\"rows\": 1204}' > \"$JOBSD_RESULT\"", owner="crm"),
        "platform/queue-drain": command("Drain queues", EVERY % "minutes: 30", fast, zone=UTC, owner="platform"),
        "platform/cache-warm": command("Warm caches", EVERY % "hours: 1", fast, zone=UTC, owner="web"),
        "platform/index-rebuild": command("Rebuild search index", EVERY % "hours: 2", "if %s; then exec sleep 86400; fi; echo done" % (SINCE % day(1, "17:00")), zone=UTC, owner="search", tier="high", runbook=True, slug="index-rebuild"),
        "platform/dns-check": command("Check DNS", EVERY % "hours: 1", fast, zone=UTC, owner="platform"),
        "platform/uptime-probe": command("Probe uptime", EVERY % "minutes: 30", fast, zone=UTC, owner="web"),
        "platform/disk-report": command("Disk report", DAILY % (6, 0), fast, owner="platform"),
        "platform/geoip-update": command("Update GeoIP", DAILY % (4, 45), fast, owner="web"),
        "platform/image-prune": command("Prune images", WEEKLY % ("sun", 4, 0), fast, owner="platform"),
        "platform/k8s-drift": command("Cluster drift", CRON % "0 */6 * * *", fast, owner="platform", about="Compares the cluster with its repository"),
        "platform/session-cleanup": command("Expire sessions", DAILY % (5, 15), "if %s; then kill -9 $$; fi; echo done" % (SINCE % day(1)), owner="web"),
        "platform/mailbox-sync": command("Synchronise mailboxes", EVERY % "hours: 1", "if %s; then echo '{\"success\": false, \"error\": \"IMAP login refused\"}' > \"$JOBSD_RESULT\"; fi" % (SINCE % day(4)), zone=UTC, owner="crm", tier="low"),
        "platform/audit-export": command("Export audit log", DAILY % (1, 30), fast, owner="security", more="enabled: false"),
        "platform/legacy-sync": command("Legacy CRM sync", EVERY % "hours: 6", fast, zone=UTC, owner="crm"),
        "platform/reindex": command("Reindex on request", "schedule_type: manual", "echo reading; exec sleep 600", owner="search"),
        "platform/token-refresh": command("Refresh tokens", EVERY % "hours: 6", fast, zone=UTC, owner="security", tier="critical"),
        "platform/night-close": command("Close the books of the day", DAILY % (17, 0), fast, owner="finance", tier="high", runbook=True, slug="night-close", more="misfire_grace_time: 60"),
        "bots/birthday-daily": "name: Birthday wishes\ndescription: Wishes of the day to customers\nbot_type: birthday\nbot_config:\n  contacts: contacts.vcf\n  delivery:\n    command: [cat]\n"
                               "  process_late: true\n  max_days_late: 3\n  max_messages_per_run: 10\n  daily_limit: 10\n  weekly_limit: 12\n%s\ntimezone: Europe/Paris\nlabels: {owner: crm, tier: high}\n" % (DAILY % (8, 0)),
        "bots/birthday-trial": "name: Birthday wishes (trial)\nbot_type: birthday\nbot_config:\n  dry_run: true\n  contacts: contacts.vcf\n  delivery:\n    command: [cat]\n%s\ntimezone: Europe/Paris\nlabels: {owner: crm}\n" % (DAILY % (8, 30)),
        "bots/visitor-weekdays": visitor("Profile visits", "limit: 5", WEEKLY % ("mon,wed,fri", 14, 30)),
        "bots/visitor-weekend": visitor("Profile visits, weekend", "limit: 3\n  dry_run: true", WEEKLY % ("sat,sun", 10, 0)),
    }
    return files


def visitor(name, config, when):
    return "name: %s\nbot_type: visitor\nbot_config:\n  addresses: pages.txt\n  delay_secs: 0\n  contact: ops@example.org\n  %s\n%s\ntimezone: Europe/Paris\nlabels: {owner: crm}\n" % (name, config, when)


def changes():
    """What is committed when: days before the end, subject, files to write."""
    geoip = commands()["platform/geoip-update"].replace("  shell: |\n    echo done\n", "  command: [/opt/geoip/bin/update, --quiet]\n")
    feeds = commands()["platform/feed-import"]
    return [
        (15.4, "Readme only", {"README.md": "# Jobs of the team\n"}),
        (11.3, "Visits on weekdays in the afternoon", {"jobs.d/bots/visitor-weekdays.yaml": visitor("Profile visits", "limit: 5", WEEKLY % ("mon,wed,fri", 14, 0))}),
        (8.1, "GeoIP by the new updater", {"jobs.d/platform/geoip-update.yaml": geoip}),
        (4.6, "Uptime probe: one zone", {"jobs.d/platform/uptime-probe.yaml": commands()["platform/uptime-probe"] + "retry: {max_attempts: 2, backoff_secs: 1}\n"}),
        (3.3, "Orders: dump with 8 jobs to the fast disk", {"jobs.d/backups/pg-orders.yaml": backup_orders("/mnt/fast", 8)}),
        (1.5, "Feeds: three attempts", {"jobs.d/platform/feed-import.yaml": feeds + "retry: {max_attempts: trois}\n"}),
        (0.5, "CRM: new import", {"jobs.d/platform/new-crm.yaml": "nam: New CRM\nbot_typ: command\nschedule_type: dayly\nschedule_config: {hour: 25}\ntimezone: Europe/Pariss\n"}),
    ]


# ---------------------------------------------------------------- the world

class Quiet(http.server.BaseHTTPRequestHandler):
    """The pages that the visitor visits."""

    def do_GET(self):
        is_page = self.path.startswith("/p")
        body = b"<title>profile</title>" if is_page else b"User-agent: *\nAllow: /\n"
        self.send_response(200)
        self.send_header("Content-Type", "text/html" if is_page else "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Team:
    def __init__(self, folder, binary):
        self.folder, self.bin, self.daemon, self.address = os.path.abspath(folder), os.path.abspath(binary), None, None
        self.offset = 0.0

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name + ".new"), "w") as file:
            file.write(text)
        os.rename(self.path(name + ".new"), self.path(name))

    # -- time

    def now(self):
        return time.time() + self.offset

    def set_clock(self, instant):
        self.offset = instant - time.time()
        self.write(".clock", "%r" % self.offset)

    # -- git, in the time of the history

    def git(self, *arguments):
        at = "%d +0100" % self.now()
        environment = dict(ENVIRONMENT, GIT_AUTHOR_DATE=at, GIT_COMMITTER_DATE=at)
        subprocess.run(["git", "-c", "user.name=Ana Lima", "-c", "user.email=ana@example.org", *arguments],
                       cwd=self.folder, env=environment, check=True, stdout=subprocess.DEVNULL)

    def commit(self, subject, files):
        """As a pull brings it: the files are those of a commit that is there."""
        for name, text in files.items():
            blob = subprocess.run(["git", "hash-object", "-w", "--stdin"], cwd=self.folder, env=ENVIRONMENT, input=text.encode(), check=True, stdout=subprocess.PIPE)
            self.git("update-index", "--add", "--cacheinfo", "100644,%s,%s" % (blob.stdout.decode().strip(), name))
        self.git("commit", "-qm", subject)
        for name, text in files.items():
            self.write(name, text)

    # -- the daemon

    def start(self, port=0):
        if os.path.exists(self.path(".jobsd/address")):
            os.remove(self.path(".jobsd/address"))
        log = open(self.path(".log"), "ab")
        environment = dict(ENVIRONMENT, JOBSD_TEST_CLOCK=self.path(".clock"))
        self.daemon = subprocess.Popen([*CLEAN, self.bin, "serve", "--jobs", "jobs.d", "--listen", "127.0.0.1:%d" % port], cwd=self.folder,
                                       env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log)
        self.until("ready", self.is_ready)

    def is_ready(self):
        try:
            with open(self.path(".jobsd/address")) as file:
                self.address = file.read().strip()
            return self.address and self.get("ready") is not None
        except OSError:
            return False

    def stop(self):
        self.daemon.send_signal(signal.SIGTERM)
        self.daemon.wait(60)

    def get(self, route):
        with DIRECT.open("http://%s/%s" % (self.address, route), timeout=20) as answer:
            text = answer.read()
            return json.loads(text) if text.startswith((b"{", b"[")) else text

    def command(self, *arguments):
        environment = dict(ENVIRONMENT, JOBSD_TEST_CLOCK=self.path(".clock"))
        subprocess.run([self.bin, *arguments], cwd=self.folder, env=environment, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)

    def until(self, what, condition, limit=60):
        end = time.time() + limit
        while not condition():
            if time.time() > end:
                raise SystemExit("not within %d s: %s" % (limit, what))
            time.sleep(0.004)

    def jobs(self):
        return self.get("scheduler/jobs")

    def next_due(self):
        dues = [job["next_run_at"] for job in self.jobs() if job["next_run_at"]]
        return min(map(seconds, dues), default=None)

    def is_idle(self, stuck=("index-rebuild",), long=()):
        """Nothing is due any more and nothing runs but what is meant to."""
        jobs = self.jobs()
        late = any(job["next_run_at"] and seconds(job["next_run_at"]) <= self.now() for job in jobs)
        runs = any(job["running"] and job["id"] not in stuck + long for job in jobs)
        return not late and not runs

    def live_until(self, end):
        """Steps from due time to due time."""
        long = ("mysql-shop", "files-home", "restic-check", "sales-daily", "sales-weekly", "finance-month")
        while True:
            due = self.next_due()
            if due is None or due > end:
                break
            if due > self.now():
                self.set_clock(max(due - BEFORE, self.now()))
            self.until("the due time passes", lambda: self.now() > due)
            self.until("its runs end", lambda: self.is_idle(long=long))
            if any(job["running"] and job["id"] in long for job in self.jobs()):
                # Their minutes: a step while they run.
                self.set_clock(min(self.now() + 240 + due % 97, end))
                self.until("long runs end", self.is_idle)
        self.set_clock(max(end, self.now()))
        self.until("quiet", self.is_idle)


def contacts():
    """Three birthdays a day around the history."""
    cards, names = [], ["Ana", "Bilal", "Chloé", "Dag", "Eun-ji", "Farid", "Gwen", "Hugo", "Inès", "Jonas"]
    for back in range(-10, 25):
        date = (END - datetime.timedelta(days=back)).date()
        for n in range(3):
            name = "%s %s" % (names[(back + n * 3) % 10], ["Martin", "Lima", "Haddad"][n])
            mail = "%d-%d@example.org" % (back + 10, n)
            cards.append("BEGIN:VCARD\nVERSION:4.0\nFN:%s\nEMAIL:%s\nBDAY:--%02d%02d\nEND:VCARD\n" % (name, mail, date.month, date.day))
    return "".join(cards)


def make(team, days):
    shutil.rmtree(team.folder, ignore_errors=True)
    os.makedirs(team.folder)
    end = END.timestamp()
    team.set_clock(end - days * 86400)
    subprocess.run(["git", "init", "-q", "-b", "main", team.folder], check=True, env=ENVIRONMENT)
    base = {"jobs.d/%s.yaml" % name: text for name, text in commands().items()}
    links = "https://git.example.org/ops/jobs/%s/{branch}"
    base["jobsd.yaml"] = "edit_url: %s/{path}#L{line}\nnew_url: %s?path={path}&content={content}\n" % (links % "edit", links % "new")
    base[".gitignore"] = ".jobsd/\n.clock*\n.log\n"
    base["contacts.vcf"] = contacts()
    base["pages.txt"] = "".join("http://127.0.0.1:%d/p%d\n" % (PAGES_PORT, n) for n in range(40))
    team.commit("Jobs of the team", base)
    team.start()
    moments = [(back, lambda subject=subject, files=files: edit(team, subject, files)) for back, subject, files in changes()]
    moments += [
        (9.6, lambda: away(team, end - (9.6 - 17 / 24) * 86400)),
        (6.2, lambda: team.command("pause", "legacy-sync", "--reason", "migration of the CRM")),
        (2.7, lambda: team.command("pause", "visitor-weekend")),
    ]
    for back, what in sorted(moments, key=lambda moment: -moment[0]):
        if back < days:
            team.live_until(end - back * 86400)
            print("%s" % datetime.datetime.fromtimestamp(team.now(), datetime.timezone.utc).strftime("%d %b %H:%M"), flush=True)
            what()
    team.live_until(end - LIVED_HOURS * 3600)


def edit(team, subject, files):
    """A commit, and its reload."""
    newest = lambda: [reload["at"] for reload in team.get("scheduler/config")["reloads"][:1]]
    before = newest()
    team.commit(subject, files)
    if any(name.startswith("jobs.d/") for name in files):
        team.until("the reload", lambda: newest() != before)


def away(team, until, port=0):
    """No daemon for a while."""
    team.stop()
    team.set_clock(until)
    team.start(port)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--days", type=float, default=17)
    parser.add_argument("--serve", action="store_true")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--bin", default=os.path.join(os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target")), "debug", "jobsd"))
    options = parser.parse_args()
    team = Team(options.folder, options.bin)
    pages = http.server.ThreadingHTTPServer(("127.0.0.1", PAGES_PORT), Quiet)
    threading.Thread(target=pages.serve_forever, daemon=True).start()
    began = time.time()
    try:
        if options.serve:
            serve(team, options.port)
        else:
            make(team, options.days)
            lines = sum(1 for name in os.listdir(team.path(".jobsd/history")) for _ in open(team.path(".jobsd/history", name), "rb"))
            print("%d lines of history in %.0f s: %s" % (lines, time.time() - began, team.folder))
    finally:
        if team.daemon and team.daemon.poll() is None:
            team.stop()


def serve(team, port):
    """The last night again: a copy is served, so that what happens now is not there next time."""
    scratch = team.path(".served")
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(team.folder, scratch, ignore=shutil.ignore_patterns(".served", "*.sock"), symlinks=True)
    team.folder, end = scratch, END.timestamp()
    team.set_clock(end - LIVED_HOURS * 3600)
    team.start(port)
    # Down over one due time, then the evening; the run in progress is minutes old.
    team.live_until(seconds(day(1, "15:40")))
    away(team, seconds(day(1, "16:30")), port)
    team.live_until(end - 95)
    team.command("run", "reindex", "--yes")
    team.until("the run is in progress", lambda: any(job["id"] == "reindex" and job["running"] for job in team.jobs()))
    team.set_clock(end)
    print("http://%s/" % team.address, flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        while True:
            time.sleep(3600)
    except (KeyboardInterrupt, SystemExit):
        pass


if __name__ == "__main__":
    main()
