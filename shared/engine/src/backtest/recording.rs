use std::collections::BTreeMap;

use domain::id::SeriesId;
use domain::metric::{Cell, Sample, Value};
use domain::units::{Span, Time};
use serde::{Deserialize, Serialize};

/// What one series said, a number a period without gaps.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Recording {
    /// The distance of two numbers.
    period: Span,
    /// Start of the first period.
    start: Time,
    /// Not a number where there was none.
    numbers: Vec<f64>,
}

/// Recordings, by series.
pub type Recordings = BTreeMap<SeriesId, Recording>;

impl Recording {
    /// A recording can have at most so many periods: 455 days, all that CloudWatch keeps, of ten seconds each.
    pub const PERIODS_MAX: usize = 455 * 8640;

    /// Of numbers and the starts of their periods, oldest first; of two of one period the later counts. `None`: there is
    /// none, or they lie more than [`Recording::PERIODS_MAX`] periods apart.
    pub fn of(period: Span, points: impl IntoIterator<Item = (Time, f64)>) -> Option<Self> {
        let mut points = points.into_iter();
        let (first, number) = points.next()?;
        let mut recording = Self { period, start: first.floor(period), numbers: vec![number] };
        for (at, number) in points {
            let index = recording.index(at).filter(|index| *index < Self::PERIODS_MAX)?;
            if index >= recording.numbers.len() {
                recording.numbers.resize(index + 1, f64::NAN);
            }
            recording.numbers[index] = number;
        }
        Some(recording)
    }

    /// As it was stored.
    pub fn stored(period: Span, start: Time, numbers: Vec<f64>) -> Self {
        Self { period, start: start.floor(period), numbers }
    }

    /// The distance of two numbers.
    pub const fn period(&self) -> Span {
        self.period
    }

    /// Start of the first period.
    pub const fn start(&self) -> Time {
        self.start
    }

    /// End of the last period.
    pub fn end(&self) -> Time {
        self.start + self.period.times(u32::try_from(self.numbers.len()).unwrap_or(u32::MAX))
    }

    /// Its numbers, not a number where there was none.
    pub fn numbers(&self) -> &[f64] {
        &self.numbers
    }

    /// How many numbers there are.
    pub fn points(&self) -> usize {
        self.numbers.iter().filter(|number| !number.is_nan()).count()
    }

    /// What there was in the period that begins at `at`; where nothing was recorded, nothing was there.
    pub fn cell(&self, at: Time) -> Cell {
        let number = self.index(at).and_then(|index| self.numbers.get(index)).copied();
        cell(number.unwrap_or(f64::NAN))
    }

    /// The numbers of the periods that begin in `[from, until)`.
    pub(super) fn samples(&self, from: Time, until: Time) -> Vec<Sample> {
        let (mut samples, mut at) = (Vec::new(), from.max(self.start).floor(self.period));
        while at < until.min(self.end()) {
            if let Cell::Value(number) = self.cell(at) {
                samples.push(Sample { at, value: Value::Number(number) });
            }
            at = at + self.period;
        }
        samples
    }

    /// The place of a period relative to the first number; below zero before it.
    pub(super) fn place(&self, at: Time) -> i64 {
        (at.epoch() - self.start.epoch()).div_euclid(i64::from(self.period.seconds().max(1)))
    }

    fn index(&self, at: Time) -> Option<usize> {
        usize::try_from(self.place(at)).ok()
    }
}

/// A number, or nothing.
pub(super) const fn cell(number: f64) -> Cell {
    if number.is_nan() { Cell::Empty } else { Cell::Value(number) }
}
