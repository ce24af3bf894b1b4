//! What the desk does for a clinic, over a real file, with a clock held by hand.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::*;
use jiff::tz::TimeZone;
use lamella_desk::{CANNOT_SAY, Cases, DeskError, Draft, Ending, Fault, Invited, Kept, Late, NOT_REAL, OneCase, Outcome, REAL, Who};
use lamella_engine::alerts::AlertState;
use lamella_engine::{State, step};
use lamella_record::{Answer, Kind, Level};
use lamella_store::{NewEvent, Store};
use lamella_trajectory::detector::Case;
use serde_json::{Value, json};

fn late<T: std::fmt::Debug>(result: lamella_desk::Result<T>) -> Late {
    match result {
        Err(DeskError::Late(late)) => late,
        other => panic!("{other:?}"),
    }
}

fn wrong<T: std::fmt::Debug>(result: lamella_desk::Result<T>) -> Fault {
    match result {
        Err(DeskError::Wrong(fault)) => fault,
        other => panic!("{other:?}"),
    }
}

// ---- a check-in's way ----------------------------------------------------------------------------------------------------------

#[test]
fn a_check_in_is_told_and_goes_to_the_worklist() {
    let house = House::new();
    let now = on(5, "08:00");
    let receipt = house.receive(check_in("e1", now, json!({"numbness": "new"})), later(now, 30));
    assert_eq!(receipt.outcome, Outcome::Stored);
    let told = receipt.told.expect("a check-in is judged");
    assert_eq!((told.level, told.language.as_str()), (Level::Attention, "en"));
    assert_eq!(told.headline, "Stop what you were doing and call us today");
    assert_eq!(told.reasons[0].rule, "new-numbness");
    let rows = house.desk.worklist(now).unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].patient.name.as_deref(), rows[0].kept.alert.id.as_str()), (Some("Ana Ruiz"), "new-numbness:e1"));
    assert_eq!(rows[0].kept.told_at.instant(), later(now, 30), "the arrival, not the device's clock");
    assert_eq!(rows[0].projection.as_ref().unwrap().level, Level::Attention);
    assert_eq!(house.desk.told_of_alert(&house.key, &rows[0].kept.alert).unwrap(), Some(told));
    // A quiet day asks nobody.
    let quiet = house.receive(check_in("e2", on(6, "08:00"), json!({})), on(6, "08:00"));
    assert_eq!(quiet.told.unwrap().level, Level::Expected);
    assert_eq!(house.ids(on(6, "08:00")), ["new-numbness:e1"]);
}

#[test]
fn a_batch_can_be_sent_again() {
    let house = House::new();
    let batch = vec![
        check_in("e1", on(4, "08:00"), json!({"saddle": "yes"})),
        check_in("e2", on(5, "08:00"), json!({})),
        json!({"kind": "check-in", "at": at(on(5, "09:00"))}),
        json!({"id": "e3", "kind": "check-in", "at": "yesterday"}),
        json!({"id": "a:b", "kind": "check-in", "at": at(on(5, "09:00"))}),
        json!("what"),
        json!({"id": "e4", "kind": "sorcery", "at": at(on(5, "10:00"))}),
    ];
    let first = house.desk.receive(&house.key, batch.clone(), on(5, "12:00")).unwrap();
    let outcomes: Vec<&str> = first
        .iter()
        .map(|receipt| match receipt.outcome {
            Outcome::Stored => "stored",
            Outcome::Known => "known",
            Outcome::Refused { .. } => "refused",
        })
        .collect();
    assert_eq!(outcomes, ["stored", "stored", "refused", "refused", "refused", "refused", "stored"]);
    // What cannot be read is kept and raised.
    assert_eq!(first[6].id, "e4");
    assert_eq!(house.ids(on(5, "12:00")), ["saddle-change:e1", "unknown:e4"]);

    let again = house.desk.receive(&house.key, batch[..2].to_vec(), on(5, "12:05")).unwrap();
    for (before, after) in first.iter().zip(&again) {
        assert_eq!((after.outcome.clone(), &after.id, &after.told), (Outcome::Known, &before.id, &before.told));
    }
    // The same id is the same event: another one under it is refused, and the first stays.
    let other = house.receive(check_in("e2", on(5, "08:00"), json!({"chest": "yes"})), on(5, "12:10"));
    assert!(matches!(&other.outcome, Outcome::Refused { why } if why.contains("new id")), "{:?}", other.outcome);
    assert_eq!(house.desk.told_about(&house.key, "e2").unwrap(), first[1].told);
    assert_eq!(house.desk.record("p1").unwrap().events.len(), 3);
    // And in a new process the words are those that were told, not told anew.
    let house = house.again();
    let again = house.desk.receive(&house.key, batch[..2].to_vec(), on(5, "12:15")).unwrap();
    assert_eq!(
        again.iter().map(|receipt| &receipt.told).collect::<Vec<_>>(),
        first[..2].iter().map(|receipt| &receipt.told).collect::<Vec<_>>()
    );
}

#[test]
fn nobody_is_taken_for_somebody_else() {
    let house = House::new();
    let stranger = house.desk.key("nobody");
    let refused = house.desk.receive(&stranger, vec![check_in("e1", on(5, "08:00"), json!({}))], on(5, "08:00"));
    assert!(matches!(refused, Err(DeskError::NoPatient(_))), "{refused:?}");
    assert!(matches!(house.desk.acknowledge("p1", "saddle-change:e1", "ben", on(5, "08:00")), Err(DeskError::NoAlert(_))));
}

/// The desk withdraws nothing: a verdict that was told, or an alert that was kept, and that the fold no longer yields stays, marked,
/// until a person resolves it.
fn a_late_arrival(restart: bool) {
    let house = House::new();
    let sharp = |id: &str, day: i32| check_in(id, on(day, "08:00"), json!({"character": "sharp"}));
    house.receive(check_in("e1", on(1, "08:00"), json!({})), on(1, "08:00"));
    let told = house.receive(sharp("e6", 6), on(6, "08:00")).told.unwrap();
    assert_eq!(told.level, Level::Attention, "for the first time");
    let house = if restart { house.again() } else { house };
    // Day 3 comes late: day 6 was not the first time.
    house.receive(sharp("e3", 3), on(6, "12:00"));
    let now = on(6, "12:00");
    let kept = house.desk.alert("p1", "sharp-pain:e6").unwrap();
    assert!(kept.alert.stands() && kept.no_longer_follows, "{kept:?}");
    assert!(house.ids(now).contains(&"sharp-pain:e6".to_string()) && house.ids(now).contains(&"sharp-pain:e3".to_string()));
    assert_eq!(house.desk.told_about(&house.key, "e6").unwrap(), Some(told), "what was told was told");
    assert_eq!(house.desk.assess(&house.desk.record("p1").unwrap(), now).verdicts[2].level, Level::Expected, "it is judged again");
    house.desk.resolve("p1", "sharp-pain:e6", "ben", Ending { how: "called", note: "no longer sharp", ..Ending::default() }, now).unwrap();
    assert_eq!(house.desk.alert("p1", "sharp-pain:e6").unwrap().alert.state, AlertState::Resolved);
    assert!(!house.ids(now).contains(&"sharp-pain:e6".to_string()));
    // Another late arrival does not bring it back.
    house.receive(check_in("e2", on(2, "08:00"), json!({})), on(6, "13:00"));
    assert!(!house.ids(on(6, "13:00")).contains(&"sharp-pain:e6".to_string()));
    assert!(house.ids(on(6, "13:00")).contains(&"sharp-pain:e3".to_string()));
}

#[test]
fn a_late_arrival_judges_again_and_withdraws_nothing() {
    a_late_arrival(false);
}

#[test]
fn a_late_arrival_after_a_restart_withdraws_nothing() {
    a_late_arrival(true);
}

#[test]
fn an_earlier_first_event_joins_the_alert() {
    let house = House::new();
    let numb = |id: &str, day: i32| check_in(id, on(day, "08:00"), json!({"numbness": "new"}));
    house.receive(numb("e6", 6), on(6, "08:00"));
    house.receive(numb("e5", 5), on(6, "15:00"));
    assert_eq!(house.ids(on(6, "15:00")), ["new-numbness:e5"], "one row");
    let kept = house.desk.alert("p1", "new-numbness:e6").unwrap();
    assert_eq!(kept.alert.id, "new-numbness:e5", "it answers to its old id");
    assert_eq!(kept.told_at.instant(), on(6, "08:00"), "the clinic has had it since the morning");
    house.desk.acknowledge("p1", "new-numbness:e6", "ben", on(6, "15:10")).unwrap();
    assert_eq!(house.desk.alert("p1", "new-numbness:e5").unwrap().alert.acknowledged.unwrap().by, "ben");
}

// ---- what a person at the clinic does ------------------------------------------------------------------------------------------

#[test]
fn two_nurses_and_one_alert() {
    let house = House::new();
    house.receive(check_in("e1", on(5, "08:00"), json!({"unwell": "yes"})), on(5, "08:00"));
    house.desk.acknowledge("p1", "feeling-ill:e1", "ben", on(5, "09:00")).unwrap();
    assert_eq!(late(house.desk.acknowledge("p1", "feeling-ill:e1", "eva", on(5, "09:01"))), Late::TakenBy("ben".to_string()));
    assert!(house.desk.acknowledge("p1", "feeling-ill:e1", "ben", on(5, "09:02")).is_ok(), "one's own is no conflict");
    assert_eq!(house.desk.alert("p1", "feeling-ill:e1").unwrap().alert.acknowledged.unwrap().by, "ben");
}

#[test]
fn a_resolve_says_how_and_what() {
    let house = House::new();
    house.receive(check_in("e1", on(5, "08:00"), json!({"unwell": "yes", "saddle": "yes"})), on(5, "08:00"));
    let now = on(5, "09:00");
    let resolve = |alert: &str, how: &str, note: &str, until: Option<i32>| {
        house.desk.resolve(
            "p1",
            alert,
            "ben",
            Ending { how, note, known_until: until.map(|day| person().date_of(day)), ..Ending::default() },
            now,
        )
    };
    assert_eq!(wrong(resolve("feeling-ill:e1", "", "called", None)), Fault::Disposition);
    assert_eq!(wrong(resolve("feeling-ill:e1", "advised", "  ", None)), Fault::Note);
    assert_eq!(wrong(resolve("feeling-ill:e1", "advised", "called", Some(5 + 29))), Fault::KnownTooLong);
    assert_eq!(wrong(resolve("feeling-ill:e1", "advised", "called", Some(4))), Fault::KnownPast);
    assert_eq!(wrong(resolve("saddle-change:e1", "advised", "called", Some(10))), Fault::KnownEmergency);
    assert_eq!(wrong(house.desk.contact("p1", "feeling-ill:e1", "ben", "", "", now)), Fault::Outcome);
    assert_eq!(house.list(now).len(), 2, "nothing of that was done");
    resolve("feeling-ill:e1", "advised", "called", Some(5 + 28)).unwrap();
    assert_eq!(house.ids(now), ["saddle-change:e1"]);
    assert_eq!(late(resolve("feeling-ill:e1", "advised", "called", None)), Late::ResolvedBy("ben".to_string()));
}

#[test]
fn undo_within_a_minute() {
    let house = House::new();
    house.receive(check_in("e1", on(5, "08:00"), json!({"unwell": "yes"})), on(5, "08:00"));
    let done = house
        .desk
        .resolve("p1", "feeling-ill:e1", "ben", Ending { how: "advised", note: "called", ..Ending::default() }, on(5, "09:00"))
        .unwrap();
    assert!(house.ids(on(5, "09:00")).is_empty());
    assert_eq!(late(house.desk.undo("p1", &done.id, "ben", later(on(5, "09:00"), 61))), Late::UndoTooLate);
    house.desk.undo("p1", &done.id, "ben", later(on(5, "09:00"), 60)).unwrap();
    assert_eq!(house.ids(on(5, "09:01")), ["feeling-ill:e1"]);
    assert_eq!(house.desk.alert("p1", "feeling-ill:e1").unwrap().alert.state, AlertState::Open);
    assert_eq!(house.desk.alert("p1", "feeling-ill:e1").unwrap().told_at.instant(), on(5, "08:00"), "its time went on");
    assert_eq!(late(house.desk.undo("p1", &done.id, "ben", later(on(5, "09:00"), 60))), Late::NothingToUndo);
}

/// What the clinic has had for two days is not new because it was resolved and the resolve taken back: one alert alone, or everything
/// with one note, what the clock asks for too.
fn undone_as_if_never_done(also: &[usize]) {
    let house = House::new();
    let signs = json!({"unwell": "yes", "numbness": "new", "rest-pain": "yes", "fall": "yes", "needle-site": "swollen"});
    house.receive(check_in("e3", on(3, "08:00"), signs), on(3, "08:00"));
    house.receive(check_in("e4", on(4, "08:00"), json!({"unwell": "yes"})), on(4, "08:00"));
    house.desk.look_again(on(6, "00:00")).unwrap();
    house.desk.look_again(on(7, "00:00")).unwrap();
    let now = on(7, "09:00");
    let before: Vec<_> = house.desk.worklist(now).unwrap().into_iter().map(|row| row.kept).collect();
    let named: Vec<&str> = before.iter().map(|kept| kept.alert.id.as_str()).collect();
    assert!(named.len() == 6 && named.contains(&"silence:e4"), "{named:?}");
    let ending = Ending { how: "advised", note: "called", ..Ending::default() };
    let resolve = |nth: &usize| house.desk.resolve("p1", named[*nth], "ben", ending, now).unwrap().id;
    let done: Vec<String> = also.iter().map(resolve).collect();
    house.desk.look_again(later(now, 20)).unwrap();
    for (nth, event) in done.iter().enumerate() {
        house.desk.undo("p1", event, "ben", later(now, 30 + nth as i64)).unwrap();
    }
    let after: Vec<_> = house.desk.worklist(later(now, 60)).unwrap().into_iter().map(|row| row.kept).collect();
    assert_eq!(after, before, "as if nobody had done anything");
}

#[test]
fn undo_is_as_if_nothing_had_been_done() {
    (0..6).for_each(|nth| undone_as_if_never_done(&[nth]));
    undone_as_if_never_done(&[0, 1, 2, 3, 4, 5]);
    undone_as_if_never_done(&[5, 4, 3, 2, 1, 0]);
}

#[test]
fn nobody_acts_in_time() {
    let house = House::new();
    // Friday 6 March, 16:00: eight clinic hours end on Monday at 15:00.
    house.receive(check_in("e1", on(4, "16:00"), json!({"unwell": "yes"})), on(4, "16:00"));
    for day in 5..=7 {
        house.receive(check_in(&format!("q{day}"), on(day, "08:00"), json!({})), on(day, "08:00"));
    }
    let row = |now| house.desk.worklist(now).unwrap().remove(0);
    assert_eq!(row(on(6, "12:00")).deadline.unwrap().at.instant(), on(7, "15:00"));
    assert!(!row(on(7, "15:00")).is_late());
    assert!(row(later(on(7, "15:00"), 1)).is_late());
    house.desk.contact("p1", "feeling-ill:e1", "ben", "no-answer", "", on(7, "15:30")).unwrap();
    assert!(row(on(7, "16:00")).is_late(), "nobody was reached");
    house.desk.contact("p1", "feeling-ill:e1", "ben", "somebody-else", "", on(7, "16:10")).unwrap();
    assert!(row(on(7, "16:15")).is_late(), "nor was the person");
    house.desk.contact("p1", "feeling-ill:e1", "ben", "answered", "", on(7, "16:20")).unwrap();
    assert!(!row(on(7, "16:30")).is_late(), "somebody has spoken to the person");
}

#[test]
fn a_new_event_has_its_own_time() {
    let house = House::new();
    let ill = |id: &str, day: i32| house.receive(check_in(id, on(day, "09:00"), json!({"unwell": "yes"})), on(day, "09:00"));
    ill("e1", 0);
    house.desk.acknowledge("p1", "feeling-ill:e1", "ben", on(0, "10:00")).unwrap();
    let row = |now| house.desk.worklist(now).unwrap().remove(0);
    assert!(row(on(2, "08:00")).is_late(), "somebody has it, and nobody has spoken to the person");
    ill("e2", 2);
    assert_eq!((row(on(2, "09:01")).kept.alert.state, row(on(2, "09:01")).is_late()), (AlertState::Open, false));
    assert_eq!(row(on(2, "09:01")).deadline.unwrap().at.instant(), on(2, "17:00"));
    // A further day of a run that nobody has seen does not put the deadline off.
    ill("e3", 3);
    assert!(row(on(3, "09:01")).is_late());
}

#[test]
fn a_failed_call_does_not_quiet_a_later_red_flag() {
    let house = House::new();
    let bladder =
        |id: &str, day: i32, said: &str| house.receive(check_in(id, on(day, "09:00"), json!({"bladder": said})), on(day, "09:00"));
    bladder("e1", 5, "hard-to-start");
    let id = house.ids(on(5, "09:00")).remove(0);
    house.desk.contact("p1", &id, "ben", "wrong-number", "", on(5, "09:05")).unwrap();
    bladder("e2", 6, "cannot-pass");
    let rows = house.desk.worklist(on(7, "12:00")).unwrap();
    assert!(rows.iter().all(|row| row.is_late()), "{rows:#?}");
    // Nor does a talk about what was said before it.
    house.desk.contact("p1", &id, "ben", "answered", "", on(7, "12:00")).unwrap();
    let of_it = |now| house.desk.worklist(now).unwrap().into_iter().find(|row| row.kept.alert.answers_to(&id)).unwrap();
    assert!(!of_it(on(8, "08:00")).is_late(), "somebody has spoken to the person");
    bladder("e3", 8, "cannot-pass");
    assert_eq!(of_it(on(8, "09:00")).kept.waits_since().unwrap().instant(), on(8, "09:00"), "what comes after it has a time of its own");
    assert!(house.desk.worklist(on(9, "12:00")).unwrap().iter().any(|row| row.is_late()));
}

// ---- what is taken back, and what nobody had seen --------------------------------------------------------------------------------

/// An alert at attention that only the desk still keeps: over, because the person has answered again.
fn silence_that_is_over() -> House {
    let house = House::new();
    house.receive(check_in("e5", on(5, "08:00"), json!({})), on(5, "08:00"));
    house.desk.look_again(on(7, "00:00")).unwrap();
    house.desk.look_again(on(8, "00:00")).unwrap();
    house.receive(check_in("e8", on(8, "09:00"), json!({})), on(8, "09:00"));
    house
}

/// An alert at attention that no longer follows, because an earlier check-in came late.
fn sharp_that_no_longer_follows() -> House {
    let house = House::new();
    let sharp = |id: &str, day: i32| check_in(id, on(day, "08:00"), json!({"character": "sharp"}));
    house.receive(check_in("e1", on(1, "08:00"), json!({})), on(1, "08:00"));
    house.receive(sharp("e6", 6), on(6, "08:00"));
    house.receive(sharp("e3", 3), on(6, "12:00"));
    house
}

#[test]
fn what_was_done_about_a_left_over_alert_can_be_taken_back() {
    for (made, id) in [(silence_that_is_over as fn() -> House, "silence:e5"), (sharp_that_no_longer_follows, "sharp-pain:e6")] {
        let (house, now) = (made(), on(8, "10:00"));
        let before = house.desk.alert("p1", id).unwrap();
        assert!(before.alert.stands() && (before.alert.over || before.no_longer_follows), "{before:?}");
        let undo = |event: &str, seconds: i64| house.desk.undo("p1", event, "ben", later(now, seconds)).unwrap();
        let done = house.desk.resolve("p1", id, "ben", Ending { how: "other", note: "wrong person", ..Ending::default() }, now).unwrap();
        assert!(!house.ids(now).contains(&id.to_string()));
        undo(&done.id, 10);
        assert_eq!(house.desk.alert("p1", id).unwrap(), before, "as if it had never been");
        let taken = house.desk.acknowledge("p1", id, "ben", later(now, 20)).unwrap();
        let called = house.desk.contact("p1", id, "ben", "answered", "", later(now, 21)).unwrap();
        assert_eq!(house.desk.alert("p1", id).unwrap().alert.state, AlertState::Acknowledged);
        undo(&called.id, 30);
        let kept = house.desk.alert("p1", id).unwrap();
        assert_eq!((kept.alert.state, kept.alert.contacts.len()), (AlertState::Acknowledged, 0), "one is taken back, the other stays");
        undo(&taken.id, 31);
        assert_eq!(house.desk.alert("p1", id).unwrap(), before);
        // In another process too, and after more has come in.
        let done = house
            .desk
            .resolve("p1", id, "ben", Ending { how: "other", note: "wrong person", ..Ending::default() }, later(now, 40))
            .unwrap();
        let house = house.again();
        house.receive(check_in("e9", later(now, 45), json!({})), later(now, 45));
        house.desk.undo("p1", &done.id, "ben", later(now, 50)).unwrap();
        assert!(house.ids(now).contains(&id.to_string()));
    }
}

#[test]
fn a_deed_and_its_undo_in_one_batch_leave_nothing() {
    let (house, now) = (silence_that_is_over(), on(8, "10:00"));
    let before = house.desk.alert("p1", "silence:e5").unwrap();
    let word = |id: &str, kind: &str, more: serde_json::Value| {
        let mut event = json!({"id": id, "kind": kind, "at": at(now), "by": "ben"});
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        event
    };
    let deed = word("d1", "resolve", json!({"alert": "silence:e5", "disposition": "other", "note": "x"}));
    let undo = word("d2", "undo", json!({"undoes": "d1"}));
    house.desk.receive(&house.key, vec![deed, undo], now).unwrap();
    assert_eq!(house.desk.alert("p1", "silence:e5").unwrap(), before);
}

#[test]
fn a_record_is_at_the_level_of_what_still_stands() {
    let level = |house: &House| house.desk.person("p1").unwrap().projection.unwrap().level;
    let left_over = [(silence_that_is_over(), "silence:e5", 8), (sharp_that_no_longer_follows(), "sharp-pain:e6", 6)];
    for (house, id, day) in left_over {
        let on = |time: &str| on(day, time);
        // What the fold itself asks for is dealt with, so that only the left-over one stands.
        for kept in house.desk.open_alerts("p1").unwrap().iter().filter(|kept| kept.alert.id != id) {
            house
                .desk
                .resolve("p1", &kept.alert.id, "ben", Ending { how: "advised", note: "spoke", ..Ending::default() }, on("13:00"))
                .unwrap();
        }
        assert_eq!((house.ids(on("13:00")), level(&house)), (vec![id.to_string()], Level::Attention));
        let house = house.again();
        house.desk.wake(on("13:01")).unwrap();
        assert_eq!(level(&house), Level::Attention);
        house.desk.resolve("p1", id, "ben", Ending { how: "advised", note: "spoke", ..Ending::default() }, on("13:02")).unwrap();
        assert!(level(&house) < Level::Attention);
    }
}

#[test]
fn nobody_covers_what_they_have_not_seen() {
    let house = House::new();
    house.receive(check_in("e1", on(5, "08:00"), json!({"numbness": "new"})), on(5, "08:00"));
    let ben = Who { name: "ben", seen: Some(on(5, "09:00")), form: "" };
    house.receive(check_in("e2", on(5, "09:30"), json!({"numbness": "spreading"})), on(5, "09:30"));
    let now = on(5, "10:00");
    assert_eq!(
        late(house.desk.resolve("p1", "new-numbness:e1", ben, Ending { how: "advised", note: "spoke", ..Ending::default() }, now)),
        Late::News
    );
    assert_eq!(late(house.desk.acknowledge("p1", "new-numbness:e1", ben, now)), Late::News);
    let stands = house.desk.alert("p1", "new-numbness:e1").unwrap();
    assert_eq!(stands.alert.state, AlertState::Open);
    // A colleague who is at it.
    let seen = Who { name: "ben", seen: Some(on(5, "10:00")), form: "" };
    house.desk.contact("p1", "new-numbness:e1", "eva", "no-answer", "", on(5, "10:30")).unwrap();
    assert_eq!(
        late(house.desk.resolve(
            "p1",
            "new-numbness:e1",
            seen,
            Ending { how: "advised", note: "spoke", ..Ending::default() },
            on(5, "11:00")
        )),
        Late::News
    );
    let seen = Who { name: "ben", seen: Some(on(5, "11:00")), form: "" };
    house
        .desk
        .resolve("p1", "new-numbness:e1", seen, Ending { how: "advised", note: "spoke", ..Ending::default() }, on(5, "11:00"))
        .unwrap();
}

#[test]
fn what_comes_in_behind_a_resolve_is_not_covered_by_it() {
    let house = House::new();
    house.receive(check_in("e1", on(5, "08:00"), json!({"numbness": "new"})), on(5, "08:00"));
    let now = on(5, "10:00");
    house.desk.resolve("p1", "new-numbness:e1", "ben", Ending { how: "advised", note: "spoke", ..Ending::default() }, now).unwrap();
    // Its request had been read a moment before the resolve; it was kept after it.
    let came = later(now, -1);
    house.receive(check_in("e2", came, json!({"numbness": "new"})), came);
    let kept = house.desk.alert("p1", "new-numbness:e2").unwrap();
    assert!(kept.alert.stands(), "{kept:?}");
}

#[test]
fn only_what_a_rule_found_can_be_known() {
    let house = House::new();
    let now = on(5, "08:00");
    house.receive(check_in("e1", now, json!({"unwell": null})), now);
    let until = |day: i32| Some(person().date_of(day));
    let known = |alert: &str, now| {
        house.desk.resolve("p1", alert, "ben", Ending { how: "known", note: "as before", known_until: until(12), ..Ending::default() }, now)
    };
    assert_eq!(wrong(known("unknown:e1", now)), Fault::KnownNoFinding);
    house.desk.look_again(on(7, "00:00")).unwrap();
    assert_eq!(wrong(known("silence:e1", on(7, "09:00"))), Fault::KnownNoFinding);
    house
        .desk
        .resolve("p1", "unknown:e1", "ben", Ending { how: "advised", note: "asked by phone", ..Ending::default() }, on(7, "09:00"))
        .unwrap();
}

// ---- silence -------------------------------------------------------------------------------------------------------------------

#[test]
fn silence_is_noticed_at_midnight_and_ends_with_a_check_in() {
    let house = House::new();
    house.receive(check_in("e5", on(5, "08:00"), json!({})), on(5, "08:00"));
    house.desk.look_again(on(6, "23:59")).unwrap();
    assert!(house.ids(on(6, "23:59")).is_empty());
    assert_eq!(house.desk.look_again(on(7, "00:00")).unwrap(), 1);
    assert_eq!(house.list(on(7, "00:00")), [("silence:e5".to_string(), "watch".to_string())]);
    assert_eq!(house.desk.look_again(on(7, "00:01")).unwrap(), 0, "it was looked at already");
    house.receive(check_in("e7", on(7, "09:00"), json!({})), on(7, "09:00"));
    assert!(house.ids(on(7, "09:00")).is_empty());
    let kept = house.desk.alert("p1", "silence:e5").unwrap();
    assert_eq!(kept.alert.resolved.unwrap().by, "lamella");
}

#[test]
fn a_long_silence_waits_for_a_person() {
    let house = House::new();
    house.receive(check_in("e5", on(5, "08:00"), json!({})), on(5, "08:00"));
    house.desk.look_again(on(7, "00:00")).unwrap();
    house.desk.look_again(on(8, "00:00")).unwrap();
    assert_eq!(house.list(on(8, "00:00")), [("silence:e5".to_string(), "attention".to_string())]);
    let row = house.desk.worklist(on(8, "00:00")).unwrap().remove(0);
    assert_eq!(row.kept.told_at.instant(), on(8, "00:00"), "it is attention since now");
    assert!(!row.is_late(), "nobody is called at midnight for it");
    house.receive(check_in("e8", on(8, "09:00"), json!({})), on(8, "09:00"));
    let kept = house.desk.alert("p1", "silence:e5").unwrap();
    assert!(kept.alert.stands() && kept.alert.over);
    house
        .desk
        .resolve("p1", "silence:e5", "ben", Ending { how: "spoke", note: "was travelling", ..Ending::default() }, on(8, "10:00"))
        .unwrap();
    assert!(house.ids(on(8, "10:00")).is_empty());
    house.desk.look_again(on(9, "00:00")).unwrap();
    assert!(house.ids(on(9, "00:00")).is_empty());
}

#[test]
fn the_persons_midnight_not_the_clinics() {
    let mut away = person();
    away.time_zone = "America/New_York".to_string();
    let house = House::with(away);
    let zone = TimeZone::get("America/New_York").unwrap();
    let there = |day: i32, time: &str| {
        let time: jiff::civil::Time = time.parse().unwrap();
        person().date_of(day).to_datetime(time).to_zoned_datetime(zone.clone()).unwrap().timestamp()
    };
    let moment = |now| lamella_record::Moment::new(now, zone.to_offset(now)).to_string();
    let mut event = check_in("e5", there(5, "08:00"), json!({}));
    event["at"] = json!(moment(there(5, "08:00")));
    house.receive(event, there(5, "08:00"));
    house.desk.look_again(on(7, "00:00")).unwrap();
    assert!(house.ids(on(7, "00:00")).is_empty());
    house.desk.look_again(there(7, "00:00")).unwrap();
    assert_eq!(house.ids(there(7, "00:00")), ["silence:e5"]);
}

#[test]
fn somebody_who_never_answered_is_silent_too() {
    let house = House::new();
    house.desk.wake(on(1, "12:00")).unwrap();
    assert!(house.ids(on(1, "12:00")).is_empty());
    house.desk.look_again(on(2, "00:00")).unwrap();
    assert_eq!(house.ids(on(2, "00:00")), ["silence:procedure"]);
}

// ---- drafts --------------------------------------------------------------------------------------------------------------------

fn draft(answers: &[(&str, &str)]) -> Draft {
    let mut draft = Draft::new(None);
    draft.answers = answers.iter().map(|(question, answer)| (question.to_string(), Answer::code(answer))).collect();
    draft
}

#[test]
fn a_red_flag_does_not_wait_for_the_end() {
    let house = House::new();
    let now = on(5, "08:00");
    let calm = draft(&[("rest-pain", "no")]);
    assert_eq!(house.desk.keep_draft(&house.key, calm.clone(), now).unwrap(), None);
    assert!(house.ids(now).is_empty());
    let mut flag = calm;
    flag.answers.insert("saddle".to_string(), Answer::code("yes"));
    let receipt = house.desk.keep_draft(&house.key, flag.clone(), later(now, 20)).unwrap().expect("it is sent ahead");
    assert_eq!(receipt.told.unwrap().level, Level::Emergency);
    assert!(house.ids(now).contains(&format!("saddle-change:{}-emergency", flag.id)));
    let record = house.desk.record("p1").unwrap();
    let Kind::CheckIn(sent) = &record.events[0].kind else { panic!("a check-in") };
    assert!(!sent.complete);
    // Once: the next answer does not send it again.
    let (_, mut kept) = house.desk.draft(&house.key).unwrap().expect("the draft stays");
    kept.answers.insert("bowel".to_string(), Answer::code("normal"));
    assert_eq!(house.desk.keep_draft(&house.key, kept.clone(), later(now, 40)).unwrap(), None);
    // The whole check-in follows; it takes nothing back, and closes what was only not answered yet.
    let whole = check_in("x", now, json!({"saddle": "yes"}));
    kept.answers = serde_json::from_value(whole["answers"].clone()).unwrap();
    house.desk.send_draft(&house.key, &kept, later(now, 120)).unwrap();
    assert_eq!(house.desk.draft(&house.key).unwrap(), None);
    assert_eq!(house.ids(later(now, 120)), [format!("saddle-change:{}-emergency", kept.id)]);
}

#[test]
fn an_old_draft_is_sent_as_it_stands() {
    let house = House::new();
    let now = on(5, "08:00");
    let started = draft(&[("rest-pain", "no"), ("numbness", "as-before")]);
    house.desk.keep_draft(&house.key, started.clone(), now).unwrap();
    assert_eq!(house.desk.send_old_drafts(later(now, 30 * 60)).unwrap(), 0);
    assert_eq!(house.desk.send_old_drafts(later(now, 30 * 60 + 1)).unwrap(), 1);
    assert_eq!(house.desk.send_old_drafts(later(now, 40 * 60)).unwrap(), 0);
    let record = house.desk.record("p1").unwrap();
    assert_eq!((record.events.len(), record.events[0].id.as_str()), (1, started.id.as_str()));
    assert!(matches!(&record.events[0].kind, Kind::CheckIn(sent) if !sent.complete));
    assert_eq!(house.list(later(now, 40 * 60))[0].1, "attention", "what was not answered raises");
}

#[test]
fn an_opened_form_without_an_answer_is_forgotten() {
    let house = House::new();
    let now = on(5, "08:00");
    house.desk.keep_draft(&house.key, draft(&[]), now).unwrap();
    assert_eq!(house.desk.send_old_drafts(later(now, 3600)).unwrap(), 0);
    assert_eq!(house.desk.draft(&house.key).unwrap(), None);
    assert!(house.desk.record("p1").unwrap().events.is_empty());
}

// ---- crashes and caches --------------------------------------------------------------------------------------------------------

#[test]
fn what_was_kept_and_not_judged_is_judged_on_waking() {
    let house = House::new();
    house.receive(check_in("e4", on(4, "08:00"), json!({})), on(4, "08:00"));
    let mut event = check_in("e5", on(5, "08:00"), json!({"saddle": "yes"}));
    event["received_at"] = json!(at(on(5, "08:00")));
    let millis = on(5, "08:00").as_millisecond();
    let event = NewEvent { id: "e5".into(), at: millis, received_at: millis, kind: "check-in".into(), body: event.to_string() };
    house.store.append(&house.key, &[event]).unwrap();
    // … and here the process died.
    let house = house.again();
    assert!(house.ids(on(5, "09:00")).is_empty());
    house.desk.wake(on(5, "09:00")).unwrap();
    assert_eq!(house.ids(on(5, "09:00")), ["saddle-change:e5"]);
    assert_eq!(house.desk.told_about(&house.key, "e5").unwrap().unwrap().level, Level::Emergency);
    assert!(house.store.unassessed().unwrap().is_empty());
}

#[test]
fn a_snapshot_gives_the_same_as_a_rebuild() {
    let mut house = House::new();
    for day in 1..=40 {
        let but = match day {
            12 => json!({"numbness": "new"}),
            20 => json!({"rest-pain": "yes"}),
            33 => json!({"unwell": "yes", "pain": 7}),
            _ => json!({}),
        };
        house.receive(check_in(&format!("e{day}"), on(day, "08:00"), but), on(day, "08:00"));
        if day == 13 {
            house.desk.acknowledge("p1", "new-numbness:e12", "ben", on(13, "09:00")).unwrap();
        }
        if day % 7 == 0 {
            house = house.again();
        }
    }
    let (version, bytes) = house.store.snapshot(&house.key).unwrap().expect("41 events make one");
    let kept: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    let kept: State = serde_json::from_value(kept["state"].clone()).unwrap();
    let stored = house.store.events(&house.key, 0).unwrap();
    let record = house.desk.record("p1").unwrap();
    let mut built = State::new(house.desk.pathways());
    let early: Vec<&str> = stored.iter().filter(|stored| stored.seq <= version).map(|stored| stored.event.id.as_str()).collect();
    for event in record.events.iter().filter(|event| early.contains(&event.id.as_str())) {
        step(house.desk.pathways(), &record.patient, &mut built, event);
    }
    assert_eq!(kept, built);
    // A new process goes on from it, and a quiet or a loud day comes out as in one fold.
    let house = house.again();
    let now = on(41, "08:00");
    house.receive(check_in("e41", now, json!({"against-usual": "worse", "character": "sharp"})), now);
    let whole = house.desk.assess(&house.desk.record("p1").unwrap(), now);
    assert_eq!(house.desk.person("p1").unwrap().projection.unwrap().level, whole.level);
    let mut open: Vec<_> = house.desk.open_alerts("p1").unwrap().into_iter().map(|kept| kept.alert).collect();
    let mut standing: Vec<_> = whole.alerts.into_iter().filter(|alert| alert.stands()).collect();
    open.sort_by(|a, b| a.id.cmp(&b.id));
    standing.sort_by(|a, b| a.id.cmp(&b.id));
    assert_eq!(open, standing);
    for id in ["new-numbness:e12", "feeling-ill:e33", "sharp-pain:e41", "hold:protect"] {
        assert!(open.iter().any(|alert| alert.id == id), "{id}");
    }
}

/// The state is a cache of the events under these particulars: changed particulars are a new fold, told of nothing twice.
#[test]
fn changed_particulars_are_judged_by() {
    let house = House::new();
    let severe = json!({"pain": 8, "pain-worst": 8});
    let told = house.receive(check_in("e5", on(5, "08:00"), severe), on(5, "08:00")).told.unwrap();
    assert!(told.level < Level::Attention, "no intake rating, no usual, and it does not feel worse: {:?}", told.level);
    let mut known = person();
    known.procedure.baseline_pain = Some(Answer::number(2));
    house.desk.put_patient(&known, on(5, "09:00")).unwrap();
    assert!(house.ids(on(5, "09:00")).contains(&"severe-pain:e5".to_string()), "{:?}", house.ids(on(5, "09:00")));
    assert_eq!(house.desk.told_about(&house.key, "e5").unwrap(), Some(told), "what was told was told");
    let next = house.receive(check_in("e6", on(6, "08:00"), json!({"pain": 8, "pain-worst": 8})), on(6, "08:00"));
    assert_eq!(next.told.unwrap().level, Level::Attention);
}

// ---- who may come in -----------------------------------------------------------------------------------------------------------

#[test]
fn an_invitation_is_used_once() {
    let house = House::new();
    let now = on(0, "12:00");
    let (secret, invitation) = house.desk.invite("p1", now).unwrap();
    // An e-mail preview looks, and uses nothing up.
    for _ in 0..3 {
        assert_eq!(house.desk.invitation(&secret.0, now).unwrap(), Invited::Open(invitation.clone()));
    }
    let device = house.desk.accept(&secret.0, later(now, 60)).unwrap().expect("the first one gets it");
    assert_eq!(house.desk.device(&device.0, later(now, 60)).unwrap().unwrap().patient, "p1");
    assert_eq!(house.desk.accept(&secret.0, later(now, 61)).unwrap(), Err(Invited::Used));
    assert_eq!(house.desk.invitation(&secret.0, later(now, 61)).unwrap(), Invited::Used);
    assert_eq!(house.desk.accept("something else", now).unwrap(), Err(Invited::Unknown));

    let (old, invitation) = house.desk.invite("p1", now).unwrap();
    assert_eq!(house.desk.accept(&old.0, invitation.until).unwrap(), Err(Invited::Expired));
    let (first, _) = house.desk.invite("p1", now).unwrap();
    let (second, _) = house.desk.invite("p1", now).unwrap();
    assert_eq!(house.desk.accept(&first.0, now).unwrap(), Err(Invited::Unknown), "a newer one ends it");
    assert!(house.desk.accept(&second.0, now).unwrap().is_ok());
    // A secret of one kind opens nothing of another.
    assert_eq!(house.desk.staff(&device.0, now).unwrap(), None);
    let found = house.desk.device(&device.0, now).unwrap().unwrap();
    house.desk.sign_out(&found.hash).unwrap();
    assert_eq!(house.desk.device(&device.0, now).unwrap(), None);
}

#[test]
fn staff_sign_in() {
    let house = House::new();
    let now = on(0, "12:00");
    assert_eq!(wrong(house.desk.add_staff("ben", "Ben", "too short")), Fault::Password);
    house.desk.add_staff(" Ben ", "Ben Ortega", "four random words do").unwrap();
    assert_eq!(house.desk.sign_in("ben", "four random words", now).unwrap(), None);
    assert_eq!(house.desk.sign_in("eva", "four random words do", now).unwrap(), None);
    let secret = house.desk.sign_in("BEN", "four random words do", now).unwrap().expect("right");
    let staff = house.desk.staff(&secret.0, now).unwrap().unwrap();
    assert_eq!((staff.login.as_str(), staff.name.as_str()), ("ben", "Ben Ortega"));
    assert_eq!(house.desk.staff(&secret.0, later(now, 12 * 3600)).unwrap(), None, "a shift later");
    assert_eq!(house.desk.device(&secret.0, now).unwrap(), None);
}

#[test]
fn a_case_of_the_reading_is_closed_as_real_or_not() {
    let house = House::new();
    let observed = |now| house.desk.observed(now).unwrap();
    assert_eq!((observed(on(9, "12:00")).people, observed(on(9, "12:00")).years), (0, 0.0), "nobody has checked in");
    for day in 1..=75 {
        let pain = if day > 60 { 8 } else { 2 };
        house.receive(
            check_in(&format!("e{day}"), on(day, "08:00"), json!({"pain": pain, "pain-worst": pain, "function": pain})),
            on(day, "08:00"),
        );
    }
    let now = on(75, "09:00");
    let case = |case: Case| house.desk.alerts("p1").unwrap().into_iter().find(|kept| kept.alert.case == Some(case)).unwrap();
    let lasting = case(Case::Lasting).alert.id;
    assert!(lasting.starts_with("reading-lasting-change:"), "{lasting}");
    let open = observed(now);
    assert_eq!((open.people, open.years * 365.0, open.lasting), (1, 76.0, Cases { open: 1, ..Cases::default() }));
    assert_eq!(observed(on(300, "09:00")).years, open.years, "silence counts for nothing");

    let close = |alert: &str, change, now| {
        house.desk.resolve("p1", alert, "ben", Ending { how: "advised", note: "spoke", change, ..Ending::default() }, now).unwrap()
    };
    // Nothing changed, or nothing was meant, and the change was real: one of the two is a slip, and neither is taken.
    for how in ["known", "mistake"] {
        let end =
            |alert: &str, change| house.desk.resolve("p1", alert, "ben", Ending { how, note: "spoke", change, ..Ending::default() }, now);
        assert_eq!(wrong(end(&lasting, REAL)), Fault::ChangeAgainstEnding, "{how}");
        assert_eq!(observed(now).lasting, open.lasting);
        let done = end(&lasting, NOT_REAL).unwrap();
        house.desk.undo("p1", &done.id, "ben", now).unwrap();
    }
    let done = close(&lasting, NOT_REAL, now);
    assert_eq!(observed(now).lasting, Cases { not_real: 1, ..Cases::default() });
    assert_eq!(house.desk.alert("p1", &lasting).unwrap().alert.resolved.unwrap().change, NOT_REAL);
    house.desk.undo("p1", &done.id, "ben", later(now, 30)).unwrap();
    assert_eq!(observed(now).lasting, open.lasting);
    for (change, counted) in [
        (REAL, Cases { real: 1, ..Cases::default() }),
        ("", Cases { not_said: 1, ..Cases::default() }),
        ("a-word-of-tomorrow", Cases { not_said: 1, ..Cases::default() }),
    ] {
        let done = close(&lasting, change, later(now, 100));
        assert_eq!(observed(now).lasting, counted, "{change}");
        house.desk.undo("p1", &done.id, "ben", later(now, 110)).unwrap();
    }
    // What is not a case of the reading is not asked, and says nothing about it.
    house.receive(check_in("ill", on(76, "08:00"), json!({"unwell": "yes"})), on(76, "08:00"));
    close("feeling-ill:ill", NOT_REAL, on(76, "09:00"));
    assert_eq!(house.desk.alert("p1", "feeling-ill:ill").unwrap().alert.resolved.unwrap().change, "");
    assert_eq!(observed(now).lasting, open.lasting);
}

/// A closed case is judged at any time, also one that closed itself; the last word counts, and each stays in the record.
#[test]
fn whether_a_change_was_real_can_be_said_later_and_said_anew() {
    let house = House::new();
    let day = |day| {
        let pain = if (61..=64).contains(&day) { 5 } else { 2 };
        check_in(&format!("e{day}"), on(day, "08:00"), json!({"pain": pain, "pain-worst": pain, "function": pain}))
    };
    let now = on(95, "09:00");
    house.desk.receive(&house.key, (1..=95).map(day).collect(), now).unwrap();
    let cases = || house.desk.cases_of("p1").unwrap();
    let case = |kind: Case| cases().into_iter().find(|one| one.case == kind).unwrap();
    let counted = || house.desk.observed(now).unwrap();
    let watch = case(Case::Watch).kept.alert;
    let closed = watch.resolved.as_ref().map(|done| (done.by.as_str(), done.disposition.as_str()));
    assert_eq!((closed, case(Case::Watch).said), (Some(("lamella", "closed-itself")), None));
    assert_eq!((counted().watch.not_said, counted().watch.all()), (1, 1));
    let level = house.desk.assess(&house.desk.record("p1").unwrap(), now);

    let say = |alert: &str, by: &str, change: &str, now| house.desk.say_of_change("p1", alert, by, change, now);
    assert_eq!(wrong(say(&watch.id, "ben", "perhaps", now)), Fault::Change);
    assert!(matches!(say("feeling-ill:e1", "ben", REAL, now), Err(DeskError::NoAlert(_))));
    assert_eq!(wrong(say(&case(Case::Lasting).kept.alert.id, "ben", REAL, now)), Fault::ChangeStands);
    for (seconds, by, change) in [(0, "ben", REAL), (90, "ada", NOT_REAL), (9000, "ada", CANNOT_SAY), (9001, "ben", NOT_REAL)] {
        assert_eq!(say(&watch.id, by, change, later(now, seconds)).unwrap().outcome, Outcome::Stored);
        assert_eq!(say(&watch.id, by, change, later(now, seconds + 1)).unwrap().outcome, Outcome::Known, "a second tap is none");
        let said = case(Case::Watch).said.unwrap();
        assert_eq!((said.change.as_str(), said.by.as_str(), said.at.instant()), (change, by, later(now, seconds)));
    }
    assert_eq!(counted().watch, Cases { not_real: 1, ..Cases::default() });
    let record = house.desk.record("p1").unwrap();
    assert_eq!(record.events.iter().filter(|event| matches!(event.kind, Kind::Note(_))).count(), 4, "each word stays");
    let after = house.desk.assess(&record, now);
    assert_eq!((&after.verdicts, &after.alerts, after.level), (&level.verdicts, &level.alerts, level.level));

    // Of a case that a person closed: their own word first, and whoever closes it anew without one takes nothing back.
    let lasting = case(Case::Lasting).kept.alert.id;
    let end = |change, now| {
        let ending = Ending { how: "advised", note: "spoke", change, ..Ending::default() };
        house.desk.resolve("p1", &lasting, "ben", ending, now).unwrap()
    };
    let done = end(REAL, later(now, 100));
    assert_eq!(counted().lasting, Cases { real: 1, ..Cases::default() });
    say(&lasting, "ada", NOT_REAL, later(now, 110)).unwrap();
    assert_eq!(counted().lasting, Cases { not_real: 1, ..Cases::default() });
    house.desk.undo("p1", &done.id, "ben", later(now, 120)).unwrap();
    assert_eq!(counted().lasting, Cases { open: 1, ..Cases::default() });
    end("", later(now, 130));
    assert_eq!(counted().lasting, Cases { not_real: 1, ..Cases::default() });
}

/// A watch that settles closes its row; what comes back within the days that the detector holds a case is a second row of the first.
#[test]
fn a_watch_that_comes_back_is_the_same_case() {
    let house = House::new();
    let day = |day: i32| {
        let pain = if (61..=63).contains(&day) || (72..=74).contains(&day) { 5 } else { 2 };
        check_in(&format!("e{day}"), on(day, "08:00"), json!({"pain": pain, "pain-worst": pain, "function": pain}))
    };
    let now = on(84, "09:00");
    house.desk.receive(&house.key, (1..=84).map(day).collect(), now).unwrap();
    let rows: Vec<_> = house.desk.alerts("p1").unwrap().into_iter().filter(|kept| kept.alert.case == Some(Case::Watch)).collect();
    assert_eq!((rows.len(), rows.iter().filter(|kept| kept.alert.stands()).count()), (2, 0), "{rows:?}");
    let cases: Vec<_> = house.desk.cases_of("p1").unwrap().into_iter().filter(|one| one.case == Case::Watch).collect();
    let [case] = &cases[..] else { panic!("{cases:?}") };
    assert_eq!((case.before.len(), case.since()), (1, rows.iter().map(|kept| kept.alert.since).min_by_key(|at| at.instant()).unwrap()));
    // Said of the first row or the second, it is said of the case.
    for (kept, change) in rows.iter().zip([NOT_REAL, REAL]) {
        house.desk.say_of_change("p1", &kept.alert.id, "ben", change, later(now, 60 + i64::from(change == REAL))).unwrap();
        assert_eq!(
            house.desk.cases_of("p1").unwrap().iter().find(|one| one.case == Case::Watch).unwrap().said.as_ref().unwrap().change,
            change
        );
    }
    assert_eq!(house.desk.observed(now).unwrap().watch, Cases { real: 1, ..Cases::default() });
}

/// A run that gains an earlier first event is one case, under its new id, and what was said under the old one counts.
#[test]
fn a_case_whose_run_begins_earlier_is_counted_once() {
    let house = House::new();
    let day = |day: i32| {
        let pain = if day > 60 { 8 } else { 2 };
        check_in(&format!("e{day}"), on(day, "08:00"), json!({"pain": pain, "pain-worst": pain, "function": pain}))
    };
    let lasting = || -> Vec<_> { house.desk.cases_of("p1").unwrap().into_iter().filter(|one| one.case == Case::Lasting).collect() };
    house.desk.receive(&house.key, (1..=66).filter(|day| *day != 63).map(day).collect(), on(66, "09:00")).unwrap();
    let first = lasting().remove(0).kept.alert.id;
    let ending = Ending { how: "advised", note: "spoke", change: NOT_REAL, ..Ending::default() };
    house.desk.resolve("p1", &first, "ben", ending, on(66, "10:00")).unwrap();
    assert_eq!((lasting().len(), house.desk.observed(on(66, "11:00")).unwrap().lasting.not_real), (1, 1));
    // The day that was missing comes in late: the run began with it, and nobody has seen that.
    house.receive(day(63), on(66, "12:00"));
    let [case] = &lasting()[..] else { panic!("{:?}", lasting()) };
    assert!(case.kept.alert.id != first && case.kept.alert.answers_to(&first) && case.kept.alert.stands(), "{case:?}");
    house.desk.say_of_change("p1", &first, "ben", REAL, on(66, "13:00")).expect_err("it is open again");
    house.desk.resolve("p1", &first, "ben", Ending { change: "", ..ending }, on(66, "14:00")).unwrap();
    house.desk.say_of_change("p1", &first, "eva", REAL, on(66, "15:00")).unwrap();
    assert_eq!(house.desk.observed(on(66, "16:00")).unwrap().lasting, Cases { real: 1, ..Cases::default() });
}

/// The number of cases is that of the events, whichever came in first: a row that closed itself, and that a late day leaves without
/// ground, stays in the history with what is said about it, and counts for nothing.
#[test]
fn late_days_change_no_number_of_cases() {
    let day = |day: i32| {
        let pain = if (61..=64).contains(&day) { 5 } else { 2 };
        check_in(&format!("e{day}"), on(day, "08:00"), json!({"pain": pain, "pain-worst": pain, "function": pain}))
    };
    let now = on(95, "09:00");
    let counted = |house: &House| {
        let ids = house.desk.cases_of("p1").unwrap().into_iter().filter(|one| one.counts()).map(|one| one.kept.alert.id);
        (house.desk.observed(now).unwrap(), ids.collect::<Vec<_>>())
    };
    let in_order = House::new();
    in_order.desk.receive(&in_order.key, (1..=95).map(day).collect(), now).unwrap();
    let mut left = 0;
    for late in [vec![61], vec![62], vec![61, 62], vec![63, 61], vec![59, 60], vec![64, 70], vec![62, 61, 63]] {
        let house = House::new();
        house.desk.receive(&house.key, (1..=95).filter(|there| !late.contains(there)).map(day).collect(), now).unwrap();
        for missing in &late {
            let told: Vec<_> = house.desk.alerts("p1").unwrap().into_iter().map(|kept| kept.alert.id).collect();
            house.receive(day(*missing), now);
            let kept: Vec<_> = house.desk.alerts("p1").unwrap().into_iter().map(|kept| kept.alert.id).collect();
            assert!(told.iter().all(|id| kept.contains(id)), "{late:?}: nothing is deleted");
        }
        assert_eq!(counted(&house), counted(&in_order), "{late:?}");
        let closed = |one: &OneCase| !one.counts() && !one.kept.alert.stands();
        for one in house.desk.cases_of("p1").unwrap().iter().filter(|one| closed(one)) {
            house.desk.say_of_change("p1", &one.kept.alert.id, "ben", REAL, later(now, 60)).unwrap();
            left += 1;
        }
        let said = house.desk.cases_of("p1").unwrap().into_iter().filter(closed).map(|one| one.said.unwrap().change);
        assert!(said.into_iter().all(|said| said == REAL), "{late:?}: what is said of it stays");
        assert_eq!(counted(&house), counted(&in_order), "{late:?}: and counts for nothing");
    }
    assert!(left > 0, "some late day left a closed row without ground");
}

/// A year that comes in newest first leaves the rows that stand which it leaves in order: a long run forgets the ids of its first
/// events, and what was a row under one of them is no second one.
#[test]
fn newest_first_stands_as_in_order() {
    let day = |day: i32| check_in(&format!("e{day}"), on(day, "08:00"), json!({"unwell": "yes", "pain": 3}));
    let now = on(101, "09:00");
    let standing = |house: &House| {
        // What the clock asks for hangs on when it was asked.
        let by_clock = |kept: &Kept| matches!(kept.alert.cause.as_str(), "silence" | "hold");
        let alerts = house.desk.alerts("p1").unwrap().into_iter().filter(|kept| kept.alert.stands() && !by_clock(kept));
        let mut ids: Vec<String> = alerts.map(|kept| kept.alert.id).collect();
        ids.sort();
        ids
    };
    let (in_order, reversed) = (House::new(), House::new());
    for there in 1..=100 {
        in_order.receive(day(there), now);
        reversed.receive(day(101 - there), now);
    }
    assert!(!standing(&in_order).is_empty());
    assert_eq!(standing(&reversed), standing(&in_order));
}

/// The last word is that of the latest moment, then id, in whatever order and batches the words came in.
#[test]
fn the_last_word_counts_in_any_order_of_arrival() {
    let now = on(75, "09:00");
    let days: Vec<Value> = (1..=75)
        .map(|day| {
            let pain = if day > 60 { 8 } else { 2 };
            check_in(&format!("e{day}"), on(day, "08:00"), json!({"pain": pain, "pain-worst": pain, "function": pain}))
        })
        .collect();
    let alert = {
        let house = House::new();
        house.desk.receive(&house.key, days.clone(), now).unwrap();
        house.desk.cases_of("p1").unwrap().into_iter().find(|one| one.case == Case::Lasting).unwrap().kept.alert.id
    };
    let word = |id: &str, minute: i64, mut all: Value| {
        let more = json!({"id": id, "at": at(later(now, 60 * minute)), "alert": alert});
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    let words = [
        word("r", 1, json!({"kind": "resolve", "by": "ben", "disposition": "advised", "note": "spoke", "change": REAL})),
        word("n1", 3, json!({"kind": "note", "by": "ada", "change": NOT_REAL})),
        word("n3", 9, json!({"kind": "note", "by": "ben", "change": CANNOT_SAY})),
        word("n2", 9, json!({"kind": "note", "by": "ada", "change": REAL})),
        word("n4", 20, json!({"kind": "note", "by": "ada", "text": "says nothing about it"})),
    ];
    for order in [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 0, 4, 1, 3], [3, 2, 0, 1, 4], [1, 4, 2, 3, 0]] {
        for before in [0, 3] {
            let house = House::new();
            let words: Vec<Value> = order.iter().map(|place| words[*place].clone()).collect();
            let (early, late) = words.split_at(before);
            early.iter().for_each(|word| drop(house.receive(word.clone(), later(now, 3600))));
            house.desk.receive(&house.key, days.clone(), later(now, 3600)).unwrap();
            late.iter().for_each(|word| drop(house.receive(word.clone(), later(now, 3600))));
            let cases = house.desk.cases_of("p1").unwrap();
            let said = cases.into_iter().find(|one| one.case == Case::Lasting).unwrap().said.unwrap();
            assert_eq!((said.change.as_str(), said.by.as_str()), (CANNOT_SAY, "ben"), "{order:?}, {before} before the answers");
        }
    }
}

#[test]
fn a_rate_says_how_sure_it_is_and_when_it_breaks_a_promise() {
    let cases = Cases { real: 10, not_real: 30, not_said: 20, open: 5 };
    let (least, most) = (cases.false_rate(100.0).unwrap(), cases.false_at_most(100.0).unwrap());
    // Garwood: 30 counts, 20.24 to 42.83; 55 counts, 41.43 to 71.59.
    assert!((least.low - 0.2024).abs() < 1e-4 && (least.high - 0.4283).abs() < 1e-4, "{least:?}");
    assert!((most.low - 0.4143).abs() < 1e-4 && (most.high - 0.7159).abs() < 1e-4, "{most:?}");
    assert!(cases.breaks(0.2, 100.0) && !cases.breaks(0.21, 100.0));
    assert!(cases.false_rate(0.0).is_none() && !cases.breaks(0.2, 0.0));
}
