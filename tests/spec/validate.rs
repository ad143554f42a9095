//! `jobsd validate` and `explain`: pages and their examples, formats, policies, standard input,
//! both languages.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use crate::support::child::{BIN, clean};
use jobsd::text::explain::PAGES;
use jobsd::text::explain::page::Page;
use serde_json::Value;

fn jobsd(dir: &Path, args: &[&str], input: Option<&str>) -> Output {
    let mut command = clean(BIN);
    command.current_dir(dir).args(args);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // Without this the program would wait; a program that does not read is not a failure here.
    let _ = child
        .stdin
        .take()
        .unwrap()
        .write_all(input.unwrap_or("").as_bytes());
    child.wait_with_output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The top-level keys of a text of block YAML, each with its lines.
fn blocks(text: &str) -> Vec<(String, String)> {
    let mut blocks: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if line.starts_with(' ') {
            blocks.last_mut().unwrap().1 += &format!("{line}\n");
        } else {
            let key = line.split(':').next().unwrap_or(line).to_owned();
            blocks.push((key, format!("{line}\n")));
        }
    }
    blocks
}

/// A whole job with the keys of an example in place of its own.
fn job(example: &str) -> String {
    let base = "name: A job\nbot_type: command\nbot_config:\n  command: [/bin/sh, -c, \"true\"]\n\
        schedule_type: daily\nschedule_config:\n  hour: 8\ntimezone: UTC\n";
    let own = blocks(example);
    let keys: BTreeSet<&String> = own.iter().map(|(key, _)| key).collect();
    // A manual schedule or another bot brings its own config, or none.
    let left_out =
        |key: &String| keys.contains(key) || example.contains("hour: 8\n") && key == "none";
    let mut text: String = own.iter().map(|(_, lines)| lines.as_str()).collect();
    let rest = blocks(base).into_iter().filter(|(key, _)| !left_out(key));
    let is_implicit = example.starts_with("schedule_type: daily\nschedule_config:\n  hour: 8")
        && !example.contains("timezone");
    text.extend(
        rest.filter(|(key, _)| !(is_implicit && key == "timezone"))
            .map(|(_, lines)| lines),
    );
    text
}

fn codes_of(example: &str) -> Vec<String> {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("job.yaml"), job(example)).unwrap();
    let output = jobsd(
        scratch.path(),
        &["validate", "job.yaml", "--format", "jsonl", "--notes"],
        None,
    );
    let parse = |line: &str| {
        serde_json::from_str::<Value>(line).unwrap()["code"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    text(&output).lines().map(parse).collect()
}

fn is_words(example: &str) -> bool {
    example.starts_with('(')
}

/// Like a job file, that is; what lies in it is read.
/// A bind mount of a file that does not exist makes such a folder.
#[test]
fn a_folder_named_like_a_file_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    fs::create_dir_all(root.join("jobs.d/x.yaml")).unwrap();
    fs::write(
        root.join("jobs.d/x.yaml/inner.yaml"),
        "name: Inner\nbot_type: command\nbot_config: {shell: 'true'}\nschedule_type: manual\n\
        nonsense: 1\n",
    )
    .unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(root.join("jobs.d/s.yaml")).unwrap();
    let output = jobsd(root, &["validate", "jobs.d", "--format", "jsonl"], None);
    let told: Vec<String> = text(&output)
        .lines()
        .map(|line| {
            let finding: Value = serde_json::from_str(line).unwrap();
            format!(
                "{} {}",
                finding["path"].as_str().unwrap(),
                finding["code"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "jobs.d/s.yaml not-a-file",
            "jobs.d/x.yaml not-a-file",
            "jobs.d/x.yaml/inner.yaml unknown-key"
        ]
    );
}

/// In no format.
/// A map in the place of a secret makes the secret a key, and keys are quoted.
#[test]
fn a_secret_key_is_never_quoted() {
    let head = "name: A\nbot_type: command\nbot_config: {shell: 'true'}\nschedule_type: manual\n";
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    fs::create_dir(root.join("jobs.d")).unwrap();
    for (n, wrong) in [
        "env:\n  API_TOKEN: {hunter2}",
        "env:\n  API_TOKEN: {hunter2, hunter2}",
        "env:\n  PORT:\n    hunter2:",
        "env:\n  API_TOKEN: {from_env: {hunter2}}",
        "env:\n  API_TOKEN: *hunter2",
        "env:\n  API_TOKEN: {hunter2: 08}",
        "env:\n  API_TOKEN: {hunter2: [",
        "labels:\n  authorization: {hunter2: 1}",
        "labels:\n  Cookie: [hunter2]",
        "env: {AUTHORIZATION: Basic hunter2, X: 1}",
        "labels:\n  X-Api-Key:\n    - {hunter2: 1}",
    ]
    .iter()
    .enumerate()
    {
        fs::write(
            root.join(format!("jobs.d/j{n}.yaml")),
            format!("{head}{wrong}\n"),
        )
        .unwrap();
    }
    for format in [
        "human", "json", "jsonl", "sarif", "junit", "github", "gitlab",
    ] {
        for lang in ["en", "fr"] {
            let output = jobsd(
                root,
                &[
                    "validate", "jobs.d", "--format", format, "--lang", lang, "--notes",
                ],
                None,
            );
            let told = text(&output) + &String::from_utf8_lossy(&output.stderr);
            assert!(!told.contains("hunter2"), "{format}: {told}");
            for n in 0..11 {
                assert!(told.contains(&format!("j{n}.yaml")), "{format}: j{n}");
            }
        }
    }
}

/// And every right one gives nothing.
#[test]
fn every_wrong_example_gives_its_code() {
    for Page {
        code, wrong, right, ..
    } in PAGES.iter()
    {
        if !is_words(wrong) {
            let found = codes_of(wrong);
            assert!(
                found.iter().any(|found| found == code),
                "{code}: {found:?}\n{}",
                job(wrong)
            );
        }
        if !is_words(right) {
            assert_eq!(
                codes_of(right),
                Vec::<String>::new(),
                "{code}\n{}",
                job(right)
            );
        }
    }
    let shown = PAGES.iter().filter(|page| !is_words(page.wrong)).count();
    assert!(
        shown >= 28,
        "only {shown} pages have a file as their example"
    );
}

/// What only a daemon finds (`tests/daemon/reload.rs`), what depends on the machine
/// (`tests/daemon/daemon.rs`), and what only a fault of ours gives.
const DAEMONS_OWN: [&str; 4] = ["needs-restart", "open-to-others", "schema", "zone-data"];

#[test]
fn what_no_file_can_show_gives_its_code_too() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path().join("jobs.d");
    fs::create_dir_all(dir.join("b")).unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(dir.join(name), bytes).unwrap();
    write("bomb.yaml", &bomb());
    write("twin.yaml", job("name: x").as_bytes());
    write("b/twin.yaml", job("name: x").as_bytes());
    write("empty.yaml", b"# nothing\n");
    write("My Job.yaml", job("name: x").as_bytes());
    write(
        "deep.yaml",
        format!("name: {}{}", "[".repeat(100), "]".repeat(100)).as_bytes(),
    );
    write("latin.yaml", b"name: v\xf6ux\n");
    write("large.yaml", &vec![b'#'; 2 << 20]);
    let keys: String = (0..1_000).map(|n| format!("k{n}: 1\n")).collect();
    write("many.yaml", (keys.clone() + &job("name: x")).as_bytes());
    let more: String = (0..200).map(|n| format!("env{n}:\n")).collect();
    write("more.yaml", (more + "max_instances: 0\n").as_bytes());
    let secrets: String = (0..101)
        .map(|n| format!("  T{n}_TOKEN: 4f7a9c1e2b\n"))
        .collect();
    write(
        "warned.yaml",
        (job("name: x") + "env:\n" + &secrets).as_bytes(),
    );
    std::os::unix::fs::symlink("/etc/passwd", dir.join("out.yaml")).unwrap();
    std::os::unix::fs::symlink("loop.yaml", dir.join("loop.yaml")).unwrap();
    fs::write(scratch.path().join("outside.yaml"), "hunter2: [\n").unwrap();
    std::os::unix::fs::symlink("../outside.yaml", dir.join("outside.yaml")).unwrap();
    assert!(
        clean("mkfifo")
            .arg(dir.join("fifo.yaml"))
            .status()
            .unwrap()
            .success()
    );
    for n in 0..31 {
        let text = job("schedule_type: daily\nschedule_config:\n  hour: 3\n  minute: 0");
        write(&format!("crowd-{n:02}.yaml"), text.as_bytes());
    }
    fs::write(
        scratch.path().join("jobsd.yaml"),
        "listen: localhost:7878\n",
    )
    .unwrap();
    let output = jobsd(scratch.path(), &["validate", "--format", "jsonl"], None);
    assert_eq!(output.status.code(), Some(1));
    let human = jobsd(scratch.path(), &["validate"], None);
    assert!(!text(&human).contains("hunter2"), "never quoted");
    let found: BTreeSet<String> = text(&output)
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["code"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    for page in PAGES
        .iter()
        .filter(|page| is_words(page.wrong) && !DAEMONS_OWN.contains(&page.code))
    {
        assert!(
            found.contains(page.code),
            "{} is not among {found:?}",
            page.code
        );
    }
    // The same bytes from run to run, in every format.
    for format in [
        "human", "json", "jsonl", "github", "gitlab", "sarif", "junit",
    ] {
        let run = || {
            jobsd(
                scratch.path(),
                &["validate", "--format", format, "--notes"],
                None,
            )
            .stdout
        };
        assert_eq!(run(), run(), "{format}");
    }
}

fn bomb() -> Vec<u8> {
    let mut text = "a: &a [x,x,x,x,x,x,x,x,x]\n".to_owned();
    for pair in ["ab", "bc", "cd", "de", "ef", "fg", "gh", "hi"] {
        let (from, to) = pair.split_at(1);
        text += &format!("{to}: &{to} [{}]\n", vec![format!("*{from}"); 9].join(","));
    }
    text.into_bytes()
}

#[test]
fn codes_and_pages_match_one_to_one() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/text/findings");
    let catalogue: String = fs::read_dir(folder)
        .unwrap()
        .map(|file| fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    let quoted: BTreeSet<&str> = catalogue
        .split("words!(")
        .skip(1)
        .filter_map(|part| part.trim_start().strip_prefix('"')?.split('"').next())
        .chain(["cron", "day"])
        .collect();
    let pages: BTreeSet<&str> = PAGES.iter().map(|page| page.code).collect();
    assert_eq!(quoted, pages);
    assert_eq!(pages.len(), PAGES.len());
    let docs = fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/codes.md"))
        .unwrap();
    assert_eq!(docs, jobsd::commands::explain::markdown(), "run: just docs");
}

/// The languages share no sentence; what machines read is the same in both.
#[test]
fn only_text_for_people_is_translated() {
    let bad = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/bad_jobs/bad");
    let run = |lang: &str, format: &str| {
        text(&jobsd(
            &bad,
            &["validate", ".", "--lang", lang, "--format", format],
            None,
        ))
    };
    let (en, fr) = (run("en", "human"), run("fr", "human"));
    let help = |text: &str| -> BTreeSet<String> {
        text.lines()
            .filter_map(|line| {
                Some(
                    line.split_once('^')?
                        .1
                        .trim_start_matches('^')
                        .trim()
                        .to_owned(),
                )
            })
            .collect()
    };
    let same: Vec<String> = help(&en)
        .intersection(&help(&fr))
        .filter(|line| !line.is_empty())
        .cloned()
        .collect();
    assert_eq!(same, Vec::<String>::new());
    assert!(fr.contains("erreur[") && fr.contains("fichiers,"));
    for format in ["json", "jsonl", "github", "gitlab", "sarif", "junit"] {
        assert_eq!(run("en", format), run("fr", format), "{format}");
    }
    for page in PAGES.iter() {
        assert!(
            page.what.0 != page.what.1 && page.why.0 != page.why.1,
            "{}",
            page.code
        );
    }
}

/// Silenced only with a reason.
#[test]
fn warnings_can_be_denied_allowed_or_silenced() {
    let scratch = tempfile::tempdir().unwrap();
    let check = |comment: &str, args: &[&str]| {
        let example = format!(
            "schedule_type: cron\nschedule_config:\n  cron_expression: \"0 0 13 * 5\"{comment}"
        );
        fs::write(scratch.path().join("a.yaml"), job(&example)).unwrap();
        let output = jobsd(
            scratch.path(),
            &[&["validate", "a.yaml", "--format", "jsonl"], args].concat(),
            None,
        );
        let parse = |line: &str| {
            serde_json::from_str::<Value>(line).unwrap()["code"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        (
            output.status.code().unwrap(),
            text(&output).lines().map(parse).collect::<Vec<_>>(),
        )
    };
    let found = |list: &[&str]| {
        list.iter()
            .map(|code| (*code).to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(check("", &[]), (0, found(&["either-day"])));
    assert_eq!(
        check("", &["--deny", "warnings"]),
        (1, found(&["either-day"]))
    );
    assert_eq!(
        check("", &["--deny", "either-day"]),
        (1, found(&["either-day"]))
    );
    assert_eq!(
        check("", &["--deny", "no-effect"]),
        (0, found(&["either-day"]))
    );
    assert_eq!(
        check("", &["--allow", "either-day", "--deny", "warnings"]),
        (0, vec![])
    );
    assert_eq!(
        check(
            " # jobsd: allow(either-day) both are meant",
            &["--deny", "warnings"]
        ),
        (0, vec![])
    );
    assert_eq!(
        check(" # jobsd: allow(either-day)", &[]).1,
        found(&["either-day", "allow-reason"])
    );
    assert_eq!(
        check(" # jobsd: allow(no-effect) really", &[]).1,
        found(&["either-day", "allow-unused"])
    );
    for comment in ["allow either-day yes", "alow(either-day) yes"] {
        let comment = format!(" # jobsd: {comment}");
        assert_eq!(
            check(&comment, &[]).1,
            found(&["either-day", "allow-unused"])
        );
    }
    assert_eq!(
        check(" # jobsd: allow(either-day) —", &[]).1,
        found(&["either-day", "allow-reason"])
    );
    assert_eq!(check("", &["--deny", "nonsense"]).0, 2);
    assert_eq!(check("", &["--strict"]), (1, found(&["either-day"])));
    assert_eq!(check("", &["--deny", "no-effect,either-day"]).0, 1);
    assert_eq!(
        check("", &["--allow", "no-effect,either-day"]).1,
        found(&[])
    );
}

#[test]
fn standard_input_goes_by_its_name() {
    let scratch = tempfile::tempdir().unwrap();
    let args = [
        "validate",
        "-",
        "--stdin-filename",
        "jobs.d/x.yaml",
        "--format",
        "jsonl",
    ];
    let bad = jobsd(scratch.path(), &args, Some(&job("enabled: yes")));
    assert_eq!(bad.status.code(), Some(1));
    let finding: Value = serde_json::from_str(text(&bad).trim()).unwrap();
    assert_eq!(
        (finding["path"].as_str(), finding["line"].as_u64()),
        (Some("jobs.d/x.yaml"), Some(1))
    );
    assert_eq!(
        jobsd(scratch.path(), &args, Some(&job("enabled: true")))
            .status
            .code(),
        Some(0)
    );
}

/// Exit codes tell a bad file from a check that could not be made.
#[test]
fn a_bad_file_differs_from_no_check() {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("good.yaml"), job("name: x")).unwrap();
    fs::write(scratch.path().join("bad.yaml"), "name: 1\n").unwrap();
    let code = |args: &[&str]| {
        jobsd(scratch.path(), &[&["validate"], args].concat(), None)
            .status
            .code()
            .unwrap()
    };
    assert_eq!(code(&["good.yaml"]), 0);
    assert_eq!(code(&["bad.yaml"]), 1);
    assert_eq!(code(&["good.yaml", "missing.yaml"]), 5);
    assert_eq!(code(&["bad.yaml", "missing.yaml"]), 5);
    assert_eq!(code(&["--format", "nonsense"]), 2);
    assert_eq!(code(&["."]), 1);
}

#[test]
fn sarif_and_junit_and_github_hold_to_their_rules() {
    let bad = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/bad_jobs/bad");
    let run = |format: &str| text(&jobsd(&bad, &["validate", ".", "--format", format], None));
    let sarif: Value = serde_json::from_str(&run("sarif")).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let run0 = &sarif["runs"][0];
    let rules = run0["tool"]["driver"]["rules"].as_array().unwrap();
    for result in run0["results"].as_array().unwrap() {
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let place = &result["locations"][0]["physicalLocation"];
        assert!(
            !place["artifactLocation"]["uri"]
                .as_str()
                .unwrap()
                .contains(' ')
        );
        let number = |key: &str| place["region"][key].as_u64().unwrap();
        assert!(number("startLine") >= 1 && number("startColumn") >= 1);
        assert!(
            (number("endLine"), number("endColumn"))
                >= (number("startLine"), number("startColumn"))
        );
    }
    let junit = run("junit");
    let document = roxmltree::Document::parse(&junit).unwrap();
    let cases = document
        .descendants()
        .filter(|node| node.has_tag_name("testcase"))
        .count();
    let failures = document
        .descendants()
        .filter(|node| node.has_tag_name("failure"))
        .count();
    assert_eq!((cases, failures), (32, 32));
    for line in run("github").lines() {
        assert!(
            line.starts_with("::error file=") && line.matches("::").count() >= 2,
            "{line}"
        );
    }
}

#[test]
fn no_raw_control_character_is_ever_printed() {
    let scratch = tempfile::tempdir().unwrap();
    let evil = "name: \"a\\e[31m\\u202e\\0b\"\noverlap: \"\\e]0;x\\a\"\n\"k\\e[2J\": 1\n";
    fs::write(scratch.path().join("a.yaml"), evil).unwrap();
    for format in [
        "human", "json", "jsonl", "github", "gitlab", "sarif", "junit",
    ] {
        let output = text(&jobsd(
            scratch.path(),
            &["validate", ".", "--format", format],
            None,
        ));
        let raw = output
            .chars()
            .find(|c| c.is_control() && *c != '\n' || ('\u{202a}'..='\u{202e}').contains(c));
        assert_eq!(raw, None, "{format}: {output}");
    }
}

/// But reported.
#[test]
fn a_link_out_of_the_folder_is_not_followed() {
    let scratch = tempfile::tempdir().unwrap();
    let root = scratch.path();
    let link = |to: &str, name: &str| std::os::unix::fs::symlink(to, root.join(name)).unwrap();
    for dir in ["jobs.d/..data_1", "out", "jobs.d/sub"] {
        fs::create_dir_all(root.join(dir)).unwrap();
    }
    let secret = "name: hunter22222\nenabled: yes\n";
    fs::write(root.join("out/leak.yaml"), secret).unwrap();
    fs::write(root.join("out/valid.yaml"), job("name: hunter22222")).unwrap();
    fs::write(root.join("jobs.d/..data_1/inside.yaml"), job("name: x")).unwrap();
    // As a ConfigMap is mounted: every link stays inside.
    link("..data_1", "jobs.d/..data");
    link("..data/inside.yaml", "jobs.d/inside.yaml");
    link("../out/leak.yaml", "jobs.d/leak.yaml");
    link("../out/valid.yaml", "jobs.d/valid.yaml");
    link("../../out/leak.yaml", "jobs.d/sub/deep.yaml");
    link("..", "jobs.d/up");
    link("../out", "jobs.d/outdir");
    link("/dev/zero", "jobs.d/zero.yaml");
    link("../nowhere.yaml", "jobs.d/gone.yaml");
    let before = fs::read_to_string(root.join("out/leak.yaml")).unwrap();
    for format in [
        "human", "json", "jsonl", "github", "gitlab", "sarif", "junit",
    ] {
        let output = text(&jobsd(
            root,
            &["validate", "jobs.d", "--format", format],
            None,
        ));
        assert!(!output.contains("hunter"), "{format}: {output}");
    }
    let output = jobsd(root, &["validate", "jobs.d", "--format", "jsonl"], None);
    let told: BTreeSet<String> = text(&output)
        .lines()
        .map(|line| {
            let finding: Value = serde_json::from_str(line).unwrap();
            let word = |key: &str| finding[key].as_str().unwrap().to_owned();
            format!("{} {} {}", word("path"), word("severity"), word("code"))
        })
        .collect();
    let wanted = [
        "jobs.d/gone.yaml error io",
        "jobs.d/leak.yaml warning link-leaves",
        "jobs.d/outdir warning link-leaves",
        "jobs.d/sub/deep.yaml warning link-leaves",
        "jobs.d/up warning link-leaves",
        "jobs.d/valid.yaml warning link-leaves",
        "jobs.d/zero.yaml error not-a-file",
    ];
    assert_eq!(told, wanted.iter().map(|w| (*w).to_owned()).collect());
    // A shell that expands jobs.d/*.yaml names the link itself.
    let named = jobsd(root, &["validate", "jobs.d/leak.yaml"], None);
    assert!(!text(&named).contains("hunter") && text(&named).contains("link-leaves"));
    for args in [
        &["validate", "--fix", "jobs.d"][..],
        &["validate", "--fix", "jobs.d/leak.yaml"],
        &["fmt", "--write", "jobs.d"],
        &["fmt", "--write", "jobs.d/leak.yaml"],
    ] {
        jobsd(root, args, None);
        let after = fs::read_to_string(root.join("out/leak.yaml")).unwrap();
        assert_eq!(before, after, "{args:?}");
    }
    // One warning for each link, however often the link is named.
    let told = |args: &[&str]| {
        let output = jobsd(root, args, None);
        let whole = text(&output) + &String::from_utf8(output.stderr).unwrap();
        assert!(!whole.contains("hunter"), "{args:?}: {whole}");
        whole.matches("link-leaves").count()
    };
    let leak = "jobs.d/leak.yaml";
    assert_eq!(told(&["fmt", "--check", "jobs.d", leak, leak]), 5);
    assert_eq!(told(&["validate", "--fix", "jobs.d", leak]), 5);
    assert_eq!(told(&["fmt", "--check", leak]), 1);
}

#[test]
fn every_fault_of_a_program_is_told_once() {
    let scratch = tempfile::tempdir().unwrap();
    let head = "name: x\nbot_type: command\nschedule_type: manual\nbot_config: ";
    for (config, wanted) in [
        ("{command: [\"\"]}", &["exactly-one"][..]),
        ("{command: [\" \"], shell: ls}", &["exactly-one"; 2]),
        (
            "{command: [\" \"], shell: \" \"}",
            &["exactly-one", "exactly-one", "length"],
        ),
        ("{comand: [ls]}", &["unknown-key"]),
        ("{stdin: x}", &["exactly-one"]),
        ("[ls]", &["type"]),
        ("{shell: \"\"}", &["length"]),
    ] {
        fs::write(scratch.path().join("x.yaml"), format!("{head}{config}\n")).unwrap();
        let output = jobsd(
            scratch.path(),
            &["validate", "x.yaml", "--format", "jsonl"],
            None,
        );
        let mut codes: Vec<String> = text(&output)
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .map(|finding| finding["code"].as_str().unwrap().to_owned())
            .collect();
        codes.sort();
        assert_eq!(codes, wanted, "{config}");
    }
}

#[test]
fn standard_input_is_quoted_from_itself() {
    let scratch = tempfile::tempdir().unwrap();
    fs::create_dir(scratch.path().join("jobs.d")).unwrap();
    fs::write(
        scratch.path().join("jobs.d/x.yaml"),
        "an: older\nfile: here\n",
    )
    .unwrap();
    let args = ["validate", "-", "--stdin-filename", "jobs.d/x.yaml"];
    let shown = text(&jobsd(scratch.path(), &args, Some(&job("nice: 99"))));
    assert!(
        shown.contains("nice: 99") && !shown.contains("older"),
        "{shown}"
    );
    assert!(shown.contains("jobs.d/x.yaml:1:7"), "{shown}");
    let fix = jobsd(scratch.path(), &[&args[..], &["--fix"]].concat(), Some("x"));
    assert_eq!(fix.status.code(), Some(2));
    assert!(!String::from_utf8_lossy(&fix.stderr).contains("not exist"));
}

#[test]
fn the_settings_that_hold_are_those_of_the_daemon() {
    let scratch = tempfile::tempdir().unwrap();
    let root = scratch.path();
    fs::create_dir_all(root.join("jobs.d/sub")).unwrap();
    let late = "schedule_type: daily\nschedule_config:\n  hour: 2\n  minute: 30\ntimezone: none";
    let late = job(late).replace("timezone: none\n", "");
    fs::write(root.join("jobs.d/a.yaml"), &late).unwrap();
    fs::write(root.join("jobs.d/sub/b.yaml"), &late).unwrap();
    fs::write(
        root.join("jobsd.yaml"),
        "defaults: {timezone: Europe/Paris}\n",
    )
    .unwrap();
    fs::write(root.join("utc.yaml"), "defaults: {timezone: UTC}\n").unwrap();
    let found = |dir: &str, args: &[&str], input: Option<&str>| {
        let args = [&["validate", "--format", "jsonl"], args].concat();
        let output = jobsd(&root.join(dir), &args, input);
        let code = |line: &str| -> String {
            let finding: Value = serde_json::from_str(line).unwrap();
            finding["code"].as_str().unwrap().to_owned()
        };
        text(&output).lines().map(code).collect::<Vec<_>>()
    };
    let stdin = ["-", "--stdin-filename", "jobs.d/c.yaml"];
    let cases: [(&str, &[&str], Option<&str>, usize); 8] = [
        (".", &["jobs.d"], None, 2),
        (".", &["jobs.d/a.yaml"], None, 1),
        (".", &["jobs.d/sub"], None, 1),
        (".", &["jobs.d/sub/b.yaml"], None, 1),
        (".", &stdin, Some(&late), 1),
        ("jobs.d", &["."], None, 2),
        ("jobs.d/sub", &["b.yaml"], None, 1),
        (".", &["--config", "utc.yaml", "jobs.d"], None, 0),
    ];
    for (dir, args, input, count) in cases {
        assert_eq!(
            found(dir, args, input),
            vec!["clock-change"; count],
            "{dir} {args:?}"
        );
    }
    // The settings are not a job, whatever way they are reached.
    fs::remove_file(root.join("utc.yaml")).unwrap();
    assert_eq!(found(".", &["."], None), ["clock-change"; 2]);
    let stdin = ["-", "--stdin-filename", "jobsd.yaml"];
    assert_eq!(found(".", &stdin, Some("listen: nowhere\n")), ["listen"]);
    fs::remove_file(root.join("jobsd.yaml")).unwrap();
    std::os::unix::fs::symlink("nowhere", root.join("jobsd.yaml")).unwrap();
    assert!(found(".", &["jobs.d"], None).contains(&"io".to_owned()));
}

#[test]
fn no_name_and_no_argument_reaches_a_terminal_raw() {
    let scratch = tempfile::tempdir().unwrap();
    let evil = "e\u{1b}[31m\nv\u{202e}i\u{2028}l\u{61c}\u{e0041}";
    fs::write(
        scratch.path().join(format!("{evil}.yaml")),
        "name: a\u{ad}b\u{85}: \u{61c}: c\n",
    )
    .unwrap();
    let is_raw = |c: char| jobsd::text::is_hidden(c) && c != '\n';
    for format in [
        "human", "json", "jsonl", "github", "gitlab", "sarif", "junit",
    ] {
        let output = text(&jobsd(
            scratch.path(),
            &["validate", ".", "--format", format],
            None,
        ));
        assert_eq!(
            output.chars().find(|c| is_raw(*c)),
            None,
            "{format}: {output:?}"
        );
        let breaks = output.lines().any(|line| line.starts_with('v'));
        assert!(!breaks && output.contains('e'), "{format}: {output:?}");
    }
    let path = format!("/no/{evil}");
    for args in [
        &["validate", &path][..],
        &["validate", "--deny", evil],
        &["fmt", &path],
        &["explain", evil],
        &["new", evil],
        &["validate", "-", "--stdin-filename", evil],
        &[evil],
    ] {
        let output = jobsd(scratch.path(), args, Some("name: a\n"));
        let shown = text(&output) + &String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            shown.chars().find(|c| is_raw(*c)),
            None,
            "{args:?}: {shown:?}"
        );
    }
}

#[test]
fn no_secret_is_printed() {
    let scratch = tempfile::tempdir().unwrap();
    for env in [
        "env: {DB_PASSWORD: hunter22222}",
        "env: {DB_PASSWORD: 7712345678, x y: 1}",
        "env:\n  DB_PASSWORD: @hunter22",
        "env:\n  DB_PASSWORD: '*hunter22222'\n  9: x",
        "env: {PIN: 007712345678}",
        "labels: {api_token: 7712345678}",
    ] {
        fs::write(scratch.path().join("a.yaml"), job(env)).unwrap();
        for format in ["human", "json", "github", "gitlab", "sarif", "junit"] {
            let args = ["validate", "a.yaml", "--format", format];
            let shown = text(&jobsd(scratch.path(), &args, None));
            let is_silent = !shown.contains("hunter") && !shown.contains("7712345678");
            // A number under a name that promises nothing is only in the quoted line.
            let is_plain = env.contains("PIN") && format == "human";
            assert!(is_silent || is_plain, "{format}: {shown}");
            assert!(shown.contains("a.yaml"), "{format}: {shown}");
        }
    }
}

/// It is reported wherever it stands.
#[test]
fn what_looks_secret_is_never_printed() {
    let scratch = tempfile::tempdir().unwrap();
    let file = |config: &str, more: &str| {
        format!("name: a\nbot_type: command\nbot_config:\n{config}schedule_type: manual\n{more}")
    };
    let command = "  command: [curl, x]\n";
    let header =
        "  command: [curl, -H, 'Authorization: Bearer ghp_0123456789abcdefghijABCDEFGHIJ012345']\n";
    let cases = [
        (file(header, ""), "bot_config.command[2]"),
        (
            file(
                "  shell: psql postgres://app:hunter22222@db.example.org/app\n",
                "",
            ),
            "bot_config.shell",
        ),
        (
            file(
                command,
                "env:\n  DATABASE_URL: postgres://app:hunter22222@db.example.org/app\n",
            ),
            "env.DATABASE_URL",
        ),
        (
            file(command, "labels: {note: AKIAIOSFODNN7EXAMPLE}\n"),
            "labels.note",
        ),
        (
            file(
                "  command: [sh, x]\n  stdin: |\n    -----BEGIN RSA PRIVATE KEY-----\n    \
                hunter22222\n    -----END RSA PRIVATE KEY-----\n",
                "",
            ),
            "bot_config.stdin",
        ),
    ];
    for (text_of_file, key) in &cases {
        fs::write(scratch.path().join("a.yaml"), text_of_file).unwrap();
        for format in ["human", "json", "github", "gitlab", "sarif", "junit"] {
            let args = ["validate", "a.yaml", "--format", format];
            let shown = text(&jobsd(scratch.path(), &args, None));
            for secret in ["hunter", "ghp_0", "AKIAIO"] {
                assert!(!shown.contains(secret), "{format}: {shown}");
            }
            let is_told = shown.contains(key) && shown.contains("clear");
            assert!(is_told || format == "junit", "{format} {key}: {shown}");
        }
    }
    let good = file("  shell: psql \"postgres://app:$PASSWORD@db/app\"\n", "");
    fs::write(scratch.path().join("a.yaml"), good).unwrap();
    let shown = text(&jobsd(scratch.path(), &["validate", "a.yaml"], None));
    assert!(!shown.contains("clear-secret"), "{shown}");
}

/// Errors before warnings; all are counted.
#[test]
fn max_errors_shows_the_first_ones() {
    let scratch = tempfile::tempdir().unwrap();
    fs::create_dir(scratch.path().join("jobs.d")).unwrap();
    let warning = job("env: {JOBSD_JOB_ID: x}");
    fs::write(scratch.path().join("jobs.d/a.yaml"), warning).unwrap();
    for id in ["b", "c", "d"] {
        let path = scratch.path().join(format!("jobs.d/{id}.yaml"));
        fs::write(path, job("nmae: x\nenabled: 7")).unwrap();
    }
    let run = |args: &[&str]| {
        let output = jobsd(scratch.path(), &[&["validate"], args].concat(), None);
        let err = String::from_utf8(output.stderr.clone()).unwrap();
        (output.status.code(), text(&output), err)
    };
    let (code, all, err) = run(&["--format", "github"]);
    assert_eq!((code, all.lines().count(), err.as_str()), (Some(1), 7, ""));
    let (code, some, err) = run(&["--format", "github", "--max-errors", "2"]);
    assert_eq!((code, some.lines().count()), (Some(1), 2));
    assert!(
        some.lines().all(|line| line.contains("jobs.d/b.yaml")),
        "{some}"
    );
    assert!(err.contains("not shown (--max-errors): 5"), "{err}");
    let (_, human, err) = run(&["--max-errors", "6", "--lang", "fr"]);
    assert!(
        human.contains("6 erreurs") && !human.contains("a.yaml:"),
        "{human}"
    );
    assert!(
        err.contains("constats non montrés (--max-errors) : 1"),
        "{err}"
    );
    let (_, document, err) = run(&["--format", "json", "--max-errors", "1"]);
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    assert_eq!(document["diagnostics"].as_array().map(Vec::len), Some(7));
    assert_eq!(err, "", "a document is whole");
}
