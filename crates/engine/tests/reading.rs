//! *What bad input does* (`docs/trajectory.md`), row by row, through `assess`: what the reading makes of it, and what the check-in
//! itself says. The rest of the table, a calibration for another model, is `trajectory/tests/laws.rs`.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::*;
use lamella_engine::{Assessment, Pathways, ReadingState, assess};
use lamella_record::{Event, Level, Record};

/// The last day of a year.
const LAST: i32 = 364;

/// Pain on a day: 3 or 2, and from day 300 on 7: a lasting change.
fn pain(day: i32) -> i32 {
    if day >= 300 { 7 } else { 2 + i32::from(day % 3 == 0) }
}

fn rated(day: i32, pain: i32) -> Event {
    let function = number((pain - 1).clamp(0, 10));
    day_but(day, &[("pain", number(pain)), ("pain-worst", number(pain.clamp(0, 10))), ("function", function)])
}

/// A check-in on each of these days.
fn days(days: std::ops::RangeInclusive<i32>) -> Vec<Event> {
    days.map(|day| rated(day, pain(day))).collect()
}

/// The person, with an intake rating.
fn judged(events: &[Event], day: i32) -> Assessment {
    seen_of(patient_with_baseline(7), events, on(day, "12:00"))
}

#[test]
fn a_rating_that_is_none_is_unknown_and_the_reading_is_without_it() {
    let steady = judged(&days(280..=310), 311);
    assert_eq!((steady.reading.state, steady.reading.rated_days), (ReadingState::LastingChange, 31));
    for wrong in [11, 100, -1] {
        let mut events = days(280..=310);
        events.push(rated(311, wrong));
        let all = judged(&events, 311);
        assert!(unknown(&all, "d311").contains(&("pain", "out-of-range")), "{wrong}");
        assert!(verdict(&all, "d311").level >= Level::Attention, "{wrong}");
        // Function was answered that day; the pain was not.
        assert_eq!(all.reading.rated_days, 31, "{wrong}");
    }
}

#[test]
fn two_ratings_on_a_day_a_mended_day_and_days_out_of_order_read_as_if_told_right_at_once() {
    let straight = days(1..=320);
    let right = judged(&straight, 320).reading;
    assert_eq!((right.state, right.rated_days), (ReadingState::LastingChange, 320));

    let wrong = |id: &str, day: i32, time: &str| {
        check_in(id, on(day, time), quiet_but(day, &[("pain", number(10)), ("pain-worst", number(10)), ("function", number(9))]))
    };
    // Told at seven, and otherwise at eight.
    let mut twice = straight.clone();
    twice.extend([5, 150, 320].map(|day| wrong(&format!("w{day}"), day, "07:00")));
    assert_eq!(judged(&twice, 320).reading, right, "the last of a day counts");

    // Told wrong at eight, corrected at nine a week later, or the next day.
    let mut mended = straight.clone();
    for day in [20, 200, 319] {
        let event = mended.iter_mut().find(|event| event.id == format!("d{day}")).unwrap();
        let mut corrects = core::mem::replace(event, wrong(&format!("d{day}"), day, "08:00"));
        (corrects.id, corrects.corrects) = (format!("c{day}"), Some(format!("d{day}")));
        corrects.at = on((day + 7).min(320), "09:00");
        corrects.received_at = Some(corrects.at);
        mended.push(corrects);
    }
    assert_eq!(judged(&mended, 320).reading, right, "a mended day is what it was mended to");

    let mut late = straight;
    late.sort_by_key(|event| event.at.millis() / 1000 % 7919);
    for (place, event) in late.iter_mut().enumerate() {
        event.received_at = Some(event.at.plus_seconds(60 * (place as i64 % 5000)));
    }
    assert_eq!(judged(&late, 320).reading, right, "the order of arrival makes no difference");
}

#[test]
fn a_year_of_silence_reads_too_few_and_is_an_alert_of_its_own() {
    let before = days(1..=60);
    let all = judged(&before, 60 + LAST);
    assert_eq!((all.reading.state, all.reading.rated_days), (ReadingState::TooFew, 60));
    assert!(all.alerts.iter().any(|alert| alert.cause == "silence" && alert.level >= Level::Attention && alert.stands()));
    let readings = all.alerts.iter().filter(|alert| alert.cause.starts_with("reading") || alert.cause.starts_with("lasting"));
    assert_eq!(readings.count(), 0, "{:?}", all.alerts);
    // Who was off course still is.
    let high: Vec<Event> = (1..=120).map(|day| rated(day, 9)).collect();
    assert_eq!(judged(&high, 120).reading.state, ReadingState::OffCourse);
    assert_eq!(judged(&high, 120 + LAST).reading.state, ReadingState::OffCourse);
    assert_eq!(judged(&[], LAST).reading.state, ReadingState::TooFew);
}

#[test]
fn without_an_intake_rating_there_is_a_reading_all_the_same() {
    for nobody in [patient(), patient_with_baseline(11)] {
        let all = seen_of(nobody, &days(200..=320), on(320, "12:00"));
        assert_eq!((all.reading.state, all.reading.rated_days), (ReadingState::LastingChange, 121));
    }
}

#[test]
fn a_model_that_is_not_known_reads_too_few() {
    let named = shipped().current().model.clone().unwrap();
    let other: String = named.chars().map(|digit| if digit == '0' { '1' } else { '0' }).collect();
    let pathways = Pathways::new(compile(|_, text| text.replace(&named, &other)));
    assert!(pathways.model(pathways.current()).is_none());
    let events = days(1..=320);
    let all = assess(&pathways, &Record::fold(patient_with_baseline(7), events.clone()), on(320, "12:00"));
    assert_eq!((all.reading.state, all.reading.rated_days), (ReadingState::TooFew, 320));
    assert_eq!((all.reading.probability_worse, &all.reading.artifact), (None, &None));
    assert_eq!(judged(&events, 320).reading.state, ReadingState::LastingChange, "and under the known one it is what it is");
    assert_eq!(verdict(&all, "d320").unknown, [], "the check-in is judged by all that does not ask for the reading");
}
