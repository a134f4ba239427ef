//! What one call of 500 queries costs a collector: plan, request, signature, answer, outcomes; the network left out.

use std::fmt::Debug;
use std::str::FromStr;
use std::time::Duration;

use aws::{Aws, Settings};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::DateTime;
use aws_smithy_types::body::SdkBody;
use domain::metric::{Outcome, Query, Series};
use domain::setup::{Source, SourceKind};
use domain::units::{Span, Time, Unit};
use engine::port::{Answer, Ask, Sources};

use crate::cpu;
use crate::rows;
use crate::table::Verdict;

/// Queries of the call; half of them are the two of an average.
const QUERIES: usize = 500;
/// One-minute points of each, as a look-back of ten minutes brings them.
const POINTS: u32 = 10;
/// Calls that are measured together, since the clock of a thread moves in steps of some milliseconds.
const CALLS: u32 = 50;
/// How often they are measured; the first time warms up.
const ROUNDS: usize = 12;
const MILLISECONDS_MAX: f64 = 2.0;
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

fn name<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect("a valid name")
}

fn series(number: usize) -> Series {
    Series {
        id: name(&format!("shop-checkout-{number}/errors")),
        source: name("cloudwatch"),
        query: Query::CloudWatch {
            namespace: "Shop".to_owned(),
            metric: "Errors".to_owned(),
            dimensions: [("Service".to_owned(), format!("shop-checkout-{number}"))].into(),
            statistic: name(if number < QUERIES / 4 { "Average" } else { "Sum" }),
        },
        period: Span::MINUTE,
        pace: Span::MINUTE,
        unit: Unit::Count,
        sparse: false,
    }
}

/// Measures and prints.
pub(crate) async fn measure() {
    let canned = Canned(answer());
    let bytes = canned.0.len();
    let aws = Aws::new(rows::settings(canned), Settings::default());
    let series: Vec<_> = (0..QUERIES * 3 / 4).map(series).collect();
    let kind = SourceKind::CloudWatch { region: None, account: None, role_arn: None };
    let source = Source { name: name("cloudwatch"), kind };
    let asks: Vec<_> = series
        .iter()
        .map(|series| Ask { series, source: &source, from: FROM, until: FROM + Span::from_minutes(POINTS) })
        .collect();
    let complete =
        |answer: &Answer| matches!(&answer.outcome, Outcome::Read(samples) if samples.len() == POINTS as usize);
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let before = cpu::of_this_thread();
        for _ in 0..CALLS {
            let outcomes = aws.fetch(&asks, Duration::from_mins(1)).await;
            assert!(outcomes.iter().all(complete), "every ask is read whole");
        }
        times.push(cpu::of_this_thread().saturating_sub(before) / CALLS);
    }
    let requests = aws.take_counts().requests[0].1;
    assert_eq!(requests, u64::from(CALLS) * ROUNDS as u64, "one request a call");
    let median = cpu::median(times.split_off(1)).as_secs_f64() * 1000.0;
    println!("\nA collector's call: {QUERIES} queries x {POINTS} points, an answer of {bytes} bytes");
    println!("  ms of CPU, median of {ROUNDS}: {}", Verdict::at_most(median, MILLISECONDS_MAX));
}
