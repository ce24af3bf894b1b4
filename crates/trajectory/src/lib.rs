//! Is the pain moving, and can one tell yet?
//!
//! The model is a bank of switching Kalman filters over daily ratings: [`filter`] (fluctuation, flare or lasting change),
//! [`band`] (what was to be expected), [`detector`] (is it time to look), [`flare`] (episodes), together in [`monitor`]. Its numbers
//! stand in two artifacts, [`prior`] (the model) and [`calibration`] (thresholds and their false-alarm rates), which a revision
//! pins as one [`model::Model`]. [`course`] keeps a person's rated days; [`reading`] says where they stand.
#![no_std]

extern crate alloc;

pub mod band;
mod bank;
mod block;
pub mod calibration;
pub mod course;
pub mod detector;
pub mod filter;
pub mod flare;
mod lanes;
pub mod model;
pub mod monitor;
pub mod prior;
pub mod rate;
pub mod reading;
mod sentence;

pub use course::Course;
pub use model::Model;
pub use reading::{Reading, Stands, State};
