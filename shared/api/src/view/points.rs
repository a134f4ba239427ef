use domain::metric::Series;
use domain::units::Unit;
use serde::Serialize;
use utoipa::ToSchema;

use crate::points::{Merge, Missing, Range, Step, Verdict};

/// The stored points of one series.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
#[allow(clippy::struct_field_names, reason = "these are the names of the answer")]
pub(crate) struct Points {
    /// The series.
    series: String,
    /// The unit of its numbers.
    #[schema(value_type = String)]
    unit: Unit,
    /// Begin of the first point.
    #[schema(format = DateTime)]
    from: String,
    /// End of the last point.
    #[schema(format = DateTime)]
    to: String,
    /// The distance of two points, such as `5m`.
    step: String,
    /// The distance of two stored periods, such as `1m`.
    period: String,
    /// How the periods of one point became one number.
    merged_by: Merge,
    /// The points, oldest first.
    points: Vec<Point>,
}

/// One point: exactly one of `value`, `empty`, `failed` and `unknown` is there.
#[derive(Clone, PartialEq, Debug, Default, Serialize, ToSchema)]
pub(crate) struct Point {
    /// Its begin.
    #[schema(format = DateTime)]
    at: String,
    /// The number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    value: Option<f64>,
    /// `true`: the source was asked and has nothing. That is not zero.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    empty: Option<bool>,
    /// The source was asked and did not answer, for this reason. That is not empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    failed: Option<String>,
    /// `true`: the source was not asked, or what it said is no longer kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    unknown: Option<bool>,
    /// How many of its periods have no value, where some have one or they differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    missing: Option<Missing>,
}

impl Points {
    pub(crate) fn new(series: &Series, range: Range, steps: Vec<Step>) -> Self {
        Self {
            series: series.id.to_string(),
            unit: series.unit,
            from: range.from.to_string(),
            to: range.until.to_string(),
            step: range.step.to_string(),
            period: series.period.to_string(),
            merged_by: Merge::of(&series.query),
            points: steps.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Step> for Point {
    fn from(step: Step) -> Self {
        let Missing { empty, failed, unknown } = step.missing;
        let kinds = [empty, failed, unknown].iter().filter(|count| **count > 0).count();
        let has_value = matches!(step.verdict, Verdict::Value(_));
        let missing = (kinds > 1 || (kinds == 1 && has_value)).then_some(step.missing);
        let point = Self { at: step.at.to_string(), missing, ..Self::default() };
        match step.verdict {
            Verdict::Value(value) => Self { value: Some(value), ..point },
            Verdict::Empty => Self { empty: Some(true), ..point },
            Verdict::Failed(reason) => Self { failed: Some(reason), ..point },
            Verdict::Unknown => Self { unknown: Some(true), ..point },
        }
    }
}
