use domain::anomaly::Direction;
use domain::units::Span;

use crate::read::{Number, choice, record};

choice! {
    /// How a monitor looks at its signal.
    Measure by "kind" {
        "anomaly" => Anomaly(Anomaly),
        "z-score" => ZScore(ZScore),
        "mad" => Mad(Mad),
        "week-band" => WeekBand(WeekBand),
        "change" => Change(Change),
        "forecast" => Forecast(Forecast),
        "absence" => Absence(Absence),
    }
}

record! {
    /// The score of the anomaly detector, 0 to 1. By default a condition holds at 0.5, an alarm, and recovers below 0.25.
    Anomaly tagged "kind" {
        /// Every sign counts so many times, 0.1 to 10: above 1 more is told. Default 1.
        sensitivity: optional Number,
        /// Which side of what is expected counts. Default both.
        side: optional Direction,
    }
}

record! {
    /// Standard deviations from the mean.
    ZScore tagged "kind" {
        /// Over about how long both are averaged, at least 30 periods. Default 1d.
        over: optional Span,
    }
}

record! {
    /// The distance from the median in units of the median absolute deviation, which outliers do not move.
    Mad tagged "kind" {
        /// How far back the points reach, at least 30 periods. Default 1d.
        over: optional Span,
    }
}

record! {
    /// Standard deviations from the mean of the same hour of the week, in UTC.
    WeekBand tagged "kind" {
        /// Over about how many weeks both are averaged, 2 to 12. Default 4.
        weeks: optional u32,
    }
}

record! {
    /// By how many percent the signal differs from an earlier time.
    Change tagged "kind" {
        /// Which time. Default last-week.
        against: optional Earlier,
        /// Both are means over so long, which divides a day, at least a period. Default 15m; against usual 1h.
        over: optional Span,
        /// While both are below this there is no change. Default 0.
        at_least: optional Number,
        /// Against usual: over about how many weeks, 2 to 12. Default 4.
        weeks: optional u32,
    }
}

/// An earlier time that a signal is compared with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Earlier {
    Yesterday,
    LastWeek,
    Usual,
}

record! {
    /// Where the trend will have led.
    Forecast tagged "kind" {
        /// In how long, 5m to 90d.
        within: required Span,
        /// From how much of the past the trend is taken, 1h to 30d. Default 1d.
        over: optional Span,
    }
}

record! {
    /// For how many seconds data are overdue, by every or by cron. By default a condition holds above 0.
    Absence tagged "kind" {
        /// They are due so long after the last, 1m to 35d.
        every: optional Span,
        /// They are due at these times of the clock: minute, hour, day, month, weekday, such as "0 3 * * *".
        cron: optional String,
        /// The time zone of cron, an IANA name. Default UTC.
        zone: optional String,
        /// How late they may come, at most 7d. Default 0s.
        grace: optional Span,
        /// Whether a zero is no data, as of a counter of runs. Default false.
        nonzero: optional bool,
    }
}
