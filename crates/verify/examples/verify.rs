//! Verifies a folder and prints the report: `cargo run -p lamella-verify --example verify -- pathways/annular-fibrin`.
use std::process::ExitCode;

fn main() -> ExitCode {
    let folder = std::env::args().nth(1).unwrap_or_default();
    let mut files: Vec<(String, String)> = vec![];
    for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().to_string();
        if name.ends_with(".md") {
            files.push((name, std::fs::read_to_string(entry.path()).unwrap_or_default()));
        }
    }
    let borrowed: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let (pathway, found) = lamella_pathway::read(&borrowed);
    let Some(pathway) = pathway else {
        eprintln!("{found:#?}");
        return ExitCode::FAILURE;
    };
    let report = lamella_verify::verify(&pathway);
    println!("{}", serde_json::to_string_pretty(&report).unwrap_or_default());
    if report.proved() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
