//! What does a cell answer?

use super::layout::did_you_mean;
use super::map::{How, Round, Unit};
use super::table::Cell;
use lamella_pathway::{Form, Question};
use lamella_record::{Answer, Hundredths};

/// *I don't know*, allowed everywhere.
const DONT_KNOW: &str = "dont-know";
/// What is kept of a cell that cannot be read, in letters.
const KEPT_LETTERS: usize = 200;
/// No answer is longer, in bytes. A store takes events up to a size, and one row must not be refused for one cell.
const CELL_BYTES: usize = 1000;

/// What a cell says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// Nothing.
    Nothing,
    /// An answer.
    Answer(Answer),
    /// Something that does not answer the question; the engine takes it for unknown, and what it can from it.
    Bad {
        /// Why, as a clause.
        why: String,
        /// As it came.
        kept: Answer,
    },
}

/// Reads a cell under a question's column.
pub fn read(cell: &Cell, question: &Question, how: &How) -> Said {
    if !cell.is_utf8 {
        return bad(&cell.text, format!("`{}` is not UTF-8 text", short(&cell.text)));
    }
    if cell.text.len() > CELL_BYTES {
        return bad(&cell.text, format!("{} letters are no answer", cell.text.chars().count()));
    }
    if cell.text.is_empty() {
        return Said::Nothing;
    }
    if translated(&cell.text, how) == DONT_KNOW {
        return Said::Answer(Answer::code(DONT_KNOW));
    }
    if question.is_number() { number(&cell.text, question, how) } else { codes(&cell.text, question, how) }
}

fn bad(text: &str, why: String) -> Said {
    Said::Bad { why, kept: Answer::Codes(vec![short(text)]) }
}

/// The beginning of a text.
pub fn short(text: &str) -> String {
    text.chars().take(KEPT_LETTERS).collect()
}

fn translated<'a>(word: &'a str, how: &'a How) -> &'a str {
    how.codes.get(word).map_or(word, String::as_str)
}

fn number(text: &str, question: &Question, how: &How) -> Said {
    let Some(written) = hundredths(translated(text, how), how.decimal) else {
        return bad(text, format!("`{}` is not a number", short(text)));
    };
    if let Some((least, most)) = how.range.filter(|(least, most)| !(*least..=*most).contains(&written.0)) {
        return bad(text, format!("`{text}` is outside {}..{}", plain(least), plain(most)));
    }
    let celsius = if how.unit == Some(Unit::Fahrenheit) { from_fahrenheit(written) } else { written };
    let number = if how.round == Some(Round::HalfUp) { rounded(celsius, question.form) } else { celsius };
    let (own, scale) = if question.form == Form::Tenths { (number.tenths(), 10) } else { (number.whole(), 100) };
    let (least, most) = question.range;
    if (least..=most).contains(&own) {
        return Said::Answer(Answer::Number(number));
    }
    Said::Bad { why: format!("`{text}` is outside {}..{}", plain(least * scale), plain(most * scale)), kept: Answer::Number(number) }
}

fn codes(text: &str, question: &Question, how: &How) -> Said {
    let words: Vec<&str> = text.split(how.separator.as_str()).map(str::trim).filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        return Said::Nothing;
    }
    let codes: Vec<&str> = words.iter().map(|word| translated(word, how)).collect();
    let kept = Answer::Codes(codes.iter().map(|code| short(code)).collect());
    match codes.iter().find(|code| question.code(code).is_none() && **code != DONT_KNOW) {
        None => Said::Answer(kept),
        Some(code) => {
            let near = did_you_mean(code, question.codes.iter().map(String::as_str));
            let all = if near.is_empty() { format!(" (one of {})", question.codes.join(", ")) } else { near };
            Said::Bad { why: format!("`{}` is no answer to it{all}", short(code)), kept }
        }
    }
}

/// `4.5` → 450; what is finer than a hundredth is rounded, halves up. Nothing else passes for a number: not `1e3`, not `4,5`.
fn hundredths(text: &str, decimal: char) -> Option<Hundredths> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, rest) = digits.split_once(decimal).unwrap_or((digits, ""));
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 6 || !plain(whole) || !plain(rest) || (rest.is_empty() && digits.contains(decimal)) {
        return None;
    }
    let thousandths: i64 = format!("{:0<3}", rest.get(..3.min(rest.len()))?).parse().ok()?;
    let exact = sign * (whole.parse::<i64>().ok()? * 1000 + thousandths);
    i32::try_from((exact + 5).div_euclid(10)).ok().map(Hundredths)
}

fn from_fahrenheit(fahrenheit: Hundredths) -> Hundredths {
    let ninths = (fahrenheit.0 - 3200) * 5;
    Hundredths((ninths * 2 + 9).div_euclid(18))
}

fn rounded(number: Hundredths, form: Form) -> Hundredths {
    if form == Form::Tenths { Hundredths(number.tenths() * 10) } else { Hundredths(number.whole() * 100) }
}

/// 450 → `4.5`, for people.
fn plain(hundredths: i32) -> String {
    let text = format!("{:.2}", f64::from(hundredths) / 100.0);
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact_and_nothing_else_is_a_number() {
        for (text, number) in [("4.5", 450), ("-0.5", -50), ("10", 1000), ("3.875", 388), ("3.874", 387), ("007", 700)] {
            assert_eq!(hundredths(text, '.'), Some(Hundredths(number)), "{text}");
        }
        assert_eq!(hundredths("4,5", ','), Some(Hundredths(450)));
        for text in ["", "4,5", "1e1", "4.", ".5", "+4", "4 5", "0x4", "∞", "99999999"] {
            assert_eq!(hundredths(text, '.'), None, "{text}");
        }
    }

    #[test]
    fn fahrenheit_becomes_celsius() {
        for (fahrenheit, celsius) in [(10040, 3800), (9860, 3700), (3200, 0), (-4000, -4000)] {
            assert_eq!(from_fahrenheit(Hundredths(fahrenheit)), Hundredths(celsius));
        }
    }
}
