//! What verification says.

use serde::{Deserialize, Serialize};

/// Every property of one revision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The revision's word.
    pub revision: String,
    /// SHA-256 of its files, lower-case hex.
    pub hash: String,
    /// One outcome per property, in the order of their numbers in the design.
    pub properties: Vec<Outcome>,
}

impl Report {
    /// Whether every property is proved.
    pub fn proved(&self) -> bool {
        self.properties.iter().all(|property| property.outcome == Verified::Proved)
    }
}

/// How a property was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verified {
    /// It holds in every state.
    Proved,
    /// Some state breaks it.
    Refuted,
}

impl Verified {
    /// The word that files and screens use.
    pub fn word(self) -> &'static str {
        match self {
            Verified::Proved => "proved",
            Verified::Refuted => "refuted",
        }
    }
}

/// One property, decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// `complete`, `unmaskable` or `unknown-never-reassures`.
    pub property: String,
    /// Proved or refuted.
    pub outcome: Verified,
    /// How many states were covered, exactly, as decimal digits. Two states differ when a condition of the pathway can tell
    /// them apart: answers by code, numbers and days by the stretches between the constants that appear.
    pub space: String,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// A record that breaks it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witness: Option<Witness>,
    /// What else the author should know; may be empty, may have several lines.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// A concrete record that breaks a property.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Witness {
    /// A whole record file.
    pub record: serde_json::Value,
    /// The moment to assess it at, RFC 3339 with offset.
    pub at: String,
    /// What the trajectory must be assumed to read, where the property breaks only then (`lamella assess --assume reading=…`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assume: Option<String>,
    /// The event whose verdict breaks the property, by id.
    pub event: String,
    /// What is violated, in one sentence.
    pub says: String,
}
