//! Other schedulers: their jobs read as they read them, ours said in their words. Reads no files.

pub mod crontab;
pub mod export;
pub mod job;
pub mod program_name;
pub mod systemd_time;
pub mod timer;
pub mod to_crontab;
pub mod to_timer;
pub mod unit;
