mod due;
mod life;

pub use due::{Deadline, closes, deadline, is_open, next_opening};
pub use life::{Action, Alert, AlertState, CLOSED_ITSELF, Contact, Deed, Done, Resolved, Reviewed, Touch};
pub(crate) use life::{cause_of, id_of};
