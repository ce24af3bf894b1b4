//! What would a pathway do to a thousand people before it does it to one?
//!
//! Virtual people ([`course`], [`complication`], [`answers`]) live through a pathway's own questions and the same engine that
//! judges real ones; a virtual [`clinic`] with hours and a capacity answers their alerts; [`trial`] counts what came of it. Pure:
//! chance comes from a seed alone, so that the same seed gives the same bits at any number of threads.
#![forbid(unsafe_code)]

pub mod answers;
pub mod arm;
pub mod audit;
pub mod calibrate;
pub mod chance;
pub mod clinic;
pub mod complication;
pub mod course;
mod curves;
pub mod fan;
pub mod interval;
pub mod outcome;
pub mod person;
pub mod refit;
pub mod report;
pub mod rule;
pub mod signs;
pub mod spec;
pub mod threads;
pub mod trial;
