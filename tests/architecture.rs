//! The map keeps: imports go down (A2), and only the shell touches the world (A1).
#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

fn rank(module: &str) -> Option<u32> {
    Some(match module {
        "time" | "text" | "schedule" => 0,
        "model" => 1,
        "bot" | "core" => 2,
        "spec" | "view" => 3,
        "render" => 4,
        "shell" => 6,
        "commands" | "cli" | "usage" => 8,
        _ => return None,
    })
}

fn files(dir: &Path, found: &mut Vec<PathBuf>) {
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
fn the_readme_quotes_only_examples() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let blocks: Vec<&str> = readme
        .split("```yaml\n")
        .skip(1)
        .map(|b| b.split("```").next().unwrap())
        .collect();
    assert!(!blocks.is_empty());
    let examples: Vec<String> = fs::read_dir(root.join("examples"))
        .unwrap()
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    for block in blocks {
        assert!(
            examples.iter().any(|example| example == block),
            "not an example:\n{block}"
        );
    }
}
