//! Robust statistics: a few wild samples do not move them.

/// Makes the median absolute deviation of normal samples their standard deviation.
/// Source: <https://en.wikipedia.org/wiki/Median_absolute_deviation>.
const MAD_TO_DEVIATION: f64 = 1.4826;
/// A spread is at least this share of the median: changes below it matter to nobody, however steady a series is.
const FLOOR_OF_MEDIAN: f64 = 0.02;
/// Makes the mean absolute deviation of normal samples their standard deviation; used where the median one is zero.
/// Source: Iglewicz and Hoaglin, "How to Detect and Handle Outliers", the modified z-score.
const MEAN_TO_DEVIATION: f64 = 1.2533;
/// A count varies at least by this many events: one error in a quiet hour is chance.
const EVENTS_BY_CHANCE: f64 = 0.5;

/// The centre and spread of a reference.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Normal {
    /// The median.
    pub(super) median: f64,
    /// MAD x 1.4826, at least 2 % of the median and at least what chance does; zero only if every sample was zero.
    pub(super) spread: f64,
}

impl Normal {
    /// Of `samples`, in any order, which vary by `chance` at least; `None` without any.
    pub(super) fn of(samples: &[f64], chance: f64) -> Option<Self> {
        let median = median(samples)?;
        let distances: Vec<f64> = samples.iter().map(|sample| (sample - median).abs()).collect();
        let mut deviation = self::median(&distances)? * MAD_TO_DEVIATION;
        if deviation == 0.0 {
            deviation = distances.iter().sum::<f64>() / distances.len() as f64 * MEAN_TO_DEVIATION;
        }
        let floor = (median.abs() * FLOOR_OF_MEDIAN).max(chance);
        Some(Self { median, spread: deviation.max(floor) })
    }
}

/// By how much a number of events varies by chance alone, given its usual value: as Poisson's distribution does.
pub(super) fn chance_of_events(usual: f64) -> f64 {
    usual.max(0.0).sqrt().max(EVENTS_BY_CHANCE)
}

/// The median of `samples`, in any order.
pub(super) fn median(samples: &[f64]) -> Option<f64> {
    let sorted = sorted(samples);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        n if n % 2 == 1 => Some(sorted[middle]),
        _ => Some(f64::midpoint(sorted[middle - 1], sorted[middle])),
    }
}

/// The nearest-rank percentile of `samples`, in any order, `percent` in `1..=100`.
pub(super) fn percentile(samples: &[f64], percent: usize) -> Option<f64> {
    let sorted = sorted(samples);
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

fn sorted(samples: &[f64]) -> Vec<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_and_percentile_are_those_of_the_sorted_samples() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(percentile(&[], 90), None);
        assert_eq!(percentile(&[7.0], 90), Some(7.0));
        assert_eq!(percentile(&[1.0, 2.0, 3.0, 4.0, 5.0], 90), Some(5.0));
        assert_eq!(percentile(&(1..=20).map(f64::from).collect::<Vec<_>>(), 90), Some(18.0));
        assert_eq!(percentile(&(1..=20).map(f64::from).collect::<Vec<_>>(), 10), Some(2.0));
    }

    fn check(samples: &[f64], chance: f64, median: f64, spread: f64) {
        let normal = Normal::of(samples, chance).expect("there are samples");
        assert!((normal.median - median).abs() < 1e-9, "{samples:?}: {normal:?}");
        assert!((normal.spread - spread).abs() < 1e-9, "{samples:?}: {normal:?}");
    }

    #[test]
    fn the_spread_is_robust_and_has_floors() {
        check(&[10.0, 11.0, 9.0, 10.0, 1000.0], 0.0, 10.0, 1.4826);
        check(&[50.0; 8], 0.0, 50.0, 1.0);
        check(&[0.0; 8], 0.0, 0.0, 0.0);
        check(&[0.0, 0.0, 0.0, 4.0], 0.0, 0.0, 1.2533);
        check(&[0.0; 8], chance_of_events(0.0), 0.0, 0.5);
        check(&[100.0; 8], chance_of_events(100.0), 100.0, 10.0);
    }
}
