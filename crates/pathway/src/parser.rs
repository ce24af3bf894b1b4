//! Sections → declarations.

use crate::diagnostic::{Diagnostic, did_you_mean, ticked};
use crate::lexer::{Line, Section, sections};
use crate::tree::{Decl, Translation, Tree, What};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{format, vec};
use lamella_record::Level;

const DECLARATIONS: [&str; 12] =
    ["pathway", "source", "contact", "page", "question", "rule", "safety", "otherwise", "level", "notice", "card", "phase"];

/// Reads all files into one tree.
pub(crate) fn parse(files: &[(&str, &str)], found: &mut Vec<Diagnostic>) -> Tree {
    let mut tree = Tree::default();
    for (name, text) in files {
        let language = language_of(name);
        for section in sections(name, text, found) {
            match language {
                Some(language) => translation(&mut tree, language, section, found),
                None => declaration(&mut tree, section, found),
            }
        }
    }
    unique(&tree, found);
    tree
}

/// `30-safety.es.md` is in `es`; `30-safety.md` in the pathway's own language.
fn language_of(name: &str) -> Option<&str> {
    let (_, code) = name.strip_suffix(".md")?.rsplit_once('.')?;
    (code.len() == 2 && code.chars().all(|c| c.is_ascii_lowercase())).then_some(code)
}

fn translation(tree: &mut Tree, language: &str, section: Section, found: &mut Vec<Diagnostic>) {
    if let Some(line) = section.block.first() {
        let hint = "rules stand in the file without a language; this one holds words only".to_string();
        found.push(Diagnostic::error(&line.place, "block-in-translation", "a translation holds no block".to_string(), hint));
    }
    if section.anchor.is_some() {
        tree.translations.push(Translation { language: language.to_string(), section });
    }
}

fn declaration(tree: &mut Tree, section: Section, found: &mut Vec<Diagnostic>) {
    let mut lines = section.block.iter();
    let Some(head) = lines.next() else { return };
    for line in lines {
        let hint = "give it a heading of its own, or indent it".to_string();
        found.push(Diagnostic::error(&line.place, "two-declarations", "a block declares one thing".to_string(), hint));
    }
    if let Some((what, id)) = header(head, found) {
        let place = head.place.clone();
        let lines = head.children.clone();
        tree.decls.push(Decl { what, id, place, lines, section });
    }
}

fn header(head: &Line, found: &mut Vec<Diagnostic>) -> Option<(What, String)> {
    let words = head.words();
    let level = |word: &str, found: &mut Vec<Diagnostic>| match Level::from_word(word) {
        Some(level) => Some(level),
        None => {
            let hint = did_you_mean(word, Level::ALL.iter().map(|level| level.word()));
            found.push(Diagnostic::error(head.at(1), "unknown-level", format!("`{word}` is not a level"), hint));
            None
        }
    };
    let named = |what: What, id: &str| Some((what, id.to_string()));
    let (what, id) = match words.as_slice() {
        ["pathway", id] => named(What::Pathway, id),
        ["source", id] => named(What::Source, id),
        ["contact", id] => named(What::Contact, id),
        ["page", id] => named(What::Page, id),
        ["question", id] => named(What::Question, id),
        ["rule", id] => named(What::Rule { safety: false }, id),
        ["safety", "rule", id] => named(What::Rule { safety: true }, id),
        ["notice", id] => Some((What::Notice, format!("notice-{id}"))),
        ["phase", id] => named(What::Phase, id),
        ["restriction", id] => named(What::Restriction, id),
        ["otherwise", word] => level(word, found).map(|level| (What::Otherwise(level), "otherwise".to_string())),
        ["level", word] => level(word, found).map(|level| (What::Level(level), format!("level-{word}"))),
        ["card", word] => level(word, found).map(|level| (What::Card(level), format!("card-{word}"))),
        _ => {
            found.push(unknown_header(head));
            None
        }
    }?;
    if !is_id(&id) && !matches!(what, What::Source) {
        let hint = "ids are lower-case words joined by `-`".to_string();
        found.push(Diagnostic::error(head.at(words.len() - 1), "bad-id", format!("`{id}` is not an id"), hint));
    }
    Some((what, id))
}

fn unknown_header(head: &Line) -> Diagnostic {
    let first = head.tokens.first().map_or("", |token| token.text.as_str());
    let known = DECLARATIONS.iter().copied().chain(["restriction"]);
    if known.clone().any(|word| word == first) {
        let what = format!("`{first}` needs one name behind it, not `{}`", head.words().join(" "));
        return Diagnostic::error(&head.place, "bad-declaration", what, format!("write `{first} NAME`"));
    }
    let mut hint = did_you_mean(first, known.clone());
    if hint.is_empty() {
        hint = format!("a block declares one of: {}", ticked(&known.collect::<Vec<_>>()));
    }
    Diagnostic::error(head.at(0), "unknown-declaration", format!("no block declares `{first}`"), hint)
}

/// Lower-case words, digits and `-`.
pub(crate) fn is_id(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

fn unique(tree: &Tree, found: &mut Vec<Diagnostic>) {
    let mut seen: Vec<&Decl> = vec![];
    for decl in &tree.decls {
        if let Some(first) = seen.iter().find(|other| other.id == decl.id) {
            let hint = format!("the other stands in {} line {}", first.place.file, first.place.line);
            found.push(Diagnostic::error(&decl.place, "twice", format!("`{}` is declared twice", decl.id), hint));
        } else {
            seen.push(decl);
        }
    }
}
