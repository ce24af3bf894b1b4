//! Where events, verdicts and alerts are kept.
//!
//! The store knows nothing clinical: bodies are JSON text that the desk writes and reads. It promises four things.
//!
//! 1. *Nothing acknowledged is lost*: [`Store::append`] returns after the events are durable.
//! 2. *Nothing is doubled*: an event id is one event, however often it is sent.
//! 3. *Nothing is half done*: an assessment and the alerts it asks for are one transaction ([`Store::commit`]).
//! 4. *Nobody writes an older view over a newer one*: `commit` names the record version it was made from and is refused when
//!    the record has moved on.
//!
//! Every key begins with clinic and patient.

mod contract;
pub mod sqlite;

pub use contract::*;
pub use sqlite::fold as folded;
