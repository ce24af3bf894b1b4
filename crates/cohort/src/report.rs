//! What do the counts say? Rates with their intervals, ready for a table, for JSON and for a page.

use crate::arm::{Arm, Judge};
use crate::interval::{Estimate, clustered_rate, mean_of, paired_share, share};
use crate::outcome::{METRICS, Metric, Outcome, Paired, USE_STEPS};
use crate::trial::{Tally, Trial};
use lamella_engine::ReadingState;
use lamella_record::Level;
use serde::Serialize;

/// Days of a year here.
const YEAR: f64 = 365.0;

/// The whole report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The cohort's word.
    pub cohort: String,
    /// The seed.
    pub seed: u64,
    /// People of the cohort.
    pub patients: u64,
    /// People who were given one complication each.
    pub given: u64,
    /// Days of care of each.
    pub days: i32,
    /// How much more often than their rates complications came.
    pub factor: f64,
    /// The arms.
    pub arms: Vec<ArmReport>,
    /// The second arm less the first on the same people.
    pub differences: Vec<Difference>,
}

/// One arm.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArmReport {
    /// Its name.
    pub name: String,
    /// Whether the engine judged it.
    pub is_pathway: bool,
    /// Hash of the pathway's files; empty for a comparator.
    pub hash: String,
    /// Patient-years of the cohort.
    pub patient_years: f64,
    /// Check-ins sent.
    pub check_ins: u64,
    /// Verdicts by level, mildest first.
    pub verdicts: [u64; 4],
    /// Alerts per 100 patients a week, all levels.
    pub alerts: Option<Estimate>,
    /// The same at attention or above.
    pub attention: Option<Estimate>,
    /// By cause, the most frequent first.
    pub causes: Vec<Cause>,
    /// Share of the alerts dealt with at attention or above on which something was done.
    pub acted_on: Option<Estimate>,
    /// Check-ins whose verdict lay below what the evidence asks for a sign that was said. Must be 0.
    pub red_flag_misses: u64,
    /// The first few: person, day, level asked for, level reached.
    pub missed: Vec<(u64, i32, &'static str, &'static str)>,
    /// Check-ins with an urgent sign that the pathway has no question for.
    pub untold: u64,
    /// Signs that the pathway has no question for.
    pub untellable: Vec<String>,
    /// Times a person rose to attention or above with nothing behind it, a patient-year.
    pub false_alarms: Option<Estimate>,
    /// Cases of *lasting change* of the reading with nothing behind them, a patient-year.
    pub false_lasting: Option<Estimate>,
    /// Cases of *watch* of the reading with nothing behind them, a patient-year.
    pub false_watch: Option<Estimate>,
    /// Share of 14-day stretches with nothing going on that had a verdict at attention or above, and at emergency: what would be
    /// *found within 14 days* by chance alone.
    pub by_chance: (Option<Estimate>, Option<Estimate>),
    /// Check-ins after which the reading stood at each state.
    pub reading: Vec<(&'static str, u64)>,
    /// Kinds of complication, found or not.
    pub events: Vec<EventReport>,
    /// The clinic.
    pub staff: StaffReport,
    /// Answering.
    pub burden: Burden,
    /// By week since the procedure.
    pub weeks: Vec<Week>,
}

/// Alerts of one cause per 100 patients a week.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cause {
    /// Rule id, or what the engine raises itself.
    pub cause: String,
    /// All levels.
    pub all: f64,
    /// Watch.
    pub watch: f64,
    /// Attention.
    pub attention: f64,
    /// Emergency.
    pub emergency: f64,
    /// How many there were.
    pub count: u64,
}

/// One kind of complication, in people who were given one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EventReport {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where its numbers come from.
    pub source: String,
    /// What counts as found.
    pub found_at: String,
    /// How many there were.
    pub had: u64,
    /// Share found before it was over.
    pub found: Option<Estimate>,
    /// Share found within 14 days.
    pub within_14: Option<Estimate>,
    /// Share found within 28 days.
    pub within_28: Option<Estimate>,
    /// Share that the reading itself called a lasting change within 28 days, had the clinic done nothing; none where nothing is read.
    pub read_28: Option<Estimate>,
    /// Median delay in days over all of them; none when fewer than half were found.
    pub median_days: Option<usize>,
    /// Its 95 % interval; an open end lies beyond 60 days.
    pub median_interval: (Option<usize>, Option<usize>),
    /// How many were found on each day after the first symptom.
    pub delays: Vec<u64>,
}

/// The clinic's load.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StaffReport {
    /// Minutes of staff for every 100 patients an open day.
    pub minutes: f64,
    /// Minutes there were.
    pub capacity: f64,
    /// Share of the capacity used.
    pub used: f64,
    /// Share of open days on which it was used up.
    pub full_days: Option<Estimate>,
    /// Open days by twentieths of the capacity used.
    pub use_steps: Vec<u64>,
    /// Alerts unseen at the end of an open day, per 100 patients.
    pub left_waiting: f64,
    /// Share of alerts at attention or above that were seen after their time.
    pub late: Option<Estimate>,
    /// Hours until half and until nine in ten of them were seen.
    pub seen_hours: (Option<usize>, Option<usize>),
    /// Minutes of staff a patient-year, over people.
    pub minutes_a_year: Option<Estimate>,
}

/// What answering costs people.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Burden {
    /// Check-ins a patient-week.
    pub check_ins_a_week: f64,
    /// Median taps of a check-in, and the tap count nine in ten stay within.
    pub taps: (Option<usize>, Option<usize>),
    /// Seconds of a check-in.
    pub seconds: f64,
    /// Minutes a patient-week.
    pub minutes_a_week: f64,
}

/// A week since the procedure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Week {
    /// Which, from 1.
    pub week: usize,
    /// Alerts per 100 patients.
    pub alerts: f64,
    /// Those at attention or above.
    pub attention: f64,
}

/// A difference on the same people, second less first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// Of what.
    pub what: String,
    /// In which unit.
    pub unit: &'static str,
    /// How much.
    pub difference: Option<Estimate>,
}

/// Reads a tally.
pub fn report(trial: &Trial, tally: &Tally) -> Report {
    let arms = trial.arms.iter().zip(tally.cohort.iter().zip(&tally.given));
    Report {
        cohort: trial.spec.name.to_string(),
        seed: trial.seed,
        patients: trial.patients,
        given: trial.given,
        days: trial.days,
        factor: trial.factor,
        arms: arms.map(|(arm, (cohort, given))| arm_report(trial, arm, cohort, given)).collect(),
        differences: if trial.arms.len() == 2 { differences(trial, tally) } else { vec![] },
    }
}

fn arm_report(trial: &Trial, arm: &Arm, cohort: &Outcome, given: &Outcome) -> ArmReport {
    let years = f64::from(trial.days) / YEAR;
    let people = cohort.patients;
    // Per 100 patients a week: the exposure of one person in hundreds of patient-weeks.
    let per_week = f64::from(trial.days) / 7.0 / 100.0;
    let each = |metric: Metric, exposure: f64| {
        let sum = cohort.of(metric);
        clustered_rate(sum.sum, sum.squares, people, exposure)
    };
    let word = |rank: u8| Level::ALL.get(usize::from(rank)).map_or("", |level| level.word());
    let hash = match &arm.judge {
        Judge::Pathway(judged) => judged.pathways.current().hash.clone(),
        Judge::Rule(_) => String::new(),
    };
    let missed = cohort.missed.iter().chain(&given.missed);
    let read = cohort.reading.iter().sum::<u64>() > 0;
    ArmReport {
        name: arm.name.clone(),
        is_pathway: !hash.is_empty(),
        hash,
        patient_years: cohort.patient_days as f64 / YEAR,
        check_ins: cohort.of(Metric::CheckIns).sum,
        verdicts: cohort.verdicts,
        alerts: each(Metric::Alerts, per_week),
        attention: each(Metric::Attention, per_week),
        causes: causes(arm, cohort),
        acted_on: share(cohort.acted_on, cohort.dealt_with),
        red_flag_misses: cohort.misses + given.misses,
        missed: missed.map(|(person, day, asked, reached)| (*person, *day, word(*asked), word(*reached))).collect(),
        untold: cohort.untold + given.untold,
        untellable: arm.untellable().to_vec(),
        false_alarms: each(Metric::FalseAlarms, years),
        false_lasting: each(Metric::FalseLasting, years).filter(|_| read),
        false_watch: each(Metric::FalseWatch, years).filter(|_| read),
        by_chance: {
            let [stretches, attention, emergency] = cohort.quiet;
            (share(attention, stretches), share(emergency, stretches))
        },
        reading: ReadingState::ALL.iter().map(|state| state.word()).zip(cohort.reading).collect(),
        events: events(trial, given, arm.has_reading()),
        staff: staff(cohort, each(Metric::StaffSeconds, years * 60.0)),
        burden: burden(cohort),
        weeks: weeks(cohort),
    }
}

fn causes(arm: &Arm, cohort: &Outcome) -> Vec<Cause> {
    let hundred_weeks = cohort.patient_days as f64 / 700.0;
    let mut causes: Vec<Cause> = vec![];
    for (cause, levels) in arm.causes.iter().zip(&cohort.alerts) {
        let count = levels.iter().sum::<u64>();
        let [_, watch, attention, emergency] = levels.map(|count| if hundred_weeks > 0.0 { count as f64 / hundred_weeks } else { 0.0 });
        if count > 0 {
            causes.push(Cause { cause: cause.clone(), all: watch + attention + emergency, watch, attention, emergency, count });
        }
    }
    causes.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.cause.cmp(&b.cause)));
    causes
}

fn events(trial: &Trial, given: &Outcome, read: bool) -> Vec<EventReport> {
    let had = trial.kinds.iter().zip(&given.findings).filter(|(kind, finding)| !kind.harmless && finding.had > 0);
    had.map(|(kind, finding)| EventReport {
        id: kind.id.clone(),
        name: kind.name.clone(),
        source: kind.source.clone(),
        found_at: if kind.by_reading { "the reading".to_string() } else { kind.found_at.word().to_string() },
        had: finding.had,
        found: share(finding.found, finding.had),
        within_14: share(finding.within(14), finding.had),
        within_28: share(finding.within(28), finding.had),
        read_28: share(finding.read_28, finding.had).filter(|_| read),
        median_days: finding.median(),
        median_interval: finding.median_interval(),
        delays: finding.delays.clone(),
    })
    .collect()
}

fn staff(cohort: &Outcome, minutes_a_year: Option<Estimate>) -> StaffReport {
    let seconds = cohort.of(Metric::StaffSeconds).sum as f64;
    let capacity = cohort.capacity_seconds as f64;
    // People under care on an open day, in hundreds: five days in seven are open in the shipped pathway, whatever the clinic's are.
    let per_100 = |value: f64| if cohort.patient_days > 0 { 100.0 * value / cohort.patient_days as f64 } else { 0.0 };
    let attention = cohort.seen_hours.iter().sum::<u64>();
    StaffReport {
        minutes: per_100(seconds / 60.0),
        capacity: per_100(capacity / 60.0),
        used: if capacity > 0.0 { seconds / capacity } else { 0.0 },
        full_days: share(cohort.used.get(USE_STEPS - 1).copied().unwrap_or(0), cohort.open_days),
        use_steps: cohort.used.clone(),
        left_waiting: if cohort.open_days > 0 { cohort.left_waiting as f64 / cohort.open_days as f64 } else { 0.0 },
        late: share(cohort.late, attention),
        seen_hours: (quantile(&cohort.seen_hours, 0.5), quantile(&cohort.seen_hours, 0.9)),
        minutes_a_year,
    }
}

fn burden(cohort: &Outcome) -> Burden {
    let check_ins = cohort.of(Metric::CheckIns).sum;
    let weeks = cohort.patient_days as f64 / 7.0;
    let seconds = cohort.answer_tenths as f64 / 10.0;
    let per = |value: f64, of: f64| if of > 0.0 { value / of } else { 0.0 };
    Burden {
        check_ins_a_week: per(check_ins as f64, weeks),
        taps: (quantile(&cohort.taps, 0.5), quantile(&cohort.taps, 0.9)),
        seconds: per(seconds, check_ins as f64),
        minutes_a_week: per(seconds / 60.0, weeks),
    }
}

fn weeks(cohort: &Outcome) -> Vec<Week> {
    let each = cohort.by_week.iter().zip(&cohort.days_by_week).enumerate();
    each.filter(|(_, (_, days))| **days > 0)
        .map(|(week, ([all, attention], days))| {
            let per = 700.0 / *days as f64;
            Week { week: week + 1, alerts: *all as f64 * per, attention: *attention as f64 * per }
        })
        .collect()
}

/// The first place at which so much of the counts has been reached.
fn quantile(counts: &[u64], part: f64) -> Option<usize> {
    let total = counts.iter().sum::<u64>();
    let least = libm::ceil(total as f64 * part) as u64;
    let mut seen = 0;
    (total > 0).then(|| {
        counts.iter().position(|count| {
            seen += count;
            seen >= least
        })
    })?
}

fn differences(trial: &Trial, tally: &Tally) -> Vec<Difference> {
    let years = f64::from(trial.days) / YEAR;
    let weeks = f64::from(trial.days) / 7.0;
    let named: [(Metric, &str, &'static str, f64); METRICS] = [
        (Metric::Alerts, "alerts, all levels", "per 100 patients a week", 100.0 / weeks),
        (Metric::Attention, "alerts at attention or above", "per 100 patients a week", 100.0 / weeks),
        (Metric::FalseAlarms, "false alarms of the whole", "a patient-year", 1.0 / years),
        (Metric::FalseLasting, "false *lasting change* of the reading", "a patient-year", 1.0 / years),
        (Metric::FalseWatch, "false *watch* of the reading", "a patient-year", 1.0 / years),
        (Metric::StaffSeconds, "staff", "minutes a patient-year", 1.0 / years / 60.0),
        (Metric::Taps, "taps", "a patient-week", 1.0 / weeks),
        (Metric::CheckIns, "check-ins", "a patient-week", 1.0 / weeks),
    ];
    let scaled = |estimate: Estimate, by: f64| Estimate { value: estimate.value * by, low: estimate.low * by, high: estimate.high * by };
    let mut differences: Vec<Difference> = named
        .into_iter()
        .map(|(metric, what, unit, by)| {
            let (sum, squares) = tally.paired.differences.get(metric as usize).copied().unwrap_or_default();
            let difference = mean_of(i128::from(sum), u128::from(squares), tally.paired.patients).map(|estimate| scaled(estimate, by));
            Difference { what: what.to_string(), unit, difference }
        })
        .collect();
    differences.extend(found_differences(trial, &tally.paired_given));
    differences
}

fn found_differences<'a>(trial: &'a Trial, paired: &'a Paired) -> impl Iterator<Item = Difference> + 'a {
    let had = trial.kinds.iter().zip(&paired.found).filter(|(_, counts)| counts.iter().sum::<u64>() > 0);
    had.map(|(kind, [both, first, second, neither])| Difference {
        what: format!("found: {}", kind.name),
        unit: "points of a hundred",
        difference: paired_share(*first, *second, both + first + second + neither).map(|estimate| Estimate {
            value: 100.0 * estimate.value,
            low: 100.0 * estimate.low,
            high: 100.0 * estimate.high,
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_counts() {
        assert_eq!(quantile(&[0, 0, 0], 0.5), None);
        assert_eq!(quantile(&[1, 1, 1, 1], 0.5), Some(1));
        assert_eq!(quantile(&[0, 9, 0, 1], 0.9), Some(1));
        assert_eq!(quantile(&[0, 9, 0, 1], 0.91), Some(3));
    }
}
