//! `lamella check`

use crate::End;
use crate::files::{pathway_files, pathways, underlined, unknown_model};
use crate::out::{complain, say};
use lamella_pathway::Severity;
use std::path::Path;

/// Checks a pathway; its errors end in exit 1.
pub fn run(folder: &Path, json: bool) -> End {
    let files = match pathway_files(folder) {
        Ok(files) => files,
        Err((what, end)) => {
            complain!("error: {what}");
            return end;
        }
    };
    let borrowed: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let (compiled, diagnostics) = lamella_pathway::read(&borrowed);
    let equipped = match compiled.clone().map(|pathway| pathways(folder, pathway)).transpose() {
        Ok(equipped) => equipped,
        Err(end) => return end,
    };
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count();
    if json {
        let revision = compiled.as_ref().map(|pathway| pathway.revision.clone());
        let hash = compiled.as_ref().map(|pathway| pathway.hash.clone());
        say!("{}", serde_json::json!({ "revision": revision, "hash": hash, "diagnostics": diagnostics }));
    } else {
        diagnostics.iter().for_each(|diagnostic| crate::out::aside(underlined(diagnostic, &files)));
        match &compiled {
            Some(pathway) => say!(
                "{} revision {}: {} questions, {} rules, {} phases, {} restrictions in {}; {} warnings",
                pathway.id,
                pathway.revision,
                pathway.questions.len(),
                pathway.rules.len(),
                pathway.phases.len(),
                pathway.restrictions.len(),
                pathway.languages.join(", "),
                diagnostics.len() + usize::from(equipped.as_ref().and_then(unknown_model).is_some())
            ),
            None => say!("{errors} errors, {} warnings", diagnostics.len() - errors),
        }
    }
    if errors == 0 { End::Fine } else { End::InputWrong }
}
