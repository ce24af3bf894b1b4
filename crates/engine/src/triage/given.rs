//! Answers as they came → values a pathway can judge, and what of them is unknown.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{format, vec};
use core::cmp::Ordering;
use lamella_pathway::{Compiled, Form, Question};
use lamella_record::{Answer, Answers};
use serde::{Deserialize, Serialize};

/// One answer that could be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Value {
    /// Codes as bits.
    Codes(u64),
    /// A number in the question's own unit.
    Number(i32),
}

/// Why a question counts as unanswered, or an answer could not be understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unknown {
    /// The question's id (`revision` when the revision is not known).
    pub question: String,
    /// `not-answered`, `dont-know`, `unknown-code`, `unknown-question`, `unknown-revision`, `out-of-range`, `after-worse`,
    /// `unreadable`.
    pub why: String,
    /// What was said, as it came.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub was: String,
}

impl Unknown {
    pub(crate) fn new(question: &str, why: &str, was: String) -> Unknown {
        Unknown { question: question.to_string(), why: why.to_string(), was }
    }
}

/// The answers of one event, by question place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Given {
    values: Vec<Option<Value>>,
    /// What came and could not be understood.
    pub odd: Vec<Unknown>,
}

/// Questions whose *as before* follows a worse answer: question id → what was said then.
pub(crate) type Worse = BTreeMap<String, (String, String)>;

impl Given {
    /// Reads answers under a pathway.
    pub(crate) fn read(pathway: &Compiled, answers: &Answers, worse: &Worse) -> Given {
        let mut given = Given { values: vec![None; pathway.questions.len()], odd: vec![] };
        // Both go by id, so one walk along the pathway's questions finds them all.
        let mut questions = pathway.by_id.iter().filter_map(|place| Some((*place, pathway.questions.get(usize::from(*place))?)));
        let mut next = questions.next();
        for (id, answer) in answers {
            let found = loop {
                match next.map(|(_, question)| question.id.cmp(id)) {
                    Some(Ordering::Less) => next = questions.next(),
                    Some(Ordering::Equal) => break next,
                    _ => break None,
                }
            };
            match found {
                None => given.odd.push(Unknown::new(id, "unknown-question", shown(answer))),
                Some(_) if answer.is_dont_know() => given.odd.push(Unknown::new(id, "dont-know", String::new())),
                Some((place, question)) => match value(question, answer, worse, &mut given.odd) {
                    Ok(value) => given.set(usize::from(place), value),
                    Err(unknown) => given.odd.push(unknown),
                },
            }
        }
        given
    }

    /// The value given to a question, if there is one.
    pub fn value(&self, question: u16) -> Option<Value> {
        self.values.get(usize::from(question)).copied().flatten()
    }

    pub(crate) fn set(&mut self, question: usize, value: Value) {
        if let Some(slot) = self.values.get_mut(question) {
            *slot = Some(value);
        }
    }

    /// Questions that have a value, with it.
    pub fn answered(&self) -> impl Iterator<Item = (usize, Value)> {
        self.values.iter().enumerate().filter_map(|(place, value)| value.map(|value| (place, value)))
    }
}

/// The value of an answer; what had to be left out of it is put down as odd.
fn value(question: &Question, answer: &Answer, worse: &Worse, odd: &mut Vec<Unknown>) -> Result<Value, Unknown> {
    match (question.form, answer) {
        (Form::Whole, Answer::Number(number)) => in_range(question, number.whole(), answer),
        (Form::Tenths, Answer::Number(number)) => in_range(question, number.tenths(), answer),
        (Form::Whole | Form::Tenths, Answer::Codes(_)) => Err(Unknown::new(&question.id, "unknown-code", shown(answer))),
        (Form::One | Form::Any, Answer::Number(_)) => Err(Unknown::new(&question.id, "unknown-code", shown(answer))),
        (Form::One | Form::Any, Answer::Codes(codes)) => coded(question, codes, worse, odd),
    }
}

fn in_range(question: &Question, number: i32, answer: &Answer) -> Result<Value, Unknown> {
    if (question.range.0..=question.range.1).contains(&number) {
        return Ok(Value::Number(number));
    }
    Err(Unknown::new(&question.id, "out-of-range", shown(answer)))
}

fn coded(question: &Question, codes: &[String], worse: &Worse, odd: &mut Vec<Unknown>) -> Result<Value, Unknown> {
    // One code, as mostly.
    if let [code] = codes {
        let place = question.code(code).ok_or_else(|| Unknown::new(&question.id, "unknown-code", code.clone()))?;
        return as_said(question, codes, 1 << place, worse);
    }
    let mut beside = vec![];
    let mut bits = 0u64;
    for code in codes.iter().filter(|code| *code != "dont-know") {
        match question.code(code) {
            Some(place) => bits |= 1 << place,
            None => beside.push(Unknown::new(&question.id, "unknown-code", code.clone())),
        }
    }
    // A code that excludes others, beside others, is dropped.
    if let Some(alone) = question.alone
        && bits & !(1 << alone) != 0
    {
        bits &= !(1 << alone);
    }
    if question.form == Form::One && bits.count_ones() > 1 {
        let given = (0..question.codes.len()).filter(|place| bits & (1 << place) != 0);
        let worst = given.max_by_key(|place| (floor(question, *place), question.ranks.get(*place).copied().unwrap_or(0)));
        bits = worst.map_or(0, |place| 1 << place);
    }
    if bits == 0 {
        return Err(beside.pop().unwrap_or_else(|| Unknown::new(&question.id, "not-answered", String::new())));
    }
    // *I don't know* beside a mild answer is no answer; a worse one raises all the same.
    let mild = question.normal | question.unchanged.map_or(0, |code| 1 << code);
    if codes.iter().any(|code| code == "dont-know") && bits & !mild == 0 {
        return Err(Unknown::new(&question.id, "dont-know", codes.join(", ")));
    }
    let value = as_said(question, codes, bits, worse)?;
    odd.append(&mut beside);
    Ok(value)
}

/// Codes as a value; *as before* after a worse answer is none.
fn as_said(question: &Question, codes: &[String], bits: u64, worse: &Worse) -> Result<Value, Unknown> {
    let unchanged = question.unchanged.is_some_and(|code| bits == 1 << code);
    if unchanged && let Some((_, said)) = worse.get(&question.id) {
        let code = codes.first().map_or("", String::as_str);
        return Err(Unknown::new(&question.id, "after-worse", format!("{code}, after {said}")));
    }
    Ok(Value::Codes(bits))
}

/// The floor of a code, whatever the day.
fn floor(question: &Question, place: usize) -> lamella_record::Level {
    question.floors.iter().filter(|floor| usize::from(floor.code) == place).map(|floor| floor.level).max().unwrap_or_default()
}

/// An answer as text, for people.
pub(crate) fn shown(answer: &Answer) -> String {
    match answer {
        Answer::Codes(codes) => codes.join(", "),
        Answer::Number(number) => decimal(number.0, 100),
    }
}

/// `450, 100` → `4.5`.
fn decimal(value: i32, unit: i32) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let (whole, rest) = (value.abs() / unit, value.abs() % unit);
    let width = if unit == 100 { 2 } else { 1 };
    if rest == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest:0width$}").trim_end_matches('0').to_string() }
}

/// A value as it would stand in a record: codes joined by a comma, or the number.
pub(crate) fn value_text(question: &Question, value: Value) -> String {
    match value {
        Value::Number(number) if question.form == Form::Tenths => decimal(number, 10),
        Value::Number(number) => number.to_string(),
        Value::Codes(bits) => {
            let mut text = String::new();
            for (_, code) in question.codes.iter().enumerate().filter(|(place, _)| bits & (1 << place) != 0) {
                text.push_str(if text.is_empty() { "" } else { ", " });
                text.push_str(code);
            }
            text
        }
    }
}

/// The rank of the worst code among bits.
pub(crate) fn rank(question: &Question, bits: u64) -> u8 {
    let (mut left, mut worst) = (bits, 0);
    while left != 0 {
        worst = worst.max(question.ranks.get(left.trailing_zeros() as usize).copied().unwrap_or(0));
        left &= left - 1;
    }
    worst
}

/// Whether `now` is the same as or milder than `then`.
pub(crate) fn same_or_milder(question: &Question, now: Option<Value>, then: Option<Value>) -> bool {
    match (now, then) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(Value::Number(now)), Some(Value::Number(then))) => now <= then,
        (Some(Value::Codes(now)), Some(Value::Codes(then))) if question.form == Form::Any => now & !then == 0,
        (Some(Value::Codes(now)), Some(Value::Codes(then))) => now == then || rank(question, now) < rank(question, then),
        _ => false,
    }
}
