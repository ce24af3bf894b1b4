mod agenda;
mod phase;
mod restriction;

pub use agenda::{Due, Silence, agenda, next_due, silence};
pub use phase::{PhaseState, Stay};
pub(crate) use phase::{Days, Standing};
pub use restriction::{Limit, NextLimit, limit_day, limits};
