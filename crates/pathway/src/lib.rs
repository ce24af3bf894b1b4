//! The clinic's protocol as data.
//!
//! A pathway is a folder of Markdown (`docs/pathway-language.md`). [`read`] turns its files into a [`Tree`] with places, then
//! into a [`Compiled`] pathway without them, and says everything that is wrong at once. It does no IO: the caller brings the
//! files' names and texts.
//!
//! ```
//! let (pathway, diagnostics) = lamella_pathway::read(&[("a.md", "# Empty\n")]);
//! assert!(pathway.is_none());
//! assert_eq!(diagnostics[0].name, "no-pathway");
//! ```
#![no_std]

extern crate alloc;

mod check;
mod compiled;
mod cond;
mod diagnostic;
mod grade;
mod lexer;
mod parser;
mod resolve;
mod tree;

pub use check::reads;
pub use compiled::*;
pub use diagnostic::{Diagnostic, Place, Severity, nearest};
pub use grade::reading_grade;
pub use tree::Tree;

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use sha2::{Digest, Sha256};

/// Reads a pathway from its files, given as (name, text). Files are taken in the order of their names.
///
/// The pathway is `None` if any diagnostic is an error. Diagnostics come in the order of their places.
pub fn read(files: &[(&str, &str)]) -> (Option<Compiled>, Vec<Diagnostic>) {
    let mut files: Vec<(&str, &str)> = files.to_vec();
    files.sort();
    let mut found = vec![];
    let tree = parser::parse(&files, &mut found);
    let compiled = resolve::resolve(&tree, hash(&files), &mut found);
    if let Some(compiled) = &compiled {
        check::check(&tree, compiled, &mut found);
    }
    // What no file says is missing from the first one.
    for diagnostic in found.iter_mut().filter(|diagnostic| diagnostic.place.file.is_empty()) {
        diagnostic.place.file = files.first().map_or(String::new(), |(name, _)| String::from(*name));
    }
    found.sort_by(|a, b| (&a.place.file, a.place.line, a.place.column).cmp(&(&b.place.file, b.place.line, b.place.column)));
    let wrong = found.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    (compiled.filter(|_| !wrong), found)
}

/// SHA-256 over names and texts, as lower-case hex: what a published revision is known by.
fn hash(files: &[(&str, &str)]) -> String {
    let mut digest = Sha256::new();
    for (name, text) in files {
        for part in [name, text] {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part.as_bytes());
        }
    }
    digest.finalize().iter().map(|byte| alloc::format!("{byte:02x}")).collect()
}
