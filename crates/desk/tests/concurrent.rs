//! Many at once: nothing is lost, nothing is doubled, and what is kept is what one fold of the whole record says.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::*;
use lamella_desk::{Desk, Outcome};
use lamella_store::Store;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::thread;

/// One person's sixty check-ins, some of them loud, in no order.
fn events() -> Vec<Value> {
    let loud = |n: i32| match n % 10 {
        3 => json!({"numbness": "new"}),
        5 => json!({"rest-pain": "yes"}),
        7 => json!({"unwell": "yes"}),
        8 => json!({"saddle": null}),
        _ => json!({}),
    };
    let mut events: Vec<Value> =
        (0..60).map(|n| check_in(&format!("e{n}"), on(1 + n / 3, ["08:00", "13:00", "20:00"][n as usize % 3]), loud(n))).collect();
    events.sort_by_key(|event| event["id"].as_str().unwrap().bytes().rev().collect::<Vec<u8>>());
    events
}

/// Eight threads over these desks; every event is sent twice, by two threads and mostly over two desks.
fn race(house: &House, desks: &[&Desk]) -> (usize, usize) {
    let events = events();
    let now = on(21, "12:00");
    let counts: Vec<(usize, usize)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..8)
            .map(|worker: usize| {
                let (desk, key) = (desks[worker % desks.len()], &house.key);
                let mine: Vec<Value> =
                    (0..events.len()).filter(|n| n % 8 == worker || (n + 3) % 8 == worker).map(|n| events[n].clone()).collect();
                scope.spawn(move || {
                    let mut seen = (0, 0);
                    for batch in mine.chunks(2) {
                        for receipt in desk.receive(key, batch.to_vec(), now).unwrap() {
                            match receipt.outcome {
                                Outcome::Stored => seen.0 += 1,
                                Outcome::Known => seen.1 += 1,
                                Outcome::Refused { why } => panic!("{why}"),
                            }
                            assert!(receipt.told.is_some(), "{} was judged by whoever came first", receipt.id);
                        }
                    }
                    seen
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    counts.into_iter().fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1))
}

fn check(house: &House, desk: &Desk) {
    let now = on(21, "12:00");
    let stored = house.store.events(&house.key, 0).unwrap();
    let ids: BTreeSet<&str> = stored.iter().map(|stored| stored.event.id.as_str()).collect();
    assert_eq!((stored.len(), ids.len()), (60, 60));
    assert!(stored.iter().zip(1..).all(|(stored, seq)| stored.seq == seq), "arrival numbers have no gaps");
    let whole = desk.assess(&desk.record("p1").unwrap(), now);
    let kept = desk.alerts("p1").unwrap();
    let row = house.store.assessment(&house.key).unwrap().unwrap();
    assert_eq!((row.version, row.level), (60, whole.level.rank()));
    for alert in whole.alerts.iter() {
        let there = kept.iter().find(|kept| kept.alert.id == alert.id).unwrap_or_else(|| panic!("{} is not kept", alert.id));
        assert_eq!(&there.alert, alert);
        assert!(!there.no_longer_follows);
    }
    // What the fold does not ask for (any longer) is marked, or was closed as joined; a silence that was attention is over.
    for there in kept.iter().filter(|kept| !whole.alerts.iter().any(|alert| alert.id == kept.alert.id)) {
        let silence = there.alert.cause == "silence" && there.alert.over;
        assert!(there.no_longer_follows || silence || !there.alert.stands(), "{there:?}");
    }
    for verdict in &whole.verdicts {
        assert!(desk.told_about(&house.key, &verdict.event).unwrap().is_some(), "{} was told", verdict.event);
    }
}

#[test]
fn eight_threads_on_one_desk() {
    let house = House::new();
    assert_eq!(race(&house, &[&house.desk]), (60, 60));
    check(&house, &house.desk);
}

#[test]
fn two_desks_on_one_file() {
    let house = House::new();
    let (_store, other) = open(house.folder.path());
    assert_eq!(race(&house, &[&house.desk, &other]), (60, 60));
    // Whoever looks next folds in what the other took.
    other.wake(on(21, "12:00")).unwrap();
    check(&house, &other);
    house.desk.wake(on(21, "12:00")).unwrap();
    check(&house, &house.desk);
}
