//! Properties of a pathway over its whole answer space, each proved or refuted with a witness.
//!
//! A *state* is everything a verdict can depend on: the answers of one event, its day, the phase, the person, and what the
//! engine remembers of earlier check-ins. Every condition of the pathway language has an exact encoding over such states as a
//! binary decision diagram, so that a property is decided for all of them at once, never by sampling. What is refuted is shown
//! as a record, and only after [`lamella_engine::assess`] has judged that record and agreed.
//!
//! ```
//! use lamella_verify::{Outcome, Report, Verified};
//! let report = Report { revision: "1".into(), hash: String::new(), properties: vec![] };
//! assert!(report.proved());
//! # let _: Option<(Outcome, Verified)> = None;
//! ```

#[cfg(test)]
mod agree;
mod complete;
mod condition;
mod history;
mod level;
mod reassure;
mod record;
mod report;
mod search;
mod simplest;
mod space;
mod state;
mod unmaskable;

pub use report::{Outcome, Report, Verified, Witness};

use condition::Judge;
use lamella_pathway::Compiled;
use level::Levels;
use space::Space;
use std::time::Instant;

/// What every property is decided from: the states there are, the conditions over them, and the levels the rules give.
pub(crate) struct Ground<'p> {
    pub pathway: &'p Compiled,
    pub space: &'p Space<'p>,
    pub judge: &'p Judge<'p>,
    pub levels: &'p Levels,
}

/// Decides every property of a pathway. Takes seconds; memory in the tens of megabytes for a pathway of a hundred rules.
pub fn verify(pathway: &Compiled) -> Report {
    let space = Space::of(pathway);
    let judge = Judge::of(&space);
    let levels = Levels::of(&judge);
    let ground = Ground { pathway, space: &space, judge: &judge, levels: &levels };
    let properties = [complete::complete, unmaskable::unmaskable, reassure::unknown_never_reassures];
    Report {
        revision: pathway.revision.clone(),
        hash: pathway.hash.clone(),
        properties: properties.iter().map(|property| timed(|| property(&ground))).collect(),
    }
}

fn timed(decide: impl Fn() -> Outcome) -> Outcome {
    let start = Instant::now();
    let mut outcome = decide();
    outcome.seconds = start.elapsed().as_secs_f64();
    outcome
}
