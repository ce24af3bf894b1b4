//! How likely is a rounded rating, and what does it say of the value behind it? All components at once.
//!
//! Long loops of straight-line arithmetic over arrays, so that the compiler can use whatever vector registers there are. Only
//! `+ - * /`, square roots, comparisons and moves of bits: IEEE 754 fixes each result, so the bits are the same on a server, on
//! a phone and in WebAssembly, whatever the width of the registers.
// Numeric kernel: every array has a fixed size and every index is a loop's own bound.
#![allow(clippy::indexing_slicing, clippy::needless_range_loop)]

use crate::block::{Heard, LANES, Lanes};
use crate::prior::GROUPS;

/// Components at most: twenty groups, three modes.
pub(crate) const COMPONENTS: usize = 3 * GROUPS;
/// Ratings there are: 0–10.
pub(crate) const RATINGS: usize = 11;

/// How far, in predictive standard deviations, a rating may lie from what a component expects before it counts as this far:
/// φ(37) ≈ 1e-298 is the last that a double holds with its tail. No rating of the reference cohort comes near it.
const FAR: f64 = 37.0;
/// Where a bound at infinity is put: far enough beyond [`FAR`] that its density is nothing beside it.
const INFINITE: f64 = 40.0;
/// The smallest exponent with a normal double as its power.
const LEAST_EXPONENT: f64 = -708.0;

const LOG2_E: f64 = core::f64::consts::LOG2_E;
/// ln 2 in two parts; the first has trailing zeros, so that its small multiples are exact (the split of fdlibm's e_exp.c).
const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
/// 1.5 · 2^52: adding it rounds a small number to the nearest integer and leaves that integer in the low bits.
const ROUNDER: f64 = 6_755_399_441_055_744.0;
/// (e^r − 1)/r for |r| ≤ ln 2 / 2, highest power first: Chebyshev fit, error 1.9e-17.
const EXP: [f64; 11] = [
    2.5105259538448494e-08,
    2.7626426376580335e-07,
    2.7557255297969643e-06,
    2.4801504180837137e-05,
    0.0001984126987490126,
    0.0013888888932619635,
    0.008333333333326112,
    0.04166666666657277,
    0.1666666666666667,
    0.5000000000000006,
    1.0,
];
/// Mills' ratio (1 − Φ(x))/φ(x) for 0 ≤ x ≤ 60 as a quotient of polynomials, lowest power first: weighted least squares in 60
/// digits, relative error 6e-15. All coefficients are positive: nothing cancels.
const MILLS_ABOVE: [f64; 9] = [
    1.2533141373155054,
    1.8208004737665688,
    1.3030497287460021,
    0.5857555421523186,
    0.17916710594104135,
    0.03808237552296477,
    0.0055076971424602335,
    0.0004997493568471363,
    2.218397184090023e-05,
];
const MILLS_BELOW: [f64; 10] = [
    1.0,
    2.250673147124453,
    2.335460616010245,
    1.4714182182666216,
    0.6228386892327057,
    0.18463042457094858,
    0.038582125168294124,
    0.0055298811091823484,
    0.0004997493568993862,
    2.218397184067039e-05,
];
/// 1/√(2π).
const DENSITY: f64 = 0.398_942_280_401_432_7;

/// e^x for x ≤ 0; below [`LEAST_EXPONENT`] it is e^LEAST_EXPONENT.
#[inline(always)]
fn exp(x: f64) -> f64 {
    let x = if x < LEAST_EXPONENT { LEAST_EXPONENT } else { x };
    let shifted = x * LOG2_E + ROUNDER;
    let whole = shifted - ROUNDER;
    let r = (x - whole * LN_2_HIGH) - whole * LN_2_LOW;
    let mut sum = EXP[0];
    for power in 1..EXP.len() {
        sum = sum * r + EXP[power];
    }
    let power_of_two = f64::from_bits((shifted.to_bits().wrapping_add(1023)) << 52);
    (1.0 + sum * r) * power_of_two
}

/// (1 − Φ(x))/φ(x) for 0 ≤ x ≤ 60.
#[inline(always)]
fn mills(x: f64) -> f64 {
    let mut above = MILLS_ABOVE[8];
    for power in (0..8).rev() {
        above = above * x + MILLS_ABOVE[power];
    }
    let mut below = MILLS_BELOW[9];
    for power in (0..9).rev() {
        below = below * x + MILLS_BELOW[power];
    }
    above / below
}

/// A rating, as the interval of unseen values that round to it.
#[derive(Clone, Copy)]
pub(crate) struct Said {
    below: f64,
    above: f64,
}

impl Said {
    /// The rating `k`, 0–10; below 0 and above 10 nothing can be said.
    pub fn new(k: u8) -> Said {
        Said {
            below: if k == 0 { f64::NEG_INFINITY } else { f64::from(k) - 0.5 },
            above: if k >= 10 { f64::INFINITY } else { f64::from(k) + 0.5 },
        }
    }

    /// What it says to a block's normal predictions, given by mean and variance: design 2.3, step 3.
    ///
    /// e = (φ(a) − φ(b)) / p and r = 1 + (a φ(a) − b φ(b)) / p − e² are mean and variance of a standard normal between a and b.
    /// The tails are taken from the side where nothing cancels; r is held in [0, 1], where it belongs.
    #[inline(always)]
    pub fn to<const MODES: usize>(self, mean: &[Lanes; 3], variance: &[Lanes; 3]) -> Heard {
        let mut heard = Heard::EMPTY;
        let (mean, variance) = (mean.as_flattened(), variance.as_flattened());
        let (p, shift, shrink) = (heard.p.as_flattened_mut(), heard.shift.as_flattened_mut(), heard.shrink.as_flattened_mut());
        let mut inverse = [0.0; 3 * LANES];
        for c in 0..MODES * LANES {
            inverse[c] = 1.0 / libm::sqrt(variance[c]);
        }
        for c in 0..MODES * LANES {
            let a = between(-INFINITE, (self.below - mean[c]) * inverse[c], FAR);
            let b = between(-FAR, (self.above - mean[c]) * inverse[c], INFINITE);
            let (density_a, density_b) = (DENSITY * exp(-0.5 * a * a), DENSITY * exp(-0.5 * b * b));
            let (tail_a, tail_b) = (density_a * mills(size(a)), density_b * mills(size(b)));
            let inside = inside(a, tail_a, b, tail_b);
            let over = 1.0 / inside;
            let e = (density_a - density_b) * over;
            let r = 1.0 + (a * density_a - b * density_b) * over - e * e;
            p[c] = inside;
            shift[c] = e * inverse[c];
            shrink[c] = (1.0 - between(0.0, r, 1.0)) * (inverse[c] * inverse[c]);
        }
        heard
    }
}

/// The probability of each rating under a mixture of `N` normals; the weights sum to 1.
pub(crate) fn ratings<const N: usize>(weight: &[f64; N], mean: &[f64; N], variance: &[f64; N]) -> [f64; RATINGS] {
    let mut forecast = [0.0; RATINGS];
    let (mut inverse, mut a, mut tail_a) = ([0.0; N], [-INFINITE; N], [0.0; N]);
    for c in 0..N {
        inverse[c] = 1.0 / libm::sqrt(variance[c]);
    }
    for k in 0..RATINGS {
        let above = if k == RATINGS - 1 { f64::INFINITY } else { k as f64 + 0.5 };
        let mut p = [0.0; N];
        for c in 0..N {
            let b = between(-INFINITE, (above - mean[c]) * inverse[c], INFINITE);
            let tail_b = DENSITY * exp(-0.5 * b * b) * mills(size(b));
            p[c] = weight[c] * inside(a[c], tail_a[c], b, tail_b);
            a[c] = b;
            tail_a[c] = tail_b;
        }
        forecast[k] = p.iter().sum();
    }
    forecast
}

/// Φ(b) − Φ(a) for a ≤ b from the two outer tails: both above the mean, both below, or one on each side.
#[inline(always)]
fn inside(a: f64, tail_a: f64, b: f64, tail_b: f64) -> f64 {
    let signed_a = if a > 0.0 { tail_a } else { -tail_a };
    let signed_b = if b < 0.0 { tail_b } else { -tail_b };
    let straddles = (if a > 0.0 { 0.0 } else { 1.0 }) * (if b < 0.0 { 0.0 } else { 1.0 });
    straddles + signed_a + signed_b
}

#[inline(always)]
fn size(x: f64) -> f64 {
    if x < 0.0 { -x } else { x }
}

#[inline(always)]
fn between(low: f64, x: f64, high: f64) -> f64 {
    let x = if x < low { low } else { x };
    if x > high { high } else { x }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The upper tail as libm has it.
    fn tail(x: f64) -> f64 {
        0.5 * libm::erfc(x * core::f64::consts::FRAC_1_SQRT_2)
    }

    #[test]
    fn powers_and_tails_agree_with_libm() {
        for step in 0..7_000 {
            let x = -f64::from(step) * 0.1;
            assert!((exp(x) / libm::exp(x) - 1.0).abs() < 4e-16, "e^{x}");
        }
        for step in 0..3_700 {
            let x = f64::from(step) * 0.01;
            let density = DENSITY * libm::exp(-0.5 * x * x);
            // The reference loses about x² ulp: its argument x/√2 and its exponent x²/2 are rounded.
            assert!((mills(x) * density / tail(x) - 1.0).abs() < 1e-14 + x * x * 3e-16, "tail at {x}");
        }
    }

    #[test]
    fn a_rating_says_what_libm_says() {
        for k in 0..=10_u8 {
            for step in -40..=140 {
                let (mean, variance) = (f64::from(step) * 0.1, 0.3 + f64::from(step + 40) * 0.05);
                let heard = Said::new(k).to::<3>(&[[mean; LANES]; 3], &[[variance; LANES]; 3]);
                let s = libm::sqrt(variance);
                let (a, b) = ((f64::from(k) - 0.5 - mean) / s, (f64::from(k) + 0.5 - mean) / s);
                let upper = |x: f64| if (k == 0 && x == a) || (k == 10 && x == b) { None } else { Some(x) };
                let p = match (upper(a), upper(b)) {
                    (Some(a), Some(b)) if a > 0.0 => tail(a) - tail(b),
                    (Some(a), Some(b)) => tail(-b) - tail(-a),
                    (None, Some(b)) => tail(-b),
                    (Some(a), None) => tail(a),
                    (None, None) => 1.0,
                };
                assert!((heard.p[0][0] / p - 1.0).abs() < 1e-12, "{k} {mean} {variance}");
                assert!(heard.shrink[0][0] >= 0.0 && heard.shrink[0][0] <= (1.0 + 1e-12) / variance);
            }
        }
    }

    #[test]
    fn impossible_ratings_stay_finite() {
        for mean in [-1e6, -60.0, 70.0, 1e6] {
            for k in 0..=10 {
                let heard = Said::new(k).to::<3>(&[[mean; LANES]; 3], &[[0.3; LANES]; 3]);
                assert!(heard.p[0][0] > 0.0 && heard.shift[0][0].is_finite() && heard.shrink[0][0].is_finite());
            }
        }
    }
}
