//! A person's rated days, and where they stand by a model.
//!
//! The list of days is what a course *is*: four numbers a day. The monitor beside it is a cache that [`Course::rate`] moves on by
//! one day; whatever is lost, or lies before the last day, is replayed, to the same bits.

use alloc::boxed::Box;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

use crate::band::{Band, Forecast, held};
use crate::detector::Case;
use crate::filter::{Day, LAST_DAY};
use crate::flare::{End, Episode};
use crate::model::Model;
use crate::monitor::Monitor;
use crate::reading::{Above, Artifact, Reading, Stands, State, Thousandths};

/// How many of the latest answered days the sentence speaks of.
const SPOKEN_OF: usize = 10;

/// What a course is read by: a model, and the rating at intake (0–10) if there is one.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    /// The model.
    pub model: &'a Model,
    /// The intake rating; one above 10 is none.
    pub intake: Option<u8>,
}

/// A rated day: day since the procedure, pain, function, and the cases that a person closed after it (1 watch, 2 lasting).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Rated(i32, Option<u8>, Option<u8>, u8);

/// A person's rated days.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Course {
    days: Vec<Rated>,
    #[serde(skip)]
    cache: Option<Cache>,
}

/// Two courses are equal when their days are; the rest is a cache.
impl PartialEq for Course {
    fn eq(&self, other: &Course) -> bool {
        self.days == other.days
    }
}

impl Eq for Course {}

/// Where the days have led.
#[derive(Debug, Clone)]
struct Cache {
    /// Before the last day: what a second word about that day starts from.
    before: Box<Monitor>,
    now: Box<Monitor>,
}

/// One day as a chart shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// The day, and what it was rated.
    pub day: Day,
    /// What was expected of its pain before it was rated.
    pub expected: Forecast,
    /// Where the course stood at its end.
    pub state: State,
    /// How far its ratings moved the log odds of a lasting change; above zero speaks for one.
    pub evidence: f64,
}

impl Course {
    /// No day.
    pub const fn nothing() -> Course {
        Course { days: Vec::new(), cache: None }
    }

    /// Takes a day's ratings (0–10); a second word about a day replaces the first, `None` leaves it, and an earlier day may be
    /// mended. A rating above 10, a day before the procedure or a hundred years on, and a day without a rating are not taken.
    pub fn rate(&mut self, by: Option<By>, day: i32, pain: Option<u8>, function: Option<u8>) {
        let [pain, function] = [pain, function].map(|rating| rating.filter(|rating| *rating <= 10));
        if pain.or(function).is_none() || !(0..=LAST_DAY).contains(&day) {
            return;
        }
        match self.days.binary_search_by_key(&day, |rated| rated.0) {
            Ok(there) => {
                let Some(rated) = self.days.get_mut(there) else { return };
                let told = (pain.or(rated.1), function.or(rated.2));
                if (rated.1, rated.2) == told {
                    return;
                }
                (rated.1, rated.2) = told;
                self.again(there);
            }
            Err(there) if there == self.days.len() => {
                let rated = Rated(day, pain, function, 0);
                let before = self.cache.take().filter(|_| by.is_some());
                self.cache = match (before, by) {
                    (Some(Cache { before, now }), _) => Some(Cache { before: now, now: before }),
                    (None, Some(by)) => {
                        replay(by, &self.days).map(|before| Cache { now: Box::new(before.clone()), before: Box::new(before) })
                    }
                    (None, None) => None,
                };
                self.days.push(rated);
                self.cache.iter_mut().for_each(|cache| cache.take(rated));
            }
            Err(there) => {
                self.days.insert(there, Rated(day, pain, function, 0));
                self.cache = None;
            }
        }
    }

    /// The day at a place says something else now.
    fn again(&mut self, place: usize) {
        let last = self.days.last().copied().filter(|_| place + 1 == self.days.len());
        match (last, &mut self.cache) {
            (Some(rated), Some(cache)) => cache.take(rated),
            _ => self.cache = None,
        }
    }

    /// A person closes a case.
    pub fn close(&mut self, case: Case) {
        let Some(rated) = self.days.last_mut() else { return };
        rated.3 |= bit(case);
        if let Some(cache) = &mut self.cache {
            cache.now.close(case);
        }
    }

    /// Replays what is not at hand, so that the next day costs one day.
    pub fn warm(&mut self, by: Option<By>) {
        let Some(by) = by.filter(|_| self.cache.is_none()) else { return };
        let Some((last, before)) = self.days.split_last() else { return };
        self.cache = replay(by, before).map(|before| {
            let mut now = before.clone();
            take(&mut now, *last);
            Cache { before: Box::new(before), now: Box::new(now) }
        });
    }

    /// The rated days, rising.
    pub fn days(&self) -> impl Iterator<Item = Day> {
        self.days.iter().map(|rated| Day { day: rated.0, pain: rated.1, function: rated.2 })
    }

    /// How many days have a pain rating.
    pub fn rated_days(&self) -> u32 {
        self.days.iter().filter(|rated| rated.1.is_some()).count() as u32
    }

    /// The last rated day.
    fn last(&self) -> Option<i32> {
        self.days.iter().rev().find(|rated| rated.1.is_some()).map(|rated| rated.0)
    }

    /// Where it stands on `day`, when a check-in is due every so many days.
    pub fn stands(&self, by: Option<By>, day: i32, every: i32) -> Stands {
        let stands = |monitor: &Monitor| stands(monitor, self.last(), day, every);
        by.and_then(|by| self.monitor(by, day, stands)).unwrap_or_default()
    }

    /// [`Course::stands`], were a day rated so (day, pain, function): nothing is taken.
    pub fn stands_if(&self, by: Option<By>, rated: (i32, Option<u8>, Option<u8>), day: i32, every: i32) -> Stands {
        let (on, pain, function) = rated;
        let there = self.days.binary_search_by_key(&on, |rated| rated.0).ok().and_then(|place| self.days.get(place));
        let same = |known: Option<u8>, told: Option<u8>| told.is_none() || told == known;
        if there.map_or(pain.or(function).is_none(), |rated| same(rated.1, pain) && same(rated.2, function)) {
            return self.stands(by, day, every);
        }
        let mut course = self.clone();
        course.rate(by, on, pain, function);
        course.stands(by, day, every)
    }

    /// The reading on `day`, without the band: what a record carries.
    pub fn reading(&self, by: Option<By>, day: i32, every: i32) -> Reading {
        let none = || Reading { rated_days: self.rated_days(), ..Reading::default() };
        let Some(by) = by else { return none() };
        let calibration = &by.model.calibration;
        let read = |monitor: &Monitor| {
            let Stands { state, .. } = stands(monitor, self.last(), day, every);
            let flare = ongoing(monitor).filter(|_| state == State::InFlare);
            Reading {
                state,
                probability_worse: Some(Thousandths::of(monitor.posterior().p_lasting())),
                once_in_patient_years: calibration.once_in_patient_years(monitor.counted(), monitor.rates_function()).map(Thousandths::of),
                artifact: Some(Artifact {
                    hash: by.model.hash.clone(),
                    date: calibration.date.clone(),
                    population: calibration.population.clone(),
                }),
                flare,
                against: flare.and_then(|_| monitor.flares().against()),
                ..none()
            }
        };
        self.monitor(by, day, read).unwrap_or_else(none)
    }

    /// The reading on `day` with the band: it replays the days, for whoever looks.
    pub fn reading_in_full(&self, by: Option<By>, day: i32, every: i32) -> Reading {
        let reading = self.reading(by, day, every);
        let Some(By { model, intake }) = by.filter(|_| (0..=LAST_DAY).contains(&day)) else { return reading };
        let days = self.days_until(day);
        let today = self.forecast(model, intake, day);
        let above = held(&model.prior, intake, &days, SPOKEN_OF)
            .ok()
            .filter(|held| !held.is_empty())
            .map(|held| Above { days: held.iter().filter(|held| held.above()).count() as u8, of: held.len() as u8 });
        Reading {
            expected: today.as_ref().map(Forecast::expected),
            low: today.as_ref().map(Forecast::low),
            high: today.as_ref().map(Forecast::high),
            above,
            rating: days.last().filter(|rated| rated.day == day).and_then(|rated| rated.pain),
            ..reading
        }
    }

    /// What was expected of `day` before its answer.
    fn forecast(&self, model: &Model, intake: Option<u8>, day: i32) -> Option<Forecast> {
        let mut band = Band::new(&model.prior, intake).ok()?;
        for rated in self.days.iter().filter(|rated| rated.0 < day) {
            band.step(rated.0, rated.1, rated.2).ok()?;
        }
        band.step(day, None, None).ok()
    }

    /// Every day from the procedure to `until`, with what was expected of it and where it led: for charts and tables.
    pub fn history(&self, by: By, until: i32, every: i32) -> Vec<Seen> {
        let (Ok(mut band), Some(mut monitor)) = (Band::new(&by.model.prior, by.intake), start(by)) else { return Vec::new() };
        let until = until.min(LAST_DAY);
        let mut seen = Vec::with_capacity(usize::try_from(until + 1).unwrap_or(0));
        let mut rated = self.days.iter().peekable();
        let mut last = None;
        for day in 0..=until {
            let told = rated.next_if(|rated| rated.0 == day).copied().unwrap_or(Rated(day, None, None, 0));
            let Ok(expected) = band.step(told.0, told.1, told.2) else { continue };
            take(&mut monitor, told);
            last = told.1.map(|_| day).or(last);
            let state = stands(&monitor, last, day, every).state;
            let evidence = monitor.posterior().evidence();
            seen.push(Seen { day: Day { day, pain: told.1, function: told.2 }, expected, state, evidence });
        }
        seen
    }

    /// The flares so far, oldest first.
    pub fn flares(&self, by: By) -> Vec<Episode> {
        let day = self.days.last().map_or(0, |rated| rated.0);
        self.monitor(by, day, |monitor| monitor.flares().episodes().to_vec()).unwrap_or_default()
    }

    fn days_until(&self, day: i32) -> Vec<Day> {
        self.days().filter(|rated| rated.day <= day).collect()
    }

    /// Asks the monitor as of `day`.
    fn monitor<T>(&self, by: By, day: i32, ask: impl FnOnce(&Monitor) -> T) -> Option<T> {
        let last = self.days.last()?.0;
        let replayed = if self.cache.is_none() { Some(replay(by, &self.days)?) } else { None };
        let now = self.cache.as_ref().map(|cache| &*cache.now).or(replayed.as_ref())?;
        if day <= last {
            return Some(ask(now));
        }
        // The days since pass unanswered.
        let mut later = now.clone();
        later.step(day, None, None).ok()?;
        Some(ask(&later))
    }
}

fn stands(monitor: &Monitor, last: Option<i32>, day: i32, every: i32) -> Stands {
    let lately = last.is_some_and(|last| day - last <= every.saturating_mul(2));
    let state = monitor.state(lately);
    let flare_days = ongoing(monitor).filter(|_| state == State::InFlare).map_or(0, |flare| flare.days());
    Stands { state, flare_days }
}

fn start(by: By) -> Option<Monitor> {
    Monitor::new(&by.model.prior, &by.model.calibration, by.intake.filter(|intake| *intake <= 10)).ok()
}

fn replay(by: By, days: &[Rated]) -> Option<Monitor> {
    let mut monitor = start(by)?;
    days.iter().for_each(|rated| take(&mut monitor, *rated));
    Some(monitor)
}

impl Cache {
    /// The last day is what it was rated.
    fn take(&mut self, rated: Rated) {
        // What `rate` lets in is never refused.
        let _ = self.now.step_from(&self.before, rated.0, rated.1, rated.2);
        close(&mut self.now, rated);
    }
}

fn take(monitor: &mut Monitor, rated: Rated) {
    let _ = monitor.step(rated.0, rated.1, rated.2);
    close(monitor, rated);
}

/// The cases that a person closed after a day.
fn close(monitor: &mut Monitor, rated: Rated) {
    for case in [Case::Watch, Case::Lasting] {
        if rated.3 & bit(case) != 0 {
            monitor.close(case);
        }
    }
}

fn bit(case: Case) -> u8 {
    match case {
        Case::Watch => 1,
        Case::Lasting => 2,
    }
}

fn ongoing(monitor: &Monitor) -> Option<Episode> {
    monitor.flares().episodes().last().copied().filter(|flare| flare.end == End::Ongoing)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratings(days: i32) -> impl Iterator<Item = (i32, Option<u8>, Option<u8>)> {
        (0..days).filter(|day| day % 7 != 3).map(|day| {
            let worse = if day > 60 { 4 } else { 0 };
            let pain = (3 + (day * 5) % 3 + worse).min(10) as u8;
            (day, Some(pain), (day % 2 == 0).then_some(pain))
        })
    }

    #[test]
    fn a_second_word_a_mended_day_and_a_lost_cache_read_the_same_as_the_days_in_order() {
        let model = Model::shipped().unwrap_or_else(|error| unreachable!("{error}"));
        let by = Some(By { model: &model, intake: Some(7) });
        let (mut straight, mut crooked) = (Course::default(), Course::default());
        for (day, pain, function) in ratings(90) {
            straight.rate(by, day, pain, function);
            if day == 40 {
                continue;
            }
            crooked.rate(by, day, Some(9), function);
            crooked.rate(by, day, pain, function);
            if day == 70 {
                crooked.cache = None;
                crooked.warm(by);
            }
        }
        let forty = ratings(90).find(|(day, ..)| *day == 40).map_or((None, None), |(_, pain, function)| (pain, function));
        crooked.rate(by, 40, forty.0, forty.1);
        for day in [89, 92, 150] {
            assert_eq!(straight.reading_in_full(by, day, 1), crooked.reading_in_full(by, day, 1), "day {day}");
        }
        assert_eq!(straight, crooked);
        assert_eq!(straight.stands(by, 89, 1).state, State::LastingChange);
    }

    #[test]
    fn a_closed_case_stays_closed_when_its_day_is_told_again() {
        let model = Model::shipped().unwrap_or_else(|error| unreachable!("{error}"));
        let by = Some(By { model: &model, intake: Some(7) });
        let mut course = Course::default();
        ratings(90).for_each(|(day, pain, function)| course.rate(by, day, pain, function));
        course.close(Case::Lasting);
        course.close(Case::Watch);
        let closed = course.stands(by, 89, 1).state;
        assert_ne!(closed, State::LastingChange);
        let mut other = course.clone();
        other.rate(by, 89, Some(2), None);
        other.rate(by, 89, ratings(90).last().and_then(|(_, pain, _)| pain), ratings(90).last().and_then(|(.., function)| function));
        course.cache = None;
        assert_eq!((other.stands(by, 89, 1).state, course.stands(by, 89, 1).state), (closed, closed));
    }

    #[test]
    fn without_a_model_or_days_there_is_nothing_to_read() {
        let model = Model::shipped().unwrap_or_else(|error| unreachable!("{error}"));
        let by = Some(By { model: &model, intake: None });
        let mut course = Course::default();
        assert_eq!(course.reading_in_full(by, 5, 1).state, State::TooFew);
        for (day, pain) in [(-1, Some(3)), (3, Some(11)), (4, None), (i32::MAX, Some(2))] {
            course.rate(by, day, pain, None);
        }
        assert_eq!(course.rated_days(), 0);
        course.rate(None, 1, Some(3), None);
        assert_eq!((course.rated_days(), course.reading(None, 1, 1).state), (1, State::TooFew));
    }
}
