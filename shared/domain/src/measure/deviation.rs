//! How far a value is from the usual, in units of how far values usually are.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::note::Note;
use crate::anomaly::weight;
use crate::metric::Cell;
use crate::units::Time;
use crate::week::Week;

/// Distances beyond this are told as this: so far is a value from a series that never moved.
const FURTHEST: f64 = 100.0;
/// Spreads below this part of the level are those of floating-point arithmetic.
const NOISE: f64 = 1e-9;
/// Points before anything is said.
const LEARN_POINTS: u32 = 30;
/// Points that a median is taken of; more are thinned out evenly.
const MEDIAN_POINTS: u32 = 256;
/// A normal distribution's standard deviation in median, and in mean, absolute deviations. Source: Iglewicz and Hoaglin
/// 1993, "How to Detect and Handle Outliers", chapter 3.
const MEDIAN_DEVIATIONS: f64 = 1.482_602;
const MEAN_DEVIATIONS: f64 = 1.253_314;

/// `distance` in units of `spread`.
fn in_units(distance: f64, spread: f64, level: f64) -> f64 {
    if distance.abs() <= NOISE * level.abs() {
        return 0.0;
    }
    (distance / spread.max(NOISE * level.abs())).clamp(-FURTHEST, FURTHEST)
}

/// An exponentially weighted mean and variance. Source: West 1979, "Updating mean and variance estimates".
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
pub(super) struct ZScore {
    mean: f64,
    variance: f64,
    seen: u32,
}

impl ZScore {
    pub(super) fn look(&mut self, value: f64, width: u32) -> Option<(f64, Note)> {
        let Self { mean, variance, seen } = *self;
        let (distance, spread) = (value - mean, variance.sqrt());
        let weight = weight(seen, f64::from(width));
        self.mean += weight * distance;
        self.variance = (1.0 - weight) * (variance + weight * distance * distance);
        self.seen = seen.saturating_add(1);
        let note = Note::Deviation { value, center: mean, spread, median: false };
        (seen >= LEARN_POINTS.max(width / 4)).then(|| (in_units(distance, spread, mean), note))
    }
}

/// The last points, evenly thinned.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(super) struct Mad {
    /// One of so many points is kept.
    every: u32,
    seen: u32,
    room: u32,
    kept: VecDeque<Cell>,
}

impl Mad {
    pub(super) fn new(points: u32) -> Self {
        let every = points.div_ceil(MEDIAN_POINTS);
        Self { every, seen: 0, room: (points / every).max(LEARN_POINTS), kept: VecDeque::new() }
    }

    pub(super) fn look(&mut self, value: f64) -> Option<(f64, Note)> {
        let known = self.kept.iter().filter_map(|cell| if let Cell::Value(value) = cell { Some(*value) } else { None });
        let mut known: Vec<f64> = known.collect();
        if self.seen.is_multiple_of(self.every) {
            self.kept.push_back(Cell::Value(value));
            if self.kept.len() > self.room as usize {
                self.kept.pop_front();
            }
        }
        self.seen = self.seen.wrapping_add(1);
        if known.len() < LEARN_POINTS as usize {
            return None;
        }
        let center = median(&mut known);
        for value in &mut known {
            *value = (*value - center).abs();
        }
        let mean = known.iter().sum::<f64>() / known.len() as f64;
        let typical = median(&mut known);
        // Where more than half of the points are equal, their median deviation is zero, and the mean one is taken.
        let spread = if typical > 0.0 { MEDIAN_DEVIATIONS * typical } else { MEAN_DEVIATIONS * mean };
        Some((in_units(value - center, spread, center), Note::Deviation { value, center, spread, median: true }))
    }
}

/// Standard deviations from the mean of the hour of the week; the running hour is not held against itself.
pub(super) fn of_week(week: &mut Week, value: f64, weeks: u32, at: Time) -> Option<(f64, Note)> {
    week.learn(value, weeks, at);
    let (center, spread) = week.usual(at)?;
    Some((in_units(value - center, spread, center), Note::Week { value, center, spread }))
}

fn median(values: &mut [f64]) -> f64 {
    let (count, middle) = (values.len(), values.len() / 2);
    let (below, upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let lower = below.iter().copied().max_by(f64::total_cmp).filter(|_| count.is_multiple_of(2));
    lower.map_or(*upper, |lower| f64::midpoint(lower, *upper))
}
