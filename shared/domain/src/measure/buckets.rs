use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::units::{Span, Time};

/// The means of equal stretches of time; a stretch without a value is empty.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(super) struct Buckets {
    width: Span,
    room: usize,
    /// Start of the stretch that is being filled.
    open: Time,
    sum: f64,
    count: u32,
    /// The finished ones, the newest first.
    done: VecDeque<Option<f32>>,
}

impl Buckets {
    /// Remembers `room` finished stretches of this width.
    pub(super) fn new(width: Span, room: usize) -> Self {
        Self { width, room, open: Time::default(), sum: 0.0, count: 0, done: VecDeque::new() }
    }

    /// Takes in a value; whether it begins another stretch.
    pub(super) fn push(&mut self, value: f64, at: Time) -> bool {
        let open = at.floor(self.width);
        let steps = if self.count == 0 && self.done.is_empty() {
            self.open = open;
            0
        } else {
            usize::try_from(open.since(self.open).seconds() / self.width.seconds().max(1)).unwrap_or(usize::MAX)
        };
        for step in 0..steps.min(self.room + 1) {
            self.done.push_front(if step == 0 { self.filling() } else { None });
        }
        if steps > 0 {
            self.done.truncate(self.room);
            (self.open, self.sum, self.count) = (open, 0.0, 0);
        }
        self.sum += value;
        self.count += 1;
        steps > 0
    }

    #[expect(clippy::cast_possible_truncation, reason = "seven digits are enough for a mean")]
    fn filling(&self) -> Option<f32> {
        (self.count > 0).then(|| (self.sum / f64::from(self.count)) as f32)
    }

    /// The mean of the stretch so many before the one being filled.
    fn mean(&self, back: usize) -> Option<f64> {
        match back {
            0 => (self.count > 0).then(|| self.sum / f64::from(self.count)),
            back => self.done.get(back - 1).copied().flatten().map(f64::from),
        }
    }

    /// The mean over one width that ends at `end`, or so many widths before it: of two stretches, each by its share.
    pub(super) fn trailing(&self, back: usize, end: Time) -> Option<f64> {
        let share = (f64::from(end.since(self.open).seconds()) / f64::from(self.width.seconds().max(1))).min(1.0);
        match (self.mean(back), self.mean(back + 1)) {
            (Some(now), Some(before)) => Some(share * now + (1.0 - share) * before),
            (one, other) => one.or(other),
        }
    }

    /// The finished stretches, the newest first, each with how many widths it lies back.
    pub(super) fn finished(&self) -> impl Iterator<Item = (u32, f64)> {
        (1..).zip(&self.done).filter_map(|(back, mean)| mean.map(|mean| (back, f64::from(mean))))
    }

    /// Forgets what lies further back than the newest finished stretch.
    pub(super) fn forget(&mut self) {
        self.done.truncate(1);
    }

    pub(super) const fn width(&self) -> Span {
        self.width
    }
}
