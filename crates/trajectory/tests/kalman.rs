//! The bank against statsmodels' Kalman filter where the two have to agree: one group, one mode, and standard deviations beside
//! which a rating's rounding is nothing. `benches/peers/kalman.py` makes the cases and its values.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use lamella_trajectory::filter::Posterior;
use lamella_trajectory::prior::{Prior, SHIPPED};
use serde::Deserialize;

/// The design's gate, on the log-likelihood of some 80 to 150 ratings (about −1,000 to −2,000).
const GATE: f64 = 1e-8;
/// A chance a day that never comes: the artifact asks for more than 0.
const NEVER: f64 = 1e-300;

#[derive(Deserialize)]
struct Case {
    intake: Option<u8>,
    mean: [f64; 5],
    cov: [[f64; 5]; 5],
    baseline_obs_var: f64,
    sigma: f64,
    rho: f64,
    phi: f64,
    q0: f64,
    lam: f64,
    bf: f64,
    vbf: f64,
    kf: f64,
    pain: Vec<i8>,
    function: Vec<i8>,
    log_likelihood: f64,
    level_mean: f64,
    level_var: f64,
}

impl Case {
    /// The shipped artifact with the case's numbers: one group has all the weight, calm has all the days.
    fn prior(&self) -> Prior {
        let mut prior = Prior::parse(SHIPPED).unwrap();
        (prior.mean, prior.cov, prior.weights) = ([self.mean; 2], [self.cov; 2], [1.0, 0.0]);
        (prior.sigma_grid, prior.baseline_obs_var) = ([self.sigma; 5], self.baseline_obs_var);
        let p = &mut prior.params;
        (p.rho, p.phi, p.q0) = (self.rho, self.phi, self.q0);
        (p.lam, p.bf, p.vbf, p.kf) = (self.lam, self.bf, self.vbf, self.kf);
        (p.p_cd, p.p_fd) = (NEVER, NEVER);
        (p.sigw, p.prof) = ([1.0, 0.0, 0.0, 0.0, 0.0], [[NEVER, 0.5, 1.0], [NEVER, 0.5, 0.0]]);
        prior
    }
}

#[test]
fn one_mode_without_rounding_is_a_kalman_filter() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("data/kalman.json")).unwrap();
    assert_eq!(cases.len(), 8);
    let mut worst = [0.0_f64; 3];
    for case in &cases {
        let mut posterior = Posterior::new(&case.prior(), case.intake).unwrap();
        for (day, (pain, function)) in (0..).zip(case.pain.iter().zip(&case.function)) {
            posterior.step(day, u8::try_from(*pain).ok(), u8::try_from(*function).ok()).unwrap();
        }
        assert_eq!((posterior.groups(), posterior.p_lasting() < 1e-200, posterior.p_flare() < 1e-200), (1, true, true));
        let level = posterior.level();
        let off = [
            posterior.log_likelihood() - case.log_likelihood,
            (level.mean - case.level_mean) / case.level_var.sqrt(),
            level.variance / case.level_var - 1.0,
        ];
        println!("{:9.1e} {:9.1e} {:9.1e}", off[0], off[1], off[2]);
        worst = [0, 1, 2].map(|i| worst[i].max(off[i].abs()));
    }
    println!("log-likelihood, level in its standard deviations, variance of the level, relative: off by {worst:?}");
    assert!(worst[0] <= GATE && worst[1] <= GATE && worst[2] <= GATE, "{worst:?}");
}
