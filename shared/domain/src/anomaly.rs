//! Streaming anomaly detection: is this point unlike what the series did before, and in what way?
//!
//! Four families of views look at each point. *Level*: is it beyond all there was? *Rhythm*: is it beyond all there
//! was, once the hour of the day and the day of the week are taken out? *Noise*: does the series move more than it
//! ever did? *Hour*: how seldom was such a value at this time of day? Each view is scaled by what it takes to be
//! remarkable by itself, and the families are combined, so that one strong or several weak signs make an alarm.
//!
//! Strictly causal: a verdict depends on the points up to its own. Constants are lengths of time, not numbers of
//! points, since those do not carry over from one sampling rate to another. The state is a few kilobytes.
//!
//! The design was found, and is measured, on the Numenta Anomaly Benchmark (Lavin and Ahmad 2015, "Evaluating
//! Real-time Anomaly Detection Algorithms", <https://arxiv.org/abs/1510.03336>); `scripts/bench` prints its scores.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "what becomes a number of points or a place in a table is clamped to its range before"
)]

mod alarm;
mod average;
mod explain;
mod extremes;
mod hour;
mod level;
mod noise;
mod rate;
mod rhythm;
mod surprise;
#[cfg(test)]
mod tests;
mod tuning;

use serde::{Deserialize, Serialize};

use crate::units::{Span, Time};
use crate::week::Week;
use alarm::Alarm;
use hour::Hours;
use level::Level;
use noise::Noise;
use rate::Rate;
use rhythm::Rhythm;

pub(crate) use average::weight;
pub use explain::View;
pub use rate::sampling_interval;
pub use tuning::{Direction, Tuning};

/// An alarm has at least this score, every other point less.
pub const ALARM_SCORE: f64 = 0.5;
/// A view counts at most so many times what makes it remarkable.
const VIEW_MAX: f64 = 3.0;
/// Values are cut off here, so that ranges of them stay finite.
const LARGEST: f64 = 1e100;
/// What is expected of an hour of the week is averaged over about so many weeks.
const WEEKS: u32 = 6;
/// The mean distance from the mean, of a normal distribution, in standard deviations.
const MEAN_DISTANCE: f64 = 0.798;

/// The state of one series' anomaly detection.
///
/// One for each series and sampling interval; feed it in the order of time.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Detector {
    rate: Rate,
    first: Option<Time>,
    level: Level,
    rhythm: Rhythm,
    noise: Noise,
    hours: Hours,
    alarm: Alarm,
    week: Week,
    /// What the hour that is being filled usually has, once that is known.
    usual: Option<(f64, f64)>,
}

/// What one point is found to be.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Verdict {
    /// How unusual it is, 0 to 1; at least [`ALARM_SCORE`] where `alarm` is true, below it elsewhere.
    pub score: f64,
    /// Whether it is worth telling: unusual, and not only the continuation of what was told.
    pub alarm: bool,
    /// What was expected for this hour.
    pub expected: f64,
    /// How far from that the series usually is, on average.
    pub spread: f64,
    /// The view that finds it most remarkable, and what it saw.
    pub view: View,
}

impl Verdict {
    /// The band around what was expected in which the series mostly lies: low and high.
    pub fn band(&self) -> (f64, f64) {
        let width = 3.0 * self.spread;
        (self.expected - width, self.expected + width)
    }
}

impl Detector {
    /// A detector for a series with a point each `interval`; two days, and at least 100 points, it only learns.
    pub fn new(interval: Span) -> Self {
        let rate = Rate::of(interval);
        Self {
            rate,
            first: None,
            level: Level::default(),
            rhythm: Rhythm::default(),
            noise: Noise::default(),
            hours: Hours::new(rate),
            alarm: Alarm::default(),
            week: Week::default(),
            usual: None,
        }
    }

    /// Learns the point (`value`, `at`) and says how unusual it was.
    ///
    /// A value that is not finite is no point: nothing is learned, nothing is unusual.
    pub fn observe(&mut self, value: f64, tuning: &Tuning, at: Time) -> Verdict {
        if !value.is_finite() {
            return Verdict { score: 0.0, alarm: false, expected: value, spread: 0.0, view: View::Usual };
        }
        let value = value.clamp(-LARGEST, LARGEST);
        let first = *self.first.get_or_insert(at);
        let level = self.level.look(value, self.rate);
        let rhythm = self.rhythm.look(value, self.rate, at);
        let noise = self.noise.look(value, self.rate);
        let hour = self.hours.look(value, self.rate, at);
        let families = [level.strength, rhythm.strength, noise.strength, hour.strength];
        let weighed: [f64; 4] = std::array::from_fn(|i| tuning.weights[i] * families[i]);
        let (expected, spread) = self.usual(value, &rhythm, at);
        let counts = tuning.direction.counts(value, expected);
        let strength = weighed.iter().map(|w| w * w * w).sum::<f64>().cbrt();
        let (score, alarm) = self.alarm.judge(strength, self.rate, tuning, counts, at);
        let strongest = (0..4).max_by(|a, b| weighed[*a].total_cmp(&weighed[*b])).filter(|i| weighed[*i] > 0.0);
        let view = match strongest {
            Some(0) => View::level(&level, at.since(first)),
            Some(1) => View::Rhythm { value, expected, by_week: rhythm.by_week },
            Some(2) => View::Noise { times: noise.times },
            Some(_) => View::Hour { value, share: hour.share },
            None => View::Usual,
        };
        Verdict { score, alarm, expected, spread, view }
    }

    /// What people are told to expect, and the mean distance from it: those of the hour of the week, or of the day, as
    /// soon as they are known, since the rhythm's own follow the last points more than people would.
    fn usual(&mut self, value: f64, rhythm: &rhythm::Seen, at: Time) -> (f64, f64) {
        if self.week.learn(value, WEEKS, at) {
            let known = self.week.usual(at).or_else(|| self.week.usual_of_day(at));
            self.usual = known.map(|(mean, deviation)| (mean, deviation * MEAN_DISTANCE));
        }
        self.usual.unwrap_or((rhythm.expected, rhythm.spread))
    }

    /// Whether it still only learns.
    pub fn is_learning(&self) -> bool {
        self.alarm.is_learning(self.rate)
    }
}

/// The mean of a family's views, each counted at most [`VIEW_MAX`] times.
fn mean<const N: usize>(views: [f64; N]) -> f64 {
    views.iter().map(|view| view.min(VIEW_MAX)).sum::<f64>() / N as f64
}
