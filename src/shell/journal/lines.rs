//! Lines of a day's file, in bounded memory: a line longer than any writer's is damage, and the
//! rest of it is passed over.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::model::event::{Event, VERSION};
use crate::shell::open;

/// Longest line that is read; a longer one is damage.
pub(crate) const LINE_BYTES_MAX: usize = 1 << 20;
/// Longest state line that is read.
pub(crate) const STATE_BYTES_MAX: usize = 1 << 30;
/// What a state line begins with.
pub(crate) const STATE_HEAD: &[u8] = br#"{"v":1,"type":"state","#;

/// Reads a day's file line by line from a byte on, each with its newline where it has one. Of one
/// that is too long only the beginning is shown, longer than 1 MiB.
///
/// # Errors
/// Those of the file system.
pub fn each_line(path: &Path, start: u64, mut take: impl FnMut(u64, &[u8])) -> io::Result<()> {
    let mut file = open::read(path)?;
    file.seek(SeekFrom::Start(start))?;
    let mut reader = BufReader::with_capacity(1 << 18, file);
    let (mut offset, mut line) = (start, Vec::new());
    loop {
        let read = next_line(&mut reader, &mut line)?;
        if read == 0 {
            return Ok(());
        }
        take(offset, &line);
        offset += read;
    }
}

/// Reads the next line and says how many bytes it takes up in the file; 0 at the end.
///
/// # Errors
/// Those of the file system.
pub(crate) fn next_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<u64> {
    line.clear();
    let mut read = more(reader, LINE_BYTES_MAX, line)?;
    let is_cut = |line: &[u8], longest: usize| line.len() >= longest && !line.ends_with(b"\n");
    // JSON holds no NUL; a disk that lost what it was given leaves many.
    if is_cut(line, LINE_BYTES_MAX) && line.starts_with(STATE_HEAD) && !line.contains(&0) {
        read += more(reader, STATE_BYTES_MAX - LINE_BYTES_MAX, line)?;
        if !is_cut(line, STATE_BYTES_MAX) {
            return Ok(read);
        }
    }
    if is_cut(line, LINE_BYTES_MAX) {
        line.truncate(LINE_BYTES_MAX);
        line.shrink_to(LINE_BYTES_MAX + 2);
        read += more(reader, 1, line)?;
        read += pass_over(reader, line)?;
    }
    Ok(read)
}

/// Appends up to `bytes` of the line.
fn more(reader: &mut impl BufRead, bytes: usize, line: &mut Vec<u8>) -> io::Result<u64> {
    let read = reader.take(bytes as u64).read_until(b'\n', line)?;
    Ok(read as u64)
}

/// Leaves the rest of a line out, but for its newline.
fn pass_over(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<u64> {
    let mut passed = 0;
    while !line.ends_with(b"\n") {
        let buffer = reader.fill_buf()?;
        let (used, has_end) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(at) => (at + 1, true),
            None => (buffer.len(), false),
        };
        if used == 0 {
            break;
        }
        if has_end {
            line.push(b'\n');
        }
        reader.consume(used);
        passed += used as u64;
    }
    Ok(passed)
}

/// Appends the line of an event.
pub(crate) fn encode(event: &Event, lines: &mut Vec<u8>) -> io::Result<()> {
    let body = serde_json::to_vec(event)?;
    write!(lines, "{{\"v\":{VERSION},")?;
    lines.extend_from_slice(&body[1..]);
    lines.push(b'\n');
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use std::io::{BufReader, Read};

    use super::{LINE_BYTES_MAX, STATE_HEAD, next_line};

    #[test]
    fn a_damaged_line_of_any_length_costs_bounded_memory() {
        let endless = |head: &'static [u8], byte: u8| {
            let damage = std::io::repeat(byte).take(1 << 25);
            BufReader::new(head.chain(damage).chain(&b"\n{}\n"[..]))
        };
        for (head, byte) in [(&b"{"[..], b'x'), (STATE_HEAD, 0)] {
            let (mut reader, mut line) = (endless(head, byte), Vec::new());
            let read = next_line(&mut reader, &mut line).unwrap();
            assert_eq!(read, head.len() as u64 + (1 << 25) + 1);
            assert!(line.len() > LINE_BYTES_MAX && line.capacity() < 4 * LINE_BYTES_MAX);
            assert!(line.ends_with(b"\n"), "it is fenced");
            assert_eq!(next_line(&mut reader, &mut line).unwrap(), 3);
            assert_eq!(line, b"{}\n", "what follows is read");
            assert_eq!(next_line(&mut reader, &mut line).unwrap(), 0);
        }
    }

    #[test]
    fn a_line_of_the_longest_length_is_whole() {
        for extra in 0..3 {
            let text = [vec![b'x'; LINE_BYTES_MAX - 1 + extra], b"\ny".to_vec()].concat();
            let (mut reader, mut line) = (BufReader::new(&text[..]), Vec::new());
            let read = next_line(&mut reader, &mut line).unwrap();
            assert_eq!(read, (LINE_BYTES_MAX + extra) as u64);
            assert_eq!(line.len(), LINE_BYTES_MAX + extra, "{extra}");
            assert_eq!(next_line(&mut reader, &mut line).unwrap(), 1);
            assert_eq!(line, b"y");
        }
    }
}
