//! Scenarios: written day-by-day rehearsals, as `docs/scenarios.md` describes them.
//!
//! [`read`] turns a file's text into [`Rehearsal`]s and says everything that is wrong with it at once; `play` lets one happen.

mod answers;
mod claim;
mod person;
mod play;
mod text;
mod what;
mod when;

pub use person::Files;
pub use play::{Check, play};
pub use text::Source;

use claim::Claim;
use lamella_engine::Pathways;
use lamella_pathway::Compiled;
use person::{Person, Usually};
use text::{Piece, Section};
use what::{Way, What};
use when::{NINE, Seconds};

/// Where the pathway lies when a file does not say.
const DEFAULT_PATHWAY: &str = "../pathways/annular-fibrin";

/// One rehearsal.
pub struct Rehearsal<'a> {
    /// Its title.
    pub title: Piece<'a>,
    person: Person,
    usually: Usually,
    revisions: Vec<Compiled>,
    /// Its lines.
    pub lines: Vec<Line<'a>>,
}

/// A line about a day, or several.
pub struct Line<'a> {
    /// The line's text.
    pub item: Piece<'a>,
    first: i32,
    last: i32,
    time: Seconds,
    what: What,
    way: Way,
    claims: Vec<(Piece<'a>, Claim)>,
}

impl Rehearsal<'_> {
    /// The revisions, the last one current, with the models that `known` knows.
    fn pathways(&self, known: &Pathways) -> Option<Pathways> {
        let (current, older) = self.revisions.split_last()?;
        Some(known.of_others(current.clone(), older.to_vec()))
    }
}

/// The folder of the pathway that a file names, relative to the file.
pub fn pathway_of(text: &str) -> String {
    let head = text::sections(text).into_iter().next();
    let named = head.iter().flat_map(|head| &head.items).find_map(|item| item.text.strip_prefix("pathway:"));
    named.map_or(DEFAULT_PATHWAY, str::trim).to_string()
}

/// Reads a file's rehearsals for a pathway, given as its files and compiled. What is wrong stands in `source.found`.
pub fn read<'a>(source: &mut Source<'a>, files: &Files, pathway: &Compiled) -> Vec<Rehearsal<'a>> {
    let sections = text::sections(source.text);
    let Some((head, rest)) = sections.split_first() else { return vec![] };
    let mut reader =
        Reader { files: files.clone(), person: Person::default(), usually: Usually::default(), revisions: vec![pathway.clone()] };
    let mut lines = vec![];
    head.items.iter().filter(|item| !item.text.starts_with("pathway:")).for_each(|item| reader.item(*item, &mut lines, source));
    let hint = "begin one with `## Its title`";
    if let Some(line) = lines.first() {
        source.note(line.item, "no-rehearsal", "a day stands before the first rehearsal".to_string(), hint);
    }
    if rest.is_empty() {
        let start = Piece { text: source.text.lines().next().unwrap_or(""), start: 0 };
        source.note(start, "no-rehearsal", "there is no rehearsal here".to_string(), hint);
    }
    rest.iter().filter_map(|section| reader.clone().rehearsal(section, source)).collect()
}

#[derive(Clone)]
struct Reader {
    files: Files,
    person: Person,
    usually: Usually,
    revisions: Vec<Compiled>,
}

impl Reader {
    fn rehearsal<'a>(mut self, section: &Section<'a>, source: &mut Source<'a>) -> Option<Rehearsal<'a>> {
        let mut lines = vec![];
        section.items.iter().for_each(|item| self.item(*item, &mut lines, source));
        if lines.is_empty() {
            return source.wrong(
                section.title,
                "empty-rehearsal",
                "nothing happens in this rehearsal".to_string(),
                "a line a day: `- day 1: quiet → expected`",
            );
        }
        if self.person.procedure.is_none() {
            let hint = "`- person: procedure 2026-03-02`, here or before the first rehearsal";
            return source.wrong(section.title, "no-procedure", "the date of the procedure is not said".to_string(), hint);
        }
        let Reader { person, usually, revisions, .. } = self;
        Some(Rehearsal { title: section.title, person, usually, revisions, lines })
    }

    fn item<'a>(&mut self, item: Piece<'a>, lines: &mut Vec<Line<'a>>, source: &mut Source<'a>) {
        let Some((head, rest)) = colon(item) else {
            let hint = "`day 12 09:00: what happens → what is expected`; prose needs no dash";
            source.note(item, "not-understood", "this line has no colon".to_string(), hint);
            return;
        };
        let words = head.words();
        let texts: Vec<&str> = words.iter().map(|word| word.text).collect();
        if matches!(texts.as_slice(), ["person" | "usually"] | ["revision", _]) {
            if !lines.is_empty() {
                let hint = "it would hold from the first day on; a second rehearsal can say it differently";
                source.note(head, "too-late", "this stands before the first day".to_string(), hint);
            }
            self.setting(&texts, rest, source);
        } else if let Some(pathway) = self.revisions.last() {
            lines.extend(line(item, &words, rest, pathway, source));
        }
    }

    fn setting(&mut self, head: &[&str], said: Piece, source: &mut Source) {
        match (head, self.revisions.last()) {
            (["person"], _) => self.person.read(said, source),
            (["usually"], Some(pathway)) => self.usually.read(said, pathway, source),
            (["revision", word], _) => {
                if let Some((files, revised)) = person::revised(&self.files, word, said, source) {
                    self.files = files;
                    self.revisions.push(revised);
                }
            }
            _ => {}
        }
    }
}

/// What stands before and behind the colon that ends a line's head: the first that a space or the end follows.
fn colon<'a>(item: Piece<'a>) -> Option<(Piece<'a>, Piece<'a>)> {
    let at = item
        .text
        .match_indices(':')
        .map(|(at, _)| at)
        .find(|at| item.text.get(at + 1..).is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace)))?;
    let head = Piece { text: item.text.get(..at)?, start: item.start };
    let rest = Piece { text: item.text.get(at + 1..)?, start: item.start + at + 1 };
    Some((head, rest.trimmed()))
}

/// Reads `day 1..11 09:00` and what stands behind its colon.
fn line<'a>(item: Piece<'a>, head: &[Piece<'a>], rest: Piece<'a>, pathway: &Compiled, source: &mut Source<'a>) -> Option<Line<'a>> {
    let (first, last, time) = days(item, head, source)?;
    let (said, claimed) = match rest.around("→").or_else(|| rest.around("->")) {
        Some((said, claimed)) => (said.trimmed(), Some(claimed.trimmed())),
        None => (rest, None),
    };
    let happens = what::read(said, pathway, source);
    let judged = happens.as_ref().is_none_or(|(what, _)| matches!(what, What::CheckIn(_) | What::Stopped(..)));
    let mut claims = vec![];
    for piece in claimed.into_iter().flat_map(|claimed| claimed.split(';')) {
        if piece.text.is_empty() {
            return source.wrong(item, "no-claim", "a claim is missing".to_string(), "claims stand behind `→`, separated by `;`");
        }
        claims.extend(claim::read(piece, judged, pathway, source).map(|claim| (piece, claim)));
    }
    let (what, way) = happens?;
    Some(Line { item, first, last, time, what, way, claims })
}

/// `day 12`, `day 1..11`, each with a time or not.
fn days(item: Piece, head: &[Piece], source: &mut Source) -> Option<(i32, i32, Seconds)> {
    let hint = "a line begins with `day 12:`, `day 12 09:00:`, `day 1..11:`, `person:`, `usually:` or `revision 2:`";
    let (days, clock) = match head {
        [day, days] if day.text == "day" => (*days, None),
        [day, days, clock] if day.text == "day" => (*days, Some(*clock)),
        _ => return source.wrong(head.first().copied().unwrap_or(item), "not-understood", "this line does not say when".to_string(), hint),
    };
    let time = match clock {
        None => NINE,
        Some(clock) => match when::time(clock.text) {
            Some(time) => time,
            None => return source.wrong(clock, "bad-time", format!("`{}` is not a time of day", clock.text), "write it like `09:00`"),
        },
    };
    let (first, last) = days.text.split_once("..").unwrap_or((days.text, days.text));
    match (first.parse(), last.parse()) {
        (Ok(first @ -3650..=3650), Ok(last @ -3650..=3650)) if first <= last => Some((first, last, time)),
        _ => source.wrong(days, "bad-day", format!("`{}` are no days", days.text), "days since the procedure, such as `12` or `1..11`"),
    }
}
