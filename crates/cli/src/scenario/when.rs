//! Days and times as a scenario writes them: `day 12 09:00`, on the person's own clock.

use super::text::{Piece, Source};
use lamella_record::{Date, Moment};
use std::fmt;

/// A time of day in seconds since midnight.
pub type Seconds = i32;

/// When nothing else is said.
pub const NINE: Seconds = 9 * 3600;

/// `day 12` or `day 12 09:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// Days since the procedure.
    pub day: i32,
    /// The time, if it is said.
    pub time: Option<Seconds>,
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "day {}", self.day)?;
        self.time.map_or(Ok(()), |time| write!(f, " {}", clock(time)))
    }
}

/// `09:00`, or `09:00:30` where there are seconds.
pub fn clock(time: Seconds) -> String {
    let (hours, minutes, seconds) = (time / 3600, time / 60 % 60, time % 60);
    if seconds == 0 { format!("{hours:02}:{minutes:02}") } else { format!("{hours:02}:{minutes:02}:{seconds:02}") }
}

/// The moment of a date and time on a clock that is so many seconds ahead of UTC.
pub fn moment(date: Date, time: Seconds, offset: i32) -> Option<Moment> {
    let (sign, ahead) = (if offset < 0 { '-' } else { '+' }, offset.abs());
    let (hours, minutes, seconds) = (time / 3600, time / 60 % 60, time % 60);
    Moment::parse(&format!("{date}T{hours:02}:{minutes:02}:{seconds:02}{sign}{:02}:{:02}", ahead / 3600, ahead / 60 % 60)).ok()
}

/// Reads `09:00` or `09:00:30`.
pub fn time(word: &str) -> Option<Seconds> {
    let parts: Vec<i32> = word.split(':').map(|part| if part.len() == 2 { part.parse().ok() } else { None }).collect::<Option<_>>()?;
    match parts.as_slice() {
        [hours @ 0..24, minutes @ 0..60] => Some(hours * 3600 + minutes * 60),
        [hours @ 0..24, minutes @ 0..60, seconds @ 0..60] => Some(hours * 3600 + minutes * 60 + seconds),
        _ => None,
    }
}

/// Reads `+01:00` as seconds ahead of UTC.
pub fn offset(word: &str) -> Option<i32> {
    let (sign, rest) = match word.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, word.strip_prefix('+')?),
    };
    time(rest).filter(|ahead| *ahead <= 14 * 3600).map(|ahead| sign * ahead)
}

/// Reads `day 12` or `day 12 09:00` out of the words it was given; a word that does not fit is said.
pub fn point(words: &[Piece], source: &mut Source) -> Option<Point> {
    match words {
        [day, number] if day.text == "day" => Some(Point { day: day_number(*number, source)?, time: None }),
        [day, number, clock] if day.text == "day" => {
            let day = day_number(*number, source)?;
            match time(clock.text) {
                Some(time) => Some(Point { day, time: Some(time) }),
                None => source.wrong(*clock, "bad-time", format!("`{}` is not a time of day", clock.text), "write it like `09:00`"),
            }
        }
        [first, ..] => source.wrong(*first, "bad-day", "this is not a day".to_string(), "write it like `day 12` or `day 12 09:00`"),
        [] => None,
    }
}

/// Reads the number of a day.
pub fn day_number(word: Piece, source: &mut Source) -> Option<i32> {
    match word.text.parse() {
        Ok(day) if (-3650..=3650).contains(&day) => Some(day),
        _ => source.wrong(word, "bad-day", format!("`{}` is not a day", word.text), "days since the procedure, such as `12`"),
    }
}

/// Reads a date.
pub fn date(word: Piece, source: &mut Source) -> Option<Date> {
    match word.text.parse() {
        Ok(date) => Some(date),
        Err(_) => source.wrong(word, "bad-date", format!("`{}` is not a date", word.text), "write it like `2026-03-02`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_offsets_read_as_written() {
        for (word, seconds) in [("09:00", Some(32400)), ("23:59:30", Some(86370)), ("9:00", None), ("24:00", None), ("noon", None)] {
            assert_eq!(time(word), seconds, "{word}");
        }
        for (word, ahead) in [("+01:00", Some(3600)), ("-07:00", Some(-25200)), ("01:00", None), ("+15:00", None)] {
            assert_eq!(offset(word), ahead, "{word}");
        }
        let text = "2026-03-02".parse().ok().and_then(|date| moment(date, 86370, -25200)).map(|moment| moment.to_string());
        assert_eq!(text.as_deref(), Some("2026-03-02T23:59:30-07:00"));
    }
}
