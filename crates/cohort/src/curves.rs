//! What do a clinic's own people say about how pain falls? The recovery curves' step of a refit (design, 2.2).
//!
//! Within a group the filter knows a person's coefficients c0…c3 when their answers end. The baseline follows from them by
//! regression, within what the intake rating left open. c0 walks, and the filter's is that of the last day: the walk is taken as if
//! it lay before the answers. Then people differ at the end by what the prior says and the walk, as they do, so that people drawn
//! from a prior leave it where it is; and what is found is always a covariance. Of one person alone day 0 could be known better.
// Numeric kernel: every array has a fixed size and every index is a loop's own bound.
#![allow(clippy::indexing_slicing, clippy::needless_range_loop)]

use lamella_trajectory::filter::Curve;
use lamella_trajectory::prior::{CLASSES, Prior};

/// The former curves count as so many people of each course: what few people say of a curve is mostly chance. Assumed.
const FORMER_PEOPLE: f64 = 30.0;

/// Coefficients of a curve; the baseline comes after them.
const CURVE: usize = 4;
type Mean = [f64; CURVE + 1];
type Cov = [[f64; CURVE + 1]; CURVE + 1];

/// What the people of one course are together: how many, and the sums of their values and products.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Sum {
    people: f64,
    values: Mean,
    products: Cov,
}

/// The sums of both courses, to which people are added.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sums([Sum; CLASSES]);

impl Sums {
    /// Only the former people so far.
    pub(crate) fn new(former: &Prior) -> Sums {
        let mut sums = [Sum { people: 0.0, values: [0.0; CURVE + 1], products: [[0.0; CURVE + 1]; CURVE + 1] }; CLASSES];
        for ((sum, mean), cov) in sums.iter_mut().zip(&former.mean).zip(&former.cov) {
            sum.add(FORMER_PEOPLE, mean, cov);
        }
        Sums(sums)
    }

    /// Adds this share of a person, by the curve of one course as it was known on `day` from the intake rating and the answers.
    pub(crate) fn add(&mut self, prior: &Prior, class: usize, intake: Option<u8>, day: i32, curve: &Curve, share: f64) {
        let (Some(sum), Some((mean, cov))) = (self.0.get_mut(class), with_baseline(prior, class, intake, day, curve)) else { return };
        sum.add(share, &mean, &cov);
    }

    /// The prior with its curves moved to these, `share` of the way, 0–1. `None` where they are none: a covariance that is not positive
    /// definite, or responders whose pain ends above the others'.
    pub(crate) fn in_place(&self, prior: &Prior, share: f64) -> Option<Prior> {
        let mut with = prior.clone();
        for ((sum, mean), cov) in self.0.iter().zip(&mut with.mean).zip(&mut with.cov) {
            let (found, apart) = sum.moments();
            for i in 0..=CURVE {
                mean[i] += share * (found[i] - mean[i]);
                for j in 0..=i {
                    cov[i][j] += share * (apart[i][j] - cov[i][j]);
                    cov[j][i] = cov[i][j];
                }
            }
        }
        let [responders, others] = with.mean;
        (with.cov.iter().all(|cov| root(cov).is_some()) && responders[0] < others[0]).then_some(with)
    }
}

impl Sum {
    fn add(&mut self, share: f64, mean: &Mean, cov: &Cov) {
        self.people += share;
        for i in 0..=CURVE {
            self.values[i] += share * mean[i];
            for j in 0..=i {
                self.products[i][j] += share * (cov[i][j] + mean[i] * mean[j]);
            }
        }
    }

    /// Their mean and the lower half of their covariance.
    fn moments(&self) -> (Mean, Cov) {
        let mean = self.values.map(|sum| sum / self.people);
        let mut cov = self.products.map(|row| row.map(|sum| sum / self.people));
        for i in 0..=CURVE {
            for j in 0..=i {
                cov[i][j] -= mean[i] * mean[j];
            }
        }
        (mean, cov)
    }
}

/// A person's day-0 curve and baseline given all they said: what the intake rating left open, moved by what became of the curve.
fn with_baseline(prior: &Prior, class: usize, intake: Option<u8>, day: i32, curve: &Curve) -> Option<(Mean, Cov)> {
    let (mut mean, mut cov) = (*prior.mean.get(class)?, *prior.cov.get(class)?);
    if let Some(rated) = intake {
        let baseline = cov[CURVE];
        let variance = baseline[CURVE] + prior.baseline_obs_var;
        let surprise = f64::from(rated) - mean[CURVE];
        for i in 0..=CURVE {
            mean[i] += baseline[i] / variance * surprise;
            for j in 0..=CURVE {
                cov[i][j] -= baseline[i] / variance * baseline[j];
            }
        }
    }
    // What the curve's end was to be before the answers, and the gain K = C·(C_cc + walk)⁻¹ of its coming out otherwise.
    let mut before = [[0.0; CURVE]; CURVE];
    for i in 0..CURVE {
        before[i].copy_from_slice(&cov[i][..CURVE]);
    }
    before[0][0] += prior.params.q0 * f64::from(day);
    let factor = root(&before)?;
    let mut gain = [[0.0; CURVE]; CURVE + 1];
    for i in 0..=CURVE {
        let [first, second, third, fourth, _] = cov[i];
        gain[i] = solved(&factor, [first, second, third, fourth]);
    }
    let mut told = curve.mean;
    for i in 0..CURVE {
        told[i] -= mean[i];
    }
    for i in 0..=CURVE {
        for k in 0..CURVE {
            mean[i] += gain[i][k] * told[k];
        }
        for j in 0..=CURVE {
            for k in 0..CURVE {
                for l in 0..CURVE {
                    cov[i][j] += gain[i][k] * (curve.cov[k][l] - before[k][l]) * gain[j][l];
                }
            }
        }
    }
    Some((mean, cov))
}

/// The lower triangle L with L·Lᵀ = `of` (Cholesky), of whose lower half alone it takes notice. `None` where it is not
/// positive definite.
fn root<const N: usize>(of: &[[f64; N]; N]) -> Option<[[f64; N]; N]> {
    let mut root = [[0.0; N]; N];
    for i in 0..N {
        for j in 0..=i {
            let below: f64 = (0..j).map(|k| root[i][k] * root[j][k]).sum();
            let rest = of[i][j] - below;
            if i == j && !(rest > 0.0 && rest.is_finite()) {
                return None;
            }
            root[i][j] = if i == j { libm::sqrt(rest) } else { rest / root[j][j] };
        }
    }
    Some(root)
}

/// x with L·Lᵀ·x = `b`.
fn solved<const N: usize>(root: &[[f64; N]; N], b: [f64; N]) -> [f64; N] {
    let mut x = b;
    for i in 0..N {
        let below: f64 = (0..i).map(|k| root[i][k] * x[k]).sum();
        x[i] = (x[i] - below) / root[i][i];
    }
    for i in (0..N).rev() {
        let above: f64 = (i + 1..N).map(|k| root[k][i] * x[k]).sum();
        x[i] = (x[i] - above) / root[i][i];
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamella_trajectory::Model;
    use lamella_trajectory::filter::Posterior;

    fn shipped() -> Prior {
        Model::shipped().unwrap_or_else(|error| unreachable!("{error}")).prior
    }

    fn near(one: &[[f64; 5]; 5], other: &[[f64; 5]; 5]) -> bool {
        one.iter().flatten().zip(other.iter().flatten()).all(|(one, other)| (one - other).abs() < 1e-9)
    }

    #[test]
    fn who_said_nothing_is_what_was_known_and_whose_curve_is_plain_keeps_only_a_baseline_open() {
        let mut prior = shipped();
        prior.weights = [0.0, 1.0];
        let silent = Posterior::new(&prior, None).ok().and_then(|it| it.curve()).unwrap_or_else(|| unreachable!());
        let (mean, cov) = with_baseline(&prior, 1, None, 0, &silent).unwrap_or_else(|| unreachable!());
        assert!(near(&cov, &prior.cov[1]) && mean.iter().zip(&prior.mean[1]).all(|(one, other)| (one - other).abs() < 1e-9));

        let plain = Curve { mean: [5.0, 1.0, 0.5, 0.2], cov: [[0.0; 4]; 4] };
        let (mean, cov) = with_baseline(&prior, 1, Some(9), 0, &plain).unwrap_or_else(|| unreachable!());
        assert!(mean.iter().zip(&plain.mean).all(|(one, other)| (one - other).abs() < 1e-9), "{mean:?}");
        assert!(cov.iter().take(4).flatten().all(|entry| entry.abs() < 1e-9), "{cov:?}");
        assert!(cov[4][4] > 0.01 && cov[4][4] < 0.1 && mean[4] > 5.0, "{cov:?} {mean:?}");
        // Of what c0 is off, the walk of a year takes a part.
        let (walked, _) = with_baseline(&prior, 1, None, 365, &plain).unwrap_or_else(|| unreachable!());
        assert!(walked[0] > 5.0 && walked[0] < 5.3, "{walked:?}");
    }

    /// Curves known for sure after a year, spread as the prior and the walk say: by both ends of each axis of their covariance.
    #[test]
    fn people_of_a_prior_leave_it_where_it_is() {
        let prior = shipped();
        let mut sums = Sums::new(&prior);
        for class in [0, 1] {
            let mut cov = [[0.0; 4]; 4];
            cov.iter_mut().zip(&prior.cov[class]).for_each(|(row, of)| row.copy_from_slice(&of[..4]));
            cov[0][0] += prior.params.q0 * 365.0;
            let axes = root(&cov).unwrap_or_else(|| unreachable!());
            for (axis, way) in (0..4).flat_map(|axis| [(axis, 2.0), (axis, -2.0)]) {
                let mean = [0, 1, 2, 3].map(|i| prior.mean[class][i] + way * axes[i][axis]);
                sums.add(&prior, class, None, 365, &Curve { mean, cov: [[0.0; 4]; 4] }, 100.0);
            }
        }
        let with = sums.in_place(&prior, 1.0).unwrap_or_else(|| unreachable!());
        for class in [0, 1] {
            assert!(near(&with.cov[class], &prior.cov[class]), "{:?}", with.cov);
            assert!(with.mean[class].iter().zip(&prior.mean[class]).all(|(one, other)| (one - other).abs() < 1e-9));
        }
    }

    #[test]
    fn people_are_counted_beside_the_former_and_what_is_no_prior_is_refused() {
        let prior = shipped();
        let former = Sums::new(&prior);
        let same = former.in_place(&prior, 1.0).unwrap_or_else(|| unreachable!());
        assert!(near(&same.cov[0], &prior.cov[0]) && near(&same.cov[1], &prior.cov[1]));
        let all = |c0: f64, people: f64| {
            let mut sums = former.clone();
            sums.add(&prior, 0, None, 0, &Curve { mean: [c0, 0.6, 4.9, 1.0], cov: [[0.0; 4]; 4] }, people);
            sums
        };
        // As many as the former, all at 3: half way.
        let with = all(3.0, FORMER_PEOPLE).in_place(&prior, 1.0).unwrap_or_else(|| unreachable!());
        assert!((with.mean[0][0] - 0.5 * (prior.mean[0][0] + 3.0)).abs() < 1e-9 && with.mean[1] == same.mean[1]);
        let half = all(3.0, FORMER_PEOPLE).in_place(&prior, 0.5).unwrap_or_else(|| unreachable!());
        assert!((half.mean[0][0] - 0.75 * prior.mean[0][0] - 0.75).abs() < 1e-9);
        assert_eq!(all(9.0, 1000.0).in_place(&prior, 1.0), None, "responders who end above the others are none");
        let mut flat = prior.clone();
        flat.cov[0][1] = flat.cov[0][0];
        assert_eq!(former.in_place(&flat, 0.0), None, "no covariance");
    }
}
