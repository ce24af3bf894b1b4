//! One event judged: the level, the rules, the answers they stand on, and what is unknown.

use super::given::value_text;
use super::judge::{Sight, due, holds, usual_of};
use super::{Unknown, Value};
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use lamella_pathway::{Cond, Rule};
use lamella_record::{Level, Moment};
use serde::{Deserialize, Serialize};

/// What a rule stands on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Because {
    /// An answer.
    Answer {
        /// Question id.
        question: String,
        /// The answer: codes joined by a comma, or the number.
        answer: String,
    },
    /// Something else that is known.
    Fact {
        /// What, such as `day` or `usual of pain`.
        fact: String,
        /// Its value.
        value: String,
    },
}

/// A rule that decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// Rule id; `otherwise` when no rule was reached, `floor` when only an answer's floor was.
    pub id: String,
    /// Its level.
    pub level: Level,
    /// What it stands on.
    pub because: Vec<Because>,
    /// Whether it is a safety rule.
    pub safety: bool,
    /// Whether a clinician has reviewed the finding and it is no worse: history only.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub reviewed: bool,
}

/// One event judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The event.
    pub event: String,
    /// Its moment.
    pub at: Moment,
    /// Its day.
    pub day: i32,
    /// The phase that held, by id; empty before the procedure.
    pub phase: String,
    /// The revision it was judged under.
    pub revision: String,
    /// The level.
    pub level: Level,
    /// The rules that decided, highest level first.
    pub rules: Vec<Hit>,
    /// What is unknown and raises.
    pub unknown: Vec<Unknown>,
    /// Questions that were never put.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_asked: Vec<String>,
}

impl Verdict {
    /// The level that phases see: a reviewed finding counts as watch.
    pub fn settled_level(&self) -> Level {
        let unknown = if self.unknown.is_empty() { Level::Expected } else { Level::Attention };
        let rules = self.rules.iter().map(|hit| if hit.reviewed { hit.level.min(Level::Watch) } else { hit.level });
        let not_asked = if self.not_asked.is_empty() { Level::Expected } else { Level::Watch };
        rules.fold(unknown.max(not_asked), Level::max)
    }
}

/// What the rules alone, the floors, and what is missing make of one event. `unknown_before` holds what was odd already.
pub fn verdict_of(sight: &Sight, not_asked: &[String], unknown_before: Vec<Unknown>) -> (Level, Vec<Hit>, Vec<Unknown>) {
    let judged = sight.pathway.rules.iter().filter(|rule| rule.on_stopped || !sight.stopped);
    let mut hits: Vec<Hit> = judged.filter(|rule| holds(&rule.when, sight)).map(|rule| hit(rule, sight)).collect();
    if hits.is_empty() {
        let because = vec![];
        hits.push(Hit { id: "otherwise".to_string(), level: sight.pathway.otherwise, because, safety: false, reviewed: false });
    }
    let reached = hits.iter().map(|hit| hit.level).max().unwrap_or(Level::Expected);
    hits.extend(floor(sight).filter(|floor| floor.level > reached));
    hits.sort_by_key(|hit| core::cmp::Reverse(hit.level));
    let unknown = if sight.stopped { stopped_unknown(sight, unknown_before) } else { unanswered(sight, not_asked, unknown_before) };
    let mut level = hits.iter().map(|hit| hit.level).max().unwrap_or(Level::Expected);
    if !unknown.is_empty() {
        level = level.max(Level::Attention);
    }
    if !not_asked.is_empty() {
        level = level.max(Level::Watch);
    }
    (level, hits, unknown)
}

fn hit(rule: &Rule, sight: &Sight) -> Hit {
    let mut because = vec![];
    reasons(&rule.when, sight, &mut because);
    Hit { id: rule.id.clone(), level: rule.level, because, safety: rule.safety, reviewed: false }
}

/// The highest floor of the answers given. Safety questions only have floors that a safety rule must reach: should one not, the
/// floor itself raises.
fn floor(sight: &Sight) -> Option<Hit> {
    let mut highest: Option<Hit> = None;
    for (place, value) in sight.given.answered() {
        let (Some(question), Value::Codes(bits)) = (sight.pathway.questions.get(place), value) else { continue };
        for floor in &question.floors {
            let given = bits & (1 << floor.code) != 0 && floor.from_day.is_none_or(|day| sight.day >= day);
            if given && highest.as_ref().is_none_or(|hit| hit.level < floor.level) {
                let answer = question.codes.get(usize::from(floor.code)).cloned().unwrap_or_default();
                let because = vec![Because::Answer { question: question.id.clone(), answer }];
                highest = Some(Hit { id: "floor".to_string(), level: floor.level, because, safety: true, reviewed: false });
            }
        }
    }
    highest
}

/// Due safety questions without an answer, and whatever was odd about them.
fn unanswered(sight: &Sight, not_asked: &[String], odd: Vec<Unknown>) -> Vec<Unknown> {
    let mut unknown = vec![];
    for (place, question) in sight.pathway.questions.iter().enumerate() {
        let missing = question.safety && sight.given.value(place as u16).is_none();
        if missing && !not_asked.contains(&question.id) && due(place, sight) && !odd.iter().any(|odd| odd.question == question.id) {
            unknown.push(Unknown::new(&question.id, "not-answered", String::new()));
        }
    }
    // *I don't know* to what is not a safety question is an answer nobody has to chase.
    let chase = |odd: &Unknown| {
        let place = sight.pathway.question(&odd.question);
        let safety = |place: usize| sight.pathway.questions.get(place).is_some_and(|question| question.safety);
        odd.why != "dont-know" || place.is_none_or(|place| safety(place) && due(place, sight))
    };
    unknown.extend(odd.into_iter().filter(chase));
    unknown
}

/// *It hurt, so I stopped* says how much it hurt, or that is unknown.
fn stopped_unknown(sight: &Sight, odd: Vec<Unknown>) -> Vec<Unknown> {
    let mut unknown = odd;
    let pain = sight.pathway.question("pain");
    let said = pain.is_none_or(|place| sight.given.value(place as u16).is_some());
    if !said && !unknown.iter().any(|odd| odd.question == "pain") {
        unknown.push(Unknown::new("pain", "not-answered", String::new()));
    }
    unknown
}

/// The answers and facts that make a condition hold, which it does.
fn reasons(cond: &Cond, sight: &Sight, because: &mut Vec<Because>) {
    let mut add = |reason: Because| noted(because, reason);
    let fact = |fact: &str, value: String| Because::Fact { fact: fact.to_string(), value };
    match cond {
        Cond::All(inner) => inner.iter().for_each(|cond| reasons(cond, sight, because)),
        Cond::Any(inner) => inner.iter().filter(|cond| holds(cond, sight)).for_each(|cond| reasons(cond, sight, because)),
        Cond::Not(cond) => {
            if let Some(question) = cond.question() {
                answer(question, sight).into_iter().for_each(add);
            }
        }
        Cond::Has { question, .. } | Cond::Between { question, .. } | Cond::Answered { question } => {
            answer(*question, sight).into_iter().for_each(add);
        }
        Cond::AboveUsual { question, .. } => {
            answer(*question, sight).into_iter().for_each(&mut add);
            let usual = usual_of(*question, sight.day, sight);
            add(fact(&usual_named(*question, sight), usual.map_or("not known yet".to_string(), |usual| usual.to_string())));
        }
        Cond::NoUsual { question } => add(fact(&usual_named(*question, sight), "not known yet".to_string())),
        Cond::Day { .. } => add(fact("day", sight.day.to_string())),
        Cond::Phase { .. } => add(fact("phase", sight.pathway.phases.get(sight.phase).map_or(String::new(), |phase| phase.id.clone()))),
        Cond::Person { code } => add(fact("person has", code.clone())),
        Cond::AtLeastYears { years } => add(fact("age at least", years.to_string())),
        Cond::Stopped => add(fact("stopped", "yes".to_string())),
        Cond::Reading { state } => add(fact("reading", state.clone())),
        Cond::InFlare { .. } => {
            let days = sight.reading.map_or(0, |stands| stands.flare_days);
            add(fact("days in flare", days.to_string()));
        }
        Cond::Running { cond, days } => {
            reasons(cond, sight, because);
            noted(because, fact("days running", days.to_string()));
        }
        Cond::Within { cond, days, .. } => {
            if holds(cond, sight) {
                reasons(cond, sight, because);
            }
            noted(because, fact("in the last days", days.to_string()));
        }
        Cond::First { cond, .. } => {
            reasons(cond, sight, because);
            noted(because, fact("first time", "yes".to_string()));
        }
    }
}

fn usual_named(question: u16, sight: &Sight) -> String {
    ["usual of ", sight.pathway.questions.get(usize::from(question)).map_or("", |question| question.id.as_str())].concat()
}

/// Each reason once.
fn noted(because: &mut Vec<Because>, reason: Because) {
    if !because.contains(&reason) {
        because.push(reason);
    }
}

fn answer(question: u16, sight: &Sight) -> Option<Because> {
    let asked = sight.pathway.questions.get(usize::from(question))?;
    let value = sight.given.value(question)?;
    Some(Because::Answer { question: asked.id.clone(), answer: value_text(asked, value) })
}
