//! Shifts, watches and the next handoff cover exactly what is said minute by minute.

use proptest::prelude::*;

use super::*;
use crate::units::Span;

/// Days on which, or near which, clocks change, and one on which none does.
const DAYS: [(&str, &str); 7] = [
    ("Europe/Berlin", "2026-03-28T00:00:00Z"),
    ("Europe/Berlin", "2026-10-24T00:00:00Z"),
    ("America/New_York", "2026-03-07T12:00:00Z"),
    ("America/New_York", "2026-10-31T12:00:00Z"),
    ("Australia/Lord_Howe", "2026-04-04T00:00:00Z"),
    ("Australia/Lord_Howe", "2026-10-03T00:00:00Z"),
    ("Asia/Kathmandu", "2026-06-01T00:00:00Z"),
];

fn clocks() -> impl Strategy<Value = String> {
    (0..24_u8, prop::sample::select(vec![0_u8, 15, 30, 59])).prop_map(|(hour, minute)| format!("{hour:02}:{minute:02}"))
}

fn windows() -> impl Strategy<Value = Vec<Hours>> {
    let one = (prop::sample::subsequence(ALL_DAYS.to_vec(), 1..=7), clocks(), clocks())
        .prop_map(|(days, from, until)| hours(&days, &from, &until)[0]);
    prop::collection::vec(one, 0..3)
}

fn rotations() -> impl Strategy<Value = Rotation> {
    let every = prop::sample::select(vec!["1 hour", "2 hour", "5 hour", "1 day", "2 day", "1 week", "1 month"]);
    let names = prop::sample::select(vec!["ann", "ann bob", "bob cat dan", "ann bob cat dan eve"]);
    let start = (prop::sample::select(vec!["2026-01-31", "2026-03-01", "2025-10-25"]), clocks());
    (names, every, start, windows())
        .prop_map(|(names, every, (day, clock), hours)| rotation(names, every, &format!("{day} {clock}"), hours))
}

fn changes() -> impl Strategy<Value = (Change, i64, i64)> {
    let who = || prop::sample::select(vec!["ann", "bob", "cat", "fay"]);
    let change = prop_oneof![
        who().prop_map(add),
        who().prop_map(remove),
        (who(), who()).prop_map(|(person, by)| replace(person, by))
    ];
    (change, -600..4000_i64, 1..1500_i64)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn shifts_are_what_each_minute_says(
        (zone, day) in prop::sample::select(DAYS.to_vec()),
        rotations in prop::collection::vec(rotations(), 1..3),
        changes in prop::collection::vec(changes(), 0..4),
        offset in 0..600_i64,
    ) {
        let schedule = schedule(zone, rotations);
        let from = Time::from_epoch(at(day).epoch() + offset * 60);
        let minute = |number: i64| Time::from_epoch(from.epoch() + number * 60);
        let made: Vec<Override> = changes
            .into_iter()
            .map(|(change, first, length)| {
                make(change, &minute(first).to_string(), &minute(first + length).to_string())
            })
            .collect();
        let until = from + Span::DAY.times(2);
        let shifts = schedule.shifts(&made, from, until);
        let watches = schedule.watches(&made, from, until);
        let mut before: Option<Vec<PersonName>> = None;
        let mut handoffs = Vec::new();
        for now in (0..2 * 24 * 60).map(minute) {
            let said = schedule.on_call(&made, now);
            let mut names = said.clone();
            names.sort();
            let mut covered: Vec<PersonName> = shifts
                .iter()
                .filter(|shift| (shift.starts_at..shift.ends_at).contains(&now))
                .map(|shift| shift.person.clone())
                .collect();
            covered.sort();
            prop_assert_eq!(&covered, &names, "{}", now);
            if before.as_ref().is_some_and(|before| before != &said) {
                handoffs.push((now, said.clone()));
            }
            before = Some(said);
        }
        let told: Vec<_> = watches.iter().skip(1).map(|watch| (watch.starts_at, watch.people.clone())).collect();
        prop_assert_eq!(&told, &handoffs);
        if let Some(first) = handoffs.first() {
            prop_assert_eq!(schedule.next(&made, from), Some(first.clone()));
        }
    }
}
