//! The first look at the job files, and the definitions that the journal kept.

use std::sync::Arc;
use std::time::Duration;

use crate::core::ledger::Ledger;
use crate::model::job::{Cause, JobSet};
use crate::shell::clock::{monotonic, pause};
use crate::shell::watch::folder::{Folder, Good, Wish};
use crate::shell::watch::settle::QUIET_MAX;
use crate::spec::jobs::compile;
use crate::spec::types::config::Settings;

/// The first set, or why the files cannot be read.
pub type First = Result<Option<Arc<JobSet>>, String>;

/// Reads the files and makes the journalled definitions active again. Files that are being written
/// are waited for a moment.
pub async fn first_look(folder: &mut Folder, ledger: &mut Ledger, settings: &Settings) -> First {
    let wish = Wish {
        cause: Cause::Start,
        all: false,
    };
    let begin = monotonic();
    let mut surveyed = folder.survey(wish);
    while let Ok(Some(wait)) = surveyed {
        let passed = monotonic().saturating_duration_since(begin);
        let Some(left) = QUIET_MAX.checked_sub(passed).filter(|left| !left.is_zero()) else {
            break;
        };
        pause(wait.min(left).max(Duration::from_millis(1))).await;
        surveyed = folder.survey(wish);
    }
    let good = restore(ledger, folder, settings);
    folder.set_good(good);
    surveyed.map(|again_in| folder.finish(wish, again_in).set)
}

/// Makes the journalled definitions active again. Where a file says the same still, its job is
/// taken and not made twice.
fn restore(ledger: &mut Ledger, folder: &Folder, settings: &Settings) -> Good {
    let files = folder.jobs();
    let mut good = Good::new();
    let present = ledger.jobs.iter().filter(|(_, state)| state.present);
    let ids: Vec<_> = present.map(|(id, _)| id.clone()).collect();
    for id in ids {
        let adopted = ledger
            .jobs
            .get(&id)
            .and_then(|state| state.adopted.as_ref());
        let Some((adopted, definition)) =
            adopted.and_then(|adopted| Some((adopted, adopted.definition.as_ref()?)))
        else {
            continue;
        };
        let same = files.get(&id).filter(|job| {
            job.digest == adopted.digest
                && job.file == adopted.file
                && job.definition == *definition
        });
        let job = match same {
            Some(job) => Some(job.clone()),
            None => compile::restore(id.clone(), &adopted.file, definition, settings).map(Arc::new),
        };
        match job {
            // Whoever could write the history must not choose what runs; and settings may name
            // another program by now.
            Some(job) if job.digest != adopted.digest => {
                tracing::warn!(job = %id, "its kept definition is not what its digest says; it is \
                    not used");
            }
            Some(job) => {
                ledger.define(job.clone());
                good.insert(id, job);
            }
            None => {
                tracing::warn!(job = %id, "its last definition is not understood by this version");
            }
        }
    }
    good
}
