//! Four groups side by side: a day passes over them, a question looks at them, its answer pulls them.
//!
//! The state of a component is what adds up to today's pain: the four terms of the recovery curve *at their value today*
//! (c₀, c₁e^(−t/8), c₂e^(−t/30), c₃e^(−t/100)), the short-memory deviation u, the person's function offset b, the lasting change D.
//! Keeping the decayed terms instead of the coefficients makes a day's passing a scaling by constants and the pain rating a
//! plain sum. D comes last because calm and flare do not have it. Covariances are lower triangles, row by row. While no
//! function was ever rated, b is independent of all else and its row is left alone.
//!
//! Every statement works on four neighbours at once, for vector registers.
// Numeric kernel: every array has a fixed size and every index is a loop's own bound.
#![allow(clippy::indexing_slicing, clippy::needless_range_loop)]

use serde::{Deserialize, Serialize};

use crate::prior::{CLASSES, PROFILES, Prior, SIGMAS};

/// Groups side by side.
pub(crate) const LANES: usize = 4;
/// One number for each of four groups.
pub(crate) type Lanes = [f64; LANES];

/// Terms of the recovery curve; they come first in the state.
pub(crate) const CURVE: usize = 4;
/// The short-memory deviation.
pub(crate) const U: usize = 4;
/// The function offset.
pub(crate) const B: usize = 5;
/// The lasting change.
pub(crate) const D: usize = 6;
/// Length of the state without and with the lasting change, and of their triangles.
pub(crate) const SHORT: usize = 6;
pub(crate) const LONG: usize = 7;
const SHORT_TRIANGLE: usize = SHORT * (SHORT + 1) / 2;
const LONG_TRIANGLE: usize = LONG * (LONG + 1) / 2;

/// Modes: calm, flare, lasting change.
pub(crate) const CALM: usize = 0;
pub(crate) const FLARE: usize = 1;
pub(crate) const LASTING: usize = 2;

/// How much of the short-memory deviation reaches function: a constant of its own, not φ (design 2.1).
const DEVIATION_IN_FUNCTION: f64 = 0.7;
/// Where entry (i, j), i ≥ j, stands in a triangle.
pub(crate) const fn at(i: usize, j: usize) -> usize {
    if i < j { j * (j + 1) / 2 + i } else { i * (i + 1) / 2 + j }
}

/// The constants of the model that all groups share.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Constants {
    /// Chances a day: calm → lasting, flare → lasting, lasting → calm; zero in the two-mode bank.
    pub p_cd: f64,
    pub p_fd: f64,
    pub p_dc: f64,
    /// What a day leaves of each part of the state.
    pub keeps: [f64; LONG],
    pub level_walk: f64,
    /// Mean and variance of what a flare adds, and of a lasting change on its first day.
    pub flare: (f64, f64),
    pub lasting: (f64, f64),
    pub lasting_drift: f64,
    pub lasting_walk: f64,
    pub lam: f64,
    /// The day from which each decaying term is gone.
    pub gone: [i32; 3],
    /// Groups below this weight are dropped for good; 0 drops none.
    pub drops_below: f64,
}

/// Four groups.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Block {
    /// Chances a day: calm → flare, flare → calm.
    pub flare_starts: Lanes,
    pub flare_ends: Lanes,
    /// Variance a day of the deviation's own moves; noise of each rating.
    pub deviation_walk: Lanes,
    pub pain_noise: Lanes,
    pub function_noise: Lanes,
    /// 1 where the course is a responder's.
    pub responds: Lanes,
    /// The person's own standard deviation.
    pub swing: Lanes,
    /// Weight per group; all weights sum to 1.
    pub weight: Lanes,
    /// Probability of each mode within a group; they sum to 1.
    pub mode: [Lanes; 3],
    pub calm: Short,
    pub flare: Short,
    pub lasting: Long,
}

/// Mean and covariance of a component without a lasting change.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Short {
    pub x: [Lanes; SHORT],
    pub p: [Lanes; SHORT_TRIANGLE],
}

/// Mean and covariance of a component with one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Long {
    pub x: [Lanes; LONG],
    pub p: [Lanes; LONG_TRIANGLE],
}

/// One class's curve on day 0, given the intake rating (design 2.2).
pub(crate) struct Start {
    pub weight: f64,
    pub mean: [f64; CURVE],
    pub cov: [[f64; CURVE]; CURVE],
}

impl Start {
    pub(crate) fn new(prior: &Prior, class: usize, intake: Option<u8>) -> Start {
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

/// The class, the standard deviation and the flare profile of a group.
pub(crate) fn parts(group: usize) -> (usize, usize, usize) {
    (group / (SIGMAS * PROFILES), group / PROFILES % SIGMAS, group % PROFILES)
}

/// What a question sees of one block: per mode s = PHᵀ, w = HPHᵀ, and mean and variance of the rating to come.
#[derive(Clone, Copy)]
pub(crate) struct View {
    pub calm: [Lanes; SHORT],
    pub flare: [Lanes; SHORT],
    pub lasting: [Lanes; LONG],
    pub w: [Lanes; 3],
    pub mean: [Lanes; 3],
    pub variance: [Lanes; 3],
}

/// What the answer says to one block, per mode.
pub(crate) struct Heard {
    /// Its probability p.
    pub p: [Lanes; 3],
    /// By how much the state moves along its gain vector: e / s.
    pub shift: [Lanes; 3],
    /// By how much its covariance shrinks along it: (1 − r) / v, between 0 and 1 / v.
    pub shrink: [Lanes; 3],
}

const NONE: Lanes = [0.0; LANES];

impl View {
    pub(crate) const EMPTY: View =
        View { calm: [NONE; SHORT], flare: [NONE; SHORT], lasting: [NONE; LONG], w: [NONE; 3], mean: [NONE; 3], variance: [NONE; 3] };
}

impl Heard {
    pub(crate) const EMPTY: Heard = Heard { p: [NONE; 3], shift: [NONE; 3], shrink: [NONE; 3] };
}

impl Block {
    pub(crate) const EMPTY: Block = Block {
        flare_starts: NONE,
        flare_ends: NONE,
        deviation_walk: NONE,
        pain_noise: NONE,
        function_noise: NONE,
        responds: NONE,
        swing: NONE,
        weight: NONE,
        mode: [NONE; 3],
        calm: Short { x: [NONE; SHORT], p: [NONE; SHORT_TRIANGLE] },
        flare: Short { x: [NONE; SHORT], p: [NONE; SHORT_TRIANGLE] },
        lasting: Long { x: [NONE; LONG], p: [NONE; LONG_TRIANGLE] },
    };

    /// Day 0 of one group.
    pub(crate) fn fill(&mut self, l: usize, prior: &Prior, group: usize, start: &Start, weight: f64) {
        let (class, sigma, profile) = parts(group);
        let (p, sigma) = (&prior.params, prior.sigma_grid[sigma]);
        [self.flare_starts[l], self.flare_ends[l], _] = p.prof[profile];
        self.deviation_walk[l] = (1.0 - p.phi * p.phi) * p.rho * sigma * sigma;
        self.pain_noise[l] = (1.0 - p.rho) * sigma * sigma;
        self.function_noise[l] = (p.kf * sigma) * (p.kf * sigma);
        self.responds[l] = if class == 0 { 1.0 } else { 0.0 };
        self.swing[l] = sigma;
        self.weight[l] = weight;
        self.mode[CALM][l] = 1.0;
        let (x, triangle) = (&mut self.calm.x, &mut self.calm.p);
        for i in 0..CURVE {
            x[i][l] = start.mean[i];
            for j in 0..=i {
                triangle[at(i, j)][l] = start.cov[i][j];
            }
        }
        triangle[at(U, U)][l] = p.rho * sigma * sigma;
        x[B][l] = p.bf;
        triangle[at(B, B)][l] = p.vbf;
        self.flare = self.calm;
        self.lasting.x[..SHORT].copy_from_slice(&self.calm.x);
        self.lasting.p[..SHORT_TRIANGLE].copy_from_slice(&self.calm.p);
    }

    /// Becomes what the other is a day later.
    pub(crate) fn pass<const MODES: usize>(&mut self, from: &Block, c: &Constants, functions: bool) {
        if functions && MODES == 3 {
            return self.mix::<MODES, true>(from, c);
        }
        // What is left alone stays as it was.
        *self = *from;
        if functions { self.mix::<MODES, true>(from, c) } else { self.mix::<MODES, false>(from, c) }
    }

    /// Interaction, then time (design 2.3, steps 1 and 2). Covariances of the mixtures are written with differences of pairs,
    /// Σ μᵢμₖ (xᵢ−xₖ)(xᵢ−xₖ)ᵀ over i < k, which is what Σ μᵢ (xᵢ−x)(xᵢ−x)ᵀ is and needs no second pass.
    fn mix<const MODES: usize, const FUNCTION: bool>(&mut self, from: &Block, c: &Constants) {
        // Named one by one: what is added to a block has to say whether it passes on as it is.
        let Block {
            flare_starts,
            flare_ends,
            deviation_walk,
            pain_noise,
            function_noise,
            responds,
            swing,
            weight,
            mode: _,
            calm: _,
            flare: _,
            lasting: _,
        } = from;
        (self.flare_starts, self.flare_ends, self.deviation_walk) = (*flare_starts, *flare_ends, *deviation_walk);
        (self.pain_noise, self.function_noise) = (*pain_noise, *function_noise);
        (self.responds, self.swing, self.weight) = (*responds, *swing, *weight);
        let w = Mixing::new(c, from, &mut self.mode);
        let (calm, flare, lasting) = (&mut self.calm, &mut self.flare, &mut self.lasting);
        let (mut d01, mut d02, mut d12) = ([NONE; SHORT], [NONE; SHORT], [NONE; SHORT]);
        for i in rows::<FUNCTION>(SHORT) {
            let keeps = c.keeps[i];
            let (x0, x1, x2) = (&from.calm.x[i], &from.flare.x[i], &from.lasting.x[i]);
            for l in 0..LANES {
                d01[i][l] = x0[l] - x1[l];
                d02[i][l] = x0[l] - x2[l];
                d12[i][l] = x1[l] - x2[l];
                calm.x[i][l] = keeps * (w.to_calm[0][l] * x0[l] + w.to_calm[1][l] * x1[l] + w.to_calm[2][l] * x2[l]);
                flare.x[i][l] = keeps * (w.to_flare[0][l] * x0[l] + w.to_flare[1][l] * x1[l]);
                lasting.x[i][l] = keeps * (w.to_lasting[0][l] * x0[l] + w.to_lasting[1][l] * x1[l] + w.to_lasting[2][l] * x2[l]);
            }
        }
        for i in rows::<FUNCTION>(SHORT) {
            for j in rows::<FUNCTION>(i + 1) {
                let (entry, keeps) = (at(i, j), c.keeps[i] * c.keeps[j]);
                let (p0, p1, p2) = (&from.calm.p[entry], &from.flare.p[entry], &from.lasting.p[entry]);
                let (mut to_calm, mut to_flare, mut to_lasting) = (NONE, NONE, NONE);
                for l in 0..LANES {
                    let q01 = d01[i][l] * d01[j][l];
                    to_flare[l] = keeps * (w.to_flare[0][l] * p0[l] + w.to_flare[1][l] * p1[l] + w.flare_01[l] * q01);
                    if MODES == 2 {
                        to_calm[l] = keeps * (w.to_calm[0][l] * p0[l] + w.to_calm[1][l] * p1[l] + w.calm_01[l] * q01);
                    } else {
                        let (q02, q12) = (d02[i][l] * d02[j][l], d12[i][l] * d12[j][l]);
                        to_calm[l] = keeps
                            * ((w.to_calm[0][l] * p0[l] + w.to_calm[1][l] * p1[l] + w.to_calm[2][l] * p2[l])
                                + (w.calm_01[l] * q01 + w.calm_02[l] * q02 + w.calm_12[l] * q12));
                        to_lasting[l] = keeps
                            * ((w.to_lasting[0][l] * p0[l] + w.to_lasting[1][l] * p1[l] + w.to_lasting[2][l] * p2[l])
                                + (w.lasting_01[l] * q01 + w.lasting_02[l] * q02 + w.lasting_12[l] * q12));
                    }
                }
                calm.p[entry] = to_calm;
                flare.p[entry] = to_flare;
                if MODES == 3 {
                    lasting.p[entry] = to_lasting;
                }
            }
        }
        for l in 0..LANES {
            for p in [&mut calm.p[..], &mut flare.p[..], &mut lasting.p[..]] {
                p[at(0, 0)][l] += c.level_walk;
                p[at(U, U)][l] += self.deviation_walk[l];
            }
        }
        if MODES == 3 {
            self.change::<FUNCTION>(&from.lasting, c, &w, &d02, &d12);
        }
    }

    /// The lasting change's own row: fresh from calm and flare, carried on from itself.
    #[inline(always)]
    fn change<const FUNCTION: bool>(&mut self, from: &Long, c: &Constants, w: &Mixing, d02: &[Lanes; SHORT], d12: &[Lanes; SHORT]) {
        let (mean, variance) = c.lasting;
        let Long { x, p } = &mut self.lasting;
        let (mut fresh, mut apart) = (NONE, NONE);
        for l in 0..LANES {
            fresh[l] = w.to_lasting[0][l] + w.to_lasting[1][l];
            apart[l] = mean - from.x[D][l];
        }
        for j in rows::<FUNCTION>(SHORT) {
            let (entry, then) = (&mut p[at(D, j)], &from.p[at(D, j)]);
            for l in 0..LANES {
                let pairs = w.lasting_02[l] * d02[j][l] + w.lasting_12[l] * d12[j][l];
                entry[l] = c.keeps[j] * (w.to_lasting[2][l] * then[l] + apart[l] * pairs);
            }
        }
        let (entry, then) = (&mut p[at(D, D)], &from.p[at(D, D)]);
        for l in 0..LANES {
            let pairs = w.lasting_02[l] + w.lasting_12[l];
            entry[l] = (fresh[l] * variance + w.to_lasting[2][l] * then[l]) + (pairs * (apart[l] * apart[l]) + c.lasting_walk);
            x[D][l] = fresh[l] * mean + w.to_lasting[2][l] * from.x[D][l] + c.lasting_drift;
        }
    }

    /// What a question sees of this block.
    pub(crate) fn view<const MODES: usize, const ON_FUNCTION: bool, const FUNCTION: bool>(&self, c: &Constants, view: &mut View) {
        let noise = if ON_FUNCTION { &self.function_noise } else { &self.pain_noise };
        let (flare_mean, flare_var) = if ON_FUNCTION { (c.lam * c.flare.0, c.lam * c.lam * c.flare.1) } else { c.flare };
        let (calm, flare, lasting) = (&self.calm, &self.flare, &self.lasting);
        [view.mean[CALM], view.w[CALM]] = see::<SHORT, SHORT_TRIANGLE, ON_FUNCTION, FUNCTION>(&calm.x, &calm.p, c.lam, &mut view.calm);
        [view.mean[FLARE], view.w[FLARE]] = see::<SHORT, SHORT_TRIANGLE, ON_FUNCTION, FUNCTION>(&flare.x, &flare.p, c.lam, &mut view.flare);
        if MODES == 3 {
            [view.mean[LASTING], view.w[LASTING]] =
                see::<LONG, LONG_TRIANGLE, ON_FUNCTION, FUNCTION>(&lasting.x, &lasting.p, c.lam, &mut view.lasting);
        }
        for l in 0..LANES {
            view.mean[FLARE][l] += flare_mean;
            view.variance[CALM][l] = view.w[CALM][l] + noise[l];
            view.variance[FLARE][l] = view.w[FLARE][l] + (noise[l] + flare_var);
            view.variance[LASTING][l] = view.w[LASTING][l] + noise[l];
        }
    }

    /// The answer's pull on this block.
    pub(crate) fn pull<const MODES: usize, const ON_FUNCTION: bool, const FUNCTION: bool>(&mut self, lam: f64, view: &View, heard: &Heard) {
        let (calm, flare, lasting) = (&mut self.calm, &mut self.flare, &mut self.lasting);
        shift(&mut calm.x, &view.calm, &heard.shift[CALM]);
        shift(&mut flare.x, &view.flare, &heard.shift[FLARE]);
        shrink::<SHORT, SHORT_TRIANGLE, ON_FUNCTION, FUNCTION>(&mut calm.p, lam, &view.calm, &view.w[CALM], &heard.shrink[CALM]);
        shrink::<SHORT, SHORT_TRIANGLE, ON_FUNCTION, FUNCTION>(&mut flare.p, lam, &view.flare, &view.w[FLARE], &heard.shrink[FLARE]);
        if MODES == 3 {
            shift(&mut lasting.x, &view.lasting, &heard.shift[LASTING]);
            let (w, q) = (&view.w[LASTING], &heard.shrink[LASTING]);
            shrink::<LONG, LONG_TRIANGLE, ON_FUNCTION, FUNCTION>(&mut lasting.p, lam, &view.lasting, w, q);
        }
    }

    /// The answer's weight on modes and groups; returns the block's share of the total.
    pub(crate) fn reweigh(&mut self, p: &[Lanes; 3]) -> f64 {
        for l in 0..LANES {
            let joint = [self.mode[CALM][l] * p[CALM][l], self.mode[FLARE][l] * p[FLARE][l], self.mode[LASTING][l] * p[LASTING][l]];
            let sum = joint[CALM] + joint[FLARE] + joint[LASTING];
            for mode in 0..3 {
                self.mode[mode][l] = joint[mode] / sum;
            }
            self.weight[l] *= sum;
        }
        self.weight.iter().sum()
    }

    /// A term of the curve has decayed away.
    pub(crate) fn forget(&mut self, term: usize) {
        for i in 0..LONG {
            self.lasting.p[at(term, i)] = NONE;
            if i < SHORT {
                self.calm.p[at(term, i)] = NONE;
                self.flare.p[at(term, i)] = NONE;
            }
        }
        self.calm.x[term] = NONE;
        self.flare.x[term] = NONE;
        self.lasting.x[term] = NONE;
    }

    /// Takes over another group.
    pub(crate) fn copy_lane(&mut self, l: usize, other: &Block, from: usize) {
        let lanes = self.lanes_mut();
        for (here, there) in lanes.zip(other.clone().lanes_mut()) {
            here[l] = there[from];
        }
    }

    fn lanes_mut(&mut self) -> impl Iterator<Item = &mut Lanes> {
        let constants = [
            &mut self.flare_starts,
            &mut self.flare_ends,
            &mut self.deviation_walk,
            &mut self.pain_noise,
            &mut self.function_noise,
            &mut self.responds,
            &mut self.swing,
            &mut self.weight,
        ];
        let means = self.calm.x.iter_mut().chain(&mut self.flare.x).chain(&mut self.lasting.x);
        let covariances = self.calm.p.iter_mut().chain(&mut self.flare.p).chain(&mut self.lasting.p);
        constants.into_iter().chain(&mut self.mode).chain(means).chain(covariances)
    }
}

/// The parts of the state below `end`, without the function offset while no function was rated.
#[inline(always)]
fn rows<const FUNCTION: bool>(end: usize) -> impl Iterator<Item = usize> {
    (0..end).filter(|i| FUNCTION || *i != B)
}

/// s = PHᵀ, and mean and variance of H·x.
#[inline(always)]
fn see<const N: usize, const T: usize, const ON_FUNCTION: bool, const FUNCTION: bool>(
    x: &[Lanes; N],
    p: &[Lanes; T],
    lam: f64,
    s: &mut [Lanes; N],
) -> [Lanes; 2] {
    for i in rows::<FUNCTION>(N) {
        s[i] = through::<N, ON_FUNCTION>(lam, |j| &p[at(i, j)]);
    }
    [through::<N, ON_FUNCTION>(lam, |j| &x[j]), through::<N, ON_FUNCTION>(lam, |j| &s[j])]
}

/// H·y for y given part by part: what the question sees of it.
#[inline(always)]
fn through<'a, const N: usize, const ON_FUNCTION: bool>(lam: f64, y: impl Fn(usize) -> &'a Lanes) -> Lanes {
    let mut sum = NONE;
    let (y0, y1, y2, y3, u, b) = (y(0), y(1), y(2), y(3), y(U), y(B));
    for l in 0..LANES {
        sum[l] = (y0[l] + y1[l]) + (y2[l] + y3[l]);
    }
    for l in 0..LANES {
        sum[l] += if ON_FUNCTION { DEVIATION_IN_FUNCTION * u[l] } else { u[l] };
    }
    if N > D {
        let lasting = y(D);
        for l in 0..LANES {
            sum[l] += lasting[l];
        }
    }
    if ON_FUNCTION {
        for l in 0..LANES {
            sum[l] = lam * sum[l] + b[l];
        }
    }
    sum
}

#[inline(always)]
fn shift<const N: usize>(x: &mut [Lanes; N], s: &[Lanes; N], by: &Lanes) {
    for i in 0..N {
        for l in 0..LANES {
            x[i][l] += s[i][l] * by[l];
        }
    }
}

/// The covariance after a rating.
///
/// With s = PHᵀ, w = HPHᵀ and the shrink factor q = (1 − r)/v it becomes P − q s sᵀ: a Kalman update with gain K = q s under a noise
/// of 1/q − w. In Joseph's form: M = P − K sᵀ, P' = M − (M Hᵀ) Kᵀ + K noise Kᵀ, where M Hᵀ is summed from the rounded M, so that the
/// direction just measured keeps a variance above zero.
#[inline(always)]
fn shrink<const N: usize, const T: usize, const ON_FUNCTION: bool, const FUNCTION: bool>(
    p: &mut [Lanes; T],
    lam: f64,
    s: &[Lanes; N],
    w: &Lanes,
    q: &Lanes,
) {
    let (mut gain, mut left) = ([NONE; N], [NONE; N]);
    for i in rows::<FUNCTION>(N) {
        for l in 0..LANES {
            gain[i][l] = s[i][l] * q[l];
        }
        for j in rows::<FUNCTION>(i + 1) {
            let entry = &mut p[at(i, j)];
            for l in 0..LANES {
                entry[l] -= gain[i][l] * s[j][l];
            }
        }
    }
    for i in rows::<FUNCTION>(N) {
        let measured = through::<N, ON_FUNCTION>(lam, |j| &p[at(i, j)]);
        for l in 0..LANES {
            // noise · K = (1/q − w) q s = (1 − q w) s
            left[i][l] = (1.0 - q[l] * w[l]) * s[i][l] - measured[l];
        }
    }
    for i in rows::<FUNCTION>(N) {
        for j in rows::<FUNCTION>(i + 1) {
            let entry = &mut p[at(i, j)];
            for l in 0..LANES {
                entry[l] += left[i][l] * gain[j][l];
            }
        }
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
    #[inline(always)]
    pub(crate) fn new(c: &Constants, from: &Block, mode: &mut [Lanes; 3]) -> Mixing {
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
        let [calm, flare, lasting] = &from.mode;
        let (starts, ends) = (&from.flare_starts, &from.flare_ends);
        for l in 0..LANES {
            let parts = [calm[l] * (1.0 - starts[l] - c.p_cd), flare[l] * ends[l], lasting[l] * c.p_dc];
            let sum = parts[0] + parts[1] + parts[2];
            let over = inverse(sum);
            mode[CALM][l] = sum;
            (m.to_calm[0][l], m.to_calm[1][l], m.to_calm[2][l]) = (parts[0] * over, parts[1] * over, parts[2] * over);
        }
        for l in 0..LANES {
            let parts = [calm[l] * starts[l], flare[l] * (1.0 - ends[l] - c.p_fd)];
            let sum = parts[0] + parts[1];
            let over = inverse(sum);
            mode[FLARE][l] = sum;
            (m.to_flare[0][l], m.to_flare[1][l]) = (parts[0] * over, parts[1] * over);
        }
        for l in 0..LANES {
            let parts = [calm[l] * c.p_cd, flare[l] * c.p_fd, lasting[l] * (1.0 - c.p_dc)];
            let sum = parts[0] + parts[1] + parts[2];
            let over = inverse(sum);
            mode[LASTING][l] = sum;
            (m.to_lasting[0][l], m.to_lasting[1][l], m.to_lasting[2][l]) = (parts[0] * over, parts[1] * over, parts[2] * over);
        }
        for l in 0..LANES {
            m.calm_01[l] = m.to_calm[0][l] * m.to_calm[1][l];
            m.calm_02[l] = m.to_calm[0][l] * m.to_calm[2][l];
            m.calm_12[l] = m.to_calm[1][l] * m.to_calm[2][l];
            m.flare_01[l] = m.to_flare[0][l] * m.to_flare[1][l];
            m.lasting_01[l] = m.to_lasting[0][l] * m.to_lasting[1][l];
            m.lasting_02[l] = m.to_lasting[0][l] * m.to_lasting[2][l];
            m.lasting_12[l] = m.to_lasting[1][l] * m.to_lasting[2][l];
        }
        m
    }
}

/// 1 / x, and 0 of 0: a mode that nothing leads to has no origin.
#[inline(always)]
fn inverse(x: f64) -> f64 {
    if x > 0.0 { 1.0 / x } else { 0.0 }
}
