//! The bank of filters: for each of twenty groups, one Gaussian per mode (calm, flare, lasting change), mixed once a day.
//!
//! Groups stand in blocks of four (`block`). Groups that are dropped (only when asked for) make room at the end, block by block.
// Numeric kernel: every array has a fixed size and every index is a loop's own bound.
#![allow(clippy::indexing_slicing, clippy::needless_range_loop)]

use serde::{Deserialize, Serialize};

use crate::block::{B, Block, CALM, CURVE, Constants, D, FLARE, LANES, LONG, Lanes, Start, U, View, at, parts};
use crate::lanes::{COMPONENTS, Said};
use crate::prior::{GROUPS, Prior};

const BLOCKS: usize = GROUPS / LANES;

/// A decaying term counts as gone after so many of its time constants (e^-138 ≈ 1e-60): what stays of it would only be slow
/// to add, never seen.
const GONE_AFTER: f64 = 138.0;
/// A group this unlikely is gone even where nothing is dropped: far beyond what any later rating could bring back in double
/// precision.
const LEAST_WEIGHT: f64 = 1e-250;

/// Which question was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channel {
    Pain,
    Function,
}

/// The bank. `MODES` = 3 judges; `MODES` = 2 (no lasting change) draws the expected band.
#[derive(Debug, Clone, Serialize, Deserialize)]
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

/// What was dropped is no part of a bank.
impl<const MODES: usize> PartialEq for Bank<MODES> {
    fn eq(&self, other: &Bank<MODES>) -> bool {
        let all = |bank: &Bank<MODES>| (bank.live, bank.day, bank.functions, bank.log_likelihood);
        self.constants == other.constants && all(self) == all(other) && self.live_blocks() == other.live_blocks()
    }
}

impl<const MODES: usize> Bank<MODES> {
    fn live_blocks(&self) -> &[Block] {
        &self.blocks[..self.live.div_ceil(LANES).min(BLOCKS)]
    }

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
        let (c, functions) = (&self.constants, self.functions);
        live_blocks(&mut self.blocks, self.live).iter_mut().for_each(|block| block.pass::<MODES>(&block.clone(), c, functions));
        self.dawn();
    }

    /// Becomes what the other is a day later, which stays as it was; what that has dropped is not copied.
    pub fn predict_from(&mut self, other: &Bank<MODES>) {
        let Bank { constants, blocks: _, live, day, functions, log_likelihood } = other;
        (self.constants, self.live, self.day, self.functions, self.log_likelihood) = (*constants, *live, *day, *functions, *log_likelihood);
        let blocks = other.live_blocks();
        let (passes, dropped) = self.blocks.split_at_mut(blocks.len());
        passes.iter_mut().zip(blocks).for_each(|(block, from)| block.pass::<MODES>(from, constants, *functions));
        dropped.iter_mut().for_each(|block| block.weight = [0.0; LANES]);
        self.dawn();
    }

    /// A new day: what of the curve has decayed away is gone from it on.
    fn dawn(&mut self) {
        self.day += 1;
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
        let said = Said::new(k);
        let mut total = 0.0;
        for block in live_blocks(&mut self.blocks, self.live) {
            let mut view = View::EMPTY;
            block.view::<MODES, ON_FUNCTION, FUNCTION>(c, &mut view);
            let heard = said.to::<MODES>(&view.mean, &view.variance);
            block.pull::<MODES, ON_FUNCTION, FUNCTION>(c.lam, &view, &heard);
            total += block.reweigh(&heard.p);
        }
        self.normalise(total);
    }

    /// What else was said weighs on the modes of every group alike, and so on the groups; it pulls no component.
    pub fn weigh(&mut self, likelihoods: [f64; 3]) {
        let p = likelihoods.map(|likelihood| [likelihood; LANES]);
        let total = live_blocks(&mut self.blocks, self.live).iter_mut().map(|block| block.reweigh(&p)).sum();
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
        for block in self.live_blocks() {
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
        self.live_blocks().iter().flat_map(|block| (0..LANES).map(|l| block.weight[l] * block.responds[l])).sum()
    }

    /// The mean of the person's own standard deviation.
    pub fn swing(&self) -> f64 {
        self.live_blocks().iter().flat_map(|block| (0..LANES).map(|l| block.weight[l] * block.swing[l])).sum()
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

    /// Mean and covariance of the curve's coefficients, all components together: the terms as they stand today, taken back to day
    /// 0. `None` once a term is gone.
    pub fn curve(&self) -> Option<([f64; CURVE], [[f64; CURVE]; CURVE])> {
        let days = u32::try_from(self.day).ok()?;
        if self.constants.gone.iter().any(|gone| self.day >= *gone) {
            return None;
        }
        let back = self.constants.keeps.map(|keeps| 1.0 / power(keeps, days));
        let (mut mean, mut cov) = ([0.0; CURVE], [[0.0; CURVE]; CURVE]);
        for block in self.live_blocks() {
            let components: [(&[Lanes], &[Lanes]); 3] =
                [(&block.calm.x, &block.calm.p), (&block.flare.x, &block.flare.p), (&block.lasting.x, &block.lasting.p)];
            for (mode, (x, p)) in components.into_iter().enumerate() {
                for l in 0..LANES {
                    let weight = block.weight[l] * block.mode[mode][l];
                    for i in 0..CURVE {
                        mean[i] += weight * back[i] * x[i][l];
                        for j in 0..CURVE {
                            cov[i][j] += weight * back[i] * back[j] * (p[at(i, j)][l] + x[i][l] * x[j][l]);
                        }
                    }
                }
            }
        }
        for i in 0..CURVE {
            for j in 0..CURVE {
                cov[i][j] -= mean[i] * mean[j];
            }
        }
        Some((mean, cov))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::SHORT;
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
