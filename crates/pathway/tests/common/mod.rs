//! The files of the shipped pathway.
#![allow(dead_code)]

use lamella_pathway::{Compiled, Diagnostic};

pub fn files() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../pathways/annular-fibrin");
    let names = std::fs::read_dir(folder).expect("the shipped pathway").map(|entry| entry.expect("a file").path());
    let mut files: Vec<(String, String)> = names
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .map(|path| (path.file_name().expect("a name").to_string_lossy().to_string(), std::fs::read_to_string(&path).expect("a text")))
        .collect();
    files.sort();
    files
}

pub fn read(files: &[(String, String)]) -> (Option<Compiled>, Vec<Diagnostic>) {
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    lamella_pathway::read(&files)
}
