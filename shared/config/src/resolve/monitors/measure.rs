use domain::measure::{Against, Cron, Due, Measure as Resolved};
use domain::units::Span;

use crate::document::{Absence, Change, Earlier, Measure};
use crate::notes::{Note, Notes};
use crate::read::{Field, Given, Number};
use crate::resolve::checks;

const SENSITIVITY: [Number; 2] = [Number(0.1), Number(10.0)];
/// Fewer periods say nothing about what is usual.
const PERIODS_MIN: u32 = 30;
const OVER: Span = Span::DAY;
const OVER_MAX: Span = Span::DAY.times(30);
const WEEKS: u32 = 4;
const WEEKS_RANGE: [u32; 2] = [2, 12];
const CHANGE_OVER: Span = Span::from_minutes(15);
const AT_LEAST: [Number; 2] = [Number(0.0), Number(1e15)];
/// What is remembered to compare with, in means: 5 KB.
const MEANS_MAX: u32 = 1008;
const WITHIN: [Span; 2] = [Span::from_minutes(5), Span::DAY.times(90)];
const EVERY: [Span; 2] = [Span::MINUTE, Span::DAY.times(35)];
const GRACE_MAX: Span = Span::DAY.times(7);

/// How a monitor looks at a signal of this period; `None` after a mistake.
pub(super) fn resolve(measure: &Field<Measure>, period: Option<Span>, notes: &mut Notes) -> Option<Resolved> {
    let given = match measure {
        Field::Absent => return Some(Resolved::Value),
        Field::Mistaken => return None,
        Field::Given(given) => given,
    };
    match &given.value {
        Measure::Anomaly(anomaly) => {
            let sensitivity = checks::within_or(&anomaly.sensitivity, Number(1.0), SENSITIVITY, notes);
            Some(Resolved::Anomaly { sensitivity: sensitivity?.0, side: anomaly.side.or_default()? })
        }
        Measure::ZScore(z_score) => Some(Resolved::ZScore { over: over(&z_score.over, period, notes)? }),
        Measure::Mad(mad) => Some(Resolved::Mad { over: over(&mad.over, period, notes)? }),
        Measure::WeekBand(band) => {
            Some(Resolved::WeekBand { weeks: checks::within_or(&band.weeks, WEEKS, WEEKS_RANGE, notes)? })
        }
        Measure::Change(change) => self::change(change, given, period, notes),
        Measure::Forecast(forecast) => {
            let within = checks::within(forecast.within.given(), WITHIN[0], WITHIN[1], notes);
            let over = checks::within_or(&forecast.over, OVER, [Span::HOUR, OVER_MAX], notes);
            Some(Resolved::Forecast { within: within?, over: over? })
        }
        Measure::Absence(absence) => self::absence(absence, given, notes),
    }
}

fn over(field: &Field<Span>, period: Option<Span>, notes: &mut Notes) -> Option<Span> {
    let least = period.unwrap_or_default().times(PERIODS_MIN);
    checks::within_or(field, OVER.max(least), [least, OVER_MAX], notes)
}

fn change(change: &Change, given: &Given<Measure>, period: Option<Span>, notes: &mut Notes) -> Option<Resolved> {
    let earlier = change.against.or(Earlier::LastWeek);
    let at_least = checks::within_or(&change.at_least, AT_LEAST[0], AT_LEAST, notes);
    let weeks = checks::within_or(&change.weeks, WEEKS, WEEKS_RANGE, notes);
    if let (Some(weeks), Some(Earlier::Yesterday | Earlier::LastWeek)) = (change.weeks.given(), earlier) {
        let note = Note::at(weeks.at, "is for \"against: usual\" only").value(&weeks.value.to_string());
        notes.add(note.hint("leave it out, or write \"against: usual\""));
    }
    let against = match earlier? {
        Earlier::Yesterday => Against::Yesterday,
        Earlier::LastWeek => Against::LastWeek,
        Earlier::Usual => Against::Usual { weeks: weeks? },
    };
    let period = period?;
    let default = if against.back().is_some() { CHANGE_OVER } else { Span::HOUR };
    let least =
        against.back().map_or(period, |back| Span::from_seconds(back.seconds().div_ceil(MEANS_MAX)).max(period));
    let over = checks::within_or(&change.over, default.max(period), [least, Span::DAY], notes)?;
    if !Span::DAY.seconds().is_multiple_of(over.seconds()) {
        let at = change.over.given().map_or(given.at, |over| over.at);
        let note = Note::at(at, format!("a day is no whole number of times {over}")).value(&over.to_string());
        notes.add(note.hint("write for example 5m, 15m, 1h or 1d"));
        return None;
    }
    Some(Resolved::Change { against, over, at_least: at_least?.0 })
}

fn absence(absence: &Absence, given: &Given<Measure>, notes: &mut Notes) -> Option<Resolved> {
    let grace = checks::within_or(&absence.grace, Span::default(), [Span::default(), GRACE_MAX], notes);
    let due = match (&absence.every, &absence.cron) {
        (Field::Absent, Field::Absent) | (Field::Given(_) | Field::Mistaken, Field::Given(_) | Field::Mistaken) => {
            let note = Note::at(given.at, "must have exactly one of every and cron");
            notes.add(note.hint("write { kind: absence, every: 1h } or { kind: absence, cron: \"0 3 * * *\" }"));
            None
        }
        (every, Field::Absent) => checks::within(every.given(), EVERY[0], EVERY[1], notes).map(Due::Every),
        (_, cron) => self::cron(cron, &absence.zone, notes).map(Due::Cron),
    };
    if let (Some(zone), true) = (absence.zone.given(), absence.cron.is_absent()) {
        notes.add(Note::at(zone.at, "is for cron only").value(&zone.value).hint("leave it out"));
    }
    Some(Resolved::Absence { due: due?, grace: grace?, nonzero: absence.nonzero.or_default()? })
}

fn cron(cron: &Field<String>, zone: &Field<String>, notes: &mut Notes) -> Option<Cron> {
    let (fields, named) = (cron.given()?, zone.or("UTC".to_owned())?);
    match Cron::new(&fields.value, &named) {
        Ok(cron) => Some(cron),
        Err(error) => {
            let at = match (&error, zone.given()) {
                (domain::measure::CronError::Zone(_), Some(zone)) => zone.at,
                _ => fields.at,
            };
            notes.add(Note::of_error(at, &error));
            None
        }
    }
}
