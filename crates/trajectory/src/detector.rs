//! Is it time to look? Cases of *watch* and *lasting change*, and the course that recovery takes.
//!
//! A case opens on a rated day whose log odds reach its threshold, if there is a rise to be seen, and is held open for the
//! latch (28 days): the odds can swing within days. A case of *watch* speaks only while there is something to watch: it has settled
//! on the day on which neither the odds ask nor the rise is to be seen, until both are there again; a person is not told of it for
//! a month. Above 10 nothing is seen, so that a hidden rise costs the model nothing: hence the *ceiling rule*, which asks for a rise
//! that is there. Days without a rating change nothing here.

use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

use crate::calibration::{REMEMBERED, Rules, Thresholds};

/// The two kinds of case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Case {
    /// A closer look.
    Watch,
    /// A lasting change.
    Lasting,
}

/// What a day opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Opened {
    /// A case of *watch*.
    pub watch: bool,
    /// A case of *lasting change*.
    pub lasting: bool,
}

/// The detector: two latches and the latest ratings. Bounded, whatever the number of days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detector {
    intake: Option<u8>,
    ratings: Ratings,
    watch: Latch,
    lasting: Latch,
    /// On the last rated day the odds asked for a look, no rise was to be seen, and the ratings stood at the ceiling.
    at_ceiling: bool,
    /// The latest case of *watch* has settled; says nothing while none is held.
    settled: bool,
}

/// One kind of case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Latch {
    opened: Option<i32>,
    closed: bool,
}

impl Detector {
    /// Before any day; the intake rating serves where ratings are too few to say what was before.
    pub fn new(intake: Option<u8>) -> Detector {
        Detector { intake, ratings: Ratings::new(), watch: Latch::default(), lasting: Latch::default(), at_ceiling: false, settled: false }
    }

    /// Becomes the other, in its own room.
    pub(crate) fn follow(&mut self, other: &Detector) {
        let Detector { intake, ratings, watch, lasting, at_ceiling, settled } = other;
        self.ratings.days.clone_from(&ratings.days);
        (self.intake, self.watch, self.lasting) = (*intake, *watch, *lasting);
        (self.at_ceiling, self.settled) = (*at_ceiling, *settled);
    }

    /// Takes a rated day: its rating, and the log odds of a lasting change after it, as they count
    /// ([`crate::calibration::BySwing::counted`]). Days rise.
    pub fn step(&mut self, rules: &Rules, thresholds: Thresholds, day: i32, rating: u8, log_odds: f64) -> Opened {
        self.ratings.push(day, rating);
        if log_odds < thresholds.watch {
            self.watch.rearm();
            self.lasting.rearm();
        }
        let asks = log_odds >= thresholds.watch;
        let is_higher = (asks || self.watch.holds(rules, day)) && self.rises(rules, day);
        let rises = asks && is_higher;
        self.at_ceiling = asks && !rises && self.ratings.now(rules.recent).is_some_and(|now| now >= rules.ceiling);
        self.settled = !rises && (self.settled || !(asks || is_higher));
        Opened {
            watch: rises && self.watch.open(rules, day),
            lasting: rises && log_odds >= thresholds.lasting && self.lasting.open(rules, day),
        }
    }

    /// Whether a case is open on this day: held by its latch, not closed, and, of *watch*, not settled.
    pub fn is_open(&self, rules: &Rules, case: Case, day: i32) -> bool {
        let speaks = match case {
            Case::Watch => !self.settled,
            Case::Lasting => true,
        };
        speaks && self.latch(case).holds(rules, day) && !self.latch(case).closed
    }

    /// The day on which the latest case of this kind opened, if it may not yet open anew.
    pub fn opened(&self, case: Case) -> Option<i32> {
        self.latch(case).opened
    }

    /// A person closes a case. It may open again once the log odds have been below *watch* on a rated day, or when the latch
    /// would have ended; else a lasting change would open it again the day after every close.
    pub fn close(&mut self, case: Case) {
        let latch = match case {
            Case::Watch => &mut self.watch,
            Case::Lasting => &mut self.lasting,
        };
        latch.closed = latch.opened.is_some();
    }

    /// Whether recovery is off the course it takes: the responder course has become unlikely, or the ratings stand at the
    /// ceiling and only the missing rise holds a case back.
    pub fn off_course(&self, rules: &Rules, day: i32, p_responder: f64) -> bool {
        self.at_ceiling || (day >= rules.stall_from_day && p_responder < rules.stall_below)
    }

    fn latch(&self, case: Case) -> &Latch {
        match case {
            Case::Watch => &self.watch,
            Case::Lasting => &self.lasting,
        }
    }

    /// The ceiling rule: is there a rise?
    fn rises(&self, rules: &Rules, day: i32) -> bool {
        let now = self.ratings.now(rules.recent);
        let before = self.ratings.before(rules, day).or(self.intake);
        now.zip(before).is_some_and(|(now, before)| now >= before.saturating_add(rules.rise))
    }
}

impl Latch {
    fn holds(&self, rules: &Rules, day: i32) -> bool {
        self.opened.is_some_and(|opened| day < opened.saturating_add(rules.latch_days))
    }

    fn open(&mut self, rules: &Rules, day: i32) -> bool {
        let opens = !self.holds(rules, day);
        if opens {
            *self = Latch { opened: Some(day), closed: false };
        }
        opens
    }

    fn rearm(&mut self) {
        if self.closed {
            *self = Latch::default();
        }
    }
}

/// The latest answered days and their ratings, oldest first; room for all that the rules look back on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Ratings {
    days: Vec<(i32, u8)>,
}

impl Ratings {
    /// All the room it will ever need.
    fn new() -> Ratings {
        Ratings { days: Vec::with_capacity(REMEMBERED) }
    }

    fn push(&mut self, day: i32, rating: u8) {
        if self.days.len() == REMEMBERED {
            self.days.remove(0);
        }
        self.days.push((day, rating));
    }

    /// Median of the latest `recent` ratings; of fewer, their lower median.
    fn now(&self, recent: usize) -> Option<u8> {
        lower_median(self.days.iter().rev().take(recent).map(|(_, rating)| *rating))
    }

    /// Lower median of the answered days in the window before; where it holds fewer than `recent`, of the latest `recent`
    /// answered days at least as far back as the window's end; `None` where there are not so many either.
    fn before(&self, rules: &Rules, day: i32) -> Option<u8> {
        let [from, to] = rules.before_days;
        let older = self.days.iter().rev().filter(|(then, _)| day - then >= from);
        let window = older.clone().filter(|(then, _)| day - then <= to).map(|(_, rating)| *rating);
        let latest = older.take(rules.recent).map(|(_, rating)| *rating);
        if window.clone().count() >= rules.recent {
            lower_median(window)
        } else if latest.clone().count() >= rules.recent {
            lower_median(latest)
        } else {
            None
        }
    }
}

/// The middle rating, the lower of two; counted, not sorted.
fn lower_median(ratings: impl Iterator<Item = u8> + Clone) -> Option<u8> {
    let middle = ratings.clone().count().div_ceil(2);
    (0..=u8::MAX).take_while(|_| middle > 0).find(|value| ratings.clone().filter(|rating| rating <= value).count() >= middle)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: Rules = Rules {
        latch_days: 28,
        recent: 5,
        rise: 1,
        before_days: [8, 60],
        stall_below: 0.1,
        stall_from_day: 56,
        ceiling: 9,
        enough_days: 5,
        flare_from: 0.5,
        flare_unseen_days: 14,
    };

    /// Rated every `every` days with these ratings, the last of them on the day asked about.
    fn detector(intake: Option<u8>, every: i32, ratings: &[u8]) -> (Detector, i32) {
        let mut detector = Detector::new(intake);
        let mut day = 0;
        for rating in ratings {
            day += every;
            detector.ratings.push(day, *rating);
        }
        (detector, day)
    }

    #[test]
    fn what_was_before_and_whether_it_rises() {
        for (why, intake, every, ratings, before, rises) in [
            ("daily: days 8 to 60 back", Some(9), 1, &[9, 9, 2, 2, 3, 3, 3, 7, 7, 7, 7, 7, 7, 7, 7][..], Some(3), true),
            ("the middle of five, not one high day", None, 1, &[3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 9, 9], Some(3), false),
            ("an even window takes the lower middle", None, 1, &[3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4], Some(3), true),
            ("monthly: the five latest, far back", Some(0), 30, &[0, 10, 10, 10, 10, 10, 10, 10], Some(10), false),
            ("fewer than five before: the intake rating", Some(6), 1, &[8, 8, 8], None, true),
            ("fewer than five before, and no rise over the intake rating", Some(8), 1, &[8, 8, 8], None, false),
            ("nothing to compare with: no rise", None, 1, &[8, 8, 8], None, false),
        ] {
            let (detector, day) = detector(intake, every, ratings);
            assert_eq!((detector.ratings.before(&RULES, day), detector.rises(&RULES, day)), (before, rises), "{why}");
        }
    }

    #[test]
    fn only_so_many_ratings_are_remembered() {
        let (detector, _) = detector(None, 1, &[4; 500]);
        assert_eq!(detector.ratings.days.len(), REMEMBERED);
    }
}
