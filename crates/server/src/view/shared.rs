//! The pieces that both sides use: levels, links, forms, answers, reasons.

use super::icon::Icon;
use super::words::{Word, Words};

/// How urgent a verdict is. The four shapes, words and colours always go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Normal for this stage; nobody needs to move.
    Expected,
    /// The clinic looks at its next list.
    Watch,
    /// Stop the activity and call the clinic today.
    Attention,
    /// The emergency number, now.
    Emergency,
}

impl Level {
    /// The class that sets the level's colours in `lamella.css`.
    pub fn class(self) -> &'static str {
        match self {
            Self::Expected => "expected",
            Self::Watch => "watch",
            Self::Attention => "attention",
            Self::Emergency => "emergency",
        }
    }

    /// The level's shape: a tick, an eye, a raised hand, a telephone.
    pub fn icon(self) -> Icon {
        match self {
            Self::Expected => Icon::Expected,
            Self::Watch => Icon::Watch,
            Self::Attention => Icon::Attention,
            Self::Emergency => Icon::Emergency,
        }
    }

    /// The level's name, to be looked up in the reader's language.
    pub fn word(self) -> Word {
        match self {
            Self::Expected => Word::LevelExpected,
            Self::Watch => Word::LevelWatch,
            Self::Attention => Word::LevelAttention,
            Self::Emergency => Word::LevelEmergency,
        }
    }

    /// Whether the person should be talking to somebody: attention and emergency.
    pub fn is_loud(self) -> bool {
        matches!(self, Self::Attention | Self::Emergency)
    }

    /// Whether this is the highest level.
    pub fn is_emergency(self) -> bool {
        self == Self::Emergency
    }
}

/// A stretch of a sentence, plain or stressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The words.
    pub text: String,
    /// Whether they are set in bold.
    pub strong: bool,
}

/// A sentence or short paragraph, with stressed words in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sentence {
    /// The stretches, in reading order.
    pub spans: Vec<Span>,
}

impl Sentence {
    /// Text without stress.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { spans: vec![Span { text: text.into(), strong: false }] }
    }

    /// Text in which `**two stars**` mark what is stressed.
    pub fn marked(text: &str) -> Self {
        let spans = text
            .split("**")
            .enumerate()
            .filter(|(_, part)| !part.is_empty())
            .map(|(nth, part)| Span { text: part.to_owned(), strong: nth % 2 == 1 })
            .collect();
        Self { spans }
    }
}

/// A link with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where it leads.
    pub href: String,
    /// What it says.
    pub text: String,
}

/// An entry of the bottom bar, of the rail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavItem {
    /// Where it leads.
    pub href: String,
    /// What it says.
    pub text: String,
    /// Its picture (shown on the patient's side only).
    pub icon: Icon,
    /// Whether it is the page being shown.
    pub current: bool,
    /// A number to show beside it, ready to read; the clinic's rail only.
    pub count: Option<String>,
}

/// A number that one tap calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// What the button says before the number, such as `Call the clinic`.
    pub label: String,
    /// The number as people write it, such as `555 0100`.
    pub number: String,
    /// The number as a telephone dials it, such as `+15550100`; digits, `+`, `*` and `#` only.
    pub dial: String,
    /// When somebody answers it, such as `Monday to Friday, 8 am to 5 pm`.
    pub hours: Option<String>,
}

/// Where a form is sent, and what it carries unseen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FormTarget {
    /// The address that the form is posted to.
    pub action: String,
    /// The token that proves that the form came from one of our pages.
    pub csrf: String,
    /// Further hidden fields, such as the event's id.
    pub hidden: Vec<Hidden>,
}

/// A hidden field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hidden {
    /// The field's name.
    pub name: String,
    /// The field's value.
    pub value: String,
}

/// One answer that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is sent: an answer code.
    pub code: String,
    /// What is read.
    pub label: String,
    /// Whether it stands chosen when the page opens.
    pub checked: bool,
}

/// A line of the summary of what has to be mended in a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mend {
    /// The id of the field on this page, without `#`: a question's is `q-` and the question id, a field's its name.
    pub field: String,
    /// What is wrong and what to do, in one sentence.
    pub text: String,
}

/// A question and the answer that was given, both in the reader's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The question, short.
    pub question: String,
    /// The answer.
    pub answer: String,
}

/// Why a verdict is what it is: one rule that held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The level that this rule asks for.
    pub level: Level,
    /// The rule's title in the reader's language.
    pub title: String,
    /// What the pathway says about it, if it is to be shown.
    pub text: Option<Sentence>,
    /// The answers and facts it rests on.
    pub because: Vec<Answer>,
    /// The rule's id, for clinicians.
    pub rule: Option<String>,
    /// Where the rule comes from, such as a guideline and its year.
    pub source: Option<String>,
}

/// What would raise or lower a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The level that it would lead to.
    pub level: Level,
    /// What would have to happen, and what to do then.
    pub text: Sentence,
}

/// A text field of a form, as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Input {
    /// What is in it.
    pub value: String,
    /// What is wrong with it.
    pub error: Option<String>,
}

/// A field of a form in which something is chosen, as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pick {
    /// What can be chosen.
    pub choices: Vec<Choice>,
    /// The way back to no answer, where it may be left open and a tap could not be taken back otherwise.
    pub none: Option<Choice>,
    /// What is wrong with it.
    pub error: Option<String>,
}

impl Pick {
    /// The same, which may be left open: that stands chosen while nothing else is.
    pub fn optional(self, t: Words) -> Pick {
        let checked = !self.choices.iter().any(|choice| choice.checked);
        Pick { none: Some(Choice { code: String::new(), label: t.w(Word::LeftOpen).to_string(), checked }), ..self }
    }
}

/// A field in which one of many is chosen, in groups.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GroupedPick {
    /// The groups, in order.
    pub groups: Vec<ChoiceGroup>,
    /// What is wrong with it.
    pub error: Option<String>,
}

/// A group of choices under a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceGroup {
    /// The heading.
    pub label: String,
    /// What can be chosen.
    pub choices: Vec<Choice>,
}

/// The chip that names a level wherever one is shown in passing.
#[derive(Debug, Clone, Copy, askama::Template)]
#[template(path = "part/level.html")]
pub struct LevelChip {
    /// The reader's language.
    pub t: Words,
    /// The level.
    pub level: Level,
}

impl askama::filters::HtmlSafe for LevelChip {}

impl Words {
    /// The chip of `level` in this language.
    pub fn chip(self, level: &Level) -> LevelChip {
        LevelChip { t: self, level: *level }
    }
}
