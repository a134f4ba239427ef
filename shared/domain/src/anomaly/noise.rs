use serde::{Deserialize, Serialize};

use super::average::Average;
use super::extremes::Extremes;
use super::level::FORGET;
use super::mean;
use super::rate::Rate;

/// Over how many points movement is measured.
const SPANS: [f64; 2] = [20.0, 80.0];
/// After how many intervals of five minutes records count.
const SKIPS: [f64; 2] = [60.0, 240.0];
const REMARKABLE: [f64; 2] = [1.7599, 1.9153];
/// Keeps the ratio finite where nothing ever moved.
const TINY: f64 = 1e-12;

/// Does the series move more, or less, than it ever did?
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Noise {
    movements: [Movement; 2],
}

/// The mean distance of a point from the average before it: lately, and ever.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
struct Movement {
    average: Average,
    lately: Average,
    ever: Average,
    extremes: Extremes,
}

/// What the noise shows.
pub(super) struct Seen {
    pub(super) strength: f64,
    /// Movement lately, against what is usual.
    pub(super) times: f64,
}

impl Noise {
    pub(super) fn look(&mut self, value: f64, rate: Rate) -> Seen {
        let leak = 1.0 / rate.points(FORGET);
        let mut views = [(0.0, 1.0); 2];
        for (i, movement) in self.movements.iter_mut().enumerate() {
            let ratio = movement.push(value, SPANS[i]);
            let outside = movement.extremes.push(ratio.ln(), rate.whole(SKIPS[i]), leak);
            views[i] = (outside.strength / REMARKABLE[i], ratio);
        }
        let [(short, short_ratio), (long, long_ratio)] = views;
        Seen { strength: mean([short, long]), times: if short >= long { short_ratio } else { long_ratio } }
    }
}

impl Movement {
    fn push(&mut self, value: f64, span: f64) -> f64 {
        let before = if self.average.is_empty() { value } else { self.average.value };
        let distance = (value - before).abs();
        let lately = self.lately.push(distance, span);
        let ever = self.ever.push(distance, f64::INFINITY);
        self.average.push(value, span);
        (lately + 1e-3 * ever + TINY) / (ever + TINY)
    }
}
