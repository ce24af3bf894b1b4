//! Durable check-ins per second through the whole way (append, fold, words, commit) with 1, 16 and 256 clients, beside the same
//! store's bare appends in the same run. Prints a small table; about 20 seconds.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use lamella_desk::Desk;
use lamella_engine::Pathways;
use lamella_record::Moment;
use lamella_store::sqlite::SqliteStore;
use lamella_store::{Key, NewEvent, PatientRow, Store};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

const SECONDS: Duration = Duration::from_secs(3);

fn main() {
    println!("{:>8} {:>16} {:>16} {:>8}", "clients", "check-ins/s", "bare appends/s", "ratio");
    for clients in [1, 16, 256] {
        let whole = whole(clients);
        let bare = bare(clients);
        println!("{clients:>8} {whole:>16.0} {bare:>16.0} {:>8.2}", whole / bare);
    }
}

fn whole(clients: usize) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(&folder.path().join("bench.sqlite")).unwrap());
    let desk = Desk::new(store, pathways(), "bench", TimeZone::UTC, || {});
    let start: Timestamp = "2026-01-01T09:00:00Z".parse().unwrap();
    for client in 0..clients {
        desk.put_patient(&serde_json::from_value(patient(client)).unwrap(), start).unwrap();
    }
    rate(clients, |client, nth| {
        let now = start + SignedDuration::from_hours(24 * (1 + nth as i64));
        let at = Moment::new(now, jiff::tz::Offset::UTC).to_string();
        let event = json!({ "id": format!("d{nth}"), "kind": "check-in", "at": at, "revision": "1", "answers": answers((nth % 4) as i32) });
        desk.receive(&desk.key(&format!("p{client}")), vec![event], now).unwrap();
    })
}

fn bare(clients: usize) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("bench.sqlite")).unwrap();
    for client in 0..clients {
        let row = PatientRow { patient: format!("p{client}"), name: String::new(), body: patient(client).to_string() };
        store.put_patient("bench", &row).unwrap();
    }
    let body = answers(3).to_string();
    rate(clients, |client, nth| {
        let key = Key { clinic: "bench".into(), patient: format!("p{client}") };
        let event =
            NewEvent { id: format!("d{nth}"), at: nth as i64, received_at: nth as i64, kind: "check-in".into(), body: body.clone() };
        store.append(&key, &[event]).unwrap();
    })
}

/// How often a second `once` is done by so many threads, each for its own patient.
fn rate(clients: usize, once: impl Fn(usize, u64) + Sync) -> f64 {
    let done = AtomicU64::new(0);
    let began = Instant::now();
    std::thread::scope(|scope| {
        for client in 0..clients {
            let (done, once) = (&done, &once);
            scope.spawn(move || {
                let mut nth = 0;
                while began.elapsed() < SECONDS {
                    once(client, nth);
                    nth += 1;
                    done.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    done.load(Ordering::Relaxed) as f64 / began.elapsed().as_secs_f64()
}

fn patient(client: usize) -> Value {
    json!({ "id": format!("p{client}"), "name": "Bench (synthetic)", "time_zone": "UTC", "procedure": { "date": "2026-01-01", "baseline_pain": 7 } })
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

fn answers(more: i32) -> Value {
    json!({
        "pain": 2 + more, "pain-worst": 4 + more, "function": 3, "character": ["ache"], "where": ["low-back"], "set-off": ["activity"],
        "settles": "within-hours", "against-usual": "same", "rest-pain": "no", "numbness": "none", "weakness": "none", "saddle": "no",
        "bladder": "normal", "bowel": "normal", "both-legs-pain": "no", "fever": "no", "unwell": "no", "needle-site": ["clean"],
        "chest": "no", "calf": "no", "allergy": "none", "headache": "none", "fall": "no", "stood": "yes", "flare": "no",
        "mood": 3, "sleep": 3, "stress": 3, "self-harm": "no", "relief": ["none"], "walked": 20,
    })
}
