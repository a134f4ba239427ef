//! What one call of 500 queries costs a collector: plan, request, signature, answer, outcomes; the network left out.
//!
//! `cargo run --release -p tocsin-aws --example fetch_500` prints CPU time a call; at most 2 ms is the goal.

use std::error::Error;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::DateTime;
use aws_smithy_types::body::SdkBody;
use aws_types::SdkConfig;
use aws_types::region::Region;
use domain::metric::{Outcome, Query, Series};
use domain::setup::{Source, SourceKind};
use domain::units::{Span, Time, Unit};
use engine::port::{Ask, Sources};
use tocsin_aws::{Aws, Settings};

/// Queries of the call; half of them are the two of an average.
const QUERIES: usize = 500;
/// One-minute points of each, as a look-back of ten minutes brings them.
const POINTS: u32 = 10;
/// Calls that are measured together, since the clock of a thread moves in steps of some milliseconds.
const CALLS: u32 = 50;
/// How often they are measured; the first time warms up.
const ROUNDS: usize = 12;
const FROM: Time = Time::from_epoch(1_769_868_000);

/// Gives the same answer to every request.
#[derive(Debug, Clone)]
struct Canned(Vec<u8>);

impl HttpConnector for Canned {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        let status = 200_u16.try_into().expect("a status");
        let mut response = HttpResponse::new(status, SdkBody::from(self.0.clone()));
        response.headers_mut().insert("content-type", "application/cbor");
        response.headers_mut().insert("smithy-protocol", "rpc-v2-cbor");
        HttpConnectorFuture::ready(Ok(response))
    }
}

/// An answer as CloudWatch writes it.
fn answer() -> Vec<u8> {
    let mut encoder = aws_smithy_cbor::Encoder::new(Vec::new());
    encoder.begin_map().str("MetricDataResults").array(QUERIES);
    for query in 0..QUERIES {
        encoder.map(5).str("Id").str(&format!("q{query}")).str("Label").str("shop-checkout/errors");
        encoder.str("StatusCode").str("Complete").str("Timestamps").array(POINTS as usize);
        for minute in 0..POINTS {
            encoder.timestamp(&DateTime::from_secs((FROM + Span::from_minutes(minute)).epoch()));
        }
        encoder.str("Values").array(POINTS as usize);
        for minute in 0..POINTS {
            encoder.double(f64::from(minute + 1) * 17.25);
        }
    }
    encoder.str("Messages").array(0).end();
    encoder.into_writer()
}

fn series(number: usize) -> Result<Series, Box<dyn Error>> {
    Ok(Series {
        id: format!("shop-checkout-{number}/errors").parse()?,
        source: "cloudwatch".parse()?,
        query: Query::CloudWatch {
            namespace: "Shop".to_owned(),
            metric: "Errors".to_owned(),
            dimensions: [("Service".to_owned(), format!("shop-checkout-{number}"))].into(),
            statistic: if number < QUERIES / 4 { "Average" } else { "Sum" }.parse()?,
        },
        period: Span::MINUTE,
        pace: Span::MINUTE,
        unit: Unit::Count,
    })
}

/// CPU time of this thread, on which everything runs.
fn cpu() -> Result<Duration, Box<dyn Error>> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds = text.split_whitespace().next().ok_or("an empty schedstat")?;
    Ok(Duration::from_nanos(nanoseconds.parse()?))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let canned = Canned(answer());
    let bytes = canned.0.len();
    let keys = Credentials::new("AKID", "secret", None, None, "bench");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(keys))
        .http_client(http_client_fn(move |_, _| SharedHttpConnector::new(canned.clone())))
        .build();
    let aws = Aws::new(config, Settings::default());
    let series = (0..QUERIES * 3 / 4).map(series).collect::<Result<Vec<_>, _>>()?;
    let kind = SourceKind::CloudWatch { region: None, account: None, role_arn: None };
    let source = Source { name: "cloudwatch".parse()?, kind };
    let asks: Vec<_> = series
        .iter()
        .map(|series| Ask { series, source: &source, from: FROM, until: FROM + Span::from_minutes(POINTS) })
        .collect();
    let complete = |outcome: &Outcome| matches!(outcome, Outcome::Read(samples) if samples.len() == POINTS as usize);
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let before = cpu()?;
        for _ in 0..CALLS {
            let outcomes = aws.fetch(&asks, Duration::from_mins(1)).await;
            assert!(outcomes.iter().all(complete), "every ask is read whole");
        }
        times.push(cpu()?.saturating_sub(before) / CALLS);
    }
    let requests = aws.take_counts().requests[0].1;
    assert_eq!(requests, u64::from(CALLS) * ROUNDS as u64, "one request a call");
    let mut times = times.split_off(1);
    times.sort();
    let (median, most) = (times[times.len() / 2], times[times.len() - 1]);
    println!("{QUERIES} queries x {POINTS} points, {bytes} bytes: CPU a call median {median:?}, at most {most:?}");
    Ok(())
}
