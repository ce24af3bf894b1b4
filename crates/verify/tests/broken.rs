//! Pathways that are wrong in one way each, refuted with a record that the engine judges so too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use lamella_engine::triage::Verdict;
use lamella_engine::{Pathways, Stands, assess_assuming};
use lamella_pathway::Compiled;
use lamella_record::{Kind, Level, Moment, Record};
use lamella_verify::{Report, Verified, Witness, verify};

/// Case, property, what the witness says, how many check-ins come before it.
const CASES: [(&str, &str, &str, usize); 14] = [
    (
        "masked-by-pain",
        "unmaskable",
        "`bladder` is answered `cannot-pass`, whose floor is `emergency`, but the rules alone give `expected`",
        0,
    ),
    (
        "a-day-late",
        "unmaskable",
        "`settles` is answered `not-settling`, whose floor is `attention`, but the rules alone give `expected`",
        0,
    ),
    (
        "only-the-first-time",
        "unmaskable",
        "`numbness` is answered `new`, whose floor is `attention`, but the rules alone give `expected`",
        6,
    ),
    ("known-usual-hides-it", "unmaskable", "`fall` is answered `yes`, whose floor is `attention`, but the rules alone give `expected`", 6),
    (
        "not-when-stopped",
        "unmaskable",
        "`where` is answered `foot`, whose floor is `attention`, but the rules alone give `watch` (`stopped-early`)",
        0,
    ),
    ("only-in-one-phase", "unmaskable", "`fall` is answered `yes`, whose floor is `attention`, but the rules alone give `expected`", 0),
    (
        "familiar-by-now",
        "unmaskable",
        "`rest-pain` is answered `yes`, whose floor is `watch`, but the rules alone give `expected` (`familiar`)",
        2,
    ),
    (
        "the-reading-hides-it",
        "unmaskable",
        "`rest-pain` is answered `yes`, whose floor is `attention`, but the rules alone give `watch` (`otherwise`)",
        0,
    ),
    ("never-asked", "unmaskable", "`fever` is answered `feverish`, whose floor is `attention`, but the rules alone give `expected`", 0),
    ("expected-by-default", "complete", "no rule speaks, and `otherwise` makes it `expected`", 0),
    ("expected-the-second-time", "complete", "no rule speaks, and `otherwise` makes it `expected`", 6),
    ("cool-by-default", "unknown-never-reassures", "with `temperature` 38 the level is `attention`, with it left open `watch`", 0),
    (
        "felt-by-an-optional-question",
        "unknown-never-reassures",
        "with `mood` worse the level is `attention`, with it left open `expected`; the rule `rising` does not name it",
        0,
    ),
    (
        "earned-by-silence",
        "unknown-never-reassures",
        "whatever is answered to `walked`, the rules give at least `watch`; left open, it is `expected`",
        0,
    ),
];

fn read(case: &str) -> Compiled {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests");
    let text = |path: String| std::fs::read_to_string(path).unwrap();
    let (common, case) = (text(format!("{folder}/common.md")), text(format!("{folder}/broken/{case}.md")));
    let (pathway, found) = lamella_pathway::read(&[("common.md", &common), ("case.md", &case)]);
    pathway.unwrap_or_else(|| panic!("{found:#?}"))
}

fn judged(pathway: &Compiled, witness: &Witness) -> (Record, Verdict) {
    let record = Record::from_json(&witness.record.to_string()).unwrap();
    assert!(record.warnings.is_empty(), "{:?}", record.warnings);
    let at = Moment::parse(&witness.at).unwrap();
    let assumed = witness.assume.as_deref().and_then(Stands::from_word);
    let assessment = assess_assuming(&Pathways::new(pathway.clone()), &record, at, assumed);
    let verdict = assessment.verdicts.into_iter().find(|verdict| verdict.event == witness.event).unwrap();
    (record, verdict)
}

fn witness<'r>(report: &'r Report, property: &str) -> &'r Witness {
    let outcome = report.properties.iter().find(|outcome| outcome.property == property).unwrap();
    assert_eq!(outcome.outcome, Verified::Refuted, "{outcome:?}");
    outcome.witness.as_ref().unwrap_or_else(|| panic!("{outcome:?}"))
}

#[test]
fn each_is_refuted_where_it_is_wrong_and_nowhere_else() {
    for (case, property, says, earlier) in CASES {
        let report = verify(&read(case));
        let witness = witness(&report, property);
        assert!(witness.says.contains(says), "{case}: {}", witness.says);
        let events = witness.record["events"].as_array().unwrap();
        let before = events.iter().filter(|event| event["kind"] == "check-in" && event["id"] != "witness").count();
        assert_eq!(before, earlier, "{case}: {:#}", witness.record);
        for other in report.properties.iter().filter(|outcome| outcome.property != property) {
            assert_eq!(other.outcome, Verified::Proved, "{case}: {other:?}");
        }
    }
}

#[test]
fn the_engine_judges_each_witness_so_too() {
    for (case, property, says, _) in CASES {
        let pathway = read(case);
        let report = verify(&pathway);
        let (_, verdict) = judged(&pathway, witness(&report, property));
        let rules = verdict.rules.iter().filter(|hit| hit.id != "floor");
        let reached = rules.map(|hit| hit.level).max().unwrap();
        match property {
            "unmaskable" => {
                let floor = verdict.rules.iter().find(|hit| hit.id == "floor").unwrap_or_else(|| panic!("{case}: {verdict:?}"));
                assert!(floor.level > reached && says.contains(floor.level.word()), "{case}: {verdict:?}");
            }
            "complete" => assert_eq!((reached, verdict.level, verdict.rules.len()), (Level::Expected, Level::Expected, 1), "{case}"),
            _ => assert!(["left open `", "it is `"].iter().any(|words| says.contains(&format!("{words}{}`", verdict.level))), "{case}"),
        }
    }
}

/// What matters in a witness is said, and nothing that is not: the other answers are the plainest there are.
#[test]
fn a_witness_can_be_read() {
    let report = verify(&read("masked-by-pain"));
    let expected = serde_json::json!({
        "patient": {"id": "witness", "name": "A witness", "time_zone": "Etc/UTC", "procedure": {"date": "2026-03-02", "levels": ["L4/5"]}},
        "events": [{
            "id": "witness", "kind": "check-in", "at": "2026-03-11T20:00:00+00:00", "revision": "1",
            "answers": {"bladder": "cannot-pass", "pain": 0},
        }],
    });
    assert_eq!(witness(&report, "unmaskable").record, expected);
    let report = verify(&read("a-day-late"));
    assert_eq!(witness(&report, "unmaskable").at, "2026-03-05T20:00:00+00:00");
    let report = verify(&read("never-asked"));
    assert_eq!(witness(&report, "unmaskable").record["events"][0]["not_asked"], serde_json::json!(["temperature"]));
}

#[test]
fn a_reading_is_assumed() {
    let report = verify(&read("the-reading-hides-it"));
    let witness = witness(&report, "unmaskable");
    assert_eq!(witness.assume.as_deref(), Some("too-few"));
    assert!(witness.says.ends_with("under `--assume reading=too-few`"), "{}", witness.says);
}

#[test]
fn a_phase_that_does_not_hold_by_itself_is_ordered() {
    let pathway = read("only-in-one-phase");
    let report = verify(&pathway);
    let (record, verdict) = judged(&pathway, witness(&report, "unmaskable"));
    assert_eq!(verdict.phase, "rebuild");
    assert!(record.events.iter().any(|event| matches!(&event.kind, Kind::Phase(order) if order.phase.as_deref() == Some("rebuild"))));
}

/// JSON is what `lamella verify --json` prints: `property`, `outcome`, `space`, `seconds` and, where there is one, `witness`.
#[test]
fn the_report_as_json() {
    let json = serde_json::to_value(verify(&read("masked-by-pain"))).unwrap();
    let property = |index: usize| json["properties"][index].as_object().unwrap().clone();
    assert_eq!(property(0)["property"], "complete");
    assert_eq!(property(0)["outcome"], "proved");
    assert!(!property(0).contains_key("witness"));
    assert_eq!(property(1)["outcome"], "refuted");
    assert!(property(1)["space"].as_str().unwrap().chars().all(|c| c.is_ascii_digit()));
    assert!(property(1)["seconds"].as_f64().unwrap() >= 0.0);
    let witness: Vec<String> = property(1)["witness"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(
        witness,
        ["record", "at", "event", "says"]
            .map(String::from)
            .into_iter()
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect::<Vec<_>>()
    );
}
