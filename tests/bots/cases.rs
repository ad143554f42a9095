//! `tests/cases`: what people really have as address books and hosts, each with the value that is
//! right; and exports in the forms of programs, written for this test.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::bots::{BotFolder, Ended};
use crate::support::web::{Web, page};

const DAY: &str = "2026-05-09";
const NADIA: &str = "would send to Nadia";

fn config(contacts: &str) -> Value {
    json!({
        "contacts": contacts,
        "delivery": {"command": ["/bin/cat"]},
        "templates": {"subjects": ["Happy {first_name}"], "messages": ["Dear {first_name}"]},
        "max_messages_per_run": 1000,
        "dry_run": true,
    })
}

fn greet(world: &BotFolder, contacts: &str, day: &str) -> Ended {
    let env = [("JOBSD_DRY_RUN", "1"), ("LANG", "C")];
    world.run("birthday", &config(contacts), day, &env)
}

/// A run over the file of a case.
fn case(name: &str, file: &str, day: &str) -> Ended {
    let world = BotFolder::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    world.write(file, fs::read(root.join(name).join(file)).unwrap());
    greet(&world, file, day)
}

/// A run over a file with this text.
fn book(file: &str, text: impl AsRef<[u8]>, day: &str) -> Ended {
    let world = BotFolder::new();
    world.write(file, text);
    greet(&world, file, day)
}

fn says(ended: &Ended, words: &[&str]) {
    for word in words {
        let all = format!("{}{}{}", ended.out, ended.err, ended.result);
        assert!(all.contains(word), "{word}\n{ended:?}");
    }
}

#[test]
fn people_of_the_cases_are_due_on_their_day() {
    for (name, file, day, told) in [
        ("bd-vcard21", "c.vcf", DAY, ""),
        (
            "bd-odd-line",
            "c.vcf",
            DAY,
            "c.vcf:7: the line has no name and value",
        ),
        (
            "bd-odd-line-2",
            "c.vcf",
            DAY,
            "c.vcf:7: the line has no name and value",
        ),
        ("bd-csv-ymd", "c.csv", DAY, ""),
        ("bd-csv-french-date", "c.csv", "2026-05-25", ""),
        ("bd-csv-headers", "c.csv", DAY, ""),
        (
            "bd-csv-google-two-mails",
            "c.csv",
            DAY,
            "<nadia@example.org>",
        ),
        ("bd-ics-no-rrule", "c.ics", DAY, ""),
        ("bd-ics-crcrlf", "c.ics", DAY, ""),
        (
            "bd-ics-bang",
            "c.ics",
            DAY,
            "would send to Nadia <nadia@example.org>: Happy Nadia\n",
        ),
        ("bd-1604", "c.vcf", DAY, ""),
    ] {
        let ended = case(name, file, day);
        assert_eq!(ended.code, Some(0), "{name}: {ended:?}");
        assert_eq!(ended.count("would_send"), 1, "{name}: {ended:?}");
        says(&ended, &[NADIA, "Happy Nadia\n", told]);
        let before = case(name, file, "2026-05-08");
        assert_eq!(before.count("would_send"), 0, "{name}, the day before");
    }
}

#[test]
fn who_is_not_to_be_greeted_is_not() {
    for (name, file) in [
        ("bd-ics-until", "c.ics"),
        ("bd-ics-interval", "c.ics"),
        ("bd-ics-exdate", "c.ics"),
    ] {
        let ended = case(name, file, DAY);
        assert_eq!(ended.count("would_send"), 0, "{name}: {ended:?}");
    }
    assert_eq!(
        case("bd-ics-interval", "c.ics", "2030-05-09").count("would_send"),
        1
    );
    assert_eq!(
        case("bd-ics-exdate", "c.ics", "2027-05-09").count("would_send"),
        1
    );
    let wedding = case("bd-ics-other-day", "c.ics", DAY);
    says(
        &wedding,
        &["\"Nadia & Paul Wedding Anniversary\" is not a birthday"],
    );
    assert_eq!(wedding.count("would_send"), 0, "{wedding:?}");
    let dead = case("bd-deathdate", "c.vcf", DAY);
    assert_eq!(
        dead.count("would_send"),
        0,
        "understood, so no failure: {dead:?}"
    );
}

#[test]
fn contacts_that_give_nobody_fail_the_run() {
    let useless = case("bd-file-useless", "c.csv", DAY);
    says(
        &useless,
        &[
            "no column is named `birthday`",
            "no one in c.csv can be greeted",
        ],
    );
    let page = case("bd-ics-html", "c.ics", DAY);
    says(
        &page,
        &[
            "c.ics:1: there is no calendar in the file",
            "can be greeted",
        ],
    );
    let empty = book("c.vcf", "", DAY);
    let without = book("c.vcf", "BEGIN:VCARD\nFN:Nadia\nEND:VCARD\n", DAY);
    says(&without, &["1 entries without a birthday"]);
    for ended in [useless, page, empty, without] {
        assert_eq!(ended.code, Some(1), "{ended:?}");
    }
}

#[test]
fn exports_of_usual_programs_are_read() {
    let card = |lines: &str| format!("BEGIN:VCARD\r\nVERSION:3.0\r\n{lines}\r\nEND:VCARD\r\n");
    let old = "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:P=C3=A9rrot;Nadia;;;\r\n\
               FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Nadia =\r\nP=C3=A9rrot\r\nEMAIL;INTERNET;PREF:nadia@example.org\r\n\
               PHOTO;ENCODING=BASE64;JPEG:\r\nAAAABBBB\r\nCCCCDDDD\r\n\r\nBDAY:19900509\r\nEND:VCARD\r\n";
    let wide: Vec<u8> = card("FN:Nadia Perrot\r\nEMAIL:nadia@example.org\r\nBDAY:1990-05-09")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let twice = "FN:Nadia Perrot\r\nEMAIL:nadia@example.org\r\nBDAY;ALTID=1:19900509\r\n\
                 BDAY;ALTID=1;VALUE=text:in the spring of 1990";
    let books: Vec<(&str, Vec<u8>)> = vec![
        ("c.vcf", old.into()),
        ("c.vcf", [b"\xff\xfe".to_vec(), wide].concat()),
        ("c.vcf", card(twice).into()),
        ("c.vcf", card("FN:Nadia Perrot\r\nEMAIL:not one\r\nEMAIL:nadia@example.org\r\nBDAY:0000-05-09").into()),
        ("c.csv", "Name,Given Name,Family Name,E-mail 1 - Value,Birthday\nNadia Perrot,Nadia,Perrot,nadia@example.org,--05-09\n".into()),
        ("c.csv", "First Name,Last Name,E-mail Address,Birthday\nNadia,Perrot,nadia@example.org,5/9/1990\nPaul,Ray,paul@example.org,12/31/1980\nNo,Day,n@example.org,0/0/00\n".into()),
        ("c.csv", "First Name,Last Name,Display Name,Primary Email,Birth Year,Birth Month,Birth Day\nNadia,Perrot,Nadia Perrot,nadia@example.org,1990,5,9\n".into()),
        ("c.csv", "Prénom;Nom;Courriel;Date de naissance\nNadia;Perrot;nadia@example.org;9 mai 1990\n".into()),
        ("c.csv", "name\temail\tGeburtstag\nPerrot, Nadia\tnadia@example.org\t09.05.1990\n".into()),
    ];
    for (file, text) in books {
        let shown = String::from_utf8_lossy(&text).into_owned();
        let ended = book(file, &text, DAY);
        assert_eq!(ended.code, Some(0), "{shown}\n{ended:?}");
        assert_eq!(ended.count("would_send"), 1, "{shown}\n{ended:?}");
        says(&ended, &[NADIA, "<nadia@example.org>: Happy Nadia\n"]);
    }
}

#[test]
fn events_come_by_their_rules_only() {
    let event = |lines: &str| {
        format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Nadia's birthday\r\n\
             ATTENDEE:mailto:nadia@example.org\r\n{lines}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        )
    };
    for (lines, due) in [
        (
            "DTSTART;VALUE=DATE:20200509\r\nRRULE:FREQ=YEARLY;COUNT=7",
            true,
        ),
        (
            "DTSTART;VALUE=DATE:20200509\r\nRRULE:FREQ=YEARLY;COUNT=6",
            false,
        ),
        (
            "DTSTART;VALUE=DATE:20200509\r\nRRULE:FREQ=MONTHLY;INTERVAL=12",
            true,
        ),
        (
            "DTSTART;VALUE=DATE:20200109\r\nRRULE:FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=9",
            true,
        ),
        (
            "DTSTART;VALUE=DATE:20200502\r\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=2SA",
            true,
        ),
        (
            "DTSTART;VALUE=DATE:20200509\r\nRRULE:FREQ=YEARLY\r\nSTATUS:CANCELLED",
            false,
        ),
        ("DTSTART;VALUE=DATE:20270509\r\nRRULE:FREQ=YEARLY", false),
        (
            "DTSTART;VALUE=DATE:20200601\r\nRDATE;VALUE=DATE:20260509,20270509",
            true,
        ),
    ] {
        let ended = book("c.ics", event(lines), DAY);
        let found = ended.result["would_send"].as_u64().unwrap_or(0);
        assert_eq!(found, u64::from(due), "{lines}\n{ended:?}");
    }
    let alarm = "DTSTART;VALUE=DATE:20200509\r\nRRULE:FREQ=YEARLY\r\nBEGIN:VALARM\r\nACTION:EMAIL\r\n\
                 SUMMARY:Do not forget\r\nATTENDEE:mailto:me@example.org\r\nEND:VALARM";
    says(
        &book("c.ics", event(alarm), DAY),
        &["would send to Nadia <nadia@example.org>"],
    );
    for (lines, told) in [
        (
            "DTSTART;VALUE=DATE:20200509\r\nRRULE:FREQ=YEARLY;BYWEEKNO=19",
            "\"BYWEEKNO=19\" is not read",
        ),
        (
            "DTSTART;VALUE=DATE:20200509\r\nRRULE:FREQ=DAILY",
            "\"FREQ=DAILY\" is not read",
        ),
    ] {
        let ended = book("c.ics", event(lines), DAY);
        says(&ended, &[told]);
        assert!(!ended.out.contains("would send"), "{ended:?}");
    }
}

#[test]
fn what_is_left_out_is_told() {
    let person =
        "BEGIN:VCARD\nVERSION:4.0\nFN:Paul Ray\nEMAIL:paul@example.org\nBDAY:--0101\nEND:VCARD\n";
    let card = |lines: &str| format!("{person}BEGIN:VCARD\nVERSION:4.0\n{lines}\nEND:VCARD\n");
    for (lines, told) in [
        (
            "FN:Nadia Ltd\nKIND:org\nEMAIL:n@example.org\nBDAY:--0509",
            "c.vcf:7: the entry is an organisation",
        ),
        (
            "FN:Nadia\nEMAIL:n@example.org\nBDAY;CALSCALE=hebrew:57500214",
            "c.vcf:11: the calendar is \"hebrew\"",
        ),
        (
            "FN:Nadia\nEMAIL:n@example.org\nBDAY;VALUE=text:in May",
            "c.vcf:7: \"in May\" is not a day",
        ),
        (
            "FN:Nadia\nEMAIL:zoé@example.com\nBDAY:--0509",
            "\"zoé@example.com\" is not a mail address",
        ),
    ] {
        let ended = book("c.vcf", card(lines), DAY);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        says(&ended, &[told]);
        assert!(!ended.out.contains("n@example.org"), "{ended:?}");
    }
    let ahead = book(
        "c.vcf",
        card("FN:Nadia\nEMAIL:n@example.org\nBDAY:20270509"),
        DAY,
    );
    assert_eq!(ahead.count("would_send"), 0, "not born yet: {ahead:?}");
    let sheet =
        "name,email,birthday\nNadia,n@example.org,05/09/1990\nPaul,p@example.org,06/06/1990\n";
    says(
        &book("c.csv", sheet, DAY),
        &["c.csv:2: \"05/09/1990\" can be two days", "date_order: dmy"],
    );
    let world = BotFolder::new();
    world.write("c.csv", sheet);
    let mut chosen = config("c.csv");
    chosen["date_order"] = json!("mdy");
    let ended = world.run("birthday", &chosen, DAY, &[("JOBSD_DRY_RUN", "1")]);
    assert_eq!(ended.count("would_send"), 1, "{ended:?}");
    let meetings = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Dentist\nDTSTART:20260509T090000Z\nATTENDEE:mailto:n@example.org\n\
                    END:VEVENT\nBEGIN:VEVENT\nSUMMARY:Paul\nDTSTART;VALUE=DATE:20200101\nRRULE:FREQ=YEARLY\nEND:VEVENT\nEND:VCALENDAR\n";
    let ended = book("c.ics", meetings, DAY);
    says(&ended, &["c.ics:2: 1 event, here, names no birthday"]);
    assert_eq!(ended.count("would_send"), 0);
}

#[test]
fn a_domain_of_other_letters_is_written_for_mail() {
    let text = "name,email,birthday\nNadia,nadia@exämple.com,1990-05-09\n";
    says(
        &book("c.csv", text, DAY),
        &["would send to Nadia <nadia@xn--exmple-cua.com>"],
    );
}

/// A run of the visitor over pages of a host.
fn visit(web: &Web, paths: &[&str]) -> Ended {
    let world = BotFolder::new();
    let urls: Vec<String> = paths.iter().map(|path| web.url(path)).collect();
    world.write("a.txt", urls.join("\n"));
    let config = json!({"addresses": "a.txt", "limit": 20, "delay_secs": 0});
    world.run("visitor", &config, DAY, &[])
}

#[test]
fn a_host_that_wants_no_more_is_left() {
    let web = Web::new(|request| {
        match request.path.as_str() {
        "/robots.txt" => page("404 Not Found", "text/plain", ""),
        "/busy" => Some(b"HTTP/1.1 429 Slow\r\nRetry-After: 2\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec()),
        _ => page("200 OK", "text/html", "<title>ok</title>"),
    }
    });
    let ended = visit(&web, &["/a", "/busy", "/b"]);
    let asked: Vec<String> = web.take().into_iter().map(|request| request.path).collect();
    assert_eq!(asked, ["/robots.txt", "/a", "/busy"]);
    assert_eq!(
        (ended.code, ended.count("profiles_visited")),
        (Some(0), 1),
        "{ended:?}"
    );
    assert_eq!(
        (ended.count("left"), ended.count("failed")),
        (2, 0),
        "{ended:?}"
    );
    says(
        &ended,
        &[
            "/busy: not now: the answer is 429 with Retry-After: 2",
            "/b: left for a later run",
        ],
    );
    let alone = visit(&web, &["/busy", "/b"]);
    assert_eq!(alone.code, Some(1), "nothing could be visited: {alone:?}");
}

#[test]
fn a_host_without_its_rules_is_not_visited() {
    for status in [429, 500, 503] {
        let web = Web::new(move |request| match request.path.as_str() {
            "/robots.txt" => page(&format!("{status} No"), "text/plain", ""),
            _ => page("200 OK", "text/html", "<title>ok</title>"),
        });
        let ended = visit(&web, &["/a"]);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        says(
            &ended,
            &[
                "robots.txt of ",
                &format!("could not be read: the answer is {status}"),
            ],
        );
        assert_eq!(web.take().len(), 1);
    }
}
