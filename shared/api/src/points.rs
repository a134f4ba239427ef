//! The stored points of one series: periods from chunks, steps from periods.

mod step;

use std::collections::BTreeMap;

use domain::id::SeriesId;
use domain::metric::{Chunk, Failure, Outcome, Series, Value};
use domain::setup::Setup;
use domain::units::{Span, Time};
use engine::port::{ChunkLog, PortError};

pub(crate) use step::{Merge, Missing, Step, Verdict};

/// Chunks are read an hour at a time: each holds its whole shard, and the function's memory must hold them.
const SLICE: Span = Span::HOUR;

/// The range that is asked for, `[from, until)`, and how wide one point is; all multiples of the series' period.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Range {
    pub from: Time,
    pub until: Time,
    pub step: Span,
}

/// What is stored of one period.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Cell {
    /// Nobody has asked for it.
    Unknown,
    /// It was asked for, and the source has nothing.
    Empty,
    /// It was asked for, and the source did not answer.
    Failed(String),
    /// It has a value.
    Value(Value),
}

/// The periods of a range.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Cells {
    from: Time,
    until: Time,
    period: Span,
    known: BTreeMap<Time, Cell>,
}

/// Reads the points of a series.
pub(crate) async fn read(
    log: &impl ChunkLog,
    (series, shard): (&Series, u32),
    setup: &Setup,
    range: Range,
    now: Time,
) -> Result<Vec<Step>, PortError> {
    let mut cells = Cells::new(range.from, range.until, series.period);
    let back = setup.look_back.max(series.pace.times(2)).max(series.period.times(2));
    let last = (range.until + back + Span::MINUTE).min(now + Span::MINUTE);
    let mut slice = range.from;
    while slice < last {
        let end = (slice + SLICE).min(last);
        for chunk in log.chunks(shard, slice, end).await? {
            cells.add(&chunk, &series.id);
        }
        slice = end;
    }
    Ok(step::steps(&cells, range.step, Merge::of(&series.query)))
}

impl Cells {
    pub(crate) fn new(from: Time, until: Time, period: Span) -> Self {
        Self { from, until, period, known: BTreeMap::new() }
    }

    /// Takes in a chunk; chunks must come in the order of their ticks. What a later tick read replaces what an earlier
    /// one did; a failure replaces nothing that was read.
    pub(crate) fn add(&mut self, chunk: &Chunk, series: &SeriesId) {
        for asked in chunk.asked.iter().filter(|asked| &asked.series == series) {
            let (from, until) = (asked.from.max(self.from), asked.until.min(self.until));
            match &asked.outcome {
                Outcome::Failed(failure) => self.failed(from, until, failure),
                Outcome::Read(samples) => {
                    self.read(from, until);
                    for sample in samples.iter().filter(|s| s.at >= self.from && s.at < self.until) {
                        self.known.insert(sample.at.floor(self.period), Cell::Value(sample.value));
                    }
                }
            }
        }
    }

    fn read(&mut self, from: Time, until: Time) {
        for at in periods(from, until, self.period) {
            let cell = self.known.entry(at).or_insert(Cell::Empty);
            if matches!(cell, Cell::Failed(_)) {
                *cell = Cell::Empty;
            }
        }
    }

    fn failed(&mut self, from: Time, until: Time, failure: &Failure) {
        for at in periods(from, until, self.period) {
            let cell = self.known.entry(at).or_insert(Cell::Unknown);
            if matches!(cell, Cell::Unknown | Cell::Failed(_)) {
                *cell = Cell::Failed(failure.to_string());
            }
        }
    }

    fn get(&self, at: Time) -> &Cell {
        self.known.get(&at).unwrap_or(&Cell::Unknown)
    }
}

/// The starts of the periods in `[from, until)`.
fn periods(from: Time, until: Time, period: Span) -> impl Iterator<Item = Time> {
    let first = from.floor(period);
    let first = if first < from { first + period } else { first };
    std::iter::successors(Some(first), move |at| Some(*at + period)).take_while(move |at| *at < until)
}

#[cfg(test)]
mod tests;
