//! Series as CloudWatch gives them.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use aws::{Aws, Service, Settings};
use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::types::{Dimension, MetricDatum};
use aws_smithy_types::DateTime;
use domain::metric::{Outcome, Query, Series, Value};
use domain::setup::{Source, SourceKind};
use domain::units::{Span, Time, Unit};
use engine::port::{Ask, Sources};
use testkit::stack::Stack;

const BUDGET: Duration = Duration::from_secs(20);

/// Where the points of these tests begin: the latest full hour but two.
fn began() -> Time {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let now = Time::from_epoch(i64::try_from(now.as_secs()).unwrap());
    now.floor(Span::HOUR) - Span::HOUR.times(2)
}

fn source() -> Source {
    let kind = SourceKind::CloudWatch { region: None, account: None, role_arn: None };
    Source { name: "cloudwatch".parse().unwrap(), kind }
}

fn series(metric: &str, statistic: &str, period: Span, dimensions: &[(&str, &str)]) -> Series {
    Series {
        id: format!("shop/{metric}").parse().unwrap(),
        source: "cloudwatch".parse().unwrap(),
        query: Query::CloudWatch {
            namespace: "Shop".to_owned(),
            metric: metric.to_owned(),
            dimensions: dimensions.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
            statistic: statistic.parse().unwrap(),
        },
        period,
        pace: Span::MINUTE,
        unit: Unit::Count,
        sparse: false,
    }
}

/// Puts one value of `Latency` of service `checkout` at a time.
async fn put(client: &Client, at: Time, value: f64) {
    let datum = MetricDatum::builder()
        .metric_name("Latency")
        .dimensions(Dimension::builder().name("Service").value("checkout").build())
        .timestamp(DateTime::from_secs(at.epoch()))
        .storage_resolution(1)
        .value(value)
        .build();
    client.put_metric_data().namespace("Shop").metric_data(datum).send().await.unwrap();
}

/// What each series is over `[from, until)`.
async fn fetch(aws: &Aws, series: &[Series], from: Time, until: Time) -> Vec<Vec<(u32, Value)>> {
    let source = source();
    let asks: Vec<_> = series.iter().map(|series| Ask { series, source: &source, from, until }).collect();
    aws.fetch(&asks, BUDGET)
        .await
        .into_iter()
        .map(|answer| match answer.outcome {
            Outcome::Read(samples) => samples.iter().map(|s| (s.at.since(from).seconds(), s.value)).collect(),
            Outcome::Failed(failure) => panic!("{failure}"),
        })
        .collect()
}

#[tokio::test]
async fn every_statistic_and_period_is_read_from_one_call() {
    let stack = Stack::start();
    let client = Client::new(&stack.config());
    let aws = Aws::new(stack.config(), Settings::default());
    let from = began();
    for (second, value) in [(0, 10.0), (10, 30.0), (61, 5.0), (300, 7.0)] {
        put(&client, from + Span::from_seconds(second), value).await;
    }
    let service: &[_] = &[("Service", "checkout")];
    let asked = [
        series("Latency", "Sum", Span::MINUTE, service),
        series("Latency", "Average", Span::MINUTE, service),
        series("Latency", "Maximum", Span::from_minutes(5), service),
        series("Latency", "Sum", Span::from_seconds(10), service),
        // Other dimensions are another metric, and nobody wrote that.
        series("Latency", "Sum", Span::MINUTE, &[("Service", "checkout"), ("Zone", "a")]),
        series("Nothing", "p99", Span::MINUTE, service),
    ];
    let found = fetch(&aws, &asked, from, from + Span::from_minutes(10)).await;
    let number = Value::Number;
    let mean = |sum, count| Value::Mean { sum, count };
    assert_eq!(found[0], [(0, number(40.0)), (60, number(5.0)), (300, number(7.0))]);
    assert_eq!(found[1], [(0, mean(40.0, 2.0)), (60, mean(5.0, 1.0)), (300, mean(7.0, 1.0))]);
    assert_eq!(found[2], [(0, number(30.0)), (300, number(7.0))]);
    assert_eq!(found[3], [(0, number(10.0)), (10, number(30.0)), (60, number(5.0)), (300, number(7.0))]);
    assert_eq!((&found[4], &found[5]), (&Vec::new(), &Vec::new()));
    assert_eq!(aws.take_counts().requests, [(Service::CloudWatch, 1)]);
}

#[tokio::test]
async fn a_late_point_revises_its_period() {
    let stack = Stack::start();
    let client = Client::new(&stack.config());
    let aws = Aws::new(stack.config(), Settings::default());
    let from = began();
    let asked = [series("Latency", "Average", Span::MINUTE, &[("Service", "checkout")])];
    for (value, sum, count) in [(10.0, 10.0, 1.0), (30.0, 40.0, 2.0)] {
        put(&client, from, value).await;
        let found = fetch(&aws, &asked, from, from + Span::MINUTE).await;
        assert_eq!(found, [[(0, Value::Mean { sum, count })]]);
    }
}
