//! Why a use-case could not be carried out.

use lamella_store::StoreError;

/// What went wrong, in words for people.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The machine's fault.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no such patient at this clinic.
    #[error("there is no patient `{0}` at this clinic")]
    NoPatient(String),
    /// There is no such alert.
    #[error("there is no alert `{0}` in this record")]
    NoAlert(String),
    /// Something needed is missing or does not fit.
    #[error("{what}")]
    Wrong {
        /// The field.
        field: &'static str,
        /// What is wrong and what to do, as a sentence.
        what: String,
    },
    /// What is kept cannot be read back. It is never overwritten.
    #[error("the kept {what} of `{of}` cannot be read: {why}")]
    Unreadable {
        /// What.
        what: &'static str,
        /// Whose.
        of: String,
        /// Why.
        why: String,
    },
    /// Somebody else was faster.
    #[error("{0}")]
    Taken(String),
}

impl DeskError {
    pub(crate) fn wrong(field: &'static str, what: impl Into<String>) -> DeskError {
        DeskError::Wrong { field, what: what.into() }
    }
}
