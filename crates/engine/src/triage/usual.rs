//! The person's own recent middle.

use super::{Memory, Value};
use alloc::vec;
use alloc::vec::Vec;
use core::cell::Cell;

/// Today and the three days before never enter usual, or a slow rise would lift its own yardstick.
const BLIND_DAYS: i32 = 4;
/// The recent window.
const RECENT_DAYS: i32 = 31;
/// The far end of the other one.
const FAR_DAYS: i32 = 180;
/// How many days the recent window holds.
const RECENT: usize = (RECENT_DAYS - BLIND_DAYS + 1) as usize;
/// How many answered days the other one takes.
const LATEST: usize = 7;
/// How many answered days either needs.
const NEEDED: usize = 5;

/// Usual on `day`, from answered days and their numbers in rising order: the smaller of two lower medians, of days 4–31 before
/// and of the latest 7 answered days among 4–180 before. Each needs 5 answered days; one alone will do; `None` with neither.
///
/// The smaller of two, because after a fast relief the longer window still remembers the pain before.
pub fn usual(days: &[(i32, Value)], day: i32) -> Option<i32> {
    usual_among(days.iter().copied(), day)
}

/// [`usual`] of days that stand elsewhere: it is asked for many times a check-in, so nothing is copied.
pub(crate) fn usual_among(days: impl DoubleEndedIterator<Item = (i32, Value)> + Clone, day: i32) -> Option<i32> {
    let numbers = |oldest: i32| {
        let latest_first = days.clone().rev().skip_while(move |(d, _)| *d > day - BLIND_DAYS);
        let inside = latest_first.take_while(move |(d, _)| *d >= day - oldest);
        inside.filter_map(|(_, value)| match value {
            Value::Number(number) => Some(number),
            Value::Codes(_) => None,
        })
    };
    let recent = lower_median(numbers(RECENT_DAYS));
    let latest = lower_median(numbers(FAR_DAYS).take(LATEST));
    match (recent, latest) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}

/// The lower of the two middles of at most [`RECENT`] numbers.
fn lower_median(numbers: impl Iterator<Item = i32>) -> Option<i32> {
    let mut held = [0; RECENT];
    let mut count = 0;
    for (slot, number) in held.iter_mut().zip(numbers) {
        *slot = number;
        count += 1;
    }
    if count < NEEDED {
        return None;
    }
    let (numbers, _) = held.split_at_mut(count);
    numbers.sort_unstable();
    numbers.get((count - 1) / 2).copied()
}

/// Usual on the day that is judged: rules ask for it many times, and it is worked out once.
#[derive(Debug)]
pub struct Usuals {
    day: i32,
    /// By question; `None` until somebody has asked.
    known: Vec<Cell<Option<Option<i32>>>>,
}

impl Usuals {
    /// On a day, from what is remembered. It holds for that memory as long as nothing is kept in it.
    pub fn new(memory: &Memory, day: i32) -> Usuals {
        Usuals { day, known: vec![Cell::new(None); memory.questions()] }
    }

    /// Usual of a question on `day`.
    pub(crate) fn on(&self, memory: &Memory, question: u16, day: i32) -> Option<i32> {
        let work_out = || usual_among(memory.series(question), day);
        let Some(known) = self.known.get(usize::from(question)).filter(|_| day == self.day) else { return work_out() };
        let usual = known.get().unwrap_or_else(work_out);
        known.set(Some(usual));
        usual
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(pairs: &[(i32, i32)]) -> Vec<(i32, Value)> {
        pairs.iter().map(|(day, number)| (*day, Value::Number(*number))).collect()
    }

    #[test]
    fn five_answered_days_are_needed() {
        assert_eq!(usual(&days(&[(1, 4), (2, 4), (3, 4), (4, 4)]), 8), None);
        assert_eq!(usual(&days(&[(1, 4), (2, 4), (3, 4), (4, 4), (5, 4)]), 9), Some(4));
    }

    #[test]
    fn today_and_three_days_before_never_enter() {
        let answered = days(&[(1, 2), (2, 2), (3, 2), (4, 2), (5, 2), (6, 9), (7, 9), (8, 9), (9, 9)]);
        assert_eq!(usual(&answered, 9), Some(2));
        assert_eq!(usual(&answered, 8), None);
    }

    #[test]
    fn the_smaller_of_the_two_windows() {
        // Thirty days of 8, then seven of 3: the longer window still remembers the pain before.
        let fallen: Vec<(i32, i32)> = (1..=30).map(|day| (day, if day <= 23 { 8 } else { 3 })).collect();
        assert_eq!(usual(&days(&fallen), 34), Some(3));
        // A gap of a hundred days: only the latest seven answered days remain.
        assert_eq!(usual(&days(&fallen), 140), Some(3));
        assert_eq!(usual(&days(&fallen), 30 + 185), None);
    }

    #[test]
    fn the_lower_of_two_middles() {
        assert_eq!(usual(&days(&[(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6)]), 10), Some(3));
    }
}
