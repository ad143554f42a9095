//! The end of a run's output, as its page shows it.

use crate::model::output::{Line, Stream, read_line};
use crate::model::run_id::RunId;
use crate::page::chrome::Chrome;
use crate::page::past::{OutputEnd, Past};
use crate::text::pages::fill;
use crate::time::{TimeZone, Timestamp};
use crate::view::code::{self, Piece};
use crate::view::say;

/// Bytes of each output file that are looked at, from the end.
pub const BYTES_MAX: u64 = 512 << 10;
/// The same where only the last line is wanted.
pub const LAST_BYTES_MAX: u64 = 16 << 10;
/// Longest line that a list shows.
const LAST_CHARS_MAX: usize = 200;
/// Lines that are shown.
const LINES_MAX: usize = 1_000;

/// What a run said.
#[derive(Debug, Default)]
pub struct Output {
    /// Its last lines.
    pub lines: Vec<Said>,
    /// "14 lines".
    pub total: String,
    /// What is not shown.
    pub hidden: Option<String>,
}

/// A line.
#[derive(Debug)]
pub struct Said {
    /// Its number, where all before it is known.
    pub number: Option<usize>,
    /// When it came.
    pub at: String,
    /// The attempt that begins here.
    pub attempt: Option<u32>,
    /// Whether it is the daemon's own.
    pub is_own: bool,
    /// Whether it is the first that tells of an error.
    pub is_first_error: bool,
    /// Its text.
    pub pieces: Vec<Piece>,
}

impl Said {
    /// Its classes.
    pub fn class(&self) -> &'static str {
        match (self.is_own, self.is_first_error) {
            (false, false) => "l",
            (true, false) => "l own",
            (false, true) => "l bad",
            (true, true) => "l own bad",
        }
    }
}

/// The end of the output of a run.
pub fn read(end: &OutputEnd, zone: &TimeZone, c: &Chrome) -> Output {
    let OutputEnd { bytes, skipped } = end;
    let mut lines = lines(bytes, zone);
    let over = lines.len().saturating_sub(LINES_MAX);
    let dropped: usize = bytes
        .split_inclusive(|byte| *byte == b'\n')
        .take(over)
        .map(<[u8]>::len)
        .sum();
    if *skipped == 0 {
        let said = lines.iter_mut().filter(|line| !line.is_own);
        for (n, line) in said.enumerate() {
            line.number = Some(n + 1);
        }
    }
    lines.drain(..over);
    let is_error = |line: &&mut Said| line.pieces.iter().any(|piece| piece.class == "err");
    if let Some(line) = lines.iter_mut().find(is_error) {
        line.is_first_error = true;
    }
    let hidden = skipped + dropped as u64;
    let said = lines.iter().filter(|line| !line.is_own).count();
    Output {
        total: c.t.count(c.t.rd_lines, said as u64),
        hidden: (hidden > 0).then(|| fill(c.t.rd_cut, &[("n", &c.say.bytes(hidden))])),
        lines,
    }
}

/// The last lines that the last attempt of a run wrote to its standard error, oldest first; where
/// it wrote none, to its standard output.
pub fn last_lines(past: &dyn Past, id: RunId, count: usize) -> Vec<String> {
    let end = past.output(id, LAST_BYTES_MAX);
    let lines = end.bytes.split_inclusive(|byte| *byte == b'\n');
    let mut lines: Vec<_> = lines.filter_map(read_line).collect();
    let begins =
        |line: &Line<'_>| line.stream == Stream::Jobsd && line.text.starts_with(b"attempt ");
    if let Some(place) = lines.iter().rposition(begins) {
        lines.drain(..=place);
    }
    let of = |stream| -> Vec<String> {
        let said = lines.iter().rev().filter(|line| line.stream == stream);
        let texts = said.map(|line| plain(&String::from_utf8_lossy(line.text)));
        let mut last: Vec<String> = texts.filter(|text| !text.is_empty()).take(count).collect();
        last.reverse();
        last
    };
    let said = of(Stream::Stderr);
    if said.is_empty() {
        of(Stream::Stdout)
    } else {
        said
    }
}

/// A line without what colours it.
fn plain(text: &str) -> String {
    let pieces = code::output(text).into_iter().map(|piece| piece.text);
    let text = pieces.collect::<String>();
    text.trim().chars().take(LAST_CHARS_MAX).collect()
}

fn lines(bytes: &[u8], zone: &TimeZone) -> Vec<Said> {
    let (mut lines, mut part) = (Vec::new(), Vec::new());
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let Some(line) = read_line(line) else {
            continue;
        };
        part.extend_from_slice(line.text);
        if !line.is_whole {
            continue;
        }
        let text = String::from_utf8_lossy(&part).into_owned();
        part.clear();
        let at = line.at.parse::<Timestamp>().ok();
        let is_own = line.stream == Stream::Jobsd;
        let attempt = text.strip_prefix("attempt ").filter(|_| is_own);
        lines.push(Said {
            number: None,
            at: at.map_or_else(String::new, |at| say::format(at, zone, "%H:%M:%S%.3f")),
            attempt: attempt.and_then(|n| n.parse().ok()),
            is_own,
            is_first_error: false,
            pieces: code::output(&text),
        });
    }
    lines
}
