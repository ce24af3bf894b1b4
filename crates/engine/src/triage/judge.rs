//! Does a condition hold, and is that decided?

use super::{Given, Memory, Usuals, Value};
use lamella_pathway::{Asked, Compiled, Cond, Question};
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

impl Truth {
    const fn sure(holds: bool) -> Truth {
        Truth { holds, decided: true }
    }

    const OPEN: Truth = Truth { holds: false, decided: false };
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
    pub usuals: &'a Usuals<'a>,
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
    match cond {
        Cond::All(inner) => every(inner.iter().map(|cond| truth(cond, sight))),
        Cond::Any(inner) => {
            let none = every(inner.iter().map(|cond| {
                let truth = truth(cond, sight);
                Truth { holds: !truth.holds, decided: truth.decided }
            }));
            Truth { holds: !none.holds, decided: none.decided }
        }
        Cond::Not(cond) => {
            let truth = truth(cond, sight);
            Truth { holds: !truth.holds, decided: truth.decided }
        }
        Cond::Has { question, .. } | Cond::Between { question, .. } | Cond::AboveUsual { question, .. } => {
            match sight.given.value(*question) {
                Some(value) => {
                    let felt = matches!(cond, Cond::AboveUsual { .. }) && felt_worse(sight);
                    Truth::sure(on_answer(cond, value, sight.day, sight, felt))
                }
                None if can_be_missing(*question, sight) => Truth::OPEN,
                None => Truth::sure(false),
            }
        }
        Cond::Answered { question } => Truth::sure(sight.given.value(*question).is_some()),
        Cond::NoUsual { question } => Truth::sure(usual_of(*question, sight.day, sight).is_none()),
        Cond::Day { from, to } => Truth::sure((*from..=*to).contains(&sight.day)),
        Cond::Phase { phases } => Truth::sure(sight.day >= 0 && phases & (1u8.checked_shl(sight.phase as u32).unwrap_or(0)) != 0),
        Cond::Person { code } => Truth::sure(sight.patient.conditions.iter().any(|there| there == code)),
        Cond::AtLeastYears { years } => {
            let date = sight.patient.date_of(sight.day);
            Truth::sure(sight.patient.age_on(date).is_some_and(|age| age >= *years))
        }
        Cond::Stopped => Truth::sure(sight.stopped),
        Cond::Reading { state } => Truth::sure(sight.reading.is_some_and(|stands| stands.state.word() == state)),
        Cond::InFlare { days } => Truth::sure(sight.reading.is_some_and(|stands| stands.flare_days >= *days)),
        Cond::Running { cond, days } => running(cond, i32::from(*days), sight),
        Cond::Within { cond, days, slot } => {
            let now = truth(cond, sight);
            let lately = sight.memory.slot(*slot).is_some_and(|day| sight.day - day < i32::from(*days));
            if lately { Truth::sure(true) } else { now }
        }
        Cond::First { cond, slot } => {
            let new = if sight.memory.begun { sight.memory.slot(*slot).is_none() } else { felt_worse(sight) };
            if new { truth(cond, sight) } else { Truth::sure(false) }
        }
    }
}

fn every(truths: impl Iterator<Item = Truth>) -> Truth {
    let (mut holds, mut decided, mut refuted) = (true, true, false);
    for truth in truths {
        holds &= truth.holds;
        decided &= truth.decided;
        refuted |= truth.decided && !truth.holds;
    }
    Truth { holds, decided: decided || refuted }
}

/// A condition on one answer, on the day the answer is about.
fn on_answer(cond: &Cond, value: Value, day: i32, sight: &Sight, felt: bool) -> bool {
    match (cond, value) {
        (Cond::Has { codes, only, .. }, Value::Codes(bits)) => bits & codes != 0 && (!only || bits & !codes == 0),
        (Cond::Between { least, most, .. }, Value::Number(number)) => (*least..=*most).contains(&number),
        (Cond::AboveUsual { question, by }, Value::Number(number)) => match usual_of(*question, day, sight) {
            Some(usual) => number - usual >= *by,
            None => felt || above_intake(*question, number, *by, sight),
        },
        _ => false,
    }
}

/// Without a usual, the intake rating stands in where the pathway says so.
fn above_intake(question: u16, number: i32, by: i32, sight: &Sight) -> bool {
    let asked = sight.pathway.questions.get(usize::from(question)).is_some_and(|question| question.baseline_intake);
    asked && sight.patient.baseline_pain().is_some_and(|baseline| number - baseline >= by)
}

pub(crate) fn felt_worse(sight: &Sight) -> bool {
    match &sight.pathway.felt_worse {
        Some(cond) => truth(cond, sight).holds,
        None => false,
    }
}

/// Usual of a question on a day.
pub(crate) fn usual_of(question: u16, day: i32, sight: &Sight) -> Option<i32> {
    sight.usuals.on(question, day)
}

/// The last N answered days, today among them, within 2N days.
fn running(cond: &Cond, n: i32, sight: &Sight) -> Truth {
    let now = truth(cond, sight);
    let Some(question) = cond.question().filter(|_| now.holds) else { return now };
    let window = sight.memory.series(question).rev().filter(|(day, _)| *day < sight.day && *day > sight.day - 2 * n);
    let mut held = 1;
    for (day, value) in window {
        if held == n {
            break;
        }
        if !on_answer(cond, value, day, sight, sight.memory.felt_worse(day)) {
            return Truth::sure(false);
        }
        held += 1;
    }
    Truth::sure(held >= n)
}

/// Whether a missing answer is missing: it was due, or may have been.
fn can_be_missing(question: u16, sight: &Sight) -> bool {
    sight.pathway.questions.get(usize::from(question)).is_some_and(|question| due(question, sight))
}

/// Whether a question is due at this check-in. A condition that rests on an unknown answer holds.
pub fn due(question: &Question, sight: &Sight) -> bool {
    match &question.asked {
        Asked::Always => true,
        Asked::EveryDays(days) => {
            let place = sight.pathway.question(&question.id).unwrap_or(usize::MAX);
            sight.memory.last_day(place).is_none_or(|last| sight.day - last >= i32::from(*days))
        }
        Asked::When(cond) => {
            let truth = truth(cond, sight);
            truth.holds || !truth.decided
        }
    }
}
