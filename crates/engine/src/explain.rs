//! What would change a verdict.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use lamella_pathway::{Rule, reads};
use lamella_record::{Event, Level, Patient};
use serde::{Deserialize, Serialize};

use crate::step::with_sight;
use crate::triage::{Sight, Value, Verdict, holds};
use crate::{Pathways, State};

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

/// Every single answer to an answered, coded safety question that would lift the verdict `now` of `event`, judged on `before`,
/// the state it was judged on. In the pathway's order; each rule once per level, with its first answer.
///
/// Only rules above the verdict that read the question (or feel it through *felt worse*) can newly hold, so only those are asked.
pub fn would_change(pathways: &Pathways, patient: &Patient, before: &State, event: &Event, now: &Verdict) -> Vec<Change> {
    let changes = with_sight(pathways, patient, before, event, |sight| {
        let mut changes: Vec<Change> = vec![];
        let felt = sight.pathway.felt_worse.as_ref().map_or(vec![], reads);
        for (place, value) in sight.given.answered() {
            let (Some(question), Value::Codes(bits)) = (sight.pathway.questions.get(place), value) else { continue };
            let asked = place as u16;
            let above = sight.pathway.rules.iter().filter(|rule| rule.level > now.level && !rule.on_stopped);
            let rules: Vec<&Rule> = above.filter(|rule| rule.reads.contains(&asked) || felt.contains(&asked)).collect();
            let others = question.codes.iter().enumerate().filter(|(code, _)| question.safety && bits & (1 << code) == 0);
            for (code, word) in others {
                let mut given = sight.given.clone();
                given.set(place, Value::Codes(1 << code));
                let sight = Sight { given: &given, ..*sight };
                let holds = rules.iter().filter(|rule| holds(&rule.when, &sight));
                let Some(rule) = holds.max_by_key(|rule| rule.level) else { continue };
                if !changes.iter().any(|change| change.rule == rule.id) {
                    changes.push(Change { level: rule.level, question: question.id.clone(), answer: word.clone(), rule: rule.id.clone() });
                }
            }
        }
        changes
    });
    changes.unwrap_or_default()
}
