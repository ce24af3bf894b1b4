//! When did a flare start, how high did it go, when had it settled, and how does it compare with the person's own?
//!
//! An episode starts on the first rated day that reads as a flare and settles on the first rated day that does not. Days
//! without a rating neither start nor settle one; after too many of them it ended *unseen*, and the next is a new one.

use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

use crate::calibration::Rules;

/// How many episodes are kept; older ones only count.
const KEPT: usize = 32;

/// One flare. Days since the procedure, ratings 0–10.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Episode {
    /// The first rated day that read as a flare.
    pub start: i32,
    /// The first day of the highest rating.
    pub peak_day: i32,
    /// The highest rating.
    pub peak: u8,
    /// The last rated day that read as a flare.
    pub last: i32,
    /// How it ended.
    pub end: End,
}

/// How a flare ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// It goes on, for all that is known.
    Ongoing,
    /// Settled by this rated day.
    Settled(i32),
    /// It ended on a day that was not rated.
    Unseen,
}

impl Episode {
    /// From the start to the day before it had settled, or to the last day that was seen: at least 1.
    pub fn days(&self) -> i32 {
        match self.end {
            End::Settled(day) => day - self.start,
            End::Ongoing | End::Unseen => self.last - self.start + 1,
        }
    }
}

/// A flare beside the person's own earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Against {
    /// Earlier flares that are kept.
    pub earlier: usize,
    /// How many of them were shorter.
    pub shorter: usize,
    /// How many of them peaked lower.
    pub lower: usize,
}

/// A person's flares, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Flares {
    episodes: Vec<Episode>,
    /// How many there were in all.
    total: usize,
}

impl Flares {
    /// Becomes the other, in its own room.
    pub(crate) fn follow(&mut self, other: &Flares) {
        self.episodes.clone_from(&other.episodes);
        self.total = other.total;
    }

    /// Takes a rated day: its rating, and the probability of a flare after it. Days rise.
    pub fn step(&mut self, rules: &Rules, day: i32, rating: u8, p_flare: f64) {
        let flares = p_flare >= rules.flare_from;
        if let Some(episode) = self.episodes.last_mut().filter(|episode| episode.end == End::Ongoing) {
            if day.saturating_sub(episode.last) > rules.flare_unseen_days {
                episode.end = End::Unseen;
            } else if flares {
                episode.last = day;
                if rating > episode.peak {
                    (episode.peak, episode.peak_day) = (rating, day);
                }
                return;
            } else {
                episode.end = End::Settled(day);
            }
        }
        if flares {
            self.begin(day, rating);
        }
    }

    fn begin(&mut self, day: i32, rating: u8) {
        if self.episodes.len() == KEPT {
            self.episodes.remove(0);
        }
        self.total += 1;
        self.episodes.push(Episode { start: day, peak_day: day, peak: rating, last: day, end: End::Ongoing });
    }

    /// The latest episodes, oldest first.
    pub fn episodes(&self) -> &[Episode] {
        &self.episodes
    }

    /// How many there were in all.
    pub fn total(&self) -> usize {
        self.total
    }

    /// The latest flare beside the earlier ones; `None` where there is none.
    pub fn against(&self) -> Option<Against> {
        let (latest, earlier) = self.episodes.split_last()?;
        let count = |holds: &dyn Fn(&Episode) -> bool| earlier.iter().filter(|episode| holds(episode)).count();
        Some(Against {
            earlier: earlier.len(),
            shorter: count(&|episode| episode.days() < latest.days()),
            lower: count(&|episode| episode.peak < latest.peak),
        })
    }
}
