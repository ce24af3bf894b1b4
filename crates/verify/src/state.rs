//! One state, read dial by dial.

use crate::space::{Place, Shape, Space};
use lamella_engine::triage::Value;
use lamella_pathway::{Form, Question};

/// The day that a state is shown on when it may be any.
const ORDINARY_DAY: i32 = 9;
/// A day with room for a past behind it, for states that need one.
const LATER_DAY: i32 = 40;

/// A value for every dial of a space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    values: Vec<usize>,
}

impl State {
    /// A state from the values of its dials, in their order.
    pub fn new(values: Vec<usize>) -> State {
        State { values }
    }

    /// What a dial shows.
    pub fn at(&self, place: Place) -> usize {
        self.values.get(place).copied().unwrap_or(0)
    }

    /// What an optional dial shows.
    pub fn at_if(&self, place: Option<Place>) -> usize {
        place.map_or(0, |place| self.at(place))
    }

    /// Whether a dial shows anything but 0.
    pub fn on(&self, place: Place) -> bool {
        self.at(place) > 0
    }

    /// Days that stand for the state's stretch of days: the plainest first.
    pub fn days(&self, space: &Space) -> Vec<i32> {
        let (first, last) = space.days.get(self.at(space.day)).copied().unwrap_or((0, 0));
        if first < 0 {
            return vec![last.min(-1)];
        }
        let mut days = vec![ORDINARY_DAY.clamp(first, last), LATER_DAY.clamp(first, last)];
        days.dedup();
        days
    }

    /// The answer to a question.
    pub fn value(&self, space: &Space, question: u16) -> Option<Value> {
        let asked = space.pathway.questions.get(usize::from(question))?;
        match &space.questions.get(usize::from(question))?.shape {
            Shape::One(place) => self.at(*place).checked_sub(1).map(|code| Value::Codes(1 << code)),
            Shape::Any(places) => {
                let bits = places.iter().enumerate().filter(|(_, place)| self.on(**place)).fold(0, |bits, (code, _)| bits | 1 << code);
                (bits != 0).then_some(Value::Codes(bits))
            }
            Shape::Number(place, stretches) => {
                let stretch = self.at(*place).checked_sub(1).and_then(|index| stretches.get(index))?;
                Some(Value::Number(plain_number(asked, *stretch)))
            }
        }
    }

    /// The known usual of a question.
    pub fn usual(&self, space: &Space, question: u16) -> Option<i32> {
        let usual = space.questions.get(usize::from(question))?.usual?;
        self.at(usual).checked_sub(1).and_then(|middle| i32::try_from(middle).ok())
    }
}

/// A number that stands for a stretch of numbers: what the question is preset to, else the end nearest to the others.
fn plain_number(question: &Question, (least, most): (i32, i32)) -> i32 {
    let preset = question.preset.and_then(|number| i32::try_from(number).ok()).filter(|number| (least..=most).contains(number));
    let lowest = least == question.range.0 && question.form == Form::Tenths && most < question.range.1;
    preset.unwrap_or(if lowest { most } else { least })
}
