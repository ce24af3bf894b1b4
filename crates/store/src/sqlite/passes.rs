//! What opens something: invitations, devices' and staff's sessions.

use rusqlite::{Connection, Result, Row, params};

use super::ask::{all, change, one};
use crate::Pass;

pub(super) fn put(conn: &Connection, pass: &Pass) -> Result<()> {
    let Pass { hash, kind, clinic, who, until, body } = pass;
    change(conn, include_str!("sql/put_pass.sql"), params![hash, kind, clinic, who, until, body])?;
    Ok(())
}

pub(super) fn get(conn: &Connection, hash: &str) -> Result<Option<Pass>> {
    one(conn, include_str!("sql/pass.sql"), params![hash], pass_from)
}

pub(super) fn of(conn: &Connection, clinic: &str, kind: &str, who: &str) -> Result<Vec<Pass>> {
    all(conn, include_str!("sql/passes.sql"), params![clinic, who, kind], pass_from)
}

pub(super) fn take(conn: &Connection, hash: &str) -> Result<bool> {
    Ok(change(conn, include_str!("sql/take_pass.sql"), params![hash])? > 0)
}

pub(super) fn take_all(conn: &Connection, clinic: &str, kind: &str, who: &str) -> Result<u64> {
    Ok(change(conn, include_str!("sql/take_passes.sql"), params![clinic, who, kind])? as u64)
}

fn pass_from(row: &Row<'_>) -> Result<Pass> {
    Ok(Pass { hash: row.get(0)?, kind: row.get(1)?, clinic: row.get(2)?, who: row.get(3)?, until: row.get(4)?, body: row.get(5)? })
}
