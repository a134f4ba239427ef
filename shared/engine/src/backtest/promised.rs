use std::collections::BTreeMap;

use domain::alert::AlertChange;
use domain::id::SeriesId;
use domain::metric::Cell;
use domain::setup::Setup;
use domain::units::Time;

use super::walk::begins;
use super::{Recording, Recordings, Stretch};
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
    let slo = &planned.slo;
    let series = slo.series().filter_map(|id| plan.series(id)).map(|planned| &planned.series);
    let Some(start) = series.map(|series| begins(plan, setup, series, stretch.begin)).max() else { return Vec::new() };
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
    let mut changes = Vec::new();
    while at + step <= stretch.until {
        let counted = step_of(&slo.indicator, &cell, at, (step, planned.period));
        changes.extend(take(slo, &mut known, counted, at).into_iter().map(|change| (at + step, change)));
        at = at + step;
    }
    changes
}
