use domain::incident::Severity;
use domain::units::Span;

use crate::read::record;

record! {
    /// A service whose way from a breach to a person is tried: each week, and whenever somebody asks for it.
    Drill {
        /// Whose alerts, routes and people are tried; one service of each shard tries all functions.
        service: required String,
        /// How bad the marked breach says it is, which chooses routes and clocks. Default SEV2.
        severity: optional Severity,
        /// How soon somebody should acknowledge after having been told, 1m to 1d. Default 15m.
        acknowledge_within: optional Span,
    }
}
