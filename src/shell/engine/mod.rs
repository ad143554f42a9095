//! The seam to whoever executes runs. `local` is the only engine yet.

pub mod local;
