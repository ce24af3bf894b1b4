//! What do a clinic's own people say about the model's prior? Empirical Bayes: how many respond, how their pain falls, how much
//! people fluctuate, how often, how high and how long they flare (design, 2.2 and 3.1).
//!
//! Three steps take turns. The weights of the grid: within a group the filter's likelihood of a person does not depend on them, so
//! each person is filtered once a group, and the weights that make all people together most likely follow by expectation and
//! maximisation. The recovery curves: what the same filters found of each person's curve, together (`curves`). The
//! constants that groups share: each is moved to where the people are more likely. The last two only where people become likelier.

use crate::calibrate::DAYS;
use crate::curves::Sums;
use crate::threads::on_threads;
use lamella_trajectory::filter::{Curve, Day, Posterior};
use lamella_trajectory::prior::{CLASSES, GROUPS, PROFILES, Prior, SIGMAS};

/// With fewer people weights are not refitted. Design, section 8: about 200.
pub const ENOUGH_PEOPLE: usize = 200;

/// With fewer rated days a person says too little to count among them. Assumed.
pub const ENOUGH_DAYS: usize = 28;

/// With fewer patient-years thresholds are not found anew: of one in five years, sixty cases are then expected. Design, section 6.
pub const ENOUGH_YEARS: f64 = 300.0;

/// The former weights count as so many people, so that what nobody here happens to be stays possible. Assumed.
const FORMER_COUNTS: f64 = 5.0;
/// Weights have settled when none moves by more than this.
const SETTLED: f64 = 1e-7;
/// … or after so many steps.
const STEPS: usize = 5000;
/// Another round is worth it while the last one made a person's answers likelier by this, in natural logarithms.
const WORTH: f64 = 0.25;
/// A step of a shared constant, on the scale that it is moved on.
const STEP: f64 = 0.2;
/// How often a step of the curves is halved before they stay.
const HALVINGS: i32 = 3;
/// A person's curve is taken as it is known after so many days: its slowest term has faded to a thousandth by then.
const CURVE_DAYS: i32 = 730;
/// Groups below this weight are dropped where only the sum over all counts.
const FAINT: f64 = 1e-6;

/// One of the clinic's people, as the reading knows them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Person {
    /// The intake rating.
    pub intake: Option<u8>,
    /// Rated days, rising.
    pub days: Vec<Day>,
    /// The first day under care since the procedure: before it no case could open here.
    pub from: i32,
}

impl Person {
    /// Patient-years under care: up to the last rated day.
    pub fn years(&self) -> f64 {
        let until = self.days.last().map_or(self.from, |day| day.day + 1);
        f64::from((until - self.from).max(0)) / f64::from(DAYS)
    }
}

/// The weights of the grid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// Of each recovery course: responders, others.
    pub classes: [f64; CLASSES],
    /// Of each personal standard deviation.
    pub sigmas: [f64; SIGMAS],
    /// Of each flare profile.
    pub profiles: [f64; PROFILES],
}

impl Weights {
    /// Those of a prior.
    pub fn of(prior: &Prior) -> Weights {
        Weights { classes: prior.weights, sigmas: prior.params.sigw, profiles: prior.params.prof.map(|[_, _, weight]| weight) }
    }

    /// The prior with these instead.
    pub fn in_place(&self, prior: &Prior) -> Prior {
        let mut with = prior.clone();
        with.weights = self.classes;
        with.params.sigw = self.sigmas;
        for (profile, weight) in with.params.prof.iter_mut().zip(self.profiles) {
            profile[2] = weight;
        }
        with
    }

    /// The weight of each group, in the grid's order.
    fn groups(&self) -> [f64; GROUPS] {
        let mut weights = [0.0; GROUPS];
        let each = self.classes.iter().flat_map(|class| self.sigmas.iter().map(move |sigma| class * sigma));
        let each = each.flat_map(|weight| self.profiles.iter().map(move |profile| weight * profile));
        weights.iter_mut().zip(each).for_each(|(weight, value)| *weight = value);
        weights
    }

    /// Adds a person's share in each group.
    fn add(&mut self, shares: &[f64; GROUPS]) {
        for (place, share) in shares.iter().enumerate() {
            let [class, sigma, profile] = [place / (SIGMAS * PROFILES), place / PROFILES % SIGMAS, place % PROFILES];
            self.classes.get_mut(class).into_iter().for_each(|sum| *sum += share);
            self.sigmas.get_mut(sigma).into_iter().for_each(|sum| *sum += share);
            self.profiles.get_mut(profile).into_iter().for_each(|sum| *sum += share);
        }
    }

    fn map(&self, with: impl Fn(f64) -> f64) -> Weights {
        let Weights { classes, sigmas, profiles } = self;
        Weights { classes: classes.map(&with), sigmas: sigmas.map(&with), profiles: profiles.map(&with) }
    }

    fn farthest(&self, other: &Weights) -> f64 {
        let all = |weights: &Weights| [&weights.classes[..], &weights.sigmas, &weights.profiles].concat();
        all(self).iter().zip(all(other)).map(|(one, other)| (one - other).abs()).fold(0.0, f64::max)
    }
}

/// What a refit found.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// The prior, with the weights and constants of these people.
    pub prior: Prior,
    /// Rounds it took.
    pub rounds: usize,
    /// By how much it makes the answers of a person likelier, in natural logarithms, on average.
    pub gained: f64,
}

/// Refits a prior on these people, in so many rounds at most; without `curves`, the recovery curves stay. The same on any number of
/// threads. `None` where nobody is there, or a day cannot be taken (they rise, ratings are 0–10).
pub fn refit(prior: &Prior, people: &[Person], rounds: usize, curves: bool, threads: usize) -> Option<Fit> {
    let of = |place: u64| people.get(usize::try_from(place).ok()?);
    let likelihood = |prior: &Prior| {
        let each = on_threads(people.len() as u64, threads, |place| {
            let person = of(place)?;
            let mut posterior = Posterior::new(prior, person.intake).ok()?.dropping(FAINT);
            person.days.iter().try_for_each(|day| posterior.step(day.day, day.pain, day.function)).ok()?;
            Some(posterior.log_likelihood() + person.intake.map_or(0.0, |intake| of_intake_in_any(prior, intake)))
        })?;
        (!each.is_empty()).then(|| each.iter().sum::<f64>() / each.len() as f64)
    };
    let before = likelihood(prior)?;
    let mut fit = Fit { prior: prior.clone(), rounds: 0, gained: 0.0 };
    while fit.rounds < rounds {
        let told = on_threads(people.len() as u64, threads, |place| told(&fit.prior, of(place)?))?;
        let with = weights(&fit.prior, &told).in_place(&fit.prior);
        let with = (likelihood(&with)?, with);
        let with = if curves { curved(prior, &fit.prior, with, people, &told, &likelihood)? } else { with };
        let (found, prior) = moved(with, &likelihood)?;
        let worth = found - before - fit.gained >= WORTH;
        fit = Fit { prior, rounds: fit.rounds + 1, gained: found - before };
        if !worth {
            break;
        }
    }
    Some(fit)
}

/// Moves the recovery curves to where the people told they are, or half of the way, or …; only uphill. With how likely the people
/// are then. `former` counts among them, `at` is what they were filtered with.
fn curved(
    former: &Prior,
    at: &Prior,
    (here, from): (f64, Prior),
    people: &[Person],
    told: &[Told],
    likelihood: &impl Fn(&Prior) -> Option<f64>,
) -> Option<(f64, Prior)> {
    let (mut sums, groups) = (Sums::new(former), Weights::of(&from).groups());
    for (person, told) in people.iter().zip(told) {
        let shares = shares(&groups, &told.likelihoods).unwrap_or([0.0; GROUPS]);
        for (group, (share, curve)) in shares.into_iter().zip(&told.curves).enumerate() {
            if let Some(curve) = curve.as_ref().filter(|_| share > FAINT) {
                sums.add(at, group / (SIGMAS * PROFILES), person.intake, told.day, curve, share);
            }
        }
    }
    for halved in 0..=HALVINGS {
        let Some(with) = sums.in_place(&from, libm::ldexp(1.0, -halved)) else { continue };
        let found = likelihood(&with)?;
        if found > here {
            return Some((found, with));
        }
    }
    Some((here, from))
}

/// A constant that groups share, and the scale that it is moved on.
struct Shared {
    of: fn(&mut Prior) -> &mut f64,
    scale: Scale,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Scale {
    /// Between 0 and 1: log odds.
    Share,
    /// Above 0: logarithms.
    Size,
}

/// What makes noise and flares. The order is that of the search.
const SHARED: [Shared; 8] = [
    Shared { of: |prior| &mut prior.params.phi, scale: Scale::Share },
    Shared { of: |prior| &mut prior.params.rho, scale: Scale::Share },
    Shared { of: |prior| &mut prior.params.flare_mean, scale: Scale::Size },
    Shared { of: |prior| &mut prior.params.flare_var, scale: Scale::Size },
    Shared { of: |prior| &mut prior.params.prof[0][0], scale: Scale::Share },
    Shared { of: |prior| &mut prior.params.prof[0][1], scale: Scale::Share },
    Shared { of: |prior| &mut prior.params.prof[1][0], scale: Scale::Share },
    Shared { of: |prior| &mut prior.params.prof[1][1], scale: Scale::Share },
];

impl Scale {
    fn moved(self, value: f64, by: f64) -> f64 {
        match self {
            Scale::Size => value * libm::exp(by),
            Scale::Share => 1.0 / (1.0 + (1.0 - value) / value * libm::exp(-by)),
        }
    }
}

/// Moves each shared constant to the top of the parabola through three points, or as far as two steps; only uphill. With how
/// likely the people are, before and then.
fn moved(mut best: (f64, Prior), likelihood: &impl Fn(&Prior) -> Option<f64>) -> Option<(f64, Prior)> {
    for shared in &SHARED {
        let (here, from) = best.clone();
        let at = |by: f64| {
            let mut with = from.clone();
            let value = (shared.of)(&mut with);
            *value = shared.scale.moved(*value, by);
            Some((likelihood(&with)?, with))
        };
        let (down, up) = (at(-STEP)?, at(STEP)?);
        let bend = down.0 + up.0 - 2.0 * here;
        let top = match bend < 0.0 {
            true => (0.5 * STEP * (down.0 - up.0) / bend).clamp(-2.0 * STEP, 2.0 * STEP),
            false => {
                if up.0 > down.0 {
                    2.0 * STEP
                } else {
                    -2.0 * STEP
                }
            }
        };
        let top = at(top)?;
        best = [down, up, top].into_iter().fold(best, |best, found| if found.0 > best.0 { found } else { best });
    }
    Some(best)
}

/// What a person's answers tell within each group, in the grid's order.
#[derive(Debug, Clone, PartialEq)]
struct Told {
    /// Natural logarithms of their likelihood, each up to the same constant.
    likelihoods: [f64; GROUPS],
    /// The recovery curve.
    curves: [Option<Curve>; GROUPS],
    /// The day that it is known by.
    day: i32,
}

/// Filters a person in each group alone. `None` where a day cannot be taken (they rise, ratings are 0–10).
fn told(prior: &Prior, person: &Person) -> Option<Told> {
    let mut told = Told { likelihoods: [f64::NEG_INFINITY; GROUPS], curves: [None; GROUPS], day: 0 };
    let (early, late) = person.days.split_at(person.days.partition_point(|day| day.day <= CURVE_DAYS));
    for (place, (likelihood, curve)) in told.likelihoods.iter_mut().zip(&mut told.curves).enumerate() {
        let mut alone = Weights { classes: [0.0; CLASSES], sigmas: [0.0; SIGMAS], profiles: [0.0; PROFILES] };
        let mut shares = [0.0; GROUPS];
        *shares.get_mut(place)? = 1.0;
        alone.add(&shares);
        let mut posterior = Posterior::new(&alone.in_place(prior), person.intake).ok()?;
        early.iter().try_for_each(|day| posterior.step(day.day, day.pain, day.function)).ok()?;
        (*curve, told.day) = (posterior.curve(), posterior.day());
        late.iter().try_for_each(|day| posterior.step(day.day, day.pain, day.function)).ok()?;
        let class = place / (SIGMAS * PROFILES);
        let found = posterior.log_likelihood() + person.intake.map_or(0.0, |intake| of_intake(prior, class, intake));
        *likelihood = if found.is_finite() { found } else { f64::NEG_INFINITY };
    }
    Some(told)
}

/// Log density of an intake rating within a class, up to a constant (design, 2.2).
fn of_intake(prior: &Prior, class: usize, intake: u8) -> f64 {
    let mean = prior.mean.get(class).map_or(0.0, |mean| mean[4]);
    let variance = prior.cov.get(class).map_or(1.0, |cov| cov[4][4]) + prior.baseline_obs_var;
    let off = f64::from(intake) - mean;
    -0.5 * (libm::log(variance) + off * off / variance)
}

/// The same of people of either class.
fn of_intake_in_any(prior: &Prior, intake: u8) -> f64 {
    let each = prior.weights.iter().enumerate().map(|(class, weight)| weight * libm::exp(of_intake(prior, class, intake)));
    libm::log(each.sum())
}

/// The weights of the grid that make these people most likely, from those of `prior`.
fn weights(prior: &Prior, people: &[Told]) -> Weights {
    let former = Weights::of(prior);
    let mut weights = former;
    for _ in 0..STEPS {
        let mut sums = former.map(|weight| weight * FORMER_COUNTS);
        let groups = weights.groups();
        people.iter().filter_map(|person| shares(&groups, &person.likelihoods)).for_each(|shares| sums.add(&shares));
        let total: f64 = sums.classes.iter().sum();
        let next = sums.map(|sum| sum / total);
        let moved = next.farthest(&weights);
        weights = next;
        if moved < SETTLED {
            break;
        }
    }
    weights
}

/// What share of a person belongs to each group. `None` where no group can be.
fn shares(groups: &[f64; GROUPS], person: &[f64; GROUPS]) -> Option<[f64; GROUPS]> {
    let most = person.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if !most.is_finite() {
        return None;
    }
    let mut shares = [0.0; GROUPS];
    for ((share, likelihood), weight) in shares.iter_mut().zip(person).zip(groups) {
        *share = weight * libm::exp(likelihood - most);
    }
    let total: f64 = shares.iter().sum();
    Some(shares.map(|share| share / total))
}
