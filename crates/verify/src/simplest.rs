//! Which of many states is the easiest for a person to read?
//!
//! Preferences are taken one at a time, each kept if some state still fits: a check-in, nothing remembered, an ordinary day,
//! every due question answered and no other, each with its plainest answer.

use crate::Ground;
use crate::space::{Place, Shape, Space, clause};
use crate::state::State;
use biodivine_lib_bdd::Bdd;
use lamella_pathway::Question;

/// Which answers a plain state has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answers {
    /// Every due question has one, and no other.
    Due,
    /// As few as can be.
    Few,
}

/// The plainest of these states; `None` if there are none.
pub(crate) fn simplest(ground: &Ground, states: &Bdd, answers: Answers) -> Option<State> {
    let mut narrowing = Narrowing { space: ground.space, left: states.clone() };
    if states.is_false() {
        return None;
    }
    narrowing.circumstances();
    if answers == Answers::Due {
        for question in 0..ground.space.questions.len() as u16 {
            let answered = ground.judge.answered(question);
            let due = ground.judge.due(question).and_not(&ground.space.on(ground.space.stopped));
            narrowing.prefer(&answered.iff(&due));
        }
    }
    for (place, question) in ground.pathway.questions.iter().enumerate() {
        narrowing.answer(place, question);
    }
    let values = (0..ground.space.dials.len()).map(|place| narrowing.settle(place));
    let values = values.collect::<Option<Vec<usize>>>()?;
    Some(State::new(values))
}

struct Narrowing<'a> {
    space: &'a Space<'a>,
    left: Bdd,
}

impl Narrowing<'_> {
    /// Keeps the states of a wish, if there are any.
    fn prefer(&mut self, wish: &Bdd) -> bool {
        let next = self.left.and(wish);
        let fits = !next.is_false();
        if fits {
            self.left = next;
        }
        fits
    }

    fn prefer_value(&mut self, place: Place, value: usize) -> bool {
        match self.space.dials.get(place) {
            Some(dial) if value < dial.size => {
                let next = self.left.select_valuation(&clause(dial, value));
                let fits = !next.is_false();
                if fits {
                    self.left = next;
                }
                fits
            }
            _ => false,
        }
    }

    /// Turns a dial to the first value that fits, 0 first; `None` only where no state is left.
    fn settle(&mut self, place: Place) -> Option<usize> {
        let size = self.space.dials.get(place).map_or(0, |dial| dial.size);
        (0..size).find(|value| self.prefer_value(place, *value))
    }

    /// Everything but the answers.
    fn circumstances(&mut self) {
        let space = self.space;
        let asked = space.questions.iter().filter_map(|asking| asking.not_asked);
        let first = [space.stopped].into_iter().chain(asked).chain(space.reading).chain(space.persons.iter().map(|(_, place)| *place));
        first.chain(space.age).chain(space.intake).chain(space.begun).for_each(|place| {
            self.settle(place);
        });
        let past: Vec<Place> = space.dials.iter().enumerate().filter(|(_, dial)| dial.past).map(|(place, _)| place).collect();
        for place in past {
            self.settle(place);
        }
        for value in plain_days(space) {
            if self.prefer_value(space.day, value) {
                break;
            }
        }
        space.phase.and_then(|place| self.settle(place));
    }

    /// The plainest answer that fits: none, the normal one, the preset one, then by severity.
    fn answer(&mut self, place: usize, question: &Question) {
        match self.space.questions.get(place).map(|asking| &asking.shape) {
            Some(Shape::One(dial)) => {
                let codes = by_plainness(question);
                let _ = self.prefer_value(*dial, 0) || codes.iter().any(|code| self.prefer_value(*dial, code + 1));
            }
            Some(Shape::Any(dials)) => self.several(dials, question),
            Some(Shape::Number(dial, _)) => {
                self.settle(*dial);
            }
            None => {}
        }
    }

    fn several(&mut self, dials: &[Place], question: &Question) {
        let mut off = self.space.set.mk_true();
        for dial in dials {
            off = off.and(&self.space.is(*dial, 0));
        }
        if self.prefer(&off) {
            return;
        }
        let codes = by_plainness(question);
        let only = |code: &usize| {
            dials
                .iter()
                .enumerate()
                .fold(self.space.set.mk_true(), |bdd, (at, dial)| bdd.and(&self.space.is(*dial, usize::from(at == *code))))
        };
        let alone: Vec<Bdd> = codes.iter().map(only).collect();
        if alone.iter().any(|wish| self.prefer(wish)) {
            return;
        }
        for dial in codes.iter().rev().filter_map(|code| dials.get(*code)) {
            self.settle(*dial);
        }
    }
}

/// Stretches of days, the ordinary one first, then the nearest; before the procedure last.
fn plain_days(space: &Space) -> Vec<usize> {
    let distance = |value: usize| {
        let (first, last) = space.days.get(value).copied().unwrap_or((0, 0));
        (first < 0, (9 - 9.clamp(first.max(0), last.max(0))).abs())
    };
    let mut values: Vec<usize> = (0..space.days.len()).collect();
    values.sort_by_key(|value| distance(*value));
    values
}

/// Codes from the plainest: normal ones, the preset one, then by rank.
fn by_plainness(question: &Question) -> Vec<usize> {
    let mut codes: Vec<usize> = (0..question.codes.len()).collect();
    let preset = question.preset.unwrap_or(0) as u64;
    codes.sort_by_key(|code| {
        let bit = |bits: u64| bits >> code & 1 == 1;
        (!bit(question.normal), !bit(preset), question.ranks.get(*code).copied().unwrap_or(0))
    });
    codes
}
