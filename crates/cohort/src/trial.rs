//! What would this pathway do to a thousand people? A trial in panels: some people, one clinic, their days side by side.
//!
//! A trial has two lots of people. The *cohort* has complications at their rates: it says how many alerts there are, how many have
//! nothing behind them, and what they cost. The *given* lot has one complication each: it says how many are found and how soon. It
//! lives a second time with a clinic that does nothing: treatment ends what the reading would have seen.
//! Each panel is a unit of work of its own; [`Tally`]s merge in any order.

use crate::arm::Arm;
use crate::chance::{Purpose, happens, stream, whole};
use crate::clinic::{Staff, is_staffed, rounds};
use crate::complication::{Complication, Lot};
use crate::outcome::{Metric, Outcome, Own, Paired, USE_STEPS};
use crate::person::{Virtual, World};
use crate::spec::Spec;
use jiff::Timestamp;
use jiff::tz::Offset;
use lamella_record::{Desk, Event, Kind, Level, Moment};

/// How many people share one clinic.
pub const PANEL: u64 = 50;
/// Midnight of a Monday, 2026-01-05, UTC: a calendar to live in; no date matters beyond its weekday.
const MONDAY_SECONDS: i64 = 1_767_571_200;

/// A trial.
#[derive(Debug, Clone)]
pub struct Trial {
    /// What is tried: one arm, or two on the same people.
    pub arms: Vec<Arm>,
    /// The cohort.
    pub spec: Spec,
    /// What can go wrong.
    pub kinds: Vec<Complication>,
    /// The clinic's people.
    pub staff: Staff,
    /// The seed.
    pub seed: u64,
    /// People of the cohort.
    pub patients: u64,
    /// People who are given one complication each.
    pub given: u64,
    /// Days of care of each.
    pub days: i32,
    /// How much more often than their rates complications come in the cohort.
    pub factor: f64,
}

/// What came of a trial, or of a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Per arm: the cohort.
    pub cohort: Vec<Outcome>,
    /// Per arm: people who were given a complication.
    pub given: Vec<Outcome>,
    /// The second arm against the first: the cohort.
    pub paired: Paired,
    /// The same for those who were given a complication.
    pub paired_given: Paired,
}

impl Tally {
    /// Both together, in any order.
    pub fn merge(self, other: Tally) -> Tally {
        let both =
            |mine: Vec<Outcome>, theirs: Vec<Outcome>| mine.into_iter().zip(theirs).map(|(mine, theirs)| mine.merge(theirs)).collect();
        Tally {
            cohort: both(self.cohort, other.cohort),
            given: both(self.given, other.given),
            paired: self.paired.merge(other.paired),
            paired_given: self.paired_given.merge(other.paired_given),
        }
    }
}

/// A panel's people as one arm had them.
struct Panel {
    outcome: Outcome,
    people: Vec<(Own, Vec<(usize, bool)>)>,
}

impl Trial {
    /// How many units of work there are.
    pub fn units(&self) -> u64 {
        self.patients.div_ceil(PANEL) + self.given.div_ceil(PANEL)
    }

    /// Days of all people in all arms, lives: what a progress bar counts.
    pub fn patient_days(&self) -> u64 {
        self.patients * self.days_of(Lot::Rates(self.factor)) + self.given * self.days_of(Lot::OneEach)
    }

    /// The days of one unit.
    pub fn unit_days(&self, unit: u64) -> u64 {
        let (lot, _, count) = self.lot(unit);
        count * self.days_of(lot)
    }

    /// The days that one person lives.
    fn days_of(&self, lot: Lot) -> u64 {
        let again = if lot == Lot::OneEach { self.arms.iter().filter(|arm| arm.has_reading()).count() } else { 0 };
        u64::from(self.days.unsigned_abs()) * (self.arms.len() + again) as u64
    }

    /// Nothing yet.
    pub fn nothing(&self) -> Tally {
        let outcomes = || self.arms.iter().map(|arm| Outcome::new(arm.causes.len(), self.kinds.len(), self.days)).collect();
        Tally { cohort: outcomes(), given: outcomes(), paired: Paired::new(self.kinds.len()), paired_given: Paired::new(self.kinds.len()) }
    }

    /// The whole trial on this thread.
    pub fn run(&self) -> Tally {
        (0..self.units()).fold(self.nothing(), |tally, unit| tally.merge(self.run_unit(unit)))
    }

    /// One unit of work.
    pub fn run_unit(&self, unit: u64) -> Tally {
        let (lot, first, count) = self.lot(unit);
        let mut tally = self.nothing();
        let mut panels: Vec<Panel> = self.arms.iter().map(|arm| self.panel(arm, lot, self.staff, first, count)).collect();
        let given = lot == Lot::OneEach;
        if given {
            for (panel, arm) in panels.iter_mut().zip(&self.arms).filter(|(_, arm)| arm.has_reading()) {
                let untreated = self.panel(arm, lot, Staff { minutes_per_100: 0.0, ..self.staff }, first, count);
                for (finding, untreated) in panel.outcome.findings.iter_mut().zip(&untreated.outcome.findings) {
                    finding.read_28 = untreated.read_28;
                }
            }
        }
        if let [one, two] = panels.as_slice() {
            let paired = if given { &mut tally.paired_given } else { &mut tally.paired };
            for ((own, found), (other, found_too)) in one.people.iter().zip(&two.people) {
                paired.person(own, other);
                found.iter().zip(found_too).for_each(|((kind, first), (_, second))| paired.complication(*kind, *first, *second));
            }
        }
        let outcomes = panels.into_iter().map(|panel| panel.outcome).collect();
        if given {
            tally.given = outcomes;
        } else {
            tally.cohort = outcomes;
        }
        tally
    }

    /// Whose complications, the first person and how many, of a unit. People who are given one are other people.
    fn lot(&self, unit: u64) -> (Lot, u64, u64) {
        let panels = self.patients.div_ceil(PANEL);
        let (lot, before, of, offset) = if unit < panels {
            (Lot::Rates(self.factor), unit * PANEL, self.patients, 0)
        } else {
            (Lot::OneEach, (unit - panels) * PANEL, self.given, 1 << 40)
        };
        (lot, offset + before, of.saturating_sub(before).min(PANEL))
    }

    fn panel(&self, arm: &Arm, lot: Lot, staff: Staff, first: u64, count: u64) -> Panel {
        let monday = Moment::new(Timestamp::from_second(MONDAY_SECONDS).unwrap_or_default(), Offset::UTC);
        let world = World { spec: &self.spec, kinds: &self.kinds, lot, seed: self.seed, days: self.days, monday };
        let starts: Vec<i32> = (first..first + count).map(|number| self.starts(number)).collect();
        let last = starts.iter().max().map_or(0, |last| last + self.days);
        let mut under_care = UnderCare {
            trial: self,
            world,
            arm,
            staff,
            people: (0..count).map(|_| None).collect(),
            outcome: Outcome::new(arm.causes.len(), self.kinds.len(), self.days),
        };
        let mut done: Vec<(Own, Vec<(usize, bool)>)> = (0..count).map(|_| Default::default()).collect();
        for calendar in starts.iter().min().copied().unwrap_or(0)..last {
            for (place, starts) in starts.iter().enumerate() {
                if *starts == calendar {
                    under_care.enter(place, first + place as u64, *starts);
                }
            }
            under_care.live(calendar);
            for (place, done) in done.iter_mut().enumerate() {
                if starts.get(place).is_some_and(|starts| starts + self.days == calendar + 1) {
                    *done = under_care.leave(place);
                }
            }
        }
        Panel { outcome: under_care.outcome, people: done }
    }

    /// The calendar day of a person's procedure, a weekday: spread over as long as the care lasts, so that a clinic has people in
    /// every phase.
    fn starts(&self, number: u64) -> i32 {
        let mut chance = stream(self.seed, number, Purpose::Person, 2);
        let day = whole(&mut chance, 0, (self.days - 1).max(0));
        let weekday = day.rem_euclid(7);
        if weekday >= 5 { day - weekday + whole(&mut chance, 0, 4) } else { day }
    }
}

/// The people of a panel who are under care.
struct UnderCare<'a> {
    trial: &'a Trial,
    world: World<'a>,
    arm: &'a Arm,
    staff: Staff,
    people: Vec<Option<Box<Virtual>>>,
    outcome: Outcome,
}

impl UnderCare<'_> {
    fn enter(&mut self, place: usize, number: u64, starts: i32) {
        if let Some(slot) = self.people.get_mut(place) {
            *slot = Some(Box::new(Virtual::new(&self.world, self.arm, number, starts)));
        }
    }

    fn leave(&mut self, place: usize) -> (Own, Vec<(usize, bool)>) {
        let Some(person) = self.people.get_mut(place).and_then(Option::take) else { return Default::default() };
        self.outcome.person(&person.own, u64::from(self.world.days.unsigned_abs()));
        let serious = person.goings.iter().filter(|going| self.trial.kinds.get(going.kind).is_some_and(|kind| !kind.harmless));
        let mut found = vec![];
        for going in serious {
            found.push((going.kind, going.found.is_some()));
            let Some(finding) = self.outcome.findings.get_mut(going.kind) else { continue };
            finding.had += 1;
            finding.read_28 += u64::from(going.read.is_some_and(|day| day - going.onset <= 28));
            if let Some(day) = going.found {
                finding.found += 1;
                let delay = usize::try_from(day - going.onset).unwrap_or(0).min(finding.delays.len().saturating_sub(1));
                if let Some(count) = finding.delays.get_mut(delay) {
                    *count += 1;
                }
            }
        }
        (person.own, found)
    }

    /// One calendar day: the morning, check-ins and rounds in the order of the clock.
    fn live(&mut self, calendar: i32) {
        let midnight = self.world.monday.plus_seconds(i64::from(calendar) * 86_400);
        let at = |minute: i32| midnight.plus_seconds(60 * i64::from(minute));
        for person in self.people.iter_mut().flatten() {
            if let Some(day) = person.day(&self.world, calendar) {
                person.morning(&self.world, self.arm, day, at(1), &mut self.outcome);
            }
        }
        let rounds = rounds(&self.arm.contact, calendar.rem_euclid(7));
        let mut budget = self.capacity(!rounds.is_empty());
        let whole = budget;
        let mut from = 0;
        for (nth, until) in rounds.iter().copied().chain([24 * 60]).enumerate() {
            for person in self.people.iter_mut().flatten() {
                if let Some(day) = person.day(&self.world, calendar).filter(|_| (from..until).contains(&person.minute)) {
                    person.check_in(&self.world, self.arm, day, at(person.minute), &mut self.outcome);
                }
            }
            if nth < rounds.len() {
                for person in self.people.iter_mut().flatten() {
                    if let Some(day) = person.day(&self.world, calendar) {
                        person.arrive(&self.world, self.arm, day, at(until), &mut self.outcome);
                    }
                }
                self.round(calendar, nth, at(until), &mut budget);
            }
            from = until;
        }
        self.close(whole, budget);
    }

    /// Seconds of staff for today.
    fn capacity(&self, open: bool) -> i64 {
        let people = self.people.iter().flatten().count() as f64;
        if open { (self.staff.minutes_per_100 * 60.0 * people / 100.0) as i64 } else { 0 }
    }

    /// The list is worked through: worst first, then the longest waiting.
    fn round(&mut self, calendar: i32, nth: usize, now: Moment, budget: &mut i64) {
        if !is_staffed(&self.arm.contact, now) {
            return;
        }
        let mut list: Vec<(core::cmp::Reverse<Level>, i64, usize, usize)> = vec![];
        for (place, person) in self.people.iter().enumerate() {
            let held = person.iter().flat_map(|person| person.held.iter().enumerate());
            list.extend(
                held.filter(|(_, held)| held.waits())
                    .map(|(nth, held)| (core::cmp::Reverse(held.level), held.told_at.millis(), place, nth)),
            );
        }
        list.sort_unstable();
        // One call deals with all of a person's alerts: they are taken at the place of their worst.
        let mut called: Vec<usize> = vec![];
        for (core::cmp::Reverse(level), _, place, _) in list {
            if *budget <= 0 {
                return;
            }
            if called.contains(&place) {
                continue;
            }
            called.push(place);
            *budget -= self.see(calendar, nth, now, place, level);
        }
    }

    /// A person's alerts are seen, and from attention on they are called. Returns the seconds it took.
    fn see(&mut self, calendar: i32, nth: usize, now: Moment, place: usize, level: Level) -> i64 {
        let (staff, world, arm, kinds) = (self.staff, &self.world, self.arm, &self.trial.kinds);
        let Some(person) = self.people.get_mut(place).and_then(Option::as_mut) else { return 0 };
        let Some(day) = person.day(world, calendar) else { return 0 };
        let mut chance = person.clinic_chance(calendar, nth);
        let reached = level >= Level::Attention && happens(&mut chance, staff.reached);
        let ill = person.is_ill(kinds, day);
        let acts = if ill {
            happens(&mut chance, staff.recognises)
        } else {
            person.has_reason(kinds, day) && happens(&mut chance, staff.advises_flare)
        };
        let waiting: Vec<(String, Level, bool, bool, Moment)> = person
            .held
            .iter()
            .filter(|held| held.waits())
            .map(|held| (held.id.clone(), held.level, held.unseen, held.unseen && held.is_late(&arm.contact, now), held.told_at))
            .collect();
        let mut minutes = 0.0f64;
        for (id, level, unseen, late, told_at) in waiting {
            let calls = level >= Level::Attention;
            if unseen {
                self.outcome.seen(level, late, now.seconds_since(told_at) / 3600);
            }
            let ends = calls && reached;
            let rank = usize::from(level.rank());
            let taken = if calls && !reached { staff.no_answer_minutes } else { staff.minutes.get(rank).copied().unwrap_or(0.0) };
            minutes = minutes.max(taken);
            if ends {
                self.outcome.dealt_with += 1;
                self.outcome.acted_on += u64::from(acts);
            }
            let deed: fn(Desk) -> Kind = match (ends, unseen) {
                (true, _) => Kind::Resolve,
                (false, true) => Kind::Acknowledge,
                (false, false) => Kind::Contact,
            };
            let disposition = match (ends, ill && acts, acts) {
                (true, true, _) => "referred",
                (true, false, true) => "advised",
                (true, false, false) => "no-action",
                (false, ..) if unseen => "",
                (false, ..) => "no-answer",
            };
            if id.is_empty() {
                continue;
            }
            person.desk_events += 1;
            let desk = Desk { alert: id, by: "clinic".to_string(), disposition: disposition.to_string(), ..Desk::default() };
            let event = Event {
                id: format!("c{}", person.desk_events),
                at: now,
                received_at: Some(now),
                day: None,
                corrects: None,
                kind: deed(desk),
            };
            person.desk(world, arm, day, &event, now, &mut self.outcome);
        }
        person.settle(reached);
        if reached && ill && acts {
            person.goes(kinds, day);
        }
        let seconds = (minutes * 60.0) as u64;
        person.add(Metric::StaffSeconds, seconds);
        seconds.cast_signed()
    }

    /// The end of a clinic day.
    fn close(&mut self, whole: i64, left: i64) {
        if whole <= 0 {
            return;
        }
        self.outcome.open_days += 1;
        self.outcome.capacity_seconds += whole.unsigned_abs();
        let used = (whole - left).max(0) * (USE_STEPS as i64 - 1) / whole;
        let step = usize::try_from(used).unwrap_or(0).min(USE_STEPS - 1);
        if let Some(count) = self.outcome.used.get_mut(step) {
            *count += 1;
        }
        let waiting = self.people.iter().flatten().flat_map(|person| &person.held).filter(|held| held.unseen).count();
        self.outcome.left_waiting += waiting as u64;
    }
}
