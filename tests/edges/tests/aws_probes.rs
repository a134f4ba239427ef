//! Checks against servers that answer well, badly, late or not at all, and over TLS.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::time::Duration;

use aws::{Aws, Settings};
use aws_types::SdkConfig;
use domain::metric::{Check, Failure, FailureKind, Outcome, Probe, Query, Reading, Series, Target};
use domain::setup::{Source, SourceKind};
use domain::units::{Span, Time, Unit};
use engine::port::{Answer, Ask, Sources};
use rcgen::{CertificateParams, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

const BUDGET: Duration = Duration::from_secs(10);
const UNTIL: Time = Time::from_epoch(1_900_000_020);

/// An answer that comes after a while.
async fn answer(mut stream: impl AsyncReadExt + AsyncWrite + Unpin, text: &str, after: Duration) {
    let mut request = [0; 1024];
    let _ = stream.read(&mut request).await;
    tokio::time::sleep(after).await;
    let _ = stream.write_all(text.as_bytes()).await;
    let _ = stream.shutdown().await;
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

/// A server that gives this answer to everybody; its port, and how many have come.
async fn serve(text: String, after: Duration) -> (u16, Arc<std::sync::atomic::AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let count = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = count.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let text = text.clone();
            tokio::spawn(async move { answer(stream, &text, after).await });
        }
    });
    (port, count)
}

/// The same over TLS, with a certificate that is good for so many days; the port, and the authority as a file.
async fn serve_tls(days: i64) -> (u16, NamedTempFile) {
    let key = KeyPair::generate().unwrap();
    let mut certificate = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let now = std::time::SystemTime::now();
    let day = Duration::from_hours(24);
    certificate.not_before = (now - day * 90).into();
    let length = day * u32::try_from(days.unsigned_abs()).unwrap();
    certificate.not_after = if days < 0 { now - length } else { now + length }.into();
    let certificate = certificate.self_signed(&key).unwrap();
    let file = NamedTempFile::new().unwrap();
    std::fs::write(file.path(), certificate.pem()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let key = PrivatePkcs8KeyDer::from(key.serialize_der());
    let config = config.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key.into()).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    answer(stream, &ok("ok"), Duration::ZERO).await;
                }
            });
        }
    });
    (port, file)
}

fn aws(authorities: Option<&NamedTempFile>) -> Aws {
    let settings = Settings { authorities: authorities.map(|file| file.path().into()), ..Settings::default() };
    Aws::new(SdkConfig::builder().build(), settings)
}

fn http(url: String, status: Option<u16>, contains: Option<&str>) -> Target {
    Target::Http { url, status, contains: contains.map(str::to_owned) }
}

const ALL: [Reading; 4] = [Reading::Up, Reading::Latency, Reading::Status, Reading::CertificateDays];

/// What the four readings of one check are; `None`: no sample.
async fn read(aws: &Aws, target: Target, budget: Duration) -> Vec<Result<Option<f64>, Failure>> {
    read_and_remark(aws, target, budget).await.0
}

/// The same, and what is remarked.
async fn read_and_remark(aws: &Aws, target: Target, budget: Duration) -> (Vec<Result<Option<f64>, Failure>>, String) {
    let check = Check { target, timeout: Span::from_seconds(1) };
    let series = ALL.map(|reads| Series {
        id: "shop/probe".parse().unwrap(),
        source: "probes".parse().unwrap(),
        query: Query::Probe(Probe { check: check.clone(), reads }),
        period: Span::MINUTE,
        pace: Span::MINUTE,
        unit: Unit::Count,
        sparse: false,
    });
    let source = Source { name: "probes".parse().unwrap(), kind: SourceKind::Probe };
    let until = UNTIL.floor(Span::MINUTE);
    let asks: Vec<Ask<'_>> = series
        .iter()
        .map(|series| Ask { series, source: &source, from: until - Span::from_minutes(10), until })
        .collect();
    let answers = aws.fetch(&asks, budget).await;
    let remark = answers[0].remark.to_string();
    assert!(answers.iter().all(|answer| answer.remark.as_str() == remark));
    let one = |answer: Answer| match answer.outcome {
        Outcome::Read(samples) => {
            assert!(samples.iter().all(|sample| sample.at == until - Span::MINUTE), "of the newest period");
            Ok(samples.first().map(|sample| sample.value.get()))
        }
        Outcome::Failed(failure) => Err(failure),
    };
    (answers.into_iter().map(one).collect(), remark)
}

/// `up` and `status` of a check, and why it is down.
async fn check(target: Target, up: f64, status: Option<f64>, why: &str) {
    let (found, remark) = read_and_remark(&aws(None), target.clone(), BUDGET).await;
    assert!(remark.starts_with(why) && remark.is_empty() == why.is_empty(), "{target:?}: {remark}");
    assert_eq!((&found[0], &found[2], &found[3]), (&Ok(Some(up)), &Ok(status), &Ok(None)), "{target:?}");
    let latency = found[1].clone().unwrap();
    assert_eq!(latency.is_some(), up > 0.0, "{target:?}: only a good answer has a latency");
}

#[tokio::test]
async fn an_answer_is_good_by_status_and_body() {
    let (port, _) = serve(ok("all is well"), Duration::from_millis(30)).await;
    let url = format!("http://127.0.0.1:{port}/health");
    check(http(url.clone(), None, None), 1.0, Some(200.0), "").await;
    check(http(url.clone(), Some(200), Some("is well")), 1.0, Some(200.0), "").await;
    check(http(url.clone(), Some(204), None), 0.0, Some(200.0), "status 200").await;
    check(http(url.clone(), None, Some("is ill")), 0.0, Some(200.0), "body lacks \"is ill\"").await;
    let latency = read(&aws(None), http(url, None, None), BUDGET).await[1].clone().unwrap().unwrap();
    assert!(latency >= 30.0, "{latency}");
    let of = |line: &str| format!("HTTP/1.1 {line}\r\ncontent-length: 0\r\nlocation: /other\r\n\r\n");
    let (port, count) = serve(of("302 Found"), Duration::ZERO).await;
    check(http(format!("http://127.0.0.1:{port}/"), None, None), 1.0, Some(302.0), "").await;
    assert_eq!(count.load(std::sync::atomic::Ordering::SeqCst), 1, "four series share one try, and none follows");
    let (port, _) = serve(of("503 Service Unavailable"), Duration::ZERO).await;
    check(http(format!("http://127.0.0.1:{port}/"), None, None), 0.0, Some(503.0), "status 503").await;
    check(http(format!("http://127.0.0.1:{port}/"), Some(503), None), 1.0, Some(503.0), "").await;
    let cut = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nonly this".to_owned();
    let (port, _) = serve(cut, Duration::ZERO).await;
    check(http(format!("http://127.0.0.1:{port}/"), None, None), 0.0, Some(200.0), "the body is cut off").await;
}

#[tokio::test]
async fn who_does_not_answer_in_time_is_down() {
    let (port, _) = serve(ok(""), Duration::from_secs(5)).await;
    check(http(format!("http://127.0.0.1:{port}/"), None, None), 0.0, None, "no answer within 1s").await;
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = free.local_addr().unwrap().port();
    check(Target::Tcp { host: "127.0.0.1".to_owned(), port }, 1.0, None, "").await;
    drop(free);
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err());
    check(Target::Tcp { host: "127.0.0.1".to_owned(), port }, 0.0, None, "connection refused").await;
    check(http(format!("http://127.0.0.1:{port}/"), None, None), 0.0, None, "connection refused").await;
    check(http("http://there.is.no.such.host.invalid/".to_owned(), None, None), 0.0, None, "failed to lookup address")
        .await;
}

#[tokio::test]
async fn a_certificate_says_how_long_it_is_good() {
    let (port, authority) = serve_tls(30).await;
    let target = http(format!("https://127.0.0.1:{port}/"), None, Some("ok"));
    let found = read(&aws(Some(&authority)), target.clone(), BUDGET).await;
    assert_eq!(found[0], Ok(Some(1.0)), "{found:?}");
    let days = found[3].clone().unwrap().unwrap();
    assert!((29.9..=30.0).contains(&days), "{days}");
    let (stranger, why) = read_and_remark(&aws(None), target, BUDGET).await;
    assert_eq!(why, "certificate: UnknownIssuer");
    assert_eq!((&stranger[0], &stranger[3]), (&Ok(Some(0.0)), &Ok(None)), "an authority that nobody knows");

    let (port, authority) = serve_tls(-2).await;
    let target = http(format!("https://127.0.0.1:{port}/"), None, None);
    let (expired, why) = read_and_remark(&aws(Some(&authority)), target, BUDGET).await;
    assert!(why.starts_with("certificate: "), "{why}");
    assert_eq!((&expired[0], &expired[3]), (&Ok(Some(0.0)), &Ok(Some(0.0))));
}

#[tokio::test]
async fn what_was_not_tried_is_no_outage() {
    let found = read(&aws(None), http("http://127.0.0.1:9/".to_owned(), None, None), Duration::ZERO).await;
    assert!(found.iter().all(|one| matches!(one, Err(Failure { kind: FailureKind::NotAsked, .. }))), "{found:?}");
    let (port, _) = serve(ok(""), Duration::from_secs(5)).await;
    let found =
        read(&aws(None), http(format!("http://127.0.0.1:{port}/"), None, None), Duration::from_millis(200)).await;
    assert!(matches!(found[0], Err(Failure { kind: FailureKind::NotAsked, .. })), "{found:?}");
    let settings = Settings { authorities: Some("/nowhere.pem".into()), ..Settings::default() };
    let broken = Aws::new(SdkConfig::builder().build(), settings);
    let found = read(&broken, http("https://127.0.0.1:9/".to_owned(), None, None), BUDGET).await;
    assert!(matches!(&found[0], Err(failure) if failure.detail.contains("/nowhere.pem cannot be read")), "{found:?}");
}
