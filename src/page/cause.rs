//! Why a run ended as it did, in its reader's words. A skip is no error.

use crate::model::run::{Reason, RunRecord};
use crate::page::chrome::Chrome;
use crate::text::failure;
use crate::text::pages::fill;
use crate::view::look::{self, Look};
use crate::view::status::JobStatus;

/// Characters that are shown.
const CHARS_MAX: usize = 2_000;

/// Why a run ended as it did.
pub struct Cause {
    /// In words.
    pub text: String,
    /// When its limit frees, of a run that had none left.
    pub frees: Option<String>,
    /// Whether the words are English, whatever the page is.
    pub is_english: bool,
    /// Whether something went wrong; a skip is not that.
    pub is_bad: bool,
}

/// The cause that a record names.
pub fn of(record: &RunRecord, shown: Option<&JobStatus>, c: &Chrome) -> Option<Cause> {
    let words = failure::read(record.error.as_deref()?);
    let limit = spent_limit(&words.en, c);
    let text = limit.unwrap_or_else(|| crate::text::visible(words.get(c.t.lang)));
    let is_spent = record.reason == Some(Reason::Budget);
    let levels = shown
        .filter(|_| is_spent)
        .and_then(|shown| shown.levels(c.say.now));
    let meters = levels.map(|levels| [levels.daily, levels.weekly]);
    let spent = meters
        .into_iter()
        .flatten()
        .flatten()
        .filter(|meter| meter.left() == 0);
    let frees_at = spent.filter_map(|meter| meter.frees_at).max();
    Some(Cause {
        text: text.chars().take(CHARS_MAX).collect(),
        frees: frees_at.map(|at| fill(c.t.lim_frees, &[("t", &c.say.soon(at, &c.zone))])),
        is_english: words.en == words.fr,
        is_bad: look::look(record.status) == Look::Fail,
    })
}

/// A limit that is used up, by the words of pages rather than by its key.
fn spent_limit(error: &str, c: &Chrome) -> Option<String> {
    let (key, limit) = error.strip_suffix(") is used up")?.split_once(" (")?;
    let words = match key {
        "daily_limit" => c.t.lim_day_spent,
        "weekly_limit" => c.t.lim_week_spent,
        _ => return None,
    };
    Some(c.t.count(words, limit.parse().ok()?))
}
