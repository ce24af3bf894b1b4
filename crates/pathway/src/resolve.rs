//! Declarations → the compiled pathway: names become places, texts are paired by language.

mod block;
mod question;

use crate::compiled::*;
use crate::cond::{Names, groups, listed, range_of, tenths};
use crate::diagnostic::{Diagnostic, Place, did_you_mean};
use crate::lexer::{Item, Line, Section, not_understood};
use crate::tree::{Decl, Tree, What};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{format, vec};
use lamella_record::Level;

/// Codes are bits, and some bits are kept for the engine's own use.
const MOST_CODES: usize = 60;
/// How far back usual looks, in days; what a question under `above usual` keeps beyond it is for runs of up to 14 days.
const USUAL_KEEPS: u16 = 195;

/// Resolves a tree; `None` if it declares no pathway. Everything wrong is added to `found`.
pub(crate) fn resolve(tree: &Tree, hash: String, found: &mut Vec<Diagnostic>) -> Option<Compiled> {
    let Some(head) = tree.decls.iter().find(|decl| decl.what == What::Pathway) else {
        let hint = "start with a heading and a block `pathway NAME`".to_string();
        found.push(Diagnostic::error(
            &Place { line: 1, column: 1, ..Place::default() },
            "no-pathway",
            "no file declares a pathway".to_string(),
            hint,
        ));
        return None;
    };
    let mut maker = Maker { tree, found, languages: languages(head), questions: vec![], phases: vec![], slots: 0 };
    maker.pair_translations();
    maker.shells();
    let mut made = maker.pathway(head, hash);
    made.questions = maker.questions();
    made.rules = maker.all(|what| matches!(what, What::Rule { .. }), Maker::rule);
    made.phases = maker.all(|what| what == What::Phase, Maker::phase);
    made.restrictions = maker.all(|what| what == What::Restriction, Maker::restriction);
    made.sources = maker.all(|what| what == What::Source, Maker::source);
    made.levels = maker.all(|what| matches!(what, What::Level(_)), Maker::level);
    made.levels.sort_by_key(|text| text.level);
    made.cards = maker.all(|what| matches!(what, What::Card(_)), Maker::card);
    made.notices = maker.all(|what| what == What::Notice, Maker::notice);
    made.pages = maker.all(|what| what == What::Page, Maker::page);
    made.contact = maker.all(|what| what == What::Contact, Maker::contact).into_iter().next().unwrap_or_default();
    made.slots = maker.slots;
    made.by_id = by_id(&made.questions);
    keep(&mut made);
    Some(made)
}

fn by_id(questions: &[Question]) -> Vec<u16> {
    let mut named: Vec<(&str, u16)> = questions.iter().zip(0..).map(|(question, place)| (question.id.as_str(), place)).collect();
    named.sort_unstable();
    named.into_iter().map(|(_, place)| place).collect()
}

fn languages(head: &Decl) -> Vec<String> {
    let line = head.lines.iter().find(|line| line.words().first() == Some(&"languages"));
    let named: Vec<String> =
        line.map_or(vec![], |line| line.words().iter().skip(1).filter(|w| **w != ",").map(|w| w.to_string()).collect());
    if named.is_empty() { vec!["en".to_string()] } else { named }
}

/// A question keeps as many past days as its conditions look back.
fn keep(made: &mut Compiled) {
    let mut depths: Vec<u16> = vec![0; made.questions.len()];
    let mut look = |cond: &Cond| {
        let (question, depth) = match cond {
            Cond::AboveUsual { question, .. } | Cond::NoUsual { question } => (Some(*question), USUAL_KEEPS),
            Cond::Running { cond, days } => (cond.question(), u16::from(*days) * 2),
            _ => return,
        };
        if let Some(slot) = question.and_then(|question| depths.get_mut(usize::from(question))) {
            *slot = (*slot).max(depth);
        }
    };
    for rule in &made.rules {
        rule.when.each(&mut look);
    }
    for cond in [&made.flare, &made.felt_worse].into_iter().flatten() {
        cond.each(&mut look);
    }
    for (question, depth) in made.questions.iter_mut().zip(depths) {
        let asked = if let Asked::EveryDays(days) = question.asked { days } else { 0 };
        question.keep_days = depth.max(asked);
    }
}

struct Maker<'a> {
    tree: &'a Tree,
    found: &'a mut Vec<Diagnostic>,
    languages: Vec<String>,
    questions: Vec<Question>,
    phases: Vec<String>,
    slots: u16,
}

impl<'a> Maker<'a> {
    fn error(&mut self, place: &Place, name: &'static str, what: String, hint: String) {
        self.found.push(Diagnostic::error(place, name, what, hint));
    }

    fn not_understood(&mut self, line: &Line, of: &str, known: &[&str]) {
        self.found.push(not_understood(line, of, known));
    }

    fn all<T>(&mut self, which: impl Fn(What) -> bool, make: impl Fn(&mut Self, &'a Decl) -> T) -> Vec<T> {
        let tree = self.tree;
        tree.decls.iter().filter(|decl| which(decl.what)).map(|decl| make(self, decl)).collect()
    }

    fn condition(&mut self, line: &Line, skip: usize) -> Option<Cond> {
        let mut names = Names { questions: &self.questions, phases: &self.phases, slots: self.slots, found: self.found };
        let cond = names.condition(line, skip);
        self.slots = names.slots;
        cond
    }

    fn level_word(&mut self, line: &Line, word: usize) -> Option<Level> {
        let text = line.words().get(word).copied().unwrap_or("").to_string();
        let level = Level::from_word(&text);
        if level.is_none() {
            let hint = did_you_mean(&text, Level::ALL.iter().map(|level| level.word()));
            self.error(line.at(word), "unknown-level", format!("`{text}` is not a level"), hint);
        }
        level
    }

    fn count(&mut self, line: &Line, word: usize) -> u16 {
        let text = line.words().get(word).copied().unwrap_or("").to_string();
        match text.parse::<u16>() {
            Ok(number) if number <= 9999 => number,
            _ => {
                self.error(line.at(word), "bad-number", format!("`{text}` is not a number"), "a whole number".to_string());
                0
            }
        }
    }

    fn within(&mut self, line: &Line, words: &[&str], start: usize) -> Option<Within> {
        match words {
            ["answer", "within", _, "hours" | "hour"] => Some(Within { hours: self.count(line, start + 2), clinic_hours: false }),
            ["answer", "within", _, "clinic", "hours" | "hour"] => Some(Within { hours: self.count(line, start + 2), clinic_hours: true }),
            _ => {
                let hint = "write `answer within 8 clinic hours` or `answer within 72 hours`".to_string();
                self.error(line.at(start), "not-understood", "this is not a time to answer".to_string(), hint);
                None
            }
        }
    }

    // ---- words -------------------------------------------------------------------------------------------------------

    /// The section's words in every language. Answers are paired by code, other lists by place.
    fn texts(&mut self, decl: &Decl, codes: &[String]) -> Texts {
        let tree = self.tree;
        let languages = self.languages.clone();
        let own = words_of(&decl.section, codes);
        let mut texts = vec![own];
        for language in languages.iter().skip(1) {
            let there = tree
                .translations
                .iter()
                .find(|translation| translation.language == *language && translation.section.anchor.as_deref() == Some(decl.id.as_str()));
            match there {
                Some(translation) => {
                    self.compare(decl, &translation.section, codes);
                    texts.push(words_of(&translation.section, codes));
                }
                None => {
                    if decl.what != What::Source {
                        let what = format!("`{}` has no words in `{language}`", decl.id);
                        let hint = format!("add `## … {{#{}}}` to the file that ends in `.{language}.md`", decl.id);
                        self.found.push(Diagnostic::warning(&decl.place, "missing-translation", what, hint));
                    }
                    texts.push(Words::default());
                }
            }
        }
        texts
    }

    fn compare(&mut self, decl: &Decl, other: &Section, codes: &[String]) {
        let missing = if codes.is_empty() {
            (decl.section.items.len() != other.items.len())
                .then(|| format!("{} items here, {} in the source", other.items.len(), decl.section.items.len()))
        } else {
            let there: Vec<String> = other.items.iter().filter_map(|item| answer(item).map(|(code, ..)| code)).collect();
            codes.iter().find(|code| !there.contains(code)).map(|code| format!("the answer `{code}` is missing"))
        };
        if let Some(missing) = missing {
            self.found.push(Diagnostic::warning(&other.place, "stale-translation", missing, "translate the list anew".to_string()));
        }
    }

    fn pair_translations(&mut self) {
        let tree = self.tree;
        for translation in &tree.translations {
            let Some(anchor) = translation.section.anchor.as_deref() else { continue };
            if !tree.decls.iter().any(|decl| decl.id == anchor) {
                let hint = did_you_mean(anchor, tree.decls.iter().map(|decl| decl.id.as_str()));
                let what = format!("`{anchor}` translates nothing");
                self.found.push(Diagnostic::warning(&translation.section.place, "stray-translation", what, hint));
            }
        }
    }

    // ---- the pathway itself ------------------------------------------------------------------------------------------

    fn pathway(&mut self, head: &'a Decl, hash: String) -> Compiled {
        let mut made = Compiled {
            id: head.id.clone(),
            revision: String::new(),
            hash,
            languages: self.languages.clone(),
            text: self.texts(head, &[]),
            felt_worse: None,
            flare: None,
            model: None,
            contact: Contact::default(),
            pages: vec![],
            questions: vec![],
            rules: vec![],
            otherwise: Level::Watch,
            levels: vec![],
            notices: vec![],
            cards: vec![],
            phases: vec![],
            restrictions: vec![],
            sources: vec![],
            slots: 0,
            by_id: vec![],
        };
        for line in &head.lines {
            match line.words().as_slice() {
                ["revision", word] => made.revision = word.to_string(),
                ["languages", ..] | ["anchor", "procedure"] => {}
                ["model", hash] => made.model = self.model(line, hash),
                ["felt", "worse", "when", ..] => made.felt_worse = self.condition(line, 3),
                ["flare", "when", ..] => made.flare = self.condition(line, 2),
                _ => self.not_understood(
                    line,
                    "pathway",
                    &["revision", "languages", "anchor procedure", "model HASH", "felt worse when …", "flare when …"],
                ),
            }
        }
        if made.revision.is_empty() {
            self.error(&head.place, "no-revision", "the pathway names no revision".to_string(), "add `revision 1`".to_string());
        }
        let otherwise: Vec<Level> = self.all(
            |what| matches!(what, What::Otherwise(_)),
            |_, decl| match decl.what {
                What::Otherwise(level) => level,
                _ => Level::Watch,
            },
        );
        match otherwise.first() {
            Some(level) => made.otherwise = *level,
            None => {
                let hint = "add a section with the block `otherwise watch`".to_string();
                self.error(&head.place, "no-otherwise", "no block says what holds otherwise".to_string(), hint);
            }
        }
        made
    }

    fn model(&mut self, line: &Line, hash: &str) -> Option<String> {
        let hex = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase());
        if !hex {
            let what = format!("`{hash}` is not the hash of a model");
            self.error(line.at(1), "bad-model", what, "write all 64 digits, as `lamella calibrate` prints them".to_string());
        }
        hex.then(|| hash.to_string())
    }
}

/// `- code (LEVEL from day N): words` → code, floor, words.
fn answer(item: &Item) -> Option<(String, Option<String>, String)> {
    let (head, words) = item.text.split_once(':')?;
    let (code, floor) = match head.split_once('(') {
        Some((code, floor)) => (code.trim(), Some(floor.trim().strip_suffix(')')?.trim().to_string())),
        None => (head.trim(), None),
    };
    crate::parser::is_id(code).then(|| (code.to_string(), floor, words.trim().to_string()))
}

fn floor_of(text: &str) -> Option<(Level, Option<i32>)> {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.as_slice() {
        [level] => Some((Level::from_word(level)?, None)),
        [level, "from", "day", day] => Some((Level::from_word(level)?, Some(day.parse().ok()?))),
        _ => None,
    }
}

fn words_of(section: &Section, codes: &[String]) -> Words {
    let items = if codes.is_empty() {
        section.items.iter().map(|item| item.text.clone()).collect()
    } else {
        let answers: Vec<_> = section.items.iter().filter_map(answer).collect();
        codes.iter().map(|code| answers.iter().find(|(c, ..)| c == code).map_or(String::new(), |(_, _, words)| words.clone())).collect()
    };
    Words { title: section.title.clone(), prose: section.prose.trim().to_string(), clinic: section.clinic.trim().to_string(), items }
}

/// `mon-fri` and `08:00..17:00`.
fn hours_of(days: &str, times: &str) -> Option<Hours> {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let day = |word: &str| DAYS.iter().position(|day| *day == word);
    let (first, last) = days.split_once('-').unwrap_or((days, days));
    let (first, last) = (day(first)?, day(last)?);
    let minute = |text: &str| -> Option<u16> {
        let (hour, minute) = text.split_once(':')?;
        let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
        (hour <= 24 && minute < 60).then_some(hour * 60 + minute)
    };
    let (from, to) = times.split_once("..")?;
    let (from, to) = (minute(from)?, minute(to)?);
    let bits = (first..=last).fold(0u8, |bits, day| bits | 1 << day);
    (first <= last && from < to).then_some(Hours { days: bits, from, to })
}
