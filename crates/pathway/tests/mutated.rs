//! Whatever becomes of a file, reading it never fails: there is a pathway, or there is an error, and each place lies in its file.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::*;
use lamella_pathway::Severity;
use proptest::prelude::*;
use std::sync::OnceLock;

#[derive(Debug, Clone)]
enum Change {
    Put(&'static str),
    Cut(usize),
    DropLine,
    DoubleLine,
    SwapLines(usize),
    CutTheRest,
    Blank,
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => prop::sample::select(vec![
            "a", " ", "  ", "\n", "\n\n", "\t", "\"", "`", "```", "```lamella\n", "#", "# ", "## x {#y}\n", "- ", ":", "(", ")", "<", ",",
            "..", "-1", "99999999999", "é", "🙂", "\u{0}", "\r", "all of", "any of", "not ", " on 3 days running", " for the first time",
            "rule ", "safety ", "question ", "{#", "}", " in the last 0 days", ".", "0.05", "dont-know", "> For the clinic:",
        ]).prop_map(Change::Put),
        3 => (1usize..40).prop_map(Change::Cut),
        3 => Just(Change::DropLine),
        2 => Just(Change::DoubleLine),
        2 => (1usize..30).prop_map(Change::SwapLines),
        1 => Just(Change::CutTheRest),
        1 => Just(Change::Blank),
    ]
}

fn boundary(text: &str, near: usize) -> usize {
    (0..=near.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

fn apply(text: &mut String, at: usize, change: &Change) {
    let at = boundary(text, at % (text.len() + 1));
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_string).collect();
    let line = text[..at].matches('\n').count().min(lines.len().saturating_sub(1));
    match change {
        Change::Put(what) => return text.insert_str(at, what),
        Change::Cut(length) => {
            let end = boundary(text, at + length).max(at);
            return text.replace_range(at..end, "");
        }
        Change::CutTheRest => return text.truncate(at),
        Change::Blank => return text.clear(),
        _ if lines.is_empty() => return,
        Change::DropLine => drop(lines.remove(line)),
        Change::DoubleLine => lines.insert(line, lines[line].clone()),
        Change::SwapLines(by) => {
            let other = (line + by) % lines.len();
            lines.swap(line, other);
        }
    }
    *text = lines.concat();
}

fn check(files: &[(String, String)]) -> Result<(), TestCaseError> {
    let (pathway, found) = read(files);
    let errors = found.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count();
    prop_assert_eq!(pathway.is_none(), errors > 0, "{:?}", found);
    for diagnostic in &found {
        let place = &diagnostic.place;
        let Some((_, text)) = files.iter().find(|(name, _)| *name == place.file) else {
            return Err(TestCaseError::fail(format!("no such file: {diagnostic}")));
        };
        let lines: Vec<&str> = text.lines().collect();
        prop_assert!((1..=lines.len().max(1)).contains(&place.line), "no such line: {}", diagnostic);
        let length = lines.get(place.line - 1).map_or(0, |line| line.chars().count());
        prop_assert!(place.column >= 1 && place.column - 1 + place.length <= length.max(1), "{diagnostic} ({}) of {length}", place.length);
        prop_assert!(!diagnostic.what.is_empty() && !diagnostic.what.contains('\n'));
        // What is shown can be sorted, written and read.
        prop_assert!(serde_json::to_string(diagnostic).is_ok());
    }
    let mut places: Vec<_> =
        found.iter().map(|diagnostic| (&diagnostic.place.file, diagnostic.place.line, diagnostic.place.column)).collect();
    let shown = places.clone();
    places.sort();
    prop_assert_eq!(shown, places, "in the order of their places");
    Ok(())
}

fn shipped() -> &'static [(String, String)] {
    static FILES: OnceLock<Vec<(String, String)>> = OnceLock::new();
    FILES.get_or_init(files)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_change_is_read_or_refused(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<usize>(), change()), 1..6)) {
        let mut files = shipped().to_vec();
        for (file, at, change) in &changes {
            let file = file.index(files.len());
            apply(&mut files[file].1, *at, change);
        }
        check(&files)?;
    }

    #[test]
    fn any_words_are_read_or_refused(text in "(\\PC|\n|```lamella\n|```\n|## |  |when |then |question x|rule y|pathway z){0,60}") {
        check(&[("a.md".to_string(), text)])?;
    }
}

/// Each file cut short after each thousand letters, and each file left out.
#[test]
fn cut_short_or_left_out() {
    let all = files();
    for left in 0..all.len() {
        let text = all[left].1.clone();
        for cut in (0..text.len()).step_by(997) {
            let mut files = all.clone();
            files[left].1.truncate(boundary(&text, cut));
            check(&files).unwrap_or_else(|why| panic!("{} cut at {cut}: {why}", all[left].0));
        }
        let mut files = all.clone();
        files.remove(left);
        check(&files).unwrap_or_else(|why| panic!("without {}: {why}", all[left].0));
    }
    check(&[("a.md".to_string(), String::new())]).unwrap();
}
