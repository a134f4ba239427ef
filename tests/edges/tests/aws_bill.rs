//! The bill as Cost Explorer gives it: its answers are those of the API reference, cut to what is read.

#![allow(clippy::unwrap_used)]

mod json_server;

use std::time::Duration;

use aws::{Aws, Service, Settings};
use domain::metric::{CostQuery, CostReading, Failure, FailureKind, Outcome, Query, Series};
use domain::setup::{Source, SourceKind};
use domain::units::{Span, Time, Unit};
use engine::port::{Ask, Sources};
use json_server::{Asked, serve};
use serde_json::{Value, json};

const BUDGET: Duration = Duration::from_secs(10);
const SCOPE: &str = "us-east-1/ce/aws4_request";

fn cost(service: Option<&str>, account: Option<&str>, reads: CostReading) -> Series {
    let (service, account) = (service.map(str::to_owned), account.map(str::to_owned));
    Series {
        id: "shop/cost".parse().unwrap(),
        source: "bill".parse().unwrap(),
        query: Query::Cost(CostQuery { service, account, reads }),
        period: Span::DAY,
        pace: Span::HOUR,
        unit: Unit::Dollars,
        sparse: false,
    }
}

fn day(date: &str, services: &[(&str, &str)]) -> Value {
    let groups: Vec<Value> = services
        .iter()
        .map(|(service, amount)| {
            json!({"Keys": [service], "Metrics": {"UnblendedCost": {"Amount": amount, "Unit": "USD"}}})
        })
        .collect();
    json!({"Estimated": true, "Groups": groups, "TimePeriod": {"Start": date, "End": "2026-02-09"}, "Total": {}})
}

/// What each series is over these days: day of the month and dollars.
async fn fetch(
    answer: impl Fn(usize, &str, &Value) -> (u16, Value) + Send + Sync + 'static,
    series: &[(Series, &str, &str)],
) -> (Vec<Result<Vec<(String, f64)>, Failure>>, Vec<(String, Value)>) {
    let (config, asked): (_, Asked) = serve(SCOPE, answer).await;
    let aws = Aws::new(config, Settings::default());
    let source = Source { name: "bill".parse().unwrap(), kind: SourceKind::CostExplorer { role_arn: None } };
    let time = |date: &str| -> Time { format!("{date}T00:00:00Z").parse().unwrap() };
    let asks: Vec<_> = series
        .iter()
        .map(|(series, from, until)| Ask { series, source: &source, from: time(from), until: time(until) })
        .collect();
    let answers = aws.fetch(&asks, BUDGET).await;
    let found = answers.into_iter().map(|answer| match answer.outcome {
        Outcome::Read(samples) => {
            let date = |at: Time| at.to_string()[..10].to_owned();
            Ok(samples.iter().map(|sample| (date(sample.at), sample.value.get())).collect())
        }
        Outcome::Failed(failure) => Err(failure),
    });
    let found = found.collect();
    let asked = asked.lock().unwrap().clone();
    assert_eq!(aws.take_counts().requests, [(Service::CostExplorer, asked.len() as u64)]);
    (found, asked)
}

fn check(found: &Result<Vec<(String, f64)>, Failure>, expected: &[(&str, f64)]) {
    let found = found.as_ref().map(|points| points.iter().map(|(date, number)| (&**date, *number)).collect::<Vec<_>>());
    assert_eq!(found, Ok(expected.to_vec()));
}

#[tokio::test]
async fn series_of_an_account_share_one_request_with_its_pages() {
    let answer = |before: usize, _: &str, body: &Value| match (before, body["NextPageToken"].as_str()) {
        (0, None) => {
            let first = day("2026-01-31", &[("AWS Lambda", "0.5"), ("Amazon DynamoDB", "1.25")]);
            (200, json!({"ResultsByTime": [first], "NextPageToken": "more"}))
        }
        (1, Some("more")) => {
            let days = [day("2026-02-01", &[("AWS Lambda", "2")]), day("2026-02-02", &[("Amazon DynamoDB", "0.75")])];
            (200, json!({"ResultsByTime": days}))
        }
        _ => (400, json!({"__type": "WrongRequest", "message": "a page is asked again"})),
    };
    let lambda = Some("AWS Lambda");
    let (found, asked) = fetch(
        answer,
        &[
            (cost(None, None, CostReading::Day), "2026-01-31", "2026-02-03"),
            (cost(lambda, None, CostReading::Day), "2026-01-31", "2026-02-03"),
            (cost(None, None, CostReading::MonthToDate), "2026-02-01", "2026-02-03"),
        ],
    )
    .await;
    check(&found[0], &[("2026-01-31", 1.75), ("2026-02-01", 2.0), ("2026-02-02", 0.75)]);
    check(&found[1], &[("2026-01-31", 0.5), ("2026-02-01", 2.0), ("2026-02-02", 0.0)]);
    check(&found[2], &[("2026-02-01", 2.0), ("2026-02-02", 2.75)]);
    assert_eq!(asked.len(), 2);
    assert_eq!(
        asked[0],
        (
            "GetCostAndUsage".to_owned(),
            json!({
                "TimePeriod": {"Start": "2026-01-31", "End": "2026-02-03"}, "Granularity": "DAILY",
                "Metrics": ["UnblendedCost"], "GroupBy": [{"Type": "DIMENSION", "Key": "SERVICE"}]
            })
        )
    );
}

#[tokio::test]
async fn the_month_so_far_is_read_from_its_first_day_on() {
    let answer = |_: usize, _: &str, body: &Value| {
        assert_eq!(body["TimePeriod"], json!({"Start": "2026-02-01", "End": "2026-02-04"}));
        let days = ["2026-02-01", "2026-02-02", "2026-02-03"].map(|date| day(date, &[("AWS Lambda", "2")]));
        (200, json!({"ResultsByTime": days}))
    };
    let so_far = (cost(None, None, CostReading::MonthToDate), "2026-02-03", "2026-02-04");
    check(&fetch(answer, &[so_far]).await.0[0], &[("2026-02-03", 6.0)]);
}

#[tokio::test]
async fn a_forecast_is_what_is_over_and_what_is_left() {
    let answer = |_: usize, operation: &str, body: &Value| match operation {
        "GetCostForecast" => {
            let days = json!([{"MeanValue": "30", "TimePeriod": {"Start": "2026-02-03", "End": "2026-02-04"}}]);
            assert_eq!(body["TimePeriod"], json!({"Start": "2026-02-03", "End": "2026-03-01"}));
            assert_eq!((&body["Metric"], &body["Granularity"]), (&json!("UNBLENDED_COST"), &json!("DAILY")));
            (200, json!({"Total": {"Amount": "30.5", "Unit": "USD"}, "ForecastResultsByTime": days}))
        }
        _ => {
            assert_eq!(body["TimePeriod"], json!({"Start": "2026-02-01", "End": "2026-02-03"}));
            let services = [("AWS Lambda", "2"), ("Amazon DynamoDB", "1")];
            (200, json!({"ResultsByTime": [day("2026-02-01", &services), day("2026-02-02", &services)]}))
        }
    };
    let (lambda, account) = (Some("AWS Lambda"), Some("123456789012"));
    let forecast = |service| (cost(service, account, CostReading::MonthForecast), "2026-02-02", "2026-02-03");
    let (found, asked) = fetch(answer, &[forecast(None), forecast(lambda), forecast(None)]).await;
    check(&found[0], &[("2026-02-02", 36.5)]);
    check(&found[1], &[("2026-02-02", 34.5)]);
    assert_eq!(found[2], found[0]);
    assert_eq!(asked.len(), 3, "the days, and a forecast each: {asked:?}");
    let of = |key: &str, value: &str| json!({"Dimensions": {"Key": key, "Values": [value]}});
    let filters: Vec<&Value> = asked.iter().map(|(_, body)| &body["Filter"]).collect();
    let account = of("LINKED_ACCOUNT", "123456789012");
    let both = json!({"And": [account, of("SERVICE", "AWS Lambda")]});
    assert!(filters.contains(&&account) && filters.contains(&&both), "{filters:?}");
}

#[tokio::test]
async fn what_is_no_bill_in_dollars_is_a_failure() {
    async fn check(status: u16, answer: Value, kind: FailureKind, detail: &str) {
        let day = (cost(None, None, CostReading::Day), "2026-02-01", "2026-02-03");
        let (found, _) = fetch(move |_, _, _| (status, answer.clone()), &[day]).await;
        let failure = found[0].clone().unwrap_err();
        assert_eq!(failure.kind, kind, "{failure}");
        assert!(failure.detail.contains(detail), "{failure}");
    }
    let yuan = json!([{"Keys": ["Amazon EC2"], "Metrics": {"UnblendedCost": {"Amount": "1", "Unit": "CNY"}}}]);
    let days = json!({"ResultsByTime": [{"TimePeriod": {"Start": "2026-02-01", "End": "2026-02-02"}, "Groups": yuan}]});
    check(200, days, FailureKind::Rejected, "the bill is in CNY; only USD is read").await;
    let denied = json!({"__type": "AccessDeniedException", "Message": "not authorized to perform: ce:GetCostAndUsage"});
    check(400, denied, FailureKind::Denied, "not authorized to perform").await;
    check(200, json!({"ResultsByTime": [], "NextPageToken": "again"}), FailureKind::Partial, "more than 10 pages")
        .await;
}
