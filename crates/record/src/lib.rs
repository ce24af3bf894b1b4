//! What happened to one person, and when.
//!
//! An [`Event`] is immutable and has an id. A [`Record`] is a patient's events, folded: put in their order, each once, without
//! what was undone. Whatever order they arrive in, the record is the same.
//!
//! ```
//! use lamella_record::Record;
//! let text = r#"{"patient": {"id": "p1", "time_zone": "Europe/Madrid", "procedure": {"date": "2026-03-02", "levels": ["L4/5"]}},
//!   "events": [{"id": "e1", "kind": "check-in", "at": "2026-03-11T10:42:00+01:00", "revision": "1", "answers": {"pain": 3}}]}"#;
//! let record = Record::from_json(text)?;
//! assert_eq!(record.day_of(&record.events[0]), 9);
//! # Ok::<(), lamella_record::RecordError>(())
//! ```
#![no_std]

extern crate alloc;

mod answer;
mod event;
mod level;
mod moment;
mod record;

pub use answer::{Answer, Answers, Hundredths};
pub use event::{Act, CheckIn, Desk, Event, Exercise, Kind, PhaseOrder, PhaseWord, Stopped};
pub use jiff::civil::Date;
pub use level::Level;
pub use moment::{Moment, MomentError};
pub use record::{Assigned, Patient, Procedure, Record, RecordError, Warning};
