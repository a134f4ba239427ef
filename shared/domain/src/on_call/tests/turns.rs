//! Handoffs in zones that change their clocks.

use super::*;

/// The first instants of the turns of one rotation between two instants.
fn check_handoffs(zone: &str, every: &str, start: &str, [from, until]: [&str; 2], expected: &[&str]) {
    let schedule = schedule(zone, vec![rotation("ann bob cat", every, start, vec![])]);
    let watches = schedule.watches(&[], at(from), at(until));
    let found: Vec<String> = watches.iter().map(|watch| format!("{} {}", watch.starts_at, watch.people[0])).collect();
    assert_eq!(found, expected, "{every} from {start} in {zone}");
}

#[test]
fn a_daily_handoff_stays_at_its_time_of_the_clock() {
    let expected = ["2026-03-28T08:00:00Z ann", "2026-03-29T07:00:00Z bob", "2026-03-30T07:00:00Z cat"];
    check_handoffs(
        "Europe/Berlin",
        "1 day",
        "2026-03-28 09:00",
        ["2026-03-28T08:00:00Z", "2026-03-31T00:00:00Z"],
        &expected,
    );
    let expected = ["2026-10-24T07:00:00Z ann", "2026-10-25T08:00:00Z bob", "2026-10-26T08:00:00Z cat"];
    check_handoffs(
        "Europe/Berlin",
        "1 day",
        "2026-10-24 09:00",
        ["2026-10-24T07:00:00Z", "2026-10-27T00:00:00Z"],
        &expected,
    );
    let expected = ["2026-03-07T14:00:00Z ann", "2026-03-08T13:00:00Z bob"];
    check_handoffs(
        "America/New_York",
        "1 day",
        "2026-03-07 09:00",
        ["2026-03-07T14:00:00Z", "2026-03-09T00:00:00Z"],
        &expected,
    );
    let expected = ["2026-10-31T13:00:00Z ann", "2026-11-01T14:00:00Z bob"];
    check_handoffs(
        "America/New_York",
        "1 day",
        "2026-10-31 09:00",
        ["2026-10-31T13:00:00Z", "2026-11-02T00:00:00Z"],
        &expected,
    );
    // Half an hour on Lord Howe: +10:30 and +11.
    let expected = ["2026-04-03T22:00:00Z ann", "2026-04-04T22:30:00Z bob"];
    check_handoffs(
        "Australia/Lord_Howe",
        "1 day",
        "2026-04-04 09:00",
        ["2026-04-03T22:00:00Z", "2026-04-05T00:00:00Z"],
        &expected,
    );
    let expected = ["2026-10-02T22:30:00Z ann", "2026-10-03T22:00:00Z bob"];
    check_handoffs(
        "Australia/Lord_Howe",
        "1 day",
        "2026-10-03 09:00",
        ["2026-10-02T22:30:00Z", "2026-10-04T00:00:00Z"],
        &expected,
    );
}

#[test]
fn a_handoff_at_a_time_that_is_skipped_or_comes_twice() {
    // 02:30 is never on 2026-03-29 in Berlin: 03:30 it is. On 2026-10-25 it is twice: the first.
    let expected = ["2026-03-28T01:30:00Z ann", "2026-03-29T01:30:00Z bob", "2026-03-30T00:30:00Z cat"];
    check_handoffs(
        "Europe/Berlin",
        "1 day",
        "2026-03-28 02:30",
        ["2026-03-28T01:30:00Z", "2026-03-31T00:00:00Z"],
        &expected,
    );
    let expected = ["2026-10-24T00:30:00Z ann", "2026-10-25T00:30:00Z bob", "2026-10-26T01:30:00Z cat"];
    check_handoffs(
        "Europe/Berlin",
        "1 day",
        "2026-10-24 02:30",
        ["2026-10-24T00:30:00Z", "2026-10-27T00:00:00Z"],
        &expected,
    );
    // 02:15 on Lord Howe on 2026-10-04 is 02:45 of summer time.
    let expected = ["2026-10-02T15:45:00Z ann", "2026-10-03T15:45:00Z bob", "2026-10-04T15:15:00Z cat"];
    check_handoffs(
        "Australia/Lord_Howe",
        "1 day",
        "2026-10-03 02:15",
        ["2026-10-02T15:45:00Z", "2026-10-05T00:00:00Z"],
        &expected,
    );
}

#[test]
fn hours_are_those_of_the_clock() {
    // The hour from 02:00 is never; from 01:00 bob has 60 minutes, cat none.
    let expected = ["2026-03-28T23:00:00Z ann", "2026-03-29T00:00:00Z bob", "2026-03-29T01:00:00Z ann"];
    check_handoffs(
        "Europe/Berlin",
        "1 hour",
        "2026-03-29 00:00",
        ["2026-03-28T23:00:00Z", "2026-03-29T02:00:00Z"],
        &expected,
    );
    // The hour from 02:00 comes twice; cat has both.
    let expected = ["2026-10-24T23:00:00Z bob", "2026-10-25T00:00:00Z cat", "2026-10-25T02:00:00Z ann"];
    check_handoffs(
        "Europe/Berlin",
        "1 hour",
        "2026-10-25 00:00",
        ["2026-10-24T23:00:00Z", "2026-10-25T03:00:00Z"],
        &expected,
    );
    // On Lord Howe it is an hour and a half, or half an hour.
    let expected = ["2026-04-04T14:00:00Z bob", "2026-04-04T15:30:00Z cat"];
    check_handoffs(
        "Australia/Lord_Howe",
        "1 hour",
        "2026-04-05 00:00",
        ["2026-04-04T14:00:00Z", "2026-04-04T16:30:00Z"],
        &expected,
    );
    let expected = ["2026-10-03T14:30:00Z bob", "2026-10-03T15:30:00Z cat", "2026-10-03T16:00:00Z ann"];
    check_handoffs(
        "Australia/Lord_Howe",
        "1 hour",
        "2026-10-04 00:00",
        ["2026-10-03T14:30:00Z", "2026-10-03T17:00:00Z"],
        &expected,
    );
}

#[test]
fn weeks_and_months() {
    let expected = ["2026-03-02T09:00:00Z ann", "2026-03-16T09:00:00Z bob", "2026-03-30T08:00:00Z cat"];
    check_handoffs(
        "Europe/London",
        "2 week",
        "2026-03-02 09:00",
        ["2026-03-02T09:00:00Z", "2026-04-13T08:00:00Z"],
        &expected,
    );
    let expected = ["2026-03-01T14:00:00Z ann", "2026-04-01T13:00:00Z bob", "2026-05-01T13:00:00Z cat"];
    check_handoffs(
        "America/New_York",
        "1 month",
        "2026-03-01 09:00",
        ["2026-03-01T14:00:00Z", "2026-06-01T00:00:00Z"],
        &expected,
    );
    // Where a month has no 31st, its last day; the next one is not the shorter for it.
    let expected = [
        "2026-01-31T09:00:00Z ann",
        "2026-02-28T09:00:00Z bob",
        "2026-03-31T09:00:00Z cat",
        "2026-04-30T09:00:00Z ann",
    ];
    check_handoffs("UTC", "1 month", "2026-01-31 09:00", ["2026-01-31T09:00:00Z", "2026-05-01T00:00:00Z"], &expected);
}

#[test]
fn before_the_start_nobody_is_on_call() {
    let schedule = schedule("Europe/Berlin", vec![rotation("ann bob", "1 week", "2026-01-05 09:00", vec![])]);
    check(&schedule, &[], "2026-01-05T07:59:59Z", "");
    check(&schedule, &[], "2026-01-05T08:00:00Z", "ann");
    check(&schedule, &[], "2026-01-12T08:00:00Z", "bob");
    check(&schedule, &[], "2046-01-08T08:00:00Z", "ann");
    assert_eq!(schedule.next(&[], at("2025-12-01T00:00:00Z")), Some((at("2026-01-05T08:00:00Z"), people("ann"))));
    assert_eq!(schedule.next(&[], at("2026-01-05T08:00:00Z")), Some((at("2026-01-12T08:00:00Z"), people("bob"))));
}

#[test]
fn nothing_follows_one_who_is_always_on_call() {
    let alone = schedule("UTC", vec![rotation("ann", "1 hour", "2026-01-05 09:00", vec![])]);
    assert_eq!(alone.next(&[], at("2026-01-06T00:00:00Z")), None);
    assert_eq!(alone.shifts(&[], at("2026-01-06T00:00:00Z"), at("2027-01-06T00:00:00Z")).len(), 1);
}

#[test]
fn gaps_and_overlaps() {
    let day = rotation("ann bob", "1 week", "2026-01-05 09:00", hours(&WORK_DAYS, "09:00", "18:00"));
    let night = rotation("cat", "1 week", "2026-01-05 09:00", hours(&WORK_DAYS, "17:00", "08:00"));
    let schedule = schedule("Europe/Berlin", vec![day, night]);
    let bounds = (at("2026-01-08T08:00:00Z"), at("2026-01-12T08:00:00Z"));
    let times = |watches: Vec<Watch>| -> Vec<String> {
        watches.iter().map(|watch| format!("{} {}", watch.starts_at, watch.ends_at)).collect()
    };
    // The night that began on Friday ends on Saturday.
    let gaps = ["2026-01-09T07:00:00Z 2026-01-09T08:00:00Z", "2026-01-10T07:00:00Z 2026-01-12T08:00:00Z"];
    assert_eq!(times(schedule.gaps(&[], bounds.0, bounds.1)), gaps);
    let overlaps = ["2026-01-08T16:00:00Z 2026-01-08T17:00:00Z", "2026-01-09T16:00:00Z 2026-01-09T17:00:00Z"];
    assert_eq!(times(schedule.overlaps(&[], bounds.0, bounds.1)), overlaps);
    check(&schedule, &[], "2026-01-08T16:30:00Z", "ann cat");
}

#[test]
fn what_is_odd_about_a_schedule() {
    let always = |names: &str| rotation(names, "1 week", "2026-01-05 09:00", vec![]);
    let work = rotation("cat", "1 week", "2026-01-05 09:00", hours(&WORK_DAYS, "09:00", "17:00"));
    let notices = |rotations: Vec<Rotation>, now: &str| -> Vec<String> {
        let on_call = OnCall { schedules: vec![schedule("UTC", rotations)], ..OnCall::default() };
        on_call.notices(at(now)).iter().map(ToString::to_string).collect()
    };
    assert_eq!(notices(vec![always("ann bob")], "2026-02-02T09:00:00Z"), [""; 0]);
    // Two all the time are meant.
    assert_eq!(notices(vec![always("ann bob"), always("cat dan")], "2026-02-02T09:00:00Z"), [""; 0]);
    let gap = "schedule shop: nobody is on call from 2026-01-04T09:00:00Z until 2026-01-05T09:00:00Z, in all 1d of the next 56d";
    assert_eq!(notices(vec![always("ann bob")], "2026-01-04T09:00:00Z"), [gap]);
    let gap = "schedule shop: nobody is on call from 2026-02-02T17:00:00Z until 2026-02-03T09:00:00Z, in all 42d16h of the next 56d";
    assert_eq!(notices(vec![work.clone()], "2026-02-02T09:00:00Z"), [gap]);
    let overlap = "schedule shop: more are on call than usual, ann and cat from 2026-02-02T09:00:00Z until 2026-02-02T17:00:00Z, \
                   in all 13d8h of the next 56d";
    assert_eq!(notices(vec![always("ann"), work], "2026-02-02T09:00:00Z"), [overlap]);
}

#[test]
fn hours_that_end_at_a_time_that_comes_twice_end_at_the_first() {
    let hand_over_at = |clock: &str| {
        let day = rotation("ann", "1 week", "2026-03-02 09:00", hours(&ALL_DAYS, "08:00", clock));
        let night = rotation("kim", "1 week", "2026-03-02 09:00", hours(&ALL_DAYS, clock, "08:00"));
        schedule("Europe/Berlin", vec![day, night])
    };
    let night = ["2026-10-24T20:00:00Z", "2026-10-25T07:00:00Z"];
    for (clock, instant) in [("02:00", "00:00"), ("02:30", "00:30"), ("03:00", "02:00"), ("03:30", "02:30")] {
        let expected = [
            format!("ann 2026-10-24T20:00:00Z 2026-10-25T{instant}:00Z"),
            format!("kim 2026-10-25T{instant}:00Z 2026-10-25T07:00:00Z"),
        ];
        check_shifts(&hand_over_at(clock), &[], night, &expected.each_ref().map(String::as_str));
    }
    // Half an hour comes twice there.
    let within = rotation("ann", "1 week", "2026-03-02 09:00", hours(&ALL_DAYS, "01:40", "01:50"));
    let lord_howe = schedule("Australia/Lord_Howe", vec![within]);
    let expected = ["ann 2026-04-04T14:40:00Z 2026-04-04T14:50:00Z"];
    check_shifts(&lord_howe, &[], ["2026-04-04T12:00:00Z", "2026-04-04T20:00:00Z"], &expected);
}
