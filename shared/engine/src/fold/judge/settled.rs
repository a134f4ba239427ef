use std::collections::BTreeMap;

use domain::id::SeriesId;
use domain::metric::Cell;
use domain::monitor::Monitor;
use domain::units::{Span, Time};

use crate::fold::{Plan, SeriesState};

/// The periods that all series of a monitor have and that have rested for its settling time.
pub(super) struct Settled<'a> {
    series: [Option<(&'a SeriesState, bool)>; 2],
    pub(super) period: Span,
    pub(super) start: Time,
    pub(super) end: Time,
}

impl<'a> Settled<'a> {
    pub(super) fn of(plan: &Plan, monitor: &Monitor, known: &'a BTreeMap<SeriesId, SeriesState>) -> Option<Self> {
        let mut series = [None, None];
        let mut bounds: Option<(Span, Time, Time)> = None;
        for (slot, id) in series.iter_mut().zip(monitor.series()) {
            let known = known.get(id).filter(|known| known.until() > known.start())?;
            let series = &plan.series(id)?.series;
            let period = series.period;
            let end = known.until().min((known.read_at - monitor.settle).floor(period));
            *slot = Some((known, series.sparse));
            bounds = Some(match bounds {
                None => (period, known.start(), end),
                Some((period, start, until)) => (period, start.max(known.start()), until.min(end)),
            });
        }
        bounds.map(|(period, start, end)| Self { series, period, start, end })
    }

    /// What the source of its first series that is remarked upon has to say.
    pub(super) fn remark(&self) -> &'a str {
        let remarks = self.series.iter().flatten().map(|(series, _)| series.remark.as_str());
        remarks.into_iter().find(|remark| !remark.is_empty()).unwrap_or_default()
    }

    /// The signal's cells from `oldest` to the end, in the monitor's unit.
    pub(super) fn values(&self, monitor: &Monitor, oldest: Time) -> Vec<Cell> {
        let mut values = Vec::new();
        let mut at = oldest;
        while at < self.end {
            values.push(signal_cell(monitor, self.cells(at), || self.cells(at - self.period)[0]));
            at = at + self.period;
        }
        values
    }

    fn cells(&self, at: Time) -> [Option<Cell>; 2] {
        self.series.map(|series| {
            series.map(|(series, sparse)| match series.cell(at).unwrap_or(Cell::Unknown) {
                Cell::Empty if sparse => Cell::Value(0.0),
                cell => cell,
            })
        })
    }
}

/// What the cells of the series of a monitor at one period make of its signal, in its unit; `before`: what its first series
/// had in the period before.
pub(crate) fn signal_cell(monitor: &Monitor, cells: [Option<Cell>; 2], before: impl FnOnce() -> Option<Cell>) -> Cell {
    match monitor.signal.cell(cells, before) {
        Cell::Value(value) => Cell::Value(value * monitor.factor),
        other => other,
    }
}
