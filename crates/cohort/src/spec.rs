//! What is a cohort made of? Every number with its source; those without one are *assumed*.
//!
//! Sources: *design* is `design/trajectory.md` section 1; *facts* is `evidence/facts.md` with its row. The generator is not the
//! filter's model on purpose: t noise, flares with a shape, delays, weekly effects and digit preference are nowhere in the filter.

/// A cohort's numbers. Pain in points of the 0–10 scale, time in days, rates a year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spec {
    /// The cohort's word.
    pub name: &'static str,
    /// Share of people whose pain falls. Design: 65 % (VAST, up to 65 % improved at a year). Facts A1: 55 % (Schneider 2022).
    pub responders: f64,
    /// Residual share of the baseline pain for responders: Beta(a, b). Design (Yin 2014 implies a two-humped spread).
    pub residual_responder: (f64, f64),
    /// The same for everybody else. Design.
    pub residual_other: (f64, f64),
    /// Time constant of the fall: median of a lognormal and its log SD, days. Assumed (design).
    pub tau: (f64, f64),
    /// Within-person standard deviation: median of a lognormal. Design (Pagé 2022: 1.2 on average; diaries 1.39).
    pub sd_median: f64,
    /// Its log standard deviation. Design (quartiles .88 / 1.17 / 1.55 over 21 days).
    pub sd_spread: f64,
    /// Degrees of freedom of the daily noise. Design: 6.
    pub tails: f64,
    /// Day-on-day correlation of the noise: mean and SD of a normal. Design (diary median .18; another .35–.84). Facts A4: .25.
    pub memory: (f64, f64),
    /// Largest correlation. Design: .85. Facts A4: .45.
    pub memory_most: f64,
    /// Flares a year, mean of a gamma. Design (Suri 2011: about 7.6 a year that last a day or more).
    pub flares: f64,
    /// Height of a flare: mean and SD. Design (Suri 2011 +2.7; 465 veterans +2.8).
    pub flare_height: (f64, f64),
    /// Length of a flare: median of a lognormal and its log SD. Design (about 75 % last less than a day, those are not drawn).
    pub flare_days: (f64, f64),
    /// Share of days missed on day 0 and on `missed_day`, at the person's own average. Design: 10 % → 45 % at a year (Ono 2019:
    /// 85 % completed, declining). Facts A6: 12 % → 40 % by week 12.
    pub missed: (f64, f64),
    /// The day of the second share; constant from there on.
    pub missed_day: f64,
    /// Change of the log odds of missing per point of pain above the person's own course: not at random. Assumed.
    pub missed_when_worse: f64,
    /// Share of ratings that go to the nearest even number. Assumed.
    pub digit_preference: f64,
}

/// Between-person SD of the log odds of missing a day. Design: .9.
pub const MISSING_SPREAD: f64 = 0.9;
/// Gaps a year in which nothing is answered (holidays, a broken phone). Design: 3.
pub const GAPS: f64 = 3.0;
/// Mean length of a gap, days. Design: about 5.
pub const GAP_DAYS: f64 = 5.0;
/// Baseline pain: mean, SD, least, most. Design (Yin 2014: 72 mm, CI 64.6–80.3).
pub const BASELINE: (f64, f64, f64, f64) = (7.2, 1.3, 4.0, 10.0);
/// SD of an intake rating about the person's own baseline. Design 2.2 (`baseline_obs_var` less the rounding).
pub const INTAKE_NOISE: f64 = 0.7;
/// Longest delay before the fall begins, days. Assumed (design).
pub const DELAY: f64 = 7.0;
/// Most soreness from the procedure itself, and its time constant in days. Assumed (design).
pub const SORENESS: (f64, f64) = (2.0, 4.0);
/// Shape of the gamma that flare rates are drawn from: some people have hardly any. Assumed.
pub const FLARE_SHAPE: f64 = 1.5;
/// Flares come this much more often while activity is built up, days 21–84. Design: 1.5.
pub const FLARE_BUILD_UP: f64 = 1.5;
/// The days of that.
pub const BUILD_UP: (i32, i32) = (21, 84);
/// A weekend day's extra pain. Assumed (design).
pub const WEEKEND: f64 = 0.15;
/// Extra pain on a day of physiotherapy, Tuesdays and Thursdays of days 21–120. Assumed (design).
pub const PHYSIO: f64 = 0.25;
/// The days of physiotherapy.
pub const PHYSIO_DAYS: (i32, i32) = (21, 120);
/// SD of the slow drift after a year. Assumed (design): .4.
pub const DRIFT: f64 = 0.4;
/// Share of pain that reaches the function rating, and of the short-lived part of it. Assumed, near the filter's .8 and below it.
pub const FUNCTION: (f64, f64) = (0.75, 0.45);
/// The person's own function offset: mean and SD. Assumed.
pub const FUNCTION_OFFSET: (f64, f64) = (0.8, 0.7);
/// Noise of a function rating in personal SDs. Assumed.
pub const FUNCTION_NOISE: f64 = 0.75;
/// How far the worst pain of a day lies above the typical one: shape and scale of a gamma (mean 1.2, SD .85). Assumed; rules on the
/// worst pain hang on it.
pub const WORST_ABOVE: (f64, f64) = (2.0, 0.6);

/// Stops a year (*it hurt, so I stopped*), from this day on. Assumed.
pub const STOPS: f64 = 2.0;
/// The first day on which an activity can be stopped: before it there is none to speak of. Assumed.
pub const STOPS_FROM: i32 = 7;
/// Pain at a stop lies so many points above the day's, at most. Assumed.
pub const STOP_ABOVE: i32 = 3;
/// Share of check-ins that are answered without a network and arrive later. Assumed.
pub const LATE: f64 = 0.015;
/// How much later: mean of an exponential, hours, and the most. Assumed; a check-in later than the next one would be a holiday.
pub const LATE_HOURS: (f64, f64) = (6.0, 23.0);
/// Share of check-ins whose pain is mistyped and corrected within the minute. Assumed.
pub const CORRECTED: f64 = 0.01;
/// Seconds until the slip is corrected. Assumed.
pub const CORRECTED_AFTER: i64 = 40;
/// People who live on another clock than the clinic's: share, hours east of it, zone. Assumed.
pub const ZONES: [(f64, i8, &str); 2] = [(0.10, 1, "Etc/GMT-1"), (0.03, -5, "Etc/GMT+5")];

impl Spec {
    /// The reference cohort: the design's numbers, for which the shipped thresholds are made.
    pub const REFERENCE: Spec = Spec {
        name: "reference",
        responders: 0.65,
        residual_responder: (2.2, 7.0),
        residual_other: (17.0, 3.0),
        tau: (35.0, 0.5),
        sd_median: 1.15,
        sd_spread: 0.40,
        tails: 6.0,
        memory: (0.35, 0.18),
        memory_most: 0.85,
        flares: 8.0,
        flare_height: (2.5, 0.8),
        flare_days: (3.0, 0.7),
        missed: (0.10, 0.45),
        missed_day: 365.0,
        missed_when_worse: 0.0,
        digit_preference: 0.15,
    };

    /// People whose pain swings more. Assumed (design).
    pub const NOISY: Spec = Spec {
        name: "noisy",
        sd_median: 1.45,
        memory: (0.55, 0.18),
        flares: 14.0,
        flare_height: (3.0, 0.8),
        flare_days: (4.0, 0.7),
        ..Spec::REFERENCE
    };

    /// People who answer seldom. Assumed (design).
    pub const SPARSE: Spec = Spec { name: "sparse", missed: (0.35, 0.75), ..Spec::REFERENCE };

    /// People whose pain swings less. Assumed; the design names the cohort and not its numbers.
    pub const CALMER: Spec =
        Spec { name: "calmer", sd_median: 0.85, memory: (0.25, 0.15), flares: 4.0, flare_height: (2.0, 0.6), ..Spec::REFERENCE };

    /// Heavy tails, long flares, round numbers, and silence on bad days. Assumed (design); the .3 a point is ours.
    pub const HEAVY: Spec =
        Spec { name: "heavy", tails: 3.0, flare_days: (3.0, 1.1), digit_preference: 0.35, missed_when_worse: 0.3, ..Spec::REFERENCE };

    /// The numbers of facts A1, A4 and A6 where they differ from the design's: responders 55 % who end at about 30 % of their
    /// baseline, day-on-day correlation .25 within 0–.45, 88 % answered falling to 60 % by week 12 and mildly less on bad days.
    pub const FACTS: Spec = Spec {
        name: "facts",
        responders: 0.55,
        residual_responder: (3.0, 7.0),
        memory: (0.25, 0.12),
        memory_most: 0.45,
        missed: (0.12, 0.40),
        missed_day: 84.0,
        missed_when_worse: 0.1,
        ..Spec::REFERENCE
    };

    /// Every cohort, the reference first.
    pub const ALL: [Spec; 6] = [Spec::REFERENCE, Spec::NOISY, Spec::SPARSE, Spec::CALMER, Spec::HEAVY, Spec::FACTS];

    /// The cohort with this word.
    pub fn from_word(word: &str) -> Option<Spec> {
        Spec::ALL.into_iter().find(|spec| spec.name == word)
    }
}
