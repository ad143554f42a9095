//! The birthday bot against a real mail server: what each field and bound does, by what the server
//! received.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::support::bots::{BotFolder, birthday, card};
use crate::support::http::Nobody;
use crate::support::mail::{Act, Moment, Server};
use crate::support::web::{Web, page};
use serde_json::{Value, json};

const DAY: &str = "2026-03-12";

/// `count` people whose birthday is on the day.
fn crowd(count: usize) -> String {
    let one = |n| {
        card(
            &format!("Person {n}"),
            &format!("p{n}@example.org"),
            "1990-03-12",
        )
    };
    (0..count).map(one).collect()
}

fn to(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("p{n}@example.org")).collect()
}

#[test]
fn a_birthday_is_greeted_once_with_a_proper_mail() {
    let (world, server) = (BotFolder::new(), Server::new());
    world.write(
        "contacts.vcf",
        card("Zoé Martin", "zoe@example.org", "1990-03-12")
            + &card("Other", "o@example.org", "--0313"),
    );
    let ended = world.run("birthday", &birthday(server.port, json!({})), DAY, &[]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(
        (
            ended.count("messages_sent"),
            ended.count("due"),
            ended.count("late")
        ),
        (1, 1, 0)
    );
    let mails = server.take();
    assert_eq!(mails.len(), 1);
    let mail = &mails[0];
    assert_eq!(
        (mail.from.as_str(), mail.to.as_str()),
        ("lea@example.org", "zoe@example.org")
    );
    assert!(
        mail.header("From").ends_with("<lea@example.org>"),
        "{mail:?}"
    );
    assert!(
        mail.header("Message-ID")
            .ends_with(".birthday@example.org>"),
        "{mail:?}"
    );
    assert!(!mail.header("Date").is_empty());
    assert!(mail.header("Content-Type").contains("utf-8"));
    let again = world.run("birthday", &birthday(server.port, json!({})), DAY, &[]);
    assert_eq!(
        (
            again.code,
            again.count("messages_sent"),
            again.count("greeted")
        ),
        (Some(0), 0, 1)
    );
    let next_year = world.run(
        "birthday",
        &birthday(server.port, json!({})),
        "2027-03-12",
        &[],
    );
    assert_eq!(next_year.count("messages_sent"), 1);
    let mode = fs::metadata(world.path("state/greeted.jsonl"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

/// It shows the same messages and leaves no mark in the ledger.
#[test]
fn a_dry_run_sends_nothing() {
    let (world, server) = (BotFolder::new(), Server::new());
    world.write("contacts.vcf", crowd(3));
    for env in [&[("JOBSD_DRY_RUN", "1")][..], &[]] {
        let config = birthday(server.port, json!({"dry_run": env.is_empty()}));
        let ended = world.run("birthday", &config, DAY, env);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert_eq!(
            (ended.count("messages_sent"), ended.count("would_send")),
            (0, 3)
        );
        assert!(
            ended
                .out
                .contains("would send to Person 1 <p1@example.org>"),
            "{}",
            ended.out
        );
        assert_eq!(world.state(), Vec::new(), "no mark");
        assert_eq!(server.connections.load(Ordering::SeqCst), 0);
    }
    let real = world.run("birthday", &birthday(server.port, json!({})), DAY, &[]);
    assert_eq!(
        real.count("messages_sent"),
        3,
        "the dry runs took nothing away"
    );
    let state = world.state();
    let dry = world.run(
        "birthday",
        &birthday(server.port, json!({"dry_run": true})),
        DAY,
        &[],
    );
    assert_eq!((dry.count("would_send"), dry.count("greeted")), (0, 3));
    assert_eq!(world.state(), state);
}

/// As far as `max_days_late` and no farther.
#[test]
fn late_greetings_reach_back_max_days_late() {
    let server = Server::new();
    let people = |world: &BotFolder| {
        let days = ["03-12", "03-11", "03-05", "03-04", "03-13"];
        let cards = days.map(|day| {
            card(
                &format!("Born {day}"),
                &format!("d{day}@example.org"),
                &format!("--{day}"),
            )
        });
        world.write("contacts.vcf", cards.concat());
    };
    let sent = |keys: Value, day: &str| {
        let world = BotFolder::new();
        people(&world);
        let config = birthday(server.port, keys);
        let ended = world.run("birthday", &config, day, &[]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        (
            ended.count("due"),
            ended.count("late"),
            server.take_to().join(" "),
        )
    };
    let one = "d03-12@example.org".to_owned();
    assert_eq!(
        sent(json!({}), DAY),
        (1, 0, one.clone()),
        "the default is on the day alone"
    );
    assert_eq!(sent(json!({"max_days_late": 7}), DAY), (1, 0, one));
    let two = "d03-11@example.org d03-12@example.org".to_owned();
    assert_eq!(
        sent(json!({"process_late": true, "max_days_late": 1}), DAY),
        (1, 1, two)
    );
    let default = "d03-05@example.org d03-11@example.org d03-12@example.org".to_owned();
    assert_eq!(sent(json!({"process_late": true}), DAY), (1, 2, default));
    let year = sent(json!({"process_late": true, "max_days_late": 365}), DAY);
    assert_eq!(
        (year.0, year.1),
        (1, 4),
        "13 March of last year is 364 days ago"
    );
    let over_new_year = sent(
        json!({"process_late": true, "max_days_late": 365}),
        "2026-01-01",
    );
    assert_eq!((over_new_year.0, over_new_year.1), (0, 5));
}

/// And everybody gets the same words each time.
#[test]
fn late_greetings_have_their_own_words() {
    let (world, server) = (BotFolder::new(), Server::new());
    world.write(
        "contacts.vcf",
        [
            card("Ana Lima", "a@example.org", "1990-03-12"),
            card("Bo", "b@example.org", "--03-10"),
        ]
        .concat(),
    );
    let keys = json!({
        "process_late": true,
        "templates": {
            "subjects": ["On time {first_name}"],
            "messages": ["Happy {age}, {name} {{x}}!", "No age, {first_name}!"],
            "late_subjects": ["Late\r\nBcc: evil@example.org"],
            "late_messages": ["{days_late} days late, {first_name}"],
        },
    });
    let config = birthday(server.port, keys);
    let preview = world
        .run("birthday", &config, DAY, &[("JOBSD_DRY_RUN", "1")])
        .out;
    world.run("birthday", &config, DAY, &[]);
    let mails = server.take();
    assert_eq!(mails[0].header("Subject"), "Late Bcc: evil@example.org");
    assert_eq!(mails[0].header("Bcc"), "");
    assert!(
        mails[0].data.contains("2 days late, Bo"),
        "{}",
        mails[0].data
    );
    assert_eq!(mails[1].header("Subject"), "On time Ana");
    assert!(
        mails[1].data.contains("Happy 36, Ana Lima {x}!") || mails[1].data.contains("No age, Ana!")
    );
    assert!(preview.contains("On time Ana"), "{preview}");
}

/// Without one they are reported and left out.
#[test]
fn people_of_unknown_age_need_a_text() {
    let (world, server) = (BotFolder::new(), Server::new());
    world.write("contacts.vcf", card("Bo", "b@example.org", "--0312"));
    let config = birthday(server.port, json!({"templates": {"messages": ["{age}!"]}}));
    let ended = world.run("birthday", &config, DAY, &[]);
    assert_eq!(
        (ended.count("messages_sent"), ended.count("ignored")),
        (0, 1)
    );
    assert!(
        ended
            .out
            .contains("contacts.vcf:1: the year of birth is not known"),
        "{}",
        ended.out
    );
}

/// `max_messages_per_run` and the limits of a day and a week.
#[test]
fn every_limit_caps_a_run() {
    let server = Server::new();
    let sent = |keys: Value, env: &[(&str, &str)]| {
        let world = BotFolder::new();
        world.write("contacts.vcf", crowd(12));
        let ended = world.run("birthday", &birthday(server.port, keys), DAY, env);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let sent = server.take().len() as u64;
        assert_eq!(ended.count("messages_sent"), sent);
        assert_eq!(ended.count("left"), 12 - sent);
        sent
    };
    assert_eq!(sent(json!({}), &[]), 10, "the default");
    assert_eq!(sent(json!({"max_messages_per_run": 1}), &[]), 1);
    let free = json!({"max_messages_per_run": null, "daily_limit": null, "weekly_limit": null});
    assert_eq!(sent(free.clone(), &[]), 12);
    assert_eq!(sent(free.clone(), &[("JOBSD_BUDGET_REMAINING", "4")]), 4);
    assert_eq!(sent(free, &[("JOBSD_BUDGET_REMAINING", "0")]), 0);
    assert_eq!(
        sent(
            json!({"max_messages_per_run": 2}),
            &[("JOBSD_BUDGET_REMAINING", "4")]
        ),
        2
    );
    assert_eq!(
        sent(json!({"max_messages_per_run": null, "daily_limit": 3}), &[]),
        3
    );
    assert_eq!(
        sent(
            json!({"max_messages_per_run": null, "daily_limit": null, "weekly_limit": 5}),
            &[]
        ),
        5
    );
    assert_eq!(
        sent(
            json!({"process_late": true, "daily_limit": 3}),
            &[("JOBSD_BUDGET_REMAINING", "3")]
        ),
        3,
        "lateness lifts no limit"
    );
}

/// The oldest first.
#[test]
fn later_runs_send_what_limits_left() {
    let (world, server) = (BotFolder::new(), Server::new());
    let cards = (1..=5).map(|n| {
        card(
            &format!("P{n}"),
            &format!("p{n}@example.org"),
            &format!("--03-1{n}"),
        )
    });
    world.write("contacts.vcf", cards.rev().collect::<String>());
    let config = birthday(
        server.port,
        json!({"process_late": true, "max_messages_per_run": 2}),
    );
    let mut sent = Vec::new();
    for day in ["2026-03-15", "2026-03-16", "2026-03-17"] {
        world.run("birthday", &config, day, &[]);
        sent.push(server.take_to().join(" "));
    }
    assert_eq!(
        sent,
        [
            "p1@example.org p2@example.org",
            "p3@example.org p4@example.org",
            "p5@example.org"
        ]
    );
}

/// In the zone of the job.
#[test]
fn today_is_the_day_of_the_due_time() {
    let server = Server::new();
    for (zone, at, expected) in [
        ("Pacific/Kiritimati", "2026-03-11T10:30:00Z", 1),
        ("Pacific/Honolulu", "2026-03-12T09:30:00Z", 0),
        ("Pacific/Honolulu", "2026-03-13T09:30:00Z", 1),
        ("Europe/Paris", "2026-03-11T23:30:00Z", 1),
    ] {
        let world = BotFolder::new();
        world.write("contacts.vcf", crowd(1));
        let env = [("JOBSD_TIMEZONE", zone), ("JOBSD_SCHEDULED_AT", at)];
        let ended = world.run("birthday", &birthday(server.port, json!({})), DAY, &env);
        assert_eq!(ended.count("messages_sent"), expected, "{zone} {at}");
    }
}

#[test]
fn one_born_on_29_february_is_greeted_every_year() {
    let (world, server) = (BotFolder::new(), Server::new());
    world.write("contacts.vcf", card("Leap", "leap@example.org", "--0229"));
    let config = birthday(
        server.port,
        json!({"process_late": true, "max_days_late": 3}),
    );
    let mut days = Vec::new();
    for day in [
        "2027-02-27",
        "2027-02-28",
        "2027-03-01",
        "2028-02-27",
        "2028-02-28",
        "2028-02-29",
        "2028-03-01",
    ] {
        world.run("birthday", &config, day, &[]);
        if !server.take().is_empty() {
            days.push(day);
        }
    }
    assert_eq!(days, ["2027-02-28", "2028-02-29"]);
}

/// What is wrong in them is reported by line.
#[test]
fn address_books_of_every_kind_are_read() {
    let (world, server) = (BotFolder::new(), Server::new());
    let folded = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Lima;Ana;;;\r\n\
        item1.EMAIL;type=INTERNET;type=pref:ana@exam\r\n ple.org\r\n\
        EMAIL:second@example.org\r\nBDAY;X-APPLE-OMIT-YEAR=1604:1604-03-12\r\n\
        PHOTO;ENCODING=b:AAAA\r\n BBBB\r\nUID:u1\r\nEND:VCARD\r\n";
    world.write("book/a.vcf", folded);
    world.write(
        "book/b.csv",
        "\u{feff}Prénom;Nom;Courriel;Date de naissance\n\
        Bob;Roy;bob@example.org;1980-03-12\nEve;X;;1980-03-12\nMal;Y;mal@example.org;12/03/1980\n",
    );
    world.write(
        "book/c.ics",
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Cleo Vic's birthday\nDTSTART;VALUE=DATE:20100312\n\
        RRULE:FREQ=YEARLY\nATTENDEE:mailto:cleo@example.org\nEND:VEVENT\n\
        BEGIN:VEVENT\nSUMMARY:Meeting\nDTSTART:20260312T080000Z\nEND:VEVENT\nEND:VCALENDAR\n",
    );
    world.write(
        "book/d.vcf",
        "hello\nBEGIN:VCARD\nFN:No End\nBDAY:--0312\nBEGIN:VCARD\n\
        FN:Bad Day\nBDAY:1985\nEND:VCARD\nBEGIN:VCARD\nFN:No Birthday\nEND:VCARD\n",
    );
    world.write(
        "book/e.vcf",
        card("Ana again", "ANA@example.org", "1990-03-12"),
    );
    world.write("book/ignored.md", "no book");
    world.write(
        "book/_draft.vcf",
        card("Draft", "draft@example.org", "--0312"),
    );
    let config = birthday(server.port, json!({"contacts": "book"}));
    let ended = world.run("birthday", &config, DAY, &[]);
    let mut to = server.take_to();
    to.sort();
    assert_eq!(
        to,
        ["ana@example.org", "bob@example.org", "cleo@example.org"],
        "{ended:?}"
    );
    assert_eq!(ended.count("ignored"), 2);
    for told in [
        "book/b.csv:3: the birthday is due and the entry has no mail address",
        "book/b.csv:4: \"12/03/1980\" can be two days",
        "book/d.vcf:1: text outside of an entry",
        "book/d.vcf:2: the entry has no END:VCARD",
        "book/d.vcf:5: \"1985\" is not a day that can be read",
        "book/e.vcf:1: the same person and birthday are listed above",
    ] {
        assert!(ended.out.contains(told), "{told}\n{}", ended.out);
        assert!(
            ended.result["problems"]
                .to_string()
                .contains(&told.replace('"', "\\\"")),
            "{told}"
        );
    }
}

/// And harm no other entry.
#[test]
fn hostile_entries_are_refused_with_their_line() {
    let (world, server) = (BotFolder::new(), Server::new());
    let mut bytes = Vec::new();
    let mut lines = Vec::new();
    let long = "x".repeat(300);
    for (name, mail) in [
        ("Eve\\nBcc: victim@example.org", "e1@example.org"),
        ("Eve\u{7}", "e2@example.org"),
        ("=HYPERLINK(\"http://evil\")", "e3@example.org"),
        ("@SUM(1)", "e4@example.org"),
        ("Eve", "e5@example.org\\r\\nRCPT TO:<victim@example.org>"),
        ("Eve", "e6@example.org,victim@example.org"),
        ("\u{202e}evE", "e7@example.org"),
        (long.as_str(), "e8@example.org"),
        ("", "e9@example.org"),
    ] {
        lines.push(bytes.iter().filter(|b| **b == b'\n').count() + 1);
        bytes.extend(card(name, mail, "--0312").into_bytes());
    }
    lines.push(bytes.iter().filter(|b| **b == b'\n').count() + 3);
    bytes.extend(
        b"BEGIN:VCARD\nVERSION:3.0\nFN:Ren\xe9\nEMAIL:r@example.org\nBDAY:--0312\nEND:VCARD\n",
    );
    bytes.extend(card("Good {age} <x@y>", "good@example.org", "--0312").into_bytes());
    world.write("contacts.vcf", &bytes);
    let ended = world.run("birthday", &birthday(server.port, json!({})), DAY, &[]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let mails = server.take();
    assert_eq!(
        mails.iter().map(|m| m.to.as_str()).collect::<Vec<_>>(),
        ["good@example.org"]
    );
    assert!(!mails[0].data.contains("victim"));
    for line in lines {
        assert!(
            ended.out.contains(&format!("contacts.vcf:{line}: ")),
            "{line}\n{}",
            ended.out
        );
    }
    assert_eq!(ended.result["problems"].as_array().unwrap().len(), 13);
    assert!(!ended.out.contains('\u{202e}') && !ended.out.contains('\u{7}'));
}

/// And harm no other entry.
#[test]
fn hostile_sheets_are_refused_with_their_line() {
    let (world, server) = (BotFolder::new(), Server::new());
    let mut bytes = b"name,email,birthday\n=cmd|' /C calc'!A0,a@example.org,--0312\n\"Eve\n\
        Bcc: v@example.org\",b@example.org,--0312\n"
        .to_vec();
    bytes.extend(
        b"Ren\xe9,c@example.org,--0312\nshort\nGood,good@example.org,--0312,extra\n\
        \"open,d@example.org,--0312\n",
    );
    bytes.extend("x,".repeat(500_000).into_bytes());
    world.write("contacts.csv", &bytes);
    let ended = world.run(
        "birthday",
        &birthday(server.port, json!({"contacts": "contacts.csv"})),
        DAY,
        &[],
    );
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(server.take_to(), ["good@example.org"]);
    for line in [2, 3, 5] {
        assert!(
            ended.out.contains(&format!("contacts.csv:{line}: ")),
            "{line}\n{}",
            ended.out
        );
    }
    world.write("contacts.csv", "a,b\n1,2\n");
    let ended = world.run(
        "birthday",
        &birthday(server.port, json!({"contacts": "contacts.csv"})),
        DAY,
        &[],
    );
    assert!(
        ended
            .out
            .contains("contacts.csv:1: no column is named `birthday` in the first row, which has"),
        "{ended:?}"
    );
}

/// One of 100 MB is; one that is just full is read.
#[test]
fn an_oversized_address_book_is_refused_at_once() {
    let (world, server) = (BotFolder::new(), Server::new());
    let file = fs::File::create(world.path("contacts.vcf")).unwrap();
    file.set_len(100 << 20).unwrap();
    let begun = Instant::now();
    let ended = world.run("birthday", &birthday(server.port, json!({})), DAY, &[]);
    assert_eq!(ended.code, Some(1));
    assert!(
        ended
            .err
            .contains("`contacts`: contacts.vcf cannot be read: it is larger than 32 MiB"),
        "{ended:?}"
    );
    // 30 MiB in one line that never ends, then one good entry.
    let mut bytes = b"BEGIN:VCARD\nPHOTO:".to_vec();
    bytes.extend("AAAA\n ".repeat(5 << 20).into_bytes());
    bytes.extend(b"\nEND:VCARD\n");
    bytes.extend(card("Good", "good@example.org", "--0312").into_bytes());
    world.write("contacts.vcf", &bytes);
    let ended = world.run("birthday", &birthday(server.port, json!({})), DAY, &[]);
    assert_eq!(ended.count("messages_sent"), 1, "{ended:?}");
    assert!(begun.elapsed() < Duration::from_secs(60));
}

/// Named neither in the job nor in the settings, it ends the run with one sentence.
#[test]
fn a_missing_setting_is_named_by_key() {
    let (world, server) = (BotFolder::new(), Server::new());
    world.write("contacts.vcf", crowd(1));
    let mut no_contacts = birthday(server.port, json!({}));
    no_contacts.as_object_mut().unwrap().remove("contacts");
    let mut no_delivery = birthday(server.port, json!({}));
    no_delivery.as_object_mut().unwrap().remove("delivery");
    for (config, key) in [(no_contacts, "`contacts`"), (no_delivery, "`delivery`")] {
        let ended = world.run("birthday", &config, DAY, &[]);
        assert_eq!(ended.code, Some(1));
        assert_eq!(
            (ended.out.as_str(), ended.err.lines().count()),
            ("", 1),
            "{ended:?}"
        );
        assert!(
            ended.err.starts_with(&format!("{key} is not set")),
            "{}",
            ended.err
        );
        assert_eq!(ended.result["error"], ended.err.trim_end());
        assert_eq!(ended.count("messages_sent"), 0);
        let french = world.run("birthday", &config, DAY, &[("LANG", "fr_FR.UTF-8")]);
        assert!(
            french.err.starts_with("il manque l") && french.err.contains(&key.replace('`', "")),
            "{}",
            french.err
        );
        assert!(
            french.result["error"]
                .as_str()
                .unwrap()
                .contains("is not set"),
            "JSON is not translated"
        );
    }
    let missing = world.run(
        "birthday",
        &birthday(server.port, json!({"contacts": "none.vcf"})),
        DAY,
        &[],
    );
    assert!(
        missing.err.contains("`contacts`: none.vcf cannot be read"),
        "{missing:?}"
    );
    let plain = world.run("birthday", &json!({}), DAY, &[]);
    assert!(plain.err.contains("`contacts`"), "{plain:?}");
}

/// And nothing is used of any limit.
#[test]
fn everybody_stays_due_while_mail_is_down() {
    let (world, server) = (BotFolder::new(), Server::new());
    world.write("contacts.vcf", crowd(3));
    let nobody = Nobody::new();
    let config = birthday(nobody.address.port(), json!({}));
    let ended = world.run("birthday", &config, DAY, &[]);
    assert_eq!(ended.code, Some(1));
    assert_eq!(
        (
            ended.count("messages_sent"),
            ended.count("failed"),
            ended.count("unknown")
        ),
        (0, 3, 0)
    );
    assert!(
        ended.result["error"]
            .as_str()
            .unwrap()
            .contains("0 sent, 3 failed, 0 unknown"),
        "{ended:?}"
    );
    let ended = world.run("birthday", &birthday(server.port, json!({})), DAY, &[]);
    assert_eq!((ended.code, server.take_to()), (Some(0), to(3)));
}

/// The server gets the other messages.
#[test]
fn one_refused_address_stays_due() {
    let (world, server) = (BotFolder::new(), Server::new());
    world.write("contacts.vcf", crowd(3));
    server.script(|moment| match moment {
        Moment::Recipient(to) if to.starts_with("p1") => Act::Answer("550 no such user"),
        _ => Act::Usual,
    });
    let config = birthday(server.port, json!({}));
    let ended = world.run("birthday", &config, DAY, &[]);
    assert_eq!(ended.code, Some(1));
    assert_eq!(
        (
            ended.count("messages_sent"),
            ended.count("failed"),
            ended.count("unknown")
        ),
        (2, 1, 0)
    );
    assert!(
        ended.result["errors"].to_string().contains("no such user"),
        "{ended:?}"
    );
    assert_eq!(server.take_to(), ["p0@example.org", "p2@example.org"]);
    server.usual();
    let ended = world.run("birthday", &config, DAY, &[]);
    assert_eq!(
        (ended.code, server.take_to()),
        (Some(0), vec!["p1@example.org".to_owned()])
    );
}

/// Runs a day with the server doing `act` at the second message's moment, then usual days; counts
/// and what was taken of the second person.
fn trouble(moment: fn(&Moment) -> bool, act: Act) -> (u64, u64, u64, usize) {
    let (world, server) = (BotFolder::new(), Server::new());
    world.write("contacts.vcf", crowd(3));
    let mut config = birthday(server.port, json!({"process_late": true}));
    config["delivery"]["smtp"]["timeout_secs"] = json!(1);
    let mut is_done = false;
    let then = act.clone();
    server.script(move |now| {
        if !is_done && moment(now) {
            is_done = true;
            return then.clone();
        }
        Act::Usual
    });
    let ended = world.run("birthday", &config, DAY, &[]);
    for day in ["2026-03-12", "2026-03-13"] {
        assert_eq!(world.run("birthday", &config, day, &[]).code, Some(0));
    }
    let taken = server.take_to();
    for person in ["p0@example.org", "p2@example.org"] {
        assert_eq!(
            taken.iter().filter(|to| *to == person).count(),
            1,
            "{act:?} {taken:?}"
        );
    }
    let second = taken.iter().filter(|to| *to == "p1@example.org").count();
    (
        ended.count("messages_sent"),
        ended.count("failed"),
        ended.count("unknown"),
        second,
    )
}

/// Whether it hangs up, hangs or fails in the middle.
#[test]
fn a_failing_server_gets_nothing_twice() {
    let recipient: fn(&Moment) -> bool = |m| *m == Moment::Recipient("p1@example.org".into());
    let data: fn(&Moment) -> bool = |m| *m == Moment::Data("p1@example.org".into());
    let text: fn(&Moment) -> bool = |m| *m == Moment::Text("p1@example.org".into(), 1);
    // Before the text has gone out, it surely failed: it is tried again by a later run.
    for act in [
        Act::Close,
        Act::Hang,
        Act::Answer("451 later"),
        Act::Answer("rubbish"),
    ] {
        assert_eq!(trouble(recipient, act.clone()), (2, 1, 0, 1), "{act:?}");
        assert_eq!(trouble(data, act.clone()), (2, 1, 0, 1), "{act:?}");
    }
    // Behind it, only an answer says so.
    assert_eq!(trouble(text, Act::Answer("452 full")), (2, 1, 0, 1));
    assert_eq!(trouble(text, Act::Answer("554 spam")), (2, 1, 0, 1));
    assert_eq!(trouble(text, Act::Close), (2, 0, 1, 0));
    assert_eq!(trouble(text, Act::Hang), (2, 0, 1, 0));
    assert_eq!(trouble(text, Act::TakeAndClose), (2, 0, 1, 1));
    assert_eq!(trouble(text, Act::Answer("rubbish")), (2, 0, 1, 0));
    // At the greeting nobody is there: the rest is not tried.
    assert_eq!(
        trouble(|m| *m == Moment::Hello, Act::Answer("421 busy")),
        (0, 3, 0, 1)
    );
}

/// The doubt is reported once.
#[test]
fn killed_anywhere_nobody_is_greeted_twice() {
    for (act, taken, words) in [
        (Act::Kill, 0, 1),
        (Act::TakeAndKill, 1, 1),
        (Act::AnswerAndKill, 1, 1),
    ] {
        let (world, server) = (BotFolder::new(), Server::new());
        world.write("contacts.vcf", crowd(3));
        let config = birthday(server.port, json!({}));
        let then = act.clone();
        let mut is_done = false;
        server.script(move |moment| match moment {
            Moment::Text(to, _) if to.starts_with("p1") && !is_done => {
                is_done = true;
                then.clone()
            }
            _ => Act::Usual,
        });
        let started = world.start("birthday", &config, DAY, &[]);
        server.victim.store(started.0.id(), Ordering::SeqCst);
        let ended = world.end(started);
        assert_eq!(ended.code, None, "killed");
        let said = ended.count("messages_sent") + ended.count("unknown");
        assert!(
            said > words,
            "the last word counts the doubtful one: {ended:?}"
        );
        let after = world.run("birthday", &config, DAY, &[]);
        assert_eq!(after.code, Some(0), "{after:?}");
        let all = server.take_to();
        assert_eq!(
            all.iter().filter(|to| to.starts_with("p1")).count(),
            taken,
            "{act:?}: {all:?}"
        );
        assert_eq!(all.iter().filter(|to| to.starts_with("p2")).count(), 1);
        if act != Act::AnswerAndKill {
            assert_eq!(after.result["unknown_before"], 1, "{after:?}");
            assert!(
                after
                    .out
                    .contains("Person 1 (2026-03-12): an earlier run ended during the message"),
                "{}",
                after.out
            );
        }
        let last = world.run("birthday", &config, DAY, &[]);
        assert_eq!(last.result["unknown_before"], Value::Null, "told once");
    }
}

/// And sends no more.
#[test]
fn asked_to_stop_it_finishes_its_message() {
    let (world, server) = (BotFolder::new(), Server::new());
    world.write("contacts.vcf", crowd(3));
    let config = birthday(server.port, json!({"delay_secs": 3600}));
    let (child, result) = world.start("birthday", &config, DAY, &[]);
    let end = Instant::now() + Duration::from_secs(20);
    while server.mails().is_empty() {
        assert!(Instant::now() < end, "no mail came");
        std::thread::yield_now();
    }
    let pid = rustix::process::Pid::from_raw(child.id() as i32).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    let ended = world.end((child, result));
    assert_eq!(
        (
            ended.code,
            ended.count("messages_sent"),
            ended.count("unknown")
        ),
        (Some(1), 1, 0),
        "{ended:?}"
    );
    assert!(ended.err.contains("stopped: 2 were not tried"), "{ended:?}");
    assert_eq!(server.take_to().len(), 1);
}

/// From the place that the job names.
#[test]
fn a_password_is_read_but_never_shown() {
    let (world, server) = (BotFolder::new(), Server::with_login());
    world.write("contacts.vcf", crowd(1));
    world.write("good", "secret-word\n");
    world.write("wrong", "secret-wrong");
    let with = |password: Value| {
        let mut config = birthday(server.port, json!({}));
        config["delivery"]["smtp"]["user"] = json!("good");
        config["delivery"]["smtp"]["password"] = password;
        config
    };
    let wrong = world.run("birthday", &with(json!({"from_file": "wrong"})), DAY, &[]);
    assert_eq!((wrong.code, wrong.count("failed")), (Some(1), 1));
    let shown = format!("{} {} {}", wrong.out, wrong.err, wrong.result);
    assert!(
        shown.contains("535") || shown.contains("no: ***"),
        "{shown}"
    );
    assert!(!shown.contains("secret-wrong"), "{shown}");
    let good = world.run("birthday", &with(json!({"from_file": "good"})), DAY, &[]);
    assert_eq!(
        (good.code, good.count("messages_sent")),
        (Some(0), 1),
        "{good:?}"
    );
    let env = world.run(
        "birthday",
        &with(json!({"from_env": "PASS"})),
        "2027-03-12",
        &[("PASS", "secret-word")],
    );
    assert_eq!(env.count("messages_sent"), 1);
    assert_eq!(server.logins.lock().unwrap().len(), 3);
    let none = world.run("birthday", &with(json!({"from_env": "PASS"})), DAY, &[]);
    assert!(
        none.err
            .contains("`delivery.smtp.password`: there is no variable PASS"),
        "{none:?}"
    );
}

#[test]
fn mail_goes_only_to_trusted_tls_servers() {
    let ca = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/localhost.pem");
    for (mode, implicit) in [("starttls", false), ("implicit", true)] {
        let (world, server) = (BotFolder::new(), Server::with_tls(implicit));
        world.write("contacts.vcf", crowd(1));
        world.write("word", "secret-word");
        let mut config = birthday(server.port, json!({}));
        let smtp = &mut config["delivery"]["smtp"];
        smtp["tls"] = json!(mode);
        smtp["host"] = json!("localhost");
        smtp["user"] = json!("good");
        smtp["password"] = json!({"from_file": "word"});
        let refused = world.run("birthday", &config, DAY, &[]);
        assert_eq!(
            (refused.code, refused.count("failed")),
            (Some(1), 1),
            "{mode} {refused:?}"
        );
        assert!(
            server.logins.lock().unwrap().is_empty(),
            "no password to a stranger"
        );
        config["delivery"]["smtp"]["ca_file"] = json!(ca);
        let ended = world.run("birthday", &config, DAY, &[]);
        assert_eq!(
            (ended.code, server.take_to()),
            (Some(0), to(1)),
            "{mode} {ended:?}"
        );
    }
    // A server without STARTTLS gets no message in clear.
    let (world, server) = (BotFolder::new(), Server::new());
    world.write("contacts.vcf", crowd(1));
    let mut config = birthday(server.port, json!({}));
    config["delivery"]["smtp"]["tls"] = json!("starttls");
    let ended = world.run("birthday", &config, DAY, &[]);
    assert_eq!((ended.code, server.take().len()), (Some(1), 0), "{ended:?}");
}

/// As JSON; its answer decides how the message ended.
#[test]
fn a_web_hook_gets_one_object_per_message() {
    let world = BotFolder::new();
    world.write("contacts.vcf", crowd(5));
    world.write("token", "Bearer secret-token");
    let web = Web::new(|request| {
        match request
            .body
            .split("\"to\":\"p")
            .nth(1)
            .and_then(|rest| rest.chars().next())
        {
            Some('0') => page("200 OK", "text/plain", ""),
            Some('1') => page("422 No", "text/plain", ""),
            Some('2') => page("500 Oops", "text/plain", ""),
            Some('3') => None,
            _ => page("503 Later", "text/plain", ""),
        }
    });
    let mut config = birthday(1, json!({}));
    world.write("url", web.url("/hook?token=secret-token"));
    config["delivery"] = json!({"webhook": {"url": {"from_file": "url"},
        "headers": {"Authorization": {"from_file": "token"}, "X-Team": "ops"}}});
    let ended = world.run("birthday", &config, DAY, &[]);
    assert_eq!(ended.code, Some(1));
    assert_eq!(
        (
            ended.count("messages_sent"),
            ended.count("failed"),
            ended.count("unknown")
        ),
        (1, 2, 2),
        "{ended:?}"
    );
    assert!(!format!("{ended:?}").contains("secret-token"));
    let requests = web.take();
    assert_eq!(requests.len(), 5);
    let body: Value = serde_json::from_str(&requests[0].body).unwrap();
    assert_eq!(
        (&body["to"], &body["name"], &body["birthday"], &body["age"]),
        (
            &json!("p0@example.org"),
            &json!("Person 0"),
            &json!("2026-03-12"),
            &json!(36)
        )
    );
    assert_eq!(
        (
            requests[0].header("authorization"),
            requests[0].header("x-team")
        ),
        ("Bearer secret-token", "ops")
    );
    assert_eq!(
        requests[0].header("idempotency-key"),
        body["id"].as_str().unwrap()
    );
    assert!(requests[0].header("user-agent").starts_with("jobsd/"));
    world.run("birthday", &config, DAY, &[]);
    let again: Vec<Value> = web
        .take()
        .iter()
        .map(|r| serde_json::from_str(&r.body).unwrap())
        .collect();
    assert_eq!(
        again
            .iter()
            .map(|b| b["to"].as_str().unwrap())
            .collect::<Vec<_>>(),
        ["p1@example.org", "p4@example.org"]
    );
}

#[test]
fn a_program_per_message_decides_by_its_exit_status() {
    let world = BotFolder::new();
    world.write("contacts.vcf", crowd(3));
    world.write(
        "bin/send",
        "#!/bin/sh\nread line\necho \"$line\" >> sent\n\
        case \"$line\" in *p1@*) exit 3;; *p2@*) kill -9 $$;; esac\n",
    );
    fs::set_permissions(world.path("bin/send"), fs::Permissions::from_mode(0o755)).unwrap();
    let mut config = birthday(1, json!({}));
    config["delivery"] = json!({"command": ["bin/send"]});
    // It runs where the bot runs.
    let env = [("PATH", "/usr/bin:/bin")];
    let here = std::env::current_dir().unwrap();
    config["delivery"]["command"] = json!([
        "/bin/sh",
        "-c",
        format!("cd {} && exec bin/send", world.dir.path().display())
    ]);
    let ended = world.run("birthday", &config, DAY, &env);
    assert_eq!(std::env::current_dir().unwrap(), here);
    assert_eq!(
        (
            ended.count("messages_sent"),
            ended.count("failed"),
            ended.count("unknown")
        ),
        (1, 1, 1),
        "{ended:?}"
    );
    let ended = world.run("birthday", &config, DAY, &env);
    assert_eq!(
        (ended.count("greeted"), ended.count("failed")),
        (2, 1),
        "{ended:?}"
    );
    assert_eq!(
        fs::read_to_string(world.path("sent"))
            .unwrap()
            .lines()
            .count(),
        4
    );
}

/// With a damaged ledger nothing is sent.
#[test]
fn one_run_at_a_time_holds_the_ledger() {
    let (world, server) = (BotFolder::new(), Server::new());
    world.write("contacts.vcf", crowd(2));
    let config = birthday(server.port, json!({"delay_secs": 3600}));
    let (mut child, _) = world.start("birthday", &config, DAY, &[]);
    let end = Instant::now() + Duration::from_secs(20);
    while server.mails().is_empty() {
        assert!(Instant::now() < end, "no mail came");
        std::thread::yield_now();
    }
    let second = world.run("birthday", &config, DAY, &[]);
    assert_eq!(
        (second.code, server.mails().len()),
        (Some(1), 1),
        "{second:?}"
    );
    assert!(
        second.err.contains("another run of this job is at work"),
        "{second:?}"
    );
    child.kill().unwrap();
    child.wait().unwrap();
    // A line that a crash cut short announced nothing.
    let path = world.path("state/greeted.jsonl");
    let whole = fs::read(&path).unwrap();
    fs::write(&path, [&whole[..], b"{\"v\":1,\"at\":\"20"].concat()).unwrap();
    let now = birthday(server.port, json!({}));
    assert_eq!(world.run("birthday", &now, DAY, &[]).code, Some(0));
    assert_eq!(server.mails().len(), 2);
    fs::write(&path, [b"rubbish\n", &whole[..]].concat()).unwrap();
    let ended = world.run("birthday", &now, DAY, &[]);
    assert_eq!((ended.code, server.mails().len()), (Some(1), 2));
    assert!(
        ended
            .err
            .contains("greeted.jsonl:1: the line cannot be read"),
        "{ended:?}"
    );
}

#[test]
fn a_corrected_birthday_greets_nobody_twice() {
    let (world, server) = (BotFolder::new(), Server::new());
    let config = birthday(server.port, json!({}));
    world.write("contacts.vcf", card("Ana", "a@example.org", "--0312"));
    world.run("birthday", &config, DAY, &[]);
    world.write("contacts.vcf", card("Ana", "A@example.org", "--0313"));
    let ended = world.run("birthday", &config, "2026-03-13", &[]);
    assert_eq!((server.take().len(), ended.count("greeted")), (1, 1));
    // A family may share an address.
    world.write(
        "contacts.vcf",
        card("Ana", "a@example.org", "--0313") + &card("Ben", "a@example.org", "--0314"),
    );
    world.run("birthday", &config, "2026-03-14", &[]);
    assert_eq!(server.take().len(), 1);
}

#[test]
fn the_pause_between_messages_is_kept() {
    let (world, server) = (BotFolder::new(), Server::new());
    world.write("contacts.vcf", crowd(3));
    let begun = Instant::now();
    world.run(
        "birthday",
        &birthday(server.port, json!({"delay_secs": 1})),
        DAY,
        &[],
    );
    assert_eq!(server.take().len(), 3);
    assert!(
        begun.elapsed() >= Duration::from_secs(1),
        "two pauses of half a second at least"
    );
}
