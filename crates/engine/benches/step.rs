//! What one check-in costs on day 1 and on day 365: the fold must not grow with the record. Prints µs and their ratio.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use lamella_engine::{Pathways, State, step};
use lamella_record::{Event, Moment, Record};
use serde_json::{Value, json};
use std::time::Instant;

fn main() {
    let pathways = pathways();
    let record = record(365);
    let mut state = State::new(&pathways);
    let mut costs = vec![];
    for (day, event) in record.events.iter().enumerate() {
        if [0, 29, 179, 364].contains(&day) {
            costs.push((day + 1, micros(&pathways, &record, &state, event), serde_json::to_vec(&state).unwrap().len()));
        }
        step(&pathways, &record.patient, &mut state, event);
    }
    let first = costs[0].1;
    println!("{:>5} {:>10} {:>8} {:>12}", "day", "µs a step", "ratio", "state, bytes");
    for (day, micros, bytes) in costs {
        println!("{day:>5} {micros:>10.1} {:>8.2} {bytes:>12}", micros / first);
    }
    println!("whole year, one after the other: {:.1} µs a step", year(&pathways, &record));
}

/// The mean of a year's steps, folded as a record is folded.
fn year(pathways: &Pathways, record: &Record) -> f64 {
    let times = 40;
    let began = Instant::now();
    for _ in 0..times {
        let mut state = State::new(pathways);
        record.events.iter().for_each(|event| drop(step(pathways, &record.patient, &mut state, event)));
    }
    began.elapsed().as_secs_f64() * 1e6 / f64::from(times) / record.events.len() as f64
}

/// The median of many steps from the same state; the copy of the state is not timed.
fn micros(pathways: &Pathways, record: &Record, state: &State, event: &Event) -> f64 {
    let mut times: Vec<f64> = (0..400)
        .map(|_| {
            let mut state = state.clone();
            let began = Instant::now();
            step(pathways, &record.patient, &mut state, event);
            began.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn pathways() -> Pathways {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../pathways/annular-fibrin");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<(String, String)> = entries
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap()))
        .collect();
    let borrowed: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    Pathways::new(lamella_pathway::read(&borrowed).0.unwrap())
}

fn record(days: i32) -> Record {
    let patient = json!({ "id": "bench", "time_zone": "UTC", "procedure": { "date": "2026-01-01", "baseline_pain": 7 } });
    let patient = serde_json::from_value(patient).unwrap();
    let start = Moment::parse("2026-01-01T09:00:00Z").unwrap();
    let events = (1..=days).map(|day| {
        let at = start.plus_seconds(i64::from(day) * 86_400);
        let pain = 2 + (day * 7) % 4;
        let event =
            json!({ "id": format!("d{day:03}"), "kind": "check-in", "at": at.to_string(), "revision": "1", "answers": answers(pain) });
        serde_json::from_value(event).unwrap()
    });
    Record::fold(patient, events.collect())
}

fn answers(pain: i32) -> Value {
    json!({
        "pain": pain, "pain-worst": pain + 1, "function": 3, "character": ["ache"], "where": ["low-back"], "set-off": ["activity"],
        "settles": "within-hours", "against-usual": "same", "rest-pain": "no", "numbness": "none", "weakness": "none", "saddle": "no",
        "bladder": "normal", "bowel": "normal", "both-legs-pain": "no", "fever": "no", "unwell": "no", "needle-site": ["clean"],
        "chest": "no", "calf": "no", "allergy": "none", "headache": "none", "fall": "no", "stood": "yes", "flare": "no",
        "mood": 3, "sleep": 3, "stress": 3, "self-harm": "no", "relief": ["none"], "walked": 20,
    })
}
