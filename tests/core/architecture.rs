//! The map keeps: imports go down (A2), only the shell touches the world (A1), and every invariant
//! names the tests that keep it.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn rank(module: &str) -> Option<u32> {
    Some(match module {
        "time" | "text" | "field" | "written" | "schedule" => 0,
        "model" => 1,
        "bot" | "core" => 2,
        "spec" | "view" => 3,
        "foreign" | "form" | "page" | "plan" | "render" | "rewrite" => 4,
        "shell" => 6,
        "commands" | "cli" | "usage" => 8,
        _ => return None,
    })
}

pub(super) fn files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    files(&root, &mut found);
    let relative = |path: &Path| path.strip_prefix(&root).unwrap().display().to_string();
    found
        .iter()
        .map(|path| (relative(path), fs::read_to_string(path).unwrap()))
        .collect()
}

fn module(file: &str) -> &str {
    file.split(['/', '.']).next().unwrap()
}

/// The rooms of `spec`, lowest first: each imports only from those before it.
const ROOMS_OF_SPEC: [&str; 4] = ["types", "yaml", "rules", "jobs"];

/// Circles of imports that are known: each list holds the files, below `src`, of one that is to be
/// removed. No other is allowed, and none of these may grow.
const KNOWN_CIRCLES: [&[&str]; 5] = [
    // A state is an event and holds events: this one is honest and stays.
    &["model/event.rs", "model/state.rs"],
    &[
        "commands/context.rs",
        "commands/mod.rs",
        "commands/serve.rs",
    ],
    &[
        "render/findings.rs",
        "render/github.rs",
        "render/gitlab.rs",
        "render/json.rs",
        "render/jsonl.rs",
        "render/junit.rs",
        "render/made_up.rs",
        "render/sarif.rs",
        "render/text.rs",
    ],
    &["shell/disk.rs", "shell/disk/listing.rs"],
    &[
        "shell/process/capture.rs",
        "shell/process/writer.rs",
        "shell/process/mod.rs",
        "shell/process/shim.rs",
        "shell/process/start.rs",
        "shell/process/starter.rs",
        "shell/process/surroundings.rs",
    ],
];

#[test]
fn imports_go_down() {
    let mut climbing = Vec::new();
    for (file, text) in sources() {
        let Some(own) = rank(module(&file)) else {
            continue;
        };
        for part in text.split("crate::").skip(1) {
            let target: String = part
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            if rank(&target).is_some_and(|other| other > own) {
                climbing.push(format!("{file} imports {target}"));
            }
        }
    }
    assert_eq!(climbing, Vec::<String>::new());
}

#[test]
fn nothing_pure_touches_the_world() {
    let worldly = [
        "SystemTime",
        "Instant::now",
        "Timestamp::now",
        "std::fs",
        "std::net",
        "tokio",
        "std::env",
        "now_v7",
    ];
    let mut found = Vec::new();
    for (file, text) in sources() {
        if rank(module(&file)).is_some_and(|rank| rank <= 4) {
            for word in worldly.iter().filter(|word| text.contains(**word)) {
                found.push(format!("{file} says {word}"));
            }
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent = |(file, text): (String, String)| (!text.starts_with("//! ")).then_some(file);
    assert_eq!(
        sources().into_iter().filter_map(silent).collect::<Vec<_>>(),
        Vec::<String>::new()
    );
}

#[test]
fn rooms_of_spec_import_only_from_those_before_them() {
    let room = |path: &str| ROOMS_OF_SPEC.iter().position(|room| *room == path);
    let mut climbing = Vec::new();
    for (file, imports) in imports() {
        let own = file.split('/').nth(1).and_then(room);
        for target in imports {
            let other = target.split('/').nth(1).and_then(room);
            let is_in_spec = file.starts_with("spec/") && target.starts_with("spec/");
            if is_in_spec && own < other {
                climbing.push(format!("{file} imports {target}"));
            }
        }
    }
    assert_eq!(climbing, Vec::<String>::new());
}

#[test]
fn files_import_each_other_in_no_circle() {
    let circles = circles(&imports());
    let is_known = |circle: &Vec<String>| {
        KNOWN_CIRCLES
            .iter()
            .any(|known| circle.iter().all(|file| known.contains(&file.as_str())))
    };
    let new: Vec<_> = circles.iter().filter(|circle| !is_known(circle)).collect();
    assert_eq!(new, Vec::<&Vec<String>>::new());
}

#[test]
fn a_circle_is_found_through_braces_and_super() {
    let sources = [
        ("a/mod.rs", "pub mod b;\npub mod c;\npub struct Top;\n"),
        ("a/b.rs", "use crate::a::{Top, c::{self, Third}};\n"),
        ("a/c.rs", "fn f() { super::b::g() }\n"),
        ("d.rs", "use crate::a::b::Second;\n"),
    ];
    let sources = sources.map(|(file, text)| (file.to_owned(), text.to_owned()));
    let imports = imports_of(&sources);
    let of_b: Vec<&str> = imports["a/b.rs"].iter().map(String::as_str).collect();
    assert_eq!(of_b, ["a/c.rs", "a/mod.rs"]);
    assert_eq!(circles(&imports), [["a/b.rs", "a/c.rs"]]);
}

/// A row of the map begins with an invariant and names tests as `file::function`.
#[test]
fn the_map_names_real_tests() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let map = fs::read_to_string(root.join("docs/architecture.md")).unwrap();
    let stated = |line: &str| {
        line.strip_prefix("- **A")?
            .split(' ')
            .next()
            .map(str::to_owned)
    };
    let stated: Vec<String> = map.lines().filter_map(stated).collect();
    assert!(stated.len() >= 11, "{stated:?}");
    for number in stated {
        let row = map
            .lines()
            .find(|line| line.starts_with(&format!("| A{number} |")));
        let row = row.unwrap_or_else(|| panic!("A{number} names no test"));
        let named: Vec<&str> = row.split('`').filter(|word| word.contains("::")).collect();
        assert!(!named.is_empty(), "A{number} names no test");
        for name in named {
            let (file, test) = name.split_once("::").unwrap();
            let text = fs::read_to_string(root.join(file)).unwrap_or_default();
            let wanted = ["#[test]\n", "fn ", test, "()"].concat();
            let flat: Vec<&str> = text.lines().map(str::trim).collect();
            assert!(
                flat.join("\n").contains(&wanted),
                "A{number}: no test {name}"
            );
        }
    }
}

/// What each file imports, both as paths below `src`.
type Imports = BTreeMap<String, BTreeSet<String>>;

fn imports() -> Imports {
    imports_of(&sources())
}

/// Reads the paths that begin with `crate::` or `super::`, in `use` lines and elsewhere. Tests
/// inside a file may use whatever they like.
fn imports_of(sources: &[(String, String)]) -> Imports {
    let files: BTreeSet<&str> = sources.iter().map(|(file, _)| file.as_str()).collect();
    let mut imports = Imports::new();
    for (file, text) in sources {
        let text = text.split("mod tests {").next().unwrap();
        let own = imports.entry(file.clone()).or_default();
        for path in paths(text, file) {
            if let Some(target) = file_of(&path, &files).filter(|target| target != file) {
                own.insert(target);
            }
        }
    }
    imports
}

/// Every path that a text names, from `src` on: `use crate::a::{b, c::D}` names `a::b` and
/// `a::c::D`.
pub(super) fn paths(text: &str, file: &str) -> Vec<Vec<String>> {
    let mut module: Vec<String> = file
        .trim_end_matches(".rs")
        .split('/')
        .map(str::to_owned)
        .collect();
    module.retain(|part| part != "mod");
    module.pop();
    if file.ends_with("/mod.rs") {
        module = file
            .trim_end_matches("/mod.rs")
            .split('/')
            .map(str::to_owned)
            .collect();
        module.pop();
    }
    let mut found = Vec::new();
    for (word, base) in [("crate::", Vec::new()), ("super::", module)] {
        for (at, _) in text.match_indices(word) {
            if !text[..at].ends_with(|c: char| c.is_alphanumeric() || "_:".contains(c)) {
                expand(&text[at + word.len()..], base.clone(), &mut found);
            }
        }
    }
    found
}

/// Reads one path, with what its braces hold, and returns what follows.
fn expand<'t>(mut rest: &'t str, mut path: Vec<String>, found: &mut Vec<Vec<String>>) -> &'t str {
    loop {
        if let Some(inner) = rest.strip_prefix('{') {
            rest = inner.trim_start();
            while !rest.starts_with('}') && !rest.is_empty() {
                let before = rest.len();
                rest = expand(rest, path.clone(), found).trim_start();
                rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
                if rest.len() == before {
                    break;
                }
            }
            return rest.strip_prefix('}').unwrap_or(rest);
        }
        let end = rest
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        if end > 0 && &rest[..end] != "self" {
            path.push(rest[..end].to_owned());
        }
        rest = &rest[end..];
        match rest.strip_prefix("::") {
            Some(inner) => rest = inner,
            None => {
                found.push(path);
                // `as name` belongs to it.
                let end = rest.find([',', '}', ';', '\n', '(']).unwrap_or(rest.len());
                return &rest[end..];
            }
        }
    }
}

/// The file that the longest beginning of a path names.
fn file_of(path: &[String], files: &BTreeSet<&str>) -> Option<String> {
    (1..=path.len()).rev().find_map(|length| {
        let stem = path[..length].join("/");
        [format!("{stem}.rs"), format!("{stem}/mod.rs")]
            .into_iter()
            .find(|file| files.contains(file.as_str()))
    })
}

/// Files that reach each other, each group once.
fn circles(imports: &Imports) -> Vec<Vec<String>> {
    let reach = |start: &String| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![start]);
        while let Some(file) = open.pop() {
            for next in imports.get(file).into_iter().flatten() {
                if seen.insert(next) {
                    open.push(next);
                }
            }
        }
        seen
    };
    let reached: BTreeMap<&String, BTreeSet<&String>> =
        imports.keys().map(|file| (file, reach(file))).collect();
    let mut groups: BTreeSet<Vec<String>> = BTreeSet::new();
    for (file, seen) in &reached {
        if seen.contains(*file) {
            let back = |other: &&&String| reached[**other].contains(*file);
            groups.insert(
                seen.iter()
                    .filter(back)
                    .map(|other| (*other).clone())
                    .collect(),
            );
        }
    }
    groups.into_iter().collect()
}
