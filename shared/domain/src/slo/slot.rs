use serde::{Deserialize, Serialize};

use super::count::{Count, Step};

/// A step as it is remembered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(into = "Stored", from = "Stored")]
pub(super) struct Slot {
    pub(super) step: Step,
    /// Whether it does not count.
    pub(super) excluded: bool,
}

impl Slot {
    /// What of it counts.
    pub(super) const fn counts(self) -> Step {
        if self.excluded { Step::Unknown } else { self.step }
    }
}

/// A slot in few bytes: most have whole events, none of them bad, and count.
#[derive(Serialize, Deserialize)]
enum Stored {
    Unknown,
    Empty,
    Good(u64),
    Whole(u64, u64),
    Thousandths(u64, u64),
    UnknownExcluded,
    EmptyExcluded,
    Excluded(u64, u64),
}

impl From<Slot> for Stored {
    fn from(Slot { step, excluded }: Slot) -> Self {
        match step {
            Step::Unknown if excluded => Self::UnknownExcluded,
            Step::Unknown => Self::Unknown,
            Step::Empty if excluded => Self::EmptyExcluded,
            Step::Empty => Self::Empty,
            Step::Counted(Count { total, bad }) if excluded => Self::Excluded(total, bad),
            Step::Counted(Count { total, bad }) if total % 1000 == 0 && bad == 0 => Self::Good(total / 1000),
            Step::Counted(Count { total, bad }) if total % 1000 == 0 && bad % 1000 == 0 => {
                Self::Whole(total / 1000, bad / 1000)
            }
            Step::Counted(Count { total, bad }) => Self::Thousandths(total, bad),
        }
    }
}

impl From<Stored> for Slot {
    fn from(stored: Stored) -> Self {
        let counted = |total, bad| Step::Counted(Count { total, bad });
        let (step, excluded) = match stored {
            Stored::Unknown => (Step::Unknown, false),
            Stored::Empty => (Step::Empty, false),
            Stored::Good(total) => (counted(total * 1000, 0), false),
            Stored::Whole(total, bad) => (counted(total * 1000, bad * 1000), false),
            Stored::Thousandths(total, bad) => (counted(total, bad), false),
            Stored::UnknownExcluded => (Step::Unknown, true),
            Stored::EmptyExcluded => (Step::Empty, true),
            Stored::Excluded(total, bad) => (counted(total, bad), true),
        };
        Self { step, excluded }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stored(slot: Slot) -> Vec<u8> {
        postcard::to_extend(&slot, Vec::new()).unwrap()
    }

    #[test]
    fn usual_slots_take_few_bytes() {
        let of = |total, bad| Slot { step: Step::Counted(Count::of(total, bad).unwrap()), excluded: false };
        assert_eq!([of(120.0, 0.0), of(600.0, 0.0), of(600.0, 3.0)].map(|slot| stored(slot).len()), [2, 3, 4]);
        assert_eq!(stored(Slot::default()).len(), 1);
    }

    proptest! {
        #[test]
        fn a_stored_slot_is_the_same_slot(total in 0_u64..1 << 40, bad in 0_u64..1 << 40, whole: bool, excluded: bool) {
            let unit = if whole { 1000 } else { 1 };
            for step in [Step::Unknown, Step::Empty, Step::Counted(Count { total: total * unit, bad: bad * unit })] {
                let slot = Slot { step, excluded };
                prop_assert_eq!(postcard::from_bytes::<Slot>(&stored(slot)).unwrap(), slot);
            }
        }
    }
}
