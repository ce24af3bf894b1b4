//! How often is the reading wrong in this clinic? Its cases, and what people said about them last.

use crate::fold::read_event;
use crate::patient::{projection, read_patient};
use crate::{Desk, DeskError, Fault, Kept, Outcome, Receipt, Result, lock};
use jiff::Timestamp;
use lamella_engine::ReadingState;
use lamella_engine::alerts::CLOSED_ITSELF;
use lamella_pathway::{Cond, Rule};
use lamella_record::{Act, Event, Kind, Moment};
use lamella_store::Key;
use lamella_trajectory::detector::Case;
use lamella_trajectory::rate::Rate;
use std::collections::{BTreeMap, BTreeSet};

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

/// A case of the reading.
#[derive(Debug, Clone, PartialEq)]
pub struct OneCase {
    /// Whose.
    pub patient: String,
    /// *Watch* or *lasting change*.
    pub case: Case,
    /// Its row of the worklist, the latest.
    pub kept: Kept,
    /// Earlier rows of the same case, oldest first: they closed themselves when it had settled, and then it came back.
    pub before: Vec<Kept>,
    /// The last word on whether the change was real; none where nobody has said.
    pub said: Option<Said>,
}

impl OneCase {
    /// Its rows, oldest first.
    fn rows(&self) -> impl Iterator<Item = &Kept> {
        self.before.iter().chain([&self.kept])
    }

    /// Whether it is one of the reading's: a row that the fold no longer asks for, because of what came in late, is history. So the
    /// number of cases is the same whatever came in first.
    pub fn counts(&self) -> bool {
        !self.kept.no_longer_follows
    }

    /// When it began.
    pub fn since(&self) -> Moment {
        self.before.first().unwrap_or(&self.kept).alert.since
    }

    /// Whether somebody has said that the change was real, or that it was not; whoever cannot say yet leaves it to be judged.
    pub fn is_judged(&self) -> bool {
        self.said.as_ref().is_some_and(|said| [REAL, NOT_REAL].contains(&said.change.as_str()))
    }

    /// Whether an alert's id names one of its rows.
    pub fn answers_to(&self, alert: &str) -> bool {
        self.rows().any(|kept| kept.alert.answers_to(alert))
    }

    /// Whether this row is of the same case: the detector holds one for so many days, and only a person closes it sooner.
    fn goes_on_with(&self, next: &Kept, latch_days: i32) -> bool {
        let closed_itself = self.kept.alert.resolved.as_ref().is_some_and(|done| done.disposition == CLOSED_ITSELF);
        let days = next.alert.since.date().since(self.since().date()).map_or(i32::MAX, |span| span.get_days());
        !next.no_longer_follows && closed_itself && days < latch_days
    }
}

/// What somebody said about whether a change was real.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// [`REAL`], [`NOT_REAL`], [`CANNOT_SAY`], or a word from elsewhere.
    pub change: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: Moment,
}

/// The last word about a case: the latest, by moment and then id, of what resolved its rows and of the notes that name one, in
/// whatever order they came in. Who resolved without a word has said nothing.
fn last_word(case: &OneCase, notes: &[Event]) -> Option<Said> {
    let resolved = case.rows().filter_map(|kept| kept.alert.resolved.as_ref());
    let resolved = resolved.map(|done| (done.at, done.event.as_str(), done.change.as_str(), done.by.as_str()));
    let noted = notes.iter().filter_map(|event| match &event.kind {
        Kind::Note(note) if case.answers_to(note.text("alert")) => {
            Some((event.moment(), event.id.as_str(), note.text("change"), note.text("by")))
        }
        _ => None,
    });
    let last = resolved.chain(noted).filter(|(.., change, _)| !change.is_empty()).max_by_key(|(at, id, ..)| (at.instant(), *id))?;
    let (at, _, change, by) = last;
    Some(Said { change: change.to_string(), by: by.to_string(), at })
}

/// Cases of one kind, by the last word about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cases {
    /// Closed: the change was real.
    pub real: u64,
    /// Closed: it was not.
    pub not_real: u64,
    /// Closed, and nobody said or could say.
    pub not_said: u64,
    /// Still open.
    pub open: u64,
}

impl Cases {
    /// All of them.
    pub fn all(self) -> u64 {
        self.real + self.not_real + self.not_said + self.open
    }

    /// Cases a patient-year that were called not real: at least so many were false.
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

    fn count(&mut self, one: &OneCase) {
        let said = one.said.as_ref().map(|said| said.change.as_str());
        *match said {
            _ if one.kept.alert.stands() => &mut self.open,
            Some(REAL) => &mut self.real,
            Some(NOT_REAL) => &mut self.not_real,
            _ => &mut self.not_said,
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
    /// The reading's cases so far, for whoever looks.
    pub fn observed(&self, now: Timestamp) -> Result<Observed> {
        self.observed_in(&self.cases()?, now)
    }

    /// The same of all its cases ([`Desk::cases`]). One look at everybody.
    pub fn observed_in(&self, cases: &[OneCase], now: Timestamp) -> Result<Observed> {
        let mut observed = Observed::default();
        for (row, assessment) in self.store.everyone(&self.clinic)? {
            let Some(last) = assessment.as_ref().and_then(projection).and_then(|projection| projection.last) else { continue };
            let patient = read_patient(&row)?;
            observed.people += 1;
            let until = patient.day_of(last.at.date().min(self.person_moment(&patient, now).date()));
            observed.years += f64::from((until + 1 - patient.enrolled_day()).max(0)) / YEAR_DAYS;
        }
        for one in cases.iter().filter(|one| one.counts()) {
            match one.case {
                Case::Watch => observed.watch.count(one),
                Case::Lasting => observed.lasting.count(one),
            }
        }
        Ok(observed)
    }

    /// Every case of the reading, by patient, among them those that no longer count ([`OneCase::counts`]): one look a rule that speaks
    /// of the reading, and one at the notes of whoever had a case.
    pub fn cases(&self) -> Result<Vec<OneCase>> {
        let rules = self.pathways.all().flat_map(|pathway| &pathway.rules).filter(|rule| asks_for_a_case(rule));
        let mut of_patient: BTreeMap<String, Vec<Kept>> = BTreeMap::new();
        for rule in rules.map(|rule| rule.id.as_str()).collect::<BTreeSet<_>>() {
            for (patient, row) in self.store.alerts_of_cause(&self.clinic, rule)? {
                of_patient.entry(patient).or_default().push(Kept::read(&row)?);
            }
        }
        let cases = of_patient.into_iter().map(|(patient, all)| self.cases_among(&self.key(&patient), all));
        Ok(cases.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
    }

    /// The cases of the reading of one patient, newest first; among them those that no longer count ([`OneCase::counts`]).
    pub fn cases_of(&self, patient: &str) -> Result<Vec<OneCase>> {
        self.cases_among(&self.key(patient), self.alerts(patient)?)
    }

    fn cases_among(&self, key: &Key, mut all: Vec<Kept>) -> Result<Vec<OneCase>> {
        all.retain(|kept| kept.alert.case.is_some());
        if all.is_empty() {
            return Ok(vec![]);
        }
        let notes: Vec<Event> = self.store.events_of_kind(key, "note")?.iter().map(|stored| read_event(&stored.event)).collect();
        // A run that gained an earlier first event is one case, under its new id.
        let is_part = |one: &Kept| {
            all.iter().any(|other| !other.no_longer_follows && other.alert.id != one.alert.id && other.alert.answers_to(&one.alert.id))
        };
        let mut rows: Vec<&Kept> = all.iter().filter(|kept| !is_part(kept)).collect();
        rows.sort_by_key(|kept| kept.alert.since.instant());
        let latch_days = self.pathways.model(self.pathways.current()).map_or(0, |model| model.calibration.rules.latch_days);
        let mut cases: Vec<OneCase> = vec![];
        for kept in rows {
            let Some(case) = kept.alert.case else { continue };
            let same = |one: &&mut OneCase| one.case == case && one.counts();
            match cases.iter_mut().rev().find(same).filter(|one| one.goes_on_with(kept, latch_days)) {
                Some(one) => one.before.push(std::mem::replace(&mut one.kept, kept.clone())),
                None => cases.push(OneCase { patient: key.patient.clone(), case, kept: kept.clone(), before: vec![], said: None }),
            }
        }
        for one in &mut cases {
            one.said = last_word(one, &notes);
        }
        cases.reverse();
        Ok(cases)
    }

    /// Somebody says afterwards whether the change that a closed case told of was real, or says it anew: the last word counts, and
    /// every word stays in the record. What somebody has just said themselves is not written twice.
    pub fn say_of_change(&self, patient: &str, alert: &str, by: &str, change: &str, now: Timestamp) -> Result<Receipt> {
        if ![REAL, NOT_REAL, CANNOT_SAY].contains(&change) {
            return Err(DeskError::Wrong(Fault::Change));
        }
        let key = self.key(patient);
        let _one_at_a_time = lock(self.draft_lock(&key));
        let cases = self.cases_of(patient)?;
        let one = cases.into_iter().find(|one| one.answers_to(alert)).ok_or_else(|| DeskError::NoAlert(alert.to_string()))?;
        if one.kept.alert.stands() {
            return Err(DeskError::Wrong(Fault::ChangeStands));
        }
        if one.said.is_some_and(|said| said.by == by && said.change == change) {
            return Ok(Receipt { id: String::new(), outcome: Outcome::Known, told: None });
        }
        let mut note = Act::default();
        for (name, value) in [("by", by), ("alert", &one.kept.alert.id), ("change", change)] {
            note.rest.insert(name.to_string(), value.into());
        }
        self.act(patient, Kind::Note(note), now)
    }
}

/// Whether a rule holds by a case of the reading.
fn asks_for_a_case(rule: &Rule) -> bool {
    let mut asks = false;
    let is_case = |word: &str| ReadingState::from_word(word).and_then(ReadingState::case).is_some();
    rule.when.each(&mut |cond| asks |= matches!(cond, Cond::Reading { state } if is_case(state)));
    asks
}
