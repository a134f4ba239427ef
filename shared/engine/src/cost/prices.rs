//! List prices of us-east-1, and how much of each there is.
//!
//! Sources: the price lists of CloudWatch, DynamoDB, S3, Lambda, EventBridge and KMS; sizes as `scripts/bench` measures them.

use domain::measure::{Against, Measure};

use crate::evaluate::CHECKPOINT_EVERY;

/// Minutes of a month: 365 days / 12.
pub(super) const MINUTES: f64 = 43_800.0;
/// A metric asked for with `GetMetricData`, whatever the number of its points.
pub(super) const GET_METRIC_DATA: f64 = 0.01 / 1000.0;
/// A request to Cost Explorer. Source: <https://aws.amazon.com/aws-cost-management/aws-cost-explorer/pricing/>.
pub(super) const COST_EXPLORER: f64 = 0.01;
/// Statistics of one metric that are billed as one.
pub(super) const STATISTICS_PER_METRIC: usize = 5;
/// A write unit of DynamoDB on demand, 1 KB.
pub(super) const WRITE_UNIT: f64 = 0.625 / 1e6;
/// A read unit of DynamoDB on demand, 4 KB.
pub(super) const READ_UNIT: f64 = 0.125 / 1e6;
/// A PUT of S3, of any size.
pub(super) const PUT: f64 = 0.005 / 1000.0;
/// Bytes of a chunk for each series that was asked, and for each new point.
pub(super) const ASK_BYTES: f64 = 2.6;
pub(super) const POINT_BYTES: f64 = 2.3;
/// A packed state of more bytes than this lies in S3: to put an object of any size costs as much as eight write units of
/// a kilobyte.
pub const TABLE_BYTES_MAX: usize = 8 * 1024;
/// Checkpoints a month.
pub(super) const CHECKPOINTS: f64 = MINUTES * 60.0 / CHECKPOINT_EVERY.seconds() as f64;
/// Packed bytes of the state for a series.
pub(super) const SERIES_BYTES: f64 = 30.0;

/// What, why, and dollars a month, whatever is watched.
pub(super) const FIXED: &[(&str, &str, f64)] = &[
    ("alarms", "33 x $0.10", 3.30),
    ("dashboard", "1 x $3", 3.00),
    ("key of the topics", "1 x $1", 1.00),
    ("own metrics", "15 x $0.30", 4.50),
    ("timekeeper", "43,800 x ($0.20 / 1 million + 128 MB x 0.1 s x $0.0000166667 a GB s)", 0.02),
];

/// The same for each shard.
pub(super) const SHARD_FIXED: &[(&str, &str, f64)] = &[
    ("collector", "43,800 x ($0.20 / 1 million + 256 MB x 1 s x $0.0000166667 a GB s)", 0.19),
    ("evaluator", "43,800 x ($0.20 / 1 million + 256 MB x 3 s x $0.0000166667 a GB s)", 0.56),
    ("schedules", "2 x 43,800 x $1 / 1 million, beyond the 14 million that are free", 0.0),
];

/// The formulas, for people.
pub const FORMULAS: &[&str] = &[
    "A month has 43,800 minutes; list prices of us-east-1.",
    "CloudWatch: 43,800 / pace x metrics x $0.01 / 1,000. Up to five statistics of one metric are one; points are free.",
    "Prometheus: nothing here; your server bears its own cost.",
    "Logs: patterns and templates are free (FilterLogEvents). Queries are NOT INCLUDED, as it depends on the logs: GB that one",
    "  scans x 43,800 / pace x $0.005. One scans the lines of two paces (or periods, if longer) and two minutes.",
    "Cost Explorer: 43,800 / pace x $0.01 for each account asked for, in each shard, and the same for each forecast.",
    "A chunk each minute: (2.6 B for each series asked + 2.3 B for each new point) / 1 KB write units at $0.625 a million,",
    "  and 1 + 3/4 KB + 1/4 KB read units at $0.125 a million when it is judged.",
    "A state every 30 minutes: its KB in write units, or one PUT of S3 ($0.005 / 1,000) above 8 KB.",
    "While a service is not healthy its series are asked each minute: at most 5 times the price, for as long as it lasts.",
];

/// Packed bytes that a measure adds to the state, once it has learned.
pub(super) fn state_bytes(measure: &Measure) -> f64 {
    match measure {
        Measure::Value => 13.0,
        Measure::Anomaly { .. } => 4500.0,
        Measure::ZScore { .. } | Measure::Absence { .. } => 50.0,
        Measure::Mad { .. } => 800.0,
        Measure::WeekBand { .. } => 1600.0,
        Measure::Forecast { .. } => 300.0,
        Measure::Change { against: Against::Usual { .. }, .. } => 1700.0,
        Measure::Change { against, over, .. } => {
            let back = against.back().unwrap_or_default();
            5.0 * f64::from(back.seconds() / over.seconds().max(1))
        }
    }
}
