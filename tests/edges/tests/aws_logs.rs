//! Logs: lines as the local stack gives them, and queries as the API reference answers them.

#![allow(clippy::unwrap_used)]

mod json_server;

use std::time::Duration;

use aws::{Aws, Service, Settings};
use aws_credential_types::Credentials;
use aws_sdk_s3::primitives::ByteStream;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use domain::metric::{Failure, FailureKind, LogQuery, LogReading, Outcome, Query, Series, TemplateReading};
use domain::setup::{Source, SourceKind};
use domain::units::{Span, Time, Unit};
use engine::port::{Answer, Ask, Sources};
use json_server::serve;
use serde_json::{Value, json};
use testkit::stack::Stack;

const BUDGET: Duration = Duration::from_secs(10);
const BUCKET: &str = "edge";
/// A full hour before any test runs.
const BEGAN: Time = Time::from_epoch(1_767_571_200);

fn at(minutes: u32) -> Time {
    BEGAN + Span::from_minutes(minutes)
}

fn series(groups: &[&str], reads: LogReading) -> Series {
    Series {
        id: "shop/lines".parse().unwrap(),
        source: "logs".parse().unwrap(),
        query: Query::Log(LogQuery { groups: groups.iter().map(|group| (*group).to_owned()).collect(), reads }),
        period: Span::MINUTE,
        pace: Span::MINUTE,
        unit: Unit::Count,
        sparse: false,
    }
}

fn count(pattern: &str) -> LogReading {
    LogReading::Count { pattern: pattern.to_owned() }
}

fn templates(reads: TemplateReading) -> LogReading {
    LogReading::Templates { pattern: String::new(), reads }
}

fn new() -> LogReading {
    templates(TemplateReading::New { learn: Span::HOUR })
}

type Numbers = Result<Vec<(u32, f64)>, Failure>;

/// What each series is over these minutes, and what is remarked.
async fn fetch(aws: &Aws, series: &[Series], minutes: (u32, u32)) -> Vec<(Numbers, String)> {
    let kind = SourceKind::Logs { region: None, role_arn: None };
    let source = Source { name: "logs".parse().unwrap(), kind };
    let (from, until) = (at(minutes.0), at(minutes.1));
    let asks: Vec<_> = series.iter().map(|series| Ask { series, source: &source, from, until }).collect();
    let numbers = |answer: Answer| {
        let found = match answer.outcome {
            Outcome::Read(samples) => {
                Ok(samples.iter().map(|s| (s.at.since(BEGAN).seconds() / 60, s.value.get())).collect())
            }
            Outcome::Failed(failure) => Err(failure),
        };
        (found, answer.remark.to_string())
    };
    aws.fetch(&asks, BUDGET).await.into_iter().map(numbers).collect()
}

/// A stack with two groups and a bucket.
struct World {
    stack: Stack,
}

impl World {
    async fn start() -> Self {
        let world = Self { stack: Stack::start() };
        for group in ["/shop/web", "/shop/jobs"] {
            world.call("CreateLogGroup", &json!({"logGroupName": group})).await;
            world.call("CreateLogStream", &json!({"logGroupName": group, "logStreamName": "s"})).await;
        }
        world.s3().create_bucket().bucket(BUCKET).send().await.unwrap();
        world
    }

    fn s3(&self) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::config::Builder::from(&self.stack.config()).force_path_style(true).build();
        aws_sdk_s3::Client::from_conf(config)
    }

    /// As a function that starts.
    fn aws(&self) -> Aws {
        Aws::new(self.stack.config(), Settings { bucket: BUCKET.to_owned(), ..Settings::default() })
    }

    /// Lines of a group, each a second after the one before it.
    async fn put(&self, group: &str, minutes: u32, lines: &[&str]) {
        let begin = at(minutes).epoch() * 1000;
        let event = |(line, second): (&&str, i64)| json!({"timestamp": begin + second * 1000, "message": line});
        let events: Vec<Value> = lines.iter().zip(0..).map(event).collect();
        let body = json!({"logGroupName": group, "logStreamName": "s", "logEvents": events});
        self.call("PutLogEvents", &body).await;
    }

    async fn call(&self, operation: &str, body: &Value) {
        let (url, body) = (format!("{}/", self.stack.endpoint()), body.to_string());
        let identity = Credentials::new("test", "test", None, None, "test").into();
        let params = SigningParams::builder()
            .identity(&identity)
            .region("us-east-1")
            .name("logs")
            .time(std::time::SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .unwrap();
        let headers =
            [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", &*format!("Logs_20140328.{operation}"))];
        let request = SignableRequest::new("POST", &*url, headers.into_iter(), SignableBody::Bytes(body.as_bytes()));
        let (signed, _) = sign(request.unwrap(), &params.into()).unwrap().into_parts();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = headers.into_iter().chain(signed.headers()).fold(client.post(&url), |r, (n, v)| r.header(n, v));
        let answer = request.body(body).send().await.unwrap();
        assert!(answer.status().is_success(), "{operation}: {}", answer.text().await.unwrap());
    }
}

#[tokio::test]
async fn lines_are_counted_where_there_are_none_too() {
    let world = World::start().await;
    world.put("/shop/web", 0, &["ERROR Connection refused by 10.0.0.1", "ERROR Connection refused by 10.0.0.2"]).await;
    world.put("/shop/web", 2, &["INFO all is well", "ERROR password hunter is wrong"]).await;
    world.put("/shop/jobs", 2, &["ERROR Connection refused by 10.0.0.3"]).await;
    world.put("/shop/jobs", 3, &["ERROR too late"]).await;
    let aws = world.aws();
    let asked = [
        series(&["/shop/web"], count("ERROR")),
        series(&["/shop/web", "/shop/jobs"], count("ERROR")),
        series(&["/shop/web"], count("FATAL")),
        series(&["/shop/web", "/shop/none"], count("ERROR")),
    ];
    let found = fetch(&aws, &asked, (0, 3)).await;
    let remark = "seen: \"Connection refused by <*>\"";
    assert_eq!(found[0], (Ok(vec![(0, 2.0), (1, 0.0), (2, 1.0)]), format!("{remark} (2 of 3)")));
    assert_eq!(found[1], (Ok(vec![(0, 2.0), (1, 0.0), (2, 2.0)]), format!("{remark} (3 of 4)")));
    assert_eq!(found[2], (Ok(vec![(0, 0.0), (1, 0.0), (2, 0.0)]), String::new()));
    let failure = found[3].0.clone().unwrap_err();
    assert_eq!(failure.kind, FailureKind::Rejected);
    assert!(failure.detail.starts_with("ResourceNotFoundException: "), "{failure}");
    assert_eq!(
        fetch(&aws, &asked[..1], (2, 3)).await[0].1,
        "seen: \"password <*> is wrong\"",
        "no word that may be one"
    );
    let trail = r#"{"eventName":"ConsoleLogin","errorMessage":"Failed authentication"}"#;
    world.put("/shop/jobs", 5, &[trail]).await;
    let found = fetch(&aws, &[series(&["/shop/jobs"], count("ConsoleLogin"))], (5, 6)).await;
    assert_eq!(found[0], (Ok(vec![(5, 1.0)]), String::new()), "names of fields say nothing");
    aws.take_counts();
    let same = [series(&["/shop/web"], count("ERROR")), asked[0].clone()];
    fetch(&aws, &same, (0, 3)).await;
    assert_eq!(aws.take_counts().requests, [(Service::CloudWatchLogs, 1)], "equal questions are asked once");
}

#[tokio::test]
async fn a_template_is_new_once_whoever_looks() {
    let world = World::start().await;
    let of = |aws: Aws, minutes| {
        let series = [series(&["/shop/web"], new())];
        async move { (fetch(&aws, &series, minutes).await.remove(0), aws) }
    };
    world.put("/shop/web", 0, &["cart 17 is gone", "cart 18 is gone"]).await;
    let (first, aws) = of(world.aws(), (0, 4)).await;
    assert_eq!(first, (Ok(vec![]), String::new()), "it learns");
    world.put("/shop/web", 70, &["cart 19 is gone", "Connection refused by 10.0.0.1"]).await;
    let seen = (Ok(vec![(68, 0.0), (69, 0.0), (70, 1.0), (71, 0.0)]), "seen: \"Connection refused by <*>\"".to_owned());
    aws.take_counts();
    let (warm, aws) = of(aws, (68, 72)).await;
    assert_eq!(warm, seen);
    assert_eq!(aws.take_counts().requests, [(Service::CloudWatchLogs, 1), (Service::S3, 1)], "what is new is written");
    let (again, aws) = of(aws, (68, 72)).await;
    assert_eq!(again, seen, "looked at again, it is new in the same period");
    assert_eq!(aws.take_counts().requests, [(Service::CloudWatchLogs, 1)], "and nothing is to be written");
    let (cold, _) = of(world.aws(), (68, 72)).await;
    assert_eq!(cold, seen, "as a function sees it that starts");
    world.put("/shop/web", 73, &["Connection refused by 10.0.0.7"]).await;
    assert_eq!(of(aws, (72, 74)).await.0, (Ok(vec![(72, 0.0), (73, 0.0)]), String::new()), "it is known by now");
}

#[tokio::test]
async fn what_another_writer_learned_is_not_lost() {
    let world = World::start().await;
    let (one, other) = (world.aws(), world.aws());
    let asked = [series(&["/shop/web"], new())];
    world.put("/shop/web", 0, &["cart 17 is gone"]).await;
    fetch(&one, &asked, (0, 4)).await;
    world.put("/shop/web", 70, &["the first is new"]).await;
    fetch(&other, &asked, (68, 72)).await;
    // `one` has not seen that object: its own is refused, read again and put once more.
    one.take_counts();
    world.put("/shop/web", 72, &["and so is another one"]).await;
    let found = fetch(&one, &asked, (72, 74)).await.remove(0);
    assert_eq!(found.0, Ok(vec![(72, 1.0), (73, 0.0)]));
    assert_eq!(one.take_counts().requests, [(Service::CloudWatchLogs, 1), (Service::S3, 3)]);
    assert_eq!(fetch(&world.aws(), &asked, (70, 74)).await[0].0, Ok(vec![(70, 1.0), (71, 0.0), (72, 1.0), (73, 0.0)]));

    // Another question learns from the beginning, and so does one whose object cannot be read.
    let other = [series(&["/shop/jobs"], new())];
    assert_eq!(fetch(&world.aws(), &other, (72, 74)).await[0].0, Ok(vec![]));
    let damaged = world.s3().put_object().bucket(BUCKET).key("templates/shop/lines");
    damaged.body(ByteStream::from_static(b"{")).send().await.unwrap();
    assert_eq!(fetch(&world.aws(), &other, (72, 74)).await[0].0, Ok(vec![]));
}

#[tokio::test]
async fn lines_are_told_apart_by_their_templates() {
    let world = World::start().await;
    world.put("/shop/web", 1, &["cart 1 is gone", "cart 2 is gone", "all is well", "cart 3 is gone"]).await;
    let template = "cart <*> is gone".to_owned();
    let named = |id: &str, reads| Series { id: id.parse().unwrap(), ..series(&["/shop/web"], templates(reads)) };
    let asked = [
        named("shop/busiest", TemplateReading::Busiest),
        named("shop/count", TemplateReading::Count { template: template.clone() }),
        named("shop/share", TemplateReading::Share { template }),
    ];
    let found = fetch(&world.aws(), &asked, (0, 2)).await;
    assert_eq!(found[0], (Ok(vec![(0, 0.0), (1, 3.0)]), "seen: \"cart <*> is gone\" (3 of 4)".to_owned()));
    assert_eq!(found[1].0, Ok(vec![(0, 0.0), (1, 3.0)]));
    assert_eq!(found[2].0, Ok(vec![(1, 75.0)]), "of no lines there is no share");
    let objects = world.s3().list_objects_v2().bucket(BUCKET).send().await.unwrap();
    let keys: Vec<&str> = objects.contents().iter().filter_map(|object| object.key()).collect();
    assert_eq!(keys, ["templates/shop/busiest"], "the others need to learn nothing");
}

const SCOPE: &str = "eu-west-1/logs/aws4_request";

async fn scripted(
    answer: impl Fn(usize, &str, &Value) -> (u16, Value) + Send + Sync + 'static,
) -> (Aws, json_server::Asked) {
    let (config, asked) = serve(SCOPE, answer).await;
    (Aws::new(config, Settings::default()), asked)
}

fn operations(asked: &json_server::Asked) -> Vec<String> {
    asked.lock().unwrap().iter().map(|(operation, _)| operation.clone()).collect()
}

fn insights(query: &str, stats: &str) -> LogReading {
    LogReading::Insights { query: query.to_owned(), stats: stats.to_owned() }
}

fn row(time: &str, values: &[&str]) -> Value {
    let values = values.iter().enumerate();
    let mut row = vec![json!({"field": "tocsin_at", "value": time})];
    row.extend(values.map(|(index, value)| json!({"field": format!("tocsin_value{index}"), "value": value})));
    json!(row)
}

#[tokio::test]
async fn aggregates_of_one_query_share_it() {
    let (aws, asked) = scripted(|before, operation, body| match (operation, before) {
        ("StartQuery", 0) => (200, json!({"queryId": "q"})),
        ("GetQueryResults", 0) => {
            (200, json!({"status": "Running", "results": [row("2026-01-05 00:00:00.000", &["1", "9"])]}))
        }
        ("GetQueryResults", _) => {
            assert_eq!(body["queryId"], "q");
            let rows = [row("2026-01-05 00:01:00.000", &["3", "12.5"]), row("2026-01-05 00:03:00.000", &["7", "1"])];
            (200, json!({"status": "Complete", "results": rows, "statistics": {"bytesScanned": 1.0}}))
        }
        _ => (400, json!({"__type": "InvalidParameterException", "message": "asked twice"})),
    })
    .await;
    let of = |stats| series(&["/shop/web"], insights("filter level = 'ERROR'", stats));
    let found = fetch(&aws, &[of("count(*)"), of("pct(ms, 99)"), of("count(*)")], (0, 3)).await;
    assert_eq!(found[0].0, Ok(vec![(0, 0.0), (1, 3.0), (2, 0.0)]), "what was read and is empty is 0");
    assert_eq!(found[1].0, Ok(vec![(1, 12.5)]), "nobody's latency is none");
    assert_eq!(found[2], found[0]);
    let asked = asked.lock().unwrap();
    assert_eq!(
        asked[0].1,
        json!({
            "logGroupIdentifiers": ["/shop/web"], "startTime": at(0).epoch(), "endTime": at(3).epoch(), "limit": 10_000,
            "queryString": "filter level = 'ERROR' | stats count(*) as tocsin_value0, pct(ms, 99) as tocsin_value1 by \
                            bin(1m) as tocsin_at",
        })
    );
}

#[tokio::test]
async fn a_query_that_takes_too_long_is_stopped() {
    let (aws, asked) = scripted(|_, operation, _| match operation {
        "StartQuery" => (200, json!({"queryId": "q"})),
        "StopQuery" => (200, json!({"success": true})),
        _ => (200, json!({"status": "Running", "results": [row("2026-01-05 00:00:00.000", &["1"])]})),
    })
    .await;
    let kind = SourceKind::Logs { region: None, role_arn: None };
    let source = Source { name: "logs".parse().unwrap(), kind };
    let series = series(&["/shop/web"], insights("", "count(*)"));
    let ask = Ask { series: &series, source: &source, from: at(0), until: at(3) };
    let answer = aws.fetch(&[ask], Duration::from_secs(3)).await.remove(0);
    let Outcome::Failed(failure) = answer.outcome else { panic!("half a result is none: {answer:?}") };
    assert_eq!(failure.kind, FailureKind::TimedOut, "{failure}");
    let asked = operations(&asked);
    assert_eq!((asked[0].as_str(), asked.last().map(String::as_str)), ("StartQuery", Some("StopQuery")), "{asked:?}");
}

#[tokio::test]
async fn a_query_that_fails_says_so() {
    async fn check(start: (u16, Value), status: &'static str, kind: FailureKind, requests: usize) {
        let (aws, asked) = scripted(move |_, operation, _| match operation {
            "StartQuery" => start.clone(),
            _ => (200, json!({"status": status, "results": []})),
        })
        .await;
        let found = fetch(&aws, &[series(&["/shop/web"], insights("", "count(*)"))], (0, 3)).await;
        assert_eq!(found[0].0.clone().map_err(|failure| failure.kind), Err(kind), "{:?}", found[0]);
        assert_eq!(operations(&asked).len(), requests);
    }
    let started = || (200, json!({"queryId": "q"}));
    let refused = |code: &str| (400, json!({"__type": code, "message": "no"}));
    check(started(), "Failed", FailureKind::Rejected, 2).await;
    check(started(), "Cancelled", FailureKind::Rejected, 2).await;
    check(started(), "Timeout", FailureKind::TimedOut, 2).await;
    check(refused("MalformedQueryException"), "", FailureKind::Rejected, 1).await;
    check(refused("AccessDeniedException"), "", FailureKind::Denied, 1).await;
}

#[tokio::test]
async fn pages_of_lines_are_read_up_to_a_number() {
    let event = |minutes: u32| json!({"timestamp": at(minutes).epoch() * 1000 + 999, "message": "ERROR"});
    let (aws, asked) = scripted(move |before, _, body| match (before, body["nextToken"].as_str()) {
        (0, None) => (200, json!({"events": [event(0), event(1)], "nextToken": "a"})),
        (1, Some("a")) => (200, json!({"events": [], "nextToken": "b"})),
        (2, Some("b")) => (200, json!({"events": [event(1)]})),
        _ => (400, json!({"__type": "InvalidParameterException", "message": "a page is asked again"})),
    })
    .await;
    let found = fetch(&aws, &[series(&["/shop/web"], count("ERROR"))], (0, 2)).await;
    assert_eq!(found[0].0, Ok(vec![(0, 1.0), (1, 2.0)]));
    assert_eq!(
        asked.lock().unwrap()[1].1,
        json!({
            "logGroupIdentifier": "/shop/web", "filterPattern": "ERROR", "nextToken": "a",
            "startTime": at(0).epoch() * 1000, "endTime": at(2).epoch() * 1000 - 1
        })
    );
    let (aws, asked) = scripted(move |_, _, _| (200, json!({"events": [], "nextToken": "on"}))).await;
    let failure = fetch(&aws, &[series(&["/shop/web"], count("ERROR"))], (0, 2)).await[0].0.clone().unwrap_err();
    assert_eq!(failure.kind, FailureKind::Partial);
    assert!(failure.detail.contains("count with a query"), "{failure}");
    assert_eq!(operations(&asked).len(), 20);
}
