//! One virtual person under care: a day with its check-in, what the engine makes of it, and what they do about it.

use crate::answers::{Teller, Today, maybe, one_of};
use crate::arm::{Arm, Judge, Judged};
use crate::chance::{Chance, Purpose, happens, stream, unit, whole};
use crate::clinic::Held;
use crate::complication::{Complication, Going, Lot, draw};
use crate::course::Course;
use crate::outcome::{METRICS, Metric, Outcome, Own, TAPS};
use crate::rule::{Ratings, Rule};
use crate::signs::Sign;
use crate::spec::{CORRECTED, LATE, LATE_HOURS, STOP_ABOVE, STOPS, STOPS_FROM, Spec, ZONES};
use jiff::civil::Date;
use jiff::tz::Offset;
use lamella_engine::alerts::Alert;
use lamella_engine::{Clocked, ReadingState, State, Step, clocked, stands, step};
use lamella_record::{Answer, Assigned, Event, Kind, Level, Moment, Patient, Procedure};
use rand_distr::{Distribution, Exp1};
use std::sync::Arc;

/// Chance that somebody with an urgent sign opens a check-in that is not due. Assumed.
const UNPROMPTED: f64 = 0.5;
/// Chance that somebody who is told *emergency* goes. Assumed.
const GOES: f64 = 0.95;
/// Share of a new day in what a person takes for usual: about two weeks' memory. Assumed.
const USUAL_MEMORY: f64 = 0.08;
/// A rise of so many points over that is felt as worse, mostly; a fall as better. Assumed.
const FELT: f64 = 1.5;
/// Share of days without a flare on which people say *flare* all the same: facts A5, self-reported on 16.8 % of days, 68 % of them
/// without a rise.
const FLARE_WITHOUT_RISE: f64 = 0.11;
/// Where the pain is felt beside the low back, from the first day: buttock, thigh, below the knee. Assumed.
const ELSEWHERE: (f64, f64, f64) = (0.2, 0.1, 0.05);

/// Stretches in which nothing goes on say how often something is *found* by chance alone.
const STRETCH_DAYS: i32 = 14;

/// What all people of a trial share.
#[derive(Debug, Clone, Copy)]
pub struct World<'a> {
    /// The cohort.
    pub spec: &'a Spec,
    /// What can go wrong.
    pub kinds: &'a [Complication],
    /// Whose complications.
    pub lot: Lot,
    /// The seed.
    pub seed: u64,
    /// Days of care.
    pub days: i32,
    /// Midnight of the first Monday.
    pub monday: Moment,
}

/// A person under care.
#[derive(Debug, Clone)]
pub struct Virtual {
    /// Number in the trial.
    pub number: u64,
    /// Calendar day of the procedure.
    pub starts: i32,
    /// Minute of the day of the check-in.
    pub minute: i32,
    /// Alerts that stand.
    pub held: Vec<Held>,
    /// What goes wrong.
    pub goings: Vec<Going>,
    /// Own counts.
    pub own: Own,
    /// Desk events so far, for their ids.
    pub desk_events: u32,
    seed: u64,
    /// The clock that the person lives by.
    offset: Offset,
    late: Option<Box<Late>>,
    course: Course,
    patient: Patient,
    mind: Mind,
    elsewhere: Option<Sign>,
    usual: f64,
    /// The worst verdict of the present stretch of 14 days, and whether nothing has been going on in it.
    stretch: (Level, bool),
    signs: Vec<Sign>,
}

/// A check-in on its way.
#[derive(Debug, Clone)]
struct Late {
    event: Event,
    arrives: Moment,
    urgent: Level,
    /// What the clinic did in the meantime, and the state before that: a late arrival is folded where it belongs.
    since: Vec<Event>,
    before: Option<Box<State>>,
}

/// What befalls a day's check-in.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Mishap {
    None,
    /// It arrives so many seconds later.
    Late(i64),
    /// The pain is mistyped and corrected.
    Mistyped,
    /// An activity was stopped before it, so many points above the day's pain.
    Stopped(i32),
}

impl Mishap {
    fn of(seed: u64, patient: u64, day: i32) -> Mishap {
        let mut chance = stream(seed, patient, Purpose::Mishap, day.unsigned_abs().into());
        let draw = unit(&mut chance);
        let stops = if day >= STOPS_FROM { STOPS / 365.0 } else { 0.0 };
        if draw < LATE {
            let hours: f64 = Exp1.sample(&mut chance);
            Mishap::Late((3600.0 * (LATE_HOURS.0 * hours).min(LATE_HOURS.1)) as i64)
        } else if draw < LATE + CORRECTED {
            Mishap::Mistyped
        } else if draw < LATE + CORRECTED + stops {
            Mishap::Stopped(whole(&mut chance, 0, STOP_ABOVE))
        } else {
            Mishap::None
        }
    }
}

#[derive(Debug, Clone)]
enum Mind {
    Engine { state: Box<State>, teller: Box<Teller>, due: i32, read: ReadingState },
    Rule { ratings: Ratings },
}

impl Virtual {
    /// Person `number` of a trial, as an arm has them; the same person in every arm.
    pub fn new(world: &World, arm: &Arm, number: u64, starts: i32) -> Virtual {
        let course = Course::new(world.spec, world.seed, number, world.days, starts.rem_euclid(7));
        let mut chance = stream(world.seed, number, Purpose::Person, 1);
        let morning = happens(&mut chance, 0.6);
        let minute = if morning { 420 + whole(&mut chance, 0, 180) } else { 1050 + whole(&mut chance, 0, 240) };
        let everyday = &arm.everyday;
        let (buttock, thigh, knee) = ELSEWHERE;
        let elsewhere = one_of(&[(everyday.buttock, buttock), (everyday.thigh, thigh), (everyday.below_knee, knee)], &mut chance);
        let begins = world.monday.plus_seconds(i64::from(starts) * 86_400);
        let born = begins.date().saturating_sub(jiff::SignedDuration::from_hours(24 * i64::from(whole(&mut chance, 30 * 365, 75 * 365))));
        let (offset, zone) = zone(unit(&mut stream(world.seed, number, Purpose::Person, 3)));
        // The clock on the wall says the same everywhere; who lives to the west has their evening before the clinic's midnight.
        let minute = (minute - offset.seconds() / 60).clamp(0, 24 * 60 - 1);
        let mind = match &arm.judge {
            Judge::Pathway(judged) => Mind::Engine {
                state: Box::new(State::new(&judged.pathways)),
                teller: Box::new(Teller::new(&judged.plan, begins)),
                due: 1,
                read: ReadingState::TooFew,
            },
            Judge::Rule(_) => Mind::Rule { ratings: Ratings::default() },
        };
        let revision = match &arm.judge {
            Judge::Pathway(judged) => judged.pathways.current().revision.clone(),
            Judge::Rule(_) => String::new(),
        };
        Virtual {
            number,
            starts,
            minute,
            held: vec![],
            goings: draw(world.kinds, world.lot, world.seed, number, world.days),
            own: [0; METRICS],
            desk_events: 0,
            seed: world.seed,
            offset,
            late: None,
            usual: course.person.baseline,
            patient: patient(number, begins.date(), born, zone, course.person.intake, revision),
            course,
            mind,
            elsewhere,
            stretch: (Level::Expected, true),
            signs: vec![],
        }
    }

    /// The day of care on a calendar day; `None` outside it.
    pub fn day(&self, world: &World, calendar: i32) -> Option<i32> {
        Some(calendar - self.starts).filter(|day| (0..world.days).contains(day))
    }

    /// Whether something that somebody has to find is going on.
    pub fn is_ill(&self, kinds: &[Complication], day: i32) -> bool {
        self.goings.iter().any(|going| going.is_on(day) && kinds.get(going.kind).is_some_and(|kind| !kind.harmless))
    }

    /// Whether an alert today may have something behind it: what goes on, or what is so lately over that it still hurts.
    fn has_cause(&self, kinds: &[Complication], day: i32) -> bool {
        self.goings.iter().any(|going| going.is_felt(day) && kinds.get(going.kind).is_some_and(|kind| !kind.harmless))
    }

    /// Whether something harmless is going on, or a flare.
    pub fn has_reason(&self, kinds: &[Complication], day: i32) -> bool {
        let harmless = |going: &Going| going.is_on(day) && kinds.get(going.kind).is_some_and(|kind| kind.harmless);
        self.goings.iter().any(harmless) || self.course.day(day).is_some_and(|day| day.flare_day > 0)
    }

    /// The beginning of a day: what the clock alone asks for.
    pub fn morning(&mut self, world: &World, arm: &Arm, day: i32, now: Moment, outcome: &mut Outcome) {
        // The person's own day has begun.
        let now = now.plus_seconds((-i64::from(self.offset.seconds())).max(0)).at_offset(self.offset);
        self.arrive(world, arm, day, now, outcome);
        if let Some(week) = usize::try_from(day / 7).ok().and_then(|week| outcome.days_by_week.get_mut(week)) {
            *week += 1;
        }
        self.stretch.1 &= !self.has_cause(world.kinds, day);
        if day % STRETCH_DAYS == STRETCH_DAYS - 1 {
            let (worst, quiet) = core::mem::replace(&mut self.stretch, (Level::Expected, true));
            let counts = [true, worst >= Level::Attention, worst >= Level::Emergency];
            outcome.quiet.iter_mut().zip(counts).for_each(|(count, is)| *count += u64::from(quiet && is));
        }
        match (&mut self.mind, &arm.judge) {
            (Mind::Engine { state, due, .. }, Judge::Pathway(judged)) if day > *due => {
                let seen = clocked(&judged.pathways, &self.patient, state, now);
                outcome.views += 1;
                self.clocked(world, arm, day, &seen, now, outcome);
            }
            (Mind::Rule { ratings }, Judge::Rule(rule)) => {
                let (rule, said) = (*rule, ratings.silent(*rule, day));
                self.ruled(world, rule, said, day, now, outcome);
            }
            _ => {}
        }
    }

    /// The day's check-in, if there is one.
    pub fn check_in(&mut self, world: &World, arm: &Arm, day: i32, now: Moment, outcome: &mut Outcome) {
        let now = now.at_offset(self.offset);
        self.arrive(world, arm, day, now, outcome);
        let mut chance = stream(world.seed, self.number, Purpose::Answer, day.unsigned_abs().into());
        let level = self.course.day(day).map_or(0.0, |day| f64::from(day.level));
        let mut extra = 0.0;
        let mut signs = core::mem::take(&mut self.signs);
        signs.clear();
        for going in &mut self.goings {
            if let Some(kind) = world.kinds.get(going.kind) {
                extra += going.pain(kind, day, level);
                signs.extend(going.signs(kind, day));
            }
        }
        let urgent = arm.at_least(&signs);
        if arm.cannot_tell(&signs) {
            outcome.untold += 1;
        }
        let asked = match &self.mind {
            Mind::Engine { due, .. } => day >= (*due).max(1),
            Mind::Rule { .. } => day >= 1,
        };
        let opens = unit(&mut chance) < UNPROMPTED && urgent >= Level::Attention;
        let answers = if asked { self.course.answers(day, extra) } else { opens };
        if answers {
            let felt = self.course.day(day).map_or(0.0, |day| f64::from(day.felt)) + extra;
            self.everyday(arm, day, felt, &mut signs, &mut chance);
            self.send(world, arm, day, extra, urgent, &signs, now, outcome, &mut chance);
            self.usual += USUAL_MEMORY * (felt - self.usual);
            self.goings.iter_mut().filter(|going| going.is_on(day)).for_each(|going| going.told = true);
        }
        self.signs = signs;
    }

    /// What an ordinary day says.
    fn everyday(&self, arm: &Arm, day: i32, felt: f64, signs: &mut Vec<Sign>, chance: &mut Chance) {
        let e = &arm.everyday;
        let there = self.course.day(day);
        let flare_day = there.map_or(0, |there| there.flare_day);
        let rise = felt - self.usual;
        signs.extend(one_of(&[(e.ache, 0.7), (e.stiff, 0.3)], chance));
        signs.extend(e.low_back);
        maybe(signs, self.elsewhere, 0.8, chance);
        signs.extend(one_of(&[(e.after_activity, 0.85), (e.no_reason, 0.15)], chance));
        let worse = if rise >= FELT {
            0.8
        } else if rise >= 0.8 {
            0.15
        } else {
            0.0
        };
        let better = if rise <= -FELT { 0.5 } else { 0.0 };
        signs.extend(one_of(&[(e.worse, worse), (e.better, better), (e.same, 1.0)], chance));
        let settles: &[(Option<Sign>, f64)] = match flare_day {
            3.. => &[(e.in_hours, 0.4), (e.by_morning, 0.5), (e.not_settling, 0.1)],
            _ if rise >= 1.0 => &[(e.in_hours, 0.7), (e.by_morning, 0.3)],
            _ => &[(e.did_not_rise, 0.6), (e.in_hours, 0.4)],
        };
        signs.extend(one_of(settles, chance));
        maybe(signs, e.in_flare, if flare_day > 0 { 0.8 } else { FLARE_WITHOUT_RISE }, chance);
        maybe(signs, e.needle_sore, if day < 4 { 0.6 } else { 0.1 * f64::from(u8::from(day <= 10)) }, chance);
        let (prescribed, otc) = (if day < 21 { 0.3 } else { 0.02 }, if felt >= 5.0 { 0.5 } else { 0.15 });
        signs.extend(one_of(&[(e.prescribed, prescribed), (e.otc, otc)], chance));
    }

    #[allow(clippy::too_many_arguments)]
    fn send(
        &mut self,
        world: &World,
        arm: &Arm,
        day: i32,
        extra: f64,
        urgent: Level,
        signs: &[Sign],
        now: Moment,
        outcome: &mut Outcome,
        chance: &mut Chance,
    ) {
        let rating = |rating: Option<u8>| rating.unwrap_or(0);
        let rated =
            (rating(self.course.rating(day, extra)), rating(self.course.worst(day, extra)), rating(self.course.function(day, extra)));
        self.add(Metric::CheckIns, 1);
        match (&mut self.mind, &arm.judge) {
            (Mind::Engine { state, teller, .. }, Judge::Pathway(judged)) => {
                let (pathways, patient) = (&judged.pathways, &self.patient);
                let mishap = Mishap::of(world.seed, self.number, day);
                let mut before = None;
                if let Mishap::Stopped(above) = mishap {
                    let felt = [arm.everyday.low_back, self.elsewhere];
                    let pain = i32::from(rated.0).saturating_add(above).clamp(0, 10) as u8;
                    let kind = Kind::Stopped(judged.plan.stopped(pathways.current(), pain, &felt));
                    let stopped = Event { id: format!("s{day}"), at: now, received_at: Some(now), day: None, corrects: None, kind };
                    before = Some(step(pathways, patient, state, &stopped));
                }
                let today = Today { day, rated, signs };
                let (_, burden) = teller.tell(&judged.plan, pathways, patient, state, now, &today, chance);
                outcome.answer_tenths += u64::from(burden.tenths);
                count(&mut outcome.taps, (burden.taps as usize).min(TAPS));
                if let Mishap::Late(seconds) = mishap {
                    let (event, arrives) = (teller.event().clone(), now.plus_seconds(seconds));
                    self.late = Some(Box::new(Late { event, arrives, urgent, since: vec![], before: None }));
                    self.add(Metric::Taps, u64::from(burden.taps));
                    return;
                }
                if mishap == Mishap::Mistyped
                    && let Some(sent) = teller.mistyped(&judged.plan, pathways.current(), chance)
                {
                    before = Some(step(pathways, patient, state, &sent));
                }
                let done = step(pathways, patient, state, teller.event());
                outcome.steps += 1 + u64::from(before.is_some());
                self.add(Metric::Taps, u64::from(burden.taps));
                if let Some(before) = before {
                    self.raised(world, arm, day, &before.alerts, now, outcome);
                }
                self.told(world, arm, day, urgent, &done, now, outcome, chance);
            }
            (Mind::Rule { ratings }, Judge::Rule(rule)) => {
                let fell = arm.everyday.fell.is_some_and(|fell| signs.contains(&fell));
                let (rule, said) = (*rule, ratings.answered(*rule, day, rated.0, rated.2, fell));
                // A tap a number, one for the fall, one to send; four seconds each.
                let taps = if rule == Rule::Published { 4 } else { 2 };
                outcome.answer_tenths += 40 * taps;
                count(&mut outcome.taps, taps as usize);
                self.add(Metric::Taps, taps);
                self.judged(world, day, said.map_or(Level::Expected, |(level, _)| level), || false, outcome);
                self.ruled(world, rule, said, day, now, outcome);
            }
            _ => {}
        }
    }

    /// A check-in has arrived and is judged.
    #[allow(clippy::too_many_arguments)]
    fn told(
        &mut self,
        world: &World,
        arm: &Arm,
        day: i32,
        urgent: Level,
        done: &Step,
        now: Moment,
        outcome: &mut Outcome,
        chance: &mut Chance,
    ) {
        let (Mind::Engine { state, due, read, .. }, Judge::Pathway(judged)) = (&mut self.mind, &arm.judge) else { return };
        let seen = clocked(&judged.pathways, &self.patient, state, now);
        outcome.views += 1;
        *due = seen.due.unwrap_or(i32::MAX);
        let was = core::mem::replace(read, stands(&judged.pathways, &self.patient, state, now).state);
        let reading = *read;
        let verdict = done.verdict.as_ref().map_or(Level::Expected, |verdict| verdict.level);
        let by_reading = || done.verdict.iter().flat_map(|verdict| &verdict.rules).any(|hit| arm.reads(&hit.id));
        self.read(world, day, was, reading, outcome);
        self.judged(world, day, verdict, || speaks(reading) || by_reading(), outcome);
        if reading == ReadingState::LastingChange {
            let on = self.goings.iter_mut().filter(|going| going.read.is_none() && going.is_on(day));
            on.for_each(|going| going.read = Some(day));
        }
        if verdict < urgent {
            outcome.miss(self.number, day, urgent, verdict);
        }
        self.raised(world, arm, day, &done.alerts, now, outcome);
        self.clocked(world, arm, day, &seen, now, outcome);
        if verdict == Level::Emergency && happens(chance, GOES) {
            self.goes(world.kinds, day);
        }
    }

    /// A check-in that was on its way arrives, if it is time: it is folded where it belongs, and what the clinic did since after it.
    pub fn arrive(&mut self, world: &World, arm: &Arm, day: i32, now: Moment, outcome: &mut Outcome) {
        let Some(mut late) = self.late.take_if(|late| late.arrives <= now) else { return };
        let (Mind::Engine { state, .. }, Judge::Pathway(judged)) = (&mut self.mind, &arm.judge) else { return };
        if let Some(before) = late.before {
            *state = before;
        }
        late.event.received_at = Some(late.arrives);
        let done = step(&judged.pathways, &self.patient, state, &late.event);
        let again: Vec<Step> = late.since.iter().map(|event| step(&judged.pathways, &self.patient, state, event)).collect();
        outcome.steps += 1 + again.len() as u64;
        for step in &again {
            self.raised(world, arm, day, &step.alerts, now, outcome);
        }
        let mut chance = stream(world.seed, self.number, Purpose::Mishap, u64::from(day.unsigned_abs()) + (1 << 32));
        self.told(world, arm, day, late.urgent, &done, now, outcome, &mut chance);
    }

    /// A verdict: what it finds.
    fn judged(&mut self, world: &World, day: i32, level: Level, reading: impl Fn() -> bool, outcome: &mut Outcome) {
        self.stretch.0 = self.stretch.0.max(level);
        if let Some(count) = outcome.verdicts.get_mut(usize::from(level.rank())) {
            *count += 1;
        }
        for going in self.goings.iter_mut().filter(|going| going.found.is_none() && going.is_on(day)) {
            let Some(kind) = world.kinds.get(going.kind) else { continue };
            if if kind.by_reading { reading() } else { level >= kind.found_at } {
                going.found = Some(day);
            }
        }
    }

    /// The reading has moved on: a case opens when it comes to speak.
    fn read(&mut self, world: &World, day: i32, was: ReadingState, now: ReadingState, outcome: &mut Outcome) {
        let place = ReadingState::ALL.iter().position(|state| *state == now).unwrap_or(0);
        count(&mut outcome.reading, place);
        for (case, state, metric) in [(0, ReadingState::LastingChange, Metric::FalseLasting), (1, ReadingState::Watch, Metric::FalseWatch)]
        {
            // *Watch* is a case of its own only where it is not the end of a lasting change.
            let opens = now == state && was != state && !(case == 1 && was == ReadingState::LastingChange);
            if opens && self.has_cause(world.kinds, day) {
                count(&mut outcome.true_cases, case);
            } else if opens {
                self.add(metric, 1);
            }
        }
    }

    /// Alerts that an event made or changed.
    fn raised(&mut self, world: &World, arm: &Arm, day: i32, alerts: &[Arc<Alert>], now: Moment, outcome: &mut Outcome) {
        let before = self.worst();
        for alert in alerts {
            self.keep(arm, day, alert, now, outcome);
        }
        self.count_false(world, day, before);
    }

    /// Alerts that the clock asks for, and those it no longer asks for.
    fn clocked(&mut self, _world: &World, arm: &Arm, day: i32, seen: &Clocked, now: Moment, outcome: &mut Outcome) {
        for alert in &seen.alerts {
            self.keep(arm, day, alert, now, outcome);
        }
        // As the desk has it: a row closes itself, what is more stays until a person resolves it.
        self.held.retain_mut(|held| {
            if !held.clocked || seen.alerts.iter().any(|alert| alert.id == held.id) {
                return true;
            }
            held.over = true;
            held.level > Level::Watch
        });
    }

    fn keep(&mut self, arm: &Arm, day: i32, alert: &Alert, now: Moment, outcome: &mut Outcome) {
        let there = self.held.iter().position(|held| held.id == alert.id);
        if !alert.stands() {
            if let Some(place) = there {
                self.held.swap_remove(place);
            }
            return;
        }
        match there.and_then(|place| self.held.get_mut(place)) {
            Some(held) => {
                held.follow(alert, now);
                if held.level > held.counted {
                    move_count(outcome, held.cause, held.counted, held.level);
                    let attention = held.counted < Level::Attention && held.level >= Level::Attention;
                    held.counted = held.level;
                    if attention {
                        self.add(Metric::Attention, 1);
                        by_week(outcome, day, 1);
                    }
                }
            }
            None => {
                let cause = arm.cause(&alert.cause);
                self.held.push(Held::new(alert, cause, now));
                self.counted(cause, alert.level, day, outcome);
            }
        }
    }

    fn counted(&mut self, cause: usize, level: Level, day: i32, outcome: &mut Outcome) {
        if let Some(count) = outcome.alerts.get_mut(cause).and_then(|levels| levels.get_mut(usize::from(level.rank()))) {
            *count += 1;
        }
        self.add(Metric::Alerts, 1);
        by_week(outcome, day, 0);
        if level >= Level::Attention {
            self.add(Metric::Attention, 1);
            by_week(outcome, day, 1);
        }
    }

    /// The highest alert that answers asked for.
    fn worst(&self) -> Level {
        self.held.iter().filter(|held| !held.clocked).map(|held| held.level).max().unwrap_or_default()
    }

    /// A person who rises to attention with nothing behind it is one false alarm, however many rules speak.
    fn count_false(&mut self, world: &World, day: i32, before: Level) {
        if before < Level::Attention && self.worst() >= Level::Attention && !self.has_cause(world.kinds, day) {
            self.add(Metric::FalseAlarms, 1);
        }
    }

    /// What a comparator said: an alert of its own each time.
    fn ruled(&mut self, world: &World, rule: Rule, said: Option<(Level, usize)>, day: i32, now: Moment, outcome: &mut Outcome) {
        let Some((level, cause)) = said else { return };
        let before = self.worst();
        let clocked = rule == Rule::Published && cause == 3;
        self.held.push(Held {
            id: String::new(),
            cause,
            level,
            counted: level,
            told_at: now,
            within: None,
            unseen: true,
            clocked,
            over: false,
        });
        self.counted(cause, level, day, outcome);
        self.count_false(world, day, before);
    }

    /// A desk event of the clinic goes through the engine.
    pub fn desk(&mut self, world: &World, arm: &Arm, day: i32, event: &Event, now: Moment, outcome: &mut Outcome) {
        if let (Mind::Engine { state, .. }, Judge::Pathway(judged)) = (&mut self.mind, &arm.judge) {
            if let Some(late) = &mut self.late {
                late.before.get_or_insert_with(|| state.clone());
                late.since.push(event.clone());
            }
            let done = step(&judged.pathways, &self.patient, state, event);
            outcome.steps += 1;
            self.raised(world, arm, day, &done.alerts, now, outcome);
        }
    }

    /// What was seen of alerts that the engine does not keep: the clock's, and a comparator's.
    pub fn settle(&mut self, reached: bool) {
        let comparator = matches!(self.mind, Mind::Rule { .. });
        self.held.retain_mut(|held| {
            if !(held.waits() && (held.clocked || comparator)) {
                return true;
            }
            held.unseen = false;
            // Seen is enough for a row; what is more ends with a call. The clock's own row closes itself.
            if held.level >= Level::Attention { !reached } else { !comparator }
        });
    }

    /// Treatment of what is going on begins.
    pub fn goes(&mut self, kinds: &[Complication], day: i32) {
        for going in self.goings.iter_mut().filter(|going| going.is_on(day)) {
            if kinds.get(going.kind).is_some_and(|kind| !kind.harmless) {
                going.treat(day);
            }
        }
    }

    /// Adds to an own count.
    pub fn add(&mut self, metric: Metric, by: u64) {
        if let Some(count) = self.own.get_mut(metric as usize) {
            *count += by;
        }
    }

    /// The stream of what the clinic does about this person on a day.
    pub fn clinic_chance(&self, calendar: i32, round: usize) -> Chance {
        let day = u64::from(calendar.unsigned_abs()) * 8 + round as u64;
        stream(self.seed, self.number, Purpose::Clinic, day)
    }
}

/// Whether the reading says that something is not as it should be.
fn speaks(state: ReadingState) -> bool {
    matches!(state, ReadingState::LastingChange | ReadingState::OffCourse | ReadingState::Watch)
}

fn count(counts: &mut [u64], place: usize) {
    if let Some(count) = counts.get_mut(place) {
        *count += 1;
    }
}

fn by_week(outcome: &mut Outcome, day: i32, what: usize) {
    let week = usize::try_from(day / 7).unwrap_or(0);
    if let Some(count) = outcome.by_week.get_mut(week).and_then(|week| week.get_mut(what)) {
        *count += 1;
    }
}

/// An alert counts once, at its highest level.
fn move_count(outcome: &mut Outcome, cause: usize, from: Level, to: Level) {
    let Some(levels) = outcome.alerts.get_mut(cause) else { return };
    if let Some(count) = levels.get_mut(usize::from(from.rank())) {
        *count = count.saturating_sub(1);
    }
    if let Some(count) = levels.get_mut(usize::from(to.rank())) {
        *count += 1;
    }
}

/// The clock that a person lives by: the clinic's, or one of the others.
fn zone(draw: f64) -> (Offset, &'static str) {
    let mut left = draw;
    for (share, hours, name) in ZONES {
        if left < share {
            return (Offset::constant(hours), name);
        }
        left -= share;
    }
    (Offset::UTC, "UTC")
}

fn patient(number: u64, procedure: Date, born: Date, zone: &str, intake: u8, revision: String) -> Patient {
    Patient {
        id: format!("virtual-{number}"),
        name: None,
        born: Some(born),
        time_zone: zone.to_string(),
        conditions: vec![],
        procedure: Procedure { date: procedure, baseline_pain: Some(Answer::number(i32::from(intake))), rest: serde_json::Map::new() },
        pathway: vec![Assigned { revision: serde_json::Value::String(revision), from: procedure }],
        rest: serde_json::Map::new(),
    }
}

/// The engine's part of an arm, where it has one.
pub fn engine_of(arm: &Arm) -> Option<&Judged> {
    match &arm.judge {
        Judge::Pathway(judged) => Some(judged),
        Judge::Rule(_) => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use crate::signs::{SHIPPED, Signs};
    use lamella_record::Desk;

    fn shipped() -> Arm {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../pathways/annular-fibrin");
        let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let files: Vec<(String, String)> = paths
            .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
            .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap()))
            .collect();
        let borrowed: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        Arm::pathway("shipped", lamella_pathway::read(&borrowed).0.unwrap(), &Signs::parse(SHIPPED).unwrap())
    }

    fn state(person: &Virtual) -> &State {
        match &person.mind {
            Mind::Engine { state, .. } => state,
            Mind::Rule { .. } => panic!("an arm with an engine"),
        }
    }

    #[test]
    fn mishaps_come_at_their_rates() {
        let of = |wanted: fn(&Mishap) -> bool| {
            let days = (0..200u64).flat_map(|patient| (10..510).map(move |day| Mishap::of(3, patient, day)));
            days.filter(wanted).count() as f64 / 100_000.0
        };
        for (found, share) in [
            (of(|mishap| matches!(mishap, Mishap::Late(seconds) if (0..=23 * 3600).contains(seconds))), LATE),
            (of(|mishap| *mishap == Mishap::Mistyped), CORRECTED),
            (of(|mishap| matches!(mishap, Mishap::Stopped(above) if (0..=STOP_ABOVE).contains(above))), STOPS / 365.0),
        ] {
            assert!((found - share).abs() < 0.15 * share, "{found} {share}");
        }
    }

    /// Late check-ins, one of a few of which the clinic did something before it arrived, leave the state of the events in their
    /// order.
    #[test]
    fn a_late_arrival_is_folded_where_it_belongs() {
        let arm = shipped();
        let Judge::Pathway(judged) = &arm.judge else { panic!("an arm with an engine") };
        let monday = Moment::parse("2026-01-05T00:00:00Z").unwrap();
        let world = World { spec: &Spec::REFERENCE, kinds: &[], lot: Lot::Rates(0.0), seed: 2, days: 200, monday };
        let (mut late, mut zones) = (0, 0);
        for number in 0..12 {
            let mut person = Virtual::new(&world, &arm, number, 0);
            let mut outcome = Outcome::new(arm.causes.len(), 0, world.days);
            zones += i32::from(person.offset != Offset::UTC);
            for day in 1..world.days {
                let now = monday.plus_seconds(i64::from(day) * 86_400 + 60 * i64::from(person.minute));
                person.morning(&world, &arm, day, now.plus_seconds(-60 * i64::from(person.minute)), &mut outcome);
                person.check_in(&world, &arm, day, now, &mut outcome);
                let Some(on_its_way) = person.late.clone() else { continue };
                let there = person.held.first().map_or("silence:1".to_string(), |held| held.id.clone());
                let seen = now.plus_seconds(1);
                let desk = Event {
                    id: format!("c{day}"),
                    at: seen,
                    received_at: Some(seen),
                    day: None,
                    corrects: None,
                    kind: Kind::Acknowledge(Desk { alert: there, by: "clinic".to_string(), ..Desk::default() }),
                };
                let mut straight = state(&person).clone();
                let mut event = on_its_way.event.clone();
                event.received_at = Some(on_its_way.arrives);
                for event in [&event, &desk] {
                    step(&judged.pathways, &person.patient, &mut straight, event);
                }
                person.desk(&world, &arm, day, &desk, seen, &mut outcome);
                assert_ne!(state(&person), &straight, "patient {number}, day {day}: it has not arrived");
                person.arrive(&world, &arm, day, now.plus_seconds(86_399), &mut outcome);
                assert_eq!(state(&person), &straight, "patient {number}, day {day}");
                assert!(person.late.is_none());
                late += 1;
            }
        }
        assert!(late > 5 && zones > 0, "{late} late, {zones} on another clock");
    }
}
