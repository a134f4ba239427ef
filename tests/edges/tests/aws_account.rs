//! An account's alarms as `tocsin lint` reads them.

#![allow(clippy::unwrap_used)]

use aws::{Account, Aws, Settings};
use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::types::{ComparisonOperator, Dimension, MetricDatum, StateValue, Statistic};
use aws_smithy_types::DateTime;
use domain::units::{Span, Time};
use testkit::stack::Stack;

fn now() -> Time {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Time::from_epoch(i64::try_from(now.as_secs()).unwrap())
}

fn dimension(function: &str) -> Dimension {
    Dimension::builder().name("FunctionName").value(function).build()
}

/// An alarm on the errors of `function` that acts on `topic`.
async fn alarm(client: &Client, name: &str, function: &str, topic: Option<&str>, threshold: f64) {
    client
        .put_metric_alarm()
        .alarm_name(name)
        .namespace("AWS/Lambda")
        .metric_name("Duration")
        .dimensions(dimension(function))
        .statistic(Statistic::Maximum)
        .comparison_operator(ComparisonOperator::GreaterThanThreshold)
        .threshold(threshold)
        .period(300)
        .evaluation_periods(3)
        .treat_missing_data("notBreaching")
        .set_alarm_actions(topic.map(|topic| vec![topic.to_owned()]))
        .send()
        .await
        .unwrap();
}

/// Two days of durations between 100 and 119 ms, a point every five minutes.
async fn durations(client: &Client, function: &str, until: Time) {
    let begin = until - Span::DAY.times(2);
    let datum = |number: u32| {
        let at = begin + Span::from_minutes(5).times(number);
        let value = f64::from(100 + number % 20);
        let datum = MetricDatum::builder().metric_name("Duration").dimensions(dimension(function)).value(value);
        datum.timestamp(DateTime::from_secs(at.epoch())).build()
    };
    let data: Vec<MetricDatum> = (0..576).map(datum).collect();
    client.put_metric_data().namespace("AWS/Lambda").set_metric_data(Some(data)).send().await.unwrap();
}

fn found(account: &Account, now: Time) -> Vec<String> {
    let line = |f: &lint::Finding| {
        let name = f.at.as_str().rsplit(':').next().unwrap_or_default();
        format!("{} {} {name}", f.level.as_str(), f.rule.id())
    };
    lint::alarm::alarms(&account.facts, now).iter().map(line).collect()
}

#[tokio::test]
async fn alarms_topics_and_points_are_read_and_judged() {
    let stack = Stack::start();
    let (client, sns) = (Client::new(&stack.config()), aws_sdk_sns::Client::new(&stack.config()));
    let now = now().floor(Span::from_minutes(5));
    durations(&client, "checkout", now).await;
    let topic = |name: &'static str| {
        let sns = &sns;
        async move { sns.create_topic().name(name).send().await.unwrap().topic_arn.unwrap() }
    };
    let (heard, silent) = (topic("heard").await, topic("silent").await);
    let queue = "arn:aws:sqs:us-east-1:000000000000:people";
    sns.subscribe().topic_arn(&heard).protocol("sqs").endpoint(queue).send().await.unwrap();
    alarm(&client, "sound", "checkout", Some(&heard), 118.0).await;
    alarm(&client, "far", "checkout", Some(&heard), 30_000.0).await;
    alarm(&client, "unheard", "checkout", Some(&silent), 118.0).await;
    alarm(&client, "lonely", "checkout", None, 117.0).await;
    alarm(&client, "misspelt", "chekout", Some(&heard), 118.0).await;
    alarm(&client, "TargetTracking-table/x", "checkout", None, 1.0).await;
    alarm(&client, "lost", "checkout", Some("arn:aws:sns:us-east-1:000000000000:gone"), 116.0).await;
    client
        .set_alarm_state()
        .alarm_name("sound")
        .state_value(StateValue::Alarm)
        .state_reason("test")
        .send()
        .await
        .unwrap();

    let account = Aws::new(stack.config(), Settings::default()).account(now).await.unwrap();
    assert_eq!(account.unread, [""; 0]);
    let later = now + Span::DAY.times(30);
    let mut found = found(&account, later);
    found.sort();
    for line in &found {
        println!("{line}");
    }
    let has = |line: &str| assert!(found.iter().any(|found| found == line), "{line} is not among {found:#?}");
    has("warn stuck-in-alarm sound");
    has("warn never-reached far");
    has("warn duplicate unheard");
    has("error no-subscription silent");
    has("warn reaches-nobody lonely");
    has("warn nothing-writes misspelt");
    has("error reaches-nobody gone");
    assert!(!found.iter().any(|line| line.contains("TargetTracking")), "{found:#?}");
}
