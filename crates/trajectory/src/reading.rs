//! Where the trajectory stands, as data and as a sentence.

use alloc::string::String;
use core::cmp::Ordering;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::detector::Case;
use crate::flare::{Against, Episode};
use crate::sentence::sentence;

/// Where the trajectory stands: the first that holds (semantics, *The reading*).
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

    /// The case of the detector that it is an open one of.
    pub fn case(self) -> Option<Case> {
        match self {
            State::LastingChange => Some(Case::Lasting),
            State::Watch => Some(Case::Watch),
            State::OffCourse | State::InFlare | State::OnCourse | State::TooFew => None,
        }
    }
}

/// Where a course stands on a day, in short: what rules may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Stands {
    /// Where.
    pub state: State,
    /// How many days the flare has lasted; 0 when it does not read as one.
    pub flare_days: i32,
}

impl Stands {
    /// `watch`, `in-flare` (its first day), `in-flare/4` (its fourth).
    pub fn from_word(word: &str) -> Option<Stands> {
        match word.split_once('/') {
            Some(("in-flare", days)) => days.parse().ok().filter(|days| *days > 0).map(Stands::in_flare),
            Some(_) => None,
            None if word == "in-flare" => Some(Stands::in_flare(1)),
            None => State::from_word(word).map(|state| Stands { state, flare_days: 0 }),
        }
    }

    /// In a flare for so many days.
    pub fn in_flare(flare_days: i32) -> Stands {
        Stands { state: State::InFlare, flare_days }
    }
}

/// A number of thousandths, written as the number itself: `0.125`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Thousandths(pub u32);

impl Thousandths {
    /// The nearest; what is not a number, or below zero, is zero.
    pub fn of(number: f64) -> Thousandths {
        Thousandths(libm::round(number * 1000.0) as u32)
    }

    /// As a number.
    pub fn number(self) -> f64 {
        f64::from(self.0) / 1000.0
    }
}

impl Serialize for Thousandths {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.number())
    }
}

impl<'de> Deserialize<'de> for Thousandths {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Thousandths, D::Error> {
        f64::deserialize(deserializer).map(Thousandths::of)
    }
}

/// The calibration a reading stands on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    /// Its hash.
    pub hash: String,
    /// When it was made.
    pub date: String,
    /// For whom its rates hold.
    pub population: String,
}

/// How many of the latest rated days lay above the range that was expected of them 28 days before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Above {
    /// So many …
    pub days: u8,
    /// … of the latest so many rated days.
    pub of: u8,
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
    /// That day's rating; none before it is given.
    pub rating: Option<u8>,
    /// Chance that this is a lasting change, 0–1.
    pub probability_worse: Option<Thousandths>,
    /// How often chance alone reads like this: once in so many patient-years.
    pub once_in_patient_years: Option<Thousandths>,
    /// The calibration it stands on.
    pub artifact: Option<Artifact>,
    /// The same as a sentence.
    pub sentence: Option<String>,
    /// How many days have a rating.
    pub rated_days: u32,
    /// Above the range that was expected a month before.
    pub above: Option<Above>,
    /// The flare that goes on, if one does.
    pub flare: Option<Episode>,
    /// That flare beside the person's own earlier ones.
    pub against: Option<Against>,
}

impl Reading {
    /// Where the day's rating lies beside the range that was expected of it; in it, where either is not known.
    pub fn beside(&self) -> Ordering {
        match (self.rating, self.low, self.high) {
            (Some(rating), _, Some(high)) if rating > high => Ordering::Greater,
            (Some(rating), Some(low), _) if rating < low => Ordering::Less,
            _ => Ordering::Equal,
        }
    }

    /// The reading in a sentence, in a language that is here (`en`, `es`); in English otherwise.
    pub fn in_words(&self, language: &str) -> String {
        sentence(self, language)
    }
}
