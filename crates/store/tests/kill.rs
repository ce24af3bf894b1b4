//! Nothing acknowledged is lost when the process is killed. A child (this same program) appends and says which ids were
//! acknowledged; it is killed in the middle of it. This shows that no answer runs ahead of its commit and that no half batch
//! stays; that a commit survives a power cut rests on SQLite's `synchronous = full` and on the disk.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};
use std::{env, thread};

use lamella_store::sqlite::SqliteStore;
use lamella_store::{Key, NewEvent, Outcome, PatientRow, Store};

const ROUNDS: usize = 8;
const DEVICES: usize = 4;
/// Two devices to a patient, so that records are written from two sides.
const PATIENTS: usize = 2;
const CHILD: &str = "LAMELLA_KILL_CHILD";

fn key(device: usize) -> Key {
    Key { clinic: "demo".into(), patient: format!("p{}", device % PATIENTS) }
}

fn event(round: usize, device: usize, n: usize) -> NewEvent {
    let id = format!("{round}-{device}-{n}");
    NewEvent { id, at: 1, received_at: 1, kind: "check-in".into(), body: "x".repeat(300) }
}

/// Batches of 1, 2, 3, 4, 5, 1, … events, without end.
fn batches(round: usize, device: usize) -> impl Iterator<Item = Vec<NewEvent>> {
    let mut n = 0;
    (1..=5).cycle().map(move |size| {
        n += size;
        (n - size..n).map(|n| event(round, device, n)).collect()
    })
}

/// Not a test by itself: what the child does until it is killed.
#[test]
fn child() {
    let Ok(word) = env::var(CHILD) else { return };
    let (round, path) = word.split_once(':').unwrap();
    let (round, store) = (round.parse().unwrap(), SqliteStore::open(Path::new(path)).unwrap());
    thread::scope(|scope| {
        for device in 0..DEVICES {
            let store = &store;
            scope.spawn(move || append_without_end(store, round, device));
        }
    });
}

fn append_without_end(store: &SqliteStore, round: usize, device: usize) {
    for batch in batches(round, device) {
        store.append(&key(device), &batch).unwrap();
        let mut out = std::io::stdout().lock();
        for event in batch {
            writeln!(out, "acknowledged {}", event.id).unwrap();
        }
        out.flush().unwrap();
    }
}

/// Lets a child append for `life` after its first acknowledgement and kills it; the ids it had acknowledged.
fn kill_one(path: &Path, round: usize, life: Duration) -> Vec<String> {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["child", "--exact", "--nocapture"])
        .env(CHILD, format!("{round}:{}", path.display()))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut acknowledged = Vec::new();
    let mut first = None;
    let mut line = String::new();
    while out.read_line(&mut line).unwrap() > 0 {
        // a line without its end was cut off by the kill
        if let Some(id) = line.strip_suffix('\n').and_then(|line| line.strip_prefix("acknowledged ")) {
            acknowledged.push(id.to_string());
        }
        line.clear();
        if !acknowledged.is_empty() && first.get_or_insert_with(Instant::now).elapsed() > life {
            child.kill().unwrap();
        }
    }
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&child.wait().unwrap()), Some(9), "the child ended by itself");
    acknowledged
}

/// How often each id is there; checks that arrival numbers have no gap.
fn count_ids(store: &SqliteStore) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    for patient in 0..PATIENTS {
        let events = store.events(&key(patient), 0).unwrap();
        assert!(events.iter().map(|one| one.seq).eq(1..=events.len() as u64), "a gap in patient {patient}");
        assert_eq!(store.version(&key(patient)).unwrap(), events.len() as u64);
        events.into_iter().for_each(|one| *counts.entry(one.event.id).or_default() += 1);
    }
    counts
}

/// Each device sends all it has ever made in this round once more: what is there is known, the rest is stored.
fn send_again(store: &SqliteStore, round: usize, before: &HashMap<String, usize>) {
    for device in 0..DEVICES {
        for batch in batches(round, device) {
            let known = batch.iter().filter(|event| before.contains_key(&event.id)).count();
            assert!(known == 0 || known == batch.len(), "half a batch was kept");
            let outcome = if known == 0 { Outcome::Stored } else { Outcome::Known };
            assert_eq!(store.append(&key(device), &batch).unwrap().outcomes, vec![outcome; batch.len()]);
            if known == 0 {
                break;
            }
        }
    }
}

#[test]
fn nothing_acknowledged_is_lost_when_the_process_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lamella.db");
    let store = SqliteStore::open(&path).unwrap();
    for patient in 0..PATIENTS {
        let row = PatientRow { patient: key(patient).patient, name: "P".into(), body: "{}".into() };
        store.put_patient("demo", &row).unwrap();
    }
    drop(store);

    let mut all = BTreeMap::new();
    for round in 0..ROUNDS {
        let nanos = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().subsec_nanos();
        let life = Duration::from_micros(u64::from(nanos / 1000 % 150_000));
        let acknowledged = kill_one(&path, round, life);
        println!("round {round}: killed after {life:?}, {} events acknowledged", acknowledged.len());

        let store = SqliteStore::open(&path).unwrap();
        assert_eq!(store.integrity().unwrap(), Vec::<String>::new());
        let kept = count_ids(&store);
        all.extend(acknowledged.into_iter().map(|id| (id, round)));
        for (id, round) in &all {
            assert_eq!(kept.get(id), Some(&1), "event {id}, acknowledged in round {round}");
        }
        send_again(&store, round, &kept);
        assert!(count_ids(&store).values().all(|count| *count == 1));
    }
    assert!(all.len() > ROUNDS * 10, "only {} events: the children were killed too early to tell", all.len());
}
