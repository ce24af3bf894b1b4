//! What a pathway that reads well can still get wrong.

use crate::compiled::*;
use crate::diagnostic::{Diagnostic, Place};
use crate::grade::reading_grade;
use crate::tree::{Decl, Tree};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{format, vec};
use lamella_record::Level;

/// The highest reading grade of what patients read before the author is warned.
const READING_GRADE: f64 = 7.0;

/// Check-ins are never rarer than weekly in the first year and monthly after (semantics, *Cadence*).
const RAREST_IN_THE_FIRST_YEAR: u16 = 7;
const RAREST_AFTER: u16 = 31;
/// The last day of the first year.
const FIRST_YEAR: i32 = 365;
/// Criteria look back at most so many answered days: the engine keeps verdicts for twice as many.
const LONGEST_CRITERION: u16 = 20;

/// The questions a condition reads, by place.
pub fn reads(cond: &Cond) -> Vec<u16> {
    let mut reads: Vec<u16> = vec![];
    cond.each(&mut |cond| reads.extend(cond.question()));
    reads.sort_unstable();
    reads.dedup();
    reads
}

struct Checker<'a> {
    tree: &'a Tree,
    made: &'a Compiled,
    found: &'a mut Vec<Diagnostic>,
}

/// Adds what is wrong or doubtful.
pub(crate) fn check(tree: &Tree, made: &Compiled, found: &mut Vec<Diagnostic>) {
    let mut checker = Checker { tree, made, found };
    checker.safety_questions();
    checker.readings();
    checker.said_twice();
    checker.empty_items();
    checker.phases();
    checker.restrictions();
    checker.texts();
    checker.questions();
    checker.order_of_severity();
    checker.asked();
    checker.felt_worse();
    checker.grades();
}

impl<'a> Checker<'a> {
    fn decl(&self, id: &str) -> Option<&'a Decl> {
        self.tree.decls.iter().find(|decl| decl.id == id)
    }

    fn place(&self, id: &str) -> Place {
        self.decl(id).map(|decl| decl.place.clone()).or_else(|| self.tree.decls.first().map(|decl| decl.place.clone())).unwrap_or_default()
    }

    fn error(&mut self, id: &str, name: &'static str, what: String, hint: &str) {
        let place = self.place(id);
        self.found.push(Diagnostic::error(&place, name, what, hint.to_string()));
    }

    fn warning(&mut self, id: &str, name: &'static str, what: String, hint: &str) {
        let place = self.place(id);
        self.found.push(Diagnostic::warning(&place, name, what, hint.to_string()));
    }

    fn safety_questions(&mut self) {
        let made = self.made;
        for rule in made.rules.iter().filter(|rule| rule.safety) {
            for question in rule.reads.iter().filter_map(|place| made.questions.get(usize::from(*place))) {
                // What follows a safety answer's own number (a temperature) is asked only beside it.
                if !question.safety && question.empty_stands_for.is_none() {
                    let what = format!("the safety rule `{}` reads `{}`, which is not a safety question", rule.id, question.id);
                    self.error(&question.id, "not-safety", what, "add `safety` to the question");
                }
            }
        }
    }

    fn readings(&mut self) {
        let made = self.made;
        for rule in made.rules.iter().filter(|rule| rule.level == Level::Expected) {
            let mut reads = false;
            rule.when.each(&mut |cond| reads |= matches!(cond, Cond::Reading { .. } | Cond::InFlare { .. }));
            if reads {
                let what = format!("`{}` calls a day expected by the reading", rule.id);
                self.error(&rule.id, "reading-lowers", what, "rules use the reading only to raise");
            }
        }
        let mut asks = false;
        for rule in &made.rules {
            rule.when.each(&mut |cond| asks |= matches!(cond, Cond::Reading { .. } | Cond::InFlare { .. }));
        }
        if asks && made.model.is_none() {
            let what = "rules ask for the reading, and no model is named: it always says `too-few`".to_string();
            self.warning(&made.id, "no-model", what, "add `model HASH`, as `lamella calibrate` prints it");
        }
        for rule in made.rules.iter().filter(|rule| rule.safety) {
            let mut waits = false;
            rule.when.each(&mut |cond| waits |= matches!(cond, Cond::Reading { .. } | Cond::InFlare { .. }));
            if waits {
                let what = format!("the safety rule `{}` waits for the reading", rule.id);
                self.error(&rule.id, "safety-waits", what, "no safety rule may depend on a statistical reading");
            }
        }
    }

    fn phases(&mut self) {
        let made = self.made;
        let mut next = 0;
        for phase in &made.phases {
            if phase.from != next {
                let what = format!("`{}` begins on day {}, but day {next} is the next one", phase.id, phase.from);
                self.error(&phase.id, "phase-days", what, "phases follow one another without a gap");
            }
            next = if phase.to == i32::MAX { i32::MAX } else { phase.to + 1 };
            self.pace(phase);
            if phase.cadence.is_empty() || phase.silence.is_none() {
                let what = format!("`{}` does not say how often to check in, and when silence is news", phase.id);
                self.error(&phase.id, "phase-cadence", what, "add `check in every 1 day` and `silence watch after …`");
            }
        }
        if next != i32::MAX {
            let id = made.phases.last().map_or(String::new(), |phase| phase.id.clone());
            self.error(&id, "phase-days", "the last phase ends, and nothing follows".to_string(), "write `day from N`");
        }
    }

    /// A line that can stand once and stands twice: the last would win without a word.
    fn said_twice(&mut self) {
        let tree = self.tree;
        for decl in &tree.decls {
            let mut seen: Vec<String> = vec![];
            for line in &decl.lines {
                let Some(says) = says_once(&line.words()) else { continue };
                if seen.contains(&says) {
                    let what = format!("`{says}` is said twice in `{}`", decl.id);
                    self.found.push(Diagnostic::error(line.at(0), "said-twice", what, "keep one of the two lines".to_string()));
                }
                seen.push(says);
            }
        }
    }

    /// An item without words would be a step that says nothing.
    fn empty_items(&mut self) {
        let tree = self.tree;
        let sections = tree.decls.iter().map(|decl| &decl.section).chain(tree.translations.iter().map(|there| &there.section));
        for item in sections.flat_map(|section| &section.items).filter(|item| item.text.trim().is_empty()) {
            let hint = "write the words, or take the item out".to_string();
            self.found.push(Diagnostic::error(&item.place, "empty-item", "an item of this list says nothing".to_string(), hint));
        }
    }

    /// Numbers that can be read and cannot be meant.
    fn pace(&mut self, phase: &Phase) {
        let id = phase.id.as_str();
        for cadence in &phase.cadence {
            let early = cadence.from_day.max(phase.from) <= FIRST_YEAR;
            let rarest = if early { RAREST_IN_THE_FIRST_YEAR } else { RAREST_AFTER };
            if cadence.every_days > rarest {
                let what = format!("`{id}` checks in every {} days", cadence.every_days);
                self.error(id, "too-rare", what, "never rarer than weekly in the first year and monthly after");
            }
        }
        if let Some((watch, attention)) = phase.silence.filter(|(watch, attention)| *watch == 0 || attention < watch) {
            let what = format!("in `{id}` silence is watch after {watch} days and attention after {attention}");
            self.error(id, "bad-silence", what, "watch after at least 1 day, and attention no sooner than watch");
        }
        if let Some((_, over)) = phase.enter.filter(|(_, over)| *over == 0 || *over > LONGEST_CRITERION) {
            let what = format!("`{id}` is entered on {over} days");
            self.error(id, "bad-criterion", what, "a criterion looks at 1 to 20 answered days");
        }
    }

    /// A limit that grows and shrinks again is a slip of the pen more often than a plan.
    fn falls(&mut self, restriction: &Restriction) {
        for pair in restriction.rows.windows(2) {
            let [earlier, later] = pair else { continue };
            let tightens = match (earlier.allowed, later.allowed) {
                (Allowed::AtMost(then), Allowed::AtMost(now)) => now < then && earlier.unit == later.unit,
                (Allowed::Free, now) => now != Allowed::Free,
                (Allowed::AtMost(_) | Allowed::Code(_), now) => now == Allowed::NotAtAll,
                _ => false,
            };
            if tightens {
                let what = format!("`{}` is stricter from day {} than before", restriction.id, later.from);
                self.warning(&restriction.id, "limit-falls", what, "a limit that falls again should be meant; else mend the row");
            }
        }
    }

    fn restrictions(&mut self) {
        let made = self.made;
        for restriction in &made.restrictions {
            self.falls(restriction);
            let mut next = 0;
            for row in &restriction.rows {
                if row.from != next {
                    let what = format!("`{}` has a row from day {}, but day {next} is the next one", restriction.id, row.from);
                    self.error(&restriction.id, "restriction-days", what, "rows follow one another without a gap");
                }
                next = if row.to == i32::MAX { i32::MAX } else { row.to + 1 };
            }
            if next != i32::MAX {
                let what = format!("`{}` says nothing from day {next} on", restriction.id);
                self.error(&restriction.id, "restriction-days", what, "end with `free from day …` or `… from day …`");
            }
            let unsure = restriction.sources.iter().any(|id| made.sources.iter().any(|source| source.id == *id && source.mark == "M"));
            if unsure && !restriction.clinic_must_confirm {
                let what = format!("`{}` rests on numbers that nobody published", restriction.id);
                self.error(&restriction.id, "unconfirmed", what, "add `clinic must confirm`");
            }
        }
    }

    fn texts(&mut self) {
        let made = self.made;
        for level in Level::ALL {
            match made.level(level) {
                None => {
                    let what = format!("nothing says what to do at `{level}`");
                    self.error(&made.id, "no-level", what, "add a section with a `level` block");
                }
                Some(text) if level >= Level::Attention && text.answer_within.is_none() => {
                    let what = format!("`level {level}` does not say how soon it is answered");
                    self.error(&format!("level-{level}"), "no-answer-within", what, "add `answer within N clinic hours`");
                }
                Some(_) => {}
            }
        }
        for id in ["unknown", "silence", "hold", "as-before", "reviewed", "history", "not-asked"] {
            if made.notice(id).is_none() {
                self.error(&made.id, "no-notice", format!("there is no `notice {id}`"), "the engine raises it and needs the words");
            }
        }
        let contact = &made.contact;
        if contact.clinic.is_empty() || contact.emergency.is_empty() || contact.hours.is_empty() {
            self.error(
                &made.id,
                "no-contact",
                "no `contact` with clinic, emergency and hours".to_string(),
                "people must know whom to call",
            );
        }
    }

    fn questions(&mut self) {
        let made = self.made;
        for question in &made.questions {
            if question.page.is_empty() {
                self.error(&question.id, "no-page", format!("`{}` stands on no page", question.id), "add `page NAME`");
            }
            let ordered = question.codes.len() < 2 || question.ranks.iter().any(|rank| *rank > 0) || question.form == Form::Any;
            if question.safety && !question.is_number() && !ordered {
                self.error(&question.id, "no-severity", format!("`{}` has no order of severity", question.id), "add `severity A < B`");
            }
        }
    }

    /// The order of severity, the floors and the normal answer have to agree: *the worst of several* rests on it.
    fn order_of_severity(&mut self) {
        let made = self.made;
        for question in made.questions.iter().filter(|question| !question.is_number()) {
            let rank = |code: usize| question.ranks.get(code).copied().unwrap_or(0);
            let floor = |code: usize| question.floors.iter().filter(|floor| usize::from(floor.code) == code).map(|floor| floor.level).max();
            let codes = || 0..question.codes.len();
            let name = |code: usize| question.codes.get(code).map_or("", String::as_str);
            for (mild, severe) in codes().flat_map(|a| codes().map(move |b| (a, b))).filter(|(a, b)| rank(*a) < rank(*b)) {
                if floor(mild).unwrap_or_default() > floor(severe).unwrap_or_default() {
                    let what = format!("`{}` stands as milder than `{}`, but its floor is higher", name(mild), name(severe));
                    self.error(&question.id, "severity-against-floor", what, "severity runs from mild to severe");
                }
            }
            for code in codes().filter(|code| question.normal & (1 << code) != 0) {
                if floor(code).is_some() || codes().any(|other| rank(other) < rank(code)) {
                    let what = format!("`{}` is called normal, but is not the mildest answer", name(code));
                    self.error(&question.id, "normal-not-mild", what, "*None of these* must store the mildest answer");
                }
            }
            for code in codes().filter(|code| question.preset.is_some_and(|preset| preset & (1 << code) != 0) && floor(*code).is_some()) {
                let what = format!("`{}` stands there before it is touched, and has a floor", name(code));
                self.error(&question.id, "preset-with-floor", what, "nobody is alarmed by an answer they did not give");
            }
        }
    }

    /// Whether a question is put depends on answers of this check-in only, and not on itself.
    fn asked(&mut self) {
        let made = self.made;
        for (place, question) in made.questions.iter().enumerate() {
            let Asked::When(cond) = &question.asked else { continue };
            if looks_back(cond) {
                let what = format!("whether `{}` is asked depends on earlier days", question.id);
                self.error(&question.id, "asked-looks-back", what, "use answers of this check-in and the day");
            }
            if self.waits_for(place, place, made.questions.len()) {
                let what = format!("whether `{}` is asked depends on its own answer", question.id);
                self.error(&question.id, "asked-in-a-circle", what, "questions cannot wait for each other");
            }
        }
    }

    /// Whether `from` waits, through at most so many others, for `on`.
    fn waits_for(&self, from: usize, on: usize, steps: usize) -> bool {
        let Some(Asked::When(cond)) = self.made.questions.get(from).map(|question| &question.asked) else { return false };
        let waits = reads(cond);
        steps > 0 && waits.iter().any(|place| usize::from(*place) == on || self.waits_for(usize::from(*place), on, steps - 1))
    }

    fn felt_worse(&mut self) {
        let made = self.made;
        if made.felt_worse.as_ref().is_some_and(looks_back) {
            let what = "`felt worse` depends on earlier days, but stands in where those are not known".to_string();
            self.error(&made.id, "looks-back", what, "use answers of this check-in");
        }
        let mut remembers = false;
        made.flare.iter().for_each(|cond| cond.each(&mut |cond| remembers |= matches!(cond, Cond::Within { .. } | Cond::First { .. })));
        if remembers {
            let what = "`flare` asks whether something was there before".to_string();
            self.error(&made.id, "looks-back", what, "only rules remember when a condition held");
        }
    }

    fn grades(&mut self) {
        let made = self.made;
        let mut hard: Vec<(String, f64)> = vec![];
        let english = made.languages.first().is_some_and(|language| language == "en");
        let mut look = |id: &str, texts: &Texts| {
            let words = in_language(texts, 0);
            let whole = format!("{}. {} {}", words.title, words.prose, words.items.join(". "));
            if let Some(grade) = reading_grade(&whole).filter(|grade| english && *grade > READING_GRADE) {
                hard.push((id.to_string(), grade));
            }
        };
        made.rules.iter().for_each(|rule| look(&rule.id, &rule.text));
        made.levels.iter().for_each(|text| look(&format!("level-{}", text.level), &text.text));
        made.notices.iter().for_each(|notice| look(&format!("notice-{}", notice.id), &notice.text));
        made.phases.iter().for_each(|phase| look(&phase.id, &phase.text));
        made.cards.iter().for_each(|card| look(&format!("card-{}", card.level), &card.text));
        for (id, grade) in hard {
            let (whole, tenth) = ((grade * 10.0) as i64 / 10, (grade * 10.0) as i64 % 10);
            let what = format!("`{id}` reads like school year {whole}.{tenth}");
            self.warning(&id, "hard-to-read", what, "shorter sentences and words; patients are frightened when they read this");
        }
    }
}

/// Whether a condition rests on more than this check-in.
fn looks_back(cond: &Cond) -> bool {
    let mut back = false;
    cond.each(&mut |cond| {
        back |= matches!(
            cond,
            Cond::AboveUsual { .. }
                | Cond::NoUsual { .. }
                | Cond::Running { .. }
                | Cond::Within { .. }
                | Cond::First { .. }
                | Cond::Reading { .. }
                | Cond::InFlare { .. }
        );
    });
    back
}

/// What a line settles, if it may be settled once only. A cadence settles how often under its own condition.
fn says_once(words: &[&str]) -> Option<String> {
    const ONCE: [&str; 31] = [
        "revision",
        "languages",
        "model",
        "felt",
        "flare",
        "anchor",
        "when",
        "then",
        "source",
        "page",
        "severity",
        "alone",
        "unchanged",
        "normal",
        "preset",
        "empty",
        "baseline",
        "asked",
        "safety",
        "enter",
        "held",
        "silence",
        "emergency",
        "crisis",
        "answer",
        "clinic",
        "after",
        "whole",
        "tenths",
        "mark",
        "day",
    ];
    match words {
        ["check", "in", "every", _, "day" | "days", rest @ ..] => {
            Some(format!("check in every … days {}", rest.join(" ")).trim_end().to_string())
        }
        ["one" | "any", "of", "the", "above"] => Some("of the above".to_string()),
        [word, ..] => ONCE.contains(word).then(|| word.to_string()),
        [] => None,
    }
}
