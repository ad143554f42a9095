//! Every day at a local time (rule 17).

use crate::schedule::civil::{Civil, Days};

/// Every day at a local time.
#[derive(Clone, Copy, Debug)]
pub struct Daily {
    /// 0 to 23.
    pub hour: i8,
    /// 0 to 59.
    pub minute: i8,
}

impl Daily {
    /// The local times.
    pub fn civil(&self) -> Civil {
        Civil {
            seconds: 1,
            minutes: 1 << self.minute,
            hours: 1 << self.hour,
            days: Days::EVERY,
            is_fixed: true,
        }
    }
}
