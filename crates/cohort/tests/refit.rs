//! A clinic whose people differ from the cohort: what refitting on its own people does for strangers of the same kind.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use lamella_cohort::calibrate::{DAYS, Rates, Trace, moved, rates, sensitivity, trace, trace_of, years};
use lamella_cohort::course::{Course, Shape};
use lamella_cohort::refit::{Person, Weights, refit};
use lamella_cohort::spec::Spec;
use lamella_trajectory::Model;
use lamella_trajectory::calibration::BySwing;
use lamella_trajectory::filter::Day;
use lamella_trajectory::prior::Prior;

/// Virtual people as a clinic's records have them.
fn people(spec: &Spec, count: u64, function: bool) -> Vec<Person> {
    let person = |patient: u64| {
        let course = Course::new(spec, 7, patient, DAYS, (patient % 5) as i32);
        let rated = (0..DAYS).filter_map(|day| {
            let pain = course.rating(day, 0.0).filter(|_| course.answers(day, 0.0))?;
            Some(Day { day, pain: Some(pain), function: course.function(day, 0.0).filter(|_| function) })
        });
        Person { intake: Some(course.person.intake), days: rated.collect(), from: 0 }
    };
    (0..count).map(person).collect()
}

fn strangers(prior: &Prior, by: &BySwing, spec: &Spec, count: u64, function: bool) -> Vec<Trace> {
    (0..count).map(|patient| trace(spec, prior, 101, patient, None, function).unwrap().counting(by)).collect()
}

/// False cases a patient-year among strangers: before, with the refitted prior, and with thresholds found on the clinic's people too.
fn refitted(clinic: u64, fresh: u64, rounds: usize, function: bool) -> ([Rates; 3], Prior, BySwing) {
    let Model { prior, calibration, .. } = Model::shipped().unwrap();
    let (rules, at) = (&calibration.rules, calibration.thresholds(function));
    let people = people(&Spec::NOISY, clinic, function);
    let fit = refit(&prior, &people, rounds, 2).unwrap();
    let own: Vec<Trace> = people.iter().map(|person| trace_of(&fit.prior, person, function).unwrap()).collect();
    assert!((years(&own) - clinic as f64).abs() < 0.05 * clinic as f64, "{}", years(&own));
    let found = moved(&own, rules, &at, calibration.promised);
    let of = |prior: &Prior, by: &BySwing| rates(&strangers(prior, by, &Spec::NOISY, fresh, function), rules, by.middle()).unwrap();
    ([of(&prior, &at), of(&fit.prior, &at), of(&fit.prior, &found)], fit.prior, found)
}

#[test]
fn refitting_on_noisy_people_brings_false_alarms_down_and_new_thresholds_bring_the_promise_back() {
    let ([before, refitted, both], _, found) = refitted(100, 400, 1, false);
    assert!(before.lasting.low > 0.5, "{before:?}");
    assert!(refitted.lasting.value < 0.85 * before.lasting.value, "{before:?} {refitted:?}");
    assert!(both.lasting.value < 0.35 && both.watch.value < 1.4, "{both:?}");
    assert!(found.middle().lasting > 0.5, "{found:?}");
}

/// The figures of docs/trajectory.md: `cargo test --release -p lamella-cohort --test refit -- --ignored --nocapture`.
#[test]
#[ignore = "a minute"]
fn the_documented_figures() {
    for function in [false, true] {
        let ([before, refitted, both], prior, found) = refitted(300, 1500, 6, function);
        let shipped = Model::shipped().unwrap();
        let rules = &shipped.calibration.rules;
        for (name, shape) in [("+3", Shape::Step(3.0)), ("+4", Shape::Step(4.0))] {
            for (prior, by) in [(&shipped.prior, shipped.calibration.thresholds(function)), (&prior, found)] {
                let worse: Vec<Trace> = (0..1500)
                    .map(|patient| trace(&Spec::NOISY, prior, 102, patient, Some(shape), function).unwrap().counting(&by))
                    .collect();
                eprintln!("{:?}", sensitivity(name, &worse, rules, by.middle()));
            }
        }
        for (what, rates) in [("before", before), ("refitted", refitted), ("with thresholds", both)] {
            eprintln!("function {function} {what}: lasting {:?}, watch {:?}", rates.lasting, rates.watch);
        }
        eprintln!("{found:?}");
        assert!(refitted.lasting.value < 0.75 * before.lasting.value && both.lasting.high < 0.3);
    }
}

#[test]
fn weights_move_to_the_people_and_what_nobody_is_stays_possible() {
    let prior = Model::shipped().unwrap().prior;
    let steady = |patient: usize| {
        let days =
            (0..200).map(|day| Day { day, pain: Some(if (day as usize + patient).is_multiple_of(9) { 3 } else { 2 }), function: None });
        Person { intake: Some(6), days: days.collect(), from: 50 }
    };
    let people: Vec<Person> = (0..30).map(steady).collect();
    assert!((people[0].years() - 150.0 / 365.0).abs() < 1e-9);
    let (one, two) = (refit(&prior, &people, 1, 1).unwrap(), refit(&prior, &people, 1, 3).unwrap());
    assert_eq!(one, two, "threads change nothing");
    let (before, after) = (Weights::of(&prior), Weights::of(&one.prior));
    assert!(one.gained > 0.0 && after.sigmas[0] > 0.8 && after.profiles[0] > before.profiles[0], "{after:?}");
    assert!(after.sigmas.iter().all(|weight| *weight > 0.0) && after.profiles.iter().all(|weight| *weight > 0.0), "{after:?}");
    assert!(refit(&prior, &[], 1, 2).is_none());
    let backwards = Person { days: vec![Day { day: 3, pain: Some(2), function: None }; 2], ..Person::default() };
    assert!(refit(&prior, &[backwards], 1, 1).is_none());
}
