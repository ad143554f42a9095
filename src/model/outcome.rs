//! `Outcome`: how an attempt ended, and what its program reported.

use crate::written;

/// How one attempt ended, as the supervisor saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The program exited by itself.
    Exited(i32),
    /// A signal that jobsd did not send for a stop or a timeout ended it.
    Signaled(i32),
    /// It was over its time limit and was stopped.
    TimedOut,
    /// A stop was requested and done.
    Stopped,
    /// It never started; the cause in words, with what to do.
    StartFailed(String),
}

/// What the program counted and said in its result file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Messages sent.
    pub messages_sent: Option<u64>,
    /// Profiles visited.
    pub profiles_visited: Option<u64>,
    /// `false` makes the run failed even with exit status 0.
    pub success: Option<bool>,
    /// An error in the program's words.
    pub error: Option<String>,
    /// The rest of the result file.
    pub result: Option<serde_json::Value>,
}

impl Report {
    /// Messages that may have left: the program does not know.
    pub fn unknown(&self) -> Option<u64> {
        written::number(self.result.as_ref()?, "unknown")
    }
}

/// All that is known of an attempt when it has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How it ended.
    pub ending: Ending,
    /// What the program reported.
    pub report: Report,
    /// Bytes of output it produced, also where less was kept.
    pub output_bytes: u64,
    /// What a person should know besides: a leaked descendant, a bad result file.
    pub note: Option<String>,
}
