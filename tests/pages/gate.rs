//! Control over TCP: closed by default, and open only to the token.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Instant;

use crate::support::http::Reply;
use crate::support::world::World;
use serde_json::{Value, json};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const SLOW: &str = "bot_config: {command: [sleep, '600']}\nschedule_type: manual";

fn token_file(world: &World, text: &str, mode: u32) {
    fs::write(world.path("token"), text).unwrap();
    fs::set_permissions(world.path("token"), fs::Permissions::from_mode(mode)).unwrap();
}

/// A daemon with control over TCP.
fn open() -> World {
    let mut world = World::new();
    token_file(&world, &format!("{TOKEN}\n"), 0o600);
    world.config("control: {token_file: token}\n");
    world.job("slow", SLOW);
    world.job("off", &format!("enabled: false\n{SLOW}"));
    world.start();
    world
}

fn post(world: &World, path: &str, body: &str) -> Reply {
    let bearer = format!("Bearer {TOKEN}");
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Content-Type", "application/json"),
    ];
    world.request("POST", path, &headers, body.as_bytes())
}

/// It runs, pauses, resumes, cancels and reloads, and the journal says who did.
#[test]
fn the_token_opens_every_control() {
    let world = open();
    let run = post(&world, "/scheduler/jobs/slow/run", "");
    assert_eq!(run.code, 202, "{}", run.text());
    assert_eq!(
        run.json()["message"],
        "Job slow queued for immediate execution"
    );
    let run_id = run.json()["run_id"].as_str().unwrap().to_owned();
    assert_eq!(
        post(&world, "/scheduler/jobs/slow/run", "").code,
        409,
        "max_instances"
    );
    assert_eq!(post(&world, "/scheduler/jobs/nothing/run", "").code, 404);
    assert_eq!(
        post(&world, "/scheduler/jobs/slow/run?dry_run=true", "").code,
        400
    );
    let off = post(&world, "/scheduler/jobs/slow/toggle?enabled=false", "");
    assert_eq!(
        (off.code, off.json()["enabled"].clone()),
        (200, json!(false))
    );
    let on = post(&world, "/scheduler/jobs/slow/toggle", "{\"enabled\": true}");
    assert_eq!((on.code, on.json()["enabled"].clone()), (200, json!(true)));
    let disabled = post(&world, "/scheduler/jobs/off/toggle", "{\"enabled\": true}");
    assert_eq!(disabled.code, 409, "what the file disables stays so");
    assert!(
        disabled.json()["detail"]
            .as_str()
            .unwrap()
            .contains("off.yaml")
    );
    for bad in ["", "{\"enabled\": 3}", "{", "{\"enabled\": \"maybe\"}"] {
        assert_eq!(
            post(&world, "/scheduler/jobs/slow/toggle", bad).code,
            400,
            "{bad}"
        );
    }
    let body = "{\"reason\": \"r\", \"until\": \"2099-01-01T00:00:00Z\"}";
    let paused = post(&world, "/scheduler/jobs/slow/pause", body);
    assert_eq!(paused.json()["pause"]["reason"], "r");
    assert_eq!(paused.json()["pause"]["by"]["who"], "token");
    assert!(
        paused.json()["pause"]["by"]["from"]
            .as_str()
            .unwrap()
            .starts_with("127.0.0.1:")
    );
    assert_eq!(post(&world, "/scheduler/jobs/slow/resume", "").code, 200);
    assert_eq!(post(&world, "/scheduler/reload", "").code, 200);
    assert_eq!(
        post(&world, &format!("/scheduler/runs/{run_id}/cancel"), "").code,
        202
    );
    world.until("the cancel", |w| {
        w.records("slow")[0]["status"] == "cancelled"
    });
    let asked: Vec<(Value, Value)> = world
        .lines()
        .into_iter()
        .filter(|line| line["type"] == "control")
        .map(|line| (line["verb"].clone(), line["by"]["who"].clone()))
        .collect();
    let verbs: Vec<&str> = asked
        .iter()
        .map(|(verb, _)| verb.as_str().unwrap())
        .collect();
    assert_eq!(verbs, ["run", "run", "reload", "cancel"]);
    assert!(asked.iter().all(|(_, who)| who == "token"));
    for (method, path) in [
        ("POST", "/scheduler/jobs"),
        ("PUT", "/scheduler/jobs/slow"),
        ("DELETE", "/scheduler/jobs/slow"),
    ] {
        let bearer = format!("Bearer {TOKEN}");
        let reply = world.request(method, path, &[("Authorization", &bearer)], b"{}");
        assert_eq!(
            reply.code, 405,
            "{method}: files are edited in git, with or without a token"
        );
    }
    let log = world.log();
    assert!(!log.contains(TOKEN), "the token is not logged");
}

/// A wrong one takes as long as none.
#[test]
fn without_the_token_nothing_happens() {
    let world = open();
    let before = world.lines().len();
    let ask = |token: Option<&str>| {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let headers: Vec<(&str, &str)> = bearer
            .iter()
            .map(|text| ("Authorization", text.as_str()))
            .collect();
        world.request("POST", "/scheduler/jobs/slow/run", &headers, b"")
    };
    let none = ask(None);
    let wrong = ask(Some("0123456789abcdef0123456789abcdeX"));
    assert_eq!((none.code, wrong.code), (401, 401));
    assert_eq!(none.body, wrong.body);
    assert_eq!(none.header("www-authenticate"), Some("Bearer"));
    assert_eq!(world.lines().len(), before, "no effect");
    // Few, for the limit on guesses comes after ten.
    let time = |token: Option<&str>| {
        let start = Instant::now();
        assert_eq!(ask(token).code, 401);
        start.elapsed().as_micros()
    };
    let pairs = (0..4).map(|_| (time(None), time(Some("0123456789abcdef0123456789abcdeX"))));
    let (none, wrong): (Vec<u128>, Vec<u128>) = pairs.unzip();
    let (none, wrong) = (none.iter().min().unwrap(), wrong.iter().min().unwrap());
    eprintln!("at best {none} µs without a token, {wrong} µs with a wrong one");
    assert!(none.abs_diff(*wrong) < 5_000, "{none} µs and {wrong} µs");
    let codes: Vec<u16> = (0..15).map(|_| ask(Some("guess")).code).collect();
    assert_eq!(codes.last(), Some(&429), "guessing is slowed: {codes:?}");
    // Behind a proxy the guesses of a stranger come from the address of everybody.
    let codes: Vec<u16> = (0..40)
        .map(|_| post(&world, "/scheduler/reload", "").code)
        .collect();
    assert!(codes.iter().all(|code| *code == 200), "{codes:?}");
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let login = |token: &str| {
        world
            .request("POST", "/login", &form, format!("token={token}").as_bytes())
            .code
    };
    assert_eq!(login("guess"), 429);
    assert_eq!(login(TOKEN), 303);
}

/// Its forms carry a token of the session.
#[test]
fn a_browser_logs_in_once() {
    let world = open();
    let page = world.request("GET", "/login", &[("Accept-Language", "fr")], b"");
    assert_eq!(page.code, 200);
    assert!(page.text().contains("<html lang=\"fr\">") && page.text().contains("Jeton"));
    assert!(
        page.header("content-security-policy")
            .unwrap()
            .contains("form-action 'self'")
    );
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let wrong = world.request("POST", "/login", &[form], b"token=nonsense");
    assert_eq!((wrong.code, wrong.header("set-cookie")), (401, None));
    let body = format!("token={TOKEN}&name=Ana");
    let foreign = world.request(
        "POST",
        "/login",
        &[form, ("Origin", "https://evil.example")],
        body.as_bytes(),
    );
    assert_eq!(foreign.code, 403);
    let entered = world.request("POST", "/login", &[form], body.as_bytes());
    assert_eq!(
        (entered.code, entered.header("location")),
        (303, Some("./"))
    );
    let cookie = entered.header("set-cookie").unwrap().to_owned();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
        "{cookie}"
    );
    assert!(!cookie.contains(TOKEN));
    let cookie = cookie.split(';').next().unwrap();
    let bare = world.request(
        "POST",
        "/scheduler/jobs/slow/run",
        &[("Cookie", cookie)],
        b"",
    );
    assert_eq!(
        bare.code, 403,
        "a session alone is not enough: another site could send its cookie"
    );
    let forged = world.request(
        "POST",
        "/scheduler/jobs/slow/run",
        &[("Cookie", cookie), form],
        b"csrf=00",
    );
    assert_eq!(forged.code, 403);
    let session = world.request("GET", "/session", &[("Cookie", cookie)], b"");
    let csrf = session.json()["csrf"].as_str().unwrap().to_owned();
    assert_eq!(session.json()["name"], "Ana");
    let body = format!("csrf={csrf}&next=/jobs/slow");
    let run = world.request(
        "POST",
        "/scheduler/jobs/slow/run",
        &[("Cookie", cookie), form],
        body.as_bytes(),
    );
    assert_eq!(
        (run.code, run.header("location")),
        (303, Some("../../../jobs/slow"))
    );
    let asked = world
        .lines()
        .into_iter()
        .find(|line| line["type"] == "control")
        .unwrap();
    assert_eq!(asked["by"]["who"], "Ana");
    for next in ["//evil.example", "https://evil.example", "/\\evil.example"] {
        let body = format!("csrf={csrf}&next={next}");
        let reply = world.request(
            "POST",
            "/scheduler/jobs/slow/resume",
            &[("Cookie", cookie), form],
            body.as_bytes(),
        );
        assert_eq!(reply.header("location"), Some("../../../"), "{next}");
    }
    let out = world.request("POST", "/logout", &[("Cookie", cookie)], b"");
    assert_eq!(out.code, 303);
    assert_eq!(
        world
            .request("GET", "/session", &[("Cookie", cookie)], b"")
            .code,
        404
    );
}

/// A proxy may serve it below a path that it strips: nothing leads out of that, nor does the cookie
/// go to what else is on the host.
#[test]
fn a_login_stays_inside_a_stripped_prefix() {
    let world = open();
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let body = format!("token={TOKEN}");
    let entered = world.request("POST", "/login", &[form], body.as_bytes());
    let cookie = entered.header("set-cookie").unwrap().to_owned();
    let out = world.request("POST", "/logout", &[("Cookie", &cookie)], b"");
    for reply in [entered, out] {
        assert_eq!((reply.code, reply.header("location")), (303, Some("./")));
        let cookie = reply.header("set-cookie").unwrap();
        assert!(!cookie.contains("Path="), "{cookie}");
    }
}

/// With a base path there is nothing to guess.
#[test]
fn a_login_below_a_base_path_leads_there() {
    let mut world = World::new();
    token_file(&world, &format!("{TOKEN}\n"), 0o600);
    world.config("base_path: /jobs\ncontrol: {token_file: token}\n");
    world.start();
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let body = format!("token={TOKEN}");
    let entered = world.request("POST", "/jobs/login", &[form], body.as_bytes());
    let to = entered.header("location").unwrap();
    assert_eq!((entered.code, to), (303, "/jobs/"));
    assert_eq!(world.request("GET", to, &[], b"").code, 200);
}

/// One that others may read, or that is not a secret.
#[test]
fn an_unsafe_token_is_refused_at_start() {
    let world = World::new();
    world.config("control: {token_file: token}\n");
    let serve = || {
        let (code, _, err) = world.jobsd(&["serve", "--listen", "127.0.0.1:0"]);
        assert_eq!(code, Some(5), "{err}");
        err
    };
    assert!(serve().contains("cannot be read"));
    token_file(&world, TOKEN, 0o644);
    assert!(serve().contains("chmod 600"));
    token_file(&world, "short", 0o600);
    assert!(serve().contains("shorter than 16"));
}

#[test]
fn a_new_token_replaces_the_old_at_once() {
    let world = open();
    token_file(&world, "another-token-of-some-length", 0o600);
    assert_eq!(post(&world, "/scheduler/reload", "").code, 401);
    let bearer = [("Authorization", "Bearer another-token-of-some-length")];
    assert_eq!(
        world
            .request("POST", "/scheduler/reload", &bearer, b"")
            .code,
        200
    );
}
