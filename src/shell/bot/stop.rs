//! A bot that is told to end finishes the message or page it is at, and no more.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::shell::signals::{Signals, Wish};

/// Whether the bot was told to end.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<(Mutex<bool>, Condvar)>);

impl Stop {
    /// Listens to signals, on a thread of its own that ends with the process.
    pub fn on_signals() -> Stop {
        let stop = Stop::default();
        let told = stop.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            // Without a runtime no signal is caught, and each ends the process: its ledger is made
            // for that.
            let Ok(runtime) = runtime else { return };
            runtime.block_on(async {
                let Ok(mut signals) = Signals::listen() else {
                    return;
                };
                while signals.next().await != Wish::Stop {}
                told.tell();
            });
        });
        stop
    }

    /// Whether it is time to end.
    pub fn is_told(&self) -> bool {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a time, or until it is time to end.
    pub fn pause(&self, time: Duration) {
        let told = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Whether it was told is asked of `is_told`.
        drop(self.0.1.wait_timeout_while(told, time, |told| !*told));
    }

    fn tell(&self) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.1.notify_all();
    }
}
