//! Every page, made without a daemon: the status is folded from events, the past answers from
//! memory.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use serde_json::json;

use crate::page::facts::{Addresses, Facts, Session, ZoneChoice};
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
const SHOWN: [(&str, &str, &[&str]); 16] = [
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
        "/day",
        "day",
        &["A long one", "role=\"img\"", "c-now", "c-next", "c-run"],
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

/// The backup failed three nights in a row, after a good one.
fn nights() -> (crate::view::status::Status, Memory) {
    let night = |n: u8, day: u8, status: &str| {
        let at = format!("2026-03-{day:02}T03:00:00Z");
        let end = format!("2026-03-{day:02}T03:00:05Z");
        let reason = (status == "failed").then_some("exit");
        let code = i32::from(status == "failed");
        let own = json!({"scheduled_at": at, "started_at": at, "finished_at": end,
            "reason": reason, "exit_code": code, "revision": format!("{day:02}abcdef0123")});
        record(n, "backup", status, own)
    };
    let nights = [
        night(23, 10, "failed"),
        night(22, 9, "failed"),
        night(21, 8, "failed"),
        night(20, 7, "success"),
    ];
    let mut status = status();
    for run in nights.iter().rev() {
        status.apply(&crate::model::event::Event::Run(Box::new(run.clone())));
    }
    let mut past = memory();
    past.records.retain(|run| run.job_id.as_str() != "backup");
    past.records.extend(nights);
    (status, past)
}

#[test]
fn attention_says_since_when_and_how_often() {
    let (status, past) = nights();
    let overview = |lang| html(made("/", &facts(status.clone(), "", lang), &past));
    let (en, fr) = (overview(Lang::En), overview(Lang::Fr));
    for words in [
        "failed 3 times in a row",
        "since 8\u{a0}Mar",
        "last success 7\u{a0}Mar",
    ] {
        assert!(en.contains(words), "no {words} in {en}");
    }
    assert!(fr.contains("a échoué 3 fois de suite"), "{fr}");
    assert!(
        en.contains("<p class=\"line\">error: disk full</p>"),
        "{en}"
    );
}

#[test]
fn a_failing_job_says_what_changed_since() {
    let (status, mut past) = nights();
    let now = status.jobs["backup"].job.clone().unwrap();
    let mut old = now.definition.value();
    old["bot_config"]["command"] = json!(["pg_dump", "-Fp"]);
    let adopted = json!({"at": "2026-03-01T00:00:00Z", "job_id": "backup", "change": "added",
        "file": "jobs.d/backup.yaml", "digest": now.digest.to_string(), "definition": old});
    past.adopted = vec![Arc::new(serde_json::from_value(adopted).unwrap())];
    let page = |past: &Memory| {
        let facts = facts(status.clone(), "jobs/backup", Lang::En);
        html(made("/jobs/{id}", &facts, past))
    };
    let changed = page(&past);
    assert!(
        changed.contains("Failing since 8\u{a0}Mar 03:00, 3 times in a row"),
        "{changed}"
    );
    assert!(
        changed.contains("runs/00000000-0000-4000-8000-000000000020"),
        "the last good run"
    );
    assert!(changed.contains("@ <code>07abcde</code>"), "its commit");
    let values = "<del>[&#34;pg_dump&#34;,&#34;-Fp&#34;]</del> → <ins>[&#34;pg_dump&#34;,&#34;-Fc&#34;]</ins>";
    assert!(changed.contains(values), "{changed}");
    let adopted = Arc::make_mut(&mut past.adopted[0]);
    adopted.definition = Some(now.definition.clone());
    assert!(page(&past).contains("Its file has not changed since."));
}

#[test]
fn a_run_leads_on_and_to_the_last_success() {
    let (status, past) = nights();
    let address = "runs/00000000-0000-4000-8000-000000000022";
    let page = html(made("/runs/{id}", &facts(status, address, Lang::En), &past));
    for (id, word) in [("21", "Previous"), ("23", "Next"), ("20", "Last success")] {
        let link = format!("runs/00000000-0000-4000-8000-0000000000{id}\"");
        let (_, behind) = page.split_once(&link).unwrap();
        assert!(behind[..400].contains(word), "{word}: {}", &behind[..400]);
    }
}

#[test]
fn one_list_has_one_zone() {
    let table = |zone: ZoneChoice| {
        let mut facts = facts(status(), "?view=table", Lang::En);
        facts.ask.zone = zone;
        html(made("/", &facts, &memory()))
    };
    // Most jobs are in UTC; the greetings are due at 08:05 in Paris.
    let (common, job) = (table(ZoneChoice::Common), table(ZoneChoice::Job));
    assert!(common.contains(">tomorrow 07:05</time>"), "{common}");
    assert!(common.contains("= 2026-03-11 08:05:00 +01:00 Europe/Paris"));
    assert!(job.contains(">tomorrow 08:05\u{a0}CET</time>"), "{job}");
    let tokyo = table(ZoneChoice::parse("Asia/Tokyo").unwrap());
    assert!(tokyo.contains(">tomorrow 16:05</time>") && tokyo.contains("Times: Asia/Tokyo"));
    assert_eq!(ZoneChoice::parse("Mars/Base"), None);
}

#[test]
fn only_bots_have_a_mode() {
    let page = html(made(
        "/",
        &facts(status(), "?view=table", Lang::En),
        &memory(),
    ));
    let row = |name: &str| {
        let (_, behind) = page.split_once(&format!(">{name}</a>")).unwrap();
        behind.split("</tr>").next().unwrap().to_owned()
    };
    assert!(row("Greetings").contains("Production"));
    assert!(row("Visits").contains("Test mode"));
    assert!(!row("A long one").contains("Production"));
}

#[test]
fn a_skip_is_no_error_and_says_its_limit() {
    let own = json!({"reason": "budget", "error": "weekly_limit (12) is used up", "attempt": 0,
        "started_at": null, "exit_code": null});
    let past = Memory {
        records: vec![record(7, "greet", "skipped", own)],
        ..memory()
    };
    let address = "runs/00000000-0000-4000-8000-000000000007";
    let page = html(made(
        "/runs/{id}",
        &facts(status(), address, Lang::Fr),
        &past,
    ));
    assert!(
        page.contains("Le plafond de 12 messages sur 7 jours est atteint."),
        "{page}"
    );
    assert!(!page.contains("note fail"));
}

#[test]
fn jobs_are_found_by_their_labels() {
    let page = |address| html(made("/", &facts(status(), address, Lang::En), &memory()));
    let found = page("?view=table&l=owner=ops");
    assert_eq!(found.matches("tr data-row").count(), 1, "{found}");
    assert!(page("?view=table&s=running").contains("A long one"));
    let invalid = page("?view=table&s=invalid");
    assert!(invalid.contains("No job matches"), "{invalid}");
}

#[test]
fn the_success_rate_counts_due_times() {
    let skipped = json!({"reason": "overlap", "attempt": 0, "started_at": null});
    let covered = json!({"reason": "coalesced", "attempt": 0, "started_at": null});
    let past = Memory {
        records: vec![
            record(1, "greet", "success", json!({})),
            record(2, "greet", "skipped", skipped.clone()),
            record(3, "greet", "skipped", skipped),
            record(4, "greet", "missed", covered),
        ],
        ..memory()
    };
    let facts = facts(status(), "jobs/greet", Lang::En);
    let page = html(made("/jobs/{id}", &facts, &past));
    assert!(
        page.contains("33.3%") && page.contains("1 of 3 due times"),
        "{page}"
    );
}
