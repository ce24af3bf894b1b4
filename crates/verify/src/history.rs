//! Which earlier check-ins leave the engine remembering what a state says it remembers?
//!
//! An answer, not a proof: what is built here is judged by the engine, and thrown away if it does not agree.

use crate::Ground;
use crate::simplest::{Answers, simplest};
use crate::space::{Past, SeenCodes};
use crate::state::State;
use biodivine_lib_bdd::Bdd;
use lamella_engine::triage::Value;
use lamella_pathway::{Asked, Cond, Form};
use std::collections::BTreeMap;

/// Today and the three days before never enter usual.
const BLIND_DAYS: i32 = 4;
/// Usual is laid down from this many days back: six of them.
const USUAL_DAYS: i32 = 9;
/// Beside a run, so that the run does not move it, and that it was known on the days of the run as well.
const USUAL_DAYS_OF_RUN: i32 = 20;

/// Answers of earlier check-ins by day.
pub(crate) type Earlier = BTreeMap<i32, BTreeMap<u16, Value>>;

/// Earlier check-ins for a state on a day, one a day at most.
pub(crate) fn history(ground: &Ground, state: &State, day: i32) -> Earlier {
    let mut past = Writer { ground, state, day, earlier: Earlier::new() };
    let questions = 0..ground.space.questions.len() as u16;
    questions.clone().for_each(|question| past.run(question));
    ground.space.seen_codes.iter().for_each(|seen| past.seen_codes(seen));
    ground.space.seen.iter().for_each(|seen| past.held_before(seen, 0));
    ground.space.lately.iter().for_each(|lately| past.held_before(lately, day - i32::from(lately.days) + 1));
    questions.for_each(|question| {
        past.recent(question);
        past.usual(question);
    });
    past.begun();
    ground.space.seen.iter().filter(|seen| !state.on(seen.place)).for_each(|seen| past.never_held(seen));
    past.earlier
}

struct Writer<'a> {
    ground: &'a Ground<'a>,
    state: &'a State,
    day: i32,
    earlier: Earlier,
}

impl Writer<'_> {
    /// Says an answer on a day, unless the question is answered there.
    fn say(&mut self, day: i32, question: u16, value: Value) {
        let day = day.max(0);
        self.earlier.entry(day).or_default().entry(question).or_insert(value);
    }

    fn free(&self, day: i32, question: u16) -> bool {
        self.earlier.get(&day).is_none_or(|answers| !answers.contains_key(&question))
    }

    // ---- usual and runs ------------------------------------------------------------------------------------------------

    /// Days of the usual number.
    fn usual(&mut self, question: u16) {
        let Some(usual) = self.state.usual(self.ground.space, question) else { return };
        let every = self.every_days(question).filter(|_| !self.is_recent(question));
        let last = self.day - every.unwrap_or(0).max(BLIND_DAYS);
        let runs = self.ground.space.runs.iter().filter(|run| run.cond.question() == Some(question));
        let running = runs.clone().any(|run| self.state.on(run.place));
        let first = self.day - if running { USUAL_DAYS_OF_RUN } else { USUAL_DAYS.max(every.unwrap_or(0) + USUAL_DAYS) };
        for day in first.max(0)..=last {
            self.say(day, question, Value::Number(usual));
        }
    }

    /// The days before today that make the runs of a question hold, or not.
    fn run(&mut self, question: u16) {
        let runs: Vec<&Past> = self.ground.space.runs.iter().filter(|run| run.cond.question() == Some(question)).collect();
        let longest = runs.iter().map(|run| i32::from(run.days) - 1).max().unwrap_or(0);
        let usual = self.state.usual(self.ground.space, question);
        let mut unbroken: Vec<&Past> = runs.iter().copied().filter(|run| !self.state.on(run.place)).collect();
        for back in 1..=longest.min(self.day) {
            let held: Vec<&Past> = runs.iter().copied().filter(|run| self.state.on(run.place) && i32::from(run.days) > back).collect();
            if held.is_empty() && (usual.is_none() || unbroken.is_empty()) {
                break;
            }
            let Some((value, felt)) = self.day_of_run(question, &held, &unbroken) else { break };
            unbroken.retain(|run| self.then(&run.cond, value, felt));
            self.say(self.day - back, question, value);
            if felt {
                self.feel_worse(self.day - back);
            }
        }
    }

    /// An answer on which all of `held` hold, and as few of the others as can be; whether the day must feel worse for it.
    fn day_of_run(&self, question: u16, held: &[&Past], unbroken: &[&Past]) -> Option<(Value, bool)> {
        let values = self.values(question, held);
        let fits = |felt: bool| {
            let fit = values.iter().filter(move |value| held.iter().all(|run| self.then(&run.cond, **value, felt)));
            fit.min_by_key(|value| unbroken.iter().filter(|run| self.then(&run.cond, **value, felt)).count()).copied()
        };
        fits(false).map(|value| (value, false)).or_else(|| fits(true).map(|value| (value, true)))
    }

    fn values(&self, question: u16, held: &[&Past]) -> Vec<Value> {
        let Some(asked) = self.ground.pathway.questions.get(usize::from(question)) else { return vec![] };
        if asked.is_number() {
            let bounds = held.iter().flat_map(|run| match run.cond {
                Cond::Between { least, most, .. } => vec![least, most],
                _ => vec![],
            });
            let small = asked.range.0..=asked.range.1.min(asked.range.0 + 10);
            return small.chain(bounds).map(Value::Number).collect();
        }
        let named = held.iter().filter_map(|run| match run.cond {
            Cond::Has { codes, .. } if asked.form == Form::Any => Some(Value::Codes(codes)),
            _ => None,
        });
        (0..asked.codes.len()).map(|code| Value::Codes(1 << code)).chain(named).collect()
    }

    /// Whether a condition of a run held on an earlier day with this answer.
    fn then(&self, cond: &Cond, value: Value, felt: bool) -> bool {
        match (cond, value) {
            (Cond::Has { codes, only, .. }, Value::Codes(bits)) => bits & codes != 0 && (!only || bits & !codes == 0),
            (Cond::Between { least, most, .. }, Value::Number(number)) => (*least..=*most).contains(&number),
            (Cond::AboveUsual { question, by }, Value::Number(number)) => match self.state.usual(self.ground.space, *question) {
                Some(usual) => number - usual >= *by,
                None => felt || self.intake(*question).is_some_and(|intake| number - intake >= *by),
            },
            _ => false,
        }
    }

    fn intake(&self, question: u16) -> Option<i32> {
        let takes = self.ground.pathway.questions.get(usize::from(question)).is_some_and(|question| question.baseline_intake);
        let rating = self.state.at_if(self.ground.space.intake.filter(|_| takes)).checked_sub(1)?;
        i32::try_from(rating).ok()
    }

    fn feel_worse(&mut self, day: i32) {
        let felt = self.ground.judge.felt_worse();
        self.make_hold(&felt, day);
    }

    // ---- what was said or held before ----------------------------------------------------------------------------------

    fn every_days(&self, question: u16) -> Option<i32> {
        match self.ground.pathway.questions.get(usize::from(question)).map(|question| &question.asked) {
            Some(Asked::EveryDays(days)) => Some(i32::from(*days)),
            _ => None,
        }
    }

    fn is_recent(&self, question: u16) -> bool {
        let recent = self.ground.space.questions.get(usize::from(question)).and_then(|asking| asking.recent);
        self.state.at_if(recent) > 0
    }

    /// An answer within the question's own days.
    fn recent(&mut self, question: u16) {
        let Some(days) = self.every_days(question).filter(|_| self.is_recent(question)) else { return };
        let asked = self.ground.pathway.questions.get(usize::from(question));
        let number = asked.is_some_and(|asked| asked.is_number());
        let lowest = asked.map_or(0, |asked| asked.range.0);
        let usual = self.state.usual(self.ground.space, question).unwrap_or(lowest);
        let value = if number { Value::Number(usual) } else { Value::Codes(1) };
        self.say(self.day - days + 1, question, value);
    }

    /// One of these codes was said, on the earliest day that has room for it.
    fn seen_codes(&mut self, seen: &SeenCodes) {
        if !self.state.on(seen.place) {
            return;
        }
        let bit = seen.codes & seen.codes.wrapping_neg();
        let several = self.ground.pathway.questions.get(usize::from(seen.question)).is_some_and(|question| question.form == Form::Any);
        let there = self.earlier.get_mut(&0).and_then(|answers| answers.get_mut(&seen.question));
        if let Some(Value::Codes(bits)) = there.filter(|_| several) {
            *bits |= bit;
            return;
        }
        let day = (0..=self.day.max(0)).find(|day| self.free(*day, seen.question)).unwrap_or(0);
        self.say(day, seen.question, Value::Codes(bit));
    }

    /// A condition held at a check-in, on this day if that can be.
    fn held_before(&mut self, past: &Past, day: i32) {
        if self.state.on(past.place) {
            let holds = self.ground.judge.holds(&past.cond);
            self.make_hold(&holds, day.max(0));
        }
    }

    /// A `not` that never held: its answer was given at every check-in.
    fn never_held(&mut self, past: &Past) {
        let Cond::Not(inner) = &past.cond else { return };
        let value = match &**inner {
            Cond::Has { codes, .. } => Value::Codes(codes & codes.wrapping_neg()),
            Cond::Between { least, .. } => Value::Number(*least),
            _ => return,
        };
        let Some(question) = inner.question() else { return };
        for day in self.earlier.keys().copied().collect::<Vec<i32>>() {
            self.say(day, question, value);
        }
    }

    /// Says what makes a condition hold at a first check-in of this person, on a day or else on the day it takes.
    fn make_hold(&mut self, condition: &Bdd, day: i32) {
        let space = self.ground.space;
        let mut states = condition.and(&space.possible()).and(&space.is(space.stopped, 0));
        states = space.begun.map_or(states.clone(), |begun| states.and(&space.is(begun, 0)));
        let person = space.persons.iter().map(|(_, place)| *place).chain(space.age).chain(space.intake);
        states = person.fold(states, |states, place| states.and(&space.is(place, self.state.at(place))));
        let stretch = space.days.iter().position(|(first, last)| (*first..=*last).contains(&day));
        let there = stretch.map_or(states.clone(), |stretch| states.and(&space.is(space.day, stretch)));
        let here = simplest(self.ground, &there, Answers::Few);
        let moved = here.is_none();
        let Some(then) = here.or_else(|| simplest(self.ground, &states, Answers::Few)) else { return };
        let day = if moved { then.days(space).first().copied().unwrap_or(day) } else { day };
        for question in 0..space.questions.len() as u16 {
            if let Some(value) = then.value(space, question) {
                self.say(day, question, value);
            }
        }
    }

    /// A check-in that leaves nothing to remember but itself.
    fn begun(&mut self) {
        let begun = self.state.at_if(self.ground.space.begun) > 0;
        if !begun || !self.earlier.is_empty() {
            return;
        }
        let day = (self.day - 1).max(0);
        self.earlier.entry(day).or_default();
        let forgettable = |place: u16| {
            let space = self.ground.space;
            let seen = space.seen_codes.iter().any(|seen| seen.question == place);
            let run =
                space.runs.iter().chain(&space.seen).chain(&space.lately).any(|past| crate::space::subject(&past.cond) == Some(place));
            !seen && !run
        };
        let plain =
            self.ground.pathway.questions.iter().enumerate().find(|(place, question)| question.normal != 0 && forgettable(*place as u16));
        if let Some((place, question)) = plain {
            self.say(day, place as u16, Value::Codes(question.normal & question.normal.wrapping_neg()));
        }
    }
}
