//! Every page, made without a daemon: the status is folded from events, the past answers from
//! memory.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use serde_json::json;

use crate::page::facts::{Addresses, Facts, Session};
use crate::page::made_up::{FILES, Memory, facts, memory, record, status};
use crate::page::past::Past;
use crate::page::reply::Reply;
use crate::page::{PAGES, login};
use crate::text::Lang;

/// The page that a route makes.
fn made(route: &str, facts: &Facts, past: &dyn Past) -> Reply {
    let (_, page) = PAGES.iter().find(|(path, _)| *path == route).unwrap();
    page(facts, past)
}

fn html(reply: Reply) -> String {
    match reply {
        Reply::Page(text) => text,
        other => panic!("no page: {other:?}"),
    }
}

/// Every page with something to show: its route, its address, and what must be on it.
const SHOWN: [(&str, &str, &[&str]); 15] = [
    (
        "/",
        "",
        &[
            "Greetings",
            "&#60;b&#62;Backup&#60;/b&#62;",
            "08:05",
            "bad.yaml:1:1",
        ],
    ),
    ("/", "?view=table", &["0 3 * * *", "tr data-row"]),
    ("/", "?s=failing", &["backup"]),
    (
        "/jobs/{id}",
        "jobs/greet",
        &["owner", "ops", "Europe/Paris"],
    ),
    ("/jobs/{id}", "jobs/backup", &["0 3 * * *", "pg_dump"]),
    (
        "/jobs/{id}/edit",
        "jobs/backup/edit",
        &["name=\"max_attempts\"", "pg_dump"],
    ),
    ("/new", "new", &["name=\"bot_type\""]),
    (
        "/new",
        "new?form=1&name=&id=A&schedule_type=cron&cron=61+8",
        &["err"],
    ),
    (
        "/new",
        "new?form=1&name=V\u{153}ux&bot_type=birthday&via=smtp&smtp_host=h&contacts=nothing.vcf",
        &["value=\"voeux\"", "nothing is there", "smtp: {host: h}"],
    ),
    (
        "/settings",
        "settings",
        &["name=\"smtp_host\"", "name=\"listen\""],
    ),
    (
        "/settings",
        "settings?form=1&set_tz=Mars&max_runs=0&log_level=warn",
        &["err", "max_concurrent_runs: 0", "level: warn"],
    ),
    (
        "/runs",
        "runs",
        &["Greetings", "&#60;b&#62;Backup", "tr data-row"],
    ),
    (
        "/runs/{id}",
        "runs/00000000-0000-4000-8000-000000000002",
        &[
            "&#60;script&#62;alert(1)",
            "id=\"A2\"",
            "exit &#60;2&#62;",
            "rows",
        ],
    ),
    ("/config", "config", &["unknown-key", "0123456", "ana"]),
    (
        "/fragments/card/{id}",
        "fragments/card/visit",
        &["id=\"job-visit\"", "config#drift"],
    ),
];

#[test]
fn every_page_is_made_without_a_daemon() {
    let routes: Vec<&str> = SHOWN.iter().map(|(route, ..)| *route).collect();
    for (path, _) in PAGES.iter().filter(|(path, _)| !path.ends_with("/file")) {
        assert!(routes.contains(path), "{path} is not tried");
    }
    for lang in [Lang::En, Lang::Fr] {
        for (route, address, words) in SHOWN {
            let page = html(made(route, &facts(status(), address, lang), &memory()));
            for word in words {
                assert!(page.contains(word), "{address}: no {word} in {page}");
            }
            assert!(!page.contains("<script>alert"), "{address}");
        }
    }
}

#[test]
fn what_is_not_there_is_said_in_both_languages() {
    let lost = [
        ("/jobs/{id}", "jobs/nobody"),
        ("/jobs/{id}/edit", "jobs/nobody/edit"),
        ("/runs/{id}", "runs/nothing"),
        ("/runs/{id}", "runs/00000000-0000-4000-8000-000000000099"),
    ];
    for (route, address) in lost {
        let text = [Lang::En, Lang::Fr].map(|lang| {
            match made(route, &facts(status(), address, lang), &memory()) {
                Reply::Missing(text) => text,
                other => panic!("{address}: {other:?}"),
            }
        });
        assert!(text[0].contains("lang=\"en\"") && text[1].contains("lang=\"fr\""));
    }
    let card = facts(status(), "fragments/card/nobody", Lang::En);
    let reply = made("/fragments/card/{id}", &card, &memory());
    assert_eq!(reply, Reply::Missing(String::new()));
}

#[test]
fn an_unreadable_history_is_said_where_it_is_missing() {
    let past = Memory {
        is_broken: true,
        ..memory()
    };
    let page = html(made("/runs", &facts(status(), "runs", Lang::En), &past));
    assert!(page.contains("The history cannot be read."), "{page}");
    // What a page shows besides is shown all the same.
    let page = html(made(
        "/jobs/{id}",
        &facts(status(), "jobs/greet", Lang::En),
        &past,
    ));
    assert!(page.contains("Greetings"));
}

#[test]
fn a_long_history_leads_on_and_back() {
    let runs = (0..120).map(|_| record(3, "greet", "success", json!({})));
    let past = Memory {
        records: runs.collect(),
        ..Memory::default()
    };
    let page = |address: &str| html(made("/runs", &facts(status(), address, Lang::En), &past));
    let first = page("runs?job=greet");
    assert!(first.contains("href=\"?job=greet&#38;from=50\""), "{first}");
    let newest = "class=\"btn sm\" href=\"?job=greet\"";
    assert!(!first.contains(newest));
    let last = page("runs?job=greet&from=100");
    assert!(last.contains(newest) && !last.contains("from=150"));
}

#[test]
fn only_a_session_gets_forms_with_its_token() {
    let mut facts = facts(status(), "jobs/backup", Lang::En);
    let page = html(made("/jobs/{id}", &facts, &memory()));
    assert!(page.contains("jobsd run backup") && !page.contains("method=\"post\""));
    facts.has_control = true;
    facts.session = Some(Session {
        csrf: "the-token".to_owned(),
        name: "ana".to_owned(),
    });
    let page = html(made("/jobs/{id}", &facts, &memory()));
    let forms = page.matches("method=\"post\"").count();
    let tokens = page.matches("name=\"csrf\" value=\"the-token\"").count();
    // Logging out carries none: it harms nobody.
    assert!(forms >= 3 && tokens == forms - 1, "{forms} {tokens}");
    assert!(html(login::page(&facts, true)).contains("That is not the token."));
}

#[test]
fn links_begin_at_the_base_path() {
    let mut facts = facts(status(), "jobs/greet", Lang::En);
    let page = html(made("/jobs/{id}", &facts, &memory()));
    assert!(
        page.contains("href=\"../runs\""),
        "relative: a proxy may strip a prefix"
    );
    let addresses = Addresses {
        base_path: "/jobsd/".to_owned(),
        ..(*facts.addresses).clone()
    };
    facts.addresses = Arc::new(addresses);
    let page = html(made("/jobs/{id}", &facts, &memory()));
    assert!(page.contains("href=\"/jobsd/runs\""));
    assert!(page.contains("https://git.example/main/jobs.d/greet.yaml#L1"));
}

#[test]
fn a_form_gives_its_file_by_job_id() {
    let edited = facts(status(), "jobs/backup/edit/file", Lang::En);
    let Reply::File { name, text } = made("/jobs/{id}/edit/file", &edited, &memory()) else {
        panic!("no file");
    };
    assert_eq!((name.as_str(), text.as_str()), ("backup.yaml", FILES[1].1));
    let bad = facts(status(), "new/file?form=1&id=A", Lang::En);
    let reply = made("/new/file", &bad, &memory());
    assert!(matches!(reply, Reply::File { name, .. } if name == "job.yaml"));
}
