//! Laws that hold for any batches, any number of devices and any moment.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::sync::Barrier;
use std::thread;

use lamella_store::sqlite::SqliteStore;
use lamella_store::{AlertRow, Commit, Committed, Key, NewEvent, Outcome, PatientRow, Store, ToldRow};
use proptest::prelude::*;
use proptest::sample::Index;
use tempfile::TempDir;

fn key() -> Key {
    Key { clinic: "demo".into(), patient: "p".into() }
}

/// A store with one patient and no events.
fn fresh() -> (TempDir, SqliteStore) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("lamella.db")).unwrap();
    store.put_patient("demo", &PatientRow { patient: "p".into(), name: "P".into(), body: "{}".into() }).unwrap();
    (folder, store)
}

fn event(id: impl ToString) -> NewEvent {
    let id = id.to_string();
    NewEvent { at: 1, received_at: 2, kind: "check-in".into(), body: format!("\"{id}\""), id }
}

/// Everything a commit can write, marked with its version.
fn commit(version: u64) -> Commit {
    let id = format!("from-{version}");
    Commit {
        version,
        level: 1,
        at: 1,
        assessment: id.clone(),
        snapshot: Some(id.clone().into_bytes()),
        alerts: vec![AlertRow { id: id.clone(), level: 2, since: 1, open: true, body: "{}".into() }],
        told: vec![ToldRow { event: id, level: 1, at: 1, body: "{}".into() }],
    }
}

/// The marks of the commits that left anything behind, each asked of a table of its own.
fn traces(store: &SqliteStore) -> [Vec<String>; 4] {
    [
        store.assessment(&key()).unwrap().into_iter().map(|row| row.body).collect(),
        store.snapshot(&key()).unwrap().into_iter().map(|(_, state)| String::from_utf8(state).unwrap()).collect(),
        store.alerts(&key()).unwrap().into_iter().map(|row| row.id).collect(),
        store.told(&key(), 10).unwrap().into_iter().map(|row| row.event).collect(),
    ]
}

/// Sequence numbers 1, 2, 3, … and the version agree; the ids in order of arrival.
fn ids_in_order(store: &SqliteStore) -> Vec<String> {
    let events = store.events(&key(), 0).unwrap();
    assert!(events.iter().map(|one| one.seq).eq(1..=events.len() as u64), "a gap or a double in {events:?}");
    assert_eq!(store.version(&key()).unwrap(), events.len() as u64);
    events.into_iter().map(|one| one.event.id).collect()
}

/// One event after another; after each: which earlier ones are sent once more, and whether the batch ends here.
fn sendings() -> impl Strategy<Value = Vec<(Vec<Index>, bool)>> {
    prop::collection::vec((prop::collection::vec(any::<Index>(), 0..3), any::<bool>()), 1..20)
}

fn batches(sendings: &[(Vec<Index>, bool)]) -> Vec<Vec<usize>> {
    let mut batches = vec![Vec::new()];
    for (n, (again, cut)) in sendings.iter().enumerate() {
        let batch = batches.last_mut().unwrap();
        batch.push(n);
        batch.extend(again.iter().map(|index| index.index(n + 1)));
        if *cut {
            batches.push(Vec::new());
        }
    }
    batches
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(32) })]

    #[test]
    fn any_cut_into_batches_with_any_resending_stores_the_same(sendings in sendings()) {
        let (_folder, store) = fresh();
        let mut seen = 0;
        for batch in batches(&sendings) {
            let events: Vec<_> = batch.iter().map(event).collect();
            let done = store.append(&key(), &events).unwrap();
            for (n, outcome) in batch.into_iter().zip(done.outcomes) {
                prop_assert_eq!(outcome, if n == seen { Outcome::Stored } else { Outcome::Known });
                seen += usize::from(n == seen);
            }
            prop_assert_eq!(done.version, seen as u64);
        }
        let once: Vec<_> = (0..sendings.len()).map(|n| n.to_string()).collect();
        prop_assert_eq!(ids_in_order(&store), once);
    }
}

#[test]
fn eight_devices_at_once_lose_nothing_and_double_nothing() {
    const DEVICES: usize = 8;
    const EVENTS: usize = 120;
    let (_folder, store) = fresh();
    // each device sends its own events and its neighbour's, in batches of three, so that every event is sent twice
    let send = |device: usize| {
        let mut stored = 0;
        for n in (0..EVENTS).step_by(3) {
            let batch: Vec<_> = [device, (device + 1) % DEVICES]
                .into_iter()
                .flat_map(|whose| (n..n + 3).map(move |n| event(format!("{whose}-{n}"))))
                .collect();
            let done = store.append(&key(), &batch).unwrap();
            stored += done.outcomes.iter().filter(|one| **one == Outcome::Stored).count();
            assert!(store.version(&key()).unwrap() >= done.version, "does not see its own write");
        }
        stored
    };
    let send = &send;
    let stored: usize = thread::scope(|scope| {
        let devices: Vec<_> = (0..DEVICES).map(|device| scope.spawn(move || send(device))).collect();
        devices.into_iter().map(|one| one.join().unwrap()).sum()
    });
    assert_eq!(stored, DEVICES * EVENTS);
    let mut ids = ids_in_order(&store);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), DEVICES * EVENTS);
}

#[test]
fn of_two_desks_that_each_appended_exactly_one_commits() {
    for _ in 0..40 {
        let (_folder, store) = fresh();
        let both_appended = Barrier::new(2);
        let desk = |id: &str| {
            let appended = store.append(&key(), &[event(id)]);
            both_appended.wait();
            let version = appended.unwrap().version;
            store.commit(&key(), &commit(version)).unwrap()
        };
        let [a, b] = thread::scope(|scope| {
            let desks = ["a", "b"].map(|id| scope.spawn(move || desk(id)));
            desks.map(|one| one.join().unwrap())
        });
        let stale = Committed::Stale { version: 2 };
        assert!([a, b] == [Committed::Done, stale] || [a, b] == [stale, Committed::Done], "{a:?} {b:?}");
        assert_eq!(traces(&store), std::array::from_fn(|_| vec!["from-2".to_string()]));
    }
}

#[test]
fn a_commit_that_races_with_an_append_is_whole_or_nothing() {
    let mut stale = 0;
    for _ in 0..60 {
        let (_folder, store) = fresh();
        store.append(&key(), &[event("a")]).unwrap();
        let start = Barrier::new(2);
        let committed = thread::scope(|scope| {
            scope.spawn(|| {
                start.wait();
                store.append(&key(), &[event("b")]).unwrap()
            });
            start.wait();
            store.commit(&key(), &commit(1)).unwrap()
        });
        let left = if committed == Committed::Done { vec!["from-1".to_string()] } else { Vec::new() };
        assert_eq!(traces(&store), std::array::from_fn(|_| left.clone()));
        assert_eq!(store.unassessed().unwrap(), [key()], "the newer event has yet to be judged");
        stale += usize::from(committed != Committed::Done);
    }
    println!("{stale} of 60 came too late");
}
