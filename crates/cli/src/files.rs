//! Reading a pathway's folder and saying what is wrong with it.

use crate::End;
use crate::out::complain;
use crate::whole;
use lamella_engine::Pathways;
use lamella_pathway::{Compiled, Diagnostic, Severity};
use lamella_trajectory::Model;
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource, Report};
use std::io::IsTerminal;
use std::path::Path;

/// The Markdown files of a folder, as (name, text).
pub fn pathway_files(folder: &Path) -> Result<Vec<(String, String)>, (String, End)> {
    let shown = folder.display();
    let entries = std::fs::read_dir(folder).map_err(|error| {
        let what = if folder.is_file() { "is a file; a pathway is a folder of Markdown files".to_string() } else { plain(&error) };
        (format!("`{shown}` {what}"), End::InputWrong)
    })?;
    let mut files = vec![];
    for entry in entries {
        let path = entry.map_err(|error| (format!("`{shown}`: {}", plain(&error)), End::MachineFailed))?.path();
        if path.extension().is_none_or(|extension| extension != "md") || path.file_stem().is_some_and(|stem| stem == "README") {
            continue;
        }
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let text = read_text(&path).map_err(|error| (format!("`{}`: {}", path.display(), plain(&error)), End::InputWrong))?;
        files.push((name, text));
    }
    files.sort();
    if files.is_empty() {
        return Err((format!("`{shown}` holds no Markdown file"), End::InputWrong));
    }
    Ok(files)
}

/// A file's text, without the mark that some editors put before it.
pub fn read_text(path: &Path) -> std::io::Result<String> {
    std::fs::read_to_string(path).map(unmarked)
}

/// Text without the byte order mark that some editors put before it.
pub fn unmarked(text: String) -> String {
    text.strip_prefix('\u{feff}').map(str::to_string).unwrap_or(text)
}

/// What the operating system said, without its error numbers.
pub fn plain(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "is not there".to_string(),
        std::io::ErrorKind::PermissionDenied => "is closed to you (no permission)".to_string(),
        std::io::ErrorKind::IsADirectory => "is a folder".to_string(),
        std::io::ErrorKind::NotADirectory => "lies in something that is no folder".to_string(),
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => "finds no room: the disk is full".to_string(),
        std::io::ErrorKind::ReadOnlyFilesystem => "lies on a disk that can only be read".to_string(),
        std::io::ErrorKind::InvalidData => "is not UTF-8 text".to_string(),
        _ => error.to_string(),
    }
}

/// Reads and compiles a pathway, printing its errors (and, with `warnings`, its warnings) if it cannot be used.
pub fn load(folder: &Path, warnings: bool) -> Result<Compiled, End> {
    let files = pathway_files(folder).map_err(|(what, end)| {
        complain!("error: {what}");
        end
    })?;
    let borrowed: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let (compiled, diagnostics) = lamella_pathway::read(&borrowed);
    for diagnostic in diagnostics.iter().filter(|diagnostic| warnings || diagnostic.severity == Severity::Error) {
        crate::out::aside(underlined(diagnostic, &files));
    }
    let left = diagnostics.iter().filter(|diagnostic| diagnostic.severity != Severity::Error).count();
    if left > 0 && !warnings {
        complain!("warning: this pathway has {left} warnings; `lamella check {}` shows them", folder.display());
    }
    compiled.ok_or(End::InputWrong)
}

/// Where a pathway's folder keeps the models that its revisions name: a folder each, with both artifacts in it.
pub const MODELS: &str = "models";

/// The artifacts of a model: prior and calibration.
pub const ARTIFACTS: [&str; 2] = ["prior.json", "calibration.json"];

/// How the files begin that commands write: a page, and JSON.
pub const PAGE: &str = "<!doctype html>";
pub const JSON: &str = "{";

/// That a file can be written, asked before the work whose outcome it is for; nothing is written, and what is there stays. Only what
/// begins like the new one gives way to it, so that a slip costs no database and no pathway.
pub fn may_write(file: &Path, begins: &str) -> Result<(), String> {
    let cannot = |error: std::io::Error| cannot_write(file, &error);
    if !whole::begins(file, begins).map_err(cannot)? {
        return Err(format!("`{}` is there and is something else, which would be lost: name another file", file.display()));
    }
    whole::may_write(file).map_err(cannot)
}

/// Writes a file whole, or leaves what was there.
pub fn write(file: &Path, text: &str) -> Result<(), String> {
    whole::write(file, text.as_bytes()).map_err(|error| cannot_write(file, &error))
}

/// What stands in the way of writing a file.
pub fn cannot_write(file: &Path, error: &std::io::Error) -> String {
    let what = match error.kind() {
        std::io::ErrorKind::NotFound => "its folder is not there".to_string(),
        _ => format!("it {}", plain(error)),
    };
    format!("cannot write `{}`: {what}", file.display())
}

/// How many threads: as many as asked for, else as many as the machine has.
pub fn threads(asked: Option<u16>) -> usize {
    asked.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from)
}

/// A pathway as it judges: with the models that lie in its folder, beside the one that ships. All that were ever named stay there,
/// so that what was judged by one is read by it again. A model that is named and not there is said.
pub fn pathways(folder: &Path, pathway: Compiled) -> Result<Pathways, End> {
    let models = models(&folder.join(MODELS)).map_err(|(what, end)| {
        complain!("error: {what}");
        end
    })?;
    let pathways = models.into_iter().fold(Pathways::new(pathway), Pathways::with_model);
    if let Some(hash) = unknown_model(&pathways) {
        complain!("warning: neither this program nor the pathway's `models` knows the model {hash}: every reading will say `too-few`");
    }
    Ok(pathways)
}

/// The hash of a model that the current revision names and nobody here knows.
pub fn unknown_model(pathways: &Pathways) -> Option<&str> {
    let current = pathways.current();
    current.model.as_deref().filter(|_| pathways.model(current).is_none())
}

fn models(folder: &Path) -> Result<Vec<Model>, (String, End)> {
    let listed = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(vec![]),
        listed => listed.map_err(|error| (format!("`{}` {}", folder.display(), plain(&error)), End::InputWrong))?,
    };
    let mut folders = vec![];
    for entry in listed {
        let path = entry.map_err(|error| (format!("`{}`: {}", folder.display(), plain(&error)), End::MachineFailed))?.path();
        if ARTIFACTS.iter().any(|name| path.ends_with(name)) {
            return Err((
                format!("`{}` lies loose: a model is a folder of its own in `{MODELS}`, with both files", path.display()),
                End::InputWrong,
            ));
        }
        folders.extend(path.is_dir().then_some(path));
    }
    folders.sort();
    folders.iter().map(|folder| model(folder)).collect()
}

/// The model in a folder: its [`ARTIFACTS`].
fn model(folder: &Path) -> Result<Model, (String, End)> {
    let text = |name: &str| {
        let path = folder.join(name);
        // The hash names the text as it is, with all its bytes.
        std::fs::read_to_string(&path).map_err(|error| (format!("`{}` {}", path.display(), plain(&error)), End::InputWrong))
    };
    let [prior, calibration] = ARTIFACTS.map(text);
    let (prior, calibration) = (prior?, calibration?);
    Model::parse(&prior, &calibration).map_err(|error| (format!("`{}`: {error}", folder.display()), End::InputWrong))
}

/// Reads, compiles and equips a pathway, as [`load`] and [`pathways`] do.
pub fn load_pathways(folder: &Path) -> Result<Pathways, End> {
    pathways(folder, load(folder, false)?)
}

/// A diagnostic with its line underlined.
pub fn underlined(diagnostic: &Diagnostic, files: &[(String, String)]) -> String {
    let place = &diagnostic.place;
    let severity = if diagnostic.severity == Severity::Error { miette::Severity::Error } else { miette::Severity::Warning };
    let mut shown = MietteDiagnostic::new(diagnostic.what.clone()).with_code(diagnostic.name).with_severity(severity);
    if !diagnostic.hint.is_empty() {
        shown = shown.with_help(diagnostic.hint.clone());
    }
    let source = files.iter().find(|(name, _)| *name == place.file);
    let mut out = String::new();
    let report = match source {
        Some((name, text)) => {
            let (start, length) = bytes_of(text, place.line, place.column, place.length);
            let labelled = shown.with_label(LabeledSpan::at(start..start + length, "here"));
            Report::from(labelled).with_source_code(NamedSource::new(name, text.clone()))
        }
        None => Report::from(shown),
    };
    let theme = if std::io::stderr().is_terminal() { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    match GraphicalReportHandler::new_themed(theme).render_report(&mut out, report.as_ref()) {
        Ok(()) => out,
        Err(_) => format!("{diagnostic}\n"),
    }
}

/// Lines and columns in characters → an offset and a length in bytes.
fn bytes_of(text: &str, line: usize, column: usize, length: usize) -> (usize, usize) {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let rest = text.get(before..).unwrap_or("");
    let this = rest.lines().next().unwrap_or("");
    let skip: usize = this.chars().take(column.saturating_sub(1)).map(char::len_utf8).sum();
    let span: usize = this.chars().skip(column.saturating_sub(1)).take(length.max(1)).map(char::len_utf8).sum();
    (before + skip, span.max(1))
}
