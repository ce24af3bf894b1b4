mod agenda;
mod phase;
mod restriction;

pub(crate) use agenda::every_days;
pub use agenda::{Due, Silence, agenda, next_due, silence};
pub(crate) use phase::{Days, Standing};
pub use phase::{HeldBy, PhaseState, Stay};
pub use restriction::{Limit, NextLimit, limit_day, limits};
