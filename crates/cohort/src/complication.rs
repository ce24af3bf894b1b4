//! What goes wrong with a virtual person, when, and how does it show?
//!
//! `data/complications.json` holds the kinds with their rates, onsets and stages, each with its source or *assumed*.

use crate::chance::{Purpose, happens, stream, unit, whole};
use crate::signs::{Sign, Signs};
use lamella_record::Level;
use serde::Deserialize;

/// The complications that ship.
pub const SHIPPED: &str = include_str!("../data/complications.json");

/// Once treated, pain fades with this time constant, days. Assumed.
const TREATED_FADES: f64 = 7.0;
/// A complication begins at least this many days before the trial ends, so that it can be found. The sensitivity bound of the
/// design looks at 28 days.
pub const ROOM_DAYS: i32 = 28;

/// A kind of complication.
#[derive(Debug, Clone, PartialEq)]
pub struct Complication {
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Where its numbers come from.
    pub source: String,
    /// Whether nobody needs to find it: it makes false alarms.
    pub harmless: bool,
    /// The level that counts as found.
    pub found_at: Level,
    /// Whether only the trajectory reading can find it.
    pub by_reading: bool,
    per_procedure: f64,
    per_year: f64,
    onset: (i32, i32),
    pain: Pain,
    stalls: bool,
    lasts: i32,
    stages: Vec<Stage>,
}

/// What it adds to pain, in points.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Pain {
    at_once: f64,
    /// Time constant of what came at once, days; it stays when there is none.
    fades: Option<f64>,
    a_day: f64,
    /// Most that the daily part reaches.
    most: f64,
}

#[derive(Debug, Clone, PartialEq)]
struct Stage {
    from: i32,
    until: i32,
    signs: Vec<Sign>,
    share: f64,
    /// It is said once, at the next check-in.
    once: bool,
}

#[derive(Deserialize)]
struct File {
    complications: Vec<Line>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    id: String,
    name: String,
    source: String,
    #[serde(default)]
    harmless: bool,
    #[serde(default)]
    found_by_reading: bool,
    #[serde(default)]
    stalls: bool,
    #[serde(default)]
    per_procedure: f64,
    #[serde(default)]
    per_year: f64,
    onset: (i32, i32),
    #[serde(default)]
    pain: Pain,
    lasts: i32,
    found_at: String,
    stages: Vec<StageLine>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StageLine {
    day: i32,
    until: Option<i32>,
    signs: Vec<String>,
    share: Option<f64>,
    #[serde(default)]
    once: bool,
}

/// Reads a complications file; the error is a sentence.
pub fn parse(text: &str, signs: &Signs) -> Result<Vec<Complication>, String> {
    let file: File = serde_json::from_str(text).map_err(|error| format!("the complications cannot be read: {error}"))?;
    file.complications.into_iter().map(|line| resolve(line, signs)).collect()
}

fn resolve(line: Line, signs: &Signs) -> Result<Complication, String> {
    let id = line.id;
    let found_at = Level::from_word(&line.found_at).ok_or_else(|| format!("`{id}`: `{}` is no level", line.found_at))?;
    if line.onset.0 > line.onset.1 || line.stages.len() > 32 {
        return Err(format!("`{id}`: its onset must rise and it may have at most 32 stages"));
    }
    let mut stages = vec![];
    for stage in line.stages {
        let each = stage.signs.iter().map(|word| signs.sign(word).ok_or_else(|| format!("`{id}`: there is no sign `{word}`")));
        let signs = each.collect::<Result<Vec<Sign>, String>>()?;
        stages.push(Stage {
            from: stage.day,
            until: stage.until.unwrap_or(i32::MAX),
            signs,
            share: stage.share.unwrap_or(1.0),
            once: stage.once,
        });
    }
    Ok(Complication {
        id,
        name: line.name,
        source: line.source,
        harmless: line.harmless,
        found_at,
        by_reading: line.found_by_reading,
        per_procedure: line.per_procedure,
        per_year: line.per_year,
        onset: line.onset,
        pain: line.pain,
        stalls: line.stalls,
        lasts: line.lasts,
        stages,
    })
}

/// Whose complications: everybody's at their rates, or one given to each person so that there are enough to count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Lot {
    /// At their rates, times this.
    Rates(f64),
    /// Exactly one serious complication a person, in turn; harmless ones at their rates.
    OneEach,
}

/// What one person gets over `days` days. The same for every pathway tried on them.
pub fn draw(kinds: &[Complication], lot: Lot, seed: u64, patient: u64, days: i32) -> Vec<Going> {
    let serious = kinds.iter().filter(|kind| !kind.harmless).count().max(1) as u64;
    let mut turn = 0u64;
    let mut goings = vec![];
    for (place, kind) in kinds.iter().enumerate() {
        let mut chance = stream(seed, patient, Purpose::Complication, place as u64);
        let factor = match lot {
            Lot::OneEach if !kind.harmless => {
                let mine = patient % serious == turn;
                turn += 1;
                if mine {
                    goings.extend(Going::begin(place, kind, days, &mut chance));
                }
                continue;
            }
            Lot::Rates(factor) if !kind.harmless => factor,
            _ => 1.0,
        };
        if happens(&mut chance, kind.per_procedure * factor) {
            goings.extend(Going::begin(place, kind, days, &mut chance));
        }
        // At most a handful of one kind in one person's trial.
        let mean = kind.per_year * factor * f64::from(days) / 365.0;
        for _ in 0..16 {
            if happens(&mut chance, mean / 16.0) {
                goings.extend(Going::begin(place, kind, days, &mut chance));
            }
        }
    }
    goings
}

/// One complication of one person.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Going {
    /// Its kind, by place.
    pub kind: usize,
    /// Day of the first symptom.
    pub onset: i32,
    /// Which stages this person has, by bit.
    stages: u32,
    /// The first day without it: treated, or over.
    pub ends: i32,
    /// The day of the first verdict that counts as found.
    pub found: Option<i32>,
    /// The first day on which the reading stood at *lasting change*.
    pub read: Option<i32>,
    /// Whether a check-in has been sent since it began.
    pub told: bool,
    /// Level of the course on the first day, for a recovery that stalls.
    held: Option<f64>,
}

impl Going {
    fn begin(place: usize, kind: &Complication, days: i32, chance: &mut crate::chance::Chance) -> Option<Going> {
        let last = kind.onset.1.min(days - ROOM_DAYS);
        if last < kind.onset.0 {
            return None;
        }
        let onset = whole(chance, kind.onset.0, last);
        let mut stages = 0u32;
        for (bit, stage) in kind.stages.iter().enumerate() {
            if unit(chance) < stage.share {
                stages |= 1 << bit;
            }
        }
        Some(Going { kind: place, onset, stages, ends: onset + kind.lasts, found: None, read: None, told: false, held: None })
    }

    /// Whether it is going on.
    pub fn is_on(&self, day: i32) -> bool {
        self.onset <= day && day < self.ends
    }

    /// Whether it is going on, or is so lately over that it still hurts.
    pub fn is_felt(&self, day: i32) -> bool {
        self.onset <= day && day < self.ends.saturating_add(TREATED_FADES as i32)
    }

    /// Treatment begins: it is over the next day.
    pub fn treat(&mut self, day: i32) {
        self.ends = self.ends.min((day + 1).max(self.onset));
    }

    /// What it adds to pain on a day whose course stands at `level`.
    pub fn pain(&mut self, kind: &Complication, day: i32, level: f64) -> f64 {
        if day < self.onset {
            return 0.0;
        }
        let last = day.min(self.ends);
        let since = f64::from(last - self.onset);
        let Pain { at_once, fades, a_day, most } = kind.pain;
        let faded = fades.map_or(1.0, |fades| libm::exp(-since / fades));
        let stalled = if kind.stalls { (*self.held.get_or_insert(level) - level).max(0.0) } else { 0.0 };
        let added = at_once * faded + (a_day * (since + 1.0)).min(most) + stalled;
        // Most of what is over never hurt.
        if day < self.ends || added == 0.0 { added } else { added * libm::exp(-f64::from(day - self.ends) / TREATED_FADES) }
    }

    /// What shows on a day.
    pub fn signs<'a>(&self, kind: &'a Complication, day: i32) -> impl Iterator<Item = Sign> + 'a {
        let (on, since, has, told) = (self.is_on(day), day - self.onset, self.stages, self.told);
        let here = move |(bit, stage): &(usize, &Stage)| {
            on && has & (1 << bit) != 0 && stage.from <= since && since <= stage.until && !(stage.once && told)
        };
        kind.stages.iter().enumerate().filter(here).flat_map(|(_, stage)| stage.signs.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn kinds() -> Vec<Complication> {
        parse(SHIPPED, &Signs::parse(crate::signs::SHIPPED).unwrap()).unwrap()
    }

    #[test]
    fn rates_are_as_written() {
        let kinds = kinds();
        let mut counts = vec![0u32; kinds.len()];
        for patient in 0..20_000 {
            draw(&kinds, Lot::Rates(1.0), 3, patient, 365).iter().for_each(|going| counts[going.kind] += 1);
        }
        let of = |id: &str| counts[kinds.iter().position(|kind| kind.id == id).unwrap()];
        // 34 expected of discitis with fever, SD 6; 40,000 colds.
        assert!((15..=55).contains(&of("discitis-with-fever")), "{}", of("discitis-with-fever"));
        assert!((39_000..=41_000).contains(&of("cold")), "{}", of("cold"));
    }

    #[test]
    fn everybody_gets_one_and_the_same_whatever_is_tried() {
        let kinds = kinds();
        for patient in 0..100 {
            let goings = draw(&kinds, Lot::OneEach, 3, patient, 365);
            assert_eq!(goings.iter().filter(|going| !kinds[going.kind].harmless).count(), 1);
            assert_eq!(goings, draw(&kinds, Lot::OneEach, 3, patient, 365));
        }
        assert!(draw(&kinds, Lot::OneEach, 3, 1, 20).iter().all(|going| kinds[going.kind].harmless), "no room for it to be found");
    }

    #[test]
    fn it_shows_in_stages_until_it_is_treated() {
        let signs = Signs::parse(crate::signs::SHIPPED).unwrap();
        let kinds = kinds();
        let place = kinds.iter().position(|kind| kind.id == "cauda-equina").unwrap();
        let mut going = Going { kind: place, onset: 10, stages: u32::MAX, ends: 15, found: None, read: None, told: false, held: None };
        let shows = |going: &Going, day| {
            going.signs(&kinds[place], day).map(|sign| signs.words()[usize::from(sign)].to_string()).collect::<Vec<_>>()
        };
        assert!(shows(&going, 9).is_empty());
        assert_eq!(shows(&going, 11), ["both-legs-pain", "urine-hard", "saddle"]);
        going.treat(11);
        assert!(shows(&going, 12).is_empty() && !shows(&going, 11).is_empty());
        assert!(going.pain(&kinds[place], 40, 2.0) < 0.1);
    }
}
