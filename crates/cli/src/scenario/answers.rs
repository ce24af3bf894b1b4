//! Answers as a scenario writes them: `pain 5`, `where low-back+groin`, `bladder "drips"`.

use super::text::{Piece, Source};
use lamella_pathway::{Compiled, Form, Question, nearest};
use lamella_record::{Answer, Hundredths};

/// *I don't know*, allowed everywhere.
pub const DONT_KNOW: &str = "dont-know";

/// The question that a word names.
pub fn question<'p>(word: Piece, pathway: &'p Compiled, source: &mut Source) -> Option<&'p Question> {
    let ids = pathway.questions.iter().map(|question| question.id.as_str());
    match pathway.questions.iter().find(|question| question.id == word.text) {
        Some(question) => Some(question),
        None => source.wrong(word, "unknown-question", format!("there is no question `{}`", word.text), &did_you_mean(word.text, ids)),
    }
}

/// The answer to a question: codes joined by `+`, or a number. What stands in quotes is sent as it is.
pub fn answer(question: &Question, word: Piece, source: &mut Source) -> Option<Answer> {
    if let Some(raw) = word.unquoted() {
        return Some(as_it_came(raw));
    }
    if question.is_number() { number(question, word, source) } else { codes(question, word, source) }
}

/// A number if it is one, else codes joined by `+`, checked by nobody.
pub fn as_it_came(raw: &str) -> Answer {
    match hundredths(raw) {
        Some(number) => Answer::Number(number),
        None => Answer::Codes(raw.split('+').map(str::to_string).collect()),
    }
}

/// The hint for a word that is not among those known.
pub fn did_you_mean<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> String {
    nearest(word, known).map_or(String::new(), |near| format!("did you mean `{near}`?"))
}

fn number(question: &Question, word: Piece, source: &mut Source) -> Option<Answer> {
    let unit = if question.form == Form::Tenths { 10 } else { 100 };
    let (least, most) = (question.range.0 * unit, question.range.1 * unit);
    match hundredths(word.text) {
        Some(number) if (least..=most).contains(&number.0) => Some(Answer::Number(number)),
        _ => {
            let hint = format!("a number from {} to {} {}; in quotes it is sent as it is", least / 100, most / 100, question.unit);
            source.wrong(word, "bad-number", format!("`{}` does not answer `{}`", word.text, question.id), &hint)
        }
    }
}

fn codes(question: &Question, word: Piece, source: &mut Source) -> Option<Answer> {
    let codes: Vec<&str> = word.text.split('+').collect();
    let unknown = codes.iter().find(|code| question.code(code).is_none() && **code != DONT_KNOW);
    if let Some(code) = unknown {
        let hint = did_you_mean(code, question.codes.iter().map(String::as_str));
        let hint = if hint.is_empty() { format!("one of: {}", question.codes.join(", ")) } else { hint };
        return source.wrong(word, "unknown-code", format!("`{}` has no answer `{code}`", question.id), &hint);
    }
    Some(Answer::Codes(codes.into_iter().map(str::to_string).collect()))
}

/// `4.5` → 450.
fn hundredths(text: &str) -> Option<Hundredths> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    if rest.len() > 2 || !rest.bytes().all(|byte| byte.is_ascii_digit()) || whole.len() > 6 {
        return None;
    }
    let cents: i32 = format!("{rest:0<2}").parse().ok()?;
    let whole_number: i32 = whole.parse().ok()?;
    Some(Hundredths(whole_number * 100 + if whole.starts_with('-') { -cents } else { cents }))
}

/// The answer that a quiet day gives to a question that `usually` does not name: its normal answer, or what is pre-set.
pub fn normal(question: &Question) -> Option<Answer> {
    let coded = |bits: u64| {
        let codes = question.codes.iter().enumerate().filter(|(place, _)| bits & (1 << place) != 0);
        Answer::Codes(codes.map(|(_, code)| code.clone()).collect())
    };
    match (question.is_number(), question.preset) {
        (true, preset) => preset.and_then(|number| i32::try_from(number).ok()).map(Answer::number),
        (false, _) if question.normal != 0 => Some(coded(question.normal)),
        (false, preset) => preset.and_then(|bits| u64::try_from(bits).ok()).map(coded),
    }
}
