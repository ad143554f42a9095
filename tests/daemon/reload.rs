//! Reload by the real daemon: every way in which files of a git-synced folder change. The new state
//! is live within a second (two where the folder itself is replaced), a half-written file is never
//! in force, and no job is lost in between.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime};

use crate::support::child::{self, BIN, clean, git};
use crate::support::world::World;
use serde_json::{Value, json};

/// What must be live within a second, and within two. `benches/reload.rs` has the figures.
const SECOND: Duration = Duration::from_secs(1);
const TWO_SECONDS: Duration = Duration::from_secs(2);
/// A look at the daemon takes this long at most while the machine has time for both; what is longer
/// counts for no more, so that a deadline is one of jobsd and not of whatever else runs here.
const LOOK: Duration = Duration::from_millis(25);

fn daily(id: &str, hour: u32) -> String {
    format!(
        "name: {id}\nbot_type: command\nbot_config: {{command: ['true']}}\nschedule_type: daily\n\
        schedule_config: {{hour: {hour}}}\n"
    )
}

fn within(world: &World, longest: Duration, what: &str, condition: impl Fn(&World) -> bool) {
    let mut counted = Duration::ZERO;
    loop {
        let begin = Instant::now();
        if condition(world) {
            return;
        }
        assert!(
            counted < longest,
            "not within {longest:?}: {what}; log:\n{}",
            world.log()
        );
        std::thread::park_timeout(Duration::from_millis(2));
        counted += begin.elapsed().min(LOOK);
    }
}

/// The hour at which a job is due; `None` without such a job.
fn hour(world: &World, id: &str) -> Option<u64> {
    let job = world.try_get(&format!("/scheduler/jobs/{id}"))?;
    (job.code == 200).then(|| job.json()["schedule_config"]["hour"].as_u64())?
}

fn live(world: &World, id: &str, wanted: u32) {
    let wanted = Some(u64::from(wanted));
    within(world, SECOND, &format!("{id} at {wanted:?}"), |world| {
        hour(world, id) == wanted
    });
}

fn reloads(world: &World) -> Vec<Value> {
    let lines = world.lines().into_iter();
    lines.filter(|line| line["type"] == "reload").collect()
}

/// What must hold of the whole life of a world: no job was removed and no bad file was seen.
fn nothing_was_lost(world: &World) {
    for line in world.lines() {
        assert_ne!(line["change"], "removed", "{line}");
        if line["type"] == "reload" {
            assert_eq!(line["errors"], json!([]), "{line}");
        }
    }
}

/// A world with a running daemon and the job `a` at 1 and `b` at 1.
fn begun() -> World {
    let mut world = World::new();
    world.file("a", &daily("a", 1));
    world.file("b", &daily("b", 1));
    world.start();
    world
}

fn run(dir: &Path, program: &str, args: &[&str]) {
    let mut command = clean(program);
    command.current_dir(dir).args(args);
    let output = command.output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {args:?}: {error}");
}

fn head(dir: &Path) -> String {
    git(dir, &["rev-parse", "HEAD"])
}

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

fn signal(world: &World, name: &str) {
    let pid = world.daemon.as_ref().unwrap().id().to_string();
    run(Path::new("/"), "kill", &[name, &pid]);
}

/// A file that is renamed into its place is live after it.
#[test]
fn a_renamed_file_needs_one_reload() {
    let world = begun();
    let before = reloads(&world).len();
    world.file("a", &daily("a", 2));
    live(&world, "a", 2);
    assert_eq!(world.jobsd(&["reload"]).0, Some(0));
    let seen = reloads(&world);
    assert_eq!(seen.len(), before + 1, "{seen:#?}");
    assert_eq!(seen[before]["changed"], json!(["a"]));
    assert_eq!(seen[before]["counts"]["unchanged"], 1);
    nothing_was_lost(&world);
}

/// Each save is one, and the other files that editors leave are not jobs.
#[test]
fn editors_save_in_one_edit() {
    let world = begun();
    let dir = world.path("jobs.d");
    let path = |name: &str| dir.join(name);
    let vim = |hour| {
        fs::write(path(".a.yaml.swp"), "b0VIM").unwrap();
        fs::write(path("4913"), "").unwrap();
        fs::remove_file(path("4913")).unwrap();
        fs::rename(path("a.yaml"), path("a.yaml~")).unwrap();
        fs::write(path("a.yaml"), daily("a", hour)).unwrap();
        fs::remove_file(path("a.yaml~")).unwrap();
        fs::remove_file(path(".a.yaml.swp")).unwrap();
    };
    let emacs = |hour| {
        symlink("ada@host.1:1", path(".#a.yaml")).unwrap();
        fs::write(path("#a.yaml#"), daily("a", 23)).unwrap();
        fs::rename(path("a.yaml"), path("a.yaml~")).unwrap();
        fs::write(path("a.yaml"), daily("a", hour)).unwrap();
        fs::remove_file(path("#a.yaml#")).unwrap();
        fs::remove_file(path(".#a.yaml")).unwrap();
    };
    let code = |hour| fs::write(path("a.yaml"), daily("a", hour)).unwrap();
    let sed = |hour: u32| {
        let program = format!("s/hour: [0-9]*/hour: {hour}/");
        run(&dir, "sed", &["-i", &program, "a.yaml"]);
    };
    let real_vim = |hour: u32| {
        let command = format!("s/hour: [0-9]*/hour: {hour}/|wq");
        let mut vim = clean("vim");
        vim.current_dir(&dir).args(["-u", "NONE", "-es", "-c"]);
        let command = format!("set writebackup backupcopy=no|%{command}");
        let done = vim.arg(command).arg("a.yaml").stdin(Stdio::null()).status();
        if done.unwrap().code() == Some(127) {
            code(hour);
        }
    };
    let saves: [&dyn Fn(u32); 5] = [&vim, &emacs, &code, &sed, &real_vim];
    for (n, save) in saves.iter().enumerate() {
        let (before, hour) = (reloads(&world).len(), 2 + u32::try_from(n).unwrap());
        save(hour);
        live(&world, "a", hour);
        assert_eq!(world.jobsd(&["reload"]).0, Some(0));
        assert_eq!(reloads(&world).len(), before + 1, "save {n}");
    }
    assert_eq!(world.json("/scheduler/jobs").as_array().unwrap().len(), 2);
    nothing_was_lost(&world);
}

/// A file that is written in its place is taken when its writer closes it.
#[test]
fn a_slow_writer_is_waited_for() {
    let world = begun();
    let text = daily("a", 2) + "description: the last line\n";
    // Each half is a job of its own, so that only the rule keeps it out.
    let half = daily("a", 2).len();
    let mut file = fs::File::create(world.path("jobs.d/a.yaml")).unwrap();
    for (n, part) in [&text[..half], &text[half..]].iter().enumerate() {
        let hour = 10 + u32::try_from(n).unwrap();
        file.write_all(part.as_bytes()).unwrap();
        // The daemon looks meanwhile: at a neighbor, and at everything, twice.
        world.file("b", &daily("b", hour));
        live(&world, "b", hour);
        assert_eq!(world.jobsd(&["reload"]).0, Some(0));
        assert_eq!(hour_of(&world, "a"), 1);
    }
    drop(file);
    live(&world, "a", 2);
    let job = world.json("/scheduler/jobs/a");
    assert_eq!(job["description"], "the last line");
    nothing_was_lost(&world);
}

fn hour_of(world: &World, id: &str) -> u64 {
    hour(world, id).unwrap()
}

/// Its hidden folders hold no jobs.
#[test]
fn a_config_map_swap_is_live() {
    let mut world = World::new();
    let dir = world.path("jobs.d");
    let version = |name: &str, hour| {
        fs::create_dir(dir.join(name)).unwrap();
        for id in ["a", "b"] {
            let path = dir.join(name).join(format!("{id}.yaml"));
            fs::write(path, daily(id, hour)).unwrap();
        }
        symlink(name, dir.join("..data_tmp")).unwrap();
        fs::rename(dir.join("..data_tmp"), dir.join("..data")).unwrap();
    };
    version("..2024_1", 1);
    for id in ["a.yaml", "b.yaml"] {
        symlink(format!("..data/{id}"), dir.join(id)).unwrap();
    }
    world.start();
    assert_eq!((hour_of(&world, "a"), hour_of(&world, "b")), (1, 1));
    version("..2024_2", 2);
    fs::remove_dir_all(dir.join("..2024_1")).unwrap();
    within(&world, TWO_SECONDS, "the swap", |world| {
        hour(world, "a") == Some(2) && hour(world, "b") == Some(2)
    });
    assert_eq!(world.json("/scheduler/jobs").as_array().unwrap().len(), 2);
    nothing_was_lost(&world);
}

/// Also when the link turns to another one.
#[test]
fn a_linked_folder_is_followed() {
    let mut world = World::new();
    fs::remove_dir(world.path("jobs.d")).unwrap();
    for (name, hour) in [("one", 1), ("two", 2), ("three", 3)] {
        let dir = world.path("trees").join(name).join("jobs.d");
        fs::create_dir_all(&dir).unwrap();
        fs::write(dir.join("a.yaml"), daily("a", hour)).unwrap();
    }
    let turn = |link: &str, to: &str| {
        symlink(to, world.path("tmp")).unwrap();
        fs::rename(world.path("tmp"), world.path(link)).unwrap();
    };
    // The link is the folder itself, and then one further up its path.
    turn("jobs.d", "current/jobs.d");
    turn("current", "trees/one");
    world.start();
    assert_eq!(hour_of(&world, "a"), 1);
    let turn = |link: &str, to: &str| {
        symlink(to, world.path("tmp")).unwrap();
        fs::rename(world.path("tmp"), world.path(link)).unwrap();
    };
    turn("current", "trees/two");
    within(&world, TWO_SECONDS, "the second tree", |world| {
        hour(world, "a") == Some(2)
    });
    turn("jobs.d", "trees/three/jobs.d");
    within(&world, TWO_SECONDS, "the third tree", |world| {
        hour(world, "a") == Some(3)
    });
    fs::write(world.path("trees/three/jobs.d/a.yaml"), daily("a", 4)).unwrap();
    live(&world, "a", 4);
    // The old tree is not followed any more.
    fs::write(world.path("trees/two/jobs.d/a.yaml"), daily("a", 9)).unwrap();
    assert_eq!(world.jobsd(&["reload"]).0, Some(0));
    assert_eq!(hour_of(&world, "a"), 4);
    nothing_was_lost(&world);
}

/// Its jobs are kept meanwhile.
#[test]
fn a_recreated_folder_is_followed() {
    let world = begun();
    let dir = world.path("jobs.d");
    fs::remove_dir_all(&dir).unwrap();
    within(&world, Duration::from_secs(5), "bad health", |world| {
        let health = world.get("/health");
        health.code == 503 && health.text().contains("does not exist")
    });
    assert_eq!((hour_of(&world, "a"), hour_of(&world, "b")), (1, 1));
    fs::create_dir(&dir).unwrap();
    world.file("a", &daily("a", 2));
    world.file("b", &daily("b", 1));
    within(&world, TWO_SECONDS, "the new folder", |world| {
        hour(world, "a") == Some(2) && world.get("/health").code == 200
    });
    world.file("a", &daily("a", 3));
    live(&world, "a", 3);
    nothing_was_lost(&world);
}

/// One that is renamed away is not followed; the one in its place is.
#[test]
fn a_folder_is_followed_by_name() {
    let world = begun();
    let new = world.path("jobs.new");
    fs::create_dir(&new).unwrap();
    for id in ["a", "b"] {
        fs::write(new.join(format!("{id}.yaml")), daily(id, 2)).unwrap();
    }
    fs::rename(world.path("jobs.d"), world.path("jobs.old")).unwrap();
    fs::rename(&new, world.path("jobs.d")).unwrap();
    within(&world, TWO_SECONDS, "the new folder", |world| {
        hour(world, "a") == Some(2)
    });
    fs::write(world.path("jobs.old/ghost.yaml"), daily("ghost", 1)).unwrap();
    world.file("c", &daily("c", 3));
    live(&world, "c", 3);
    assert_eq!(hour(&world, "ghost"), None);
    nothing_was_lost(&world);
}

#[test]
fn a_new_folder_filled_at_once_is_read_whole() {
    let world = begun();
    for n in 0..50 {
        let dir = world.path("jobs.d").join(format!("team-{n}"));
        fs::create_dir(&dir).unwrap();
        fs::write(dir.join(format!("j{n}.yaml")), daily("j", 5)).unwrap();
    }
    within(&world, SECOND, "all of them", |world| {
        world.json("/scheduler/jobs").as_array().unwrap().len() == 52
    });
    fs::write(world.path("jobs.d/team-7/j7.yaml"), daily("j", 6)).unwrap();
    live(&world, "j7", 6);
    // A renamed folder moves its jobs: same ids, no removal.
    fs::rename(world.path("jobs.d/team-7"), world.path("jobs.d/team-x")).unwrap();
    within(&world, SECOND, "the move", |world| {
        let file = &world.json("/scheduler/jobs/j7")["file"];
        file.as_str().unwrap().ends_with("team-x/j7.yaml")
    });
    nothing_was_lost(&world);
}

/// Of a thousand files; it tells who changed what.
#[test]
fn a_large_checkout_is_few_reloads() {
    let mut world = World::new();
    let top = world.dir.path().to_owned();
    git(&top, &["init", "-q"]);
    let fill = |hour| {
        for n in 0..1_000 {
            let path = world.path("jobs.d").join(format!("j{n}.yaml"));
            fs::write(path, daily("j", hour)).unwrap();
        }
    };
    fill(1);
    git(&top, &["add", "jobs.d"]);
    git(&top, &["commit", "-qm", "First"]);
    let first = head(&top);
    fill(2);
    git(&top, &["commit", "-qam", "Second: later in the day"]);
    let second = head(&top);
    git(&top, &["checkout", "-q", &first]);
    world.start();
    assert_eq!(world.json("/scheduler/config")["revision"], json!(first));
    let before = reloads(&world).len();
    git(&top, &["checkout", "-q", "main"]);
    within(&world, 60 * SECOND, "the commit", |world| {
        let config = world.json("/scheduler/config");
        config["revision"] == json!(second) && hour(world, "j999") == Some(2)
    });
    let seen = reloads(&world);
    assert!(seen.len() <= before + 3, "{}", seen.len());
    let changed: u64 = seen[before..]
        .iter()
        .map(|reload| reload["counts"]["changed"].as_u64().unwrap())
        .sum();
    assert_eq!(changed, 1_000);
    let last = &world.json("/scheduler/config")["reloads"][0];
    assert_eq!(last["commit"]["author"], "Ada");
    assert_eq!(last["commit"]["subject"], "Second: later in the day");
    assert_eq!(
        (&last["result"], &last["cause"]),
        (&json!("ok"), &json!("edit"))
    );
    // An edit that is not committed has the mark, and loses it with the commit, which touches no
    // job file.
    world.file("j1", &daily("j", 3));
    live(&world, "j1", 3);
    let config = world.json("/scheduler/config");
    assert_eq!(config["revision"], json!(format!("{second}+")));
    git(&top, &["commit", "-qam", "Third"]);
    let third = head(&top);
    within(&world, SECOND, "the new commit", |world| {
        world.json("/scheduler/config")["revision"] == json!(third)
    });
    nothing_was_lost(&world);
}

/// Synced with the times of their source, by renaming or in place.
#[test]
fn files_with_older_times_are_live() {
    let world = begun();
    let dir = world.path("jobs.d");
    let old = SystemTime::now() - Duration::from_secs(86_400);
    let age = |path: &Path| {
        let file = fs::File::options().write(true).open(path).unwrap();
        file.set_modified(old).unwrap();
    };
    age(&dir.join("a.yaml"));
    // rsync -a: a hidden temporary with the old time, renamed.
    let temporary = dir.join(".a.yaml.XyZ123");
    fs::write(&temporary, daily("a", 2)).unwrap();
    age(&temporary);
    fs::rename(&temporary, dir.join("a.yaml")).unwrap();
    live(&world, "a", 2);
    // rsync --inplace: same inode, same length, same time.
    fs::write(dir.join("a.yaml"), daily("a", 3)).unwrap();
    age(&dir.join("a.yaml"));
    live(&world, "a", 3);
    nothing_was_lost(&world);
}

#[test]
fn two_edits_in_one_second_are_two_edits() {
    let world = begun();
    let before = reloads(&world).len();
    for hour in [2, 3] {
        fs::write(world.path("jobs.d/a.yaml"), daily("a", hour)).unwrap();
        live(&world, "a", hour);
    }
    assert_eq!(reloads(&world).len(), before + 2);
    nothing_was_lost(&world);
}

/// It is never quoted when it lies outside the folder.
#[test]
fn the_target_of_a_link_is_watched() {
    let world = begun();
    let outside = world.path("outside.yaml");
    fs::write(&outside, daily("l", 1)).unwrap();
    symlink(&outside, world.path("jobs.d/l.yaml")).unwrap();
    live(&world, "l", 1);
    let config = world.json("/scheduler/config").to_string();
    assert!(config.contains("link-leaves"), "{config}");
    fs::write(&outside, daily("l", 2)).unwrap();
    live(&world, "l", 2);
    fs::write(&outside, "root:$6$secret:19000:0:99999:7:::\n").unwrap();
    within(&world, SECOND, "the finding", |world| {
        world.json("/health").to_string().contains("l.yaml:1:1")
    });
    for args in [&["status"][..], &["validate"]] {
        let (_, out, err) = world.jobsd(args);
        assert!(!out.contains("$6$") && !err.contains("$6$"), "{out}{err}");
    }
    let config = world.json("/scheduler/config").to_string();
    assert!(!(config + &world.log()).contains("$6$"));
    assert_eq!(hour(&world, "l"), Some(2));
    // What is not a file is refused, and holds nothing up.
    run(world.dir.path(), "mkfifo", &["jobs.d/p.yaml"]);
    symlink("/dev/zero", world.path("jobs.d/z.yaml")).unwrap();
    world.file("a", &daily("a", 2));
    live(&world, "a", 2);
    within(&world, SECOND, "both refusals", |world| {
        let warnings = world.json("/health")["warnings"].to_string();
        warnings.contains("p.yaml") && warnings.contains("z.yaml")
    });
}

/// Hints that the system could not deliver.
#[test]
fn lost_hints_lead_to_a_full_look() {
    let world = begun();
    signal(&world, "-STOP");
    let noise = world.path("jobs.d/noise");
    for n in 0..12_000 {
        fs::write(&noise, n.to_string()).unwrap();
    }
    fs::remove_file(&noise).unwrap();
    world.file("a", &daily("a", 2));
    world.file("c", &daily("c", 3));
    fs::remove_file(world.path("jobs.d/b.yaml")).unwrap();
    signal(&world, "-CONT");
    live(&world, "a", 2);
    live(&world, "c", 3);
    within(&world, SECOND, "the removal", |world| {
        hour(world, "b").is_none()
    });
}

#[test]
fn without_an_inotify_instance_it_scans_and_says_so() {
    let mut world = World::new();
    world.file("a", &daily("a", 1));
    // A user namespace has a limit of its own, so that no other test is blinded.
    let limit = "echo 0 > /proc/sys/user/max_inotify_instances && exec \"$@\"";
    let mut probe = clean("unshare");
    let probe = probe
        .args(["-Ur", "sh", "-c", limit, "sh", "true"])
        .status();
    if !probe.is_ok_and(|status| status.success()) {
        eprintln!("SKIPPED: no user namespace can be had to take inotify away");
        return;
    }
    world.start_under(&["unshare", "-Ur", "sh", "-c", limit, "sh"]);
    world.until("the word of it", |world| {
        let watching = &world.json("/scheduler/config")["watching"];
        watching["mode"] == "scanning"
            && watching["reason"].to_string().contains("inotify instance")
    });
    assert!(world.jobsd(&["status"]).1.contains("scanning"));
    world.file("a", &daily("a", 2));
    live(&world, "a", 2);
    fs::write(world.path("jobs.d/a.yaml"), daily("a", 3)).unwrap();
    live(&world, "a", 3);
    nothing_was_lost(&world);
}

/// The daemon waits for it.
#[test]
fn a_missing_folder_delays_the_start() {
    let mut world = World::new();
    fs::remove_dir(world.path("jobs.d")).unwrap();
    world.spawn();
    world.until("bad health", |world| {
        let health = world.try_get("/health");
        health.is_some_and(|reply| reply.code == 503 && reply.text().contains("does not exist"))
    });
    fs::create_dir(&world.jobs).unwrap();
    world.file("a", &daily("a", 1));
    within(&world, TWO_SECONDS, "the job", |world| {
        hour(world, "a") == Some(1) && world.get("/health").code == 200
    });
    world.file("a", &daily("a", 2));
    live(&world, "a", 2);
}

/// The last good one; a read-only folder is read.
#[test]
fn an_unreadable_file_keeps_its_version() {
    let mut world = World::new();
    world.file("a", &daily("a", 1));
    let mode = |path: PathBuf, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(world.path("jobs.d"), 0o555);
    // Root may read everything: the daemon runs as somebody else.
    if is_root() {
        mode(world.dir.path().to_owned(), 0o777);
        let nobody = [
            "setpriv",
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
        ];
        world.start_under(&nobody);
    } else {
        world.start();
    }
    fs::write(world.path("jobs.d/a.yaml"), daily("a", 2)).unwrap();
    live(&world, "a", 2);
    mode(world.path("jobs.d/a.yaml"), 0o000);
    within(&world, SECOND, "the finding", |world| {
        world.json("/health")["warnings"]
            .to_string()
            .contains("Permission denied")
    });
    assert_eq!(hour_of(&world, "a"), 2);
    mode(world.path("jobs.d/a.yaml"), 0o644);
    within(&world, SECOND, "no finding", |world| {
        world.json("/health")["warnings"] == json!([])
    });
    // A folder that cannot be entered keeps the jobs below it.
    mode(world.path("jobs.d"), 0o000);
    within(&world, SECOND, "bad health", |world| {
        world.get("/health").code == 503
    });
    assert_eq!(hour_of(&world, "a"), 2);
    mode(world.path("jobs.d"), 0o755);
    within(&world, TWO_SECONDS, "good health", |world| {
        world.get("/health").code == 200
    });
}

/// It is named with the version that stays in force.
#[test]
fn one_bad_file_holds_nothing_up() {
    let mut world = World::new();
    for n in 0..10_000 {
        let path = world.path("jobs.d").join(format!("j{n}.yaml"));
        fs::write(path, daily("j", 1)).unwrap();
    }
    world.start();
    let digest = world.json("/scheduler/jobs/j7")["digest"].to_string();
    world.file("j7", &daily("j", 99));
    world.file("j8", &daily("j", 2));
    live(&world, "j8", 2);
    let wanted = "j7.yaml:5:25";
    within(&world, SECOND, "the finding", |world| {
        world.json("/health")["warnings"]
            .to_string()
            .contains(wanted)
    });
    // A disk that others keep busy may be called slow for a moment; the bad file is no trouble.
    world.until("good health", |world| world.get("/health").code == 200);
    assert_eq!(hour_of(&world, "j7"), 1);
    let config = world.json("/scheduler/config");
    let diagnostics = config["diagnostics"].as_array().unwrap();
    let mut errors = diagnostics
        .iter()
        .filter(|found| found["severity"] == "error");
    let (found, drift) = (errors.next().unwrap(), &config["drift"][0]);
    assert_eq!((&found["line"], &found["column"]), (&json!(5), &json!(25)));
    assert_eq!(found["in_force"]["digest"].to_string(), digest);
    assert_eq!(
        (&drift["job_id"], &drift["kind"]),
        (&json!("j7"), &json!("bad_file"))
    );
    assert_eq!(drift["in_force"], found["in_force"]);
    let last = &config["reloads"][0];
    assert_eq!(last["result"], "partial");
    let short = &digest[1..13];
    let (_, status, _) = world.jobsd(&["status"]);
    assert!(
        status.contains(wanted) && status.contains(short),
        "{status}"
    );
    assert_eq!(world.jobsd(&["status", "--check"]).0, Some(1));
    let log = world.log();
    let line = log.lines().find(|line| line.contains(wanted));
    assert!(line.is_some_and(|line| line.contains(short)), "{log}");
    // The last good version survives a restart, also where the file is bad still.
    world.kill();
    world.start();
    assert_eq!(hour_of(&world, "j7"), 1);
    assert_eq!(
        world.json("/scheduler/jobs/j7")["digest"].to_string(),
        digest
    );
    world.file("j7", &daily("j", 3));
    live(&world, "j7", 3);
    within(&world, SECOND, "no drift", |world| {
        world.json("/scheduler/config")["drift"] == json!([])
    });
}

/// Neither runs nor due times notice them.
#[test]
fn a_thousand_reloads_disturb_nothing() {
    let mut world = World::new();
    let evidence = world.path("evidence");
    let shell = format!(
        "echo \"$JOBSD_JOB_ID $JOBSD_SCHEDULED_AT $(date +%s%N)\" >> {}",
        evidence.display()
    );
    let ticks: Vec<String> = (0..10).map(|n| format!("t{n}")).collect();
    let tick = |more: &str| {
        format!(
            "bot_config: {{shell: '{shell}'}}\nschedule_type: interval\n\
            schedule_config: {{seconds: 1}}\n{more}"
        )
    };
    for id in &ticks {
        world.job(id, &tick(""));
    }
    let done = world.path("done");
    let wait = format!(
        "while ! test -e {}; do sleep 0.05; done",
        world.path("end").display()
    );
    world.job(
        "long",
        &format!(
            "bot_config: {{shell: '{wait} && echo > {}'}}\nschedule_type: manual",
            done.display()
        ),
    );
    world.file("e", &daily("e", 1));
    world.start();
    assert_eq!(world.jobsd(&["run", "long"]).0, Some(0));
    let running =
        |world: &World| world.json("/scheduler/jobs/long")["last_run_status"] == "running";
    world.until("the long run", running);
    let first = secs() + 1;
    let fds = |world: &World| {
        let pid = world.daemon.as_ref().unwrap().id();
        fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count()
    };
    let before = fds(&world);
    let connect =
        || BufReader::new(UnixStream::connect(world.path(".jobsd/control.sock")).unwrap());
    let mut control = connect();
    for n in 0..1_000_u32 {
        // Every edit is another definition: of a neighbor, of the running job, and of those that
        // are due each second.
        match n % 4 {
            0 => world.file("e", &daily("e", n / 4 % 24)),
            1 => world.job(
                &ticks[n as usize % 10],
                &tick(&format!("description: '{n}'")),
            ),
            2 => world.job(
                "long",
                &format!(
                    "bot_config: {{command: ['true']}}\nschedule_type: manual\ndescription: '{n}'"
                ),
            ),
            _ => {}
        }
        if n % 29 == 28 {
            fs::remove_file(world.path("jobs.d/e.yaml")).unwrap();
        }
        if n % 40 == 39 {
            // A connection lives 30 seconds at most.
            control = connect();
            assert_eq!(world.jobsd(&["reload"]).0, Some(0));
        }
        control
            .get_mut()
            .write_all(b"{\"verb\":\"reload\"}\n")
            .unwrap();
        let mut line = String::new();
        control.read_line(&mut line).unwrap();
        assert!(line.contains("\"reloaded\":true"), "{n}: {line}");
    }
    let seen = reloads(&world).len();
    let changes: u64 = reloads(&world)
        .iter()
        .map(|line| line["counts"]["changed"].as_u64().unwrap())
        .sum();
    assert!(seen > 600, "{seen} reloads, {changes} changes");
    assert!(running(&world), "the long run continues");
    assert!(!done.exists());
    fs::write(world.path("end"), "").unwrap();
    world.until("its end", |world| {
        world.json("/scheduler/jobs/long")["last_run_status"] == "success"
    });
    assert!(done.exists(), "the program of its start ran to its end");
    drop(control);
    within(&world, TWO_SECONDS, "no descriptor is left open", |world| {
        fds(world) <= before + 2
    });
    let horizon = secs() + 1;
    world.until("a quiet moment after the last second", |_| {
        let part = nanos() % 1_000_000_000;
        secs() > horizon && (400_000_000..700_000_000).contains(&part)
    });
    assert_eq!(world.stop(), Some(0));
    let mut expected = String::new();
    for second in first - 3..=horizon + 3 {
        for id in &ticks {
            let must = if (first..horizon).contains(&second) {
                "must"
            } else {
                "may"
            };
            expected += &format!("{id} {second} {must} window_s=1\n");
        }
    }
    fs::write(world.path("expected"), expected).unwrap();
    fs::create_dir(world.path("ticks")).unwrap();
    let lines = world.lines().into_iter();
    let of_ticks = lines.filter(|line| {
        line["job_id"]
            .as_str()
            .is_some_and(|id| id.starts_with('t'))
    });
    let text: String = of_ticks.map(|line| format!("{line}\n")).collect();
    fs::write(world.path("ticks/history.jsonl"), text).unwrap();
    let checker = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/promise_check.py");
    let mut command = clean("python3");
    command
        .arg(checker)
        .arg("--expected")
        .arg(world.path("expected"));
    command.arg("--evidence").arg(&evidence);
    command.arg("--history").arg(world.path("ticks"));
    command.args(["--horizon", &horizon.to_string(), "--crashes", "0"]);
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{text}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn nanos() -> u128 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.unwrap().as_nanos()
}

fn secs() -> u128 {
    nanos() / 1_000_000_000
}

/// And the new one does not wait for the old due time.
#[test]
fn changing_a_schedule_does_not_fire() {
    let world = begun();
    let dir = world.path("jobs.d");
    let every = |secs: u32| {
        format!(
            "bot_config: {{command: ['true']}}\nschedule_type: interval\n\
            schedule_config: {{seconds: {secs}}}"
        )
    };
    world.job("x", &every(86_400));
    within(&world, SECOND, "x", |world| {
        world.get("/scheduler/jobs/x").code == 200
    });
    assert_eq!(world.records("x").len(), 0);
    // Due at midnight since long ago, and now every second: the next second fires, and nothing
    // before.
    world.job("x", &every(1));
    let changed = |world: &World| {
        let lines = world.lines();
        let line = lines
            .iter()
            .rfind(|line| line["type"] == "adopt" && line["job_id"] == "x");
        line.filter(|line| line["change"] == "changed")
            .map(|line| line["at"].as_str().unwrap().to_owned())
    };
    world.until("the change", |world| changed(world).is_some());
    world.until("a run", |world| {
        world
            .records("x")
            .iter()
            .any(|run| run["status"] == "success")
    });
    let at = changed(&world).unwrap();
    for record in world.records("x") {
        assert!(
            record["scheduled_at"].as_str().unwrap() > at.as_str(),
            "{record}"
        );
    }
    // The file of a running job goes: its run finishes, is shown, and can be cancelled.
    world.job(
        "long",
        "bot_config: {command: [sleep, '60']}\nschedule_type: manual\nkill_grace: 0",
    );
    within(&world, SECOND, "long", |world| {
        world.get("/scheduler/jobs/long").code == 200
    });
    let (code, out, err) = world.jobsd(&["run", "long"]);
    assert_eq!(code, Some(0), "{err}");
    let run_id = out.trim().to_owned();
    world.until("the run", |world| {
        world.json("/scheduler/jobs/long")["last_run_status"] == "running"
    });
    fs::remove_file(dir.join("long.yaml")).unwrap();
    within(&world, SECOND, "the removal", |world| {
        reloads(world)
            .last()
            .is_some_and(|reload| reload["removed"] == json!(["long"]))
    });
    let running = world.json("/scheduler/jobs/long")["running"].to_string();
    assert!(running.contains(&run_id), "{running}");
    assert_eq!(
        world.jobsd(&["run", "long"]).0,
        Some(2),
        "nothing new starts"
    );
    assert_eq!(world.jobsd(&["cancel", &run_id]).0, Some(0));
    world.until("its end", |world| {
        world
            .records("long")
            .iter()
            .any(|run| run["status"] == "cancelled" && run["reason"] == "user")
    });
}

#[test]
fn a_rename_is_not_remove_and_add() {
    let world = begun();
    let dir = world.path("jobs.d");
    fs::rename(dir.join("a.yaml"), dir.join("z.yaml")).unwrap();
    within(&world, SECOND, "the rename", |world| {
        let last = reloads(world).pop();
        last.is_some_and(|last| last["renamed"] == json!([{"from": "a", "to": "z"}]))
    });
    let last = reloads(&world).pop().unwrap();
    assert_eq!((&last["added"], &last["removed"]), (&json!([]), &json!([])));
    assert_eq!((hour(&world, "a"), hour(&world, "z")), (None, Some(1)));
    // The same id in another folder is the same job.
    fs::create_dir(dir.join("team")).unwrap();
    fs::rename(dir.join("b.yaml"), dir.join("team/b.yaml")).unwrap();
    within(&world, SECOND, "the move", |world| {
        world.json("/scheduler/jobs/b")["file"]
            .to_string()
            .contains("team/b.yaml")
    });
    let last = reloads(&world).pop().unwrap();
    assert_eq!(
        (&last["changed"], &last["removed"]),
        (&json!(["b"]), &json!([]))
    );
    // The same id twice is an error that names both; what was in force stays.
    fs::write(dir.join("b.yml"), daily("b", 9)).unwrap();
    within(&world, SECOND, "the finding", |world| {
        let warnings = world.json("/health")["warnings"].to_string();
        warnings.contains("team/b.yaml:1:1") && warnings.contains("b.yml:1:1")
    });
    assert_eq!(hour_of(&world, "b"), 1);
}

/// Those of the gap, when a file was edited while the daemon was down.
#[test]
fn due_times_missed_keep_the_old_version() {
    let mut world = World::new();
    let job = |minutes: u32| {
        format!(
            "bot_config: {{command: ['true']}}\nschedule_type: interval\n\
            schedule_config: {{minutes: {minutes}}}\nmisfire_grace_time: 0"
        )
    };
    world.job("m", &job(1));
    world.start();
    world.kill();
    world.job("m", &job(7));
    fs::write(world.path("offset"), "600").unwrap();
    world.start();
    world.until("the gap is settled", |world| {
        let records = world.records("m");
        let missed = records.iter().filter(|run| run["status"] == "missed");
        missed
            .map(|run| run["count"].as_u64().unwrap_or(1))
            .sum::<u64>()
            >= 9
    });
    let next = world.json("/scheduler/jobs/m")["next_run_at"]
        .as_str()
        .unwrap()
        .to_owned();
    let next: jobsd::time::Timestamp = next.parse().unwrap();
    assert_eq!(next.as_second() % 420, 0, "the new schedule from now on");
}

/// What needs a restart is named.
#[test]
fn settings_reload_too() {
    let mut world = World::new();
    world.config("defaults: {timezone: Asia/Tokyo}\n");
    world.file("a", &daily("a", 1));
    world.start();
    assert_eq!(world.json("/scheduler/jobs/a")["timezone"], "Asia/Tokyo");
    world.config("defaults: {timezone: Europe/Paris}\nmax_concurrent_runs: 3\n");
    within(&world, SECOND, "the default", |world| {
        world.json("/scheduler/jobs/a")["timezone"] == "Europe/Paris"
    });
    let config = world.json("/scheduler/config");
    assert_eq!(config["restart_needed"], json!(["max_concurrent_runs"]));
    let found = &config["diagnostics"][0];
    assert_eq!(
        (&found["code"], &found["line"]),
        (&json!("needs-restart"), &json!(2))
    );
    assert!(world.jobsd(&["status"]).1.contains("max_concurrent_runs"));
    assert!(world.log().contains("max_concurrent_runs"));
    world.config("defaults: {timezone: Mars/Olympus}\n");
    within(&world, SECOND, "the finding", |world| {
        world.json("/health")["warnings"]
            .to_string()
            .contains("jobsd.yaml:1:22")
    });
    assert_eq!(world.json("/scheduler/jobs/a")["timezone"], "Europe/Paris");
    fs::remove_file(world.path("jobsd.yaml")).unwrap();
    within(&world, SECOND, "no settings", |world| {
        world.json("/scheduler/jobs/a")["timezone"] == "UTC"
            && world.json("/scheduler/config")["restart_needed"] == json!([])
    });
}

/// A daemon that runs as root.
#[test]
fn root_refuses_files_others_can_write() {
    if !is_root() {
        eprintln!("SKIPPED: this test needs root; run it once with sudo");
        return;
    }
    let mut world = begun();
    let mode = |name: &str, mode| {
        fs::set_permissions(world.path(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    for bad in [0o666, 0o664, 0o646] {
        fs::write(world.path("jobs.d/a.yaml"), daily("a", 5)).unwrap();
        mode("jobs.d/a.yaml", bad);
        within(&world, SECOND, "the refusal", |world| {
            let warnings = world.json("/health")["warnings"].to_string();
            warnings.contains(&format!("(mode {bad:04o})"))
        });
        assert_eq!(hour_of(&world, "a"), 1);
        fs::write(world.path("jobs.d/a.yaml"), daily("a", 1)).unwrap();
        mode("jobs.d/a.yaml", 0o644);
        within(&world, SECOND, "no finding", |world| {
            world.json("/health")["warnings"] == json!([])
        });
    }
    let help = world.json("/scheduler/config");
    assert_eq!(help["diagnostics"], json!([]));
    std::os::unix::fs::chown(world.path("jobs.d/b.yaml"), Some(65_534), None).unwrap();
    within(&world, SECOND, "the owner", |world| {
        let config = world.json("/scheduler/config").to_string();
        config.contains("belongs to user 65534") && config.contains("chown it to root")
    });
    assert_eq!(hour_of(&world, "b"), 1);
    std::os::unix::fs::chown(world.path("jobs.d/b.yaml"), Some(0), None).unwrap();
    mode("jobs.d", 0o777);
    within(&world, TWO_SECONDS, "the folder", |world| {
        let health = world.get("/health");
        health.code == 503 && health.text().contains("mode 0777")
    });
    assert_eq!(hour_of(&world, "a"), 1);
    mode("jobs.d", 0o755);
    within(&world, TWO_SECONDS, "good health", |world| {
        world.get("/health").code == 200
    });
    world.kill();
    world.config("max_concurrent_runs: 3\n");
    fs::set_permissions(world.path("jobsd.yaml"), fs::Permissions::from_mode(0o666)).unwrap();
    let (code, _, err) = world.jobsd(&["serve"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("mode 0666"), "{err}");
}

/// A layout of git-sync, and a folder without git.
#[test]
fn every_folder_layout_has_a_revision() {
    let mut world = World::new();
    let top = world.path("repo");
    fs::create_dir_all(top.join("jobs.d")).unwrap();
    git(&top, &["init", "-q"]);
    let commit = |hour| {
        fs::write(top.join("jobs.d/a.yaml"), daily("a", hour)).unwrap();
        git(&top, &["add", "."]);
        git(&top, &["commit", "-qm", "x"]);
        head(&top)
    };
    let (first, second) = (commit(1), commit(2));
    fs::remove_dir(world.path("jobs.d")).unwrap();
    fs::create_dir(world.path("jobs.d")).unwrap();
    let flip = |id: &str| {
        let tree = format!(".worktrees/{id}");
        git(&top, &["worktree", "add", "-q", "--detach", &tree, id]);
        symlink(&tree, top.join("tmp")).unwrap();
        fs::rename(top.join("tmp"), top.join("current")).unwrap();
    };
    flip(&first);
    world.jobs = top.join("current/jobs.d");
    world.start();
    let revision = |world: &World| world.json("/scheduler/config")["revision"].clone();
    assert_eq!((revision(&world), hour_of(&world, "a")), (json!(first), 1));
    flip(&second);
    within(&world, TWO_SECONDS, "the flip", |world| {
        hour(world, "a") == Some(2) && revision(world) == json!(second)
    });
    nothing_was_lost(&world);
    // Records name the commit, the file and the digest.
    let (code, _, err) = {
        let mut command = clean(BIN);
        command.arg("--state").arg(world.path(".jobsd"));
        let output = command.args(["run", "a"]).output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), String::new(), err)
    };
    assert_eq!(code, Some(0), "{err}");
    world.until("the record", |world| !world.records("a").is_empty());
    let record = world.records("a").pop().unwrap();
    assert_eq!(record["revision"], json!(second));
    assert!(
        record["file"]
            .as_str()
            .unwrap()
            .ends_with("current/jobs.d/a.yaml")
    );
    assert_eq!(record["digest"], world.json("/scheduler/jobs/a")["digest"]);
    // Where the repository is out of reach its path says it, and without any git nothing is said.
    world.kill();
    fs::rename(top.join(".git"), top.join("away")).unwrap();
    let mut plain = begun();
    assert_eq!(plain.json("/scheduler/config")["revision"], Value::Null);
    plain.kill();
    world.start();
    assert_eq!(revision(&world), json!(second));
}

/// The reload and the signal do just that.
#[test]
fn diff_says_what_a_reload_changes() {
    let mut world = World::new();
    let top = world.dir.path().to_owned();
    git(&top, &["init", "-q"]);
    for (id, hour) in [("a", 1), ("old", 3), ("w", 4), ("bad", 5)] {
        world.file(id, &daily(id, hour));
    }
    git(&top, &["add", "jobs.d"]);
    git(&top, &["commit", "-qm", "First"]);
    world.start();
    assert_eq!(
        world.jobsd(&["diff"]),
        (Some(0), "nothing would change\n".into(), String::new())
    );
    let (code, _, err) = world.jobsd(&["diff", "nowhere"]);
    assert_eq!(code, Some(5));
    assert!(err.contains("`nowhere`"), "{err}");
    // On a branch of its own, so that the daemon does not take it over meanwhile.
    let other = world.path("other");
    git(
        &top,
        &[
            "worktree",
            "add",
            "-q",
            "-b",
            "topic",
            other.to_str().unwrap(),
        ],
    );
    let path = |name: &str| other.join("jobs.d").join(name);
    fs::write(path("a.yaml"), daily("a", 2)).unwrap();
    fs::write(path("new.yaml"), daily("new", 5)).unwrap();
    fs::write(path("bad.yaml"), daily("bad", 77)).unwrap();
    fs::remove_file(path("old.yaml")).unwrap();
    fs::rename(path("w.yaml"), path("x.yaml")).unwrap();
    git(&other, &["add", "-A"]);
    git(&other, &["commit", "-qm", "Topic"]);
    let (code, out, err) = world.jobsd(&["diff", "topic"]);
    assert_eq!((code, err.as_str()), (Some(1), ""));
    let jobs = world.path("jobs.d");
    let out = out.replace(jobs.to_str().unwrap(), "jobs.d");
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines[0], "~ a\tchanged\tjobs.d/a.yaml");
    assert_eq!(lines[1], "    schedule_config.hour: 1 → 2");
    assert!(
        lines[2].starts_with("! bad\tbad\tjobs.d/bad.yaml:5:25: [range]"),
        "{out}"
    );
    assert!(lines[2].ends_with("its active version stays"), "{out}");
    assert_eq!(lines[3], "+ new\tadded\tjobs.d/new.yaml");
    assert_eq!(lines[4], "- old\tremoved\tjobs.d/old.yaml");
    assert_eq!(lines[5], "> w → x\trenamed\tjobs.d/x.yaml");
    let (_, out, _) = world.jobsd(&["diff", "topic", "--format", "json"]);
    let document: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(document["changes"].as_array().unwrap().len(), 5);
    assert_eq!(document["changes"][0]["keys"][0]["new"], 2);
    let (_, out, _) = world.jobsd(&["diff", "topic", "--lang", "fr"]);
    assert!(out.contains("renommé") && out.contains("reste"), "{out}");
    git(&top, &["merge", "-q", "topic"]);
    assert_eq!(world.jobsd(&["reload"]).0, Some(0));
    assert_eq!(
        (hour(&world, "a"), hour(&world, "x"), hour(&world, "old")),
        (Some(2), Some(4), None)
    );
    assert_eq!(hour(&world, "bad"), Some(5));
    let (code, out, _) = world.jobsd(&["diff"]);
    assert_eq!(code, Some(1), "the bad file is left: {out}");
    // A signal reads everything again; nothing differs, so there is nothing to tell.
    let before = reloads(&world).len();
    signal(&world, "-HUP");
    let (code, out, _) = world.jobsd(&["reload", "--format", "json"]);
    assert!(
        code == Some(0) && out.contains("\"changed\":false"),
        "{out}"
    );
    assert_eq!(reloads(&world).len(), before);
    world.kill();
    assert_eq!(world.jobsd(&["diff"]).0, Some(3));
}

/// What a bot knows of whom it greeted lies in the folder of its job; a run in progress keeps its
/// place there.
#[test]
fn a_renamed_job_goes_on_in_its_own_folder() {
    let mut world = World::new();
    let text =
        "bot_config: {shell: 'echo $JOBSD_JOB_ID >> $JOBSD_JOB_STATE/seen'}\nschedule_type: manual";
    let job = format!("name: n\nbot_type: command\n{text}\n");
    world.file("a", &job);
    world.start();
    let run = |id: &str| assert_eq!(world.jobsd(&["run", id, "--wait"]).0, Some(0), "{id}");
    run("a");
    assert_eq!(world.jobsd(&["pause", "a"]).0, Some(0));
    fs::rename(world.jobs.join("a.yaml"), world.jobs.join("b.yaml")).unwrap();
    world.until("the rename", |world| {
        world.json("/scheduler/jobs/b")["paused"] == true
    });
    run("b");
    let seen = |id: &str| fs::read_to_string(world.state.join("bots").join(id).join("seen"));
    assert_eq!(seen("b").unwrap(), "a\nb\n");
    assert_eq!(seen("a").unwrap(), "a\nb\n", "for a run of the old id");
    // A new job of the old id begins with a folder of its own.
    world.file("a", &job.replace("name: n", "name: other"));
    world.until("the new job", |world| {
        world
            .try_get("/scheduler/jobs/a")
            .is_some_and(|reply| reply.code == 200)
    });
    run("a");
    assert_eq!(seen("a").unwrap(), "a\n");
    assert_eq!(seen("b").unwrap(), "a\nb\n");
}

/// In the status and by `doctor`.
/// Git refuses a tree of another owner (`safe.directory`), and nothing said why authors and marks
/// were missing.
#[test]
fn a_tree_of_another_owner_is_reported() {
    if !rustix::process::geteuid().is_root() {
        return eprintln!("SKIPPED: only root can give a folder away");
    }
    let mut world = World::new();
    let top = world.dir.path().to_owned();
    git(&top, &["init", "-q"]);
    world.file("a", &daily("a", 1));
    git(&top, &["add", "jobs.d"]);
    git(&top, &["commit", "-qm", "First"]);
    world.start();
    let notices = |world: &World| world.json("/scheduler/config")["notices"].clone();
    assert_eq!(notices(&world), json!([]));
    world.kill();
    for path in [top.clone(), top.join(".git")] {
        std::os::unix::fs::chown(path, Some(65_534), None).unwrap();
    }
    world.start();
    let real = top.canonicalize().unwrap();
    assert_eq!(
        notices(&world),
        json!([{"kind": "other_owner", "path": real.to_str().unwrap()}])
    );
    let (_, status, _) = world.jobsd(&["status"]);
    assert!(status.contains("belongs to another user"), "{status}");
    let (code, doctor, _) = world.jobsd(&["doctor"]);
    assert!(
        code == Some(1) && doctor.contains("safe.directory"),
        "{doctor}"
    );
}

#[test]
fn an_edited_rename_is_said_to_be_none() {
    let mut world = World::new();
    let job = |command: &str| {
        format!(
            "name: Backup\nbot_type: command\nbot_config: {{command: [{command}]}}\nschedule_type: manual\n"
        )
    };
    world.file("before", &job("'true'"));
    world.start();
    assert_eq!(world.jobsd(&["pause", "before"]).0, Some(0));
    let jobs = world.path("jobs.d");
    let words = "before removed, after added: not recognized as a rename";
    let new = world.path("new.d");
    fs::create_dir(&new).unwrap();
    fs::write(new.join("after.yaml"), job("'false'")).unwrap();
    let (code, out, err) = child::jobsd(&world.path("."), &["diff", "--jobs", "new.d"], "");
    assert!(code == Some(1) && out.contains(words), "{out}{err}");
    // Both change in one look: while no daemon runs.
    assert_eq!(world.stop(), Some(0));
    fs::remove_dir_all(&jobs).unwrap();
    fs::rename(&new, &jobs).unwrap();
    world.start();
    let last = reloads(&world).pop().unwrap();
    let pair = json!([{"from": "before", "to": "after"}]);
    assert_eq!(last["not_renamed"], pair);
    let (_, out, _) = world.jobsd(&["why", "after"]);
    assert!(out.contains(words), "{out}");
    assert!(world.log().contains("not a rename"), "{}", world.log());
}
