use std::collections::BTreeMap;

use domain::id::SeriesId;
use domain::measure::Measure;
use domain::monitor::{Limit, Monitor, Signal, Window, growth};
use domain::setup::Setup;
use domain::units::{Span, Time};

/// Fewer points say nothing about what is usual.
const POINTS_MIN: usize = 100;
/// Nor does less than a day, since nights differ from noons.
const SPAN_MIN: Span = Span::DAY;
/// A metric that was silent for so many times its longest pause has stopped.
const PAUSES_TO_STOP: u32 = 3;
/// A limit is far off once it is so many times as far from the extreme as the extremes are from each other.
const FAR: f64 = 3.0;

/// Points of series as they were recorded.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct History {
    points: BTreeMap<SeriesId, Vec<(Time, f64)>>,
    until: Time,
}

impl History {
    /// What was recorded until `until`, in any order. A later point of the same time stands.
    pub fn new(mut points: BTreeMap<SeriesId, Vec<(Time, f64)>>, until: Time) -> Self {
        for points in points.values_mut() {
            points.retain(|(_, value)| value.is_finite());
            points.sort_by_key(|(at, _)| *at);
            points.reverse();
            points.dedup_by_key(|(at, _)| *at);
            points.reverse();
        }
        Self { points, until }
    }

    /// What was recorded until its own last point.
    pub fn to_its_end(points: BTreeMap<SeriesId, Vec<(Time, f64)>>) -> Self {
        let until = points.values().flatten().map(|(at, _)| *at).max().unwrap_or_default();
        Self::new(points, until)
    }

    /// How many series there are points of.
    pub fn series_count(&self) -> usize {
        self.points.len()
    }

    /// What was observed of a series.
    pub(crate) fn series(&self, id: &SeriesId) -> Option<Observed> {
        self.points.get(id).and_then(|points| Observed::of(points, self.until))
    }

    /// The values of what `monitor` looks at, in its unit; `None` where it measures or is not recorded.
    pub(crate) fn signal(&self, setup: &Setup, monitor: &Monitor) -> Option<Vec<(Time, f64)>> {
        if monitor.measure != Measure::Value {
            return None;
        }
        let found: Vec<(Time, f64)> = match &monitor.signal {
            Signal::Series(series) => self.points.get(series)?.clone(),
            Signal::Increase(series) => {
                let pairs = self.points.get(series)?.windows(2);
                pairs.map(|pair| (pair[1].0, growth(pair[0].1, pair[1].1))).collect()
            }
            Signal::Ratio { numerator, denominator } => {
                let period = setup.series(numerator)?.period;
                let floored = |id: &SeriesId| -> Option<BTreeMap<Time, f64>> {
                    Some(self.points.get(id)?.iter().map(|(at, value)| (at.floor(period), *value)).collect())
                };
                let (part, whole) = (floored(numerator)?, floored(denominator)?);
                let sparse = setup.series(numerator)?.sparse;
                let quotient = |(at, whole): (&Time, &f64)| {
                    let part = part.get(at).copied().or(sparse.then_some(0.0))?;
                    (*whole != 0.0).then(|| (*at, part / whole))
                };
                whole.iter().filter_map(quotient).collect()
            }
            Signal::Monitors(_) => return None,
        };
        Some(found.into_iter().map(|(at, value)| (at, value * monitor.factor)).collect())
    }

    /// The middle of the values of a series; `None` where they are too few.
    pub(crate) fn median(&self, id: &SeriesId) -> Option<f64> {
        self.series(id).map(|observed| observed.median)
    }
}

/// What a number was, over time.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Observed {
    /// How many points there are, at least a hundred.
    pub points: usize,
    /// The first point.
    pub from: Time,
    /// The last point.
    pub last: Time,
    /// The end of the observation.
    pub until: Time,
    /// The smallest value.
    pub least: f64,
    /// The largest value.
    pub most: f64,
    /// The value in the middle.
    pub median: f64,
    /// The longest time between two points.
    pub pause: Span,
}

impl Observed {
    /// What was observed in `points`, which are in the order of time; `None` where they are too few to say anything.
    pub fn of(points: &[(Time, f64)], until: Time) -> Option<Self> {
        let (from, last) = (points.first()?.0, points.last()?.0);
        if points.len() < POINTS_MIN || last.since(from) < SPAN_MIN {
            return None;
        }
        let mut values: Vec<f64> = points.iter().map(|(_, value)| *value).collect();
        values.sort_by(f64::total_cmp);
        let pause = points.windows(2).map(|pair| pair[1].0.since(pair[0].0)).max().unwrap_or_default();
        Some(Self {
            points: points.len(),
            from,
            last,
            until: until.max(last),
            least: values[0],
            most: values[values.len() - 1],
            median: values[values.len() / 2],
            pause,
        })
    }

    /// How long nothing came, if that is so long that the metric has stopped.
    pub(crate) fn stopped(&self) -> Option<Span> {
        let silent = self.until.since(self.last);
        (silent > Span::DAY.max(self.pause.times(PAUSES_TO_STOP))).then_some(silent)
    }

    /// `43200 points from 2026-01-01 to 2026-01-31`
    pub(crate) fn extent(&self) -> String {
        format!("{} points from {} to {}", self.points, self.from.date(), self.last.date())
    }
}

/// The share of windows in which at least M of N values are beyond `limit`.
pub(crate) fn share(window: Window, limit: &Limit, values: &[(Time, f64)]) -> f64 {
    let (of, wanted) = (window.of as usize, window.breaching as usize);
    let beyond: Vec<bool> = values.iter().map(|(_, value)| limit.holds(*value)).collect();
    let windows = beyond.len().saturating_sub(of) + 1;
    let mut inside = beyond.iter().take(of).filter(|beyond| **beyond).count();
    let mut fires = usize::from(inside >= wanted);
    for end in of..beyond.len() {
        inside = inside + usize::from(beyond[end]) - usize::from(beyond[end - of]);
        fires += usize::from(inside >= wanted);
    }
    fires as f64 / windows as f64
}

/// Whether a limit is far off from what moves about a level. What mostly rests at zero counts what should not be: its
/// limit is meant to lie beyond all that was seen.
pub(crate) fn is_far(observed: &Observed, limit: f64, extreme: f64) -> bool {
    let spread = observed.most - observed.least;
    spread > 0.0 && observed.median != 0.0 && (limit - extreme).abs() > FAR * spread
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hourly(count: i64) -> Vec<(Time, f64)> {
        (0..count).map(|hour| (Time::from_epoch(hour * 3600), (hour % 24) as f64)).collect()
    }

    #[test]
    fn too_little_says_nothing() {
        assert_eq!(Observed::of(&hourly(99), Time::from_epoch(0)), None);
        let minutes: Vec<_> =
            hourly(200).iter().map(|(at, value)| (Time::from_epoch(at.epoch() / 60), *value)).collect();
        assert_eq!(Observed::of(&minutes, Time::from_epoch(0)), None, "200 minutes are no day");
        let observed = Observed::of(&hourly(200), Time::from_epoch(0)).unwrap();
        assert_eq!((observed.least, observed.most, observed.pause), (0.0, 23.0, Span::HOUR));
    }

    #[test]
    fn silence_is_held_against_the_pauses_there_were() {
        let mut points = hourly(200);
        let end = points[199].0;
        let stopped = |points: &[(Time, f64)], after| Observed::of(points, end + after).unwrap().stopped();
        assert_eq!(stopped(&points, Span::DAY), None);
        assert_eq!(stopped(&points, Span::DAY.times(2)), Some(Span::DAY.times(2)));
        points.drain(50..98);
        assert_eq!(stopped(&points, Span::DAY.times(2)), None, "it paused for two days before");
    }
}
