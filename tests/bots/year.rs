//! A year of days for 200 people: the real scheduler in virtual time orders runs of the real bot,
//! which sends to a real mail server; bots are killed at chosen sends, daemons die and read their
//! journal again, servers hang up, people ask for more. By what the server took: nobody is greeted
//! twice, no limit is exceeded, nobody is missed whom the limits allow.
//!
//! `JOBSD_YEARS=10` lives through that many seeds per zone (default: 1).
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::support::bots::{BotFolder, birthday, card};
use crate::support::child::{BIN, clean};
use crate::support::mail::{Act, Moment, Server};
use jobsd::core::ledger::Ledger;
use jobsd::core::{CATCH_UP_PER_SECOND, Input, Scheduler, Setup};
use jobsd::model::event::{DaemonStarted, Event, Stage};
use jobsd::model::job::{Job, JobSet};
use jobsd::model::outcome::{Ending, Outcome};
use jobsd::model::run::{Reason, RunRecord};
use jobsd::model::run_id::RunId;
use jobsd::shell::process::report::last_words;
use jobsd::spec::SourceFile;
use jobsd::spec::jobs::loader;
use jobsd::spec::types::config::Settings;
use jobsd::time::{SignedDuration, Timestamp, civil::Date};
use serde_json::{Value, json};

const PEOPLE: usize = 200;
const LATE_MAX: i32 = 7;
const DAILY: usize = 4;
const WEEKLY: usize = 14;
const PER_RUN: u64 = 3;
const FROM: &str = "2027-11-20T00:00:00Z";
const UNTIL: &str = "2028-11-20T00:00:00Z";

/// Chance by a seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }
}

struct Person {
    mail: String,
    month: i8,
    day: i8,
}

struct Life {
    seed: u64,
    chance: Chance,
    world: BotFolder,
    server: Server,
    scheduler: Scheduler,
    journal: Vec<Event>,
    job: Arc<Job>,
    now: Timestamp,
    requests: u64,
    people: Vec<Person>,
    /// When the run of a mail started, and to whom it was.
    taken: Vec<(Timestamp, String)>,
    /// Days on which somebody due was left for a reason: a limit, or trouble.
    excused: BTreeSet<Date>,
    /// How often something was done to a run.
    kills: usize,
    deaths: usize,
}

fn people(chance: &mut Chance) -> Vec<Person> {
    let person = |n: usize, chance: &mut Chance| {
        let (month, day) = match n {
            0..6 => (2, 29),
            // Crowds, that the limits cannot greet at once.
            6..36 => (3, 1),
            36..66 => (12, 24 + (n % 3) as i8),
            _ => (1 + chance.below(12) as i8, 1 + chance.below(28) as i8),
        };
        let mail = format!("p{n}@example.org");
        Person { mail, month, day }
    };
    (0..PEOPLE).map(|n| person(n, chance)).collect()
}

impl Life {
    fn new(zone: &str, seed: u64) -> Life {
        let mut chance = Chance(seed);
        let (world, server) = (BotFolder::in_memory(), Server::new());
        let people = people(&mut chance);
        let cards = people.iter().enumerate();
        let cards = cards.map(|(n, p)| {
            card(
                &format!("Person {n}"),
                &p.mail,
                &format!("--{:02}{:02}", p.month, p.day),
            )
        });
        world.write("contacts.vcf", cards.collect::<String>());
        std::fs::create_dir(world.path("work")).unwrap();
        let keys = json!({
            "process_late": true,
            "max_days_late": LATE_MAX,
            "daily_limit": DAILY,
            "weekly_limit": WEEKLY,
            "max_messages_per_run": PER_RUN,
        });
        let text = json!({
            "name": "Birthdays",
            "bot_type": "birthday",
            "bot_config": birthday(server.port, keys),
            "schedule_type": "daily",
            "schedule_config": {"hour": 8},
            "timezone": zone,
            "retry": {"max_attempts": 2, "backoff_secs": 60},
        });
        let file = SourceFile {
            path: "b.yaml".into(),
            bytes: text.to_string().into_bytes(),
        };
        let loaded = loader::load(&[file], &Settings::default());
        let job = loaded
            .jobs
            .values()
            .next()
            .unwrap_or_else(|| panic!("{:?}", loaded.diagnostics));
        let mut life = Life {
            seed,
            chance,
            world,
            server,
            scheduler: scheduler(Ledger::default()),
            journal: Vec::new(),
            job: job.clone(),
            now: FROM.parse().unwrap(),
            requests: 0,
            people,
            taken: Vec::new(),
            excused: BTreeSet::new(),
            kills: 0,
            deaths: 0,
        };
        life.start_daemon(None);
        life
    }

    fn start_daemon(&mut self, words: Option<Input>) {
        let daemon = DaemonStarted {
            at: self.now,
            version: String::new(),
            host: String::new(),
            pid: 1,
            boot: None,
        };
        let set = JobSet {
            jobs: BTreeMap::from([(self.job.id.clone(), self.job.clone())]),
            files: 1,
            ..JobSet::default()
        };
        let started = Input::Started {
            daemon,
            jobs: Some(Arc::new(set)),
            orphans: BTreeSet::new(),
        };
        for input in words.into_iter().chain([started]) {
            self.decide(input);
        }
    }

    fn decide(&mut self, input: Input) -> Option<Timestamp> {
        let decision = self.scheduler.decide(self.now, input);
        self.journal.extend(decision.events);
        decision.wake_at
    }

    fn live(&mut self) {
        let until: Timestamp = UNTIL.parse().unwrap();
        let mut wake = self.decide(Input::Tick);
        while let Some(at) = wake.filter(|at| *at <= until) {
            self.now = self.now.max(at);
            self.decide(Input::Tick);
            let is_started = self.execute_all();
            if is_started && self.chance.percent(30) {
                self.now += SignedDuration::from_hours(1);
                self.request();
            }
            wake = self.decide(Input::Tick);
        }
    }

    fn request(&mut self) {
        self.requests += 1;
        let millis = u64::try_from(self.now.as_millisecond()).unwrap();
        let mut tail = [0u8; 10];
        tail[2..].copy_from_slice(&self.requests.to_be_bytes());
        let id = uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid();
        let input = Input::RunRequested {
            run_id: RunId::from_uuid(id),
            job_id: self.job.id.clone(),
            dry_run: false,
        };
        self.decide(input);
        self.execute_all();
    }

    /// Runs the bot for every attempt that is under way; whether there was one.
    fn execute_all(&mut self) -> bool {
        let mut any = false;
        while let Some(record) = self.under_way() {
            any = true;
            self.execute(&record);
        }
        any
    }

    fn under_way(&self) -> Option<RunRecord> {
        let runs = self.scheduler.ledger().runs();
        let mut started = runs.filter(|run| run.record.stage() == Stage::Started);
        started.next().map(|run| run.record.clone())
    }

    fn execute(&mut self, record: &RunRecord) {
        self.prepare_trouble();
        let result = format!("work/{}.{}.json", record.id, record.attempt);
        let scheduled_at = record.scheduled_at.unwrap_or_else(|| record.requested());
        let mut command = clean(BIN);
        command
            .args(["bot", "birthday"])
            .env("JOBSD_RUN_ID", record.id.to_string())
            .env("JOBSD_ATTEMPT", record.attempt.to_string())
            .env("JOBSD_SCHEDULED_AT", scheduled_at.to_string())
            .env("JOBSD_TIMEZONE", &*self.job.timezone)
            .env(
                "JOBSD_BUDGET_REMAINING",
                record.budget_remaining().unwrap().to_string(),
            )
            .env("JOBSD_JOB_STATE", self.world.path("state"))
            .env("JOBSD_RESULT", self.world.path(&result))
            .env("JOBSD_BASE_DIR", self.world.dir.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        self.server.victim.store(0, Ordering::SeqCst);
        let mut child = command.spawn().unwrap();
        self.server.victim.store(child.id(), Ordering::SeqCst);
        let config = self.job.program.stdin.clone().unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(config.as_bytes())
            .unwrap();
        let status = child.wait().unwrap();
        // A run counts whole at the instant it started, its later attempts too.
        let now = record.started_at.unwrap();
        self.taken
            .extend(self.server.take().into_iter().map(|mail| (now, mail.to)));
        self.settle(record, status.code());
    }

    /// Now and then the server kills the bot or hangs up at one of the next messages.
    fn prepare_trouble(&mut self) {
        let acts = [
            Act::Kill,
            Act::TakeAndKill,
            Act::AnswerAndKill,
            Act::Close,
            Act::TakeAndClose,
            Act::Answer("451 later"),
        ];
        let is_trouble = self.chance.percent(40);
        let act = acts[self.chance.below(acts.len() as u64) as usize].clone();
        let mut countdown = self.chance.below(PER_RUN);
        self.server.script(move |moment| match moment {
            Moment::Text(..) if is_trouble => {
                let is_now = countdown == 0;
                countdown = countdown.wrapping_sub(1);
                if is_now { act.clone() } else { Act::Usual }
            }
            _ => Act::Usual,
        });
    }

    fn settle(&mut self, record: &RunRecord, code: Option<i32>) {
        let path = format!("work/{}.{}.json", record.id, record.attempt);
        let text = std::fs::read_to_string(self.world.path(&path)).unwrap_or("{}".to_owned());
        let said: Value = serde_json::from_str(&text).unwrap();
        let left = said["left"].as_u64().unwrap_or(0);
        let report =
            last_words(self.world.dir.path(), record.id, record.attempt).unwrap_or_default();
        let today = self.job.schedule.zone().to_datetime(self.now).date();
        if code != Some(0) || left > 0 {
            self.excused.insert(today);
        }
        self.kills += usize::from(code.is_none());
        if code.is_none() && self.chance.percent(50) {
            return self.die(record.id, report);
        }
        let outcome = Outcome {
            ending: code.map_or(Ending::Signaled(9), Ending::Exited),
            report,
            output_bytes: 0,
            note: None,
        };
        self.decide(Input::RunEnded {
            run_id: record.id,
            attempt: record.attempt,
            outcome,
            ended_at: self.now,
        });
    }

    /// The daemon dies with the bot; another one reads the journal.
    fn die(&mut self, run_id: RunId, report: jobsd::model::outcome::Report) {
        self.deaths += 1;
        let mut ledger = Ledger::default();
        for event in &self.journal {
            ledger.apply(event);
        }
        ledger.define(self.job.clone());
        self.scheduler = scheduler(ledger);
        self.now += SignedDuration::from_secs(30);
        self.start_daemon(Some(Input::LastWords { run_id, report }));
    }

    /// What must hold, by what the server took.
    fn judge(&mut self) {
        self.excuse_empty_budgets();
        let zone = self.job.schedule.zone();
        let story = format!("seed {} in {}", self.seed, self.job.timezone);
        let day = |at: &Timestamp| zone.to_datetime(*at).date();
        let mut per_day: BTreeMap<Date, usize> = BTreeMap::new();
        for (at, _) in &self.taken {
            *per_day.entry(day(at)).or_default() += 1;
        }
        for (day, count) in &per_day {
            assert!(*count <= DAILY, "{count} on {day}: {story}");
        }
        let week = SignedDuration::from_hours(168);
        for (first, (from, _)) in self.taken.iter().enumerate() {
            let inside = self.taken[first..]
                .iter()
                .take_while(|(at, _)| at.duration_since(*from) < week)
                .count();
            assert!(inside <= WEEKLY, "{inside} from {from}: {story}");
        }
        let (mut greeted, mut missed) = (0, 0);
        for person in &self.people {
            for year in [2027, 2028] {
                match self.look(person, year, &day, &story) {
                    Some(true) => greeted += 1,
                    Some(false) => missed += 1,
                    None => {}
                }
            }
        }
        assert_eq!(
            greeted,
            self.taken.len(),
            "every mail is of a birthday: {story}"
        );
        assert!(
            greeted > 150 && missed < 60,
            "{greeted} greeted, {missed} not: {story}"
        );
        assert!(
            self.kills > 5 && self.deaths > 2,
            "{} {}: {story}",
            self.kills,
            self.deaths
        );
        println!(
            "{story}: {greeted} greeted, {missed} left by limits or in doubt, {} bots killed, {} \
            daemons",
            self.kills, self.deaths
        );
    }

    /// Days on which nothing was left under a limit.
    fn excuse_empty_budgets(&mut self) {
        for event in &self.journal {
            if let Event::Run(run) = event
                && run.reason == Some(Reason::Budget)
            {
                let at = run.finished_at.unwrap();
                let day = self.job.schedule.zone().to_datetime(at).date();
                self.excused.insert(day);
            }
        }
    }

    /// Whether somebody was greeted for a birthday; `None` when it lay outside of the life.
    fn look(
        &self,
        person: &Person,
        year: i16,
        day: &dyn Fn(&Timestamp) -> Date,
        story: &str,
    ) -> Option<bool> {
        let date = Date::new(year, person.month, person.day)
            .or_else(|_| Date::new(year, 2, 28))
            .unwrap();
        let lives: Vec<Date> = (0..=LATE_MAX)
            .map(|late| {
                date.checked_add(SignedDuration::from_hours(24 * i64::from(late)))
                    .unwrap()
            })
            .collect();
        let (from, until) = (day(&FROM.parse().unwrap()), day(&UNTIL.parse().unwrap()));
        let mails = self
            .taken
            .iter()
            .filter(|(at, to)| *to == person.mail && lives.contains(&day(at)));
        let count = mails.count();
        assert!(
            count <= 1,
            "{} was greeted {count} times for {date}: {story}",
            person.mail
        );
        if lives[0] <= from || lives[LATE_MAX as usize] >= until {
            return (count == 1).then_some(true);
        }
        if count == 0 {
            let excused = self.is_in_doubt(person, date)
                || lives.iter().all(|day| self.excused.contains(day));
            assert!(excused, "{} was missed for {date}: {story}", person.mail);
        }
        Some(count == 1)
    }

    fn is_in_doubt(&self, person: &Person, date: Date) -> bool {
        let text = std::fs::read_to_string(self.world.path("state/greeted.jsonl")).unwrap();
        let lines = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        let mut own = lines.filter(|l| {
            l["keys"][0] == format!("mail:{}", person.mail) && l["birthday"] == date.to_string()
        });
        own.next_back()
            .is_some_and(|line| line["state"] == "unknown" || line["state"] == "sending")
    }
}

fn scheduler(ledger: Ledger) -> Scheduler {
    let setup = Setup {
        host: "h".into(),
        max_concurrent_runs: 10,
        catch_up_per_second: CATCH_UP_PER_SECOND,
    };
    Scheduler::new(setup, ledger)
}

fn years(zone: &str) {
    let years = std::env::var("JOBSD_YEARS").map_or(1, |text| text.parse().unwrap());
    for seed in 1..=years {
        let mut life = Life::new(zone, seed);
        life.live();
        life.judge();
    }
}

#[test]
fn a_year_in_paris() {
    years("Europe/Paris");
}

#[test]
fn a_year_in_st_johns() {
    years("America/St_Johns");
}

#[test]
fn a_year_in_auckland() {
    years("Pacific/Auckland");
}
