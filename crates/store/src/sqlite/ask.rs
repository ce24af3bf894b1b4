//! The three ways to put a question to SQLite, each with its statement prepared once per connection.

use rusqlite::{Connection, OptionalExtension, Params, Result, Row};

/// Changes something; how many rows.
pub(super) fn change(conn: &Connection, sql: &str, params: impl Params) -> Result<usize> {
    conn.prepare_cached(sql)?.execute(params)
}

/// The one row there can be, if there is one.
pub(super) fn one<T>(conn: &Connection, sql: &str, params: impl Params, read: impl FnOnce(&Row<'_>) -> Result<T>) -> Result<Option<T>> {
    conn.prepare_cached(sql)?.query_row(params, read).optional()
}

/// Every row, in order.
pub(super) fn all<T>(conn: &Connection, sql: &str, params: impl Params, read: impl FnMut(&Row<'_>) -> Result<T>) -> Result<Vec<T>> {
    conn.prepare_cached(sql)?.query_map(params, read)?.collect()
}
