//! Rows that could not be read, worst first.

use super::Failed;
use super::row::Reject;
use crate::End;
use crate::files::plain;
use crate::out::complain;
use crate::whole;
use lamella_record::Level;
use std::path::{Path, PathBuf};

/// How many of the worst are said on the spot.
const SAID: usize = 10;

/// `TABLE.rejects.csv`.
pub fn place_beside(table: &Path) -> PathBuf {
    let mut place = table.as_os_str().to_owned();
    place.push(".rejects.csv");
    PathBuf::from(place)
}

/// How such a file begins.
const COLUMNS: [&str; 6] = ["line", "column", "reason", "level", "patient", "raised"];

/// Refuses a place where something else lies, which would be lost: a table, a database, a record.
pub fn is_free(place: &Path, records: Option<&Path>) -> Result<(), Failed> {
    let full = |path: &Path| std::fs::canonicalize(path).ok();
    let folder = place.parent().map(|folder| if folder.as_os_str().is_empty() { Path::new(".") } else { folder });
    let among_records = records.is_some_and(|records| full(records).is_some_and(|records| folder.and_then(full) == Some(records)));
    if among_records && place.extension().is_some_and(|end| end == "json") {
        return Err((format!("`{}` would be taken for a record: name another file with `--rejects`", place.display()), End::UsedWrongly));
    }
    match whole::begins(place, &COLUMNS.join(",")) {
        Ok(true) => Ok(()),
        Ok(false) => Err((
            format!("`{}` is there and holds no rejected rows; it would be lost: name another file with `--rejects`", place.display()),
            End::UsedWrongly,
        )),
        Err(error) => Err((format!("`{}` {}", place.display(), plain(&error)), End::MachineFailed)),
    }
}

/// Writes the rejects, worst first, and says the worst. Without any, what an earlier import left is taken away: the file is there
/// exactly when rows are waiting for somebody.
pub fn write(place: &Path, rejects: &[Reject]) -> Result<(), Failed> {
    let shown = place.display();
    if rejects.is_empty() {
        let removed = if place.is_file() { std::fs::remove_file(place) } else { Ok(()) };
        return removed.map_err(|error| (format!("`{shown}`: {}", plain(&error)), End::MachineFailed));
    }
    say(rejects, place);
    let text = table(rejects).map_err(|why| (format!("`{shown}`: {why}"), End::MachineFailed))?;
    let failed = |error: std::io::Error| {
        (format!("`{shown}` cannot be written ({error}), so nothing was imported; `--rejects FILE` puts it elsewhere"), End::MachineFailed)
    };
    whole::write(place, &text).map_err(failed)
}

fn table(rejects: &[Reject]) -> Result<Vec<u8>, String> {
    let mut out = csv::Writer::from_writer(vec![]);
    let told = |error: csv::Error| error.to_string();
    out.write_record(COLUMNS).map_err(told)?;
    for reject in rejects {
        let line = reject.line.to_string();
        let raised = if reject.kept.is_some() { "yes" } else { "no" };
        let columns =
            reject.wrong.iter().map(|(column, _)| column.as_str()).filter(|column| !column.is_empty()).collect::<Vec<_>>().join(";");
        out.write_record([line.as_str(), &columns, &reasons(reject), reject.level.word(), &reject.patient, raised]).map_err(told)?;
    }
    out.into_inner().map_err(|error| error.to_string())
}

fn reasons(reject: &Reject) -> String {
    let one = |(column, why): &(String, String)| if column.is_empty() { why.clone() } else { format!("{column}: {why}") };
    reject.wrong.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn say(rejects: &[Reject], place: &Path) {
    complain!("{} rows could not be read; they stand in `{}`, worst first", rejects.len(), place.display());
    for reject in rejects.iter().filter(|reject| reject.level >= Level::Attention).take(SAID) {
        let raised = if reject.kept.is_some() { "it raises an alert" } else { "no alert could be raised: look at it now" };
        complain!("  {} in line {}: {}; {raised}", reject.level, reject.line, reasons(reject));
    }
}
