use aws_sdk_cloudwatch::operation::get_metric_data::GetMetricDataOutput;
use aws_sdk_cloudwatch::types::{MessageData, MetricDataResult, StatusCode};
use domain::metric::{Failure, FailureKind};
use domain::units::Time;

use crate::samples::failure;

/// What one query brought: start of the bucket and its number.
pub(super) type Points = Vec<(Time, f64)>;

/// An answer, put together from its pages.
#[derive(Debug)]
pub(super) struct Answer {
    columns: Vec<Result<Points, Failure>>,
    /// Points of columns that are not complete yet.
    pending: Vec<Points>,
    /// What was said of the call as a whole.
    said: String,
}

impl Answer {
    /// The answer to `queries` queries, before the first page.
    pub(super) fn new(queries: usize) -> Self {
        let missing = failure(FailureKind::Partial, "it is not in the answer");
        Self { columns: vec![Err(missing); queries], pending: vec![Points::new(); queries], said: String::new() }
    }

    /// Adds a page. Of the states that a query has on several pages the last one holds: a page that others follow may
    /// well be partial.
    pub(super) fn add(&mut self, page: GetMetricDataOutput) {
        self.said.push_str(&words(page.messages()));
        for mut result in page.metric_data_results.unwrap_or_default() {
            let position = result.id().and_then(|id| id.strip_prefix('q')?.parse::<usize>().ok());
            let Some(position) = position.filter(|position| *position < self.columns.len()) else {
                continue;
            };
            // Points of earlier pages stay in front.
            let mut points = match &mut self.columns[position] {
                Ok(points) => std::mem::take(points),
                Err(_) => std::mem::take(&mut self.pending[position]),
            };
            let times = result.timestamps.take().unwrap_or_default();
            let values = result.values.take().unwrap_or_default();
            let torn = times.len() != values.len();
            points.extend(times.iter().map(|time| Time::from_epoch(time.secs())).zip(values));
            self.columns[position] = match standing(&result, torn) {
                None => Ok(points),
                Some(trouble) => {
                    self.pending[position] = points;
                    Err(trouble)
                }
            };
        }
    }

    /// What each query brought.
    pub(super) fn columns(mut self) -> Vec<Result<Points, Failure>> {
        if !self.said.is_empty() {
            for trouble in self.columns.iter_mut().filter_map(|column| column.as_mut().err()) {
                *trouble = failure(trouble.kind, &format!("{}{}", trouble.detail, self.said));
            }
        }
        self.columns
    }
}

/// Why a result is not complete.
fn standing(result: &MetricDataResult, torn: bool) -> Option<Failure> {
    let kind = match &result.status_code {
        _ if torn => FailureKind::Rejected,
        Some(StatusCode::Complete) => return None,
        Some(status) if status.as_str() == "Forbidden" => FailureKind::Denied,
        _ => FailureKind::Partial,
    };
    let status = match &result.status_code {
        _ if torn => "times and values differ in number",
        Some(status) => status.as_str(),
        None => "no status",
    };
    let label = result.label().unwrap_or("?");
    Some(failure(kind, &format!("{label}: {status}{}", words(result.messages()))))
}

fn words(messages: &[MessageData]) -> String {
    messages.iter().fold(String::new(), |words, message| {
        words + "; " + message.code().unwrap_or("") + ": " + message.value().unwrap_or("")
    })
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::DateTime;

    use super::*;

    fn result(id: &str, status: &str, points: &[(i64, f64)]) -> MetricDataResult {
        MetricDataResult::builder()
            .id(id)
            .label("shop/errors")
            .status_code(status.into())
            .set_timestamps(Some(points.iter().map(|(at, _)| DateTime::from_secs(*at)).collect()))
            .set_values(Some(points.iter().map(|(_, value)| *value).collect()))
            .build()
    }

    fn check(pages: Vec<Vec<MetricDataResult>>, expected: Result<&[(i64, f64)], (FailureKind, &str)>) {
        let mut answer = Answer::new(1);
        for page in pages {
            answer.add(GetMetricDataOutput::builder().set_metric_data_results(Some(page)).build());
        }
        let found = answer.columns().remove(0);
        match expected {
            Ok(points) => {
                let points = points.iter().map(|(at, value)| (Time::from_epoch(*at), *value)).collect();
                assert_eq!(found, Ok(points));
            }
            Err((kind, words)) => {
                let failure = found.unwrap_err();
                assert_eq!(failure.kind, kind);
                assert!(failure.detail.contains(words), "{failure}");
            }
        }
    }

    #[test]
    fn only_a_complete_result_is_read() {
        check(vec![vec![result("q0", "Complete", &[])]], Ok(&[]));
        check(vec![vec![result("q0", "Complete", &[(60, 1.0)])]], Ok(&[(60, 1.0)]));
        check(
            vec![vec![result("q0", "PartialData", &[(60, 1.0)])]],
            Err((FailureKind::Partial, "shop/errors: PartialData")),
        );
        check(vec![vec![result("q0", "InternalError", &[])]], Err((FailureKind::Partial, "InternalError")));
        check(vec![vec![result("q0", "Forbidden", &[])]], Err((FailureKind::Denied, "Forbidden")));
        check(vec![vec![result("q0", "Strange", &[])]], Err((FailureKind::Partial, "Strange")));
        check(vec![], Err((FailureKind::Partial, "not in the answer")));
        check(
            vec![vec![result("q1", "Complete", &[]), result("x", "Complete", &[])]],
            Err((FailureKind::Partial, "not in the answer")),
        );
    }

    #[test]
    fn a_page_that_is_partial_may_be_followed_by_the_rest() {
        check(
            vec![vec![result("q0", "PartialData", &[(60, 1.0)])], vec![result("q0", "Complete", &[(120, 2.0)])]],
            Ok(&[(60, 1.0), (120, 2.0)]),
        );
        check(vec![vec![result("q0", "Complete", &[(60, 1.0)])], vec![]], Ok(&[(60, 1.0)]));
        check(
            vec![vec![result("q0", "Complete", &[(60, 1.0)])], vec![result("q0", "Complete", &[(120, 2.0)])]],
            Ok(&[(60, 1.0), (120, 2.0)]),
        );
        check(
            vec![vec![result("q0", "Complete", &[(60, 1.0)])], vec![result("q0", "InternalError", &[])]],
            Err((FailureKind::Partial, "InternalError")),
        );
    }

    #[test]
    fn a_torn_result_is_refused() {
        let mut torn = result("q0", "Complete", &[(60, 1.0)]);
        torn.values = Some(Vec::new());
        check(vec![vec![torn]], Err((FailureKind::Rejected, "differ in number")));
    }

    #[test]
    fn what_was_said_stands_in_the_detail() {
        let said = MessageData::builder().code("Slow").value("try later").build();
        let mut answer = Answer::new(1);
        answer.add(
            GetMetricDataOutput::builder().metric_data_results(result("q0", "PartialData", &[])).messages(said).build(),
        );
        let failure = answer.columns().remove(0).unwrap_err();
        assert_eq!(failure.detail, "shop/errors: PartialData; Slow: try later");
    }
}
