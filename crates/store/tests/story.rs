//! The contract told as one story, for every store. It stands in one clinic, `demo`, with a second one, `other`, that must
//! never be seen from the first.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use lamella_store::sqlite::SqliteStore;
use lamella_store::{AlertRow, Commit, Committed, Key, NewEvent, Outcome, Pass, PatientRow, StaffRow, Store, StoredEvent, ToldRow};

/// Every chapter builds on the ones before it.
fn story(store: &dyn Store) {
    patients_are_entered_and_found(store);
    events_are_kept_once_and_in_order(store);
    nobody_is_written_to_who_does_not_exist(store);
    an_assessment_is_one_piece(store);
    a_stale_assessment_leaves_no_trace(store);
    what_was_told_stays_as_it_was_told(store);
    what_a_fold_starts_from_is_one_answer(store);
    the_worklist_is_in_order_of_need(store);
    drafts_come_and_go(store);
    passes_are_taken_once(store);
    staff_and_settings_belong_to_their_clinic(store);
    another_clinic_sees_nothing_of_it(store);
}

#[test]
fn sqlite_keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    story(&SqliteStore::open(&folder.path().join("lamella.db")).unwrap());
}

fn key(patient: &str) -> Key {
    Key { clinic: "demo".into(), patient: patient.into() }
}

/// The same as the four questions one by one.
fn what_a_fold_starts_from_is_one_answer(store: &dyn Store) {
    assert_eq!(store.news(&key("nobody"), 0).unwrap(), None);
    for patient in ["p1", "p2", "p3"] {
        for after in 0..3 {
            let key = key(patient);
            let news = store.news(&key, after).unwrap().unwrap();
            assert_eq!(Some(news.patient), store.patient(&key).unwrap());
            assert_eq!(news.assessment, store.assessment(&key).unwrap());
            assert_eq!(news.events, store.events(&key, after).unwrap());
            assert_eq!(news.open_alerts, store.open_alerts(&key).unwrap());
        }
    }
    assert!(!store.news(&key("p1"), 0).unwrap().unwrap().open_alerts.is_empty(), "there is something to compare");
}

fn person(patient: &str, name: &str, body: &str) -> PatientRow {
    PatientRow { patient: patient.into(), name: name.into(), body: body.into() }
}

fn event(id: &str, at: i64) -> NewEvent {
    let body = format!(r#"{{"id":"{id}"}}"#);
    NewEvent { id: id.into(), at, received_at: at + 5, kind: "check-in".into(), body }
}

fn alert(id: &str, level: u8, since: i64, open: bool) -> AlertRow {
    AlertRow { id: id.into(), level, since, open, body: format!(r#"{{"why":"{id}"}}"#) }
}

fn told(event: &str, at: i64, words: &str) -> ToldRow {
    ToldRow { event: event.into(), level: 1, at, body: words.into() }
}

fn assessed(version: u64, level: u8) -> Commit {
    let assessment = format!(r#"{{"version":{version}}}"#);
    Commit { version, level, at: 1000, assessment, snapshot: None, alerts: Vec::new(), told: Vec::new() }
}

fn found(store: &dyn Store, search: &str, limit: u32) -> Vec<String> {
    store.patients("demo", search, limit).unwrap().into_iter().map(|(row, _)| row.patient).collect()
}

fn patients_are_entered_and_found(store: &dyn Store) {
    assert_eq!(store.patient(&key("p1")).unwrap(), None);
    store.put_patient("demo", &person("p1", "Zoë Núñez", r#"{"phone":"+34 600 123","born":"1980-02-29"}"#)).unwrap();
    store.put_patient("demo", &person("p2", "ana Łęcka", r#"{"note":"Ärztin"}"#)).unwrap();
    store.put_patient("demo", &person("p3", "Bo 100%", "{}")).unwrap();
    store.put_patient("other", &person("p1", "Zoë Elsewhere", "{}")).unwrap();

    assert_eq!(store.patient(&key("p3")).unwrap().unwrap().name, "Bo 100%");
    for (search, ids) in [
        ("", vec!["p2", "p3", "p1"]),
        ("NUNEZ", vec!["p1"]),
        (" lecka ", vec!["p2"]),
        ("600 123", vec!["p1"]),
        ("1980-02", vec!["p1"]),
        ("arztin", vec!["p2"]),
        ("100%", vec!["p3"]),
        ("%", vec!["p3"]),
        ("elsewhere", vec![]),
    ] {
        assert_eq!(found(store, search, 10), ids, "searching `{search}`");
    }
    assert_eq!(found(store, "", 2), ["p2", "p3"]);

    store.put_patient("demo", &person("p3", "Bo Renamed", "{}")).unwrap();
    assert_eq!(found(store, "renamed", 10), ["p3"]);
    assert_eq!(found(store, "100%", 10), Vec::<String>::new());
}

fn events_are_kept_once_and_in_order(store: &dyn Store) {
    use Outcome::{Known, Stored};
    let p1 = key("p1");
    assert_eq!(store.version(&p1).unwrap(), 0);
    let first = store.append(&p1, &[event("a", 30), event("b", 10), event("a", 30)]).unwrap();
    assert_eq!((first.outcomes, first.version), (vec![Stored, Stored, Known], 2));
    let changed = NewEvent { body: "changed".into(), ..event("b", 99) };
    let note = NewEvent { kind: "note".into(), ..event("c", 20) };
    let second = store.append(&p1, &[changed, note.clone()]).unwrap();
    assert_eq!((second.outcomes, second.version), (vec![Known, Stored], 3));
    let nothing = store.append(&p1, &[]).unwrap();
    assert_eq!((nothing.outcomes, nothing.version), (vec![], 3));

    let kept = [(1, event("a", 30)), (2, event("b", 10)), (3, note)];
    let kept = kept.map(|(seq, event)| StoredEvent { seq, event });
    assert_eq!(store.events_of_kind(&p1, "check-in").unwrap(), kept[..2]);
    assert_eq!(store.events_of_kind(&p1, "note").unwrap(), kept[2..]);
    assert_eq!(store.events_of_kind(&key("p2"), "note").unwrap(), []);
    assert_eq!(store.events(&p1, 0).unwrap(), kept);
    assert_eq!(store.events(&p1, 2).unwrap(), kept[2..]);
    assert_eq!(store.events(&p1, 3).unwrap(), []);
    assert_eq!(store.events(&p1, u64::MAX).unwrap(), []);
    assert_eq!(store.version(&p1).unwrap(), 3);

    // an id is unique within a patient only; particulars entered again leave the record alone
    assert_eq!(store.append(&key("p2"), &[event("a", 1)]).unwrap().outcomes, [Stored]);
    store.put_patient("demo", &person("p2", "Ana Łęcka", "{}")).unwrap();
    assert_eq!(store.version(&key("p2")).unwrap(), 1);
}

fn nobody_is_written_to_who_does_not_exist(store: &dyn Store) {
    let ghost = key("ghost");
    let nothing = store.append(&ghost, &[event("g", 1)]).unwrap();
    assert_eq!((nothing.outcomes, nothing.version), (vec![], 0));
    assert_eq!(store.events(&ghost, 0).unwrap(), []);
    assert!(store.commit(&ghost, &Commit { alerts: vec![alert("g", 3, 0, true)], ..assessed(0, 3) }).is_err());
    assert_eq!(store.alerts(&ghost).unwrap(), []);
    assert_eq!(store.assessment(&ghost).unwrap(), None);
}

fn an_assessment_is_one_piece(store: &dyn Store) {
    let p1 = key("p1");
    assert_eq!(store.unassessed().unwrap(), [key("p1"), key("p2")]);
    assert_eq!(store.snapshot(&p1).unwrap(), None);
    let whole = Commit {
        snapshot: Some(vec![0, 255]),
        alerts: vec![alert("x", 2, 10, true), alert("y", 1, 20, false)],
        told: vec![told("a", 31, "first words"), told("b", 32, "second words")],
        ..assessed(3, 2)
    };
    assert_eq!(store.commit(&p1, &whole).unwrap(), Committed::Done);
    let row = store.assessment(&p1).unwrap().unwrap();
    assert_eq!((row.version, row.level, row.at, row.body.as_str()), (3, 2, 1000, r#"{"version":3}"#));
    assert_eq!(store.snapshot(&p1).unwrap(), Some((3, vec![0, 255])));
    assert_eq!(store.alerts(&p1).unwrap(), [alert("y", 1, 20, false), alert("x", 2, 10, true)]);
    assert_eq!(store.unassessed().unwrap(), [key("p2")]);
    assert_eq!(store.patients("demo", "nunez", 1).unwrap()[0].1, Some(row));

    // a later look at the same events (somebody has fallen silent) is welcome; the snapshot stays, an alert is replaced by id
    let later = Commit { at: 2000, alerts: vec![alert("x", 3, 10, true)], ..assessed(3, 3) };
    assert_eq!(store.commit(&p1, &later).unwrap(), Committed::Done);
    assert_eq!(store.assessment(&p1).unwrap().unwrap().at, 2000);
    assert_eq!(store.snapshot(&p1).unwrap(), Some((3, vec![0, 255])));
    assert_eq!(store.alerts(&p1).unwrap(), [alert("y", 1, 20, false), alert("x", 3, 10, true)]);
}

fn a_stale_assessment_leaves_no_trace(store: &dyn Store) {
    let p1 = key("p1");
    store.append(&p1, &[event("d", 40)]).unwrap();
    assert_eq!(store.unassessed().unwrap(), [key("p1"), key("p2")]);
    let before = (store.assessment(&p1).unwrap(), store.alerts(&p1).unwrap(), store.told(&p1, 10).unwrap());
    for version in [0, 3, 5] {
        let stale = Commit {
            snapshot: Some(vec![9]),
            alerts: vec![alert("x", 1, 0, false), alert("z", 3, 0, true)],
            told: vec![told("d", 41, "too early")],
            ..assessed(version, 0)
        };
        assert_eq!(store.commit(&p1, &stale).unwrap(), Committed::Stale { version: 4 });
    }
    let after = (store.assessment(&p1).unwrap(), store.alerts(&p1).unwrap(), store.told(&p1, 10).unwrap());
    assert_eq!(before, after);
    assert_eq!(store.snapshot(&p1).unwrap(), Some((3, vec![0, 255])));
}

fn what_was_told_stays_as_it_was_told(store: &dyn Store) {
    let p1 = key("p1");
    let commit = Commit { told: vec![told("a", 99, "other words"), told("d", 50, "new words")], ..assessed(4, 3) };
    assert_eq!(store.commit(&p1, &commit).unwrap(), Committed::Done);
    let newest_first = [told("d", 50, "new words"), told("b", 32, "second words"), told("a", 31, "first words")];
    assert_eq!(store.told(&p1, 10).unwrap(), newest_first);
    assert_eq!(store.told(&p1, 2).unwrap(), newest_first[..2]);
}

fn the_worklist_is_in_order_of_need(store: &dyn Store) {
    let calls = [alert("old", 2, 5, true), alert("new", 2, 9, true), alert("shut", 3, 1, false)];
    store.commit(&key("p2"), &Commit { alerts: calls.to_vec(), ..assessed(1, 2) }).unwrap();
    // p3 has an alert without any event: they have never answered
    store.commit(&key("p3"), &Commit { alerts: vec![alert("silent", 3, 50, true)], ..assessed(0, 3) }).unwrap();
    let order = |store: &dyn Store| -> Vec<_> {
        store.worklist("demo").unwrap().into_iter().map(|row| (row.patient.patient, row.alert.id)).collect()
    };
    let all = [("p1", "x"), ("p3", "silent"), ("p2", "old"), ("p2", "new")];
    assert_eq!(order(store), all.map(|(patient, id)| (patient.to_string(), id.to_string())));

    let first = store.worklist("demo").unwrap().remove(0);
    assert_eq!(first.patient, store.patient(&key("p1")).unwrap().unwrap());
    assert_eq!(first.assessment, store.assessment(&key("p1")).unwrap());

    let of_cause = |cause: &str| store.alerts_of_cause("demo", cause).unwrap();
    let runs = [alert("pain:2", 2, 9, false), alert("pain:1", 2, 5, true), alert("pain-worst:1", 1, 5, false), alert("pain", 1, 5, false)];
    store.commit(&key("p2"), &Commit { alerts: runs.to_vec(), ..assessed(1, 2) }).unwrap();
    store.commit(&key("p1"), &Commit { alerts: vec![alert("pain:7", 2, 70, false)], ..assessed(4, 3) }).unwrap();
    let found = [("p1", alert("pain:7", 2, 70, false)), ("p2", alert("pain:1", 2, 5, true)), ("p2", alert("pain:2", 2, 9, false))];
    assert_eq!(of_cause("pain"), found.map(|(patient, alert)| (patient.to_string(), alert)));
    assert_eq!((of_cause("pai"), store.alerts_of_cause("other", "pain").unwrap()), (vec![], vec![]));
    store.commit(&key("p2"), &Commit { alerts: vec![alert("pain:1", 2, 5, false)], ..assessed(1, 2) }).unwrap();

    store.commit(&key("p3"), &Commit { alerts: vec![alert("silent", 3, 50, false)], ..assessed(0, 0) }).unwrap();
    assert_eq!(order(store).len(), 3);
    assert_eq!(store.unassessed().unwrap(), []);
}

fn drafts_come_and_go(store: &dyn Store) {
    let (p1, p2) = (key("p1"), key("p2"));
    assert_eq!(store.draft(&p1).unwrap(), None);
    store.put_draft(&p1, 10, "half").unwrap();
    store.put_draft(&p2, 15, "a line").unwrap();
    store.put_draft(&p1, 20, "more").unwrap();
    assert_eq!(store.draft(&p1).unwrap(), Some((20, "more".into())));
    assert_eq!(store.drafts_before(15).unwrap(), []);
    assert_eq!(store.drafts_before(21).unwrap(), [(p2, 15, "a line".into()), (p1.clone(), 20, "more".into())]);
    store.drop_draft(&p1).unwrap();
    store.drop_draft(&p1).unwrap();
    assert_eq!(store.draft(&p1).unwrap(), None);
}

fn passes_are_taken_once(store: &dyn Store) {
    let pass = |hash: &str, kind: &str, who: &str| Pass {
        hash: hash.into(),
        kind: kind.into(),
        clinic: "demo".into(),
        who: who.into(),
        until: 7,
        body: "{}".into(),
    };
    let all = [pass("1", "device", "p1"), pass("2", "device", "p1"), pass("3", "invitation", "p1"), pass("4", "device", "p2")];
    all.iter().for_each(|pass| store.put_pass(pass).unwrap());
    store.put_pass(&Pass { clinic: "other".into(), ..pass("5", "device", "p1") }).unwrap();

    assert_eq!(store.pass("3").unwrap(), Some(all[2].clone()));
    assert_eq!(store.take_passes("demo", "device", "p1").unwrap(), 2);
    assert_eq!(store.pass("1").unwrap(), None);
    assert!(store.pass("4").unwrap().is_some() && store.pass("5").unwrap().is_some());

    let won = std::thread::scope(|scope| {
        let takers: Vec<_> = (0..8).map(|_| scope.spawn(|| store.take_pass("3").unwrap())).collect();
        takers.into_iter().map(|one| one.join().unwrap()).filter(|won| *won).count()
    });
    assert_eq!(won, 1);
    assert_eq!(store.pass("3").unwrap(), None);
    assert!(!store.take_pass("3").unwrap());
}

fn staff_and_settings_belong_to_their_clinic(store: &dyn Store) {
    let staff = |login: &str, password: &str| StaffRow {
        login: login.into(),
        name: login.to_uppercase(),
        password: password.into(),
        body: "{}".into(),
    };
    store.put_staff("demo", &staff("nora", "")).unwrap();
    store.put_staff("demo", &staff("ben", "")).unwrap();
    store.put_staff("demo", &staff("nora", "$argon2id$")).unwrap();
    store.put_staff("other", &staff("olga", "")).unwrap();
    assert_eq!(store.staff("demo", "nora").unwrap(), Some(staff("nora", "$argon2id$")));
    assert_eq!(store.staff("demo", "olga").unwrap(), None);
    assert_eq!(store.all_staff("demo").unwrap(), [staff("ben", ""), staff("nora", "$argon2id$")]);

    assert_eq!(store.setting("demo", "zone").unwrap(), None);
    store.put_setting("demo", "zone", "\"UTC\"").unwrap();
    store.put_setting("demo", "zone", "\"Europe/Madrid\"").unwrap();
    assert_eq!(store.setting("demo", "zone").unwrap().as_deref(), Some("\"Europe/Madrid\""));
    assert_eq!(store.setting("other", "zone").unwrap(), None);
}

fn another_clinic_sees_nothing_of_it(store: &dyn Store) {
    let theirs = Key { clinic: "other".into(), patient: "p1".into() };
    assert_eq!(store.patient(&theirs).unwrap().unwrap().name, "Zoë Elsewhere");
    assert_eq!(store.version(&theirs).unwrap(), 0);
    assert_eq!(store.alerts(&theirs).unwrap(), []);
    assert_eq!(store.worklist("other").unwrap(), []);
    assert_eq!(store.everyone("other").unwrap().len(), 1);

    let ours = store.everyone("demo").unwrap();
    let levels: Vec<_> = ours.iter().map(|(row, last)| (row.patient.as_str(), last.as_ref().map(|a| a.level))).collect();
    assert_eq!(levels, [("p1", Some(3)), ("p2", Some(2)), ("p3", Some(0))]);
}
