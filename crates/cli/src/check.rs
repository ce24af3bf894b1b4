//! `lamella check`

use crate::End;
use crate::files::{pathway_files, pathways, underlined};
use crate::out::{complain, say};
use lamella_pathway::{Compiled, Severity};
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
    let unknown = match compiled.as_ref().map(|pathway| unknown_model(folder, pathway)).transpose() {
        Ok(unknown) => unknown.flatten(),
        Err(end) => return end,
    };
    if let Some(hash) = &unknown {
        complain!("warning: neither this program nor the pathway's `models` knows the model {hash}: every reading will say `too-few`");
    }
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
                diagnostics.len() + usize::from(unknown.is_some())
            ),
            None => say!("{errors} errors, {} warnings", diagnostics.len() - errors),
        }
    }
    if errors == 0 { End::Fine } else { End::InputWrong }
}

/// The hash of a model that is named and not known here.
fn unknown_model(folder: &Path, pathway: &Compiled) -> Result<Option<String>, End> {
    let known = pathways(folder, pathway.clone())?.model(pathway).is_some();
    Ok(pathway.model.clone().filter(|_| !known))
}
