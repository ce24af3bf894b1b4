//! What is due today, and when silence is news.

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use lamella_pathway::Phase;
use lamella_record::{Date, Level};
use serde::{Deserialize, Serialize};

/// Something due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// What: `check-in`.
    pub what: String,
    /// The local date it is due, or next due.
    pub date: Date,
    /// `due`, `late`, `done` or `later`, as of now.
    pub status: String,
}

/// How quiet it has been.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silence {
    /// The first due day that passed without a check-in.
    pub from_day: i32,
    /// What it asks for.
    pub level: Level,
    /// The day on which it rose from watch to attention, if it did.
    pub rose: Option<i32>,
}

/// The day on which the next check-in is due: so many days after the last one, or `first` when there is none. `calm_days` are
/// counted, and the cadence is chosen, as of the day `as_of`.
pub fn next_due(phase: &Phase, last: Option<i32>, calm_days: i32, as_of: i32, first: i32) -> i32 {
    last.map_or(first, |last| last + every_days(phase, calm_days, as_of))
}

/// A check-in is due every so many days, on a day after so many calm ones.
pub(crate) fn every_days(phase: &Phase, calm_days: i32, day: i32) -> i32 {
    let applies = |cadence: &&lamella_pathway::Cadence| day >= cadence.from_day && calm_days >= i32::from(cadence.calm_days);
    phase.cadence.iter().rfind(applies).map_or(1, |cadence| i32::from(cadence.every_days))
}

/// Silence on `today`, when a check-in has been due since `due`: its level by how many due days have ended.
pub fn silence(phase: &Phase, due: i32, today: i32) -> Option<Silence> {
    let (watch, attention) = phase.silence?;
    let silent = today - due;
    let level = match silent {
        days if days >= i32::from(attention) => Level::Attention,
        days if days >= i32::from(watch) => Level::Watch,
        _ => return None,
    };
    let rose = (level == Level::Attention && attention > watch).then(|| due + i32::from(attention));
    (silent > 0).then_some(Silence { from_day: due, level, rose })
}

/// Today's agenda.
pub fn agenda(due: i32, last: Option<i32>, today: i32, date_of: impl Fn(i32) -> Date) -> Vec<Due> {
    let status = match due {
        due if due < today => "late",
        due if due == today => "due",
        _ if last == Some(today) => "done",
        _ => "later",
    };
    vec![Due { what: "check-in".to_string(), date: date_of(due), status: status.to_string() }]
}
