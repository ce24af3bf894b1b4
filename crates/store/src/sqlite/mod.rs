//! The store in one SQLite file.
//!
//! Writes go to one thread that commits them in groups, so that many clients share one wait for the disk; reads go over a small
//! pool of connections that can only read. Both see one file in write-ahead mode with `synchronous = full`: what was
//! acknowledged survives a power cut, as far as the disk keeps its word.
//!
//! SQL stands in `sql/`, one file per question; the schema in `migrations/`, one file per step.

use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;

use crate::{
    AlertRow, Appended, AssessmentRow, Commit, Committed, Key, NewEvent, News, Pass, PatientRow, Result, StaffRow, Store, StoreError,
    StoredEvent, ToldRow, WorkRow,
};
use place::Place;
use readers::Readers;
use writer::{Refusal, Writer};

mod ask;
mod assessments;
mod clinics;
mod connect;
mod drafts;
mod events;
mod fold;
pub use fold::fold;
mod passes;
mod patients;
mod place;
mod readers;
mod upkeep;
mod writer;

/// A handle on the store; clones share the same file, thread and pool. The file is closed when the last one is dropped.
///
/// ```
/// use lamella_store::sqlite::SqliteStore;
/// use lamella_store::{Key, NewEvent, PatientRow, Store};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("lamella.db");
/// let store = SqliteStore::open(&path)?;
/// let ana = PatientRow { patient: "ana".into(), name: "Ana Núñez".into(), body: "{}".into() };
/// store.put_patient("demo", &ana)?;
///
/// let key = Key { clinic: "demo".into(), patient: "ana".into() };
/// let event = NewEvent { id: "e1".into(), at: 0, received_at: 0, kind: "check-in".into(), body: "{}".into() };
/// assert_eq!(store.append(&key, &[event])?.version, 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SqliteStore(Arc<Inner>);

/// In the order they are dropped: the writer last, because the last connection to close tidies the log away.
struct Inner {
    place: Place,
    readers: Readers,
    /// None where the file was opened to be read only.
    writer: Option<Writer>,
}

impl SqliteStore {
    /// Opens the database file at `path`, making it (readable by its owner only) if it is not there and bringing its schema up
    /// to date. The folder has to exist.
    ///
    /// # Errors
    /// If the file cannot be made or opened, is not a database, or was written by a newer lamella with a schema that this one
    /// does not know.
    pub fn open(path: &Path) -> Result<SqliteStore> {
        let place = Place::new(path);
        let conn = connect::writer(&place)?;
        let writer = Writer::start(conn).map_err(|why| place.error("start its writer", why))?;
        let readers = Readers::new(place.path().to_path_buf());
        Ok(SqliteStore(Arc::new(Inner { place, readers, writer: Some(writer) })))
    }

    /// Opens a database that is there to read it, whoever else writes to it meanwhile. Every write is an error and changes nothing.
    ///
    /// # Errors
    /// If there is no file, it is no database of lamella, or one with another schema than this lamella knows.
    pub fn open_to_read(path: &Path) -> Result<SqliteStore> {
        let place = Place::new(path);
        let readers = Readers::new(place.path().to_path_buf());
        let store = SqliteStore(Arc::new(Inner { place, readers, writer: None }));
        match store.read("be read", connect::schema)? {
            known if known == connect::SCHEMA => Ok(store),
            0 => Err(store.0.place.error("be read", "it is no database of lamella")),
            _ => Err(store
                .0
                .place
                .error("be read", "it was written by another version of lamella; use that one, or serve it with this one first")),
        }
    }

    /// Writes a copy of the whole database, as of now, into a new file at `path` (readable by its owner only), while others go
    /// on reading and writing. The copy is durable on return and can be opened as it is.
    ///
    /// # Errors
    /// If there is a file at `path` already (it is left as it is), or the copy cannot be written (none is left behind).
    pub fn backup_to(&self, path: &Path) -> Result<()> {
        const WHAT: &str = "write a backup";
        self.read(WHAT, |conn| Ok(upkeep::backup(conn, path)))?.map_err(|why| self.0.place.error(WHAT, why))
    }

    /// What SQLite finds wrong with the file, a line each; empty if it is whole. Reads all of it.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn integrity(&self) -> Result<Vec<String>> {
        self.read("check its file", upkeep::integrity)
    }

    fn read<T>(&self, what: &'static str, ask: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T> {
        self.0.readers.ask(ask).map_err(|why| self.0.place.error(what, why))
    }

    fn write<T, W>(&self, what: &'static str, work: W) -> Result<T>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let Some(writer) = &self.0.writer else { return Err(self.0.place.error(what, "it was opened to be read only")) };
        writer.ask(work).map_err(|refusal| match refusal {
            Refusal::Said(why) => self.0.place.error(what, why),
            Refusal::Gone => StoreError::Stopped,
        })
    }
}

impl Store for SqliteStore {
    fn put_patient(&self, clinic: &str, patient: &PatientRow) -> Result<()> {
        let (clinic, patient) = (clinic.to_string(), patient.clone());
        self.write("keep a patient", move |conn| patients::put(conn, &clinic, &patient))
    }

    fn patient(&self, key: &Key) -> Result<Option<PatientRow>> {
        self.read("read a patient", |conn| patients::get(conn, key))
    }

    fn patients(&self, clinic: &str, search: &str, limit: u32) -> Result<Vec<(PatientRow, Option<AssessmentRow>)>> {
        self.read("search its patients", |conn| patients::search(conn, clinic, search, limit))
    }

    fn append(&self, key: &Key, events: &[NewEvent]) -> Result<Appended> {
        let (key, events) = (key.clone(), events.to_vec());
        self.write("append events", move |conn| events::append(conn, &key, &events))
    }

    fn events(&self, key: &Key, after: u64) -> Result<Vec<StoredEvent>> {
        self.read("read events", |conn| events::after(conn, key, after))
    }

    fn events_of_kind(&self, key: &Key, kind: &str) -> Result<Vec<StoredEvent>> {
        self.read("read events of a kind", |conn| events::of_kind(conn, key, kind))
    }

    fn event(&self, key: &Key, id: &str) -> Result<Option<StoredEvent>> {
        self.read("read an event", |conn| events::by_id(conn, key, id))
    }

    fn version(&self, key: &Key) -> Result<u64> {
        self.read("read a version", |conn| events::version(conn, key)).map(Option::unwrap_or_default)
    }

    fn unassessed(&self) -> Result<Vec<Key>> {
        self.read("list records to assess", events::unassessed)
    }

    fn commit(&self, key: &Key, commit: &Commit) -> Result<Committed> {
        const WHAT: &str = "keep an assessment";
        let (its, commit) = (key.clone(), commit.clone());
        self.write(WHAT, move |conn| assessments::commit(conn, &its, &commit))?.ok_or_else(|| {
            let Key { clinic, patient } = key;
            self.0.place.error(WHAT, format_args!("clinic `{clinic}` has no patient `{patient}`"))
        })
    }

    fn assessment(&self, key: &Key) -> Result<Option<AssessmentRow>> {
        self.read("read an assessment", |conn| assessments::assessment(conn, key))
    }

    fn snapshot(&self, key: &Key) -> Result<Option<(u64, Vec<u8>)>> {
        self.read("read a snapshot", |conn| assessments::snapshot(conn, key))
    }

    fn alerts(&self, key: &Key) -> Result<Vec<AlertRow>> {
        self.read("read alerts", |conn| assessments::alerts(conn, key))
    }

    fn open_alerts(&self, key: &Key) -> Result<Vec<AlertRow>> {
        self.read("read open alerts", |conn| assessments::open_alerts(conn, key))
    }

    fn alerts_of_cause(&self, clinic: &str, cause: &str) -> Result<Vec<(String, AlertRow)>> {
        self.read("read alerts of a cause", |conn| assessments::alerts_of_cause(conn, clinic, cause))
    }

    fn news(&self, key: &Key, after: u64) -> Result<Option<News>> {
        self.read("read what is new", |conn| {
            // One transaction: all four as of the same moment, and the file is looked at once.
            let tx = conn.unchecked_transaction()?;
            let Some(patient) = patients::get(&tx, key)? else { return Ok(None) };
            let news = News {
                patient,
                assessment: assessments::assessment(&tx, key)?,
                events: events::after(&tx, key, after)?,
                open_alerts: assessments::open_alerts(&tx, key)?,
            };
            tx.commit()?;
            Ok(Some(news))
        })
    }

    fn told_about(&self, key: &Key, event: &str) -> Result<Option<ToldRow>> {
        self.read("read what was told", |conn| assessments::told_about(conn, key, event))
    }

    fn told(&self, key: &Key, limit: u32) -> Result<Vec<ToldRow>> {
        self.read("read what was told", |conn| assessments::told(conn, key, limit))
    }

    fn worklist(&self, clinic: &str) -> Result<Vec<WorkRow>> {
        self.read("read the worklist", |conn| assessments::worklist(conn, clinic))
    }

    fn everyone(&self, clinic: &str) -> Result<Vec<(PatientRow, Option<AssessmentRow>)>> {
        self.read("list its patients", |conn| patients::everyone(conn, clinic))
    }

    fn put_draft(&self, key: &Key, at: i64, body: &str) -> Result<()> {
        let (key, body) = (key.clone(), body.to_string());
        self.write("keep a draft", move |conn| drafts::put(conn, &key, at, &body))
    }

    fn draft(&self, key: &Key) -> Result<Option<(i64, String)>> {
        self.read("read a draft", |conn| drafts::get(conn, key))
    }

    fn drop_draft(&self, key: &Key) -> Result<()> {
        let key = key.clone();
        self.write("forget a draft", move |conn| drafts::drop(conn, &key))
    }

    fn drafts_before(&self, before: i64) -> Result<Vec<(Key, i64, String)>> {
        self.read("list old drafts", |conn| drafts::before(conn, before))
    }

    fn put_pass(&self, pass: &Pass) -> Result<()> {
        let pass = pass.clone();
        self.write("keep a pass", move |conn| passes::put(conn, &pass))
    }

    fn pass(&self, hash: &str) -> Result<Option<Pass>> {
        self.read("read a pass", |conn| passes::get(conn, hash))
    }

    fn passes(&self, clinic: &str, kind: &str, who: &str) -> Result<Vec<Pass>> {
        self.read("list passes", |conn| passes::of(conn, clinic, kind, who))
    }

    fn take_pass(&self, hash: &str) -> Result<bool> {
        let hash = hash.to_string();
        self.write("take a pass back", move |conn| passes::take(conn, &hash))
    }

    fn take_passes(&self, clinic: &str, kind: &str, who: &str) -> Result<u64> {
        let (clinic, kind, who) = (clinic.to_string(), kind.to_string(), who.to_string());
        self.write("take passes back", move |conn| passes::take_all(conn, &clinic, &kind, &who))
    }

    fn put_staff(&self, clinic: &str, staff: &StaffRow) -> Result<()> {
        let (clinic, staff) = (clinic.to_string(), staff.clone());
        self.write("keep a member of staff", move |conn| clinics::put_staff(conn, &clinic, &staff))
    }

    fn staff(&self, clinic: &str, login: &str) -> Result<Option<StaffRow>> {
        self.read("read a member of staff", |conn| clinics::staff(conn, clinic, login))
    }

    fn all_staff(&self, clinic: &str) -> Result<Vec<StaffRow>> {
        self.read("list its staff", |conn| clinics::all_staff(conn, clinic))
    }

    fn put_setting(&self, clinic: &str, name: &str, body: &str) -> Result<()> {
        let (clinic, name, body) = (clinic.to_string(), name.to_string(), body.to_string());
        self.write("keep a setting", move |conn| clinics::put_setting(conn, &clinic, &name, &body))
    }

    fn setting(&self, clinic: &str, name: &str) -> Result<Option<String>> {
        self.read("read a setting", |conn| clinics::setting(conn, clinic, name))
    }
}
