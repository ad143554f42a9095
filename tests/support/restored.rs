//! What a start does with a ledger that was read back: the definitions of the journal are put in
//! force again.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use jobsd::core::ledger::Ledger;
use jobsd::spec::jobs::compile;
use jobsd::spec::types::config::Settings;

pub fn put_in_force(ledger: &mut Ledger) {
    let states = ledger.jobs.values();
    let adopted: Vec<_> = states.filter_map(|state| state.adopted.clone()).collect();
    for last in adopted {
        if let Some(definition) = &last.definition {
            let (id, settings) = (last.job_id.clone(), Settings::default());
            let job = compile::restore(id, &last.file, definition, &settings);
            ledger.define(Arc::new(job.unwrap()));
        }
    }
}
