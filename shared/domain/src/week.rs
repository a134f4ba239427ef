//! What a signal usually is at each hour of the week.

use serde::{Deserialize, Serialize};

use crate::anomaly::weight;
use crate::units::{Span, Time};

const HOURS: usize = 168;
/// The variance that all hours have on average counts as much as that of so many weeks.
const POOLED_WEEKS: f64 = 2.0;
/// Values are cut off here, so that their variance fits 32 bits.
const LARGEST: f64 = 1e18;
/// Hours that were seen twice before anything is said: a day.
const LEARN_HOURS: u32 = 24;

/// The usual level and spread of each hour of the week, in UTC.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct Week {
    hours: Vec<Hour>,
    /// The hour that is being filled; it is not held against itself.
    open: Time,
    sum: f64,
    squares: f64,
    count: u32,
    pooled: f64,
    repeated: u32,
}

#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
struct Hour {
    mean: f32,
    variance: f32,
    visits: u32,
}

impl Default for Week {
    fn default() -> Self {
        Self {
            hours: vec![Hour::default(); HOURS],
            open: Time::default(),
            sum: 0.0,
            squares: 0.0,
            count: 0,
            pooled: 0.0,
            repeated: 0,
        }
    }
}

impl Week {
    /// Mean and standard deviation of the hour of the week in which `at` lies.
    pub(crate) fn usual(&self, at: Time) -> Option<(f64, f64)> {
        let hour = self.hours.get(index(at)).filter(|hour| hour.visits > 0 && self.repeated >= LEARN_HOURS)?;
        let visits = f64::from(hour.visits);
        let variance = (visits * f64::from(hour.variance) + POOLED_WEEKS * self.pooled) / (visits + POOLED_WEEKS);
        Some((f64::from(hour.mean), variance.sqrt()))
    }

    /// The same of the hour of the day, once two days have it.
    pub(crate) fn usual_of_day(&self, at: Time) -> Option<(f64, f64)> {
        let hours = self.hours.iter().skip(index(at) % 24).step_by(24).filter(|hour| hour.visits > 0);
        let (mut count, mut sum, mut squares, mut within) = (0.0, 0.0, 0.0, 0.0);
        for hour in hours {
            let mean = f64::from(hour.mean);
            (count, sum, squares) = (count + 1.0, sum + mean, squares + mean * mean);
            within += f64::from(hour.variance);
        }
        let (mean, variance) = (sum / count, (squares / count - (sum / count) * (sum / count)).max(0.0));
        (count >= 2.0).then(|| (mean, (variance + within / count).sqrt()))
    }

    /// Takes in a value, which counts once its hour is over; whether another hour begins.
    pub(crate) fn learn(&mut self, value: f64, weeks: u32, at: Time) -> bool {
        let open = at.floor(Span::HOUR);
        let another = open != self.open;
        if another {
            self.close(weeks);
            (self.open, self.sum, self.squares, self.count) = (open, 0.0, 0.0, 0);
        }
        let value = value.clamp(-LARGEST, LARGEST);
        self.sum += value;
        self.squares += value * value;
        self.count += 1;
        another
    }

    #[expect(clippy::cast_possible_truncation, reason = "seven digits are enough for a mean")]
    fn close(&mut self, weeks: u32) {
        let Some(hour) = self.hours.get_mut(index(self.open)).filter(|_| self.count > 0) else {
            return;
        };
        let mean = self.sum / f64::from(self.count);
        let within = (self.squares / f64::from(self.count) - mean * mean).max(0.0);
        let distance = mean - f64::from(hour.mean);
        let weight_of = weight(hour.visits, f64::from(weeks));
        if hour.visits == 0 {
            *hour = Hour { mean: mean as f32, variance: within as f32, visits: 1 };
            return;
        }
        let square = distance * distance;
        self.pooled += weight(self.repeated, HOURS as f64 * f64::from(weeks)) * (square + within - self.pooled);
        self.repeated = self.repeated.saturating_add(1);
        let spread = f64::from(hour.variance) + weight_of * square;
        hour.mean += (weight_of * distance) as f32;
        hour.variance = ((1.0 - weight_of) * spread + weight_of * within) as f32;
        hour.visits = (hour.visits + 1).min(weeks.max(1));
    }
}

#[expect(clippy::cast_possible_wrap, reason = "168")]
fn index(at: Time) -> usize {
    usize::try_from(at.epoch().div_euclid(3600).rem_euclid(HOURS as i64)).unwrap_or(0)
}
