use serde::{Deserialize, Serialize};

use super::buckets::Buckets;
use super::note::Note;
use crate::units::{Span, Time};

/// Stretches that the trend is taken from.
const STRETCHES: u32 = 48;
/// Of these, so many before anything is said.
const LEARN_STRETCHES: usize = 12;
/// A trend that chance would show more often than once in twenty times is none: the normal distribution's quantile.
const CERTAIN: f64 = 1.96;
/// A step from one stretch to the next of more than this part of all there was begins a new history, as when a disk is
/// cleared, once it goes against the trend.
const RESET: f64 = 0.5;

/// The past as means of equal stretches, and the trend in them.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(super) struct Forecast {
    buckets: Buckets,
    /// Per second.
    slope: f64,
}

impl Forecast {
    pub(super) fn new(over: Span) -> Self {
        let width = Span::from_seconds((over.seconds() / STRETCHES).max(1));
        Self { buckets: Buckets::new(width, STRETCHES as usize), slope: 0.0 }
    }

    pub(super) fn look(&mut self, value: f64, within: Span, at: Time) -> Option<(f64, Note)> {
        if self.buckets.push(value, at) {
            self.turn();
        }
        let known = self.buckets.finished().count();
        let ahead = value + self.slope * f64::from(within.seconds());
        (known >= LEARN_STRETCHES).then_some((ahead, Note::Trend { now: value, slope: self.slope, ahead, within }))
    }

    /// A stretch is finished: the trend is another.
    fn turn(&mut self) {
        let mut known: Vec<(u32, f64)> = self.buckets.finished().collect();
        if let [(_, newest), (_, previous), rest @ ..] = known.as_slice()
            && !rest.is_empty()
        {
            let low = known[1..].iter().map(|(_, value)| *value).fold(f64::INFINITY, f64::min);
            let high = known[1..].iter().map(|(_, value)| *value).fold(f64::NEG_INFINITY, f64::max);
            let step = newest - previous;
            if step * self.slope < 0.0 && step.abs() > RESET * (high - low) {
                self.buckets.forget();
                known.truncate(1);
            }
        }
        self.slope = trend(&known) / f64::from(self.buckets.width().seconds());
    }
}

/// The change from one stretch to the next: the median over all pairs, if it is no chance, else 0. `known` has pairs of
/// stretches back and value.
///
/// Source: Sen 1968, "Estimates of the Regression Coefficient Based on Kendall's Tau"; Mann 1945, "Nonparametric Tests
/// Against Trend".
fn trend(known: &[(u32, f64)]) -> f64 {
    let mut slopes = Vec::with_capacity(known.len() * known.len() / 2);
    for (index, (back, value)) in known.iter().enumerate() {
        let earlier = known[index + 1..].iter();
        slopes.extend(earlier.map(|(further, before)| (value - before) / f64::from(further - back)));
    }
    if slopes.is_empty() {
        return 0.0;
    }
    let sign: f64 = slopes.iter().map(|slope| if *slope == 0.0 { 0.0 } else { slope.signum() }).sum();
    let n = known.len() as f64;
    let deviation = (n * (n - 1.0) * (2.0 * n + 5.0) / 18.0).sqrt();
    if sign.abs() < CERTAIN * deviation {
        return 0.0;
    }
    let middle = slopes.len() / 2;
    *slopes.select_nth_unstable_by(middle, f64::total_cmp).1
}
