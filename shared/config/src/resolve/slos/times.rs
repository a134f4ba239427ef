use domain::slo::{ClockTime, Exclusion, Weekdays};
use domain::units::Time;
use jiff::tz::TimeZone;

use crate::document::Exclude;
use crate::notes::{Note, Notes};
use crate::read::{Field, Given};

/// An IANA name; UTC where none is written.
pub(super) fn zone(field: &Field<String>, notes: &mut Notes) -> Option<String> {
    if let Some(given) = field.given()
        && TimeZone::get(&given.value).is_err()
    {
        let note = Note::at(given.at, format!("{:?} is not a time zone", given.value)).value(&given.value);
        notes.add(note.hint("write an IANA name such as \"Europe/Berlin\""));
        return None;
    }
    field.or("UTC".to_owned())
}

/// The times that do not count.
pub(super) fn resolve(field: &Field<Vec<Given<Exclude>>>, most: usize, notes: &mut Notes) -> Option<Vec<Exclusion>> {
    if let Some(given) = field.given()
        && given.value.len() > most
    {
        let note = Note::at(given.at, format!("more than {most} times"));
        notes.add(note.hint("leave out those that are over for longer than the period"));
    }
    let found: Vec<_> = field.items().iter().map(|given| one(given, notes)).collect();
    match field {
        Field::Mistaken => None,
        _ => found.into_iter().collect(),
    }
}

fn one(given: &Given<Exclude>, notes: &mut Notes) -> Option<Exclusion> {
    let exclude = &given.value;
    let reason = exclude.reason.value().cloned();
    if exclude.days.is_absent() {
        let (from, until) = (moment::<Time>(&exclude.from, notes), moment::<Time>(&exclude.until, notes));
        let (from, until) = (from?, until?);
        if until <= from {
            let note = Note::at(exclude.until.given()?.at, format!("{until} is not after {from}"));
            notes.add(note.value(&until.to_string()).hint("end it later than it begins"));
            return None;
        }
        if let Some(zone) = exclude.zone.given() {
            let note = Note::at(zone.at, "an instant has its own zone");
            notes.add(note.hint("leave it out, or write days"));
        }
        return Some(Exclusion::Once { from, until, reason: reason? });
    }
    let (from, until) = (moment::<ClockTime>(&exclude.from, notes), moment::<ClockTime>(&exclude.until, notes));
    let zone = zone(&exclude.zone, notes);
    let days = Weekdays::of(exclude.days.value()?.0.iter().map(|day| day.value.0));
    Some(Exclusion::Weekly { days, from: from?, until: until?, zone: zone?, reason: reason? })
}

fn moment<T>(field: &Field<String>, notes: &mut Notes) -> Option<T>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    let given = field.given()?;
    match given.value.parse() {
        Ok(moment) => Some(moment),
        Err(error) => {
            notes.add(Note::of_error(given.at, &error).value(&given.value));
            None
        }
    }
}
