//! When was it, on the person's own clock?

use super::map::Clock;
use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::temporal::{Pieces, PiecesOffset};
use jiff::tz::{Offset, TimeZone};
use lamella_record::Moment;

/// A time as it stands in a cell.
struct Written {
    date: Date,
    time: Option<Time>,
    zone: Zone,
}

enum Zone {
    /// None is given.
    Naive,
    /// UTC, which says when, and not where.
    Utc,
    /// The offset that the person's clock had.
    Own(Offset),
}

/// Reads a time. Without an offset it is of the table's zone, or the person's: of an hour that the clocks show twice the earlier,
/// of one that they skip the hour after.
pub fn read(text: &str, person: Option<&TimeZone>, clock: &Clock) -> Result<Moment, String> {
    let written = match &clock.format {
        Some(format) => by_format(text, format),
        None => by_iso(text),
    };
    let written = written.ok_or_else(|| unreadable(text, clock))?;
    let time = written.time.or(clock.time_of_day).ok_or_else(|| format!("`{text}` has no time of day"))?;
    let civil = written.date.to_datetime(time);
    let nowhere = || format!("`{text}` has no offset, and the record names no time zone that is known");
    let far = |_: jiff::Error| format!("`{text}` is too far away");
    match written.zone {
        Zone::Own(offset) => offset.to_timestamp(civil).map(|instant| Moment::new(instant, offset)).map_err(far),
        Zone::Utc => {
            let instant = Offset::UTC.to_timestamp(civil).map_err(far)?;
            let offset = person.map_or(Offset::UTC, |zone| zone.to_offset(instant));
            Ok(Moment::new(instant, offset))
        }
        Zone::Naive => {
            let there = clock.zone.as_ref().or(person).ok_or_else(nowhere)?;
            let instant = there.to_ambiguous_timestamp(civil).compatible().map_err(far)?;
            Ok(Moment::new(instant, person.unwrap_or(there).to_offset(instant)))
        }
    }
}

/// The day it reports about, when that is another than its date.
pub fn day(moment: Moment, clock: &Clock) -> Option<Date> {
    let civil: DateTime = moment.offset().to_datetime(moment.instant());
    (civil.time() < clock.day_starts).then(|| civil.date().yesterday().ok()).flatten()
}

fn unreadable(text: &str, clock: &Clock) -> String {
    match &clock.format {
        _ if text.is_empty() => "there is no time".to_string(),
        Some(format) => format!("`{text}` is not a time like `{format}`"),
        None => format!("`{text}` is not a time; write it like `2026-03-11T10:42` or `2026-03-11T10:42:00+01:00`"),
    }
}

fn by_iso(text: &str) -> Option<Written> {
    let pieces = Pieces::parse(text).ok()?;
    let zone = match pieces.offset() {
        None => Zone::Naive,
        Some(PiecesOffset::Numeric(numeric)) => Zone::Own(numeric.offset()),
        Some(_) => Zone::Utc,
    };
    Some(Written { date: pieces.date(), time: pieces.time(), zone })
}

fn by_format(text: &str, format: &str) -> Option<Written> {
    let broken = jiff::fmt::strtime::parse(format, text).ok()?;
    let time = if broken.hour().is_some() { Some(broken.to_time().ok()?) } else { None };
    Some(Written { date: broken.to_date().ok()?, time, zone: broken.offset().map_or(Zone::Naive, Zone::Own) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn madrid() -> Option<TimeZone> {
        TimeZone::get("Europe/Madrid").ok()
    }

    fn at(text: &str) -> String {
        read(text, madrid().as_ref(), &Clock::default()).map_or_else(|why| why, |moment| moment.to_string())
    }

    #[test]
    fn a_naive_time_is_on_the_persons_clock() {
        for (text, moment) in [
            ("2026-03-11T10:42", "2026-03-11T10:42:00+01:00"),
            ("2026-07-11 10:42:30", "2026-07-11T10:42:30+02:00"),
            ("2026-03-11T10:42:00-05:00", "2026-03-11T10:42:00-05:00"),
            // UTC says when, and not where: the date is the person's.
            ("2026-03-11T23:30:00Z", "2026-03-12T00:30:00+01:00"),
            // Twice: the earlier.
            ("2026-10-25T02:30", "2026-10-25T02:30:00+02:00"),
            // Skipped: the hour after.
            ("2026-03-29T02:30", "2026-03-29T03:30:00+02:00"),
        ] {
            assert_eq!(at(text), moment, "{text}");
        }
        for text in ["2026-03-11", "11.3.2026 10:42", "", "2026-02-30T10:00", "2026-03-11T25:00"] {
            assert!(Moment::parse(&at(text)).is_err(), "{text}");
        }
    }

    #[test]
    fn a_day_may_start_in_the_morning() -> Result<(), jiff::Error> {
        let clock = Clock { day_starts: "08:00".parse()?, ..Clock::default() };
        for (text, expected) in
            [("2026-03-11T07:59", Some("2026-03-10")), ("2026-03-11T08:00", None), ("2026-03-01T00:10", Some("2026-02-28"))]
        {
            let moment = read(text, madrid().as_ref(), &clock);
            let day = moment.ok().and_then(|moment| day(moment, &clock)).map(|date| date.to_string());
            assert_eq!(day.as_deref(), expected, "{text}");
        }
        Ok(())
    }

    #[test]
    fn a_format_and_a_zone_of_the_table() -> Result<(), jiff::Error> {
        let clock = Clock { format: Some("%d.%m.%Y %H:%M".to_string()), zone: Some(TimeZone::get("UTC")?), ..Clock::default() };
        let moment = read("11.03.2026 23:30", madrid().as_ref(), &clock).map(|moment| moment.to_string());
        assert_eq!(moment.as_deref(), Ok("2026-03-12T00:30:00+01:00"));
        let dates = Clock { format: Some("%d.%m.%Y".to_string()), time_of_day: Some("20:00".parse()?), ..Clock::default() };
        let moment = read("11.03.2026", madrid().as_ref(), &dates).map(|moment| moment.to_string());
        assert_eq!(moment.as_deref(), Ok("2026-03-11T20:00:00+01:00"));
        Ok(())
    }
}
