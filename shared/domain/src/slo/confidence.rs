//! Is the true ratio above a limit? An exact binomial test: given `bad` of `total` independent events, the limit is
//! surely exceeded if so many or more would come about with a probability of at most `1 - confidence` were the true
//! ratio no larger than the limit. That is the same as Clopper and Pearson's lower bound lying above the limit.
//!
//! It is exact for any number of events, unlike the normal approximation and Wilson's interval, which say too much about
//! the few events that the guard is for; and it errs to the side of not paging.
//!
//! Source: C. Clopper, E. Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial",
//! Biometrika 26 (1934).

use statrs::function::beta::{checked_beta_reg, inv_beta_reg};

/// Whether the true ratio of bad events is above `limit`, at this confidence, both above 0 and below 1.
pub fn surely_above(bad: f64, total: f64, limit: f64, confidence: f64) -> bool {
    if bad <= 0.0 || bad / total <= limit {
        return false;
    }
    let so_many_by_chance = checked_beta_reg(bad, total - bad + 1.0, limit);
    so_many_by_chance.is_ok_and(|probability| probability <= 1.0 - confidence)
}

/// The ratio that the true one is at least, at this confidence.
pub fn lower_bound(bad: f64, total: f64, confidence: f64) -> f64 {
    if bad <= 0.0 || total < bad {
        return 0.0;
    }
    inv_beta_reg(bad, total - bad + 1.0, 1.0 - confidence)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Found by bisection of the binomial sum in whole numbers.
    #[test]
    fn the_bound_is_that_of_the_exact_test() {
        for (bad, total, expected) in [
            (1.0, 60.0, 0.000_854_522_9),
            (4.0, 60.0, 0.023_090_540_8),
            (60.0, 60.0, 0.951_297_086_7),
            (14.0, 600.0, 0.014_160_357_4),
            (1.0, 1.0, 0.05),
        ] {
            let found = lower_bound(bad, total, 0.95);
            assert!((found - expected).abs() < 1e-9, "{bad} of {total}: {found}, not {expected}");
        }
        assert_eq!(lower_bound(0.0, 10.0, 0.95).to_bits(), 0.0_f64.to_bits());
    }

    proptest! {
        #[test]
        fn the_test_and_the_bound_agree(total in 1_u32..5000, share in 0.0..1.0_f64, limit in 0.0005..0.9_f64) {
            let bad = (f64::from(total) * share).round();
            let bound = lower_bound(bad, f64::from(total), 0.95);
            prop_assume!((bound - limit).abs() > 1e-6);
            prop_assert_eq!(surely_above(bad, f64::from(total), limit, 0.95), bound > limit);
        }

        #[test]
        fn more_bad_events_never_say_less(total in 1_u32..2000, bad in 0_u32..2000, limit in 0.001..0.5_f64) {
            let (total, bad) = (f64::from(total.max(bad + 1)), f64::from(bad));
            prop_assert!(!surely_above(bad, total, limit, 0.95) || surely_above(bad + 1.0, total, limit, 0.95));
        }
    }
}
