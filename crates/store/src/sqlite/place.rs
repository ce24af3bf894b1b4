//! Where the database lies, and how a failure there is told.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use crate::StoreError;

/// The database file.
pub(super) struct Place(PathBuf);

impl Place {
    /// Made absolute, because readers open the file later, when the process may stand elsewhere.
    pub(super) fn new(path: &Path) -> Place {
        Place(std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// "The database at *here* could not *what*: *why*."
    pub(super) fn error(&self, what: &'static str, why: impl Display) -> StoreError {
        StoreError::Database { place: self.0.display().to_string(), what, why: why.to_string() }
    }
}
