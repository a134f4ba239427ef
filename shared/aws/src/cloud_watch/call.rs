use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::operation::get_metric_data::GetMetricDataOutput;
use aws_sdk_cloudwatch::types::{MetricDataQuery, ScanBy};
use aws_smithy_types::DateTime;
use domain::metric::{Failure, FailureKind};
use domain::units::Time;
use tokio::time::Instant;

use super::answer::{Answer, Points};
use crate::calls::{Calls, Service};
use crate::fault::Fault;
use crate::patience::patiently;
use crate::samples::failure;

/// Pages of one answer. A call is planned to need one; more than this is an answer that does not end.
pub(super) const PAGES_MAX: usize = 20;

/// One `GetMetricData` call with all its pages.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) client: Client,
    pub(super) calls: Calls,
    pub(super) queries: Vec<MetricDataQuery>,
    pub(super) from: Time,
    pub(super) until: Time,
    /// Spreads the pauses of different calls.
    pub(super) seed: String,
}

impl Call {
    /// The points of each query, or why it has none.
    ///
    /// # Errors
    /// When the call as a whole was not answered.
    pub(super) async fn read(&self, deadline: Instant) -> Result<Vec<Result<Points, Failure>>, Failure> {
        let mut answer = Answer::new(self.queries.len());
        let mut token = None;
        for _ in 0..PAGES_MAX {
            let mut page = patiently(deadline, &self.seed, || self.page(token.clone())).await?;
            token = page.next_token.take();
            answer.add(page);
            if token.is_none() {
                return Ok(answer.columns());
            }
        }
        let detail = format!("the answer has more than {PAGES_MAX} pages");
        Err(failure(FailureKind::Partial, &detail))
    }

    async fn page(&self, token: Option<String>) -> Result<GetMetricDataOutput, Failure> {
        self.calls.count(Service::CloudWatch);
        self.client
            .get_metric_data()
            .set_metric_data_queries(Some(self.queries.clone()))
            .start_time(DateTime::from_secs(self.from.epoch()))
            .end_time(DateTime::from_secs(self.until.epoch()))
            .scan_by(ScanBy::TimestampAscending)
            .set_next_token(token)
            .send()
            .await
            .map_err(|error| Fault::of(&error).failure())
    }
}
