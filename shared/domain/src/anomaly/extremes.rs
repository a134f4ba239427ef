use serde::{Deserialize, Serialize};

/// The lowest and highest value so far, and how far a new one lies outside.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Extremes {
    low: f64,
    high: f64,
    seen: u32,
}

/// How far outside a value was.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(super) struct Outside {
    /// 0 inside; 2 for a tenth of the range, 4 for the whole range beyond it.
    pub(super) strength: f64,
    /// The bounds before this value.
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Extremes {
    /// Takes `value` in. The first `skip` values are not looked at; `leak` of the range is forgotten with each.
    pub(super) fn push(&mut self, value: f64, skip: u32, leak: f64) -> Outside {
        self.seen = self.seen.saturating_add(1);
        if self.seen <= skip {
            return Outside::default();
        }
        if self.seen == skip + 1 {
            (self.low, self.high) = (value, value);
            return Outside { strength: 0.0, low: value, high: value };
        }
        let range = self.high - self.low;
        let beyond = (value - self.high).max(self.low - value).max(0.0);
        let share = if range > 0.0 { beyond / range } else { f64::from(beyond > 0.0) };
        let outside = Outside { strength: 2.0 * (1.0 + 100.0 * share).log10(), low: self.low, high: self.high };
        self.high = (self.high - leak * range / 2.0).max(value);
        self.low = (self.low + leak * range / 2.0).min(value);
        outside
    }
}
