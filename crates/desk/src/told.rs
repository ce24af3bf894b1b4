//! A verdict in the person's own language, word for word as it is told and kept.

use crate::{Desk, Result};
use lamella_engine::triage::{Because, Hit, Unknown, Verdict};
use lamella_engine::{Change, Pathways, State, reading_in_full, step_seen, view, would_change};
use lamella_pathway::{Compiled, Within, Words, in_language};
use lamella_record::{Event, Level, Patient};
use lamella_store::Key;
use lamella_trajectory::reading::Above;
use serde::{Deserialize, Serialize};

/// So many rules of the deciding level speak in a paragraph of their own; the rest by title. More would not be read.
const SPOKEN: usize = 4;

/// What somebody was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The level.
    pub level: Level,
    /// The language it was told in.
    pub language: String,
    /// What to do, in one line.
    pub headline: String,
    /// Why, in paragraphs: the deciding rules' own words, then the level's.
    pub paragraphs: Vec<String>,
    /// What to do meanwhile.
    pub steps: Vec<String>,
    /// The rules that held, the deciding first.
    pub reasons: Vec<ToldReason>,
    /// Questions that nobody could answer, in words.
    pub unknown: Vec<String>,
    /// The same questions by id.
    #[serde(default)]
    pub asked_in_vain: Vec<String>,
    /// What would raise it.
    pub changes: Vec<ToldChange>,
    /// The revision it was judged under.
    pub revision: String,
    /// How long the clinic has.
    pub answer_within: Option<Within>,
    /// Whether a finding was known to the clinic already.
    #[serde(default)]
    pub reviewed: bool,
    /// What the ratings showed then, where a rule asks for the reading: kept, because what arrives later would show another past.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ratings: Option<Ratings>,
}

/// What the pain ratings showed of a person at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ratings {
    /// How many of the latest rated days lay above what was expected of them, in a case of *watch* or *lasting change*.
    pub above: Option<Above>,
    /// The highest rating of the flare that went on, 0–10.
    pub highest: Option<u8>,
    /// The usual pain, 0–10.
    pub usual: Option<i32>,
}

/// A rule that held, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldReason {
    /// Rule id.
    pub rule: String,
    /// Its level.
    pub level: Level,
    /// Its title.
    pub title: String,
    /// Its prose.
    pub prose: String,
    /// What clinicians read about it.
    pub clinic: String,
    /// Question and answer, or fact and value, in words.
    pub because: Vec<(String, String)>,
    /// Where it comes from.
    pub sources: Vec<String>,
}

/// One answer that would raise the verdict, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldChange {
    /// To which level.
    pub level: Level,
    /// The title of the rule that would decide.
    pub title: String,
}

impl Desk {
    /// What the verdict on an event says today, in the language that the person reads now. What was told is kept as it was told
    /// ([`Desk::told_about`]).
    pub fn tell_again(&self, key: &Key, id: &str) -> Result<Option<Told>> {
        let record = self.record(&key.patient)?;
        let mut state = State::new(&self.pathways);
        for event in &record.events {
            let words =
                |before: &State, verdict: &Verdict| (event.id == id).then(|| tell(&self.pathways, &record.patient, before, event, verdict));
            let (_, told) = step_seen(&self.pathways, &record.patient, &mut state, event, words);
            if event.id == id {
                return Ok(told.flatten());
            }
        }
        Ok(None)
    }
}

/// Words for a verdict. `before` is the state it was judged on.
pub(crate) fn tell(pathways: &Pathways, patient: &Patient, before: &State, event: &Event, verdict: &Verdict) -> Told {
    let pathway = pathways.all().find(|pathway| pathway.revision == verdict.revision).unwrap_or(pathways.current());
    let code = patient.text("language").unwrap_or("en");
    let language = pathway.language(code);
    let tongue = Tongue { pathway, language };
    let reviewed = verdict.rules.iter().any(|hit| hit.reviewed);
    // What a clinician has reviewed does not send the person to the telephone every day.
    let level = if reviewed { verdict.settled_level() } else { verdict.level };
    let level_text = pathway.level(level);
    let level_words = level_text.map(|text| in_language(&text.text, language));
    let decided = verdict.rules.iter().filter(|hit| hit.level == level && !hit.reviewed);
    let deciding = graver_first(pathway, decided, level);
    // Where no sign decides but an answer that is missing, the page says that, and not that something was told.
    let notice = match verdict.unknown.iter().any(|unknown| unknown.why == "after-worse") {
        true => "as-before",
        false => "unknown",
    };
    let by_unknown = level == Level::Attention && !verdict.unknown.is_empty() && deciding.is_empty();
    let notice_words = pathway.notice(notice).filter(|_| by_unknown).map(|notice| in_language(&notice.text, language));
    // A quiet day has one reason; two of them could say different things about the same pain.
    let (said, left) = deciding.split_at_checked(if level == Level::Expected { 1 } else { SPOKEN }).unwrap_or((&deciding, &[]));
    let mut paragraphs: Vec<String> = said.iter().map(|hit| tongue.rule(&hit.id).prose.clone()).filter(|prose| !prose.is_empty()).collect();
    paragraphs.extend(tongue.also(left).filter(|_| level > Level::Expected));
    if !verdict.unknown.is_empty() && (notice == "as-before" || level < Level::Emergency) {
        paragraphs.extend(tongue.notice(notice));
    }
    if reviewed {
        paragraphs.extend(tongue.notice("reviewed"));
    }
    if level > Level::Expected && !by_unknown {
        paragraphs.extend(level_words.map(|words| words.prose.clone()));
    }
    let rule = deciding.iter().find_map(|hit| pathway.rules.iter().find(|rule| rule.id == hit.id));
    let own_steps = deciding.iter().map(|hit| tongue.rule(&hit.id).items.clone()).find(|items| !items.is_empty());
    let unknown = in_order(pathway, &verdict.unknown);
    Told {
        level,
        language: pathway.languages.get(language).cloned().unwrap_or_default(),
        headline: notice_words.or(level_words).map_or(String::new(), |words| words.title.clone()),
        paragraphs: paragraphs.into_iter().flat_map(|prose| prose.split("\n\n").map(str::to_string).collect::<Vec<_>>()).collect(),
        steps: own_steps.or(notice_words.or(level_words).map(|words| words.items.clone())).unwrap_or_default(),
        reasons: verdict.rules.iter().map(|hit| tongue.reason(hit, &verdict.unknown)).collect(),
        unknown: unknown.iter().map(|unknown| tongue.unknown(&unknown.question, &unknown.was)).collect(),
        asked_in_vain: unknown.iter().map(|unknown| unknown.question.clone()).collect(),
        changes: changes(&tongue, level, &unknown, &would_change(pathways, patient, before, event, verdict)),
        revision: verdict.revision.clone(),
        answer_within: pathway.answer_within(rule, level),
        reviewed,
        ratings: verdict.rules.iter().any(rests_on_ratings).then(|| ratings(pathways, patient, before, event)),
    }
}

/// The pain that somebody stopped at, as a fact: the question that asks for a day's pain would say another thing of it.
pub const PAIN_WHEN_STOPPED: &str = "pain when stopped";

/// The facts that speak of the line of ratings and not of an answer.
const BY_RATINGS: [&str; 2] = ["reading", "days in flare"];

fn rests_on_ratings(hit: &Hit) -> bool {
    hit.because.iter().any(|because| matches!(because, Because::Fact { fact, .. } if BY_RATINGS.contains(&fact.as_str())))
}

/// What a case stands on needs a replay of the expected range, some ten milliseconds a year: only where there is one.
fn ratings(pathways: &Pathways, patient: &Patient, before: &State, event: &Event) -> Ratings {
    let seen = view(pathways, patient, before, event.moment());
    let case = seen.reading.state.case();
    let above = case.and_then(|_| reading_in_full(pathways, patient, before, event.moment()).above);
    Ratings { above, highest: seen.reading.flare.map(|flare| flare.peak), usual: seen.usual.get("pain").copied() }
}

/// Rules of one level: the safety rules first, then what has to be answered sooner, else in the pathway's order.
fn graver_first<'a>(pathway: &Compiled, decided: impl Iterator<Item = &'a Hit>, level: Level) -> Vec<&'a Hit> {
    let mut deciding: Vec<&Hit> = decided.collect();
    let hours = |hit: &Hit| {
        let rule = pathway.rules.iter().find(|rule| rule.id == hit.id);
        pathway.answer_within(rule, level).map_or(u16::MAX, |within| within.hours)
    };
    deciding.sort_by_key(|hit| (!hit.safety, hours(hit)));
    deciding
}

/// What nobody could answer: what may hide the worst first, else in the check-in's order.
fn in_order<'a>(pathway: &Compiled, unknown: &'a [Unknown]) -> Vec<&'a Unknown> {
    let place = |unknown: &&Unknown| pathway.questions.iter().position(|question| question.id == unknown.question);
    let worst = |unknown: &&Unknown| {
        let question = place(unknown).and_then(|place| pathway.questions.get(place));
        question.and_then(|question| question.floors.iter().map(|floor| floor.level).max())
    };
    let mut ordered: Vec<&Unknown> = unknown.iter().collect();
    ordered.sort_by_key(|unknown| (std::cmp::Reverse(worst(unknown)), place(unknown).unwrap_or(usize::MAX)));
    ordered
}

/// What would raise it: the signs that nobody knows about first, then any other answer.
fn changes(tongue: &Tongue, level: Level, unknown: &[&Unknown], others: &[Change]) -> Vec<ToldChange> {
    let mut changes: Vec<ToldChange> = vec![];
    for unknown in unknown {
        let Some(question) = tongue.pathway.questions.iter().find(|question| question.id == unknown.question) else { continue };
        let words = in_language(&question.text, tongue.language);
        for floor in question.floors.iter().filter(|floor| floor.level > level) {
            let yes = question.codes.get(usize::from(floor.code)).is_some_and(|code| code == "yes");
            let answer = words.items.get(usize::from(floor.code)).filter(|_| !yes);
            let title = answer.map_or_else(|| words.title.clone(), |answer| format!("{}: {answer}", words.title));
            changes.push(ToldChange { level: floor.level, title });
        }
    }
    changes.extend(others.iter().map(|change| ToldChange { level: change.level, title: tongue.rule(&change.rule).title.clone() }));
    changes
}

/// A pathway's words in one language.
pub(crate) struct Tongue<'a> {
    pub pathway: &'a Compiled,
    pub language: usize,
}

impl Tongue<'_> {
    /// The words of a rule, or of what the engine raises itself.
    pub fn rule(&self, id: &str) -> &Words {
        const NONE: &Words = &Words { title: String::new(), prose: String::new(), clinic: String::new(), items: Vec::new() };
        if let Some(rule) = self.pathway.rules.iter().find(|rule| rule.id == id) {
            return in_language(&rule.text, self.language);
        }
        match id {
            "otherwise" => self.pathway.level(self.pathway.otherwise).map_or(NONE, |text| in_language(&text.text, self.language)),
            id => self.pathway.notice(id).map_or(NONE, |notice| in_language(&notice.text, self.language)),
        }
    }

    /// Rules that held too and have no paragraph, by their titles.
    fn also(&self, rules: &[&Hit]) -> Option<String> {
        let titles: Vec<&str> = rules.iter().map(|hit| self.rule(&hit.id).title.as_str()).filter(|title| !title.is_empty()).collect();
        (!titles.is_empty()).then(|| format!("{}: {}.", self.say("Also", "También"), titles.join("; ")))
    }

    fn notice(&self, id: &str) -> Option<String> {
        self.pathway.notice(id).map(|notice| in_language(&notice.text, self.language).prose.clone())
    }

    pub fn reason(&self, hit: &Hit, unknown: &[Unknown]) -> ToldReason {
        let words = self.rule(&hit.id);
        let rule = self.pathway.rules.iter().find(|rule| rule.id == hit.id);
        let at_a_stop = hit.because.iter().any(|because| matches!(because, Because::Fact { fact, .. } if fact == "stopped"));
        ToldReason {
            rule: hit.id.clone(),
            level: hit.level,
            title: words.title.clone(),
            prose: words.prose.clone(),
            clinic: words.clinic.clone(),
            because: hit.because.iter().map(|because| self.because(because, at_a_stop, unknown)).collect(),
            sources: rule.map_or(vec![], |rule| rule.sources.clone()),
        }
    }

    fn because(&self, because: &Because, at_a_stop: bool, unknown: &[Unknown]) -> (String, String) {
        match because {
            Because::Answer { question, answer } => {
                let words = if at_a_stop && question == "pain" { PAIN_WHEN_STOPPED.to_string() } else { self.question(question) };
                // A number that could not be taken is shown as it was typed, not what stands for it.
                let number = self.pathway.questions.iter().any(|asked| asked.id == *question && asked.is_number());
                let typed = unknown.iter().find(|unknown| number && unknown.question == *question && !unknown.was.is_empty());
                (words, self.answer(question, typed.map_or(answer, |typed| &typed.was)))
            }
            Because::Fact { fact, value } => (fact.clone(), value.clone()),
        }
    }

    /// A question in words; said to be none, with its id, when the pathway has no such question.
    pub fn question(&self, id: &str) -> String {
        let found = self.pathway.questions.iter().find(|question| question.id == id);
        let none = || format!("{}: {id}", self.say("Not a question here", "No es una pregunta de aquí"));
        found.map_or_else(none, |question| in_language(&question.text, self.language).title.clone())
    }

    /// An answer in words: codes joined by a comma, or a number.
    pub fn answer(&self, id: &str, answer: &str) -> String {
        let Some(question) = self.pathway.questions.iter().find(|question| question.id == id) else { return answer.to_string() };
        let words = in_language(&question.text, self.language);
        let one = |code: &str| question.code(code).and_then(|place| words.items.get(place)).map_or_else(|| code.to_string(), Clone::clone);
        if question.is_number() {
            // What was no number stands as it was typed.
            let bare = question.unit.is_empty() || answer.parse::<f64>().is_err();
            let answer = answer.replace('.', self.say(".", ","));
            return if bare { answer } else { format!("{answer} {}", question.unit) };
        }
        answer.split(", ").map(one).collect::<Vec<_>>().join(", ")
    }

    /// A question that nobody could answer, with what was said instead.
    pub fn unknown(&self, question: &str, was: &str) -> String {
        let words = match question {
            "event" => self.say("Something that could not be read", "Algo que no se pudo leer").to_string(),
            "revision" => self.say("A revision that is not known here", "Una revisión que aquí no se conoce").to_string(),
            question => self.question(question),
        };
        let said = |was: &str| self.answer(question, was).replace("dont-know", self.say("I don’t know", "No lo sé"));
        match was.split_once(", after ") {
            _ if was.is_empty() => words,
            Some((now, before)) => format!("{words} ({} {} {})", said(now), self.say("after", "tras"), said(before)),
            None => format!("{words} ({})", said(was)),
        }
    }

    /// One of two words.
    fn say(&self, en: &'static str, es: &'static str) -> &'static str {
        let spanish = self.pathway.languages.get(self.language).is_some_and(|language| language == "es");
        if spanish { es } else { en }
    }
}
