use std::collections::BTreeMap;

use domain::alert::AlertChange;
use domain::id::SeriesId;
use domain::metric::Cell;
use domain::setup::Setup;
use domain::slo::Slo;
use domain::units::Time;

use super::walk::begins;
use super::{Recording, Recordings, Stretch, TracePoint};
use crate::fold::slo::{first_step, step_of, take};
use crate::fold::{Plan, PlannedSlo, SloState};

/// The changes of one objective over a stretch, each with the end of the step that brought it: all its steps in one go,
/// as the fold would have counted them tick by tick.
pub(super) fn promised(
    plan: &Plan,
    setup: &Setup,
    planned: &PlannedSlo,
    recordings: &Recordings,
    stretch: Stretch,
) -> Vec<(Time, AlertChange)> {
    let mut changes = Vec::new();
    each_step((plan, setup), planned, recordings, stretch, |end, _, changed| {
        changes.extend(changed.into_iter().map(|change| (end, change)));
    });
    changes
}

/// What was left of the budget of `slo` at the end of each step of a stretch, in percent; nothing if it cannot be judged.
pub fn budget_left(setup: &Setup, slo: &Slo, recordings: &Recordings, stretch: Stretch) -> Vec<TracePoint> {
    let plan = Plan::of(setup, 0, 1);
    let mut points = Vec::new();
    if let Some(planned) = plan.slo(&slo.name) {
        each_step((&plan, setup), planned, recordings, stretch, |at, state, _| {
            let value = Some(slo.budget(&state.counter).remaining() * 100.0);
            points.push(TracePoint { at, value, expected: None, band: None });
        });
    }
    points
}

/// Takes every step of a stretch, and tells its end, the state then, and what changed.
fn each_step(
    (plan, setup): (&Plan, &Setup),
    planned: &PlannedSlo,
    recordings: &Recordings,
    stretch: Stretch,
    mut tell: impl FnMut(Time, &SloState, Vec<AlertChange>),
) {
    let slo = &planned.slo;
    let series = slo.series().filter_map(|id| plan.series(id)).map(|planned| &planned.series);
    let Some(start) = series.map(|series| begins(plan, setup, series, stretch.begin)).max() else { return };
    let lanes: BTreeMap<&SeriesId, (Option<&Recording>, bool)> =
        planned.series.iter().map(|(id, sparse)| (id, (recordings.get(id), *sparse))).collect();
    let cell = |id: &SeriesId, at: Time| {
        // What lies before the first period was not kept.
        let Some((recording, sparse)) = lanes.get(id).filter(|_| at >= start) else { return Cell::Unknown };
        match recording.map_or(Cell::Empty, |recording| recording.cell(at)) {
            Cell::Empty if *sparse => Cell::Value(0.0),
            cell => cell,
        }
    };
    let step = slo.shape(planned.period).step();
    let mut at = first_step(start, step);
    let mut known = SloState::begin(planned, at);
    while at + step <= stretch.until {
        let counted = step_of(&slo.indicator, &cell, at, (step, planned.period));
        let changed = take(slo, &mut known, counted, at);
        at = at + step;
        tell(at, &known, changed);
    }
}
