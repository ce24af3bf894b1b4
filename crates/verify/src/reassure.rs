//! Does taking an answer away ever reassure?
//!
//! The same event in the same record, once with an answer to a question and once with that question left open. Three things
//! must hold in every state, for every question:
//!
//! 1. *A safety question that is due once it is open*: the level stays at attention, or at what it was if that was lower. The
//!    engine sees to it where it counts as unknown; it can fail where a number stands for the empty answer. What a safety rule
//!    rests on counts as a safety question, also by way of *felt worse* or of a number that stands for an empty answer.
//! 2. *Nothing is earned by silence*: where, whatever is answered to the question, no rule below `otherwise` speaks, none speaks
//!    when it is open. (A rule can hold because an answer is absent only by way of `not`.)
//! 3. *A question that is not a safety question*: a rule that does not name it is not lost with it.
//!
//! Beyond that, the note names questions that are not safety questions and where, whatever is answered, rules that do name them
//! reach a level that they do not reach when it is open: an absent answer makes a condition false, as it must, but the author may
//! have meant otherwise.
//!
//! Not covered, because semantics.md says so: a question that is not due is not unknown (an answer outside its window may be
//! left out without a trace), and whether *another* question is due may hang on this one (`asked when mood answered`): what is
//! no longer asked is no longer missed. States of an import, where a question was never put, are left out.

use crate::Ground;
use crate::level::{Reach, depends_on};
use crate::record::{Story, in_words};
use crate::report::{Outcome, Verified, Witness};
use crate::search::find;
use crate::space::Shape;
use biodivine_lib_bdd::{Bdd, BddVariable};
use lamella_engine::triage::{Value, Verdict};
use lamella_pathway::Question;
use lamella_record::Level;

/// Property 4.
pub(crate) fn unknown_never_reassures(ground: &Ground) -> Outcome {
    let possible = ground.space.possible().and(&ground.space.all_asked());
    let mut witness = None;
    let (mut notes, mut doubts) = (vec![], vec![]);
    for (place, question) in ground.pathway.questions.iter().enumerate() {
        let away = Away::of(ground, place as u16, question, &possible);
        for (what, found) in away.broken() {
            let unreached =
                if found.is_some() { "" } else { "; the past this takes is over-approximated, and no record was found that has it" };
            notes.push(format!("`{}`: {what}{unreached}", question.id));
            witness = witness.or(found);
        }
        doubts.extend(away.doubts());
    }
    Outcome {
        property: "unknown-never-reassures".to_string(),
        outcome: if notes.is_empty() { Verified::Proved } else { Verified::Refuted },
        space: possible.exact_cardinality().to_string(),
        seconds: 0.0,
        witness,
        note: notes.into_iter().chain(doubts).collect::<Vec<String>>().join("\n"),
    }
}

/// One question's answer taken away.
struct Away<'a, 'g> {
    ground: &'a Ground<'g>,
    place: u16,
    question: &'a Question,
    /// The bits of its answer, all off.
    blank: Vec<(BddVariable, bool)>,
    /// The states there are.
    possible: &'a Bdd,
    /// Per rule: whether it depends on the answer.
    hangs: Vec<bool>,
}

impl<'a, 'g> Away<'a, 'g> {
    fn of(ground: &'a Ground<'g>, place: u16, question: &'a Question, possible: &'a Bdd) -> Away<'a, 'g> {
        let blank = ground.space.blank(place);
        let hangs = ground.levels.rules.iter().map(|rule| depends_on(&rule.holds, &blank)).collect();
        Away { ground, place, question, blank, possible, hangs }
    }

    fn broken(&self) -> Vec<(String, Option<Witness>)> {
        let mut broken = vec![];
        for level in [Level::Watch, Level::Attention, Level::Emergency] {
            if level < Level::Emergency && self.counts_as_safety() {
                self.say(&mut broken, self.open_is_lower(level), |story| self.says_open(story));
            }
            self.say(&mut broken, self.earned_by_silence(level), |story| self.says_whatever(story, level));
            if !self.question.safety {
                self.say(&mut broken, self.rule_lost(level), |story| self.says_rule(story));
            }
        }
        broken
    }

    /// What the author may have meant otherwise.
    fn doubts(&self) -> Vec<String> {
        let mut doubts = vec![];
        for level in [Level::Watch, Level::Attention, Level::Emergency].into_iter().filter(|_| !self.question.safety) {
            self.say(&mut doubts, self.less_than_any_answer(level), |story| self.says_whatever(story, level));
        }
        doubts.into_iter().filter(|(_, found)| found.is_some()).map(|(what, _)| format!("to consider: {what}")).collect()
    }

    fn say(&self, broken: &mut Vec<(String, Option<Witness>)>, states: Bdd, says: impl Fn(Story<'g>) -> Option<(String, Story<'g>)>) {
        if states.is_false() {
            return;
        }
        let found = find(self.ground, &states, says);
        let what = found.as_ref().map_or("leaving it open lowers the level".to_string(), |witness| witness.says.clone());
        if !broken.iter().any(|(there, _)| *there == what) {
            broken.push((what, found));
        }
    }

    // ---- the three questions -------------------------------------------------------------------------------------------

    /// With an answer the level is at least this, without it is not, though the question is due.
    fn open_is_lower(&self, level: Level) -> Bdd {
        let space = self.ground.space;
        let due = self.ground.judge.due(self.place).and_not(&space.on(space.stopped));
        let due = if self.question.id == "pain" { due.or(&space.on(space.stopped)) } else { due };
        // Where no number stands for an empty answer, being due and open is being unknown: nothing is left.
        let unknown = self.ground.levels.unknown.get(usize::from(self.place)).map_or(space.set.mk_false(), |unknown| self.without(unknown));
        let open = self.without(&due).and_not(&unknown).and(&self.ground.judge.answered(self.place));
        if open.is_false() { open } else { self.low_when_open(level, open.and(self.possible).and(&self.high(level))) }
    }

    /// Whatever is answered, no rule below the level speaks and `otherwise` reaches it; left open, one does speak.
    fn earned_by_silence(&self, level: Level) -> Bdd {
        if self.ground.levels.otherwise < level || !self.hanging().any(|rule| rule.level < level) {
            return self.ground.space.set.mk_false();
        }
        self.low_whatever(level, &self.silent_below(level))
    }

    /// Whatever is answered, rules and floors reach the level; left open, it is lower.
    fn less_than_any_answer(&self, level: Level) -> Bdd {
        if self.hanging().next().is_none() {
            return self.ground.space.set.mk_false();
        }
        self.low_whatever(level, &self.reached_by_answer(level))
    }

    /// The states with the question open and a level below this one, though `reached` holds whatever is answered.
    fn low_whatever(&self, level: Level, reached: &Bdd) -> Bdd {
        let bits: Vec<BddVariable> = self.blank.iter().map(|(bit, _)| *bit).collect();
        let sayable = self.ground.space.sayable(self.place);
        let open = sayable.imp(reached).for_all(&bits).and(&sayable.exists(&bits)).and(&self.nothing_said());
        if open.is_false() { open } else { self.low_when_open(level, open.and(self.possible)) }
    }

    /// A rule of this level that does not name the question holds with an answer; without, the level is lower.
    fn rule_lost(&self, level: Level) -> Bdd {
        let unnamed = self.hanging().filter(|rule| rule.level >= level && !rule.reads.contains(&self.place));
        let lost = unnamed.fold(self.ground.space.set.mk_false(), |bdd, rule| bdd.or(&rule.holds));
        if lost.is_false() { lost } else { self.low_when_open(level, lost.and(&self.answered())) }
    }

    // ---- levels with and without the answer ----------------------------------------------------------------------------

    fn hanging(&self) -> impl Iterator<Item = &Reach> {
        self.ground.levels.rules.iter().zip(&self.hangs).filter(|(_, hangs)| **hangs).map(|(rule, _)| rule)
    }

    /// A safety question, or one that a safety rule rests on.
    fn counts_as_safety(&self) -> bool {
        self.question.safety || self.hanging().any(|rule| rule.safety)
    }

    fn answered(&self) -> Bdd {
        self.possible.and(&self.ground.judge.answered(self.place))
    }

    /// The question is left open.
    fn nothing_said(&self) -> Bdd {
        self.ground.judge.answered(self.place).not()
    }

    /// What a set of states looks like from the states with the answer: those that are in it once the answer is gone.
    fn without(&self, states: &Bdd) -> Bdd {
        states.restrict(&self.blank)
    }

    /// The engine's level is at least this, by what hangs on the answer; what does not is the same without it.
    fn high(&self, level: Level) -> Bdd {
        let reached = self.reached_by_answer(level);
        if level > Level::Attention {
            return reached;
        }
        self.ground.levels.unknown.iter().rev().fold(reached, |high, unknown| high.or(unknown))
    }

    /// The rules that hang on the answer, its own floors, or `otherwise` reach this level, unless a rule that does not hang on
    /// it speaks.
    fn reached_by_answer(&self, level: Level) -> Bdd {
        let levels = self.ground.levels;
        let floors = levels.floors.iter().filter(|floor| floor.reads.contains(&self.place));
        let reaching = self.hanging().chain(floors).filter(|reach| reach.level >= level);
        let reached = reaching.fold(self.ground.space.set.mk_false(), |bdd, reach| bdd.or(&reach.holds));
        if levels.otherwise < level { reached } else { reached.or(&self.silent_below(level)) }
    }

    /// No rule below this level speaks.
    fn silent_below(&self, level: Level) -> Bdd {
        let low = self.ground.levels.rules.iter().filter(|rule| rule.level < level);
        low.fold(self.ground.space.set.mk_true(), |bdd, rule| bdd.and_not(&rule.holds))
    }

    /// The states of `within` whose level is below this one once the answer is gone.
    fn low_when_open(&self, level: Level, within: Bdd) -> Bdd {
        let levels = self.ground.levels;
        let mut left = within;
        for unknown in levels.unknown.iter().filter(|_| level <= Level::Attention) {
            if left.is_false() {
                return left;
            }
            left = left.and_not(&self.without(unknown));
        }
        let rules = levels.rules.iter().zip(&self.hangs).filter(|(rule, _)| rule.level >= level);
        let floors = levels.floors.iter().filter(|floor| floor.level >= level && !floor.reads.contains(&self.place));
        for (reach, hangs) in rules.map(|(rule, hangs)| (rule, *hangs)).chain(floors.map(|floor| (floor, false))) {
            if left.is_false() {
                return left;
            }
            left = if hangs { left.and_not(&self.without(&reach.holds)) } else { left.and_not(&reach.holds) };
        }
        if levels.otherwise < level {
            return left;
        }
        let low = levels.rules.iter().filter(|rule| rule.level < level);
        let silent =
            low.fold(left.clone(), |silent, rule| if silent.is_false() { silent } else { silent.and_not(&self.without(&rule.holds)) });
        left.and_not(&silent)
    }

    // ---- witnesses -----------------------------------------------------------------------------------------------------

    fn says_open(&self, story: Story<'g>) -> Option<(String, Story<'g>)> {
        let (with, open, without) = self.both(&story)?;
        let lower = without.level < with.level.min(Level::Attention);
        lower.then(|| (self.lowered(&story, &with, &without), open))
    }

    fn says_rule(&self, story: Story<'g>) -> Option<(String, Story<'g>)> {
        let (with, open, without) = self.both(&story)?;
        let named = |id: &str| self.ground.pathway.rules.iter().find(|rule| rule.id == id);
        let lost = with.rules.iter().filter(|hit| hit.level > without.level);
        let lost = lost.filter_map(|hit| named(&hit.id)).find(|rule| !rule.reads.contains(&self.place))?;
        let says = format!("{}; the rule `{}` does not name it, and is lost", self.lowered(&story, &with, &without), lost.id);
        Some((says, open))
    }

    fn says_whatever(&self, story: Story<'g>, level: Level) -> Option<(String, Story<'g>)> {
        let open = story.verdict()?.level;
        let reaches = |value: &Value| {
            let verdict = story.with(self.place, Some(*value)).verdict();
            verdict.is_some_and(|verdict| verdict.rules.iter().any(|hit| hit.level >= level))
        };
        let whatever = open < level && self.answers().iter().all(reaches);
        let says = format!("whatever is answered to `{}`, the rules give at least `{level}`; left open, it is `{open}`", self.question.id);
        whatever.then_some((says, story))
    }

    /// The verdict with the answer, the story without it, and its verdict.
    fn both(&self, story: &Story<'g>) -> Option<(Verdict, Story<'g>, Verdict)> {
        let open = story.with(self.place, None);
        let without = open.verdict()?;
        Some((story.verdict()?, open, without))
    }

    fn lowered(&self, story: &Story, with: &Verdict, without: &Verdict) -> String {
        let answer = story.answers().get(&self.place).map_or(String::new(), |value| in_words(self.question, *value));
        format!("with `{}` {answer} the level is `{}`, with it left open `{}`", self.question.id, with.level, without.level)
    }

    /// Answers that stand for every other: each code, a number of each stretch.
    fn answers(&self) -> Vec<Value> {
        match self.ground.space.questions.get(usize::from(self.place)).map(|asking| &asking.shape) {
            Some(Shape::Number(_, stretches)) => stretches.iter().map(|(least, _)| Value::Number(*least)).collect(),
            Some(Shape::One(_) | Shape::Any(_)) => (0..self.question.codes.len()).map(|code| Value::Codes(1 << code)).collect(),
            None => vec![],
        }
    }
}
