//! What the engine's tests stand on: the shipped pathway, a second revision of it, one person, and quiet days.
#![allow(dead_code)]

use lamella_engine::triage::Verdict;
use lamella_engine::{Assessment, Pathways, assess};
use lamella_pathway::{Compiled, read};
use lamella_record::{Answer, Answers, CheckIn, Desk, Event, Hundredths, Kind, Moment, Patient, PhaseOrder, PhaseWord, Record, Stopped};
use std::sync::OnceLock;

/// Compiles the shipped files, each as `edit` leaves it.
pub fn compile(edit: impl Fn(&str, String) -> String) -> Compiled {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../pathways/annular-fibrin");
    let mut files: Vec<(String, String)> = vec![];
    for entry in std::fs::read_dir(folder).expect("the shipped pathway is there") {
        let path = entry.expect("a file").path();
        if path.extension().is_some_and(|extension| extension == "md") {
            let name = path.file_name().expect("a name").to_string_lossy().to_string();
            let text = std::fs::read_to_string(&path).expect("a text");
            files.push((name.clone(), edit(&name, text)));
        }
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let (pathway, found) = read(&files);
    pathway.unwrap_or_else(|| panic!("{found:#?}"))
}

/// The shipped pathway alone.
pub fn shipped() -> &'static Pathways {
    static SHIPPED: OnceLock<Pathways> = OnceLock::new();
    SHIPPED.get_or_init(|| Pathways::new(compile(|_, text| text)))
}

/// Replaces `from`, which has to be there.
pub fn swap(text: String, from: &str, to: &str) -> String {
    assert!(text.contains(from), "the shipped pathway no longer says {from:?}");
    text.replace(from, to)
}

/// A second revision: two rules that were attention are watch, one that was watch is attention.
pub fn second_revision() -> Compiled {
    let level = |text: String, rule: &str, from: &str, to: &str| {
        let (before, after) = text.split_once(&format!("rule {rule}\n")).expect("the rule is there");
        let after = after.replacen(&format!("then {from}"), &format!("then {to}"), 1);
        format!("{before}rule {rule}\n{after}")
    };
    compile(|name, text| match name {
        "00-pathway.md" => swap(text, "  revision 1\n", "  revision 2\n"),
        "30-safety.md" => level(text, "pain-at-rest", "watch", "attention"),
        "40-course.md" => level(level(text, "radiating-pain", "attention", "watch"), "sharp-pain", "attention", "watch"),
        _ => text,
    })
}

/// Both revisions; the second is the current one.
pub fn both() -> &'static Pathways {
    static BOTH: OnceLock<Pathways> = OnceLock::new();
    BOTH.get_or_init(|| Pathways::with_older(second_revision(), vec![compile(|_, text| text)]))
}

/// The person: procedure on Monday 2 March 2026.
pub fn patient() -> Patient {
    serde_json::from_str(
        r#"{"id": "p1", "time_zone": "Europe/Madrid", "procedure": {"date": "2026-03-02", "levels": ["L4-L5"]},
            "pathway": [{"revision": "1", "from": "2026-03-02"}]}"#,
    )
    .expect("a patient")
}

/// The same person with pain `baseline` before the procedure.
pub fn patient_with_baseline(baseline: i32) -> Patient {
    let mut patient = patient();
    patient.procedure.baseline_pain = Some(Answer::number(baseline));
    patient
}

pub fn moment(text: &str) -> Moment {
    Moment::parse(text).expect("a moment")
}

/// A time of a day, at +01:00.
pub fn on(day: i32, time: &str) -> Moment {
    moment(&format!("{}T{time}:00+01:00", patient().date_of(day)))
}

pub fn code(word: &str) -> Answer {
    Answer::code(word)
}

pub fn codes(words: &[&str]) -> Answer {
    Answer::Codes(words.iter().map(|word| word.to_string()).collect())
}

pub fn number(value: i32) -> Answer {
    Answer::number(value)
}

pub fn hundredths(value: i32) -> Answer {
    Answer::Number(Hundredths(value))
}

/// Every question that is due on a quiet day, answered as on a quiet day.
pub fn quiet(day: i32) -> Answers {
    let mut answers: Answers = [
        ("character", "ache"),
        ("where", "low-back"),
        ("set-off", "activity"),
        ("settles", "within-hours"),
        ("against-usual", "same"),
        ("rest-pain", "no"),
        ("numbness", "none"),
        ("weakness", "none"),
        ("saddle", "no"),
        ("bladder", "normal"),
        ("bowel", "normal"),
        ("both-legs-pain", "no"),
        ("fever", "no"),
        ("unwell", "no"),
        ("chest", "no"),
        ("fall", "no"),
        ("stood", "yes"),
        ("flare", "no"),
        ("relief", "none"),
    ]
    .into_iter()
    .map(|(question, answer)| (question.to_string(), code(answer)))
    .collect();
    for (question, value) in [("pain", 3), ("pain-worst", 4), ("function", 2), ("walked", 30)] {
        answers.insert(question.to_string(), number(value));
    }
    for (question, normal, last) in [("needle-site", "clean", 30), ("calf", "no", 90), ("allergy", "none", 14), ("headache", "none", 42)] {
        if (0..=last).contains(&day) {
            answers.insert(question.to_string(), code(normal));
        }
    }
    answers
}

/// Quiet, but for these.
pub fn quiet_but(day: i32, but: &[(&str, Answer)]) -> Answers {
    let mut answers = quiet(day);
    answers.extend(but.iter().map(|(question, answer)| (question.to_string(), answer.clone())));
    answers
}

/// Quiet, without these.
pub fn quiet_without(day: i32, without: &[&str]) -> Answers {
    let mut answers = quiet(day);
    for question in without {
        assert!(answers.remove(*question).is_some(), "`{question}` is not asked on day {day}");
    }
    answers
}

pub fn event(id: &str, at: Moment, kind: Kind) -> Event {
    Event { id: id.to_string(), at, received_at: Some(at), day: None, corrects: None, kind }
}

pub fn check_in(id: &str, at: Moment, answers: Answers) -> Event {
    event(id, at, Kind::CheckIn(CheckIn { revision: "1".to_string(), answers, complete: true, ..CheckIn::default() }))
}

/// A quiet check-in at eight, called `d<day>`.
pub fn quiet_day(day: i32) -> Event {
    check_in(&format!("d{day}"), on(day, "08:00"), quiet(day))
}

/// Quiet check-ins on each of these days.
pub fn quiet_days(days: std::ops::RangeInclusive<i32>) -> Vec<Event> {
    days.map(quiet_day).collect()
}

/// A check-in at eight, called `d<day>`, quiet but for these.
pub fn day_but(day: i32, but: &[(&str, Answer)]) -> Event {
    check_in(&format!("d{day}"), on(day, "08:00"), quiet_but(day, but))
}

pub fn stopped(id: &str, at: Moment, answers: &[(&str, Answer)]) -> Event {
    let answers = answers.iter().map(|(question, answer)| (question.to_string(), answer.clone())).collect();
    event(id, at, Kind::Stopped(Stopped { activity: "lift".to_string(), answers }))
}

pub fn desk(alert: &str) -> Desk {
    Desk { alert: alert.to_string(), by: "nurse".to_string(), disposition: "done".to_string(), note: "seen".to_string(), ..Desk::default() }
}

pub fn resolve(id: &str, at: Moment, alert: &str) -> Event {
    event(id, at, Kind::Resolve(desk(alert)))
}

pub fn acknowledge(id: &str, at: Moment, alert: &str) -> Event {
    event(id, at, Kind::Acknowledge(desk(alert)))
}

pub fn undo(id: &str, at: Moment, undoes: &str) -> Event {
    event(id, at, Kind::Undo(Desk { undoes: undoes.to_string(), by: "nurse".to_string(), ..Desk::default() }))
}

pub fn order(id: &str, at: Moment, action: PhaseWord, phase: Option<&str>, until: Option<i32>) -> Event {
    let order = PhaseOrder {
        action,
        phase: phase.map(str::to_string),
        until: until.map(|day| patient().date_of(day)),
        by: "dr".to_string(),
        reason: "seen today".to_string(),
    };
    event(id, at, Kind::Phase(order))
}

/// The record of the person with these events, assessed at `now` under the shipped pathway.
pub fn seen(events: &[Event], now: Moment) -> Assessment {
    seen_of(patient(), events, now)
}

pub fn seen_of(patient: Patient, events: &[Event], now: Moment) -> Assessment {
    assess(shipped(), &Record::fold(patient, events.to_vec()), now)
}

/// The verdict on one event.
pub fn verdict<'a>(assessment: &'a Assessment, event: &str) -> &'a Verdict {
    assessment.verdicts.iter().find(|verdict| verdict.event == event).unwrap_or_else(|| panic!("no verdict on `{event}`"))
}

/// Rule ids of the verdict on one event.
pub fn rules<'a>(assessment: &'a Assessment, event: &str) -> Vec<&'a str> {
    verdict(assessment, event).rules.iter().map(|hit| hit.id.as_str()).collect()
}

/// What the verdict on one event calls unknown, as (question, why).
pub fn unknown<'a>(assessment: &'a Assessment, event: &str) -> Vec<(&'a str, &'a str)> {
    verdict(assessment, event).unknown.iter().map(|unknown| (unknown.question.as_str(), unknown.why.as_str())).collect()
}
