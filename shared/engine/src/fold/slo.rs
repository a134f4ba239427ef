//! Objectives in the fold: steps are counted once they have settled, corrected while they are revised, and judged one by
//! one.

#[cfg(test)]
mod tests;
mod words;

pub(crate) use words::SLO_LABEL;

use std::collections::BTreeMap;

use domain::alert::{AlertChange, Status};
use domain::id::SeriesId;
use domain::incident::Severity;
use domain::metric::Cell;
use domain::slo::{Count, Counter, Indicator, Slo, Step, WhenEmpty};
use domain::units::{Span, Time};
use serde::{Deserialize, Serialize};

use super::plan::PlannedSlo;
use super::{Plan, SeriesState, ShardState, Told};

/// What the fold remembers of one objective.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SloState {
    /// What was counted; another indicator begins anew.
    indicator: Indicator,
    /// Its events.
    pub counter: Counter,
    /// What was told of how fast its budget burns, by severity.
    pub burning: BTreeMap<Severity, Told>,
    /// What was told of its spent budget.
    pub spent: Told,
    /// Whether its spent budget closes the gate.
    pub closed: bool,
}

impl SloState {
    /// Nothing is counted yet; the first step begins at `from`.
    pub(crate) fn begin(planned: &PlannedSlo, from: Time) -> Self {
        Self {
            indicator: planned.slo.indicator.clone(),
            counter: Counter::new(planned.slo.shape(planned.period), from),
            burning: BTreeMap::new(),
            spent: Told::default(),
            closed: false,
        }
    }

    /// The worst alert about how fast the budget burns, if any fires.
    pub fn worst(&self) -> Option<&AlertChange> {
        self.burning.values().find_map(|told| told.firing.as_ref())
    }
}

/// Counts and judges every step of `planned` that has settled and was not counted yet.
pub(super) fn judge(planned: &PlannedSlo, state: &mut ShardState, now: Time) -> Vec<AlertChange> {
    let slo = &planned.slo;
    let Some(settled) = Settled::of(planned, &state.series) else {
        return Vec::new();
    };
    let shape = slo.shape(planned.period);
    let step = shape.step();
    let first = first_step(settled.start, step);
    let known = state.slos.entry(slo.name.clone()).or_insert_with(|| SloState::begin(planned, first));
    if known.indicator != slo.indicator || known.counter.step() != step {
        let told = (std::mem::take(&mut known.burning), std::mem::take(&mut known.spent));
        *known = SloState { burning: told.0, spent: told.1, ..SloState::begin(planned, first) };
    }
    known.counter.reshape(shape);
    if settled.read_at == now {
        correct(planned, &mut known.counter, &settled);
    }
    let mut changes = Vec::new();
    let mut at = known.counter.until().max(first);
    while at + step <= settled.until {
        changes.extend(take(slo, known, settled.step(at, step), at));
        at = at + step;
    }
    changes
}

/// Counts and judges the step that begins at `at`, the next in time.
pub(crate) fn take(slo: &Slo, known: &mut SloState, counted: Step, at: Time) -> Vec<AlertChange> {
    let assumed = assumed(slo, &known.counter, counted);
    known.counter.count(assumed, at);
    stand(slo, known, counted, at + known.counter.step())
}

/// The first whole step of what is known from `start` on.
pub(crate) fn first_step(start: Time, step: Span) -> Time {
    (start + Span::from_seconds(step.seconds().saturating_sub(1))).floor(step)
}

/// What an indicator makes of the periods of the step that begins at `at`.
pub(crate) fn step_of(
    indicator: &Indicator,
    cell: &impl Fn(&SeriesId, Time) -> Cell,
    at: Time,
    (step, period): (Span, Span),
) -> Step {
    let mut found: Option<Step> = None;
    let mut from = at;
    while from < at + step {
        let part = indicator.step(cell, from, period);
        found = Some(found.map_or(part, |found| found.and(part)));
        from = from + period;
    }
    found.unwrap_or_default()
}

/// Replaces steps that their source has revised since.
///
/// What a series remembers of its first look is left alone: only what was new then was written, so what had been known
/// before looks empty.
fn correct(planned: &PlannedSlo, counter: &mut Counter, settled: &Settled<'_>) {
    let step = counter.step();
    let oldest = (counter.until() - planned.revised).max(settled.start + planned.revised + settled.reach);
    let mut at = (oldest + Span::from_seconds(step.seconds() - 1)).floor(step);
    while at < counter.until() && at + step <= settled.until {
        let found = settled.step(at, step);
        let was_assumed = found == Step::Empty && planned.slo.no_data != WhenEmpty::Ignore;
        if !was_assumed && counter.known(at).is_some_and(|known| known != found) {
            counter.revise(found, at);
        }
        at = at + step;
    }
}

/// What a step without data counts as.
fn assumed(slo: &Slo, counter: &Counter, step: Step) -> Step {
    if step != Step::Empty {
        return step;
    }
    let requests = matches!(slo.indicator, Indicator::Requests { .. });
    match slo.no_data {
        WhenEmpty::Ignore => step,
        WhenEmpty::Good if requests => step,
        WhenEmpty::Good => Step::Counted(Count::one(true)),
        WhenEmpty::Bad if requests => {
            let sum = counter.period();
            let usual = sum.total() / f64::from(sum.steps().max(1));
            Count::of(usual, usual).map_or(step, Step::Counted)
        }
        WhenEmpty::Bad => Step::Counted(Count::one(false)),
    }
}

/// What changed with the step that ended at `end`.
fn stand(slo: &Slo, known: &mut SloState, step: Step, end: Time) -> Vec<AlertChange> {
    // Nothing is known of it: what was told stays.
    if step == Step::Unknown {
        return Vec::new();
    }
    let budget = slo.budget(&known.counter);
    let mut changes = Vec::new();
    let SloState { counter, burning, .. } = known;
    // What fires at a severity that no rule has any more ends as well.
    let mut severities = slo.severities();
    severities.extend(burning.keys().filter(|severity| !severities.contains(severity)).copied().collect::<Vec<_>>());
    for severity in severities {
        let fires = burning.get(&severity).is_some_and(|told| told.firing.is_some());
        let change = match (slo.burning(counter, severity, fires, &budget), fires) {
            (Some(burns), false) => words::burning(slo, counter, &burns, &budget, end),
            (None, true) => words::calm(slo, counter, severity, &budget, end),
            _ => continue,
        };
        changes.push(burning.entry(severity).or_default().tell(change));
    }
    let reopen = slo.gate.unwrap_or_default();
    let closed = reopen.closed(known.closed, budget.remaining());
    if closed != known.closed {
        known.closed = closed;
        let status = if closed { Status::Firing } else { Status::Resolved };
        changes.push(known.spent.tell(words::spent(slo, &budget, status, end)));
    }
    changes
}

/// Tells of objectives that cannot be judged, and of those that can be again.
pub(super) fn unjudged(plan: &Plan, state: &mut ShardState, now: Time) -> Vec<AlertChange> {
    let mut changes = Vec::new();
    for (slo, reason) in plan.unjudged() {
        let told = state.unjudged.entry(slo.name.clone()).or_default();
        if told.firing.is_none() {
            changes.push(told.tell(words::unjudged(slo, Status::Firing, now, reason)));
        }
    }
    let again: Vec<_> =
        state.unjudged.keys().filter(|name| !plan.unjudged().any(|(slo, _)| slo.name == **name)).cloned().collect();
    for mut told in again.into_iter().filter_map(|name| state.unjudged.remove(&name)) {
        if let Some(firing) = told.firing.take() {
            let reason = "it can be judged again, or is gone".to_owned();
            changes.push(told.tell(AlertChange { status: Status::Resolved, at: now, reason, ..firing }));
        }
    }
    changes
}

/// The cells that all series of an objective have and that have rested.
struct Settled<'a> {
    indicator: &'a Indicator,
    series: Vec<(&'a SeriesId, &'a SeriesState, bool)>,
    period: Span,
    reach: Span,
    start: Time,
    until: Time,
    read_at: Time,
}

impl<'a> Settled<'a> {
    fn of(planned: &'a PlannedSlo, known: &'a BTreeMap<SeriesId, SeriesState>) -> Option<Self> {
        let mut found = Self {
            indicator: &planned.slo.indicator,
            series: Vec::new(),
            period: planned.period,
            reach: planned.slo.indicator.reach(planned.period),
            start: Time::from_epoch(i64::MIN),
            until: Time::from_epoch(i64::MAX),
            read_at: Time::from_epoch(i64::MIN),
        };
        for (id, sparse) in &planned.series {
            let known = known.get(id).filter(|known| known.until() > known.start())?;
            found.start = found.start.max(known.start());
            found.until = found.until.min(known.until()).min(known.read_at - planned.slo.settle);
            found.read_at = found.read_at.max(known.read_at);
            found.series.push((id, known, *sparse));
        }
        Some(found)
    }

    fn step(&self, at: Time, step: Span) -> Step {
        step_of(self.indicator, &|id: &SeriesId, at| self.cell(id, at), at, (step, self.period))
    }

    fn cell(&self, id: &SeriesId, at: Time) -> Cell {
        let known = self.series.iter().find(|(known, ..)| *known == id);
        known.map_or(Cell::Unknown, |(_, series, sparse)| match series.cell(at).unwrap_or(Cell::Unknown) {
            Cell::Empty if *sparse => Cell::Value(0.0),
            cell => cell,
        })
    }
}
