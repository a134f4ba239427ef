//! When a burning budget alerts: multi-window, multi-burn-rate tables, and plain thresholds.
//!
//! The burn rate is the share of bad events over the share that may be bad: at 1 the budget lasts exactly its period.

use serde::{Deserialize, Serialize};

use crate::incident::Severity;
use crate::units::Span;

/// Alerts while the budget burns faster than `factor`, over the long window and, so that it ends soon after the burning
/// does, over the short one.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct BurnRate {
    /// How bad it is.
    pub severity: Severity,
    /// The window that makes it significant.
    pub long: Span,
    /// The window that makes it current; `None`: the long one alone decides.
    pub short: Option<Span>,
    /// The burn rate that must be exceeded.
    pub factor: f64,
}

/// A rule below this would fire while its objective is met: with 28 days the slowest rule of the workbook has 0.93.
const FACTOR_MIN: f64 = 0.9;

/// Pages wake people, tickets wait for the morning.
const PAGE: Severity = Severity::Sev2;
const TICKET: Severity = Severity::Sev3;

/// Severity, share of the budget, long and short window. Source: SRE workbook, chapter 5, "Multiwindow, Multi-Burn-Rate
/// Alerts", as Sloth has it for 30 and 28 days.
const WORKBOOK: [(Severity, f64, Span, Span); 4] = [
    (PAGE, 0.02, Span::HOUR, Span::from_minutes(5)),
    (PAGE, 0.05, Span::HOUR.times(6), Span::from_minutes(30)),
    (TICKET, 0.10, Span::DAY, Span::HOUR.times(2)),
    (TICKET, 0.10, Span::DAY.times(3), Span::HOUR.times(6)),
];

/// The burn rate at which `share` of the budget of `period` is spent in `long`.
pub fn by_budget(share: f64, long: Span, period: Span) -> f64 {
    share * f64::from(period.seconds()) / f64::from(long.seconds().max(1))
}

/// The rules of an objective that names none: the workbook's, by [`by_budget`], without those that would fire while the
/// objective is met. Where none is left, since the period is shorter than three days: half of the budget in a twelfth of
/// the period pages, half of it in a quarter is a ticket.
pub fn usual(period: Span) -> Vec<BurnRate> {
    let rule = |(severity, share, long, short): (Severity, f64, Span, Span)| BurnRate {
        severity,
        long,
        short: Some(short),
        factor: by_budget(share, long, period),
    };
    let rules: Vec<_> = WORKBOOK.into_iter().map(rule).filter(|rule| rule.factor >= FACTOR_MIN).collect();
    if !rules.is_empty() {
        return rules;
    }
    let part = |of: u32| minutes(f64::from(period.seconds()) / f64::from(of));
    let rule = |severity, long, short, factor| BurnRate { severity, long, short: Some(short), factor };
    vec![rule(PAGE, part(12), part(144), 6.0), rule(TICKET, part(4), part(48), 2.0)]
}

/// The rules whose windows, not whose factors, scale with the period, from 1 h, 6 h, 1 d and 4 d of 28 days.
///
/// Source: Pyrra, `slo/rules.go`, `Windows`.
pub fn scaled(period: Span) -> Vec<BurnRate> {
    let of_28_days = |span: Span| {
        minutes(f64::from(span.seconds()) * f64::from(period.seconds()) / f64::from(Span::DAY.times(28).seconds()))
    };
    let rule = |severity, long, short, factor| BurnRate {
        severity,
        long: of_28_days(long),
        short: Some(of_28_days(short)),
        factor,
    };
    vec![
        rule(PAGE, Span::HOUR, Span::from_minutes(5), 14.0),
        rule(PAGE, Span::HOUR.times(6), Span::from_minutes(30), 7.0),
        rule(TICKET, Span::DAY, Span::HOUR.times(2), 2.0),
        rule(TICKET, Span::DAY.times(4), Span::HOUR.times(6), 1.0),
    ]
}

/// Plain thresholds over one window: 10 is an emergency, 5 critical, 2 a warning.
pub fn thresholds(over: Span) -> Vec<BurnRate> {
    let rule = |severity, factor| BurnRate { severity, long: over, short: None, factor };
    vec![rule(Severity::Sev1, 10.0), rule(Severity::Sev2, 5.0), rule(Severity::Sev3, 2.0)]
}

/// Whole minutes, at least one.
fn minutes(seconds: f64) -> Span {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of a span of 32 bits")]
    let minutes = (seconds / 60.0).round() as u32;
    Span::from_minutes(minutes.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factors(rules: &[BurnRate]) -> Vec<f64> {
        rules.iter().map(|rule| (rule.factor * 1e4).round() / 1e4).collect()
    }

    fn windows(rules: &[BurnRate]) -> String {
        let shown = rules.iter().map(|rule| match rule.short {
            Some(short) => format!("{}/{short}", rule.long),
            None => rule.long.to_string(),
        });
        shown.collect::<Vec<_>>().join(" ")
    }

    const STANDARD: &str = "1h/5m 6h/30m 1d/2h 3d/6h";

    /// Source of the 28 and 30 days: Sloth's catalogue `google-28d`, `google-30d`.
    #[test]
    fn the_workbooks_rules_scale_with_the_period() {
        let check = |days: u32, expected: &[f64], shown: &str| {
            let rules = usual(Span::DAY.times(days));
            assert_eq!((factors(&rules).as_slice(), windows(&rules).as_str()), (expected, shown), "{days} d");
        };
        check(30, &[14.4, 6.0, 3.0, 1.0], STANDARD);
        check(28, &[13.44, 5.6, 2.8, 0.9333], STANDARD);
        check(90, &[43.2, 18.0, 9.0, 3.0], STANDARD);
        check(7, &[3.36, 1.4], "1h/5m 6h/30m");
        check(1, &[6.0, 2.0], "2h/10m 6h/30m");
        let hour = usual(Span::HOUR);
        assert_eq!((factors(&hour).as_slice(), windows(&hour).as_str()), (&[6.0, 2.0][..], "5m/1m 15m/1m"));
    }

    /// Source: Sloth, `internal/alert/alert_test.go`: the twelve factors of its tables for 30, 28 and 7 days.
    #[test]
    fn sloths_twelve_factors_follow_from_the_share_of_the_budget() {
        let shares = |days: u32, shares: [f64; 4]| {
            let longs = [Span::HOUR, Span::HOUR.times(6), Span::DAY, Span::DAY.times(3)];
            longs.into_iter().zip(shares).map(move |(long, share)| by_budget(share, long, Span::DAY.times(days)))
        };
        let google = [0.02, 0.05, 0.10, 0.10];
        let found = shares(30, google).chain(shares(28, google)).chain(shares(7, [0.08, 0.125, 0.20, 0.42]));
        let sloth = [14.4, 6.0, 3.0, 1.0, 13.44, 5.6, 2.8, 0.933_333_333_333_333_3, 13.44, 3.5, 1.4, 0.98];
        for (found, expected) in found.zip(sloth) {
            assert!((found - expected).abs() < 1e-12, "{found}, not {expected}");
        }
    }

    /// Source: Pyrra, `slo/rules.go` and the tables of its tests, in minutes.
    #[test]
    fn pyrras_windows_scale_with_the_period() {
        let check = |days: u32, shown: &str| {
            let rules = scaled(Span::DAY.times(days));
            assert_eq!((factors(&rules).as_slice(), windows(&rules).as_str()), (&[14.0, 7.0, 2.0, 1.0][..], shown));
        };
        check(28, "1h/5m 6h/30m 1d/2h 4d/6h");
        check(14, "30m/3m 3h/15m 12h/1h 2d/3h");
        check(7, "15m/1m 1h30m/8m 6h/30m 1d/1h30m");
        check(30, "1h4m/5m 6h26m/32m 1d1h43m/2h9m 4d6h51m/6h26m");
    }

    #[test]
    fn thresholds_have_one_window() {
        let rules = thresholds(Span::HOUR);
        assert_eq!((factors(&rules).as_slice(), windows(&rules).as_str()), (&[10.0, 5.0, 2.0][..], "1h 1h 1h"));
    }
}
