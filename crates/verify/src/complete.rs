//! Does every combination reach a rule or `otherwise`, and does none reach *expected* unless a rule says so?
//!
//! The first half holds by construction: what no rule reaches is `otherwise`. How much that is, and what it looks like, is for
//! the author to know, so it is counted and sampled. The second half fails only where `otherwise` is itself *expected*.

use crate::Ground;
use crate::record::{Story, in_words};
use crate::report::{Outcome, Verified, Witness};
use crate::search::{circumstances, counted, find};
use crate::simplest::{Answers, simplest};
use crate::space::Shape;
use crate::state::State;
use biodivine_lib_bdd::Bdd;
use lamella_engine::triage::Value;
use lamella_pathway::Question;
use lamella_record::Level;

/// How many combinations that no rule reaches are shown.
const SAMPLES: usize = 5;
/// How many are looked at to find one of a kind.
const TRIES: usize = 10;

/// Property 1.
pub(crate) fn complete(ground: &Ground) -> Outcome {
    let possible = ground.space.possible();
    let unreached = unreached(ground, &possible);
    let unearned = if ground.levels.otherwise == Level::Expected { expected(ground, &unreached) } else { ground.space.set.mk_false() };
    let witness = find(ground, &unearned, |story| says(&story).map(|says| (says, story)));
    Outcome {
        property: "complete".to_string(),
        outcome: if unearned.is_false() { Verified::Proved } else { Verified::Refuted },
        space: possible.exact_cardinality().to_string(),
        seconds: 0.0,
        note: note(ground, (&unreached, &possible), &unearned, &witness),
        witness,
    }
}

/// The states that reach `otherwise` only.
pub(crate) fn unreached(ground: &Ground, possible: &Bdd) -> Bdd {
    let rules = ground.levels.rules.iter().rev();
    rules.fold(possible.clone(), |left, rule| left.and_not(&rule.holds))
}

/// Those of them that end at *expected*: no floor, nothing unknown, nothing that was never asked.
fn expected(ground: &Ground, unreached: &Bdd) -> Bdd {
    let floors = ground.levels.floors.iter().filter(|floor| floor.level > Level::Expected).map(|floor| &floor.holds);
    let raised = floors.chain(&ground.levels.unknown);
    raised.fold(unreached.and(&ground.space.all_asked()), |left, raised| left.and_not(raised))
}

/// The check-ins as they are put: every due question answered, and no other.
fn as_asked(ground: &Ground, within: &Bdd) -> Bdd {
    let space = ground.space;
    let mut left = within.and(&space.is(space.stopped, 0)).and(&space.all_asked());
    for question in 0..space.questions.len() as u16 {
        left = left.and(&ground.judge.answered(question).iff(&ground.judge.due(question)));
    }
    left
}

fn says(story: &Story) -> Option<String> {
    let verdict = story.verdict()?;
    let silent = verdict.rules.iter().all(|hit| hit.id == "otherwise");
    (silent && verdict.level == Level::Expected).then(|| "no rule speaks, and `otherwise` makes it `expected`".to_string())
}

fn note(ground: &Ground, (unreached, possible): (&Bdd, &Bdd), unearned: &Bdd, witness: &Option<Witness>) -> String {
    let asked = as_asked(ground, unreached);
    let mut lines = vec![format!(
        "{} reach only `otherwise` ({}); of those that answer every due question and no other, {}",
        counted(unreached, possible, "combinations"),
        ground.levels.otherwise,
        counted(&asked, &as_asked(ground, possible), "do"),
    )];
    if !unearned.is_false() && witness.is_none() {
        lines.push("the past that this takes is over-approximated, and no record was found that has it".to_string());
    }
    lines.extend(samples(ground, &asked).into_iter().map(|sample| format!("for example {sample}")));
    lines.join("\n")
}

/// Plain combinations of several kinds, judged by the engine as well.
fn samples(ground: &Ground, left: &Bdd) -> Vec<String> {
    let mut samples: Vec<String> = vec![];
    for kind in kinds(ground) {
        let sample = sample(ground, left.and(&kind)).filter(|sample| !samples.contains(sample));
        samples.extend(sample);
    }
    samples.truncate(SAMPLES);
    samples
}

/// What the samples should show beside the plainest: a known usual, much pain, a late day, much of everything, a day before the
/// procedure.
fn kinds(ground: &Ground) -> Vec<Bdd> {
    let space = ground.space;
    let mut numbers = space.questions.iter().filter_map(|asking| match &asking.shape {
        Shape::Number(place, stretches) => Some((*place, stretches.len(), asking.usual)),
        _ => None,
    });
    let number = numbers.next();
    let most = number.map(|(place, size, _)| space.is(place, size));
    let usual = number.and_then(|(_, _, usual)| usual).map(|usual| space.on(usual));
    let last = space.is(space.day, space.days.len().saturating_sub(1));
    let severe = space.questions.iter().find_map(|asking| match &asking.shape {
        Shape::Any(places) => places.last().map(|place| space.on(*place)),
        _ => None,
    });
    [Some(space.set.mk_true()), usual, most, severe, Some(last), Some(space.is(space.day, 0))].into_iter().flatten().collect()
}

/// The plainest of these combinations that the engine judges so too.
fn sample(ground: &Ground, mut left: Bdd) -> Option<String> {
    for _ in 0..TRIES {
        let state = simplest(ground, &left, Answers::Due)?;
        let agrees = |day: &i32| {
            let story = Story::of(ground, &state, *day).and_then(Story::in_phase);
            let verdict = story.and_then(|story| story.verdict());
            verdict.is_some_and(|verdict| verdict.rules.iter().all(|hit| matches!(hit.id.as_str(), "otherwise" | "floor")))
        };
        if let Some(day) = state.days(ground.space).into_iter().find(agrees) {
            return Some(described(ground, &state, day));
        }
        left = left.and_not(&circumstances(ground, &state));
    }
    None
}

fn is_plain(question: &Question, value: Value) -> bool {
    let mildest = |bits: u64| question.ranks.iter().enumerate().all(|(code, rank)| bits >> code & 1 == 0 || *rank == 0);
    match value {
        Value::Codes(bits) if question.normal != 0 => bits & !question.normal == 0,
        Value::Codes(bits) => question.preset == Some(bits as i64) || mildest(bits),
        Value::Number(number) => number == question.range.0 || question.preset == Some(i64::from(number)),
    }
}

/// `day 9: against-usual worse, pain 3 (usual 2)`.
fn described(ground: &Ground, state: &State, day: i32) -> String {
    let mut parts = vec![];
    for (place, question) in ground.pathway.questions.iter().enumerate() {
        let Some(value) = state.value(ground.space, place as u16).filter(|value| !is_plain(question, *value)) else { continue };
        let usual = state.usual(ground.space, place as u16).map_or(String::new(), |usual| format!(" (usual {usual})"));
        parts.push(format!("`{}` {}{usual}", question.id, in_words(question, value)));
    }
    let first = if state.at_if(ground.space.begun) == 0 && ground.space.begun.is_some() { ", first check-in" } else { "" };
    let said = if parts.is_empty() { "nothing but the plainest answers".to_string() } else { parts.join(", ") };
    format!("day {day}{first}: {said}")
}
