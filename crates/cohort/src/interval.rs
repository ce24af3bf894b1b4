//! How sure is a count? Wilson for shares, Poisson for rates, a normal interval for paired differences; all at 95 %.

use lamella_trajectory::rate::Rate;

/// Two-sided 95 % of a normal.
const Z: f64 = 1.959_963_984_540_054;

/// An estimate with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// A share `of` so many, by Wilson. `None` of none.
pub fn share(found: u64, of: u64) -> Option<Estimate> {
    if of == 0 {
        return None;
    }
    let (n, p) = (of as f64, found as f64 / of as f64);
    let middle = (p + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
    let half = Z / (1.0 + Z * Z / n) * libm::sqrt(p * (1.0 - p) / n + Z * Z / (4.0 * n * n));
    // At none and at all the ends are exact; rounding must not push them beyond.
    let low = if found == 0 { 0.0 } else { (middle - half).max(0.0) };
    let high = if found == of { 1.0 } else { (middle + half).min(1.0) };
    Some(Estimate { value: p, low, high })
}

/// A count over an exposure, with the exact Poisson interval.
pub fn rate(count: u64, exposure: f64) -> Option<Estimate> {
    Rate::of(count, exposure).map(|Rate { value, low, high }| Estimate { value, low, high })
}

/// A rate whose events come in clusters, one cluster a person: the spread between people is what counts, unless Poisson is wider.
/// `sum` and `squares` are over people, each with the same `exposure`.
pub fn clustered_rate(sum: u64, squares: u64, people: u64, exposure: f64) -> Option<Estimate> {
    let poisson = rate(sum, exposure * people as f64)?;
    let Some(mean) = mean_of(i128::from(sum), u128::from(squares), people) else { return Some(poisson) };
    let scaled = Estimate { value: mean.value / exposure, low: (mean.low / exposure).max(0.0), high: mean.high / exposure };
    Some(Estimate { low: scaled.low.min(poisson.low), high: scaled.high.max(poisson.high), ..poisson })
}

/// A mean over people with its normal interval. `None` with fewer than two.
pub fn mean_of(sum: i128, squares: u128, people: u64) -> Option<Estimate> {
    if people < 2 {
        return None;
    }
    let n = people as f64;
    let mean = sum as f64 / n;
    let variance = (squares as f64 - n * mean * mean).max(0.0) / (n - 1.0);
    let half = Z * libm::sqrt(variance / n);
    Some(Estimate { value: mean, low: mean - half, high: mean + half })
}

/// The difference of two shares on the same people: `only_first` and `only_second` are found by one alone.
pub fn paired_share(only_first: u64, only_second: u64, of: u64) -> Option<Estimate> {
    mean_of(i128::from(only_second) - i128::from(only_first), u128::from(only_first) + u128::from(only_second), of)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn close(a: f64, b: f64, within: f64) -> bool {
        (a - b).abs() <= within
    }

    #[test]
    fn against_published_values() {
        // Facts A2: 1 of 15 is 6.7 %, Wilson 1.2–29.8; 3 of 97 is 3.1 %, 1.1–8.7.
        for (found, of, low, high) in [(1, 15, 0.012, 0.298), (3, 97, 0.011, 0.087)] {
            let estimate = share(found, of).unwrap();
            assert!(close(estimate.low, low, 0.0006) && close(estimate.high, high, 0.0006), "{estimate:?}");
        }
        // Exact Poisson: 0 → 0–3.69, 10 → 4.80–18.39.
        let none = rate(0, 1.0).unwrap();
        assert!(none.low == 0.0 && close(none.high, 3.689, 0.001), "{none:?}");
        let ten = rate(10, 1.0).unwrap();
        assert!(close(ten.low, 4.795, 0.001) && close(ten.high, 18.390, 0.001), "{ten:?}");
        assert_eq!(share(0, 0), None);
        assert_eq!(rate(3, 0.0), None);
    }

    #[test]
    fn clusters_widen_and_pairs_narrow() {
        // 100 alarms: one each, or all from one person of a hundred.
        let (even, lumped) = (clustered_rate(100, 100, 100, 1.0).unwrap(), clustered_rate(100, 10_000, 100, 1.0).unwrap());
        assert!(lumped.high - lumped.low > 3.0 * (even.high - even.low), "{even:?} {lumped:?}");
        let paired = paired_share(0, 20, 100).unwrap();
        assert!(close(paired.value, 0.2, 1e-9) && paired.low > 0.0);
    }
}
