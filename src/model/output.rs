//! A line of a run's kept output: `TIME STREAM F|P TEXT`, where `P` is a part that continues in the
//! next line of its stream.

/// Characters of a last line.
const LAST_LINE_CHARS_MAX: usize = 200;

/// Where a line came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
    /// The daemon.
    Jobsd,
}

impl Stream {
    /// The word of the output file.
    pub fn as_str(self) -> &'static str {
        match self {
            Stream::Stdout => "stdout",
            Stream::Stderr => "stderr",
            Stream::Jobsd => "jobsd",
        }
    }
}

/// A line of an output file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// When it came.
    pub at: &'a str,
    /// Where it came from.
    pub stream: Stream,
    /// Whether it ended with a newline.
    pub is_whole: bool,
    /// What was written, byte for byte.
    pub text: &'a [u8],
}

/// The last line of standard error, else of standard output, that says something; blanks around it
/// and all but its first two hundred characters left out.
pub fn last_line(bytes: &[u8]) -> Option<String> {
    let lines = bytes.split_inclusive(|byte| *byte == b'\n').rev();
    let mut found = None;
    for line in lines.filter_map(read_line) {
        let text = String::from_utf8_lossy(line.text);
        let text: String = text.trim().chars().take(LAST_LINE_CHARS_MAX).collect();
        match line.stream {
            Stream::Stderr if !text.is_empty() => return Some(text),
            Stream::Stdout if !text.is_empty() => found = found.or(Some(text)),
            _ => {}
        }
    }
    found
}

/// Reads a line of an output file, its newline included; `None` for what no writer writes.
pub fn read_line(bytes: &[u8]) -> Option<Line<'_>> {
    let body = bytes.strip_suffix(b"\n")?;
    let mut parts = body.splitn(4, |byte| *byte == b' ');
    let at = std::str::from_utf8(parts.next()?).ok()?;
    let stream = match parts.next()? {
        b"stdout" => Stream::Stdout,
        b"stderr" => Stream::Stderr,
        b"jobsd" => Stream::Jobsd,
        _ => return None,
    };
    let flag = parts.next()?;
    let is_whole = flag == b"F";
    let text = parts.next()?;
    (is_whole || flag == b"P").then_some(Line {
        at,
        stream,
        is_whole,
        text,
    })
}
