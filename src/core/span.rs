//! Spans of time as the core reckons with them, kept within what a clock can show.

use std::time::Duration;

use crate::model::job::Job;
use crate::time::{SignedDuration, Timestamp};

/// Less than this late is on time, whatever the grace (PRODUCT section 5, promise 4).
pub const ON_TIME: SignedDuration = SignedDuration::from_secs(1);

/// The grace of a job as it is applied: never under [`ON_TIME`].
pub(crate) fn grace(job: &Job) -> SignedDuration {
    signed(job.policies.misfire_grace_time).max(ON_TIME)
}

/// A duration of a job file as a signed one; absurdly long ones end at 1,000 years.
pub(crate) fn signed(duration: Duration) -> SignedDuration {
    const LONGEST: Duration = Duration::from_secs(1_000 * 366 * 86_400);
    SignedDuration::try_from(duration.min(LONGEST)).unwrap_or(SignedDuration::MAX)
}

/// `at - span`, not below the earliest instant.
pub(crate) fn before(at: Timestamp, span: SignedDuration) -> Timestamp {
    at.checked_sub(span).unwrap_or(Timestamp::MIN)
}

/// `at + span`, kept within what a clock can show.
pub(crate) fn after(at: Timestamp, span: SignedDuration) -> Timestamp {
    at.checked_add(span).unwrap_or(at)
}
