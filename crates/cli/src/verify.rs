//! `lamella verify`

use crate::End;
use crate::files::load;
use std::path::Path;

/// Proves the properties of a pathway, or prints witnesses; a refuted one ends in exit 1.
pub fn run(folder: &Path, json: bool) -> End {
    let pathway = match load(folder, false) {
        Ok(pathway) => pathway,
        Err(end) => return end,
    };
    let report = lamella_verify::verify(&pathway);
    let refuted = !report.proved();
    if json {
        match serde_json::to_string(&report) {
            Ok(text) => println!("{text}"),
            Err(error) => {
                eprintln!("error: the report could not be written: {error}");
                return End::MachineFailed;
            }
        }
        return if refuted { End::InputWrong } else { End::Fine };
    }
    println!("{} revision {}", pathway.id, report.revision);
    for outcome in &report.properties {
        println!("{:<9} {:<28} over {} combinations, {:.2} s", outcome.outcome.word(), outcome.property, outcome.space, outcome.seconds);
        if !outcome.note.is_empty() {
            println!("          {}", outcome.note);
        }
        if let Some(witness) = &outcome.witness {
            println!("          {}", witness.says);
            println!("          the record, to be judged by `lamella assess … --at {}`:", witness.at);
            println!("{:#}", witness.record);
        }
    }
    if refuted { End::InputWrong } else { End::Fine }
}
