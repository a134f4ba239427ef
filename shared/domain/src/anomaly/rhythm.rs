use serde::{Deserialize, Serialize};

use super::average::Average;
use super::extremes::Extremes;
use super::level::{FORGET, SLOWLY};
use super::mean;
use super::rate::Rate;
use crate::units::Time;

const HOUR_S: i64 = 3600;
const HOURS_OF_WEEK: usize = 168;
/// The average from which an hour that was never seen is expected, in points.
const BEGINNING: f64 = 1000.0;
/// The least weight of a new point in the mean of its hour of the day, and of the week.
const LEAST: [f64; 2] = [0.1, 0.2];
/// The week is believed where it errs this much less than the day.
const WEEK_BETTER: f64 = 0.75;
/// Over a week, in intervals of five minutes, the two are compared.
const COMPARED: f64 = 2016.0;
/// The residual is averaged over so many points.
const SMOOTHED: f64 = 3.0;
/// A day, in intervals of five minutes: from then on records count.
const SKIP: f64 = 300.0;
const REMARKABLE: [f64; 2] = [1.9902, 2.4028];

/// Is it beyond all there was, once hour of the day and day of the week are taken out?
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(super) struct Rhythm {
    slow: Average,
    hours: Vec<Hour>,
    week: Vec<Hour>,
    /// How far the day, and day and week together, are off on average.
    errors: [Average; 2],
    smoothed: Average,
    extremes: [Extremes; 2],
}

#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
struct Hour {
    mean: f64,
    visits: u32,
}

impl Hour {
    fn learn(&mut self, distance: f64, weight: f64) {
        self.visits = self.visits.saturating_add(1);
        self.mean += weight * distance;
    }
}

impl Default for Rhythm {
    fn default() -> Self {
        Self {
            slow: Average::default(),
            hours: vec![Hour::default(); 24],
            week: vec![Hour::default(); HOURS_OF_WEEK],
            errors: <[Average; 2]>::default(),
            smoothed: Average::default(),
            extremes: <[Extremes; 2]>::default(),
        }
    }
}

/// What the rhythm shows.
pub(super) struct Seen {
    pub(super) strength: f64,
    pub(super) expected: f64,
    /// The mean distance from it.
    pub(super) spread: f64,
    /// Whether the day of the week was part of the expectation.
    pub(super) by_week: bool,
}

impl Rhythm {
    pub(super) fn look(&mut self, value: f64, rate: Rate, at: Time) -> Seen {
        let slow = self.slow.push(value, BEGINNING);
        let of_week = usize::try_from(at.epoch().div_euclid(HOUR_S).rem_euclid(HOURS_OF_WEEK as i64)).unwrap_or(0);
        let (hour, week) = (&mut self.hours[of_week % 24], &mut self.week[of_week]);
        if hour.visits == 0 {
            hour.mean = slow;
        }
        let (by_day, correction, week_is_known) = (hour.mean, week.mean, week.visits > 0);
        let residual = value - by_day;
        hour.learn(residual, (1.0 / f64::from(hour.visits + 1)).max(rate.lessened(LEAST[0])));
        week.learn(residual - correction, (1.0 / f64::from(week.visits + 2)).max(rate.lessened(LEAST[1])));
        let compared = rate.points(COMPARED);
        if week_is_known {
            self.errors[0].push(residual.abs(), compared);
            self.errors[1].push((residual - correction).abs(), compared);
        }
        let by_week = week_is_known && self.errors[1].value < WEEK_BETTER * self.errors[0].value;
        let expected = if by_week { by_day + correction } else { by_day };
        let smoothed = self.smoothed.push(value - expected, SMOOTHED);
        let (leak, skip) = (1.0 / rate.points(FORGET), rate.whole(SKIP));
        let [ever, lately] = &mut self.extremes;
        let views = [ever.push(smoothed, skip, SLOWLY * leak), lately.push(smoothed, skip, leak)];
        let strength = mean([views[0].strength / REMARKABLE[0], views[1].strength / REMARKABLE[1]]);
        Seen { strength, expected, spread: self.errors[usize::from(by_week)].value, by_week }
    }
}
