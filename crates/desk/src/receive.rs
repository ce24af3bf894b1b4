//! Events come in.

use crate::told::Told;
use crate::{Desk, Door, Result};
use jiff::Timestamp;
use lamella_record::{Event, Moment};
use lamella_store::{Key, NewEvent};
use serde::Serialize;
use serde_json::{Map, Value};
use std::sync::{PoisonError, RwLockWriteGuard};

/// The largest event that is taken, in bytes.
const EVENT_BYTES: usize = 64 * 1024;

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase", tag = "outcome")]
pub enum Outcome {
    /// It is kept, durably.
    Stored,
    /// It was here already.
    Known,
    /// It was not taken.
    Refused {
        /// Why, and what to do.
        why: String,
    },
}

/// What became of one event of a batch, and what is to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// The event's id, as far as it had one.
    pub id: String,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// What the person is told, for events that are judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub told: Option<Told>,
}

impl Desk {
    /// Takes a batch of events of one record: keeps them, judges them, asks for alerts. Safe to send again.
    ///
    /// An event needs an `id` and an `at` with its offset; one without is refused, and the others are taken all the same.
    pub fn receive(&self, key: &Key, batch: Vec<Value>, now: Timestamp) -> Result<Vec<Receipt>> {
        let arrived = {
            let door = self.door(key).read().unwrap_or_else(PoisonError::into_inner);
            self.let_in(key, batch, behind(door.get(key).copied(), now))?
        };
        self.judge_arrived(key, arrived, now)
    }

    /// Takes one deed about a record whose door is shut for others; it is opened once the deed is kept.
    pub(crate) fn receive_behind(&self, key: &Key, event: &Event, now: Timestamp, door: RwLockWriteGuard<Door>) -> Result<Receipt> {
        let arrived = self.let_in(key, vec![serde_json::to_value(event).unwrap_or(Value::Null)], now)?;
        drop(door);
        one(self.judge_arrived(key, arrived, now)?)
    }

    /// Keeps what can be read.
    fn let_in(&self, key: &Key, batch: Vec<Value>, now: Timestamp) -> Result<Arrived> {
        let received = self.clinic_moment(now);
        let read: Vec<std::result::Result<NewEvent, Refusal>> = batch.into_iter().map(|value| take(value, received)).collect();
        let events: Vec<NewEvent> = read.iter().filter_map(|event| event.as_ref().ok()).cloned().collect();
        if events.is_empty() {
            return Ok(Arrived { read, outcomes: vec![] });
        }
        let appended = self.store.append(key, &events)?;
        if appended.outcomes.len() != events.len() {
            return Err(crate::DeskError::NoPatient(key.patient.clone()));
        }
        Ok(Arrived { read, outcomes: appended.outcomes })
    }

    fn judge_arrived(&self, key: &Key, arrived: Arrived, now: Timestamp) -> Result<Vec<Receipt>> {
        let Arrived { read, outcomes } = arrived;
        let told = if outcomes.is_empty() { vec![] } else { self.fold(key, now)? };
        let mut outcomes = outcomes.into_iter();
        let mut receipts = vec![];
        for event in read {
            receipts.push(match event {
                Err(Refusal { id, why }) => Receipt { id, outcome: Outcome::Refused { why }, told: None },
                Ok(event) if outcomes.next() == Some(lamella_store::Outcome::Known) => self.known(key, event)?,
                Ok(event) => {
                    // Somebody else's fold may have been the one that took this event in: then its words are kept already.
                    let words = match told.iter().find(|(id, _)| *id == event.id) {
                        Some((_, told)) => Some(told.clone()),
                        None => self.told_about(key, &event.id)?,
                    };
                    Receipt { id: event.id, outcome: Outcome::Stored, told: words }
                }
            });
        }
        Ok(receipts)
    }

    /// An event whose id is here already: the same again, or another that needs an id of its own.
    fn known(&self, key: &Key, event: NewEvent) -> Result<Receipt> {
        let said = |body: &str| {
            let mut value: Value = serde_json::from_str(body).unwrap_or(Value::Null);
            value.as_object_mut().and_then(|all| all.remove("received_at"));
            value
        };
        let there = self.store.event(key, &event.id)?;
        if there.is_some_and(|there| said(&there.event.body) != said(&event.body)) {
            let why = "another event has this id already; send this one under a new id".to_string();
            return Ok(Receipt { id: event.id, outcome: Outcome::Refused { why }, told: None });
        }
        let told = self.told_about(key, &event.id)?;
        Ok(Receipt { id: event.id, outcome: Outcome::Known, told })
    }

    /// What was told about an event, word for word.
    pub fn told_about(&self, key: &Key, event: &str) -> Result<Option<Told>> {
        let row = self.store.told_about(key, event)?;
        Ok(row.and_then(|row| serde_json::from_str(&row.body).ok()))
    }
}

/// What was let in, event by event, and what the store made of each that could be read.
struct Arrived {
    read: Vec<std::result::Result<NewEvent, Refusal>>,
    outcomes: Vec<lamella_store::Outcome>,
}

/// Two that meet at the door are no further apart than this.
const MEETING_MILLIS: i64 = 60_000;

/// When something is known here that came in behind a deed: after it, whichever request had been read first.
pub(crate) fn behind(deed: Option<i64>, now: Timestamp) -> Timestamp {
    let ahead = deed.filter(|deed| (0..MEETING_MILLIS).contains(&(deed - now.as_millisecond())));
    ahead.and_then(|deed| Timestamp::from_millisecond(deed + 1).ok()).unwrap_or(now)
}

/// The receipt of a batch of one.
fn one(receipts: Vec<Receipt>) -> Result<Receipt> {
    let receipt = receipts.into_iter().next().ok_or_else(|| crate::DeskError::NoPatient(String::new()))?;
    match receipt.outcome {
        // Nobody may take a refusal for a success.
        Outcome::Refused { why } => Err(crate::DeskError::Refused(why)),
        _ => Ok(receipt),
    }
}

/// An event that is not taken.
struct Refusal {
    id: String,
    why: String,
}

/// Reads what every event needs and stamps its arrival; the rest is kept as it came.
fn take(value: Value, received: Moment) -> std::result::Result<NewEvent, Refusal> {
    let refused = |id: &str, why: &str| Refusal { id: id.to_string(), why: why.to_string() };
    let Value::Object(mut event) = value else { return Err(refused("", "an event is a JSON object")) };
    let id = text(&event, "id").unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '~' | '-');
    if id.is_empty() || id.len() > 128 || !id.chars().all(plain) || id.chars().all(|c| c == '.') {
        return Err(refused(&id, "an event needs an `id` of 1 to 128 letters, digits, `-`, `_`, `.` or `~`"));
    }
    let at = match text(&event, "at").ok_or("missing".to_string()).and_then(|at| Moment::parse(&at).map_err(|error| error.to_string())) {
        Ok(at) => at,
        Err(why) => return Err(refused(&id, &format!("`at` cannot be read: {why}"))),
    };
    event.insert("received_at".to_string(), Value::String(received.to_string()));
    let kind = text(&event, "kind").unwrap_or_default();
    let body = Value::Object(event).to_string();
    if body.len() > EVENT_BYTES {
        return Err(refused(&id, "an event holds at most 64 KiB"));
    }
    Ok(NewEvent { id, at: at.millis(), received_at: received.millis(), kind, body })
}

fn text(event: &Map<String, Value>, key: &str) -> Option<String> {
    event.get(key).and_then(Value::as_str).map(str::to_string)
}

impl Desk {
    /// Takes one event that our own pages made.
    pub fn say(&self, key: &Key, event: &Event, now: Timestamp) -> Result<Receipt> {
        self.receive_event(key, event, now)
    }

    pub(crate) fn receive_event(&self, key: &Key, event: &Event, now: Timestamp) -> Result<Receipt> {
        let value = serde_json::to_value(event).unwrap_or(Value::Null);
        one(self.receive(key, vec![value], now)?)
    }
}
