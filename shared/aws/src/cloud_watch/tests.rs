use std::time::Duration;

use domain::metric::{FailureKind, Sample, Value};
use domain::setup::SourceKind;
use domain::units::Time;

use super::*;
use crate::aws::{Aws, Settings};
use crate::calls::Service;
use crate::wire::{Wire, ask, fetched, metric_error, metric_page, series};

const BUDGET: Duration = Duration::from_secs(30);

/// What a lone series of sums over `[0, 600)` becomes when these answers are given, and in how many requests.
async fn fetch(answers: Vec<(u16, &'static str, Vec<u8>)>, budget: Duration) -> (Outcome, usize) {
    let wire = Wire::of(answers);
    let aws = Aws::new(wire.config(), Settings::default());
    let (series, source) = series("Sum", 60);
    let outcome = fetched(&aws, &[ask(&series, &source, 0, 600)], budget).await.remove(0);
    (outcome, wire.requests().len())
}

async fn check(
    answers: Vec<(u16, &'static str, Vec<u8>)>,
    expected: Result<&[(i64, f64)], FailureKind>,
    requests: usize,
) {
    let (outcome, asked) = fetch(answers, BUDGET).await;
    let found = match &outcome {
        Outcome::Read(samples) => Ok(samples.iter().map(|s| (s.at.epoch(), s.value.get())).collect()),
        Outcome::Failed(failure) => Err(failure.kind),
    };
    assert_eq!((found, asked), (expected.map(<[_]>::to_vec), requests), "{outcome:?}");
}

#[tokio::test]
async fn pages_are_read_to_the_end() {
    let pages = vec![
        metric_page(&[("q0", "PartialData", &[(0, 1.0)])], Some("a")),
        metric_page(&[], Some("b")),
        metric_page(&[("q0", "Complete", &[(60, 2.0)])], None),
    ];
    check(pages, Ok(&[(0, 1.0), (60, 2.0)]), 3).await;
    let endless = vec![metric_page(&[("q0", "Complete", &[(0, 1.0)])], Some("a"))];
    check(endless, Err(FailureKind::Partial), call::PAGES_MAX).await;
}

#[tokio::test]
async fn each_page_is_asked_for_by_its_token() {
    let complete: &[crate::wire::Result<'_>] = &[("q0", "Complete", &[(0, 1.0)])];
    let wire = Wire::of([metric_page(complete, Some("token-of-page-2")), metric_page(complete, None)]);
    let aws = Aws::new(wire.config(), Settings::default());
    let (series, source) = series("Sum", 60);
    fetched(&aws, &[ask(&series, &source, 0, 600)], BUDGET).await;
    let asked: Vec<bool> =
        wire.requests().iter().map(|(_, body)| body.windows(15).any(|part| part == b"token-of-page-2")).collect();
    assert_eq!(asked, [false, true]);
}

#[tokio::test]
async fn throttling_is_waited_out() {
    let answers = vec![
        metric_error(400, "Throttling"),
        metric_error(503, "ServiceUnavailable"),
        metric_page(&[("q0", "Complete", &[(0, 1.0)])], None),
    ];
    check(answers, Ok(&[(0, 1.0)]), 3).await;
}

#[tokio::test]
async fn throttling_to_the_end_is_named() {
    let (outcome, requests) = fetch(vec![metric_error(400, "Throttling")], Duration::from_millis(700)).await;
    let Outcome::Failed(failure) = outcome else { panic!("{outcome:?}") };
    assert_eq!(failure.kind, FailureKind::Throttled);
    assert_eq!(failure.detail, "Throttling: words");
    assert!(requests >= 2);
}

#[tokio::test]
async fn failures_are_not_empty_answers() {
    check(vec![metric_page(&[("q0", "Complete", &[])], None)], Ok(&[]), 1).await;
    check(vec![metric_page(&[("q0", "PartialData", &[(0, 1.0)])], None)], Err(FailureKind::Partial), 1).await;
    check(vec![metric_page(&[], None)], Err(FailureKind::Partial), 1).await;
    check(vec![metric_error(403, "AccessDenied")], Err(FailureKind::Denied), 1).await;
    check(vec![metric_error(400, "InvalidParameterValue")], Err(FailureKind::Rejected), 1).await;
    check(vec![metric_error(500, "InternalFailure")], Err(FailureKind::Unreachable), 3).await;
    check(vec![(200, crate::wire::CBOR, b"\xff\xff".to_vec())], Err(FailureKind::Rejected), 1).await;
}

#[tokio::test]
async fn without_time_nothing_is_asked() {
    let (outcome, requests) = fetch(vec![metric_page(&[], None)], Duration::ZERO).await;
    assert!(matches!(outcome, Outcome::Failed(failure) if failure.kind == FailureKind::NotAsked));
    assert_eq!(requests, 0);
}

/// A query that is refused fails alone: its call is halved until it stands by itself.
#[tokio::test]
async fn one_refused_query_does_not_blind_the_others() {
    let page = |results: &[_]| metric_page(results, None);
    // Four series; the call, then its halves, then the quarters of the half that holds the bad one.
    let wire = Wire::of([
        metric_error(400, "InvalidParameterValue"),
        metric_error(400, "InvalidParameterValue"),
        page(&[("q0", "Complete", &[(0, 3.0)]), ("q1", "Complete", &[(0, 4.0)])]),
        metric_error(400, "InvalidParameterValue"),
        page(&[("q0", "Complete", &[(0, 2.0)])]),
    ]);
    let aws = Aws::new(wire.config(), Settings::default());
    let (series, source) = series("Sum", 60);
    let asks = vec![ask(&series, &source, 0, 600); 4];
    let outcomes = fetched(&aws, &asks, BUDGET).await;
    let numbers: Vec<_> = outcomes
        .iter()
        .map(|outcome| match outcome {
            Outcome::Read(samples) => Ok(samples[0].value.get()),
            Outcome::Failed(failure) => Err(failure.kind),
        })
        .collect();
    assert_eq!(numbers, [Err(FailureKind::Rejected), Ok(2.0), Ok(3.0), Ok(4.0)]);
    assert_eq!(aws.take_counts().requests, [(Service::CloudWatch, 5)]);
}

#[tokio::test]
async fn a_source_that_refuses_everything_is_not_asked_query_by_query() {
    let wire = Wire::of([metric_error(400, "InvalidParameterValue")]);
    let aws = Aws::new(wire.config(), Settings::default());
    let (series, source) = series("Sum", 60);
    let asks = vec![ask(&series, &source, 0, 600); plan::QUERIES_MAX];
    let outcomes = fetched(&aws, &asks, BUDGET).await;
    let refused =
        |outcome: &Outcome| matches!(outcome, Outcome::Failed(failure) if failure.kind == FailureKind::Rejected);
    assert!(outcomes.iter().all(refused));
    assert_eq!(wire.requests().len(), 1 + HALVES_MAX);
}

#[tokio::test]
async fn what_is_no_number_is_dropped_and_counted() {
    let wire = Wire::of([metric_page(
        &[
            ("q0", "Complete", &[(0, 6.0), (60, f64::NAN), (120, 1.0)]),
            ("q1", "Complete", &[(0, 3.0), (60, 1.0), (120, 0.0)]),
        ],
        None,
    )]);
    let aws = Aws::new(wire.config(), Settings::default());
    let (series, source) = series("Average", 60);
    let outcomes = fetched(&aws, &[ask(&series, &source, 0, 600)], BUDGET).await;
    let mean = Sample { at: Time::from_epoch(0), value: Value::Mean { sum: 6.0, count: 3.0 } };
    assert_eq!(outcomes, [Outcome::Read(vec![mean])]);
    assert_eq!(aws.take_counts().samples_dropped, 2);
}

const ASSUMED: &str = r#"<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
    <Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
    <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"#;
const REFUSED: &str = r#"<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
    <Code>AccessDenied</Code><Message>not authorized to perform sts:AssumeRole</Message></Error></ErrorResponse>"#;

async fn with_role(answers: Vec<(u16, &'static str, Vec<u8>)>) -> (Vec<Outcome>, Aws) {
    let aws = Aws::new(Wire::of(answers).config(), Settings::default());
    let (series, mut source) = series("Sum", 60);
    source.kind = SourceKind::CloudWatch {
        region: Some("eu-west-1".to_owned()),
        account: None,
        role_arn: Some("arn:aws:iam::222222222222:role/read".to_owned()),
    };
    let mut outcomes = Vec::new();
    for _ in 0..2 {
        outcomes.extend(fetched(&aws, &[ask(&series, &source, 0, 600)], BUDGET).await);
    }
    (outcomes, aws)
}

#[tokio::test]
async fn a_role_is_assumed_once_for_all_calls() {
    let page = metric_page(&[("q0", "Complete", &[(0, 1.0)])], None);
    let (outcomes, aws) = with_role(vec![(200, "text/xml", ASSUMED.into()), page]).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Read(_))), "{outcomes:?}");
    assert_eq!(aws.take_counts().requests, [(Service::CloudWatch, 2), (Service::Sts, 1)]);
}

#[tokio::test]
async fn a_role_that_is_refused_is_a_refusal() {
    let (outcomes, _) = with_role(vec![(403, "text/xml", REFUSED.into())]).await;
    let Outcome::Failed(failure) = &outcomes[0] else { panic!("{outcomes:?}") };
    assert_eq!(failure.kind, FailureKind::Denied);
    assert!(failure.detail.contains("role/read cannot be assumed: AccessDenied"), "{failure}");
}
