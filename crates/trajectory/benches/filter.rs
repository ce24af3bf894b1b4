//! What a patient-day costs: all sixty components, nothing dropped. Prints µs a day.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use lamella_trajectory::band::Band;
use lamella_trajectory::calibration::{self, Calibration};
use lamella_trajectory::filter::{Day, INVISIBLE, Posterior};
use lamella_trajectory::monitor::Monitor;
use lamella_trajectory::prior::{Prior, SHIPPED};
use std::hint::black_box;
use std::time::Instant;

const DAYS: i32 = 365;
const ROUNDS: usize = 60;

fn main() {
    let prior = Prior::parse(SHIPPED).unwrap();
    println!("{:<42} {:>8} {:>8}", "a year of days", "µs a day", "best");
    for (name, every, function) in
        [("pain every day", 1, false), ("pain on 7 of 10 days", 10, false), ("pain and function every day", 1, true), ("silence", 0, false)]
    {
        let days = year(every, function);
        report(&format!("{name}, dropping"), || {
            let mut posterior = Posterior::new(&prior, Some(7)).unwrap().dropping(INVISIBLE);
            for day in black_box(&days) {
                posterior.step(day.day, day.pain, day.function).unwrap();
            }
            black_box(&posterior);
        });
        report(name, || {
            black_box(Posterior::replay(&prior, Some(7), black_box(&days)).unwrap());
        });
    }
    let (calibration, days) = (Calibration::parse(calibration::SHIPPED, &Prior::hash(SHIPPED)).unwrap(), year(10, false));
    report("monitor, pain on 7 of 10 days", || {
        black_box(Monitor::replay(&prior, &calibration, Some(7), black_box(&days)).unwrap());
    });
    let monitor = Monitor::replay(&prior, &calibration, Some(7), &days).unwrap();
    println!("monitor: {} bytes, {} as JSON", size_of::<Monitor>(), serde_json::to_vec(&monitor).unwrap().len());
    if std::env::args().any(|argument| argument == "--no-band") {
        return;
    }
    let days = year(1, false);
    report("band, pain every day", || {
        let mut band = Band::new(&prior, Some(7)).unwrap();
        for day in &days {
            black_box(band.step(day.day, day.pain, day.function).unwrap());
        }
    });
    println!("posterior: {} bytes", size_of::<Posterior>());
}

fn year(every: i32, function: bool) -> Vec<Day> {
    let mut seed = 12_345_u64;
    let mut rating = |middle: f64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (middle + ((seed >> 40) as f64 / (1u64 << 24) as f64 - 0.5) * 4.0).round().clamp(0.0, 10.0) as u8
    };
    (0..DAYS)
        .map(|day| {
            let level = 2.0 + 5.0 * (-f64::from(day) / 35.0).exp();
            let asked = every == 1 || (every > 0 && day % every < 7);
            Day { day, pain: asked.then(|| rating(level)), function: (function && asked).then(|| rating(level)) }
        })
        .collect()
}

/// Median and best of many years.
fn report(name: &str, mut work: impl FnMut()) {
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let began = Instant::now();
            work();
            began.elapsed().as_secs_f64() * 1e6 / f64::from(DAYS)
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("{name:<42} {:>8.2} {:>8.2}", times[ROUNDS / 2], times[0]);
}
