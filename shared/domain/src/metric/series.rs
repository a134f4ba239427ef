use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{CostQuery, LogQuery, Probe, PushedMetric};
use crate::id::{SeriesId, SourceName};
use crate::units::{Span, Unit};

/// One series: numbers of one meaning at a fixed period.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Series {
    /// Its id, `service/name`.
    pub id: SeriesId,
    /// Where it is read.
    pub source: SourceName,
    /// What is asked there.
    pub query: Query,
    /// The distance of two samples, 10 s to 1 d.
    pub period: Span,
    /// How often it is asked for while its service is healthy; every minute otherwise.
    pub pace: Span,
    /// The unit of its numbers.
    pub unit: Unit,
    /// Whether its source writes nothing where there is zero: a period that was read and is empty counts as 0.
    #[serde(default)]
    pub sparse: bool,
}

impl Series {
    /// The shortest period that can be asked for.
    pub const PERIOD_MIN: Span = Span::from_seconds(10);
    /// The longest period that can be asked for.
    pub const PERIOD_MAX: Span = Span::DAY;

    /// How many queries it takes: the sum and the count of an average are asked for and stored.
    pub const fn queries(&self) -> usize {
        match self.query {
            Query::CloudWatch { statistic: Statistic::Average, .. } => 2,
            _ => 1,
        }
    }
}

/// What is asked of a source.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Query {
    /// One CloudWatch metric; fewer dimensions name another metric.
    CloudWatch {
        /// Such as `AWS/Lambda`.
        namespace: String,
        /// Such as `Errors`.
        metric: String,
        /// All dimensions, exactly.
        dimensions: BTreeMap<String, String>,
        /// What is computed of each period.
        statistic: Statistic,
    },
    /// A `PromQL` expression that yields one series.
    Prometheus {
        /// The expression.
        expression: String,
    },
    /// A check that the collector makes itself.
    Probe(Probe),
    /// What services push.
    Pushed(PushedMetric),
    /// A question about log lines.
    Log(LogQuery),
    /// A question about the bill.
    Cost(CostQuery),
}

/// A CloudWatch statistic.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Statistic {
    /// The sum of all values.
    Sum,
    /// How many values there were.
    SampleCount,
    /// Sum over `SampleCount`; both are asked for and stored.
    Average,
    /// The smallest value.
    Minimum,
    /// The largest value.
    Maximum,
    /// A percentile above 0, at most 100, `p99.9`.
    Percentile(f32),
    /// How many values are at most this, above 0: `TC(:500)`.
    CountUpTo(f64),
}

/// The text names no statistic.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a statistic; write Sum, SampleCount, Average, Minimum, Maximum, a percentile such as p99, or TC(:500)"
)]
pub struct StatisticError(String);

impl FromStr for Statistic {
    type Err = StatisticError;

    fn from_str(text: &str) -> Result<Self, StatisticError> {
        match text {
            "Sum" => Ok(Self::Sum),
            "SampleCount" => Ok(Self::SampleCount),
            "Average" => Ok(Self::Average),
            "Minimum" => Ok(Self::Minimum),
            "Maximum" => Ok(Self::Maximum),
            _ if text.starts_with("TC(:") => text
                .strip_prefix("TC(:")
                .and_then(|rest| rest.strip_suffix(')')?.parse().ok())
                .filter(|limit: &f64| limit.is_finite() && *limit > 0.0)
                .map(Self::CountUpTo)
                .ok_or_else(|| StatisticError(text.to_owned())),
            _ => text
                .strip_prefix('p')
                .filter(|digits| digits.bytes().all(|b| b.is_ascii_digit() || b == b'.'))
                .and_then(|digits| digits.parse().ok())
                .filter(|percent| *percent > 0.0 && *percent <= 100.0)
                .map(Self::Percentile)
                .ok_or_else(|| StatisticError(text.to_owned())),
        }
    }
}

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sum => f.write_str("Sum"),
            Self::SampleCount => f.write_str("SampleCount"),
            Self::Average => f.write_str("Average"),
            Self::Minimum => f.write_str("Minimum"),
            Self::Maximum => f.write_str("Maximum"),
            Self::Percentile(percent) => write!(f, "p{percent}"),
            Self::CountUpTo(limit) => write!(f, "TC(:{limit})"),
        }
    }
}

impl TryFrom<String> for Statistic {
    type Error = StatisticError;
    fn try_from(text: String) -> Result<Self, StatisticError> {
        text.parse()
    }
}

impl From<Statistic> for String {
    fn from(statistic: Statistic) -> Self {
        statistic.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_are_cloudwatchs_words() {
        for text in
            ["Sum", "SampleCount", "Average", "Minimum", "Maximum", "p50", "p99.9", "p100", "TC(:500)", "TC(:0.25)"]
        {
            assert_eq!(text.parse::<Statistic>().map(|s| s.to_string()).as_deref(), Ok(text));
        }
        for text in ["sum", "p0", "p101", "p", "pinf", "p-1", "avg", "TC(:)", "TC(:0)", "TC(1:2)", "TC(:1", ""] {
            assert!(text.parse::<Statistic>().is_err(), "{text}");
        }
    }
}
