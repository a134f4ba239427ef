//! AWS services that speak JSON 1.1, called without an SDK client of their own: four operations of Logs and two of Cost
//! Explorer do not need two more of them in the collector, whose package is large already.

use std::time::Duration;

use aws_types::SdkConfig;
use domain::metric::{Failure, FailureKind};
use reqwest::Client;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::Instant;

use crate::aws::Aws;
use crate::calls::{Calls, Service};
use crate::fault::kind_of;
use crate::http::{body, unanswered};
use crate::patience::patiently;
use crate::role::AssumedRole;
use crate::samples::failure;
use crate::signature::Signer;

/// The longest answer that is read, in bytes: a page of log lines has one megabyte, in JSON at most a few.
const BODY_BYTES_MAX: usize = 8 * 1024 * 1024;
/// The longest time for one call.
const CALL_TIME_MAX: Duration = Duration::from_secs(20);
const CONTENT_TYPE: &str = "application/x-amz-json-1.1";

/// One service in one region, in the name of one role.
#[derive(Debug)]
pub(crate) struct JsonApi {
    client: Client,
    url: String,
    /// What stands before the operation, such as `Logs_20140328`.
    target: &'static str,
    signer: Signer,
    service: Service,
    calls: Calls,
}

/// What an error says of itself.
#[derive(Deserialize, Default)]
struct Refusal {
    #[serde(rename = "__type", default)]
    code: String,
    #[serde(alias = "Message", default)]
    message: String,
}

impl JsonApi {
    /// The service whose name in signatures and addresses is `name`.
    ///
    /// # Errors
    /// When there is no HTTP client, or there are no credentials.
    pub(crate) fn of(
        aws: &Aws,
        (service, name, target): (Service, &'static str, &'static str),
        region: &str,
        role_arn: Option<&str>,
    ) -> Result<Self, Failure> {
        let own = || aws.config.credentials_provider();
        let credentials = role_arn.map_or_else(own, |arn| Some(AssumedRole::new(&aws.config, &aws.calls, arn).kept()));
        let credentials =
            credentials.ok_or_else(|| failure(FailureKind::Denied, "there are no credentials to sign with"))?;
        Ok(Self {
            client: aws.http()?,
            url: url(&aws.config, name, region),
            target,
            signer: Signer { region: region.to_owned(), name, credentials },
            service,
            calls: aws.calls.clone(),
        })
    }

    /// What the service answers.
    ///
    /// # Errors
    /// When it does not answer before the deadline, refuses, or answers in another shape.
    pub(crate) async fn call<A: DeserializeOwned>(
        &self,
        operation: &str,
        question: &Value,
        deadline: Instant,
    ) -> Result<A, Failure> {
        let question = question.to_string();
        let answer = patiently(deadline, &question, || self.once(operation, &question)).await?;
        let unread = |error: serde_json::Error| format!("the answer to {operation} cannot be read: {error}");
        serde_json::from_slice(&answer).map_err(|error| failure(FailureKind::Rejected, &unread(error)))
    }

    async fn once(&self, operation: &str, question: &str) -> Result<Vec<u8>, Failure> {
        let target = format!("{}.{operation}", self.target);
        let headers = [("content-type", CONTENT_TYPE), ("x-amz-target", &*target)];
        let request = self.client.post(&self.url).timeout(CALL_TIME_MAX).body(question.to_owned());
        let request = self.signer.sign(request, ("POST", &self.url), &headers, question.as_bytes()).await?;
        self.calls.count(self.service);
        let response = request.send().await.map_err(unanswered)?;
        let status = response.status().as_u16();
        let answer = body(response, BODY_BYTES_MAX).await?;
        if status == 200 { Ok(answer) } else { Err(refused(status, &answer)) }
    }
}

fn url(config: &SdkConfig, name: &str, region: &str) -> String {
    let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    let url = config.endpoint_url().map_or_else(|| format!("https://{name}.{region}.{suffix}"), str::to_owned);
    format!("{}/", url.trim_end_matches('/'))
}

fn refused(status: u16, answer: &[u8]) -> Failure {
    let refusal: Refusal = serde_json::from_slice(answer).unwrap_or_default();
    // Some write the shape's whole name, `com.amazonaws.logs#ResourceNotFoundException`.
    let code = refusal.code.rsplit('#').next().unwrap_or_default();
    let detail = if code.is_empty() { format!("HTTP {status}") } else { format!("{code}: {}", refusal.message) };
    failure(kind_of(code, status), &detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: u16, answer: &str, kind: FailureKind, detail: &str) {
        assert_eq!(refused(status, answer.as_bytes()), Failure { kind, detail: detail.to_owned() }, "{answer}");
    }

    #[test]
    fn refusals_say_what_awss_say() {
        let text = r#"{"__type":"com.amazonaws.logs#ResourceNotFoundException","message":"no group"}"#;
        check(400, text, FailureKind::Rejected, "ResourceNotFoundException: no group");
        let text = r#"{"__type":"AccessDeniedException","Message":"not authorized"}"#;
        check(400, text, FailureKind::Denied, "AccessDeniedException: not authorized");
        let text = r#"{"__type":"LimitExceededException","message":"too many queries"}"#;
        check(400, text, FailureKind::Throttled, "LimitExceededException: too many queries");
        check(503, "<html>", FailureKind::Unreachable, "HTTP 503");
    }

    #[test]
    fn addresses_are_the_regions_or_the_one_that_is_set() {
        let config = SdkConfig::builder().build();
        assert_eq!(url(&config, "logs", "eu-central-1"), "https://logs.eu-central-1.amazonaws.com/");
        assert_eq!(url(&config, "logs", "cn-north-1"), "https://logs.cn-north-1.amazonaws.com.cn/");
        let config = SdkConfig::builder().endpoint_url("http://127.0.0.1:4566").build();
        assert_eq!(url(&config, "ce", "us-east-1"), "http://127.0.0.1:4566/");
    }
}
