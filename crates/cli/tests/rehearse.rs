//! `lamella rehearse`, as a person runs it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const HEAD: &str = "# Try

pathway: PATHWAY

- person: procedure 2026-03-02, baseline pain 7, offset +01:00
- usually: pain 3, pain-worst 4, function 2, character ache, where low-back, set-off activity, settles within-hours, against-usual same

## A rehearsal
";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn rehearse(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lamella")).arg("rehearse").args(arguments).output().unwrap()
}

/// A scenario file with these lines in one rehearsal.
fn scenario(name: &str, lines: &str) -> PathBuf {
    written(name, &format!("{HEAD}{lines}"))
}

fn written(name: &str, text: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let pathway = root().join("pathways/annular-fibrin");
    std::fs::write(&path, text.replace("PATHWAY", pathway.to_str().unwrap())).unwrap();
    path
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn every_shipped_scenario_holds() {
    let folder = root().join("scenarios");
    let output = rehearse(&[folder.to_str().unwrap()]);
    let said = out(&output);
    assert_eq!(output.status.code(), Some(0), "{said}{}", err(&output));
    assert!(said.ends_with(" 0 differences\n"), "{said}");
    let rehearsals: usize = said.split(' ').next().unwrap().parse().unwrap();
    assert!(rehearsals >= 34, "{said}");
}

#[test]
fn a_claim_that_does_not_hold_is_shown_with_its_place() {
    let path =
        scenario("differs.md", "- day 1..2: quiet → expected\n- day 3: bladder leaking → attention by bladder-change; nothing unknown\n");
    let output = rehearse(&[path.to_str().unwrap()]);
    let said = out(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("differs.md:10:28: A rehearsal\n"), "{said}");
    assert!(said.contains("day 3 09:00: expected attention by bladder-change\n"), "{said}");
    assert!(said.contains("got      emergency by bladder-change\n"), "{said}");
    assert!(said.ends_with("1 rehearsal, 2 lines, 1 difference\n"), "{said}");
}

#[test]
fn accept_mends_that_claim_and_nothing_else() {
    let lines = "prose stays,  with its  spaces\n\n- day 1..2: quiet →   expected ;nothing unknown\n- day 3: bladder leaking -> watch  ;  alerts none; phase protect\n\n```\n- day 9: not a line\n```\n";
    let path = scenario("accept.md", lines);
    let before = std::fs::read_to_string(&path).unwrap();
    let output = rehearse(&["--accept", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}{}", out(&output), err(&output));
    let wanted = before.replace("-> watch  ;", "-> emergency  ;").replace("alerts none;", "alerts bladder-change emergency open;");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), wanted);
    assert_eq!(rehearse(&[path.to_str().unwrap()]).status.code(), Some(0));
}

#[test]
fn accept_leaves_a_range_alone_whose_days_differ() {
    let path = scenario("range.md", "- day 1..3: quiet → next check-in on day 2\n");
    let before = std::fs::read_to_string(&path).unwrap();
    let output = rehearse(&["--accept", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("range.md:9: not accepted"), "{}", err(&output));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), before);
}

#[test]
fn what_is_wrong_is_said_all_at_once_and_with_its_place() {
    let lines = "- day 1: bladder leeking → emergency\n- day 2: quiet → emergancy\n- day 3: quiet → emergency by bladder-chnage\n";
    let path = scenario("wrong.md", lines);
    let output = rehearse(&[path.to_str().unwrap()]);
    let said = err(&output);
    assert_eq!(output.status.code(), Some(1));
    for part in [
        "wrong.md:9:18",
        "wrong.md:10:18",
        "wrong.md:11:31",
        "did you mean `leaking`?",
        "did you mean `emergency`?",
        "did you mean `bladder-change`?",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(out(&output).ends_with(", 3 errors\n"), "{}", out(&output));
}

#[test]
fn each_kind_of_mistake_has_its_name() {
    let table = [
        ("- quiet → expected", "not-understood"),
        ("- morning: quiet → expected", "not-understood"),
        ("- day: quiet", "not-understood"),
        ("- day x: quiet", "bad-day"),
        ("- day 5..3: quiet", "bad-day"),
        ("- day 99999999999: quiet", "bad-day"),
        ("- day 1 9am: quiet", "bad-time"),
        ("- day 1 25:00: quiet", "bad-time"),
        ("- day 1:", "nothing-said"),
        ("- day 1: → expected", "nothing-said"),
        ("- day 1: quiet →", "no-claim"),
        ("- day 1: quiet → expected;", "no-claim"),
        ("- day 1: quiet → expected maybe", "not-understood"),
        ("- day 1: quiet → expected by", "nothing-named"),
        ("- day 1: quiet → fine", "not-understood"),
        ("- day 1: quiet → phase rebild", "unknown-phase"),
        ("- day 1: quiet → lift at most many kg", "not-understood"),
        ("- day 1: quiet → alerts bladder-change loud open", "unknown-level"),
        ("- day 1: quiet → alerts bladder-change emergency", "not-understood"),
        ("- day 1: quiet → usual of pains 3", "unknown-question"),
        ("- day 1: quiet → warning loud", "not-quoted"),
        ("- day 1: look → expected", "no-verdict"),
        ("- day 1: pains 3", "unknown-question"),
        ("- day 1: pain eleven", "bad-number"),
        ("- day 1: pain 11", "bad-number"),
        ("- day 1: pain", "not-understood"),
        ("- day 1: bladder leaking+odd", "unknown-code"),
        ("- day 1: without temperature", "not-due"),
        ("- day 1: fever feverish", "no-quiet-answer"),
        ("- day 1: quiet, arrives day 0 08:00", "out-of-order"),
        ("- day 2: quiet\n- day 1: quiet", "out-of-order"),
        ("- day 1: quiet, corrects day 0", "no-check-in"),
        ("- day 1: quiet\n- day 1 10:00: quiet\n- day 2: quiet, corrects day 1", "which-check-in"),
        ("- day 1: nurse sings", "not-understood"),
        ("- day 1: nurse resolves trauma \"why\"", "no-alert"),
        ("- day 1: nurse resolves traumas \"why\"", "unknown-rule"),
        ("- day 1: nurse resolves trauma of day one", "bad-day"),
        ("- day 1: nurse undoes", "nothing-to-undo"),
        ("- day 1: clinician holds the phase for long", "not-understood"),
        ("- day 1: clock changes to 2", "bad-offset"),
        ("- person: procedure soon\n- day 1: quiet", "bad-date"),
        ("- person: tall\n- day 1: quiet", "not-understood"),
        ("- usually: pain\n- day 1: quiet", "not-understood"),
        ("- revision 2: in severe-pain \"no such words\" reads \"x\"\n- day 1: quiet", "no-such-words"),
        ("- revision 2: in severe-pain \"pain at least 8\" reads \"pain at most\"\n- day 1: quiet", "bad-revision"),
        ("- revision 2: otherwise\n- day 1: quiet", "not-understood"),
        ("- pathway: elsewhere\n- day 1: quiet", "not-understood"),
        ("- day 1: quiet\n- usually: pain 4", "too-late"),
        ("nothing but prose", "empty-rehearsal"),
    ];
    for (place, (lines, name)) in table.iter().enumerate() {
        let path = scenario(&format!("mistake-{place}.md"), lines);
        let output = rehearse(&[path.to_str().unwrap()]);
        let said = err(&output);
        assert_eq!(output.status.code(), Some(1), "{lines}: {said}");
        assert!(said.contains(name), "{lines}: wanted {name}: {said}");
        assert!(!said.contains("panicked"), "{lines}: {said}");
    }
}

#[test]
fn a_file_of_anything_is_never_a_panic() {
    let whole = std::fs::read_to_string(root().join("scenarios/desk.md")).unwrap();
    let whole = whole.replace("../pathways/annular-fibrin", "PATHWAY");
    let ends = (0..60).map(|step| step * whole.len() / 60).filter(|end| whole.is_char_boundary(*end));
    let cut = ends.map(|end| whole[..end].to_string());
    let spoilt = ["→", ":", ";", ",", "day ", "\"", "new-numbness", " 0", "\n"].map(|word| whole.replace(word, " § "));
    let odd = ["", "\u{feff}", "## ", "## x\n- day 1: \"", "## x\n- day -1..1: quiet → \"→\"", "- day 1: quiet"].map(str::to_string);
    for (place, text) in cut.chain(spoilt).chain(odd).enumerate() {
        let path = written(&format!("anything-{}.md", place % 4), &text);
        let output = rehearse(&[path.to_str().unwrap()]);
        assert!(matches!(output.status.code(), Some(0 | 1)), "{place}: {}", err(&output));
        assert!(!err(&output).contains("panicked"), "{place}: {}", err(&output));
    }
}

#[test]
fn a_file_that_is_not_there_is_said() {
    let output = rehearse(&["no-such-file.md"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("`no-such-file.md` is not there"), "{}", err(&output));
}

#[test]
fn the_guide_shows_a_scenario_that_holds() {
    let guide = std::fs::read_to_string(root().join("docs/scenarios.md")).unwrap();
    let sample = guide.split("````markdown\n").nth(1).and_then(|rest| rest.split("````").next()).expect("the guide has a sample");
    assert!(sample.contains("pathway: ../pathways/annular-fibrin"));
    let path = written("guide.md", &sample.replace("../pathways/annular-fibrin", "PATHWAY"));
    let output = rehearse(&[path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}{}", out(&output), err(&output));
}
