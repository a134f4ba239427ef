use std::collections::BTreeMap;

use domain::id::MonitorName;
use domain::incident::Severity;
use domain::monitor::{Category, Expression, MissingData};
use domain::units::{Span, Unit};

use super::{List, Measure};
use crate::read::{Threshold, record};

record! {
    /// A rule over one signal, with one or more severities.
    Monitor {
        /// Its name, unique among monitors.
        name: required MonitorName,
        /// The service whose health it judges.
        service: required String,
        /// What it looks at.
        signal: required Signal,
        /// How it looks at it. Default: the signal is compared with the limits as it is.
        measure: optional Measure,
        /// The unit the signal is shown in, and of its limits where the measure has none of its own. Default: the
        /// signal's own.
        unit: optional Unit,
        /// Its limits, at most one for each severity.
        conditions: required List<Condition>,
        /// How many breaching periods out of how many. Required without a measure; otherwise 1 of 1, of z-score, mad and
        /// week-band 3 of 5, of anomaly 1 of those in 15 minutes.
        datapoints: optional Datapoints,
        /// What a period without points counts as, as in CloudWatch. Default missing.
        missing_data: optional MissingData,
        /// How long a period rests before it is judged. Default: settle of the whole file.
        settle: optional Span,
        /// A breach this soon after a resolve reopens the incident. Default 10m.
        cooldown: optional Span,
        /// Who cares: it chooses the topic. Default technical.
        category: optional Category,
        /// Carried by its alerts.
        labels: optional BTreeMap<String, String>,
        /// Whether nobody is told, because it only serves monitors that combine it. Default false.
        quiet: optional bool,
    }
}

record! {
    /// What a monitor looks at: exactly one of these. A series of another service is written service/name.
    Signal {
        /// One series as it is.
        series: optional String,
        /// One series over another, period by period.
        ratio: optional Ratio,
        /// By how much a counter has grown in each period; one that falls began anew.
        increase: optional String,
        /// Which other monitors fire: "errors and (latency or not traffic)". It has a value each minute, 1 or 0.
        monitors: optional Expression,
    }
}

record! {
    /// One series over another.
    Ratio {
        /// The part.
        numerator: required String,
        /// The whole; a period where it is zero has no value.
        denominator: required String,
    }
}

record! {
    /// A severity and the limit that earns it.
    Condition {
        /// How bad a breach is.
        severity: required Severity,
        /// A period beyond this breaches, such as "> 5%". Required, but for anomaly, absence and monitors.
        when: optional Threshold,
        /// Once breached, a period counts as fine only within this, such as "< 3%". Default: as soon as it does not
        /// breach.
        recover: optional Threshold,
    }
}

record! {
    /// M of N.
    Datapoints {
        /// M: so many periods must breach.
        breaching: required u32,
        /// N: out of the newest so many, at most 1440.
        of: required u32,
    }
}
