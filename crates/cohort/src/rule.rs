//! What would a fixed threshold have said on the same people? The rules that are published, for comparison only.
//!
//! Such a rule asks every day for pain and function (and a fall), and knows nothing else.

use lamella_record::Level;

/// A comparator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// One vendor's published rules (design, section 3). Low: pain at least 5 and 1 more than last time, or silent for 49 hours.
    /// High: 2 more than last time, or no gain in function over two assessments (taken as two weekly means), or silent for 14
    /// days. Critical: pain at least 7, function 20 % worse than the week before, or a fall.
    Published,
    /// Pain at least 7.
    AtLeastSeven,
    /// At least 2 above the mean of the last three answered days.
    TwoOverThreeDays,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Rule; 3] = [Rule::Published, Rule::AtLeastSeven, Rule::TwoOverThreeDays];

    /// Its word on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Rule::Published => "published-thresholds",
            Rule::AtLeastSeven => "pain>=7",
            Rule::TwoOverThreeDays => "+2 over 3 days",
        }
    }

    /// The rule with this word.
    pub fn from_word(word: &str) -> Option<Rule> {
        Rule::ALL.into_iter().find(|rule| rule.word() == word)
    }

    /// The causes its alerts can have.
    pub fn causes(self) -> &'static [&'static str] {
        match self {
            Rule::Published => &["low", "high", "critical", "silence"],
            Rule::AtLeastSeven => &["pain>=7"],
            Rule::TwoOverThreeDays => &["+2 over 3 days"],
        }
    }
}

/// What a rule remembers of a person.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Ratings {
    /// The latest three ratings, the newest first.
    pain: [Option<u8>; 3],
    last_day: Option<i32>,
    /// The week it is in, and the sum and count of its function ratings.
    week: (i32, u32, u32),
    /// The two whole weeks before, the newer first: mean function in hundredths.
    weeks: [Option<u32>; 2],
}

impl Ratings {
    /// What the rule says to a day's answers: a level and the cause by its place in [`Rule::causes`].
    pub fn answered(&mut self, rule: Rule, day: i32, pain: u8, function: u8, fell: bool) -> Option<(Level, usize)> {
        let mean = self.pain.iter().flatten().map(|pain| u32::from(*pain)).sum::<u32>();
        let three = self.pain.iter().flatten().count() == 3;
        let last = self.pain.iter().flatten().next().copied();
        let (worse, stuck) = self.week_ends(day, function);
        let rise = last.map_or(0, |last| i32::from(pain) - i32::from(last));
        let [newest, second, _] = self.pain;
        self.pain = [Some(pain), newest, second];
        self.last_day = Some(day);
        match rule {
            Rule::AtLeastSeven => (pain >= 7).then_some((Level::Attention, 0)),
            // 3 × the rating against the sum of three, so that nothing is divided.
            Rule::TwoOverThreeDays => (three && 3 * u32::from(pain) >= mean + 6).then_some((Level::Attention, 0)),
            Rule::Published if pain >= 7 || fell || worse => Some((Level::Emergency, 2)),
            Rule::Published if rise >= 2 || stuck => Some((Level::Attention, 1)),
            Rule::Published if pain >= 5 && rise >= 1 => Some((Level::Watch, 0)),
            Rule::Published => None,
        }
    }

    /// What the rule says to a day without an answer, once when the time is reached.
    pub fn silent(&self, rule: Rule, day: i32) -> Option<(Level, usize)> {
        if rule != Rule::Published {
            return None;
        }
        match day - self.last_day.unwrap_or(0) {
            // 49 hours after a morning's answer is the morning of the third day.
            3 => Some((Level::Watch, 3)),
            14 => Some((Level::Attention, 3)),
            _ => None,
        }
    }

    /// Takes a function rating; says, once a week is over, whether it was 20 % worse than the week before, and whether two weeks
    /// have brought no gain.
    fn week_ends(&mut self, day: i32, function: u8) -> (bool, bool) {
        let week = day.div_euclid(7);
        let mut said = (false, false);
        if week != self.week.0 {
            if let Some(now) = (100 * self.week.1).checked_div(self.week.2) {
                let [newer, older] = self.weeks;
                said.0 = newer.is_some_and(|before| 10 * now >= 12 * before && now >= before + 50);
                said.1 = older.zip(newer).is_some_and(|(older, newer)| newer >= older && now >= newer && now >= 100);
                self.weeks = [Some(now), newer];
            }
            self.week = (week, 0, 0);
        }
        self.week.1 += u32::from(function);
        self.week.2 += 1;
        said
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last(rule: Rule, days: &[(i32, u8)]) -> Option<Level> {
        let mut ratings = Ratings::default();
        let mut said = None;
        for (day, pain) in days {
            said = ratings.answered(rule, *day, *pain, 3, false).map(|(level, _)| level);
        }
        said
    }

    #[test]
    fn thresholds_are_as_published() {
        for (rule, days, expected) in [
            (Rule::AtLeastSeven, &[(1, 6)][..], None),
            (Rule::AtLeastSeven, &[(1, 7)], Some(Level::Attention)),
            (Rule::TwoOverThreeDays, &[(1, 3), (2, 3), (3, 9)], None),
            (Rule::TwoOverThreeDays, &[(1, 3), (2, 3), (3, 4), (4, 5)], None),
            (Rule::TwoOverThreeDays, &[(1, 3), (2, 3), (3, 3), (5, 5)], Some(Level::Attention)),
            (Rule::Published, &[(1, 5), (2, 6)], Some(Level::Watch)),
            (Rule::Published, &[(1, 2), (2, 3)], None),
            (Rule::Published, &[(1, 2), (2, 4)], Some(Level::Attention)),
            (Rule::Published, &[(1, 7), (2, 7)], Some(Level::Emergency)),
        ] {
            assert_eq!(last(rule, days), expected, "{} {days:?}", rule.word());
        }
        let mut ratings = Ratings::default();
        assert_eq!(ratings.answered(Rule::Published, 5, 2, 2, true), Some((Level::Emergency, 2)));
        assert_eq!(ratings.silent(Rule::Published, 7), None);
        assert_eq!(ratings.silent(Rule::Published, 8), Some((Level::Watch, 3)));
        assert_eq!(ratings.silent(Rule::Published, 19), Some((Level::Attention, 3)));
    }

    #[test]
    fn function_is_looked_at_by_the_week() {
        let mut ratings = Ratings::default();
        let said: Vec<_> = (0..28).map(|day| ratings.answered(Rule::Published, day, 2, if day < 14 { 4 } else { 6 }, false)).collect();
        assert!(said.iter().take(21).all(Option::is_none), "{said:?}");
        assert_eq!(said.get(21).copied().flatten(), Some((Level::Emergency, 2)), "20 % worse than the week before");
    }
}
