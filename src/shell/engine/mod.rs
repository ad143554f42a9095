//! The seam to whoever executes runs. `local` is the only engine yet.

pub mod job_state;
pub mod local;
