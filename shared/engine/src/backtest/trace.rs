use domain::measure::{Memory, Note};
use domain::metric::Cell;
use domain::monitor::Monitor;
use domain::setup::Setup;
use domain::units::Time;

use super::walk::Signal;
use super::{Recordings, Stretch};
use crate::fold::Plan;

/// What a monitor saw in one period, for a picture.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TracePoint {
    /// Start of the period.
    pub at: Time,
    /// The signal; `None`: there was nothing.
    pub value: Option<f64>,
    /// What its measure expected, where it has an expectation.
    pub expected: Option<f64>,
    /// Between which numbers it would have found nothing wrong: low and high.
    pub band: Option<(f64, f64)>,
}

/// What `monitor` saw over a stretch, oldest first; nothing if it reads no series.
pub fn trace(setup: &Setup, monitor: &Monitor, recordings: &Recordings, stretch: Stretch) -> Vec<TracePoint> {
    let plan = Plan::of(setup, 0, 1);
    let Some(signal) = Signal::of(&plan, setup, monitor, recordings, stretch) else { return Vec::new() };
    let mut memory = Memory::begin(&monitor.measure, signal.period);
    let limit = monitor.conditions.last().map_or(0.0, |condition| condition.when.threshold.abs());
    let point = |number| {
        let (at, cell) = (signal.at(number), signal.cell(number));
        let note = memory.look(&monitor.measure, cell, at).note;
        let value = if let Cell::Value(value) = cell { Some(value) } else { None };
        let (expected, band) = match note {
            Note::Anomaly { verdict, .. } => (Some(verdict.expected), Some(verdict.band())),
            Note::Deviation { center, spread, .. } | Note::Week { center, spread, .. } => {
                (Some(center), Some((center - limit * spread, center + limit * spread)))
            }
            Note::Change { before, .. } => (Some(before), None),
            _ => (None, None),
        };
        TracePoint { at, value, expected, band }
    };
    (0..signal.periods).map(point).collect()
}
