//! Do the rules alone reach the floor of every safety answer, whatever else is said, on every day, in every phase, for every
//! past and person?
//!
//! An answer given outside its window is judged all the same, so every answer that has a floor counts, due or not, and in
//! *it hurt, so I stopped* as well. `otherwise` counts as what the rules say where none speaks, as in the engine.

use crate::Ground;
use crate::record::Story;
use crate::report::{Outcome, Verified, Witness};
use crate::search::{counted, find, listed, rules_of};
use biodivine_lib_bdd::Bdd;
use lamella_pathway::{Floor, Question};

/// Property 2.
pub(crate) fn unmaskable(ground: &Ground) -> Outcome {
    let possible = ground.space.possible();
    let mut witness = None;
    let mut notes = vec![];
    let mut floors = ground.levels.floors.iter();
    for (place, question) in ground.pathway.questions.iter().enumerate() {
        for floor in &question.floors {
            let Some(reach) = floors.next() else { continue };
            let given = possible.and(&reach.holds);
            let masked = ground.levels.rules_below(floor.level, given, &[place as u16]);
            if !masked.is_false() {
                let rare = counted(&masked, &possible, "states");
                notes.push(broken(ground, (place as u16, question, floor), (&masked, &rare), &mut witness));
            }
        }
    }
    Outcome {
        property: "unmaskable".to_string(),
        outcome: if notes.is_empty() { Verified::Proved } else { Verified::Refuted },
        space: possible.exact_cardinality().to_string(),
        seconds: 0.0,
        witness,
        note: notes.join("\n"),
    }
}

/// A line on a floor that is not always reached; the first that a record shows becomes the witness.
fn broken(
    ground: &Ground,
    (place, question, floor): (u16, &Question, &Floor),
    (masked, rare): (&Bdd, &str),
    witness: &mut Option<Witness>,
) -> String {
    let code = question.codes.get(usize::from(floor.code)).map_or("", String::as_str);
    let what = format!("`{}` is `{code}`: the floor `{}` is not reached in {rare}", question.id, floor.level);
    let found = find(ground, masked, |story| says(&story, (place, question, floor)).map(|says| (says, story)));
    let shown = found.is_some();
    if witness.is_none() {
        *witness = found;
    }
    if shown { what } else { format!("{what}; the past they need is over-approximated, and no record was found that has it") }
}

fn says(story: &Story, (place, question, floor): (u16, &Question, &Floor)) -> Option<String> {
    let verdict = story.verdict()?;
    let (level, rules) = rules_of(&verdict);
    let understood = story.answers().contains_key(&place) && !verdict.unknown.iter().any(|unknown| unknown.question == question.id);
    let code = question.codes.get(usize::from(floor.code)).map_or("", String::as_str);
    let (floor, rules) = (floor.level, listed(&rules));
    (understood && level < floor)
        .then(|| format!("`{}` is answered `{code}`, whose floor is `{floor}`, but the rules alone give `{level}` ({rules})", question.id))
}
