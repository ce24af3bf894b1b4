//! The four levels, in order.

use core::fmt;
use serde::{Deserialize, Serialize};

/// How urgent a verdict is. The order is the meaning: `Expected < Watch < Attention < Emergency`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Normal on this road; nobody has to move, and the person is told why.
    #[default]
    Expected,
    /// The clinic looks at its next list.
    Watch,
    /// The person stops the activity and calls; the clinic answers the same day.
    Attention,
    /// Now: the emergency number. The clinic is told.
    Emergency,
}

impl Level {
    /// All four, mildest first.
    pub const ALL: [Level; 4] = [Level::Expected, Level::Watch, Level::Attention, Level::Emergency];

    /// The word that stands in files and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Level::Expected => "expected",
            Level::Watch => "watch",
            Level::Attention => "attention",
            Level::Emergency => "emergency",
        }
    }

    /// The level with this word, if there is one.
    pub fn from_word(word: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.word() == word)
    }

    /// 0 expected, 1 watch, 2 attention, 3 emergency: how stores sort it.
    pub fn rank(self) -> u8 {
        self as u8
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
