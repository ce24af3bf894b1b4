//! Which phase holds. It is entered when its day has come and its criteria hold; what is unknown holds it back.

use alloc::string::String;
use alloc::vec::Vec;
use lamella_pathway::{Compiled, Phase};
use lamella_record::{Date, Level, PhaseOrder, PhaseWord};
use serde::{Deserialize, Serialize};

/// How many days of verdicts are kept: the criteria look at 40 at most, and the person's chart shows twelve weeks.
const VERDICT_DAYS: i32 = 84;

/// A clinician's hold or step back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stay {
    /// The last local date; `None`: until lifted.
    pub until: Option<Date>,
    /// Whether it was a step back: the first row of the phase's limits holds.
    pub step_back: bool,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// Why the next phase, whose day has come, is not entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HeldBy {
    /// A clinician's word.
    Clinic,
    /// An alert above what may stand.
    Alert,
    /// One of the last answered days was above it.
    Days,
    /// Fewer days were answered than are looked at.
    Answers,
}

/// The phase, and what holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct PhaseState {
    /// Its place in the pathway.
    pub index: usize,
    /// The day it was entered.
    pub entered: i32,
    /// A clinician's hold or step back, while it lasts.
    pub stay: Option<Stay>,
    /// The day up to which the entries have been looked at.
    looked: Option<i32>,
}

/// The highest settled level of each recent day with a verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub(crate) struct Days {
    days: Vec<(i32, Level)>,
}

impl Days {
    pub(crate) fn add(&mut self, day: i32, level: Level) {
        let mut known = false;
        self.days.retain_mut(|(there, highest)| {
            if *there == day {
                (known, *highest) = (true, (*highest).max(level));
            }
            *there > day - VERDICT_DAYS
        });
        if !known {
            self.days.push((day, level));
        }
    }

    /// The highest level of the last `over` answered days up to `day`, within twice as many days; `None` with fewer. A day without
    /// an answer neither counts nor breaks: what is unknown holds a phase back.
    fn highest(&self, day: i32, over: i32) -> Option<Level> {
        let mut inside: Vec<(i32, Level)> =
            self.days.iter().filter(|(there, _)| (day - 2 * over + 1..=day).contains(there)).copied().collect();
        inside.sort_unstable_by(|a, b| b.cmp(a));
        let needed = usize::try_from(over).unwrap_or(0);
        let latest = inside.get(..needed)?;
        latest.iter().map(|(_, level)| *level).max()
    }

    pub(crate) fn all(&self) -> Vec<(i32, Level)> {
        self.days.clone()
    }

    fn latest(&self) -> Option<i32> {
        self.days.iter().map(|(day, _)| *day).max()
    }
}

/// What the criteria look at: the verdicts so far and the highest alert that stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing<'a> {
    pub days: &'a Days,
    pub alerts: Level,
}

impl PhaseState {
    /// Looks at each day up to `day`, given its date, and enters what can be entered.
    pub(crate) fn advance(&mut self, pathway: &Compiled, standing: Standing, day: i32, date_of: impl Fn(i32) -> Date) {
        let first = self.looked.unwrap_or(0).min(day);
        // Once the last verdict has left every window, no later day differs from the first such.
        let last_change = standing.days.latest().map_or(first, |latest| latest + VERDICT_DAYS).max(first);
        let mut looked = first.max(0);
        while looked <= day {
            self.on_day(pathway, standing, looked, &date_of);
            // Nothing changes while a clinician holds without a date, nor once no verdict is left to look at.
            let still = self.stay.as_ref().map_or(looked > last_change, |stay| stay.until.is_none());
            looked = if still && looked < day { day } else { looked + 1 };
        }
        self.looked = Some(day.max(first));
    }

    fn on_day(&mut self, pathway: &Compiled, standing: Standing, day: i32, date_of: impl Fn(i32) -> Date) {
        if self.stay.as_ref().is_some_and(|stay| stay.until.is_some_and(|until| date_of(day) > until)) {
            self.stay = None;
        }
        while self.stay.is_none() && self.next(pathway).is_some_and(|next| next.from <= day && not_yet(next, standing, day).is_none()) {
            self.index += 1;
            self.entered = day;
        }
    }

    /// The phase after this one.
    pub(crate) fn next<'a>(&self, pathway: &'a Compiled) -> Option<&'a Phase> {
        pathway.phases.get(self.index + 1)
    }

    /// A clinician's word; an unknown phase or a missing one is an error in words.
    pub(crate) fn order(&mut self, pathway: &Compiled, order: &PhaseOrder, day: i32) -> Result<(), String> {
        let stay = |step_back| Some(Stay { until: order.until, step_back, by: order.by.clone(), reason: order.reason.clone() });
        if order.reason.trim().is_empty() {
            return Err(String::from("a phase is changed only with a reason"));
        }
        match order.action {
            PhaseWord::Hold => self.stay = stay(false),
            PhaseWord::Lift => self.stay = None,
            PhaseWord::Advance => {
                let target = self.target(pathway, order)?;
                if target <= self.index {
                    return Err(String::from("an advance goes to a later phase"));
                }
                (self.index, self.entered, self.stay) = (target, day, None);
            }
            PhaseWord::StepBack => {
                let target = self.target(pathway, order)?;
                if target > self.index {
                    return Err(String::from("a step back goes to an earlier phase, or to the start of this one"));
                }
                (self.index, self.entered, self.stay) = (target, day, stay(true));
            }
        }
        Ok(())
    }

    fn target(&self, pathway: &Compiled, order: &PhaseOrder) -> Result<usize, String> {
        let Some(id) = order.phase.as_deref() else { return Err(String::from("it names no `phase`")) };
        pathway.phases.iter().position(|phase| phase.id == id).ok_or_else(|| alloc::format!("there is no phase `{id}`"))
    }

    /// Days that the next phase has been due and not entered; 0 when it is not held.
    pub(crate) fn held_days(&self, pathway: &Compiled, day: i32) -> i32 {
        self.next(pathway).map_or(0, |next| (day - next.from).max(0))
    }

    /// Why the next phase is due and not entered; `None` when it is not held.
    pub(crate) fn held_by(&self, pathway: &Compiled, standing: Standing, day: i32) -> Option<HeldBy> {
        let next = self.next(pathway).filter(|next| next.from <= day)?;
        if self.stay.is_some() { Some(HeldBy::Clinic) } else { not_yet(next, standing, day) }
    }
}

/// What of a phase's criteria does not hold yet.
fn not_yet(phase: &Phase, standing: Standing, day: i32) -> Option<HeldBy> {
    let (most, over) = phase.enter?;
    if standing.alerts > most {
        return Some(HeldBy::Alert);
    }
    match standing.days.highest(day, i32::from(over)) {
        None => Some(HeldBy::Answers),
        Some(level) => (level > most).then_some(HeldBy::Days),
    }
}
