use domain::anomaly::ALARM_SCORE;
use domain::id::MonitorName;
use domain::measure::Measure;
use domain::monitor::{Comparison, Limit, Monitor as Resolved, Signal as ResolvedSignal, Window};
use domain::units::{Span, Unit};

use super::known::Known;
use super::whole::Whole;
use super::{Names, checks};
use crate::document::{Datapoints, Document, Monitor, Signal};
use crate::notes::{Note, Notes};
use crate::read::{Field, Given};

mod conditions;
mod measure;
mod signal;

/// Names that begin so are those of alerts about sources, and of drills.
const OURS: [(&str, &str); 2] = [("source/", "sources"), (domain::drill::MONITORS, "drills")];
const COOLDOWN: Span = Span::from_minutes(10);
const COOLDOWN_MAX: Span = Span::DAY;
const SETTLE_MAX: Span = Span::HOUR;
/// An anomaly is over once its score has been below this for so long.
const CALM_SCORE: f64 = 0.25;
const CALM: Span = Span::from_minutes(15);
/// While an expression holds its signal is 1.
const AT_LEAST_ONE: Limit = Limit { comparison: Comparison::AtLeast, threshold: 1.0 };

pub(super) fn known<'d>(documents: &'d [Document], whole: bool, notes: &mut Notes) -> Known<&'d Given<Monitor>> {
    let named = all(documents).filter_map(|monitor| {
        let name = monitor.value.name.given()?;
        Some((name.value.to_string(), name.at, monitor))
    });
    Known::of("monitor", whole, named, notes)
}

pub(super) fn resolve(documents: &[Document], names: &Names, whole: &Whole, notes: &mut Notes) -> Vec<Resolved> {
    all(documents).filter_map(|monitor| one(monitor, names, whole, notes)).collect()
}

fn all(documents: &[Document]) -> impl Iterator<Item = &Given<Monitor>> {
    documents.iter().flat_map(|document| document.monitors.items())
}

fn one(given: &Given<Monitor>, names: &Names, whole: &Whole, notes: &mut Notes) -> Option<Resolved> {
    let monitor = &given.value;
    if let Some(given) = monitor.name.given()
        && let Some((begin, whose)) = OURS.iter().find(|(begin, _)| given.value.as_str().starts_with(begin))
    {
        let note = Note::at(given.at, format!("names that begin with {begin:?} are those of {whose}"));
        notes.add(note.value(given.value.as_str()).hint("choose another name"));
    }
    let service = monitor.service.given().and_then(|given| {
        names.services.check(&given.value, given.at, notes).then_some(())?;
        given.value.parse().ok()
    });
    let own = monitor.service.value().map(String::as_str);
    let name = monitor.name.value().map(MonitorName::as_str);
    let signal = monitor.signal.given().and_then(|given| signal::resolve(given, name, own, names, notes));
    let converted = signal.as_ref().and_then(|signal| converted(monitor, signal, notes));
    let period = signal.as_ref().and_then(|signal| signal.period);
    let combines = monitor.signal.value().is_some_and(|signal| !signal.monitors.is_absent());
    let measure = measure::resolve(&monitor.measure, period, notes);
    refuse_measure_of_monitors(&monitor.measure, combines, notes);
    let unit = measure.as_ref().and_then(Measure::unit);
    let unit = unit.or(converted.map(|(unit, _)| unit)).or(monitor.unit.value().copied());
    let default = if combines { Some((AT_LEAST_ONE, None)) } else { measure.as_ref().and_then(limits) };
    let known = combines || measure.is_some();
    let conditions = monitor.conditions.given().filter(|_| known);
    let conditions = conditions.map(|given| conditions::resolve(given, unit, default, notes));
    let window = match (&monitor.datapoints, measure.as_ref(), period) {
        (Field::Absent, Some(measure), Some(period)) => usual_window(given, measure, combines, period, notes),
        (datapoints, ..) => datapoints.given().and_then(|given| window(&given.value, notes)),
    };
    refuse_long(monitor, window, period, whole.keep_metrics, notes);
    let settle = checks::within_or(&monitor.settle, whole.settle, [Span::default(), SETTLE_MAX], notes);
    refuse_late(&monitor.settle, whole, notes);
    let cooldown = checks::within_or(&monitor.cooldown, COOLDOWN, [Span::default(), COOLDOWN_MAX], notes);
    let labels = checks::labels(&monitor.labels, notes);
    let (unit, factor) = converted?;
    Some(Resolved {
        name: monitor.name.value()?.clone(),
        service: service?,
        signal: signal?.signal,
        measure: measure?,
        factor,
        unit,
        conditions: conditions?,
        window: window?,
        missing_data: monitor.missing_data.or_default()?,
        settle: settle?,
        cooldown: cooldown?,
        category: monitor.category.or_default()?,
        labels: labels?.into(),
        quiet: monitor.quiet.or_default()?,
    })
}

/// What a signal of series is made of.
pub(super) fn measured(
    signal: &Given<Signal>,
    own: Option<&str>,
    names: &Names,
    notes: &mut Notes,
) -> Option<Measured> {
    signal::resolve(signal, None, own, names, notes)
}

/// The limits of conditions that write none.
fn limits(measure: &Measure) -> Option<(Limit, Option<Limit>)> {
    let limit = |comparison, threshold| Limit { comparison, threshold };
    match measure {
        Measure::Anomaly { .. } => {
            Some((limit(Comparison::AtLeast, ALARM_SCORE), Some(limit(Comparison::Below, CALM_SCORE))))
        }
        Measure::Absence { .. } => Some((limit(Comparison::Above, 0.0), None)),
        _ => None,
    }
}

/// The window of a monitor that writes none.
fn usual_window(
    monitor: &Given<Monitor>,
    measure: &Measure,
    combines: bool,
    period: Span,
    notes: &mut Notes,
) -> Option<Window> {
    let window = |breaching, of| Some(Window { breaching, of });
    match measure {
        Measure::Value if !combines => {
            let note = Note::at(monitor.at, "is missing").below("datapoints");
            notes.add(note.hint("write for example { breaching: 2, of: 3 }"));
            None
        }
        Measure::Anomaly { .. } => window(1, CALM.seconds().div_ceil(period.seconds())),
        Measure::ZScore { .. } | Measure::Mad { .. } | Measure::WeekBand { .. } => window(3, 5),
        _ => window(1, 1),
    }
}

fn refuse_measure_of_monitors(measure: &Field<crate::document::Measure>, combines: bool, notes: &mut Notes) {
    if let (true, Some(given)) = (combines, measure.given()) {
        let note = Note::at(given.at, "monitors that combine others have no measure");
        notes.add(note.hint("leave it out: the condition holds while the expression does"));
    }
}

/// What a signal is, as far as it is known.
pub(super) struct Measured {
    pub(super) signal: ResolvedSignal,
    pub(super) unit: Option<Unit>,
    pub(super) period: Option<Span>,
}

/// The unit that a monitor shows, and the factor to it.
fn converted(monitor: &Monitor, signal: &Measured, notes: &mut Notes) -> Option<(Unit, f64)> {
    let from = signal.unit?;
    let unit = monitor.unit.or(from)?;
    let factor = from.factor_to(unit);
    if factor.is_none() {
        let word = |unit: Unit| serde_json::to_string(&unit).unwrap_or_default();
        let wrong = format!("a signal in {} cannot be shown in {}", word(from), word(unit));
        let note = Note::at(monitor.unit.given()?.at, wrong).value(word(unit).trim_matches('"'));
        notes.add(note.hint("choose a unit of the same kind, or correct the unit of the series"));
    }
    Some((unit, factor?))
}

fn window(datapoints: &Datapoints, notes: &mut Notes) -> Option<Window> {
    let breaching = positive(&datapoints.breaching, notes);
    let of = positive(&datapoints.of, notes);
    let of = of.filter(|of| {
        let fits = *of <= Window::OF_MAX;
        if let (false, Some(given)) = (fits, datapoints.of.given()) {
            let note = Note::at(given.at, format!("{of} periods are more than can be judged"));
            notes.add(note.value(&of.to_string()).hint(format!("write at most {}", Window::OF_MAX)));
        }
        fits
    })?;
    let breaching = breaching?;
    if breaching > of {
        let at = datapoints.breaching.given()?.at;
        let note = Note::at(at, format!("{breaching} of {of} can never breach")).value(&breaching.to_string());
        notes.add(note.hint(format!("write at most {of}, or raise \"of\"")));
        return None;
    }
    Some(Window { breaching, of })
}

fn positive(field: &Field<u32>, notes: &mut Notes) -> Option<u32> {
    let given = field.given()?;
    if given.value == 0 {
        notes.add(Note::at(given.at, "0 periods cannot be judged").value("0").hint("write at least 1"));
        return None;
    }
    Some(given.value)
}

/// Refuses a window that reaches back further than points are kept.
fn refuse_long(monitor: &Monitor, window: Option<Window>, period: Option<Span>, keep: Span, notes: &mut Notes) {
    if let (Some(window), Some(period), Some(given)) = (window, period, monitor.datapoints.given()) {
        let reach = period.times(window.range());
        if reach > keep {
            let range = window.range();
            let wrong = format!("{range} periods of {period} look back {reach}, longer than retention.metrics {keep}");
            let hint = "lower \"of\", or keep metrics for longer";
            notes.add(Note::at(given.at, wrong).hint(hint));
        }
    }
}

/// Refuses a settling time that is longer than what is looked back at.
pub(super) fn refuse_late(settle: &Field<Span>, whole: &Whole, notes: &mut Notes) {
    if let Some(given) = settle.given()
        && given.value <= SETTLE_MAX
        && given.value > whole.look_back
    {
        let wrong = format!("settle {} is longer than look_back {}", given.value, whole.look_back);
        let note = Note::at(given.at, wrong).value(&given.value.to_string());
        notes.add(note.hint("a period must still be looked back at when it is judged"));
    }
}
