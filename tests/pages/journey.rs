//! The journey of the plan's owner, who writes no YAML: form, file, commit, both bots in test mode,
//! then in production, in French. In Chromium, against a real mail server.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::browser;
use crate::support::bots::card;
use crate::support::child::git;
use crate::support::mail::Server;
use crate::support::web::{Web, page};
use crate::support::world::World;
use jobsd::time::{SignedDuration, zone};

/// People around today: one of them has a birthday, whatever the hour is in Paris.
fn contacts() -> String {
    let paris = zone("Europe/Paris").unwrap();
    let day = |days: i64| {
        let at = jobsd::shell::clock::now() + SignedDuration::from_hours(24 * days);
        let date = at.to_zoned_datetime(paris.clone()).date();
        format!("--{:02}{:02}", date.month(), date.day())
    };
    let people = [("Ana Lima", 0), ("Bilal Haddad", 40), ("Chloé Roy", 80)];
    let cards = people.map(|(name, days)| {
        let mail = format!("p{days}@example.org");
        card(name, &mail, &day(days))
    });
    cards.concat()
}

#[test]
fn the_owner_needs_no_yaml() {
    if !browser::is_ready() {
        return;
    }
    let (mail, web) = (
        Server::with_login(),
        Web::new(|request| match request.path.as_str() {
            "/robots.txt" => page("404 Not Found", "text/plain", ""),
            _ => page("200 OK", "text/html", "<title>Une page</title>"),
        }),
    );
    let mut world = World::new();
    fs::write(world.path("contacts.vcf"), contacts()).unwrap();
    let pages = ["/ana", "/bilal"].map(|path| web.url(path)).join("\n");
    fs::write(world.path("pages.txt"), pages).unwrap();
    fs::write(world.path("token"), "un jeton assez long\n").unwrap();
    fs::set_permissions(world.path("token"), fs::Permissions::from_mode(0o600)).unwrap();
    world.config("control: {token_file: token}\ndefaults: {timezone: Europe/Paris}\n");
    git(world.dir.path(), &["init", "-q", "-b", "main"]);
    world.start_with(|command| {
        command
            .env("LANG", "fr_FR.UTF-8")
            .env("SMTP_PASSWORD", "secret-word");
    });
    let port = mail.port.to_string();
    let walk = |phase: &str| {
        let mut node = browser::node("journey.mjs");
        node.arg(phase).env("SMTP_PORT", &port);
        node.env("JOBSD_URL", format!("http://127.0.0.1:{}/", world.port()));
        node.env("JOBSD_DIR", world.dir.path());
        if let Some(folder) = std::env::var_os("JOBSD_SHOTS") {
            node.env("SHOTS", folder);
        }
        let status = node.status().unwrap();
        assert!(status.success(), "{phase}: see above\n{}", world.log());
    };
    walk("test");
    assert!(mail.take().is_empty(), "test mode sends nothing");
    assert!(web.take().is_empty(), "test mode visits nothing");
    walk("production");
    let mails = mail.take();
    let to: Vec<&str> = mails.iter().map(|mail| mail.to.as_str()).collect();
    assert_eq!(to, ["p0@example.org"]);
    assert_eq!(mails[0].header("Subject"), "Joyeux anniversaire, Ana !");
    let mut seen = web.take_paths();
    seen.retain(|path| path != "/robots.txt");
    seen.sort();
    assert_eq!(seen, ["/ana", "/bilal"]);
}
