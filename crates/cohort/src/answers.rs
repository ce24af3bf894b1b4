//! What does a virtual person answer? The pathway's own questions, those that are due, in the pathway's own codes.
//!
//! A sign that is there is said; everything else is answered as the pathway declares it normal: its normal code, its preset, else
//! its mildest. A check-in's answers are kept and changed in place, so that a quiet day costs no allocation.

use crate::chance::{Chance, happens, unit, whole};
use crate::signs::{Bound, Sign, What};
use crate::spec::CORRECTED_AFTER;
use lamella_engine::{Pathways, State, questions_due};
use lamella_pathway::{Asked, Compiled, Cond, Form, Question};
use lamella_record::{Answer, CheckIn, Event, Hundredths, Kind, Level, Moment, Patient, Stopped};
use rand_distr::{Distribution, StandardNormal};
use std::fmt::Write;

/// Share of check-ins in which one safety question is left open. Assumed.
const LEFT_OPEN: f64 = 0.002;
/// Seconds to read a screen, a question that stands for itself, a line of a list, and for a tap. Assumed.
const SECONDS: (f64, f64, f64, f64) = (3.0, 2.5, 0.8, 1.0);

/// How a pathway's questions are answered.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The signs as this pathway has them.
    pub bound: Bound,
    /// The pathway's revision, as a check-in names it.
    revision: String,
    habits: Vec<Habit>,
    /// What is wanted before anything is there to say.
    calm: Vec<Said>,
    safety: Vec<u16>,
    /// Some question is asked under a condition that only the engine can judge.
    asks_engine: bool,
    /// Some question waits for the answer to a later one.
    waits: bool,
    pages: usize,
}

#[derive(Debug, Clone)]
struct Habit {
    /// What is answered when there is nothing to say.
    calm: Said,
    page: usize,
    /// Whether *None of these* answers it.
    listed: bool,
    preset: bool,
    one: bool,
    /// Whether it may stay empty.
    may_be_empty: bool,
    tenths: bool,
}

/// An answer in the question's own unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    NotDue,
    Open,
    Codes(u64),
    Number(i32),
}

/// What there is to say today.
#[derive(Debug, Clone, Copy)]
pub struct Today<'a> {
    /// The day.
    pub day: i32,
    /// Typical pain, worst pain, function.
    pub rated: (u8, u8, u8),
    /// What can be noticed.
    pub signs: &'a [Sign],
}

/// What answering cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Burden {
    /// Taps.
    pub taps: u32,
    /// Tenths of a second.
    pub tenths: u32,
}

impl Plan {
    /// The plan for the pathway that holds now.
    pub fn new(pathway: &Compiled, bound: Bound) -> Plan {
        let page_of = |question: &Question| pathway.pages.iter().position(|page| page.id == question.page).unwrap_or(0);
        let habits: Vec<Habit> = pathway
            .questions
            .iter()
            .map(|question| Habit {
                calm: calm(question),
                page: page_of(question),
                listed: question.normal != 0,
                preset: question.preset.is_some(),
                one: question.form == Form::One,
                may_be_empty: question.empty_stands_for.is_some(),
                tenths: question.form == Form::Tenths,
            })
            .collect();
        let safety = pathway.questions.iter().enumerate().filter(|(_, question)| question.safety).map(|(place, _)| place as u16).collect();
        let asks_engine = pathway.questions.iter().any(|question| matches!(&question.asked, Asked::When(cond) if !is_plain(cond)));
        let waits = pathway.questions.iter().enumerate().any(|(place, question)| match &question.asked {
            Asked::When(cond) => lamella_pathway::reads(cond).iter().any(|on| usize::from(*on) >= place),
            _ => false,
        });
        let calm = habits.iter().map(|habit| if habit.may_be_empty { Said::Open } else { habit.calm }).collect();
        Plan { bound, revision: pathway.revision.clone(), habits, calm, safety, asks_engine, waits, pages: pathway.pages.len().max(1) }
    }

    /// The level that today's signs have to reach by the evidence, of those that this pathway can be told.
    pub fn at_least(&self, signs: &[Sign]) -> Level {
        let said = signs.iter().filter_map(|sign| self.bound.signs.get(usize::from(*sign))).filter(|said| !said.ways.is_empty());
        said.map(|said| said.at_least).max().unwrap_or_default()
    }

    /// *It hurt, so I stopped*, with the pain and where it was felt.
    pub fn stopped(&self, pathway: &Compiled, pain: u8, felt: &[Option<Sign>]) -> Stopped {
        let mut stopped = Stopped { activity: "lifting".to_string(), ..Stopped::default() };
        let mut say = |place: u16, said: Said| {
            let (question, habit) = (pathway.questions.get(usize::from(place)), self.habits.get(usize::from(place)));
            if let (Some(question), Some(habit)) = (question, habit)
                && let Some(answer) = answer(question, habit, said)
            {
                stopped.answers.insert(question.id.clone(), answer);
            }
        };
        self.bound.pain.into_iter().for_each(|place| say(place, Said::Number(i32::from(pain))));
        let ways = felt.iter().flatten().filter_map(|sign| self.bound.signs.get(usize::from(*sign))).flat_map(|said| &said.ways);
        for way in ways {
            if let What::Codes(bits) = way.what {
                say(way.question, Said::Codes(bits));
            }
        }
        stopped
    }
}

/// The answer when there is nothing to say: the declared normal, the preset, else the mildest.
fn calm(question: &Question) -> Said {
    if question.is_number() {
        let preset = question.preset.and_then(|number| i32::try_from(number).ok());
        return Said::Number(preset.unwrap_or(question.range.0));
    }
    if question.normal != 0 {
        return Said::Codes(question.normal);
    }
    if let Some(code) = question.preset.and_then(|preset| u64::try_from(preset).ok()).filter(|bits| *bits != 0) {
        return Said::Codes(code);
    }
    let mildest = question.ranks.iter().enumerate().take(question.codes.len()).min_by_key(|(_, rank)| **rank);
    Said::Codes(1 << mildest.map_or(0, |(place, _)| place))
}

/// Whether a condition rests on the day and this check-in's answers alone.
fn is_plain(cond: &Cond) -> bool {
    let mut plain = true;
    cond.each(&mut |inner| {
        plain &= matches!(
            inner,
            Cond::All(_) | Cond::Any(_) | Cond::Not(_) | Cond::Has { .. } | Cond::Between { .. } | Cond::Answered { .. } | Cond::Day { .. }
        );
    });
    plain
}

/// Whether a plain condition holds or may hold: the engine's *due*, on what is about to be said.
fn may_hold(cond: &Cond, day: i32, said: &[Said]) -> (bool, bool) {
    match cond {
        Cond::All(inner) => inner.iter().fold((true, true), |all, cond| {
            let one = may_hold(cond, day, said);
            (all.0 && one.0, all.1 && one.1)
        }),
        Cond::Any(inner) => inner.iter().fold((false, false), |any, cond| {
            let one = may_hold(cond, day, said);
            (any.0 || one.0, any.1 || one.1)
        }),
        // (may hold, must hold): what must not hold may, and the other way round.
        Cond::Not(cond) => {
            let (may, must) = may_hold(cond, day, said);
            (!must, !may)
        }
        Cond::Day { from, to } => sure((*from..=*to).contains(&day)),
        Cond::Answered { question } => sure(matches!(at(said, *question), Said::Codes(_) | Said::Number(_))),
        Cond::Has { question, codes, only } => match at(said, *question) {
            Said::Codes(bits) => sure(bits & codes != 0 && (!only || bits & !codes == 0)),
            other => (other == Said::Open, false),
        },
        Cond::Between { question, least, most } => match at(said, *question) {
            Said::Number(number) => sure((*least..=*most).contains(&number)),
            other => (other == Said::Open, false),
        },
        _ => (true, false),
    }
}

fn sure(holds: bool) -> (bool, bool) {
    (holds, holds)
}

fn at(said: &[Said], question: u16) -> Said {
    said.get(usize::from(question)).copied().unwrap_or(Said::NotDue)
}

/// One person's check-in, changed from day to day.
#[derive(Debug, Clone)]
pub struct Teller {
    event: Event,
    /// What the event says, by question.
    said: Vec<Said>,
    /// What is wanted today, and what of it is due.
    wanted: Vec<Said>,
    next: Vec<Said>,
    /// The day each question was last answered.
    last: Vec<Option<i32>>,
}

impl Teller {
    /// Before the first check-in.
    pub fn new(plan: &Plan, begins: Moment) -> Teller {
        let check_in = CheckIn { revision: plan.revision.clone(), complete: true, ..CheckIn::default() };
        let questions = plan.habits.len();
        Teller {
            event: Event {
                id: String::with_capacity(8),
                at: begins,
                received_at: Some(begins),
                day: None,
                corrects: None,
                kind: Kind::CheckIn(check_in),
            },
            said: vec![Said::NotDue; questions],
            wanted: vec![Said::NotDue; questions],
            next: vec![Said::NotDue; questions],
            last: vec![None; questions],
        }
    }

    /// Today's check-in, and what answering it cost.
    #[allow(clippy::too_many_arguments)]
    pub fn tell(
        &mut self,
        plan: &Plan,
        pathways: &Pathways,
        patient: &Patient,
        state: &State,
        moment: Moment,
        today: &Today,
        chance: &mut Chance,
    ) -> (&Event, Burden) {
        self.want(plan, pathways.current(), today, chance);
        self.due_plainly(plan, pathways.current(), today.day);
        self.leave_open(plan, today, chance);
        self.write(plan, pathways.current());
        if plan.asks_engine {
            self.due_by_engine(plan, pathways, patient, state, moment);
        }
        self.event.id.clear();
        let _ = write!(self.event.id, "d{}", today.day);
        (self.event.at, self.event.received_at, self.event.corrects) = (moment, Some(moment), None);
        for (last, said) in self.last.iter_mut().zip(&self.said) {
            if matches!(said, Said::Codes(_) | Said::Number(_)) {
                *last = Some(today.day);
            }
        }
        (&self.event, self.burden(plan))
    }

    /// The pain was mistyped: returns what was sent, and what was meant becomes its correction. `None` where there is no pain: other
    /// questions would have been put.
    pub fn mistyped(&mut self, plan: &Plan, pathway: &Compiled, chance: &mut Chance) -> Option<Event> {
        let place = plan.bound.pain?;
        let Said::Number(meant @ 1..) = at(&self.said, place) else { return None };
        let question = pathway.questions.get(usize::from(place))?;
        let typed = whole(chance, 1, question.range.1);
        let mut sent = self.event.clone();
        if let Kind::CheckIn(check_in) = &mut sent.kind {
            check_in.answers.insert(question.id.clone(), Answer::number(typed));
        }
        if typed == meant {
            return None;
        }
        let corrected = self.event.at.plus_seconds(CORRECTED_AFTER);
        (self.event.at, self.event.received_at, self.event.corrects) = (corrected, Some(corrected), Some(sent.id.clone()));
        self.event.id.push('c');
        Some(sent)
    }

    /// Today's check-in as it stands.
    pub fn event(&self) -> &Event {
        &self.event
    }

    /// What would be answered to each question if it were put.
    fn want(&mut self, plan: &Plan, pathway: &Compiled, today: &Today, chance: &mut Chance) {
        self.wanted.clone_from(&plan.calm);
        let pain = f64::from(today.rated.0);
        for (place, habit) in &plan.bound.numbers {
            let normal: f64 = StandardNormal.sample(chance);
            let value = habit.mean + habit.per_pain * pain + habit.sd * normal;
            let range = pathway.questions.get(usize::from(*place)).map_or((0, 10), |question| question.range);
            let most = habit.most.unwrap_or(f64::from(range.1)).min(f64::from(range.1));
            self.set(*place, Said::Number(libm::round(value.clamp(f64::from(range.0), most.max(f64::from(range.0)))) as i32));
        }
        let (typical, worst, function) = today.rated;
        for (place, rating) in [(plan.bound.pain, typical), (plan.bound.worst, worst), (plan.bound.function, function)] {
            if let Some(place) = place {
                self.set(place, Said::Number(i32::from(rating)));
            }
        }
        let mut touched = 0u128;
        for sign in today.signs {
            let ways = plan.bound.signs.get(usize::from(*sign)).map_or(&[][..], |said| &said.ways[..]);
            for way in ways {
                let first = touched & (1u128 << (way.question % 128)) == 0;
                touched |= 1u128 << (way.question % 128);
                let before = if first { Said::NotDue } else { at(&self.wanted, way.question) };
                let said = match (way.what, before) {
                    (What::Number(number), _) => Said::Number(number),
                    (What::Codes(bits), Said::Codes(there)) => Said::Codes(bits | there),
                    (What::Codes(bits), _) => Said::Codes(bits),
                };
                self.set(way.question, said);
            }
        }
        for (place, question) in pathway.questions.iter().enumerate() {
            if let (Form::One, Some(Said::Codes(bits))) = (question.form, self.wanted.get(place).copied())
                && bits.count_ones() > 1
            {
                self.set(place as u16, Said::Codes(worst_of(question, bits)));
            }
        }
    }

    fn set(&mut self, place: u16, said: Said) {
        if let Some(slot) = self.wanted.get_mut(usize::from(place)) {
            *slot = said;
        }
    }

    /// What of it is due: questions may wait for later ones, so that it is looked at until nothing changes.
    fn due_plainly(&mut self, plan: &Plan, pathway: &Compiled, day: i32) {
        self.next.fill(Said::NotDue);
        for _ in 0..if plan.waits { 4 } else { 1 } {
            let mut changed = false;
            for (place, question) in pathway.questions.iter().enumerate() {
                let due = match &question.asked {
                    Asked::Always => true,
                    Asked::EveryDays(days) => self.last.get(place).copied().flatten().is_none_or(|last| day - last >= i32::from(*days)),
                    Asked::When(cond) => is_due_plainly(plan, cond, day, &self.next),
                };
                let said = if due { at(&self.wanted, place as u16) } else { Said::NotDue };
                if let Some(slot) = self.next.get_mut(place).filter(|slot| **slot != said) {
                    *slot = said;
                    changed = true;
                }
            }
            if !changed {
                return;
            }
        }
    }

    /// Now and then one safety question is not answered; never one that has something to say.
    fn leave_open(&mut self, plan: &Plan, today: &Today, chance: &mut Chance) {
        let draw = unit(chance);
        if draw >= LEFT_OPEN || plan.safety.is_empty() {
            return;
        }
        let nth = whole(chance, 0, plan.safety.len() as i32 - 1);
        let Some(place) = usize::try_from(nth).ok().and_then(|nth| plan.safety.get(nth)) else { return };
        let says =
            |sign: &Sign| plan.bound.signs.get(usize::from(*sign)).is_some_and(|said| said.ways.iter().any(|way| way.question == *place));
        let put = at(&self.next, *place) != Said::NotDue && !today.signs.iter().any(says);
        if let Some(slot) = self.next.get_mut(usize::from(*place)).filter(|_| put) {
            *slot = Said::Open;
        }
    }

    /// Brings the event to what is to be said, touching only what differs.
    fn write(&mut self, plan: &Plan, pathway: &Compiled) {
        let Kind::CheckIn(check_in) = &mut self.event.kind else { return };
        for (place, (said, next)) in self.said.iter_mut().zip(&self.next).enumerate() {
            if said == next {
                continue;
            }
            let (Some(question), Some(habit)) = (pathway.questions.get(place), plan.habits.get(place)) else { continue };
            match answer(question, habit, *next) {
                None => {
                    check_in.answers.remove(&question.id);
                }
                Some(answer) => match check_in.answers.get_mut(&question.id) {
                    Some(slot) => *slot = answer,
                    None => {
                        check_in.answers.insert(question.id.clone(), answer);
                    }
                },
            }
            *said = *next;
        }
    }

    /// The same by the engine, where a question's condition looks at more than this check-in. Slower.
    fn due_by_engine(&mut self, plan: &Plan, pathways: &Pathways, patient: &Patient, state: &State, moment: Moment) {
        for _ in 0..4 {
            let Kind::CheckIn(check_in) = &self.event.kind else { return };
            let due = questions_due(pathways, patient, state, moment, check_in);
            for (place, slot) in self.next.iter_mut().enumerate() {
                let is_due = due.contains(&(place as u16));
                if !is_due {
                    *slot = Said::NotDue;
                } else if *slot == Said::NotDue {
                    *slot = at(&self.wanted, place as u16);
                }
            }
            if self.next == self.said {
                return;
            }
            self.write(plan, pathways.current());
        }
    }

    /// Taps and time: a tap a screen, a tap a number, a tap a code that is not what stands there already.
    fn burden(&self, plan: &Plan) -> Burden {
        let (page_seconds, own, line, tap) = SECONDS;
        let (mut taps, mut seconds, mut pages) = (0u32, 0.0, 0u64);
        for (said, habit) in self.said.iter().zip(&plan.habits) {
            if *said == Said::NotDue {
                continue;
            }
            pages |= 1 << (habit.page % 64);
            seconds += if habit.listed { line } else { own };
            taps += match said {
                _ if (habit.listed || habit.preset) && *said == habit.calm => 0,
                Said::Codes(bits) => bits.count_ones(),
                Said::Number(_) => 1,
                _ => 0,
            };
        }
        taps += pages.count_ones().min(plan.pages as u32);
        seconds += page_seconds * f64::from(pages.count_ones()) + tap * f64::from(taps);
        Burden { taps, tenths: (seconds * 10.0) as u32 }
    }
}

fn is_due_plainly(plan: &Plan, cond: &Cond, day: i32, next: &[Said]) -> bool {
    // What only the engine can judge is answered first and taken back by it.
    (plan.asks_engine && !is_plain(cond)) || may_hold(cond, day, next).0
}

fn worst_of(question: &Question, bits: u64) -> u64 {
    let named = (0..question.codes.len()).filter(|place| bits & (1 << place) != 0);
    1 << named.max_by_key(|place| question.ranks.get(*place).copied().unwrap_or(0)).unwrap_or(0)
}

fn answer(question: &Question, habit: &Habit, said: Said) -> Option<Answer> {
    match said {
        Said::NotDue | Said::Open => None,
        Said::Number(number) if habit.tenths => Some(Answer::Number(Hundredths(number.saturating_mul(10)))),
        Said::Number(number) => Some(Answer::number(number)),
        Said::Codes(bits) => {
            let bits = if habit.one { worst_of(question, bits) } else { bits };
            let named = question.codes.iter().enumerate().filter(|(place, _)| bits & (1 << place) != 0);
            Some(Answer::Codes(named.map(|(_, code)| code.clone()).collect()))
        }
    }
}

/// Draws an everyday sign by its share.
pub fn one_of(choices: &[(Option<Sign>, f64)], chance: &mut Chance) -> Option<Sign> {
    let mut left = unit(chance);
    for (sign, share) in choices {
        if left < *share {
            return *sign;
        }
        left -= share;
    }
    None
}

/// Adds a sign with a probability.
pub fn maybe(signs: &mut Vec<Sign>, sign: Option<Sign>, probability: f64, chance: &mut Chance) {
    if happens(chance, probability) {
        signs.extend(sign);
    }
}
