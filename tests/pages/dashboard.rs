//! What pages of a real daemon say: attempts, links to the git host, hostile names. The browser
//! sees the rest.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::fs;

use crate::support::child::git;
use crate::support::world::World;
use serde_json::{Value, json};

/// Fails with the number of the attempt until the third, which succeeds.
const THIRD: &str = "bot_config: {shell: 'echo try $JOBSD_ATTEMPT; \
    [ $JOBSD_ATTEMPT = 3 ] || exit $JOBSD_ATTEMPT'}\nschedule_type: manual\n\
    retry: {max_attempts: 3, backoff_secs: 0}";

/// The text of a page between two marks.
fn part(text: &str, from: &str, to: &str) -> String {
    let (_, behind) = text
        .split_once(from)
        .unwrap_or_else(|| panic!("no {from} in {text}"));
    behind.split(to).next().unwrap().to_owned()
}

/// What is read of markup.
fn words(markup: &str) -> String {
    let mut text = String::new();
    for piece in markup.split('<') {
        text += piece.split_once('>').map_or(piece, |(_, said)| said);
        text.push(' ');
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn final_record(world: &World, job: &str) -> Value {
    world.until("the end of the run", |world| {
        world
            .records(job)
            .iter()
            .any(|run| run["status"] != "running")
    });
    world.records(job)[0].clone()
}

/// With how each ended.
#[test]
fn a_run_lists_its_attempts() {
    let mut world = World::new();
    world.job("third", THIRD);
    world.job(
        "once",
        "bot_config: {command: ['true']}\nschedule_type: manual",
    );
    world.start();
    for job in ["third", "once"] {
        assert_eq!(world.jobsd(&["run", job]).0, Some(0));
    }
    let record = final_record(&world, "third");
    let attempts = record["attempts"].as_array().unwrap();
    let ends: Vec<Value> = attempts
        .iter()
        .map(|one| json!([one["attempt"], one["reason"], one["exit_code"]]))
        .collect();
    assert_eq!(
        ends,
        [
            json!([1, "exit", 1]),
            json!([2, "exit", 2]),
            json!([3, null, 0])
        ]
    );
    assert_eq!(attempts[0]["started_at"], record["started_at"]);
    assert_eq!(attempts[2]["finished_at"], record["finished_at"]);
    let id = record["id"].as_str().unwrap();
    let answer = world.json(&format!("/scheduler/runs/{id}"));
    assert_eq!(answer["attempts"], record["attempts"]);
    let page = world.get(&format!("/runs/{id}?lang=en")).text();
    let list = part(&page, "class=\"attempts\"", "</ol>");
    let rows: Vec<String> = list.split("<li").skip(1).map(words).collect();
    assert!(rows[0].starts_with("Failed Attempt 1 exit 1"), "{rows:?}");
    assert!(
        rows[1].starts_with("Failed Attempt 2 exit 2 · waited"),
        "{rows:?}"
    );
    assert!(rows[2].starts_with("Success Attempt 3 waited"), "{rows:?}");
    assert_eq!(list.matches("aria-current").count(), 1);
    for anchor in ["output", "A2", "A3"] {
        assert!(list.contains(&format!("href=\"#{anchor}\"")), "{list}");
        assert!(page.contains(&format!("id=\"{anchor}\"")), "{anchor}");
    }
    let french = world.get(&format!("/runs/{id}?lang=fr")).text();
    let said = words(&part(&french, "class=\"attempts\"", "</ol>"));
    assert!(
        said.contains("Échec Tentative 2 code 2 · attente"),
        "{said}"
    );
    let once = final_record(&world, "once");
    assert!(once["attempts"].is_null(), "{once}");
    let page = world.get(&format!("/runs/{}", once["id"].as_str().unwrap()));
    assert!(!page.text().contains("class=\"attempts\""));
}

#[test]
fn an_attempt_that_a_crash_cut_off_is_listed() {
    let mut world = World::new();
    let shell = "[ $JOBSD_ATTEMPT = 1 ] && { touch begun; exec sleep 100; }; exit 0";
    world.job(
        "again",
        &format!(
            "bot_config: {{shell: '{shell}'}}\nschedule_type: manual\non_interrupt: retry\n\
            kill_grace: 0"
        ),
    );
    world.start();
    assert_eq!(world.jobsd(&["run", "again"]).0, Some(0));
    world.until("the first attempt", |world| world.path("begun").exists());
    world.kill();
    world.start();
    let record = final_record(&world, "again");
    let ends: Vec<Value> = record["attempts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| json!([one["attempt"], one["reason"], one["exit_code"]]))
        .collect();
    assert_eq!(ends, [json!([1, "crash", null]), json!([2, null, 0])]);
}

/// Those to the git host.
#[test]
fn links_name_the_checked_out_branch() {
    let mut world = World::new();
    world.config(
        "edit_url: https://git.example.org/edit/{branch}/{path}#{line}\n\
        new_url: https://git.example.org/new/{branch}?f={path}&c={content}\n",
    );
    world.job(
        "one",
        "bot_config: {command: ['true']}\nschedule_type: manual",
    );
    fs::write(world.path(".gitignore"), ".jobsd/\noffset\nlog\nnew\n").unwrap();
    git(world.dir.path(), &["init", "-q", "-b", "ops/next#1"]);
    git(world.dir.path(), &["add", "."]);
    git(world.dir.path(), &["commit", "-qm", "first"]);
    world.start();
    let form = "/new?form=1&name=Two&id=two&bot_type=command&shell=true&schedule_type=manual";
    let names = |branch: &str| {
        let (edit, new) = (
            // The folder of jobs is named by its absolute path here; the git host knows it by that
            // in the repository.
            format!("https://git.example.org/edit/{branch}/jobs.d/one.yaml#1"),
            format!("https://git.example.org/new/{branch}?f=jobs.d/two.yaml&#38;c="),
        );
        world.until(branch, |world| {
            world.get("/jobs/one").text().contains(&edit)
        });
        assert!(world.get("/?view=cards").text().contains("jobs/one/edit"));
        assert!(world.get(form).text().contains(&new), "{branch}");
        let refused = world.request("DELETE", "/scheduler/jobs/one", &[], b"");
        assert!(refused.text().contains(&edit), "{}", refused.text());
    };
    names("ops/next%231");
    assert_eq!(world.json("/scheduler/config")["branch"], "ops/next#1");
    // A new branch on the same commit: no file changes.
    git(world.dir.path(), &["switch", "-qc", "hotfix"]);
    names("hotfix");
    git(world.dir.path(), &["switch", "-q", "--detach"]);
    names("main");
    assert_eq!(world.json("/scheduler/config")["branch"], Value::Null);
}

/// And each chip counts what it leads to.
#[test]
fn the_last_outcome_may_be_no_run() {
    let mut world = World::new();
    world.job(
        "often",
        "bot_config: {command: ['true']}\nschedule_type: manual",
    );
    let now = jobsd::time::Timestamp::now();
    let line = |n: i64, status: &str, reason: Value, ran: bool| {
        let at = now - jobsd::time::SignedDuration::from_mins(n);
        let start = if ran {
            json!(at.to_string())
        } else {
            Value::Null
        };
        json!({
            "v": 1, "type": "run", "id": format!("0190f5b0-0000-7000-8000-{n:012x}"),
            "job_id": "often",
            "scheduled_at": at.to_string(), "started_at": start, "finished_at": start,
            "status": status,
            "reason": reason, "error": null, "trigger": "schedule", "attempt": u8::from(ran),
            "exit_code": null,
            "signal": null, "dry_run": false, "messages_sent": null, "profiles_visited": null,
            "result": {"rows": 1_198, "note": "x"}, "output_bytes": 0, "revision": null,
            "file": "jobs.d/often.yaml", "digest": "", "host": "h"
        })
        .to_string()
    };
    let lines = [
        line(40, "failed", json!("exit"), true),
        line(30, "success", Value::Null, true),
        line(20, "missed", json!("late"), false),
        line(10, "skipped", json!("overlap"), false),
    ];
    let day = (now - jobsd::time::SignedDuration::from_mins(10)).strftime("%Y-%m-%d");
    let history = world.path(".jobsd/history");
    fs::create_dir_all(&history).unwrap();
    fs::write(
        history.join(format!("{day}.jsonl")),
        lines.join("\n") + "\n",
    )
    .unwrap();
    world.start();
    let overview = world.get("/?lang=en").text();
    let card = words(&part(&overview, "id=\"job-often\"", "</article>"));
    assert!(
        card.contains("Skipped") && card.contains("10 min ago"),
        "{card}"
    );
    assert!(!card.contains("Success ("), "{card}");
    let page = world.get("/runs?lang=en").text();
    let chips = words(&part(&page, "class=\"chips\"", "</nav>"));
    assert!(
        chips.ends_with("All Success Failed 1 Skipped 1 Missed 1 Interrupted Cancelled Running"),
        "{chips}"
    );
    assert!(
        words(&page).replace('\u{a0}', " ").contains("1,198 rows"),
        "{}",
        words(&page)
    );
    assert!(page.contains("format=jsonl"), "{page}");
    // Where one job is chosen, its own runs are not counted by the minute: no number rather than a
    // wrong one.
    let one = world.get("/runs?lang=en&job=often").text();
    let chips = words(&part(&one, "class=\"chips\"", "</nav>"));
    assert!(chips.contains("Failed Skipped"), "{chips}");
}
