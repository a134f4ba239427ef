//! For tests: asks, and an HTTP client that answers in memory and keeps what it was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use aws_types::SdkConfig;
use aws_types::region::Region;
use domain::metric::{Outcome, Query, Series};
use domain::setup::{Source, SourceKind};
use domain::units::{Span, Time, Unit};
use engine::port::{Ask, Sources};

use crate::Aws;

/// A `CloudWatch` series and its source.
pub(crate) fn series(statistic: &str, period_seconds: u32) -> (Series, Source) {
    let series = Series {
        id: "shop/errors".parse().unwrap(),
        source: "cloudwatch".parse().unwrap(),
        query: Query::CloudWatch {
            namespace: "Shop".to_owned(),
            metric: "Errors".to_owned(),
            dimensions: [("Service".to_owned(), "shop".to_owned())].into(),
            statistic: statistic.parse().unwrap(),
        },
        period: Span::from_seconds(period_seconds),
        pace: Span::MINUTE,
        unit: Unit::Count,
        sparse: false,
    };
    let kind = SourceKind::CloudWatch { region: None, account: None, role_arn: None };
    let source = Source { name: series.source.clone(), kind };
    (series, source)
}

/// An ask for `[from, until)`, in seconds since the epoch.
pub(crate) fn ask<'a>(series: &'a Series, source: &'a Source, from: i64, until: i64) -> Ask<'a> {
    Ask { series, source, from: Time::from_epoch(from), until: Time::from_epoch(until) }
}

/// What a source says of each ask, without remarks.
pub(crate) async fn fetched(aws: &Aws, asks: &[Ask<'_>], budget: Duration) -> Vec<Outcome> {
    aws.fetch(asks, budget).await.into_iter().map(|answer| answer.outcome).collect()
}

/// Answers requests in order, the last answer again and again, and keeps the requests.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wire(Arc<Mutex<Script>>);

#[derive(Debug, Default)]
struct Script {
    answers: VecDeque<(u16, &'static str, Vec<u8>)>,
    requests: Vec<(String, Vec<u8>)>,
}

impl Wire {
    /// A wire that gives these answers: status, content type, body.
    pub(crate) fn of(answers: impl IntoIterator<Item = (u16, &'static str, Vec<u8>)>) -> Self {
        Self(Arc::new(Mutex::new(Script { answers: answers.into_iter().collect(), requests: Vec::new() })))
    }

    /// What was asked: address and body.
    pub(crate) fn requests(&self) -> Vec<(String, Vec<u8>)> {
        self.0.lock().unwrap().requests.clone()
    }

    /// A configuration that speaks through this wire.
    pub(crate) fn config(&self) -> SdkConfig {
        let wire = self.clone();
        let keys = Credentials::new("AKID", "secret", None, None, "test");
        SdkConfig::builder()
            .behavior_version(aws_sdk_cloudwatch::config::BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(keys))
            .http_client(http_client_fn(move |_, _| SharedHttpConnector::new(wire.clone())))
            .build()
    }
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut script = self.0.lock().unwrap();
        let body = request.body().bytes().unwrap_or_default().to_vec();
        script.requests.push((request.uri().to_owned(), body));
        let answer =
            if script.answers.len() > 1 { script.answers.pop_front() } else { script.answers.front().cloned() };
        let (status, content_type, body) = answer.expect("the script has an answer");
        let mut response = HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body));
        response.headers_mut().insert("content-type", content_type);
        if content_type.contains("cbor") {
            response.headers_mut().insert("smithy-protocol", "rpc-v2-cbor");
        }
        HttpConnectorFuture::ready(Ok(response))
    }
}

/// One result of `GetMetricData`: query id, status, points.
pub(crate) type Result<'a> = (&'a str, &'a str, &'a [(i64, f64)]);

/// The content type of `GetMetricData`'s answers.
pub(crate) const CBOR: &str = "application/cbor";

/// An answer of `GetMetricData` as it comes over the wire, and as the page before `next` if there is one.
pub(crate) fn metric_page(results: &[Result<'_>], next: Option<&str>) -> (u16, &'static str, Vec<u8>) {
    let mut encoder = aws_smithy_cbor::Encoder::new(Vec::new());
    encoder.begin_map();
    if let Some(token) = next {
        encoder.str("NextToken").str(token);
    }
    encoder.str("MetricDataResults").array(results.len());
    for (id, status, points) in results {
        encoder.map(5).str("Id").str(id).str("Label").str("shop/errors").str("StatusCode").str(status);
        encoder.str("Timestamps").array(points.len());
        for (at, _) in *points {
            encoder.timestamp(&aws_smithy_types::DateTime::from_secs(*at));
        }
        encoder.str("Values").array(points.len());
        for (_, value) in *points {
            encoder.double(*value);
        }
    }
    encoder.end();
    (200, CBOR, encoder.into_writer())
}

/// An error of `GetMetricData` as it comes over the wire.
pub(crate) fn metric_error(status: u16, code: &str) -> (u16, &'static str, Vec<u8>) {
    let mut encoder = aws_smithy_cbor::Encoder::new(Vec::new());
    encoder.begin_map().str("__type").str(code).str("message").str("words").end();
    (status, CBOR, encoder.into_writer())
}
