//! The clinic itself: who works there, and its settings.

use rusqlite::{Connection, Result, Row, params};

use super::ask::{all, change, one};
use crate::StaffRow;

pub(super) fn put_staff(conn: &Connection, clinic: &str, staff: &StaffRow) -> Result<()> {
    let StaffRow { login, name, password, body } = staff;
    change(conn, include_str!("sql/put_staff.sql"), params![clinic, login, name, password, body])?;
    Ok(())
}

pub(super) fn staff(conn: &Connection, clinic: &str, login: &str) -> Result<Option<StaffRow>> {
    one(conn, include_str!("sql/staff.sql"), params![clinic, login], staff_from)
}

pub(super) fn all_staff(conn: &Connection, clinic: &str) -> Result<Vec<StaffRow>> {
    all(conn, include_str!("sql/all_staff.sql"), params![clinic], staff_from)
}

pub(super) fn put_setting(conn: &Connection, clinic: &str, name: &str, body: &str) -> Result<()> {
    change(conn, include_str!("sql/put_setting.sql"), params![clinic, name, body])?;
    Ok(())
}

pub(super) fn setting(conn: &Connection, clinic: &str, name: &str) -> Result<Option<String>> {
    one(conn, include_str!("sql/setting.sql"), params![clinic, name], |row| row.get(0))
}

fn staff_from(row: &Row<'_>) -> Result<StaffRow> {
    Ok(StaffRow { login: row.get(0)?, name: row.get(1)?, password: row.get(2)?, body: row.get(3)? })
}
