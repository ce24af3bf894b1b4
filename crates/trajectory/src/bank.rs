//! The bank of filters: for each of twenty groups, one Gaussian per mode (calm, flare, lasting change), mixed once a day.
//!
//! The state of a component is what adds up to today's pain: the four terms of the recovery curve *at their value today*
//! (c₀, c₁e^(−t/8), c₂e^(−t/30), c₃e^(−t/100)), the short-memory deviation u, the person's function offset b, the lasting change D.
//! Keeping the decayed terms instead of the coefficients makes a day's passing a scaling by constants and the pain rating a
//! plain sum. D comes last because calm and flare do not have it. Covariances are lower triangles, row by row. While no
//! function was ever rated, b is independent of all else and its row is left alone.
//!
//! Groups stand side by side in blocks of four: the same arithmetic on four neighbours, for vector registers. Groups that are
//! dropped (only when asked for) make room at the end, block by block.
// Numeric kernel: every array has a fixed size and every index is a loop's own bound.
#![allow(clippy::indexing_slicing, clippy::needless_range_loop)]

use serde::{Deserialize, Serialize};

use crate::lanes::{COMPONENTS, rating};
use crate::prior::{CLASSES, GROUPS, PROFILES, Prior, SIGMAS};

/// Groups side by side.
const LANES: usize = 4;
const BLOCKS: usize = GROUPS / LANES;
/// One number for each of four groups.
type Lanes = [f64; LANES];

/// Terms of the recovery curve; they come first in the state.
const CURVE: usize = 4;
/// The short-memory deviation.
const U: usize = 4;
/// The function offset.
const B: usize = 5;
/// The lasting change.
const D: usize = 6;
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
/// A group this unlikely is gone even where nothing is dropped: far beyond what any later rating could bring back in double
/// precision.
const LEAST_WEIGHT: f64 = 1e-250;

/// Where entry (i, j), i ≥ j, stands in a triangle.
const fn at(i: usize, j: usize) -> usize {
    if i < j { j * (j + 1) / 2 + i } else { i * (i + 1) / 2 + j }
}

/// Which question was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channel {
    Pain,
    Function,
}

/// The constants of the model that all groups share.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Constants {
    /// Chances a day: calm → lasting, flare → lasting, lasting → calm; zero in the two-mode bank.
    p_cd: f64,
    p_fd: f64,
    p_dc: f64,
    /// What a day leaves of each part of the state.
    keeps: [f64; LONG],
    level_walk: f64,
    /// Mean and variance of what a flare adds, and of a lasting change on its first day.
    flare: (f64, f64),
    lasting: (f64, f64),
    lasting_drift: f64,
    lasting_walk: f64,
    lam: f64,
    /// The day from which each decaying term is gone.
    gone: [i32; 3],
    /// Groups below this weight are dropped for good; 0 drops none.
    drops_below: f64,
}

/// Four groups.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Block {
    /// Chances a day: calm → flare, flare → calm.
    flare_starts: Lanes,
    flare_ends: Lanes,
    /// Variance a day of the deviation's own moves; noise of each rating.
    deviation_walk: Lanes,
    pain_noise: Lanes,
    function_noise: Lanes,
    /// 1 where the course is a responder's.
    responds: Lanes,
    /// Weight per group; all weights sum to 1.
    weight: Lanes,
    /// Probability of each mode within a group; they sum to 1.
    mode: [Lanes; 3],
    calm: Short,
    flare: Short,
    lasting: Long,
}

/// Mean and covariance of a component without a lasting change.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Short {
    x: [Lanes; SHORT],
    p: [Lanes; SHORT_TRIANGLE],
}

/// Mean and covariance of a component with one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Long {
    x: [Lanes; LONG],
    p: [Lanes; LONG_TRIANGLE],
}

/// The bank. `MODES` = 3 judges; `MODES` = 2 (no lasting change) draws the expected band.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Bank<const MODES: usize> {
    constants: Constants,
    blocks: [Block; BLOCKS],
    /// How many groups are not dropped; they come first.
    live: usize,
    /// Day since the procedure.
    pub day: i32,
    /// Whether function was ever rated.
    functions: bool,
    pub log_likelihood: f64,
}

/// One component's part in today's pain level or in a forecast: weight, mean, variance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Part {
    pub weight: f64,
    pub mean: f64,
    pub variance: f64,
}

impl<const MODES: usize> Bank<MODES> {
    /// Day 0: the cohort's curves, moved by the intake rating if there is one; everyone calm.
    pub fn new(prior: &Prior, intake: Option<u8>) -> Bank<MODES> {
        let classes = [0, 1].map(|class| Start::new(prior, class, intake));
        let total: f64 = if intake.is_some() { classes.iter().map(|start| start.weight).sum() } else { 1.0 };
        let mut blocks = [Block::EMPTY; BLOCKS];
        for group in 0..GROUPS {
            let (class, sigma, profile) = parts(group);
            let weight = classes[class].weight / total * prior.params.sigw[sigma] * prior.params.prof[profile][2];
            blocks[group / LANES].fill(group % LANES, prior, group, &classes[class], weight);
        }
        Bank { constants: Constants::new::<MODES>(prior), blocks, live: GROUPS, day: 0, functions: false, log_likelihood: 0.0 }
    }

    /// From now on drops groups below this weight for good.
    pub fn drop_below(&mut self, weight: f64) {
        self.constants.drops_below = weight;
    }

    /// How many groups are not dropped.
    pub fn live(&self) -> usize {
        self.live
    }

    /// One day passes.
    pub fn predict(&mut self) {
        self.day += 1;
        let (c, functions) = (&self.constants, self.functions);
        for block in live_blocks(&mut self.blocks, self.live) {
            if functions { block.mix::<MODES, true>(c) } else { block.mix::<MODES, false>(c) }
        }
        for term in 0..3 {
            if self.day == self.constants.gone[term] {
                self.blocks.iter_mut().for_each(|block| block.forget(1 + term));
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

    /// The answer's weight on modes and groups, and its pull on every component (design 2.3, steps 3 and 4).
    fn update<const ON_FUNCTION: bool, const FUNCTION: bool>(&mut self, k: u8) {
        let c = &self.constants;
        let mut views = [View::EMPTY; BLOCKS];
        let (mut mean, mut variance) = ([0.0; COMPONENTS], [1.0; COMPONENTS]);
        let mut count = 0;
        for (block, view) in live_blocks(&mut self.blocks, self.live).iter().zip(&mut views) {
            block.view::<MODES, ON_FUNCTION, FUNCTION>(c, view);
            for mode in 0..MODES {
                mean[count..count + LANES].copy_from_slice(&view.mean[mode]);
                variance[count..count + LANES].copy_from_slice(&view.variance[mode]);
                count += LANES;
            }
        }
        let said = rating(k, &mean, &variance, count);
        let (mut total, mut count) = (0.0, 0);
        for (block, view) in live_blocks(&mut self.blocks, self.live).iter_mut().zip(&views) {
            let mut heard = Heard::EMPTY;
            for mode in 0..MODES {
                heard.p[mode].copy_from_slice(&said.p[count..count + LANES]);
                heard.shift[mode].copy_from_slice(&said.shift[count..count + LANES]);
                heard.shrink[mode].copy_from_slice(&said.shrink[count..count + LANES]);
                count += LANES;
            }
            block.pull::<MODES, ON_FUNCTION, FUNCTION>(c.lam, view, &heard);
            total += block.reweigh(&heard.p);
        }
        self.normalise(total);
    }

    fn normalise(&mut self, total: f64) {
        self.log_likelihood += libm::log(total);
        let least = if self.constants.drops_below > LEAST_WEIGHT { self.constants.drops_below } else { LEAST_WEIGHT };
        let mut weak = false;
        for block in live_blocks(&mut self.blocks, self.live) {
            for l in 0..LANES {
                block.weight[l] /= total;
                weak |= block.weight[l] < least;
            }
        }
        if weak {
            self.drop_groups(least);
        }
    }

    /// Drops the groups below `least` for good: the last live group takes the place of each; the rest is renormalised.
    fn drop_groups(&mut self, least: f64) {
        let mut group = 0;
        while group < self.live {
            if self.blocks[group / LANES].weight[group % LANES] < least {
                self.live -= 1;
                let last = self.blocks[self.live / LANES];
                self.blocks[group / LANES].copy_lane(group % LANES, &last, self.live % LANES);
                self.blocks[self.live / LANES].weight[self.live % LANES] = 0.0;
            } else {
                group += 1;
            }
        }
        let blocks = live_blocks(&mut self.blocks, self.live);
        let left: f64 = blocks.iter().flat_map(|block| block.weight).sum();
        blocks.iter_mut().flat_map(|block| &mut block.weight).for_each(|weight| *weight /= left);
    }

    /// The probability of each mode.
    pub fn modes(&self) -> [f64; 3] {
        let mut sums = [0.0; 3];
        for block in &self.blocks {
            for l in 0..LANES {
                for mode in 0..3 {
                    sums[mode] += block.weight[l] * block.mode[mode][l];
                }
            }
        }
        sums
    }

    /// The probability of the responders' course.
    pub fn responders(&self) -> f64 {
        self.blocks.iter().flat_map(|block| (0..LANES).map(|l| block.weight[l] * block.responds[l])).sum()
    }

    /// The level (curve and lasting change) by component.
    pub fn levels(&self) -> [Part; COMPONENTS] {
        let mut parts = [Part { weight: 0.0, mean: 0.0, variance: 0.0 }; COMPONENTS];
        let mut parts_left = parts.iter_mut();
        let sees = [1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 1.0];
        for block in &self.blocks {
            for l in 0..LANES {
                let components = [linear(&block.calm.x, &block.calm.p, &sees, l), linear(&block.flare.x, &block.flare.p, &sees, l)];
                let lasting = linear(&block.lasting.x, &block.lasting.p, &sees, l);
                for (mode, (mean, variance)) in components.into_iter().chain([lasting]).enumerate() {
                    if let Some(part) = parts_left.next() {
                        *part = Part { weight: block.weight[l] * block.mode[mode][l], mean, variance };
                    }
                }
            }
        }
        parts
    }
}

impl Bank<2> {
    /// The pain rating so many days ahead, before rounding, by component and later mode.
    ///
    /// The mode probabilities move by the day's matrix to that power; the components are not mixed on the way (design 2.4).
    pub fn ahead(&self, days: u32) -> [Part; 4 * GROUPS] {
        let c = &self.constants;
        let mut sees = c.keeps.map(|keeps| power(keeps, days));
        let phi = sees[U];
        (sees[B], sees[D]) = (0.0, 0.0);
        let mut parts = [Part { weight: 0.0, mean: 0.0, variance: 1.0 }; 4 * GROUPS];
        let mut parts_left = parts.iter_mut();
        for block in &self.blocks {
            for l in 0..LANES {
                let deviation = block.deviation_walk[l] / (1.0 - c.keeps[U] * c.keeps[U]) * (1.0 - phi * phi);
                let added = deviation + f64::from(days) * c.level_walk + block.pain_noise[l];
                for (mode, component) in [(CALM, &block.calm), (FLARE, &block.flare)] {
                    let weight = block.weight[l] * block.mode[mode][l];
                    let (mean, variance) = linear(&component.x, &component.p, &sees, l);
                    let variance = variance + added;
                    let flares = flare_after(block.flare_starts[l], block.flare_ends[l], mode, days);
                    let calm = Part { weight: weight * (1.0 - flares), mean, variance };
                    let flare = Part { weight: weight * flares, mean: mean + c.flare.0, variance: variance + c.flare.1 };
                    for (later, part) in [calm, flare].into_iter().zip(parts_left.by_ref()) {
                        *part = later;
                    }
                }
            }
        }
        parts
    }
}

/// Probability of a flare so many days on. The two-mode chain forgets at 1 − p(start) − p(end) a day.
fn flare_after(starts: f64, ends: f64, mode: usize, days: u32) -> f64 {
    let settled = starts / (starts + ends);
    let now = if mode == FLARE { 1.0 } else { 0.0 };
    settled + (now - settled) * power(1.0 - starts - ends, days)
}

/// x multiplied `times` times, by squaring.
fn power(x: f64, times: u32) -> f64 {
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

/// Mean and variance of a weighted sum of one component's state.
fn linear<const N: usize, const T: usize>(x: &[Lanes; N], p: &[Lanes; T], sees: &[f64; LONG], l: usize) -> (f64, f64) {
    let (mut mean, mut variance) = (0.0, 0.0);
    for i in 0..N {
        mean += sees[i] * x[i][l];
        for j in 0..i {
            variance += 2.0 * sees[i] * sees[j] * p[at(i, j)][l];
        }
        variance += sees[i] * sees[i] * p[at(i, i)][l];
    }
    (mean, variance)
}

/// The blocks that hold live groups.
fn live_blocks(blocks: &mut [Block; BLOCKS], live: usize) -> &mut [Block] {
    let count = live.div_ceil(LANES).min(BLOCKS);
    &mut blocks[..count]
}

/// The class, the standard deviation and the flare profile of a group.
fn parts(group: usize) -> (usize, usize, usize) {
    (group / (SIGMAS * PROFILES), group / PROFILES % SIGMAS, group % PROFILES)
}

impl Constants {
    fn new<const MODES: usize>(prior: &Prior) -> Constants {
        let p = &prior.params;
        let lasting = if MODES == 3 { 1.0 } else { 0.0 };
        let [short, middle, long] = prior.tau.map(|tau| libm::exp(-1.0 / tau));
        Constants {
            p_cd: p.p_cd * lasting,
            p_fd: p.p_fd * lasting,
            p_dc: p.p_dc * lasting,
            keeps: [1.0, short, middle, long, p.phi, 1.0, 1.0],
            level_walk: p.q0,
            flare: (p.flare_mean, p.flare_var),
            lasting: (p.lasting_mean, p.lasting_var),
            lasting_drift: p.lasting_drift,
            lasting_walk: p.lasting_walk,
            lam: p.lam,
            gone: prior.tau.map(|tau| (GONE_AFTER * tau) as i32),
            drops_below: 0.0,
        }
    }
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

/// What a question sees of one block: per mode s = PHᵀ, w = HPHᵀ, and mean and variance of the rating to come.
#[derive(Clone, Copy)]
struct View {
    calm: [Lanes; SHORT],
    flare: [Lanes; SHORT],
    lasting: [Lanes; LONG],
    w: [Lanes; 3],
    mean: [Lanes; 3],
    variance: [Lanes; 3],
}

/// What the answer says to one block, per mode: `lanes::Said`.
struct Heard {
    p: [Lanes; 3],
    shift: [Lanes; 3],
    shrink: [Lanes; 3],
}

const NONE: Lanes = [0.0; LANES];

impl View {
    const EMPTY: View =
        View { calm: [NONE; SHORT], flare: [NONE; SHORT], lasting: [NONE; LONG], w: [NONE; 3], mean: [NONE; 3], variance: [NONE; 3] };
}

impl Heard {
    const EMPTY: Heard = Heard { p: [NONE; 3], shift: [NONE; 3], shrink: [NONE; 3] };
}

impl Block {
    const EMPTY: Block = Block {
        flare_starts: NONE,
        flare_ends: NONE,
        deviation_walk: NONE,
        pain_noise: NONE,
        function_noise: NONE,
        responds: NONE,
        weight: NONE,
        mode: [NONE; 3],
        calm: Short { x: [NONE; SHORT], p: [NONE; SHORT_TRIANGLE] },
        flare: Short { x: [NONE; SHORT], p: [NONE; SHORT_TRIANGLE] },
        lasting: Long { x: [NONE; LONG], p: [NONE; LONG_TRIANGLE] },
    };

    /// Day 0 of one group.
    fn fill(&mut self, l: usize, prior: &Prior, group: usize, start: &Start, weight: f64) {
        let (class, sigma, profile) = parts(group);
        let (p, sigma) = (&prior.params, prior.sigma_grid[sigma]);
        [self.flare_starts[l], self.flare_ends[l], _] = p.prof[profile];
        self.deviation_walk[l] = (1.0 - p.phi * p.phi) * p.rho * sigma * sigma;
        self.pain_noise[l] = (1.0 - p.rho) * sigma * sigma;
        self.function_noise[l] = (p.kf * sigma) * (p.kf * sigma);
        self.responds[l] = if class == 0 { 1.0 } else { 0.0 };
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

    /// Interaction, then time (design 2.3, steps 1 and 2). Covariances of the mixtures are written with differences of pairs,
    /// Σ μᵢμₖ (xᵢ−xₖ)(xᵢ−xₖ)ᵀ over i < k, which is what Σ μᵢ (xᵢ−x)(xᵢ−x)ᵀ is and needs no second pass.
    fn mix<const MODES: usize, const FUNCTION: bool>(&mut self, c: &Constants) {
        let w = Mixing::new(c, self);
        let (calm, flare, lasting) = (&mut self.calm, &mut self.flare, &mut self.lasting);
        let (mut d01, mut d02, mut d12) = ([NONE; SHORT], [NONE; SHORT], [NONE; SHORT]);
        for i in rows::<FUNCTION>(SHORT) {
            let keeps = c.keeps[i];
            let (x0, x1, x2) = (calm.x[i], flare.x[i], lasting.x[i]);
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
                let (p0, p1, p2) = (calm.p[entry], flare.p[entry], lasting.p[entry]);
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
            self.change::<FUNCTION>(c, &w, &d02, &d12);
        }
    }

    /// The lasting change's own row: fresh from calm and flare, carried on from itself.
    #[inline(always)]
    fn change<const FUNCTION: bool>(&mut self, c: &Constants, w: &Mixing, d02: &[Lanes; SHORT], d12: &[Lanes; SHORT]) {
        let (mean, variance) = c.lasting;
        let Long { x, p } = &mut self.lasting;
        let (mut fresh, mut apart) = (NONE, NONE);
        for l in 0..LANES {
            fresh[l] = w.to_lasting[0][l] + w.to_lasting[1][l];
            apart[l] = mean - x[D][l];
        }
        for j in rows::<FUNCTION>(SHORT) {
            let entry = &mut p[at(D, j)];
            for l in 0..LANES {
                let pairs = w.lasting_02[l] * d02[j][l] + w.lasting_12[l] * d12[j][l];
                entry[l] = c.keeps[j] * (w.to_lasting[2][l] * entry[l] + apart[l] * pairs);
            }
        }
        let entry = &mut p[at(D, D)];
        for l in 0..LANES {
            let pairs = w.lasting_02[l] + w.lasting_12[l];
            entry[l] = (fresh[l] * variance + w.to_lasting[2][l] * entry[l]) + (pairs * (apart[l] * apart[l]) + c.lasting_walk);
            x[D][l] = fresh[l] * mean + w.to_lasting[2][l] * x[D][l] + c.lasting_drift;
        }
    }

    /// What a question sees of this block.
    fn view<const MODES: usize, const ON_FUNCTION: bool, const FUNCTION: bool>(&self, c: &Constants, view: &mut View) {
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
    fn pull<const MODES: usize, const ON_FUNCTION: bool, const FUNCTION: bool>(&mut self, lam: f64, view: &View, heard: &Heard) {
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
    fn reweigh(&mut self, p: &[Lanes; 3]) -> f64 {
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
    fn forget(&mut self, term: usize) {
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
    fn copy_lane(&mut self, l: usize, other: &Block, from: usize) {
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
    fn new(c: &Constants, block: &mut Block) -> Mixing {
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
        let [calm, flare, lasting] = block.mode;
        let (starts, ends) = (&block.flare_starts, &block.flare_ends);
        for l in 0..LANES {
            let from = [calm[l] * (1.0 - starts[l] - c.p_cd), flare[l] * ends[l], lasting[l] * c.p_dc];
            let sum = from[0] + from[1] + from[2];
            let over = inverse(sum);
            block.mode[CALM][l] = sum;
            (m.to_calm[0][l], m.to_calm[1][l], m.to_calm[2][l]) = (from[0] * over, from[1] * over, from[2] * over);
        }
        for l in 0..LANES {
            let from = [calm[l] * starts[l], flare[l] * (1.0 - ends[l] - c.p_fd)];
            let sum = from[0] + from[1];
            let over = inverse(sum);
            block.mode[FLARE][l] = sum;
            (m.to_flare[0][l], m.to_flare[1][l]) = (from[0] * over, from[1] * over);
        }
        for l in 0..LANES {
            let from = [calm[l] * c.p_cd, flare[l] * c.p_fd, lasting[l] * (1.0 - c.p_dc)];
            let sum = from[0] + from[1] + from[2];
            let over = inverse(sum);
            block.mode[LASTING][l] = sum;
            (m.to_lasting[0][l], m.to_lasting[1][l], m.to_lasting[2][l]) = (from[0] * over, from[1] * over, from[2] * over);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prior::SHIPPED;

    /// Whether a triangle is the covariance of something: Cholesky's pivots stay above zero.
    fn is_positive<const T: usize>(p: &[Lanes; T], l: usize, length: usize) -> bool {
        let mut factor = [[0.0; LONG]; LONG];
        for i in 0..length {
            for j in 0..=i {
                let below: f64 = (0..j).map(|k| factor[i][k] * factor[j][k]).sum();
                let rest = p[at(i, j)][l] - below;
                if i == j && rest <= 0.0 {
                    return false;
                }
                factor[i][j] = if i == j { libm::sqrt(rest) } else { rest / factor[j][j] };
            }
        }
        true
    }

    #[test]
    fn covariances_stay_covariances() {
        let prior = Prior::parse(SHIPPED).unwrap_or_else(|error| unreachable!("{error}"));
        let mut bank = Bank::<3>::new(&prior, Some(7));
        let mut seed = 7_u64;
        let mut random = |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        for day in 0..800 {
            if day > 0 {
                bank.predict();
            }
            if random(4) > 0 {
                bank.observe(Channel::Pain, random(11) as u8);
            }
            if day > 200 && random(3) > 0 {
                bank.observe(Channel::Function, random(11) as u8);
            }
            for block in &bank.blocks {
                for l in 0..LANES {
                    assert!(is_positive(&block.calm.p, l, SHORT) && is_positive(&block.flare.p, l, SHORT), "day {day}");
                    assert!(day == 0 || is_positive(&block.lasting.p, l, LONG), "day {day}");
                }
            }
        }
    }
}
