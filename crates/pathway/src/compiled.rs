//! The compiled pathway: small, without places, the same on the server and on the phone.

use alloc::string::String;
use alloc::vec::Vec;
use lamella_record::Level;
use serde::{Deserialize, Serialize};

/// What a section says to people, in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Words {
    /// The heading.
    pub title: String,
    /// The prose; paragraphs are separated by an empty line.
    pub prose: String,
    /// The quote for the clinic.
    pub clinic: String,
    /// The list: one per code for questions and restrictions, else steps or signs.
    pub items: Vec<String>,
}

/// The same section in each language, in the order of [`Compiled::languages`].
pub type Texts = Vec<Words>;

/// A pathway, ready to judge by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compiled {
    /// Pathway id, such as `annular-fibrin`.
    pub id: String,
    /// The revision's word.
    pub revision: String,
    /// SHA-256 of its files.
    pub hash: String,
    /// Languages; the first is the source.
    pub languages: Vec<String>,
    /// Title and prose of the pathway itself.
    pub text: Texts,
    /// When the person feels worse than usual: stands in for a usual that is not known.
    pub felt_worse: Option<Cond>,
    /// When a day is unsettled.
    pub flare: Option<Cond>,
    /// The hash of the model that its readings stand on; `None`: they always say *too few*.
    pub model: Option<String>,
    /// Numbers to call and when somebody reads.
    pub contact: Contact,
    /// Screens of the check-in.
    pub pages: Vec<Page>,
    /// The questions, in the order they are asked.
    pub questions: Vec<Question>,
    /// The rules.
    pub rules: Vec<Rule>,
    /// The level of what no rule reaches.
    pub otherwise: Level,
    /// What to do at each level, mildest first.
    pub levels: Vec<LevelText>,
    /// Words for what the engine itself raises.
    pub notices: Vec<Notice>,
    /// The emergency card.
    pub cards: Vec<Card>,
    /// The phases in order.
    pub phases: Vec<Phase>,
    /// The restrictions.
    pub restrictions: Vec<Restriction>,
    /// The sources.
    pub sources: Vec<Source>,
    /// How many conditions remember when they last held.
    pub slots: u16,
    /// Places of the questions in the order of their ids.
    pub by_id: Vec<u16>,
}

/// What kind of answer a question takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// One code.
    One,
    /// Any number of codes.
    Any,
    /// A whole number.
    Whole,
    /// A number in tenths.
    Tenths,
}

/// When a question is put.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asked {
    /// At every check-in.
    Always,
    /// When its last answer is this many days old, or there is none.
    EveryDays(u16),
    /// When this holds, or may hold.
    When(Cond),
}

/// The least level an answer must reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Floor {
    /// The code's place in the question's list.
    pub code: u8,
    /// The level.
    pub level: Level,
    /// From which day on.
    pub from_day: Option<i32>,
}

/// A question of the check-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Its id.
    pub id: String,
    /// Its words; `items` has one per code.
    pub text: Texts,
    /// What it takes.
    pub form: Form,
    /// Its codes, at most 60.
    pub codes: Vec<String>,
    /// How severe each code is, from 0; equal numbers are equal.
    pub ranks: Vec<u8>,
    /// Smallest and largest number, in its own unit (tenths for [`Form::Tenths`]).
    pub range: (i32, i32),
    /// Unit, such as `°C`.
    pub unit: String,
    /// Floors.
    pub floors: Vec<Floor>,
    /// The screen it stands on.
    pub page: String,
    /// The code that excludes the others.
    pub alone: Option<u8>,
    /// The code that means *as before the procedure*.
    pub unchanged: Option<u8>,
    /// What *None of these* stores, as bits of codes.
    pub normal: u64,
    /// What stands there before it is touched: a code's bit, or a number.
    pub preset: Option<i64>,
    /// The number that stands for an answer that is due and empty.
    pub empty_stands_for: Option<i32>,
    /// Whether the intake rating stands in for an unknown usual.
    pub baseline_intake: bool,
    /// When it is put.
    pub asked: Asked,
    /// Whether leaving it open raises.
    pub safety: bool,
    /// How many past days of it the engine keeps, for usual and runs.
    pub keep_days: u16,
}

impl Question {
    /// The place of a code.
    pub fn code(&self, word: &str) -> Option<usize> {
        self.codes.iter().position(|code| code == word)
    }

    /// Whether it is a number.
    pub fn is_number(&self) -> bool {
        matches!(self.form, Form::Whole | Form::Tenths)
    }
}

/// A condition. Total and finite: it always has an answer, and `verify` can look at every one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cond {
    /// All of these.
    All(Vec<Cond>),
    /// At least one of these.
    Any(Vec<Cond>),
    /// Not this.
    Not(alloc::boxed::Box<Cond>),
    /// The answer has one of these codes (bits); with `only`, and no other.
    Has {
        /// Question by place.
        question: u16,
        /// Bits of codes.
        codes: u64,
        /// No other code may stand beside.
        only: bool,
    },
    /// The number lies in this range, ends included.
    Between {
        /// Question by place.
        question: u16,
        /// Least, in the question's unit.
        least: i32,
        /// Most, in the question's unit.
        most: i32,
    },
    /// The number is at least so much above usual.
    AboveUsual {
        /// Question by place.
        question: u16,
        /// By how much.
        by: i32,
    },
    /// There is an answer.
    Answered {
        /// Question by place.
        question: u16,
    },
    /// There is no usual yet.
    NoUsual {
        /// Question by place.
        question: u16,
    },
    /// The day lies in this range, ends included.
    Day {
        /// First.
        from: i32,
        /// Last; `i32::MAX` when open.
        to: i32,
    },
    /// The phase is one of these (bits by place).
    Phase {
        /// Bits of phases.
        phases: u8,
    },
    /// The record names this condition of the person.
    Person {
        /// Its code.
        code: String,
    },
    /// The person is at least so old; false when the birth date is unknown.
    AtLeastYears {
        /// Age in years.
        years: i32,
    },
    /// The event is *it hurt, so I stopped*.
    Stopped,
    /// Where the pain trajectory stands.
    Reading {
        /// A reading's word.
        state: String,
    },
    /// The trajectory reads as a flare and has for so many days.
    InFlare {
        /// N, at least 1.
        days: i32,
    },
    /// The condition held on the last N answered days, today among them, within 2N days.
    Running {
        /// A condition on one question's answer.
        cond: alloc::boxed::Box<Cond>,
        /// N, 2 to 7.
        days: u8,
    },
    /// The condition held at a check-in of the last N days, today among them.
    Within {
        /// The condition.
        cond: alloc::boxed::Box<Cond>,
        /// N, 1 to 30.
        days: u8,
        /// Where the engine remembers it.
        slot: u16,
    },
    /// The condition holds for the first time since the procedure.
    First {
        /// The condition.
        cond: alloc::boxed::Box<Cond>,
        /// Where the engine remembers it.
        slot: u16,
    },
}

impl Cond {
    /// Calls `f` on this condition and all inside it.
    pub fn each(&self, f: &mut impl FnMut(&Cond)) {
        f(self);
        match self {
            Cond::All(inner) | Cond::Any(inner) => inner.iter().for_each(|cond| cond.each(f)),
            Cond::Not(cond) | Cond::Running { cond, .. } | Cond::Within { cond, .. } | Cond::First { cond, .. } => cond.each(f),
            _ => {}
        }
    }

    /// The question this very condition reads, if it reads one.
    pub fn question(&self) -> Option<u16> {
        match self {
            Cond::Has { question, .. }
            | Cond::Between { question, .. }
            | Cond::AboveUsual { question, .. }
            | Cond::Answered { question }
            | Cond::NoUsual { question } => Some(*question),
            _ => None,
        }
    }
}

/// How long the clinic has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Within {
    /// Hours.
    pub hours: u16,
    /// Whether only hours count in which the clinic is open.
    pub clinic_hours: bool,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// What the person is told.
    pub text: Texts,
    /// Whether it cannot be switched off.
    pub safety: bool,
    /// When it holds.
    pub when: Cond,
    /// Its level.
    pub level: Level,
    /// How long the clinic has, when it says so itself.
    pub answer_within: Option<Within>,
    /// Source ids.
    pub sources: Vec<String>,
    /// The questions it reads, by place.
    pub reads: Vec<u16>,
    /// Whether it speaks of *it hurt, so I stopped*.
    pub on_stopped: bool,
    /// Whether it holds a condition that is remembered (`in the last N days`, `for the first time`).
    pub remembers: bool,
}

/// What to do at a level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelText {
    /// The level.
    pub level: Level,
    /// Its words; `items` are the steps.
    pub text: Texts,
    /// How long the clinic has.
    pub answer_within: Option<Within>,
}

/// Words for what the engine raises itself: `unknown`, `silence`, `hold`, `as-before`, `reviewed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Which.
    pub id: String,
    /// Its words.
    pub text: Texts,
}

/// A part of the emergency card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// The level it speaks of.
    pub level: Level,
    /// Its words; `items` are the signs.
    pub text: Texts,
}

/// A screen of the check-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// Its id.
    pub id: String,
    /// Its words.
    pub text: Texts,
}

/// When somebody reads: days of the week (bit 0 = Monday) and minutes of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// Bits of days, Monday first.
    pub days: u8,
    /// From this minute of the day.
    pub from: u16,
    /// To this minute of the day.
    pub to: u16,
}

/// Whom to call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Contact {
    /// Its words: the promise.
    pub text: Texts,
    /// The clinic's number.
    pub clinic: String,
    /// The country's emergency number.
    pub emergency: String,
    /// The crisis line.
    pub crisis: String,
    /// The number when the clinic is closed.
    pub after_hours: String,
    /// When somebody reads.
    pub hours: Vec<Hours>,
}

/// How often a check-in is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cadence {
    /// Every so many days.
    pub every_days: u16,
    /// From this day on.
    pub from_day: i32,
    /// Only when the last so many days were calm.
    pub calm_days: u16,
}

/// A phase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phase {
    /// Its id.
    pub id: String,
    /// Its words.
    pub text: Texts,
    /// Its first day.
    pub from: i32,
    /// Its last day; `i32::MAX` when open.
    pub to: i32,
    /// Entered when the level was at most this over so many days.
    pub enter: Option<(Level, u16)>,
    /// A hold is a watch row after so many days.
    pub held_watch_after: Option<u16>,
    /// How often a check-in is due: the last line that applies.
    pub cadence: Vec<Cadence>,
    /// Silent days until watch, and until attention.
    pub silence: Option<(u16, u16)>,
}

/// What a restriction allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Allowed {
    /// Up to this number (tenths of the unit).
    AtMost(i32),
    /// Not at all.
    NotAtAll,
    /// One of the restriction's own codes, by place.
    Code(u8),
    /// Without a limit.
    Free,
}

/// One window of a restriction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// First day.
    pub from: i32,
    /// Last day; `i32::MAX` when open.
    pub to: i32,
    /// What is allowed.
    pub allowed: Allowed,
    /// Unit of the limit.
    pub unit: String,
}

/// A restriction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restriction {
    /// Its id.
    pub id: String,
    /// Its words; `items` has one per code.
    pub text: Texts,
    /// Its own codes.
    pub codes: Vec<String>,
    /// Its windows, in order.
    pub rows: Vec<Row>,
    /// Whether its numbers are the clinic's to confirm.
    pub clinic_must_confirm: bool,
    /// Source ids.
    pub sources: Vec<String>,
}

/// A publication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Its id.
    pub id: String,
    /// How sure: `V`, `Vw`, `D` or `M`.
    pub mark: String,
    /// Its words.
    pub text: Texts,
}

impl Compiled {
    /// The place of a question.
    pub fn question(&self, id: &str) -> Option<usize> {
        let named = |place: &u16| self.questions.get(usize::from(*place)).map_or("", |question| question.id.as_str());
        let there = self.by_id.binary_search_by(|place| named(place).cmp(id)).ok()?;
        self.by_id.get(there).map(|place| usize::from(*place))
    }

    /// The place of a language; the first when it is not there.
    pub fn language(&self, code: &str) -> usize {
        self.languages.iter().position(|language| language == code).unwrap_or(0)
    }

    /// The words of a notice.
    pub fn notice(&self, id: &str) -> Option<&Notice> {
        self.notices.iter().find(|notice| notice.id == id)
    }

    /// What to do at a level.
    pub fn level(&self, level: Level) -> Option<&LevelText> {
        self.levels.iter().find(|text| text.level == level)
    }

    /// How long the clinic has for a rule at a level.
    pub fn answer_within(&self, rule: Option<&Rule>, level: Level) -> Option<Within> {
        rule.and_then(|rule| rule.answer_within).or_else(|| self.level(level).and_then(|text| text.answer_within))
    }
}

/// The words in a language, falling back to the first.
pub fn in_language(texts: &Texts, language: usize) -> &Words {
    const NONE: &Words = &Words { title: String::new(), prose: String::new(), clinic: String::new(), items: Vec::new() };
    texts.get(language).filter(|words| !words.title.is_empty()).or_else(|| texts.first()).unwrap_or(NONE)
}
