//! The README and the pages of docs/: they quote only examples, their references are current, their
//! links lead somewhere, and their recipes run against a real history.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::child::{clean, is_installed, jobsd, texts};
use crate::support::world::World;
use clap::CommandFactory;
use jobsd::cli::Cli;
use jobsd::shell::http::routes::ROUTES;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: impl AsRef<Path>) -> String {
    fs::read_to_string(root().join(name)).unwrap()
}

/// The README, CONTRIBUTING and the pages of docs/, by their paths in the repository.
fn pages() -> Vec<PathBuf> {
    let mut pages = vec!["README.md".into(), "CONTRIBUTING.md".into()];
    for folder in ["docs", "docs/decisions"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "md") {
                pages.push(path.strip_prefix(root()).unwrap().to_owned());
            }
        }
    }
    pages
}

/// The blocks of code in a language.
fn blocks<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    let after = text.split(fence.as_str()).skip(1);
    after
        .map(|block| block.split("```").next().unwrap())
        .collect()
}

#[test]
fn pages_quote_only_examples() {
    let examples: Vec<String> = fs::read_dir(root().join("examples"))
        .unwrap()
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    assert!(!blocks(&read("README.md"), "yaml").is_empty());
    for page in pages() {
        // Its examples are of findings, each tried by `every_example_of_explain_…`.
        if page.ends_with("codes.md") {
            continue;
        }
        for block in blocks(&read(&page), "yaml") {
            let is_example = examples.iter().any(|example| example == block);
            assert!(is_example, "{}: not an example:\n{block}", page.display());
        }
    }
}

/// It fits one screen.
#[test]
fn the_readme_is_short_with_short_lines() {
    let lines = read("README.md").lines().count();
    assert!(lines <= 110, "the README has {lines} lines");
    for page in pages() {
        if page.ends_with("codes.md") {
            continue;
        }
        for (n, line) in read(&page).lines().enumerate() {
            let is_free = line.starts_with('|') || line.starts_with("![");
            let columns = line.chars().count();
            let place = format!("{}:{}", page.display(), n + 1);
            assert!(is_free || columns <= 100, "{place} has {columns} columns");
        }
    }
}

#[test]
fn the_changelog_is_short() {
    let changelog = read("CHANGELOG.md");
    for release in changelog.split("\n## ").skip(1) {
        for section in ["### Added\n", "### Changed\n", "### Fixed\n"] {
            assert!(release.matches(section).count() <= 1, "{section} twice");
        }
    }
    let mut lines = 0;
    for line in changelog.lines() {
        lines = if line.starts_with("  ") { lines + 1 } else { 1 };
        assert!(
            lines <= 2 && line.chars().count() <= 100,
            "too long: {line}"
        );
    }
}

#[test]
fn the_references_of_keys_are_current() {
    for (page, which) in [("docs/jobs.md", "job"), ("docs/settings.md", "config")] {
        let (code, reference, _) = jobsd(root(), &["schema", which, "--markdown"], "");
        assert_eq!(code, Some(0));
        let body = reference.split_once("\n\n").unwrap().1;
        let deeper = |line: &str| match line.strip_prefix('#') {
            Some(rest) => format!("##{rest}\n"),
            None => format!("{line}\n"),
        };
        let wanted: String = body.lines().map(deeper).collect();
        let text = read(page);
        let begin = format!("<!-- jobsd schema {which} --markdown -->\n");
        let written = text.split(&begin).nth(1).unwrap();
        let written = written.split("<!-- end -->").next().unwrap();
        assert!(written == wanted, "{page} is stale: run `just docs`");
    }
}

/// No name is missing on a page.
fn none_is_missing<'a>(page: &str, names: impl Iterator<Item = &'a str>, form: fn(&str) -> String) {
    let text = read(page);
    let missing: Vec<&str> = names.filter(|name| !text.contains(&form(name))).collect();
    assert_eq!(missing, Vec::<&str>::new(), "{page}");
}

#[test]
fn every_command_and_exit_code_is_on_its_page() {
    let page = "docs/commands.md";
    let cli = Cli::command();
    let shown = cli
        .get_subcommands()
        .filter(|command| !command.is_hide_set());
    none_is_missing(page, shown.map(clap::Command::get_name), |name| {
        format!("`{name}")
    });
    let (_, help, _) = jobsd(root(), &["--lang", "en", "help", "exit-codes"], "");
    let words = help
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    let codes = words.filter(|word| word.parse::<u8>().is_ok());
    none_is_missing(page, codes, |code| format!("| {code}"));
}

#[test]
fn every_route_and_metric_is_on_its_page() {
    let page = "docs/http.md";
    let routes = ROUTES.iter().map(|route| route.path);
    none_is_missing(page, routes, |path| format!("`{path}"));
    let source = read("src/render/prometheus.rs");
    let is_metric = |text: &&str| text.starts_with("jobsd_") && !text.contains(['{', ' ']);
    let metrics = source.split('"').filter(is_metric);
    none_is_missing(page, metrics, |name| format!("`{name}`"));
}

/// The anchor that a heading has on the git host.
fn anchor(heading: &str) -> String {
    let kept = heading
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

#[test]
fn every_link_between_pages_leads_somewhere() {
    let mut dangling = Vec::new();
    for page in pages() {
        let text = read(&page);
        for link in text.split("](").skip(1) {
            let link = link.split(')').next().unwrap();
            if link.contains("://") {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = match file {
                "" => root().join(&page),
                file => root().join(&page).with_file_name("").join(file),
            };
            let is_there = target.exists()
                && (heading.is_empty()
                    || fs::read_to_string(&target)
                        .unwrap()
                        .lines()
                        .filter_map(|line| line.strip_prefix('#'))
                        .any(|line| anchor(line.trim_start_matches('#').trim()) == heading));
            if !is_there {
                dangling.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert_eq!(dangling, Vec::<String>::new());
}

/// The block of code in a language below a heading of a page.
fn recipe_of(page: &str, heading: &str, language: &str) -> String {
    let text = read(page);
    let section = text.split(&format!("# {heading}\n")).nth(1).unwrap();
    blocks(section, language)[0].to_owned()
}

fn recipe(heading: &str, language: &str) -> String {
    recipe_of("docs/operations.md", heading, language)
}

/// A program of the folder of `tools/install_recipes.sh`.
fn tool(name: &str) -> PathBuf {
    let tools = std::env::var_os("JOBSD_RECIPE_TOOLS").map(PathBuf::from);
    let tools = tools.unwrap_or_else(|| root().join("target/recipe-tools"));
    tools.join("bin").join(name)
}

/// A history of two good runs, a failed one, and a line that a crash tore.
fn history() -> World {
    let world = World::new();
    let manual =
        |program: &str| format!("bot_config: {{command: ['{program}']}}\nschedule_type: manual");
    world.job("good", &manual("true"));
    world.job("bad", &manual("false"));
    for (id, code) in [("good", 0), ("bad", 1), ("good", 0)] {
        assert_eq!(world.jobsd(&["run", id, "--local"]).0, Some(code));
    }
    let mut days = fs::read_dir(world.path(".jobsd/history")).unwrap();
    let day = days.next().unwrap().unwrap().path();
    let torn = fs::read_to_string(&day).unwrap() + "{\"type\":\"run\",\"id\":\"to";
    fs::write(day, torn).unwrap();
    world
}

/// Whether a recipe is left out because this machine lacks its tool, which is not allowed in CI.
fn lacks(program: &str, has: bool) -> bool {
    let is_ci = std::env::var_os("CI").is_some();
    assert!(
        has || !is_ci,
        "CI installs {program}: tools/install_recipes.sh"
    );
    if !has {
        eprintln!("SKIPPED: {program} is not installed (tools/install_recipes.sh)");
    }
    !has
}

/// What a text says when it is run by an interpreter in the folder of a history.
fn said(world: &World, interpreter: &Path, text: &str) -> String {
    let mut command = clean(interpreter);
    command.arg("-c").arg(text).current_dir(world.path(""));
    let (code, out, err) = texts(command.output().unwrap());
    assert_eq!((code, err.as_str()), (Some(0), ""), "{text}\n{out}");
    out
}

#[test]
fn the_recipes_of_the_shell_read_a_history() {
    if lacks("jq", is_installed("jq")) || lacks("sqlite3", is_installed("sqlite3")) {
        return;
    }
    let (world, sh) = (history(), Path::new("sh"));
    let ended = said(&world, sh, &recipe("jq", "sh"));
    assert_eq!(ended, "good\tsuccess\nbad\tfailed\ngood\tsuccess\n");
    let counts = said(&world, sh, &recipe("SQLite", "sh"));
    assert_eq!(counts, "bad|failed|1\ngood|success|2\n");
}

#[test]
fn the_recipes_of_python_read_a_history() {
    let python = tool("python");
    if lacks("jq", is_installed("jq")) || lacks("duckdb and polars", python.exists()) {
        return;
    }
    let world = history();
    let query = recipe("DuckDB", "sql");
    let rows = format!("import duckdb\nprint(duckdb.sql('''{query}''').fetchall())");
    let rows = said(&world, &python, &rows);
    assert_eq!(rows, "[('bad', 0, 1, None), ('good', 2, 0, None)]\n");
    said(&world, Path::new("sh"), &recipe("polars", "sh"));
    let rows = said(&world, &python, &recipe("polars", "python"));
    assert_eq!(rows, "[('bad', 'failed', 1), ('good', 'success', 2)]\n");
}

#[test]
fn a_finding_matches_the_expressions_for_problem_matchers() {
    let world = World::new();
    world.file("late", "name: late\nbot_type: command\n");
    let (code, out, _) = world.jobsd(&["validate"]);
    assert_eq!(code, Some(1));
    let expressions = recipe_of("docs/gitops.md", "Problem matchers", "regex");
    for (expression, line) in expressions.lines().zip(out.lines()) {
        let mut command = clean("python3");
        let program = "import re, sys; sys.exit(not re.search(sys.argv[1], sys.argv[2]))";
        command.args(["-c", program, expression, line]);
        assert!(command.status().unwrap().success(), "{expression}: {line}");
    }
}

#[test]
fn yamllint_is_silent_on_every_job() {
    let yamllint = tool("yamllint");
    if lacks("yamllint", yamllint.exists()) {
        return;
    }
    let rules = recipe_of("docs/gitops.md", "Beside other formatters", "yamllint");
    let mut command = clean(yamllint);
    command.args(["--strict", "-d", &rules, "jobs.d", "examples"]);
    let (code, out, err) = texts(command.current_dir(root()).output().unwrap());
    assert_eq!((code, out + &err), (Some(0), String::new()));
}

/// In a new file.
#[test]
fn after_logrotate_the_log_continues() {
    // Debian has it in /usr/sbin, which is not in the PATH of users.
    let logrotate = Path::new("/usr/sbin/logrotate");
    if lacks("logrotate", logrotate.exists()) {
        return;
    }
    let mut world = World::new();
    world.job(
        "good",
        "bot_config: {command: ['true']}\nschedule_type: manual",
    );
    let log = world.path("jobsd.log");
    world.config("log: {file: jobsd.log}\n");
    world.start();
    let written = || fs::read_to_string(&log).unwrap_or_default();
    world.until("the log began", |_| !written().is_empty());
    let rules = recipe("Log files", "logrotate");
    let rules = rules.replace("/var/log/jobsd.log", log.to_str().unwrap());
    fs::write(world.path("rules"), rules).unwrap();
    let mut command = clean(logrotate);
    command.arg("--force").arg("--state");
    command.arg(world.path("rotated")).arg(world.path("rules"));
    let (code, out, err) = texts(command.output().unwrap());
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(world.path("jobsd.log.1").exists());
    // It is gone until the daemon reopens it, and then says what happens.
    world.until("the log continues", |world| {
        world.jobsd(&["run", "good", "--wait"]);
        !written().is_empty()
    });
}
