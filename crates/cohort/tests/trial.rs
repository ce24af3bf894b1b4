//! The shipped pathway, and others, on virtual people.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use lamella_cohort::arm::Arm;
use lamella_cohort::clinic::Staff;
use lamella_cohort::complication::{self, Complication};
use lamella_cohort::outcome::Metric;
use lamella_cohort::rule::Rule;
use lamella_cohort::signs::{self, Signs};
use lamella_cohort::spec::Spec;
use lamella_cohort::trial::{Tally, Trial};
use lamella_pathway::Compiled;
use std::path::Path;

fn shipped() -> Compiled {
    pathway(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pathways/annular-fibrin"), |text| text)
}

fn pathway(folder: &Path, change: impl Fn(String) -> String) -> Compiled {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<(String, String)> = entries
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), change(std::fs::read_to_string(&path).unwrap())))
        .collect();
    let borrowed: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let (compiled, diagnostics) = lamella_pathway::read(&borrowed);
    compiled.unwrap_or_else(|| panic!("{diagnostics:#?}"))
}

fn signs() -> Signs {
    Signs::parse(signs::SHIPPED).unwrap()
}

fn kinds() -> Vec<Complication> {
    complication::parse(complication::SHIPPED, &signs()).unwrap()
}

fn trial(arms: Vec<Arm>, patients: u64, given: u64, days: i32) -> Trial {
    Trial { arms, spec: Spec::REFERENCE, kinds: kinds(), staff: Staff::default(), seed: 4, patients, given, days, factor: 1.0 }
}

/// Units shared out to threads as they come, merged as they come.
fn on_threads(trial: &Trial, threads: usize) -> Tally {
    let next = std::sync::atomic::AtomicU64::new(0);
    let parts: Vec<Tally> = std::thread::scope(|scope| {
        let work = || {
            let mut tally = trial.nothing();
            loop {
                let unit = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                if unit >= trial.units() {
                    return tally;
                }
                tally = tally.merge(trial.run_unit(unit));
            }
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    parts.into_iter().rev().fold(trial.nothing(), Tally::merge)
}

#[test]
fn no_red_flag_is_missed_by_the_shipped_pathway() {
    let arm = Arm::pathway("shipped", shipped(), &signs());
    assert!(arm.untellable().is_empty(), "{:?}", arm.untellable());
    let causes = arm.causes.clone();
    let tally = on_threads(&trial(vec![arm], 100, 400, 120), 2);
    for outcome in [&tally.cohort[0], &tally.given[0]] {
        assert_eq!((outcome.misses, outcome.untold), (0, 0), "{:?}", outcome.missed);
    }
    let kinds = kinds();
    for (kind, finding) in kinds.iter().zip(&tally.given[0].findings) {
        println!(
            "{:<28} had {:>3} found {:>3} median {:?} within 14 {}",
            kind.id,
            finding.had,
            finding.found,
            finding.median(),
            finding.within(14)
        );
    }
    let stops = ["stopped-above-usual", "stopped-below-knee", "stopped-usual-unknown"].map(|rule| causes.iter().position(|id| id == rule));
    let stopped: u64 = stops.iter().map(|cause| tally.given[0].alerts[cause.unwrap()].iter().sum::<u64>()).sum();
    assert!(stopped > 20, "people stop an activity now and then: {stopped}");
    let found = |id: &str| {
        let finding = &tally.given[0].findings[kinds.iter().position(|kind| kind.id == id).unwrap()];
        finding.found as f64 / finding.had as f64
    };
    for id in ["wound-infection", "new-deficit", "discitis-with-fever"] {
        assert!(found(id) > 0.8, "{id}: {}", found(id));
    }
}

#[test]
fn a_pathway_that_lost_its_rule_is_caught() {
    // The floor itself still raises in the engine, so that the level is taken from the answers as well.
    let lenient = |text: String| text.replace("hives (emergency)", "hives").replace("- hives (attention): hives", "- hives: hives");
    let mild = |text: String| {
        let text = lenient(text);
        match text.split_once("safety rule allergy-hives") {
            Some((before, after)) => format!("{before}safety rule allergy-hives{}", after.replacen("then attention", "then watch", 1)),
            None => text,
        }
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pathways/annular-fibrin");
    let arm = Arm::pathway("mild", pathway(&folder, mild), &signs());
    let tally = on_threads(&trial(vec![arm], 0, 300, 60), 2);
    assert!(tally.given[0].misses > 0, "hives at watch lie below what the evidence asks for");
    assert!(!tally.given[0].missed.is_empty());
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let arms = || vec![Arm::pathway("shipped", shipped(), &signs()), Arm::rule(Rule::AtLeastSeven, shipped().contact, &signs())];
    let one = trial(arms(), 120, 60, 45).run();
    for threads in [1, 2, 5] {
        assert_eq!(on_threads(&trial(arms(), 120, 60, 45), threads), one, "{threads} threads");
    }
    let other = Trial { seed: 5, ..trial(arms(), 120, 60, 45) };
    assert_ne!(other.run(), one, "another seed is another trial");
}

#[test]
fn merging_is_associative_and_does_not_grow() {
    let trial = trial(vec![Arm::rule(Rule::Published, shipped().contact, &signs())], 200, 0, 60);
    let part = |unit| trial.run_unit(unit);
    let left = part(0).merge(part(1)).merge(part(2));
    let right = part(2).merge(part(1).merge(part(0)));
    assert_eq!(left, right);
    let size = |tally: &Tally| format!("{tally:?}").split(',').count();
    assert_eq!(size(&left), size(&part(0)), "as many counters after three panels as after one");
}

#[test]
fn everybody_is_counted_once_and_lives_their_days() {
    let trial = trial(vec![Arm::pathway("shipped", shipped(), &signs())], 130, 70, 40);
    let tally = trial.run();
    assert_eq!((tally.cohort[0].patients, tally.cohort[0].patient_days), (130, 130 * 40));
    assert_eq!((tally.given[0].patients, tally.given[0].days_by_week.iter().sum::<u64>()), (70, 70 * 40));
    assert_eq!(trial.patient_days(), (0..trial.units()).map(|unit| trial.unit_days(unit)).sum::<u64>());
    let outcome = &tally.cohort[0];
    let by_level = outcome.alerts.iter().flatten().sum::<u64>();
    assert_eq!(by_level, outcome.of(Metric::Alerts).sum, "each alert is counted by cause and by person");
}

#[test]
fn another_pathway_needs_no_new_rust() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../verify/tests");
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let (every, _) = lamella_pathway::read(&[("common.md", &text("common.md")), ("every.md", &text("whole/every.md"))]);
    let arm = Arm::pathway("every", every.unwrap(), &signs());
    let other = Arm::pathway("shipped", shipped(), &signs());
    let tally = trial(vec![other, arm], 50, 100, 60).run();
    let (first, second) = (&tally.given[0], &tally.given[1]);
    assert!(second.untold > 0, "it has no question for most red flags, and that is counted");
    assert!(second.of(Metric::CheckIns).sum > 1000 && second.steps >= second.of(Metric::CheckIns).sum);
    assert_eq!(first.patient_days, second.patient_days);
    let place = kinds().iter().position(|kind| kind.id == "cauda-equina").unwrap();
    let [_, first_only, second_only, _] = tally.paired_given.found[place];
    assert!(first_only > second_only, "what it cannot be told it does not find: {first_only} {second_only}");
}

/// The reading finds in the trial what it finds in its calibration (docs/trajectory.md: 52, 84, 94 %): treatment, which other rules
/// bring about within days, does not hide it. What a comparator has no reading for is not said to be read.
#[test]
fn the_reading_is_asked_of_people_who_are_not_treated() {
    let ours = Arm::pathway("shipped", shipped(), &signs());
    let other = Arm::rule(lamella_cohort::rule::Rule::AtLeastSeven, ours.contact.clone(), &signs());
    let arms = vec![ours, other];
    let trial = Trial { arms, ..trial(vec![], 0, 420, 365) };
    let tally = on_threads(&trial, 2);
    let report = lamella_cohort::report::report(&trial, &tally);
    let read = |arm: usize, id: &str| report.arms[arm].events.iter().find(|event| event.id == id).unwrap().read_28;
    let of = |id: &str| read(0, id).unwrap().value;
    assert!(of("lasting-step-3") > 0.6 && of("lasting-step-4") > 0.75, "{} {}", of("lasting-step-3"), of("lasting-step-4"));
    assert!(of("lasting-step-2") < of("lasting-step-4") && of("fall") < 0.2);
    assert!(read(1, "lasting-step-3").is_none());
}

#[test]
fn too_small_a_clinic_shows() {
    let arm = || Arm::pathway("shipped", shipped(), &signs());
    let with = |minutes_per_100: f64| {
        let staff = Staff { minutes_per_100, ..Staff::default() };
        Trial { staff, ..trial(vec![arm()], 100, 0, 60) }.run().cohort.remove(0)
    };
    let (small, large) = (with(10.0), with(600.0));
    let full = |outcome: &lamella_cohort::outcome::Outcome| outcome.used.last().copied().unwrap();
    assert!(small.left_waiting > 10 * large.left_waiting.max(1), "{} {}", small.left_waiting, large.left_waiting);
    assert!(full(&small) > full(&large));
    assert!(small.late > large.late);
    assert!(large.seen.iter().sum::<u64>() > small.seen.iter().sum::<u64>());
}
