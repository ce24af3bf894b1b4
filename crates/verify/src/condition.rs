//! In which states does a condition hold, and in which is that decided?
//!
//! The same as `lamella_engine::triage::truth`, for all states at once. An answer that is not there makes a condition false;
//! `not` is exact; a usual that is not known falls back to the intake rating or to *felt worse*.

use crate::space::{Asking, Past, Shape, Space};
use biodivine_lib_bdd::Bdd;
use lamella_pathway::{Asked, Cond, Question};
use std::cell::{Cell, RefCell};
use std::ops::RangeInclusive;

/// The conditions of a pathway over its space.
pub(crate) struct Judge<'s> {
    pub space: &'s Space<'s>,
    /// Per question: the states in which a number stands for its empty answer.
    stands: Vec<Option<Bdd>>,
    felt: Option<Bdd>,
    due: RefCell<Vec<Option<Bdd>>>,
    /// Questions whose dueness is being worked out.
    asking: RefCell<Vec<u16>>,
    feeling: Cell<bool>,
    /// Whether readings are left out, as they are where the engine looks what stands for an empty answer.
    unread: Cell<bool>,
}

impl<'s> Judge<'s> {
    /// Works out what stands for empty answers, question after question as the engine does, then the rest on demand.
    pub fn of(space: &'s Space<'s>) -> Judge<'s> {
        let count = space.questions.len();
        let mut judge = Judge {
            space,
            stands: vec![None; count],
            felt: None,
            due: RefCell::new(vec![None; count]),
            asking: RefCell::new(vec![]),
            feeling: Cell::new(false),
            unread: Cell::new(true),
        };
        for (place, question) in space.pathway.questions.iter().enumerate().filter(|(_, question)| question.empty_stands_for.is_some()) {
            let stands = judge.stands_in(place as u16, question);
            if let Some(slot) = judge.stands.get_mut(place) {
                *slot = Some(stands);
            }
            judge.due = RefCell::new(vec![None; count]);
        }
        judge.unread.set(false);
        judge.felt = Some(judge.felt_worse());
        judge
    }

    fn stands_in(&self, place: u16, question: &Question) -> Bdd {
        let asked = match &question.asked {
            Asked::When(cond) => self.holds(cond),
            _ => self.due(place),
        };
        let not_asked = self.space.on_if(self.asking_of(place).and_then(|asking| asking.not_asked));
        asked.and_not(&self.answered(place)).and_not(&not_asked).and_not(&self.space.on(self.space.stopped))
    }

    // ---- answers -----------------------------------------------------------------------------------------------------

    fn asking_of(&self, question: u16) -> Option<&'s Asking> {
        self.space.questions.get(usize::from(question))
    }

    /// The question was answered in the event itself.
    pub fn answered(&self, question: u16) -> Bdd {
        let places = self.asking_of(question).into_iter().flat_map(Asking::answer);
        places.fold(self.space.set.mk_false(), |bdd, place| bdd.or(&self.space.on(place)))
    }

    /// The question has a value: answered, or a number stands for its empty answer.
    pub fn present(&self, question: u16) -> Bdd {
        match self.stands.get(usize::from(question)) {
            Some(Some(stands)) => self.answered(question).or(stands),
            _ => self.answered(question),
        }
    }

    /// The answer has one of these codes; with `only`, and no other.
    pub fn has(&self, question: u16, codes: u64, only: bool) -> Bdd {
        let space = self.space;
        let among = |code: usize| codes >> code & 1 == 1;
        match self.asking_of(question).map(|asking| &asking.shape) {
            Some(Shape::One(place)) => space.among(*place, (0..64).filter(|code| among(*code)).map(|code| code + 1)),
            Some(Shape::Any(places)) => {
                let any = |wanted: bool| {
                    let these = places.iter().enumerate().filter(move |(code, _)| among(*code) == wanted);
                    these.fold(space.set.mk_false(), |bdd, (_, place)| bdd.or(&space.on(*place)))
                };
                if only { any(true).and_not(&any(false)) } else { any(true) }
            }
            _ => space.set.mk_false(),
        }
    }

    /// The number lies in this range.
    fn number_in(&self, question: u16, range: RangeInclusive<i32>) -> Bdd {
        let Some(Shape::Number(place, stretches)) = self.asking_of(question).map(|asking| &asking.shape) else {
            return self.space.set.mk_false();
        };
        let inside = stretches.iter().enumerate().filter(|(_, (least, most))| range.contains(least) && range.contains(most));
        let said = self.space.among(*place, inside.map(|(index, _)| index + 1));
        let number = self.space.pathway.questions.get(usize::from(question)).and_then(|question| question.empty_stands_for);
        match (number, self.stands.get(usize::from(question))) {
            (Some(number), Some(Some(stands))) if range.contains(&number) => said.or(stands),
            _ => said,
        }
    }

    fn above_usual(&self, question: u16, by: i32) -> Bdd {
        let space = self.space;
        let most = i32::MAX;
        let Some(usual) = self.asking_of(question).and_then(|asking| asking.usual) else { return space.set.mk_false() };
        let at = |place: usize, middle: i32| space.is(place, middle as usize + 1).and(&self.number_in(question, middle + by..=most));
        let known = (0..=10).fold(space.set.mk_false(), |bdd, middle| bdd.or(&at(usual, middle)));
        let felt = self.present(question).and(&self.felt_worse());
        let takes_intake = space.pathway.questions.get(usize::from(question)).is_some_and(|question| question.baseline_intake);
        let intake = space.intake.filter(|_| takes_intake);
        let above_intake =
            intake.map_or(space.set.mk_false(), |intake| (0..=10).fold(space.set.mk_false(), |bdd, middle| bdd.or(&at(intake, middle))));
        known.or(&space.is(usual, 0).and(&felt.or(&above_intake)))
    }

    /// The person feels worse than usual. A *felt worse* that rests on itself counts as false.
    pub fn felt_worse(&self) -> Bdd {
        if let Some(felt) = &self.felt {
            return felt.clone();
        }
        let Some(cond) = self.space.pathway.felt_worse.as_ref().filter(|_| !self.feeling.replace(true)) else {
            return self.space.set.mk_false();
        };
        let felt = self.holds(cond);
        self.feeling.set(false);
        felt
    }

    // ---- conditions --------------------------------------------------------------------------------------------------

    /// The condition holds; what is absent counts as false.
    pub fn holds(&self, cond: &Cond) -> Bdd {
        let space = self.space;
        match cond {
            Cond::All(inner) => inner.iter().fold(space.set.mk_true(), |bdd, cond| bdd.and(&self.holds(cond))),
            Cond::Any(inner) => inner.iter().fold(space.set.mk_false(), |bdd, cond| bdd.or(&self.holds(cond))),
            Cond::Not(cond) => self.holds(cond).not(),
            Cond::Has { question, codes, only } => self.has(*question, *codes, *only),
            Cond::Between { question, least, most } => self.number_in(*question, *least..=*most),
            Cond::AboveUsual { question, by } => self.above_usual(*question, *by),
            Cond::Answered { question } => self.present(*question),
            Cond::NoUsual { question } => {
                let usual = self.asking_of(*question).and_then(|asking| asking.usual);
                usual.map_or(space.set.mk_true(), |usual| space.is(usual, 0))
            }
            Cond::Day { from, to } => space.day_in(*from, *to),
            Cond::Phase { phases } => {
                let named = (0..8).filter(|phase| phases >> phase & 1 == 1);
                space.phase.map_or(space.set.mk_false(), |place| space.among(place, named).and(&space.since_day(0)))
            }
            Cond::Person { code } => space.on_if(space.persons.iter().find(|(there, _)| there == code).map(|(_, place)| *place)),
            Cond::AtLeastYears { years } => {
                let old = space.ages.iter().enumerate().filter(|(_, age)| *age >= years).map(|(index, _)| index + 1);
                space.age.map_or(space.set.mk_false(), |place| space.among(place, old))
            }
            Cond::Stopped => space.on(space.stopped),
            Cond::Reading { state } => self.reading(|word| word.split('/').next() == Some(state)),
            Cond::InFlare { days } => self.reading(|word| days_in_flare(word).is_some_and(|there| there >= *days)),
            Cond::Running { cond, days } => self.holds(cond).and(&space.on_if(place_of(&space.runs, cond, *days))),
            Cond::Within { cond, days, slot } => self.holds(cond).or(&self.lately(cond, *days, *slot)),
            Cond::First { cond, slot } => self.is_new(cond, *slot).and(&self.holds(cond)),
        }
    }

    fn reading(&self, which: impl Fn(&str) -> bool) -> Bdd {
        let named = self.space.readings.iter().enumerate().filter(|(_, word)| !self.unread.get() && which(word));
        let named = named.map(|(index, _)| index + 1);
        self.space.reading.map_or(self.space.set.mk_false(), |place| self.space.among(place, named))
    }

    fn lately(&self, cond: &Cond, days: u8, slot: u16) -> Bdd {
        let place = place_of(&self.space.lately, cond, days).filter(|_| self.space.slots.contains(&slot));
        self.space.on_if(place)
    }

    /// Never before; at the first check-in, only if the person feels worse.
    fn is_new(&self, cond: &Cond, slot: u16) -> Bdd {
        let seen = if self.space.slots.contains(&slot) { self.space.seen_before(cond) } else { self.space.set.mk_false() };
        let begun = self.space.on_if(self.space.begun);
        begun.and_not(&seen).or(&self.felt_worse().and_not(&begun))
    }

    /// No missing answer could change whether the condition holds.
    fn decided(&self, cond: &Cond) -> Bdd {
        match cond {
            Cond::All(inner) => self.every_decided(inner, false),
            Cond::Any(inner) => self.every_decided(inner, true),
            Cond::Not(cond) => self.decided(cond),
            Cond::Has { question, .. } | Cond::Between { question, .. } | Cond::AboveUsual { question, .. } => {
                self.present(*question).or(&self.due(*question).not())
            }
            Cond::Running { cond, .. } => self.decided(cond).or(&self.holds(cond)),
            Cond::Within { cond, days, slot } => self.decided(cond).or(&self.lately(cond, *days, *slot)),
            Cond::First { cond, slot } => self.decided(cond).or(&self.is_new(cond, *slot).not()),
            _ => self.space.set.mk_true(),
        }
    }

    /// All are decided, or one alone settles it: one that is decided and holds (`any`), or does not (`all`).
    fn every_decided(&self, inner: &[Cond], any: bool) -> Bdd {
        let (mut every, mut settled) = (self.space.set.mk_true(), self.space.set.mk_false());
        for cond in inner {
            let (holds, decided) = (self.holds(cond), self.decided(cond));
            settled = settled.or(&if any { decided.and(&holds) } else { decided.and_not(&holds) });
            every = every.and(&decided);
        }
        every.or(&settled)
    }

    /// The question is due at a check-in: asked, or it may be. Questions that wait for each other count as due.
    pub fn due(&self, question: u16) -> Bdd {
        if let Some(Some(known)) = self.due.borrow().get(usize::from(question)) {
            return known.clone();
        }
        if self.asking.borrow().contains(&question) {
            return self.space.set.mk_true();
        }
        self.asking.borrow_mut().push(question);
        let due = match self.space.pathway.questions.get(usize::from(question)).map(|question| &question.asked) {
            Some(Asked::When(cond)) => self.holds(cond).or(&self.decided(cond).not()),
            Some(Asked::EveryDays(_)) => self.space.on_if(self.asking_of(question).and_then(|asking| asking.recent)).not(),
            _ => self.space.set.mk_true(),
        };
        self.asking.borrow_mut().pop();
        if self.asking.borrow().is_empty()
            && let Some(slot) = self.due.borrow_mut().get_mut(usize::from(question))
        {
            *slot = Some(due.clone());
        }
        due
    }
}

fn place_of(family: &[Past], cond: &Cond, days: u8) -> Option<usize> {
    family.iter().find(|past| past.cond == *cond && past.days == days).map(|past| past.place)
}

/// The days of `in-flare/4`.
fn days_in_flare(word: &str) -> Option<i32> {
    word.strip_prefix("in-flare/").and_then(|days| days.parse().ok())
}
