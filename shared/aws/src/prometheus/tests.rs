use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc;
use std::time::Duration;

use domain::metric::{Query, Sample, Series};
use domain::notification::Secret;

use super::*;
use crate::aws::Settings;
use crate::calls::Service;
use crate::wire::{Wire, ask, fetched, series};

const BUDGET: Duration = Duration::from_secs(10);
const EMPTY: &str = r#"{"status":"success","data":{"resultType":"matrix","result":[]}}"#;

/// A server that gives these answers (status, body) one after another, the last one for ever, and sends what it was
/// asked: head and body.
fn serve(answers: Vec<(u16, Vec<u8>)>) -> (String, mpsc::Receiver<(String, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for (number, connection) in listener.incoming().enumerate() {
            let mut reader = BufReader::new(connection.unwrap());
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                reader.read_line(&mut head).unwrap();
            }
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let mut body = vec![0; length.unwrap().parse().unwrap()];
            reader.read_exact(&mut body).unwrap();
            let _ = sender.send((head, String::from_utf8(body).unwrap()));
            let (status, answer) = &answers[number.min(answers.len() - 1)];
            let length = answer.len();
            let head = format!("HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
            let _ = reader.get_mut().write_all(&[head.as_bytes(), answer].concat());
        }
    });
    (url, receiver)
}

fn prometheus(url: &str, auth: PrometheusAuth) -> (Series, Source) {
    let (mut series, mut source) = series("Sum", 60);
    series.query = Query::Prometheus { expression: "sum(rate(errors[1m]))".to_owned() };
    source.kind = SourceKind::Prometheus { url: url.to_owned(), auth };
    (series, source)
}

fn aws(secret: &str) -> Aws {
    let body = format!(r#"{{"Parameter":{{"Name":"/a","Value":"{secret}"}}}}"#);
    let wire = Wire::of([(200, "application/x-amz-json-1.1", body.into_bytes())]);
    Aws::new(wire.config(), Settings::default())
}

async fn check(answers: Vec<(u16, Vec<u8>)>, expected: Result<&[(i64, f64)], FailureKind>) {
    let (url, _requests) = serve(answers);
    let (series, source) = prometheus(&url, PrometheusAuth::None);
    let outcome = fetched(&aws(""), &[ask(&series, &source, 0, 600)], BUDGET).await.remove(0);
    let found = match &outcome {
        Outcome::Read(samples) => Ok(samples.iter().map(|s| (s.at.epoch(), s.value.get())).collect()),
        Outcome::Failed(failure) => Err(failure.kind),
    };
    assert_eq!(found, expected.map(<[_]>::to_vec), "{outcome:?}");
}

#[tokio::test]
async fn answers_become_outcomes() {
    let matrix = br#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},
        "values":[[60,"1"],[120,"NaN"],[600,"2"],[660,"3"]]}]}}"#;
    check(vec![(200, matrix.to_vec())], Ok(&[(0, 1.0), (540, 2.0)])).await;
    check(vec![(200, EMPTY.into())], Ok(&[])).await;
    check(vec![(429, b"".to_vec()), (503, b"".to_vec()), (200, EMPTY.into())], Ok(&[])).await;
    check(vec![(400, b"".to_vec())], Err(FailureKind::Rejected)).await;
    check(vec![(401, b"".to_vec())], Err(FailureKind::Denied)).await;
}

#[tokio::test]
async fn an_answer_above_the_limit_is_refused() {
    let mut body = EMPTY.as_bytes().to_vec();
    body.resize(BODY_BYTES_MAX, b' ');
    check(vec![(200, body.clone())], Ok(&[])).await;
    body.push(b' ');
    check(vec![(200, body)], Err(FailureKind::Rejected)).await;
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (series, source) = prometheus(&format!("http://{closed}"), PrometheusAuth::None);
    let aws = aws("");
    let outcome = fetched(&aws, &[ask(&series, &source, 0, 60)], BUDGET).await.remove(0);
    let Outcome::Failed(failure) = outcome else { panic!("{outcome:?}") };
    assert_eq!(failure.kind, FailureKind::Unreachable);
    assert!(failure.detail.contains("refused") && !failure.detail.contains("http"), "{failure}");
    assert_eq!(aws.take_counts().requests, [(Service::Prometheus, 3)]);
}

#[tokio::test]
async fn a_server_that_hangs_is_timed_out_and_the_rest_not_asked() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (series, source) = prometheus(&url, PrometheusAuth::None);
    let asks = vec![ask(&series, &source, 0, 60); QUERIES_AT_ONCE_MAX + 1];
    let outcomes = fetched(&aws(""), &asks, Duration::from_millis(300)).await;
    let kinds: Vec<_> = outcomes
        .iter()
        .map(|outcome| match outcome {
            Outcome::Failed(failure) => failure.kind,
            Outcome::Read(_) => panic!("{outcome:?}"),
        })
        .collect();
    assert_eq!(kinds[..QUERIES_AT_ONCE_MAX], [FailureKind::TimedOut; QUERIES_AT_ONCE_MAX]);
    assert_eq!(kinds[QUERIES_AT_ONCE_MAX], FailureKind::NotAsked);
}

async fn head_with(auth: PrometheusAuth) -> String {
    let (url, requests) = serve(vec![(200, EMPTY.into())]);
    let (series, source) = prometheus(&url, auth);
    let outcomes = fetched(&aws("hunter2"), &[ask(&series, &source, 0, 600)], BUDGET).await;
    assert_eq!(outcomes, [Outcome::Read(Vec::<Sample>::new())]);
    let (head, body) = requests.recv().unwrap();
    assert!(head.starts_with("POST /api/v1/query_range HTTP/1.1\r\n"), "{head}");
    assert_eq!(body, "query=sum%28rate%28errors%5B1m%5D%29%29&start=60&end=600&step=60");
    head
}

#[tokio::test]
async fn requests_prove_who_asks() {
    let secret = || Secret::Ssm("/a".to_owned());
    assert!(!head_with(PrometheusAuth::None).await.contains("authorization"));
    let head = head_with(PrometheusAuth::Bearer(secret())).await;
    assert!(head.contains("authorization: Bearer hunter2\r\n"), "{head}");
    let basic = PrometheusAuth::Basic { username: "me".to_owned(), password: secret() };
    let head = head_with(basic).await;
    assert!(head.contains("authorization: Basic bWU6aHVudGVyMg==\r\n"), "{head}");
    let region = "eu-west-1".to_owned();
    let head = head_with(PrometheusAuth::SigV4 { region }).await;
    assert!(head.contains("authorization: AWS4-HMAC-SHA256 Credential=AKID/"), "{head}");
    assert!(head.contains("/eu-west-1/aps/aws4_request"), "{head}");
    assert!(head.contains("x-amz-date: "), "{head}");
}

#[tokio::test]
async fn a_refused_secret_is_read_anew_next_time() {
    let (url, _requests) = serve(vec![(401, b"".to_vec())]);
    let (series, source) = prometheus(&url, PrometheusAuth::Bearer(Secret::Ssm("/a".to_owned())));
    let aws = aws("old");
    for _ in 0..2 {
        fetched(&aws, &[ask(&series, &source, 0, 600)], BUDGET).await;
    }
    assert_eq!(aws.take_counts().requests, [(Service::Prometheus, 2), (Service::Ssm, 2)]);
}

#[tokio::test]
async fn an_authority_that_cannot_be_read_is_named() {
    let wire = Wire::of([]);
    let settings = Settings { authorities: Some("/nowhere/roots.pem".into()), ..Settings::default() };
    let (series, source) = prometheus("https://127.0.0.1:1", PrometheusAuth::None);
    let aws = Aws::new(wire.config(), settings);
    let outcomes = fetched(&aws, &[ask(&series, &source, 0, 60)], BUDGET).await;
    assert!(
        matches!(&outcomes[0], Outcome::Failed(failure) if failure.detail.contains("/nowhere/roots.pem")),
        "{outcomes:?}"
    );
}
