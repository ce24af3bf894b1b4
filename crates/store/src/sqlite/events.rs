//! The record: events in order of arrival.

use rusqlite::{Connection, Result, Row, params};

use super::ask::{all, change, one};
use crate::{Appended, Key, NewEvent, Outcome, StoredEvent};

/// What an event costs does not depend on how many there are: the version is a counter, not a count.
pub(super) fn append(conn: &Connection, key: &Key, events: &[NewEvent]) -> Result<Appended> {
    let Some(before) = version(conn, key)? else {
        return Ok(Appended { outcomes: Vec::new(), version: 0 });
    };
    let mut version = before;
    let mut outcomes = Vec::with_capacity(events.len());
    for event in events {
        let outcome = append_one(conn, key, version + 1, event)?;
        version += u64::from(outcome == Outcome::Stored);
        outcomes.push(outcome);
    }
    if version > before {
        change(conn, include_str!("sql/set_version.sql"), params![key.clinic, key.patient, version])?;
    }
    Ok(Appended { outcomes, version })
}

fn append_one(conn: &Connection, key: &Key, seq: u64, event: &NewEvent) -> Result<Outcome> {
    let Key { clinic, patient } = key;
    let NewEvent { id, at, received_at, kind, body } = event;
    let row = params![clinic, patient, seq, id, at, received_at, kind, body];
    match change(conn, include_str!("sql/append.sql"), row)? {
        0 => Ok(Outcome::Known),
        _ => Ok(Outcome::Stored),
    }
}

/// `None` if there is no such patient.
pub(super) fn version(conn: &Connection, key: &Key) -> Result<Option<u64>> {
    one(conn, include_str!("sql/version.sql"), params![key.clinic, key.patient], |row| row.get(0))
}

pub(super) fn after(conn: &Connection, key: &Key, after: u64) -> Result<Vec<StoredEvent>> {
    // no record is as long as SQLite's largest number
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    all(conn, include_str!("sql/events.sql"), params![key.clinic, key.patient, after], event_from)
}

pub(super) fn of_kind(conn: &Connection, key: &Key, kind: &str) -> Result<Vec<StoredEvent>> {
    all(conn, include_str!("sql/events_of_kind.sql"), params![key.clinic, key.patient, kind], event_from)
}

pub(super) fn by_id(conn: &Connection, key: &Key, id: &str) -> Result<Option<StoredEvent>> {
    one(conn, include_str!("sql/event.sql"), params![key.clinic, key.patient, id], event_from)
}

pub(super) fn unassessed(conn: &Connection) -> Result<Vec<Key>> {
    all(conn, include_str!("sql/unassessed.sql"), [], |row| Ok(Key { clinic: row.get(0)?, patient: row.get(1)? }))
}

fn event_from(row: &Row<'_>) -> Result<StoredEvent> {
    let event = NewEvent { id: row.get(1)?, at: row.get(2)?, received_at: row.get(3)?, kind: row.get(4)?, body: row.get(5)? };
    Ok(StoredEvent { seq: row.get(0)?, event })
}
