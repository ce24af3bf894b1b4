//! What a virtual person answers, against what the engine says is due.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use lamella_cohort::answers::{Plan, Teller, Today};
use lamella_cohort::chance::{Purpose, stream, whole};
use lamella_cohort::signs::{self, Signs};
use lamella_engine::{Pathways, State, questions_due, step};
use lamella_pathway::Compiled;
use lamella_record::{Answer, Event, Kind, Moment, Patient};
use std::path::Path;

fn read(folders: &[&str]) -> Compiled {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = vec![];
    for folder in folders {
        let at = root.join(folder);
        let paths = if at.is_dir() { std::fs::read_dir(&at).unwrap().map(|entry| entry.unwrap().path()).collect() } else { vec![at] };
        for path in paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "md")) {
            files.push((path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap()));
        }
    }
    let borrowed: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    lamella_pathway::read(&borrowed).0.unwrap()
}

fn answers(event: &Event) -> &lamella_record::Answers {
    match &event.kind {
        Kind::CheckIn(check_in) => &check_in.answers,
        _ => panic!("not a check-in"),
    }
}

/// Whatever there is to say, what is due is answered and nothing else: the teller's own judgement of *due* and the engine's agree.
fn agree(pathway: Compiled, days: i32) -> u32 {
    let signs = Signs::parse(signs::SHIPPED).unwrap();
    let plan = Plan::new(&pathway, signs.bind(&pathway));
    let pathways = Pathways::new(pathway);
    let patient = serde_json::json!({ "id": "p", "time_zone": "UTC", "procedure": { "date": "2026-01-05", "baseline_pain": 7 } });
    let patient: Patient = serde_json::from_value(patient).unwrap();
    let begins = Moment::parse("2026-01-05T09:00:00Z").unwrap();
    let (mut state, mut teller) = (State::new(&pathways), Teller::new(&plan, begins));
    let (mut compared, mut chance) = (0, stream(1, 1, Purpose::Answer, 0));
    let many = signs.words().len() as i32;
    for day in 0..days {
        let said: Vec<u16> = (0..whole(&mut chance, 0, 3)).map(|_| whole(&mut chance, 0, many - 1) as u16).collect();
        let rated = (whole(&mut chance, 0, 10) as u8 * u8::from(day % 5 > 0), (day % 11) as u8, 3);
        let now = begins.plus_seconds(i64::from(day) * 86_400);
        let today = Today { day, rated, signs: &said };
        let (event, burden) = teller.tell(&plan, &pathways, &patient, &state, now, &today, &mut chance);
        let Kind::CheckIn(check_in) = &event.kind else { panic!("not a check-in") };
        let due = questions_due(&pathways, &patient, &state, now, check_in);
        let current = pathways.current();
        for (place, question) in current.questions.iter().enumerate() {
            let is_due = due.contains(&(place as u16));
            let answered = check_in.answers.contains_key(&question.id);
            let may_be_open = question.safety || question.empty_stands_for.is_some();
            assert!(answered == is_due || (is_due && may_be_open), "day {day}: `{}` due {is_due}, answered {answered}", question.id);
            compared += u32::from(is_due);
        }
        assert!(burden.taps > 0 && burden.tenths > 0);
        let event = event.clone();
        let verdict = step(&pathways, &patient, &mut state, &event).verdict.unwrap();
        let odd = verdict.unknown.iter().find(|unknown| unknown.why != "not-answered" && unknown.why != "after-worse");
        assert_eq!(odd, None, "day {day}: every answer is one that the pathway knows");
    }
    compared
}

#[test]
fn what_is_due_is_answered_in_the_shipped_pathway() {
    assert!(agree(read(&["pathways/annular-fibrin"]), 400) > 400 * 20);
}

#[test]
fn what_is_due_is_answered_in_another_pathway() {
    let every = read(&["crates/verify/tests/common.md", "crates/verify/tests/whole/every.md"]);
    assert!(agree(every, 400) > 400);
}

#[test]
fn a_quiet_day_says_the_pathways_own_normal() {
    let pathway = read(&["pathways/annular-fibrin"]);
    let signs = Signs::parse(signs::SHIPPED).unwrap();
    let plan = Plan::new(&pathway, signs.bind(&pathway));
    let pathways = Pathways::new(pathway);
    let patient = serde_json::json!({ "id": "p", "time_zone": "UTC", "procedure": { "date": "2026-01-05" } });
    let patient: Patient = serde_json::from_value(patient).unwrap();
    let now = Moment::parse("2026-02-05T09:00:00Z").unwrap();
    let mut teller = Teller::new(&plan, now);
    let mut chance = stream(1, 2, Purpose::Answer, 0);
    let state = State::new(&pathways);
    let sign = |word: &str| signs.sign(word).unwrap();
    let quiet = Today { day: 31, rated: (0, 0, 1), signs: &[] };
    let (event, _) = teller.tell(&plan, &pathways, &patient, &state, now, &quiet, &mut chance);
    let said = answers(event);
    assert_eq!(said.get("bladder"), Some(&Answer::code("normal")));
    assert_eq!(said.get("stood"), Some(&Answer::code("yes")));
    for absent in ["needle-site", "allergy", "temperature", "confusion", "character"] {
        assert!(!said.contains_key(absent), "`{absent}` is not asked on a painless day 31");
    }
    // A fever: the thermometer is asked for, and read; the worse of two codes stands where one is allowed.
    let ill = Today {
        day: 32,
        rated: (4, 6, 3),
        signs: &[sign("feverish"), sign("felt-same"), sign("felt-worse"), sign("ache"), sign("shooting")],
    };
    let (event, _) = teller.tell(&plan, &pathways, &patient, &state, now.plus_seconds(86_400), &ill, &mut chance);
    let said = answers(event);
    assert_eq!(said.get("fever"), Some(&Answer::code("feverish")));
    assert_eq!(said.get("temperature"), Some(&Answer::Number(lamella_record::Hundredths(3860))));
    assert_eq!(said.get("against-usual"), Some(&Answer::code("worse")));
    assert_eq!(said.get("character"), Some(&Answer::Codes(vec!["ache".to_string(), "shooting".to_string()])));
    // The next day is quiet again, in the same event.
    let (event, _) =
        teller.tell(&plan, &pathways, &patient, &state, now.plus_seconds(2 * 86_400), &Today { day: 33, ..quiet }, &mut chance);
    assert_eq!(answers(event).get("fever"), Some(&Answer::code("no")));
    assert!(!answers(event).contains_key("temperature"));
}

#[test]
fn what_was_mistyped_is_corrected_and_a_stop_says_how_much_and_where() {
    let pathway = read(&["pathways/annular-fibrin"]);
    let signs = Signs::parse(signs::SHIPPED).unwrap();
    let plan = Plan::new(&pathway, signs.bind(&pathway));
    let pathways = Pathways::new(pathway);
    let patient = serde_json::json!({ "id": "p", "time_zone": "UTC", "procedure": { "date": "2026-01-05", "baseline_pain": 7 } });
    let patient: Patient = serde_json::from_value(patient).unwrap();
    let begins = Moment::parse("2026-01-05T09:00:00Z").unwrap();
    let mut teller = Teller::new(&plan, begins);
    let (mut state, mut chance, mut slips) = (State::new(&pathways), stream(1, 3, Purpose::Answer, 0), 0);
    for day in 1..60 {
        let now = begins.plus_seconds(i64::from(day) * 86_400);
        let today = Today { day, rated: ((day % 4) as u8, 4, 2), signs: &[] };
        teller.tell(&plan, &pathways, &patient, &state, now, &today, &mut chance);
        let meant = answers(teller.event()).clone();
        let sent = teller.mistyped(&plan, pathways.current(), &mut chance);
        assert!(sent.is_none() || day % 4 > 0, "without pain other questions are put");
        if let Some(sent) = sent {
            assert_ne!(answers(&sent).get("pain"), meant.get("pain"));
            assert_eq!(teller.event().corrects.as_ref(), Some(&sent.id));
            assert!(teller.event().at > sent.at && teller.event().id != sent.id);
            step(&pathways, &patient, &mut state, &sent);
            slips += 1;
        } else {
            assert_eq!(teller.event().corrects, None);
        }
        assert_eq!(answers(teller.event()), &meant);
        let done = step(&pathways, &patient, &mut state, teller.event());
        assert_eq!(done.warnings, [], "day {day}");
    }
    assert!(slips > 20, "{slips}");
    let felt = ["low-back", "below-knee"].map(|word| signs.sign(word));
    let stopped = plan.stopped(pathways.current(), 7, &felt);
    let said = |question: &str| stopped.answers.get(question);
    assert_eq!(said("pain"), Some(&Answer::number(7)));
    assert!(said("where").is_some() && stopped.answers.len() == 2, "{stopped:?}");
}

#[test]
fn what_cannot_be_told_is_named() {
    let every = read(&["crates/verify/tests/common.md", "crates/verify/tests/whole/every.md"]);
    let bound = Signs::parse(signs::SHIPPED).unwrap().bind(&every);
    assert!(bound.untellable.iter().any(|word| word == "saddle"), "{:?}", bound.untellable);
    assert!(bound.pain.is_some());
    assert!(Signs::parse("{").is_err());
}
