//! The only code that touches the world: clock, files, processes, sockets.

pub mod clock;
pub mod disk;
pub mod engine;
pub mod journal;
pub mod lock;
pub mod process;
pub mod signals;
pub mod watch;
