//! Which part of a series is asked for at a tick.

use domain::metric::{CostReading, Query, Series};
use domain::units::{Span, Time};

use super::pace::is_due;
use crate::evaluate::REPLAY_MAX;

/// How long lines may be under way until `CloudWatch` Logs finds them. Usually it is seconds.
const LOG_DELAY: Span = Span::from_minutes(2);
/// A day is asked for once it ended so long ago: AWS completes its cost within a day.
///
/// Source: <https://docs.aws.amazon.com/cost-management/latest/userguide/ce-what-is.html> ("refreshes your cost data at
/// least once every 24 hours").
const COST_SETTLES: Span = Span::DAY;
/// So many days are asked for: a month's bill is revised until it is issued, and a new series has at once the thirty
/// points that the measures need.
const COST_DAYS: u32 = 35;

/// Whether `series` is asked for at `tick`. Each look at the bill costs a cent: trouble of its service does not hasten it.
pub(crate) fn is_asked(series: &Series, urgent: bool, tick: Time) -> bool {
    let hastens = !matches!(series.query, Query::Cost(_));
    urgent && hastens || is_due(series.pace, tick)
}

/// The range to ask for: the look-back, for late and revised points, and where that is longer two asks or two periods.
///
/// Of logs only the latter: Insights is billed by what it scans, and lines are neither revised nor late by much.
pub(crate) fn range(series: &Series, look_back: Span, tick: Time) -> (Time, Time) {
    let until = tick.floor(series.period);
    let (until, back) = match &series.query {
        Query::CloudWatch { .. } | Query::Prometheus { .. } | Query::Probe(_) | Query::Pushed(_) => {
            (until, look_back.max(own_reach(series)))
        }
        Query::Log(_) => (until, own_reach(series) + LOG_DELAY),
        Query::Cost(cost) => match cost.reads {
            CostReading::Day | CostReading::MonthToDate => {
                ((tick - settles(series)).floor(series.period), series.period.times(COST_DAYS))
            }
            // It speaks for the newest day.
            CostReading::MonthForecast => (until, series.period),
        },
    };
    ((until - back).floor(series.period), until)
}

/// How long after its end a period is asked for the first time.
pub(crate) const fn settles(series: &Series) -> Span {
    match &series.query {
        Query::Cost(cost) if !matches!(cost.reads, CostReading::MonthForecast) => COST_SETTLES,
        _ => Span::from_seconds(0),
    }
}

/// How many periods the first look at the series brings that all its measures may learn from.
pub(crate) const fn first_look(series: &Series) -> u32 {
    if matches!(series.query, Query::Cost(_)) { COST_DAYS } else { 0 }
}

/// Whether a chunk holds all that was read of the series, known or not: an evaluator that begins anew replays an hour of
/// chunks, and would take for empty what was written before.
pub(super) fn is_written_whole(series: &Series) -> bool {
    series.pace.times(2) > REPLAY_MAX || series.period > REPLAY_MAX
}

/// Two asks or two periods.
pub(crate) fn own_reach(series: &Series) -> Span {
    series.pace.max(series.period).times(2)
}

#[cfg(test)]
mod tests {
    use domain::metric::{CostQuery, LogQuery, LogReading};
    use domain::units::Unit;

    use super::*;

    fn series(query: Query, period: Span, pace: Span) -> Series {
        let (id, source) = ("shop/s".parse().unwrap(), "s".parse().unwrap());
        Series { id, source, query, period, pace, unit: Unit::Count, sparse: false }
    }

    fn expression() -> Query {
        Query::Prometheus { expression: "up".to_owned() }
    }

    fn log() -> Query {
        Query::Log(LogQuery { groups: Vec::new(), reads: LogReading::Count { pattern: "x".to_owned() } })
    }

    fn cost(reads: CostReading) -> Query {
        Query::Cost(CostQuery { service: None, account: None, reads })
    }

    fn check(series: &Series, tick: &str, from: &str, until: &str) {
        let found = range(series, Span::from_minutes(10), tick.parse().unwrap());
        assert_eq!((found.0.to_string(), found.1.to_string()), (from.to_owned(), until.to_owned()), "{series:?}");
    }

    const MINUTES: [Span; 4] = [Span::MINUTE, Span::from_minutes(5), Span::from_minutes(15), Span::from_minutes(60)];

    #[test]
    fn the_look_back_covers_two_asks_and_two_periods() {
        let [one, five, fifteen, hour] = MINUTES;
        check(&series(expression(), one, one), "2026-02-03T10:07:00Z", "2026-02-03T09:57:00Z", "2026-02-03T10:07:00Z");
        check(
            &series(expression(), one, fifteen),
            "2026-02-03T10:07:00Z",
            "2026-02-03T09:37:00Z",
            "2026-02-03T10:07:00Z",
        );
        check(
            &series(expression(), hour, five),
            "2026-02-03T10:07:00Z",
            "2026-02-03T08:00:00Z",
            "2026-02-03T10:00:00Z",
        );
    }

    #[test]
    fn of_logs_no_more_is_scanned_than_two_asks_need() {
        let [one, five, ..] = MINUTES;
        check(&series(log(), one, one), "2026-02-03T10:07:00Z", "2026-02-03T10:03:00Z", "2026-02-03T10:07:00Z");
        check(&series(log(), one, five), "2026-02-03T10:05:00Z", "2026-02-03T09:53:00Z", "2026-02-03T10:05:00Z");
        check(&series(log(), five, one), "2026-02-03T10:07:00Z", "2026-02-03T09:50:00Z", "2026-02-03T10:05:00Z");
    }

    #[test]
    fn a_day_of_the_bill_is_asked_once_it_has_settled() {
        let of = |reads| series(cost(reads), Span::DAY, Span::HOUR.times(6));
        check(&of(CostReading::Day), "2026-02-03T00:00:00Z", "2025-12-29T00:00:00Z", "2026-02-02T00:00:00Z");
        check(&of(CostReading::Day), "2026-02-03T18:00:00Z", "2025-12-29T00:00:00Z", "2026-02-02T00:00:00Z");
        check(&of(CostReading::MonthToDate), "2026-02-03T18:00:00Z", "2025-12-29T00:00:00Z", "2026-02-02T00:00:00Z");
        check(&of(CostReading::MonthForecast), "2026-02-03T18:00:00Z", "2026-02-02T00:00:00Z", "2026-02-03T00:00:00Z");
    }

    #[test]
    fn trouble_does_not_hasten_the_bill() {
        let tick: Time = "2026-02-03T10:07:00Z".parse().unwrap();
        let [one, five, ..] = MINUTES;
        for (query, expected) in [(expression(), true), (log(), true), (cost(CostReading::Day), false)] {
            assert_eq!(is_asked(&series(query.clone(), one, five), true, tick), expected, "{query:?}");
            assert!(!is_asked(&series(query, one, five), false, tick));
        }
        let bill = series(cost(CostReading::Day), Span::DAY, Span::HOUR.times(6));
        assert!(is_asked(&bill, false, "2026-02-03T06:00:00Z".parse().unwrap()));
    }

    #[test]
    fn what_no_replay_brings_back_is_written_whole() {
        let [one, five, fifteen, hour] = MINUTES;
        for (pace, expected) in [(one, false), (five, false), (fifteen, false), (hour, true)] {
            assert_eq!(is_written_whole(&series(expression(), one, pace)), expected, "{pace}");
        }
        assert!(!is_written_whole(&series(expression(), hour, five)));
        assert!(is_written_whole(&series(expression(), Span::HOUR.times(2), five)));
        assert!(is_written_whole(&series(cost(CostReading::Day), Span::DAY, hour)));
    }
}
