//! Care of the file: a copy of it, and whether it is whole.

use std::fs::{File, OpenOptions, remove_file};
use std::path::Path;

use rusqlite::{Connection, params};

use super::ask::{all, change};
use super::connect;

/// Copies the database into a new file. One that exists already is left as it is.
pub(super) fn backup(conn: &Connection, to: &Path) -> Result<(), String> {
    let name = to.to_str().ok_or("the name of the copy is not Unicode text")?;
    let copy = connect::create(to, OpenOptions::new().create_new(true)).map_err(|why| format!("`{name}` cannot be made: {why}"))?;
    copy_into(conn, name, &copy).inspect_err(|_| {
        // half a copy is worse than none; if even this fails the error already says that there is no backup
        let _ = remove_file(to);
    })
}

fn copy_into(conn: &Connection, name: &str, copy: &File) -> Result<(), String> {
    change(conn, include_str!("sql/backup.sql"), params![name]).map_err(|why| why.to_string())?;
    copy.sync_all().map_err(|why| format!("`{name}` cannot be made durable: {why}"))
}

pub(super) fn integrity(conn: &Connection) -> rusqlite::Result<Vec<String>> {
    all(conn, include_str!("sql/integrity.sql"), [], |row| row.get(0))
}
