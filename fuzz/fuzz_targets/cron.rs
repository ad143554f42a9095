#![no_main]
//! Any text is accepted or refused with a place inside it; what is accepted has a next due time.

use jobsd::schedule::expression::Cron;
use jobsd::schedule::Schedule;
use jobsd::schedule::kind::Rule;
use jobsd::time::{TimeZone, Timestamp};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (bool, &str)| {
    let (seconds, text) = input;
    match Cron::parse(text, seconds) {
        Ok(cron) => {
            let schedule = Schedule::new(Rule::from(cron), TimeZone::UTC);
            assert!(schedule.next_after(Timestamp::UNIX_EPOCH).is_some(), "{text}");
        }
        Err(refused) => assert!(refused.start < refused.end),
    }
});
