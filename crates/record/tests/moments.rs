//! Moments against jiff's own reading of RFC 3339.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use jiff::Timestamp;
use jiff::tz::Offset;
use lamella_record::{Answer, Hundredths, Moment};
use proptest::prelude::*;

fn instants() -> impl Strategy<Value = Timestamp> {
    // The years 1900 to 2200, to the nanosecond.
    (-2_208_988_800i64..7_258_118_400, prop_oneof![Just(0i32), 0i32..1_000_000_000])
        .prop_map(|(second, nano)| Timestamp::new(second, nano).unwrap())
}

fn offsets() -> impl Strategy<Value = Offset> {
    (-14 * 60..=14 * 60).prop_map(|minutes: i32| Offset::from_seconds(minutes * 60).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_moment_is_the_instant_and_the_clock_that_wrote_it(instant in instants(), offset in offsets()) {
        let moment = Moment::new(instant, offset);
        let text = moment.to_string();
        prop_assert_eq!(Moment::parse(&text).unwrap(), moment);
        prop_assert_eq!(text.parse::<Timestamp>().unwrap(), instant);
        prop_assert_eq!(serde_json::to_string(&moment).unwrap(), format!("\"{text}\""));
        prop_assert_eq!(serde_json::from_str::<Moment>(&format!("\"{text}\"")).unwrap(), moment);
        let local = offset.to_datetime(instant);
        prop_assert_eq!(moment.date(), local.date());
        prop_assert_eq!(moment.minute_of_day(), i32::from(local.hour()) * 60 + i32::from(local.minute()));
        prop_assert!(text.starts_with(&local.date().to_string()), "{} on {}", text, local);
    }

    #[test]
    fn what_jiff_reads_with_an_offset_is_read_the_same(instant in instants(), offset in offsets(), zulu in any::<bool>()) {
        let local = offset.to_datetime(instant);
        let text = if zulu { instant.to_string() } else { format!("{local}{offset:#}") };
        let Ok(there) = text.parse::<Timestamp>() else { return Ok(()) };
        prop_assert_eq!(Moment::parse(&text).unwrap().instant(), there);
    }

    #[test]
    fn moments_are_ordered_by_instant(a in instants(), b in instants(), x in offsets(), y in offsets()) {
        let (first, second) = (Moment::new(a, x), Moment::new(b, y));
        if a != b {
            prop_assert_eq!(first < second, a < b);
        }
        prop_assert_eq!(first.at_offset(y).instant(), a);
        prop_assert_eq!(first.plus_seconds(90).seconds_since(first), 90);
    }

    /// Answers: what is a number is exact to the hundredth, and comes back as it was.
    #[test]
    fn numbers_are_exact(hundredths in -200_000i32..200_000) {
        let answer = Answer::Number(Hundredths(hundredths));
        let text = serde_json::to_string(&answer).unwrap();
        prop_assert_eq!(serde_json::from_str::<Answer>(&text).unwrap(), answer);
        let decimal = format!("{}{}.{:02}", if hundredths < 0 { "-" } else { "" }, hundredths.abs() / 100, hundredths.abs() % 100);
        prop_assert_eq!(serde_json::from_str::<Answer>(&decimal).unwrap(), Answer::Number(Hundredths(hundredths)));
    }
}

#[test]
fn what_is_a_moment_and_what_is_not() {
    for (text, reads) in [
        ("2026-03-11T10:42:00+01:00", Some("2026-03-11T10:42:00+01:00")),
        ("2026-03-11T10:42:00Z", Some("2026-03-11T10:42:00+00:00")),
        ("2026-03-11T10:42:00.25-03:30", Some("2026-03-11T10:42:00.25-03:30")),
        ("2026-03-11 10:42:00+01:00", Some("2026-03-11T10:42:00+01:00")),
        ("2026-03-11T10:42+01:00", Some("2026-03-11T10:42:00+01:00")),
        ("2026-03-11T10:42:00", None),
        ("2026-03-11", None),
        ("2026-03-11T25:42:00Z", None),
        ("2026-02-30T10:42:00Z", None),
        ("2026-03-11T10:42:00+25:00x", None),
        ("yesterday", None),
        ("", None),
    ] {
        let read = Moment::parse(text).map(|moment| moment.to_string());
        assert_eq!(read.as_deref().ok(), reads, "{text}");
        if let Err(error) = read {
            assert!(error.to_string().contains("2026-03-11T10:42:00+01:00") && error.to_string().contains(&format!("`{text}`")), "{error}");
        }
    }
}
