//! A patient's events, folded.

use crate::event::{Event, Kind};
use crate::moment::Moment;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{format, vec};
use core::fmt;
use jiff::civil::Date;
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How long a desk event can be taken back.
const UNDO_SECONDS: i64 = 60;

/// Who the record is about. Unknown keys are kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Patient {
    /// Patient id within the clinic.
    pub id: String,
    /// Name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Date of birth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub born: Option<Date>,
    /// Time zone by its IANA name; only shells look at it.
    pub time_zone: String,
    /// Conditions by code, as the pathway's `person has` names them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
    /// The procedure that day 0 counts from.
    pub procedure: Procedure,
    /// Which revision held from when.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pathway: Vec<Assigned>,
    /// What else is known (sex, height_cm, mass_kg, phone, language, …).
    #[serde(flatten)]
    pub rest: serde_json::Map<String, Value>,
}

/// The procedure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Procedure {
    /// Its local date: day 0.
    pub date: Date,
    /// Pain before it, 0–10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline_pain: Option<crate::Answer>,
    /// What else is known (levels, tear grade, product lot, …).
    #[serde(flatten)]
    pub rest: serde_json::Map<String, Value>,
}

/// A revision of a pathway that holds for this person from a date on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assigned {
    /// The revision's word.
    pub revision: Value,
    /// First local date.
    pub from: Date,
}

/// Something odd that was kept, and must not go unseen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// The event it is about; empty when it is about the record.
    pub event: String,
    /// What, as a sentence.
    pub what: String,
}

/// A patient's events in their order, each once, without what was undone.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Who.
    pub patient: Patient,
    /// What happened, ordered by moment, then id.
    pub events: Vec<Event>,
    /// What was odd.
    pub warnings: Vec<Warning>,
}

/// Why a text is not a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordError {
    /// What is wrong and where, as a sentence.
    pub what: String,
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl core::error::Error for RecordError {}

impl Record {
    /// Reads a record file. Not JSON, or no patient with id, time zone and procedure date: an error. An event that cannot be
    /// read is kept as [`Kind::Unreadable`].
    pub fn from_json(text: &str) -> Result<Record, RecordError> {
        let fail = |what: String| RecordError { what };
        let mut whole: Value = serde_json::from_str(text).map_err(|error| {
            fail(format!("the record is not JSON: line {}, column {}: {}", error.line(), error.column(), plain(&error.to_string())))
        })?;
        let patient = whole.get_mut("patient").map(Value::take).ok_or_else(|| fail("the record names no `patient`".to_string()))?;
        let patient: Patient =
            serde_json::from_value(patient).map_err(|error| fail(format!("`patient` cannot be read: {}", plain(&error.to_string()))))?;
        let events = match whole.get_mut("events").map(Value::take) {
            None | Some(Value::Null) => vec![],
            Some(Value::Array(events)) => events,
            Some(_) => return Err(fail("`events` must be a list".to_string())),
        };
        let mut fallback = patient.midnight();
        let mut read = Vec::with_capacity(events.len());
        for (index, value) in events.into_iter().enumerate() {
            let event = Event::from_value(value, index + 1, fallback);
            fallback = event.at;
            read.push(event);
        }
        Ok(Record::fold(patient, read))
    }

    /// Folds events into a record: any order in, the same record out.
    pub fn fold(patient: Patient, events: Vec<Event>) -> Record {
        let mut warnings = vec![];
        let events = each_once(events, &mut warnings);
        let mut events = without_undone(events, &mut warnings);
        events.sort_by(|a, b| (a.moment().instant(), &a.id).cmp(&(b.moment().instant(), &b.id)));
        Record { patient, events, warnings }
    }

    /// Days since the procedure of an event's local date; negative before it.
    pub fn day_of(&self, event: &Event) -> i32 {
        self.patient.day_of(event.date())
    }
}

impl Patient {
    /// Days from the procedure to a local date; negative before it.
    pub fn day_of(&self, date: Date) -> i32 {
        i32::try_from(date.duration_since(self.procedure.date).as_hours() / 24).unwrap_or(0)
    }

    /// The first day of care here: when a revision was first assigned, but not before the procedure.
    pub fn enrolled_day(&self) -> i32 {
        self.pathway.iter().map(|assigned| self.day_of(assigned.from)).min().unwrap_or(0).max(0)
    }

    /// The local date of a day.
    pub fn date_of(&self, day: i32) -> Date {
        self.procedure.date.saturating_add(jiff::SignedDuration::from_hours(24 * i64::from(day)))
    }

    /// Age in whole years on a date, if the date of birth is known.
    pub fn age_on(&self, date: Date) -> Option<i32> {
        let born = self.born?;
        let before = (date.month(), date.day()) < (born.month(), born.day());
        Some(i32::from(date.year()) - i32::from(born.year()) - i32::from(before))
    }

    /// The pain before the procedure, 0–10, if it was asked.
    pub fn baseline_pain(&self) -> Option<i32> {
        match self.procedure.baseline_pain {
            Some(crate::Answer::Number(number)) if (0..=10).contains(&number.whole()) => Some(number.whole()),
            _ => None,
        }
    }

    /// A word of `rest` as text.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.rest.get(key).and_then(Value::as_str)
    }

    fn midnight(&self) -> Moment {
        let midnight = self.procedure.date.to_datetime(jiff::civil::Time::midnight());
        Moment::new(Offset::UTC.to_timestamp(midnight).unwrap_or_default(), Offset::UTC)
    }
}

/// The same id is the same event. Where two differ all the same, the earlier-ordered, then the lesser text is kept, so that
/// the order of arrival cannot matter, and it is said.
fn each_once(events: Vec<Event>, warnings: &mut Vec<Warning>) -> Vec<Event> {
    let mut kept: BTreeMap<String, Event> = BTreeMap::new();
    let mut differing: BTreeSet<String> = BTreeSet::new();
    for event in events {
        match kept.get(&event.id) {
            None => {
                kept.insert(event.id.clone(), event);
            }
            Some(there) if *there == event => {}
            Some(there) => {
                differing.insert(event.id.clone());
                if preference(&event) < preference(there) {
                    kept.insert(event.id.clone(), event);
                }
            }
        }
    }
    for id in differing {
        warnings.push(Warning { what: format!("two different events are called `{id}`; the earlier is kept"), event: id });
    }
    kept.into_values().collect()
}

fn preference(event: &Event) -> (jiff::Timestamp, Option<jiff::Timestamp>, String) {
    let text = serde_json::to_string(event).unwrap_or_default();
    (event.moment().instant(), event.received_at.map(Moment::instant), text)
}

/// A desk event taken back within a minute reads as if it had never been.
fn without_undone(events: Vec<Event>, warnings: &mut Vec<Warning>) -> Vec<Event> {
    let desk: BTreeMap<&str, &Event> = events.iter().filter(|event| event.is_desk()).map(|event| (event.id.as_str(), event)).collect();
    let mut undone: BTreeSet<String> = BTreeSet::new();
    for event in &events {
        let Kind::Undo(undo) = &event.kind else { continue };
        match desk.get(undo.undoes.as_str()) {
            Some(target) if (0..=UNDO_SECONDS).contains(&event.known_at().seconds_since(target.known_at())) => {
                undone.insert(undo.undoes.clone());
            }
            found => {
                let why = if found.is_some() { "more than a minute had passed" } else { "no desk event has that id" };
                warnings.push(Warning { event: event.id.clone(), what: format!("`{}` was not undone: {why}", undo.undoes) });
            }
        }
    }
    events.into_iter().filter(|event| !undone.contains(&event.id)).collect()
}

/// serde names Rust's own types here and there; people should not read them.
fn plain(error: &str) -> String {
    let cut = error.split(" at line").next().unwrap_or(error);
    cut.replace("struct Patient", "a patient").replace("struct Procedure", "a procedure")
}
