//! A small pool of connections that read. A reader holds a connection, never a lock: readers do not wait for each other, nor for
//! the writer, while there are connections left.

use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use super::connect;

/// Connections at most. A read is short and bound by the processor, so more would only cost file handles.
const MOST: usize = 16;

/// The pool; connections are opened when first wanted.
pub(super) struct Readers {
    path: PathBuf,
    pool: Mutex<Pool>,
    returned: Condvar,
}

#[derive(Default)]
struct Pool {
    idle: Vec<Connection>,
    lent: usize,
}

impl Readers {
    pub(super) fn new(path: PathBuf) -> Readers {
        Readers { path, pool: Mutex::default(), returned: Condvar::new() }
    }

    /// Asks over a connection of one's own. Sees everything acknowledged before the call.
    pub(super) fn ask<T>(&self, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> rusqlite::Result<T> {
        let mut lent = self.lend();
        let conn = match lent.conn.take() {
            Some(conn) => conn,
            None => connect::reader(&self.path)?,
        };
        read(lent.conn.insert(conn))
    }

    fn lend(&self) -> Lent<'_> {
        let mut pool = self.pool();
        while pool.lent >= MOST {
            pool = self.returned.wait(pool).unwrap_or_else(PoisonError::into_inner);
        }
        pool.lent += 1;
        Lent { conn: pool.idle.pop(), home: self }
    }

    /// The pool is whole between any two statements, so a panic elsewhere leaves nothing to fear.
    fn pool(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in the pool, given back when dropped.
struct Lent<'a> {
    conn: Option<Connection>,
    home: &'a Readers,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let mut pool = self.home.pool();
        pool.lent -= 1;
        pool.idle.extend(self.conn.take());
        self.home.returned.notify_one();
    }
}
