//! What a revision remembers of earlier check-ins: bounded, whatever the record's length.

use super::{Given, Value};
use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use lamella_pathway::Compiled;
use serde::{Deserialize, Serialize};

/// How many days *felt worse* is remembered: as long as the longest run's window.
const FELT_DAYS: i32 = 14;

/// The answers of earlier days and when conditions last held, under one revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Memory {
    /// Per question, rising by day: the day's last answer, with the place in the order of the event that gave it.
    days: Vec<VecDeque<Kept>>,
    /// Per day, whether the person felt worse than usual by the last word about it.
    felt: Vec<Felt>,
    /// Per slot: when its condition held.
    slots: Vec<Slot>,
    /// Whether any check-in since the procedure has been folded.
    pub begun: bool,
}

/// One day's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    day: i32,
    value: Value,
    place: Arc<Place>,
}

/// Where a day stands among rising ones, or would; mostly it is the latest.
fn place_of(days: &VecDeque<Kept>, day: i32) -> Result<usize, usize> {
    match days.back() {
        Some(latest) if latest.day >= day => days.binary_search_by_key(&day, |kept| kept.day),
        _ => Err(days.len()),
    }
}

/// One day's *felt worse*.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Felt {
    day: i32,
    worse: bool,
    place: Arc<Place>,
}

/// When a condition held: the latest check-ins at which it did, so that a corrected one can be taken back. Of older ones only
/// the first and the last day matter: as long as newer ones stand, taking one of those back changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
struct Slot {
    older: Option<(i32, i32)>,
    latest: Vec<(i32, String)>,
}

/// How many check-ins a slot keeps by name.
const NAMED: usize = 4;

/// Where an event stands in the order: milliseconds, then id.
pub(crate) type Place = (i64, String);

impl Memory {
    /// Of no pathway.
    pub(crate) const fn nothing() -> Memory {
        Memory { days: Vec::new(), felt: Vec::new(), slots: Vec::new(), begun: false }
    }

    /// Whether an answer from this place in the order is the day's last word.
    pub(crate) fn is_last_word(&self, question: usize, day: i32, place: (i64, &str)) -> bool {
        let days = self.days.get(question);
        let there = days.and_then(|days| place_of(days, day).ok().and_then(|there| days.get(there)));
        there.is_none_or(|kept| (kept.place.0, kept.place.1.as_str()) <= place)
    }

    pub(crate) fn new(pathway: &Compiled) -> Memory {
        Memory {
            days: vec![VecDeque::new(); pathway.questions.len()],
            felt: vec![],
            slots: vec![Slot::default(); usize::from(pathway.slots)],
            begun: false,
        }
    }

    /// The kept days of a question, rising.
    pub(crate) fn series(&self, question: u16) -> impl DoubleEndedIterator<Item = (i32, Value)> + Clone {
        let days = self.days.get(usize::from(question)).map(VecDeque::iter).unwrap_or_default();
        days.map(|kept| (kept.day, kept.value))
    }

    /// How many questions the pathway has.
    pub(crate) fn questions(&self) -> usize {
        self.days.len()
    }

    /// The last day with an answer to a question.
    pub(crate) fn last_day(&self, question: usize) -> Option<i32> {
        self.days.get(question).and_then(|days| days.back()).map(|kept| kept.day)
    }

    pub(crate) fn felt_worse(&self, day: i32) -> bool {
        self.felt.iter().any(|felt| felt.day == day && felt.worse)
    }

    /// The day a slot's condition last held.
    pub(crate) fn slot(&self, slot: u16) -> Option<i32> {
        let slot = self.slots.get(usize::from(slot))?;
        slot.latest.iter().map(|(day, _)| *day).chain(slot.older.map(|(_, last)| last)).max()
    }

    /// Whether a slot's condition held at a check-in of a day before this one.
    pub(crate) fn held_before(&self, slot: u16, today: i32) -> bool {
        let Some(slot) = self.slots.get(usize::from(slot)) else { return false };
        slot.latest.iter().map(|(day, _)| *day).chain(slot.older.map(|(first, _)| first)).any(|day| day < today)
    }

    pub(crate) fn mark(&mut self, slot: u16, day: i32, event: &str) {
        let Some(slot) = self.slots.get_mut(usize::from(slot)) else { return };
        slot.latest.push((day, String::from(event)));
        if slot.latest.len() > NAMED {
            let (day, _) = slot.latest.remove(0);
            slot.older = Some(slot.older.map_or((day, day), |(first, last)| (first.min(day), last.max(day))));
        }
    }

    /// A corrected check-in no longer counts as a time at which a condition held.
    pub(crate) fn unmark(&mut self, event: &str) {
        self.slots.iter_mut().for_each(|slot| slot.latest.retain(|(_, id)| id != event));
    }

    /// Keeps a day's answers: per question, the last in order wins.
    pub(crate) fn keep(&mut self, pathway: &Compiled, given: &Given, day: i32, place: &Arc<Place>) {
        for (question, value) in given.answered() {
            let depth = pathway.questions.get(question).map_or(0, |question| i32::from(question.keep_days));
            let Some(days) = self.days.get_mut(question).filter(|_| depth > 0) else { continue };
            let kept = Kept { day, value, place: place.clone() };
            match place_of(days, day) {
                Ok(there) => {
                    if let Some(old) = days.get_mut(there).filter(|old| old.place <= *place) {
                        *old = kept;
                    }
                }
                Err(there) => days.insert(there, kept),
            }
            let latest = days.back().map_or(day, |kept| kept.day);
            while days.front().is_some_and(|oldest| oldest.day <= latest - depth) {
                days.pop_front();
            }
        }
    }

    /// Keeps whether the day felt worse: as for answers, the last in order wins, and a check-in that says nothing about it is none.
    pub(crate) fn keep_felt(&mut self, day: i32, worse: bool, place: &Arc<Place>) {
        self.felt.retain(|felt| felt.day > day - FELT_DAYS);
        if self.felt.iter().any(|felt| felt.day == day && felt.place > *place) {
            return;
        }
        self.felt.retain(|felt| felt.day != day);
        self.felt.push(Felt { day, worse, place: place.clone() });
        self.felt.sort_unstable_by_key(|felt| felt.day);
    }
}
