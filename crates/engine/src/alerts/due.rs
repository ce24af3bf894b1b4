//! By when somebody has to act, and when somebody reads.

use lamella_pathway::{Contact, Within};
use lamella_record::Moment;

/// By when an alert has to be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// The moment.
    pub at: Moment,
    /// Whether it has passed: the alert goes to whoever is on call.
    pub passed: bool,
}

/// The deadline of an alert that was known at `since` (in the clinic's own offset), seen at `now`.
pub fn deadline(contact: &Contact, since: Moment, within: Within, now: Moment) -> Deadline {
    let seconds = i64::from(within.hours) * 3600;
    let at =
        if within.clinic_hours && !contact.hours.is_empty() { clinic_time(contact, since, seconds) } else { since.plus_seconds(seconds) };
    Deadline { at, passed: now.instant() > at.instant() }
}

/// Whether somebody reads at this moment (in the clinic's own offset).
pub fn is_open(contact: &Contact, moment: Moment) -> bool {
    left_open(contact, moment) > 0
}

/// When whoever reads now stops; `None` while nobody does.
pub fn closes(contact: &Contact, moment: Moment) -> Option<Moment> {
    let left = left_open(contact, moment);
    (left > 0).then(|| moment.plus_seconds(left))
}

/// When somebody reads next: `moment` itself while it is open. `None` when the clinic never opens.
pub fn next_opening(contact: &Contact, moment: Moment) -> Option<Moment> {
    let mut at = moment;
    for _ in 0..=8 {
        if is_open(contact, at) {
            return Some(at);
        }
        match opens_later_today(contact, at) {
            Some(opening) => return Some(opening),
            None => at = next_midnight(at),
        }
    }
    None
}

/// Counts only seconds in which the clinic is open.
fn clinic_time(contact: &Contact, since: Moment, seconds: i64) -> Moment {
    let mut at = since;
    let mut left = seconds;
    // A week has at least one opening, so a bounded number of steps always suffices.
    for _ in 0..2000 {
        let Some(opening) = next_opening(contact, at) else { return since.plus_seconds(seconds) };
        let open = left_open(contact, opening);
        if left <= open {
            return opening.plus_seconds(left);
        }
        left -= open;
        at = opening.plus_seconds(open);
    }
    at
}

/// Seconds until the present opening ends; 0 when it is closed.
fn left_open(contact: &Contact, moment: Moment) -> i64 {
    let (day, second) = clock(moment);
    let ends = contact.hours.iter().filter(|hours| hours.days & (1 << day) != 0).filter_map(|hours| {
        let (from, to) = (i64::from(hours.from) * 60, i64::from(hours.to) * 60);
        (from..to).contains(&second).then_some(to - second)
    });
    ends.max().unwrap_or(0)
}

fn opens_later_today(contact: &Contact, moment: Moment) -> Option<Moment> {
    let (day, second) = clock(moment);
    let later = contact.hours.iter().filter(|hours| hours.days & (1 << day) != 0).map(|hours| i64::from(hours.from) * 60 - second);
    later.filter(|wait| *wait > 0).min().map(|wait| moment.plus_seconds(wait))
}

fn next_midnight(moment: Moment) -> Moment {
    moment.plus_seconds(86_400 - clock(moment).1)
}

/// Day of the week (Monday 0) and second of the day.
fn clock(moment: Moment) -> (u8, i64) {
    let day = moment.date().weekday().to_monday_zero_offset();
    let seconds = (moment.instant().as_second() + i64::from(moment.offset().seconds())).rem_euclid(86_400);
    (u8::try_from(day).unwrap_or(0), seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamella_pathway::Hours;

    fn at(text: &str) -> Moment {
        Moment::parse(text).unwrap_or_else(|error| unreachable!("{error}"))
    }

    fn weekdays() -> Contact {
        Contact { hours: alloc::vec![Hours { days: 0b1_1111, from: 8 * 60, to: 17 * 60 }], ..Contact::default() }
    }

    #[test]
    fn clinic_hours_stop_over_the_weekend() {
        // Friday 16:00 and 8 clinic hours: one on Friday, seven on Monday.
        let eight = Within { hours: 8, clinic_hours: true };
        let due = deadline(&weekdays(), at("2026-03-13T16:00:00+01:00"), eight, at("2026-03-16T14:00:00+01:00"));
        assert_eq!(due.at, at("2026-03-16T15:00:00+01:00"));
        assert!(!due.passed);
    }

    #[test]
    fn plain_hours_do_not() {
        let due = deadline(
            &weekdays(),
            at("2026-03-13T16:00:00+01:00"),
            Within { hours: 72, clinic_hours: false },
            at("2026-03-17T00:00:00+01:00"),
        );
        assert_eq!(due.at, at("2026-03-16T16:00:00+01:00"));
        assert!(due.passed);
    }

    #[test]
    fn somebody_reads_next_on_monday_morning() {
        assert_eq!(next_opening(&weekdays(), at("2026-03-13T18:04:00+01:00")), Some(at("2026-03-16T08:00:00+01:00")));
        assert_eq!(next_opening(&weekdays(), at("2026-03-12T09:30:00+01:00")), Some(at("2026-03-12T09:30:00+01:00")));
        assert_eq!(next_opening(&Contact::default(), at("2026-03-12T09:30:00+01:00")), None);
        assert_eq!(closes(&weekdays(), at("2026-03-12T09:30:00+01:00")), Some(at("2026-03-12T17:00:00+01:00")));
        assert_eq!(closes(&weekdays(), at("2026-03-12T17:00:00+01:00")), None);
    }
}
