//! Pages against a plain reading of every line, over random histories.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::model::job::JobId;
use crate::model::run::{Reason, Status, Trigger};
use crate::time::Timestamp;

/// A line of a random history: which run, how far it is, and on which day it is written.
#[derive(Clone, Debug)]
struct Step {
    job: u8,
    due: i64,
    status: Status,
    trigger: Trigger,
    started: bool,
    next_day: bool,
}

fn step() -> impl Strategy<Value = Step> {
    let status = prop::sample::select(Status::ALL.to_vec());
    let trigger = prop::sample::select(Trigger::ALL.to_vec());
    (0..3u8, 0..40i64, status, trigger, any::<bool>(), 0..12u8).prop_map(
        |(job, due, status, trigger, started, day)| Step {
            job,
            due,
            status,
            trigger,
            started,
            next_day: day == 0,
        },
    )
}

fn second(at: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + at).unwrap()
}

fn line(step: &Step) -> Value {
    let job = JobId::new(&format!("j{}", step.job)).unwrap();
    let due = second(step.due);
    json!({
        "v": 1, "type": "run", "id": RunId::of_fire(&job, due), "job_id": job,
        "scheduled_at": due, "started_at": step.started.then_some(second(step.due + 1)),
        "finished_at": null, "status": step.status, "reason": Some(Reason::Late), "error": null,
        "trigger": step.trigger, "attempt": 0, "exit_code": null, "signal": null, "dry_run": false,
        "messages_sent": null, "profiles_visited": null, "result": null, "output_bytes": 0,
        "revision": null, "file": "j.yaml", "digest": "d", "host": "h",
    })
}

/// A history under a scratch folder, and every record in the order of last lines, newest first.
struct Written {
    dir: tempfile::TempDir,
    day: u32,
    lines: Vec<(u32, Value)>,
}

impl Written {
    fn new() -> Written {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("history")).unwrap();
        Written {
            dir,
            day: 20_270_101,
            lines: Vec::new(),
        }
    }

    fn write(&mut self, steps: &[Step]) {
        for step in steps {
            self.day += u32::from(step.next_day && self.day < 20_270_131);
            let path = day_path(&self.dir.path().join("history"), self.day);
            let mut file = fs::OpenOptions::new()
                .append(true)
                .create(true)
                .open(path)
                .unwrap();
            writeln!(file, "{}", line(step)).unwrap();
            self.lines.push((self.day, line(step)));
        }
    }

    fn drop_first_day(&mut self) {
        let first = self.lines[0].0;
        if first < self.day {
            fs::remove_file(day_path(&self.dir.path().join("history"), first)).unwrap();
            self.lines.retain(|(day, _)| *day > first);
        }
    }

    fn plain(&self, filter: &Filter) -> Vec<RunRecord> {
        let mut last: BTreeMap<RunId, usize> = BTreeMap::new();
        let records: Vec<RunRecord> = self
            .lines
            .iter()
            .map(|(_, line)| serde_json::from_value(line.clone()).unwrap())
            .collect();
        for (number, record) in records.iter().enumerate() {
            last.insert(record.id, number);
        }
        let mut numbers: Vec<usize> = last.into_values().collect();
        numbers.sort_unstable_by(|a, b| b.cmp(a));
        let shown = |record: &&RunRecord| record.is_final() || record.started_at.is_some();
        let all = numbers.into_iter().map(|number| &records[number]);
        all.filter(shown)
            .filter(|record| filter.matches(record))
            .cloned()
            .collect()
    }

    fn history(&self) -> History {
        let history = History::new(self.dir.path());
        history.known.write().unwrap().entries_max = 5;
        history
    }
}

fn walk(history: &History, filter: &Filter, limit: usize) -> Vec<RunRecord> {
    let (mut all, mut cursor) = (Vec::new(), None);
    loop {
        let page = history.page(filter, cursor, limit).unwrap();
        assert!(page.records.len() <= limit);
        all.extend(page.records);
        cursor = match page.next {
            Some(next) => Cursor::parse(&next.to_string()),
            None => return all,
        };
        assert!(cursor.is_some(), "a cursor reads back");
    }
}

fn filters() -> Vec<Filter> {
    let mut filters = Vec::new();
    for job in [None, JobId::new("j1"), JobId::new("never")] {
        for status in [
            None,
            Some(Status::Success),
            Some(Status::Running),
            Some(Status::Missed),
        ] {
            for trigger in [None, Some(Trigger::Manual)] {
                for (since, until) in [
                    (None, None),
                    (Some(10), None),
                    (None, Some(20)),
                    (Some(15), Some(25)),
                ] {
                    filters.push(Filter {
                        job_id: job.clone(),
                        status,
                        trigger,
                        since: since.map(second),
                        until: until.map(second),
                    });
                }
            }
        }
    }
    filters
}

fn assert_same(history: &History, written: &Written) {
    for filter in filters() {
        for limit in [3, 500] {
            assert_eq!(
                walk(history, &filter, limit),
                written.plain(&filter),
                "{filter:?} {limit}"
            );
        }
    }
    for record in written.plain(&Filter::default()) {
        assert_eq!(history.run(record.id).unwrap().as_ref(), Some(&record));
    }
    assert_neighbours(history, written);
}

fn assert_neighbours(history: &History, written: &Written) {
    let filter = Filter {
        job_id: JobId::new("j1"),
        ..Filter::default()
    };
    let plain = written.plain(&filter);
    for (place, record) in plain.iter().enumerate() {
        let newer = place.checked_sub(1).map(|place| plain[place].clone());
        let expected = (plain.get(place + 1).cloned(), newer);
        assert_eq!(history.around(&filter, record.id).unwrap(), expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn pages_say_what_a_plain_reading_says(
        first in prop::collection::vec(step(), 1..60),
        second in prop::collection::vec(step(), 1..60),
    ) {
        let mut written = Written::new();
        written.write(&first);
        let history = written.history();
        assert_same(&history, &written);
        written.write(&second);
        assert_same(&history, &written);
        // Another reader takes the index over, and the first continues.
        assert_same(&written.history(), &written);
        written.drop_first_day();
        assert_same(&history, &written);
        assert_same(&written.history(), &written);
    }

    #[test]
    fn a_cursor_stays_valid_over_new_records_and_retention(
        first in prop::collection::vec(step(), 30..60),
        more in prop::collection::vec(step(), 1..20),
    ) {
        let mut written = Written::new();
        let more: Vec<Step> = more.into_iter().map(|step| Step { due: step.due + 1_000, ..step }).collect();
        written.write(&first);
        let history = written.history();
        let before = written.plain(&Filter::default());
        let page = history.page(&Filter::default(), None, 4).unwrap();
        written.write(&more);
        let mut rest = page.records;
        let mut cursor = page.next;
        while let Some(next) = cursor {
            let page = history.page(&Filter::default(), Some(next), 4).unwrap();
            rest.extend(page.records);
            cursor = page.next;
        }
        prop_assert_eq!(rest, before);
        let page = history.page(&Filter::default(), None, 4).unwrap();
        written.drop_first_day();
        let all = written.plain(&Filter::default());
        if let Some(next) = page.next {
            let page = history.page(&Filter::default(), Some(next), 500).unwrap();
            prop_assert_eq!(&page.records[..], &all[4.min(all.len())..]);
        }
    }
}

#[test]
fn a_damaged_index_is_made_again_and_never_believed() {
    let mut written = Written::new();
    let steps: Vec<Step> = (0..40)
        .map(|due| Step {
            job: (due % 3) as u8,
            due,
            status: Status::Success,
            trigger: Trigger::Schedule,
            started: true,
            next_day: due % 15 == 14,
        })
        .collect();
    written.write(&steps);
    assert_same(&written.history(), &written);
    let index = written.dir.path().join("index");
    let files = || {
        fs::read_dir(&index)
            .unwrap()
            .map(|entry| entry.unwrap().path())
    };
    assert!(files().count() > 5);
    for damage in 0..4 {
        for path in files().collect::<Vec<_>>() {
            let mut bytes = fs::read(&path).unwrap();
            match damage {
                // An entry that leads elsewhere.
                0 => bytes[88] ^= 1,
                1 => bytes.truncate(bytes.len() / 2),
                2 => bytes[20] ^= 1,
                _ => bytes.clear(),
            }
            fs::write(&path, bytes).unwrap();
        }
        assert_same(&written.history(), &written);
    }
    for path in files().collect::<Vec<_>>() {
        fs::remove_file(path).unwrap();
    }
    assert_same(&written.history(), &written);
}

#[test]
fn another_text_is_no_cursor() {
    let cursor = Cursor(Position {
        day: 20_270_101,
        offset: 77,
    });
    let text = cursor.to_string();
    assert_eq!(Cursor::parse(&text), Some(cursor));
    for wrong in [
        "",
        "0",
        &text[1..],
        &text.replace("4d", "4e"),
        "zzzzzzzzzzzzzzzzzzzzzzzz",
        "ééééééééééééé",
    ] {
        assert_eq!(Cursor::parse(wrong), None, "{wrong}");
    }
}
