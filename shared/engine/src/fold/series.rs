use std::collections::VecDeque;

use domain::metric::{Cell, Failure, Remark, Sample};
use domain::units::{Span, Time};
use serde::{Deserialize, Serialize};

use super::plan::PlannedSeries;

/// What the fold remembers of one series: one cell a period, without gaps, up to where it was read.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct SeriesState {
    /// The period that the cells have; a change of configuration begins anew.
    period: Span,
    /// Start of the first cell.
    start: Time,
    cells: VecDeque<Cell>,
    /// The tick at which it was last read.
    pub read_at: Time,
    /// How many times in a row it could not be read.
    pub failures: u32,
    /// Why, the last time.
    pub failure: String,
    /// What its source remarked when it was last read.
    pub remark: Remark,
}

impl SeriesState {
    /// Takes in a successful read of `[from, until)`. Only new or revised samples are listed: a value that is known
    /// and not listed stays.
    pub(super) fn read(
        &mut self,
        planned: &PlannedSeries,
        (from, until): (Time, Time),
        samples: &[Sample],
        tick: Time,
    ) {
        let period = planned.series.period;
        if self.period != period || self.cells.is_empty() {
            *self = Self { period, start: from, ..Self::default() };
        }
        while self.until() < until {
            let cell = if self.until() < from { Cell::Unknown } else { Cell::Empty };
            self.cells.push_back(cell);
            if self.cells.len() > planned.keep {
                self.cells.pop_front();
                self.start = self.start + period;
            }
        }
        let first = self.index(from).unwrap_or(0);
        for cell in self.cells.iter_mut().skip(first).filter(|cell| **cell == Cell::Unknown) {
            *cell = Cell::Empty;
        }
        for sample in samples {
            if let Some(cell) = self.index(sample.at).and_then(|index| self.cells.get_mut(index)) {
                *cell = Cell::Value(sample.value.get());
            }
        }
        self.read_at = tick;
        self.failures = 0;
        self.failure.clear();
    }

    pub(super) fn failed(&mut self, failure: &Failure) {
        self.failures = self.failures.saturating_add(1);
        self.failure = failure.to_string();
    }

    /// End of the last cell.
    pub fn until(&self) -> Time {
        self.start + self.period.times(u32::try_from(self.cells.len()).unwrap_or(u32::MAX))
    }

    /// Start of the first cell.
    pub fn start(&self) -> Time {
        self.start
    }

    /// What is known of the period that starts at `at`; `None` outside of what is remembered.
    pub fn cell(&self, at: Time) -> Option<Cell> {
        self.index(at).and_then(|index| self.cells.get(index)).copied()
    }

    fn index(&self, at: Time) -> Option<usize> {
        let distance = at.epoch() - self.start.epoch();
        usize::try_from(distance.checked_div(i64::from(self.period.seconds()))?).ok().filter(|_| distance >= 0)
    }
}
