//! Durable appends per second through the store, beside what SQLite does at best: one thread that inserts ready-made groups of
//! the same size, with the same schema and settings. `cargo bench -p lamella-store`
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use lamella_store::sqlite::SqliteStore;
use lamella_store::{Key, NewEvent, PatientRow, Store};
use rusqlite::{Connection, params};

const TIME: Duration = Duration::from_millis(1400);
const SETTINGS: &str = "PRAGMA synchronous = full; PRAGMA foreign_keys = on;
    PRAGMA wal_autocheckpoint = 4096; PRAGMA cache_size = -16384";
const INSERT: &str = "INSERT INTO event (clinic, patient, seq, id, at, received_at, kind, body)
    VALUES ('demo', ?1, ?2, ?3, 1, 2, 'check-in', ?4)";

fn main() {
    println!("clients   store/s    bare/s   ratio");
    for clients in [1, 16, 256] {
        let store = in_new_file(|path| through_the_store(path, clients));
        let bare = in_new_file(|path| bare(path, clients));
        let ratio = store / bare;
        println!("{clients:>7} {store:>9.0} {bare:>9.0} {ratio:>7.2}");
    }
}

/// In the build folder, because a temporary one may be in memory.
fn in_new_file(measure: impl FnOnce(&Path) -> f64) -> f64 {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    measure(&folder.path().join("lamella.db"))
}

fn with_patients(path: &Path, clients: u64) -> SqliteStore {
    let store = SqliteStore::open(path).unwrap();
    for client in 0..clients {
        let (patient, name, body) = (client.to_string(), "P".into(), "{}".into());
        let row = PatientRow { patient, name, body };
        store.put_patient("demo", &row).unwrap();
    }
    store
}

/// A check-in of ordinary size.
fn event(client: u64, n: u64) -> NewEvent {
    NewEvent { id: format!("{n:016x}-{client:04x}"), at: 1, received_at: 2, kind: "check-in".into(), body: "x".repeat(400) }
}

fn through_the_store(path: &Path, clients: u64) -> f64 {
    let store = &with_patients(path, clients);
    let start = Instant::now();
    let work = move |client: u64| {
        let (clinic, patient) = ("demo".into(), client.to_string());
        let (key, mut version) = (Key { clinic, patient }, 0);
        while start.elapsed() < TIME {
            let done = store.append(&key, &[event(client, version)]);
            version = done.unwrap().version;
        }
        version
    };
    let total: u64 = thread::scope(|scope| {
        let spawn = |client| scope.spawn(move || work(client));
        let threads: Vec<_> = (0..clients).map(spawn).collect();
        threads.into_iter().map(|one| one.join().unwrap()).sum()
    });
    total as f64 / start.elapsed().as_secs_f64()
}

fn bare(path: &Path, clients: u64) -> f64 {
    drop(with_patients(path, clients));
    let conn = Connection::open(path).unwrap();
    conn.execute_batch(SETTINGS).unwrap();
    let mut insert = conn.prepare(INSERT).unwrap();
    let (mut seq, mut spent) = (0, Duration::ZERO);
    while spent < TIME {
        seq += 1;
        let group: Vec<_> = (0..clients).map(|client| event(client, seq)).collect();
        let begun = Instant::now();
        conn.execute_batch("BEGIN IMMEDIATE").unwrap();
        for (client, e) in group.iter().enumerate() {
            let row = params![client.to_string(), seq, e.id, e.body];
            insert.execute(row).unwrap();
        }
        conn.execute_batch("COMMIT").unwrap();
        spent += begun.elapsed();
    }
    (seq * clients) as f64 / spent.as_secs_f64()
}
