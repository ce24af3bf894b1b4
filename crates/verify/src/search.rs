//! Is there a record that breaks a property, and does the engine agree?

use crate::Ground;
use crate::record::{EVENT, Story};
use crate::report::Witness;
use crate::simplest::{Answers, simplest};
use crate::state::State;
use biodivine_lib_bdd::Bdd;
use lamella_engine::triage::Verdict;
use lamella_record::Level;

/// How many states are tried before a search gives up: each is the plainest of those left, so a record is found at once or the
/// past it needs cannot be.
const TRIES: usize = 60;

/// A record for one of these states, if `broken` says what is violated and in which story; `None` if none could be built within
/// bounds.
///
/// States whose past no record gives are over-approximations; each is set aside with all that share its past.
pub(crate) fn find<'g>(ground: &Ground<'g>, states: &Bdd, broken: impl Fn(Story<'g>) -> Option<(String, Story<'g>)>) -> Option<Witness> {
    let mut left = states.clone();
    for _ in 0..TRIES {
        let state = simplest(ground, &left, Answers::Due)?;
        for day in state.days(ground.space) {
            let story = Story::of(ground, &state, day).and_then(Story::in_phase);
            if let Some((says, story)) = story.and_then(&broken) {
                return Some(witness(&story, says));
            }
        }
        left = left.and_not(&circumstances(ground, &state));
    }
    None
}

fn witness(story: &Story, says: String) -> Witness {
    let assume = story.assume();
    let says = assume.iter().fold(says, |says, reading| format!("{says}, under `--assume reading={reading}`"));
    Witness { record: story.record(), at: story.at(), assume, event: EVENT.to_string(), says }
}

/// How many states, and how rare they are: `17 states (1 of every 230)`.
pub(crate) fn counted(states: &Bdd, of: &Bdd, what: &str) -> String {
    let (some, all) = (states.exact_cardinality(), of.exact_cardinality());
    if states.is_false() { format!("0 {what}") } else { format!("{some} {what} (1 of every {})", all / &some) }
}

/// All states with the same kind of event, stretch of days and past.
pub(crate) fn circumstances(ground: &Ground, state: &State) -> Bdd {
    let space = ground.space;
    let past = space.dials.iter().enumerate().filter(|(place, dial)| dial.past && state.on(*place)).map(|(place, _)| place);
    let places = past.chain([space.stopped, space.day]).chain(space.phase).chain(space.begun);
    places.fold(space.set.mk_true(), |bdd, place| bdd.and(&space.is(place, state.at(place))))
}

/// The level that the rules of a verdict give, without the floors, and which rules give it.
pub(crate) fn rules_of(verdict: &Verdict) -> (Level, Vec<&str>) {
    let rules = || verdict.rules.iter().filter(|hit| hit.id != "floor");
    let level = rules().map(|hit| hit.level).max().unwrap_or(Level::Expected);
    (level, rules().filter(|hit| hit.level == level).map(|hit| hit.id.as_str()).collect())
}

/// `a`, `b` and `c`, each in backquotes.
pub(crate) fn listed(ids: &[&str]) -> String {
    ids.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ")
}
