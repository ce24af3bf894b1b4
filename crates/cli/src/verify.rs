//! `lamella verify`

use crate::End;
use crate::files::load_pathways;
use crate::out::{complain, say};
use std::path::Path;

/// Proves the properties of a pathway, or prints witnesses; a refuted one ends in exit 1.
pub fn run(folder: &Path, json: bool) -> End {
    let pathways = match load_pathways(folder) {
        Ok(pathways) => pathways,
        Err(end) => return end,
    };
    let pathway = pathways.current();
    let report = lamella_verify::verify(pathway);
    let refuted = !report.proved();
    if json {
        match serde_json::to_string(&report) {
            Ok(text) => say!("{text}"),
            Err(error) => {
                complain!("error: the report could not be written: {error}");
                return End::MachineFailed;
            }
        }
        return if refuted { End::InputWrong } else { End::Fine };
    }
    say!("{} revision {}", pathway.id, report.revision);
    for outcome in &report.properties {
        say!("{:<9} {:<28} over {} combinations, {:.2} s", outcome.outcome.word(), outcome.property, outcome.space, outcome.seconds);
        if !outcome.note.is_empty() {
            say!("          {}", outcome.note);
        }
        if let Some(witness) = &outcome.witness {
            say!("          {}", witness.says);
            say!("          the record, to be judged by `lamella assess … --at {}`:", witness.at);
            say!("{:#}", witness.record);
        }
    }
    if refuted { End::InputWrong } else { End::Fine }
}
