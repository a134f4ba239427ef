use std::fmt::Display;
use std::str::FromStr;

use domain::id::IntervalName;
use domain::routing::{ClockRange, MONTHS, TimeInterval, WEEKDAYS};

use super::super::known::Known;
use crate::document::{Document, Interval, Times};
use crate::notes::{Note, Notes};
use crate::read::{Field, Given, OneOrMore};

/// Times of one interval.
const TIMES_MAX: usize = 100;

pub(in super::super) fn known(documents: &[Document], whole: bool, notes: &mut Notes) -> Known<()> {
    let all = documents.iter().flat_map(|document| document.intervals.items());
    let named = all.filter_map(|interval| {
        let name = interval.value.name.given()?;
        Some((name.value.to_string(), name.at, ()))
    });
    Known::of("interval", whole, named, notes)
}

pub(super) fn interval(given: &Given<Interval>, notes: &mut Notes) -> Option<(IntervalName, Vec<TimeInterval>)> {
    let Interval { name, times } = &given.value;
    let written = times.given()?;
    let items = &written.value.0;
    if items.is_empty() {
        notes.add(Note::at(written.at, "it is never").hint("write at least one time"));
    }
    if items.len() > TIMES_MAX {
        notes.add(Note::at(written.at, format!("more than {TIMES_MAX} times")).hint("use ranges"));
    }
    let times: Vec<Option<TimeInterval>> = items.iter().map(|given| one(given, notes)).collect();
    Some((name.value()?.clone(), times.into_iter().collect::<Option<_>>()?))
}

fn one(given: &Given<Times>, notes: &mut Notes) -> Option<TimeInterval> {
    let Times { clock, days, days_of_month, months, years, zone } = &given.value;
    let said = [clock, days, days_of_month, months, years];
    if said.iter().all(|field| field.is_absent()) {
        let note = Note::at(given.at, "these times are always");
        notes.add(note.hint("say clock, days, days_of_month, months or years"));
        return None;
    }
    let clock = each(clock, notes, &clock_range);
    let weekdays = each(days, notes, &|text| parsed(&long(text, &WEEKDAYS)));
    let days_of_month = each(days_of_month, notes, &parsed);
    let months = each(months, notes, &|text| parsed(&long(text, &MONTHS)));
    let years = each(years, notes, &parsed);
    Some(TimeInterval {
        times: clock?,
        weekdays: weekdays?,
        days_of_month: days_of_month?,
        months: months?,
        years: years?,
        location: zone.or_default()?,
    })
}

/// What is wrong, and what to write instead.
type Wrong = (String, Option<String>);

/// Each range; `None` once what is wrong is noted.
fn each<T>(
    field: &Field<OneOrMore<String>>,
    notes: &mut Notes,
    read: &dyn Fn(&str) -> Result<T, Wrong>,
) -> Option<Vec<T>> {
    let items = match field {
        Field::Absent => return Some(Vec::new()),
        Field::Mistaken => return None,
        Field::Given(given) => &given.value.0,
    };
    let ranges: Vec<Option<T>> = items
        .iter()
        .map(|given| match read(&given.value) {
            Ok(range) => Some(range),
            Err((wrong, hint)) => {
                notes.add(Note::at(given.at, wrong).value(&given.value).hint_if(hint));
                None
            }
        })
        .collect();
    ranges.into_iter().collect()
}

fn parsed<T>(text: &str) -> Result<T, Wrong>
where
    T: FromStr,
    T::Err: Display,
{
    text.parse().map_err(|error: T::Err| {
        let error = error.to_string();
        match error.split_once("; ") {
            Some((wrong, hint)) => (wrong.to_owned(), Some(hint.to_owned())),
            None => (error, None),
        }
    })
}

/// A part of the day. Over midnight lies one of each day.
fn clock_range(text: &str) -> Result<ClockRange, Wrong> {
    let range = parsed(text);
    let (from, until) = text.split_once('-').unwrap_or((text, ""));
    let (evening, morning) = (format!("{}-24:00", from.trim()), format!("00:00-{}", until.trim()));
    let passes_midnight = || evening.parse::<ClockRange>().is_ok() && morning.parse::<ClockRange>().is_ok();
    if range.is_err() && passes_midnight() {
        let hint = format!("for a time over midnight write two: [\"{evening}\", \"{morning}\"]");
        return Err((format!("{text:?} does not end after it begins"), Some(hint)));
    }
    range
}

/// `mon:fri` as `monday:friday`.
fn long(text: &str, names: &[&str]) -> String {
    let one = |part: &str| {
        let part = part.trim();
        let full = names.iter().find(|name| part.len() == 3 && name[..3].eq_ignore_ascii_case(part));
        full.map_or_else(|| part.to_owned(), |name| (*name).to_owned())
    };
    text.split(':').map(one).collect::<Vec<_>>().join(":")
}
