//! What goes wrong is said in the language of whoever asks: by commands on standard error, and by
//! the endpoint in `detail`.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use crate::support::child::{BIN, clean};
use crate::support::world::World;

/// The first line on standard error of a command, in both languages.
fn refused(dir: &Path, args: &[&str]) -> (i32, String, String) {
    let told = |lang: &str| {
        let mut command = clean(BIN);
        command.current_dir(dir).args(args).args(["--lang", lang]);
        let output = command.output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        let line = text.lines().next().unwrap_or_default().to_owned();
        (output.status.code().unwrap(), line)
    };
    let ((code, en), (same, fr)) = (told("en"), told("fr"));
    assert_eq!(code, same, "{args:?}: the language changes no exit code");
    (code, en, fr)
}

/// With their prefix.
#[test]
fn command_errors_come_in_both_languages() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path();
    std::fs::create_dir(dir.join("jobs.d")).unwrap();
    let job = "name: df\nbot_type: command\nbot_config: {command: [df]}\nschedule_type: manual\n";
    std::fs::write(dir.join("jobs.d/disk.yaml"), job).unwrap();
    let cases: [(&[&str], i32, &str, &str); 19] = [
        (
            &["validate", "/nope"],
            5,
            "/nope cannot be read: No such file or directory (os error 2); check the path",
            "/nope est illisible : aucun fichier ni dossier de ce nom (erreur système 2) ; \
            vérifiez le chemin",
        ),
        (
            &["validate", "--deny", "nope"],
            2,
            "no code `nope`: `jobsd explain` lists them",
            "aucun code « nope » : `jobsd explain` en donne la liste",
        ),
        (
            &["validate", "--allow", "rnge"],
            2,
            "no code `rnge`. Did you mean `range`?",
            "aucun code « rnge ». Vouliez-vous dire « range » ?",
        ),
        (
            &["validate", "--jobs", "none.d"],
            5,
            "none.d cannot be read: No such file or directory (os error 2); check the path",
            "none.d est illisible : aucun fichier ni dossier de ce nom (erreur système 2) ; \
            vérifiez le chemin",
        ),
        (
            &["next", "--jobs", "none.d"],
            5,
            "the jobs folder none.d does not exist: create it, or name another with --jobs",
            "le dossier des jobs none.d n’existe pas : créez-le, ou nommez-en un autre avec \
            --jobs",
        ),
        (
            &["list", "--offline", "--jobs", "none.d"],
            5,
            "the jobs folder none.d does not exist",
            "le dossier des jobs none.d n’existe pas",
        ),
        (
            &["next", "dsk"],
            2,
            "no job `dsk`. Did you mean `disk`?",
            "aucun job « dsk ». Vouliez-vous dire « disk » ?",
        ),
        (
            &["next", "--schedule", "0 8 * * *", "--tz", "Europe/Pariss"],
            2,
            "\"Europe/Pariss\" is not",
            "« Europe/Pariss » n’est pas",
        ),
        (
            &["next", "--schedule", "0 88 * * *"],
            1,
            "hour: 88 is out of range 0-23",
            "heure : 88 est hors limites 0-23",
        ),
        (
            &["list", "--config", "none.yaml"],
            2,
            "none.yaml does not exist: fix --config",
            "none.yaml n’existe pas : corrigez --config",
        ),
        (
            &["history", "--since", "soon"],
            2,
            "`--since <T>` cannot be `soon`: write a time (08:00, yesterday 08:00, ",
            "« --since <T> » ne peut pas être « soon » : écrivez une heure (08:00, hier 08:00, ",
        ),
        (
            &["history", "--cursor", "x"],
            2,
            "`x` is not a cursor: use `next`",
            "« x » n’est pas un curseur : prenez `next`",
        ),
        (
            &["history", "A B"],
            2,
            "no job `A B`: see jobsd list",
            "aucun job « A B » : voyez jobsd list",
        ),
        (
            &["why", "nobody"],
            2,
            "no job `nobody`: see jobsd list",
            "aucun job « nobody » : voyez jobsd list",
        ),
        (
            &["logs", "disk"],
            2,
            "no run of `disk` has started",
            "aucune exécution de « disk » n’a démarré",
        ),
        (
            &["fsck", "--state", "none"],
            5,
            "there is no state directory none: name it with --state",
            "il n’y a pas de dossier d’état none : nommez-le avec --state",
        ),
        (
            &["run", "disk", "--local", "--dry-run"],
            2,
            "`disk` is a command: it has no dry run",
            "« disk » est une commande : elle n’a pas de mode test",
        ),
        (
            &["status", "--state", ".jobsd"],
            3,
            "no daemon answers on .jobsd/control.sock: No such file or directory",
            "aucun démon ne répond sur .jobsd/control.sock : aucun fichier ni dossier",
        ),
        (
            &["serve", "--state", "jobs.d/disk.yaml/state"],
            5,
            "the state directory jobs.d/disk.yaml/state cannot be used: Not a directory",
            "le dossier d’état jobs.d/disk.yaml/state est inutilisable : ce n’est pas un \
            dossier",
        ),
    ];
    for (args, code, en, fr) in cases {
        let (found, said, dit) = refused(dir, args);
        assert_eq!(found, code, "{args:?}: {said}");
        let (said, dit) = (
            said.strip_prefix("error: ")
                .unwrap_or_else(|| panic!("{args:?}: {said}")),
            dit.strip_prefix("erreur : ")
                .unwrap_or_else(|| panic!("{args:?}: {dit}")),
        );
        assert!(said.starts_with(en), "{args:?}: {said}");
        assert!(dit.starts_with(fr), "{args:?}: {dit}");
    }
}

#[test]
fn refusals_use_the_language_of_the_reader() {
    let mut world = World::new();
    world.job(
        "seven",
        "bot_config: {shell: 'exit 7'}\nschedule_type: manual",
    );
    world.start();
    let long = format!("/scheduler/jobs?x={}", "a".repeat(9 << 10));
    let chosen = world.request("GET", "/?lang=fr", &[], b"");
    let french = chosen
        .header("set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    for (method, path, code, en, fr) in [
        (
            "GET",
            "/scheduler/jobs/nothing",
            404,
            "Job nothing not found",
            "Job nothing introuvable",
        ),
        (
            "GET",
            "/scheduler/jobs/nothing/history",
            404,
            "Job nothing not found",
            "Job nothing introuvable",
        ),
        (
            "GET",
            "/scheduler/runs/nothing",
            404,
            "Run nothing not found",
            "Exécution nothing introuvable",
        ),
        (
            "GET",
            "/scheduler/jobs?enabled_only=maybe",
            400,
            "enabled_only is true or false",
            "enabled_only vaut true ou false",
        ),
        (
            "GET",
            "/scheduler/runs?limit=501",
            400,
            "limit is an integer from 1 to 500",
            "limit est un entier de 1 à 500",
        ),
        (
            "GET",
            "/scheduler/runs?since=x",
            400,
            "since is an RFC 3339 time",
            "since est un instant RFC 3339",
        ),
        (
            "GET",
            "/scheduler/runs?status=x",
            400,
            "status is one of success",
            "status est l’un de success",
        ),
        (
            "GET",
            "/scheduler/runs?cursor=x",
            400,
            "cursor is the next_cursor",
            "cursor est le next_cursor",
        ),
        ("GET", "/nothing", 404, "no such page", "aucune page ici"),
        (
            "GET",
            &long,
            414,
            "the address is too long",
            "l’adresse est trop longue",
        ),
        (
            "PUT",
            "/scheduler/jobs/seven",
            405,
            "jobs are files in git: edit ",
            "les jobs sont des fichiers dans git : modifiez ",
        ),
        (
            "POST",
            "/scheduler/jobs",
            405,
            "this endpoint is read-only",
            "ce point d’accès est en lecture seule",
        ),
    ] {
        for (accepted, words) in [("fr-CA, en;q=0.5", fr), ("en, fr;q=0.5", en), ("de", en)] {
            let reply = world.request(method, path, &[("Accept-Language", accepted)], b"");
            assert_eq!(reply.code, code, "{method} {path}");
            let detail = reply.json()["detail"].clone();
            let detail = detail.as_str().unwrap();
            assert!(detail.starts_with(words), "{method} {path}: {detail}");
            assert_eq!(reply.header("vary"), Some("accept-language, cookie"));
        }
        let kept = world.request(method, path, &[("Cookie", &french)], b"");
        assert!(kept.json()["detail"].as_str().unwrap().starts_with(fr));
        let silent = world.request(method, path, &[], b"");
        assert!(silent.json()["detail"].as_str().unwrap().starts_with(en));
    }
}
