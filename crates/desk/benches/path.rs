//! Durable check-ins per second through the whole way (append, fold, words, commit) with 1, 16 and 256 clients, beside the same
//! store's bare appends in the same run; then what it costs, after a year of daily check-ins, to keep what a reading showed.
//! Prints two small tables; about 20 seconds.
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
    println!("\n{:>8} {:>12} {:>16} {:>8} {:>10} {:>8}", "day", "quiet, ms", "off course, ms", "ratio", "case, ms", "ratio");
    for day in [90, 180, 365] {
        let [quiet, slow, case] = [(0, 0), (3, 3), (0, 2)].map(|(before, now)| after(day, before, now));
        println!("{day:>8} {quiet:>12.2} {slow:>16.2} {:>8.2} {case:>10.2} {:>8.2}", slow / quiet, case / quiet);
    }
}

/// The middle one of 11 check-ins with so much more pain, after so many daily ones and ten more of them, in milliseconds.
fn after(days: i64, more: i32, now_more: i32) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(&folder.path().join("bench.sqlite")).unwrap());
    let desk = Desk::new(store, pathways(), "bench", TimeZone::UTC, || {});
    let start: Timestamp = "2026-01-01T09:00:00Z".parse().unwrap();
    desk.put_patient(&serde_json::from_value(patient(0)).unwrap(), start).unwrap();
    let one = |day: i64| {
        let now = start + SignedDuration::from_hours(24 * day);
        let at = Moment::new(now, jiff::tz::Offset::UTC).to_string();
        let more = if day > days { now_more } else { more };
        let mut answers = answers(more);
        answers["function"] = json!(2 + more);
        let revision = &desk.pathway().revision;
        let event = json!({ "id": format!("d{day}"), "kind": "check-in", "at": at, "revision": revision, "answers": answers });
        let began = Instant::now();
        let receipts = desk.receive(&desk.key("p0"), vec![event], now).unwrap();
        let took = began.elapsed().as_secs_f64() * 1000.0;
        let ratings = receipts[0].told.as_ref().unwrap().ratings.as_ref();
        let said = (ratings.is_some(), ratings.is_some_and(|ratings| ratings.above.is_some()));
        assert!(day <= days + 10 || said == (now_more > 0, now_more == 2), "day {day}: {said:?}");
        took
    };
    let times: Vec<f64> = (1..=days + 21).map(one).collect();
    let mut last: Vec<f64> = times.into_iter().rev().take(11).collect();
    last.sort_by(f64::total_cmp);
    last[5]
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
