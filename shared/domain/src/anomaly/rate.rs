use serde::{Deserialize, Serialize};

use crate::units::{Span, Time};

/// The interval in whose points the constants are given.
const REFERENCE_S: f64 = 300.0;
/// With sparser points than one in fifty minutes, or denser ones than one in thirty seconds, lengths of time would be too
/// few or too many points to learn from.
const SCALE: (f64, f64) = (0.1, 10.0);

/// How densely a series is sampled: it turns lengths of time into numbers of points.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub(super) struct Rate {
    /// Points in five minutes, within [`SCALE`].
    scale: f64,
}

impl Rate {
    pub(super) fn of(interval: Span) -> Self {
        let scale = REFERENCE_S / f64::from(interval.seconds().max(1));
        Self { scale: scale.clamp(SCALE.0, SCALE.1) }
    }

    /// As many points as lie in `count` intervals of five minutes.
    pub(super) fn points(self, count: f64) -> f64 {
        count * self.scale
    }

    /// The same, whole and at least one.
    pub(super) fn whole(self, count: f64) -> u32 {
        self.points(count).round().max(1.0) as u32
    }

    /// A weight that is `weight` at five minutes or more, and less for denser points.
    pub(super) fn lessened(self, weight: f64) -> f64 {
        weight / self.scale.max(1.0)
    }
}

/// Gaps that are looked at.
const GAPS: usize = 32;

/// The sampling interval of a series: the median gap between its first 33 points; `None` without any.
///
/// Points after those change nothing, so what was said of the past stays said.
pub fn sampling_interval(times: impl IntoIterator<Item = Time>) -> Option<Span> {
    let times: Vec<Time> = times.into_iter().take(GAPS + 1).collect();
    let mut gaps: Vec<Span> =
        times.windows(2).map(|pair| pair[1].since(pair[0])).filter(|gap| !gap.is_zero()).collect();
    gaps.sort_unstable();
    gaps.get(gaps.len() / 2).copied()
}
