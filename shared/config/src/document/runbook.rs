use std::collections::BTreeMap;

use domain::id::RunbookName;
use domain::incident::Severity;
use domain::response::{ActionKind, Mode};
use domain::units::Span;

use super::List;
use crate::read::{OneOrMore, record};

record! {
    /// What to do when.
    Runbook {
        /// Its name, unique among runbooks.
        name: required RunbookName,
        /// The incidents it is for.
        matches as "match": required Match,
        /// What it does, in order.
        steps: required List<Step>,
    }
}

record! {
    /// The incidents a runbook is for; what is not said matches everything.
    Match {
        /// The service.
        service: optional String,
        /// The monitor that fired.
        monitor: optional String,
        /// One of these severities.
        severity: optional OneOrMore<Severity>,
        /// Labels that the alert carries.
        labels: optional BTreeMap<String, String>,
    }
}

record! {
    /// One action with its guard rails.
    Step {
        /// What is done.
        action: required ActionKind,
        /// How far it may go by itself. Default: response.default_mode.
        mode: optional Mode,
        /// The target must have changed at most this long before the incident. Default 60m.
        moved_within: optional Span,
        /// The monitor must recover within this time after the action. Default 10m.
        verify_within: optional Span,
        /// How often it may be done to one target. Default once in 1h.
        limit: optional Limit,
    }
}

record! {
    /// At most count times in any per.
    Limit {
        /// How many times, at least 1.
        count: required u32,
        /// In how long.
        per: required Span,
    }
}
