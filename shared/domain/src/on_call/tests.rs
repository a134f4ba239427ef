mod calendar;
mod exact;
mod goalert;
mod overrides;
mod turns;

use super::*;
use crate::id::PersonName;
use crate::slo::Weekdays;
use crate::units::Time;
use jiff::civil::Weekday;

fn at(text: &str) -> Time {
    text.parse().unwrap()
}

fn person(name: &str) -> PersonName {
    name.parse().unwrap()
}

/// Names between spaces.
fn people(names: &str) -> Vec<PersonName> {
    names.split_whitespace().map(person).collect()
}

/// `every` such as `1 day`.
fn rotation(names: &str, every: &str, start: &str, hours: Vec<Hours>) -> Rotation {
    let (count, unit) = every.split_once(' ').unwrap();
    let unit = match unit {
        "hour" => TurnUnit::Hour,
        "day" => TurnUnit::Day,
        "week" => TurnUnit::Week,
        _ => TurnUnit::Month,
    };
    Rotation {
        name: "primary".parse().unwrap(),
        people: people(names),
        every: Turn { count: count.parse().unwrap(), unit },
        start: start.parse().unwrap(),
        hours,
    }
}

const WORK_DAYS: [Weekday; 5] =
    [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
const ALL_DAYS: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

fn hours(days: &[Weekday], from: &str, until: &str) -> Vec<Hours> {
    let days = Weekdays::of(days.iter().copied());
    vec![Hours { days, from: from.parse().unwrap(), until: until.parse().unwrap() }]
}

fn schedule(zone: &str, rotations: Vec<Rotation>) -> Schedule {
    Schedule { name: "shop".parse().unwrap(), zone: zone.parse().unwrap(), rotations }
}

fn make(change: Change, from: &str, until: &str) -> Override {
    let (schedule, starts_at, ends_at) = ("shop".parse().unwrap(), at(from), at(until));
    let id = Override::id_of(&schedule, &change, starts_at, ends_at);
    Override { id, version: 1, schedule, starts_at, ends_at, change, by: "ann".to_owned(), comment: String::new() }
}

fn add(name: &str) -> Change {
    Change::Add { person: person(name) }
}

fn remove(name: &str) -> Change {
    Change::Remove { person: person(name) }
}

fn replace(name: &str, by: &str) -> Change {
    Change::Replace { person: person(name), by: person(by) }
}

/// Who is on call, names between spaces.
fn check(schedule: &Schedule, overrides: &[Override], when: &str, expected: &str) {
    assert_eq!(schedule.on_call(overrides, at(when)), people(expected), "at {when}");
}

/// The shifts as `person from until`.
fn check_shifts(schedule: &Schedule, overrides: &[Override], [from, until]: [&str; 2], expected: &[&str]) {
    let shifts = schedule.shifts(overrides, at(from), at(until));
    let shifts: Vec<String> =
        shifts.iter().map(|shift| format!("{} {} {}", shift.person, shift.starts_at, shift.ends_at)).collect();
    assert_eq!(shifts, expected);
}
