//! Who a rehearsal is about, what the person usually answers, and which revisions of the pathway there are.

use super::answers;
use super::text::{Piece, Source};
use super::when::{date, day_number, offset};
use lamella_pathway::{Compiled, Severity};
use lamella_record::{Answer, Answers, Date, Patient, Procedure};
use std::collections::BTreeMap;

/// The files of a pathway, as (name, text).
pub type Files = Vec<(String, String)>;

/// Who: what a `person:` line says.
#[derive(Debug, Clone, Default)]
pub struct Person {
    /// The date of the procedure.
    pub procedure: Option<Date>,
    /// Pain before it.
    pub baseline_pain: Option<i32>,
    /// Seconds that the person's clock is ahead of UTC.
    pub offset: i32,
    /// Date of birth.
    pub born: Option<Date>,
    /// Conditions by code.
    pub conditions: Vec<String>,
    /// Revisions assigned, each with its first day.
    pub revisions: Vec<(String, i32)>,
}

/// What a `usually:` line says.
#[derive(Debug, Clone, Default)]
pub struct Usually {
    /// Answers by question.
    pub answers: BTreeMap<String, Answer>,
    /// The revision that asks; the assigned or the current one when it is not said.
    pub revision: Option<String>,
}

impl Person {
    /// Reads a `person:` line on top of what is known already.
    pub fn read(&mut self, said: Piece, source: &mut Source) {
        said.split(',').into_iter().for_each(|item| {
            self.item(item, source);
        });
    }

    fn item(&mut self, item: Piece, source: &mut Source) -> Option<()> {
        let words = item.words();
        match words.as_slice() {
            [key, value] if key.text == "procedure" => self.procedure = Some(date(*value, source)?),
            [key, value] if key.text == "born" => self.born = Some(date(*value, source)?),
            [key, value] if key.text == "has" => self.conditions.push(value.text.to_string()),
            [key, value] if key.text == "offset" => match offset(value.text) {
                Some(ahead) => self.offset = ahead,
                None => return source.wrong(*value, "bad-offset", format!("`{}` is not an offset", value.text), "write it like `+01:00`"),
            },
            [baseline, pain, value] if baseline.text == "baseline" && pain.text == "pain" => match value.text.parse() {
                Ok(rating @ 0..=10) => self.baseline_pain = Some(rating),
                _ => return source.wrong(*value, "bad-number", format!("`{}` is not a pain rating", value.text), "a number from 0 to 10"),
            },
            [key, word, from, day, number] if key.text == "revision" && from.text == "from" && day.text == "day" => {
                let word = word.unquoted().unwrap_or(word.text).to_string();
                self.revisions.push((word, day_number(*number, source)?));
            }
            _ => {
                let hint =
                    "`procedure 2026-03-02`, `baseline pain 7`, `offset +01:00`, `born 1962-02-04`, `has CODE` or `revision 1 from day 0`";
                return source.wrong(item, "not-understood", format!("`{}` says nothing about a person", item.text), hint);
            }
        }
        Some(())
    }

    /// The patient of the record.
    pub fn patient(&self, procedure: Date) -> Patient {
        let baseline_pain = self.baseline_pain.map(Answer::number);
        let bare = Patient {
            id: "rehearsal".to_string(),
            name: None,
            born: self.born,
            time_zone: "UTC".to_string(),
            conditions: self.conditions.clone(),
            procedure: Procedure { date: procedure, baseline_pain, rest: Default::default() },
            pathway: vec![],
            rest: Default::default(),
        };
        let assigned = |(word, day): &(String, i32)| lamella_record::Assigned { revision: word.as_str().into(), from: bare.date_of(*day) };
        Patient { pathway: self.revisions.iter().map(assigned).collect(), ..bare }
    }
}

impl Usually {
    /// Reads a `usually:` line on top of what is known already.
    pub fn read(&mut self, said: Piece, pathway: &Compiled, source: &mut Source) {
        for item in said.split(',') {
            let words = item.words();
            match words.as_slice() {
                [key, word] if key.text == "revision" => self.revision = Some(word.unquoted().unwrap_or(word.text).to_string()),
                [id, word] => {
                    let answer = answers::question(*id, pathway, source).and_then(|question| answers::answer(question, *word, source));
                    answer.into_iter().for_each(|answer| {
                        self.answers.insert(id.text.to_string(), answer);
                    });
                }
                _ => source
                    .wrong(item, "not-understood", format!("`{}` is not an answer", item.text), "write it like `pain 3`")
                    .unwrap_or(()),
            }
        }
    }

    /// The answer of a quiet day, if there is one.
    pub fn quiet(&self, question: &lamella_pathway::Question) -> Option<Answer> {
        self.answers.get(&question.id).cloned().or_else(|| answers::normal(question))
    }

    /// Whether a quiet day answers every safety question among `due`; else the first that it does not.
    pub fn gap<'p>(&self, due: impl Iterator<Item = &'p lamella_pathway::Question>, given: &Answers) -> Option<&'p str> {
        due.filter(|question| question.safety && !given.contains_key(&question.id))
            .find(|question| self.quiet(question).is_none())
            .map(|question| question.id.as_str())
    }
}

/// Reads `revision 2: in severe-pain "at least 8" reads "at least 6"`, the part behind the colon: the same files, with other
/// words in one block and another revision's name.
pub fn revised(files: &Files, word: &str, said: Piece, source: &mut Source) -> Option<(Files, Compiled)> {
    let mut files = files.clone();
    for item in said.split(';') {
        let words = item.words();
        let [in_word, block, old, reads, new] = words.as_slice() else { return malformed(item, source) };
        let (Some(old_words), Some(new_words)) = (old.unquoted(), new.unquoted()) else { return malformed(item, source) };
        if (in_word.text, reads.text) != ("in", "reads") {
            return malformed(item, source);
        }
        let changed = files.iter_mut().any(|(_, text)| match reworded(text, block.text, old_words, new_words) {
            Some(other) => {
                *text = other;
                true
            }
            None => false,
        });
        if !changed {
            return source.wrong(
                *old,
                "no-such-words",
                format!("no block `{}` says {}", block.text, old.text),
                "copy the words out of the pathway",
            );
        }
    }
    files.iter_mut().for_each(|(_, text)| *text = named(text, word));
    let borrowed: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let (compiled, found) = lamella_pathway::read(&borrowed);
    match compiled {
        Some(compiled) => Some((files, compiled)),
        None => {
            let first = found.iter().find(|found| found.severity == Severity::Error).map_or(String::new(), ToString::to_string);
            source.wrong(said, "bad-revision", "the pathway cannot be read with these words".to_string(), &first)
        }
    }
}

fn malformed<T>(item: Piece, source: &mut Source) -> Option<T> {
    let hint = "write it like `revision 2: in severe-pain \"pain at least 8\" reads \"pain at least 6\"`";
    source.wrong(item, "not-understood", "this is not a change of wording".to_string(), hint)
}

/// The text with `old` replaced in the block whose first line ends with ` ID`.
fn reworded(text: &str, id: &str, old: &str, new: &str) -> Option<String> {
    let ending = format!(" {id}\n");
    let heads = text.match_indices("```lamella\n").map(|(at, fence)| at + fence.len());
    let start = heads
        .into_iter()
        .find(|at| text.get(*at..).and_then(|rest| rest.split_inclusive('\n').next()).is_some_and(|head| head.ends_with(&ending)))?;
    let length = text.get(start..)?.find("```")?;
    let block = text.get(start..start + length)?;
    if !block.contains(old) {
        return None;
    }
    Some([text.get(..start)?, &block.replace(old, new), text.get(start + length..)?].concat())
}

/// The text with another revision's name.
fn named(text: &str, word: &str) -> String {
    let line = |line: &str| if line.starts_with("  revision ") { format!("  revision {word}\n") } else { line.to_string() };
    text.split_inclusive('\n').map(line).collect()
}
