//! The read-only endpoint of the real daemon.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::io::Write;
use std::net::TcpStream;

use crate::support::http::{read_chunk, read_head, read_reply};
use crate::support::world::World;
use serde_json::{Value, json};

const QUICK: &str = "bot_config: {shell: 'exit 0'}\nschedule_type: manual";

/// Server-sent events as they come.
struct Follower {
    stream: TcpStream,
    text: String,
}

impl Follower {
    fn new(world: &World, last: Option<&str>) -> Follower {
        let last = last.map_or(String::new(), |id| format!("Last-Event-ID: {id}\r\n"));
        Follower::asking(world, "", &last)
    }

    fn asking(world: &World, query: &str, header: &str) -> Follower {
        let mut stream = world.connect();
        write!(
            stream,
            "GET /scheduler/events{query} HTTP/1.1\r\nHost: localhost\r\n{header}\r\n"
        )
        .unwrap();
        let head = read_head(&mut stream).unwrap();
        for line in [
            "content-type: text/event-stream",
            "x-accel-buffering: no",
            "cache-control: no-cache, no-transform",
        ] {
            assert!(head.contains(line), "{head}");
        }
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
            let chunk = read_chunk(&mut self.stream).expect("the stream continues");
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

/// Changes come as events.
#[test]
fn events_are_replayed_to_returning_readers() {
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

    // A page names the change that its script follows on after; a browser that comes back says so
    // in the head.
    let page = world.get("/").text();
    let (_, behind) = page.split_once("data-live=\"").unwrap();
    let shown = behind.split('"').next().unwrap();
    world.job("c", QUICK);
    world.until("c is known", |w| w.get("/scheduler/jobs/c").code == 200);
    let query = format!("?after={shown}");
    for (header, next) in [
        (String::new(), "c"),
        (format!("Last-Event-ID: {id}\r\n"), "b"),
    ] {
        let mut behind = Follower::asking(&world, &query, &header);
        let (_, job) = behind.find(|kind, _| kind == "job");
        assert_eq!(job["job_id"], next, "{header}");
    }

    world.kill();
    world.start();
    let mut later = Follower::new(&world, Some(&id));
    assert_eq!(later.next().0, "reset", "another daemon's ids are gone");
}

/// A daemon with one job of each kind, and runs that ended in different ways.
fn busy() -> World {
    let mut world = World::new();
    world.file(
        "birthday",
        "name: Birthdays\nbot_type: birthday\nschedule_type: daily\n\
        schedule_config: {hour: 8, minute: 0}\n",
    );
    world.file(
        "visitor",
        "name: Visits\nbot_type: visitor\nschedule_type: weekly\n\
        schedule_config: {day_of_week: 'mon,wed,fri', hour: 14, minute: 30}\n\
        description: every other day\n",
    );
    let report =
        "echo '{\"messages_sent\": 3, \"profiles_visited\": 2, \"note\": \"n\"}' > $JOBSD_RESULT";
    world.job(
        "counts",
        &format!("bot_config: {{shell: {report:?}}}\nschedule_type: manual"),
    );
    world.job(
        "fails",
        "bot_config: {shell: 'printf abcdefghij; exit 3'}\nschedule_type: manual",
    );
    world.job(
        "slow",
        "bot_config: {command: [sleep, '600']}\nschedule_type: manual",
    );
    world.start();
    for id in ["counts", "fails", "slow"] {
        assert_eq!(world.jobsd(&["run", id]).0, Some(0));
    }
    assert_eq!(world.jobsd(&["pause", "visitor", "--for", "2h"]).0, Some(0));
    let status =
        |w: &World, id: &str| w.json(&format!("/scheduler/jobs/{id}"))["last_run_status"].clone();
    world.until("the runs are over", |w| {
        status(w, "counts") == "success" && status(w, "fails") == "failed"
    });
    world
}

/// Its own or its default.
#[test]
fn every_planned_field_has_a_value() {
    let world = busy();
    let job = world.json("/scheduler/jobs/birthday");
    for (key, value) in [
        ("id", json!("birthday")),
        ("name", json!("Birthdays")),
        ("description", Value::Null),
        ("bot_type", json!("birthday")),
        ("enabled", json!(true)),
        ("schedule_type", json!("daily")),
        ("schedule_config", json!({"hour": 8, "minute": 0})),
        ("last_run_at", Value::Null),
        ("last_run_status", Value::Null),
        ("last_run_error", Value::Null),
        ("max_instances", json!(1)),
        ("misfire_grace_time", json!(3600)),
        ("coalesce", json!(true)),
    ] {
        assert_eq!(job[key], value, "{key}");
    }
    for (key, value) in [
        ("dry_run", json!(false)),
        ("process_late", json!(false)),
        ("max_days_late", json!(7)),
        ("max_messages_per_run", json!(10)),
    ] {
        assert_eq!(job["bot_config"][key], value, "bot_config.{key}");
    }
    for key in ["created_at", "updated_at", "next_run_at"] {
        assert!(job[key].is_string(), "{key}");
    }
    let visitor = world.json("/scheduler/jobs/visitor");
    assert_eq!(visitor["bot_config"]["dry_run"], false);
    assert_eq!(visitor["bot_config"]["limit"], 50);
    let log = world.json("/scheduler/jobs/counts/history")[0].clone();
    assert!(
        log["id"].is_string() && log["started_at"].is_string() && log["finished_at"].is_string()
    );
    for (key, value) in [
        ("job_id", json!("counts")),
        ("status", json!("success")),
        ("result", json!({"note": "n"})),
        ("error", Value::Null),
        ("messages_sent", json!(3)),
        ("profiles_visited", json!(2)),
    ] {
        assert_eq!(log[key], value, "{key}");
    }
    let failed = world.json("/scheduler/jobs/fails/history")[0].clone();
    assert_eq!(failed["messages_sent"], 0, "0 where nothing was counted");
    let list = world.json("/scheduler/jobs?enabled_only=true");
    let ids: Vec<&str> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|job| job["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids,
        ["birthday", "counts", "fails", "slow"],
        "visitor is paused"
    );
}

#[test]
fn every_answer_has_the_shape_that_the_document_says() {
    let world = busy();
    let document = world.json("/openapi.json");
    assert_eq!(document["openapi"], "3.1.0");
    let run = world.json("/scheduler/jobs/counts/history")[0]["id"].clone();
    let mut checked = 0;
    for route in &jobsd::shell::http::routes::ROUTES {
        let path = route.path;
        let described = &document["paths"][path]["get"];
        if described.is_null() {
            assert!(!path.starts_with("/scheduler"), "{path} is not described");
            continue;
        }
        let content = &described["responses"]["200"]["content"];
        if path == "/scheduler/events" {
            continue;
        }
        let id = if path.contains("/runs/") {
            run.as_str().unwrap()
        } else {
            "counts"
        };
        let reply = world.get(&path.replace("{id}", id));
        assert_eq!(reply.code, 200, "{path}");
        let kind = reply
            .header("content-type")
            .unwrap()
            .split(';')
            .next()
            .unwrap();
        assert!(content[kind].is_object(), "{path} answers {kind}");
        if kind == "application/json" {
            let mut schema = content[kind]["schema"].clone();
            schema["components"] = document["components"].clone();
            let validator = jsonschema::validator_for(&schema).unwrap();
            let errors: Vec<String> = validator
                .iter_errors(&reply.json())
                .map(|e| format!("{e} at {}", e.instance_path()))
                .collect();
            assert_eq!(errors, Vec::<String>::new(), "{path}");
        }
        checked += 1;
    }
    assert!(checked >= 11, "{checked} routes");
    let missing = world.get("/scheduler/jobs/nothing");
    assert_eq!(
        (missing.code, missing.json()),
        (404, json!({"detail": "Job nothing not found"}))
    );
    for bad in [
        "/scheduler/jobs?enabled_only=maybe",
        "/scheduler/jobs/counts/history?limit=0",
        "/scheduler/jobs/counts/history?limit=501",
        "/scheduler/jobs/counts/history?limit=ten",
        "/scheduler/runs?status=fine",
        "/scheduler/runs?trigger=magic",
        "/scheduler/runs?since=yesterday",
        "/scheduler/runs?cursor=zzz",
        "/scheduler/runs?format=csv",
        "/scheduler/runs?job_id=../../etc",
        "/scheduler/runs?limit=%ff",
    ] {
        let reply = world.get(bad);
        assert_eq!(reply.code, 400, "{bad}");
        assert!(reply.json()["detail"].is_string(), "{bad}");
    }
}

/// Runs of a job `old` at the first of January 2026, a minute each, in the history of a daemon that
/// starts later.
fn with_old_runs(count: u32, result: &Value) -> World {
    let mut world = World::new();
    let line = |n: u32| {
        let at = format!("2026-01-01T{:02}:{:02}:00Z", n / 60, n % 60);
        let is_bad = n.is_multiple_of(100);
        let status = if is_bad { "failed" } else { "success" };
        json!({
            "v": 1, "type": "run", "id": format!("0190f5b0-0000-7000-8000-{n:012x}"),
            "job_id": "old",
            "scheduled_at": at, "started_at": at, "finished_at": at, "status": status,
            "reason": null,
            "error": null, "trigger": "schedule", "attempt": 1, "exit_code": 0, "signal": null,
            "dry_run": false,
            "messages_sent": null, "profiles_visited": null, "result": result, "output_bytes": 0,
            "revision": null, "file": "jobs.d/old.yaml", "digest": "", "host": "h"
        })
        .to_string()
    };
    let lines: Vec<String> = (0..count).map(line).collect();
    let history = world.path(".jobsd/history");
    fs::create_dir_all(&history).unwrap();
    fs::write(history.join("2026-01-01.jsonl"), lines.join("\n") + "\n").unwrap();
    world.start();
    world
}

/// All in one answer.
#[test]
fn matching_runs_come_as_lines() {
    let world = with_old_runs(1_200, &Value::Null);
    let reply = world.get("/scheduler/runs?format=jsonl");
    let is = |name: &str, part: &str| reply.header(name).unwrap().contains(part);
    assert!(is("content-type", "application/x-ndjson"), "{}", reply.head);
    assert!(is("content-disposition", "runs.jsonl"), "{}", reply.head);
    let text = reply.text();
    let lines = text.lines().map(serde_json::from_str::<Value>);
    let runs: Vec<Value> = lines.map(Result::unwrap).collect();
    assert_eq!(runs.len(), 1_200);
    assert_eq!(runs[0]["scheduled_at"], "2026-01-01T19:59:00.000Z");
    assert_eq!(runs[1_199]["scheduled_at"], "2026-01-01T00:00:00.000Z");
    // The same objects as in pages.
    assert_eq!(world.json("/scheduler/runs?limit=1")["runs"][0], runs[0]);
    let failed = world.get("/scheduler/runs?format=jsonl&status=failed&until=2026-01-01T10:00:00Z");
    assert_eq!(failed.text().lines().count(), 6);
    let none = world.get("/scheduler/runs?format=jsonl&job_id=nobody");
    assert_eq!((none.code, none.text().as_str()), (200, ""));
}

/// Their number is bounded.
#[test]
fn slow_readers_hold_nobody_else_up() {
    // More than any socket holds, so that an answer lasts as long as its reader is slow.
    let world = with_old_runs(500, &json!({"text": "x".repeat(60_000)}));
    let slow = |_| {
        let mut stream = world.connect();
        write!(
            stream,
            "GET /scheduler/runs?format=jsonl HTTP/1.1\r\nHost: localhost\r\n\r\n"
        )
        .unwrap();
        assert!(read_head(&mut stream).unwrap().starts_with("HTTP/1.1 200"));
        stream
    };
    let held: Vec<TcpStream> = (0..8).map(slow).collect();
    let refused = world.get("/scheduler/runs?format=jsonl");
    assert_eq!(
        (refused.code, refused.header("retry-after")),
        (503, Some("5"))
    );
    assert_eq!(world.get("/scheduler/runs?limit=1").code, 200);
    assert_eq!(world.get("/health").code, 200);
    drop(held);
    world.until("a place", |world| {
        world.get("/scheduler/runs?format=jsonl&status=failed").code == 200
    });
}

#[test]
fn runs_come_in_pages_and_by_what_is_asked() {
    let world = busy();
    let mut seen = Vec::new();
    let mut path = "/scheduler/runs?limit=1".to_owned();
    loop {
        let reply = world.get(&path);
        let page = reply.json();
        assert!(page["runs"].as_array().unwrap().len() <= 1);
        seen.extend(
            page["runs"]
                .as_array()
                .unwrap()
                .iter()
                .map(|run| run["job_id"].as_str().unwrap().to_owned()),
        );
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        let link = reply.header("link").unwrap();
        assert!(
            link.contains("limit=1") && link.contains(cursor) && link.contains("rel=\"next\""),
            "{link}"
        );
        path = format!("/scheduler/runs?limit=1&cursor={cursor}");
    }
    seen.sort();
    assert_eq!(seen, ["counts", "fails", "slow"]);
    let failed = world.json("/scheduler/runs?status=failed&trigger=manual");
    assert_eq!(failed["runs"].as_array().unwrap().len(), 1);
    assert_eq!(failed["runs"][0]["exit_code"], 3);
    let none = world.json("/scheduler/runs?until=2020-01-01T00:00:00Z");
    assert_eq!(none, json!({"runs": [], "next_cursor": null}));
    let id = failed["runs"][0]["id"].as_str().unwrap();
    assert_eq!(
        world.json(&format!("/scheduler/runs/{id}"))["job_id"],
        "fails"
    );
    assert_eq!(
        world
            .get("/scheduler/runs/019a9bd1-02f4-7000-8000-000000000000")
            .code,
        404
    );
}

#[test]
fn output_is_plain_text_and_has_ranges() {
    let world = busy();
    let id = world.json("/scheduler/runs?job_id=fails")["runs"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/scheduler/runs/{id}/output");
    let whole = world.get(&path);
    // Lines in the form of Kubernetes container logs: time, stream, whole or part, text.
    let text = whole.text();
    assert!(
        text.ends_with(" stdout P abcdefghij\n") || text.ends_with(" stdout F abcdefghij\n"),
        "{text}"
    );
    let length = text.len();
    assert_eq!(
        whole.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(whole.header("accept-ranges"), Some("bytes"));
    let range = |text: &str| world.request("GET", &path, &[("Range", text)], b"");
    let part = range("bytes=2-4");
    assert_eq!((part.code, part.text().as_str()), (206, &text[2..5]));
    let shown = format!("bytes 2-4/{length}");
    assert_eq!(part.header("content-range"), Some(shown.as_str()));
    assert_eq!(range("bytes=-3").text(), &text[length - 3..]);
    let beyond = range(&format!("bytes={length}-"));
    assert_eq!(
        (beyond.code, beyond.header("content-range")),
        (416, Some(format!("bytes */{length}").as_str()))
    );
    let tag = whole.header("etag").unwrap();
    assert_eq!(
        world
            .request("GET", &path, &[("If-None-Match", tag)], b"")
            .code,
        304
    );
    let none = world.json("/scheduler/runs?job_id=counts")["runs"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let empty = world.get(&format!("/scheduler/runs/{none}/output"));
    assert_eq!((empty.code, empty.body.len()), (200, 0));
}

/// Not to a client that has it; large ones are compressed.
#[test]
fn an_answer_is_not_sent_twice() {
    let world = busy();
    let first = world.get("/scheduler/jobs");
    let tag = first.header("etag").unwrap();
    assert_eq!(first.header("cache-control"), Some("no-cache"));
    let again = world.request("GET", "/scheduler/jobs", &[("If-None-Match", tag)], b"");
    assert_eq!((again.code, again.body.len()), (304, 0));
    assert_eq!(again.header("etag"), Some(tag));
    let packed = world.request(
        "GET",
        "/scheduler/jobs",
        &[("Accept-Encoding", "gzip")],
        b"",
    );
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert!(packed.body.len() * 2 < first.body.len());
    let mut text = String::new();
    std::io::Read::read_to_string(
        &mut flate2::read::GzDecoder::new(&packed.body[..]),
        &mut text,
    )
    .unwrap();
    assert_eq!(text, first.text());
    assert_eq!(world.jobsd(&["pause", "counts"]).0, Some(0));
    let changed = world.request("GET", "/scheduler/jobs", &[("If-None-Match", tag)], b"");
    assert_eq!(changed.code, 200, "a pause changes the answer");
}

/// On every route; other methods have no effect.
#[test]
fn only_get_and_head_are_allowed() {
    let world = busy();
    let before = world.lines().len();
    let names = [
        "/scheduler/jobs/counts/run",
        "/scheduler/jobs/counts/toggle",
        "/scheduler/jobs/counts/pause",
        "/scheduler/runs/x/cancel",
        "/scheduler/reload",
        "/login",
        "/nowhere",
    ];
    let pages = jobsd::page::PAGES.map(|(path, _)| path);
    let routes = jobsd::shell::http::routes::ROUTES
        .iter()
        .map(|route| route.path)
        .chain(pages)
        .chain(["/assets/{name}"])
        .map(|path| path.replace("{id}", "counts"));
    for path in routes.chain(names.map(str::to_owned)) {
        for method in [
            "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "get",
        ] {
            for extra in [
                ("X-HTTP-Method-Override", "GET"),
                ("Origin", "https://evil.example"),
            ] {
                let reply = world.request(method, &path, &[extra], b"{}");
                assert_eq!(reply.code, 405, "{method} {path}");
                assert_eq!(reply.header("allow"), Some("GET, HEAD"), "{method} {path}");
                assert_eq!(reply.header("access-control-allow-origin"), None);
                assert!(reply.json()["detail"].is_string());
            }
        }
        let head = world.request("HEAD", &path, &[], b"");
        let other = world.request("HEAD", &path, &[("Host", "evil.example")], b"");
        assert_eq!(other.code, 421, "{path}");
        assert_eq!(head.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(head.header("referrer-policy"), Some("no-referrer"));
        let is_page = head
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("text/html"));
        let policy = head.header("content-security-policy").unwrap();
        assert!(
            policy.contains(if is_page {
                "default-src 'self'"
            } else {
                "default-src 'none'"
            }),
            "{path}: {policy}"
        );
        assert!(
            policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
    }
    let write = world.request("PUT", "/scheduler/jobs/counts", &[], b"{}");
    assert!(
        write.json()["detail"]
            .as_str()
            .unwrap()
            .contains("jobs.d/counts.yaml"),
        "the file to edit"
    );
    assert_eq!(world.lines().len(), before, "no effect");
}

/// And the next one is served.
#[test]
fn a_malformed_request_is_refused() {
    let world = busy();
    let long = "a".repeat(8 << 20);
    let many: String = (0..1_000_000).map(|n| format!("k{n}=1&")).collect();
    let headers: String = (0..2_000).map(|n| format!("X-{n}: {n}\r\n")).collect();
    let host = "Host: localhost\r\nConnection: close\r\n";
    let cases = [
        format!("GET /{long} HTTP/1.1\r\n{host}\r\n"),
        format!("GET /scheduler/jobs?{many} HTTP/1.1\r\n{host}\r\n"),
        format!("GET /health HTTP/1.1\r\n{host}X: {long}\r\n\r\n"),
        format!("GET /health HTTP/1.1\r\n{host}{headers}\r\n"),
        format!("GET /scheduler/jobs/%ff HTTP/1.1\r\n{host}\r\n"),
        format!("GET /scheduler/jobs/%00 HTTP/1.1\r\n{host}\r\n"),
        format!("GET /scheduler/jobs/../../etc/passwd HTTP/1.1\r\n{host}\r\n"),
        format!("GET /scheduler/runs/%2e%2e%2f%2e%2e%2flock/output HTTP/1.1\r\n{host}\r\n"),
        format!("GET /scheduler/runs/..\\..\\lock/output HTTP/1.1\r\n{host}\r\n"),
        format!("GET http://evil.example/health HTTP/1.1\r\n{host}\r\n"),
        "GET /health HTTP/1.1\r\nConnection: close\r\n\r\n".to_owned(),
        format!(
            "GET /scheduler/jobs?{} HTTP/1.1\r\n{host}\r\n",
            "a=1&".repeat(1_000)
        ),
        format!("GET /health HTTP/1.1\r\n{host}Host: localhost\r\n\r\n"),
        format!("GET http://localhost/health HTTP/1.1\r\n{host}Host: evil.example\r\n\r\n"),
        "GET http://localhost/health HTTP/1.1\r\nConnection: close\r\n\r\n".to_owned(),
        "GET /health\r\n\r\n".to_owned(),
        "\u{1}\u{2}\u{3}\r\n\r\n".to_owned(),
        format!("POST /health HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\nzz\r\nx"),
    ];
    for case in &cases {
        let mut stream = world.connect();
        // The server may close before it has read all of it.
        let _ = stream.write_all(case.as_bytes());
        let shown: String = case.chars().take(80).collect();
        if let Some(reply) = read_reply(&mut stream, "GET") {
            assert!((400..500).contains(&reply.code), "{shown}: {}", reply.code);
        }
        assert_eq!(world.get("/health").code, 200, "behind {shown}");
    }
    let mut stream = world.connect();
    let one = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
    stream.write_all(one.repeat(20).as_bytes()).unwrap();
    for _ in 0..20 {
        assert_eq!(
            read_reply(&mut stream, "GET").unwrap().code,
            200,
            "pipelined"
        );
    }
    assert!(!world.log().contains("panicked"));
}

/// Five hundred of them do not fill the memory either.
#[test]
fn slow_clients_do_not_delay_jobs() {
    let mut world = World::new();
    world.job(
        "tick",
        "bot_config: {command: ['true']}\nschedule_type: interval\nschedule_config: {seconds: 1}",
    );
    world.start();
    let pid = world.daemon.as_ref().unwrap().id();
    let rss = || {
        let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = text
            .lines()
            .find(|line| line.starts_with("VmRSS"))
            .unwrap()
            .to_owned();
        line.split_whitespace()
            .nth(1)
            .unwrap()
            .parse::<u64>()
            .unwrap()
    };
    world.until("a first run", |w| !w.records("tick").is_empty());
    let before = rss();
    let mut slow: Vec<TcpStream> = (0..500).map(|_| world.connect()).collect();
    for stream in &mut slow {
        stream.write_all(b"GET /health HTTP/1.1\r\nX").unwrap();
    }
    let others = world.get("/health");
    assert_eq!(others.code, 200, "others are served meanwhile");
    for stream in &mut slow {
        let mut rest = Vec::new();
        // It ends by the server's deadline: a read limit of the test would be an error of another
        // kind.
        let end = std::io::Read::read_to_end(stream, &mut rest);
        let kind = end.err().map(|error| error.kind());
        assert!(
            matches!(kind, None | Some(std::io::ErrorKind::ConnectionReset)),
            "still open: {kind:?}"
        );
    }
    assert!(
        rss() < before + 50_000,
        "{before} kB before, {} kB after",
        rss()
    );
    let late = |run: &Value| {
        let at = |key: &str| {
            run[key]
                .as_str()
                .unwrap()
                .parse::<jobsd::time::Timestamp>()
                .unwrap()
        };
        at("started_at")
            .duration_since(at("scheduled_at"))
            .as_secs_f64()
    };
    let runs = world.records("tick");
    let worst = runs
        .iter()
        .filter(|run| run["started_at"].is_string())
        .map(late)
        .fold(0.0, f64::max);
    assert!(
        runs.len() >= 4 && worst < 1.0,
        "{} runs, {worst} s late at worst",
        runs.len()
    );
}

#[test]
fn metrics_count_what_happened_since_the_start() {
    let world = busy();
    let reply = world.get("/metrics");
    let text = reply.text();
    for line in [
        "jobsd_runs_total{job=\"counts\",status=\"success\",reason=\"\"} 1",
        "jobsd_runs_total{job=\"fails\",status=\"failed\",reason=\"exit\"} 1",
        "jobsd_job_failing{job=\"fails\"} 1",
        "jobsd_jobs_paused 1",
        "jobsd_runs_running 1",
        "jobsd_files_invalid 0",
        "jobsd_run_duration_seconds_count 2",
        "jobsd_healthy 1",
    ] {
        assert!(text.contains(&format!("{line}\n")), "{line} in\n{text}");
    }
    assert!(text.contains("jobsd_job_last_success_timestamp_seconds{job=\"counts\"} "));
    assert!(text.contains("jobsd_build_info{version="));
}
