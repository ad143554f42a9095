//! The document: what a change does, of all jobs.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use schemars::{JsonSchema, Schema};
use serde::Serialize;

use crate::core::change::{self, Difference, Likeness};
use crate::model::diagnostic::{Diagnostic, Severity};
use crate::model::event::Renamed;
use crate::model::job::JobId;
use crate::plan::budgets::Budgets;
use crate::plan::busiest::{self, Minute};
use crate::plan::fields::{self, Field};
use crate::plan::fires::Span;
use crate::plan::job::{Change, JobPlan, job_plan, unchanged};
use crate::plan::live::Live;
use crate::plan::side::{Jobs, Name, Side};
use crate::time::Timestamp;
use crate::view::answer::finding::FindingAnswer;
use crate::view::shapes;

/// How much changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Summary {
    /// Jobs that only the new side has.
    pub added: usize,
    /// Jobs that differ.
    pub changed: usize,
    /// Jobs that have another id.
    pub renamed: usize,
    /// Jobs that only the old side has.
    pub removed: usize,
    /// Jobs that stay as they are.
    pub unchanged: usize,
    /// Job files of the new side that are bad: their jobs, where there are any, stay as they were.
    pub bad: usize,
    /// Whether `jobsd.yaml` of the new side is bad: a running daemon keeps its settings, and none
    /// starts with it.
    pub bad_settings: bool,
    /// Findings of the new side that are errors.
    pub errors: usize,
    /// Due times in the span before the change.
    pub fires_before: u64,
    /// Due times in the span after it.
    pub fires_after: u64,
}

/// Findings that come and go.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Findings {
    /// Only the new side has them.
    #[schemars(with = "Vec<FindingAnswer>")]
    pub new: Vec<Diagnostic>,
    /// Only the old side has them.
    #[schemars(with = "Vec<FindingAnswer>")]
    pub gone: Vec<Diagnostic>,
}

/// What a change does.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Plan {
    /// `jobsd.plan/v1`.
    pub schema: &'static str,
    /// Before the change.
    pub old: Name,
    /// After it.
    pub new: Name,
    /// Due times after this instant count.
    #[serde(with = "crate::time::Rfc3339")]
    pub from: Timestamp,
    /// Due times up to this instant count.
    #[serde(with = "crate::time::Rfc3339")]
    pub until: Timestamp,
    /// How much changes.
    pub summary: Summary,
    /// The jobs that change, by id; with `--all` also the others.
    pub jobs: Vec<JobPlan>,
    /// The keys of `jobsd.yaml` that differ; what they change at a job is told there too.
    pub settings: Vec<Field>,
    /// Those of them that a running daemon reads only at its next start.
    pub restart_needed: Vec<String>,
    /// The busiest minutes of both sides.
    pub busiest: Vec<Minute>,
    /// What may be sent.
    pub budgets: Budgets,
    /// Shared slots.
    pub pools: Vec<serde_json::Value>,
    /// What runs and is paused now; `null` where no daemon was asked.
    pub live: Option<Live>,
    /// Jobs that go and come, were probably meant as renames, and are none.
    pub not_renamed: Vec<Renamed>,
    /// Findings that come and go.
    pub findings: Findings,
}

impl Plan {
    /// Compares two sides over a span.
    pub fn new(old: &Side, new: &Side, span: Span, all: bool) -> Plan {
        let bad = bad_ids(new);
        let jobs = effective(old, new, &bad);
        let difference = difference(old, new, &jobs);
        let mut summary = Summary {
            added: difference.added.len(),
            changed: difference.changed.len(),
            renamed: difference.renamed.len(),
            removed: difference.removed.len(),
            bad: bad.len(),
            bad_settings: new
                .findings
                .iter()
                .any(|it| it.is_error() && new.is_config(&it.path)),
            errors: new.findings.iter().filter(|it| it.is_error()).count(),
            ..Summary::default()
        };
        summary.unchanged = jobs.len() - summary.added - summary.changed - summary.renamed;
        let minutes = busiest::Minutes::count(&old.jobs, &jobs, span);
        (summary.fires_before, summary.fires_after) = minutes.totals();
        let mut plans = job_plans(old, new, &jobs, &difference, span);
        if all {
            plans.extend(unchanged(&jobs, &plans, span));
        }
        plans.sort_by(|a, b| a.id.cmp(&b.id));
        Plan {
            schema: "jobsd.plan/v1",
            old: old.name.clone(),
            new: new.name.clone(),
            from: span.from,
            until: span.until,
            summary,
            jobs: plans,
            settings: fields::of_settings(old, new),
            restart_needed: new.config.restart_keys(&old.config),
            busiest: minutes.busiest(),
            budgets: Budgets::compare(&old.jobs, &jobs, span),
            pools: Vec::new(),
            live: None,
            not_renamed: not_renamed(&difference, &old.jobs, &jobs),
            findings: findings(old, new),
        }
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        let s = &self.summary;
        s.added + s.changed + s.renamed + s.removed == 0
            && self.settings.is_empty()
            && self.findings.new.is_empty()
            && self.findings.gone.is_empty()
    }

    /// Whether the new side has errors.
    pub fn has_errors(&self) -> bool {
        self.summary.errors > 0
    }
}

/// The schema of the document.
pub fn schema() -> Schema {
    shapes::of::<Plan>()
}

/// The ids of bad files: by the stem of the file, as adoption goes.
fn bad_ids(side: &Side) -> HashSet<String> {
    let errors = side.findings.iter().filter(|finding| finding.is_error());
    errors
        .filter(|finding| !side.is_config(&finding.path))
        .map(|finding| {
            let stem = Path::new(&finding.path).file_stem().unwrap_or_default();
            stem.to_string_lossy().into_owned()
        })
        .collect()
}

/// The jobs in force after the change: of a bad file the last good version stays.
fn effective(old: &Side, new: &Side, bad: &HashSet<String>) -> Jobs {
    let mut jobs = new.jobs.clone();
    jobs.retain(|id, _| !bad.contains(id.as_str()));
    let stays = old.jobs.iter().filter(|(id, _)| bad.contains(id.as_str()));
    jobs.extend(stays.map(|(id, job)| (id.clone(), job.clone())));
    jobs
}

/// By the rule of adoption; where the folder is says nothing.
fn difference(old_side: &Side, new_side: &Side, new: &Jobs) -> Difference {
    let old = &old_side.jobs;
    let digests = |jobs: &Jobs| -> Vec<_> {
        let pairs = jobs.iter().map(|(id, job)| (id.clone(), job.digest));
        pairs.collect()
    };
    let (before, after) = (digests(old), digests(new));
    let before = before
        .iter()
        .map(|(id, digest)| (id, Some(*digest)))
        .collect();
    let after = after.iter().map(|(id, digest)| (id, *digest)).collect();
    change::difference(&before, &after, |id| match (old.get(id), new.get(id)) {
        (Some(old), Some(new)) => {
            let is_moved = || old_side.below(&old.file) != new_side.below(&new.file);
            !Arc::ptr_eq(old, new) && (old.digest != new.digest || is_moved())
        }
        _ => true,
    })
}

fn not_renamed(difference: &Difference, old: &Jobs, new: &Jobs) -> Vec<Renamed> {
    let likeness = |jobs: &Jobs, id: &JobId| {
        let job = jobs.get(id)?;
        Some(Likeness::of(&job.definition.value()))
    };
    difference.alike(|id| likeness(old, id), |id| likeness(new, id))
}

fn job_plans(
    old: &Side,
    new: &Side,
    jobs: &Jobs,
    difference: &Difference,
    span: Span,
) -> Vec<JobPlan> {
    let mut places = fields::Places::new(old, new);
    let mut plans = Vec::new();
    let mut plan = |change, from: Option<&JobId>, to: Option<&JobId>| {
        let before = from.and_then(|id| old.jobs.get(id));
        let after = to.and_then(|id| jobs.get(id));
        plans.extend(job_plan(change, before, after, &mut places, span));
    };
    for id in &difference.added {
        plan(Change::Added, None, Some(id));
    }
    for id in &difference.changed {
        plan(Change::Changed, Some(id), Some(id));
    }
    for pair in &difference.renamed {
        plan(Change::Renamed, Some(&pair.from), Some(&pair.to));
    }
    for id in &difference.removed {
        plan(Change::Removed, Some(id), None);
    }
    plans
}

/// Findings by what they say, wherever in the file they are: a line that moved is no news.
fn findings(old: &Side, new: &Side) -> Findings {
    let key = |side: &Side, finding: &Diagnostic| {
        let path = side.below(&finding.path).to_owned();
        (
            path,
            finding.code,
            finding.key.clone(),
            finding.message.en.clone(),
        )
    };
    // Notes are shown where somebody asks for them.
    let only = |side: &Side, other: &Side| {
        let known: HashSet<_> = other.findings.iter().map(|it| key(other, it)).collect();
        let news = side
            .findings
            .iter()
            .filter(|it| it.severity != Severity::Note)
            .filter(|it| !known.contains(&key(side, it)));
        news.cloned().collect()
    };
    Findings {
        new: only(new, old),
        gone: only(old, new),
    }
}
