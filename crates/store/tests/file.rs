//! The file itself: who may read it, which schema it has, a copy of it, and what is said when it cannot be used.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::path::Path;

use lamella_store::sqlite::SqliteStore;
use lamella_store::{Key, NewEvent, PatientRow, Store};

fn with_one_event(path: &Path) -> (SqliteStore, Key) {
    let store = SqliteStore::open(path).unwrap();
    store.put_patient("demo", &PatientRow { patient: "p".into(), name: "P".into(), body: "{}".into() }).unwrap();
    let key = Key { clinic: "demo".into(), patient: "p".into() };
    let event = NewEvent { id: "e".into(), at: 1, received_at: 2, kind: "check-in".into(), body: "{}".into() };
    store.append(&key, &[event]).unwrap();
    (store, key)
}

fn refusal(path: &Path) -> String {
    SqliteStore::open(path).err().unwrap().to_string()
}

#[cfg(unix)]
#[test]
fn only_its_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = with_one_event(&folder.path().join("lamella.db"));
    store.backup_to(&folder.path().join("copy.db")).unwrap();
    let files: Vec<_> = fs::read_dir(folder.path()).unwrap().map(Result::unwrap).collect();
    assert_eq!(files.len(), 4, "database, log, log index, copy: {files:?}");
    for file in files {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.path());
    }
}

#[test]
fn what_was_kept_is_there_after_the_last_handle_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lamella.db");
    let (store, key) = with_one_event(&path);
    let clone = store.clone();
    drop(store);
    assert_eq!(clone.version(&key).unwrap(), 1);
    drop(clone);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "the log is folded in at the end");
    assert_eq!(SqliteStore::open(&path).unwrap().version(&key).unwrap(), 1);
}

#[test]
fn a_copy_is_a_store_of_its_own_and_never_overwrites() {
    let folder = tempfile::tempdir().unwrap();
    let (store, key) = with_one_event(&folder.path().join("lamella.db"));
    let to = folder.path().join("copy.db");
    store.backup_to(&to).unwrap();
    assert!(store.backup_to(&to).unwrap_err().to_string().contains("could not write a backup"));

    let copy = SqliteStore::open(&to).unwrap();
    assert_eq!(copy.events(&key, 0).unwrap(), store.events(&key, 0).unwrap());
    assert_eq!(copy.integrity().unwrap(), Vec::<String>::new());
    assert!(store.backup_to(&folder.path().join("no/such/folder")).is_err());
}

#[test]
fn a_damaged_file_is_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lamella.db");
    drop(with_one_event(&path));
    let conn = rusqlite::Connection::open(&path).unwrap();
    conn.execute_batch("PRAGMA writable_schema = on; UPDATE sqlite_schema SET rootpage = 2 WHERE name = 'told_newest'").unwrap();
    drop(conn);
    let found = SqliteStore::open(&path).and_then(|store| store.integrity());
    assert!(found.is_err() || !found.unwrap().is_empty());
}

#[test]
fn a_schema_from_the_future_is_refused_in_plain_words() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lamella.db");
    drop(with_one_event(&path));
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 999).unwrap();
    let why = refusal(&path);
    assert!(why.contains("could not bring its schema up to date: it was written by a newer lamella"), "{why}");
}

#[test]
fn what_is_no_database_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letter.txt");
    fs::write(&path, "Dear doctor,\n".repeat(100)).unwrap();
    assert!(refusal(&path).contains("not a database"), "{}", refusal(&path));
    assert_eq!(fs::read_to_string(&path).unwrap().len(), 1300);
    assert!(refusal(&folder.path().join("no/such/folder")).contains("could not create its file"));
}
