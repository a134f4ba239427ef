use domain::alert::AlertChange;
use domain::measure::{Measure, Memory, Note};
use domain::metric::{Cell, Series};
use domain::monitor::{Limit, Monitor, Standing};
use domain::setup::Setup;
use domain::units::{Span, Time};

use super::recording::cell;
use super::{Recordings, Stretch};
use crate::collect::asked_range;
use crate::fold::judge::{Period, judge_period, signal_cell};
use crate::fold::{MonitorState, Plan};

/// So many cells are kept beside a window before the oldest are dropped: they fit the nearest cache.
const CELLS: usize = 1024;

/// The changes of one monitor over a stretch, each with the end of the period that brought it.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Walked {
    /// End of the first period; `None`: it has no series.
    pub(super) first: Option<Time>,
    /// Oldest first.
    pub(super) changes: Vec<(Time, AlertChange)>,
}

/// What a monitor's signal was, from the first period that the fold would have kept.
pub(super) struct Signal<'a> {
    monitor: &'a Monitor,
    lanes: [Option<Lane<'a>>; 2],
    /// Start of the first period.
    pub(super) start: Time,
    pub(super) period: Span,
    /// How many periods there are up to the end of the stretch.
    pub(super) periods: i64,
}

/// One series, on the monitor's grid.
struct Lane<'a> {
    numbers: &'a [f64],
    /// Where the first period of the signal lies in them.
    place: i64,
    sparse: bool,
}

impl Lane<'_> {
    fn cell(&self, period: i64) -> Cell {
        let index = usize::try_from(self.place + period).unwrap_or(usize::MAX);
        match self.numbers.get(index).map_or(Cell::Empty, |number| cell(*number)) {
            Cell::Empty if self.sparse => Cell::Value(0.0),
            cell => cell,
        }
    }
}

impl<'a> Signal<'a> {
    /// `None`: the monitor reads no series.
    pub(super) fn of(
        plan: &Plan,
        setup: &Setup,
        monitor: &'a Monitor,
        recordings: &'a Recordings,
        stretch: Stretch,
    ) -> Option<Self> {
        let series: Vec<&Series> = monitor.series().filter_map(|id| plan.series(id)).map(|p| &p.series).collect();
        let period = series.first()?.period;
        let start = series.iter().map(|series| begins(plan, setup, series, stretch.begin)).max()?;
        let mut lanes = [None, None];
        for (lane, series) in lanes.iter_mut().zip(&series) {
            let recording = recordings.get(&series.id);
            *lane = Some(Lane {
                numbers: recording.map_or(&[], |recording| recording.numbers()),
                place: recording.map_or(0, |recording| recording.place(start)),
                sparse: series.sparse,
            });
        }
        let periods = i64::from(stretch.until.since(start).seconds() / period.seconds().max(1));
        Some(Self { monitor, lanes, start, period, periods })
    }

    /// What it was in a period, counted from the first.
    pub(super) fn cell(&self, number: i64) -> Cell {
        let cells = [0, 1].map(|lane: usize| self.lanes[lane].as_ref().map(|lane| lane.cell(number)));
        let before = || {
            // What lies before the first period was not kept.
            let known = self.lanes[0].as_ref().filter(|_| number > 0);
            Some(known.map_or(Cell::Unknown, |lane| lane.cell(number - 1)))
        };
        signal_cell(self.monitor, cells, before)
    }

    /// Start of a period, counted from the first.
    pub(super) fn at(&self, number: i64) -> Time {
        Time::from_epoch(self.start.epoch() + number * i64::from(self.period.seconds()))
    }
}

/// Judges all periods of a stretch, as the fold would have judged them tick by tick.
pub(super) fn walk(plan: &Plan, setup: &Setup, monitor: &Monitor, recordings: &Recordings, stretch: Stretch) -> Walked {
    let Some(signal) = Signal::of(plan, setup, monitor, recordings, stretch) else { return Walked::default() };
    let mut walk = Walk::of(monitor, signal.period);
    for number in 0..signal.periods {
        walk.take(signal.cell(number), signal.at(number));
    }
    Walked { first: Some(signal.start + signal.period), changes: walk.changes }
}

/// The first period of `series` that the fold keeps when the first tick has read it.
pub(super) fn begins(plan: &Plan, setup: &Setup, series: &Series, begin: Time) -> Time {
    let (from, until) = asked_range(series, setup.look_back, begin);
    let keep = plan.series(&series.id).map_or(0, |planned| planned.keep);
    from.max(until - series.period.times(u32::try_from(keep).unwrap_or(u32::MAX)))
}

struct Walk<'a> {
    monitor: &'a Monitor,
    period: Span,
    range: usize,
    measure: Memory,
    memory: MonitorState,
    cells: Vec<Cell>,
    /// Every limit that a fine number must not touch, those of recovery turned round.
    limits: Vec<(Limit, bool)>,
    /// How many of the newest cells are numbers that are fine however the conditions stand.
    calm: usize,
    /// Whether nothing fires and every condition is known to be fine.
    settled: bool,
    changes: Vec<(Time, AlertChange)>,
}

impl<'a> Walk<'a> {
    fn of(monitor: &'a Monitor, period: Span) -> Self {
        let when = monitor.conditions.iter().map(|condition| (condition.when, true));
        let recover = monitor.conditions.iter().filter_map(|condition| Some((condition.recover?, false)));
        let range = monitor.window.range() as usize;
        Self {
            monitor,
            period,
            range,
            measure: Memory::begin(&monitor.measure, period),
            memory: MonitorState::default(),
            cells: Vec::with_capacity(range + CELLS),
            limits: when.chain(recover).collect(),
            calm: 0,
            settled: false,
            changes: Vec::new(),
        }
    }

    fn take(&mut self, cell: Cell, from: Time) {
        let (cell, note) = if self.monitor.measure == Measure::Value {
            (cell, Note::None)
        } else {
            let measured = self.measure.look(&self.monitor.measure, cell, from);
            (measured.cell, measured.note)
        };
        if self.cells.len() == self.cells.capacity() {
            self.cells.drain(..self.cells.len() - self.range);
        }
        self.cells.push(cell);
        let fine = |value: f64| self.limits.iter().all(|(limit, breaches)| limit.holds(value) != *breaches);
        self.calm = if matches!(cell, Cell::Value(value) if fine(value)) { self.calm + 1 } else { 0 };
        // A window of nothing but fine numbers leaves a monitor that is fine as it is.
        if self.settled && self.calm >= self.range {
            return;
        }
        let window = &self.cells[self.cells.len().saturating_sub(self.range)..];
        let end = from + self.period;
        let period = Period { window, end, length: self.period, note: &note, because: None, remark: "" };
        self.changes.extend(judge_period(self.monitor, &mut self.memory, period).map(|change| (end, change)));
        let fine = |standing: &Standing| *standing == Standing::Ok;
        self.settled = self.memory.told.firing.is_none() && self.memory.conditions.values().all(fine);
    }
}
