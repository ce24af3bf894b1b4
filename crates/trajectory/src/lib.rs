//! Is the pain moving, and can one tell yet?
//!
//! The reading says where a person's pain trajectory stands. What ships here counts the answered days and says *too few*
//! honestly: it forecasts nothing, so `expected`, `low`, `high` and the rest are absent. The switching filter of the design
//! takes this place with the same two types.
#![no_std]

extern crate alloc;

use alloc::string::String;
use serde::{Deserialize, Serialize};

/// Where the trajectory stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// There is not enough to read, or nothing here that can read it.
    #[default]
    TooFew,
}

impl State {
    /// The word that pathways and files use.
    pub fn word(self) -> &'static str {
        match self {
            State::TooFew => "too-few",
        }
    }
}

/// The reading at one moment. What is not known is `null`, never zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Reading {
    /// Where it stands.
    pub state: State,
    /// Expected pain today, 0–10, predicted before today's answer.
    pub expected: Option<u8>,
    /// 10th percentile for today.
    pub low: Option<u8>,
    /// 90th percentile for today.
    pub high: Option<u8>,
    /// Chance that this is a lasting change, in thousandths.
    pub probability_worse: Option<u16>,
    /// How often chance alone reads like this: once in so many patient-years.
    pub once_in_patient_years: Option<u16>,
    /// The calibration it stands on.
    pub artifact: Option<String>,
    /// The same as a sentence.
    pub sentence: Option<String>,
    /// How many days have a rating.
    pub rated_days: u32,
}

/// The rated days so far: all that this reading needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Series {
    rated_days: u32,
    last: Option<i32>,
}

impl Series {
    /// Takes a day's rating; days rise, and a day counts once.
    pub fn rate(&mut self, day: i32) {
        if self.last.is_none_or(|last| day > last) {
            self.rated_days += 1;
            self.last = Some(day);
        }
    }

    /// The reading.
    pub fn reading(&self) -> Reading {
        Reading { rated_days: self.rated_days, ..Reading::default() }
    }
}
