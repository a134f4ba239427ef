use serde::{Deserialize, Serialize};

use crate::units::Span;

/// Some lengths of time: how many, their mean, median and ninetieth percentile. Whole seconds.
///
/// A percentile is by the nearest rank: the smallest length that so many per cent of all do not exceed, so it is always
/// one that occurred. `None`: there are none.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Lengths {
    /// How many.
    pub count: u32,
    /// Their sum by their number, rounded to the nearest second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean: Option<Span>,
    /// Half of them are not longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub median: Option<Span>,
    /// Nine of ten are not longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p90: Option<Span>,
}

impl Lengths {
    /// Of these.
    pub fn of(mut lengths: Vec<Span>) -> Self {
        lengths.sort_unstable();
        let count = u32::try_from(lengths.len()).unwrap_or(u32::MAX);
        let sum: u64 = lengths.iter().map(|length| u64::from(length.seconds())).sum();
        let mean = (sum + u64::from(count) / 2).checked_div(u64::from(count));
        let mean = mean.and_then(|mean| u32::try_from(mean).ok()).map(Span::from_seconds);
        Self { count, mean, median: rank(&lengths, 50), p90: rank(&lengths, 90) }
    }
}

/// The length of the nearest rank of `percent`, above 0, among sorted lengths.
fn rank(sorted: &[Span], percent: usize) -> Option<Span> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lengths(seconds: &[u32]) -> Lengths {
        Lengths::of(seconds.iter().copied().map(Span::from_seconds).collect())
    }

    #[test]
    fn means_and_ranks() {
        let check = |seconds: &[u32], expected: Option<[u32; 3]>| {
            let Lengths { count, mean, median, p90 } = lengths(seconds);
            assert_eq!(count as usize, seconds.len());
            let found = (|| Some([mean?, median?, p90?].map(Span::seconds)))();
            assert_eq!(found, expected, "{seconds:?}");
        };
        check(&[], None);
        check(&[7], Some([7, 7, 7]));
        check(&[1, 2], Some([2, 1, 2]));
        check(&[30, 10, 20], Some([20, 20, 30]));
        check(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 1000], Some([105, 5, 9]));
        check(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1000], Some([96, 6, 10]));
        check(&[u32::MAX, u32::MAX], Some([u32::MAX; 3]));
    }

    proptest! {
        #[test]
        fn so_many_per_cent_are_not_longer(mut seconds in prop::collection::vec(0_u32..100_000, 1..60)) {
            let Lengths { mean, median, p90, .. } = lengths(&seconds);
            let (mean, median, p90) = (mean.unwrap().seconds(), median.unwrap().seconds(), p90.unwrap().seconds());
            let share = |most: u32| seconds.iter().filter(|length| **length <= most).count() * 100;
            prop_assert!(share(median) >= 50 * seconds.len() && share(p90) >= 90 * seconds.len());
            prop_assert!(median == 0 || share(median - 1) < 50 * seconds.len());
            prop_assert!(p90 == 0 || share(p90 - 1) < 90 * seconds.len());
            prop_assert!(mean >= *seconds.iter().min().unwrap() && mean <= *seconds.iter().max().unwrap());
            let same = lengths(&seconds);
            seconds.reverse();
            prop_assert_eq!(same, lengths(&seconds));
        }
    }
}
