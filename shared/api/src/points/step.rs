use domain::metric::{CostQuery, CostReading, LogReading, PushedMetric, Query, Statistic, TemplateReading, Value};
use domain::units::{Span, Time};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Cell, Cells, periods};

/// How the periods of one step become one number.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Merge {
    /// They are added up: sums and counts.
    Sum,
    /// Sum over count where both are stored, else the plain mean.
    Mean,
    /// The smallest.
    Minimum,
    /// The largest. Percentiles cannot be merged; the largest is their upper bound.
    Maximum,
}

/// One point of the answer.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Step {
    /// Its start.
    pub at: Time,
    /// What is known of it.
    pub verdict: Verdict,
    /// Its periods that have no value; all zero: every one has.
    pub missing: Missing,
}

/// What is known of a step.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Verdict {
    /// The number of its periods that have one.
    Value(f64),
    /// All its periods were asked for, and none has a value.
    Empty,
    /// None of its periods has a value, and the source did not answer for at least one.
    Failed(String),
    /// None of its periods has a value, and at least one was never asked for.
    Unknown,
}

/// Periods without a value, by the reason.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, ToSchema)]
pub(crate) struct Missing {
    /// Asked for, and nothing is there.
    pub empty: u32,
    /// Asked for, and not answered.
    pub failed: u32,
    /// Never asked for.
    pub unknown: u32,
}

impl Merge {
    pub(crate) fn of(query: &Query) -> Self {
        match query {
            Query::CloudWatch { statistic, .. } | Query::Pushed(PushedMetric { statistic, .. }) => match statistic {
                Statistic::Sum | Statistic::SampleCount | Statistic::CountUpTo(_) => Self::Sum,
                Statistic::Average => Self::Mean,
                Statistic::Minimum => Self::Minimum,
                Statistic::Maximum | Statistic::Percentile(_) => Self::Maximum,
            },
            // `increase()` counts over the period; every other expression is taken for a level or a rate.
            Query::Prometheus { expression } if expression.contains("increase(") => Self::Sum,
            Query::Log(log) => Self::of_logs(&log.reads),
            Query::Cost(CostQuery { reads: CostReading::Day, .. }) => Self::Sum,
            Query::Cost(_) => Self::Maximum,
            Query::Prometheus { .. } | Query::Probe(_) => Self::Mean,
        }
    }

    /// By the aggregate; a percentile's largest is its upper bound.
    fn of_logs(reads: &LogReading) -> Self {
        let LogReading::Insights { stats, .. } = reads else {
            return match reads {
                LogReading::Templates { reads: TemplateReading::Share { .. }, .. } => Self::Mean,
                LogReading::Templates { reads: TemplateReading::Busiest, .. } => Self::Maximum,
                _ => Self::Sum,
            };
        };
        match stats.trim_start().split('(').next().unwrap_or_default() {
            "count" | "sum" => Self::Sum,
            "min" => Self::Minimum,
            "max" | "pct" | "count_distinct" => Self::Maximum,
            _ => Self::Mean,
        }
    }

    fn merge(self, values: &[Value]) -> f64 {
        let numbers = values.iter().map(|value| value.get());
        match self {
            Self::Sum => numbers.sum(),
            Self::Minimum => numbers.fold(f64::INFINITY, f64::min),
            Self::Maximum => numbers.fold(f64::NEG_INFINITY, f64::max),
            Self::Mean => {
                let (sum, count) = values.iter().fold((0.0, 0.0), |(sums, counts), value| match value {
                    Value::Mean { sum, count } => (sums + sum, counts + count),
                    Value::Number(number) => (sums + number, counts + 1.0),
                });
                sum / count
            }
        }
    }
}

/// The steps of all cells, oldest first.
pub(super) fn steps(cells: &Cells, step: Span, merge: Merge) -> Vec<Step> {
    periods(cells.from, cells.until, step).map(|at| one(cells, at, at + step, merge)).collect()
}

fn one(cells: &Cells, at: Time, until: Time, merge: Merge) -> Step {
    let (mut values, mut missing, mut failure) = (Vec::new(), Missing::default(), None);
    for period in periods(at, until, cells.period) {
        match cells.get(period) {
            Cell::Value(value) => values.push(*value),
            Cell::Empty => missing.empty += 1,
            Cell::Unknown => missing.unknown += 1,
            Cell::Failed(reason) => {
                missing.failed += 1;
                failure = Some(reason);
            }
        }
    }
    let verdict = match (values.is_empty(), failure) {
        (false, _) => number(merge.merge(&values)),
        (true, Some(reason)) => Verdict::Failed(reason.clone()),
        (true, None) if missing.unknown > 0 => Verdict::Unknown,
        (true, None) => Verdict::Empty,
    };
    Step { at, verdict, missing }
}

/// JSON has no infinity; finite values can still add up to one.
fn number(value: f64) -> Verdict {
    if value.is_finite() {
        Verdict::Value(value)
    } else {
        Verdict::Failed("its values are too large to merge".to_owned())
    }
}
