use serde::{Deserialize, Serialize};

use super::average::Average;
use super::extremes::{Extremes, Outside};
use super::mean;
use super::rate::Rate;

/// Ten days, in intervals of five minutes: a range that is not reached shrinks to a third within.
pub(super) const FORGET: f64 = 3000.0;
/// A record that only looks at what is new in about a year forgets this much more slowly.
pub(super) const SLOWLY: f64 = 0.035;
/// What each view has where it is remarkable by itself.
const REMARKABLE: [f64; 3] = [0.3502, 2.0461, 1.5314];
/// How many points the averages beside the value itself span.
pub(super) const SPANS: [u32; 3] = [1, 5, 10];

/// Is it beyond all there was? The value, and two short averages of it.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Level {
    averages: [Average; 2],
    extremes: [Extremes; 3],
}

/// What the level shows.
pub(super) struct Seen {
    pub(super) strength: f64,
    /// Of the strongest view: the average it looks at, and where that lay before.
    pub(super) value: f64,
    pub(super) outside: Outside,
    /// How many points that average spans.
    pub(super) span: u32,
}

impl Level {
    pub(super) fn look(&mut self, value: f64, rate: Rate) -> Seen {
        let leak = 1.0 / rate.points(FORGET);
        let [five, ten] = &mut self.averages;
        let values = [value, five.push(value, f64::from(SPANS[1])), ten.push(value, f64::from(SPANS[2]))];
        let leaks = [SLOWLY * leak, leak, SLOWLY * leak];
        let outside: [Outside; 3] = std::array::from_fn(|i| self.extremes[i].push(values[i], 0, leaks[i]));
        let views: [f64; 3] = std::array::from_fn(|i| outside[i].strength / REMARKABLE[i]);
        let strongest = (1..3).fold(0, |best, i| if views[i] > views[best] { i } else { best });
        Seen { strength: mean(views), value: values[strongest], outside: outside[strongest], span: SPANS[strongest] }
    }
}
