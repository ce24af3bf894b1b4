//! What does a virtual clinic do about alerts? It has hours, a capacity and people who do not pick up the phone.
//!
//! The alert's life is the engine's own: what is done here becomes desk events that go through `step`, and deadlines and opening
//! hours are asked of `lamella_engine::alerts`.

use lamella_engine::alerts::{Alert, AlertState, deadline, is_open};
use lamella_pathway::{Contact, Within};
use lamella_record::{Level, Moment};

/// The clinic's people.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Staff {
    /// Minutes a day for every 100 patients under care. Assumed.
    pub minutes_per_100: f64,
    /// Minutes that an alert takes, by level: looked at (expected, watch), called (attention, emergency). Assumed.
    pub minutes: [f64; 4],
    /// Minutes of a call that nobody picks up. Assumed.
    pub no_answer_minutes: f64,
    /// Share of calls that are picked up. Assumed.
    pub reached: f64,
    /// Share of flares without anything else for which advice is given. Assumed; one vendor's trial acted on 59 % of all alerts.
    pub advises_flare: f64,
    /// Share of real complications that are recognised on the call. Assumed.
    pub recognises: f64,
}

impl Default for Staff {
    fn default() -> Staff {
        Staff {
            minutes_per_100: 120.0,
            minutes: [0.0, 2.0, 10.0, 15.0],
            no_answer_minutes: 3.0,
            reached: 0.75,
            advises_flare: 0.5,
            recognises: 0.95,
        }
    }
}

/// Minutes after opening and before closing at which the list is worked through. Assumed.
const ROUND_MINUTES: i32 = 60;

/// When the list is worked through where a pathway names no hours: nine and four, every day. Assumed.
const WITHOUT_HOURS: [i32; 2] = [540, 960];

/// The minutes of a weekday (Monday 0) at which the clinic works its list; none when it is closed.
pub fn rounds(contact: &Contact, weekday: i32) -> Vec<i32> {
    if contact.hours.is_empty() {
        return WITHOUT_HOURS.to_vec();
    }
    let mut rounds: Vec<i32> = contact
        .hours
        .iter()
        .filter(|hours| weekday < 7 && hours.days & (1 << weekday) != 0)
        .flat_map(|hours| {
            let (from, to) = (i32::from(hours.from), i32::from(hours.to));
            [(from + ROUND_MINUTES).min(to - 1), (to - ROUND_MINUTES).max(from)]
        })
        .collect();
    rounds.sort_unstable();
    rounds.dedup();
    rounds
}

/// An alert as the clinic keeps it.
#[derive(Debug, Clone)]
pub struct Held {
    /// Its id.
    pub id: String,
    /// Its cause, by place.
    pub cause: usize,
    /// Its level.
    pub level: Level,
    /// The highest level it was counted at.
    pub counted: Level,
    /// When the clinic had it at this level, unseen.
    pub told_at: Moment,
    /// How long the clinic has.
    pub within: Option<Within>,
    /// Whether nobody has seen it.
    pub unseen: bool,
    /// Whether only the clock asked for it: silence and hold.
    pub clocked: bool,
    /// Whether the clock no longer asks for it.
    pub over: bool,
}

impl Held {
    /// A new one.
    pub fn new(alert: &Alert, cause: usize, now: Moment) -> Held {
        Held {
            id: alert.id.clone(),
            cause,
            level: alert.level,
            counted: alert.level,
            told_at: now,
            within: alert.answer_within,
            unseen: alert.state == AlertState::Open,
            clocked: matches!(alert.cause.as_str(), "silence" | "hold"),
            over: alert.over,
        }
    }

    /// What the engine now says about it. Time to answer counts from when it rose, or was opened again.
    pub fn follow(&mut self, alert: &Alert, now: Moment) {
        let unseen = alert.state == AlertState::Open;
        if alert.level > self.level || (unseen && !self.unseen) {
            self.told_at = now;
        }
        self.level = alert.level;
        self.within = alert.answer_within;
        self.unseen = unseen;
        self.over = alert.over;
    }

    /// Whether somebody has to do something about it: look at it, or, from attention on, bring it to an end.
    pub fn waits(&self) -> bool {
        self.unseen || self.level >= Level::Attention
    }

    /// Whether its time is over.
    pub fn is_late(&self, contact: &Contact, now: Moment) -> bool {
        self.within.is_some_and(|within| deadline(contact, self.told_at, within, now).passed)
    }
}

/// Whether somebody is there; a clinic without hours is taken to be always open.
pub fn is_staffed(contact: &Contact, now: Moment) -> bool {
    contact.hours.is_empty() || is_open(contact, now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamella_pathway::Hours;

    #[test]
    fn the_list_is_worked_in_the_clinics_hours() {
        let contact = Contact { hours: vec![Hours { days: 0b1_1111, from: 480, to: 1020 }], ..Contact::default() };
        assert_eq!(rounds(&contact, 0), [540, 960]);
        assert!(rounds(&contact, 5).is_empty(), "closed on Saturday");
        let short = Contact { hours: vec![Hours { days: 1, from: 480, to: 500 }], ..Contact::default() };
        assert_eq!(rounds(&short, 0), [480, 499]);
        assert_eq!(rounds(&Contact::default(), 6), WITHOUT_HOURS);
    }
}
