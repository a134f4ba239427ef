use std::collections::BTreeMap;

use domain::metric::{Failure, FailureKind};
use domain::units::Time;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::fault::by_status;
use crate::samples::failure;

/// When an expression was evaluated, and its number.
pub(super) type Points = Vec<(Time, f64)>;

/// How many of several series a failure names.
const SERIES_NAMED_MAX: usize = 3;
/// How warnings begin that are about the expression, not about what is missing from the answer.
const ABOUT_THE_EXPRESSION: &str = "PromQL ";

#[derive(Debug, Deserialize)]
struct Answer {
    data: Option<Found>,
    #[serde(rename = "errorType", default)]
    error_type: String,
    #[serde(default)]
    error: String,
    #[serde(default)]
    warnings: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "resultType", content = "result", rename_all = "lowercase")]
enum Found {
    Matrix(Vec<Row>),
    Vector(Vec<Row>),
    Scalar((f64, String)),
    String(IgnoredAny),
}

#[derive(Debug, Deserialize)]
struct Row {
    #[serde(default)]
    metric: BTreeMap<String, String>,
    /// Of a matrix.
    #[serde(default)]
    values: Vec<(f64, String)>,
    /// Of a vector.
    value: Option<(f64, String)>,
    /// Native histograms, in place of numbers.
    #[serde(default)]
    histograms: Vec<IgnoredAny>,
    histogram: Option<IgnoredAny>,
}

/// The points of the one series that an answer holds; none if no series answers, which is "read and empty".
///
/// # Errors
/// By the answer's error type, else by the HTTP status; several series are [`FailureKind::Rejected`] and named.
pub(super) fn points(status: u16, body: &[u8]) -> Result<Points, Failure> {
    let rejected = |detail: &str| Err(failure(FailureKind::Rejected, detail));
    if status != 200 {
        return Err(refusal(status, body));
    }
    let answer: Answer = match serde_json::from_slice(body) {
        Ok(answer) => answer,
        Err(error) => return rejected(&format!("the answer is none of Prometheus: {error}")),
    };
    if let Some(warning) = answer.warnings.iter().find(|text| !text.starts_with(ABOUT_THE_EXPRESSION)) {
        return Err(failure(FailureKind::Partial, warning));
    }
    let mut rows = match answer.data {
        Some(Found::Matrix(rows) | Found::Vector(rows)) => rows,
        Some(Found::Scalar(point)) => return numbers(vec![point]),
        Some(Found::String(_)) => return rejected("the expression yields a text"),
        None => return Err(refusal(status, body)),
    };
    if rows.len() > 1 {
        return rejected(&several(&rows));
    }
    let Some(row) = rows.pop() else {
        return Ok(Points::new());
    };
    if row.histogram.is_some() || !row.histograms.is_empty() {
        return rejected("the expression yields histograms; use histogram_quantile() or the like");
    }
    numbers(row.values.into_iter().chain(row.value).collect())
}

/// `NaN` and infinite numbers stay in; they are dropped and counted where samples are made.
fn numbers(values: Vec<(f64, String)>) -> Result<Points, Failure> {
    values
        .into_iter()
        .map(|(at, text)| match text.parse() {
            #[allow(clippy::cast_possible_truncation)] // saturates; such a time lies outside of every range
            Ok(number) => Ok((Time::from_epoch(at.round() as i64), number)),
            Err(_) => Err(failure(FailureKind::Rejected, &format!("{text:?} is no number"))),
        })
        .collect()
}

fn refusal(status: u16, body: &[u8]) -> Failure {
    let (error_type, error) = match serde_json::from_slice::<Answer>(body) {
        Ok(answer) if !answer.error.is_empty() => (answer.error_type, answer.error),
        _ => (String::new(), String::from_utf8_lossy(&body[..body.len().min(1024)]).into_owned()),
    };
    let kind = match (status, error_type.as_str()) {
        (401 | 403 | 429, _) => by_status(status),
        (_, "bad_data" | "execution" | "not_found" | "not_acceptable") => FailureKind::Rejected,
        (_, "timeout" | "canceled") => FailureKind::TimedOut,
        (_, "too_many_requests") => FailureKind::Throttled,
        (_, "internal" | "unavailable") => FailureKind::Unreachable,
        _ => by_status(status),
    };
    let word = if error_type.is_empty() { format!("HTTP {status}") } else { error_type };
    failure(kind, &format!("{word}: {error}"))
}

fn several(rows: &[Row]) -> String {
    let named: Vec<String> = rows.iter().take(SERIES_NAMED_MAX).map(|row| labels(&row.metric)).collect();
    let more = if rows.len() > SERIES_NAMED_MAX { ", ..." } else { "" };
    format!("{} series answer where one is expected: {}{more}", rows.len(), named.join(", "))
}

fn labels(metric: &BTreeMap<String, String>) -> String {
    let pairs: Vec<String> = metric.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
    format!("{{{}}}", pairs.join(", "))
}

#[cfg(test)]
mod tests;
