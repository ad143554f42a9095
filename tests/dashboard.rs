//! What pages of a real daemon say: links to the git host. The browser sees the rest.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

mod world;

use std::fs;
use std::process::Command;

use serde_json::Value;
use world::World;

fn git(world: &World, args: &[&str]) {
    let name = ["-c", "user.name=ops", "-c", "user.email=ops@example.org"];
    let mut command = Command::new("git");
    let status = command
        .current_dir(world.dir.path())
        .args(name)
        .args(args)
        .status();
    assert!(status.unwrap().success(), "{args:?}");
}

#[test]
fn links_to_the_git_host_name_the_branch_that_is_checked_out() {
    let mut world = World::new();
    world.config(
        "edit_url: https://git.example.org/edit/{branch}/x#{line}\nnew_url: https://git.example.org/new/{branch}?c={content}\n",
    );
    world.job(
        "one",
        "bot_config: {command: ['true']}\nschedule_type: manual",
    );
    fs::write(world.path(".gitignore"), ".jobsd/\noffset\nlog\nnew\n").unwrap();
    git(&world, &["init", "-q", "-b", "ops/next#1"]);
    git(&world, &["add", "."]);
    git(&world, &["commit", "-qm", "first"]);
    world.start();
    let form = "/new?form=1&name=Two&id=two&bot_type=command&shell=true&schedule_type=manual";
    let names = |branch: &str| {
        let (edit, new) = (
            format!("https://git.example.org/edit/{branch}/x#1"),
            format!("https://git.example.org/new/{branch}?c="),
        );
        world.until(branch, |world| {
            world.get("/jobs/one").text().contains(&edit)
        });
        assert!(world.get("/?view=cards").text().contains(&edit));
        assert!(world.get(form).text().contains(&new), "{branch}");
        let refused = world.request("DELETE", "/scheduler/jobs/one", &[], b"");
        assert!(refused.text().contains(&edit), "{}", refused.text());
    };
    names("ops/next%231");
    assert_eq!(world.json("/scheduler/config")["branch"], "ops/next#1");
    // A new branch on the same commit: no file changes.
    git(&world, &["switch", "-qc", "hotfix"]);
    names("hotfix");
    git(&world, &["switch", "-q", "--detach"]);
    names("main");
    assert_eq!(world.json("/scheduler/config")["branch"], Value::Null);
}
