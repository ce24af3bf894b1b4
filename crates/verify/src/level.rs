//! Which level do the rules alone give, and which does the engine make of it?

use crate::condition::Judge;
use biodivine_lib_bdd::{Bdd, BddVariable};
use lamella_pathway::Rule;
use lamella_record::Level;

/// A rule, or a floor, over all states.
pub(crate) struct Reach {
    pub level: Level,
    /// Where it decides.
    pub holds: Bdd,
    /// The questions it names.
    pub reads: Vec<u16>,
    pub safety: bool,
}

/// What makes the level of a state.
pub(crate) struct Levels {
    pub rules: Vec<Reach>,
    pub floors: Vec<Reach>,
    pub otherwise: Level,
    /// Per question: it is unknown.
    pub unknown: Vec<Bdd>,
}

impl Levels {
    /// The levels of a pathway.
    pub fn of(judge: &Judge) -> Levels {
        let pathway = judge.space.pathway;
        Levels {
            rules: pathway.rules.iter().map(|rule| reach(judge, rule)).collect(),
            floors: floors(judge),
            otherwise: pathway.otherwise,
            unknown: unknown(judge),
        }
    }

    /// The states of `within` whose rules stay below a level; `otherwise` counts as what the rules say where none speaks.
    ///
    /// Rules that share an answer with `first` are taken first: they are the likeliest to leave nothing.
    pub fn rules_below(&self, level: Level, within: Bdd, first: &[u16]) -> Bdd {
        let near = |reach: &&Reach| !first.is_empty() && first.iter().any(|question| reach.reads.contains(question));
        let high = || self.rules.iter().filter(|reach| reach.level >= level);
        let ordered = high().filter(near).chain(high().filter(|reach| !near(reach)));
        let mut left = within;
        for reach in ordered {
            if left.is_false() {
                return left;
            }
            left = left.and_not(&reach.holds);
        }
        if self.otherwise >= level { self.some_rule(left, level) } else { left }
    }

    /// The states of `within` in which a rule below a level speaks.
    fn some_rule(&self, within: Bdd, level: Level) -> Bdd {
        let low = self.rules.iter().filter(|reach| reach.level < level);
        let silent = low.fold(within.clone(), |left, reach| if left.is_false() { left } else { left.and_not(&reach.holds) });
        within.and_not(&silent)
    }
}

fn reach(judge: &Judge, rule: &Rule) -> Reach {
    let holds = judge.holds(&rule.when);
    let at_check_ins = judge.space.is(judge.space.stopped, 0);
    let holds = if rule.on_stopped { holds } else { holds.and(&at_check_ins) };
    Reach { level: rule.level, holds, reads: rule.reads.clone(), safety: rule.safety }
}

fn floors(judge: &Judge) -> Vec<Reach> {
    let mut floors = vec![];
    for (place, question) in judge.space.pathway.questions.iter().enumerate() {
        for floor in &question.floors {
            let given = judge.has(place as u16, 1 << floor.code, false);
            let holds = floor.from_day.map_or(given.clone(), |day| given.and(&from(judge, day)));
            floors.push(Reach { level: floor.level, holds, reads: vec![place as u16], safety: true });
        }
    }
    floors
}

/// From a floor's day on; a day before the procedure is no bound.
fn from(judge: &Judge, day: i32) -> Bdd {
    if day < 0 { judge.space.set.mk_true() } else { judge.space.since_day(day) }
}

/// Per question: it is a due safety question and has no answer, or a *stopped* does not say how much it hurt.
fn unknown(judge: &Judge) -> Vec<Bdd> {
    let space = judge.space;
    let stopped = space.on(space.stopped);
    let mut unknown = vec![];
    for (place, question) in space.pathway.questions.iter().enumerate() {
        let due = if question.safety { judge.due(place as u16).and_not(&stopped) } else { space.set.mk_false() };
        let due = if question.id == "pain" { due.or(&stopped) } else { due };
        unknown.push(due.and_not(&judge.present(place as u16)));
    }
    unknown
}

/// Whether a diagram depends on one of these bits.
pub(crate) fn depends_on(bdd: &Bdd, bits: &[(BddVariable, bool)]) -> bool {
    let support = bdd.support_set();
    bits.iter().any(|(bit, _)| support.contains(bit))
}
