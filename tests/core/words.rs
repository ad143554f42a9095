//! Schedules in words, both languages, as a golden table.
#![allow(clippy::unwrap_used, reason = "tests")]

use jobsd::schedule::Schedule;
use jobsd::schedule::daily::Daily;
use jobsd::schedule::elapsed::Interval;
use jobsd::schedule::expression::Cron;
use jobsd::schedule::kind::Rule;
use jobsd::schedule::manual;
use jobsd::schedule::weekly::Weekly;
use jobsd::text::Lang;
use jobsd::time::{TimeZone, Timestamp};

fn rules() -> Vec<(String, Rule)> {
    let every = |secs: u64| {
        Rule::from(Interval {
            every_secs: secs.try_into().unwrap(),
            anchor: Timestamp::UNIX_EPOCH,
        })
    };
    let mut rules = vec![
        (
            "daily 8".to_owned(),
            Rule::from(Daily { hour: 8, minute: 0 }),
        ),
        (
            "weekly mon,wed,fri 14:30".to_owned(),
            Rule::from(Weekly::parse("mon,wed,fri", 14, 30).unwrap()),
        ),
        (
            "weekly mon-fri 9".to_owned(),
            Rule::from(Weekly::parse("mon-fri", 9, 0).unwrap()),
        ),
        (
            "weekly sun".to_owned(),
            Rule::from(Weekly::parse("sun", 4, 5).unwrap()),
        ),
        ("interval 2 h".to_owned(), every(7_200)),
        ("interval 15 min".to_owned(), every(900)),
        ("interval 1 h 30".to_owned(), every(5_400)),
        ("interval 45 s".to_owned(), every(45)),
        ("manual".to_owned(), manual::RULE),
    ];
    for text in [
        "* * * * *",
        "*/15 * * * *",
        "0 * * * *",
        "5 * * * *",
        "0 */2 * * *",
        "30 */6 * * *",
        "0 8 * * *",
        "30 2 * * 1-5",
        "0 8,20 * * *",
        "*/5 8-18 * * mon-fri",
        "0 0 1 * *",
        "0 0 L * *",
        "0 0 LW * *",
        "0 0 15W * *",
        "0 0 * * 5#2",
        "0 0 * * FRI#L",
        "0 0 13 * 5",
        "0 0 */2 * 1",
        "0 9 1,15 1,7 *",
        "7-59/10 3 * * *",
        "0,30 1-4 * * *",
        "@yearly",
        "@weekly",
        "* 8 * * *",
        "* 0,6,12,18 * * *",
        "0 0 29 2 *",
        "0 0 1-7 * *",
    ] {
        rules.push((
            text.to_owned(),
            Rule::from(Cron::parse(text, false).unwrap()),
        ));
    }
    for text in [
        "* * * * * *",
        "*/10 * * * * *",
        "30 0 8 * * *",
        "0,30 */5 * * * *",
        "*/2 0 0 * * *",
    ] {
        rules.push((
            text.to_owned(),
            Rule::from(Cron::parse(text, true).unwrap()),
        ));
    }
    rules
}

#[test]
fn every_schedule_has_words_in_both_languages() {
    let lines = rules().into_iter().map(|(text, rule)| {
        let rule = Schedule::new(rule, TimeZone::UTC);
        format!(
            "{text} | {} | {}",
            rule.in_words(Lang::En),
            rule.in_words(Lang::Fr)
        )
    });
    let found = lines.collect::<Vec<_>>().join("\n") + "\n";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/words.txt");
    if std::env::var_os("WORDS_WRITE").is_some() {
        std::fs::write(path, &found).unwrap();
    }
    assert_eq!(
        found,
        std::fs::read_to_string(path).unwrap(),
        "read it, then WORDS_WRITE=1"
    );
}
