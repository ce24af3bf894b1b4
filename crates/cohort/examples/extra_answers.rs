//! Would the reading find a lasting change sooner if it heard what else a check-in says? `docs/trajectory.md` tells the result.
//!
//! Virtual people also answer six questions, *yes* or *no*, with chances that depend on how they are. A listener counts on training
//! people how often each answer is given when calm, in a flare and after a lasting change; with every answer it moves the modes
//! (`Posterior::hear`). Thresholds are then found anew for the same false alarms. What people say is **assumed** but for one table,
//! so that the question is as much what becomes of a listener whose people answer otherwise than it learnt.
//!
//! ```sh
//! cargo run --release -p lamella-cohort --example extra_answers          # 4,000 people a cohort, half an hour
//! cargo run --release -p lamella-cohort --example extra_answers -- 400   # sooner, and coarser
//! ```
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, missing_docs)]

use lamella_cohort::calibrate::{CHANGES, Rating, Trace, rates, sensitivity, threshold, trace_hearing};
use lamella_cohort::chance::{Chance, Purpose, happens, stream, unit};
use lamella_cohort::course::Shape;
use lamella_cohort::interval::paired_share;
use lamella_cohort::spec::Spec;
use lamella_cohort::threads::on_threads;
use lamella_trajectory::Model;
use lamella_trajectory::calibration::Thresholds;
use rand_distr::{Distribution, StandardNormal};
use std::thread;

const QUESTIONS: usize = 6;
/// Questions of the shipped check-in, as a *yes* is meant here.
const NAMES: [&str; QUESTIONS] =
    ["in a flare", "not settled by morning", "worse than usual", "relief taken", "a new word", "walked much less"];

/// How people answer: the chance of a *yes* by question and by how they are: calm; calm with a rise by chance of at least 1.5 over
/// what they take for usual; in a flare; in the first two weeks of a lasting change; later in it.
struct People {
    name: &'static str,
    says: [[f64; 5]; QUESTIONS],
    /// Whether people differ in how readily they say yes, and repeat themselves.
    differ: bool,
}

/// Everything is assumed but the flare row of `REPORTED`; the everyday figures are those of `person.rs` where it has them.
const HONEST: People = People {
    name: "honest",
    says: [
        [0.11, 0.20, 0.80, 0.45, 0.20],
        [0.02, 0.05, 0.15, 0.45, 0.55],
        [0.03, 0.80, 0.80, 0.85, 0.50],
        [0.15, 0.35, 0.55, 0.55, 0.50],
        [0.02, 0.02, 0.03, 0.15, 0.15],
        [0.05, 0.10, 0.30, 0.30, 0.25],
    ],
    differ: true,
};

/// Facts A5 (126 people, 28 days): *flare* is said on 126 of 348 days with a rise by 2 and on 465 of 3,180 others. Nobody has counted
/// it after a lasting change; here the rise speaks, not its cause. The other answers tell little. Assumed.
const REPORTED: People = People {
    name: "reported",
    says: [
        [0.146, 0.36, 0.36, 0.36, 0.25],
        [0.05, 0.08, 0.10, 0.15, 0.15],
        [0.05, 0.60, 0.60, 0.65, 0.30],
        [0.20, 0.35, 0.40, 0.40, 0.35],
        [0.03, 0.03, 0.03, 0.05, 0.05],
        [0.10, 0.15, 0.20, 0.20, 0.15],
    ],
    differ: true,
};

/// Half of the flares are denied, and *it settles* is said of everything.
const DENYING: People = People {
    name: "denying",
    says: [
        [0.05, 0.10, 0.40, 0.30, 0.15],
        [0.02, 0.03, 0.05, 0.08, 0.10],
        [0.02, 0.30, 0.40, 0.40, 0.20],
        [0.10, 0.20, 0.30, 0.30, 0.25],
        [0.01, 0.01, 0.02, 0.05, 0.05],
        [0.05, 0.08, 0.15, 0.15, 0.10],
    ],
    differ: true,
};

/// Whatever hurts is a flare, and nothing settles.
const ALL_FLARE: People = People {
    name: "all a flare",
    says: [
        [0.25, 0.70, 0.90, 0.90, 0.85],
        [0.10, 0.30, 0.45, 0.50, 0.50],
        [0.10, 0.85, 0.90, 0.90, 0.70],
        [0.30, 0.60, 0.75, 0.75, 0.70],
        [0.06, 0.10, 0.12, 0.15, 0.15],
        [0.15, 0.30, 0.45, 0.45, 0.40],
    ],
    differ: true,
};

/// Nobody is like this: what could be had at the very best.
const IDEAL: People = People {
    name: "ideal",
    says: [
        [0.02, 0.02, 0.95, 0.05, 0.02],
        [0.01, 0.02, 0.05, 0.85, 0.85],
        [0.03, 0.80, 0.80, 0.85, 0.50],
        [0.15, 0.35, 0.55, 0.55, 0.50],
        [0.01, 0.01, 0.01, 0.30, 0.30],
        [0.05, 0.10, 0.30, 0.30, 0.25],
    ],
    differ: false,
};

/// All of the real kinds, in equal parts.
const MIXED: [&People; 4] = [&HONEST, &REPORTED, &DENYING, &ALL_FLARE];

/// Share of a new day in what counts as usual, for people as for the listener; as in `person.rs`.
const USUAL_MEMORY: f64 = 0.08;
/// A calm day's rise that is noticed; as in `person.rs`.
const FELT: f64 = 1.5;
/// A change is answered as one from so many points on, as a new one for so many days.
const NOTICED: f64 = 1.0;
const NEW_DAYS: i32 = 14;
/// Spread of the log odds of a *yes* between people, over all questions alike and per question. Assumed.
const READINESS: (f64, f64) = (0.7, 0.7);
/// Chance that yesterday's answer is given again, whatever the day. Assumed.
const REPEATS: f64 = 0.3;

/// One person answering.
struct Teller<'a> {
    people: &'a People,
    seed: u64,
    patient: u64,
    readiness: [f64; QUESTIONS],
    usual: Option<f64>,
    last: Option<[bool; QUESTIONS]>,
}

impl<'a> Teller<'a> {
    /// One of these people: the kinds take turns.
    fn new(kinds: &[&'a People], seed: u64, patient: u64) -> Teller<'a> {
        let people = kinds[patient as usize / 10 % kinds.len()];
        let mut chance = stream(seed, patient, Purpose::Answer, u64::MAX);
        let mut normal = || -> f64 { StandardNormal.sample(&mut chance) };
        let alike = READINESS.0 * normal();
        let readiness = [(); QUESTIONS].map(|()| if people.differ { alike + READINESS.1 * normal() } else { 0.0 });
        Teller { people, seed, patient, readiness, usual: None, last: None }
    }

    fn tell(&mut self, rating: &Rating) -> [bool; QUESTIONS] {
        let day = rating.course.day(rating.day).unwrap();
        let felt = f64::from(day.felt) + rating.extra;
        let usual = self.usual.get_or_insert(rating.course.person.baseline);
        let how = match rating.since.filter(|_| rating.extra >= NOTICED) {
            _ if day.flare_day > 0 => 2,
            Some(since) => 3 + usize::from(since >= NEW_DAYS),
            None => usize::from(felt - *usual >= FELT),
        };
        *usual += USUAL_MEMORY * (felt - *usual);
        let mut chance = stream(self.seed, self.patient, Purpose::Answer, rating.day.unsigned_abs().into());
        let mut said = [false; QUESTIONS];
        for (question, said) in said.iter_mut().enumerate() {
            let again = self.last.filter(|_| self.people.differ && happens(&mut chance, REPEATS));
            let yes = answers_yes(self.people.says[question][how], self.readiness[question], &mut chance);
            *said = again.map_or(yes, |last| last[question]);
        }
        self.last = Some(said);
        said
    }
}

fn answers_yes(share: f64, readiness: f64, chance: &mut Chance) -> bool {
    let odds = share / (1.0 - share) * readiness.exp();
    unit(chance) < odds / (1.0 + odds)
}

/// Modes of the filter; rises of a rating over usual: below 1, below 2, more; what was said the time before; what is said.
type Counts = [[[[[f64; 2]; 2]; 3]; 3]; QUESTIONS];

/// What a listener looks at beside the answers: they must not say again what the rating has said.
#[derive(Default)]
struct Memory {
    usual: Option<f64>,
    last: [bool; QUESTIONS],
}

impl Memory {
    /// Which rise, and what was said before; then today's is remembered.
    fn take(&mut self, pain: u8, said: [bool; QUESTIONS]) -> (usize, [bool; QUESTIONS]) {
        let pain = f64::from(pain);
        let usual = self.usual.get_or_insert(pain);
        let rise = pain - *usual;
        *usual += USUAL_MEMORY * rise;
        (usize::from(rise >= 1.0) + usize::from(rise >= 2.0), std::mem::replace(&mut self.last, said))
    }
}

/// A listener: how likely each answer is in each mode, how far it is believed, and the questions it hears.
struct Listener {
    counts: Box<Counts>,
    /// An exponent: answers depend on each other and on the days before, so that their product says too much.
    belief: f64,
    hears: Vec<usize>,
}

impl Listener {
    fn likelihoods(&self, rise: usize, before: [bool; QUESTIONS], said: [bool; QUESTIONS]) -> [f64; 3] {
        [0, 1, 2].map(|mode| {
            let one = |question: &usize| {
                let [no, yes] = self.counts[*question][mode][rise][usize::from(before[*question])];
                let is = if said[*question] { yes } else { no };
                ((is + 0.5) / (no + yes + 1.0)).ln()
            };
            (self.belief * self.hears.iter().map(one).sum::<f64>()).exp()
        })
    }
}

/// A cohort to be heard.
#[derive(Clone, Copy)]
struct Cohort<'a> {
    spec: &'a Spec,
    seed: u64,
    count: u64,
    shape: Option<Shape>,
}

struct Study {
    model: Model,
    people: u64,
    /// As the shipped check-in asks function too.
    function: bool,
}

/// Training people, those that thresholds are found on, fresh ones, those with a change, stress cohorts: the seeds of `calibrate`, but
/// for the first.
const SEEDS: [u64; 5] = [91, 71, 72, 73, 74];
/// How far answers may be believed.
const BELIEFS: [f64; 4] = [1.0, 0.6, 0.35, 0.2];

impl Study {
    fn cohort<'a>(&self, spec: &'a Spec, which: usize, shape: Option<Shape>) -> Cohort<'a> {
        let count = if which == 3 || which == 4 { self.people * 3 / 8 } else { self.people };
        Cohort { spec, seed: SEEDS[which], count, shape }
    }

    /// `each` for every person, in order.
    fn each<T: Send>(&self, count: u64, each: impl Fn(u64) -> T + Sync) -> Vec<T> {
        on_threads(count, thread::available_parallelism().map_or(1, usize::from), |patient| Some(each(patient))).unwrap()
    }

    /// What a listener hears of a cohort; none: ratings alone.
    fn traces(&self, cohort: Cohort, ears: Option<(&Listener, &[&People])>) -> Vec<Trace> {
        self.each(cohort.count, |patient| {
            let mut teller = ears.map(|(_, people)| Teller::new(people, cohort.seed, patient));
            let mut memory = Memory::default();
            let hear = |rating: Rating| {
                let ((listener, _), teller) = (ears?, teller.as_mut()?);
                let said = teller.tell(&rating);
                let (rise, before) = memory.take(rating.pain, said);
                Some(listener.likelihoods(rise, before, said))
            };
            trace_hearing(cohort.spec, &self.model.prior, cohort.seed, patient, cohort.shape, self.function, hear).unwrap()
        })
    }

    /// Counts the answers of training people, those of a lasting change over its first 28 days. Every kind of change is among them.
    fn counts(&self, people: &[&People]) -> Box<Counts> {
        let cohort = self.cohort(&Spec::REFERENCE, 0, None);
        let counted = self.each(2 * cohort.count, |patient| {
            let shape = (patient % 2 == 1).then(|| CHANGES[(patient / 2 % 5) as usize].1);
            let mut counts = Box::new(Counts::default());
            let (mut teller, mut memory) = (Teller::new(people, cohort.seed, patient), Memory::default());
            let count = |rating: Rating| {
                let said = teller.tell(&rating);
                let (rise, before) = memory.take(rating.pain, said);
                let mode = match rating.since {
                    Some(28..) => return None,
                    Some(_) => 2,
                    None => usize::from(rating.course.day(rating.day).unwrap().flare_day > 0),
                };
                for question in 0..QUESTIONS {
                    counts[question][mode][rise][usize::from(before[question])][usize::from(said[question])] += 1.0;
                }
                None
            };
            trace_hearing(cohort.spec, &self.model.prior, cohort.seed, patient, shape, false, count).unwrap();
            counts
        });
        counted.into_iter().fold(Box::default(), |mut sum, one| {
            sum.as_flattened_mut()
                .as_flattened_mut()
                .as_flattened_mut()
                .as_flattened_mut()
                .iter_mut()
                .zip(one.as_flattened().as_flattened().as_flattened().as_flattened())
                .for_each(|(sum, one)| *sum += one);
            sum
        })
    }

    /// A listener that learnt from these people, and believes them as far as finds most on training people.
    fn learn(&self, people: &[&People], hears: &[usize]) -> Listener {
        let mut best = Listener { counts: self.counts(people), belief: 1.0, hears: hears.to_vec() };
        let mut most = (-1.0, 1.0);
        for belief in BELIEFS {
            best.belief = belief;
            let ears = Some((&best, people));
            let at = self.thresholds(&self.traces(self.cohort(&Spec::REFERENCE, 0, None), ears));
            let changed = Cohort { count: self.people / 2, ..self.cohort(&Spec::REFERENCE, 0, Some(Shape::Step(3.0))) };
            let found = self.share(&self.traces(changed, ears), at);
            most = if found > most.0 { (found, belief) } else { most };
        }
        Listener { belief: most.1, ..best }
    }

    /// The same for everybody, whatever their swing: what is compared here is what is heard.
    fn thresholds(&self, traces: &[Trace]) -> Thresholds {
        let rounded = |target| (threshold(traces, &self.model.calibration.rules, target) * 100.0).ceil() / 100.0;
        Thresholds { watch: rounded(1.0), lasting: rounded(0.2) }
    }

    fn is_found(&self, trace: &Trace, at: Thresholds) -> bool {
        let one = sensitivity("", std::slice::from_ref(trace), &self.model.calibration.rules, at);
        one.lasting_28.is_some_and(|found| found.value > 0.5)
    }

    fn share(&self, traces: &[Trace], at: Thresholds) -> f64 {
        traces.iter().filter(|trace| self.is_found(trace, at)).count() as f64 / traces.len() as f64
    }

    /// A line: false alarms on fresh people, what is found, and the gain over ratings alone on the same people.
    fn line(&self, name: &str, ears: Option<(&Listener, &[&People])>, at: Thresholds, alone: &[Trace], alone_at: Thresholds) {
        let rules = &self.model.calibration.rules;
        let fresh = rates(&self.traces(self.cohort(&Spec::REFERENCE, 2, None), ears), rules, at).unwrap();
        let traces = self.traces(self.cohort(&Spec::REFERENCE, 3, Some(Shape::Step(3.0))), ears);
        let found = sensitivity("", &traces, rules, at);
        let (lasting, watch) = (found.lasting_28.unwrap(), found.watch_28.unwrap());
        let (mut only_alone, mut only_here) = (0, 0);
        for (before, after) in alone.iter().zip(&traces) {
            let found = [self.is_found(before, alone_at), self.is_found(after, at)];
            (only_alone, only_here) = (only_alone + u64::from(found == [true, false]), only_here + u64::from(found == [false, true]));
        }
        let gain = paired_share(only_alone, only_here, traces.len() as u64).unwrap();
        println!(
            "{name:<44} {:>5.2} {:>5.2} | {:.3} ({:.3}-{:.3}) {:.2} | {:>4.1} % ({:.1}-{:.1}), watch {:.1} % | {:+.1} ({:+.1} to {:+.1})",
            at.lasting,
            at.watch,
            fresh.lasting.value,
            fresh.lasting.low,
            fresh.lasting.high,
            fresh.watch.value,
            100.0 * lasting.value,
            100.0 * lasting.low,
            100.0 * lasting.high,
            100.0 * watch.value,
            100.0 * gain.value,
            100.0 * gain.low,
            100.0 * gain.high,
        );
    }

    /// Thresholds anew for this listener and these people.
    fn calibrated(&self, listener: &Listener, people: &[&People]) -> Thresholds {
        self.thresholds(&self.traces(self.cohort(&Spec::REFERENCE, 1, None), Some((listener, people))))
    }
}

fn main() {
    let people = std::env::args().nth(1).map_or(4000, |count| count.parse().expect("how many people a cohort"));
    let study = Study { model: Model::shipped().unwrap(), people, function: true };
    let all: Vec<usize> = (0..QUESTIONS).collect();
    println!(
        "{people} people a cohort, pain and function rated. Thresholds (lasting, watch) | false alarms a patient-year on fresh people"
    );
    println!("(lasting, 95 %; watch) | +3 found within 28 days | gain over ratings alone on the same people, points\n");

    let alone = study.traces(study.cohort(&Spec::REFERENCE, 3, Some(Shape::Step(3.0))), None);
    let alone_at = study.thresholds(&study.traces(study.cohort(&Spec::REFERENCE, 1, None), None));
    study.line("ratings alone", None, alone_at, &alone, alone_at);

    println!("\nPeople as they were learnt:");
    let kinds: [(&str, &[&People]); 6] = [
        (HONEST.name, &[&HONEST]),
        (REPORTED.name, &[&REPORTED]),
        (DENYING.name, &[&DENYING]),
        (ALL_FLARE.name, &[&ALL_FLARE]),
        ("all four mixed", &MIXED),
        (IDEAL.name, &[&IDEAL]),
    ];
    let learnt = kinds.map(|(name, people)| {
        let listener = study.learn(people, &all);
        let at = study.calibrated(&listener, people);
        study.line(&format!("{name}, believed {}", listener.belief), Some((&listener, people)), at, &alone, alone_at);
        (name, listener, at)
    });

    println!("\nOne question at a time, honest people:");
    for (question, asked) in NAMES.iter().enumerate() {
        let listener = study.learn(&[&HONEST], &[question]);
        let at = study.calibrated(&listener, &[&HONEST]);
        let name = format!("{asked}, believed {}", listener.belief);
        study.line(&name, Some((&listener, &[&HONEST])), at, &alone, alone_at);
    }

    println!("\nPeople who answer otherwise than was learnt (thresholds of those it was learnt on):");
    for (from, listener, at) in &learnt[..5] {
        for people in MIXED.into_iter().filter(|people| people.name != *from) {
            study.line(&format!("{from}: answered by {}", people.name), Some((listener, &[people])), *at, &alone, alone_at);
        }
    }

    println!("\nThe same, thresholds found anew on the people who answer:");
    for (from, listener, _) in [&learnt[0], &learnt[4]] {
        for people in MIXED.into_iter().filter(|people| people.name != *from) {
            let at = study.calibrated(listener, &[people]);
            study.line(&format!("{from}: answered by {}", people.name), Some((listener, &[people])), at, &alone, alone_at);
        }
    }

    println!("\nOther cohorts, honest people as learnt; false alarms of lasting change and watch; ratings alone | with answers:");
    let (_, listener, at) = &learnt[0];
    let rules = &study.model.calibration.rules;
    for spec in Spec::ALL.iter().skip(1) {
        let of = |ears, at| rates(&study.traces(study.cohort(spec, 4, None), ears), rules, at).unwrap();
        let (alone, heard) = (of(None, alone_at), of(Some((listener, &[&HONEST])), *at));
        println!(
            "{:<12} {:.3} {:.2} | {:.3} {:.2}",
            spec.name, alone.lasting.value, alone.watch.value, heard.lasting.value, heard.watch.value
        );
    }
}
