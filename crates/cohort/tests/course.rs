//! The generator against the design's own row (trajectory.md, section 1).
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use lamella_cohort::course::{Change, Course, Shape};
use lamella_cohort::spec::Spec;

const PEOPLE: u64 = 4000;

fn courses(spec: &Spec) -> Vec<Course> {
    (0..PEOPLE).map(|patient| Course::new(spec, 11, patient, 365, (patient % 5) as i32)).collect()
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for value in values {
        sum += value;
        count += 1.0;
    }
    sum / count
}

fn sd(values: &[f64]) -> f64 {
    let middle = mean(values.iter().copied());
    mean(values.iter().map(|value| (value - middle).powi(2))).sqrt()
}

#[test]
fn the_reference_cohort_has_the_designs_course() {
    let courses = courses(&Spec::REFERENCE);
    // Standard error of a mean is about .04 with 4,000 people and an SD of 2.7: tolerance .2 of the design's rounded figures.
    for (day, expected) in [(0, 8.0), (28, 5.5), (91, 4.1), (182, 3.6), (364, 3.6)] {
        let ratings: Vec<f64> = courses.iter().map(|course| f64::from(course.rating(day, 0.0).unwrap())).collect();
        let found = mean(ratings.iter().copied());
        println!("day {day}: mean {found:.2}, design {expected}, sd {:.2}", sd(&ratings));
        assert!((found - expected).abs() <= 0.2, "day {day}: mean {found:.2}, design {expected}");
        if day == 364 {
            assert!((sd(&ratings) - 2.7).abs() <= 0.2, "sd {:.2}, design 2.7", sd(&ratings));
        }
    }
    let relief = |least: f64| {
        mean(courses.iter().map(|course| {
            // As a study counts it: what was rated at a year against what was rated at intake.
            let last = f64::from(course.rating(364, 0.0).unwrap());
            f64::from(u8::from(last <= f64::from(course.person.intake) * (1.0 - least)))
        }))
    };
    println!("relief of 30 %: {:.3}, of 50 %: {:.3}", relief(0.3), relief(0.5));
    // The design does not say how it counted; .05 is the room for that (ours: .70 and .59).
    assert!((relief(0.3) - 0.66).abs() <= 0.05, "relief of 30 %: {:.3}, design .66", relief(0.3));
    assert!((relief(0.5) - 0.58).abs() <= 0.03, "relief of 50 %: {:.3}, design .58", relief(0.5));
}

#[test]
fn the_days_swing_as_the_sources_say() {
    let courses = courses(&Spec::REFERENCE);
    // 21 days late in the year, when the course is flat.
    let mut sds: Vec<f64> =
        courses.iter().map(|course| sd(&(300..321).map(|day| f64::from(course.rating(day, 0.0).unwrap())).collect::<Vec<_>>())).collect();
    sds.sort_by(f64::total_cmp);
    let quartile = |part: usize| sds[sds.len() * part / 4];
    println!("21-day sd: mean {:.2}, quartiles {:.2} {:.2} {:.2}", mean(sds.iter().copied()), quartile(1), quartile(2), quartile(3));
    for (found, expected) in [(mean(sds.iter().copied()), 1.25), (quartile(1), 0.88), (quartile(2), 1.17), (quartile(3), 1.55)] {
        assert!((found - expected).abs() <= 0.15, "21-day SD {found:.2}, design {expected}");
    }
    let pairs = courses.iter().flat_map(|course| {
        (200..260).map(|day| {
            let rise = i32::from(course.rating(day + 1, 0.0).unwrap()) - i32::from(course.rating(day, 0.0).unwrap());
            f64::from(u8::from(rise >= 2))
        })
    });
    let rises = mean(pairs);
    println!("day-on-day rise of 2: {rises:.3}");
    assert!((rises - 0.13).abs() <= 0.03, "P(rise of 2) {rises:.3}, design .13");
    let answered = mean(courses.iter().flat_map(|course| (0..365).map(|day| f64::from(u8::from(course.answers(day, 0.0))))));
    println!("answered: {answered:.3}");
    assert!((answered - 0.71).abs() <= 0.03, "answered {answered:.3}, design .71");
}

#[test]
fn the_stress_cohorts_are_what_they_are_called() {
    let spread = |spec: &Spec| {
        mean((0..500).map(|patient| {
            sd(&{
                let course = Course::new(spec, 5, patient, 340, 0);
                (300..340).map(|day| f64::from(course.rating(day, 0.0).unwrap())).collect::<Vec<_>>()
            })
        }))
    };
    let answered = |spec: &Spec| {
        mean((0..500).flat_map(|patient| {
            let course = Course::new(spec, 5, patient, 300, 0);
            (0..300).map(move |day| f64::from(u8::from(course.answers(day, 0.0))))
        }))
    };
    assert!(spread(&Spec::NOISY) > spread(&Spec::REFERENCE) + 0.2);
    assert!(spread(&Spec::CALMER) < spread(&Spec::REFERENCE) - 0.2);
    assert!(answered(&Spec::SPARSE) < answered(&Spec::REFERENCE) - 0.2);
    let heavy = Course::new(&Spec::HEAVY, 5, 3, 365, 0);
    let fewer = |extra: f64| (0..365).filter(|day| heavy.answers(*day, extra)).count();
    assert!(fewer(4.0) < fewer(0.0), "bad days are missed more often");
    assert_eq!(Spec::from_word("facts"), Some(Spec::FACTS));
}

#[test]
fn a_lasting_change_lasts() {
    let step = Change { onset: 100, shape: Shape::Step(3.0) };
    assert_eq!(step.pain(99), 0.0);
    assert_eq!(step.pain(100), 3.0);
    assert!(step.pain(280) < 1.2 && step.pain(280) > 1.0);
    let ramp = Change { onset: 10, shape: Shape::Ramp(0.2, 4.0) };
    assert!((ramp.pain(14) - 1.0).abs() < 1e-9 && ramp.pain(200) == 4.0);
}

#[test]
fn the_same_seed_is_the_same_person() {
    let one = Course::new(&Spec::REFERENCE, 7, 3, 100, 0);
    assert_eq!(one, Course::new(&Spec::REFERENCE, 7, 3, 100, 0));
    assert_ne!(one, Course::new(&Spec::REFERENCE, 8, 3, 100, 0));
    assert_ne!(one, Course::new(&Spec::REFERENCE, 7, 4, 100, 0));
}

/// What `lamella calibrate` wrote with its defaults; the trajectory crate takes it over as its own artifact.
#[test]
fn the_calibration_found_here_fits_the_model_and_keeps_its_promise() {
    use lamella_trajectory::{calibration::Calibration, prior};
    let text = lamella_trajectory::calibration::SHIPPED;
    let read = Calibration::parse(text, &prior::Prior::hash(prior::SHIPPED)).unwrap();
    let whole: serde_json::Value = serde_json::from_str(text).unwrap();
    for (with, target) in [("with_pain", 0.2), ("with_function", 0.2)] {
        let rate = whole[with]["verified_on"]["lasting"]["value"].as_f64().unwrap();
        assert!((rate - target).abs() <= 0.15 * target, "{with}: {rate}");
        // Gates of the design, section 7: +3 found within 28 days, by each threshold.
        let three = &whole[with]["sensitivity"][1];
        assert!(three["lasting_28"]["value"].as_f64().unwrap() >= 0.72 && three["watch_28"]["value"].as_f64().unwrap() >= 0.90);
    }
    for (thresholds, function) in [(read.pain, false), (read.pain_and_function, true)] {
        let once = read.once_in_patient_years(thresholds.middle().lasting, function).unwrap();
        assert!((4.0..7.0).contains(&once), "once in {once} patient-years, function {function}");
    }
}
