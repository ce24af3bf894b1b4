//! The use-cases behind the screens, over the store and the engine.
//!
//! A check-in's way: [`Desk::receive`] appends it (durable, once), folds it into the record's state, and commits the assessment
//! and the alerts it asks for in one transaction; [`Desk::worklist`] shows them; what a nurse does about one comes back as an
//! event of the same record. Time is an argument everywhere.

mod alert;
mod draft;
mod error;
mod fold;
mod observed;
mod pass;
mod patient;
mod receive;
mod search;
mod told;
mod why;
mod worklist;

pub use alert::Kept;
pub use draft::{Ahead, Alone, Draft};
pub use error::{DeskError, Fault, Late};
pub use fold::Projection;
pub use lamella_engine::Charted;
pub use lamella_trajectory::detector::Case;
pub use lamella_trajectory::rate::Rate;
pub use observed::{CANNOT_SAY, Cases, ENOUGH_YEARS, NOT_REAL, Observed, OneCase, REAL, Said};
pub use pass::{Device, Invitation, Invited, Secret, Staff, hash_secret};
pub use patient::{Entered, LEVELS, NewPatient, Person, PersonField, is_synthetic};
pub use receive::{Outcome, Receipt};
pub use search::Wanted;
pub use told::{PAIN_WHEN_STOPPED, Ratings, Told, ToldChange, ToldReason};
pub use worklist::{Ending, KNOWN, MISTAKE, NO_LONGER_KNOWN, Row, SPOKE, Who};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use lamella_engine::{Pathways, State};
use lamella_pathway::Compiled;
use lamella_record::{Moment, Patient};
use lamella_store::{Key, Store};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockWriteGuard};

/// The result of a use-case.
pub type Result<T> = std::result::Result<T, DeskError>;

/// One clinic's desk. Cheap to share; every call blocks and may be made from any thread.
pub struct Desk {
    store: Arc<dyn Store>,
    pathways: Arc<Pathways>,
    clinic: String,
    zone: TimeZone,
    /// One lock a record: events of one record are folded one after the other, records side by side.
    records: Mutex<HashMap<Key, Arc<Mutex<Option<Folded>>>>>,
    /// When a record has to be looked at again because the clock alone may change it, in milliseconds.
    looks: Mutex<HashMap<Key, i64>>,
    /// What looks and then writes goes one at a time: an autosave must not bring back what has been sent, and of two who resolve
    /// an alert at once one is told of the other.
    drafts: [Mutex<()>; 32],
    /// What comes in goes side by side; a deed that covers what had come in goes alone. Each door keeps when the last deed of a
    /// record went through, in milliseconds: what comes in behind it was known here after it, whatever its clock had read.
    doors: [RwLock<Door>; 32],
    changed: Box<dyn Fn() + Send + Sync>,
}

/// When the last deed about each record was done, in milliseconds.
type Door = HashMap<Key, i64>;

/// A record's state, and what of it is folded.
struct Folded {
    version: u64,
    /// The place of the last event in the order.
    last: Option<(Timestamp, String)>,
    patient: Patient,
    state: State,
}

impl Desk {
    /// A desk over a store. `changed` is called after each commit that may alter what a screen shows.
    pub fn new(
        store: Arc<dyn Store>,
        pathways: Pathways,
        clinic: &str,
        zone: TimeZone,
        changed: impl Fn() + Send + Sync + 'static,
    ) -> Desk {
        Desk {
            store,
            pathways: Arc::new(pathways),
            clinic: clinic.to_string(),
            zone,
            records: Mutex::new(HashMap::new()),
            looks: Mutex::new(HashMap::new()),
            drafts: std::array::from_fn(|_| Mutex::new(())),
            doors: std::array::from_fn(|_| RwLock::new(Door::new())),
            changed: Box::new(changed),
        }
    }

    /// The name of the clinic's time zone.
    pub fn zone_name(&self) -> String {
        self.zone.iana_name().unwrap_or("UTC").to_string()
    }

    /// The clinic's id.
    pub fn clinic(&self) -> &str {
        &self.clinic
    }

    /// The pathway in force.
    pub fn pathway(&self) -> &Compiled {
        self.pathways.current()
    }

    /// All revisions.
    pub fn pathways(&self) -> &Pathways {
        &self.pathways
    }

    /// A record's key in this clinic.
    pub fn key(&self, patient: &str) -> Key {
        Key { clinic: self.clinic.clone(), patient: patient.to_string() }
    }

    /// An instant on the clinic's clock.
    pub fn clinic_moment(&self, instant: Timestamp) -> Moment {
        Moment::new(instant, self.zone.to_offset(instant))
    }

    /// An instant on the person's clock.
    pub fn person_moment(&self, patient: &Patient, instant: Timestamp) -> Moment {
        let zone = TimeZone::get(&patient.time_zone).unwrap_or_else(|_| self.zone.clone());
        Moment::new(instant, zone.to_offset(instant))
    }

    /// The lock of a record's draft and of what is done about its alerts; some records share one.
    fn draft_lock(&self, key: &Key) -> &Mutex<()> {
        let [first, rest @ ..] = &self.drafts;
        rest.get(place_of(key, self.drafts.len())).unwrap_or(first)
    }

    /// The door that what is known of a record comes in by.
    fn door(&self, key: &Key) -> &RwLock<Door> {
        let [first, rest @ ..] = &self.doors;
        rest.get(place_of(key, self.doors.len())).unwrap_or(first)
    }

    fn record_lock(&self, key: &Key) -> Arc<Mutex<Option<Folded>>> {
        let mut records = lock(&self.records);
        // The states of records at rest can be rebuilt; a clinic of thousands need not hold them all.
        if records.len() > 4096 {
            records.retain(|_, folded| Arc::strong_count(folded) > 1);
        }
        records.entry(key.clone()).or_default().clone()
    }
}

/// A lock whose holder died is taken over: what it guards is a cache and is checked against the store.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(door: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    door.write().unwrap_or_else(PoisonError::into_inner)
}

fn place_of(key: &Key, places: usize) -> usize {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish() as usize % places
}
