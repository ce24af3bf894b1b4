//! The same bits everywhere: 20,000 random days, folded into one number that every build has to reach, whatever its processor,
//! its vector registers or its optimisation. A change of the model's arithmetic changes the number, and says so in its commit.
//!
//! `./test` runs it natively as a test and in WebAssembly as this program, which traps where the number is another.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use lamella_trajectory::band::Band;
use lamella_trajectory::filter::Posterior;
use lamella_trajectory::prior::{Prior, SHIPPED};

const BITS: u64 = 0xba3d_a13a_0aac_51fa;

fn main() {
    let bits = fold();
    assert_eq!(bits, BITS, "{bits:#018x}");
}

#[test]
fn twenty_thousand_random_days() {
    main();
}

fn fold() -> u64 {
    let prior = Prior::parse(SHIPPED).unwrap();
    let mut random = Random(20_000);
    let mut folded = 0xcbf2_9ce4_8422_2325_u64;
    let mut take = |value: f64| folded = (folded ^ value.to_bits()).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(17);
    for person in 0..50 {
        let intake = (person % 5 > 0).then(|| random.below(11));
        let mut posterior = Posterior::new(&prior, intake).unwrap();
        let mut band = Band::new(&prior, intake).unwrap();
        for day in 0..400 {
            let pain = (random.below(10) < 7).then(|| random.below(11));
            let function = (person % 2 == 1 && random.below(10) < 6).then(|| random.below(11));
            posterior.step(day, pain, function).unwrap();
            let forecast = band.step(day, pain, function).unwrap();
            let level = posterior.level();
            take(posterior.log_odds());
            take(posterior.p_flare());
            take(posterior.p_responder());
            take(level.mean);
            take(level.variance);
            take(posterior.log_likelihood());
            forecast.0.into_iter().for_each(&mut take);
        }
    }
    folded
}

/// Knuth's MMIX generator: the high bits.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u8 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u8::try_from((self.0 >> 33) % end).unwrap()
    }
}
