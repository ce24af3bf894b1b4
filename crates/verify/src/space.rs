//! What is a state made of, and which states are there?
//!
//! A state is a row of *dials*. A dial has values `0..size`, written in binary; 0 is always *nothing*: not answered, not known,
//! not remembered, no. There is a dial only for what some condition of the pathway can tell apart.
//!
//! | dial | values |
//! |---|---|
//! | stopped | check-in, *it hurt, so I stopped* |
//! | begun | no check-in folded before, some |
//! | day | the stretches between the days that appear; the first is *before the procedure* |
//! | phase | the phases, whatever the day: a clinician can hold |
//! | reading | another, or one that is named: free, an over-approximation |
//! | person, age | a dial per code; the stretches between the ages that appear, unknown counting as youngest |
//! | intake | unknown, 0–10 |
//! | one of | absent, a value per code |
//! | any of | a dial per code; absent when none is set |
//! | number | absent, 0–10 where usual matters, else the stretches between the constants that appear |
//! | not asked | for a question whose empty answer stands for a number: it was never put |
//! | usual | unknown, 0–10 |
//! | run | the earlier N−1 of N answered days held |
//! | seen | these codes were said at an earlier check-in, or: the condition held at one |
//! | lately | the condition held at an earlier check-in of the last N days |
//! | recent | it was answered within its N days |

use biodivine_lib_bdd::{Bdd, BddPartialValuation, BddVariable, BddVariableSet};
use lamella_pathway::{Asked, Compiled, Cond, Form, Question};
use std::collections::BTreeSet;

/// Usual needs five answered days that lie at least four days back, none before the procedure: days 0–4 on day 8.
const FIRST_DAY_OF_USUAL: i32 = 8;

/// The place of a dial among [`Space::dials`].
pub(crate) type Place = usize;

/// One thing that can vary.
#[derive(Debug, Clone)]
pub(crate) struct Dial {
    /// Its bits, most significant first.
    pub bits: Vec<BddVariable>,
    /// How many values it has.
    pub size: usize,
    /// Whether it speaks of earlier check-ins.
    pub past: bool,
}

/// The dials of a question's answer.
#[derive(Debug, Clone)]
pub(crate) enum Shape {
    /// 0 absent, then a value per code.
    One(Place),
    /// A dial per code.
    Any(Vec<Place>),
    /// 0 absent, then a value per stretch of numbers: its least and most.
    Number(Place, Vec<(i32, i32)>),
}

/// The dials of a question.
#[derive(Debug, Clone)]
pub(crate) struct Asking {
    pub shape: Shape,
    pub usual: Option<Place>,
    pub recent: Option<Place>,
    pub not_asked: Option<Place>,
}

impl Asking {
    /// The dials of its answer.
    pub fn answer(&self) -> Vec<Place> {
        match &self.shape {
            Shape::One(place) | Shape::Number(place, _) => vec![*place],
            Shape::Any(places) => places.clone(),
        }
    }
}

/// A condition on earlier days, with its dial.
#[derive(Debug, Clone)]
pub(crate) struct Past {
    pub cond: Cond,
    /// N of `on N days running` or `in the last N days`; 0 for `for the first time`.
    pub days: u8,
    pub place: Place,
}

/// Codes of a question that no `for the first time` tells apart, with the dial that says one of them was said before.
#[derive(Debug, Clone)]
pub(crate) struct SeenCodes {
    pub question: u16,
    pub codes: u64,
    pub place: Place,
}

/// All dials of a pathway.
pub(crate) struct Space<'p> {
    pub pathway: &'p Compiled,
    pub set: BddVariableSet,
    pub dials: Vec<Dial>,
    pub stopped: Place,
    pub begun: Option<Place>,
    pub day: Place,
    /// The stretches of days: first and last.
    pub days: Vec<(i32, i32)>,
    pub phase: Option<Place>,
    pub reading: Option<Place>,
    pub readings: Vec<String>,
    pub persons: Vec<(String, Place)>,
    pub age: Option<Place>,
    pub ages: Vec<i32>,
    pub intake: Option<Place>,
    pub questions: Vec<Asking>,
    pub runs: Vec<Past>,
    pub seen_codes: Vec<SeenCodes>,
    pub seen: Vec<Past>,
    pub lately: Vec<Past>,
    /// Slots that the engine fills: those of rules.
    pub slots: BTreeSet<u16>,
}

impl<'p> Space<'p> {
    /// The space of a pathway.
    pub fn of(pathway: &'p Compiled) -> Space<'p> {
        let mentions = Mentions::of(pathway);
        Builder::default().build(pathway, mentions)
    }

    /// A dial shows one of these values.
    pub fn among(&self, place: Place, values: impl IntoIterator<Item = usize>) -> Bdd {
        values.into_iter().fold(self.set.mk_false(), |bdd, value| bdd.or(&self.is(place, value)))
    }

    /// A dial shows this value; false for a value it does not have.
    pub fn is(&self, place: Place, value: usize) -> Bdd {
        match self.dials.get(place) {
            Some(dial) if value < dial.size => self.set.mk_conjunctive_clause(&clause(dial, value)),
            _ => self.set.mk_false(),
        }
    }

    /// A dial shows anything but 0.
    pub fn on(&self, place: Place) -> Bdd {
        self.is(place, 0).not()
    }

    /// An optional dial shows anything but 0; what has no dial does not.
    pub fn on_if(&self, place: Option<Place>) -> Bdd {
        place.map_or(self.set.mk_false(), |place| self.on(place))
    }

    /// The bits of a question's answer, all off: not answered.
    pub fn blank(&self, question: u16) -> Vec<(BddVariable, bool)> {
        let asking = self.questions.get(usize::from(question));
        let dials = asking.into_iter().flat_map(Asking::answer).filter_map(|place| self.dials.get(place));
        dials.flat_map(|dial| dial.bits.iter().map(|bit| (*bit, false))).collect()
    }

    /// The day is at least this one; exact only at days where a stretch begins.
    pub fn since_day(&self, day: i32) -> Bdd {
        self.day_in(day, i32::MAX)
    }

    /// The day lies in this range, ends included; exact only at days where a stretch begins.
    pub fn day_in(&self, from: i32, to: i32) -> Bdd {
        let inside = self.days.iter().enumerate().filter(|(_, (first, last))| from <= *first && *last <= to);
        self.among(self.day, inside.map(|(value, _)| value))
    }

    /// The answers that a question can have, in the events that can say one.
    pub fn sayable(&self, question: u16) -> Bdd {
        let places = self.questions.get(usize::from(question)).map(Asking::answer).unwrap_or_default();
        let any = places.iter().fold(self.set.mk_false(), |bdd, place| bdd.or(&self.on(*place)));
        let known = places.iter().fold(any, |bdd, place| bdd.and(&self.in_range(*place)));
        let said = known.and(&self.one_alone(usize::from(question)));
        let asked = self.pathway.questions.get(usize::from(question));
        if asked.is_some_and(|asked| said_when_stopped(&asked.id)) { said } else { said.and(&self.is(self.stopped, 0)) }
    }

    /// Every question was put: nothing comes from a table that lacks a column.
    pub fn all_asked(&self) -> Bdd {
        let places = self.questions.iter().filter_map(|asking| asking.not_asked);
        places.fold(self.set.mk_true(), |bdd, place| bdd.and(&self.is(place, 0)))
    }

    /// What the seen dials say of a condition `for the first time`: it held at an earlier check-in.
    pub fn seen_before(&self, cond: &Cond) -> Bdd {
        if let Cond::Has { question, codes, only: false } = cond {
            let classes = self.seen_codes.iter().filter(|seen| seen.question == *question && seen.codes & codes != 0);
            return classes.fold(self.set.mk_false(), |bdd, seen| bdd.or(&self.on(seen.place)));
        }
        self.on_if(self.seen.iter().find(|past| past.cond == *cond).map(|past| past.place))
    }

    /// The states that can be: what the engine can remember on which day, what a *stopped* event can say.
    ///
    /// Each of these holds in every record; what they leave out cannot be. States remain that no record reaches. Two things are
    /// taken as semantics.md says them: nothing from before the procedure is remembered, and a corrected check-in no longer counts.
    pub fn possible(&self) -> Bdd {
        let mut all = self.set.mk_true();
        // The last dials first: the diagram grows from its leaves.
        for place in (0..self.dials.len()).rev() {
            all = all.and(&self.in_range(place));
        }
        for question in (0..self.questions.len()).rev() {
            all = all.and(&self.one_alone(question)).and(&self.never_asked(question)).and(&self.usual_in_time(question));
        }
        all.and(&self.runs_in_time()).and(&self.weaker_follows()).and(&self.stopped_says_little()).and(&self.nothing_before_the_first())
    }

    fn in_range(&self, place: Place) -> Bdd {
        let size = self.dials.get(place).map_or(0, |dial| dial.size);
        self.among(place, 0..size)
    }

    /// A code that excludes others stands alone: the engine drops it beside others.
    fn one_alone(&self, question: usize) -> Bdd {
        let alone = self.pathway.questions.get(question).and_then(|question| question.alone);
        let (Some(alone), Some(Shape::Any(places))) = (alone, self.questions.get(question).map(|asking| &asking.shape)) else {
            return self.set.mk_true();
        };
        let alone = usize::from(alone);
        let others = places.iter().enumerate().filter(|(code, _)| *code != alone);
        let beside = others.fold(self.set.mk_false(), |bdd, (_, place)| bdd.or(&self.on(*place)));
        places.get(alone).map_or(self.set.mk_true(), |place| self.on(*place).and(&beside).not())
    }

    /// What was not asked is not answered.
    fn never_asked(&self, question: usize) -> Bdd {
        let Some(asking) = self.questions.get(question) else { return self.set.mk_true() };
        let Some(not_asked) = asking.not_asked else { return self.set.mk_true() };
        self.on(not_asked).imp(&self.set.mk_conjunctive_clause(&BddPartialValuation::from_values(&self.blank(question as u16))))
    }

    fn usual_in_time(&self, question: usize) -> Bdd {
        let usual = self.questions.get(question).and_then(|asking| asking.usual);
        usual.map_or(self.set.mk_true(), |usual| self.on(usual).imp(&self.since_day(FIRST_DAY_OF_USUAL)))
    }

    /// N−1 earlier days need N−1 days since the procedure.
    fn runs_in_time(&self) -> Bdd {
        let run = |run: &Past| self.on(run.place).imp(&self.since_day(i32::from(run.days) - 1));
        self.runs.iter().fold(self.set.mk_true(), |bdd, past| bdd.and(&run(past)))
    }

    /// Where a stricter condition held, so did the weaker one; what held lately held before.
    fn weaker_follows(&self) -> Bdd {
        let mut all = self.set.mk_true();
        for family in [&self.runs, &self.seen, &self.lately] {
            for (a, b) in family.iter().flat_map(|a| family.iter().map(move |b| (a, b))) {
                let lately = a.days != b.days && a.cond == b.cond && a.days < b.days && std::ptr::eq(family, &self.lately);
                if a.place != b.place && (lately || (a.days == b.days && stricter(&a.cond, &b.cond))) {
                    all = all.and(&self.on(a.place).imp(&self.on(b.place)));
                }
            }
        }
        all
    }

    /// *It hurt, so I stopped* says `pain` and `where`, and nothing else.
    fn stopped_says_little(&self) -> Bdd {
        let mut silent = self.set.mk_true();
        for (asking, question) in self.questions.iter().zip(&self.pathway.questions).rev() {
            let says = said_when_stopped(&question.id);
            let places = asking.answer().into_iter().filter(|_| !says).chain(asking.not_asked);
            silent = places.fold(silent, |bdd, place| bdd.and(&self.is(place, 0)));
        }
        self.on(self.stopped).imp(&silent)
    }

    fn nothing_before_the_first(&self) -> Bdd {
        let Some(begun) = self.begun else { return self.set.mk_true() };
        let past = self.dials.iter().enumerate().filter(|(place, dial)| dial.past && *place != begun);
        let nothing = past.rev().fold(self.set.mk_true(), |bdd, (place, _)| bdd.and(&self.is(place, 0)));
        self.on(begun).or(&nothing)
    }
}

/// Whether *it hurt, so I stopped* can say it.
fn said_when_stopped(question: &str) -> bool {
    matches!(question, "pain" | "where")
}

/// A dial's bits for a value.
pub(crate) fn clause(dial: &Dial, value: usize) -> BddPartialValuation {
    let width = dial.bits.len();
    BddPartialValuation::from_values_iter(dial.bits.iter().enumerate().map(|(index, bit)| (*bit, value >> (width - 1 - index) & 1 == 1)))
}

/// Whether wherever `a` holds of an answer, `b` does, and they are not the same.
fn stricter(a: &Cond, b: &Cond) -> bool {
    match (a, b) {
        (Cond::Has { question: p, codes: x, only }, Cond::Has { question: q, codes: y, only: also }) => {
            p == q && x & !y == 0 && (*only || !also) && a != b
        }
        (Cond::Between { question: p, least: a, most: b }, Cond::Between { question: q, least: c, most: d }) => {
            p == q && c <= a && b <= d && (a, b) != (c, d)
        }
        (Cond::AboveUsual { question: p, by: x }, Cond::AboveUsual { question: q, by: y }) => p == q && x > y,
        _ => false,
    }
}

// ---- building ----------------------------------------------------------------------------------------------------------

/// What the conditions of a pathway speak of.
#[derive(Default)]
struct Mentions {
    days: BTreeSet<i32>,
    phase: bool,
    readings: Vec<String>,
    persons: Vec<String>,
    ages: BTreeSet<i32>,
    intake: bool,
    /// Per question: where a stretch of numbers begins.
    cuts: Vec<BTreeSet<i32>>,
    /// Questions whose usual matters.
    usual: BTreeSet<u16>,
    runs: Vec<(Cond, u8)>,
    firsts: Vec<Cond>,
    lately: Vec<(Cond, u8)>,
    slots: BTreeSet<u16>,
}

impl Mentions {
    fn of(pathway: &Compiled) -> Mentions {
        let mut mentions = Mentions { cuts: vec![BTreeSet::new(); pathway.questions.len()], ..Mentions::default() };
        mentions.days.insert(0);
        for rule in &pathway.rules {
            rule.when.each(&mut |cond| mentions.remembered(cond));
            rule.when.each(&mut |cond| mentions.cond(pathway, cond));
        }
        for question in &pathway.questions {
            mentions.days.extend(question.floors.iter().filter_map(|floor| floor.from_day));
            if let Asked::When(cond) = &question.asked {
                cond.each(&mut |cond| mentions.cond(pathway, cond));
            }
        }
        if let Some(cond) = &pathway.felt_worse {
            cond.each(&mut |cond| mentions.cond(pathway, cond));
        }
        if !mentions.usual.is_empty() {
            mentions.days.insert(FIRST_DAY_OF_USUAL);
        }
        mentions.days.retain(|day| *day >= 0);
        mentions
    }

    /// The engine fills slots only for conditions of rules.
    fn remembered(&mut self, cond: &Cond) {
        match cond {
            Cond::First { cond, slot } => {
                self.slots.insert(*slot);
                push_new(&mut self.firsts, (**cond).clone());
            }
            Cond::Within { cond, days, slot } => {
                self.slots.insert(*slot);
                push_new(&mut self.lately, ((**cond).clone(), *days));
            }
            _ => {}
        }
    }

    fn cond(&mut self, pathway: &Compiled, cond: &Cond) {
        match cond {
            Cond::Between { question, least, most } => {
                if let Some(cuts) = self.cuts.get_mut(usize::from(*question)) {
                    cuts.extend([*least, most.saturating_add(1)]);
                }
            }
            Cond::AboveUsual { question, .. } => {
                self.usual.insert(*question);
                self.intake |= pathway.questions.get(usize::from(*question)).is_some_and(|question| question.baseline_intake);
            }
            Cond::NoUsual { question } => {
                self.usual.insert(*question);
            }
            Cond::Day { from, to } => self.days.extend([*from, to.saturating_add(1)]),
            Cond::Phase { .. } => self.phase = true,
            Cond::Reading { state } => push_new(&mut self.readings, state.clone()),
            Cond::InFlare { days } => push_new(&mut self.readings, format!("in-flare/{days}")),
            Cond::Person { code } => push_new(&mut self.persons, code.clone()),
            Cond::AtLeastYears { years } => {
                self.ages.insert(*years);
            }
            Cond::Running { cond, days } => {
                self.days.insert(i32::from(*days) - 1);
                push_new(&mut self.runs, ((**cond).clone(), *days));
            }
            _ => {}
        }
    }

    fn remembers(&self, pathway: &Compiled) -> bool {
        let recent = pathway.questions.iter().any(|question| matches!(question.asked, Asked::EveryDays(_)));
        recent || !(self.usual.is_empty() && self.runs.is_empty() && self.firsts.is_empty() && self.lately.is_empty())
    }
}

fn push_new<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}

#[derive(Default)]
struct Builder {
    dials: Vec<Dial>,
    next: usize,
}

impl Builder {
    fn build<'p>(mut self, pathway: &'p Compiled, mentions: Mentions) -> Space<'p> {
        let stopped = self.dial(2, false);
        let begun = mentions.remembers(pathway).then(|| self.dial(2, true));
        let days = stretches(&mentions.days);
        let day = self.dial(days.len(), false);
        let phase = mentions.phase.then(|| self.dial(pathway.phases.len().max(1), false));
        let reading = (!mentions.readings.is_empty()).then(|| self.dial(mentions.readings.len() + 1, false));
        let persons = mentions.persons.iter().map(|code| (code.clone(), self.dial(2, false))).collect();
        let age = (!mentions.ages.is_empty()).then(|| self.dial(mentions.ages.len() + 1, false));
        let intake = mentions.intake.then(|| self.dial(12, false));
        let mut space = Space {
            pathway,
            set: BddVariableSet::new_anonymous(0),
            dials: vec![],
            stopped,
            begun,
            day,
            days,
            phase,
            reading,
            readings: mentions.readings.clone(),
            persons,
            age,
            ages: mentions.ages.iter().copied().collect(),
            intake,
            questions: vec![],
            runs: vec![],
            seen_codes: vec![],
            seen: vec![],
            lately: vec![],
            slots: mentions.slots.clone(),
        };
        for (place, question) in pathway.questions.iter().enumerate() {
            let asking = self.question(question, place as u16, &mentions);
            space.questions.push(asking);
            self.past_of(Some(place as u16), &mentions, pathway, &mut space);
        }
        self.past_of(None, &mentions, pathway, &mut space);
        space.set = BddVariableSet::new_anonymous(self.next as u16);
        space.dials = self.dials;
        space
    }

    fn question(&mut self, question: &Question, place: u16, mentions: &Mentions) -> Asking {
        let has_usual = mentions.usual.contains(&place);
        let mut usual = None;
        let shape = match question.form {
            Form::One => Shape::One(self.dial(question.codes.len() + 1, false)),
            Form::Any => Shape::Any(question.codes.iter().map(|_| self.dial(2, false)).collect()),
            Form::Whole | Form::Tenths => {
                let cuts = mentions.cuts.get(usize::from(place)).cloned().unwrap_or_default();
                let numbers = numbers(question, &cuts, has_usual);
                match has_usual {
                    true => {
                        let (answer, middle) = self.beside(numbers.len() + 1, 12);
                        usual = Some(middle);
                        Shape::Number(answer, numbers)
                    }
                    false => Shape::Number(self.dial(numbers.len() + 1, false), numbers),
                }
            }
        };
        let recent = matches!(question.asked, Asked::EveryDays(_)).then(|| self.dial(2, true));
        let not_asked = question.empty_stands_for.map(|_| self.dial(2, false));
        Asking { shape, usual, recent, not_asked }
    }

    /// The dials of the past that speak of one question, beside it; those that speak of none, last.
    fn past_of(&mut self, question: Option<u16>, mentions: &Mentions, pathway: &Compiled, space: &mut Space) {
        let of = |cond: &Cond| subject(cond) == question;
        for (cond, days) in mentions.runs.iter().filter(|(cond, _)| of(cond)) {
            space.runs.push(Past { cond: cond.clone(), days: *days, place: self.dial(2, true) });
        }
        let mut codes = vec![];
        for cond in mentions.firsts.iter().filter(|cond| of(cond)) {
            match cond {
                Cond::Has { codes: these, only: false, .. } => codes.push(*these),
                _ => space.seen.push(Past { cond: cond.clone(), days: 0, place: self.dial(2, true) }),
            }
        }
        if let Some(question) = question {
            let count = pathway.questions.get(usize::from(question)).map_or(0, |question| question.codes.len());
            for codes in classes(&codes, count) {
                space.seen_codes.push(SeenCodes { question, codes, place: self.dial(2, true) });
            }
        }
        for (cond, days) in mentions.lately.iter().filter(|(cond, _)| of(cond)) {
            space.lately.push(Past { cond: cond.clone(), days: *days, place: self.dial(2, true) });
        }
    }

    fn dial(&mut self, size: usize, past: bool) -> Place {
        let bits = (0..width(size)).map(|_| self.bit()).collect();
        self.dials.push(Dial { bits, size, past });
        self.dials.len() - 1
    }

    /// An answer and its usual, bit by bit beside each other: they are compared.
    fn beside(&mut self, size: usize, usual: usize) -> (Place, Place) {
        let (mut a, mut b) = (vec![], vec![]);
        for index in (0..width(size).max(width(usual))).rev() {
            a.extend((index < width(size)).then(|| self.bit()));
            b.extend((index < width(usual)).then(|| self.bit()));
        }
        self.dials.push(Dial { bits: a, size, past: false });
        self.dials.push(Dial { bits: b, size: usual, past: true });
        (self.dials.len() - 2, self.dials.len() - 1)
    }

    fn bit(&mut self) -> BddVariable {
        self.next += 1;
        BddVariable::from_index(self.next - 1)
    }
}

/// The question a condition speaks of, under `not` as well.
pub(crate) fn subject(cond: &Cond) -> Option<u16> {
    match cond {
        Cond::Not(inner) => subject(inner),
        other => other.question(),
    }
}

fn width(size: usize) -> usize {
    size.max(1).next_power_of_two().trailing_zeros() as usize
}

/// Stretches of days from the days on which one begins (0 among them); the first is everything before the procedure.
fn stretches(starts: &BTreeSet<i32>) -> Vec<(i32, i32)> {
    let starts: Vec<i32> = [i32::MIN].into_iter().chain(starts.iter().copied().filter(|day| *day < i32::MAX)).collect();
    let ends = starts.iter().skip(1).map(|start| start - 1).chain([i32::MAX]);
    starts.iter().copied().zip(ends).collect()
}

fn numbers(question: &Question, cuts: &BTreeSet<i32>, each: bool) -> Vec<(i32, i32)> {
    let (least, most) = question.range;
    if each {
        return (least..=most).map(|number| (number, number)).collect();
    }
    let inner = cuts.iter().copied().filter(|cut| least < *cut && *cut <= most);
    let starts: Vec<i32> = [least].into_iter().chain(inner).collect();
    let ends = starts.iter().skip(1).map(|start| start - 1).chain([most]);
    starts.iter().copied().zip(ends).collect()
}

/// Codes grouped by which of these sets they belong to; codes in none are left out.
fn classes(sets: &[u64], count: usize) -> Vec<u64> {
    let mut classes: Vec<(Vec<bool>, u64)> = vec![];
    for code in 0..count {
        let in_sets: Vec<bool> = sets.iter().map(|set| set >> code & 1 == 1).collect();
        if !in_sets.contains(&true) {
            continue;
        }
        match classes.iter_mut().find(|(there, _)| *there == in_sets) {
            Some((_, codes)) => *codes |= 1 << code,
            None => classes.push((in_sets, 1 << code)),
        }
    }
    classes.into_iter().map(|(_, codes)| codes).collect()
}
