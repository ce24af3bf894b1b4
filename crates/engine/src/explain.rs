//! What would change a verdict.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use lamella_record::{Answer, Event, Kind, Level, Patient};
use serde::{Deserialize, Serialize};

use crate::{Pathways, State, judge};

/// One answer that alone would lift the verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// To which level.
    pub level: Level,
    /// Which question.
    pub question: String,
    /// Which answer.
    pub answer: String,
    /// The rule that would decide.
    pub rule: String,
}

/// Every single answer to a due or answered coded question that would lift the verdict of `event`, judged on `before`, the state
/// it was judged on. In the pathway's order; each rule once per level, with its first answer.
pub fn would_change(pathways: &Pathways, patient: &Patient, before: &State, event: &Event) -> Vec<Change> {
    let Kind::CheckIn(check_in) = &event.kind else { return vec![] };
    let Some(now) = judge(pathways, patient, before, event) else { return vec![] };
    let pathway = pathways.all().find(|pathway| pathway.revision == now.revision).unwrap_or(pathways.current());
    let mut changes: Vec<Change> = vec![];
    for question in pathway.questions.iter().filter(|question| question.safety && check_in.answers.contains_key(&question.id)) {
        for code in &question.codes {
            let mut other = event.clone();
            if let Kind::CheckIn(check_in) = &mut other.kind {
                check_in.answers.insert(question.id.clone(), Answer::code(code));
            }
            let Some(then) = judge(pathways, patient, before, &other).filter(|then| then.level > now.level) else { continue };
            let Some(rule) = then.rules.iter().find(|hit| hit.level == then.level) else { continue };
            if !changes.iter().any(|change| change.rule == rule.id && change.level == then.level) {
                changes.push(Change { level: then.level, question: question.id.clone(), answer: code.clone(), rule: rule.id.clone() });
            }
        }
    }
    changes
}
