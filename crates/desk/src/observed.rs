//! How often is the reading wrong in this clinic? Its cases, as people closed them.

use crate::patient::{projection, read_patient};
use crate::{Desk, Kept, Result};
use jiff::Timestamp;
use lamella_engine::ReadingState;
use lamella_pathway::{Cond, Rule};
use lamella_trajectory::detector::Case;
use lamella_trajectory::rate::Rate;
use std::collections::BTreeSet;

/// The change was real.
pub const REAL: &str = "real";
/// It was not.
pub const NOT_REAL: &str = "not-real";
/// Whoever resolved it could not say.
pub const CANNOT_SAY: &str = "cannot-say";

/// With fewer patient-years a rate says next to nothing: of a promise of one in five years, ten cases are then expected.
pub const ENOUGH_YEARS: f64 = 50.0;

/// Days of a patient-year, as the virtual ones have.
const YEAR_DAYS: f64 = 365.0;

/// What the clinic's own records say.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Observed {
    /// People who have checked in under care.
    pub people: u64,
    /// Their years under care: from the day they were entered (or the procedure, if that is later) to their latest check-in.
    /// Silence counts for nothing, because nothing can be read in it.
    pub years: f64,
    /// Cases of *watch*.
    pub watch: Cases,
    /// Cases of *lasting change*.
    pub lasting: Cases,
}

/// Cases of one kind, by how they were closed. A row of the worklist is one case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cases {
    /// Closed: the change was real.
    pub real: u64,
    /// Closed: it was not.
    pub not_real: u64,
    /// Closed, and nobody said or could say; also those that closed themselves.
    pub not_said: u64,
    /// Still open.
    pub open: u64,
}

impl Cases {
    /// All of them.
    pub fn all(self) -> u64 {
        self.real + self.not_real + self.not_said + self.open
    }

    /// Cases a patient-year that were closed as not real: at least so many were false.
    pub fn false_rate(self, years: f64) -> Option<Rate> {
        Rate::of(self.not_real, years)
    }

    /// Cases a patient-year that nobody has called real: at most so many were false.
    pub fn false_at_most(self, years: f64) -> Option<Rate> {
        Rate::of(self.all() - self.real, years)
    }

    /// Whether even the lower end lies above what was promised a patient-year.
    pub fn breaks(self, promised: f64, years: f64) -> bool {
        self.false_rate(years).is_some_and(|rate| rate.low > promised)
    }

    fn count(&mut self, kept: &Kept) {
        let said = kept.alert.resolved.as_ref().filter(|_| !kept.alert.stands()).map(|resolved| resolved.change.as_str());
        *match said {
            None => &mut self.open,
            Some(REAL) => &mut self.real,
            Some(NOT_REAL) => &mut self.not_real,
            Some(_) => &mut self.not_said,
        } += 1;
    }
}

impl Observed {
    /// Whether there is enough to speak of a rate.
    pub fn is_enough(&self) -> bool {
        self.years >= ENOUGH_YEARS && self.watch.all() + self.lasting.all() > 0
    }
}

impl Desk {
    /// The reading's cases so far. One look at everybody, and one a rule that speaks of the reading; for whoever looks.
    pub fn observed(&self, now: Timestamp) -> Result<Observed> {
        let mut observed = Observed::default();
        for (row, assessment) in self.store.everyone(&self.clinic)? {
            let Some(last) = assessment.as_ref().and_then(projection).and_then(|projection| projection.last) else { continue };
            let patient = read_patient(&row)?;
            observed.people += 1;
            let until = patient.day_of(last.at.date().min(self.person_moment(&patient, now).date()));
            observed.years += f64::from((until + 1 - patient.enrolled_day()).max(0)) / YEAR_DAYS;
        }
        let rules = self.pathways.all().flat_map(|pathway| &pathway.rules).filter(|rule| asks_for_a_case(rule));
        for rule in rules.map(|rule| rule.id.as_str()).collect::<BTreeSet<_>>() {
            for row in self.store.alerts_of_cause(&self.clinic, rule)? {
                let kept = Kept::read(&row)?;
                match kept.alert.case {
                    Some(Case::Watch) => observed.watch.count(&kept),
                    Some(Case::Lasting) => observed.lasting.count(&kept),
                    None => {}
                }
            }
        }
        Ok(observed)
    }
}

/// Whether a rule holds by a case of the reading.
fn asks_for_a_case(rule: &Rule) -> bool {
    let mut asks = false;
    let is_case = |word: &str| ReadingState::from_word(word).and_then(ReadingState::case).is_some();
    rule.when.each(&mut |cond| asks |= matches!(cond, Cond::Reading { state } if is_case(state)));
    asks
}
