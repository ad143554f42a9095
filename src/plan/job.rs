//! What becomes of one job.

use std::collections::HashSet;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::job::{Job, JobId};
use crate::plan::fields::{Field, Places};
use crate::plan::fires::{Fires, Span};
use crate::plan::side::Jobs;
use crate::schedule::Schedule;
use crate::text::{Lang, Text};

/// What became of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// Only the new side has it.
    Added,
    /// Both have it, and not the same.
    Changed,
    /// The same definition under another id.
    Renamed,
    /// Only the old side has it.
    Removed,
    /// Both have it, the same.
    Unchanged,
}

impl Change {
    /// The word for machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Change::Added => "added",
            Change::Changed => "changed",
            Change::Renamed => "renamed",
            Change::Removed => "removed",
            Change::Unchanged => "unchanged",
        }
    }
}

/// What becomes of one job.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct JobPlan {
    /// Its id, after the change where it has one then.
    pub id: JobId,
    /// What becomes of it.
    pub change: Change,
    /// The id before a rename.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_id: Option<JobId>,
    /// Its file.
    pub path: String,
    /// The line of the first key that changed; 1 where there is none.
    pub line: usize,
    /// The effective keys that differ.
    pub fields: Vec<Field>,
    /// What is due.
    pub fires: Fires,
    /// Whether it runs because it was changed: no job does.
    pub fires_by_being_changed: bool,
    /// Its schedule in words before and after, where they differ or there is only one.
    #[serde(skip)]
    pub words: (Option<Text>, Option<Text>),
    /// Name of the zone that its due times are shown in.
    pub timezone: Arc<str>,
}

/// Compares a job before and after.
pub(super) fn job_plan(
    change: Change,
    before: Option<&Arc<Job>>,
    after: Option<&Arc<Job>>,
    places: &mut Places<'_>,
    span: Span,
) -> Option<JobPlan> {
    let job = after.or(before)?;
    let fields = match (before, after) {
        (Some(before), Some(after)) => places.compare(before, after),
        _ => Vec::new(),
    };
    let words = |job: Option<&Arc<Job>>| job.map(|job| in_words(&job.schedule));
    let words = match (words(before), words(after)) {
        (Some(before), Some(after)) if before == after => (None, Some(after)),
        pair => pair,
    };
    Some(JobPlan {
        id: job.id.clone(),
        change,
        old_id: before
            .filter(|_| change == Change::Renamed)
            .map(|job| job.id.clone()),
        path: job.file.to_string(),
        line: own_line(&fields, &job.file),
        fields,
        fires: Fires::compare(due(before), due(after), span),
        fires_by_being_changed: false,
        words,
        timezone: job.timezone.clone(),
    })
}

/// The line of the first key that the job's own file sets now.
fn own_line(fields: &[Field], file: &str) -> usize {
    let own = fields.iter().filter(|it| it.path.as_deref() == Some(file));
    own.filter_map(|field| field.line).next().unwrap_or(1)
}

/// The jobs that no plan of these is about.
pub(super) fn unchanged(jobs: &Jobs, plans: &[JobPlan], span: Span) -> Vec<JobPlan> {
    let told: HashSet<&JobId> = plans.iter().map(|plan| &plan.id).collect();
    let rest = jobs.values().filter(|job| !told.contains(&job.id));
    rest.map(|job| JobPlan {
        id: job.id.clone(),
        change: Change::Unchanged,
        old_id: None,
        path: job.file.to_string(),
        line: 1,
        fields: Vec::new(),
        fires: Fires::same(due(Some(job)), span),
        fires_by_being_changed: false,
        words: (None, Some(in_words(&job.schedule))),
        timezone: job.timezone.clone(),
    })
    .collect()
}

/// The schedule of a job that is enabled.
fn due(job: Option<&Arc<Job>>) -> Option<&Schedule> {
    job.filter(|job| job.enabled).map(|job| &job.schedule)
}

fn in_words(schedule: &Schedule) -> Text {
    Text::new(schedule.in_words(Lang::En), schedule.in_words(Lang::Fr))
}
