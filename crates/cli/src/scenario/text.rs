//! A scenario's text, cut into pieces that remember where they stand, so that a mistake can be underlined and a claim rewritten.

use lamella_pathway::{Diagnostic, Place, Severity};

/// A piece of the file: its text, and the byte it starts at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece<'a> {
    /// The text.
    pub text: &'a str,
    /// Where it starts in the file.
    pub start: usize,
}

impl<'a> Piece<'a> {
    /// The byte after it.
    pub fn end(self) -> usize {
        self.start + self.text.len()
    }

    /// Without white space at its ends.
    pub fn trimmed(self) -> Piece<'a> {
        let rest = self.text.trim_start();
        Piece { text: rest.trim_end(), start: self.start + self.text.len() - rest.len() }
    }

    /// Its parts between separators that stand outside quotes, trimmed.
    pub fn split(self, separator: char) -> Vec<Piece<'a>> {
        self.cut(|c| c == separator).into_iter().map(Piece::trimmed).collect()
    }

    /// Its words; what stands in quotes is one word, quotes included.
    pub fn words(self) -> Vec<Piece<'a>> {
        self.cut(char::is_whitespace).into_iter().filter(|word| !word.text.is_empty()).collect()
    }

    /// What stands before and behind the first `mark` outside quotes.
    pub fn around(self, mark: &str) -> Option<(Piece<'a>, Piece<'a>)> {
        let quoted = quoted(self.text);
        let at = self.text.match_indices(mark).map(|(at, _)| at).find(|at| !quoted.iter().any(|(from, to)| (*from..*to).contains(at)))?;
        Some((self.slice(0, at), self.slice(at + mark.len(), self.text.len())))
    }

    /// What a quoted word says; `None` without quotes.
    pub fn unquoted(self) -> Option<&'a str> {
        let inner = self.text.strip_prefix(is_quote)?;
        Some(inner.strip_suffix(is_quote).unwrap_or(inner))
    }

    fn slice(self, from: usize, to: usize) -> Piece<'a> {
        Piece { text: self.text.get(from..to).unwrap_or(""), start: self.start + from }
    }

    fn cut(self, separates: impl Fn(char) -> bool) -> Vec<Piece<'a>> {
        let (mut parts, mut from, mut in_quotes) = (vec![], 0, false);
        for (at, c) in self.text.char_indices() {
            in_quotes ^= is_quote(c);
            if !in_quotes && separates(c) {
                parts.push(self.slice(from, at));
                from = at + c.len_utf8();
            }
        }
        parts.push(self.slice(from, self.text.len()));
        parts
    }
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”')
}

/// Byte ranges of the quoted parts.
fn quoted(text: &str) -> Vec<(usize, usize)> {
    let marks: Vec<usize> = text.char_indices().filter(|(_, c)| is_quote(*c)).map(|(at, _)| at).collect();
    marks.chunks(2).map(|pair| (pair.first().copied().unwrap_or(0), pair.get(1).copied().unwrap_or(text.len()))).collect()
}

/// The file, and what was found wrong in it so far.
pub struct Source<'a> {
    /// Its name, as people should see it.
    pub file: &'a str,
    /// Its text.
    pub text: &'a str,
    /// What is wrong.
    pub found: Vec<Diagnostic>,
}

impl<'a> Source<'a> {
    /// Nothing is wrong yet.
    pub fn new(file: &'a str, text: &'a str) -> Source<'a> {
        Source { file, text, found: vec![] }
    }

    /// Notes what is wrong with a piece.
    pub fn note(&mut self, piece: Piece, name: &'static str, what: String, hint: &str) {
        let (line, column) = self.place(piece.start);
        let shown = piece.text.lines().next().unwrap_or("").chars().count().max(1);
        let place = Place { file: self.file.to_string(), line, column, length: shown };
        self.found.push(Diagnostic { place, severity: Severity::Error, name, what, hint: hint.to_string() });
    }

    /// Notes what is wrong, for a reader that ends with it: always `None`.
    pub fn wrong<T>(&mut self, piece: Piece, name: &'static str, what: String, hint: &str) -> Option<T> {
        self.note(piece, name, what, hint);
        None
    }

    /// Line and column of a byte, from 1; columns in characters.
    pub fn place(&self, byte: usize) -> (usize, usize) {
        let before = self.text.get(..byte).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        (line, column)
    }
}

/// A heading's part of the file: its title, and the list items below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section<'a> {
    /// The heading's words; empty for what stands before the first `##`.
    pub title: Piece<'a>,
    /// The items of its lists, without the dash.
    pub items: Vec<Piece<'a>>,
}

/// Cuts a file into what stands before the first `##`, and the rehearsals. Fenced blocks are for people only. An indented line
/// behind an item belongs to it; in the head a line `pathway: …` counts as an item too.
pub fn sections(text: &str) -> Vec<Section<'_>> {
    let mut sections = vec![Section { title: Piece { text: "", start: 0 }, items: vec![] }];
    let (mut fenced, mut open, mut start) = (false, false, 0);
    for line in text.split_inclusive('\n') {
        let piece = Piece { text: line, start };
        start += line.len();
        let trimmed = piece.trimmed();
        if trimmed.text.starts_with("```") {
            (fenced, open) = (!fenced, false);
            continue;
        }
        if fenced {
            continue;
        }
        let in_head = sections.len() == 1;
        if let Some(title) = line.strip_prefix("## ") {
            sections.push(Section { title: Piece { text: title, start: piece.start + 3 }.trimmed(), items: vec![] });
            open = false;
            continue;
        }
        let Some(section) = sections.last_mut() else { continue };
        if let Some(item) = line.strip_prefix("- ") {
            section.items.push(Piece { text: item, start: piece.start + 2 }.trimmed());
            open = true;
        } else if in_head && line.starts_with("pathway:") {
            section.items.push(trimmed);
            open = false;
        } else if open && line.starts_with("  ") && !trimmed.text.is_empty() {
            if let Some(item) = section.items.last_mut() {
                *item = Piece { text: text.get(item.start..trimmed.end()).unwrap_or(item.text), start: item.start };
            }
        } else {
            open = false;
        }
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_together() {
        let piece = Piece { text: "resolves x \"seen; home, → rest\" → alerts none; due", start: 10 };
        let Some((left, right)) = piece.around("→") else { unreachable!("an arrow stands outside the quotes") };
        assert_eq!(left.words().last().and_then(|word| word.unquoted()), Some("seen; home, → rest"));
        let claims: Vec<(&str, usize)> = right.split(';').iter().map(|claim| (claim.text, claim.start)).collect();
        assert_eq!(claims, [("alerts none", 48), ("due", 61)]);
    }

    #[test]
    fn an_indented_line_belongs_to_its_item() {
        let text = "# T\npathway: p\n- usually: pain 3\n\n## One\nprose\n- day 1: quiet\n  → expected\n\n```\n- day 2: no\n```\n";
        let cut = sections(text);
        let items: Vec<Vec<&str>> = cut.iter().map(|section| section.items.iter().map(|item| item.text).collect()).collect();
        assert_eq!(items, [vec!["pathway: p", "usually: pain 3"], vec!["day 1: quiet\n  → expected"]]);
    }
}
