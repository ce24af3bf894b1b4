//! The tree: declarations with their places and the words of their sections.

use crate::diagnostic::Place;
use crate::lexer::{Line, Section};
use alloc::string::String;
use alloc::vec::Vec;
use lamella_record::Level;

/// What a block declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Pathway,
    Source,
    Contact,
    Page,
    Question,
    Rule { safety: bool },
    Otherwise(Level),
    Level(Level),
    Notice,
    Card(Level),
    Phase,
    Restriction,
}

/// A declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decl {
    pub what: What,
    pub id: String,
    pub place: Place,
    /// The lines under the declaration.
    pub lines: Vec<Line>,
    pub section: Section,
}

/// A section of another language, to be paired by id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Translation {
    pub language: String,
    pub section: Section,
}

/// A pathway as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tree {
    pub(crate) decls: Vec<Decl>,
    pub(crate) translations: Vec<Translation>,
}
