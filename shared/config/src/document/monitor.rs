use std::collections::BTreeMap;

use domain::id::MonitorName;
use domain::incident::Severity;
use domain::monitor::{Category, MissingData};
use domain::units::{Span, Unit};

use super::List;
use crate::read::{Threshold, record};

record! {
    /// A threshold rule over one signal, with one or more severities.
    Monitor {
        /// Its name, unique among monitors.
        name: required MonitorName,
        /// The service whose health it judges.
        service: required String,
        /// What it looks at.
        signal: required Signal,
        /// The unit of its limits and of every number shown. Default: the signal's own.
        unit: optional Unit,
        /// Its limits, at most one for each severity.
        conditions: required List<Condition>,
        /// How many breaching periods out of how many.
        datapoints: required Datapoints,
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
    }
}

record! {
    /// What a monitor looks at: exactly one of these. A series of another service is written service/name.
    Signal {
        /// One series as it is.
        series: optional String,
        /// One series over another, period by period.
        ratio: optional Ratio,
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
        /// A period beyond this breaches, such as "> 5%".
        when: required Threshold,
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
