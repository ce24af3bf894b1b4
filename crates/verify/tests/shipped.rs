//! The pathway that ships.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use lamella_verify::{Verified, verify};

#[test]
fn the_pathway_that_ships_proves_every_property_within_ten_seconds() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../pathways/annular-fibrin");
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<(String, String)> = paths
        .filter(|path| path.extension().is_some_and(|ext| ext == "md"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().to_string(), std::fs::read_to_string(path).unwrap()))
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let (pathway, found) = lamella_pathway::read(&files);
    let report = verify(&pathway.unwrap_or_else(|| panic!("{found:#?}")));
    for outcome in &report.properties {
        assert_eq!(outcome.outcome, Verified::Proved, "{outcome:#?}");
        assert!(outcome.space.len() > 30, "the space of {} is {}", outcome.property, outcome.space);
    }
    assert!(report.proved());
    assert!(report.properties.iter().map(|outcome| outcome.seconds).sum::<f64>() < 10.0);
}
