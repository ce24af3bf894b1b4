//! Markdown files → sections: a heading, its prose, its list, and the lines of its block, each with its place.

use crate::diagnostic::{Diagnostic, Place};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{format, vec};

/// A word of a block line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub text: String,
    pub place: Place,
}

/// A line of a block, with the lines that belong to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub place: Place,
    pub tokens: Vec<Token>,
    pub children: Vec<Line>,
}

/// A list item of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    pub place: Place,
    pub text: String,
}

/// A heading and what follows it up to the next heading.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Section {
    pub place: Place,
    pub title: String,
    /// `{#id}` behind the heading.
    pub anchor: Option<String>,
    pub prose: String,
    pub clinic: String,
    pub items: Vec<Item>,
    /// The block's lines; its first line is the declaration.
    pub block: Vec<Line>,
}

impl Line {
    /// The line's words, to be matched as a slice.
    pub(crate) fn words(&self) -> Vec<&str> {
        self.tokens.iter().map(|token| token.text.as_str()).collect()
    }

    /// The place of a word, or of the line.
    pub(crate) fn at(&self, index: usize) -> &Place {
        self.tokens.get(index).map_or(&self.place, |token| &token.place)
    }
}

/// Cuts one file into its sections.
pub(crate) fn sections(file: &str, text: &str, found: &mut Vec<Diagnostic>) -> Vec<Section> {
    let mut cutter = Cutter { file, sections: vec![], found };
    let mut lines = text.lines().enumerate();
    while let Some((index, raw)) = lines.next() {
        let line = index + 1;
        let trimmed = raw.trim_start();
        if let Some(fence) = trimmed.strip_prefix("```") {
            let mut closed = false;
            let inside = |(_, raw): &(usize, &str)| {
                closed = raw.trim() == "```";
                !closed
            };
            let body: Vec<(usize, &str)> = lines.by_ref().take_while(inside).map(|(index, raw)| (index + 1, raw)).collect();
            cutter.fence(line, raw, fence.trim(), closed);
            if fence.trim() == "lamella" {
                cutter.block(line, &body);
            }
        } else {
            cutter.text(line, raw, trimmed);
        }
    }
    cutter.sections
}

struct Cutter<'a> {
    file: &'a str,
    sections: Vec<Section>,
    found: &'a mut Vec<Diagnostic>,
}

impl Cutter<'_> {
    fn place(&self, line: usize, column: usize, length: usize) -> Place {
        Place { file: self.file.to_string(), line, column, length }
    }

    fn text(&mut self, line: usize, raw: &str, trimmed: &str) {
        if let Some(title) = heading(raw) {
            let (title, anchor) = anchored(title);
            let place = self.place(line, 1, raw.chars().count());
            self.sections.push(Section { place, title, anchor, ..Section::default() });
            return;
        }
        let place = self.place(line, 1, raw.chars().count());
        let Some(section) = self.sections.last_mut() else { return };
        if let Some(quote) = trimmed.strip_prefix('>') {
            let quote = quote.trim();
            join(&mut section.clinic, quote.strip_prefix("For the clinic:").unwrap_or(quote).trim());
        } else if let Some(item) = trimmed.strip_prefix("- ") {
            section.items.push(Item { place, text: item.trim().to_string() });
        } else if raw.starts_with("  ") && !trimmed.is_empty() && !section.items.is_empty() {
            if let Some(last) = section.items.last_mut() {
                join(&mut last.text, trimmed.trim());
            }
        } else if trimmed.is_empty() {
            if !section.prose.is_empty() && !section.prose.ends_with("\n\n") {
                section.prose.push_str("\n\n");
            }
        } else {
            join(&mut section.prose, trimmed.trim());
        }
    }

    /// A fence that does not end, or that nobody marked, would take rules out of sight.
    fn fence(&mut self, line: usize, raw: &str, mark: &str, closed: bool) {
        let (name, what, hint) = match (closed, mark) {
            (false, _) => ("open-block", "this block does not end", "close it with a line of three backticks"),
            (true, "") => ("unmarked-block", "nothing reads this block", "write `lamella` behind the three backticks"),
            _ => return,
        };
        let place = self.place(line, 1, raw.chars().count());
        self.found.push(Diagnostic::error(&place, name, what.to_string(), hint.to_string()));
    }

    fn block(&mut self, line: usize, body: &[(usize, &str)]) {
        let lines: Vec<(usize, Line)> = body.iter().filter_map(|(line, raw)| self.line(*line, raw)).collect();
        let place = self.place(line, 1, 10);
        let nested = nest(lines);
        let Some(section) = self.sections.last_mut() else {
            self.found.push(Diagnostic::error(
                &place,
                "no-heading",
                "a block must stand under a heading".to_string(),
                "the heading and its prose are what people read".to_string(),
            ));
            return;
        };
        if !section.block.is_empty() {
            let hint = "give the second one a heading of its own".to_string();
            self.found.push(Diagnostic::error(&place, "two-blocks", "this section has two blocks".to_string(), hint));
        } else if nested.is_empty() {
            self.found.push(Diagnostic::error(&place, "empty-block", "this block is empty".to_string(), String::new()));
        } else {
            section.block = nested;
        }
    }

    fn line(&mut self, line: usize, raw: &str) -> Option<(usize, Line)> {
        if raw.contains('\t') {
            let column = raw.chars().take_while(|c| *c != '\t').count() + 1;
            let hint = "indent with spaces".to_string();
            self.found.push(Diagnostic::error(&self.place(line, column, 1), "tab", "a block holds no tabs".to_string(), hint));
        }
        let indent = raw.chars().take_while(|c| c.is_whitespace()).count();
        let tokens = self.tokens(line, raw);
        if tokens.is_empty() {
            return None;
        }
        let place = self.place(line, indent + 1, raw.trim().chars().count());
        Some((indent, Line { place, tokens, children: vec![] }))
    }

    /// Words are cut at white space; a comma and `<` stand alone; quotes hold a word together.
    fn tokens(&mut self, line: usize, raw: &str) -> Vec<Token> {
        let mut tokens: Vec<Token> = vec![];
        let mut word = String::new();
        let mut start = 0;
        let mut quoted = false;
        for (index, c) in raw.chars().chain([' ']).enumerate() {
            let ends = !quoted && (c.is_whitespace() || c == ',' || c == '<');
            if ends && !word.is_empty() {
                let length = index - start;
                tokens.push(Token { text: core::mem::take(&mut word), place: self.place(line, start + 1, length) });
            }
            if c == '"' {
                quoted = !quoted;
                if word.is_empty() {
                    start = index;
                    word.push('"');
                }
            } else if ends && (c == ',' || c == '<') {
                tokens.push(Token { text: c.to_string(), place: self.place(line, index + 1, 1) });
            } else if !ends {
                if word.is_empty() {
                    start = index;
                }
                word.push(c);
            }
        }
        if quoted {
            let hint = "close it with `\"` on the same line".to_string();
            let place = self.place(line, start + 1, raw.chars().count().saturating_sub(start));
            self.found.push(Diagnostic::error(&place, "open-quote", "this quote does not end".to_string(), hint));
            tokens.push(Token { text: word, place });
        }
        tokens
    }
}

fn heading(raw: &str) -> Option<&str> {
    let title = raw.strip_prefix('#')?.trim_start_matches('#');
    title.strip_prefix(' ').map(str::trim)
}

fn anchored(title: &str) -> (String, Option<String>) {
    match title.strip_suffix('}').and_then(|rest| rest.rsplit_once("{#")) {
        Some((title, id)) => (title.trim().to_string(), Some(id.trim().to_string())),
        None => (title.to_string(), None),
    }
}

fn join(text: &mut String, more: &str) {
    if !text.is_empty() && !text.ends_with('\n') && !more.is_empty() {
        text.push(' ');
    }
    text.push_str(more);
}

/// Lines that are indented more than the one before them belong to it.
fn nest(lines: Vec<(usize, Line)>) -> Vec<Line> {
    let mut open: Vec<(usize, Line)> = vec![];
    let mut done: Vec<Line> = vec![];
    let mut close = |open: &mut Vec<(usize, Line)>, indent: usize, all: bool| {
        while open.last().is_some_and(|(depth, _)| all || *depth >= indent) {
            let Some((_, line)) = open.pop() else { return };
            match open.last_mut() {
                Some((_, parent)) => parent.children.push(line),
                None => done.push(line),
            }
        }
    };
    for (indent, line) in lines {
        close(&mut open, indent, false);
        open.push((indent, line));
    }
    close(&mut open, 0, true);
    done
}

/// The diagnostic for a line nobody understands.
pub(crate) fn not_understood(line: &Line, of: &str, known: &[&str]) -> Diagnostic {
    let first = line.tokens.first().map_or("", |token| token.text.as_str());
    let near = crate::diagnostic::did_you_mean(first, known.iter().map(|k| k.split(' ').next().unwrap_or(k)));
    let hint = if near.is_empty() || known.iter().any(|k| k.split(' ').next() == Some(first)) {
        format!("a {of} may say: {}", crate::diagnostic::ticked(known))
    } else {
        near
    };
    Diagnostic::error(&line.place, "not-understood", format!("a {of} cannot say `{}`", line.words().join(" ")), hint)
}
