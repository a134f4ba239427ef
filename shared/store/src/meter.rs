use std::ops::Sub;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_sdk_dynamodb::types::ConsumedCapacity;

/// What calls have consumed, as `DynamoDB` itself counts it.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Consumed {
    /// Calls that were answered.
    pub calls: u64,
    /// Read units: 4 KB each, half if eventually consistent.
    pub read_units: f64,
    /// Write units: 1 KB each, twice in a transaction.
    pub write_units: f64,
}

impl Sub for Consumed {
    type Output = Self;

    /// What was consumed since `earlier`.
    fn sub(self, earlier: Self) -> Self {
        Self {
            calls: self.calls - earlier.calls,
            read_units: self.read_units - earlier.read_units,
            write_units: self.write_units - earlier.write_units,
        }
    }
}

/// Adds up what answers say. In halves of a unit, the smallest that `DynamoDB` counts.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    calls: AtomicU64,
    read_halves: AtomicU64,
    write_halves: AtomicU64,
}

impl Meter {
    pub(crate) fn read<'a>(&self, consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.read_halves.fetch_add(halves(consumed), Ordering::Relaxed);
    }

    pub(crate) fn write<'a>(&self, consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.write_halves.fetch_add(halves(consumed), Ordering::Relaxed);
    }

    pub(crate) fn total(&self) -> Consumed {
        Consumed {
            calls: self.calls.load(Ordering::Relaxed),
            read_units: self.read_halves.load(Ordering::Relaxed) as f64 / 2.0,
            write_units: self.write_halves.load(Ordering::Relaxed) as f64 / 2.0,
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "units are small and not negative")]
fn halves<'a>(consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) -> u64 {
    let units: f64 = consumed.into_iter().filter_map(ConsumedCapacity::capacity_units).sum();
    (units * 2.0).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_up_halves() {
        let (meter, of) = (Meter::default(), |units| ConsumedCapacity::builder().capacity_units(units).build());
        meter.read(&[of(0.5)]);
        let earlier = meter.total();
        meter.read(Some(&of(1.0)));
        meter.write(&[of(7.0), of(4.0)]);
        meter.write(None);
        assert_eq!(meter.total(), Consumed { calls: 4, read_units: 1.5, write_units: 11.0 });
        assert_eq!(meter.total() - earlier, Consumed { calls: 3, read_units: 1.0, write_units: 11.0 });
    }
}
