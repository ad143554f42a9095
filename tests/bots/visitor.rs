//! The visitor bot against a real web server: what each field and bound does, by what the server
//! was asked.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::support::bots::{BotFolder, Ended};
use crate::support::http::Nobody;
use crate::support::web::{Request, Web, page, redirect};
use serde_json::{Value, json};

const DAY: &str = "2026-03-12";

/// Pages without a `robots.txt`; each has its path as title.
fn site() -> Web {
    Web::new(|request| match request.path.as_str() {
        "/robots.txt" => page("404 Not Found", "text/plain", ""),
        path => page("200 OK", "text/html", &format!("<title>At {path}</title>")),
    })
}

fn config(keys: Value) -> Value {
    let mut config = json!({"addresses": "pages.txt", "delay_secs": 0});
    for (key, value) in keys.as_object().unwrap() {
        config[key] = value.clone();
    }
    config
}

fn list(web: &Web, paths: &[&str]) -> String {
    paths.iter().map(|path| web.url(path) + "\n").collect()
}

fn visit(world: &BotFolder, keys: Value) -> Ended {
    world.run("visitor", &config(keys), DAY, &[])
}

/// The pages asked for, without `robots.txt`.
fn asked(web: &Web) -> Vec<String> {
    let paths = web.take_paths().into_iter();
    paths.filter(|path| path != "/robots.txt").collect()
}

#[test]
fn pages_are_visited_noted_and_compared() {
    let is_new = Arc::new(AtomicBool::new(false));
    let changed = is_new.clone();
    let web = Web::new(move |request| match request.path.as_str() {
        "/a" if changed.load(Ordering::SeqCst) => page("200 OK", "text/html", "<title>New</title>"),
        "/robots.txt" => page("404 Not Found", "text/plain", ""),
        _ => page("200 OK", "text/html", "<title>Old &amp; good</title>"),
    });
    let world = BotFolder::new();
    world.write(
        "pages.txt",
        format!("# my pages\n\n{}", list(&web, &["/a", "/b"])),
    );
    let first = visit(&world, json!({}));
    assert_eq!(
        (
            first.code,
            first.count("profiles_visited"),
            first.count("changed")
        ),
        (Some(0), 2, 0),
        "{first:?}"
    );
    assert!(first.out.contains("/a: 200: Old & good"), "{}", first.out);
    is_new.store(true, Ordering::SeqCst);
    let second = visit(&world, json!({}));
    assert_eq!(
        (second.count("profiles_visited"), second.count("changed")),
        (2, 1)
    );
    assert!(
        second.out.contains("/a: 200, changed: New"),
        "{}",
        second.out
    );
    let requests: Vec<Request> = web.take();
    assert!(requests.iter().all(|r| r.method == "GET"));
    let agent = requests[0].header("user-agent");
    assert!(
        agent.starts_with("jobsd/") && agent.ends_with("(visitor bot)"),
        "{agent}"
    );
    visit(&world, json!({"contact": "ops@example.org"}));
    assert!(
        web.take()[0]
            .header("user-agent")
            .ends_with("(visitor bot; +ops@example.org)")
    );
    let ledger = std::fs::read_to_string(world.path("state/visited.jsonl")).unwrap();
    assert!(
        ledger.contains("\"status\":200,\"title\":\"Old & good\""),
        "{ledger}"
    );
}

/// The page that was visited longest ago comes first.
#[test]
fn limit_bounds_the_pages_of_a_run() {
    let (world, web) = (BotFolder::new(), site());
    let paths: Vec<String> = (0..60).map(|n| format!("/p{n}")).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    world.write("pages.txt", list(&web, &paths));
    let first = visit(&world, json!({"limit": 25}));
    assert_eq!(
        (first.count("profiles_visited"), first.count("left")),
        (25, 35)
    );
    assert_eq!(asked(&web), paths[..25]);
    visit(&world, json!({"limit": 25}));
    assert_eq!(asked(&web), paths[25..50]);
    visit(&world, json!({"limit": 25}));
    assert_eq!(asked(&web), [&paths[50..], &paths[..15]].concat());
    let default = visit(&world, json!({}));
    assert_eq!(default.count("profiles_visited"), 50);
    assert_eq!(
        visit(&world, json!({"limit": 1})).count("profiles_visited"),
        1
    );
    assert_eq!(
        visit(&world, json!({"limit": 500})).count("profiles_visited"),
        60
    );
}

/// However its address is written, and however it is reached.
#[test]
fn no_page_is_visited_twice_in_a_run() {
    let web = Web::new(|request| match request.path.as_str() {
        "/robots.txt" => page("404 Not Found", "text/plain", ""),
        "/to-a" => redirect("/a#x"),
        "/to-late" => redirect("late"),
        "/loop" => redirect("/loop"),
        _ => page("200 OK", "text/html", "x"),
    });
    let world = BotFolder::new();
    let text = list(
        &web,
        &[
            "/a", "/a#top", "/b/../a", "/to-a", "/to-late", "/late", "/loop",
        ],
    );
    world.write(
        "pages.txt",
        text + "ftp://127.0.0.1/x\nnot a page\nhttp://user:pass@127.0.0.1/\n",
    );
    let ended = visit(&world, json!({}));
    let paths = asked(&web);
    let unique: BTreeSet<&String> = paths.iter().collect();
    assert_eq!(unique.len(), paths.len(), "{paths:?}");
    assert_eq!(paths, ["/a", "/to-a", "/to-late", "/late", "/loop"]);
    assert_eq!(
        (
            ended.count("profiles_visited"),
            ended.count("failed"),
            ended.count("ignored")
        ),
        (2, 2, 5),
        "{ended:?}"
    );
    for told in [
        "pages.txt:2: the same page",
        "pages.txt:8: \"ftp://127.0.0.1/x\" is not the address",
        "pages.txt:9: ",
        "pages.txt:10: ",
    ] {
        assert!(ended.out.contains(told), "{told}\n{}", ended.out);
    }
}

#[test]
fn a_retry_resumes_where_the_kill_was() {
    let is_killed = Arc::new(AtomicBool::new(false));
    let killed = is_killed.clone();
    let web = Web::new(move |request| match request.path.as_str() {
        "/robots.txt" => page("404 Not Found", "text/plain", ""),
        "/b" => {
            while !killed.load(Ordering::SeqCst) {
                std::thread::yield_now();
            }
            None
        }
        _ => page("200 OK", "text/html", "x"),
    });
    let world = BotFolder::new();
    world.write("pages.txt", list(&web, &["/a", "/b", "/c", "/d"]));
    let env = [("JOBSD_RUN_ID", "the-run")];
    let (mut child, _) = world.start("visitor", &config(json!({"limit": 3})), DAY, &env);
    let end = Instant::now() + Duration::from_secs(20);
    let mut first = Vec::new();
    while !first.contains(&"/b".to_owned()) {
        assert!(Instant::now() < end, "/b was not asked for");
        std::thread::yield_now();
        first.extend(asked(&web));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    is_killed.store(true, Ordering::SeqCst);
    assert_eq!(first, ["/a", "/b"]);
    world.run("visitor", &config(json!({"limit": 3})), DAY, &env);
    assert_eq!(asked(&web), ["/c"], "three in the run, none twice");
    let next = [("JOBSD_RUN_ID", "next")];
    world.run("visitor", &config(json!({"limit": 3})), DAY, &next);
    assert_eq!(asked(&web), ["/d", "/a", "/b"]);
}

#[test]
fn redirects_are_followed_as_far_as_max_redirects_goes() {
    let web = Web::new(|request| match request.path.as_str() {
        "/robots.txt" => page("404 Not Found", "text/plain", ""),
        "/end" => page("200 OK", "text/html", "<title>End</title>"),
        "/r1" => redirect("/end"),
        "/file" => redirect("file:///etc/passwd"),
        path => redirect(&format!("/r{}", path[2..].parse::<u32>().unwrap() - 1)),
    });
    let ended = |path: &str, keys: Value| {
        let world = BotFolder::new();
        world.write("pages.txt", list(&web, &[path]));
        let ended = visit(&world, keys);
        (ended.count("profiles_visited"), asked(&web).len(), ended)
    };
    let (visited, requests, told) = ended("/r5", json!({}));
    assert_eq!((visited, requests), (1, 6), "{told:?}");
    let (visited, requests, told) = ended("/r6", json!({}));
    assert_eq!((visited, requests, told.code), (0, 6, Some(1)));
    assert!(told.out.contains("more than 5 redirects"), "{}", told.out);
    assert_eq!(ended("/r1", json!({"max_redirects": 0})).0, 0);
    assert_eq!(ended("/r20", json!({"max_redirects": 20})).0, 1);
    let (_, requests, told) = ended("/file", json!({}));
    assert_eq!(requests, 1);
    assert!(told.out.contains("which is not a page"), "{}", told.out);
}

/// For redirects too; a host that cannot give it is left alone.
#[test]
fn robots_txt_is_heeded() {
    let web = Web::new(|request| match request.path.as_str() {
        "/robots.txt" => page(
            "200 OK",
            "text/plain",
            "User-agent: *\nDisallow: /\n\nUser-agent: jobsd\nDisallow: /private\n\
            Allow: /private/open\n",
        ),
        "/go" => redirect("/private/x"),
        _ => page("200 OK", "text/html", "x"),
    });
    let world = BotFolder::new();
    world.write(
        "pages.txt",
        list(&web, &["/private/a", "/private/open", "/go", "/free?q=1"]),
    );
    let ended = visit(&world, json!({"limit": 3}));
    assert_eq!(
        web.take_paths(),
        ["/robots.txt", "/private/open", "/go", "/free?q=1"],
        "asked for once"
    );
    assert_eq!(
        (ended.count("profiles_visited"), ended.count("blocked")),
        (2, 2),
        "{ended:?}"
    );
    let broken = Web::new(|request| match request.path.as_str() {
        "/robots.txt" => page("503 Later", "text/plain", ""),
        _ => page("200 OK", "text/html", "x"),
    });
    world.write("pages.txt", list(&broken, &["/a"]));
    let ended = visit(&world, json!({}));
    assert_eq!(
        (broken.take_paths(), ended.count("failed")),
        (vec!["/robots.txt".to_owned()], 1),
        "{ended:?}"
    );
}

/// The longer one of the job's and the host's own wish.
#[test]
fn each_host_has_its_own_pause() {
    let wish = Web::new(|request| match request.path.as_str() {
        "/robots.txt" => page("200 OK", "text/plain", "User-agent: *\nCrawl-delay: 1\n"),
        _ => page("200 OK", "text/html", "x"),
    });
    let plain = site();
    let world = BotFolder::new();
    world.write(
        "pages.txt",
        list(&plain, &["/a"])
            + &list(&wish, &["/a"])
            + &list(&plain, &["/b"])
            + &list(&wish, &["/b"]),
    );
    visit(&world, json!({"delay_secs": 0}));
    let gap = |web: &Web| {
        let requests = web.take();
        let times: Vec<Instant> = requests
            .iter()
            .filter(|r| r.path != "/robots.txt")
            .map(|r| r.at)
            .collect();
        times[1] - times[0]
    };
    assert!(gap(&wish) >= Duration::from_millis(990));
    assert!(gap(&plain) >= Duration::ZERO);
    visit(&world, json!({"delay_secs": 2}));
    assert!(gap(&plain) >= Duration::from_millis(1990));
    assert!(
        gap(&wish) >= Duration::from_millis(1990),
        "the longer of the two"
    );
}

/// Slow, broken and endless ones.
#[test]
fn bad_pages_cost_only_their_time() {
    let web = Web::new(|request| match request.path.as_str() {
        "/robots.txt" => page("404 Not Found", "text/plain", ""),
        "/silent" => Some(Vec::new()),
        "/gone" => page("404 Not Found", "text/html", "x"),
        "/cut" => Some(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx".to_vec()),
        "/huge" => page(
            "200 OK",
            "text/html",
            &format!("<title>Huge</title>{}", "x".repeat(8 << 20)),
        ),
        _ => page("200 OK", "text/html", "<title>Fine</title>"),
    });
    let world = BotFolder::new();
    let nobody = Nobody::new();
    let down = format!("http://{}/x\n", nobody.address);
    world.write(
        "pages.txt",
        list(&web, &["/silent", "/gone", "/cut", "/huge", "/fine"]) + &down,
    );
    let begun = Instant::now();
    let ended = visit(&world, json!({"timeout_secs": 1}));
    assert!(
        begun.elapsed() < Duration::from_secs(4),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(
        (
            ended.code,
            ended.count("profiles_visited"),
            ended.count("failed")
        ),
        (Some(0), 2, 4),
        "{ended:?}"
    );
    assert!(ended.out.contains("/huge: 200: Huge"));
    world.write("pages.txt", down);
    let ended = visit(&world, json!({}));
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("no page could be visited"), "{ended:?}");
}

#[test]
fn dry_run_asks_nobody_and_leaves_no_mark() {
    let (world, web) = (BotFolder::new(), site());
    world.write("pages.txt", list(&web, &["/a", "/b", "/c"]));
    let ended = visit(&world, json!({"dry_run": true, "limit": 2}));
    assert_eq!(
        (
            ended.code,
            ended.count("profiles_visited"),
            ended.count("would_visit"),
            ended.count("left")
        ),
        (Some(0), 0, 2, 1)
    );
    assert!(
        ended
            .out
            .contains(&format!("would visit {}", web.url("/a")))
    );
    assert_eq!(
        world
            .run(
                "visitor",
                &config(json!({})),
                DAY,
                &[("JOBSD_DRY_RUN", "1")]
            )
            .count("would_visit"),
        3
    );
    assert!(web.take().is_empty() && world.state().is_empty());
}

#[test]
fn addresses_come_from_text_sheets_and_cards() {
    let (world, web) = (BotFolder::new(), site());
    world.write(
        "list/a.csv",
        format!("name,url\nAna,{}\nBo,\n", web.url("/csv")),
    );
    world.write(
        "list/b.vcf",
        format!("BEGIN:VCARD\nFN:Ana\nURL:{}\nEND:VCARD\n", web.url("/vcf")),
    );
    world.write("list/c.txt", web.url("/txt"));
    let ended = visit(&world, json!({"addresses": "list"}));
    assert_eq!(asked(&web), ["/csv", "/vcf", "/txt"], "{ended:?}");
    let nowhere = world.run("visitor", &json!({}), DAY, &[]);
    assert_eq!((nowhere.code, nowhere.err.lines().count()), (Some(1), 1));
    assert!(
        nowhere.err.starts_with("`addresses` is not set"),
        "{nowhere:?}"
    );
}
