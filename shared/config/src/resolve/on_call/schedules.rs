use std::collections::BTreeSet;

use domain::id::PersonName;
use domain::on_call::{Hours, Rotation as ResolvedRotation, Schedule as Resolved, Turn, TurnUnit};
use domain::slo::{ClockTime, Weekdays};
use jiff::civil::Weekday;

use super::{Names, few, named};
use crate::document::{OnCallHours, Rotation, Schedule};
use crate::notes::{Note, Notes};
use crate::read::{Field, Given, OneOrMore};

const WEEKLY: Turn = Turn { count: 1, unit: TurnUnit::Week };
const ALL_DAYS: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

pub(super) fn one(schedule: &Schedule, names: &Names<'_>, notes: &mut Notes) -> Option<Resolved> {
    let rotations = schedule.rotations.given().map(|given| rotations(given, names, notes));
    let zone = schedule.zone.or_default();
    Some(Resolved { name: schedule.name.value()?.clone(), zone: zone?, rotations: rotations? })
}

fn rotations(given: &Given<Vec<Given<Rotation>>>, names: &Names<'_>, notes: &mut Notes) -> Vec<ResolvedRotation> {
    if given.value.is_empty() {
        notes.add(Note::at(given.at, "nobody takes turns").hint("write at least one rotation"));
    }
    few(given.value.iter().map(|rotation| rotation.at), Resolved::ROTATIONS_MAX, "rotations of one schedule", notes);
    let mut seen = BTreeSet::new();
    for name in given.value.iter().filter_map(|rotation| rotation.value.name.given()) {
        if !seen.insert(name.value.as_str()) {
            let note =
                Note::at(name.at, format!("{:?} is the name of another rotation of the schedule", name.value.as_str()));
            notes.add(note.value(name.value.as_str()).hint("names are unique; choose another"));
        }
    }
    given.value.iter().filter_map(|given| rotation(&given.value, names, notes)).collect()
}

fn rotation(rotation: &Rotation, names: &Names<'_>, notes: &mut Notes) -> Option<ResolvedRotation> {
    let people = rotation.people.given().map(|given| people(given, names, notes));
    few(
        rotation.hours.items().iter().map(|hours| hours.at),
        ResolvedRotation::HOURS_MAX,
        "times of one rotation",
        notes,
    );
    let hours: Vec<_> = rotation.hours.items().iter().map(|given| hours(&given.value, notes)).collect();
    let hours: Option<Vec<Hours>> = hours.into_iter().collect();
    Some(ResolvedRotation {
        name: rotation.name.value()?.clone(),
        people: people?,
        every: rotation.every.optional()?.map_or(WEEKLY, |turns| turns.0),
        start: *rotation.start.value()?,
        hours: hours?,
    })
}

/// Whose turns they are; one person may have several.
fn people(given: &Given<OneOrMore<String>>, names: &Names<'_>, notes: &mut Notes) -> Vec<PersonName> {
    let items = &given.value.0;
    if items.is_empty() {
        notes.add(Note::at(given.at, "nobody takes turns").hint("name at least one person"));
    }
    few(items.iter().map(|item| item.at), ResolvedRotation::PEOPLE_MAX, "turns of one rotation", notes);
    items.iter().filter_map(|item| named(&item.value, item, &names.people, notes)).collect()
}

fn hours(hours: &OnCallHours, notes: &mut Notes) -> Option<Hours> {
    let (from, until) = (clock(&hours.from, notes), clock(&hours.until, notes));
    let days = match &hours.days {
        Field::Absent => ALL_DAYS.to_vec(),
        Field::Mistaken => return None,
        Field::Given(given) if given.value.0.is_empty() => {
            notes.add(Note::at(given.at, "there is no day").hint("write at least one, or leave days out"));
            return None;
        }
        Field::Given(given) => given.value.0.iter().map(|day| day.value.0).collect(),
    };
    Some(Hours { days: Weekdays::of(days), from: from?, until: until? })
}

fn clock(field: &Field<String>, notes: &mut Notes) -> Option<ClockTime> {
    let given = field.given()?;
    let read = given.value.parse();
    read.map_err(|error| notes.add(Note::of_error(given.at, &error).value(&given.value))).ok()
}
