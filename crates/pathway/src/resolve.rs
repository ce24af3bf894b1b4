//! Declarations → the compiled pathway: names become places, texts are paired by language.

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

    // ---- questions ---------------------------------------------------------------------------------------------------

    /// What conditions need to know of each question and phase before any condition is read.
    fn shells(&mut self) {
        let tree = self.tree;
        self.phases = tree.decls.iter().filter(|decl| decl.what == What::Phase).map(|decl| decl.id.clone()).collect();
        let decls: Vec<&Decl> = tree.decls.iter().filter(|decl| decl.what == What::Question).collect();
        for decl in decls {
            let shell = self.shell(decl);
            self.questions.push(shell);
        }
    }

    fn shell(&mut self, decl: &Decl) -> Question {
        let mut question = Question {
            id: decl.id.clone(),
            text: vec![],
            form: Form::One,
            codes: vec![],
            ranks: vec![],
            range: (0, 0),
            unit: String::new(),
            floors: vec![],
            page: String::new(),
            alone: None,
            unchanged: None,
            normal: 0,
            preset: None,
            empty_stands_for: None,
            baseline_intake: false,
            asked: Asked::Always,
            safety: false,
            keep_days: 0,
        };
        let mut form = None;
        for line in &decl.lines {
            match line.words().as_slice() {
                ["one", "of", "the", "above"] => form = Some(Form::One),
                ["any", "of", "the", "above"] => form = Some(Form::Any),
                ["whole", range, unit @ ..] => {
                    form = Some(Form::Whole);
                    question.unit = unit.join(" ");
                    question.range = self.range(line, range_of(range));
                }
                ["tenths", range, unit @ ..] => {
                    form = Some(Form::Tenths);
                    question.unit = unit.join(" ");
                    let ends = range.split_once("..").and_then(|(a, b)| Some((tenths(a)?, tenths(b)?)));
                    question.range = self.range(line, ends);
                }
                _ => {}
            }
        }
        match form {
            Some(form) => question.form = form,
            None => {
                let hint = "say `one of the above`, `any of the above`, `whole 0..10` or `tenths 34.0..43.0 °C`".to_string();
                self.error(&decl.place, "no-form", format!("`{}` does not say what it takes", decl.id), hint);
            }
        }
        if !question.is_number() {
            self.answers(decl, &mut question);
        }
        question
    }

    fn range(&mut self, line: &Line, range: Option<(i32, i32)>) -> (i32, i32) {
        match range {
            Some((least, most)) if least <= most => (least, most),
            _ => {
                self.error(line.at(1), "bad-range", "this is not a range".to_string(), "write it like `0..10`".to_string());
                (0, 10)
            }
        }
    }

    fn answers(&mut self, decl: &Decl, question: &mut Question) {
        for item in &decl.section.items {
            let Some((code, floor, _)) = answer(item) else {
                let hint = "write `- code: words` or `- code (attention): words`".to_string();
                self.error(&item.place, "bad-answer", "this is not an answer".to_string(), hint);
                continue;
            };
            if question.codes.contains(&code) || code == "dont-know" {
                self.error(&item.place, "twice", format!("`{code}` stands here already, or is kept for the engine"), String::new());
                continue;
            }
            if let Some(floor) = floor {
                match floor_of(&floor) {
                    Some((level, from_day)) => question.floors.push(Floor { code: question.codes.len() as u8, level, from_day }),
                    None => {
                        let hint = "write `(attention)` or `(attention from day 3)`".to_string();
                        self.error(&item.place, "bad-floor", format!("`({floor})` is not a floor"), hint);
                    }
                }
            }
            question.codes.push(code);
        }
        if question.codes.is_empty() || question.codes.len() > MOST_CODES {
            let what = format!("`{}` lists {} answers", decl.id, question.codes.len());
            self.error(&decl.place, "no-answers", what, format!("list 1 to {MOST_CODES} above the block, like `- none: no`"));
        }
    }

    fn questions(&mut self) -> Vec<Question> {
        let tree = self.tree;
        let decls: Vec<&Decl> = tree.decls.iter().filter(|decl| decl.what == What::Question).collect();
        let mut done = vec![];
        for (decl, shell) in decls.into_iter().zip(self.questions.clone()) {
            done.push(self.question(decl, shell));
        }
        // Conditions are resolved; from here on the finished questions stand in for the shells.
        self.questions = done.clone();
        done
    }

    fn question(&mut self, decl: &Decl, mut question: Question) -> Question {
        question.text = self.texts(decl, &question.codes.clone());
        let mut asked = None;
        for line in &decl.lines {
            match line.words().as_slice() {
                ["one" | "any", "of", "the", "above"] | ["whole" | "tenths", ..] => {}
                ["page", page] => question.page = self.page_named(line, page),
                ["severity", ..] => question.ranks = self.severity(line, &question),
                ["alone", _] => question.alone = self.code_at(line, 1, &question).map(|code| code as u8),
                ["unchanged", _] => question.unchanged = self.code_at(line, 1, &question).map(|code| code as u8),
                ["normal", ..] => question.normal = self.normal(line, &question),
                ["preset", word] => question.preset = self.preset(line, word, &question),
                ["empty", "stands", "for", number] => {
                    question.empty_stands_for = if question.form == Form::Tenths { tenths(number) } else { number.parse().ok() };
                    if question.empty_stands_for.is_none() {
                        self.error(line.at(3), "bad-number", format!("`{number}` is not a number"), String::new());
                    }
                }
                ["baseline", "intake"] => question.baseline_intake = true,
                ["asked", "every", "check-in"] => asked = Some(Asked::Always),
                ["asked", "every", _, "days"] => asked = Some(Asked::EveryDays(self.count(line, 2))),
                ["asked", "when", ..] => asked = self.condition(line, 2).map(Asked::When).or(Some(Asked::Always)),
                ["safety"] => question.safety = true,
                _ => self.not_understood(
                    line,
                    "question",
                    &[
                        "one of the above",
                        "any of the above",
                        "whole 0..10",
                        "tenths 34.0..43.0 °C",
                        "page NAME",
                        "severity A < B",
                        "alone CODE",
                        "unchanged CODE",
                        "normal CODE",
                        "preset CODE",
                        "empty stands for N",
                        "baseline intake",
                        "asked every check-in",
                        "safety",
                    ],
                ),
            }
        }
        match asked {
            Some(asked) => question.asked = asked,
            None => {
                let hint = "add `asked every check-in`".to_string();
                self.error(&decl.place, "not-asked", format!("`{}` does not say when it is asked", decl.id), hint);
            }
        }
        if question.ranks.is_empty() {
            question.ranks = vec![0; question.codes.len()];
        }
        question
    }

    fn page_named(&mut self, line: &Line, page: &str) -> String {
        let tree = self.tree;
        let pages: Vec<&str> = tree.decls.iter().filter(|decl| decl.what == What::Page).map(|decl| decl.id.as_str()).collect();
        if !pages.contains(&page) {
            let hint = did_you_mean(page, pages.into_iter());
            self.error(line.at(1), "unknown-page", format!("there is no page `{page}`"), hint);
        }
        page.to_string()
    }

    fn code_at(&mut self, line: &Line, word: usize, question: &Question) -> Option<usize> {
        let text = line.words().get(word).copied().unwrap_or("").to_string();
        let code = question.code(&text);
        if code.is_none() {
            let hint = did_you_mean(&text, question.codes.iter().map(String::as_str));
            self.error(line.at(word), "unknown-code", format!("`{}` has no answer `{text}`", question.id), hint);
        }
        code
    }

    fn normal(&mut self, line: &Line, question: &Question) -> u64 {
        let places: Vec<usize> = listed(&line.words()).map(|(index, _)| index).skip(1).collect();
        places.into_iter().filter_map(|word| self.code_at(line, word, question)).fold(0, |bits, code| bits | 1 << code)
    }

    fn preset(&mut self, line: &Line, word: &str, question: &Question) -> Option<i64> {
        if question.is_number() {
            let number = word.parse::<i64>().ok();
            if number.is_none() {
                self.error(line.at(1), "bad-number", format!("`{word}` is not a number"), String::new());
            }
            return number;
        }
        self.code_at(line, 1, question).map(|code| 1 << code)
    }

    fn severity(&mut self, line: &Line, question: &Question) -> Vec<u8> {
        let mut ranks: Vec<Option<u8>> = vec![None; question.codes.len()];
        let tokens = line.tokens.get(1..).unwrap_or(&[]).to_vec();
        for (rank, group) in groups(&tokens).into_iter().enumerate() {
            for token in group {
                match question.code(&token.text).and_then(|code| ranks.get_mut(code)) {
                    Some(slot) if slot.is_none() => *slot = Some(rank as u8),
                    Some(_) => self.error(&token.place, "twice", format!("`{}` stands here twice", token.text), String::new()),
                    None => {
                        let hint = did_you_mean(&token.text, question.codes.iter().map(String::as_str));
                        self.error(&token.place, "unknown-code", format!("`{}` has no answer `{}`", question.id, token.text), hint);
                    }
                }
            }
        }
        for (code, rank) in question.codes.iter().zip(&ranks) {
            if rank.is_none() {
                let what = format!("`{code}` has no place in the order of severity");
                self.error(&line.place, "no-severity", what, "every answer needs one".to_string());
            }
        }
        ranks.into_iter().map(|rank| rank.unwrap_or(0)).collect()
    }

    // ---- the rest ----------------------------------------------------------------------------------------------------

    fn rule(&mut self, decl: &'a Decl) -> Rule {
        let mut when = None;
        let mut level = None;
        let mut answer_within = None;
        let mut sources = vec![];
        for line in &decl.lines {
            match line.words().as_slice() {
                ["when", ..] => when = self.condition(line, 1).or(Some(Cond::Any(vec![]))),
                ["then", _] => level = self.level_word(line, 1),
                ["then", _, ",", rest @ ..] => {
                    level = self.level_word(line, 1);
                    answer_within = self.within(line, rest, 3);
                }
                ["source", ..] => sources = self.sources_named(line),
                _ => self.not_understood(line, "rule", &["when …", "then LEVEL", "source ID"]),
            }
        }
        if when.is_none() || level.is_none() {
            let missing = if when.is_none() { "when" } else { "then" };
            self.error(&decl.place, "no-rule", format!("`{}` has no `{missing}`", decl.id), format!("add a line `{missing} …`"));
        }
        let when = when.unwrap_or(Cond::Any(vec![]));
        let mut reads: Vec<u16> = vec![];
        let mut on_stopped = false;
        when.each(&mut |cond| {
            on_stopped |= matches!(cond, Cond::Stopped);
            reads.extend(cond.question());
        });
        reads.sort_unstable();
        reads.dedup();
        Rule {
            id: decl.id.clone(),
            text: self.texts(decl, &[]),
            safety: decl.what == What::Rule { safety: true },
            when,
            level: level.unwrap_or(Level::Watch),
            answer_within,
            sources,
            reads,
            on_stopped,
        }
    }

    fn sources_named(&mut self, line: &Line) -> Vec<String> {
        let tree = self.tree;
        let known: Vec<&str> = tree.decls.iter().filter(|decl| decl.what == What::Source).map(|decl| decl.id.as_str()).collect();
        let words = line.words();
        let mut named = vec![];
        for (index, word) in listed(&words).skip(1) {
            if !known.contains(&word) {
                let hint = did_you_mean(word, known.iter().copied());
                self.error(line.at(index), "unknown-source", format!("there is no source `{word}`"), hint);
            }
            named.push(word.to_string());
        }
        named
    }

    fn phase(&mut self, decl: &'a Decl) -> Phase {
        let mut phase = Phase {
            id: decl.id.clone(),
            text: self.texts(decl, &[]),
            from: 0,
            to: -1,
            enter: None,
            held_watch_after: None,
            cadence: vec![],
            silence: None,
        };
        for line in &decl.lines {
            match line.words().as_slice() {
                ["day", "from", _] => (phase.from, phase.to) = (i32::from(self.count(line, 2)), i32::MAX),
                ["day", range] => (phase.from, phase.to) = self.range(line, range_of(range)),
                ["enter", "when", "level", "at", "most", _, "over", _, "days"] => {
                    let days = self.count(line, 7);
                    phase.enter = self.level_word(line, 5).map(|level| (level, days));
                }
                ["held", "watch", "after", _, "days" | "day"] => phase.held_watch_after = Some(self.count(line, 3)),
                ["check", "in", "every", _, "days" | "day", rest @ ..] => {
                    let every_days = self.count(line, 3).max(1);
                    let cadence = self.cadence(line, every_days, rest);
                    phase.cadence.extend(cadence);
                }
                ["silence", "watch", "after", _, "days" | "day", ",", "attention", "after", _, "days" | "day"] => {
                    phase.silence = Some((self.count(line, 3), self.count(line, 8)));
                }
                _ => self.not_understood(
                    line,
                    "phase",
                    &[
                        "day A..B",
                        "enter when level at most LEVEL over N days",
                        "held watch after N days",
                        "check in every N days",
                        "silence watch after N days, attention after M days",
                    ],
                ),
            }
        }
        phase
    }

    fn cadence(&mut self, line: &Line, every_days: u16, rest: &[&str]) -> Option<Cadence> {
        let plain = Cadence { every_days, from_day: i32::MIN, calm_days: 0 };
        match rest {
            [] => Some(plain),
            ["from", "day", _] => Some(Cadence { from_day: i32::from(self.count(line, 7)), ..plain }),
            ["when", "calm", "for", _, "days"] => Some(Cadence { calm_days: self.count(line, 8), ..plain }),
            ["from", "day", _, "when", "calm", "for", _, "days"] => {
                Some(Cadence { from_day: i32::from(self.count(line, 7)), calm_days: self.count(line, 11), ..plain })
            }
            _ => {
                self.not_understood(line, "cadence", &["check in every N days from day D when calm for M days"]);
                None
            }
        }
    }

    fn restriction(&mut self, decl: &'a Decl) -> Restriction {
        let codes: Vec<String> = decl.section.items.iter().filter_map(|item| answer(item).map(|(code, ..)| code)).collect();
        let mut made = Restriction {
            id: decl.id.clone(),
            text: self.texts(decl, &codes),
            codes,
            rows: vec![],
            clinic_must_confirm: false,
            sources: vec![],
        };
        for line in &decl.lines {
            match line.words().as_slice() {
                ["clinic", "must", "confirm"] => made.clinic_must_confirm = true,
                ["source", ..] => made.sources = self.sources_named(line),
                ["at", "most", number, unit @ .., "on", "day", range] => {
                    let allowed = self.limit(line, number);
                    let (from, to) = self.range(line, range_of(range));
                    made.rows.push(Row { from, to, allowed, unit: unit.join(" ") });
                }
                ["not", "at", "all", "on", "day", range] => {
                    let (from, to) = self.range(line, range_of(range));
                    made.rows.push(Row { from, to, allowed: Allowed::NotAtAll, unit: String::new() });
                }
                ["at", "most", number, unit @ .., "from", "day", _] => {
                    let allowed = self.limit(line, number);
                    let from = i32::from(self.count(line, line.tokens.len() - 1));
                    made.rows.push(Row { from, to: i32::MAX, allowed, unit: unit.join(" ") });
                }
                ["free", "from", "day", _] => {
                    let from = i32::from(self.count(line, 3));
                    made.rows.push(Row { from, to: i32::MAX, allowed: Allowed::Free, unit: String::new() });
                }
                [code, "from", "day", _] => {
                    let from = i32::from(self.count(line, 3));
                    let code = code.to_string();
                    self.coded_row(line, &mut made, &code, (from, i32::MAX));
                }
                [code, "on", "day", range] => {
                    let range = self.range(line, range_of(range));
                    let code = code.to_string();
                    self.coded_row(line, &mut made, &code, range);
                }
                _ => self.not_understood(
                    line,
                    "restriction",
                    &[
                        "at most N UNIT on day A..B",
                        "not at all on day A..B",
                        "CODE on day A..B",
                        "free from day A",
                        "clinic must confirm",
                        "source ID",
                    ],
                ),
            }
        }
        made
    }

    fn limit(&mut self, line: &Line, number: &str) -> Allowed {
        match tenths(number) {
            Some(tenths) => Allowed::AtMost(tenths),
            None => {
                self.error(line.at(2), "bad-number", format!("`{number}` is not a number"), "such as `2` or `2.5`".to_string());
                Allowed::NotAtAll
            }
        }
    }

    fn coded_row(&mut self, line: &Line, made: &mut Restriction, code: &str, (from, to): (i32, i32)) {
        match made.codes.iter().position(|known| known == code) {
            Some(place) => made.rows.push(Row { from, to, allowed: Allowed::Code(place as u8), unit: String::new() }),
            None => {
                let hint = did_you_mean(code, made.codes.iter().map(String::as_str));
                self.error(line.at(0), "unknown-code", format!("`{}` has no level `{code}`", made.id), hint);
            }
        }
    }

    fn source(&mut self, decl: &'a Decl) -> Source {
        let mut mark = String::new();
        for line in &decl.lines {
            match line.words().as_slice() {
                ["mark", word @ ("V" | "Vw" | "D" | "M")] => mark = word.to_string(),
                _ => self.not_understood(line, "source", &["mark V", "mark Vw", "mark D", "mark M"]),
            }
        }
        if mark.is_empty() {
            self.error(&decl.place, "no-mark", format!("`{}` has no mark", decl.id), "add `mark V`, `Vw`, `D` or `M`".to_string());
        }
        Source { id: decl.id.clone(), mark, text: self.texts(decl, &[]) }
    }

    fn level(&mut self, decl: &'a Decl) -> LevelText {
        let level = match decl.what {
            What::Level(level) => level,
            _ => Level::Watch,
        };
        let mut answer_within = None;
        for line in &decl.lines {
            answer_within = self.within(line, &line.words(), 0);
        }
        LevelText { level, text: self.texts(decl, &[]), answer_within }
    }

    fn card(&mut self, decl: &'a Decl) -> Card {
        let level = match decl.what {
            What::Card(level) => level,
            _ => Level::Emergency,
        };
        Card { level, text: self.texts(decl, &[]) }
    }

    fn notice(&mut self, decl: &'a Decl) -> Notice {
        const KNOWN: [&str; 7] = ["unknown", "silence", "hold", "as-before", "reviewed", "history", "not-asked"];
        let id = decl.id.trim_start_matches("notice-").to_string();
        if !KNOWN.contains(&id.as_str()) {
            let hint = did_you_mean(&id, KNOWN.into_iter());
            self.error(&decl.place, "unknown-notice", format!("there is no notice `{id}`"), hint);
        }
        Notice { id, text: self.texts(decl, &[]) }
    }

    fn page(&mut self, decl: &'a Decl) -> Page {
        Page { id: decl.id.clone(), text: self.texts(decl, &[]) }
    }

    fn contact(&mut self, decl: &'a Decl) -> Contact {
        let mut contact = Contact { text: self.texts(decl, &[]), ..Contact::default() };
        for line in &decl.lines {
            let number = |word: &str| word.trim_matches('"').to_string();
            match line.words().as_slice() {
                ["clinic", word] => contact.clinic = number(word),
                ["emergency", word] => contact.emergency = number(word),
                ["crisis", word] => contact.crisis = number(word),
                ["after", "hours", word] => contact.after_hours = number(word),
                ["hours", days, times] => match hours_of(days, times) {
                    Some(hours) => contact.hours.push(hours),
                    None => {
                        let hint = "write it like `hours mon-fri 08:00..17:00`".to_string();
                        self.error(&line.place, "bad-hours", "these are not opening hours".to_string(), hint);
                    }
                },
                _ => self.not_understood(
                    line,
                    "contact",
                    &[
                        "clinic \"NUMBER\"",
                        "emergency \"NUMBER\"",
                        "crisis \"NUMBER\"",
                        "after hours \"NUMBER\"",
                        "hours mon-fri 08:00..17:00",
                    ],
                ),
            }
        }
        contact
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
