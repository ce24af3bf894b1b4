//! `semantics.md`, sentence by sentence, where a scenario would not show the boundary.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::*;
use lamella_engine::alerts::{Alert, AlertState};
use lamella_engine::plan::{HeldBy, Limit};
use lamella_engine::triage::Because;
use lamella_engine::{Assessment, assess};
use lamella_record::{Answers, CheckIn, Desk, Event, Kind, Level, Moment, PhaseWord, Record};

fn alert<'a>(assessment: &'a Assessment, id: &str) -> &'a Alert {
    assessment.alerts.iter().find(|alert| alert.id == id).unwrap_or_else(|| panic!("no alert `{id}` among {:?}", ids(assessment)))
}

fn ids(assessment: &Assessment) -> Vec<&str> {
    assessment.alerts.iter().map(|alert| alert.id.as_str()).collect()
}

/// Ids of the alerts that stand, with their levels, in the order of their ids.
fn standing(assessment: &Assessment) -> Vec<(&str, Level)> {
    let mut standing: Vec<_> =
        assessment.alerts.iter().filter(|alert| alert.stands()).map(|alert| (alert.id.as_str(), alert.level)).collect();
    standing.sort();
    standing
}

fn limit<'a>(assessment: &'a Assessment, id: &str) -> &'a Limit {
    assessment.restrictions.iter().find(|limit| limit.id == id).unwrap()
}

/// Kilograms that may be lifted.
fn lift(assessment: &Assessment) -> Option<i32> {
    limit(assessment, "lift").tenths.map(|tenths| tenths / 10)
}

fn phase_on(events: &[Event], day: i32) -> Option<String> {
    seen(events, on(day, "12:00")).phase.id
}

fn received(mut event: Event, at: Moment) -> Event {
    event.received_at = Some(at);
    event
}

fn correcting(mut event: Event, of: &str) -> Event {
    event.corrects = Some(of.to_string());
    event
}

fn known(id: &str, at: Moment, of: &str, until: i32) -> Event {
    event(id, at, Kind::Resolve(Desk { known_until: Some(patient().date_of(until)), ..desk(of) }))
}

const A: Level = Level::Attention;
const W: Level = Level::Watch;
const X: Level = Level::Expected;
const E: Level = Level::Emergency;

// ---- Days and order ------------------------------------------------------------------------------------------------------------

/// *Day* = local date of the event (from its own offset, or its `day`) − local date of the procedure.
#[test]
fn a_day_is_the_local_date_less_that_of_the_procedure() {
    let at = |text: &str| check_in("e", moment(text), quiet(1));
    let mut reported = at("2026-03-12T00:30:00+01:00");
    reported.day = Some(patient().date_of(9));
    for (event, day) in [
        (at("2026-03-02T00:00:00+01:00"), 0),
        (at("2026-03-01T23:59:59+01:00"), -1),
        (at("2026-02-27T12:00:00+01:00"), -3),
        (at("2026-03-11T23:30:00-05:00"), 9),
        (at("2026-03-12T05:30:00+01:00"), 10),
        (at("2026-03-29T12:00:00+02:00"), 27),
        (at("2027-03-02T12:00:00+01:00"), 365),
        (reported, 9),
    ] {
        let all = seen(&[event.clone()], on(400, "12:00"));
        assert_eq!(verdict(&all, "e").day, day, "{} {:?}", event.at, event.day);
    }
}

/// *Protect* is day 0–14, *rebuild* 15–84, *maintain* 85 on.
#[test]
fn phases_begin_on_their_days() {
    let events = quiet_days(1..=90);
    for (day, phase) in [(0, "protect"), (14, "protect"), (15, "rebuild"), (84, "rebuild"), (85, "maintain"), (90, "maintain")] {
        let until: Vec<Event> = events.iter().filter(|event| patient().day_of(event.date()) <= day).cloned().collect();
        assert_eq!(phase_on(&until, day).as_deref(), Some(phase), "day {day}");
    }
}

/// Windows are inclusive days.
#[test]
fn windows_are_inclusive() {
    for (question, last) in [("allergy", 14), ("needle-site", 30), ("headache", 42), ("calf", 90)] {
        let ask = |day: i32| {
            let answers = quiet(last).into_iter().filter(|(id, _)| id != question).collect();
            let all = seen(&[check_in("e", on(day, "08:00"), answers)], on(day, "12:00"));
            unknown(&all, "e").contains(&(question, "not-answered"))
        };
        assert!(ask(0) && ask(last) && !ask(last + 1) && !ask(-1), "{question}");
    }
}

/// Before the procedure: no phase, day-0 limits, nothing enters usual or trajectory.
#[test]
fn before_the_procedure() {
    let before: Vec<Event> = (-9..0).map(quiet_day).collect();
    let all = seen(&before, on(-1, "12:00"));
    assert_eq!((all.phase.id.as_deref(), all.phase.day), (None, -1));
    assert_eq!(lift(&all), Some(1));
    assert_eq!(limit(&all, "drive").allowed, "not-at-all");
    assert_eq!(all.reading.rated_days, 0);
    assert_eq!(verdict(&all, "d-3").phase, "");
    let later = seen(&[before.clone(), quiet_days(1..=2)].concat(), on(2, "12:00"));
    assert!(later.usual.is_empty(), "{:?}", later.usual);
    assert_eq!(later.reading.rated_days, 2);
    assert!(all.agenda.is_empty());
}

/// If `at` lies more than 10 minutes after `received_at`, the event is ordered by `received_at` and its day is that of
/// `received_at` at the event's offset; both are kept.
#[test]
fn a_clock_that_runs_ahead() {
    let arrival = on(5, "23:52");
    for (ahead, order, day) in [(10, ["other", "e"], 6), (11, ["e", "other"], 5)] {
        let at = arrival.plus_seconds(ahead * 60);
        let fast = received(check_in("e", at, quiet(5)), arrival);
        let other = check_in("other", on(5, "23:55"), quiet(5));
        let record = Record::fold(patient(), vec![fast, other]);
        assert_eq!(record.events.iter().map(|event| event.id.as_str()).collect::<Vec<_>>(), order, "{ahead} minutes");
        let all = assess(shipped(), &record, on(7, "12:00"));
        assert_eq!((verdict(&all, "e").day, verdict(&all, "e").at), (day, at), "{ahead} minutes");
    }
    // The day is that of the arrival on the event's own clock: 23:52 here is the next day at +09:00.
    let east = moment("2026-03-20T00:00:00+09:00");
    let all = seen(&[received(check_in("e", east, quiet(6)), arrival)], on(7, "12:00"));
    assert_eq!(verdict(&all, "e").day, 6);
    // A clock that runs behind is believed.
    let slow = received(check_in("e", on(3, "08:00"), quiet(3)), on(5, "08:00"));
    assert_eq!(verdict(&seen(&[slow], on(7, "12:00")), "e").day, 3);
}

/// Events at the same moment are ordered by id.
#[test]
fn at_the_same_moment_the_id_orders() {
    let events = ["b", "a", "c"].map(|id| check_in(id, on(4, "08:00"), quiet(4)));
    let all = seen(&events, on(4, "12:00"));
    assert_eq!(all.verdicts.iter().map(|verdict| verdict.event.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
}

/// A late arrival is folded in at its place and everything after it is judged again, up or down.
#[test]
fn a_late_arrival_judges_again_what_follows() {
    let known = |events: &[Event]| rules(&seen(events, on(7, "12:00")), "d6").contains(&"sharp-pain");
    let sharp = |day: i32| day_but(day, &[("character", codes(&["sharp"]))]);
    let without = [quiet_day(1), sharp(6)];
    assert!(known(&without), "for the first time");
    let late = received(sharp(3), on(7, "09:00"));
    assert!(!known(&[without.to_vec(), vec![late]].concat()), "no longer for the first time");
}

/// Every check-in of a day is judged. Per question the last answer of the local day feeds usual.
#[test]
fn the_last_answer_of_a_day_counts_per_question() {
    let twice = |day: i32, evening: Answers| {
        let morning = check_in(&format!("m{day}"), on(day, "08:00"), quiet_but(day, &[("pain", number(3))]));
        [morning, check_in(&format!("n{day}"), on(day, "20:00"), evening)]
    };
    let with: Vec<Event> = (1..=5).flat_map(|day| twice(day, quiet_but(day, &[("pain", number(6))]))).collect();
    let all = seen(&with, on(9, "12:00"));
    assert_eq!(all.verdicts.len(), 10);
    assert_eq!(all.usual.get("pain"), Some(&6));
    let without: Vec<Event> = (1..=5).flat_map(|day| twice(day, quiet_without(day, &["pain"]))).collect();
    assert_eq!(seen(&without, on(9, "12:00")).usual.get("pain"), Some(&3));
}

/// *Against usual* as well: a later check-in of the day that does not answer it takes nothing back.
#[test]
fn a_later_check_in_without_the_answer_leaves_felt_worse() {
    let worse = |day: i32| day_but(day, &[("against-usual", code("worse")), ("pain", number(6)), ("pain-worst", number(6))]);
    let three = [worse(1), worse(2), worse(3)];
    assert!(rules(&seen(&three, on(3, "12:00")), "d3").contains(&"escalating"));
    let evening = check_in("n2", on(2, "20:00"), quiet_but(2, &[("against-usual", code("dont-know")), ("pain", number(6))]));
    let all = seen(&[three.to_vec(), vec![evening]].concat(), on(3, "12:00"));
    assert!(rules(&all, "d3").contains(&"escalating"), "{:?}", rules(&all, "d3"));
}

/// A correction takes the corrected event's day and place in usual, runs and trajectory, but is judged at its own; the first stays,
/// its alert stays open and shows *corrected by the patient*.
#[test]
fn a_correction_takes_the_place_of_what_it_corrects() {
    let wrong: Vec<Event> = (1..=5).map(|day| day_but(day, &[("pain", number(9))])).collect();
    assert_eq!(seen(&wrong, on(9, "12:00")).usual.get("pain"), Some(&9));
    let mended: Vec<Event> =
        (1..=5).map(|day| correcting(check_in(&format!("c{day}"), on(6, &format!("0{day}:00")), quiet(6)), &format!("d{day}"))).collect();
    let all = seen(&[wrong, mended].concat(), on(9, "12:00"));
    assert_eq!(all.usual.get("pain"), Some(&3));
    assert_eq!(verdict(&all, "c1").day, 6);
    // A correction does not become the later day's own answer.
    assert_eq!(all.reading.rated_days, 5);

    let slip = day_but(5, &[("saddle", code("yes"))]);
    let mend = correcting(check_in("c5", on(5, "08:05"), quiet(5)), "d5");
    let all = seen(&[slip, mend], on(5, "12:00"));
    let alert = alert(&all, "saddle-change:d5");
    assert!(alert.stands());
    assert_eq!(alert.corrected_by.as_deref(), Some("c5"));
    assert_eq!(verdict(&all, "d5").level, E);
    assert_eq!(verdict(&all, "c5").level, X);
}

/// A correction is not the day's last answer where a later check-in of that day stands.
#[test]
fn a_correction_stands_where_the_first_stood() {
    let mut events = vec![];
    for day in 1..=5 {
        events.push(check_in(&format!("m{day}"), on(day, "08:00"), quiet_but(day, &[("pain", number(9))])));
        events.push(check_in(&format!("n{day}"), on(day, "20:00"), quiet_but(day, &[("pain", number(4))])));
        let mend = check_in(&format!("c{day}"), on(day, "21:00"), quiet_but(day, &[("pain", number(1))]));
        events.push(correcting(mend, &format!("m{day}")));
    }
    assert_eq!(seen(&events, on(9, "12:00")).usual.get("pain"), Some(&4));
}

// ---- Answers -------------------------------------------------------------------------------------------------------------------

/// Fractions round half up.
#[test]
fn fractions_round_half_up() {
    let person = || patient_with_baseline(5);
    let severe = |hundredths_: i32| {
        let event = day_but(5, &[("pain", hundredths(hundredths_))]);
        rules(&seen_of(person(), &[event], on(5, "12:00")), "d5").contains(&"severe-pain")
    };
    assert!(severe(750) && !severe(749));
    let hot = |hundredths_: i32| {
        let all = seen(&[day_but(5, &[("temperature", hundredths(hundredths_))])], on(5, "12:00"));
        rules(&all, "d5").contains(&"fever-alone")
    };
    assert!(hot(3795) && !hot(3794));
}

/// A question that is not due is not unknown; one that rests on an unknown answer is due.
#[test]
fn due_follows_from_the_other_answers() {
    let hurting = ["character", "where", "set-off", "settles"];
    let none = quiet_but(5, &[("pain", number(0)), ("pain-worst", number(0))]);
    let without = |answers: Answers| -> Vec<String> {
        let answers = answers.into_iter().filter(|(id, _)| !hurting.contains(&id.as_str())).collect();
        let all = seen(&[check_in("e", on(5, "08:00"), answers)], on(5, "12:00"));
        unknown(&all, "e").iter().map(|(question, _)| question.to_string()).collect()
    };
    assert!(without(none.clone()).is_empty());
    assert_eq!(without(quiet(5)), hurting);
    let open = none.into_iter().filter(|(id, _)| id != "pain").collect();
    assert_eq!(without(open), ["pain", "character", "where", "set-off", "settles"]);
}

/// *Not answered* and *I don't know* to a safety question: at least attention. To another question it is no matter.
#[test]
fn what_is_not_answered_raises() {
    for (answers, why, level) in [
        (quiet_without(5, &["saddle"]), vec![("saddle", "not-answered")], A),
        (quiet_but(5, &[("saddle", code("dont-know"))]), vec![("saddle", "dont-know")], A),
        (quiet_but(5, &[("saddle", codes(&[]))]), vec![("saddle", "dont-know")], A),
        (quiet_without(5, &["function", "flare", "relief", "walked"]), vec![], X),
        (quiet_but(5, &[("function", code("dont-know")), ("mood", code("dont-know"))]), vec![], X),
        (quiet_but(5, &[("pain", number(11))]), vec![("pain", "out-of-range")], A),
        (quiet_but(5, &[("pain", number(-1))]), vec![("pain", "out-of-range")], A),
        (quiet_but(5, &[("saddle", code("perhaps"))]), vec![("saddle", "unknown-code")], A),
        (quiet_but(5, &[("saddle", number(1))]), vec![("saddle", "unknown-code")], A),
        (quiet_but(5, &[("flare", code("perhaps"))]), vec![("flare", "unknown-code")], A),
        (quiet_but(5, &[("toes", code("yes"))]), vec![("toes", "unknown-question")], A),
    ] {
        let all = seen(&[check_in("e", on(5, "08:00"), answers.clone())], on(5, "12:00"));
        assert_eq!(unknown(&all, "e"), why);
        assert_eq!(verdict(&all, "e").level, level, "{why:?}");
        let odd = why.iter().any(|(_, why)| !matches!(*why, "not-answered" | "dont-know"));
        assert_eq!(!all.warnings.is_empty(), odd, "a warning names it: {:?}", all.warnings);
        // The rest was judged all the same.
        assert!(rules(&all, "e").contains(&"quiet-day"));
    }
}

/// An unknown revision is judged under the current one, and raises; without a revision the assigned one holds.
#[test]
fn an_unknown_revision() {
    let asked_by = |revision: &str| {
        let check_in = CheckIn { revision: revision.to_string(), answers: quiet(5), complete: true, ..CheckIn::default() };
        let record = Record::fold(patient(), vec![event("e", on(5, "08:00"), Kind::CheckIn(check_in))]);
        assess(both(), &record, on(5, "12:00"))
    };
    for (revision, under, level) in [("1", "1", X), ("2", "2", X), ("", "1", X), ("77", "2", A)] {
        let all = asked_by(revision);
        assert_eq!((verdict(&all, "e").revision.as_str(), verdict(&all, "e").level), (under, level), "{revision:?}");
    }
    assert_eq!(unknown(&asked_by("77"), "e"), [("revision", "unknown-revision")]);
}

/// An answer given outside its window is judged all the same.
#[test]
fn outside_its_window_an_answer_still_counts() {
    let all = seen(&[day_but(60, &[("needle-site", codes(&["warm"])), ("allergy", code("faint"))])], on(60, "12:00"));
    assert!(rules(&all, "d60").contains(&"needle-site-infection"));
    assert_eq!(verdict(&all, "d60").level, E);
}

/// The *unknown* alert closes itself when a check-in within 12 hours answers every question it names.
#[test]
fn unknown_closes_itself_within_twelve_hours() {
    let first = check_in("e", on(5, "08:00"), quiet_without(5, &["saddle", "bowel"]));
    for (answer, stands) in [
        (check_in("f", on(5, "20:00"), quiet(5)), false),
        (check_in("f", on(5, "20:01"), quiet(5)), true),
        (check_in("f", on(5, "09:00"), quiet_without(5, &["bowel"])), true),
        (check_in("f", on(5, "09:00"), quiet_but(5, &[("bowel", code("dont-know"))])), true),
        (check_in("f", on(5, "09:00"), quiet_without(5, &["fever"])), true),
        (stopped("f", on(5, "09:00"), &[("pain", number(3))]), true),
    ] {
        let all = seen(&[first.clone(), answer], on(5, "21:00"));
        assert_eq!(alert(&all, "unknown:e").stands() || all.alerts.iter().any(|a| a.cause == "unknown" && a.stands()), stands);
        // The verdict stands.
        assert_eq!(verdict(&all, "e").level, A);
    }
}

/// … every question it names: one that the answers show not to have been due need not be answered.
#[test]
fn unknown_closes_itself_when_what_it_names_is_no_longer_due() {
    let first = check_in("e", on(5, "08:00"), quiet_without(5, &["fever"]));
    let all = seen(&[first.clone()], on(5, "08:30"));
    assert_eq!(unknown(&all, "e"), [("fever", "not-answered"), ("temperature", "not-answered"), ("confusion", "not-answered")]);
    let all = seen(&[first, check_in("f", on(5, "09:00"), quiet(5))], on(5, "12:00"));
    assert!(!alert(&all, "unknown:e").stands(), "no fever, no headache: neither temperature nor confusion was due");
}

/// *As before* after a worse answer to the same question is unknown, and both are shown, until a person has resolved that alert.
#[test]
fn as_before_after_worse() {
    let before = |day: i32| day_but(day, &[("numbness", code("as-before"))]);
    let new = day_but(3, &[("numbness", code("new"))]);
    assert_eq!(verdict(&seen(&[before(2)], on(2, "12:00")), "d2").level, X);

    let all = seen(&[new.clone(), before(4)], on(4, "12:00"));
    let judged = verdict(&all, "d4");
    assert_eq!((judged.level, unknown(&all, "d4")), (A, vec![("numbness", "after-worse")]));
    assert!(judged.unknown[0].was.contains("as-before") && judged.unknown[0].was.contains("new"), "{}", judged.unknown[0].was);

    // A quiet day between does not help, nor does another question.
    let all = seen(&[new.clone(), quiet_day(4), before(5)], on(5, "12:00"));
    assert_eq!(unknown(&all, "d5"), [("numbness", "after-worse")]);
    let all = seen(&[new.clone(), day_but(4, &[("bladder", code("as-before"))])], on(4, "12:00"));
    assert_eq!(verdict(&all, "d4").level, X);

    let all = seen(&[new.clone(), resolve("r", on(3, "15:00"), "new-numbness:d3"), before(4)], on(4, "12:00"));
    assert_eq!((verdict(&all, "d4").level, unknown(&all, "d4")), (X, vec![]));
    // Worse again, after the resolve: unknown again.
    let again = day_but(5, &[("numbness", code("spreading"))]);
    let all = seen(&[new, resolve("r", on(3, "15:00"), "new-numbness:d3"), again, before(6)], on(6, "12:00"));
    assert_eq!(unknown(&all, "d6"), [("numbness", "after-worse")]);
}

/// Several codes where one is allowed: the worst by the declared order, not by the list's.
#[test]
fn several_codes_where_one_is_allowed() {
    for (said, level) in [
        (vec!["none", "new"], A),
        (vec!["new", "none"], A),
        (vec!["as-before", "none"], X),
        (vec!["new", "as-before", "both-legs", "none"], E),
        (vec!["new", "dont-know"], A),
    ] {
        let all = seen(&[day_but(5, &[("weakness", codes(&said))])], on(5, "12:00"));
        assert_eq!(verdict(&all, "d5").level, level, "{said:?}");
        assert!(unknown(&all, "d5").is_empty());
    }
}

/// A code that excludes others beside others is dropped.
#[test]
fn a_code_that_excludes_others_is_dropped_beside_them() {
    for (said, heard) in [(vec!["clean", "warm"], Some("warm")), (vec!["clean"], None), (vec!["clean", "clean"], None)] {
        let all = seen(&[day_but(5, &[("needle-site", codes(&said))])], on(5, "12:00"));
        assert!(unknown(&all, "d5").is_empty(), "{said:?}: {:?}", unknown(&all, "d5"));
        let hit = verdict(&all, "d5").rules.iter().find(|hit| hit.id == "needle-site-infection");
        let because = hit.map(|hit| hit.because.clone());
        let expected = heard.map(|word| vec![Because::Answer { question: "needle-site".to_string(), answer: word.to_string() }]);
        assert_eq!(because, expected, "{said:?}");
    }
}

/// Feverish without a thermometer counts as 38.0 °C; a temperature is not made up for someone who did not speak of fever.
#[test]
fn feverish_without_a_thermometer() {
    let judge = |but: &[(&str, lamella_record::Answer)]| seen(&[day_but(5, but)], on(5, "12:00"));
    let all = judge(&[("fever", code("feverish")), ("confusion", code("no"))]);
    assert!(unknown(&all, "d5").is_empty());
    let hit = verdict(&all, "d5").rules.iter().find(|hit| hit.id == "fever-alone").unwrap();
    assert!(hit.because.contains(&Because::Answer { question: "temperature".to_string(), answer: "38".to_string() }), "{:?}", hit.because);
    // Feverish, and 37.2 measured: feverish by the person's own word all the same.
    let all = judge(&[("fever", code("feverish")), ("confusion", code("no")), ("temperature", hundredths(3720))]);
    assert_eq!(verdict(&all, "d5").level, A);
    let all = judge(&[("fever", code("dont-know")), ("confusion", code("no"))]);
    assert!(!rules(&all, "d5").contains(&"fever-alone"), "no fever was spoken of");
}

// ---- Usual ---------------------------------------------------------------------------------------------------------------------

/// The smaller of two lower medians: days 4–31 before, and the latest 7 answered days among 4–180 before; each needs 5.
#[test]
fn usual_is_the_smaller_of_two_middles() {
    let pain = |days: std::ops::RangeInclusive<i32>, value: i32| -> Vec<Event> {
        days.map(|day| day_but(day, &[("pain", number(value))])).collect()
    };
    let usual = |events: &[Event], day: i32| seen(events, on(day, "12:00")).usual.get("pain").copied();
    let five = pain(1..=5, 4);
    assert_eq!((usual(&five, 8), usual(&five, 9)), (None, Some(4)), "today and three days before never enter");
    // Fast relief: thirty days of 8, then seven of 3. The recent window still remembers the 8.
    let relief = [pain(1..=23, 8), pain(24..=30, 3)].concat();
    assert_eq!(usual(&relief, 34), Some(3));
    // A slow rise: the recent window is the smaller one.
    let rise = [pain(1..=23, 3), pain(24..=30, 6)].concat();
    assert_eq!(usual(&rise, 34), Some(3));
    // Long after, only the latest seven remain, and after 180 days nothing does.
    assert_eq!(usual(&relief, 150), Some(3));
    assert_eq!((usual(&relief, 206), usual(&relief, 207)), (Some(3), None), "five answered days are left on day 206: 26 to 30");
    // An even number of days: the lower middle; an integer.
    let even = [pain(1..=3, 2), pain(4..=6, 5)].concat();
    assert_eq!(usual(&even, 10), Some(2));
}

/// With neither: a rise in `pain` or `pain-worst` holds against the intake rating or *worse*; in other questions only the latter.
#[test]
fn without_a_usual_the_intake_rating_stands_in() {
    let severe = |baseline: Option<i32>, felt: &str, question: &str| {
        let person = baseline.map_or_else(patient, patient_with_baseline);
        let event = day_but(5, &[(question, number(8)), ("against-usual", code(felt))]);
        rules(&seen_of(person, &[event], on(5, "12:00")), "d5").contains(&"severe-pain")
    };
    for question in ["pain", "pain-worst"] {
        assert!(severe(Some(5), "same", question), "8 is 3 above 5");
        assert!(!severe(Some(6), "same", question), "8 is 2 above 6");
        assert!(severe(Some(6), "worse", question), "or it feels worse");
        assert!(severe(None, "new-kind", question));
        assert!(!severe(None, "same", question));
    }
    let held_back = |felt: &str| {
        let days: Vec<Event> = (1..=3).map(|day| day_but(day, &[("function", number(9)), ("against-usual", code(felt))])).collect();
        rules(&seen_of(patient_with_baseline(0), &days, on(3, "12:00")), "d3").contains(&"function-drop")
    };
    assert!(held_back("worse") && !held_back("same"));
}

/// Near the ceiling a rise cannot show: *or at least 9 and sudden*.
#[test]
fn near_the_ceiling_sudden_is_enough() {
    let severe = |worst: i32, off: &str| {
        let mut days: Vec<Event> = (1..=10).map(|day| day_but(day, &[("pain", number(8)), ("pain-worst", number(8))])).collect();
        days.push(day_but(14, &[("pain", number(8)), ("pain-worst", number(worst)), ("set-off", codes(&[off]))]));
        rules(&seen(&days, on(14, "12:00")), "d14").contains(&"severe-pain")
    };
    assert!(severe(9, "sudden") && !severe(9, "activity") && !severe(8, "sudden"));
}

/// *It hurt, so I stopped* never feeds usual or trajectory, and no quiet answer of it hides.
#[test]
fn stopped_feeds_nothing() {
    let stops: Vec<Event> = (1..=6).map(|day| stopped(&format!("s{day}"), on(day, "10:00"), &[("pain", number(9))])).collect();
    let all = seen(&stops, on(10, "12:00"));
    assert!(all.usual.is_empty());
    assert_eq!(all.reading.rated_days, 0);
    assert_eq!(verdict(&all, "s1").level, A, "usual is unknown");
    for (pain, place, level) in [(4, "low-back", W), (5, "low-back", A), (3, "below-knee-left", A)] {
        let stop = stopped("s", on(9, "10:00"), &[("pain", number(pain)), ("where", codes(&[place]))]);
        let all = seen(&[quiet_days(1..=8), vec![stop]].concat(), on(9, "12:00"));
        assert_eq!(verdict(&all, "s").level, level, "pain {pain} at {place}, usual 3");
    }
    let all = seen(&[quiet_days(1..=8), vec![stopped("s", on(9, "10:00"), &[])]].concat(), on(9, "12:00"));
    assert_eq!((verdict(&all, "s").level, unknown(&all, "s")), (A, vec![("pain", "not-answered")]));
}

// ---- Levels and alerts ---------------------------------------------------------------------------------------------------------

/// A record's `level` = the highest unresolved alert; else the last verdict, at most *watch* once its alerts are resolved.
#[test]
fn the_level_of_a_record() {
    let ill = day_but(5, &[("unwell", code("yes")), ("saddle", code("yes"))]);
    let numb = resolve("r1", on(5, "10:00"), "saddle-change:d5");
    let rest = resolve("r2", on(5, "11:00"), "feeling-ill:d5");
    for (events, level) in [
        (vec![ill.clone()], E),
        (vec![ill.clone(), numb.clone()], A),
        (vec![ill.clone(), rest.clone()], E),
        (vec![ill.clone(), numb.clone(), rest.clone()], W),
        (vec![ill.clone(), quiet_day(6)], E),
        (vec![ill.clone(), numb.clone(), rest.clone(), quiet_day(6)], X),
    ] {
        assert_eq!(seen(&events, on(6, "12:00")).level, level, "{:?}", events.iter().map(|e| &e.id).collect::<Vec<_>>());
    }
}

/// A watch row closes itself at the next lower verdict; *attention* waits for a person.
#[test]
fn a_watch_row_closes_itself() {
    let watch = day_but(5, &[("rest-pain", code("yes"))]);
    let all = seen(&[watch.clone(), quiet_day(6)], on(6, "12:00"));
    let row = alert(&all, "pain-at-rest:d5");
    assert_eq!((row.state, row.resolved.as_ref().unwrap().by.as_str()), (AlertState::Resolved, "lamella"));
    // The next verdict is not lower.
    let all = seen(&[watch, day_but(6, &[("mood", number(9)), ("self-harm", code("no"))])], on(6, "12:00"));
    assert!(alert(&all, "pain-at-rest:d5").stands());
    let all = seen(&[day_but(5, &[("unwell", code("yes"))]), quiet_day(6), quiet_day(7)], on(7, "12:00"));
    let ill = alert(&all, "feeling-ill:d5");
    assert!(ill.stands() && ill.over);
}

/// *Attention* needs a person's resolve, also when a newer revision calls the same rule watch and the alert was acknowledged.
#[test]
fn what_was_attention_is_not_a_row_under_a_milder_revision() {
    let sharp = |id: &str, day: i32, revision: &str| {
        let answers = quiet_but(day, &[("against-usual", code("worse")), ("character", codes(&["sharp"]))]);
        let check_in = CheckIn { revision: revision.to_string(), answers, complete: true, ..CheckIn::default() };
        event(id, on(day, "08:00"), Kind::CheckIn(check_in))
    };
    let events = vec![sharp("a", 5, "1"), acknowledge("k", on(5, "10:00"), "sharp-pain:a"), sharp("b", 6, "2"), quiet_day(7), quiet_day(8)];
    let all = assess(both(), &Record::fold(patient(), events), on(8, "12:00"));
    assert_eq!((verdict(&all, "a").level, verdict(&all, "b").level), (A, W));
    let alert = alert(&all, "sharp-pain:a");
    assert!(alert.stands() && alert.level == W, "{alert:?}");
}

/// An unanswered day, a partial check-in without the rule's questions, or another kind of event neither counts nor ends a run;
/// a check-in where the rule is decided and false ends it.
#[test]
fn what_ends_a_run() {
    let numb = |day: i32| day_but(day, &[("numbness", code("new"))]);
    let run = |between: Vec<Event>| {
        let all = seen(&[vec![numb(5)], between, vec![numb(8)]].concat(), on(8, "12:00"));
        all.alerts.iter().filter(|alert| alert.cause == "new-numbness").count()
    };
    assert_eq!(run(vec![]), 1);
    assert_eq!(run(vec![check_in("p", on(6, "08:00"), quiet_without(6, &["numbness"]))]), 1);
    assert_eq!(run(vec![check_in("p", on(6, "08:00"), quiet_but(6, &[("numbness", code("as-before"))]))]), 1, "after worse: unknown");
    assert_eq!(run(vec![stopped("s", on(6, "08:00"), &[("pain", number(3))])]), 1);
    assert_eq!(run(vec![quiet_day(6)]), 2);
    assert_eq!(run(vec![resolve("r", on(6, "08:00"), "new-numbness:d5")]), 2, "a rule that still holds starts a new run");
}

/// Desk events cover only events received before them; a later-received event of the run opens the alert again at its own level.
#[test]
fn what_a_person_did_covers_what_had_arrived() {
    let numb = |day: i32, arrived: Moment| received(day_but(day, &[("numbness", code("new"))]), arrived);
    let first = numb(5, on(5, "08:00"));
    for (deed, done) in [(acknowledge as fn(&str, Moment, &str) -> Event, AlertState::Acknowledged), (resolve, AlertState::Resolved)] {
        // Received before: covered, wherever its own moment lies.
        let all = seen(&[first.clone(), deed("k", on(7, "08:00"), "new-numbness:d5"), numb(6, on(6, "08:00"))], on(8, "12:00"));
        assert_eq!(alert(&all, "new-numbness:d5").state, done);
        // It happened before, and arrived after: open.
        let all = seen(&[first.clone(), deed("k", on(7, "08:00"), "new-numbness:d5"), numb(6, on(8, "08:00"))], on(8, "12:00"));
        assert_eq!((alert(&all, "new-numbness:d5").state, alert(&all, "new-numbness:d5").level), (AlertState::Open, A));
        // It happened after, and arrived after: open, the same alert or a new run.
        let all = seen(&[first.clone(), deed("k", on(7, "08:00"), "new-numbness:d5"), numb(8, on(8, "08:00"))], on(8, "12:00"));
        assert_eq!(standing(&all).len(), 1);
        // A clock behind: what was done is dated before the event that it is about.
        let early = received(deed("k", on(4, "08:00"), "new-numbness:d5"), on(5, "09:00"));
        let all = seen(&[first.clone(), early], on(8, "12:00"));
        assert_eq!(alert(&all, "new-numbness:d5").state, done, "wherever its `at` falls");
    }
    // Done offline on the evening of day 5, known here on day 7: the event of day 6 had arrived by then.
    for (deed, done) in [(acknowledge as fn(&str, Moment, &str) -> Event, AlertState::Acknowledged), (resolve, AlertState::Resolved)] {
        let offline = received(deed("k", on(5, "20:00"), "new-numbness:d5"), on(7, "08:00"));
        let all = seen(&[first.clone(), offline.clone(), numb(6, on(6, "08:00"))], on(6, "12:00"));
        assert_eq!(alert(&all, "new-numbness:d5").state, done, "covered, wherever its `at` falls: {:?}", standing(&all));
        let later = numb(7, on(7, "09:00"));
        let all = seen(&[first.clone(), offline, numb(6, on(6, "08:00")), later], on(7, "12:00"));
        assert_eq!(standing(&all).len(), 1, "and what arrived later is open");
    }
}

/// Two resolves of one alert: it ended by the one that arrived last, which is the one that covers it all. A late *seen* changes nothing.
#[test]
fn of_two_resolves_the_one_that_covers_more_ended_it() {
    let numb = |day: i32| day_but(day, &[("numbness", code("new"))]);
    let offline = received(resolve("r1", on(5, "20:00"), "new-numbness:d5"), on(8, "08:00"));
    let online = resolve("r2", on(6, "08:00"), "new-numbness:d5");
    let late = acknowledge("k", on(6, "09:00"), "new-numbness:d5");
    let all = seen(&[numb(5), offline, online, late, numb(7)], on(8, "12:00"));
    let both = alert(&all, "new-numbness:d5");
    assert_eq!((both.state, both.level), (AlertState::Resolved, A));
    assert_eq!(both.events.iter().map(|touch| touch.event.as_str()).collect::<Vec<_>>(), ["d5", "d7"]);
    assert_eq!(both.resolved.as_ref().unwrap().event, "r1", "r2 had arrived before day 7");
}

/// An alert whose run gains an earlier first event answers to its old id too.
#[test]
fn an_alert_answers_to_its_old_id() {
    let numb = |day: i32, arrived: Moment| received(day_but(day, &[("numbness", code("new"))]), arrived);
    let second = numb(6, on(6, "08:00"));
    let seen_already = acknowledge("k", on(6, "09:00"), "new-numbness:d6");
    let late = numb(5, on(7, "08:00"));
    let all = seen(&[second.clone(), seen_already.clone(), late.clone()], on(7, "12:00"));
    let both = alert(&all, "new-numbness:d5");
    assert!(both.answers_to("new-numbness:d6") && both.state == AlertState::Open, "the late one was never seen");
    assert!(!ids(&all).contains(&"new-numbness:d6"));
    let done = resolve("r", on(7, "09:00"), "new-numbness:d6");
    let all = seen(&[second, seen_already, late, done], on(7, "12:00"));
    assert!(!alert(&all, "new-numbness:d5").stands());
    assert!(all.warnings.is_empty(), "{:?}", all.warnings);
}

/// An unknown alert id: ignored, warned.
#[test]
fn an_unknown_alert_is_ignored_and_warned_of() {
    let all = seen(&[quiet_day(5), resolve("r", on(5, "09:00"), "saddle-change:nobody")], on(5, "12:00"));
    assert_eq!(all.level, X);
    assert_eq!(all.warnings.iter().map(|warning| warning.event.as_str()).collect::<Vec<_>>(), ["r"]);
}

/// `undo` within a minute, by arrival: the fold reads as if the undone event were absent (desk events only).
#[test]
fn undo_within_a_minute_by_arrival() {
    let ill = day_but(5, &[("unwell", code("yes"))]);
    let done = received(resolve("r", on(5, "08:30"), "feeling-ill:d5"), on(5, "10:00"));
    for (seconds, undone) in [(0, true), (60, true), (61, false)] {
        let arrived = on(5, "10:00").plus_seconds(seconds);
        let all = seen(&[ill.clone(), done.clone(), received(undo("u", on(5, "12:00"), "r"), arrived)], on(5, "13:00"));
        assert_eq!(alert(&all, "feeling-ill:d5").stands(), undone, "{seconds} seconds");
        assert_eq!(all.warnings.is_empty(), undone);
    }
    let all = seen(&[ill, undo("u", on(5, "08:00"), "d5")], on(5, "12:00"));
    assert_eq!((all.verdicts.len(), all.warnings.len()), (1, 1), "a check-in cannot be undone");
}

/// A reviewed finding: the same rule on the same or milder answers goes to the history only; anything worse, or another rule,
/// raises at once; at most 28 days; never an emergency.
#[test]
fn a_reviewed_finding() {
    let numb = |day: i32, how: &str| day_but(day, &[("numbness", code(how))]);
    let first = numb(5, "new");
    let reviewed = known("r", on(5, "10:00"), "new-numbness:d5", 20);
    let after = |event: Event| {
        let day = patient().day_of(event.date());
        seen(&[first.clone(), reviewed.clone(), event], on(day, "12:00"))
    };
    let all = after(numb(8, "new"));
    assert!(standing(&all).is_empty());
    assert!(verdict(&all, "d8").rules.iter().any(|hit| hit.id == "new-numbness" && hit.reviewed), "it stays in the history");
    assert_eq!(standing(&after(numb(8, "spreading"))), [("new-numbness:d8", A)], "worse");
    let other = day_but(8, &[("numbness", code("new")), ("unwell", code("yes"))]);
    assert_eq!(standing(&after(other)), [("feeling-ill:d8", A)], "another rule");
    assert!(standing(&after(numb(20, "new"))).iter().all(|(id, _)| !id.starts_with("new-numbness")), "until the day it names");
    assert!(standing(&after(numb(21, "new"))).iter().any(|(id, _)| *id == "new-numbness:d21"), "and no longer");

    for (until, why) in [(5 + 28, None), (5 + 29, Some("at most 28 days")), (4, Some("before the resolve"))] {
        let all = seen(&[first.clone(), known("r", on(5, "10:00"), "new-numbness:d5", until), numb(8, "new")], on(8, "12:00"));
        assert_eq!(standing(&all).is_empty(), why.is_none(), "at most 28 days");
        let warned = all.warnings.first().map_or("", |warning| warning.what.as_str());
        assert!(why.is_none_or(|why| warned.contains(why)) && warned.is_empty() == why.is_none(), "{warned}");
    }
    let red = |day: i32| day_but(day, &[("saddle", code("yes"))]);
    let all = seen(&[red(5), known("r", on(5, "10:00"), "saddle-change:d5", 20), red(8)], on(8, "12:00"));
    assert_eq!(standing(&all), [("saddle-change:d8", E)]);
}

/// Phases may count a reviewed finding as watch.
#[test]
fn a_reviewed_finding_does_not_hold_a_phase() {
    let numb = |day: i32| day_but(day, &[("numbness", code("new"))]);
    let mut events = vec![numb(5), known("r", on(5, "10:00"), "new-numbness:d5", 30)];
    events.extend((6..=15).map(numb));
    assert_eq!(phase_on(&events, 15).as_deref(), Some("rebuild"));
    events.retain(|event| event.id != "r");
    assert_eq!(phase_on(&events, 15).as_deref(), Some("protect"));
}

// ---- Silence -------------------------------------------------------------------------------------------------------------------

fn silence(events: &[Event], now: Moment) -> Option<Level> {
    let all = seen(events, now);
    all.alerts.iter().find(|alert| alert.cause == "silence" && alert.stands()).map(|alert| alert.level)
}

/// Watch at once in *protect*, after 3 days in *rebuild*, 7 in *maintain*; attention one due day later in *protect*, else at
/// twice as long; the due day has to end at the person's midnight.
#[test]
fn silence_by_phase() {
    let until = |last: i32| quiet_days(1..=last);
    let flaring = |last: i32| [quiet_days(1..=last - 1), vec![day_but(last, &[("flare", code("yes"))])]].concat();
    // What thins out while calm does not count silence as calm: on day 104 the flare is 14 days past, and 91 stays the due day.
    for (events, due, watch, attention) in [(until(5), 6, 1, 2), (until(20), 21, 3, 6), (flaring(90), 91, 7, 14), (until(90), 93, 7, 14)] {
        let eve = |days: i32| on(due + days - 1, "23:59");
        let dawn = |days: i32| on(due + days, "00:00");
        assert_eq!(silence(&events, eve(watch)), None, "due on {due}");
        assert_eq!(silence(&events, dawn(watch)), Some(W), "due on {due}");
        assert_eq!(silence(&events, eve(attention)), Some(W), "due on {due}");
        assert_eq!(silence(&events, dawn(attention)), Some(A), "due on {due}");
    }
}

/// The first due day is never day 0, and never before enrolment; none after `ended`; a check-in ends it.
#[test]
fn silence_begins_and_ends() {
    assert_eq!(silence(&[], on(1, "23:59")), None);
    assert_eq!(silence(&[], on(2, "00:00")), Some(W));
    let mut later = patient();
    later.pathway[0].from = later.date_of(6);
    let silent = |day: i32| seen_of(later.clone(), &[], on(day, "12:00")).alerts.iter().any(|alert| alert.cause == "silence");
    assert!(!silent(6) && silent(7));
    let over = event("x", on(5, "12:00"), Kind::Ended(Default::default()));
    assert_eq!(silence(&[quiet_day(5), over], on(9, "12:00")), None);
    assert_eq!(silence(&[quiet_day(5), quiet_day(8)], on(8, "12:00")), None);
}

/// The person's midnight, on the clock of `now`.
#[test]
fn silence_waits_for_the_persons_midnight() {
    let at = |text: &str| silence(&[quiet_day(5)], moment(text));
    assert_eq!(at("2026-03-08T23:30:00-05:00"), None, "day 6 has not ended there");
    assert_eq!(at("2026-03-09T05:30:00+01:00"), Some(W), "the same instant, where it has");
}

/// A resolved silence counts anew.
#[test]
fn a_resolved_silence_counts_anew() {
    let known = seen(&[quiet_day(5)], on(8, "12:00"));
    assert_eq!(standing(&known), [("silence:d5", A)]);
    let called = [quiet_day(5), resolve("r", on(8, "12:30"), "silence:d5")];
    assert_eq!(silence(&called, on(8, "13:00")), None);
    assert_eq!(silence(&called, on(9, "23:59")), None, "day 9 is due again");
    assert_eq!(silence(&called, on(10, "00:00")), Some(W));
    assert_eq!(silence(&called, on(11, "00:00")), Some(A));
    assert!(seen(&called, on(9, "12:00")).warnings.is_empty());
}

// ---- Phases and limits ---------------------------------------------------------------------------------------------------------

/// A phase is entered when its day has come and its criteria hold; the phase at an event follows from verdicts before it.
#[test]
fn a_phase_needs_its_day_and_its_criteria() {
    let quiet_until = |day: i32| quiet_days(1..=day);
    assert_eq!(phase_on(&quiet_until(14), 14).as_deref(), Some("protect"), "the day has not come");
    assert_eq!(phase_on(&quiet_until(14), 15).as_deref(), Some("rebuild"));
    // Attention within three days, dealt with: it holds until those days are past.
    let mut bad = quiet_until(16);
    bad[11] = day_but(12, &[("unwell", code("yes"))]);
    bad.push(resolve("r", on(12, "12:00"), "feeling-ill:d12"));
    let phase = |bad: &[Event], day: i32| verdict(&seen(bad, on(16, "12:00")), &format!("d{day}")).phase.clone();
    assert_eq!((phase(&bad, 15), phase(&bad, 16)), ("protect".to_string(), "rebuild".to_string()));
    // Watch does not hold.
    bad[11] = day_but(12, &[("rest-pain", code("yes"))]);
    assert_eq!(phase(&bad, 15), "rebuild");
    // An attention that stands holds, however calm the days.
    let mut standing = quiet_until(30);
    standing[4] = day_but(5, &[("unwell", code("yes"))]);
    assert_eq!(phase_on(&standing, 30).as_deref(), Some("protect"));
    standing.push(resolve("r", on(20, "12:00"), "feeling-ill:d5"));
    assert_eq!(phase_on(&standing, 30).as_deref(), Some("rebuild"));
}

/// Unknown criteria hold it back.
#[test]
fn what_is_unknown_holds_a_phase_back() {
    let silent = quiet_days(1..=10);
    assert_eq!(phase_on(&silent, 15).as_deref(), Some("protect"), "one answered day of the last six is not three");
    let back = [silent, quiet_days(17..=19)].concat();
    assert_eq!(phase_on(&back[..12], 18).as_deref(), Some("protect"));
    assert_eq!(verdict(&seen(&back, on(19, "12:00")), "d19").phase, "protect", "verdicts strictly before it");
    assert_eq!(phase_on(&back, 19).as_deref(), Some("rebuild"));
    // A day without an answer neither counts nor breaks.
    let gaps: Vec<Event> = quiet_days(1..=14).into_iter().filter(|event| !["d11", "d13"].contains(&event.id.as_str())).collect();
    assert_eq!(phase_on(&gaps, 15).as_deref(), Some("rebuild"));
    let mut open = quiet_days(1..=14);
    open[12] = check_in("d13", on(13, "08:00"), quiet_without(13, &["saddle"]));
    open.push(check_in("e13", on(13, "09:00"), quiet(13)));
    assert_eq!(phase_on(&open, 15).as_deref(), Some("protect"), "an unanswered day is attention, though its alert has closed");
}

/// A hold longer than 7 days is a watch row, which closes on entry.
#[test]
fn a_long_hold_is_a_watch_row() {
    let mut held = quiet_days(1..=40);
    held[9] = day_but(10, &[("unwell", code("yes"))]);
    let hold = |events: &[Event], day: i32| {
        let until: Vec<Event> = events.iter().filter(|event| patient().day_of(event.date()) <= day).cloned().collect();
        seen(&until, on(day, "12:00")).alerts.iter().find(|alert| alert.cause == "hold").map(|alert| (alert.id.clone(), alert.level))
    };
    assert_eq!(hold(&held, 22), None);
    assert_eq!(hold(&held, 23), Some(("hold:protect".to_string(), W)));
    held.push(resolve("r", on(30, "12:00"), "feeling-ill:d10"));
    assert_eq!(hold(&held, 31), None);
}

/// A held phase names what holds it; one that is not held names nothing.
#[test]
fn a_held_phase_names_what_holds_it() {
    let by = |events: &[Event], day: i32| seen(events, on(day, "12:00")).phase.held_by;
    let mut loud = quiet_days(1..=15);
    loud[9] = day_but(10, &[("unwell", code("yes"))]);
    let mut open = quiet_days(1..=14);
    open[12] = check_in("d13", on(13, "08:00"), quiet_without(13, &["saddle"]));
    open.push(check_in("e13", on(13, "09:00"), quiet(13)));
    let hold = order("o", on(10, "12:00"), PhaseWord::Hold, None, None);
    let all = |more: &[Event]| [quiet_days(1..=15), more.to_vec()].concat();
    assert_eq!(by(&quiet_days(1..=2), 15), Some(HeldBy::Answers));
    assert_eq!(by(&loud, 15), Some(HeldBy::Alert));
    assert_eq!(by(&open, 15), Some(HeldBy::Days));
    assert_eq!(by(&all(&[hold.clone()]), 15), Some(HeldBy::Clinic));
    assert_eq!((by(&all(&[hold]), 14), by(&all(&[]), 15)), (None, None));
}

/// A clinician may hold, advance, step back, always with a reason; a hold or step back lasts until lifted or until the date it
/// names.
#[test]
fn a_clinicians_word_about_the_phase() {
    let quiet = quiet_days(1..=40);
    let with = |events: &[Event], day: i32| phase_on(&[quiet.clone(), events.to_vec()].concat(), day).unwrap();
    let until = |events: &[Event], day: i32| {
        let all: Vec<Event> = [quiet.clone(), events.to_vec()].concat();
        let all: Vec<Event> = all.into_iter().filter(|event| patient().day_of(event.date()) <= day).collect();
        phase_on(&all, day).unwrap()
    };
    let hold = order("o", on(10, "12:00"), PhaseWord::Hold, None, None);
    assert_eq!(with(&[hold.clone()], 40), "protect");
    assert_eq!(with(&[hold, order("l", on(30, "12:00"), PhaseWord::Lift, None, None)], 40), "rebuild");
    let dated = order("o", on(10, "12:00"), PhaseWord::Hold, None, Some(20));
    assert_eq!((until(&[dated.clone()], 20), until(&[dated], 21)), ("protect".to_string(), "rebuild".to_string()));
    let back = order("o", on(20, "12:00"), PhaseWord::StepBack, Some("protect"), Some(25));
    assert_eq!((until(&[back.clone()], 25), until(&[back], 26)), ("protect".to_string(), "rebuild".to_string()));
    let ahead = order("o", on(10, "12:00"), PhaseWord::Advance, Some("rebuild"), None);
    assert_eq!((until(&[ahead.clone()], 9), until(&[ahead], 10)), ("protect".to_string(), "rebuild".to_string()));
    let mut silent = order("o", on(10, "12:00"), PhaseWord::Hold, None, None);
    if let Kind::Phase(order) = &mut silent.kind {
        order.reason = "  ".to_string();
    }
    assert_eq!(with(&[silent.clone()], 40), "rebuild");
    assert_eq!(seen(&[silent], on(10, "13:00")).warnings.len(), 1);
}

/// A limit relaxes only when its day has come and its phase has been entered. A hold keeps the limits of the held phase's last
/// day; a step back takes the first row of the phase stepped back to; an early advance does not relax them.
#[test]
fn limits_follow_day_and_phase() {
    let at = |events: &[Event], day: i32| {
        let all: Vec<Event> = [quiet_days(1..=40), events.to_vec()].concat();
        let all: Vec<Event> = all.into_iter().filter(|event| patient().day_of(event.date()) <= day).collect();
        lift(&seen(&all, on(day, "12:00"))).unwrap()
    };
    assert_eq!([at(&[], 3), at(&[], 4), at(&[], 14), at(&[], 15), at(&[], 28), at(&[], 29)], [1, 2, 2, 5, 5, 7]);
    let hold = order("o", on(10, "12:00"), PhaseWord::Hold, None, None);
    assert_eq!([at(&[hold.clone()], 12), at(&[hold.clone()], 15), at(&[hold], 35)], [2, 2, 2]);
    let back = order("o", on(30, "12:00"), PhaseWord::StepBack, Some("protect"), None);
    assert_eq!([at(&[back.clone()], 29), at(&[back.clone()], 30), at(&[back], 35)], [7, 1, 1]);
    let again = order("o", on(35, "12:00"), PhaseWord::StepBack, Some("rebuild"), None);
    assert_eq!(at(&[again], 36), 5, "the first row of rebuild");
    let ahead = order("o", on(10, "12:00"), PhaseWord::Advance, Some("rebuild"), None);
    assert_eq!([at(&[ahead.clone()], 10), at(&[ahead.clone()], 14), at(&[ahead], 15)], [2, 2, 5]);
}
