//! Unfinished check-ins.

use rusqlite::{Connection, Result, params};

use super::ask::{all, change, one};
use crate::Key;

pub(super) fn put(conn: &Connection, key: &Key, at: i64, body: &str) -> Result<()> {
    change(conn, include_str!("sql/put_draft.sql"), params![key.clinic, key.patient, at, body])?;
    Ok(())
}

pub(super) fn get(conn: &Connection, key: &Key) -> Result<Option<(i64, String)>> {
    let sql = include_str!("sql/draft.sql");
    one(conn, sql, params![key.clinic, key.patient], |row| Ok((row.get(0)?, row.get(1)?)))
}

pub(super) fn drop(conn: &Connection, key: &Key) -> Result<()> {
    change(conn, include_str!("sql/drop_draft.sql"), params![key.clinic, key.patient])?;
    Ok(())
}

pub(super) fn before(conn: &Connection, before: i64) -> Result<Vec<(Key, i64, String)>> {
    all(conn, include_str!("sql/drafts_before.sql"), params![before], |row| {
        let key = Key { clinic: row.get(0)?, patient: row.get(1)? };
        Ok((key, row.get(2)?, row.get(3)?))
    })
}
