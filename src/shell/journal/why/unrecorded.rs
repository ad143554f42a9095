//! Why a due time has no record: the one cause that holds, from what was in force at that instant,
//! where the history begins, and whether a daemon lives.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use crate::model::event::{Event, Paused};
use crate::model::job::JobId;
use crate::shell::journal::past::{Beginning, beginning, look_back};
use crate::shell::journal::why::story::Story;
use crate::shell::lock::Lock;
use crate::text::Lang;
use crate::time::{SignedDuration, Timestamp};
use crate::view::answer::why::NoRecord;

/// How long a daemon may take to record a due time.
const SETTLED_WITHIN: SignedDuration = SignedDuration::from_secs(5);

/// The cause; `due` is a due time by the definition in force at `now` or earlier.
pub(super) fn cause(
    state: &Path,
    id: &JobId,
    due: Timestamp,
    now: Timestamp,
) -> io::Result<NoRecord> {
    let created = created_at(state, id, now.max(due))?;
    match beginning(state)? {
        Some(Beginning::First(at)) if due < at => return Ok(NoRecord::BeforeHistory(at)),
        Some(Beginning::Kept(at)) if due < at => {
            return Ok(match created.filter(|created| due <= *created) {
                Some(created) => NoRecord::NotYet(created),
                None => NoRecord::NotKept(at),
            });
        }
        _ => {}
    }
    let mut then = Story::look(state, id, due)?;
    if due > now {
        // A pause that ends before it takes nothing from it.
        let ends = |pause: &Paused| pause.until.is_some_and(|until| until <= due);
        then.pause = then.pause.filter(|pause| !ends(pause));
    }
    let Some(job) = then.job() else {
        let created = created.filter(|created| due <= *created);
        return Ok(created.map_or(NoRecord::Undeclared, NoRecord::NotYet));
    };
    if let Some(pause) = then.pause {
        return Ok(NoRecord::Paused(pause));
    }
    if !job.enabled {
        return Ok(NoRecord::Disabled(job.file.clone()));
    }
    // Due times up to an adoption were settled under the definition before.
    if let Some(created) = created.filter(|created| due <= *created) {
        return Ok(NoRecord::NotYet(created));
    }
    let just_before = due - SignedDuration::from_nanos(1);
    if job.schedule.due_range(just_before, due).is_none() {
        let words = [Lang::En, Lang::Fr].map(|lang| job.schedule.in_words(lang));
        return Ok(NoRecord::NotDue(words));
    }
    if due > now {
        return Ok(NoRecord::NotDueYet);
    }
    Ok(match Lock::holder(state) {
        None => NoRecord::NoDaemon,
        Some(_) if now.duration_since(due) < SETTLED_WITHIN => NoRecord::Deciding,
        Some(_) => NoRecord::Unknown,
    })
}

/// When a job was first adopted, under whatever id.
fn created_at(state: &Path, id: &JobId, now: Timestamp) -> io::Result<Option<Timestamp>> {
    let mut created: BTreeMap<JobId, Timestamp> = BTreeMap::new();
    look_back(state, id, now, |event| match event {
        Event::State(state) => {
            let jobs = state.jobs.into_iter();
            created = jobs
                .filter_map(|(id, job)| Some((id, job.created_at?)))
                .collect();
        }
        Event::Adopt(adopted) => {
            let before = adopted.renamed_from.as_ref();
            let before = before.and_then(|from| created.get(from).copied());
            let at = before.unwrap_or(adopted.at);
            created.entry(adopted.job_id.clone()).or_insert(at);
        }
        _ => {}
    })?;
    Ok(created.remove(id))
}
