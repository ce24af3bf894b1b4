//! Opens connections: the one that writes, and those that read.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{Error, M, MigrationDefinitionError, Migrations};

use super::place::Place;
use crate::Result;

/// The schema in steps. A step that was ever released is never edited; a change is the next step.
const STEPS: &[M] = &[M::up(include_str!("migrations/0001_start.sql"))];

/// How many of them a file has that is up to date.
pub(super) const SCHEMA: usize = STEPS.len();

/// How many steps of the schema a file has; 0 where it has none of ours.
pub(super) fn schema(conn: &Connection) -> rusqlite::Result<usize> {
    conn.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// How long to wait for another process (a backup by hand, a second lamella) to let go of the file.
const PATIENCE: Duration = Duration::from_secs(5);

/// Prepared statements kept per connection: more than there are questions in `sql/`.
const STATEMENTS: usize = 64;

/// SQLite copies the write-ahead log into the database every so many pages of 4 KiB: 16 MiB, four times its default, because
/// each copy costs the writer two more waits for the disk.
const CHECKPOINT_PAGES: u32 = 4096;

/// Pages the writer keeps in memory, in KiB (negative is SQLite's sign for that unit): room for all that a full group touches.
const WRITER_CACHE: i32 = -16 * 1024;

/// The log file shrinks back to this many bytes after a burst.
const LOG_BYTES: u32 = 64 * 1024 * 1024;

/// The connection that writes: creates the file if need be and brings its schema up to date.
pub(super) fn writer(place: &Place) -> Result<Connection> {
    create(place.path(), OpenOptions::new().create(true)).map_err(|why| place.error("create its file", why))?;
    let mut conn = open(place.path(), OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(|why| place.error("open its file", why))?;
    use_log(&conn).map_err(|why| place.error("turn its write-ahead log on", why))?;
    migrate(&mut conn).map_err(|why| place.error("bring its schema up to date", why))?;
    configure(&conn).map_err(|why| place.error("take its settings", why))?;
    Ok(conn)
}

/// A connection that can only read.
pub(super) fn reader(path: &Path) -> rusqlite::Result<Connection> {
    open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
}

/// Makes the file if it is not there, for its owner's eyes only. SQLite gives the log beside it the same permissions.
pub(super) fn create(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.open(path)
}

fn open(path: &Path, access: OpenFlags) -> rusqlite::Result<Connection> {
    let conn = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.busy_timeout(PATIENCE)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(conn)
}

fn use_log(conn: &Connection) -> std::result::Result<(), String> {
    let mode: String = conn.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0)).map_err(|why| why.to_string())?;
    match mode.as_str() {
        "wal" => Ok(()),
        other => Err(format!("it stays in `{other}` mode; is the file on a network drive?")),
    }
}

fn migrate(conn: &mut Connection) -> std::result::Result<(), String> {
    Migrations::from_slice(STEPS).to_latest(conn).map_err(|why| match why {
        Error::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead) => {
            "it was written by a newer lamella; start that one, or restore a backup made before it".to_string()
        }
        other => other.to_string(),
    })
}

/// The first three make an acknowledged commit survive a power cut; `fullfsync` matters on macOS only.
fn configure(conn: &Connection) -> rusqlite::Result<()> {
    conn.pragma_update(None, "synchronous", "full")?;
    conn.pragma_update(None, "fullfsync", "on")?;
    conn.pragma_update(None, "checkpoint_fullfsync", "on")?;
    conn.pragma_update(None, "foreign_keys", "on")?;
    conn.pragma_update(None, "cache_size", WRITER_CACHE)?;
    set(conn, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    set(conn, "journal_size_limit", LOG_BYTES)
}

/// For the settings that answer with their new value.
fn set(conn: &Connection, name: &str, value: u32) -> rusqlite::Result<()> {
    conn.pragma_update_and_check(None, name, value, |_| Ok(()))
}
