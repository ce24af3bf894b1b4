//! An instant with its own UTC offset, so that local dates need no time-zone database here.

use alloc::string::{String, ToString};
use core::fmt;
use jiff::civil::Date;
use jiff::fmt::temporal::{Pieces, PiecesOffset};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// When something happened, as the device wrote it: the instant, and the offset from UTC that its clock had.
///
/// Ordered by instant first. Text form is RFC 3339 with an offset, such as `2026-03-11T10:42:00+01:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    instant: Timestamp,
    offset: Offset,
}

/// Why a text is not a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MomentError {
    /// What stood there.
    pub text: String,
    /// What is wrong with it.
    pub why: String,
}

impl fmt::Display for MomentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a moment ({}); write it like `2026-03-11T10:42:00+01:00`", self.text, self.why)
    }
}

impl core::error::Error for MomentError {}

impl Moment {
    /// A moment from an instant and the offset that held there.
    pub fn new(instant: Timestamp, offset: Offset) -> Moment {
        Moment { instant, offset }
    }

    /// Reads RFC 3339 with an offset (`Z` counts as `+00:00`). Without an offset it is an error: a local time without a
    /// zone does not say when.
    pub fn parse(text: &str) -> Result<Moment, MomentError> {
        let fail = |why: &str| MomentError { text: text.to_string(), why: why.to_string() };
        let pieces = Pieces::parse(text).map_err(|error| fail(&error.to_string()))?;
        let time = pieces.time().ok_or_else(|| fail("it has no time of day"))?;
        let offset = match pieces.offset() {
            Some(PiecesOffset::Zulu) => Offset::UTC,
            Some(PiecesOffset::Numeric(numeric)) => numeric.offset(),
            _ => return Err(fail("it has no offset from UTC")),
        };
        let instant = offset.to_timestamp(pieces.date().to_datetime(time)).map_err(|error| fail(&error.to_string()))?;
        Ok(Moment { instant, offset })
    }

    /// The instant.
    pub fn instant(self) -> Timestamp {
        self.instant
    }

    /// The offset from UTC that the clock had.
    pub fn offset(self) -> Offset {
        self.offset
    }

    /// Milliseconds since 1970-01-01 UTC.
    pub fn millis(self) -> i64 {
        self.instant.as_millisecond()
    }

    /// The date on the wall, there and then.
    pub fn date(self) -> Date {
        self.offset.to_datetime(self.instant).date()
    }

    /// Minutes since midnight on the wall: 0..1440.
    pub fn minute_of_day(self) -> i32 {
        let time = self.offset.to_datetime(self.instant).time();
        i32::from(time.hour()) * 60 + i32::from(time.minute())
    }

    /// The same instant read on another clock.
    pub fn at_offset(self, offset: Offset) -> Moment {
        Moment { instant: self.instant, offset }
    }

    /// Whole seconds from `earlier` to this; negative when this is before it.
    pub fn seconds_since(self, earlier: Moment) -> i64 {
        self.instant.duration_since(earlier.instant).as_secs()
    }

    /// This moment and so many seconds more, clamped at the ends of time.
    pub fn plus_seconds(self, seconds: i64) -> Moment {
        let instant = self.instant.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX);
        Moment { instant, offset: self.offset }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.instant.display_with_offset(self.offset))
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Moment, D::Error> {
        let text = String::deserialize(deserializer)?;
        Moment::parse(&text).map_err(de::Error::custom)
    }
}
