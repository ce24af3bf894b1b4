//! A clinic in Madrid, one person, and a clock held by hand.
#![allow(dead_code)]

use jiff::Timestamp;
use jiff::tz::TimeZone;
use lamella_desk::{Desk, Receipt};
use lamella_engine::Pathways;
use lamella_record::{Moment, Patient};
use lamella_store::Key;
use lamella_store::sqlite::SqliteStore;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::{Arc, OnceLock};

pub fn pathways() -> Pathways {
    static SHIPPED: OnceLock<Pathways> = OnceLock::new();
    let compile = || {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../pathways/annular-fibrin");
        let names = std::fs::read_dir(folder).expect("the shipped pathway").map(|entry| entry.expect("a file").path());
        let files: Vec<(String, String)> = names
            .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
            .map(|path| (path.file_name().expect("a name").to_string_lossy().to_string(), std::fs::read_to_string(&path).expect("a text")))
            .collect();
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let (pathway, found) = lamella_pathway::read(&files);
        Pathways::new(pathway.unwrap_or_else(|| panic!("{found:#?}")))
    };
    SHIPPED.get_or_init(compile).clone()
}

/// The person: procedure on Monday 2 March 2026.
pub fn person() -> Patient {
    serde_json::from_value(json!({
        "id": "p1", "name": "Ana Ruiz", "time_zone": "Europe/Madrid", "language": "en",
        "procedure": {"date": "2026-03-02", "levels": ["L4-L5"]},
        "pathway": [{"revision": "1", "from": "2026-03-02"}],
    }))
    .expect("a patient")
}

/// Local time in Madrid on a day since the procedure.
pub fn on(day: i32, time: &str) -> Timestamp {
    let date = person().date_of(day);
    let time: jiff::civil::Time = time.parse().expect("a time");
    date.to_datetime(time).to_zoned_datetime(TimeZone::get("Europe/Madrid").expect("a zone")).expect("a time that is").timestamp()
}

pub fn later(now: Timestamp, seconds: i64) -> Timestamp {
    now + jiff::SignedDuration::from_secs(seconds)
}

/// A clinic whose database lies in a folder.
pub struct House {
    pub folder: tempfile::TempDir,
    pub store: SqliteStore,
    pub desk: Desk,
    pub key: Key,
}

pub fn open(path: &Path) -> (SqliteStore, Desk) {
    let store = SqliteStore::open(&path.join("lamella.db")).expect("a database");
    let zone = TimeZone::get("Europe/Madrid").expect("a zone");
    let desk = Desk::new(Arc::new(store.clone()), pathways(), "demo", zone, || {});
    (store, desk)
}

impl House {
    /// With the person, entered on day 0.
    pub fn new() -> House {
        House::with(person())
    }

    pub fn with(patient: Patient) -> House {
        let folder = tempfile::tempdir().expect("a folder");
        let (store, desk) = open(folder.path());
        let key = desk.key(&patient.id);
        desk.put_patient(&patient, on(0, "12:00")).expect("entered");
        House { folder, store, desk, key }
    }

    /// The process ends, and another begins on the same file.
    pub fn again(self) -> House {
        let House { folder, store, desk, key } = self;
        drop(desk);
        drop(store);
        let (store, desk) = open(folder.path());
        House { folder, store, desk, key }
    }

    pub fn receive(&self, event: Value, now: Timestamp) -> Receipt {
        self.desk.receive(&self.key, vec![event], now).expect("taken").remove(0)
    }

    /// Ids and levels of the worklist, in its order.
    pub fn list(&self, now: Timestamp) -> Vec<(String, String)> {
        let rows = self.desk.worklist(now).expect("a worklist");
        rows.iter().map(|row| (row.kept.alert.id.clone(), row.kept.alert.level.word().to_string())).collect()
    }

    pub fn ids(&self, now: Timestamp) -> Vec<String> {
        self.list(now).into_iter().map(|(id, _)| id).collect()
    }
}

pub fn at(now: Timestamp) -> String {
    Moment::new(now, TimeZone::get("Europe/Madrid").expect("a zone").to_offset(now)).to_string()
}

/// A check-in as a phone sends it: quiet, but for these.
pub fn check_in(id: &str, now: Timestamp, but: Value) -> Value {
    let day = person().day_of(Moment::new(now, TimeZone::get("Europe/Madrid").expect("a zone").to_offset(now)).date());
    let mut answers = json!({
        "pain": 3, "pain-worst": 4, "function": 2, "character": "ache", "where": "low-back", "set-off": "activity", "settles": "within-hours",
        "against-usual": "same", "rest-pain": "no", "numbness": "none", "weakness": "none", "saddle": "no", "bladder": "normal",
        "bowel": "normal", "both-legs-pain": "no", "fever": "no", "unwell": "no", "chest": "no", "fall": "no", "stood": "yes",
        "flare": "no", "relief": "none", "walked": 30,
    });
    let all = answers.as_object_mut().expect("an object");
    for (question, normal, last) in [("needle-site", "clean", 30), ("calf", "no", 90), ("allergy", "none", 14), ("headache", "none", 42)] {
        if (0..=last).contains(&day) {
            all.insert(question.to_string(), json!(normal));
        }
    }
    for (question, answer) in but.as_object().expect("an object") {
        if answer.is_null() {
            all.remove(question);
        } else {
            all.insert(question.clone(), answer.clone());
        }
    }
    json!({"id": id, "kind": "check-in", "at": at(now), "revision": "1", "answers": answers})
}
