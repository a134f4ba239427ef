//! The cases of goalert's own tests (`target/goalert`), told again.

use super::*;

/// How long the turn that begins at the start of the rotation is, in hours.
fn check_length(every: &str, start: &str, expected: i64) {
    let schedule = schedule("America/Chicago", vec![rotation("ann bob", every, start, vec![])]);
    let zone = "America/Chicago".parse().unwrap();
    let begins = start.parse::<Wall>().unwrap().at(&zone);
    let (ends, _) = schedule.next(&[], begins).unwrap();
    assert_eq!((ends.epoch() - begins.epoch()) / 3600, expected, "{every} from {start}");
}

/// `schedule/rotation/rotation_test.go`: `TestRotation_EndTime`, `TestRotation_EndTime_DST`.
#[test]
fn turns_over_changes_of_the_clocks() {
    check_length("1 week", "2017-06-10 08:00", 24 * 7);
    check_length("2 week", "2017-06-10 08:00", 24 * 14);
    check_length("1 week", "2017-03-10 08:00", 24 * 7 - 1);
    check_length("1 week", "2017-11-04 08:00", 24 * 7 + 1);
    check_length("1 day", "2017-06-10 08:00", 24);
    check_length("2 day", "2017-06-10 08:00", 48);
    check_length("1 day", "2017-03-11 08:00", 23);
    check_length("1 day", "2017-11-04 08:00", 25);
    check_length("1 hour", "2017-06-10 08:00", 1);
    check_length("2 hour", "2017-06-10 08:00", 2);
    check_length("3 hour", "2017-03-12 00:00", 2);
    check_length("3 hour", "2017-11-05 00:00", 4);
    check_length("1 hour", "2017-11-05 01:00", 2);
}

fn check_hours(days: &[Weekday], [from, until]: [&str; 2], cases: &[(&str, bool)]) {
    let schedule = schedule("UTC", vec![rotation("foobar", "1 week", "2017-01-02 00:00", hours(days, from, until))]);
    for (when, expected) in cases {
        check(&schedule, &[], &format!("2017-07-{when}:00Z"), if *expected { "foobar" } else { "" });
    }
}

/// `schedule/rule/rule_test.go`: `TestRule_IsActive`. 2017-07-24 is a Monday.
#[test]
fn hours_of_the_week() {
    let monday = [Weekday::Monday];
    let cases = [("20T08:00", false), ("25T08:00", false), ("24T08:00", true), ("24T20:00", false), ("24T09:00", true)];
    check_hours(&monday, ["08:00", "20:00"], &cases);
    let cases = [
        ("20T08:00", false),
        ("26T08:00", false),
        ("24T20:00", true),
        ("25T08:00", false),
        ("24T09:00", false),
        ("24T21:00", true),
        ("25T07:00", true),
    ];
    check_hours(&monday, ["20:00", "08:00"], &cases);
    let cases = [("23T08:00", false), ("24T08:00", true), ("28T08:00", true), ("29T08:00", false)];
    check_hours(&WORK_DAYS, ["08:00", "20:00"], &cases);
    let cases = [
        ("23T08:00", false),
        ("24T07:00", false),
        ("24T08:00", true),
        ("28T08:00", true),
        ("29T07:00", true),
        ("29T08:00", false),
    ];
    check_hours(&WORK_DAYS, ["08:00", "08:00"], &cases);
    let cases = [
        ("23T20:00", false),
        ("24T07:00", false),
        ("24T20:00", true),
        ("25T07:00", true),
        ("28T20:00", true),
        ("29T07:00", true),
        ("29T20:00", false),
        ("30T07:00", false),
    ];
    check_hours(&WORK_DAYS, ["20:00", "08:00"], &cases);
}

fn from_eight() -> Schedule {
    schedule("UTC", vec![rotation("foobar", "1 day", "2017-01-01 00:00", hours(&ALL_DAYS, "08:00", "10:00"))])
}

const HOUR: [&str; 2] = ["2018-01-01T08:00:00Z", "2018-01-01T09:00:00Z"];
const QUARTER: [&str; 2] = ["2018-01-01T08:30:00Z", "2018-01-01T08:45:00Z"];

/// `oncall/state_test.go`: `TestState_CalculateShifts`, `Simple`, `ReplaceOverride`, `AddOverride`, `RemoveOverride`.
#[test]
fn shifts_with_overrides() {
    let schedule = from_eight();
    check_shifts(&schedule, &[], HOUR, &["foobar 2018-01-01T08:00:00Z 2018-01-01T09:00:00Z"]);
    let made = [make(replace("foobar", "binbaz"), QUARTER[0], QUARTER[1])];
    let expected = [
        "foobar 2018-01-01T08:00:00Z 2018-01-01T08:30:00Z",
        "binbaz 2018-01-01T08:30:00Z 2018-01-01T08:45:00Z",
        "foobar 2018-01-01T08:45:00Z 2018-01-01T09:00:00Z",
    ];
    check_shifts(&schedule, &made, HOUR, &expected);
    let made = [
        make(add("binbaz"), QUARTER[0], QUARTER[1]),
        make(add("binbaz"), "2018-01-01T08:00:00Z", "2018-01-01T08:15:00Z"),
    ];
    let expected = [
        "binbaz 2018-01-01T08:00:00Z 2018-01-01T08:15:00Z",
        "foobar 2018-01-01T08:00:00Z 2018-01-01T09:00:00Z",
        "binbaz 2018-01-01T08:30:00Z 2018-01-01T08:45:00Z",
    ];
    check_shifts(&schedule, &made, HOUR, &expected);
    let made = [make(remove("foobar"), QUARTER[0], QUARTER[1])];
    let expected =
        ["foobar 2018-01-01T08:00:00Z 2018-01-01T08:30:00Z", "foobar 2018-01-01T08:45:00Z 2018-01-01T09:00:00Z"];
    check_shifts(&schedule, &made, HOUR, &expected);
}

/// `oncall/state_test.go`: `TestState_CalculateShifts`, `SimpleWeek` and `DailyRotation`.
#[test]
fn shifts_of_days_and_nights() {
    let week = ["2018-01-01T00:00:00Z", "2018-01-08T00:00:00Z"];
    let expected: Vec<String> =
        (1..8).map(|day| format!("foobar 2018-01-0{day}T08:00:00Z 2018-01-0{day}T10:00:00Z")).collect();
    check_shifts(&from_eight(), &[], week, &expected.iter().map(String::as_str).collect::<Vec<_>>());

    let days = rotation("donna aru craig", "1 day", "2018-06-15 08:00", hours(&ALL_DAYS, "08:00", "20:00"));
    let nights = rotation("caza cook", "1 day", "2018-06-16 08:00", hours(&ALL_DAYS, "20:00", "08:00"));
    let schedule = schedule("America/Chicago", vec![days, nights]);
    let expected = [
        "craig 2018-09-12T13:05:00Z 2018-09-13T01:00:00Z",
        "caza 2018-09-13T01:00:00Z 2018-09-13T13:00:00Z",
        "donna 2018-09-13T13:00:00Z 2018-09-14T01:00:00Z",
        "cook 2018-09-14T01:00:00Z 2018-09-14T13:00:00Z",
        "aru 2018-09-14T13:00:00Z 2018-09-15T01:00:00Z",
        "caza 2018-09-15T01:00:00Z 2018-09-15T13:00:00Z",
        "craig 2018-09-15T13:00:00Z 2018-09-16T01:00:00Z",
        "cook 2018-09-16T01:00:00Z 2018-09-16T13:00:00Z",
        "donna 2018-09-16T13:00:00Z 2018-09-17T00:00:00Z",
    ];
    check_shifts(&schedule, &[], ["2018-09-12T13:05:00Z", "2018-09-17T00:00:00Z"], &expected);
}

/// `oncall/singlerulecalculator_test.go`: `TestDailyRotationWithDayRestrictions`. Of fourteen who change daily, on work
/// days only, nobody's turn is always a Sunday; and whoever asks over another time is told the same.
#[test]
fn turns_without_hours_do_not_count() {
    let names: Vec<String> = (0..14).map(|index| format!("user-{index}")).collect();
    let rotation = rotation(&names.join(" "), "1 day", "2025-12-03 09:00", hours(&WORK_DAYS, "09:00", "17:00"));
    let schedule = schedule("Europe/Amsterdam", vec![rotation]);
    let shifts = schedule.shifts(&[], at("2026-02-01T00:00:00Z"), at("2026-03-01T00:00:00Z"));
    assert_eq!(shifts.iter().map(|shift| &shift.person).collect::<std::collections::BTreeSet<_>>().len(), 14);
    assert_eq!(shifts.len(), 20);
    // Wednesday, Thursday, Friday, then Monday.
    check(&schedule, &[], "2025-12-03T08:00:00Z", "user-0");
    check(&schedule, &[], "2025-12-05T08:00:00Z", "user-2");
    check(&schedule, &[], "2025-12-06T08:00:00Z", "");
    check(&schedule, &[], "2025-12-08T08:00:00Z", "user-3");
    let later = schedule.shifts(&[], at("2026-02-16T00:00:00Z"), at("2026-03-01T00:00:00Z"));
    assert_eq!(later, shifts[10..]);
}
