//! What is wrong, where, and what to do about it.

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use serde::Serialize;

/// A place in a file. Lines and columns count from 1; columns count characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Default)]
pub struct Place {
    /// File name within the pathway's folder.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// How many characters are meant.
    pub length: usize,
}

/// Whether it stops the pathway from being used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// It does.
    Error,
    /// It does not, but somebody should look.
    Warning,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// How bad.
    pub severity: Severity,
    /// A short name for this kind of thing, such as `unknown-code`.
    pub name: &'static str,
    /// What is wrong, as a sentence in lower case.
    pub what: String,
    /// What to do; empty when the sentence says it all.
    pub hint: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { file, line, column, .. } = &self.place;
        let word = if self.severity == Severity::Error { "error" } else { "warning" };
        write!(f, "{file}:{line}:{column}: {word}[{}]: {}", self.name, self.what)?;
        if self.hint.is_empty() { Ok(()) } else { write!(f, " ({})", self.hint) }
    }
}

impl Diagnostic {
    pub(crate) fn error(place: &Place, name: &'static str, what: String, hint: String) -> Diagnostic {
        Diagnostic { place: place.clone(), severity: Severity::Error, name, what, hint }
    }

    pub(crate) fn warning(place: &Place, name: &'static str, what: String, hint: String) -> Diagnostic {
        Diagnostic { place: place.clone(), severity: Severity::Warning, name, what, hint }
    }
}

/// The hint for a word that is not among `known`: the nearest one, or what there is.
pub(crate) fn did_you_mean<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.collect();
    match nearest(word, known.iter().copied()) {
        Some(near) => alloc::format!("did you mean `{near}`?"),
        None if known.is_empty() => String::new(),
        None if known.len() <= 12 => alloc::format!("one of: {}", known.join(", ")),
        None => String::new(),
    }
}

/// The word among `known` that is at most a third of its letters away.
pub fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let limit = word.chars().count() / 3 + 1;
    known.map(|candidate| (distance(word, candidate), candidate)).filter(|(d, _)| *d <= limit).min().map(|(_, candidate)| candidate)
}

/// Levenshtein distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut next = vec![i + 1];
        for ((j, y), (left_up, up)) in b.iter().enumerate().zip(row.iter().zip(row.iter().skip(1))) {
            let left = next.get(j).copied().unwrap_or(usize::MAX);
            next.push((left_up + usize::from(x != *y)).min(up + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

/// Quotes for a sentence.
pub(crate) fn ticked(words: &[&str]) -> String {
    words.iter().map(|word| alloc::format!("`{word}`")).collect::<Vec<_>>().join(", ").to_string()
}
