//! The house rules (ARCHITECTURE.md): who may use whom, and what no file may hold.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The floors: which crates of the house a crate may use. `cli` may use anything, and nobody uses it.
const MAY_USE: &[(&str, &[&str])] = &[
    ("record", &[]),
    ("pathway", &["record"]),
    ("trajectory", &["record"]),
    ("engine", &["record", "pathway", "trajectory"]),
    ("verify", &["record", "pathway", "trajectory", "engine"]),
    ("cohort", &["record", "pathway", "trajectory", "engine"]),
    ("store", &[]),
    ("desk", &["record", "pathway", "trajectory", "engine", "store"]),
    ("server", &["record", "pathway", "trajectory", "engine", "store", "desk"]),
    ("cli", &["record", "pathway", "trajectory", "engine", "store", "desk", "server", "verify", "cohort"]),
    ("xtask", &[]),
];

/// Below the waist: the same bits everywhere.
const BELOW: &[&str] = &["record", "pathway", "trajectory", "engine"];

fn house() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn crates() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(house().join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("Cargo.toml").exists())
        .map(|path| path.file_name().unwrap().to_string_lossy().to_string())
        .collect();
    names.sort();
    names
}

/// `lamella-…` crates by the section that names them, such as `dependencies`.
fn uses(name: &str) -> BTreeMap<String, Vec<String>> {
    let text = fs::read_to_string(house().join("crates").join(name).join("Cargo.toml")).unwrap();
    let mut section = String::new();
    let mut uses: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in text.lines().map(str::trim) {
        if let Some(head) = line.strip_prefix('[') {
            section = head.trim_end_matches(']').to_string();
            if let Some((kind, used)) = section.clone().rsplit_once(".lamella-") {
                uses.entry(kind.to_string()).or_default().push(used.to_string());
            }
        } else if let Some(used) = line.strip_prefix("lamella-").filter(|_| section.ends_with("dependencies")) {
            let used: String = used.chars().take_while(|c| c.is_ascii_lowercase()).collect();
            uses.entry(section.clone()).or_default().push(used);
        }
    }
    uses
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return vec![] };
    let mut files = vec![];
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// A line without its comment.
fn code(line: &str) -> &str {
    line.split("//").next().unwrap_or("")
}

#[test]
fn every_crate_keeps_to_its_floor() {
    let mut wrong = vec![];
    for name in crates() {
        let Some((_, may)) = MAY_USE.iter().find(|(there, _)| *there == name) else {
            wrong.push(format!("`{name}` has no floor: add it to the table here and in ARCHITECTURE.md"));
            continue;
        };
        for (section, used) in uses(&name) {
            for used in used.iter().filter(|used| !may.contains(&used.as_str()) && **used != name) {
                // A test may look at its crate from above: dev-dependencies build nothing that ships. Nobody uses cli, all the same.
                if section != "dev-dependencies" || matches!(used.as_str(), "cli" | "xtask") {
                    wrong.push(format!("`{name}` may not use `{used}` ({section})"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let named: Vec<&str> = MAY_USE.iter().map(|(name, _)| *name).collect();
    assert!(named.iter().all(|name| crates().iter().any(|there| there == name)), "no empty rooms");
    assert!(uses("engine")["dependencies"].len() == 3, "the table is read at all");
}

#[test]
fn below_the_waist_there_is_no_clock_and_no_chance() {
    let mut wrong = vec![];
    for name in BELOW {
        let folder = house().join("crates").join(name).join("src");
        let lib = fs::read_to_string(folder.join("lib.rs")).unwrap();
        if !lib.lines().any(|line| line.trim() == "#![no_std]") {
            wrong.push(format!("`{name}` is not no_std"));
        }
        for file in rust_files(&folder) {
            let text = fs::read_to_string(&file).unwrap();
            for (number, line) in text.lines().enumerate() {
                for word in
                    ["std::", "SystemTime", "Instant::now", "HashMap", "HashSet", "Timestamp::now", "Zoned::now", "extern crate std"]
                {
                    if code(line).replace("no_std::", "").contains(word) {
                        wrong.push(format!("{}:{}: {word}", file.display(), number + 1));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nothing_is_left_unfinished_or_grows_without_end() {
    let mut wrong = vec![];
    for name in crates() {
        for file in rust_files(&house().join("crates").join(&name).join("src")) {
            let text = fs::read_to_string(&file).unwrap();
            let lines = text.lines().count();
            if lines > 900 {
                wrong.push(format!("{}: {lines} lines; a file answers one question in at most 900", file.display()));
            }
            for (number, line) in text.lines().enumerate() {
                for word in ["todo!(", "unimplemented!(", "dbg!("] {
                    if code(line).contains(word) {
                        wrong.push(format!("{}:{}: {word}", file.display(), number + 1));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What git keeps, or would keep: it has to mean the same on every machine.
#[test]
fn no_file_names_this_machine_or_a_registry() {
    let list = Command::new("git").args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(house()).output();
    // A tarball has no git; the rule was held where it was made.
    let Some(list) = list.ok().filter(|list| list.status.success()) else { return };
    // Written in pieces, so that this file does not name them.
    let slash = "/";
    let words = [
        format!("{slash}work{slash}"),
        format!("{slash}root{slash}"),
        format!("{slash}{slash}crates.{}", "io"),
        format!("static.crates.{}", "io"),
        format!("index.crates.{}", "io"),
        format!("{slash}{slash}www.npm{}", "js.com"),
        format!("registry.npm{}", "js.org"),
        format!("{slash}{slash}py{}", "pi.org"),
        format!("files.python{}", "hosted.org"),
    ];
    let mut wrong = vec![];
    let names = String::from_utf8_lossy(&list.stdout).to_string();
    for name in names.split('\0').filter(|name| !name.is_empty()) {
        // Lock files name the registry by their own format.
        if matches!(Path::new(name).file_name().and_then(|file| file.to_str()), Some("Cargo.lock" | "package-lock.json")) {
            continue;
        }
        let Ok(bytes) = fs::read(house().join(name)) else { continue };
        let Ok(text) = String::from_utf8(bytes) else { continue };
        for (number, line) in text.lines().enumerate() {
            for word in words.iter().filter(|word| line.contains(word.as_str())) {
                wrong.push(format!("{name}:{}: {word}", number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
