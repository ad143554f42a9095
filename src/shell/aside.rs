//! Threads beside those that serve: what waits most of the time, and may block, wakes no one else
//! there.

use std::io;
use std::thread;

use tokio::runtime;

/// Runs a task on a thread and a runtime of its own, until it ends or the process does.
///
/// # Errors
/// The system gives no thread.
pub fn run(name: &str, task: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    let thread = thread::Builder::new().name(name.to_owned());
    thread.spawn(move || runtime.block_on(task)).map(drop)
}
