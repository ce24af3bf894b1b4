//! The contract that every store keeps. `tests/story.rs` tells it as one story for all of them.

use serde::{Deserialize, Serialize};

/// Whose record: the first two columns of every table.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Clinic id, such as `demo`.
    pub clinic: String,
    /// Patient id within the clinic.
    pub patient: String,
}

/// An event as it is kept: what orders it, and the event itself as JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// The event's own id, chosen where it happened; unique within a patient.
    pub id: String,
    /// When it happened: milliseconds since 1970-01-01 UTC, as the device said.
    pub at: i64,
    /// When it arrived here: milliseconds since 1970-01-01 UTC.
    pub received_at: i64,
    /// The event's kind, such as `check-in`.
    pub kind: String,
    /// The whole event as JSON text, exactly what a later read returns.
    pub body: String,
}

/// An event as it is read back, with its arrival number within the patient (from 1, without gaps).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Arrival number within the patient's record: 1, 2, 3, …
    pub seq: u64,
    /// The event.
    pub event: NewEvent,
}

/// What became of one event of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is new and durable now.
    Stored,
    /// It was here already; nothing changed.
    Known,
}

/// What an append did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// One outcome per event, in the order given. The same id twice in one batch: the second is `Known`.
    pub outcomes: Vec<Outcome>,
    /// The record's version afterwards: how many events it holds.
    pub version: u64,
}

/// An alert as the worklist keeps it; `body` is the desk's own JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertRow {
    /// The alert's id: its cause.
    pub id: String,
    /// 1 watch, 2 attention, 3 emergency (0 is never kept).
    pub level: u8,
    /// When its run began: milliseconds since 1970-01-01 UTC.
    pub since: i64,
    /// Whether it still stands on the worklist.
    pub open: bool,
    /// The desk's JSON: state, reasons, owner, contact attempts, …
    pub body: String,
}

/// A verdict as it was told, word for word; the first telling of an event is never overwritten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldRow {
    /// The event that was judged.
    pub event: String,
    /// 0 expected, 1 watch, 2 attention, 3 emergency.
    pub level: u8,
    /// When it was told: milliseconds since 1970-01-01 UTC.
    pub at: i64,
    /// The desk's JSON: words, language, rules, revision.
    pub body: String,
}

/// One assessment and everything it asks for, written in one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// The record version the assessment was made from.
    pub version: u64,
    /// The record's level: 0 expected … 3 emergency.
    pub level: u8,
    /// When it was made: milliseconds since 1970-01-01 UTC.
    pub at: i64,
    /// The assessment's projection for lists and pages, as JSON.
    pub assessment: String,
    /// The engine's folded state, to start the next step from; `None` leaves the old snapshot.
    pub snapshot: Option<Vec<u8>>,
    /// Alerts to insert or replace by id.
    pub alerts: Vec<AlertRow>,
    /// Verdicts told; an event already told is left as it was.
    pub told: Vec<ToldRow>,
}

/// Whether a commit was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Committed {
    /// Written.
    Done,
    /// The record holds other events by now; fold them in and try again.
    Stale {
        /// The version it is at.
        version: u64,
    },
}

/// What the desk knows of a patient's last assessment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssessmentRow {
    /// Version it was made from.
    pub version: u64,
    /// 0 expected … 3 emergency.
    pub level: u8,
    /// When it was made.
    pub at: i64,
    /// The projection as JSON.
    pub body: String,
}

/// All that a fold starts from, as of one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// The patient.
    pub patient: PatientRow,
    /// The last assessment.
    pub assessment: Option<AssessmentRow>,
    /// The events that arrived since, in order of arrival.
    pub events: Vec<StoredEvent>,
    /// The alerts that still stand: what a check-in has to look at, however long the record.
    pub open_alerts: Vec<AlertRow>,
}

/// A patient as the clinic entered them; `body` is the record file's `patient` object as JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatientRow {
    /// Patient id within the clinic.
    pub patient: String,
    /// Name, for lists and search.
    pub name: String,
    /// The desk's JSON.
    pub body: String,
}

/// One row of the worklist: an open alert beside what is needed to call the person, read in one query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkRow {
    /// The patient.
    pub patient: PatientRow,
    /// The alert.
    pub alert: AlertRow,
    /// The patient's last assessment, if there is one.
    pub assessment: Option<AssessmentRow>,
}

/// A secret that opens something: an invitation, a device's session, a staff session. Kept only as its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    /// SHA-256 of the secret, as lower-case hex.
    pub hash: String,
    /// `invitation`, `device` or `staff`.
    pub kind: String,
    /// Clinic it belongs to.
    pub clinic: String,
    /// Patient id, or staff login.
    pub who: String,
    /// When it ends: milliseconds since 1970-01-01 UTC.
    pub until: i64,
    /// The desk's JSON (device name, CSRF secret, language, …).
    pub body: String,
}

/// Someone who works at the clinic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffRow {
    /// What they type to sign in.
    pub login: String,
    /// Shown name.
    pub name: String,
    /// Argon2id hash in PHC form; empty while nothing is set.
    pub password: String,
    /// The desk's JSON (role, …).
    pub body: String,
}

/// Why the store could not do it. All of these are the machine's fault, none the caller's data.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database said no.
    #[error("the database at `{place}` could not {what}: {why}")]
    Database {
        /// File or address.
        place: String,
        /// What was asked.
        what: &'static str,
        /// In the database's words.
        why: String,
    },
    /// The writer is gone; the process should end and be started again.
    #[error("the store has stopped after an earlier failure; start lamella again")]
    Stopped,
}

/// The result of asking the store.
pub type Result<T> = std::result::Result<T, StoreError>;

/// What every store can do. Calls block; a server calls them off its reactor.
pub trait Store: Send + Sync {
    /// Enters a patient, or replaces their particulars. Their record is untouched.
    fn put_patient(&self, clinic: &str, patient: &PatientRow) -> Result<()>;
    /// One patient.
    fn patient(&self, key: &Key) -> Result<Option<PatientRow>>;
    /// Patients of a clinic by name, at most `limit`; `search` matches any part of name or body, without regard to case or accents.
    fn patients(&self, clinic: &str, search: &str, limit: u32) -> Result<Vec<(PatientRow, Option<AssessmentRow>)>>;

    /// Appends a batch to one record, durable on return. A patient that does not exist is an empty outcome list and version 0.
    fn append(&self, key: &Key, events: &[NewEvent]) -> Result<Appended>;
    /// The events that arrived after arrival number `after`, in order of arrival.
    fn events(&self, key: &Key, after: u64) -> Result<Vec<StoredEvent>>;
    /// The events of one kind, in order of arrival.
    fn events_of_kind(&self, key: &Key, kind: &str) -> Result<Vec<StoredEvent>>;
    /// One event by its id.
    fn event(&self, key: &Key, id: &str) -> Result<Option<StoredEvent>>;
    /// The record's version: how many events it holds; 0 for a patient that does not exist.
    fn version(&self, key: &Key) -> Result<u64>;
    /// Patients whose record holds events newer than their last assessment (after a crash between append and commit).
    fn unassessed(&self) -> Result<Vec<Key>>;

    /// Writes an assessment if the record is still at `commit.version`.
    fn commit(&self, key: &Key, commit: &Commit) -> Result<Committed>;
    /// The last assessment.
    fn assessment(&self, key: &Key) -> Result<Option<AssessmentRow>>;
    /// The last snapshot of the engine's state and the version it was made at.
    fn snapshot(&self, key: &Key) -> Result<Option<(u64, Vec<u8>)>>;
    /// Every alert of one patient, newest first.
    fn alerts(&self, key: &Key) -> Result<Vec<AlertRow>>;
    /// The alerts of one patient that still stand.
    fn open_alerts(&self, key: &Key) -> Result<Vec<AlertRow>>;
    /// Every alert of a clinic with this cause (its id begins with it and a colon), each with its patient's id: by patient, oldest
    /// first.
    fn alerts_of_cause(&self, clinic: &str, cause: &str) -> Result<Vec<(String, AlertRow)>>;
    /// What a fold starts from that has taken in `after` events; `None` for a patient that does not exist. One question, because
    /// it is asked at every check-in.
    fn news(&self, key: &Key, after: u64) -> Result<Option<News>>;
    /// What was told about one event.
    fn told_about(&self, key: &Key, event: &str) -> Result<Option<ToldRow>>;
    /// Verdicts told to one patient, newest first, at most `limit`.
    fn told(&self, key: &Key, limit: u32) -> Result<Vec<ToldRow>>;
    /// Open alerts of a clinic: level falling, then oldest first; one query.
    fn worklist(&self, clinic: &str) -> Result<Vec<WorkRow>>;
    /// Patients of a clinic whose silence may have to be noticed: everyone, with the last assessment.
    fn everyone(&self, clinic: &str) -> Result<Vec<(PatientRow, Option<AssessmentRow>)>>;

    /// Keeps a draft (an unfinished check-in); replaces the former one.
    fn put_draft(&self, key: &Key, at: i64, body: &str) -> Result<()>;
    /// The draft, with when it was last touched.
    fn draft(&self, key: &Key) -> Result<Option<(i64, String)>>;
    /// Forgets the draft.
    fn drop_draft(&self, key: &Key) -> Result<()>;
    /// Drafts not touched since `before`, over all clinics.
    fn drafts_before(&self, before: i64) -> Result<Vec<(Key, i64, String)>>;

    /// Keeps a pass.
    fn put_pass(&self, pass: &Pass) -> Result<()>;
    /// The pass with this hash, whether it has ended or not.
    fn pass(&self, hash: &str) -> Result<Option<Pass>>;
    /// All passes of one kind of one person, ended ones too.
    fn passes(&self, clinic: &str, kind: &str, who: &str) -> Result<Vec<Pass>>;
    /// Takes a pass back; true if it was there. Of two calls at once exactly one gets true.
    fn take_pass(&self, hash: &str) -> Result<bool>;
    /// Takes back all passes of one kind of one person; how many.
    fn take_passes(&self, clinic: &str, kind: &str, who: &str) -> Result<u64>;

    /// Adds or replaces a member of staff.
    fn put_staff(&self, clinic: &str, staff: &StaffRow) -> Result<()>;
    /// One member of staff.
    fn staff(&self, clinic: &str, login: &str) -> Result<Option<StaffRow>>;
    /// All staff of a clinic by login.
    fn all_staff(&self, clinic: &str) -> Result<Vec<StaffRow>>;

    /// A setting of a clinic (contact details, zone, …) as JSON.
    fn put_setting(&self, clinic: &str, name: &str, body: &str) -> Result<()>;
    /// The setting, if it was made.
    fn setting(&self, clinic: &str, name: &str) -> Result<Option<String>>;
}
