//! What a virtual patient-day costs, and how much of it is the engine's `step` and `view`. Prints rates and their ratio to the bare
//! generator, measured in the same run.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use lamella_cohort::arm::Arm;
use lamella_cohort::course::Course;
use lamella_cohort::outcome::Metric;
use lamella_cohort::rule::Rule;
use lamella_cohort::signs::{self, Signs};
use lamella_cohort::spec::Spec;
use lamella_cohort::trial::Trial;
use lamella_cohort::{clinic::Staff, complication};
use lamella_pathway::Compiled;
use std::hint::black_box;
use std::time::Instant;

const PATIENTS: u64 = 200;
const DAYS: i32 = 365;

fn main() {
    let signs = Signs::parse(signs::SHIPPED).unwrap();
    let pathway = pathway();
    let rule = Arm::rule(Rule::Published, pathway.contact.clone(), &signs);
    let began = Instant::now();
    for patient in 0..PATIENTS {
        black_box(Course::new(&Spec::REFERENCE, 1, patient, DAYS, 0));
    }
    let bare = report("the course alone", began, PATIENTS * DAYS as u64, None);
    let began = Instant::now();
    black_box(trial(&signs, rule).run());
    report("published thresholds, no engine", began, PATIENTS * DAYS as u64, Some(bare));
    let began = Instant::now();
    let tally = trial(&signs, Arm::pathway("shipped", pathway, &signs)).run();
    let outcome = &tally.cohort[0];
    report("the whole pathway", began, outcome.patient_days, Some(bare));
    let check_ins = outcome.of(Metric::CheckIns).sum;
    println!("check-ins {check_ins}, steps {}, views {} over {} patient-days", outcome.steps, outcome.views, outcome.patient_days);
    println!("per step {:.1} µs of wall time, everything in it", began.elapsed().as_secs_f64() * 1e6 / outcome.steps as f64);
}

fn trial(signs: &Signs, arm: Arm) -> Trial {
    Trial {
        arms: vec![arm],
        spec: Spec::REFERENCE,
        kinds: complication::parse(complication::SHIPPED, signs).unwrap(),
        staff: Staff::default(),
        seed: 1,
        patients: PATIENTS,
        given: 0,
        days: DAYS,
        factor: 1.0,
    }
}

fn report(name: &str, began: Instant, days: u64, bare: Option<f64>) -> f64 {
    let seconds = began.elapsed().as_secs_f64();
    let rate = days as f64 / seconds;
    println!(
        "{name:<34} {rate:>10.0} patient-days/s on one core {:>6.2} µs each  ratio {:.3}",
        seconds * 1e6 / days as f64,
        bare.map_or(1.0, |bare| rate / bare)
    );
    rate
}

fn pathway() -> Compiled {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../pathways/annular-fibrin");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<(String, String)> = entries
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap()))
        .collect();
    let borrowed: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    lamella_pathway::read(&borrowed).0.unwrap()
}
