//! What a virtual patient-day costs, and how much of it is the engine's `step` and `view`. Prints rates and their ratio to the bare
//! generator, measured in the same run.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use lamella_cohort::answers::{Plan, Teller, Today};
use lamella_cohort::arm::Arm;
use lamella_cohort::chance::{Purpose, stream};
use lamella_cohort::course::Course;
use lamella_cohort::outcome::Metric;
use lamella_cohort::rule::Rule;
use lamella_cohort::signs::{self, Signs};
use lamella_cohort::spec::Spec;
use lamella_cohort::trial::Trial;
use lamella_cohort::{clinic::Staff, complication};
use lamella_engine::{Pathways, State, step, view};
use lamella_pathway::Compiled;
use lamella_record::{Moment, Patient};
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
    let tally = trial(&signs, Arm::pathway("shipped", pathway.clone(), &signs)).run();
    let outcome = &tally.cohort[0];
    report("the whole pathway", began, outcome.patient_days, Some(bare));
    let check_ins = outcome.of(Metric::CheckIns).sum;
    println!("check-ins {check_ins}, steps {}, views {} over {} patient-days", outcome.steps, outcome.views, outcome.patient_days);
    parts(&signs, &pathway);
}

/// Where a check-in's time goes: telling it, `step` and `view`, over a year of one person who answers every day.
fn parts(signs: &Signs, pathway: &Compiled) {
    let plan = Plan::new(pathway, signs.bind(pathway));
    let pathways = Pathways::new(pathway.clone());
    let begins = Moment::parse("2026-01-05T07:00:00Z").unwrap();
    let patient = serde_json::json!({ "id": "b", "time_zone": "UTC", "procedure": { "date": "2026-01-05", "baseline_pain": 7 } });
    let patient: Patient = serde_json::from_value(patient).unwrap();
    let mut spent = [0.0f64; 3];
    let people = 20;
    for number in 0..people {
        let course = Course::new(&Spec::REFERENCE, 1, number, DAYS, 0);
        let (mut state, mut teller) = (State::new(&pathways), Teller::new(&plan, begins));
        for day in 1..DAYS {
            let rated = (course.rating(day, 0.0).unwrap(), course.worst(day, 0.0).unwrap(), course.function(day, 0.0).unwrap());
            let now = begins.plus_seconds(i64::from(day) * 86_400);
            let mut chance = stream(1, number, Purpose::Answer, day as u64);
            let marks = [Instant::now(); 1];
            let (event, _) = teller.tell(&plan, &pathways, &patient, &state, now, &Today { day, rated, signs: &[] }, &mut chance);
            let told = marks[0].elapsed().as_secs_f64();
            black_box(step(&pathways, &patient, &mut state, event));
            let stepped = marks[0].elapsed().as_secs_f64();
            black_box(view(&pathways, &patient, &state, now));
            let viewed = marks[0].elapsed().as_secs_f64();
            spent[0] += told;
            spent[1] += stepped - told;
            spent[2] += viewed - stepped;
        }
    }
    let check_ins = people as f64 * f64::from(DAYS - 1);
    for (name, seconds) in ["telling it", "step", "view"].iter().zip(spent) {
        println!("a check-in: {name:<11} {:>6.2} µs", seconds * 1e6 / check_ins);
    }
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
