mod due;
mod life;

pub use due::{Deadline, deadline, is_open, next_opening};
pub(crate) use life::cause_of;
pub use life::{Action, Alert, AlertState, CLOSED_ITSELF, Contact, Deed, Done, Resolved, Reviewed, Touch};
