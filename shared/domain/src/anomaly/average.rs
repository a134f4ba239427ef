use serde::{Deserialize, Serialize};

/// An exponential average that begins as the plain mean.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Average {
    pub(super) value: f64,
    count: u32,
}

impl Average {
    /// Takes `value` in with the weight of one in `width` points, and returns the average.
    pub(super) fn push(&mut self, value: f64, width: f64) -> f64 {
        self.value =
            if self.count == 0 { value } else { self.value + weight(self.count, width) * (value - self.value) };
        self.count = self.count.saturating_add(1);
        self.value
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }
}

/// The weight of a value that comes after `count` others: as in a plain mean, and never less than one in `width`.
pub(crate) fn weight(count: u32, width: f64) -> f64 {
    (1.0 / (f64::from(count) + 1.0)).max(1.0 / width)
}
