//! How does a person say it in *this* pathway? Signs as data, bound to the questions a pathway has.
//!
//! `data/signs.json` names what can be noticed and with which question and code it is said. What a pathway has no question for
//! cannot be told; [`Bound::untellable`] names it. So another pathway can be rehearsed without new Rust.

use lamella_pathway::{Compiled, Form};
use lamella_record::{Hundredths, Level};
use serde::Deserialize;

/// The signs that ship.
pub const SHIPPED: &str = include_str!("../data/signs.json");

/// What can be noticed, by place.
pub type Sign = u16;

/// The signs file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Signs {
    /// The question of typical pain.
    pain: String,
    /// The question of worst pain.
    worst: String,
    /// The question of function.
    function: String,
    /// Other numbers and how people answer them.
    numbers: Vec<NumberHabit>,
    signs: Vec<SignLine>,
}

/// How people answer a number that is neither pain nor function.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct NumberHabit {
    question: String,
    /// Mean.
    pub mean: f64,
    /// Standard deviation.
    pub sd: f64,
    /// Change per point of pain.
    pub per_pain: f64,
    /// Most that is said.
    #[serde(default)]
    pub most: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct SignLine {
    sign: String,
    question: String,
    #[serde(default)]
    codes: Vec<String>,
    number: Option<f64>,
    at_least: Option<String>,
}

impl Signs {
    /// Reads a signs file; the error is a sentence.
    pub fn parse(text: &str) -> Result<Signs, String> {
        let signs: Signs = serde_json::from_str(text).map_err(|error| format!("the signs cannot be read: {error}"))?;
        let odd = signs.signs.iter().find(|line| line.at_least.as_deref().is_some_and(|word| Level::from_word(word).is_none()));
        match odd {
            Some(line) => Err(format!("the sign `{}` asks for a level that does not exist", line.sign)),
            None => Ok(signs),
        }
    }

    /// Every sign's word, each once, in the order of the file; its place is the sign.
    pub fn words(&self) -> Vec<&str> {
        let mut words: Vec<&str> = vec![];
        for line in &self.signs {
            if !words.contains(&line.sign.as_str()) {
                words.push(&line.sign);
            }
        }
        words
    }

    /// A sign by its word.
    pub fn sign(&self, word: &str) -> Option<Sign> {
        self.words().iter().position(|there| *there == word).and_then(|place| Sign::try_from(place).ok())
    }

    /// How each sign is said in a pathway.
    pub fn bind(&self, pathway: &Compiled) -> Bound {
        let mut bound = Bound {
            pain: place(pathway, &self.pain),
            worst: place(pathway, &self.worst),
            function: place(pathway, &self.function),
            numbers: vec![],
            signs: vec![],
            untellable: vec![],
        };
        for habit in &self.numbers {
            bound.numbers.extend(place(pathway, &habit.question).map(|place| (place, habit.clone())));
        }
        for word in self.words() {
            let lines = self.signs.iter().filter(|line| line.sign == word);
            let mut there = Said { ways: vec![], at_least: Level::Expected };
            for line in lines {
                there.ways.extend(way(pathway, line));
                let level = line.at_least.as_deref().and_then(Level::from_word);
                there.at_least = there.at_least.max(level.unwrap_or_default());
            }
            if there.ways.is_empty() {
                bound.untellable.push(word.to_string());
            }
            bound.signs.push(there);
        }
        bound
    }
}

fn place(pathway: &Compiled, id: &str) -> Option<u16> {
    pathway.question(id).and_then(|place| u16::try_from(place).ok())
}

fn way(pathway: &Compiled, line: &SignLine) -> Option<Way> {
    let at = place(pathway, &line.question)?;
    let question = pathway.questions.get(usize::from(at))?;
    let bits = line.codes.iter().filter_map(|code| question.code(code)).fold(0u64, |bits, code| bits | 1 << code);
    let what = match line.number {
        Some(number) if question.is_number() => {
            let hundredths = Hundredths((number * 100.0) as i32);
            What::Number(if question.form == Form::Tenths { hundredths.tenths() } else { hundredths.whole() })
        }
        _ if bits != 0 => What::Codes(bits),
        _ => return None,
    };
    Some(Way { question: at, what })
}

/// The signs of one pathway.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    /// The question of typical pain.
    pub pain: Option<u16>,
    /// The question of worst pain.
    pub worst: Option<u16>,
    /// The question of function.
    pub function: Option<u16>,
    /// Other numbers.
    pub numbers: Vec<(u16, NumberHabit)>,
    /// By sign.
    pub signs: Vec<Said>,
    /// Signs that this pathway has no question for.
    pub untellable: Vec<String>,
}

/// How a sign is said.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// The answers that say it.
    pub ways: Vec<Way>,
    /// The level it has to reach by the evidence, whatever the pathway says.
    pub at_least: Level,
}

/// One answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    /// Question by place.
    pub question: u16,
    /// What is answered.
    pub what: What,
}

/// What is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Codes as bits.
    Codes(u64),
    /// A number in the question's own unit.
    Number(i32),
}
