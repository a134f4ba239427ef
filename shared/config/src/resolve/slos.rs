//! Objectives: what each promises, of which series.

mod alerts;
mod indicator;
mod times;

use std::collections::BTreeMap;

use domain::id::SeriesId;
use domain::metric::Series;
use domain::slo::{Guard, Period, Reopen, Slo as Resolved};
use domain::units::Span;

use super::known::Known;
use super::whole::Whole;
use super::{Names, checks, monitors};
use crate::document::{Document, Slo};
use crate::notes::{Note, Notes};
use crate::read::{Given, Share};

const COOLDOWN: Span = Span::from_minutes(10);
const COOLDOWN_MAX: Span = Span::DAY;
const SETTLE_MAX: Span = Span::HOUR;
const PERIOD: Span = Span::DAY.times(30);
/// Exclusions are looked at for each step.
const EXCLUSIONS_MAX: usize = 64;
/// Below a coin's toss a test says nothing, and nobody is ever surer than this.
const CONFIDENCE: [Share; 2] = [Share(0.5), Share(0.9999)];

/// What objectives make of the configuration.
#[derive(Default)]
pub(super) struct Found {
    pub(super) slos: Vec<Resolved>,
    /// Series that come with a latency objective, by their ids.
    pub(super) series: BTreeMap<SeriesId, Series>,
    /// Series that they read whose pace nobody has chosen.
    pub(super) each_minute: Vec<SeriesId>,
}

fn refuse_twice(documents: &[Document], notes: &mut Notes) {
    let names = all(documents).filter_map(|slo| slo.value.name.given());
    Known::of("objective", true, names.map(|name| (name.value.to_string(), name.at, ())), notes);
}

fn all(documents: &[Document]) -> impl Iterator<Item = &Given<Slo>> {
    documents.iter().flat_map(|document| document.slos.items())
}

/// All objectives; `series` are all series that are written.
pub(super) fn resolve(
    documents: &[Document],
    names: &Names,
    whole: &Whole,
    series: &[Series],
    notes: &mut Notes,
) -> Found {
    refuse_twice(documents, notes);
    let mut found = Found::default();
    for slo in all(documents) {
        if let Some(resolved) = one(&slo.value, names, whole, (series, &mut found), notes) {
            for id in resolved.series() {
                if names.series.get(id.as_str()).is_some_and(|(_, series)| series.value.pace.is_absent()) {
                    found.each_minute.push(id.clone());
                }
            }
            found.slos.push(resolved);
        }
    }
    found
}

fn one(
    slo: &Slo,
    names: &Names,
    whole: &Whole,
    (series, found): (&[Series], &mut Found),
    notes: &mut Notes,
) -> Option<Resolved> {
    if let Some(given) = slo.name.given()
        && names.monitors.has(given.value.as_str())
    {
        let note = Note::at(given.at, format!("\"{}\" is the name of a monitor", given.value));
        notes.add(note.value(given.value.as_str()).hint("its alerts have its name: choose another"));
    }
    let service = slo.service.given().and_then(|given| {
        names.services.check(&given.value, given.at, notes).then_some(())?;
        given.value.parse().ok()
    });
    let own = slo.service.value().map(String::as_str);
    let indicator = slo.indicator.given();
    let measured = indicator.and_then(|given| indicator::resolve(given, own, names, (series, found), notes));
    let step = measured.as_ref().map(|measured| measured.period.max(Span::MINUTE));
    let period = period(slo, notes);
    let exclusions = times::resolve(&slo.exclude, EXCLUSIONS_MAX, notes);
    let objective = slo.objective.value().copied();
    let burn_rates = alerts::resolve(&slo.burn_alerts, (objective, period.as_ref(), step), notes);
    let guard = guard(slo, notes);
    let gate = slo.gate.or(true);
    let reopen = checks::within_or(&slo.reopen, Share(Reopen::default().remaining), [Share(0.0), Share(1.0)], notes);
    let settle = checks::within_or(&slo.settle, whole.settle, [Span::default(), SETTLE_MAX], notes);
    monitors::refuse_late(&slo.settle, whole, notes);
    let cooldown = checks::within_or(&slo.cooldown, COOLDOWN, [Span::default(), COOLDOWN_MAX], notes);
    let labels = checks::labels(&slo.labels, notes);
    let (gate, reopen) = (gate?, reopen?);
    Some(Resolved {
        name: slo.name.value()?.clone(),
        service: service?,
        description: slo.description.or_default()?,
        indicator: measured?.indicator,
        objective: objective?,
        period: period?,
        exclusions: exclusions?,
        burn_rates: burn_rates?,
        guard: guard?,
        no_data: slo.no_data.or_default()?,
        gate: gate.then_some(Reopen { remaining: reopen.0 }),
        settle: settle?,
        cooldown: cooldown?,
        category: slo.category.or_default()?,
        labels: labels?.into(),
    })
}

fn period(slo: &Slo, notes: &mut Notes) -> Option<Period> {
    if let (Some(_), Some(calendar)) = (slo.period.given(), slo.calendar.given()) {
        let note = Note::at(calendar.at, "period is given too").hint("write either period or calendar");
        notes.add(note);
    }
    if slo.calendar.is_absent() {
        let limits = [Period::ROLLING_MIN, Period::ROLLING_MAX];
        return checks::within_or(&slo.period, PERIOD, limits, notes).map(Period::Rolling);
    }
    let calendar = slo.calendar.value()?;
    let zone = times::zone(&calendar.zone, notes)?;
    Some(Period::Calendar { unit: *calendar.unit.value()?, zone })
}

fn guard(slo: &Slo, notes: &mut Notes) -> Option<Guard> {
    let usual = Guard::default();
    let Some(given) = slo.guard.given() else {
        return slo.guard.is_absent().then_some(usual);
    };
    let confidence = checks::within_or(&given.value.confidence, Share(usual.confidence), CONFIDENCE, notes)?;
    Some(Guard { events: given.value.events.or(usual.events)?, confidence: confidence.0 })
}
