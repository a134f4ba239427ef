use std::collections::BTreeMap;

use domain::id::SloName;
use domain::incident::Severity;
use domain::monitor::Category;
use domain::slo::{CalendarUnit, Objective, WhenEmpty};
use domain::units::{Span, Unit};

use super::{List, Signal};
use crate::read::{Number, OneOrMore, Share, Threshold, record};

record! {
    /// A service level objective: which share of events must be good over which time.
    Slo {
        /// Its name, unique among objectives; its alerts have it too, so no monitor may.
        name: required SloName,
        /// The service that it is promised for.
        service: required String,
        /// What it is, for people.
        description: optional String,
        /// Which events there are, and which of them are good.
        indicator: required Indicator,
        /// The share that must be good, such as 99.9%.
        objective: required Objective,
        /// Over the last so long, 2m to 90d. Default 30d.
        period: optional Span,
        /// Since the calendar last turned, instead of period.
        calendar: optional Calendar,
        /// Times that do not count, as of planned work.
        exclude: optional List<Exclude>,
        /// When a burning budget alerts. Default: the table of the SRE workbook.
        burn_alerts: optional BurnAlerts,
        /// What must be known before it alerts.
        guard: optional Guard,
        /// What a step counts as that was read and has nothing. Requests without data are none: of them only bad says more,
        /// as many bad ones as there usually are. Default ignore.
        no_data: optional WhenEmpty,
        /// Whether a spent budget closes the deployment gate of the service. Default true.
        gate: optional bool,
        /// The share of the budget that must be there again for the gate to open. Default 5%.
        reopen: optional Share,
        /// How long a step rests before it is counted. Default: settle of the whole file.
        settle: optional Span,
        /// A breach this soon after a resolve reopens the incident. Default 10m.
        cooldown: optional Span,
        /// Who cares: it chooses the topic. Default technical.
        category: optional Category,
        /// Carried by its alerts.
        labels: optional BTreeMap<String, String>,
    }
}

record! {
    /// Which events there are, and which of them are good: exactly one of these. A series of another service is written
    /// service/name.
    Indicator {
        /// Each request is an event.
        requests: optional Requests,
        /// Each request is an event, good if it was fast.
        latency: optional Latency,
        /// Each period of a signal is an event, good while it is within a limit.
        slices: optional Slices,
        /// Each period is an event, good while the newest point is not too old.
        freshness: optional Freshness,
    }
}

record! {
    /// All requests, and the good or the bad ones.
    Requests {
        /// A series that counts the good ones.
        good: optional String,
        /// A series that counts the bad ones.
        bad: optional String,
        /// A series that counts all.
        total: required String,
    }
}

record! {
    /// The requests of a metric of durations, in CloudWatch or pushed.
    Latency {
        /// A series of that metric; its statistic does not matter.
        series: required String,
        /// A request is good if it took at most this, in the unit of the series.
        under: required Number,
    }
}

record! {
    /// The periods of a signal.
    Slices {
        /// The signal: series, ratio or increase.
        signal: required Signal,
        /// A slice within this is good, such as "< 500".
        good: required Threshold,
        /// The unit of the limit. Default: the signal's own.
        unit: optional Unit,
    }
}

record! {
    /// How old the newest point of a series is.
    Freshness {
        /// The series.
        series: required String,
        /// How old it may be, a period to 1d.
        within: required Span,
    }
}

record! {
    /// A period of the calendar; the budget is whole again when it turns.
    Calendar {
        /// What turns.
        unit: required CalendarUnit,
        /// The time zone, an IANA name. Default UTC.
        zone: optional String,
    }
}

record! {
    /// A time that does not count: from one instant until another, or on days of the week from one time of the clock until
    /// another.
    Exclude {
        /// An instant such as 2026-12-24T00:00:00Z, or with days a time of the clock such as "22:00".
        from: required String,
        /// The first instant or time that counts again. A time that is not after from is one of the next day.
        until: required String,
        /// The days of the week: mon, tue, wed, thu, fri, sat, sun.
        days: optional OneOrMore<Day>,
        /// The time zone of the clock, an IANA name. Default UTC.
        zone: optional String,
        /// Why.
        reason: required String,
    }
}

/// A day of the week.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Day(pub(crate) jiff::civil::Weekday);

record! {
    /// When a burning budget alerts: a table, or rules of one's own.
    BurnAlerts {
        /// workbook: 2% in 1h and 5% in 6h page (SEV2), 10% in 1d and in 3d are tickets (SEV3), each with a shorter window;
        /// scaled: 1h, 6h, 1d, 4d of 28d, scaled with the period, at burn rates of 14, 7, 2, 1; thresholds: burn rates of 10
        /// (SEV1), 5 (SEV2), 2 (SEV3) over one window; none. Default workbook.
        table: optional BurnTable,
        /// The window of thresholds. Default 1h.
        over: optional Span,
        /// Rules instead of a table.
        rules: optional List<BurnRule>,
    }
}

/// A table of burn rates.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum BurnTable {
    #[default]
    Workbook,
    Scaled,
    Thresholds,
    None,
}

record! {
    /// A burn rate that alerts. Exactly one of factor and budget says which.
    BurnRule {
        /// How bad it is.
        severity: required Severity,
        /// The window that makes it significant.
        long: required Span,
        /// The window that makes it current: it ends the alert. Default: the long one alone decides.
        short: optional Span,
        /// The burn rate that must be exceeded.
        factor: optional Number,
        /// The share of the budget that is spent in the long window at the burn rate that must be exceeded, such as 2%.
        budget: optional Share,
    }
}

record! {
    /// What must be known before an objective alerts.
    Guard {
        /// So many events in the long window. Default 10.
        events: optional u32,
        /// How sure it must be that the true ratio is above the limit, by an exact binomial test. Default 95%.
        confidence: optional Share,
    }
}
