//! The read-only endpoint of the real daemon.
#![allow(clippy::unwrap_used, reason = "tests")]

mod world;

use std::io::Write;
use std::net::TcpStream;

use serde_json::Value;
use world::{World, read_chunk, read_head};

const QUICK: &str = "bot_config: {shell: 'exit 0'}\nschedule_type: manual";

/// Server-sent events as they come.
struct Follower {
    stream: TcpStream,
    text: String,
}

impl Follower {
    fn new(world: &World, last: Option<&str>) -> Follower {
        let mut stream = world.connect();
        let last = last.map_or(String::new(), |id| format!("Last-Event-ID: {id}\r\n"));
        write!(
            stream,
            "GET /scheduler/events HTTP/1.1\r\nHost: localhost\r\n{last}\r\n"
        )
        .unwrap();
        let head = read_head(&mut stream).unwrap();
        assert!(head.contains("content-type: text/event-stream"), "{head}");
        let text = String::new();
        Follower { stream, text }
    }

    /// The next event: its name, id and data.
    fn next(&mut self) -> (String, String, Value) {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    let lines = block.lines().find_map(|line| line.strip_prefix(name));
                    lines.unwrap_or_default().to_owned()
                };
                let (kind, id, data) = (field("event: "), field("id: "), field("data: "));
                self.text = rest.to_owned();
                if !kind.is_empty() {
                    return (kind, id, serde_json::from_str(&data).unwrap());
                }
                continue;
            }
            let chunk = read_chunk(&mut self.stream).expect("the stream goes on");
            self.text += &String::from_utf8(chunk).unwrap();
        }
    }

    /// The next event that these words pick.
    fn find(&mut self, pick: impl Fn(&str, &Value) -> bool) -> (String, Value) {
        loop {
            let (kind, id, data) = self.next();
            if pick(&kind, &data) {
                return (id, data);
            }
        }
    }
}

fn ended(kind: &str, data: &Value) -> bool {
    kind == "run" && data["status"] == "success"
}

#[test]
fn changes_come_as_events_and_are_replayed_to_who_comes_back() {
    let mut world = World::new();
    world.job("a", QUICK);
    world.start();
    let mut follower = Follower::new(&world, None);
    let (kind, first, _) = follower.next();
    assert_eq!(kind, "hello");
    let (code, out, err) = world.jobsd(&["run", "a"]);
    assert_eq!(code, Some(0), "{out}{err}");
    let (id, run) = follower.find(ended);
    assert_eq!(run["job_id"], "a");
    assert_eq!(run["messages_sent"], 0);
    drop(follower);

    world.job("b", QUICK);
    world.until("b is known", |w| w.get("/scheduler/jobs/b").code == 200);
    let mut back = Follower::new(&world, Some(&id));
    let (kind, _, _) = back.next();
    assert_eq!(kind, "hello");
    let (_, job) = back.find(|kind, _| kind == "job");
    assert_eq!(
        (&job["job_id"], &job["change"]),
        (&"b".into(), &"added".into())
    );

    let mut from_the_start = Follower::new(&world, Some(&first));
    let (_, run) = from_the_start.find(ended);
    assert_eq!(run["job_id"], "a");

    world.kill();
    world.start();
    let mut later = Follower::new(&world, Some(&id));
    assert_eq!(later.next().0, "reset", "another daemon's ids are gone");
}
