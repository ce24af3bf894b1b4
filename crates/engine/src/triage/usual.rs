//! The person's own recent middle.

use super::{Memory, Value};
use alloc::vec;
use alloc::vec::Vec;
use core::cell::Cell;
use core::ops::ControlFlow;

/// Today and the three days before never enter usual, or a slow rise would lift its own yardstick.
const BLIND_DAYS: i32 = 4;
/// The recent window.
const RECENT_DAYS: i32 = 31;
/// The far end of the other one.
const FAR_DAYS: i32 = 180;
/// How many answered days the other one takes.
const LATEST: u8 = 7;
/// How many answered days either needs.
const NEEDED: u8 = 5;

/// Usual on `day`, from answered days and their numbers in rising order: the smaller of two lower medians, of days 4–31 before
/// and of the latest 7 answered days among 4–180 before. Each needs 5 answered days; one alone will do; `None` with neither.
///
/// The smaller of two, because after a fast relief the longer window still remembers the pain before.
pub fn usual(days: &[(i32, Value)], day: i32) -> Option<i32> {
    usual_among(days.iter().copied(), day)
}

/// [`usual`] of days that stand elsewhere: it is asked for many times a check-in, so nothing is copied and the days are walked
/// once, the latest first. Both windows begin on the same day, so one count serves: it is either's when that window ends.
pub(crate) fn usual_among(days: impl DoubleEndedIterator<Item = (i32, Value)>, day: i32) -> Option<i32> {
    let (mut counts, mut recent, mut latest) = (Counts::default(), None, None);
    let look = |(d, value): (i32, Value)| {
        let back = day - d;
        if back > RECENT_DAYS {
            recent = recent.or_else(|| Some(counts.lower_median()));
            if back > FAR_DAYS || counts.all >= LATEST {
                return ControlFlow::Break(());
            }
        }
        if let (BLIND_DAYS.., Value::Number(number)) = (back, value) {
            counts.add(number);
            if counts.all == LATEST {
                latest = Some(counts.lower_median());
            }
        }
        ControlFlow::Continue(())
    };
    let _ = days.rev().try_for_each(look);
    match (recent.unwrap_or_else(|| counts.lower_median()), latest.unwrap_or_else(|| counts.lower_median())) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}

/// How often each number of the 0–10 scale was given; only questions of that scale have a usual.
#[derive(Default)]
struct Counts {
    each: [u8; 11],
    all: u8,
}

impl Counts {
    fn add(&mut self, number: i32) {
        if let Some(count) = usize::try_from(number).ok().and_then(|place| self.each.get_mut(place)) {
            *count += 1;
            self.all += 1;
        }
    }

    /// The lower of the two middles, of enough numbers. Not inlined: it would be worked out at every day of a window.
    #[inline(never)]
    fn lower_median(&self) -> Option<i32> {
        let middle = self.all.div_ceil(2);
        let mut below = 0;
        let reaches = |count: &u8| {
            below += count;
            below >= middle
        };
        let place = self.each.iter().position(reaches).filter(|_| self.all >= NEEDED)?;
        i32::try_from(place).ok()
    }
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

    /// The definition word for word: two windows gathered, sorted, the smaller of their lower middles.
    fn defined(days: &[(i32, Value)], day: i32) -> Option<i32> {
        let among = |far: i32| {
            let there = days.iter().filter(move |(d, _)| (BLIND_DAYS..=far).contains(&(day - d)));
            there.filter_map(|(_, value)| if let Value::Number(number) = value { Some(*number) } else { None })
        };
        let middle = |mut numbers: Vec<i32>| {
            numbers.sort_unstable();
            numbers.get(numbers.len().saturating_sub(1) / 2).copied().filter(|_| numbers.len() >= usize::from(NEEDED))
        };
        let latest: Vec<i32> = among(FAR_DAYS).collect();
        let latest = latest.iter().rev().take(usize::from(LATEST)).copied().collect();
        [middle(among(RECENT_DAYS).collect()), middle(latest)].into_iter().flatten().min()
    }

    #[test]
    fn walked_once_it_is_what_is_defined() {
        let mut seed = 11_u64;
        let mut random = |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((seed >> 33) % below) as i32
        };
        let mut known = 0;
        for _ in 0..4_000 {
            let (mut at, step) = (0, 1 + random(40) as u64);
            let answered: Vec<(i32, Value)> = (0..random(40))
                .map(|_| {
                    at += 1 + random(step);
                    (at, if random(20) == 0 { Value::Codes(1) } else { Value::Number(random(11)) })
                })
                .collect();
            let day = at - 3 + random(60);
            assert_eq!(usual(&answered, day), defined(&answered, day), "{answered:?} on {day}");
            known += i32::from(usual(&answered, day).is_some());
        }
        assert!((1_000..3_900).contains(&known), "{known}");
    }

    #[test]
    fn the_lower_of_two_middles() {
        assert_eq!(usual(&days(&[(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6)]), 10), Some(3));
    }
}
