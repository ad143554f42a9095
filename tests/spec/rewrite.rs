//! `fmt`, `validate --fix`, `new`, `init`: what they write is valid, says the same, and keeps
//! comments.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::support::child::{self, BIN, clean};
use jobsd::rewrite::layout::{self, NoForm};
use jobsd::rewrite::meaning::same_meaning;
use jobsd::spec::rules::schema::JOB;

fn jobsd(dir: &Path, args: &[&str]) -> (i32, String, String) {
    let (code, out, err) = child::jobsd(dir, args, "");
    (code.unwrap(), out, err)
}

fn canonical(text: &str) -> Result<String, NoForm> {
    layout::canonical(text, JOB.schema())
}

#[test]
fn formatting_orders_keys_with_their_comments() {
    let messy = "\u{feff}# head\r\n\r\ntimezone: UTC # of the job  \r\n# when\r\n\
        schedule_type: daily\r\nschedule_config: {hour: 8}\r\n\r\n\r\n\r\n# what\r\n\
        bot_type: command\r\nbot_config:\r\n  # inside\r\n  command: [df]\r\nname: x";
    let clean = "# head\n\nname: x\n# what\nbot_type: command\n\
        bot_config:\n  # inside\n  command: [df]\n# when\nschedule_type: daily\n\
        schedule_config: {hour: 8}\n\ntimezone: UTC # of the job\n";
    assert_eq!(canonical(messy).unwrap(), clean);
    assert_eq!(canonical(clean).unwrap(), clean);
    // A comment above the first key goes with it; what speaks to an editor stays first.
    let first = "# yaml-language-server: $schema=s.json\n# what runs\nbot_type: command\nname: x\n";
    let moved = "# yaml-language-server: $schema=s.json\nname: x\n# what runs\nbot_type: command\n";
    assert_eq!(canonical(first).unwrap(), moved);
}

#[test]
fn style_is_applied_at_every_level() {
    let cases = [
        ("name:    \"a\"   # c\n", "name: \"a\" # c\n"),
        (
            "labels: {b:   x,a: \"q, [r]\"   }\n",
            "labels: {b: x, a: \"q, [r]\"}\n",
        ),
        // Within braces a blank is the choice of whoever wrote the first one.
        (
            "labels: {   a:   {b: c },d: { },e: {f: { g: h}} }\n",
            "labels: { a: {b: c}, d: {}, e: {f: { g: h }} }\n",
        ),
        (
            "labels:\n    {\n      a: b,\n    }\nname: x\n",
            "name: x\nlabels:\n    {\n      a: b,\n    }\n",
        ),
        (
            "bot_config:\n      command: [ x,y , 'it''s, z',it's ]\n",
            "bot_config:\n  command: [x, y, 'it''s, z', it's]\n",
        ),
        (
            "retry:\n    # why\n    on_exit: [75]\n    # so often\n    max_attempts: 2\n    \
            # the end\nname: x\n",
            "name: x\nretry:\n  # so often\n  max_attempts: 2\n  # the end\n  # why\n  \
            on_exit: [75]\n",
        ),
        (
            "schedule_config:\n    minute: 5\n    hour: 8\nschedule_type: daily\n",
            "schedule_type: daily\nschedule_config:\n  hour: 8\n  minute: 5\n",
        ),
        (
            "bot_config:\n    command:\n    -   df\n    # why\n    -   -h\n",
            "bot_config:\n  command:\n    - df\n    # why\n    - -h\n",
        ),
        ("env:\n   Z: a\n   A: b\n", "env:\n  Z: a\n  A: b\n"),
        (
            "description: a\n    b\n\n    c\n",
            "description: a\n    b\n\n    c\n",
        ),
        (
            "description:\n  a b\nname: x\n",
            "name: x\ndescription:\n  a b\n",
        ),
        (
            "labels: {a: b,\n     c: d}\n",
            "labels: {a: b,\n     c: d}\n",
        ),
        ("enabled:\n", "enabled:\n"),
        (
            "bot_config:\n  shell: a\n# of the name\n\n# Section\n\n# of the bot\n\
            bot_type: command\nname: x\n# end\n",
            "name: x\n# end\n# Section\n\n# of the bot\nbot_type: command\n\
            bot_config:\n  shell: a\n# of the name\n",
        ),
        ("\"name\"  :  x\n", "\"name\": x\n"),
        ("name: it's # [a ,b]\n", "name: it's # [a ,b]\n"),
    ];
    for (messy, clean) in cases {
        assert_eq!(canonical(messy).as_deref(), Ok(clean), "{messy}");
        assert_eq!(canonical(clean).as_deref(), Ok(clean), "twice: {messy}");
    }
}

#[test]
fn what_is_part_of_a_value_stays() {
    let literals = [
        "bot_config:\n  shell: |\n    a\n\n\n    b  \n    # no comment\n      deeper\nname: x\n",
        "bot_config:\n      shell: |+\n           a\n\n\nname: x\n",
        "bot_config:\n      shell: |2-\n          a\n        b\n      # a comment\nname: x\n",
        "bot_config:\n  shell: >-\n   a\n   b\n\n   c\n# of name\nname: x\n",
        "bot_config:\n  stdin: \"a\n\n    b\"\n  shell: 'x\n\n   y  z'\nname: x\n",
        "bot_config:\n    command:\n      - sh\n      - |\n        a\n\n\n        b\n      - 'x\n\n\
        \n        y'\nname: x\n",
    ];
    for text in literals {
        let clean = canonical(text).unwrap_or_else(|why| panic!("{why:?}: {text}"));
        assert!(
            clean.starts_with("name: x\n") || clean.starts_with("# of name\nname: x\n"),
            "{clean}"
        );
        assert!(same_meaning(text, &clean), "{text}\n{clean}");
        assert_eq!(canonical(&clean).as_ref(), Ok(&clean), "twice:\n{clean}");
    }
}

#[test]
fn a_file_without_a_canonical_form_is_told_why() {
    let scratch = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(scratch.path().join(name), bytes).unwrap();
    write("flow.yaml", b"{name: x, bot_type: command}\n");
    write("twice.yaml", b"name: x\nname: y\n");
    write("broken.yaml", b"name: [x\n");
    write("latin.yaml", b"name: v\xf6ux\n");
    write(
        "alias.yaml",
        b"labels: {a: &v x}\ndescription: *v\nname: x\n",
    );
    assert!(
        clean("mkfifo")
            .arg(scratch.path().join("fifo.yaml"))
            .status()
            .unwrap()
            .success()
    );
    let cases = [
        ("flow.yaml", 1, "lines of their own", "chacune sur sa ligne"),
        (
            "twice.yaml",
            1,
            "line 2: duplicate key",
            "ligne 2 : clé en double",
        ),
        ("broken.yaml", 1, "not YAML", "ce n’est pas du YAML"),
        ("latin.yaml", 1, "byte 0xf6", "l’octet 0xf6"),
        ("alias.yaml", 1, "after its anchor", "après son ancre"),
        ("fifo.yaml", 5, "FIFO", "tube nommé"),
    ];
    for (name, code, en, fr) in cases {
        for mode in ["--check", "--diff", "--write"] {
            let before =
                (name != "fifo.yaml").then(|| fs::read(scratch.path().join(name)).unwrap());
            let (found, stdout, stderr) = jobsd(scratch.path(), &["fmt", name, mode]);
            assert_eq!(
                (found, stdout.as_str()),
                (code, ""),
                "{name} {mode}: {stderr}"
            );
            assert!(
                stderr.contains(&format!("{name}: not formatted: ")) && stderr.contains(en),
                "{stderr}"
            );
            let (_, _, stderr) = jobsd(scratch.path(), &["fmt", name, mode, "--lang", "fr"]);
            assert!(
                stderr.contains("non formaté : ") && stderr.contains(fr),
                "{stderr}"
            );
            if let Some(before) = before {
                assert_eq!(fs::read(scratch.path().join(name)).unwrap(), before);
            }
        }
    }
}

#[test]
fn fmt_reads_standard_input_and_the_settings_file() {
    let scratch = tempfile::tempdir().unwrap();
    let input = |args: &[&str], text: &str| {
        let mut child = clean(BIN)
            .current_dir(scratch.path())
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
        let output = child.wait_with_output().unwrap();
        (
            output.status.code().unwrap(),
            String::from_utf8(output.stdout).unwrap(),
        )
    };
    let messy = "bot_type:  command\nname: x\n";
    assert_eq!(
        input(&["fmt", "-"], messy),
        (0, "name: x\nbot_type: command\n".to_owned())
    );
    assert_eq!(input(&["fmt", "-", "--diff"], messy).0, 1);
    assert_eq!(input(&["fmt", "-"], "name: [x\n"), (1, String::new()));
    assert_eq!(input(&["fmt", "-", "a.yaml"], messy).0, 2);
    let path = scratch.path().join("jobsd.yaml");
    fs::write(
        &path,
        "log: {format:  json}\ndefaults:\n    kill_grace: 3\n    timezone: UTC\njobs: a\n",
    )
    .unwrap();
    assert_eq!(jobsd(scratch.path(), &["fmt", "jobsd.yaml"]).0, 1);
    assert_eq!(
        jobsd(scratch.path(), &["fmt", "jobsd.yaml", "--write"]).0,
        0
    );
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        "jobs: a\ndefaults:\n  timezone: UTC\n  kill_grace: 3\nlog: {format: json}\n"
    );
}

/// And formatting twice changes nothing.
#[test]
fn our_own_files_are_canonical() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    for folder in [
        "examples",
        "jobs.d",
        "tests/conformance/bad_jobs/good",
        "tests/conformance/bad_jobs/bad",
    ] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let Ok(text) = fs::read_to_string(&path) else {
                continue;
            };
            if let Ok(once) = canonical(&text) {
                assert_eq!(canonical(&once).as_ref(), Ok(&once), "{}", path.display());
            }
        }
    }
    let (code, stdout, stderr) = jobsd(&root, &["fmt", "examples", "jobs.d", "--check"]);
    assert_eq!((code, stdout.as_str()), (0, ""), "{stderr}");
}

#[test]
fn safe_fixes_are_made_and_nothing_else() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("a.yaml");
    let bad = "name: x # keep me\nbot_type: command\nbot_config:\n  command: [df]\n\
        schedule_type: cron\nschedule_config:\n  cron_expression: * * * * * # often\nenabled: yes\n\
        max_instances: '2'\nkill_grace: 8.0\nmisfire_grace_time: 09\noverlap: skp\n";
    fs::write(&path, bad).unwrap();
    let (code, _, stderr) = jobsd(scratch.path(), &["validate", "a.yaml", "--fix"]);
    assert!(stderr.contains("5 fixed"), "{stderr}");
    // A misspelt word has more than one possible meaning: it stays, and is still an error.
    assert_eq!(code, 1);
    let fixed = "name: x # keep me\nbot_type: command\nbot_config:\n  command: [df]\n\
        schedule_type: cron\nschedule_config:\n  cron_expression: \"* * * * *\" # often\n\
        enabled: true\nmax_instances: 2\nkill_grace: 8\nmisfire_grace_time: 9\noverlap: skp\n";
    assert_eq!(fs::read_to_string(&path).unwrap(), fixed);
}

#[test]
fn fmt_checks_shows_and_writes() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("a.yaml");
    fs::write(&path, "bot_type: command\nname: x\n").unwrap();
    assert_eq!(jobsd(scratch.path(), &["fmt", "a.yaml"]).0, 1);
    let (code, diff, _) = jobsd(scratch.path(), &["fmt", "a.yaml", "--diff"]);
    assert!(code == 1 && diff.contains("-bot_type: command") && diff.contains("+name: x"));
    assert_eq!(jobsd(scratch.path(), &["fmt", "a.yaml", "--write"]).0, 0);
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        "name: x\nbot_type: command\n"
    );
    assert_eq!(jobsd(scratch.path(), &["fmt", "a.yaml"]).0, 0);
    assert_eq!(jobsd(scratch.path(), &["fmt", "missing.yaml"]).0, 5);
}

#[test]
fn new_jobs_are_valid_and_never_overwrite() {
    let scratch = tempfile::tempdir().unwrap();
    let cases: [&[&str]; 7] = [
        &["a", "--daily", "08:00", "--tz", "UTC"],
        &["b", "--weekly", "mon,wed,fri@14:30", "--tz", "UTC"],
        &["c", "--every", "15m"],
        &["d", "--cron", "*/15 8-18 * * mon-fri", "--tz", "UTC"],
        &["e", "--shell", "echo \"hi\" # there"],
        &[
            "f",
            "--type",
            "birthday",
            "--daily",
            "8:00",
            "--tz",
            "UTC",
            "--dry-run-job",
        ],
        &["g", "--type", "visitor", "--name", "Visits: all"],
    ];
    for args in cases {
        let (code, _, stderr) = jobsd(scratch.path(), &[&["new"], args].concat());
        assert_eq!(code, 0, "{args:?}: {stderr}");
        assert_eq!(
            jobsd(scratch.path(), &[&["new"], args].concat()).0,
            2,
            "{args:?} was replaced"
        );
    }
    let (code, stdout, _) = jobsd(scratch.path(), &["validate"]);
    assert_eq!(code, 0, "{stdout}");
    assert!(stdout.contains("7 files, 7 valid"), "{stdout}");
    // A bot begins without its contacts, its sending or its pages, which only its owner knows.
    let warnings = stdout.matches("warning[").count();
    assert_eq!(
        (warnings, stdout.matches("warning[bot-source]").count()),
        (3, 3)
    );
    for bad in [
        &["H"][..],
        &["h", "--daily", "25:00"],
        &["h", "--daily", "noon"],
        &["h", "--every", "0s"],
        &["h", "--daily", "8:00", "--cron", "x"],
    ] {
        assert_eq!(
            jobsd(scratch.path(), &[&["new"], bad].concat()).0,
            2,
            "{bad:?}"
        );
    }
}

/// And keeps what is there.
#[test]
fn init_gives_a_folder_that_validates() {
    for (ci, file) in [
        ("github", ".github/workflows/jobsd.yml"),
        ("gitlab", ".gitlab-ci.yml"),
        ("forgejo", ".forgejo/workflows/jobsd.yml"),
        ("none", "jobs.d/hello.yaml"),
    ] {
        let scratch = tempfile::tempdir().unwrap();
        assert_eq!(jobsd(scratch.path(), &["init", "--ci", ci]).0, 0);
        assert!(scratch.path().join(file).exists(), "{file}");
        let (code, stdout, _) = jobsd(scratch.path(), &["validate", "--deny", "warnings"]);
        assert_eq!(code, 0, "{stdout}");
        assert_eq!(
            jobsd(
                scratch.path(),
                &["schema", "--check", "schema/job.schema.json"]
            )
            .0,
            0
        );
        fs::write(scratch.path().join("jobs.d/hello.yaml"), "mine").unwrap();
        assert_eq!(jobsd(scratch.path(), &["init", "--ci", ci]).0, 0);
        assert_eq!(
            fs::read_to_string(scratch.path().join("jobs.d/hello.yaml")).unwrap(),
            "mine"
        );
    }
}

#[test]
fn what_teams_copy_runs_the_command_it_names() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| fs::read_to_string(root.join(name)).unwrap();
    // The commands inside the templates, run as far as they can be here.
    for (file, args) in [
        (
            "contrib/ci/gitlab.yml",
            "validate jobs.d --format gitlab --allow no-program",
        ),
        ("contrib/pre-commit/config.yaml", "validate jobs.d"),
    ] {
        assert!(read(file).contains(&format!("jobsd {args}")), "{file}");
        let (code, stdout, _) = jobsd(&root, &args.split(' ').collect::<Vec<_>>());
        assert_eq!(code, 0, "{file}: {stdout}");
    }
    assert!(read("action.yml").contains("jobsd validate $INPUT_PATH --format github $INPUT_ARGS"));
    // A stock runner has no jobsd: the action brings it.
    let github = read("contrib/ci/github.yml");
    assert!(github.contains("- uses: OWNER/jobsd@main\n        with:\n          path: jobs.d\n"));
    assert!(!github.contains("run:"), "{github}");
    // The hook runs for what validate reads, and checks the whole: ids are unique in the folder.
    let hooks = read(".pre-commit-hooks.yaml");
    assert!(hooks.contains("entry: jobsd validate\n") && hooks.contains("pass_filenames: false\n"));
    // A hook that builds is asked for by its name.
    let by_language = |language: &str| hooks.split("- id: ").find(|hook| hook.contains(language));
    assert!(
        by_language("language: system")
            .unwrap()
            .starts_with("jobsd-validate\n")
    );
    assert!(
        by_language("language: rust")
            .unwrap()
            .starts_with("jobsd-validate-build\n")
    );
    for text in [hooks, read("contrib/pre-commit/config.yaml")] {
        assert!(text.contains("pass_filenames: false\n"), "{text}");
        let pattern = text
            .split("files: ")
            .nth(1)
            .unwrap()
            .lines()
            .next()
            .unwrap();
        let schema = serde_json::json!({"pattern": pattern});
        let files = jsonschema::draft202012::new(&schema).unwrap();
        for (path, is_read) in [
            ("jobs.d/a.yaml", true),
            ("jobs.d/b/c-d/a.yml", true),
            ("jobsd.yaml", true),
            ("jobs.d/_a.yaml", false),
            ("jobs.d/.a.yaml", false),
            ("jobs.d/_old/a.yaml", false),
            ("jobs.d/a.yaml.bak", false),
            ("x/jobsd.yaml", false),
        ] {
            assert_eq!(files.is_valid(&serde_json::json!(path)), is_read, "{path}");
        }
    }
}

#[test]
fn new_refuses_what_would_not_hold() {
    let scratch = tempfile::tempdir().unwrap();
    let jobs = scratch.path().join("jobs.d");
    fs::create_dir_all(jobs.join("sub")).unwrap();
    fs::write(jobs.join("sub/a.yaml"), "x").unwrap();
    fs::write(jobs.join("b.yml"), "x").unwrap();
    let cases: [(&[&str], &str, &str); 7] = [
        (
            &["a"],
            "the id `a` is that of jobs.d/sub/a.yaml",
            "celui de jobs.d/sub/a.yaml",
        ),
        (&["a", "--force"], "the id `a` is that of", "est celui de"),
        (&["b"], "jobs.d/b.yml", "jobs.d/b.yml"),
        (
            &["c", "--type", "birthday", "--shell", "x"],
            "--shell has no effect on a `birthday`",
            "--shell n’a pas d’effet sur « birthday »",
        ),
        (
            &["c", "--dry-run-job"],
            "--dry-run-job has no effect on a `command`",
            "--dry-run-job n’a pas d’effet",
        ),
        (
            &["c", "--tz", "UTC\nenabled: false"],
            "is not a time zone",
            "n’est pas un fuseau",
        ),
        (&["\u{1b}[31m"], "\\u{1b}[31m", "\\u{1b}[31m"),
    ];
    for (args, en, fr) in cases {
        let (code, stdout, stderr) = jobsd(scratch.path(), &[&["new"], args].concat());
        assert_eq!((code, stdout.as_str()), (2, ""), "{args:?}: {stderr}");
        assert!(
            stderr.starts_with("error: ") && stderr.contains(en),
            "{stderr}"
        );
        let (code, _, stderr) = jobsd(scratch.path(), &[&["new", "--lang", "fr"], args].concat());
        assert!(
            code == 2 && stderr.starts_with("erreur : ") && stderr.contains(fr),
            "{stderr}"
        );
    }
    assert_eq!(fs::read_to_string(jobs.join("sub/a.yaml")).unwrap(), "x");
    assert!(!jobs.join("c.yaml").exists() && !jobs.join("b.yaml").exists());
}

#[test]
fn new_tells_what_comes_next_and_in_which_mode() {
    let scratch = tempfile::tempdir().unwrap();
    let new = |args: &[&str]| {
        let (code, stdout, stderr) = jobsd(scratch.path(), &[&["new"], args].concat());
        assert_eq!(code, 0, "{stderr}");
        stdout
    };
    let told = new(&[
        "v",
        "--type",
        "visitor",
        "--weekly",
        "mon,wed,fri@14:30",
        "--tz",
        "Europe/Paris",
    ]);
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines[0], "✓ jobs.d/v.yaml written and valid");
    let times: Vec<&str> = lines[1]
        .strip_prefix("  next  ")
        .unwrap()
        .split(", ")
        .collect();
    assert_eq!(times.len(), 3);
    for time in times {
        let day = &time[..3];
        assert!(
            ["Mon", "Wed", "Fri"].contains(&day) && time.ends_with(" 14:30"),
            "{time}"
        );
    }
    assert_eq!(
        lines[2],
        "  mode  PRODUCTION: it will visit real profiles. Set dry_run: true to try first."
    );
    assert_eq!(
        lines[4],
        "  git add jobs.d/v.yaml && git commit -m \"Add v\""
    );
    assert!(
        new(&["b", "--type", "birthday", "--dry-run-job", "--every", "2h"])
            .contains("  mode  test: ")
    );
    assert!(new(&["m"]).contains("  next  only on request: jobsd run m\n"));
    let french = new(&["f", "--type", "visitor", "--daily", "8:00", "--lang", "fr"]);
    assert!(
        french.contains("✓ jobs.d/f.yaml écrit et valide")
            && french.contains("PRODUCTION : il visitera"),
        "{french}"
    );
    assert!(
        fs::read_to_string(scratch.path().join("jobs.d/f.yaml"))
            .unwrap()
            .contains("# PRODUCTION\u{202f}: ceci agit")
    );
}

#[test]
fn the_ci_of_init_finds_jobsd() {
    for (ci, home, file, found) in [
        (
            "github",
            "ops/jobsd@v1",
            ".github/workflows/jobsd.yml",
            "uses: ops/jobsd@v1\n",
        ),
        (
            "forgejo",
            "https://git.example.org/ops/jobsd",
            ".forgejo/workflows/jobsd.yml",
            "uses: https://git.example.org/ops/jobsd@main\n",
        ),
        (
            "gitlab",
            "ops/jobsd@1a2b3c4",
            ".gitlab-ci.yml",
            "--git https://github.com/ops/jobsd --rev 1a2b3c4 --root",
        ),
    ] {
        let scratch = tempfile::tempdir().unwrap();
        let (code, _, err) = jobsd(scratch.path(), &["init", "--ci", ci, "--action", home]);
        assert_eq!(code, 0, "{err}");
        assert!(err.contains("4. on the git host: a rule"), "{err}");
        let text = fs::read_to_string(scratch.path().join(file)).unwrap();
        assert!(text.contains(found) && !text.contains("OWNER"), "{text}");
    }
    let scratch = tempfile::tempdir().unwrap();
    for bad in ["jobsd", "a/b@", "a/b c@d", "a/$(id)"] {
        let (code, _, err) = jobsd(scratch.path(), &["init", "--ci", "github", "--action", bad]);
        assert_eq!(code, 2, "{bad}: {err}");
    }
}

#[test]
fn init_heeds_its_flags() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path();
    let args = [
        "init",
        ".",
        "--jobs",
        "ops/my.tasks",
        "--state",
        "var/state",
        "--ci",
        "github",
    ];
    let (code, stdout, stderr) = jobsd(dir, &args);
    assert_eq!(code, 0, "{stderr}");
    assert!(
        stdout.ends_with(".github/workflows/jobsd.yml\n"),
        "{stdout}"
    );
    let steps = [
        "1. jobsd validate ",
        "2. jobsd serve ",
        "3. git add ",
        "4. in the CI file",
    ];
    assert!(steps.iter().all(|step| stderr.contains(step)), "{stderr}");
    assert!(!dir.join("jobs.d").exists());
    let read = |name: &str| fs::read_to_string(dir.join(name)).unwrap();
    assert!(
        read("ops/my.tasks/hello.yaml")
            .starts_with("# yaml-language-server: $schema=../../schema/job.schema.json\n")
    );
    assert!(read("jobsd.yaml").contains("jobs: \"ops/my.tasks\"\nstate: \"var/state\"\n"));
    assert_eq!(read(".gitignore"), "var/state/\n");
    assert!(read(".github/workflows/jobsd.yml").contains("path: ops/my.tasks\n"));
    assert!(read(".vscode/settings.json").contains("ops/my.tasks/**/*.yaml"));
    let hook = read(".pre-commit-config.yaml");
    assert!(
        hook.contains("ops/my\\.tasks/") && hook.contains("jobsd validate ops/my.tasks"),
        "{hook}"
    );
    // The daemon's commands find the folder by the settings that were written.
    let (code, stdout, _) = jobsd(dir, &["validate", "--deny", "warnings"]);
    assert!(code == 0 && stdout.contains("valid"), "{stdout}");
    let (_, listed, _) = jobsd(dir, &["list", "--offline"]);
    assert!(listed.contains("hello"), "{listed}");
    for (args, en) in [
        (["init", ".", "--jobs", "../out"], "is not inside"),
        (["init", ".", "--jobs", "/out"], "is not inside"),
        (
            ["init", ".", "--config", "jobsd.yaml"],
            "has no effect on `init`",
        ),
    ] {
        let (code, _, stderr) = jobsd(dir, &args);
        assert!(code == 2 && stderr.contains(en), "{args:?}: {stderr}");
    }
    fs::write(dir.join("plain"), "").unwrap();
    let (code, _, stderr) = jobsd(dir, &["init", "plain", "--lang", "fr"]);
    assert!(
        code == 5
            && stderr.contains(
                "plain/jobs.d/hello.yaml ne peut pas être écrit : ce n’est pas un dossier"
            ),
        "{stderr}"
    );
}

/// One that could is not made.
#[test]
fn no_fix_changes_the_meaning() {
    let scratch = tempfile::tempdir().unwrap();
    let base = "name: x\nbot_type: command\nbot_config:\n  command: [df]\nschedule_type: manual\n";
    let daily = "name: x\nbot_type: command\nbot_config:\n  command: [df]\nschedule_type: daily\n";
    let path = scratch.path().join("a.yaml");
    let fixed = |text: &str| {
        fs::write(&path, text).unwrap();
        jobsd(scratch.path(), &["validate", "a.yaml", "--fix"]);
        fs::read_to_string(&path).unwrap()
    };
    for rest in [
        "labels: {zip: 0890}\n",
        "env: {PIN: 0089}\n",
        "umask: 089\n",
        "labels: {v: 1.0}\n",
        "labels: {a: &v x}\ndescription: *v\nenv: [\n",
        "description: *w\n",
        "description: |\n  a\n  \tb\nnice: [\n",
        "labels:\n  a:\n    b: c\n\td: e\n",
        "max_instances: 010\n",
    ] {
        let text = format!("{base}{rest}");
        assert_eq!(fixed(&text), text);
    }
    for (rest, wanted) in [
        ("nice: -09\n", "nice: -9\n"),
        ("description: @x y\n", "description: \"@x y\"\n"),
        (
            "labels:\n\ta: b\n\tc: d # why\n",
            "labels:\n  a: b\n  c: d # why\n",
        ),
    ] {
        assert_eq!(fixed(&format!("{base}{rest}")), format!("{base}{wanted}"));
    }
    let tabs = format!("{daily}schedule_config:\n\thour: 8\n\tminute: 5\n");
    assert_eq!(fixed(&tabs), tabs.replace('\t', "  "));
    let settings = scratch.path().join("jobsd.yaml");
    fs::write(&settings, "max_concurrent_runs: '5'\n").unwrap();
    jobsd(scratch.path(), &["validate", "jobsd.yaml", "--fix"]);
    assert_eq!(
        fs::read_to_string(&settings).unwrap(),
        "max_concurrent_runs: 5\n"
    );
}
