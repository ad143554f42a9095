"""A scratch folder with a daemon that is started and killed, and what checks its promise from outside."""
import datetime, glob, json, os, shutil, signal, subprocess, sys, time, urllib.error, urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CHECK = os.path.join(ROOT, "tests", "promise_check.py")
EVIDENCE = "echo \"$JOBSD_JOB_ID $JOBSD_SCHEDULED_AT ${EPOCHREALTIME/./}000\" >> %s"
# A daemon meets nothing of its machine: default signals, a zone and a language of its own, and no proxy on the way to it.
CLEAN = ("env", "--default-signal")
ENVIRONMENT = {"PATH": os.environ["PATH"], "TZ": "UTC", "LANG": "C", "HOME": "/", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


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
        # What a killed daemon left names a port that may be another's by now.
        if os.path.exists(self.state + "/address"):
            os.remove(self.state + "/address")
        command = [*CLEAN, *wrapper, self.options.bin, "serve", "--jobs", os.path.join(self.folder, "jobs.d"), "--listen", "127.0.0.1:0"]
        log = open(os.path.join(self.folder, "log"), "ab")
        environment = dict(ENVIRONMENT, JOBSD_TEST_CLOCK=self.clock)
        self.daemon = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log, env=environment)
        log.close()

    def get(self, path):
        try:
            with open(self.state + "/address") as file:
                address = file.read().strip()
            with DIRECT.open("http://%s%s" % (address, path), timeout=5) as answer:
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
        """The daemon itself, also under strace."""
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
            return 0.2 < now() % 1 < 0.45 and not any(run["status"] == "running" and run["started_at"] for run in runs)
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
        self.promise(self.state + "/history", horizon, catchup)
        self.fsck()

    def promise(self, history, horizon, catchup, evidence=None):
        """Runs the checker of the promise over `expected`, `down` and the jobs' own evidence."""
        command = [sys.executable, CHECK, "--expected", self.folder + "/expected", "--evidence", evidence or self.evidence,
                   "--history", history, "--down", self.folder + "/down", "--horizon", str(horizon),
                   "--crashes", str(self.crashes), "--catchup", str(catchup)]
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode:
            raise Failed(result.stdout + result.stderr)

    def fsck(self):
        result = self.jobsd("fsck")
        if result.returncode:
            raise Failed("fsck:\n" + result.stdout + result.stderr)

    def jobsd(self, *words):
        command = [*CLEAN, self.options.bin, "--jobs", self.folder + "/jobs.d", *words]
        return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, env=ENVIRONMENT)

    def close(self):
        if self.daemon and self.daemon.poll() is None:
            os.kill(self.pid(), signal.SIGKILL)
            self.daemon.wait()
