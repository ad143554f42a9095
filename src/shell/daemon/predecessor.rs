//! What the daemon before left: processes of runs that it could not see end.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::Daemon;
use crate::core::Input;
use crate::model::event::Stage;
use crate::model::run_id::RunId;
use crate::shell::process::look::Who;
use crate::shell::process::order::Places;
use crate::shell::process::report;

/// What runs are executed with, and where their ends are told.
pub(super) struct Hands {
    pub places: Places,
    pub answers: mpsc::Sender<Input>,
}

impl Daemon {
    /// Ends what former runs left behind; each is told when it is gone.
    pub(super) fn end_orphans(
        &self,
        orphans: &BTreeSet<RunId>,
        hands: &Hands,
        tasks: &mut JoinSet<()>,
    ) {
        for run_id in orphans.iter().copied() {
            let known = self.scheduler.ledger().run(&run_id);
            let job = known.and_then(|run| self.scheduler.job(&run.record.job_id));
            let kill_grace = job.map_or(Duration::from_secs(10), |job| job.policies.kill_grace);
            let attempt = known.map_or(0, |run| run.record.attempt);
            let (places, answers) = (hands.places.clone(), hands.answers.clone());
            tasks.spawn(async move {
                end_orphan(run_id, &places, kill_grace).await;
                if let Some(report) = report::last_words(&places.state_dir, run_id, attempt) {
                    let _ = answers.send(Input::LastWords { run_id, report }).await;
                }
                // A closed inbox means that this daemon ends; the next one finds the run again.
                let _ = answers.send(Input::OrphanGone(run_id)).await;
            });
        }
    }

    /// What cut-off runs without a process have reported.
    pub(super) fn last_words(&self, state: &Path, orphans: &BTreeSet<RunId>) -> Vec<Input> {
        let runs = self.scheduler.ledger().runs();
        let records = runs
            .map(|run| &run.record)
            .filter(|record| record.stage() == Stage::Started && !orphans.contains(&record.id));
        let words = records.filter_map(|record| {
            let report = report::last_words(state, record.id, record.attempt)?;
            let run_id = record.id;
            Some(Input::LastWords { run_id, report })
        });
        words.collect()
    }
}

/// Runs of a former daemon that still have processes.
pub(super) fn orphans(places: &Places) -> BTreeSet<RunId> {
    let mut orphans: BTreeSet<RunId> = places.table.look_now().runs();
    // An empty cgroup is removed by whoever asks for it.
    orphans.extend(places.cgroups.iter().flat_map(|cgroups| {
        let mut occupied = cgroups.occupied();
        let is_ours = |pid: u32| !places.table.is_foreign(pid);
        occupied.retain(|run_id| cgroups.of(*run_id).members().into_iter().any(is_ours));
        occupied
    }));
    orphans
}

/// Ends the processes of a former daemon's run; returns when the last one is gone.
async fn end_orphan(run_id: RunId, places: &Places, kill_grace: Duration) {
    let cgroup = places
        .cgroups
        .as_ref()
        .ok()
        .map(|cgroups| cgroups.of(run_id));
    let who = Who {
        run_id,
        leader: None,
        cgroup: cgroup.as_ref(),
    };
    let mut grace = kill_grace;
    while let Some(sentence) = places.table.end(who, grace, std::future::pending()).await {
        tracing::error!(run = %run_id, sentence, "an orphan is left");
        grace = Duration::ZERO;
    }
}
