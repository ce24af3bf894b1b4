//! Which column means what? An unknown column stops the import before its first row.

use super::map::{Clock, How, Map, Named};
use super::table::Shape;
use lamella_pathway::{Compiled, nearest};

/// The columns that every table of ours has.
const OWN: [&str; 3] = ["patient", "at", "revision"];

/// Something that a column says, or the same for every row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The place of a column.
    Column(usize),
    /// The same for every row.
    Fixed(String),
}

/// A column with a question's answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// The place of the column.
    pub column: usize,
    /// The question by its place in the pathway.
    pub question: usize,
    /// How its cells are read.
    pub how: How,
}

/// Which column means what.
#[derive(Debug, Clone)]
pub struct Layout {
    /// What separates columns.
    pub delimiter: u8,
    /// The columns by name.
    pub names: Vec<String>,
    /// Whose.
    pub patient: Source,
    /// When.
    pub at: usize,
    /// How times are read.
    pub clock: Clock,
    /// Under which revision.
    pub revision: Source,
    /// The answers.
    pub answers: Vec<Asked>,
    /// Which rows are taken: the place of a column and the words it may hold.
    pub rows: Vec<(usize, Vec<String>)>,
    /// Questions that no column asks.
    pub not_asked: Vec<String>,
}

impl Layout {
    /// The layout of a table of ours.
    pub fn of_clinic(names: Vec<String>, pathway: &Compiled, ignore: &[String]) -> Result<Layout, String> {
        let mut answers = vec![];
        for (column, name) in names.iter().enumerate() {
            match pathway.question(name) {
                _ if OWN.contains(&name.as_str()) || ignore.contains(name) => {}
                Some(question) => answers.push(Asked { column, question, how: How::default() }),
                None => return Err(unknown(name, pathway.questions.iter().map(|question| question.id.as_str()).chain(OWN))),
            }
        }
        let own = |name: &str| names.iter().position(|there| there == name && !ignore.contains(there));
        let needed = |name: &str| own(name).ok_or(format!("line 1: there is no column `{name}`; the header is `patient,at,revision,…`"));
        let revision = own("revision").map_or_else(|| Source::Fixed(pathway.revision.clone()), Source::Column);
        Ok(Layout {
            delimiter: b',',
            patient: Source::Column(needed("patient")?),
            at: needed("at")?,
            clock: Clock::default(),
            revision,
            not_asked: not_asked(pathway, &answers),
            answers,
            rows: vec![],
            names,
        })
    }

    /// The layout of a table that a map describes. Columns that it does not speak of are unknown, too.
    pub fn mapped(names: Vec<String>, map: Map, pathway: &Compiled, ignore: &[String]) -> Result<Layout, String> {
        let column = |name: &str| {
            let hint = || did_you_mean(name, names.iter().map(String::as_str));
            names
                .iter()
                .position(|there| there == name)
                .ok_or_else(|| format!("line 1: the map speaks of a column `{name}`, and there is none{}", hint()))
        };
        let source = |named: &Named| match named {
            Named::Column(name) => column(name).map(Source::Column),
            Named::Always(word) => Ok(Source::Fixed(word.clone())),
        };
        let mut answers = vec![];
        for (id, name, how) in &map.answers {
            let ids = pathway.questions.iter().map(|question| question.id.as_str());
            let missing = || format!("the map answers `{id}`, and the pathway has no such question{}", did_you_mean(id, ids));
            answers.push(Asked { column: column(name)?, question: pathway.question(id).ok_or_else(missing)?, how: how.clone() });
        }
        let rows = map.rows.iter().map(|(name, words)| Ok((column(name)?, words.clone()))).collect::<Result<Vec<_>, String>>()?;
        let layout = Layout {
            delimiter: map.delimiter,
            patient: source(&map.patient)?,
            at: column(&map.time)?,
            clock: map.clock,
            revision: map.revision.as_ref().map_or(Ok(Source::Fixed(pathway.revision.clone())), source)?,
            not_asked: not_asked(pathway, &answers),
            answers,
            rows,
            names: names.clone(),
        };
        for name in &map.ignore {
            column(name)?;
        }
        let read = layout.shape().read;
        let left_out = |name: &String| ignore.contains(name) || map.ignore.contains(name);
        match names.iter().enumerate().find(|(place, name)| !read.contains(place) && !left_out(name)) {
            Some((_, name)) => Err(format!(
                "line 1: the map does not speak of the column `{name}`; if it is to be left out, add it to `ignore` in the map, or say `--ignore-column {name}`"
            )),
            None => Ok(layout),
        }
    }

    /// What a row should look like.
    pub fn shape(&self) -> Shape {
        let sources = [&self.patient, &self.revision].into_iter().filter_map(|source| match source {
            Source::Column(place) => Some(*place),
            Source::Fixed(_) => None,
        });
        let filters = self.rows.iter().map(|(place, _)| *place);
        let answers = self.answers.iter().map(|asked| asked.column);
        Shape { width: self.names.len(), read: sources.chain([self.at]).chain(filters).chain(answers).collect() }
    }

    /// The name of a column.
    pub fn name(&self, place: usize) -> &str {
        self.names.get(place).map_or("", String::as_str)
    }
}

/// The pathway's questions without a column.
fn not_asked(pathway: &Compiled, answers: &[Asked]) -> Vec<String> {
    let has_column = |place: usize| answers.iter().any(|asked| asked.question == place);
    pathway.questions.iter().enumerate().filter(|(place, _)| !has_column(*place)).map(|(_, question)| question.id.clone()).collect()
}

fn unknown<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    format!("line 1: unknown column `{name}`{}; to leave it out, say `--ignore-column {name}`", did_you_mean(name, known))
}

/// `; did you mean …?`, or nothing.
pub fn did_you_mean<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> String {
    nearest(word, known).map_or(String::new(), |near| format!(" (did you mean `{near}`?)"))
}
