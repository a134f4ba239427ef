use serde::{Deserialize, Serialize};

/// How many events there were and how many of them were bad, in thousandths of an event: sums of them are exact, and
/// `increase()` of Prometheus, which extrapolates, keeps its digits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Count {
    /// All events.
    pub total: u64,
    /// Of these, the bad ones; never more than all.
    pub bad: u64,
}

/// A thousandth is the unit of [`Count`].
const UNIT: f64 = 1000.0;
/// Events of one step beyond this are counted as this: ninety days of minutes of them still add up in 64 bits.
const EVENTS_MAX: f64 = 1e11;

impl Count {
    /// One event, good or bad.
    pub const fn one(good: bool) -> Self {
        Self { total: 1000, bad: if good { 0 } else { 1000 } }
    }

    /// `total` events of which `bad` were bad; `None` if either is negative or not a number.
    pub fn of(total: f64, bad: f64) -> Option<Self> {
        let (total, bad) = (thousandths(total)?, thousandths(bad)?);
        Some(Self { total, bad: bad.min(total) })
    }
}

fn thousandths(events: f64) -> Option<u64> {
    if events.is_nan() || events < 0.0 {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is between 0 and 10^14")]
    let whole = (events.min(EVENTS_MAX) * UNIT).round() as u64;
    Some(whole)
}

/// What is known of one step of an indicator.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Step {
    /// A source could not be read.
    #[default]
    Unknown,
    /// It was read and there was nothing.
    Empty,
    /// There were these.
    Counted(Count),
}

impl Step {
    /// Both together; unknown as soon as one is.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Empty, step) | (step, Self::Empty) => step,
            (Self::Counted(a), Self::Counted(b)) => {
                Self::Counted(Count { total: a.total + b.total, bad: a.bad + b.bad })
            }
        }
    }
}

/// What several steps add up to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Sum {
    total: u64,
    bad: u64,
    steps: u32,
}

impl Sum {
    /// All events.
    pub fn total(self) -> f64 {
        self.total as f64 / UNIT
    }

    /// The bad ones.
    pub fn bad(self) -> f64 {
        self.bad as f64 / UNIT
    }

    /// How many steps had events counted, or were read and empty.
    pub const fn steps(self) -> u32 {
        self.steps
    }

    /// The share of bad events; `None` without events.
    pub fn ratio(self) -> Option<f64> {
        (self.total > 0).then(|| self.bad as f64 / self.total as f64)
    }

    pub(super) fn add(&mut self, step: Step) {
        if step != Step::Unknown {
            self.steps += 1;
        }
        if let Step::Counted(count) = step {
            self.total += count.total;
            self.bad += count.bad;
        }
    }

    pub(super) fn take(&mut self, step: Step) {
        if step != Step::Unknown {
            self.steps -= 1;
        }
        if let Step::Counted(count) = step {
            self.total -= count.total;
            self.bad -= count.bad;
        }
    }

    pub(super) const fn plus(self, other: Self) -> Self {
        Self { total: self.total + other.total, bad: self.bad + other.bad, steps: self.steps + other.steps }
    }

    pub(super) const fn minus(self, other: Self) -> Self {
        Self { total: self.total - other.total, bad: self.bad - other.bad, steps: self.steps - other.steps }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_counted_to_a_thousandth() {
        assert_eq!(Count::of(10.0, 1.0), Some(Count { total: 10_000, bad: 1000 }));
        assert_eq!(Count::of(59.333_333, 0.0), Some(Count { total: 59_333, bad: 0 }));
        assert_eq!(Count::of(1.0, 2.0), Some(Count { total: 1000, bad: 1000 }), "more bad than all");
        assert_eq!(Count::of(f64::INFINITY, 0.0), Count::of(EVENTS_MAX, 0.0));
        for (total, bad) in [(-1.0, 0.0), (1.0, -1.0), (f64::NAN, 0.0), (1.0, f64::NAN)] {
            assert_eq!(Count::of(total, bad), None, "{total} {bad}");
        }
    }

    #[test]
    fn one_unknown_part_makes_a_step_unknown() {
        let counted = |total| Step::Counted(Count::of(total, 1.0).unwrap());
        assert_eq!(Step::Empty.and(counted(2.0)), counted(2.0));
        assert_eq!(counted(2.0).and(counted(3.0)), Step::Counted(Count::of(5.0, 2.0).unwrap()));
        assert_eq!(counted(2.0).and(Step::Unknown), Step::Unknown);
        assert_eq!(Step::Empty.and(Step::Empty), Step::Empty);
    }

    #[test]
    fn ninety_days_of_the_largest_steps_add_up() {
        let step = Step::Counted(Count::of(EVENTS_MAX, EVENTS_MAX).unwrap());
        let mut sum = Sum::default();
        (0..90 * 1440).for_each(|_| sum.add(step));
        assert_eq!(sum.ratio(), Some(1.0));
    }
}
