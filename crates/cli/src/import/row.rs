//! What becomes of a row: taken, skipped or rejected.

use super::cell::{self, Said};
use super::layout::{Layout, Source};
use super::people::{People, Person};
use super::table::{Cell, Row};
use super::{alone, on_clock_of, time};
use lamella_engine::Pathways;
use lamella_record::{Answer, Answers, CheckIn, Date, Event, Kind, Level, Moment};
use sha2::{Digest, Sha256};

/// Under this name a kept event says why its row was rejected, where no answer says it. No question has it, so the engine raises.
const UNREADABLE: &str = "unreadable-row";
/// A table may be written by a clock that runs a little ahead.
const AHEAD_SECONDS: i64 = 600;

/// What becomes of a row.
#[derive(Debug)]
pub enum Fate {
    /// An event.
    Taken {
        /// Whose.
        patient: String,
        /// The check-in.
        event: Event,
    },
    /// The table has it, and the map does not want it: its kind.
    Skipped(String),
    /// It cannot be read.
    Rejected(Reject),
}

/// A row that cannot be read.
#[derive(Debug)]
pub struct Reject {
    /// Its line in the table.
    pub line: usize,
    /// Column and reason, one for each thing that is wrong.
    pub wrong: Vec<(String, String)>,
    /// The level that the cells that can be read reach by themselves.
    pub level: Level,
    /// Whose, as far as that can be read.
    pub patient: String,
    /// The event that raises it, where patient and time are known and it is worth raising.
    pub kept: Option<Event>,
}

/// Reads a row.
pub struct Reader<'a> {
    /// Which column means what.
    pub layout: &'a Layout,
    /// The pathway.
    pub pathways: &'a Pathways,
    /// Whose rows are taken.
    pub people: &'a People<'a>,
    /// The instant of the import.
    pub imported: Moment,
}

/// What could be read of a row.
#[derive(Default)]
struct Found {
    person: Option<Person>,
    name: String,
    at: Option<Moment>,
    revision: String,
    answers: Answers,
    wrong: Vec<(String, String)>,
    /// Whether one of the answers or the revision says by itself that something is unknown.
    says_so: bool,
}

impl Reader<'_> {
    /// What becomes of a row.
    pub fn read(&self, row: &Row) -> Fate {
        if row.cells.iter().all(|cell| cell.text.is_empty() && cell.is_utf8) {
            return Fate::Skipped("empty".to_string());
        }
        if row.broken.is_some() || row.cells.len() != self.layout.names.len() {
            return Fate::Rejected(self.misshapen(row));
        }
        let mut found = Found::default();
        if let Some(kind) = self.unwanted(&row.cells, &mut found) {
            return Fate::Skipped(kind);
        }
        self.look(&row.cells, &mut found);
        match (&found.person, found.at) {
            (Some(person), Some(at)) if found.wrong.is_empty() => {
                Fate::Taken { patient: found.name.clone(), event: self.event(person, at, &found) }
            }
            _ => Fate::Rejected(self.reject(row.line, found)),
        }
    }

    /// The kind of a row that the map does not take. A cell that cannot be read decides nothing.
    fn unwanted(&self, cells: &[Cell], found: &mut Found) -> Option<String> {
        let mut kinds = vec![];
        let mut wanted = true;
        for (place, words) in &self.layout.rows {
            match cells.get(*place) {
                Some(cell) if cell.is_utf8 => {
                    wanted &= words.contains(&cell.text);
                    kinds.push(if cell.text.is_empty() { "(empty)".to_string() } else { cell.text.clone() });
                }
                cell => found.wrong.push((self.column(*place), not_utf8(cell))),
            }
        }
        (!wanted && found.wrong.is_empty()).then(|| kinds.join(", "))
    }

    /// Reads what can be read, and notes what cannot.
    fn look(&self, cells: &[Cell], found: &mut Found) {
        found.name = self.source(&self.layout.patient, cells, found);
        if found.wrong.is_empty() || !found.name.contains(char::REPLACEMENT_CHARACTER) {
            match self.people.find(&found.name) {
                Ok(person) => found.person = Some(person),
                Err(why) => found.wrong.push((self.of(&self.layout.patient, "patient"), why)),
            }
        }
        self.look_at_time(cells, found);
        let before = found.wrong.len();
        found.revision = cell::short(&self.source(&self.layout.revision, cells, found));
        found.says_so |= found.wrong.len() > before;
        self.look_at_answers(cells, found);
    }

    fn look_at_time(&self, cells: &[Cell], found: &mut Found) {
        let column = self.column(self.layout.at);
        let cell = match cells.get(self.layout.at) {
            Some(cell) if cell.is_utf8 => cell,
            cell => return found.wrong.push((column, not_utf8(cell))),
        };
        let zone = found.person.as_ref().and_then(|person| person.zone.as_ref());
        // Without the person there is no zone; whether the time can be read is still worth saying.
        let zone = if found.person.is_none() { Some(&jiff::tz::TimeZone::UTC) } else { zone };
        match time::read(&cell.text, zone, &self.layout.clock) {
            Ok(at) => {
                if at.seconds_since(self.imported) > AHEAD_SECONDS {
                    found.wrong.push((column, format!("`{}` lies after the import", cell.text)));
                }
                found.at = found.person.is_some().then_some(at);
            }
            Err(why) => found.wrong.push((column, why)),
        }
    }

    fn look_at_answers(&self, cells: &[Cell], found: &mut Found) {
        for asked in &self.layout.answers {
            let (Some(cell), Some(question)) = (cells.get(asked.column), self.pathways.current().questions.get(asked.question)) else {
                continue;
            };
            match cell::read(cell, question, &asked.how) {
                Said::Nothing => {}
                Said::Answer(answer) => drop(found.answers.insert(question.id.clone(), answer)),
                Said::Bad { why, kept } => {
                    found.wrong.push((self.column(asked.column), why));
                    found.answers.insert(question.id.clone(), kept);
                    found.says_so = true;
                }
            }
        }
    }

    /// A row with too few or too many cells, or with an open quote: nobody knows which cell belongs under which column. It is read
    /// from its start and from its end, and the worse counts.
    fn misshapen(&self, row: &Row) -> Reject {
        let width = self.layout.names.len();
        let cells = row.cells.len();
        let why = row.broken.clone().unwrap_or_else(|| format!("{cells} cells under {width} columns"));
        let nothing = Cell { text: String::new(), is_utf8: true };
        let mut from_start: Vec<Cell> = row.cells.iter().take(width).cloned().collect();
        from_start.resize(width, nothing.clone());
        let mut from_end: Vec<Cell> = vec![nothing; width.saturating_sub(cells)];
        from_end.extend(row.cells.iter().skip(cells.saturating_sub(width)).cloned());
        let readings = [from_start, from_end].map(|mut reading| {
            // Whose and when stand in front; only the answers may have moved.
            self.keep_head(&row.cells, &mut reading);
            let mut found = Found::default();
            self.look(&reading, &mut found);
            // What does not fit has moved: only what does fit is an answer.
            found.answers.retain(|id, _| !found.wrong.iter().any(|(column, _)| self.asks(column, id)));
            found.says_so = false;
            let head = |column: &String| self.is_head(column);
            found.wrong.retain(|(column, _)| head(column));
            found.wrong.insert(0, (String::new(), why.clone()));
            self.reject(row.line, found)
        });
        let [a, b] = readings;
        if b.level > a.level { b } else { a }
    }

    fn keep_head(&self, row: &[Cell], reading: &mut [Cell]) {
        let head = [&self.layout.patient, &self.layout.revision].into_iter().filter_map(|source| match source {
            Source::Column(place) => Some(*place),
            Source::Fixed(_) => None,
        });
        for place in head.chain([self.layout.at]) {
            if let (Some(cell), Some(slot)) = (row.get(place), reading.get_mut(place)) {
                *slot = cell.clone();
            }
        }
    }

    fn is_head(&self, column: &str) -> bool {
        let is = |source: &Source| matches!(source, Source::Column(place) if self.layout.name(*place) == column);
        is(&self.layout.patient) || self.layout.name(self.layout.at) == column
    }

    fn asks(&self, column: &str, id: &str) -> bool {
        let question = |place: usize| self.pathways.current().questions.get(place).is_some_and(|question| question.id == id);
        self.layout.answers.iter().any(|asked| self.layout.name(asked.column) == column && question(asked.question))
    }

    fn reject(&self, line: usize, mut found: Found) -> Reject {
        let patient = found.person.as_ref().map(|person| &person.patient);
        let when = found.at.map(|at| (at, time::day(at, &self.layout.clock).unwrap_or(at.date())));
        let level = alone::level(self.pathways, patient, when, &found.answers);
        let mut kept = None;
        if let (Some(person), Some(at), true) = (found.person.clone(), found.at, level >= Level::Attention) {
            if !found.says_so {
                let why = found.wrong.iter().map(|(_, why)| why.as_str()).collect::<Vec<_>>().join("; ");
                found.answers.insert(UNREADABLE.to_string(), Answer::Codes(vec![cell::short(&why)]));
            }
            kept = Some(self.event(&person, at, &found));
        }
        Reject { line, wrong: found.wrong, level, patient: found.name, kept }
    }

    fn event(&self, person: &Person, at: Moment, found: &Found) -> Event {
        let imported = on_clock_of(person.zone.as_ref(), self.imported);
        let day: Option<Date> = time::day(at, &self.layout.clock);
        let check_in = CheckIn {
            revision: found.revision.clone(),
            answers: found.answers.clone(),
            complete: true,
            not_asked: self.layout.not_asked.clone(),
            imported: Some(imported),
        };
        let id = id_of(&person.patient.id, at, &found.answers);
        Event { id, at, received_at: Some(imported), day, corrects: None, kind: Kind::CheckIn(check_in) }
    }

    fn source(&self, source: &Source, cells: &[Cell], found: &mut Found) -> String {
        match source {
            Source::Fixed(word) => word.clone(),
            Source::Column(place) => {
                let cell = cells.get(*place);
                if cell.is_none_or(|cell| !cell.is_utf8) {
                    found.wrong.push((self.column(*place), not_utf8(cell)));
                }
                cell.map_or(String::new(), |cell| cell.text.clone())
            }
        }
    }

    fn of(&self, source: &Source, word: &str) -> String {
        match source {
            Source::Column(place) => self.column(*place),
            Source::Fixed(_) => word.to_string(),
        }
    }

    fn column(&self, place: usize) -> String {
        self.layout.name(place).to_string()
    }
}

fn not_utf8(cell: Option<&Cell>) -> String {
    cell.map_or("it is missing".to_string(), |cell| format!("`{}` is not UTF-8 text", cell.text))
}

/// The event's id says what it is: the same row is the same event, in whatever table and whenever it is imported. 32 hex digits of
/// the SHA-256 of patient, instant and sorted answers.
fn id_of(patient: &str, at: Moment, answers: &Answers) -> String {
    let mut text = format!("{patient}\u{1f}{}", at.instant());
    for (question, answer) in answers {
        let said = match answer {
            Answer::Number(number) => format!("{}", number.0),
            Answer::Codes(codes) => {
                let mut codes = codes.clone();
                codes.sort_unstable();
                codes.join("\u{1d}")
            }
        };
        text.push_str(&format!("\u{1f}{question}\u{1e}{said}"));
    }
    Sha256::digest(text.as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
