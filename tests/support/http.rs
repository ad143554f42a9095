//! A small HTTP client that sends what it is told, byte by byte.

use std::io::Read;
use std::net::{SocketAddr, TcpListener, TcpStream};

use serde_json::Value;

/// An address of this machine that refuses connections as long as this lives. A port that was bound
/// and dropped may be another's a moment later; the near end of a connection keeps its port, and
/// nobody listens there.
pub struct Nobody {
    pub address: SocketAddr,
    _far: TcpListener,
    _near: TcpStream,
}

impl Nobody {
    pub fn new() -> Nobody {
        let far = TcpListener::bind("127.0.0.1:0").unwrap();
        let near = TcpStream::connect(far.local_addr().unwrap()).unwrap();
        Nobody {
            address: near.local_addr().unwrap(),
            _far: far,
            _near: near,
        }
    }
}

/// An HTTP answer.
#[derive(Clone, Debug)]
pub struct Reply {
    pub code: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1).filter_map(|l| l.split_once(": "));
        let mut found = lines.filter(|(key, _)| key.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value)
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|e| panic!("{e}: {}\n{}", self.head, self.text()))
    }
}

/// Reads one answer: head, then a body by length, by chunks or up to the end.
pub fn read_reply(stream: &mut TcpStream, method: &str) -> Option<Reply> {
    let head = read_head(stream)?;
    let code = head.split(' ').nth(1)?.parse().ok()?;
    let mut reply = Reply {
        code,
        head,
        body: Vec::new(),
    };
    if method == "HEAD" || code == 304 {
        return Some(reply);
    }
    if reply.header("transfer-encoding") == Some("chunked") {
        while let Some(chunk) = read_chunk(stream) {
            reply.body.extend(chunk);
        }
    } else if let Some(length) = reply.header("content-length") {
        reply.body = vec![0; length.parse().ok()?];
        stream.read_exact(&mut reply.body).ok()?;
    } else {
        stream.read_to_end(&mut reply.body).ok()?;
    }
    Some(reply)
}

/// Reads up to the empty line.
pub fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    String::from_utf8(head).ok()
}

/// Reads one chunk; `None` at the last.
pub fn read_chunk(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut line = Vec::new();
    while !line.ends_with(b"\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        line.push(byte[0]);
    }
    let text = String::from_utf8(line).ok()?;
    let length = usize::from_str_radix(text.trim(), 16).ok()?;
    let mut chunk = vec![0; length + 2];
    stream.read_exact(&mut chunk).ok()?;
    chunk.truncate(length);
    (length > 0).then_some(chunk)
}
