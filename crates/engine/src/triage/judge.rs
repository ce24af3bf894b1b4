//! Does a condition hold, and is that decided?

use super::{Given, Memory, Usuals, Value};
use lamella_pathway::{Asked, Compiled, Cond};
use lamella_record::Patient;
use lamella_trajectory::Stands;

/// Whether a condition holds, and whether that would stay so whatever the missing answers were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Truth {
    /// It holds; what is absent counts as false.
    pub holds: bool,
    /// No missing answer could change it.
    pub decided: bool,
}

/// What a condition is judged against: one event, on its day, with what is remembered from before.
#[derive(Debug, Clone, Copy)]
pub struct Sight<'a> {
    /// The revision.
    pub pathway: &'a Compiled,
    /// The person.
    pub patient: &'a Patient,
    /// The event's answers.
    pub given: &'a Given,
    /// What is remembered of the check-ins before it (and of this one's numbers).
    pub memory: &'a Memory,
    /// Usual on its day, from the same.
    pub usuals: &'a Usuals,
    /// The event's day.
    pub day: i32,
    /// The phase at the event, by place.
    pub phase: usize,
    /// Whether the event is *it hurt, so I stopped*.
    pub stopped: bool,
    /// Where the trajectory stands; `None` where nobody looks.
    pub reading: Option<Stands>,
}

/// Judges a condition.
pub fn truth(cond: &Cond, sight: &Sight) -> Truth {
    Truth { holds: holds(cond, sight), decided: decided(cond, sight) }
}

/// Whether a condition holds; what is absent counts as false.
#[inline]
pub fn holds(cond: &Cond, sight: &Sight) -> bool {
    match cond {
        // Most of what rules are made of, on the spot.
        Cond::Has { question, .. } | Cond::Between { question, .. } => {
            sight.given.value(*question).is_some_and(|value| on_answer_itself(cond, value))
        }
        _ => holds_beyond(cond, sight),
    }
}

fn holds_beyond(cond: &Cond, sight: &Sight) -> bool {
    match cond {
        Cond::All(inner) => inner.iter().all(|cond| holds(cond, sight)),
        Cond::Any(inner) => inner.iter().any(|cond| holds(cond, sight)),
        Cond::Not(cond) => !holds(cond, sight),
        Cond::Has { .. } | Cond::Between { .. } => holds(cond, sight),
        Cond::AboveUsual { question, .. } => {
            sight.given.value(*question).is_some_and(|value| on_answer(cond, value, sight.day, sight, || felt_worse(sight)))
        }
        Cond::Answered { question } => sight.given.value(*question).is_some(),
        Cond::NoUsual { question } => usual_of(*question, sight.day, sight).is_none(),
        Cond::Day { from, to } => (*from..=*to).contains(&sight.day),
        Cond::Phase { phases } => sight.day >= 0 && phases & (1u8.checked_shl(sight.phase as u32).unwrap_or(0)) != 0,
        Cond::Person { code } => sight.patient.conditions.iter().any(|there| there == code),
        Cond::AtLeastYears { years } => sight.patient.age_on(sight.patient.date_of(sight.day)).is_some_and(|age| age >= *years),
        Cond::Stopped => sight.stopped,
        Cond::Reading { state } => sight.reading.is_some_and(|stands| stands.state.word() == state),
        Cond::InFlare { days } => sight.reading.is_some_and(|stands| stands.flare_days >= *days),
        Cond::Running { cond, days } => holds(cond, sight) && running(cond, i32::from(*days), sight),
        Cond::Within { cond, days, slot } => lately(*slot, i32::from(*days), sight) || holds(cond, sight),
        Cond::First { cond, slot } => is_new(*slot, sight) && holds(cond, sight),
    }
}

/// Whether no missing answer could change a condition.
fn decided(cond: &Cond, sight: &Sight) -> bool {
    let settles = |cond: &Cond, to: bool| holds(cond, sight) == to && decided(cond, sight);
    match cond {
        Cond::All(inner) => inner.iter().any(|cond| settles(cond, false)) || inner.iter().all(|cond| decided(cond, sight)),
        Cond::Any(inner) => inner.iter().any(|cond| settles(cond, true)) || inner.iter().all(|cond| decided(cond, sight)),
        Cond::Not(cond) => decided(cond, sight),
        Cond::Has { question, .. } | Cond::Between { question, .. } | Cond::AboveUsual { question, .. } => {
            sight.given.value(*question).is_some() || !can_be_missing(*question, sight)
        }
        Cond::Running { cond, .. } => (holds(cond, sight) && cond.question().is_some()) || decided(cond, sight),
        Cond::Within { cond, days, slot } => lately(*slot, i32::from(*days), sight) || decided(cond, sight),
        Cond::First { cond, slot } => !is_new(*slot, sight) || decided(cond, sight),
        _ => true,
    }
}

/// Whether a remembered condition held at a check-in of the last days.
fn lately(slot: u16, days: i32, sight: &Sight) -> bool {
    sight.memory.slot(slot).is_some_and(|day| sight.day - day < days)
}

/// Whether a remembered condition never held on a day before: what is said twice on the first day is as new the second time, or
/// the end of a check-in would take back what its beginning raised.
fn is_new(slot: u16, sight: &Sight) -> bool {
    if sight.memory.begun { !sight.memory.held_before(slot, sight.day) } else { felt_worse(sight) }
}

/// A condition on one answer by itself.
#[inline(always)]
fn on_answer_itself(cond: &Cond, value: Value) -> bool {
    match (cond, value) {
        (Cond::Has { codes, only, .. }, Value::Codes(bits)) => bits & codes != 0 && (!only || bits & !codes == 0),
        (Cond::Between { least, most, .. }, Value::Number(number)) => (*least..=*most).contains(&number),
        _ => false,
    }
}

/// A condition on one answer, on the day the answer is about.
fn on_answer(cond: &Cond, value: Value, day: i32, sight: &Sight, felt: impl FnOnce() -> bool) -> bool {
    match (cond, value) {
        (Cond::AboveUsual { question, by }, Value::Number(number)) => match usual_of(*question, day, sight) {
            Some(usual) => number - usual >= *by,
            None => felt() || above_intake(*question, number, *by, sight),
        },
        _ => on_answer_itself(cond, value),
    }
}

/// Without a usual, the intake rating stands in where the pathway says so.
fn above_intake(question: u16, number: i32, by: i32, sight: &Sight) -> bool {
    let asked = sight.pathway.questions.get(usize::from(question)).is_some_and(|question| question.baseline_intake);
    asked && sight.patient.baseline_pain().is_some_and(|baseline| number - baseline >= by)
}

pub(crate) fn felt_worse(sight: &Sight) -> bool {
    match &sight.pathway.felt_worse {
        Some(cond) => holds(cond, sight),
        None => false,
    }
}

/// Usual of a question on a day.
pub(crate) fn usual_of(question: u16, day: i32, sight: &Sight) -> Option<i32> {
    sight.usuals.on(sight.memory, question, day)
}

/// Whether a condition that holds today did on the last N answered days, today among them, within 2N days.
fn running(cond: &Cond, n: i32, sight: &Sight) -> bool {
    let Some(question) = cond.question() else { return true };
    let earlier = sight.memory.series(question).rev().skip_while(|(day, _)| *day >= sight.day);
    let window = earlier.take_while(|(day, _)| *day > sight.day - 2 * n);
    let mut held = 1;
    for (day, value) in window {
        if held == n {
            break;
        }
        if !on_answer(cond, value, day, sight, || sight.memory.felt_worse(day)) {
            return false;
        }
        held += 1;
    }
    held >= n
}

/// Whether a missing answer is missing: it was due, or may have been.
fn can_be_missing(question: u16, sight: &Sight) -> bool {
    due(usize::from(question), sight)
}

/// Whether the question at a place is due at this check-in. A condition that rests on an unknown answer holds.
pub fn due(place: usize, sight: &Sight) -> bool {
    match sight.pathway.questions.get(place).map(|question| &question.asked) {
        None => false,
        Some(Asked::Always) => true,
        Some(Asked::EveryDays(days)) => sight.memory.last_day(place).is_none_or(|last| sight.day - last >= i32::from(*days)),
        Some(Asked::When(cond)) => holds(cond, sight) || !decided(cond, sight),
    }
}
