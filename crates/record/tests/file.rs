//! The record file: what is read, what is kept though it cannot be read, and what is refused with its place.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use lamella_record::{Answer, Event, Hundredths, Kind, Moment, PhaseWord, Record};
use serde_json::{Value, json};

fn moment(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

fn record(events: Value) -> Record {
    let patient = json!({"id": "p1", "time_zone": "Europe/Madrid", "procedure": {"date": "2026-03-02"}});
    Record::from_json(&json!({"patient": patient, "events": events}).to_string()).unwrap()
}

fn event(value: Value) -> Event {
    Event::from_value(value, 1, moment("2026-03-02T00:00:00Z"))
}

/// Every kind of event, with every key that it knows.
fn every_kind() -> Vec<Value> {
    let at = "2026-03-11T10:42:00+01:00";
    let desk = |id: &str, kind: &str| json!({"id": id, "kind": kind, "at": at, "alert": "saddle-change:e1", "by": "ben", "disposition": "advised", "note": "called"});
    let mut resolve = desk("e12", "resolve");
    resolve["known_until"] = json!("2026-03-20");
    vec![
        json!({"id": "e1", "kind": "check-in", "at": at, "received_at": "2026-03-11T10:42:03.5+01:00", "day": "2026-03-10", "corrects": "e0",
            "revision": "1", "answers": {"pain": 3, "temperature": 37.8, "character": ["ache", "sharp"], "numbness": "none"}, "complete": false,
            "not_asked": ["chest"], "imported": "2026-04-01T00:00:00Z"}),
        json!({"id": "e2", "kind": "stopped", "at": at, "activity": "lift", "pain": 5, "where": ["low-back", "groin"]}),
        json!({"id": "e3", "kind": "exercise", "at": at, "exercise": "walk", "done": "partly", "pain-during": 2, "reason": "rain"}),
        json!({"id": "e4", "kind": "walk", "at": at, "minutes": 12}),
        json!({"id": "e5", "kind": "milestone", "at": at, "milestone": "stairs"}),
        json!({"id": "e6", "kind": "instrument", "at": at, "instrument": "odi", "answers": {"1": 2}}),
        json!({"id": "e7", "kind": "override", "at": at, "restriction": "lift", "reason": "seen"}),
        json!({"id": "e8", "kind": "phase", "at": at, "action": "step-back", "phase": "protect", "until": "2026-03-20", "by": "dr", "reason": "seen"}),
        desk("e9", "acknowledge"),
        desk("e10", "contact"),
        resolve,
        json!({"id": "e13", "kind": "undo", "at": at, "undoes": "e9", "by": "ben"}),
        json!({"id": "e14", "kind": "ended", "at": at, "why": "a year has passed"}),
        json!({"id": "e15", "kind": "message", "at": at, "text": "hello"}),
        json!({"id": "e16", "kind": "appointment", "at": at, "date": "2026-04-01"}),
        json!({"id": "e17", "kind": "note", "at": at, "text": "brave"}),
    ]
}

#[test]
fn every_kind_round_trips() {
    for value in every_kind() {
        let read = event(value.clone());
        assert!(!matches!(read.kind, Kind::Unreadable(_)), "{value}: {:?}", read.kind);
        assert_eq!(json!(read.kind_word()), value["kind"]);
        let written = serde_json::to_value(&read).unwrap();
        // `complete` is written although true is what its absence means; everything else is what it was.
        let mut expected = value.clone();
        if let Some(at) = value["received_at"].as_str() {
            expected["received_at"] = json!(moment(at).to_string());
        }
        if value["imported"].is_string() {
            expected["imported"] = json!("2026-04-01T00:00:00+00:00");
        }
        assert_eq!(written, expected);
        assert_eq!(event(written), read);
    }
}

#[test]
fn what_the_events_say() {
    let all: Vec<Event> = every_kind().into_iter().map(event).collect();
    let Kind::CheckIn(check_in) = &all[0].kind else { panic!() };
    assert_eq!(check_in.answers["temperature"], Answer::Number(Hundredths(3780)));
    assert_eq!(check_in.answers["character"], Answer::Codes(vec!["ache".into(), "sharp".into()]));
    assert_eq!((check_in.complete, check_in.not_asked.as_slice()), (false, &["chest".to_string()][..]));
    let Kind::Stopped(stopped) = &all[1].kind else { panic!() };
    assert_eq!((stopped.activity.as_str(), &stopped.answers["pain"]), ("lift", &Answer::number(5)));
    assert!(!stopped.answers.contains_key("id") && !stopped.answers.contains_key("at"), "{:?}", stopped.answers);
    let Kind::Phase(order) = &all[7].kind else { panic!() };
    assert_eq!((order.action, order.phase.as_deref(), order.by.as_str()), (PhaseWord::StepBack, Some("protect"), "dr"));
    // A check-in that leaves things out.
    let Kind::CheckIn(bare) = event(json!({"id": "e", "kind": "check-in", "at": "2026-03-11T10:42:00Z"})).kind else { panic!() };
    assert!(bare.complete && bare.revision.is_empty() && bare.answers.is_empty());
    let Kind::CheckIn(numbered) = event(json!({"id": "e", "kind": "check-in", "at": "2026-03-11T10:42:00Z", "revision": 1})).kind else {
        panic!()
    };
    assert_eq!(numbered.revision, "1");
}

/// An event that cannot be read is kept whole, under its id and moment as far as those can be read.
#[test]
fn what_cannot_be_read_is_kept() {
    let fallback = moment("2026-03-02T00:00:00Z");
    for (value, id, at) in [
        (json!({"id": "e1", "kind": "sorcery", "at": "2026-03-11T10:42:00+01:00"}), "e1", "2026-03-11T10:42:00+01:00"),
        (json!({"id": "e1", "kind": "unreadable", "at": "2026-03-11T10:42:00+01:00"}), "e1", "2026-03-11T10:42:00+01:00"),
        (json!({"id": "e1", "kind": "check-in", "at": "yesterday"}), "e1", "2026-03-02T00:00:00+00:00"),
        (
            json!({"id": "e1", "kind": "check-in", "at": "yesterday", "received_at": "2026-03-11T10:42:00+01:00"}),
            "e1",
            "2026-03-11T10:42:00+01:00",
        ),
        (json!({"id": "e1", "kind": "check-in", "at": "2026-03-11T10:42:00"}), "e1", "2026-03-02T00:00:00+00:00"),
        (json!({"id": "e1", "kind": "check-in", "at": "2026-03-11T10:42:00Z", "answers": 7}), "e1", "2026-03-11T10:42:00+00:00"),
        (json!({"id": "e1", "kind": "resolve", "at": "2026-03-11T10:42:00Z", "alert": "x:y"}), "e1", "2026-03-11T10:42:00+00:00"),
        (json!({"id": "e1", "kind": "check-in", "at": "2026-03-11T10:42:00Z", "day": "the 3rd"}), "e1", "2026-03-11T10:42:00+00:00"),
        (json!({"id": "", "kind": "note", "at": "2026-03-11T10:42:00Z"}), "event-7", "2026-03-11T10:42:00+00:00"),
        (json!({"kind": "note", "at": "2026-03-11T10:42:00Z"}), "event-7", "2026-03-11T10:42:00+00:00"),
        (json!("what"), "event-7", "2026-03-02T00:00:00+00:00"),
        (json!(null), "event-7", "2026-03-02T00:00:00+00:00"),
    ] {
        let read = Event::from_value(value.clone(), 7, fallback);
        let Kind::Unreadable(kept) = &read.kind else { panic!("{value} was read as {read:?}") };
        assert_eq!((read.id.as_str(), read.at.to_string().as_str()), (id, at), "{value}");
        assert_eq!(kept.was, value);
        assert!(!kept.why.is_empty());
    }
    // It does not stop the others from being read.
    let mut events = every_kind();
    events.insert(3, json!({"id": "odd", "kind": "sorcery", "at": "2026-03-11T10:42:00Z"}));
    let all = record(json!(events));
    assert_eq!(all.events.iter().filter(|event| matches!(event.kind, Kind::Unreadable(_))).count(), 1);
    // (the undo took the acknowledgement of the same moment back)
    assert_eq!(all.events.len(), events.len() - 1);
}

#[test]
fn what_is_no_record() {
    for (text, says) in [
        ("", vec!["not JSON", "line 1"]),
        ("{\n  \"patient\": {,}\n}", vec!["not JSON", "line 2", "column 15"]),
        ("[]", vec!["names no `patient`"]),
        ("{}", vec!["names no `patient`"]),
        (r#"{"patient": 3}"#, vec!["`patient` cannot be read"]),
        (r#"{"patient": {"time_zone": "UTC", "procedure": {"date": "2026-03-02"}}}"#, vec!["`patient` cannot be read", "`id`"]),
        (r#"{"patient": {"id": "p1", "procedure": {"date": "2026-03-02"}}}"#, vec!["`patient` cannot be read", "`time_zone`"]),
        (r#"{"patient": {"id": "p1", "time_zone": "UTC"}}"#, vec!["`patient` cannot be read", "`procedure`"]),
        (r#"{"patient": {"id": "p1", "time_zone": "UTC", "procedure": {}}}"#, vec!["`patient` cannot be read", "`date`"]),
        (r#"{"patient": {"id": "p1", "time_zone": "UTC", "procedure": {"date": "spring"}}}"#, vec!["`patient` cannot be read"]),
        (
            r#"{"patient": {"id": "p1", "time_zone": "UTC", "procedure": {"date": "2026-03-02"}}, "events": 3}"#,
            vec!["`events` must be a list"],
        ),
    ] {
        let error = Record::from_json(text).expect_err(text).to_string();
        for word in says {
            assert!(error.contains(word), "{text}: {error:?} says nothing of {word:?}");
        }
        assert!(!error.contains("struct ") && !error.contains("::"), "people read this: {error}");
    }
    let none = r#"{"patient": {"id": "p1", "time_zone": "UTC", "procedure": {"date": "2026-03-02"}}}"#;
    assert!(Record::from_json(none).unwrap().events.is_empty());
}

/// Unknown keys of the patient and the procedure are kept.
#[test]
fn unknown_keys_are_kept() {
    let patient = json!({
        "id": "p1", "name": "Ana", "born": "1980-05-05", "sex": "female", "height_cm": 168, "phone": "555", "time_zone": "Europe/Madrid",
        "conditions": ["smoker"], "shoes": {"size": 41},
        "procedure": {"date": "2026-03-02", "levels": ["L4-L5"], "baseline_pain": 7, "lot": "F-12"},
        "pathway": [{"revision": 1, "from": "2026-03-02"}],
    });
    let read = Record::from_json(&json!({"patient": patient}).to_string()).unwrap().patient;
    assert_eq!(read.rest["shoes"]["size"], json!(41));
    assert_eq!(read.text("phone"), Some("555"));
    assert_eq!(read.procedure.rest["lot"], json!("F-12"));
    assert_eq!(read.baseline_pain(), Some(7));
    assert_eq!(serde_json::to_value(&read).unwrap(), patient);
}

/// A baseline that is no number from 0 to 10 is not known.
#[test]
fn a_baseline_is_a_number_from_0_to_10() {
    for (said, known) in
        [(json!(0), Some(0)), (json!(6.5), Some(7)), (json!(10), Some(10)), (json!(11), None), (json!(-1), None), (json!("seven"), None)]
    {
        let text = json!({"patient": {"id": "p1", "time_zone": "UTC", "procedure": {"date": "2026-03-02", "baseline_pain": said}}});
        assert_eq!(Record::from_json(&text.to_string()).unwrap().patient.baseline_pain(), known, "{said}");
    }
}

#[test]
fn days_and_years() {
    let patient = record(json!([])).patient;
    for (date, day) in
        [("2026-03-02", 0), ("2026-03-01", -1), ("2026-03-16", 14), ("2026-03-29", 27), ("2027-03-02", 365), ("2025-03-02", -365)]
    {
        let date = date.parse().unwrap();
        assert_eq!((patient.day_of(date), patient.date_of(day)), (day, date));
    }
    let mut born = patient;
    born.born = Some("1980-05-05".parse().unwrap());
    let ages = ["2026-05-04", "2026-05-05"].map(|date| born.age_on(date.parse().unwrap()));
    assert_eq!(ages, [Some(45), Some(46)]);
    born.born = None;
    assert_eq!(born.age_on("2026-05-05".parse().unwrap()), None);
}

/// The same id is the same event; where two differ, the earlier is kept, whatever came first, and it is said.
#[test]
fn each_id_once() {
    let one = |at: &str, text: &str| json!({"id": "e1", "kind": "note", "at": at, "text": text});
    let (early, late) = (one("2026-03-11T10:00:00Z", "early"), one("2026-03-11T11:00:00Z", "late"));
    for events in [json!([early, late]), json!([late, early]), json!([late, early, late, early])] {
        let read = record(events);
        assert_eq!((read.events.len(), read.events[0].at.to_string().as_str()), (1, "2026-03-11T10:00:00+00:00"));
        assert_eq!(read.warnings.iter().map(|warning| warning.event.as_str()).collect::<Vec<_>>(), ["e1"]);
    }
    assert!(record(json!([early, early])).warnings.is_empty());
}

/// Ordered by instant, then id; a clock that runs more than 10 minutes ahead of the arrival is not believed.
#[test]
fn in_their_order() {
    let note = |id: &str, at: &str, received: &str| json!({"id": id, "kind": "note", "at": at, "received_at": received});
    let read = record(json!([
        note("d", "2026-03-11T12:00:00+02:00", "2026-03-11T10:00:00Z"),
        note("c", "2026-03-11T10:00:00Z", "2026-03-11T10:00:00Z"),
        note("b", "2026-03-11T10:11:00Z", "2026-03-11T10:00:30Z"),
        note("a", "2026-03-12T10:11:00-05:00", "2026-03-11T09:59:00Z"),
    ]));
    assert_eq!(read.events.iter().map(|event| event.id.as_str()).collect::<Vec<_>>(), ["a", "c", "d", "b"]);
    let lying = &read.events[0];
    assert_eq!(
        (lying.moment().to_string().as_str(), lying.at.to_string().as_str()),
        ("2026-03-11T04:59:00-05:00", "2026-03-12T10:11:00-05:00")
    );
}
