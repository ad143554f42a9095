//! `Plan` against the simulated scheduler: what comes and goes is the difference of what both sides
//! really fire. `PLAN_PAIRS` asks for more pairs.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use jobsd::core::simulate;
use jobsd::model::event::Event;
use jobsd::model::job::{JobId, JobSet};
use jobsd::plan::document::Plan;
use jobsd::plan::fires::Span;
use jobsd::plan::job::Change;
use jobsd::plan::side::{Files, Name, Side};
use jobsd::spec::SourceFile;
use jobsd::time::{SignedDuration, Timestamp};

use crate::simulation::Dice;

const ZONES: [&str; 5] = [
    "UTC",
    "Europe/Paris",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
];

fn side(files: &BTreeMap<String, String>) -> Side {
    let file = |(id, text): (&String, &String)| SourceFile {
        path: format!("jobs.d/{id}.yaml"),
        bytes: text.clone().into_bytes(),
    };
    let name = Name {
        reference: None,
        commit: None,
    };
    Side::load(
        Files {
            name,
            folder: "jobs.d".to_owned(),
            jobs: files.iter().map(file).collect(),
            config: None,
            findings: Vec::new(),
            outside: HashSet::new(),
        },
        None,
    )
}

fn job(dice: &mut Dice) -> String {
    let (hour, minute) = (dice.roll(24), dice.roll(4) * 15);
    let schedule = match dice.roll(6) {
        0 => format!(
            "interval\nschedule_config: {{hours: {}}}",
            1 + dice.roll(30)
        ),
        1 => format!(
            "interval\nschedule_config: {{minutes: {}}}",
            7 + dice.roll(90)
        ),
        2 => "cron\nschedule_config: {cron_expression: '*/20 1-3 * * *'}".to_owned(),
        3 => format!(
            "cron\nschedule_config: {{cron_expression: '{minute} {hour} * * {}'}}",
            ["1-5", "6,0", "*", "3"][dice.roll(4) as usize]
        ),
        _ => format!("daily\nschedule_config: {{hour: {hour}, minute: {minute}}}"),
    };
    let zone = ZONES[dice.roll(5) as usize];
    let enabled = dice.roll(8) > 0;
    let text = ["a", "b"][dice.roll(2) as usize];
    format!(
        "name: {text}\nenabled: {enabled}\nbot_type: command\nbot_config: {{command: [{text}]}}\n\
         schedule_type: {schedule}\ntimezone: {zone}\nmax_instances: 50\n"
    )
}

/// Two trees: the second one is the first with edits, additions, removals and renames.
fn pair(dice: &mut Dice) -> [BTreeMap<String, String>; 2] {
    let ids = 1 + dice.roll(5);
    let old: BTreeMap<_, _> = (0..ids).map(|n| (format!("j{n}"), job(dice))).collect();
    let mut new = BTreeMap::new();
    for (id, text) in &old {
        match dice.roll(6) {
            0 => {}
            1 => drop(new.insert(format!("{id}-renamed"), text.clone())),
            2 | 3 => drop(new.insert(id.clone(), job(dice))),
            _ => drop(new.insert(id.clone(), text.clone())),
        }
    }
    if dice.roll(3) == 0 {
        new.insert("fresh".to_owned(), job(dice));
    }
    [old, new]
}

/// What the scheduler fires, by job.
fn fired(side: &Side, span: Span) -> BTreeMap<JobId, BTreeSet<Timestamp>> {
    let jobs = JobSet {
        jobs: side.jobs.clone(),
        ..JobSet::default()
    };
    let plan = simulate::Plan {
        jobs: Arc::new(jobs),
        from: span.from,
        until: span.until,
        max_concurrent_runs: 10_000,
    };
    let mut fired: BTreeMap<JobId, BTreeSet<Timestamp>> = BTreeMap::new();
    let takes = |_: &_| SignedDuration::ZERO;
    simulate::live(&plan, &takes, &mut |_, event| {
        if let Event::Run(run) = event
            && let Some(due) = run.scheduled_at
            && due <= span.until
        {
            fired.entry(run.job_id.clone()).or_default().insert(due);
        }
    });
    fired
}

#[test]
fn a_plan_is_the_difference_of_what_fires() {
    let pairs = std::env::var("PLAN_PAIRS").map_or(120, |text| text.parse().unwrap());
    for seed in 1..=pairs {
        let mut dice = Dice(seed * 0x9e37_79b9);
        // Around the clock changes of spring and autumn in both hemispheres, and anywhere.
        let starts = [1_774_600_000, 1_792_800_000, 1_775_200_000, 1_800_000_000];
        let start = starts[dice.roll(4) as usize] + dice.roll(86_400) as i64;
        let from = Timestamp::from_second(start).unwrap();
        let until = from + SignedDuration::from_secs(3_600 + dice.roll(9 * 86_400) as i64);
        let span = Span { from, until };
        let [old, new] = pair(&mut dice);
        let (old, new) = (side(&old), side(&new));
        let plan = Plan::new(&old, &new, span, true);
        let (before, after) = (fired(&old, span), fired(&new, span));
        let total = |sets: &BTreeMap<_, BTreeSet<_>>| sets.values().map(BTreeSet::len).sum();
        let (all_before, all_after): (usize, usize) = (total(&before), total(&after));
        assert_eq!(plan.summary.fires_before, all_before as u64, "seed {seed}");
        assert_eq!(plan.summary.fires_after, all_after as u64, "seed {seed}");
        let none = BTreeSet::new();
        for job in &plan.jobs {
            let old_id = job.old_id.as_ref().unwrap_or(&job.id);
            let before = before.get(old_id).unwrap_or(&none);
            let after = after.get(&job.id).unwrap_or(&none);
            let first = |set: BTreeSet<Timestamp>| set.into_iter().take(10).collect::<Vec<_>>();
            let told = |list: &[jobsd::plan::fires::Fire]| {
                list.iter().map(|fire| fire.at).collect::<Vec<_>>()
            };
            let at = format!("seed {seed}, {} {:?}", job.id, job.change);
            assert_eq!(job.fires.before, before.len() as u64, "{at}");
            assert_eq!(job.fires.after, after.len() as u64, "{at}");
            if job.change != Change::Unchanged {
                assert_eq!(told(&job.fires.added), first(after - before), "{at}");
                assert_eq!(told(&job.fires.removed), first(before - after), "{at}");
            }
            if let Some(secs) = job.fires.moved_secs {
                let shift = SignedDuration::from_secs(secs);
                let moved: BTreeSet<_> = before.iter().map(|due| *due + shift).collect();
                let inside = |set: &BTreeSet<Timestamp>| {
                    let edge = shift.abs();
                    let kept = set
                        .iter()
                        .filter(|due| **due > from + edge && **due <= until - edge);
                    kept.copied().collect::<Vec<_>>()
                };
                assert_eq!(inside(&moved), inside(after), "{at}");
            }
        }
    }
}
