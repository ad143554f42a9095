//! What may be sent in a day and in seven days, before and after a change.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::job::Job;
use crate::plan::fires::{Span, count};
use crate::plan::side::Jobs;
use crate::time::SignedDuration;

/// What jobs with limits may send.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Budget {
    /// Messages in a day.
    pub day: u64,
    /// Messages in seven days.
    pub week: u64,
}

/// What may be sent before and after a change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Budgets {
    /// Before.
    pub before: Budget,
    /// After.
    pub after: Budget,
}

impl Budgets {
    pub(super) fn compare(old: &Jobs, new: &Jobs, span: Span) -> Budgets {
        Budgets {
            before: Budget::of(old, span),
            after: Budget::of(new, span),
        }
    }
}

impl Budget {
    fn of(jobs: &Jobs, span: Span) -> Budget {
        let mut budget = Budget::default();
        for job in jobs.values().filter(|job| job.enabled && !job.dry_run) {
            let (day, week) = may_send(job, span);
            budget.day = budget.day.saturating_add(day);
            budget.week = budget.week.saturating_add(week);
        }
        budget
    }
}

/// What a job may send in a day and in seven days, by its limits and by how often it is due; 0 for
/// one without limits.
fn may_send(job: &Job, span: Span) -> (u64, u64) {
    let allowance = &job.allowance;
    let due = |hours: i64| {
        let until = span.from.checked_add(SignedDuration::from_hours(hours));
        let until = until.unwrap_or(span.until);
        let from = span.from;
        count(Some(&job.schedule), Span { from, until })
    };
    let by_runs = |runs: u64| allowance.per_run.map(|most| most.saturating_mul(runs));
    let least = |limits: [Option<u64>; 2]| limits.into_iter().flatten().min();
    let day = allowance.per_run.and_then(|_| by_runs(due(24)));
    let day = least([allowance.daily, day]);
    let week = allowance.per_run.and_then(|_| by_runs(due(7 * 24)));
    let week = least([allowance.weekly, week]);
    let week = least([week, day.map(|day| day.saturating_mul(7))]);
    let day = least([day, week]);
    (day.unwrap_or(0), week.unwrap_or(0))
}
