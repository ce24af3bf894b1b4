//! Condition lines → [`Cond`], with names resolved.

use crate::compiled::{Cond, Form, Question};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::lexer::{Line, Token};
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{format, vec};

/// What a condition may name, and the diagnostics it leaves.
pub(crate) struct Names<'a> {
    pub questions: &'a [Question],
    pub phases: &'a [String],
    /// Conditions that remember get a slot each.
    pub slots: u16,
    pub found: &'a mut Vec<Diagnostic>,
}

type Words<'a> = &'a [&'a str];

impl Names<'_> {
    fn error(&mut self, line: &Line, word: usize, name: &'static str, what: String, hint: String) -> Option<Cond> {
        let place = line.at(word).clone();
        self.found.push(Diagnostic::error(&place, name, what, hint));
        None
    }

    /// `when CONDITION`, `when all of` or `when any of`: the words behind `skip`, and the lines below.
    pub(crate) fn condition(&mut self, line: &Line, skip: usize) -> Option<Cond> {
        let words = line.words();
        let rest = words.get(skip..).unwrap_or(&[]);
        match rest {
            ["all", "of"] => self.several(line).map(Cond::All),
            ["any", "of"] => self.several(line).map(Cond::Any),
            [] => self.error(line, skip, "no-condition", "a condition is missing here".to_string(), String::new()),
            _ => {
                if let Some(child) = line.children.first() {
                    let hint = "only `all of` and `any of` are followed by more conditions".to_string();
                    let place = child.place.clone();
                    self.found.push(Diagnostic::error(&place, "not-understood", "this line belongs to nothing".to_string(), hint));
                }
                self.suffixed(line, skip, rest)
            }
        }
    }

    fn several(&mut self, line: &Line) -> Option<Vec<Cond>> {
        if line.children.is_empty() {
            let hint = "write one condition a line, indented below".to_string();
            self.error(line, 0, "no-condition", "no condition follows".to_string(), hint);
            return None;
        }
        // All of them, so that each mistake is said at once.
        let read: Vec<Option<Cond>> = line.children.iter().map(|child| self.condition(child, 0)).collect();
        read.into_iter().collect()
    }

    fn suffixed(&mut self, line: &Line, skip: usize, words: Words) -> Option<Cond> {
        match words {
            [inner @ .., "for", "the", "first", "time"] => {
                let cond = Box::new(self.plain(line, skip, inner)?);
                Some(Cond::First { cond, slot: self.slot() })
            }
            [inner @ .., "on", n, "days", "running"] => {
                let cond = Box::new(self.plain(line, skip, inner)?);
                let days = self.number(line, skip + inner.len() + 1, n, 2, 7)?;
                if matches!(*cond, Cond::Has { .. } | Cond::Between { .. } | Cond::AboveUsual { .. }) {
                    return Some(Cond::Running { cond, days: days as u8 });
                }
                let hint = "`on N days running` follows a condition on one answer".to_string();
                self.error(line, skip, "not-countable", "this cannot be counted by days".to_string(), hint)
            }
            [inner @ .., "in", "the", "last", n, "days"] => {
                let cond = Box::new(self.plain(line, skip, inner)?);
                let days = self.number(line, skip + inner.len() + 3, n, 1, 30)?;
                Some(Cond::Within { cond, days: days as u8, slot: self.slot() })
            }
            _ => self.plain(line, skip, words),
        }
    }

    fn slot(&mut self) -> u16 {
        self.slots += 1;
        self.slots - 1
    }

    fn number(&mut self, line: &Line, word: usize, text: &str, least: i32, most: i32) -> Option<i32> {
        match text.parse::<i32>() {
            Ok(number) if (least..=most).contains(&number) => Some(number),
            _ => {
                let hint = format!("a whole number from {least} to {most}");
                self.error(line, word, "bad-number", format!("`{text}` does not fit here"), hint);
                None
            }
        }
    }

    fn plain(&mut self, line: &Line, skip: usize, words: Words) -> Option<Cond> {
        match words {
            ["not", rest @ ..] => {
                let inner = self.plain(line, skip + 1, rest)?;
                if matches!(inner, Cond::Has { .. } | Cond::Between { .. } | Cond::Answered { .. }) {
                    return Some(Cond::Not(Box::new(inner)));
                }
                let hint = "`not` stands before a condition on an answer of this check-in".to_string();
                self.error(line, skip, "not-of-history", "this cannot be negated".to_string(), hint)
            }
            ["stopped"] => Some(Cond::Stopped),
            ["day", "from", n] => Some(Cond::Day { from: self.number(line, skip + 2, n, 0, 9999)?, to: i32::MAX }),
            ["day", range] => self.day(line, skip + 1, range),
            ["phase", rest @ ..] => self.phases(line, skip + 1, rest),
            ["person", "has", code] => Some(Cond::Person { code: code.to_string() }),
            ["person", "at", "least", n, "years"] => Some(Cond::AtLeastYears { years: self.number(line, skip + 3, n, 0, 120)? }),
            ["reading", "is", state] => self.reading(line, skip + 2, state),
            ["in", "flare", "for", n, "days" | "day"] => Some(Cond::InFlare { days: self.number(line, skip + 3, n, 1, 60)? }),
            ["no", "usual", "for", id] => Some(Cond::NoUsual { question: self.usual(line, skip + 3, id)? }),
            [id, rest @ ..] => self.about_answer(line, skip, id, rest),
            [] => self.error(line, skip, "no-condition", "a condition is missing here".to_string(), String::new()),
        }
    }

    fn day(&mut self, line: &Line, word: usize, range: &str) -> Option<Cond> {
        match range_of(range) {
            Some((from, to)) if from <= to => Some(Cond::Day { from, to }),
            _ => self.error(line, word, "bad-range", format!("`{range}` is not a range of days"), "write it like `5..60`".to_string()),
        }
    }

    fn phases(&mut self, line: &Line, start: usize, words: Words) -> Option<Cond> {
        let mut phases = 0u8;
        for (index, word) in listed(words) {
            match self.phases.iter().position(|phase| phase == word) {
                Some(place) if place < 8 => phases |= 1 << place,
                _ => {
                    let hint = did_you_mean(word, self.phases.iter().map(String::as_str));
                    return self.error(line, start + index, "unknown-phase", format!("there is no phase `{word}`"), hint);
                }
            }
        }
        Some(Cond::Phase { phases })
    }

    fn reading(&mut self, line: &Line, word: usize, state: &str) -> Option<Cond> {
        const STATES: [&str; 6] = ["lasting-change", "off-course", "watch", "in-flare", "on-course", "too-few"];
        if STATES.contains(&state) {
            return Some(Cond::Reading { state: state.to_string() });
        }
        let hint = did_you_mean(state, STATES.into_iter());
        self.error(line, word, "unknown-reading", format!("there is no reading `{state}`"), hint)
    }

    fn about_answer(&mut self, line: &Line, skip: usize, id: &str, words: Words) -> Option<Cond> {
        let question = self.question(line, skip, id)?;
        match words {
            ["answered"] => Some(Cond::Answered { question }),
            ["is", rest @ ..] => self.codes(line, skip + 2, question, false, Form::One, rest),
            ["has", "only", rest @ ..] => self.codes(line, skip + 3, question, true, Form::Any, rest),
            ["has", rest @ ..] => self.codes(line, skip + 2, question, false, Form::Any, rest),
            ["at", "least", n, "above", "usual"] => {
                let question = self.usual(line, skip, id)?;
                Some(Cond::AboveUsual { question, by: self.number(line, skip + 3, n, 1, 10)? })
            }
            ["at", "least", n] => self.bound(line, skip + 3, question, n, true),
            ["at", "most", n] => self.bound(line, skip + 3, question, n, false),
            _ => {
                let hint = "say `is …`, `has …`, `at least N`, `at most N` or `answered`".to_string();
                self.error(line, skip + 1, "not-understood", format!("`{id}` cannot be asked `{}`", words.join(" ")), hint)
            }
        }
    }

    fn question(&mut self, line: &Line, word: usize, id: &str) -> Option<u16> {
        if let Some(place) = self.questions.iter().position(|question| question.id == id) {
            return Some(place as u16);
        }
        let hint = did_you_mean(id, self.questions.iter().map(|question| question.id.as_str()));
        self.error(line, word, "unknown-question", format!("there is no question `{id}`"), hint);
        None
    }

    fn usual(&mut self, line: &Line, word: usize, id: &str) -> Option<u16> {
        let question = self.question(line, word, id)?;
        let fits = self.questions.get(usize::from(question)).is_some_and(|q| q.form == Form::Whole && q.range == (0, 10));
        if fits {
            return Some(question);
        }
        let hint = "only a question of `whole 0..10` has a usual".to_string();
        self.error(line, word, "no-usual", format!("`{id}` has no usual"), hint);
        None
    }

    fn codes(&mut self, line: &Line, start: usize, question: u16, only: bool, form: Form, words: Words) -> Option<Cond> {
        let asked = self.questions.get(usize::from(question))?;
        let (id, is) = (asked.id.clone(), asked.form);
        if is != form {
            let hint = match is {
                Form::One => format!("say `{id} is …`"),
                Form::Any => format!("say `{id} has …`"),
                Form::Whole | Form::Tenths => format!("say `{id} at least N` or `{id} at most N`"),
            };
            return self.error(line, start.saturating_sub(1), "wrong-form", format!("`{id}` does not take this"), hint);
        }
        let mut codes = 0u64;
        let mut wrong = false;
        for (index, word) in listed(words) {
            match asked.code(word) {
                Some(place) => codes |= 1 << place,
                None => {
                    let hint = did_you_mean(word, asked.codes.iter().map(String::as_str));
                    let place = line.at(start + index).clone();
                    self.found.push(Diagnostic::error(&place, "unknown-code", format!("`{id}` has no answer `{word}`"), hint));
                    wrong = true;
                }
            }
        }
        if codes == 0 && !wrong {
            return self.error(line, start, "no-code", format!("which answers of `{id}`?"), String::new());
        }
        (!wrong).then_some(Cond::Has { question, codes, only })
    }

    fn bound(&mut self, line: &Line, word: usize, question: u16, text: &str, least: bool) -> Option<Cond> {
        let asked = self.questions.get(usize::from(question))?;
        let (id, range, form, unit) = (asked.id.clone(), asked.range, asked.form, asked.unit.clone());
        let value = match form {
            Form::Whole => text.parse::<i32>().ok(),
            Form::Tenths => tenths(text),
            Form::One | Form::Any => {
                return self.error(line, word, "wrong-form", format!("`{id}` is not a number"), format!("say `{id} is …`"));
            }
        };
        match value {
            Some(value) if (range.0..=range.1).contains(&value) => {
                let (least, most) = if least { (value, range.1) } else { (range.0, value) };
                Some(Cond::Between { question, least, most })
            }
            _ => {
                let shown = |n: i32| if form == Form::Tenths { format!("{}.{}", n / 10, n % 10) } else { n.to_string() };
                let hint = format!("a number from {} to {} {unit}", shown(range.0), shown(range.1));
                self.error(line, word, "bad-number", format!("`{text}` is not a value of `{id}`"), hint.trim().to_string())
            }
        }
    }
}

/// Words of a list with their places: `a, b or c`.
pub(crate) fn listed<'a>(words: &'a [&'a str]) -> impl Iterator<Item = (usize, &'a str)> {
    words.iter().copied().enumerate().filter(|(_, word)| *word != "," && *word != "or")
}

/// `5..60` → (5, 60).
pub(crate) fn range_of(text: &str) -> Option<(i32, i32)> {
    let (from, to) = text.split_once("..")?;
    Some((from.parse().ok()?, to.parse().ok()?))
}

/// `38.0` or `38` → 380; at most one decimal.
pub(crate) fn tenths(text: &str) -> Option<i32> {
    let (whole, tenth) = text.split_once('.').unwrap_or((text, "0"));
    let whole: i32 = whole.parse().ok()?;
    let tenth: i32 = if tenth.len() == 1 { tenth.parse().ok()? } else { return None };
    whole.checked_mul(10)?.checked_add(tenth)
}

/// The words of a line with the places of their tokens, for those who cut lists at `<`.
pub(crate) fn groups(tokens: &[Token]) -> Vec<Vec<&Token>> {
    let mut groups = vec![vec![]];
    for token in tokens {
        match token.text.as_str() {
            "<" => groups.push(vec![]),
            "," => {}
            _ => {
                if let Some(last) = groups.last_mut() {
                    last.push(token);
                }
            }
        }
    }
    groups
}
