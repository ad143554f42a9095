//! The only code that touches the world: clock, files, processes, sockets.

pub mod address;
pub mod aside;
pub mod bot;
pub mod clock;
pub mod control;
pub mod daemon;
pub mod disk;
pub mod engine;
pub mod git;
pub mod health;
pub mod held;
pub mod http;
pub mod journal;
pub mod lock;
pub mod log;
pub mod memory;
pub mod notices;
pub mod open;
pub mod process;
pub mod settings;
pub mod signals;
pub mod state_dir;
pub mod systemd;
pub mod watch;
pub mod zone_files;
pub mod zones;
