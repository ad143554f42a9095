//! The seam to whoever executes runs. `local` is the only engine yet.

pub mod job_state;
pub mod local;

use crate::core::Scheduler;
use crate::model::event::Event;

/// Executes runs.
pub trait Engine {
    /// Acts on events that hold: starts what was started, stops what was asked to stop. Never waits
    /// for a program.
    fn react(&mut self, events: &[Event], scheduler: &Scheduler);
}
