//! What came of it? Counts that merge in any order, so that threads cannot matter and memory does not grow.
//!
//! Everything is a whole number: a sum of whole numbers is the same in whatever order it is taken.

use lamella_record::Level;

/// What is counted per person, so that intervals know about people and pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub enum Metric {
    /// Alerts of any level.
    Alerts,
    /// Alerts at attention or above.
    Attention,
    /// Times a person rose to attention or above with nothing behind it.
    FalseAlarms,
    /// Cases of *lasting change* of the reading with nothing behind them.
    FalseLasting,
    /// Cases of *watch* of the reading with nothing behind them.
    FalseWatch,
    /// Seconds of staff.
    StaffSeconds,
    /// Taps.
    Taps,
    /// Check-ins sent.
    CheckIns,
}

impl Metric {
    /// Every metric.
    pub const ALL: [Metric; METRICS] = [
        Metric::Alerts,
        Metric::Attention,
        Metric::FalseAlarms,
        Metric::FalseLasting,
        Metric::FalseWatch,
        Metric::StaffSeconds,
        Metric::Taps,
        Metric::CheckIns,
    ];
}

/// How many metrics there are.
pub const METRICS: usize = 8;
/// Delays are counted by the day up to here; later ones together.
pub const DELAY_DAYS: usize = 60;
/// Hours until somebody has seen an alert, up to here.
pub const SEEN_HOURS: usize = 96;
/// Use of a day's capacity in steps of a twentieth; the last is *used up*.
pub const USE_STEPS: usize = 21;
/// Taps of a check-in, up to here.
pub const TAPS: usize = 60;
/// How many examples of a miss are kept.
const EXAMPLES: usize = 5;

/// A person's own counts.
pub type Own = [u64; METRICS];

/// What became of one kind of complication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How many there were.
    pub had: u64,
    /// How many were found before they were over.
    pub found: u64,
    /// How many the reading called a lasting change within 28 days, had the clinic done nothing about them until then.
    pub read_28: u64,
    /// How many days each took from the first symptom, the last place for longer ones.
    pub delays: Vec<u64>,
}

impl Default for Finding {
    fn default() -> Finding {
        Finding { had: 0, found: 0, read_28: 0, delays: vec![0; DELAY_DAYS + 1] }
    }
}

impl Finding {
    /// Found within so many days.
    pub fn within(&self, days: usize) -> u64 {
        self.delays.iter().take(days + 1).sum()
    }

    /// The median delay over all that were had; `None` when fewer than half were found in the days that are counted.
    pub fn median(&self) -> Option<usize> {
        self.day_of_rank(self.had.div_ceil(2))
    }

    /// The median's 95 % interval by the ranks of a binomial; an end beyond the days that are counted is open.
    pub fn median_interval(&self) -> (Option<usize>, Option<usize>) {
        let half = self.had as f64 / 2.0;
        let spread = 0.98 * libm::sqrt(self.had as f64);
        let low = libm::floor(half - spread).max(1.0) as u64;
        let high = (libm::ceil(half + spread) as u64 + 1).min(self.had);
        (self.day_of_rank(low), self.day_of_rank(high))
    }

    /// The day by which so many had been found.
    fn day_of_rank(&self, rank: u64) -> Option<usize> {
        let mut seen = 0;
        self.delays.iter().take(DELAY_DAYS).position(|count| {
            seen += count;
            seen >= rank.max(1)
        })
    }
}

/// Sum and sum of squares over people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum {
    /// Sum.
    pub sum: u64,
    /// Sum of squares.
    pub squares: u64,
}

/// What came of one arm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// People.
    pub patients: u64,
    /// Their days.
    pub patient_days: u64,
    /// Events that went through the engine.
    pub steps: u64,
    /// Views of a state.
    pub views: u64,
    /// Verdicts by level.
    pub verdicts: [u64; 4],
    /// Alerts by cause and highest level.
    pub alerts: Vec<[u64; 4]>,
    /// Alerts that a person at the clinic has seen, by level.
    pub seen: [u64; 4],
    /// Alerts that a person dealt with (resolved) at attention or above, and those of them on which something was done.
    pub dealt_with: u64,
    /// See `dealt_with`.
    pub acted_on: u64,
    /// Alerts at attention or above that were seen after their time was over.
    pub late: u64,
    /// Hours until seen, of alerts at attention or above.
    pub seen_hours: Vec<u64>,
    /// Check-ins whose verdict lay below what the evidence asks for a sign that was said.
    pub misses: u64,
    /// The first few: (person, day, sign's level, verdict's level).
    pub missed: Vec<(u64, i32, u8, u8)>,
    /// Check-ins on which a sign at attention or above could not be told, because the pathway has no question for it.
    pub untold: u64,
    /// By kind of complication.
    pub findings: Vec<Finding>,
    /// Days by the state of the reading, in the order of its states, after each check-in.
    pub reading: [u64; 6],
    /// Cases of the reading with something behind them: lasting change, watch.
    pub true_cases: [u64; 2],
    /// Per metric, over people.
    pub own: [Sum; METRICS],
    /// Stretches of 14 days in which nothing was going on: how many, and those with a verdict at attention or above, at emergency.
    pub quiet: [u64; 3],
    /// Clinic days on which it was open.
    pub open_days: u64,
    /// Seconds of staff that there were on them.
    pub capacity_seconds: u64,
    /// Clinic days by the share of the capacity that was used.
    pub used: Vec<u64>,
    /// Alerts that waited for a person at the end of an open day, summed over days.
    pub left_waiting: u64,
    /// Tenths of seconds spent answering.
    pub answer_tenths: u64,
    /// Check-ins by number of taps.
    pub taps: Vec<u64>,
    /// Alerts a week of the trial: by week since the procedure, all levels and attention or above.
    pub by_week: Vec<[u64; 2]>,
    /// Patient-days by week since the procedure.
    pub days_by_week: Vec<u64>,
}

impl Outcome {
    /// Nothing yet.
    pub fn new(causes: usize, kinds: usize, days: i32) -> Outcome {
        let weeks = usize::try_from(days).unwrap_or(0).div_ceil(7).max(1);
        Outcome {
            patients: 0,
            patient_days: 0,
            steps: 0,
            views: 0,
            verdicts: [0; 4],
            alerts: vec![[0; 4]; causes],
            seen: [0; 4],
            dealt_with: 0,
            acted_on: 0,
            late: 0,
            seen_hours: vec![0; SEEN_HOURS + 1],
            misses: 0,
            missed: vec![],
            untold: 0,
            findings: vec![Finding::default(); kinds],
            reading: [0; 6],
            true_cases: [0; 2],
            own: [Sum::default(); METRICS],
            quiet: [0; 3],
            open_days: 0,
            capacity_seconds: 0,
            used: vec![0; USE_STEPS],
            left_waiting: 0,
            answer_tenths: 0,
            taps: vec![0; TAPS + 1],
            by_week: vec![[0; 2]; weeks],
            days_by_week: vec![0; weeks],
        }
    }

    /// Takes a person's own counts.
    pub fn person(&mut self, own: &Own, days: u64) {
        self.patients += 1;
        self.patient_days += days;
        for (sum, value) in self.own.iter_mut().zip(own) {
            sum.sum += value;
            sum.squares += value * value;
        }
    }

    /// A sign that did not reach its level.
    pub fn miss(&mut self, person: u64, day: i32, asked: Level, reached: Level) {
        self.misses += 1;
        self.missed.push((person, day, asked.rank(), reached.rank()));
        self.first_few();
    }

    /// A person at the clinic has seen an alert, so many hours after it was told.
    pub fn seen(&mut self, level: Level, late: bool, hours: i64) {
        if let Some(count) = self.seen.get_mut(usize::from(level.rank())) {
            *count += 1;
        }
        if level >= Level::Attention {
            self.late += u64::from(late);
            let place = usize::try_from(hours).unwrap_or(0).min(SEEN_HOURS);
            if let Some(count) = self.seen_hours.get_mut(place) {
                *count += 1;
            }
        }
    }

    fn first_few(&mut self) {
        self.missed.sort_unstable();
        self.missed.truncate(EXAMPLES);
    }

    /// Over people.
    pub fn of(&self, metric: Metric) -> Sum {
        self.own.get(metric as usize).copied().unwrap_or_default()
    }

    /// Both together. Associative and commutative: every field is a sum, or the smallest few.
    pub fn merge(mut self, other: Outcome) -> Outcome {
        let Outcome { patients, patient_days, steps, views, dealt_with, acted_on, late, misses, untold, .. } = other;
        for (mine, theirs) in [
            (&mut self.patients, patients),
            (&mut self.patient_days, patient_days),
            (&mut self.steps, steps),
            (&mut self.views, views),
            (&mut self.dealt_with, dealt_with),
            (&mut self.acted_on, acted_on),
            (&mut self.late, late),
            (&mut self.misses, misses),
            (&mut self.untold, untold),
            (&mut self.open_days, other.open_days),
            (&mut self.capacity_seconds, other.capacity_seconds),
            (&mut self.left_waiting, other.left_waiting),
            (&mut self.answer_tenths, other.answer_tenths),
        ] {
            *mine += theirs;
        }
        add(&mut self.verdicts, &other.verdicts);
        add(&mut self.seen, &other.seen);
        add(&mut self.seen_hours, &other.seen_hours);
        add(&mut self.reading, &other.reading);
        add(&mut self.true_cases, &other.true_cases);
        add(&mut self.quiet, &other.quiet);
        add(&mut self.used, &other.used);
        add(&mut self.taps, &other.taps);
        add(&mut self.days_by_week, &other.days_by_week);
        self.alerts.iter_mut().zip(&other.alerts).for_each(|(mine, theirs)| add(mine, theirs));
        self.by_week.iter_mut().zip(&other.by_week).for_each(|(mine, theirs)| add(mine, theirs));
        for (mine, theirs) in self.findings.iter_mut().zip(&other.findings) {
            mine.had += theirs.had;
            mine.found += theirs.found;
            mine.read_28 += theirs.read_28;
            add(&mut mine.delays, &theirs.delays);
        }
        for (mine, theirs) in self.own.iter_mut().zip(other.own) {
            mine.sum += theirs.sum;
            mine.squares += theirs.squares;
        }
        self.missed.extend(other.missed);
        self.first_few();
        self
    }
}

fn add(mine: &mut [u64], theirs: &[u64]) {
    mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine += theirs);
}

/// Two arms on the same people: differences, second less first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paired {
    /// People.
    pub patients: u64,
    /// Per metric: sum of differences and of their squares.
    pub differences: [(i64, u64); METRICS],
    /// By kind of complication: found by both, by the first only, by the second only, by neither.
    pub found: Vec<[u64; 4]>,
}

impl Paired {
    /// Nothing yet.
    pub fn new(kinds: usize) -> Paired {
        Paired { patients: 0, differences: [(0, 0); METRICS], found: vec![[0; 4]; kinds] }
    }

    /// Takes one person as each arm had them.
    pub fn person(&mut self, first: &Own, second: &Own) {
        self.patients += 1;
        for ((sum, squares), (first, second)) in self.differences.iter_mut().zip(first.iter().zip(second)) {
            let difference = second.cast_signed() - first.cast_signed();
            *sum += difference;
            *squares += difference.unsigned_abs().pow(2);
        }
    }

    /// One complication as each arm found it.
    pub fn complication(&mut self, kind: usize, first: bool, second: bool) {
        let place = match (first, second) {
            (true, true) => 0,
            (true, false) => 1,
            (false, true) => 2,
            (false, false) => 3,
        };
        if let Some(count) = self.found.get_mut(kind).and_then(|kind| kind.get_mut(place)) {
            *count += 1;
        }
    }

    /// Both together.
    pub fn merge(mut self, other: Paired) -> Paired {
        self.patients += other.patients;
        for (mine, theirs) in self.differences.iter_mut().zip(other.differences) {
            mine.0 += theirs.0;
            mine.1 += theirs.1;
        }
        self.found.iter_mut().zip(&other.found).for_each(|(mine, theirs)| add(mine, theirs));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_know_how_sure_they_are() {
        let mut delays = vec![0; DELAY_DAYS + 1];
        delays.iter_mut().take(20).for_each(|count| *count = 5);
        let all = Finding { had: 100, found: 100, read_28: 0, delays: delays.clone() };
        assert_eq!((all.median(), all.within(9)), (Some(9), 50));
        // Ranks 40 and 61 of 100.
        assert_eq!(all.median_interval(), (Some(7), Some(12)));
        let half_missed = Finding { had: 210, ..all };
        assert_eq!(half_missed.median(), None);
        assert_eq!(half_missed.median_interval(), (Some(17), None));
        assert_eq!(Finding::default().median(), None);
    }
}
