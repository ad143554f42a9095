//! Several schedulers over one store that refuses what was decided on old knowledge, and answers
//! late: seeded lives, as in `simulation`. Every failure prints its seed.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use jobsd::core::ledger::Ledger;
use jobsd::core::{CATCH_UP_PER_SECOND, Decision, Input, Scheduler, Setup};
use jobsd::model::event::{Actor, DaemonStarted, Event, Paused, Stage};
use jobsd::model::job::{JobId, JobSet};
use jobsd::model::outcome::{Ending, Outcome, Report};
use jobsd::model::run_id::RunId;
use jobsd::shell::store::{Learned, Store};
use jobsd::time::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::conserved;
use crate::simulation::{Dice, job_set, seeds};

/// What all share: the events of each job in one line of history, a version each.
#[derive(Default)]
struct Book {
    jobs: Option<Arc<JobSet>>,
    events: Vec<Event>,
    /// Where each version's events lie in `events`.
    groups: BTreeMap<JobId, Vec<(usize, usize)>>,
    fold: Ledger,
    refused: u64,
}

impl Book {
    fn version(&self, id: &JobId) -> usize {
        self.groups.get(id).map_or(0, Vec::len)
    }

    fn accept(&mut self, id: &JobId, events: &[Event]) {
        let from = self.events.len();
        for event in events {
            self.fold.apply(event);
            if let Event::Adopt(adopted) = event
                && let Some(job) = self.jobs.as_ref().unwrap().jobs.get(&adopted.job_id)
            {
                self.fold.define(job.clone());
            }
        }
        self.events.extend_from_slice(events);
        let group = (from, self.events.len());
        self.groups.entry(id.clone()).or_default().push(group);
    }
}

/// One scheduler's way to the book.
struct Way {
    book: Rc<RefCell<Book>>,
    /// The version of each job that its scheduler knows.
    known: BTreeMap<JobId, usize>,
    /// On its way to the book.
    sent: Option<Decision>,
    /// Whether the answer is on its way back.
    is_answered: bool,
    answers: VecDeque<Learned>,
}

impl Store for Way {
    fn commit(&mut self, decision: Decision) {
        assert!(self.sent.is_none() && self.answers.is_empty());
        self.sent = Some(decision);
    }

    fn learn(&mut self) -> impl Future<Output = Option<Learned>> {
        poll_fn(|_| match (&self.sent, self.is_answered) {
            (None, false) => Poll::Ready(self.answers.pop_front()),
            _ => Poll::Pending,
        })
    }
}

impl Way {
    /// The message takes its next step: it reaches the book, or its answer reaches the scheduler,
    /// with what others decided where `has_tail`.
    fn deliver(&mut self, has_tail: bool) {
        if let Some(decision) = self.sent.take() {
            self.judge(decision.events);
            self.is_answered = true;
        } else if std::mem::take(&mut self.is_answered) && has_tail {
            self.read_tail();
        }
    }

    /// Accepts each job's part that was decided on its newest version, and refuses the others.
    fn judge(&mut self, events: Vec<Event>) {
        let book = &mut *self.book.borrow_mut();
        let mut own: BTreeMap<RunId, JobId> = BTreeMap::new();
        let (mut parts, mut won) = (BTreeMap::<JobId, Vec<Event>>::new(), Vec::new());
        for event in events {
            if let Event::Run(run) = &event {
                own.insert(run.id, run.job_id.clone());
            }
            let of_stop = match &event {
                Event::Stop(stop) => own.get(&stop.run_id).cloned(),
                _ => None,
            };
            match of_stop.or_else(|| book.fold.job_of(&event).cloned()) {
                Some(id) => parts.entry(id).or_default().push(event),
                None => won.push(event),
            }
        }
        let mut lost = Vec::new();
        for (id, part) in parts {
            let known = self.known.entry(id.clone()).or_default();
            if *known == book.version(&id) {
                book.accept(&id, &part);
                won.extend(part);
            } else {
                book.refused += 1;
                lost.push((id.clone(), book.fold.jobs.get(&id).cloned()));
            }
            *known = book.version(&id);
        }
        self.answers.push_back(Learned::Won(won));
        if !lost.is_empty() {
            self.answers.push_back(Learned::Lost(lost));
        }
    }

    fn read_tail(&mut self) {
        let book = self.book.borrow();
        let mut foreign = Vec::new();
        for (id, groups) in &book.groups {
            let known = self.known.entry(id.clone()).or_default();
            for (from, to) in &groups[*known..] {
                foreign.extend_from_slice(&book.events[*from..*to]);
            }
            *known = groups.len();
        }
        if !foreign.is_empty() {
            self.answers.push_back(Learned::Foreign(foreign));
        }
    }
}

/// A scheduler, its way to the book, and the runs that it executes.
struct Node {
    name: &'static str,
    scheduler: Scheduler,
    way: Way,
    inbox: Vec<Input>,
    /// What the open decision was about; `None` when nothing is open.
    open: Option<Vec<Input>>,
    live: BTreeMap<(RunId, u32), bool>,
}

impl Node {
    fn new(name: &'static str, book: &Rc<RefCell<Book>>) -> Node {
        let setup = Setup {
            host: name.into(),
            max_concurrent_runs: 1_000,
            catch_up_per_second: CATCH_UP_PER_SECOND,
        };
        Node {
            name,
            scheduler: Scheduler::new(setup, Ledger::default()),
            way: Way {
                book: book.clone(),
                known: BTreeMap::new(),
                sent: None,
                is_answered: false,
                answers: VecDeque::new(),
            },
            inbox: Vec::new(),
            open: None,
            live: BTreeMap::new(),
        }
    }

    /// Decides about what came, and sends it; or learns what became of what was sent.
    fn step(&mut self, now: Timestamp, seed: u64) {
        if self.open.is_none() {
            let mut inputs = std::mem::take(&mut self.inbox);
            inputs.push(Input::Tick);
            let mut whole = Decision::default();
            for input in &inputs {
                let decision = self.scheduler.decide(now, input.clone());
                whole.events.extend(decision.events);
            }
            self.way.commit(whole);
            self.open = Some(inputs);
        }
        loop {
            let learned = pin!(self.way.learn()).poll(&mut Context::from_waker(Waker::noop()));
            match learned {
                Poll::Pending => return,
                Poll::Ready(None) => break,
                Poll::Ready(Some(Learned::Won(events))) => self.act(&events, seed),
                Poll::Ready(Some(Learned::Lost(jobs))) => {
                    for (id, job) in jobs {
                        self.scheduler.put_back(&id, job);
                        let ledger = self.scheduler.ledger();
                        let about = |input: &&Input| input.is_about(&id, ledger);
                        let again = self.open.iter().flatten().filter(about).cloned();
                        self.inbox.extend(again.collect::<Vec<_>>());
                    }
                }
                Poll::Ready(Some(Learned::Foreign(events))) => {
                    self.stop(&events);
                    self.scheduler.decide(now, Input::Foreign(events));
                }
            }
        }
        self.open = None;
    }

    fn act(&mut self, events: &[Event], seed: u64) {
        for event in events {
            match event {
                Event::Run(run) if run.stage() == Stage::Started => {
                    let is_new = self.live.insert((run.id, run.attempt), false).is_none();
                    assert!(is_new, "{} started twice; seed {seed}", run.id);
                    assert_eq!(&*run.host, self.name, "seed {seed}");
                }
                _ => {}
            }
        }
        self.stop(events);
    }

    fn stop(&mut self, events: &[Event]) {
        for event in events {
            if let Event::Stop(stop) = event {
                let runs = self.live.iter_mut();
                runs.filter(|((id, _), _)| *id == stop.run_id)
                    .for_each(|(_, stopped)| *stopped = true);
            }
        }
    }

    /// Lets what is open arrive and be answered.
    fn finish(&mut self, now: Timestamp, seed: u64) {
        while self.open.is_some() {
            self.way.deliver(true);
            self.step(now, seed);
        }
    }

    /// A program that runs here ends.
    fn end(&mut self, now: Timestamp, dice: &mut Dice) {
        let nth = dice.roll(self.live.len().max(1) as u64) as usize;
        let Some((&(run_id, attempt), &is_stopped)) = self.live.iter().nth(nth) else {
            return;
        };
        self.live.remove(&(run_id, attempt));
        let ending = match (is_stopped, dice.roll(2)) {
            (true, _) => Ending::Stopped,
            (false, code) => Ending::Exited(code as i32),
        };
        let outcome = Outcome {
            ending,
            report: Report::default(),
            output_bytes: 0,
            note: None,
        };
        self.inbox.push(Input::RunEnded {
            run_id,
            attempt,
            outcome,
            ended_at: now,
        });
    }
}

struct Fleet {
    seed: u64,
    dice: Dice,
    now: Timestamp,
    book: Rc<RefCell<Book>>,
    nodes: Vec<Node>,
}

impl Fleet {
    fn new(seed: u64) -> Fleet {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let now = "2026-03-29T00:30:00Z".parse().unwrap();
        let jobs = job_set(&mut dice);
        let book = Rc::new(RefCell::new(Book {
            jobs: Some(jobs.clone()),
            ..Book::default()
        }));
        let mut nodes = vec![Node::new("a", &book), Node::new("b", &book)];
        for node in &mut nodes {
            let daemon = DaemonStarted {
                at: now,
                version: "0".into(),
                host: "sim".into(),
                pid: 1,
                boot: None,
            };
            node.inbox.push(Input::Started {
                daemon,
                jobs: Some(jobs.clone()),
                orphans: BTreeSet::new(),
            });
        }
        Fleet {
            seed,
            dice,
            now,
            book,
            nodes,
        }
    }

    fn step(&mut self, number: u64) {
        let (dice, now) = (&mut self.dice, self.now);
        let nth = dice.roll(self.nodes.len() as u64) as usize;
        let node = &mut self.nodes[nth];
        match dice.roll(10) {
            0 => self.now += SignedDuration::from_millis(dice.roll(4_000) as i64),
            1..3 => node.end(now, dice),
            3 if dice.roll(4) == 0 => node.inbox.push(request(now, number, dice)),
            3..7 => node.way.deliver(dice.roll(2) == 0),
            _ => node.step(now, self.seed),
        }
    }

    /// Lets everything that is under way arrive; time stands still.
    fn settle(&mut self) {
        for _ in 0..200 {
            let before = self.book.borrow().events.len();
            for node in &mut self.nodes {
                node.finish(self.now, self.seed);
                node.step(self.now, self.seed);
                node.finish(self.now, self.seed);
            }
            let is_idle = |node: &Node| node.inbox.is_empty();
            let is_quiet = self.book.borrow().events.len() == before;
            if is_quiet && self.nodes.iter().all(is_idle) {
                return;
            }
        }
        panic!("it never settles; seed {}", self.seed);
    }

    fn check(&self) {
        let book = self.book.borrow();
        let seed = self.seed;
        let mut last: BTreeMap<RunId, (Stage, u32)> = BTreeMap::new();
        for event in &book.events {
            if let Event::Run(run) = event {
                let known = last.insert(run.id, (run.stage(), run.attempt));
                let (stage, attempt) = known.unwrap_or((Stage::Planned, 0));
                assert_ne!(stage, Stage::Final, "{} is over; seed {seed}", run.id);
                let is_start = run.stage() == Stage::Started;
                let step = run.attempt - attempt;
                assert_eq!(step, u32::from(is_start), "{} skips; seed {seed}", run.id);
                let is_again = known.is_some() && run.stage() == Stage::Planned;
                assert!(
                    !is_again || run.waiting,
                    "{} is new twice; seed {seed}",
                    run.id
                );
            }
        }
        conserved::check(&book.events, &book.fold, self.now, seed);
        for (id, job) in &book.fold.jobs {
            let is_settled = job.next.is_none_or(|next| next > self.now);
            assert!(is_settled, "{id} is still due; seed {seed}");
        }
        for node in &self.nodes {
            let (own, fold) = (node.scheduler.ledger().state(), book.fold.state());
            assert_eq!(own.jobs, fold.jobs, "seed {seed}");
            assert_eq!(own.runs, fold.runs, "seed {seed}");
        }
    }
}

/// Somebody asks one of the nodes for something.
fn request(now: Timestamp, number: u64, dice: &mut Dice) -> Input {
    let job_id = JobId::new(&format!("j{}", dice.roll(4))).unwrap();
    let by = Actor {
        who: "sim".into(),
        from: "here".into(),
    };
    match dice.roll(3) {
        0 => Input::RunRequested {
            run_id: RunId::from_uuid(Uuid::from_u128((7 << 76) | (2 << 62) | u128::from(number))),
            job_id,
            dry_run: false,
        },
        1 => Input::ResumeRequested { job_id, by },
        _ => Input::PauseRequested(Paused {
            at: now,
            job_id,
            by,
            reason: None,
            until: Some(now + SignedDuration::from_secs(1 + dice.roll(30) as i64)),
            is_span: false,
        }),
    }
}

#[test]
fn schedulers_of_one_store_decide_each_due_time_once() {
    let mut refused = 0;
    for seed in 1..=seeds() {
        let mut fleet = Fleet::new(seed);
        for number in 0..1_500 {
            fleet.step(number);
        }
        fleet.settle();
        fleet.check();
        refused += fleet.book.borrow().refused;
    }
    assert!(
        refused > 10 * seeds(),
        "only {refused} decisions were refused"
    );
}
