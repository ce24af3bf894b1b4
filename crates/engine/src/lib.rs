//! The waist of the house: `assess(&Pathways, &Record, now) -> Assessment`.
//!
//! Everything here is a pure function of its arguments. [`assess`] is the fold of [`step`] over a record's events in their
//! order, then a [`view`] of the state at `now`; phone, server, command line, verifier and simulator all call the same three.
//! `semantics.md` says what is decided; each room says which part of it.
#![no_std]

extern crate alloc;

mod assessment;
mod explain;
mod pathways;
mod state;
mod step;

/// Alerts: their cause, their life, when nobody acts.
pub mod alerts;
/// The plan: phases, restrictions, what is due.
pub mod plan;
/// Triage: from answers to a verdict.
pub mod triage;

pub use assessment::{
    Assessment, Charted, Clocked, Known, View, assess, assess_assuming, charted, clocked, rated_days, reading_in_full, stands, view,
};
pub use explain::{Change, would_change};
pub use lamella_trajectory::{Reading, Stands, State as ReadingState, band, course, filter, flare};
pub use pathways::Pathways;
pub use state::State;
pub use step::{Step, judge, questions_due, step, step_seen};
