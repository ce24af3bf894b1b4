//! `lamella import`: a table of check-ins becomes events of records. A row that cannot be read is a reject; it never stops the
//! others, and it never passes in silence.

mod alone;
mod cell;
mod database;
mod layout;
mod map;
mod patients;
mod people;
mod records;
mod rejects;
mod row;
mod table;
mod time;

use crate::End;
use crate::files::{load_pathways, plain};
use crate::out::{complain, say};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::tz::TimeZone;
use lamella_engine::Pathways;
use lamella_record::{Event, Moment, Patient};
use layout::Layout;
use patients::Listed;
use people::People;
use row::{Fate, Reader, Reject};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Take check-ins out of a table (CSV) into records. Bad rows go to TABLE.rejects.csv and do not stop the good ones.
#[derive(clap::Args)]
#[command(group(clap::ArgGroup::new("target").required(true).args(["records", "database"])))]
pub struct Import {
    /// The table: CSV, UTF-8, with the header patient,at,revision and a column per question.
    table: PathBuf,
    /// The pathway's folder.
    #[arg(long)]
    pathway: PathBuf,
    /// The patients: CSV with at least id,procedure_date,time_zone. Without it they have to be in the target already.
    #[arg(long, value_name = "FILE")]
    patients: Option<PathBuf>,
    /// How to read a table that is not ours (TOML, see docs/import.md).
    #[arg(long, value_name = "FILE.toml")]
    map: Option<PathBuf>,
    /// A column of the table that is left out on purpose; may be given several times.
    #[arg(long = "ignore-column", value_name = "NAME")]
    ignore: Vec<String>,
    /// Write record files into this folder: DIR/<patient>.json.
    #[arg(long, value_name = "DIR")]
    records: Option<PathBuf>,
    /// Append to this database, and judge: sqlite:FILE.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Where rejected rows go (default: TABLE.rejects.csv).
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// The instant of the import, with its offset (default: now).
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

/// Why nothing, or not everything, was imported: what to say, and how to end.
type Failed = (String, End);

/// Where events go.
trait Target {
    /// The particulars of a patient who is there; an error in words when the record is there and cannot be read.
    fn find(&self, id: &str) -> Result<Option<Patient>, String>;
    /// Keeps a patient's events, whole or not at all, and makes the record if there is none. Which of them were new.
    fn keep(&self, patient: &Patient, events: &[Event]) -> Result<Vec<bool>, Failed>;
}

/// What became of the rows.
#[derive(Default)]
struct Count {
    new: usize,
    there: usize,
    skipped: BTreeMap<String, usize>,
    rejected: usize,
    /// Lines of the list of patients that could not be read.
    bad_patients: usize,
}

/// Imports a table and says what became of its rows.
pub fn run(import: &Import) -> End {
    match carry_out(import) {
        Ok(count) => {
            let skipped: usize = count.skipped.values().sum();
            say!("{} new, {} already there, {skipped} skipped, {} rejected", count.new, count.there, count.rejected);
            if count.rejected + count.bad_patients > 0 { End::InputWrong } else { End::Fine }
        }
        Err((what, end)) => {
            if !what.is_empty() {
                complain!("error: {what}");
            }
            end
        }
    }
}

fn carry_out(import: &Import) -> Result<Count, Failed> {
    let imported = match &import.at {
        Some(text) => Moment::parse(text).map_err(|error| (format!("--at: {error}"), End::UsedWrongly))?,
        None => crate::assess::now(),
    };
    // Whole seconds: an instant that people read in every event.
    let imported =
        Moment::new(jiff::Timestamp::from_second(imported.instant().as_second()).unwrap_or(imported.instant()), imported.offset());
    let pathways = load_pathways(&import.pathway).map_err(|end| (String::new(), end))?;
    let place = import.rejects.clone().unwrap_or_else(|| rejects::place_beside(&import.table));
    rejects::is_free(&place, import.records.as_deref())?;
    let bytes = bytes_of(&import.table)?;
    let (layout, start) = layout_of(import, &pathways, &bytes)?;
    let listed = match &import.patients {
        Some(path) => patients::read(path, &bytes_of(path)?, pathways.current())?,
        None => Listed::default(),
    };
    let target = target_of(import, &pathways, imported)?;
    let rows = table::rows(&bytes, start, layout.delimiter, &layout.shape());
    let people = People::new(&listed, target.as_ref());
    let reader = Reader { layout: &layout, pathways: &pathways, people: &people, imported };
    let sorted = sort(rows.iter().map(|row| reader.read(row)));
    sorted.say_unknown_revisions(&pathways);
    rejects::write(&place, &sorted.rejects)?;
    let mut count = keep(target.as_ref(), &people, &listed, &sorted)?;
    count.skipped = sorted.skipped;
    count.rejected = sorted.rejects.len();
    count.bad_patients = listed.bad.len();
    for (kind, number) in &count.skipped {
        complain!("skipped: {number} {kind}");
    }
    Ok(count)
}

fn bytes_of(path: &Path) -> Result<Vec<u8>, Failed> {
    std::fs::read(path).map_err(|error| (format!("`{}` {}", path.display(), plain(&error)), End::InputWrong))
}

fn layout_of(import: &Import, pathways: &Pathways, bytes: &[u8]) -> Result<(Layout, usize), Failed> {
    let map = match &import.map {
        Some(path) => Some(map::read(path, &bytes_of(path)?)?),
        None => None,
    };
    let delimiter = map.as_ref().map_or(b',', |map| map.delimiter);
    let wrong = |what: String| (format!("`{}`: {what}", import.table.display()), End::InputWrong);
    let (header, start) = table::header(bytes, delimiter).map_err(wrong)?;
    if let Some(stray) = import.ignore.iter().find(|name| !header.contains(name)) {
        let hint = layout::did_you_mean(stray, header.iter().map(String::as_str));
        return Err((format!("--ignore-column {stray}: the table has no such column{hint}"), End::UsedWrongly));
    }
    let layout = match map {
        Some(map) => Layout::mapped(header, map, pathways.current(), &import.ignore),
        None => Layout::of_clinic(header, pathways.current(), &import.ignore),
    };
    Ok((layout.map_err(wrong)?, start))
}

fn target_of(import: &Import, pathways: &Pathways, imported: Moment) -> Result<Box<dyn Target>, Failed> {
    let may_make = import.patients.is_some();
    match (&import.records, &import.database) {
        (Some(folder), _) => Ok(Box::new(records::Folder::open(folder, may_make)?)),
        (None, Some(url)) => Ok(Box::new(database::Database::open(url, may_make, pathways.clone(), imported)?)),
        (None, None) => Err(("say where to: `--records DIR` or `--database sqlite:FILE`".to_string(), End::UsedWrongly)),
    }
}

/// The rows by what is to become of them.
#[derive(Default)]
struct Sorted {
    /// By patient, in the order of the table. The flag: it comes of a rejected row, and does not count as imported.
    events: BTreeMap<String, Vec<(Event, bool)>>,
    skipped: BTreeMap<String, usize>,
    rejects: Vec<Reject>,
}

fn sort(fates: impl Iterator<Item = Fate>) -> Sorted {
    let mut sorted = Sorted::default();
    for fate in fates {
        match fate {
            Fate::Taken { patient, event } => sorted.events.entry(patient).or_default().push((event, false)),
            Fate::Skipped(kind) => *sorted.skipped.entry(kind).or_default() += 1,
            Fate::Rejected(reject) => {
                if let Some(event) = &reject.kept {
                    sorted.events.entry(reject.patient.clone()).or_default().push((event.clone(), true));
                }
                sorted.rejects.push(reject);
            }
        }
    }
    sorted.rejects.sort_by(|a, b| (b.level, a.line).cmp(&(a.level, b.line)));
    sorted
}

impl Sorted {
    /// An unknown revision is not a reject: the engine judges under the current one and raises. It is said all the same.
    fn say_unknown_revisions(&self, pathways: &Pathways) {
        let known: BTreeSet<&str> = pathways.all().map(|pathway| pathway.revision.as_str()).collect();
        let mut strange: BTreeMap<&str, usize> = BTreeMap::new();
        for (event, _) in self.events.values().flatten() {
            if let lamella_record::Kind::CheckIn(check_in) = &event.kind
                && !check_in.revision.is_empty()
                && !known.contains(check_in.revision.as_str())
            {
                *strange.entry(&check_in.revision).or_default() += 1;
            }
        }
        for (revision, number) in strange {
            complain!(
                "warning: {number} rows were answered under revision `{revision}`, which is not this pathway's; they are judged under the one it has, and raised as unknown"
            );
        }
    }
}

/// Everybody with rows, and everybody who is listed.
fn keep(target: &dyn Target, people: &People, listed: &Listed, sorted: &Sorted) -> Result<Count, Failed> {
    let named: BTreeSet<&str> = sorted.events.keys().map(String::as_str).chain(listed.ids()).collect();
    let bar = progress(named.len());
    let mut count = Count::default();
    for id in named {
        // Rows of somebody unknown are rejects by now.
        let Ok(person) = people.find(id) else { continue };
        let rows = sorted.events.get(id).map_or(&[][..], Vec::as_slice);
        let events: Vec<Event> = rows.iter().map(|(event, _)| event.clone()).collect();
        let new = target.keep(&person.patient, &events)?;
        for (new, _) in new.iter().zip(rows).filter(|(_, (_, rejected))| !rejected) {
            if *new { count.new += 1 } else { count.there += 1 }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(count)
}

fn progress(people: usize) -> ProgressBar {
    let bar = ProgressBar::new(people as u64);
    if let Ok(style) = ProgressStyle::with_template("importing [{bar:40}] {pos}/{len} records  {eta}") {
        bar.set_style(style.progress_chars("=> "));
    }
    bar
}

/// The import's instant on a person's own clock.
fn on_clock_of(zone: Option<&TimeZone>, imported: Moment) -> Moment {
    zone.map_or(imported, |zone| imported.at_offset(zone.to_offset(imported.instant())))
}

/// Whether an id can name a record: it is a file's name, too.
fn is_name(id: &str) -> bool {
    let fits = (1..=100).contains(&id.len()) && !id.starts_with('.');
    fits && id.chars().all(|c| !c.is_control() && !matches!(c, '/' | '\\' | ':' | '"' | '<' | '>' | '|' | '?' | '*'))
}
