use std::time::Duration;

use domain::metric::Failure;
use reqwest::Url;
use tokio::time::Instant;

use super::answer::{Points, points};
use super::authorization::Authorization;
use super::question::Question;
use crate::calls::{Calls, Service};
use crate::http::{body, unanswered};
use crate::patience::patiently;

/// The longest answer that is read, in bytes: one series of 11,000 points, the most that Prometheus gives, is 0.4 MB;
/// eight answers of this length at once fit a function of 128 MB.
pub const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;
/// The longest time for one query: a rule that takes longer cannot be judged every minute.
const QUERY_TIME_MAX: Duration = Duration::from_secs(20);

/// One server.
#[derive(Debug)]
pub(super) struct Endpoint {
    pub(super) client: reqwest::Client,
    /// The base address, without `/api/v1`.
    pub(super) url: Url,
    pub(super) authorization: Authorization,
    pub(super) calls: Calls,
}

impl Endpoint {
    /// The points of the one series that answers.
    ///
    /// # Errors
    /// When the server does not answer, refuses, or answers anything else.
    pub(super) async fn read(&self, question: &Question, deadline: Instant) -> Result<Points, Failure> {
        patiently(deadline, &question.seed, || self.once(question)).await
    }

    async fn once(&self, question: &Question) -> Result<Points, Failure> {
        let url = format!("{}/api/v1/{}", self.url.as_str().trim_end_matches('/'), question.path);
        let request = self
            .client
            .post(&url)
            .header("content-type", "application/x-www-form-urlencoded")
            .timeout(QUERY_TIME_MAX)
            .body(question.form.clone());
        let request = self.authorization.apply(request, &url, &question.form).await?;
        self.calls.count(Service::Prometheus);
        let response = request.send().await.map_err(unanswered)?;
        let status = response.status().as_u16();
        let body = body(response, BODY_BYTES_MAX).await?;
        points(status, &body)
    }
}
