use domain::units::{Span, Time};
use serde_json::{Value as Json, json};

use super::{Action, Facts, Points, State, Watches, alarms};
use crate::terraform::read;

/// An alarm in which nothing is wrong, as a state tells of it.
fn sound() -> Json {
    json!({
        "alarm_name": "age", "arn": "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:age", "actions_enabled": true,
        "alarm_actions": ["arn:aws:sns:eu-west-1:111122223333:other"], "namespace": "AWS/SQS",
        "metric_name": "ApproximateAgeOfOldestMessage", "dimensions": { "QueueName": "orders" }, "statistic": "Maximum",
        "comparison_operator": "GreaterThanThreshold", "threshold": 300, "period": 60, "evaluation_periods": 3,
        "datapoints_to_alarm": 0, "treat_missing_data": "missing",
    })
}

fn resource(kind: &str, name: &str, values: &Json) -> Json {
    json!({ "address": format!("{kind}.{name}"), "mode": "managed", "type": kind, "name": name, "values": values })
}

fn state(resources: &[Json]) -> Facts {
    read(&json!({ "format_version": "1.0", "values": { "root_module": { "resources": resources } } })).unwrap()
}

fn found(facts: &Facts) -> Vec<String> {
    let findings = alarms(facts, Time::from_epoch(0) + Span::DAY.times(60));
    assert!(findings.iter().all(|f| !f.what.is_empty() && !f.evidence.is_empty() && !f.remedy.is_empty()));
    findings.iter().map(|f| format!("{} {} {}", f.level.as_str(), f.rule.id(), f.at.as_str())).collect()
}

/// What is found of the alarm once `changed` is changed, beside `others`.
fn among(others: &[Json], changed: &Json, expected: &[&str]) {
    let mut alarm = sound();
    for (name, value) in changed.as_object().unwrap() {
        alarm[name] = value.clone();
    }
    let mut resources = vec![resource("aws_cloudwatch_metric_alarm", "a", &alarm)];
    resources.extend(others.iter().cloned());
    assert_eq!(found(&state(&resources)), expected, "{changed} among {others:?}");
}

fn check(changed: &Json, rules: &[&str]) {
    let expected: Vec<String> = rules.iter().map(|rule| format!("{rule} aws_cloudwatch_metric_alarm.a")).collect();
    among(&[], changed, &expected.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn what_one_alarm_says_of_itself() {
    check(&json!({}), &[]);
    check(&json!({ "datapoints_to_alarm": 4 }), &["error never-fires"]);
    check(&json!({ "datapoints_to_alarm": 3 }), &[]);
    check(&json!({ "period": 60, "evaluation_periods": 1441 }), &["error impossible-window"]);
    check(&json!({ "period": 60, "evaluation_periods": 1440 }), &[]);
    check(&json!({ "period": 3600, "evaluation_periods": 168 }), &[]);
    check(&json!({ "period": 3600, "evaluation_periods": 169 }), &["error impossible-window"]);
    check(&json!({ "period": 90 }), &["error impossible-window"]);
    check(&json!({ "period": 10 }), &["error too-fine"]);
    check(&json!({ "namespace": "Shop", "period": 10 }), &[]);
    check(&json!({ "dimensions": {} }), &["error missing-dimension"]);
    check(&json!({ "statistic": "Sum" }), &["warn summed-level"]);
    check(&json!({ "threshold": -1 }), &["error always-fires"]);
    check(&json!({ "threshold": 0, "comparison_operator": "LessThanThreshold" }), &["error never-fires"]);
    check(&json!({ "actions_enabled": false }), &["warn actions-disabled"]);
    check(&json!({ "alarm_actions": [] }), &["warn reaches-nobody"]);
    check(&json!({ "alarm_actions": ["arn:aws:sns:us-east-1:111122223333:other"] }), &["error reaches-nobody"]);
    check(&json!({ "alarm_actions": ["arn:aws:lambda:eu-west-1:111122223333:function:f"] }), &[]);
    let low = json!({ "comparison_operator": "LessThanThreshold", "treat_missing_data": "notBreaching" });
    check(&low, &["warn silence-counts-as-fine"]);
}

#[test]
fn bands_and_formulas_are_not_held_against_one_metric() {
    let band =
        json!({ "comparison_operator": "GreaterThanUpperThreshold", "threshold": null, "threshold_metric_id": "b" });
    check(&band, &[]);
    let stat = |id: &str, metric: &str| json!({ "id": id, "metric": [{ "namespace": "AWS/SQS", "metric_name": metric, "period": 60, "stat": "Sum", "dimensions": { "QueueName": "q" } }] });
    let formula = |queries: &[Json]| json!({ "namespace": null, "metric_name": null, "dimensions": null, "statistic": null, "period": 0, "threshold": -1, "metric_query": queries });
    check(
        &formula(&[
            json!({ "id": "e", "expression": "a - b" }),
            stat("a", "NumberOfMessagesSent"),
            stat("b", "NumberOfMessagesReceived"),
        ]),
        &[],
    );
    check(&formula(&[stat("a", "NumberOfMessagesSent")]), &["error always-fires"]);
    let mut without = stat("a", "NumberOfMessagesSent");
    without["metric"][0]["dimensions"] = json!({});
    check(&formula(&[json!({ "id": "e", "expression": "a * 2" }), without]), &["error missing-dimension"]);
}

#[test]
fn who_is_told() {
    let topic = resource("aws_sns_topic", "t", &json!({ "arn": "arn:aws:sns:eu-west-1:111122223333:t" }));
    let told = json!({ "alarm_actions": ["arn:aws:sns:eu-west-1:111122223333:t"] });
    let subscription = |name: &str, protocol: &str, pending: &Json| {
        resource(
            "aws_sns_topic_subscription",
            name,
            &json!({ "topic_arn": "arn:aws:sns:eu-west-1:111122223333:t", "protocol": protocol, "pending_confirmation": pending }),
        )
    };
    among(std::slice::from_ref(&topic), &told, &["warn no-subscription aws_sns_topic.t"]);
    among(&[topic.clone(), subscription("s", "email", &json!(false))], &told, &[]);
    among(
        &[topic.clone(), subscription("s", "email", &json!(true))],
        &told,
        &["error unconfirmed-subscription aws_sns_topic_subscription.s"],
    );
    among(
        &[topic.clone(), subscription("s", "email", &json!(null))],
        &told,
        &["note unconfirmed-subscription aws_sns_topic_subscription.s"],
    );
    among(
        &[topic.clone(), subscription("s", "email", &json!(true)), subscription("l", "lambda", &json!(false))],
        &told,
        &["warn unconfirmed-subscription aws_sns_topic_subscription.s"],
    );
    let mut pending = subscription("s", "sqs", &json!(null));
    pending["values"]["arn"] = json!("pending confirmation");
    among(&[topic.clone(), pending], &told, &["error unconfirmed-subscription aws_sns_topic_subscription.s"]);
    // A topic that no alarm acts on is another's business.
    among(&[topic], &json!({}), &[]);
}

#[test]
fn an_alarm_without_actions_may_serve_others() {
    let quiet = json!({ "alarm_actions": [] });
    let act = json!(["arn:aws:sns:eu-west-1:111122223333:other"]);
    let whole = |rule: &str| {
        resource(
            "aws_cloudwatch_composite_alarm",
            "c",
            &json!({ "alarm_name": "c", "alarm_rule": rule, "alarm_actions": act }),
        )
    };
    among(&[whole("ALARM(age) OR ALARM(\"b\")")], &quiet, &[]);
    among(&[whole("ALARM(aged)")], &quiet, &["warn reaches-nobody aws_cloudwatch_metric_alarm.a"]);
    let guard =
        resource("aws_codedeploy_deployment_group", "g", &json!({ "alarm_configuration": [{ "alarms": ["age"] }] }));
    among(&[guard], &quiet, &[]);
    let board = resource("aws_cloudwatch_dashboard", "d", &json!({ "dashboard_body": "age" }));
    among(&[board], &quiet, &["warn reaches-nobody aws_cloudwatch_metric_alarm.a"]);
    let rule = resource(
        "aws_cloudwatch_event_rule",
        "r",
        &json!({ "event_pattern": "{\"detail-type\":[\"CloudWatch Alarm State Change\"]}" }),
    );
    among(&[rule], &quiet, &["note reaches-nobody aws_cloudwatch_metric_alarm.a"]);
}

#[test]
fn dimensions_are_held_against_the_resources_that_are_there() {
    let queue = |name: &Json| resource("aws_sqs_queue", "q", &json!({ "name": name }));
    among(&[queue(&json!("orders"))], &json!({}), &[]);
    among(&[queue(&json!("order"))], &json!({}), &["warn nothing-writes aws_cloudwatch_metric_alarm.a"]);
    among(&[queue(&json!(null))], &json!({}), &[]);
    among(&[queue(&json!("order"))], &json!({ "dimensions": { "QueueName": null } }), &[]);
    let filter = |dimensions: &Json| {
        resource(
            "aws_cloudwatch_log_metric_filter",
            "f",
            &json!({ "metric_transformation": [{ "namespace": "Shop", "name": "Errors", "dimensions": dimensions }] }),
        )
    };
    let shop = |name: &str| json!({ "namespace": "Shop", "metric_name": name, "dimensions": {} });
    among(&[filter(&json!(null))], &shop("Errors"), &[]);
    among(&[filter(&json!(null))], &shop("Error"), &["warn nothing-writes aws_cloudwatch_metric_alarm.a"]);
    among(
        &[filter(&json!({ "route": "$.route" }))],
        &shop("Errors"),
        &["warn nothing-writes aws_cloudwatch_metric_alarm.a"],
    );
}

#[test]
fn one_rule_twice() {
    let again = resource("aws_cloudwatch_metric_alarm", "b", &sound());
    among(std::slice::from_ref(&again), &json!({}), &["warn duplicate aws_cloudwatch_metric_alarm.b"]);
    among(&[again], &json!({ "threshold": 301 }), &[]);
}

/// What is found in an account that has the alarm, once it is `changed`.
fn live(changed: impl Fn(&mut Facts), expected: &[&str]) {
    let mut facts = state(&[resource("aws_cloudwatch_metric_alarm", "a", &sound())]);
    facts.whole = true;
    changed(&mut facts);
    let expected: Vec<String> = expected.iter().map(|rule| format!("{rule} aws_cloudwatch_metric_alarm.a")).collect();
    assert_eq!(found(&facts), expected);
}

#[test]
fn states_that_nobody_reads_any_more() {
    let since = |state, days| {
        move |facts: &mut Facts| facts.alarms[0].state = Some((state, Time::from_epoch(0) + Span::DAY.times(days)))
    };
    live(since(State::Alarm, 46), &["warn stuck-in-alarm"]);
    live(since(State::Alarm, 47), &[]);
    live(since(State::InsufficientData, 1), &["warn stuck-without-data"]);
    live(since(State::Ok, 1), &[]);
    let scales = |facts: &mut Facts| {
        since(State::Alarm, 1)(facts);
        facts.alarms[0].actions = vec![Action::Other("arn:aws:autoscaling:eu-west-1:1:scalingPolicy:x".to_owned())];
    };
    live(scales, &[]);
}

/// Fifteen days of minutes.
fn points(facts: &mut Facts, missing: &str, value: impl Fn(i64) -> Option<f64>) {
    let Watches::Metric(judged) = &mut facts.alarms[0].watches else { panic!("it watches a metric") };
    let minutes = 15 * 1440;
    let points = (0..minutes).filter_map(|minute| Some((Time::from_epoch(minute * 60), value(minute)?))).collect();
    let until = Time::from_epoch(minutes * 60);
    judged.points = Some(Points { points, from: Time::from_epoch(0), until, others: Vec::new() });
    judged.missing_data = super::missing_data(missing);
}

#[test]
fn what_was_observed() {
    let steady = |minute: i64| Some(if minute % 500 < 5 { 400.0 } else { 10.0 });
    live(|facts| points(facts, "missing", steady), &[]);
    live(|facts| points(facts, "missing", |_| None), &["warn nothing-writes"]);
    let without_dimensions = |facts: &mut Facts| {
        points(facts, "missing", |_| None);
        let Watches::Metric(judged) = &mut facts.alarms[0].watches else { panic!("it watches a metric") };
        judged.metrics[0].dimensions.clear();
    };
    live(without_dimensions, &["error missing-dimension"]);
    live(
        |facts| points(facts, "notBreaching", |minute| steady(minute).filter(|_| minute < 9000)),
        &["error stopped-counts-as-fine"],
    );
    live(|facts| points(facts, "missing", |minute| steady(minute).filter(|_| minute < 9000)), &["warn stopped"]);
    live(|facts| points(facts, "missing", |_| Some(400.0)), &["error always-fires"]);
    live(
        |facts| points(facts, "missing", |minute| Some(if minute % 10 < 5 { 400.0 } else { 10.0 })),
        &["warn often-beyond"],
    );
    live(|facts| points(facts, "missing", |minute| Some(10.0 + (minute % 9) as f64)), &["warn never-reached"]);
    live(
        |facts| points(facts, "missing", |minute| Some(if minute % 9 == 0 { 1.0 } else { 0.0 })),
        &["note never-reached"],
    );
}

#[test]
fn names_in_the_rule_of_a_composite_alarm() {
    let rule = "ALARM(\"a b\") AND (NOT OK(c) OR INSUFFICIENT_DATA( 'd' ))";
    assert_eq!(super::named(rule), ["a b", "c", "d"]);
    assert_eq!(super::named("TRUE"), [""; 0]);
    assert_eq!(super::named("ALARM(unclosed"), ["unclosed"]);
    let composite =
        |rule: &'static str| move |facts: &mut Facts| facts.alarms[0].watches = Watches::Alarms(rule.to_owned());
    live(composite("ALARM(age)"), &[]);
    live(composite("ALARM(aged)"), &["error unknown-alarm"]);
}
