//! Brings the output of an attempt to its file, on threads of its own: a file that does not answer
//! holds up neither the program nor anyone else. Where a disk is only slow, the program's pipe is
//! read more slowly; where the file does not answer at all, output is lost, and the file says how
//! much of it as soon as it answers.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::model::job::JobId;
use crate::model::output::Stream;
use crate::model::run_id::RunId;
use crate::shell::clock::{monotonic, now, pause};
use crate::shell::process::crew::Crew;
use crate::shell::process::mask::Secrets;
use crate::shell::process::output::Sink;
use crate::time::Timestamp;

/// Output that waits to be written; more is not read from the program.
const BUFFER_BYTES: usize = 256 << 10;
/// What two pipes hold at most, where the program has made them as large as it may.
const PIPES_BYTES: usize = 2 << 20;
/// What is written at once, so that slow writing is told from none.
const PORTION_BYTES: usize = 64 << 10;
/// … and what it is handed over in: a flood of short lines costs more than its bytes.
const PIECE_BYTES: usize = 8 << 10;
/// A file that takes longer to take what was given does not answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(1);

/// What takes in the output of one attempt.
#[derive(Debug)]
pub struct Writer {
    shared: Arc<Shared>,
    crew: Arc<Crew>,
    job_id: JobId,
    produced: u64,
    /// Whether this is the run's first attempt; each further one is headed by a line.
    is_first: bool,
    /// Bytes that may wait to be written.
    bytes_max: usize,
}

#[derive(Debug)]
struct Shared {
    buffer: Mutex<Buffer>,
    /// Only the thread that writes takes it.
    sink: Mutex<Output>,
    /// Something was written.
    written: Notify,
}

/// What waits to be written.
#[derive(Debug, Default)]
struct Buffer {
    chunks: Vec<Chunk>,
    bytes: usize,
    /// Bytes that found no room while the file did not answer, and that the file does not report
    /// yet.
    lost: u64,
    has_lost: bool,
    /// Since when a thread is asked to write what is here.
    asked: Option<Instant>,
    is_over: bool,
    is_finished: bool,
}

#[derive(Debug)]
struct Chunk {
    at: Timestamp,
    stream: Stream,
    bytes: Vec<u8>,
}

/// The files of a run's output, looked at when there is something to write for the first time.
#[derive(Debug)]
enum Output {
    Closed(Closed),
    Open(Box<Sink>),
}

/// Whose output it is, and where it goes.
#[derive(Debug)]
pub struct Closed {
    /// The daemon's state directory.
    pub state_dir: PathBuf,
    /// The run.
    pub run_id: RunId,
    /// Number of the attempt, from 1.
    pub attempt: u32,
    /// How much of it is kept.
    pub bytes_max: u64,
    /// What must not be seen in it.
    pub secrets: Secrets,
}

impl Writer {
    /// Takes the output of an attempt; no file is touched here.
    pub fn new(files: Closed, job_id: JobId, crew: Arc<Crew>) -> Writer {
        let is_first = files.attempt == 1;
        let sink = Output::Closed(files);
        Writer {
            shared: Arc::new(Shared {
                buffer: Mutex::default(),
                sink: Mutex::new(sink),
                written: Notify::new(),
            }),
            crew,
            job_id,
            produced: 0,
            is_first,
            bytes_max: BUFFER_BYTES,
        }
    }

    /// Bytes produced, also where less was kept.
    pub fn bytes(&self) -> u64 {
        self.produced
    }

    /// Waits until more can be taken, or a file that does not answer shall not keep the program
    /// waiting.
    ///
    /// # Cancel safety
    /// Cancel safe: nothing is lost but the wait.
    pub async fn room(&self) {
        loop {
            let written = self.shared.written.notified();
            let rest = match &*self.shared.lock() {
                buffer if buffer.bytes < self.bytes_max => return,
                buffer => buffer.rest(),
            };
            if rest.is_zero() {
                return;
            }
            tokio::select! {
                () = written => {}
                () = pause(rest) => {}
            }
        }
    }

    /// Makes room for what is left in the pipes of a program that has ended.
    pub fn make_room(&mut self) {
        self.bytes_max = BUFFER_BYTES + PIPES_BYTES;
    }

    /// Takes bytes of a stream in.
    pub fn take(&mut self, stream: Stream, bytes: &[u8]) {
        self.produced += bytes.len() as u64;
        let mut buffer = self.shared.lock();
        if buffer.bytes >= self.bytes_max {
            buffer.lost += bytes.len() as u64;
            buffer.has_lost = true;
            return;
        }
        buffer.bytes += bytes.len();
        buffer.chunks.push(Chunk {
            at: now(),
            stream,
            bytes: bytes.to_vec(),
        });
        self.ask(buffer);
    }

    /// The attempt is over: puts what is left after the rest. Tells whether the file has taken
    /// everything; one that takes nothing for so long is not waited for any more.
    pub async fn finish(&self, longest: Duration) -> bool {
        if self.produced == 0 && self.is_first {
            // No file was made.
            return true;
        }
        {
            let mut buffer = self.shared.lock();
            buffer.is_over = true;
            self.ask(buffer);
        }
        loop {
            let written = self.shared.written.notified();
            {
                let buffer = self.shared.lock();
                if buffer.is_finished {
                    return !buffer.has_lost;
                }
            }
            tokio::select! {
                () = written => {}
                () = pause(longest) => return false,
            }
        }
    }

    fn ask(&self, mut buffer: MutexGuard<'_, Buffer>) {
        if buffer.asked.is_none() {
            buffer.asked = Some(monotonic());
            give(&self.crew, &self.job_id, &self.shared);
        }
    }
}

/// Has a thread write what there is: one portion, so that each has its turn.
fn give(crew: &Arc<Crew>, job_id: &JobId, shared: &Arc<Shared>) {
    let (again, id, shared) = (crew.clone(), job_id.clone(), shared.clone());
    crew.give("output", job_id.clone(), move || {
        if shared.write() {
            give(&again, &id, &shared);
        }
    });
}

impl Buffer {
    /// Takes out what is written next: a portion, or one piece that is larger.
    fn take_portion(&mut self) -> Vec<Chunk> {
        let mut bytes = 0;
        let fits = |chunk: &&Chunk| {
            let is_first = bytes == 0;
            bytes += chunk.bytes.len();
            is_first || bytes <= PORTION_BYTES
        };
        let count = self.chunks.iter().take_while(fits).count();
        self.chunks.drain(..count).collect()
    }

    /// How long the file may still take.
    fn rest(&self) -> Duration {
        let asked = self.asked.map_or(Duration::ZERO, |asked| asked.elapsed());
        ANSWER_WITHIN.saturating_sub(asked)
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Buffer> {
        self.buffer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what waits; tells whether there is more by now.
    fn write(&self) -> bool {
        let (chunks, lost, is_over) = {
            let mut buffer = self.lock();
            // The room is given back when it is written: what is under way counts.
            let chunks = buffer.take_portion();
            let is_last = buffer.chunks.is_empty();
            let lost = if is_last {
                std::mem::take(&mut buffer.lost)
            } else {
                0
            };
            (chunks, lost, buffer.is_over && is_last)
        };
        let bytes: usize = chunks.iter().map(|chunk| chunk.bytes.len()).sum();
        self.put(chunks, lost, is_over);
        let mut buffer = self.lock();
        buffer.bytes -= bytes;
        buffer.is_finished |= is_over;
        let is_more = !buffer.chunks.is_empty() || buffer.is_over && !buffer.is_finished;
        buffer.asked = is_more.then(monotonic);
        drop(buffer);
        self.written.notify_waiters();
        is_more
    }

    fn put(&self, chunks: Vec<Chunk>, lost: u64, is_over: bool) {
        let mut output = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
        let sink = output.open();
        for chunk in chunks {
            for piece in chunk.bytes.chunks(PIECE_BYTES) {
                sink.take(chunk.at, chunk.stream, piece);
                // A sign of progress for whoever waits for the end.
                self.written.notify_waiters();
            }
        }
        if lost > 0 {
            let text = format!("{lost} bytes were lost here: the file did not answer");
            sink.say(now(), &text);
        }
        if is_over {
            sink.finish(now());
        }
    }
}

impl Output {
    fn open(&mut self) -> &mut Sink {
        if let Output::Closed(it) = self {
            let (dir, attempt) = (&it.state_dir, it.attempt);
            let mut sink = Sink::new(dir, it.run_id, attempt, it.bytes_max, &it.secrets);
            if attempt > 1 {
                sink.say(now(), &format!("attempt {attempt}"));
            }
            *self = Output::Open(Box::new(sink));
        }
        match self {
            Output::Open(sink) => sink,
            Output::Closed(..) => unreachable!("it was opened above"),
        }
    }
}
