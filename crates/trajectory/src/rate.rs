//! How often does something happen, and how sure is one after so many times?

/// Two and a half of a hundred: what is left out at each end of a 95 % interval.
const TAIL: f64 = 0.025;

/// Events a year with the exact 95 % interval of a Poisson count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Events a year.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Rate {
    /// The rate of `count` events in so many years, with Garwood's interval (1936): the lowest and the highest rate of which such a
    /// count, or one further away, comes in at least one of forty times. `None` without time.
    ///
    /// ```
    /// use lamella_trajectory::rate::Rate;
    /// let rate = Rate::of(10, 50.0).unwrap();
    /// assert!((rate.low * 50.0 - 4.7954).abs() < 1e-4 && (rate.high * 50.0 - 18.3904).abs() < 1e-4);
    /// assert!(Rate::of(3, 0.0).is_none());
    /// ```
    pub fn of(count: u64, years: f64) -> Option<Rate> {
        let [low, high] = interval(count);
        (years > 0.0).then(|| Rate { value: count as f64 / years, low: low / years, high: high / years })
    }
}

/// The expected counts at both ends.
fn interval(count: u64) -> [f64; 2] {
    let n = count as f64;
    // Far beyond either end, whatever the count.
    let reach = 10.0 + 6.0 * libm::sqrt(n);
    let low = if count == 0 { 0.0 } else { solve(0.0, n, |mean| at_least(n, mean) > TAIL) };
    [low, solve(n, n + reach, |mean| at_most(n, mean) < TAIL)]
}

/// Where `above` becomes true between `low` and `high`, by halving.
fn solve(mut low: f64, mut high: f64, above: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..80 {
        let middle = 0.5 * (low + high);
        if above(middle) { high = middle } else { low = middle }
    }
    high
}

/// Probability of at least `n` where `mean` are expected; `mean` is at most `n`.
fn at_least(n: f64, mean: f64) -> f64 {
    exactly(n, mean) * sum(|k| mean / (n + k))
}

/// Probability of at most `n` where `mean` are expected; `mean` is at least `n`.
fn at_most(n: f64, mean: f64) -> f64 {
    exactly(n, mean) * sum(|k| (n - k + 1.0) / mean)
}

fn exactly(n: f64, mean: f64) -> f64 {
    libm::exp(n * libm::log(mean) - mean - libm::lgamma(n + 1.0))
}

/// 1 + r(1) + r(1) r(2) + …, until a term no longer counts.
fn sum(ratio: impl Fn(f64) -> f64) -> f64 {
    let (mut total, mut term, mut k) = (1.0, 1.0, 1.0);
    while term > 1e-17 {
        term *= ratio(k);
        total += term;
        k += 1.0;
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn against_published_values() {
        // Garwood's interval as tabulated (Ulm 1990; the same by chi-square quantiles): count, low, high.
        for (count, low, high) in
            [(0, 0.0, 3.6889), (1, 0.0253, 5.5716), (3, 0.6187, 8.7673), (20, 12.2165, 30.8884), (100, 81.3637, 121.6266)]
        {
            let found = interval(count);
            assert!((found[0] - low).abs() < 1e-3 && (found[1] - high).abs() < 1e-3, "{count}: {found:?}");
        }
        let [low, high] = interval(1_000_000);
        assert!((low - 998_041.0).abs() < 2.0 && (high - 1_001_962.0).abs() < 2.0, "{low} {high}");
    }
}
