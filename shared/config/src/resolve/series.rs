use std::collections::BTreeMap;

use domain::id::SeriesId;
use domain::metric::{PushedMetric, Query, Series as Resolved, Statistic};
use domain::units::Span;

use super::known::Known;
use super::{Names, checks, costs, logs, probes, services};
use crate::document::{Document, Series, Service, Source};
use crate::notes::{Note, Notes};
use crate::read::{Field, Given};
use crate::tree::Place;

/// Dimensions of a metric. Source: `CloudWatch` quotas.
const DIMENSIONS_MAX: usize = 30;
/// Characters of a namespace, a metric's or a dimension's name. Source: `CloudWatch` API reference, `Metric`.
const NAME_CHARS_MAX: usize = 255;
/// Characters of a dimension's value. Source: `CloudWatch` API reference, `Dimension`.
const DIMENSION_CHARS_MAX: usize = 1024;
/// The pace of a critical service's series.
const PACE_CRITICAL: Span = Span::MINUTE;
/// The pace of all others, and the step of slower ones.
const PACE: Span = Span::from_minutes(5);
/// The slowest pace.
const PACE_MAX: Span = Span::DAY;
/// The pace of the bill, which changes a few times a day, and its fastest: each look costs a cent.
const PACE_COST: Span = Span::HOUR.times(6);
const PACE_COST_MIN: Span = Span::HOUR;

/// A series with its service, and where it stands.
pub(super) type Owned<'d> = (&'d Service, &'d Given<Series>);

pub(super) fn known<'d>(documents: &'d [Document], whole: bool, notes: &mut Notes) -> Known<Owned<'d>> {
    let named = all(documents).filter_map(|(service, series)| {
        let given = series.value.name.given()?;
        Some((id_of(service, &given.value)?, given.at, (service, series)))
    });
    Known::of("series", whole, named, notes)
}

/// All series in the order of the configuration, with their services.
pub(super) fn all(documents: &[Document]) -> impl Iterator<Item = Owned<'_>> {
    services::all(documents).flat_map(|service| {
        let series = service.value.series.items().iter();
        series.map(move |series| (&service.value, series))
    })
}

/// `service/name`; `None` where the service's name is wrong, which is noted there.
fn id_of(service: &Service, name: &str) -> Option<String> {
    Some(format!("{}/{name}", service.name.value()?))
}

/// What `name` names, a series of the service `own` unless it says otherwise.
pub(super) fn find<'d>(
    name: &Field<String>,
    own: Option<&str>,
    names: &Names<'d>,
    notes: &mut Notes,
) -> Option<(SeriesId, &'d Series)> {
    let given = name.given()?;
    let id = if given.value.contains('/') { given.value.clone() } else { format!("{}/{}", own?, given.value) };
    // Without its service a series cannot be known: that is noted at the service.
    if own.is_some_and(|own| !names.services.has(own)) && !given.value.contains('/') {
        return None;
    }
    let (_, series) = names.series.find_as(&id, &given.value, given.at, notes)?;
    Some((id.parse().ok()?, &series.value))
}

pub(super) fn resolve(documents: &[Document], names: &Names, notes: &mut Notes) -> Vec<Resolved> {
    all(documents).filter_map(|(service, series)| one(service, series, names, notes)).collect()
}

fn one(service: &Service, given: &Given<Series>, names: &Names, notes: &mut Notes) -> Option<Resolved> {
    let series = &given.value;
    let id = series.name.given().and_then(|name| {
        let id = SeriesId::of(service.name.value()?, &name.value);
        if let Err(error) = &id {
            notes.add(Note::of_error(name.at, error).value(&name.value));
        }
        id.ok()
    });
    let source = series.source.given().and_then(|name| names.sources.find(&name.value, name.at, notes));
    let query = source.and_then(|source| match source.value {
        Source::CloudWatch(_) => cloud_watch(given, notes),
        Source::Prometheus(_) => prometheus(given, notes),
        Source::Probe(_) => probe(given, notes),
        Source::Pushed(_) => pushed(given, notes),
        Source::Logs(_) => log(given, notes),
        Source::CostExplorer(_) => cost(given, notes),
    });
    let source = source.map(|source| &source.value);
    let period = period(series, matches!(source, Some(Source::CloudWatch(_))), notes);
    let pace = match source {
        Some(Source::CostExplorer(_)) => pace(series, PACE_COST, PACE_COST_MIN, notes),
        Some(Source::Pushed(_)) => pace(series, PACE_CRITICAL, PACE_CRITICAL, notes),
        _ if service.critical.value() == Some(&true) => pace(series, PACE_CRITICAL, PACE_CRITICAL, notes),
        _ => pace(series, PACE, PACE_CRITICAL, notes),
    };
    Some(Resolved {
        id: id?,
        source: series.source.value()?.parse().ok()?,
        query: query?,
        period: period?,
        pace: pace?,
        unit: series.unit.or_default()?,
        sparse: series.sparse.or_default()?,
    })
}

fn cloud_watch(given: &Given<Series>, notes: &mut Notes) -> Option<Query> {
    let series = &given.value;
    refuse_foreign(series, "CloudWatch", notes);
    needed(given, &series.namespace, "namespace", "CloudWatch", notes);
    needed(given, &series.metric, "metric", "CloudWatch", notes);
    needed(given, &series.statistic, "statistic", "CloudWatch", notes);
    checks::formed(&series.namespace, is_short, LONG, notes);
    names(series, notes);
    Some(Query::CloudWatch {
        namespace: series.namespace.value()?.clone(),
        metric: series.metric.value()?.clone(),
        dimensions: series.dimensions.or(BTreeMap::new())?,
        statistic: *series.statistic.value()?,
    })
}

/// A metric has the name of its series and is added up, unless it is said otherwise.
fn pushed(given: &Given<Series>, notes: &mut Notes) -> Option<Query> {
    let series = &given.value;
    refuse_foreign(series, "pushed metrics", notes);
    names(series, notes);
    Some(Query::Pushed(PushedMetric {
        metric: series.metric.or(series.name.value()?.clone())?,
        dimensions: series.dimensions.or(BTreeMap::new())?,
        statistic: series.statistic.or(Statistic::Sum)?,
    }))
}

const LONG: [&str; 2] = ["is longer than 255 characters", "CloudWatch has no longer ones"];

fn is_short(text: &str) -> bool {
    text.chars().count() <= NAME_CHARS_MAX
}

/// Checks the names of a metric and its dimensions.
fn names(series: &Series, notes: &mut Notes) {
    checks::formed(&series.metric, is_short, LONG, notes);
    if let Field::Given(Given { at, value }) = &series.dimensions {
        let long = value.values().any(|value| value.chars().count() > DIMENSION_CHARS_MAX);
        if value.len() > DIMENSIONS_MAX {
            notes.add(Note::at(*at, format!("more than {DIMENSIONS_MAX} dimensions, which no metric has")));
        } else if long {
            notes.add(Note::at(*at, format!("a dimension is longer than {DIMENSION_CHARS_MAX} characters")));
        }
    }
}

fn prometheus(given: &Given<Series>, notes: &mut Notes) -> Option<Query> {
    let series = &given.value;
    refuse_foreign(series, "Prometheus", notes);
    needed(given, &series.expression, "expression", "Prometheus", notes);
    Some(Query::Prometheus { expression: series.expression.value()?.clone() })
}

fn probe(given: &Given<Series>, notes: &mut Notes) -> Option<Query> {
    let series = &given.value;
    refuse_foreign(series, "probes", notes);
    needed(given, &series.probe, "probe", "probes", notes);
    probes::resolve(series.probe.given()?, notes)
}

fn log(given: &Given<Series>, notes: &mut Notes) -> Option<Query> {
    let series = &given.value;
    refuse_foreign(series, "logs", notes);
    needed(given, &series.log, "log", "logs", notes);
    logs::resolve(series.log.given()?, series.period.given(), notes)
}

fn cost(given: &Given<Series>, notes: &mut Notes) -> Option<Query> {
    let series = &given.value;
    refuse_foreign(series, "Cost Explorer", notes);
    needed(given, &series.cost, "cost", "Cost Explorer", notes);
    costs::resolve(series.cost.given()?, series, notes)
}

fn needed<T>(given: &Given<Series>, field: &Field<T>, name: &'static str, kind: &str, notes: &mut Notes) {
    if field.is_absent() {
        let note = Note::at(given.at, "is missing").below(name);
        notes.add(note.hint(format!("a series of {kind} needs it")));
    }
}

/// Notes what belongs to another kind of source than `own`.
fn refuse_foreign(series: &Series, own: &str, notes: &mut Notes) {
    let mut refuse = |at: Option<Place>, kind: &str| {
        if let Some(at) = at.filter(|_| kind != own) {
            let note = Note::at(at, format!("is for series of {kind}, and the source is another kind"));
            notes.add(note.hint("leave it out, or name another source"));
        }
    };
    refuse(place(&series.namespace), "CloudWatch");
    if own != "pushed metrics" {
        refuse(place(&series.metric), "CloudWatch");
        refuse(place(&series.dimensions), "CloudWatch");
        refuse(place(&series.statistic), "CloudWatch");
    }
    refuse(place(&series.expression), "Prometheus");
    refuse(place(&series.probe), "probes");
    refuse(place(&series.log), "logs");
    refuse(place(&series.cost), "Cost Explorer");
}

fn place<T>(field: &Field<T>) -> Option<Place> {
    field.given().map(|given| given.at)
}

/// Source of the periods: `MetricStat`, `Period`, in the `CloudWatch` API reference.
fn period(series: &Series, in_cloud_watch: bool, notes: &mut Notes) -> Option<Span> {
    let given = series.period.given();
    let period = checks::within(given, Resolved::PERIOD_MIN, Resolved::PERIOD_MAX, notes)?;
    let seconds = period.seconds();
    if in_cloud_watch && !matches!(seconds, 10 | 20 | 30) && !seconds.is_multiple_of(60) {
        let note = Note::at(given?.at, format!("CloudWatch has no period of {period}")).value(&period.to_string());
        notes.add(note.hint("write 10s, 20s, 30s or whole minutes"));
        return None;
    }
    Some(period)
}

fn pace(series: &Series, default: Span, least: Span, notes: &mut Notes) -> Option<Span> {
    let pace = checks::within_or(&series.pace, default, [least, PACE_MAX], notes)?;
    if pace != PACE_CRITICAL && !pace.seconds().is_multiple_of(PACE.seconds()) {
        let note = Note::at(series.pace.given()?.at, format!("a pace of {pace} is not possible"));
        notes.add(note.value(&pace.to_string()).hint("write 1m, or a multiple of 5m"));
        return None;
    }
    Some(pace)
}
