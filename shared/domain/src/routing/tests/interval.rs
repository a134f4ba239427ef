//! Source: Alertmanager `timeinterval/timeinterval_test.go`.

use proptest::prelude::*;

use super::time;
use crate::routing::{ClockRange, DayRange, MonthRange, TimeInterval, WeekdayRange, YearRange};
use crate::units::{Span, Time};

fn interval(json: &str) -> TimeInterval {
    serde_json::from_str(json).expect("the text is an interval")
}

fn check(json: &str, within: &[&str], without: &[&str]) {
    let interval = interval(json);
    for (texts, expected) in [(within, true), (without, false)] {
        for text in texts {
            assert_eq!(interval.contains(time(text)), expected, "{json} {text}");
        }
    }
    assert_eq!(serde_json::from_str::<TimeInterval>(&serde_json::to_string(&interval).unwrap()).unwrap(), interval);
    assert_eq!(postcard::from_bytes::<TimeInterval>(&postcard::to_allocvec(&interval).unwrap()).unwrap(), interval);
}

#[test]
fn an_interval_contains_the_times_that_satisfy_each_field() {
    check("{}", &["2006-01-02T15:04:00Z", "2007-01-03T10:04:00Z"], &[]);
    check(
        r#"{"times":["09:00-17:00"],"weekdays":["monday:friday"]}"#,
        &["2020-05-04T15:04:00Z", "2020-05-05T10:04:00Z", "2020-06-09T09:04:00Z", "2020-07-08T16:59:59Z"],
        &["2020-05-03T15:04:00Z", "2020-05-04T08:59:00Z", "2020-05-05T05:00:00Z", "2020-07-08T17:00:00Z"],
    );
    // Easter 2020.
    check(
        r#"{"days_of_month":["4:6"],"months":["april"],"years":["2020"]}"#,
        &["2020-04-04T15:04:00Z", "2020-04-05T00:00:00Z", "2020-04-06T23:05:00Z"],
        &[
            "2018-05-03T15:04:00Z",
            "2020-04-03T23:59:00Z",
            "2020-06-04T23:59:00Z",
            "2019-04-06T23:59:00Z",
            "2020-04-07T00:00:00Z",
        ],
    );
    check(
        r#"{"weekdays":["monday:wednesday","saturday","sunday"],"times":["13:00-15:00"],
            "days_of_month":["1","10","20:-1"],"years":["2020:2023"],"months":["january:march"]}"#,
        &["2021-01-10T13:00:00Z", "2021-01-30T14:24:00Z"],
        &["2021-01-09T13:00:00Z", "2021-01-20T12:59:00Z", "2021-02-02T13:00:00Z"],
    );
    // The last week, without Saturday, of the first quarter.
    check(
        r#"{"weekdays":["monday:friday","sunday"],"months":["january:march"],"days_of_month":["-7:-1"],
            "years":["2020:2025","2030:2035"],"times":["09:00-17:00"]}"#,
        &[
            "2021-01-27T09:00:00Z",
            "2021-01-28T16:59:00Z",
            "2021-01-29T13:00:00Z",
            "2025-03-31T13:00:00Z",
            "2035-01-31T13:00:00Z",
        ],
        &["2021-01-30T13:00:00Z", "2021-04-01T13:00:00Z", "2026-01-30T13:00:00Z", "2035-01-31T17:01:00Z"],
    );
}

#[test]
fn days_of_the_month_count_from_either_end_and_stay_within_it() {
    check(
        r#"{"days_of_month":["-3:-1"]}"#,
        &[
            "2020-01-31T15:04:00Z",
            "2020-01-30T15:04:00Z",
            "2020-01-29T15:04:00Z",
            "2020-06-30T00:00:00Z",
            "2020-02-29T23:05:00Z",
        ],
        &[
            "2018-05-03T15:04:00Z",
            "2020-01-27T15:04:00Z",
            "2020-04-03T23:59:00Z",
            "2020-06-04T23:59:00Z",
            "2019-04-06T23:59:00Z",
            "2020-04-07T00:00:00Z",
            "2020-03-01T00:00:00Z",
        ],
    );
    check(
        r#"{"months":["june"],"days_of_month":["-31:-1","1:31"]}"#,
        &["2020-06-30T00:00:00Z", "2020-06-01T00:00:00Z"],
        &["2020-05-31T00:00:00Z", "2020-07-01T00:00:00Z"],
    );
    check(r#"{"days_of_month":["30:31"],"years":["2020:2023"],"months":["february"]}"#, &[], &["2021-02-28T13:00:00Z"]);
}

#[test]
fn clocks_are_those_of_the_location() {
    let sydney = r#"{"times":["09:00-17:00"],"weekdays":["monday:friday"],"location":"Australia/Sydney"}"#;
    check(sydney, &["2021-04-06T13:00:00+10:00"], &["2021-04-06T13:00:00+00:00"]);
    // Summer time there.
    let november =
        r#"{"times":["09:00-17:00"],"weekdays":["monday:friday"],"months":["11"],"location":"Australia/Sydney"}"#;
    check(november, &["2021-11-01T09:00:00+11:00", "2021-10-31T22:00:00+00:00"], &["2021-10-31T21:00:00+00:00"]);
}

#[test]
fn ranges_are_texts() {
    fn check<R: std::str::FromStr<Err = E> + std::fmt::Display, E: std::fmt::Display>(
        text: &str,
        expected: Result<&str, &str>,
    ) {
        match (text.parse::<R>(), expected) {
            (Ok(range), Ok(shown)) => assert_eq!(range.to_string(), shown),
            (Err(error), Err(words)) => assert!(error.to_string().contains(words), "{text}: {error}"),
            (found, _) => {
                panic!("{text}: {} is not {expected:?}", found.map_or_else(|e| e.to_string(), |r| r.to_string()))
            }
        }
    }
    check::<ClockRange, _>("00:00-24:00", Ok("00:00-24:00"));
    check::<ClockRange, _>("01:35-17:39", Ok("01:35-17:39"));
    check::<ClockRange, _>("17:31-17:31", Err("does not end after it starts"));
    check::<ClockRange, _>("12:30-24:01", Err("\"24:01\" is no time of day"));
    check::<ClockRange, _>("09:30-07:41", Err("does not end after it starts"));
    check::<ClockRange, _>("14:03", Err("\"\" is no time of day"));
    check::<ClockRange, _>("01:99-23:59", Err("\"01:99\" is no time of day"));
    check::<ClockRange, _>("9:00-17:00", Err("\"9:00\" is no time of day"));
    check::<WeekdayRange, _>("Monday:friday", Ok("monday:friday"));
    check::<WeekdayRange, _>("friday:monday", Err("ends before it starts"));
    check::<WeekdayRange, _>("blurgsday:flurgsday", Err("\"blurgsday\" is none"));
    check::<WeekdayRange, _>("1:3", Err("\"1\" is none"));
    check::<WeekdayRange, _>("-2:-1", Err("\"-2\" is none"));
    check::<DayRange, _>("0", Err("0 is out of range"));
    check::<DayRange, _>("-50:-20", Err("-50 is out of range"));
    check::<DayRange, _>("1:50", Err("50 is out of range"));
    check::<DayRange, _>("1:-1", Ok("1:-1"));
    check::<DayRange, _>("-15:5", Err("must end from there"));
    check::<DayRange, _>("10:-25", Err("ends before it starts"));
    check::<MonthRange, _>("January:december", Ok("january:december"));
    check::<MonthRange, _>("1:3", Ok("january:march"));
    check::<MonthRange, _>("0:13", Err("0 is out of range"));
    check::<MonthRange, _>("martius:june", Err("\"martius\" is none"));
    check::<MonthRange, _>("march:junius", Err("\"junius\" is none"));
    check::<MonthRange, _>("december:january", Err("ends before it starts"));
    check::<YearRange, _>("2022:2020", Err("ends before it starts"));
    check::<YearRange, _>("2020", Ok("2020"));
}

#[test]
fn the_next_change_is_found_over_changes_of_the_clocks() {
    let next = |json: &str, at: &str| interval(json).next_change(time(at)).map(|time| time.to_string());
    let vienna = r#"{"times":["02:00-03:00"],"location":"Europe/Vienna"}"#;
    // Twice on the night that has the hour twice, the clocks going from 03:00 back to 02:00; one stretch.
    assert_eq!(next(vienna, "2026-10-24T23:00:00Z").as_deref(), Some("2026-10-25T00:00:00Z"));
    assert_eq!(next(vienna, "2026-10-25T00:00:00Z").as_deref(), Some("2026-10-25T02:00:00Z"));
    // Not at all on the night that does not have the hour.
    assert_eq!(next(vienna, "2026-03-28T23:00:00Z").as_deref(), Some("2026-03-30T00:00:00Z"));
    // Both times that the clocks show it.
    let quarter = r#"{"times":["02:15-02:45"],"location":"Europe/Vienna"}"#;
    let stretches = ["00:15", "00:45", "01:15", "01:45"].map(|clock| format!("2026-10-25T{clock}:00Z"));
    for pair in stretches.windows(2) {
        assert_eq!(next(quarter, &pair[0]).as_deref(), Some(&*pair[1]));
    }
    let months = r#"{"months":["june"]}"#;
    assert_eq!(next(months, "2026-01-01T00:00:00Z").as_deref(), Some("2026-06-01T00:00:00Z"));
    assert_eq!(next(months, "2026-06-01T00:00:00Z").as_deref(), Some("2026-07-01T00:00:00Z"));
    assert_eq!(next("{}", "2026-06-01T00:00:00Z"), None);
    assert_eq!(next(r#"{"years":["2020"]}"#, "2026-06-01T00:00:00Z"), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Every minute over four days, about changes of the clocks in zones of all kinds.
    #[test]
    fn the_next_change_is_that_of_a_scan(
        zone in prop::sample::select(vec!["UTC", "Europe/Vienna", "America/Havana", "America/Sao_Paulo",
            "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu"]),
        from in prop::sample::select(vec!["2018-02-16T12:00:00Z", "2018-11-02T12:00:00Z", "2018-03-09T10:00:00Z",
            "2018-10-06T12:00:00Z", "2018-04-01T00:00:00Z", "2011-12-29T00:00:00Z", "2018-10-27T12:00:00Z"]),
        offset in 0u32..2880,
        weekdays in prop::collection::vec(prop::sample::select(vec!["sunday", "saturday", "friday:saturday"]), 0..2),
        times in prop::collection::vec((0u16..24, 0u16..60, 1u16..400), 0..3),
    ) {
        let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        let times = times.into_iter().map(|(hour, minute, long)| {
            let first = hour * 60 + minute;
            ClockRange::new(&clock(first), &clock((first + long).min(1440))).expect("it ends after it starts")
        });
        let weekdays = weekdays.into_iter().map(|text| text.parse().expect("these are weekdays")).collect();
        let location = zone.parse().expect("these are zones");
        let interval = TimeInterval { times: times.collect(), weekdays, location, ..TimeInterval::default() };
        let at = time(from) + Span::from_minutes(offset);
        let now = interval.contains(at);
        let scanned = (1..2 * 1440).map(|minute| at + Span::from_minutes(minute)).find(|time| interval.contains(*time) != now);
        let end: Time = at + Span::from_minutes(2 * 1440);
        prop_assert_eq!(interval.next_change(at).filter(|time| *time < end), scanned);
    }
}
