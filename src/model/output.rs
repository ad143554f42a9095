//! A line of a run's kept output: `TIME STREAM F|P TEXT`, where `P` is a part that continues in the
//! next line of its stream.

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
