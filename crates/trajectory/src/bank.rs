//! The bank of filters: for each of twenty groups, one Gaussian per mode (calm, flare, lasting change), mixed once a day.
//!
//! The state of a component is what adds up to today's pain: the four terms of the recovery curve *at their value today*
//! (c₀, c₁e^(−t/8), c₂e^(−t/30), c₃e^(−t/100)), the short-memory deviation u, the person's function offset b, the lasting change D.
//! Keeping the decayed terms instead of the coefficients makes a day's passing a scaling by constants and the pain rating a
//! plain sum. D comes last because calm and flare do not have it. Covariances are lower triangles, row by row; every number
//! is a lane per group (`lanes`). While no function was ever rated, b is independent of all else and its row is left alone.
// Numeric kernel: every array has a fixed size and every index is a loop's own bound.
#![allow(clippy::indexing_slicing, clippy::needless_range_loop)]

use serde::{Deserialize, Serialize};

use crate::lanes::{Lanes, rating};
use crate::prior::{CLASSES, GROUPS, PROFILES, Prior, SIGMAS};

/// Terms of the recovery curve; they come first in the state.
pub(crate) const CURVE: usize = 4;
/// The short-memory deviation.
pub(crate) const U: usize = 4;
/// The function offset.
pub(crate) const B: usize = 5;
/// The lasting change.
pub(crate) const D: usize = 6;
/// Length of the state without and with the lasting change, and of their triangles.
const SHORT: usize = 6;
const LONG: usize = 7;
const SHORT_TRIANGLE: usize = SHORT * (SHORT + 1) / 2;
const LONG_TRIANGLE: usize = LONG * (LONG + 1) / 2;

/// Modes: calm, flare, lasting change.
pub(crate) const CALM: usize = 0;
pub(crate) const FLARE: usize = 1;
pub(crate) const LASTING: usize = 2;

/// How much of the short-memory deviation reaches function: a constant of its own, not φ (design 2.1).
const DEVIATION_IN_FUNCTION: f64 = 0.7;
/// A decaying term counts as gone after so many of its time constants (e^-138 ≈ 1e-60): what stays of it would only be slow
/// to add, never seen.
const GONE_AFTER: f64 = 138.0;
/// A group this unlikely (a ratio of 1e-250) is gone: far beyond what any later rating could bring back in double precision.
const LEAST_WEIGHT: f64 = 1e-250;

/// Where entry (i, j), i ≥ j, stands in a triangle.
pub(crate) const fn at(i: usize, j: usize) -> usize {
    i * (i + 1) / 2 + j
}

/// Which question was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channel {
    Pain,
    Function,
}

/// The constants of the model, one lane per group where they differ by group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Constants {
    /// Chances a day: calm → flare, flare → calm.
    flare_starts: Lanes,
    flare_ends: Lanes,
    /// Chances a day: calm → lasting, flare → lasting, lasting → calm; zero in the two-mode bank.
    p_cd: f64,
    p_fd: f64,
    p_dc: f64,
    /// What a day leaves of each part of the state.
    keeps: [f64; LONG],
    level_walk: f64,
    deviation_walk: Lanes,
    flare: (f64, f64),
    lasting: (f64, f64),
    lasting_drift: f64,
    lasting_walk: f64,
    pain_noise: Lanes,
    function_noise: Lanes,
    lam: f64,
    /// The day from which each decaying term is gone.
    gone: [i32; 3],
}

/// The bank. `MODES` = 3 judges; `MODES` = 2 (no lasting change) draws the expected band.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Bank<const MODES: usize> {
    constants: Constants,
    /// Day since the procedure.
    pub day: i32,
    /// Whether function was ever rated.
    functions: bool,
    /// Weight per group; they sum to 1.
    pub weight: Lanes,
    /// Probability of each mode within a group; they sum to 1.
    pub mode: [Lanes; 3],
    pub calm: Short,
    pub flare: Short,
    pub lasting: Long,
    pub log_likelihood: f64,
}

/// Mean and covariance of a component without a lasting change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Short {
    pub x: [Lanes; SHORT],
    pub p: [Lanes; SHORT_TRIANGLE],
}

/// Mean and covariance of a component with one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Long {
    pub x: [Lanes; LONG],
    pub p: [Lanes; LONG_TRIANGLE],
}

impl<const MODES: usize> Bank<MODES> {
    /// Day 0: the cohort's curves, moved by the intake rating if there is one; everyone calm.
    pub fn new(prior: &Prior, intake: Option<u8>) -> Bank<MODES> {
        let classes = [0, 1].map(|class| Start::new(prior, class, intake));
        let total: f64 = if intake.is_some() { classes.iter().map(|start| start.weight).sum() } else { 1.0 };
        let mut weight = [0.0; GROUPS];
        let mut short = Short { x: [[0.0; GROUPS]; SHORT], p: [[0.0; GROUPS]; SHORT_TRIANGLE] };
        for g in 0..GROUPS {
            let (class, sigma, profile) = parts(g);
            let start = &classes[class];
            weight[g] = start.weight / total * prior.params.sigw[sigma] * prior.params.prof[profile][2];
            for i in 0..CURVE {
                short.x[i][g] = start.mean[i];
                for j in 0..=i {
                    short.p[at(i, j)][g] = start.cov[i][j];
                }
            }
            short.p[at(U, U)][g] = prior.params.rho * prior.sigma_grid[sigma] * prior.sigma_grid[sigma];
            short.x[B][g] = prior.params.bf;
            short.p[at(B, B)][g] = prior.params.vbf;
        }
        let mut lasting = Long { x: [[0.0; GROUPS]; LONG], p: [[0.0; GROUPS]; LONG_TRIANGLE] };
        lasting.x[..SHORT].copy_from_slice(&short.x);
        lasting.p[..SHORT_TRIANGLE].copy_from_slice(&short.p);
        Bank {
            constants: Constants::new::<MODES>(prior),
            day: 0,
            functions: false,
            weight,
            mode: [[1.0; GROUPS], [0.0; GROUPS], [0.0; GROUPS]],
            calm: short.clone(),
            flare: short,
            lasting,
            log_likelihood: 0.0,
        }
    }

    /// One day passes.
    pub fn predict(&mut self) {
        self.day += 1;
        if self.functions {
            self.mix::<true>()
        } else {
            self.mix::<false>()
        }
        for term in 0..3 {
            if self.day == self.constants.gone[term] {
                self.forget(1 + term);
            }
        }
    }

    /// A question was answered with `k`, 0–10.
    pub fn observe(&mut self, channel: Channel, k: u8) {
        match channel {
            Channel::Pain if self.functions => self.update::<false, true>(k),
            Channel::Pain => self.update::<false, false>(k),
            Channel::Function => {
                self.functions = true;
                self.update::<true, true>(k);
            }
        }
    }

    /// Interaction, then time (design 2.3, steps 1 and 2). Means and covariances of the mixtures are written with differences
    /// of pairs, Σ μᵢμₖ (xᵢ−xₖ)(xᵢ−xₖ)ᵀ over i < k, which is what Σ μᵢ (xᵢ−x)(xᵢ−x)ᵀ is and needs no second pass.
    fn mix<const FUNCTION: bool>(&mut self) {
        let c = &self.constants;
        let w = Mixing::new(c, &mut self.mode);
        let (calm, flare, lasting) = (&mut self.calm, &mut self.flare, &mut self.lasting);
        let mut d01 = [[0.0; GROUPS]; SHORT];
        let mut d02 = [[0.0; GROUPS]; SHORT];
        let mut d12 = [[0.0; GROUPS]; SHORT];
        for i in 0..SHORT {
            if i == B && !FUNCTION {
                continue;
            }
            for g in 0..GROUPS {
                let (x0, x1, x2) = (calm.x[i][g], flare.x[i][g], lasting.x[i][g]);
                d01[i][g] = x0 - x1;
                d02[i][g] = x0 - x2;
                d12[i][g] = x1 - x2;
                calm.x[i][g] = c.keeps[i] * (w.to_calm[0][g] * x0 + w.to_calm[1][g] * x1 + w.to_calm[2][g] * x2);
                flare.x[i][g] = c.keeps[i] * (w.to_flare[0][g] * x0 + w.to_flare[1][g] * x1);
                if MODES == 3 {
                    lasting.x[i][g] = c.keeps[i] * (w.to_lasting[0][g] * x0 + w.to_lasting[1][g] * x1 + w.to_lasting[2][g] * x2);
                }
            }
        }
        for i in 0..SHORT {
            if i == B && !FUNCTION {
                continue;
            }
            for j in 0..=i {
                let (entry, keeps) = (at(i, j), c.keeps[i] * c.keeps[j]);
                for g in 0..GROUPS {
                    let (p0, p1) = (calm.p[entry][g], flare.p[entry][g]);
                    let q01 = d01[i][g] * d01[j][g];
                    let mut to_calm = w.to_calm[0][g] * p0 + w.to_calm[1][g] * p1 + w.calm_01[g] * q01;
                    if MODES == 3 {
                        let p2 = lasting.p[entry][g];
                        let (q02, q12) = (d02[i][g] * d02[j][g], d12[i][g] * d12[j][g]);
                        to_calm += w.to_calm[2][g] * p2 + w.calm_02[g] * q02 + w.calm_12[g] * q12;
                        lasting.p[entry][g] = keeps
                            * (w.to_lasting[0][g] * p0
                                + w.to_lasting[1][g] * p1
                                + w.to_lasting[2][g] * p2
                                + w.lasting_01[g] * q01
                                + w.lasting_02[g] * q02
                                + w.lasting_12[g] * q12);
                    }
                    calm.p[entry][g] = keeps * to_calm;
                    flare.p[entry][g] = keeps * (w.to_flare[0][g] * p0 + w.to_flare[1][g] * p1 + w.flare_01[g] * q01);
                }
            }
        }
        if MODES == 3 {
            let (mean, variance) = c.lasting;
            for g in 0..GROUPS {
                let fresh = w.to_lasting[0][g] + w.to_lasting[1][g];
                let apart = mean - lasting.x[D][g];
                for j in 0..SHORT {
                    if j == B && !FUNCTION {
                        continue;
                    }
                    let p = &mut lasting.p[at(D, j)][g];
                    let pairs = w.lasting_02[g] * d02[j][g] + w.lasting_12[g] * d12[j][g];
                    *p = c.keeps[j] * (w.to_lasting[2][g] * *p + apart * pairs);
                }
                let p = &mut lasting.p[at(D, D)][g];
                *p = fresh * variance + w.to_lasting[2][g] * *p + (w.lasting_02[g] + w.lasting_12[g]) * (apart * apart) + c.lasting_walk;
                lasting.x[D][g] = fresh * mean + w.to_lasting[2][g] * lasting.x[D][g] + c.lasting_drift;
                lasting.p[at(0, 0)][g] += c.level_walk;
                lasting.p[at(U, U)][g] += c.deviation_walk[g];
            }
        }
        for g in 0..GROUPS {
            calm.p[at(0, 0)][g] += c.level_walk;
            calm.p[at(U, U)][g] += c.deviation_walk[g];
            flare.p[at(0, 0)][g] += c.level_walk;
            flare.p[at(U, U)][g] += c.deviation_walk[g];
        }
    }

    /// The answer's weight on modes and groups, and its pull on every component (design 2.3, steps 3 and 4).
    fn update<const ON_FUNCTION: bool, const FUNCTION: bool>(&mut self, k: u8) {
        let c = &self.constants;
        let noise = if ON_FUNCTION { &c.function_noise } else { &c.pain_noise };
        let (flare_mean, flare_var) = if ON_FUNCTION { (c.lam * c.flare.0, c.lam * c.lam * c.flare.1) } else { c.flare };
        let calm = pull::<SHORT, SHORT_TRIANGLE, ON_FUNCTION, FUNCTION>(&mut self.calm.x, &mut self.calm.p, c.lam, noise, 0.0, 0.0, k);
        let flare = pull::<SHORT, SHORT_TRIANGLE, ON_FUNCTION, FUNCTION>(
            &mut self.flare.x,
            &mut self.flare.p,
            c.lam,
            noise,
            flare_mean,
            flare_var,
            k,
        );
        let lasting = if MODES == 3 {
            pull::<LONG, LONG_TRIANGLE, ON_FUNCTION, FUNCTION>(&mut self.lasting.x, &mut self.lasting.p, c.lam, noise, 0.0, 0.0, k)
        } else {
            [0.0; GROUPS]
        };
        self.reweigh(&calm, &flare, &lasting);
    }

    fn reweigh(&mut self, calm: &Lanes, flare: &Lanes, lasting: &Lanes) {
        let mut total = 0.0;
        for g in 0..GROUPS {
            let joint = [self.mode[CALM][g] * calm[g], self.mode[FLARE][g] * flare[g], self.mode[LASTING][g] * lasting[g]];
            let sum = joint[0] + joint[1] + joint[2];
            for j in 0..3 {
                self.mode[j][g] = joint[j] / sum;
            }
            self.weight[g] *= sum;
            total += self.weight[g];
        }
        for g in 0..GROUPS {
            let weight = self.weight[g] / total;
            self.weight[g] = if weight < LEAST_WEIGHT { 0.0 } else { weight };
        }
        self.log_likelihood += libm::log(total);
    }

    /// A term of the curve that has decayed away.
    fn forget(&mut self, term: usize) {
        for i in 0..LONG {
            let entry = if i < term { at(term, i) } else { at(i, term) };
            self.lasting.p[entry] = [0.0; GROUPS];
            if i < SHORT {
                self.calm.p[entry] = [0.0; GROUPS];
                self.flare.p[entry] = [0.0; GROUPS];
            }
        }
        self.calm.x[term] = [0.0; GROUPS];
        self.flare.x[term] = [0.0; GROUPS];
        self.lasting.x[term] = [0.0; GROUPS];
    }

    /// What `ahead` days leave of each part of the state.
    pub fn keeps(&self, ahead: u32) -> [f64; LONG] {
        self.constants.keeps.map(|keeps| power(keeps, ahead))
    }

    /// Variance of the level's walk over `ahead` days.
    pub fn level_walk(&self, ahead: u32) -> f64 {
        f64::from(ahead) * self.constants.level_walk
    }

    /// Variance of the short-memory deviation's own moves over `ahead` days, given φ^ahead.
    pub fn deviation_walk(&self, group: usize, phi_ahead: f64) -> f64 {
        let phi = self.constants.keeps[U];
        self.constants.deviation_walk[group] / (1.0 - phi * phi) * (1.0 - phi_ahead * phi_ahead)
    }

    /// Noise of a pain rating in this group, and mean and variance of what a flare adds.
    pub fn pain(&self, group: usize) -> (f64, (f64, f64)) {
        (self.constants.pain_noise[group], self.constants.flare)
    }

    /// Chances a day of a flare's start and end in this group.
    pub fn flare_chances(&self, group: usize) -> (f64, f64) {
        (self.constants.flare_starts[group], self.constants.flare_ends[group])
    }
}

/// x multiplied `times` times, by squaring.
pub(crate) fn power(x: f64, times: u32) -> f64 {
    let (mut result, mut base, mut left) = (1.0, x, times);
    while left > 0 {
        if left & 1 == 1 {
            result *= base;
        }
        base *= base;
        left >>= 1;
    }
    result
}

/// The class, the standard deviation and the flare profile of a group.
pub(crate) fn parts(group: usize) -> (usize, usize, usize) {
    (group / (SIGMAS * PROFILES), group / PROFILES % SIGMAS, group % PROFILES)
}

/// Whether a group belongs to the responders.
pub(crate) fn responds(group: usize) -> bool {
    parts(group).0 == 0
}

impl Constants {
    fn new<const MODES: usize>(prior: &Prior) -> Constants {
        let p = &prior.params;
        let sigma = |g: usize| prior.sigma_grid[parts(g).1];
        let lasting = if MODES == 3 { 1.0 } else { 0.0 };
        let [short, middle, long] = prior.tau.map(|tau| libm::exp(-1.0 / tau));
        Constants {
            flare_starts: lanes(|g| p.prof[parts(g).2][0]),
            flare_ends: lanes(|g| p.prof[parts(g).2][1]),
            p_cd: p.p_cd * lasting,
            p_fd: p.p_fd * lasting,
            p_dc: p.p_dc * lasting,
            keeps: [1.0, short, middle, long, p.phi, 1.0, 1.0],
            level_walk: p.q0,
            deviation_walk: lanes(|g| (1.0 - p.phi * p.phi) * p.rho * sigma(g) * sigma(g)),
            flare: (p.flare_mean, p.flare_var),
            lasting: (p.lasting_mean, p.lasting_var),
            lasting_drift: p.lasting_drift,
            lasting_walk: p.lasting_walk,
            pain_noise: lanes(|g| (1.0 - p.rho) * sigma(g) * sigma(g)),
            function_noise: lanes(|g| (p.kf * sigma(g)) * (p.kf * sigma(g))),
            lam: p.lam,
            gone: prior.tau.map(|tau| (GONE_AFTER * tau) as i32),
        }
    }
}

fn lanes(value: impl Fn(usize) -> f64) -> Lanes {
    let mut lanes = [0.0; GROUPS];
    for g in 0..GROUPS {
        lanes[g] = value(g);
    }
    lanes
}

/// One class's curve on day 0, given the intake rating (design 2.2).
struct Start {
    weight: f64,
    mean: [f64; CURVE],
    cov: [[f64; CURVE]; CURVE],
}

impl Start {
    fn new(prior: &Prior, class: usize, intake: Option<u8>) -> Start {
        let (m, c) = (&prior.mean[class % CLASSES], &prior.cov[class % CLASSES]);
        let mut start = Start { weight: prior.weights[class % CLASSES], mean: [m[0], m[1], m[2], m[3]], cov: [[0.0; CURVE]; CURVE] };
        for i in 0..CURVE {
            start.cov[i].copy_from_slice(&c[i][..CURVE]);
        }
        let Some(rated) = intake else { return start };
        let variance = c[4][4] + prior.baseline_obs_var;
        let surprise = f64::from(rated) - m[4];
        for i in 0..CURVE {
            let gain = c[i][4] / variance;
            start.mean[i] += gain * surprise;
            for j in 0..CURVE {
                start.cov[i][j] -= gain * c[4][j];
            }
        }
        start.weight *= libm::exp(-0.5 * surprise * surprise / variance) / libm::sqrt(2.0 * core::f64::consts::PI * variance);
        start
    }
}

/// Where a day's mixing takes each mode from: weights that sum to 1 per target, and their products by pairs.
struct Mixing {
    to_calm: [Lanes; 3],
    to_flare: [Lanes; 2],
    to_lasting: [Lanes; 3],
    calm_01: Lanes,
    calm_02: Lanes,
    calm_12: Lanes,
    flare_01: Lanes,
    lasting_01: Lanes,
    lasting_02: Lanes,
    lasting_12: Lanes,
}

impl Mixing {
    /// Moves the mode probabilities on by a day and says where each came from.
    fn new(c: &Constants, mode: &mut [Lanes; 3]) -> Mixing {
        const NONE: Lanes = [0.0; GROUPS];
        let mut m = Mixing {
            to_calm: [NONE; 3],
            to_flare: [NONE; 2],
            to_lasting: [NONE; 3],
            calm_01: NONE,
            calm_02: NONE,
            calm_12: NONE,
            flare_01: NONE,
            lasting_01: NONE,
            lasting_02: NONE,
            lasting_12: NONE,
        };
        for g in 0..GROUPS {
            let (calm, flare, lasting) = (mode[CALM][g], mode[FLARE][g], mode[LASTING][g]);
            let (starts, ends) = (c.flare_starts[g], c.flare_ends[g]);
            let from = [calm * (1.0 - starts - c.p_cd), flare * ends, lasting * c.p_dc];
            let sum = from[0] + from[1] + from[2];
            let over = inverse(sum);
            mode[CALM][g] = sum;
            let [a, b, d] = [from[0] * over, from[1] * over, from[2] * over];
            (m.to_calm[0][g], m.to_calm[1][g], m.to_calm[2][g]) = (a, b, d);
            (m.calm_01[g], m.calm_02[g], m.calm_12[g]) = (a * b, a * d, b * d);

            let from = [calm * starts, flare * (1.0 - ends - c.p_fd)];
            let sum = from[0] + from[1];
            let over = inverse(sum);
            mode[FLARE][g] = sum;
            let [a, b] = [from[0] * over, from[1] * over];
            (m.to_flare[0][g], m.to_flare[1][g]) = (a, b);
            m.flare_01[g] = a * b;

            let from = [calm * c.p_cd, flare * c.p_fd, lasting * (1.0 - c.p_dc)];
            let sum = from[0] + from[1] + from[2];
            let over = inverse(sum);
            mode[LASTING][g] = sum;
            let [a, b, d] = [from[0] * over, from[1] * over, from[2] * over];
            (m.to_lasting[0][g], m.to_lasting[1][g], m.to_lasting[2][g]) = (a, b, d);
            (m.lasting_01[g], m.lasting_02[g], m.lasting_12[g]) = (a * b, a * d, b * d);
        }
        m
    }
}

/// 1 / x, and 0 of 0: a mode that nothing leads to has no origin.
#[inline(always)]
fn inverse(x: f64) -> f64 {
    if x > 0.0 { 1.0 / x } else { 0.0 }
}

/// The pull of a rating on one mode's components; answers its probability per group.
///
/// With s = PHᵀ, w = HPHᵀ, v = w + noise and the shrink factor q = (1 − r)/v, the covariance becomes P − q s sᵀ. That is a
/// Kalman update with gain K = q s under a noise of 1/q − w, here in Joseph's form: M = P − K sᵀ, P' = M − (M Hᵀ) Kᵀ + K noise Kᵀ,
/// with M Hᵀ summed from the rounded M, so that the direction just measured keeps a variance above zero.
#[allow(clippy::too_many_arguments)]
fn pull<const N: usize, const T: usize, const ON_FUNCTION: bool, const FUNCTION: bool>(
    x: &mut [Lanes; N],
    p: &mut [Lanes; T],
    lam: f64,
    noise: &Lanes,
    extra_mean: f64,
    extra_var: f64,
    k: u8,
) -> Lanes {
    let mut s = [[0.0; GROUPS]; N];
    for i in 0..N {
        if i == B && !FUNCTION {
            continue;
        }
        s[i] = seen::<ON_FUNCTION>(lam, |j, g| p[if i < j { at(j, i) } else { at(i, j) }][g], N);
    }
    let mut mean = seen::<ON_FUNCTION>(lam, |j, g| x[j][g], N);
    let w = seen::<ON_FUNCTION>(lam, |j, g| s[j][g], N);
    let mut v = [0.0; GROUPS];
    for g in 0..GROUPS {
        mean[g] += extra_mean;
        v[g] = w[g] + (noise[g] + extra_var);
    }
    let said = rating(k, &mean, &v);
    for i in 0..N {
        for g in 0..GROUPS {
            x[i][g] += s[i][g] * said.shift[g];
        }
    }
    shrink::<N, T, ON_FUNCTION, FUNCTION>(p, lam, &s, &w, &said.shrink);
    said.p
}

/// The covariance after a rating, in Joseph's form.
#[inline(always)]
fn shrink<const N: usize, const T: usize, const ON_FUNCTION: bool, const FUNCTION: bool>(
    p: &mut [Lanes; T],
    lam: f64,
    s: &[Lanes; N],
    w: &Lanes,
    q: &Lanes,
) {
    let mut gain = [[0.0; GROUPS]; N];
    for i in 0..N {
        if i == B && !FUNCTION {
            continue;
        }
        for g in 0..GROUPS {
            gain[i][g] = s[i][g] * q[g];
        }
        for j in 0..=i {
            for g in 0..GROUPS {
                p[at(i, j)][g] -= gain[i][g] * s[j][g];
            }
        }
    }
    // K noise − M Hᵀ, all of it rounding: noise · K = (1/q − w) q s.
    let mut left = [[0.0; GROUPS]; N];
    for i in 0..N {
        if i == B && !FUNCTION {
            continue;
        }
        left[i] = seen::<ON_FUNCTION>(lam, |j, g| p[if i < j { at(j, i) } else { at(i, j) }][g], N);
        for g in 0..GROUPS {
            left[i][g] = (1.0 - q[g] * w[g]) * s[i][g] - left[i][g];
        }
    }
    for i in 0..N {
        if i == B && !FUNCTION {
            continue;
        }
        for j in 0..=i {
            for g in 0..GROUPS {
                p[at(i, j)][g] += left[i][g] * gain[j][g];
            }
        }
    }
}

/// H·y for y given by part and lane: what the question sees of the state.
#[inline(always)]
fn seen<const ON_FUNCTION: bool>(lam: f64, y: impl Fn(usize, usize) -> f64, length: usize) -> Lanes {
    let mut sum = [0.0; GROUPS];
    for g in 0..GROUPS {
        let curve = (y(0, g) + y(1, g)) + (y(2, g) + y(3, g));
        let lasting = if length > D { y(D, g) } else { 0.0 };
        sum[g] = if ON_FUNCTION {
            lam * (curve + DEVIATION_IN_FUNCTION * y(U, g) + lasting) + y(B, g)
        } else if length > D {
            curve + y(U, g) + lasting
        } else {
            curve + y(U, g)
        };
    }
    sum
}
