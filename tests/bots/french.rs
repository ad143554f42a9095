//! What goes wrong, in the reader's language: each run once in English and once in French.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::fs;

use serde_json::{Value, json};

use crate::support::bots::{BotFolder, Ended, birthday, card};
use crate::support::http::Nobody;
use crate::support::mail::{Act, Moment, Server};
use crate::support::web::{Web, page};

const DAY: &str = "2026-03-12";

/// A run of a bot in a language, in a folder of its own.
fn run(bot: &str, config: &Value, lang: &str, env: &[(&str, &str)]) -> Ended {
    let world = BotFolder::new();
    world.write("contacts.vcf", card("Zoé", "zoe@example.org", "1990-03-12"));
    world.write("pages.txt", config["page"].as_str().unwrap_or_default());
    world.write("word", "secret-word");
    fs::create_dir(world.path("folder.vcf")).unwrap();
    let mut config = config.clone();
    config.as_object_mut().unwrap().remove("page");
    let env = [env, &[("LANG", lang), ("PATH", "/usr/bin:/bin")]].concat();
    world.run(bot, &config, DAY, &env)
}

/// Both languages say as much, and no sentence is the same in both; the words of servers are `zzz`.
fn compare(bot: &str, config: &Value, env: &[(&str, &str)], words: &str) {
    let english = run(bot, config, "C", env);
    let french = run(bot, config, "fr_FR.UTF-8", env);
    assert_eq!(french.code, Some(1), "{config} {french:?}");
    let said = |ended: &Ended| format!("{}{}", ended.out, ended.err);
    let (en, fr) = (said(&english), said(&french));
    assert!(fr.contains(words), "{config}\n{en}\n{fr}");
    assert_eq!(en.lines().count(), fr.lines().count(), "{en}\n{fr}");
    for (en, fr) in en.lines().zip(fr.lines()) {
        assert_ne!(en, fr, "{config}");
        let is_english = |word: &&str| ["the", "is", "it", "not", "cannot", "was"].contains(word);
        assert_eq!(fr.split(' ').find(|word| is_english(word)), None, "{fr}");
    }
    // Results and records are English, and are read back on French pages.
    let error = english.result["error"].as_str().unwrap_or_default();
    let read = jobsd::text::failure::read(error);
    assert_ne!(read.en, read.fr);
    let error = french.result["error"].as_str().unwrap();
    let read = jobsd::text::failure::read(error).fr;
    assert!(fr.contains(&jobsd::text::guillemets(&read)), "{error}");
}

#[test]
fn mail_servers_fail_in_french() {
    let recipient: fn(&Moment) -> bool = |moment| matches!(moment, Moment::Recipient(_));
    let text: fn(&Moment) -> bool = |moment| matches!(moment, Moment::Text(..));
    let hello: fn(&Moment) -> bool = |moment| *moment == Moment::Hello;
    for (when, act, words) in [
        (
            recipient,
            Act::Answer("550 zzz"),
            "le serveur de courrier l’a refusé (550)",
        ),
        (
            text,
            Act::Answer("451 zzz"),
            "l’a refusé pour l’instant (451)",
        ),
        (text, Act::Answer("rubbish"), "n’est pas comprise"),
        (
            text,
            Act::Close,
            "la connexion a été fermée avant la réponse",
        ),
        (text, Act::Hang, "pas de réponse à temps"),
        (hello, Act::Answer("421 zzz"), "l’envoi est impossible"),
    ] {
        let server = Server::new();
        server.script(move |moment| {
            if when(moment) {
                act.clone()
            } else {
                Act::Usual
            }
        });
        let mut config = birthday(server.port, json!({}));
        config["delivery"]["smtp"]["timeout_secs"] = json!(1);
        compare("birthday", &config, &[], words);
    }
}

#[test]
fn no_mail_server_is_said_in_french() {
    let nobody = Nobody::new();
    let config = birthday(nobody.address.port(), json!({}));
    compare("birthday", &config, &[], "connexion refusée");
    let server = Server::new();
    let mut config = birthday(server.port, json!({}));
    config["delivery"]["smtp"]["tls"] = json!("starttls");
    compare("birthday", &config, &[], "ne propose pas STARTTLS");
    config["delivery"]["smtp"]["tls"] = json!("none");
    config["delivery"]["smtp"]["user"] = json!("zoe");
    config["delivery"]["smtp"]["password"] = json!({"from_file": "word"});
    compare("birthday", &config, &[], "aucune façon de se connecter");
    let server = Server::with_tls(true);
    let mut config = birthday(server.port, json!({}));
    config["delivery"]["smtp"]["tls"] = json!("implicit");
    config["delivery"]["smtp"]["host"] = json!("localhost");
    compare(
        "birthday",
        &config,
        &[],
        "le certificat vient d’une autorité inconnue",
    );
}

#[test]
fn hooks_and_programs_fail_in_french() {
    let web = Web::new(|request| match request.path.as_str() {
        "/no" => page("422 Zzz", "text/plain", ""),
        "/oops" => page("500 Zzz", "text/plain", ""),
        _ => None,
    });
    let nobody = Nobody::new();
    let hook = |url: String| json!({"webhook": {"url": url}});
    let program = |argv: &[&str]| json!({"command": argv});
    for (delivery, words) in [
        (hook(web.url("/no")), "le web hook a répondu 422"),
        (hook(web.url("/oops")), "le web hook a répondu 500"),
        (
            hook(web.url("/gone")),
            "la connexion a été fermée avant la réponse",
        ),
        (
            hook(format!("http://{}/", nobody.address)),
            "connexion refusée",
        ),
        (
            program(&["sh", "-c", "exit 3"]),
            "son code de sortie était 3",
        ),
        (
            program(&["sh", "-c", "kill -9 $$"]),
            "le signal 9 l’a arrêté",
        ),
        (program(&["/nowhere/zzz"]), "ne démarre pas : aucun fichier"),
    ] {
        let config = birthday(1, json!({"delivery": delivery}));
        compare("birthday", &config, &[], words);
    }
}

#[test]
fn settings_that_cannot_be_used_are_named_in_french() {
    let mut cases = vec![
        (
            json!({"contacts": "nowhere.vcf"}),
            "ne peut être lu : aucun fichier",
        ),
        (json!({"contacts": "/dev/null"}), "est d’un type inconnu"),
        (
            json!({"templates": {"subjects": ["{zzz}"]}}),
            "{zzz} n’est pas connu",
        ),
    ];
    let smtp = |keys: Value| {
        let mut config = birthday(1, json!({}));
        for (key, value) in keys.as_object().unwrap() {
            config["delivery"]["smtp"][key] = value.clone();
        }
        json!({"delivery": config["delivery"]})
    };
    let tls = |file: &str| smtp(json!({"tls": "implicit", "ca_file": file}));
    let word = |file: &str| smtp(json!({"user": "zoe", "password": {"from_file": file}}));
    cases.push((tls("nowhere.pem"), "aucun fichier ni dossier de ce nom"));
    cases.push((tls("word"), "corrigez le fichier ou son chemin"));
    cases.push((word("nowhere"), "ne peut être lu : aucun fichier"));
    cases.push((smtp(json!({"from": "zzz"})), "n’est pas une adresse"));
    for (keys, words) in cases {
        compare("birthday", &birthday(1, keys), &[], words);
    }
    let config = birthday(1, json!({}));
    let env = [("JOBSD_SCHEDULED_AT", "zzz")];
    compare("birthday", &config, &env, "ce qui n’est pas compris");
}

#[test]
fn pages_that_cannot_be_visited_are_told_in_french() {
    let web = Web::new(|request| match request.path.as_str() {
        "/robots.txt" => page("404 Zzz", "text/plain", ""),
        "/oops" => page("500 Zzz", "text/plain", ""),
        "/busy" => page("429 Zzz", "text/plain", ""),
        _ => None,
    });
    let shut = Web::new(|_| page("500 Zzz", "text/plain", ""));
    let nobody = Nobody::new();
    for (url, words) in [
        (web.url("/oops"), "la réponse est 500"),
        (web.url("/busy"), "l’hôte est laissé tranquille"),
        (
            web.url("/gone"),
            "la connexion a été fermée avant la réponse",
        ),
        (format!("http://{}/", nobody.address), "connexion refusée"),
        (shut.url("/"), "n’a pas pu être lu"),
        ("ftp://zzz/".to_owned(), "n’est pas l’adresse d’une page"),
    ] {
        let config = json!({"addresses": "pages.txt", "delay_secs": 0, "timeout_secs": 5,
            "page": format!("{url}\n{}", web.url("/oops"))});
        compare("visitor", &config, &[], words);
    }
}
