//! Why a check-in was judged as it was, in the reader's language: what the person was told stands in theirs.

use crate::told::Tongue;
use crate::{Desk, Result, Told, ToldChange, ToldReason};
use jiff::Timestamp;
use lamella_engine::triage::Verdict;
use lamella_engine::{Known, view};

impl Desk {
    /// The reasons of what was told, in the words of `language` where the verdict still knows them; else as they were told.
    pub fn reasons_in(&self, told: &Told, verdict: Option<&Verdict>, language: &str) -> Vec<ToldReason> {
        let Some(verdict) = verdict.filter(|_| told.language != language) else { return told.reasons.clone() };
        let tongue = self.tongue(&told.revision, language);
        let ours: Vec<ToldReason> = verdict.rules.iter().map(|hit| tongue.reason(hit, &verdict.unknown)).collect();
        let said = |reason: &ToldReason| ours.iter().find(|ours| ours.rule == reason.rule).unwrap_or(reason).clone();
        told.reasons.iter().map(said).collect()
    }

    /// The questions that nobody could answer, likewise.
    pub fn unknown_in(&self, told: &Told, verdict: Option<&Verdict>, language: &str) -> Vec<String> {
        let Some(verdict) = verdict.filter(|verdict| told.language != language && verdict.unknown.len() == told.unknown.len()) else {
            return told.unknown.clone();
        };
        let tongue = self.tongue(&told.revision, language);
        verdict.unknown.iter().map(|unknown| tongue.unknown(&unknown.question, &unknown.was)).collect()
    }

    /// What would have raised it, likewise: a rule is known by its title.
    pub fn changes_in(&self, told: &Told, language: &str) -> Vec<ToldChange> {
        let (theirs, ours) = (self.tongue(&told.revision, &told.language), self.tongue(&told.revision, language));
        let rules = &ours.pathway.rules;
        let said = |change: &ToldChange| {
            let rule = rules.iter().find(|rule| theirs.rule(&rule.id).title == change.title);
            ToldChange { level: change.level, title: rule.map_or_else(|| change.title.clone(), |rule| ours.rule(&rule.id).title.clone()) }
        };
        told.changes.iter().map(said).collect()
    }

    /// The findings that are known to the clinic today.
    pub fn known_findings(&self, patient: &str, now: Timestamp) -> Result<Vec<Known>> {
        let pathways = &self.pathways;
        self.with_state(&self.key(patient), now, |patient, state| view(pathways, patient, state, self.person_moment(patient, now)).known)
    }

    fn tongue(&self, revision: &str, language: &str) -> Tongue<'_> {
        let pathway = self.pathways.all().find(|pathway| pathway.revision == revision).unwrap_or(self.pathways.current());
        Tongue { pathway, language: pathway.language(language) }
    }
}
