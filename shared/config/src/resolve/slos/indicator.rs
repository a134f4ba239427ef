use domain::id::SeriesId;
use domain::metric::{Query, Series, Statistic};
use domain::slo::{Indicator as Resolved, Part};
use domain::units::{Span, Unit};

use super::Found;
use crate::document::{Freshness, Indicator, Latency, Requests, Slices};
use crate::notes::{Note, Notes};
use crate::read::{Given, Number};
use crate::resolve::{Names, checks, monitors, series};

/// The oldest that data may be and still be fresh: so long their series is remembered.
const WITHIN_MAX: Span = Span::DAY;
/// A thousandth of the smallest unit of time is faster than any request.
const UNDER: [Number; 2] = [Number(1e-3), Number(1e12)];
/// The longest period of an indicator's series: hours are what long windows move by.
const PERIOD_MAX: Span = Span::HOUR;

/// An indicator and the period of its series.
pub(super) struct Measured {
    pub(super) indicator: Resolved,
    pub(super) period: Span,
}

pub(super) fn resolve(
    given: &Given<Indicator>,
    own: Option<&str>,
    names: &Names,
    (series, found): (&[Series], &mut Found),
    notes: &mut Notes,
) -> Option<Measured> {
    let Indicator { requests, latency, slices, freshness } = &given.value;
    let written = [requests.is_absent(), latency.is_absent(), slices.is_absent(), freshness.is_absent()];
    if written.into_iter().filter(|absent| !absent).count() != 1 {
        let note = Note::at(given.at, "must be exactly one of requests, latency, slices and freshness");
        notes.add(note.hint("write for example { requests: { bad: errors, total: requests } }"));
        return None;
    }
    let measured = if let Some(given) = requests.given() {
        of_requests(given, own, names, notes)
    } else if let Some(given) = latency.given() {
        of_latency(given, own, names, (series, found), notes)
    } else if let Some(given) = slices.given() {
        of_slices(given, own, names, notes)
    } else {
        of_freshness(&freshness.given()?.value, own, names, notes)
    }?;
    if measured.period > PERIOD_MAX {
        let note = Note::at(given.at, format!("its series have a period of {}", measured.period));
        notes.add(note.hint(format!("an objective needs one of at most {PERIOD_MAX}")));
        return None;
    }
    Some(measured)
}

fn of_requests(given: &Given<Requests>, own: Option<&str>, names: &Names, notes: &mut Notes) -> Option<Measured> {
    let Requests { good, bad, total } = &given.value;
    let (part, which) = match (good.is_absent(), bad.is_absent()) {
        (false, true) => (good, Part::Good),
        (true, false) => (bad, Part::Bad),
        _ => {
            let note = Note::at(given.at, "must have exactly one of good and bad");
            notes.add(note.hint("write for example { bad: errors, total: requests }"));
            return None;
        }
    };
    let part = series::find(part, own, names, notes);
    let total = series::find(total, own, names, notes);
    let ((part, of_part), (total, of_total)) = (part?, total?);
    let (a, b) = (of_part.period.value().copied()?, of_total.period.value().copied()?);
    if a != b {
        let note = Note::at(given.at, format!("the period of {part} is {a}, that of {total} is {b}"));
        notes.add(note.hint("give both series one period"));
        return None;
    }
    Some(Measured { indicator: Resolved::Requests { part, which, total }, period: a })
}

/// Counts of the metric itself come with it: `TC(:500)`, how many values are at most 500, and how many there are.
fn of_latency(
    given: &Given<Latency>,
    own: Option<&str>,
    names: &Names,
    (series, found): (&[Series], &mut Found),
    notes: &mut Notes,
) -> Option<Measured> {
    let Latency { series: name, under } = &given.value;
    let id = series::find(name, own, names, notes);
    let under = checks::within(under.given(), UNDER[0], UNDER[1], notes);
    let (id, under) = (id?.0, under?.0);
    let durations = series.iter().find(|series| series.id == id)?;
    if !matches!(durations.query, Query::CloudWatch { .. } | Query::Pushed(_)) {
        let note = Note::at(name.given()?.at, format!("{id} is neither read from CloudWatch nor pushed"));
        notes.add(note.value(id.as_str()).hint("write requests, with a series that counts the fast ones, or slices"));
        return None;
    }
    let mut counted = |name: String, statistic| {
        let id: SeriesId = format!("{id}.{name}").parse().ok()?;
        let mut counts =
            Series { id: id.clone(), unit: Unit::Count, sparse: false, pace: Span::MINUTE, ..durations.clone() };
        match &mut counts.query {
            Query::CloudWatch { statistic: asked, .. } => *asked = statistic,
            Query::Pushed(pushed) => pushed.statistic = statistic,
            _ => return None,
        }
        found.series.insert(id.clone(), counts);
        Some(id)
    };
    let total = counted("count".to_owned(), Statistic::SampleCount);
    let part = counted(format!("under-{under}"), Statistic::CountUpTo(under));
    let indicator = Resolved::Requests { part: part?, which: Part::Good, total: total? };
    Some(Measured { indicator, period: durations.period })
}

fn of_slices(given: &Given<Slices>, own: Option<&str>, names: &Names, notes: &mut Notes) -> Option<Measured> {
    let Slices { signal, good, unit } = &given.value;
    let signal = signal.given()?;
    if let Some(monitors) = signal.value.monitors.given() {
        let note = Note::at(monitors.at, "an objective does not read monitors");
        notes.add(note.hint("write series, ratio or increase"));
        return None;
    }
    let measured = monitors::measured(signal, own, names, notes)?;
    let from = measured.unit?;
    let to = unit.or(from)?;
    let Some(factor) = from.factor_to(to) else {
        let note = Note::at(unit.given()?.at, "the signal cannot be shown in this unit");
        notes.add(note.hint("choose a unit of the same kind"));
        return None;
    };
    let good = good.given()?;
    if good.value.percent && to != Unit::Percent {
        let note = Note::at(good.at, "the limit is a percentage, the signal is not");
        notes.add(note.hint("write unit: percent"));
        return None;
    }
    let indicator = Resolved::Slices { signal: measured.signal, factor, unit: to, good: good.value.limit };
    Some(Measured { indicator, period: measured.period? })
}

fn of_freshness(
    Freshness { series: name, within }: &Freshness,
    own: Option<&str>,
    names: &Names,
    notes: &mut Notes,
) -> Option<Measured> {
    let (series, written) = series::find(name, own, names, notes)?;
    let period = written.period.value().copied()?;
    let within = checks::within(within.given(), period, WITHIN_MAX, notes)?;
    Some(Measured { indicator: Resolved::Freshness { series, within }, period })
}
