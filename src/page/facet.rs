//! Labels of jobs: those to filter by, and those that say whom to ask.

use std::collections::BTreeMap;

use crate::model::job::Job;
use crate::view::status::JobStatus;

/// Characters of a label that are shown.
const LABEL_CHARS_MAX: usize = 120;
/// Labels that say whom to ask and where to read on.
const LABELS: [&str; 6] = ["owner", "team", "oncall", "on-call", "contact", "runbook"];

/// A label and the values that jobs have of it.
pub struct Facet {
    /// The key.
    pub key: String,
    /// Its values.
    pub values: Vec<FacetValue>,
}

/// A value to filter by.
pub struct FacetValue {
    /// `owner=dba`.
    pub pair: String,
    /// "dba · 4".
    pub words: String,
    /// Whether it is the one asked for.
    pub is_on: bool,
}

/// Values of a label that are offered.
const FACET_VALUES_MAX: usize = 30;

/// Characters of a value that is offered.
const VALUE_CHARS_MAX: usize = 60;

/// The labels that part the jobs: several share a value, and it is no address.
pub fn of(present: &[&JobStatus], asked: &str) -> Vec<Facet> {
    let mut counts: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    let jobs = present.iter().filter_map(|status| status.job.as_ref());
    for (key, value) in jobs.flat_map(|job| job.labels.iter()) {
        *counts.entry(key).or_default().entry(value).or_default() += 1;
    }
    let parts = |values: &BTreeMap<&str, usize>| {
        let is_shared = values.values().any(|count| *count > 1);
        let is_address =
            |value: &&str| value.starts_with("http://") || value.starts_with("https://");
        let is_long = |value: &&str| value.chars().count() > VALUE_CHARS_MAX;
        let is_odd = values
            .keys()
            .any(|value| is_address(value) || is_long(value));
        is_shared && !is_odd && values.len() <= FACET_VALUES_MAX
    };
    let parting = counts.into_iter().filter(|(_, values)| parts(values));
    parting
        .map(|(key, values)| Facet {
            key: crate::text::visible(key),
            values: values
                .into_iter()
                .map(|(value, count)| {
                    let pair = format!("{key}={value}");
                    let words = crate::text::visible(&format!("{value} · {count}"));
                    FacetValue {
                        is_on: pair == asked,
                        words,
                        pair,
                    }
                })
                .collect(),
        })
        .collect()
}

/// Whether a job has a label, `key=value`; an empty one asks for nothing.
pub fn has(status: &JobStatus, label: &str) -> bool {
    let mut labels = status.job.iter().flat_map(|job| job.labels.iter());
    label.is_empty() || labels.any(|(key, value)| format!("{key}={value}") == label)
}

/// The labels that say whom to ask and where to read on, in that order.
pub fn telling(job: &Job) -> Vec<(String, String)> {
    let named = |key: &&str| {
        let label = job.labels.iter().find(|(known, _)| known == key)?;
        let value = crate::text::visible(&label.1);
        Some((
            label.0.clone(),
            value.chars().take(LABEL_CHARS_MAX).collect(),
        ))
    };
    LABELS.iter().filter_map(named).collect()
}
