//! Is the pain moving, and can one tell yet?
//!
//! The model is a bank of switching Kalman filters over daily ratings: [`filter`] (fluctuation, flare or lasting change),
//! [`band`] (what was to be expected), [`detector`] (is it time to look), [`flare`] (episodes), together in [`monitor`]. Its numbers
//! stand in two artifacts: [`prior`] (the model) and [`calibration`] (thresholds and their false-alarm rates).
//!
//! [`Series`] is the reading that the engine still uses: it counts the answered days and says *too few* honestly.
#![no_std]

extern crate alloc;

pub mod band;
mod bank;
mod block;
pub mod calibration;
pub mod detector;
pub mod filter;
pub mod flare;
mod lanes;
pub mod monitor;
pub mod prior;

use alloc::string::String;
use serde::{Deserialize, Serialize};

/// Where the trajectory stands. [`Series`] reads only *too few*; [`monitor::Monitor`] reads them all, and `lamella assess --assume`
/// and the verifier's witnesses can put any in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// A lasting change for the worse.
    LastingChange,
    /// Off the course that recovery takes.
    OffCourse,
    /// The detector asks for a closer look.
    Watch,
    /// In a flare.
    InFlare,
    /// On course.
    OnCourse,
    /// There is not enough to read, or nothing here that can read it.
    #[default]
    TooFew,
}

impl State {
    /// Every state.
    pub const ALL: [State; 6] = [State::LastingChange, State::OffCourse, State::Watch, State::InFlare, State::OnCourse, State::TooFew];

    /// The word that pathways and files use.
    pub fn word(self) -> &'static str {
        match self {
            State::LastingChange => "lasting-change",
            State::OffCourse => "off-course",
            State::Watch => "watch",
            State::InFlare => "in-flare",
            State::OnCourse => "on-course",
            State::TooFew => "too-few",
        }
    }

    /// The state with this word.
    pub fn from_word(word: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.word() == word)
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
    #[serde(default)]
    assumed: Option<State>,
}

impl Series {
    /// A series that pretends to read `state`, whatever is rated.
    pub fn assuming(state: Option<State>) -> Series {
        Series { assumed: state, ..Series::default() }
    }

    /// Takes a day's rating; days rise, and a day counts once.
    pub fn rate(&mut self, day: i32) {
        if self.last.is_none_or(|last| day > last) {
            self.rated_days += 1;
            self.last = Some(day);
        }
    }

    /// The reading.
    pub fn reading(&self) -> Reading {
        Reading { state: self.assumed.unwrap_or_default(), rated_days: self.rated_days, ..Reading::default() }
    }
}
