//! How is a table read that is not ours? A map (TOML) says it; docs/import.md describes it.

use super::Failed;
use crate::End;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// A map as it stands in its file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    delimiter: Option<String>,
    #[serde(default)]
    ignore: Vec<String>,
    revision: Option<Named>,
    patient: Named,
    time: WrittenTime,
    #[serde(default)]
    rows: BTreeMap<String, OneOrMore>,
    answers: BTreeMap<String, WrittenAnswer>,
}

/// One column, or the same word for every row.
#[derive(Debug, Clone, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Named {
    /// The column.
    Column(String),
    /// The word.
    Always(String),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct WrittenTime {
    column: String,
    format: Option<String>,
    zone: Option<String>,
    day_starts: Option<String>,
    time_of_day: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct WrittenAnswer {
    column: String,
    range: Option<(f64, f64)>,
    round: Option<Round>,
    decimal: Option<String>,
    unit: Option<Unit>,
    separator: Option<String>,
    #[serde(default)]
    codes: BTreeMap<String, String>,
}

/// How numbers are rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Round {
    /// 4.5 becomes 5.
    HalfUp,
}

/// What unit a column is in, when that is not the question's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// °F, for a question in °C.
    Fahrenheit,
}

/// How the cells of a column are read.
#[derive(Debug, Clone, PartialEq)]
pub struct How {
    /// Least and largest number that the column can hold, in its own unit, in hundredths.
    pub range: Option<(i32, i32)>,
    /// Rounding.
    pub round: Option<Round>,
    /// The decimal mark.
    pub decimal: char,
    /// The unit.
    pub unit: Option<Unit>,
    /// What stands between several answers.
    pub separator: String,
    /// Foreign words → codes.
    pub codes: BTreeMap<String, String>,
}

impl Default for How {
    fn default() -> How {
        How { range: None, round: None, decimal: '.', unit: None, separator: ";".to_string(), codes: BTreeMap::new() }
    }
}

/// How times are read.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    /// A format by strptime's letters; ISO 8601 without one.
    pub format: Option<String>,
    /// The zone the table is written in, when that is not the patient's.
    pub zone: Option<TimeZone>,
    /// When a day starts: a time before it belongs to the day before.
    pub day_starts: Time,
    /// What stands for a time of day that is not given.
    pub time_of_day: Option<Time>,
}

/// A map.
#[derive(Debug, Clone)]
pub struct Map {
    /// What separates columns.
    pub delimiter: u8,
    /// Columns left out on purpose.
    pub ignore: Vec<String>,
    /// The revision; the pathway's own without it.
    pub revision: Option<Named>,
    /// Whose rows.
    pub patient: Named,
    /// The column of the time.
    pub time: String,
    /// How times are read.
    pub clock: Clock,
    /// Which rows are taken: column and the words it may hold.
    pub rows: Vec<(String, Vec<String>)>,
    /// Question, column, and how it is read.
    pub answers: Vec<(String, String, How)>,
}

/// Reads a map.
pub fn read(path: &Path, bytes: &[u8]) -> Result<Map, Failed> {
    let wrong = |what: String| (format!("`{}`: {what}", path.display()), End::InputWrong);
    let text = std::str::from_utf8(bytes).map_err(|_| wrong("is not UTF-8 text".to_string()))?;
    let written: Written =
        toml::from_str(text.strip_prefix('\u{feff}').unwrap_or(text)).map_err(|error| wrong(error.to_string().trim_end().to_string()))?;
    made(written).map_err(wrong)
}

fn made(written: Written) -> Result<Map, String> {
    let delimiter = match written.delimiter.as_deref() {
        None => b',',
        Some(text) => match text.as_bytes() {
            [byte] => *byte,
            _ => return Err(format!("delimiter: `{text}` is not one letter")),
        },
    };
    let all = |words: OneOrMore| match words {
        OneOrMore::One(word) => vec![word],
        OneOrMore::More(words) => words,
    };
    let mut answers = vec![];
    for (question, answer) in written.answers {
        let how = how(&question, &answer)?;
        answers.push((question, answer.column, how));
    }
    Ok(Map {
        delimiter,
        ignore: written.ignore,
        revision: written.revision,
        patient: written.patient,
        time: written.time.column.clone(),
        clock: clock(&written.time)?,
        rows: written.rows.into_iter().map(|(column, words)| (column, all(words))).collect(),
        answers,
    })
}

fn clock(written: &WrittenTime) -> Result<Clock, String> {
    let zone = match written.zone.as_deref() {
        None => None,
        Some(name) => Some(TimeZone::get(name).map_err(|_| format!("time: `{name}` is not a time zone, such as `Europe/Madrid`"))?),
    };
    Ok(Clock {
        format: written.format.clone(),
        zone,
        day_starts: time_of_day("day-starts", written.day_starts.as_deref())?.unwrap_or(Time::midnight()),
        time_of_day: time_of_day("time-of-day", written.time_of_day.as_deref())?,
    })
}

fn time_of_day(key: &str, text: Option<&str>) -> Result<Option<Time>, String> {
    let Some(text) = text else { return Ok(None) };
    text.parse().map(Some).map_err(|_| format!("time: {key}: `{text}` is not a time of day, such as `08:00`"))
}

fn how(question: &str, written: &WrittenAnswer) -> Result<How, String> {
    let range = match written.range {
        Some((least, most)) if least <= most && least.abs() < 1e6 && most.abs() < 1e6 => {
            Some(((least * 100.0).round() as i32, (most * 100.0).round() as i32))
        }
        Some(_) => return Err(format!("answers.{question}: range: write it like `[0, 10]`")),
        None => None,
    };
    let decimal = match written.decimal.as_deref() {
        None | Some(".") => '.',
        Some(",") => ',',
        Some(other) => return Err(format!("answers.{question}: decimal: `{other}` is not a decimal mark; `.` or `,`")),
    };
    let separator = written.separator.clone().unwrap_or_else(|| ";".to_string());
    if separator.is_empty() {
        return Err(format!("answers.{question}: separator: it is empty"));
    }
    Ok(How { range, round: written.round, decimal, unit: written.unit, separator, codes: written.codes.clone() })
}
