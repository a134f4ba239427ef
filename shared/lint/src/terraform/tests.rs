use serde_json::json;

use super::read;
use super::resources::without_indices;

fn check(document: &serde_json::Value, expected: &str) {
    let wrong = read(document).expect_err("it is refused");
    assert!(wrong.contains(expected), "{wrong}");
}

#[test]
fn what_is_no_plan_is_refused() {
    check(&json!({}), "is neither a plan nor a state of Terraform in JSON; write it with terraform show -json");
    check(&json!([1]), "is neither a plan nor a state");
    check(&json!({ "format_version": "2.0" }), "format_version \"2.0\" is not known");
    assert!(read(&json!({ "format_version": "1.0" })).expect("an empty state").alarms.is_empty());
}

#[test]
fn indices_are_left_out() {
    assert_eq!(without_indices("module.a[\"x.y[0]\"].aws_sns_topic.t[1]"), "module.a.aws_sns_topic.t");
    assert_eq!(without_indices("aws_sns_topic.t"), "aws_sns_topic.t");
}

/// A topic behind `steps` outputs, named through as many variables.
fn through(steps: usize) -> serde_json::Value {
    let alarm = json!({ "address": "aws_cloudwatch_metric_alarm.a", "expressions": { "alarm_actions": { "references": ["var.to"] } } });
    let mut inner = json!({ "resources": [alarm] });
    let mut address = String::new();
    for _ in 1..steps {
        inner = json!({ "module_calls": { "m": { "expressions": { "to": { "references": ["var.to"] } }, "module": inner } } });
        address.push_str("module.m.");
    }
    let topic = json!({ "address": "aws_sns_topic.t", "expressions": {} });
    let root = json!({
        "resources": [topic],
        "module_calls": { "m": { "expressions": { "to": { "references": ["aws_sns_topic.t.arn"] } }, "module": inner } },
    });
    address.push_str("module.m.");
    let resource = |kind: &str, address: String| json!({ "address": address, "type": kind, "values": {} });
    json!({
        "format_version": "1.2",
        "configuration": { "root_module": root },
        "planned_values": { "root_module": { "resources": [
            resource("aws_sns_topic", "aws_sns_topic.t".to_owned()),
            resource("aws_cloudwatch_metric_alarm", format!("{address}aws_cloudwatch_metric_alarm.a")),
        ] } },
    })
}

#[test]
fn what_is_not_known_yet_is_followed_through_variables() {
    for steps in [1, 2, 10] {
        let facts = read(&through(steps)).expect("a plan");
        assert_eq!(facts.alarms[0].actions, [crate::alarm::Action::Topic(0)], "{steps}");
    }
    // Beyond what is followed it is not known, and nothing is said.
    let facts = read(&through(20)).expect("a plan");
    assert!(facts.alarms[0].actions.is_empty());
}
