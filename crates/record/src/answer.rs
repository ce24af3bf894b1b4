//! Answers as they came: nothing is dropped here for being odd; the engine says what it makes of it.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// A number in hundredths, so that `4.5`, `36.75` and `10` are exact and the same bits everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hundredths(pub i32);

impl Hundredths {
    /// To the nearest whole, halves up: 4.5 → 5, −0.5 → 0.
    pub fn whole(self) -> i32 {
        (self.0 + 50).div_euclid(100)
    }

    /// To the nearest tenth, halves up, in tenths: 37.95 → 380.
    pub fn tenths(self) -> i32 {
        (self.0 + 5).div_euclid(10)
    }

    fn from_f64(value: f64) -> Option<Hundredths> {
        let scaled = value * 100.0;
        if !(-2.0e9..=2.0e9).contains(&scaled) {
            return None;
        }
        // Halves away from zero at the third decimal; a cast truncates towards zero.
        let nudge = if scaled < 0.0 { -0.5 } else { 0.5 };
        Some(Hundredths((scaled + nudge) as i32))
    }
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// One or several codes, as they came.
    Codes(Vec<String>),
    /// A number.
    Number(Hundredths),
}

/// The word for *I don't know*, allowed everywhere; it counts as not answered.
pub const DONT_KNOW: &str = "dont-know";

/// Answers by question id.
pub type Answers = BTreeMap<String, Answer>;

impl Answer {
    /// One code.
    pub fn code(code: &str) -> Answer {
        Answer::Codes(vec![code.to_string()])
    }

    /// A whole number.
    pub fn number(value: i32) -> Answer {
        Answer::Number(Hundredths(value.saturating_mul(100)))
    }

    /// Whether it says *I don't know*, or nothing at all.
    pub fn is_dont_know(&self) -> bool {
        match self {
            Answer::Codes(codes) => codes.is_empty() || codes.iter().all(|code| code == DONT_KNOW),
            Answer::Number(_) => false,
        }
    }

    fn from_value(value: &Value) -> Answer {
        let word = |value: &Value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        match value {
            Value::Null => Answer::Codes(Vec::new()),
            Value::Array(items) => Answer::Codes(items.iter().map(word).collect()),
            Value::Number(number) => match number.as_f64().and_then(Hundredths::from_f64) {
                Some(hundredths) => Answer::Number(hundredths),
                None => Answer::Codes(vec![number.to_string()]),
            },
            other => Answer::Codes(vec![word(other)]),
        }
    }

    fn to_value(&self) -> Value {
        match self {
            Answer::Number(Hundredths(hundredths)) if hundredths % 100 == 0 => Value::from(hundredths / 100),
            Answer::Number(Hundredths(hundredths)) => Value::from(f64::from(*hundredths) / 100.0),
            Answer::Codes(codes) => match codes.as_slice() {
                [one] => Value::from(one.as_str()),
                many => Value::from(many.to_vec()),
            },
        }
    }
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_value().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Answer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Answer, D::Error> {
        Value::deserialize(deserializer).map(|value| Answer::from_value(&value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_round_half_up() {
        for (hundredths, whole) in [(450, 5), (449, 4), (-50, 0), (-51, -1), (0, 0), (1000, 10)] {
            assert_eq!(Hundredths(hundredths).whole(), whole, "{hundredths}");
        }
        assert_eq!(Hundredths(3795).tenths(), 380);
        assert_eq!(Hundredths(3794).tenths(), 379);
    }

    #[test]
    fn odd_values_are_kept_not_dropped() {
        for (json, answer) in [
            ("4.5", Answer::Number(Hundredths(450))),
            ("null", Answer::Codes(vec![])),
            ("[\"a\",\"b\"]", Answer::Codes(vec!["a".into(), "b".into()])),
            ("true", Answer::code("true")),
            ("1e300", Answer::code("1e+300")),
            ("{\"a\":1}", Answer::code("{\"a\":1}")),
        ] {
            let read: Answer = serde_json::from_str(json).unwrap_or(Answer::code("unreadable"));
            assert_eq!(read, answer, "{json}");
        }
    }
}
