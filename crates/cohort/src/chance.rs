//! Where chance comes from: a seed, a patient, a purpose and a day, and nothing else.
//!
//! Every draw has its own stream, named by what it is for. So the same seed gives the same patients at any number of threads, and
//! two pathways are tried on the same patients although they ask on different days.

use rand_core::SeedableRng;
use rand_pcg::Pcg64Mcg;

/// What a stream is for; two purposes never share draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub enum Purpose {
    /// Who the person is.
    Person = 1,
    /// The person's days.
    Course = 2,
    /// What goes wrong.
    Complication = 3,
    /// What is answered on a day.
    Answer = 4,
    /// What the clinic does on a day.
    Clinic = 5,
    /// Where a rounded rating lies in its forecast.
    Audit = 6,
    /// What goes wrong with a check-in, and what happens beside it.
    Mishap = 7,
}

/// A source of chance. Small, and the same bits on every machine.
pub type Chance = Pcg64Mcg;

/// The stream of one purpose, for one patient on one day (0 where there is no day).
pub fn stream(seed: u64, patient: u64, purpose: Purpose, day: u64) -> Chance {
    let mut mixed = mix(seed ^ 0x9E37_79B9_7F4A_7C15);
    for part in [patient, purpose as u64, day] {
        mixed = mix(mixed ^ part.wrapping_mul(0xD6E8_FEB8_6659_FD93));
    }
    Chance::seed_from_u64(mixed)
}

/// SplitMix64's finaliser: neighbouring inputs give unrelated outputs.
fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Uniform in [0, 1), from the stream's next 53 bits.
pub fn unit(chance: &mut Chance) -> f64 {
    use rand_core::Rng;
    (chance.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

/// True with this probability.
pub fn happens(chance: &mut Chance, probability: f64) -> bool {
    unit(chance) < probability
}

/// A whole number in `from..=to`.
pub fn whole(chance: &mut Chance, from: i32, to: i32) -> i32 {
    let width = f64::from((to - from).max(0) + 1);
    from + (unit(chance) * width) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_their_own_and_repeat() {
        let first = |seed, patient, purpose, day| unit(&mut stream(seed, patient, purpose, day));
        assert_eq!(first(1, 2, Purpose::Answer, 3), first(1, 2, Purpose::Answer, 3));
        let others = [
            first(2, 2, Purpose::Answer, 3),
            first(1, 3, Purpose::Answer, 3),
            first(1, 2, Purpose::Clinic, 3),
            first(1, 2, Purpose::Answer, 4),
        ];
        assert!(others.iter().all(|other| *other != first(1, 2, Purpose::Answer, 3)), "{others:?}");
    }
}
