//! Every day at a local time (rule 17).

/// Every day at a local time.
#[derive(Clone, Copy, Debug)]
pub struct Daily {
    /// 0 to 23.
    pub hour: i8,
    /// 0 to 59.
    pub minute: i8,
}
