//! `jobsd plan` on pull requests, as their reviewers read them; and the clones that CI makes.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::fs;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::support::child::{BIN, clean, git, texts};

const FROM: &str = "2027-03-20T00:00:00Z";

/// What `jobsd plan` says in a folder: its exit code, output and standard error.
fn plan(dir: &Path, args: &[&str]) -> (Option<i32>, String, String) {
    let mut command = clean(BIN);
    command.current_dir(dir).arg("plan").args(args);
    command.args(["--from", FROM]).stdin(Stdio::null());
    texts(command.output().unwrap())
}

fn file(dir: &Path, path: &str, text: &str) {
    let path = dir.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn daily(name: &str, hour: u8, zone: &str) -> String {
    format!(
        "name: {name}\nbot_type: command\nbot_config: {{command: [echo, {name}]}}\n\
         schedule_type: daily\nschedule_config: {{hour: {hour}, minute: 30}}\ntimezone: {zone}\n"
    )
}

/// A repository with this on `main`, on a branch of its own.
fn repository(files: &[(&str, String)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    git(dir.path(), &["init", "-q"]);
    for (path, text) in files {
        file(dir.path(), path, text);
    }
    git(dir.path(), &["add", "-A"]);
    git(dir.path(), &["commit", "-qm", "one"]);
    git(dir.path(), &["checkout", "-qb", "change"]);
    dir
}

/// A plan from `main` to the files on disk, with the commit as a word.
fn told(dir: &Path, args: &[&str]) -> String {
    let (code, out, err) = plan(dir, args);
    let commit = git(dir, &["rev-parse", "main"]);
    let out = out
        .replace(&commit, "COMMIT")
        .replace(&commit[..10], "COMMIT");
    format!("{out}{err}exit {}\n", code.unwrap())
}

fn cron(name: &str, expression: &str) -> String {
    format!(
        "name: {name}\nbot_type: command\nbot_config: {{shell: \"./{name}.sh\"}}\n\
         schedule_type: cron\nschedule_config: {{cron_expression: '{expression}'}}\n\
         timezone: Europe/Paris\n"
    )
}

#[test]
fn pull_requests_as_their_reviewers_read_them() {
    let mut stories = String::new();
    let mut story = |title: &str, before: &[(&str, String)], edit: &dyn Fn(&Path)| {
        let dir = repository(before);
        edit(dir.path());
        for lang in ["en", "fr"] {
            let text = told(dir.path(), &["--lang", lang]);
            stories += &format!("== {title} ({lang})\n{text}\n");
        }
    };
    let backup = |hour| [("jobs.d/backup.yaml", daily("backup", hour, "Europe/Paris"))];
    story("an hour later, across a clock change", &backup(2), &|dir| {
        file(
            dir,
            "jobs.d/backup.yaml",
            &daily("backup", 3, "Europe/Paris"),
        );
    });
    let report = [("jobs.d/report.yaml", cron("report", "0 9 * * 1-5"))];
    story("other days of the week", &report, &|dir| {
        file(dir, "jobs.d/report.yaml", &cron("report", "0 9 * * 2-6"));
    });
    story("a default for all jobs", &backup(8), &|dir| {
        file(dir, "jobsd.yaml", "defaults:\n  timeout: 1800\n");
    });
    story("a rename with an edit", &backup(8), &|dir| {
        git(dir, &["mv", "jobs.d/backup.yaml", "jobs.d/backup-db.yaml"]);
        file(
            dir,
            "jobs.d/backup-db.yaml",
            &daily("backup", 9, "Europe/Paris"),
        );
    });
    story("a rename", &backup(8), &|dir| {
        git(dir, &["mv", "jobs.d/backup.yaml", "jobs.d/backup-db.yaml"]);
    });
    story("a job split in two", &report, &|dir| {
        fs::remove_file(dir.join("jobs.d/report.yaml")).unwrap();
        file(
            dir,
            "jobs.d/report-a.yaml",
            &cron("report-a", "0 9 * * 1-5"),
        );
        file(
            dir,
            "jobs.d/report-b.yaml",
            &cron("report-b", "5 9 * * 1-5"),
        );
    });
    story("disabled", &backup(8), &|dir| {
        let text = daily("backup", 8, "Europe/Paris");
        file(
            dir,
            "jobs.d/backup.yaml",
            &format!("{text}enabled: false\n"),
        );
    });
    story("a bad file", &backup(8), &|dir| {
        let text = daily("backup", 8, "Europe/Paris");
        file(
            dir,
            "jobs.d/backup.yaml",
            &text.replace("hour: 8", "hour: 24"),
        );
    });
    story("nothing changed", &backup(8), &|_| {});
    story("every minute by mistake", &report, &|dir| {
        file(dir, "jobs.d/report.yaml", &cron("report", "* 9 * * 1-5"));
    });
    insta::assert_snapshot!(stories);
}

#[test]
fn many_jobs_go_to_another_zone() {
    let name = |n: usize| format!("jobs.d/job-{n:03}.yaml");
    let names: Vec<String> = (0..200).map(name).collect();
    let files = |zone: &str| -> Vec<(&str, String)> {
        let text = |name: &String| daily(&name[7..14], 8, zone);
        names
            .iter()
            .map(|name| (name.as_str(), text(name)))
            .collect()
    };
    let dir = repository(&files("Europe/Paris"));
    for (path, text) in files("America/New_York") {
        file(dir.path(), path, &text);
    }
    let (code, out, _) = plan(dir.path(), &["--format", "markdown"]);
    assert_eq!(code, Some(0));
    assert!(out.len() <= 65_000, "{}", out.len());
    assert!(out.starts_with("<!-- jobsd-plan "), "{out}");
    assert!(out.contains("200 changed"), "{out}");
    let (_, again, _) = plan(dir.path(), &["--format", "markdown"]);
    assert_eq!(out, again, "equal input gives equal bytes");
    let (_, short, _) = plan(dir.path(), &["--format", "markdown", "--max-bytes", "6000"]);
    assert!(
        short.len() <= 6_000 && short.contains("more jobs"),
        "{short}"
    );
    assert_eq!(
        short.matches("<details>").count(),
        short.matches("</details>").count()
    );
    assert_eq!(plan(dir.path(), &["--exit-code"]).0, Some(1));
}

/// An origin with three commits, of which each changes the job, and a clone of some depth.
fn cloned(depth: &[&str]) -> (tempfile::TempDir, std::path::PathBuf) {
    let dir = repository(&[("jobs.d/a.yaml", daily("a", 1, "UTC"))]);
    let commit = |hour: u8| {
        file(dir.path(), "jobs.d/a.yaml", &daily("a", hour, "UTC"));
        git(dir.path(), &["commit", "-qam", "more"]);
    };
    (2..6).for_each(commit);
    git(dir.path(), &["checkout", "-q", "main"]);
    file(dir.path(), "jobs.d/b.yaml", &daily("b", 1, "UTC"));
    git(dir.path(), &["add", "-A"]);
    git(dir.path(), &["commit", "-qm", "main continues"]);
    let clone = dir.path().join("clone");
    let origin = format!("file://{}", dir.path().display());
    let clone_text = clone.to_string_lossy().into_owned();
    let mut args = vec!["clone", "-q", "--no-single-branch"];
    args.extend(depth);
    args.extend([origin.as_str(), clone_text.as_str()]);
    git(dir.path(), &args);
    git(&clone, &["checkout", "-q", "change"]);
    (dir, clone)
}

#[test]
fn a_shallow_clone_gives_no_wrong_ancestor() {
    let (_whole, clone) = cloned(&[]);
    let (code, out, err) = plan(&clone, &["origin/main...HEAD", "--format", "json"]);
    assert_eq!(code, Some(0), "{err}");
    let document: Value = serde_json::from_str(&out).unwrap();
    let jobs = document["jobs"].as_array().unwrap();
    assert_eq!(
        jobs.len(),
        1,
        "main's own file is not the branch's change: {out}"
    );
    assert_eq!(jobs[0]["fields"][0]["old"], 1, "{out}");
    for depth in ["1", "2", "3"] {
        let (_whole, clone) = cloned(&["--depth", depth]);
        let (code, out, err) = plan(&clone, &["origin/main...HEAD"]);
        assert_eq!(code, Some(5), "depth {depth}: {out}");
        assert!(
            err.contains("git fetch --unshallow origin"),
            "depth {depth}: {err}"
        );
    }
    let (_whole, clone) = cloned(&["--depth", "1"]);
    let (code, _, err) = plan(&clone, &["HEAD~1"]);
    assert_eq!(code, Some(5));
    assert!(
        err.contains("shallow") && err.contains("--unshallow"),
        "{err}"
    );
}

#[test]
fn links_and_submodules_are_read_as_on_disk() {
    let dir = repository(&[
        ("jobs.d/a.yaml", daily("a", 1, "UTC")),
        ("shared/b.yaml", daily("b", 1, "UTC")),
        ("shared/more/c.yaml", daily("c", 1, "UTC")),
    ]);
    let link = |to: &str, from: &str| {
        std::os::unix::fs::symlink(to, dir.path().join(from)).unwrap();
    };
    link("../shared/b.yaml", "jobs.d/linked.yaml");
    link("../shared/more", "jobs.d/folder");
    link("/etc/hostname", "jobs.d/outside.yaml");
    git(dir.path(), &["add", "-A"]);
    let head = git(dir.path(), &["rev-parse", "HEAD"]);
    let module = format!("160000,{head},jobs.d/module.yaml");
    git(
        dir.path(),
        &["update-index", "--add", "--cacheinfo", &module],
    );
    git(dir.path(), &["commit", "-qm", "links"]);
    let (code, out, err) = plan(dir.path(), &["main..HEAD", "--format", "json"]);
    assert_eq!(code, Some(0), "{err}");
    let document: Value = serde_json::from_str(&out).unwrap();
    let ids: Vec<&str> = document["jobs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|job| job["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["c", "linked"], "{out}");
    let found = document["findings"]["new"].to_string();
    assert!(
        found.contains("outside.yaml") && !found.contains("module"),
        "{found}"
    );
}

#[test]
fn a_bare_repository_and_other_folders_are_read() {
    let dir = repository(&[("jobs.d/a.yaml", daily("a", 1, "UTC"))]);
    file(dir.path(), "jobs.d/a.yaml", &daily("a", 2, "UTC"));
    git(dir.path(), &["commit", "-qam", "two"]);
    let bare = dir.path().join("bare.git");
    git(dir.path(), &["clone", "-q", "--bare", ".", "bare.git"]);
    let (code, out, err) = plan(&bare, &["main..change"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("schedule_config.hour: 1 → 2"), "{out}");
    let (one, two) = (dir.path().join("one x"), dir.path().join("two"));
    file(&one, "jobs.d/a.yaml", &daily("a", 1, "UTC"));
    file(&two, "a.yaml", &daily("a", 3, "UTC"));
    let names = [one.to_str().unwrap(), two.to_str().unwrap()];
    let (code, out, err) = plan(dir.path(), &names);
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("schedule_config.hour: 1 → 3"), "{out}");
    let (code, _, err) = plan(dir.path(), &["no-such-thing"]);
    assert_eq!(code, Some(5));
    assert!(err.contains("neither a folder nor a commit"), "{err}");
}

#[test]
fn no_text_of_a_file_takes_effect_in_markdown() {
    let dir = repository(&[("jobs.d/a.yaml", daily("a", 1, "UTC"))]);
    let name = "``` </details> <!-- | @octocat";
    let text = daily("a", 1, "UTC").replace("name: a", &format!("name: \"{name}\""));
    let text = text.replace("[echo, a]", "[echo, '`</code></details><script>|x|']");
    file(dir.path(), "jobs.d/a.yaml", &text);
    let (code, out, err) = plan(dir.path(), &["--format", "markdown"]);
    assert_eq!(code, Some(0), "{err}");
    // Outside of code spans stands only what is ours.
    let mut rest = out.as_str();
    let mut ours = String::new();
    while let Some(start) = rest.find('`') {
        ours += &rest[..start];
        let fence = rest[start..].len() - rest[start..].trim_start_matches('`').len();
        let inner = &rest[start + fence..];
        let mut end = 0;
        loop {
            end += inner[end..].find('`').expect("a code span ends");
            let run = inner[end..].len() - inner[end..].trim_start_matches('`').len();
            if run == fence {
                break;
            }
            end += run;
        }
        assert!(!inner[..end].contains('\n'), "a code span is one line");
        rest = &inner[end + fence..];
    }
    ours += rest;
    assert_eq!(ours.matches("</details>").count(), 1, "{ours}");
    assert_eq!(ours.matches("<!--").count(), 1, "{ours}");
    assert!(
        !ours.contains("octocat") && !ours.contains("<script>"),
        "{ours}"
    );
    assert!(!out.contains('\u{1b}'), "{out}");
}

#[test]
fn what_a_link_leads_out_to_is_not_shown() {
    let dir = repository(&[("jobs.d/a.yaml", daily("a", 1, "UTC"))]);
    let secret = "name: hidden-words\nhidden_key: 1\n";
    file(dir.path(), "elsewhere/bad.yaml", secret);
    let good = daily("hidden-words", 1, "UTC");
    file(dir.path(), "elsewhere/good.yaml", &good);
    for name in ["bad", "good"] {
        let to = dir.path().join("elsewhere").join(format!("{name}.yaml"));
        std::os::unix::fs::symlink(to, dir.path().join(format!("jobs.d/{name}.yaml"))).unwrap();
    }
    for format in ["human", "markdown", "json"] {
        let (_, out, err) = plan(dir.path(), &["--format", format]);
        assert!(
            !out.contains("hidden_key") && !err.contains("hidden_key"),
            "{out}{err}"
        );
        assert!(!out.contains("hidden-words"), "{out}");
    }
}

#[test]
fn links_in_a_circle_end() {
    let dir = repository(&[("jobs.d/a.yaml", daily("a", 1, "UTC"))]);
    for name in ["l1", "l2", "l3"] {
        std::os::unix::fs::symlink(".", dir.path().join("jobs.d").join(name)).unwrap();
    }
    git(dir.path(), &["add", "-A"]);
    git(dir.path(), &["commit", "-qm", "loops"]);
    let (code, out, err) = plan(dir.path(), &["main..HEAD", "--exit-code"]);
    assert_eq!(code, Some(0), "{out}{err}");
}

#[test]
fn settings_and_the_folder_they_name_are_compared() {
    let dir = repository(&[("jobs.d/a.yaml", daily("a", 1, "UTC"))]);
    git(dir.path(), &["mv", "jobs.d", "tasks"]);
    file(
        dir.path(),
        "jobsd.yaml",
        "jobs: tasks\nmax_concurrent_runs: 7\n",
    );
    git(dir.path(), &["add", "-A"]);
    git(dir.path(), &["commit", "-qm", "moved"]);
    let (code, out, err) = plan(dir.path(), &["main..HEAD", "--exit-code"]);
    assert_eq!(code, Some(1), "{err}");
    assert!(
        out.contains("0 added, 0 changed, 0 renamed, 0 removed, 1 unchanged"),
        "{out}"
    );
    assert!(out.contains("max_concurrent_runs: none → 7"), "{out}");
    assert!(out.contains("waits for a restart"), "{out}");
    file(
        dir.path(),
        "jobsd.yaml",
        "jobs: tasks\nmax_concurrent_runs: {\n",
    );
    let (code, out, _) = plan(dir.path(), &["HEAD"]);
    assert_eq!(code, Some(1));
    assert!(out.contains("jobsd.yaml is bad"), "{out}");
}

#[test]
fn secrets_in_clear_are_not_shown() {
    let dir = repository(&[("jobs.d/a.yaml", daily("a", 1, "UTC"))]);
    let token = format!("ghp_{}", "a1B2".repeat(9));
    let text = daily("a", 1, "UTC").replace("[echo, a]", &format!("[echo, '--token={token}']"));
    file(
        dir.path(),
        "jobs.d/a.yaml",
        &format!("{text}env: {{PASSWORD: clear-words}}\n"),
    );
    for format in ["human", "markdown", "json"] {
        let (_, out, err) = plan(dir.path(), &["--format", format]);
        assert!(!out.contains(&token) && !err.contains(&token), "{out}{err}");
        assert!(!out.contains("clear-words"), "{out}");
    }
}
