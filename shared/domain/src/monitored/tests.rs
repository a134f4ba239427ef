use serde_json::{Map, Value, json};

use super::*;
use crate::id::MonitoredEventId;
use crate::units::Time;

fn event(data: Value) -> Event {
    at(data, Time::from_epoch(1_790_000_000))
}

fn at(data: Value, at: Time) -> Event {
    let Value::Object(data) = data else { panic!("data is an object") };
    let (source, event_type) = ("api_module".parse().unwrap(), "api_response".parse().unwrap());
    Event { id: MonitoredEventId::derive(&["e"]), source, event_type, data, metadata: Map::new(), at }
}

fn unknown() -> History {
    History::new("api_module".parse().unwrap(), "api_response".parse().unwrap())
}

fn judged(rules: &Rules, data: Value) -> Verdict {
    rules.judge(&event(data), Standing { history: &unknown(), hours: &[] })
}

#[expect(clippy::needless_pass_by_value, reason = "json!() is written at each call")]
/// Status, decision and the rules of the findings, the gravest first.
fn check(data: Value, expected: &str) {
    let verdict = judged(&Rules::default(), data.clone());
    let rules: Vec<_> = verdict.findings.iter().map(|finding| finding.rule.as_str()).collect();
    let found = format!("{:?} {:?} {}", verdict.status, verdict.decision, rules.join(" "));
    assert_eq!(found.trim_end(), expected, "{data}");
    assert_eq!(verdict.status, Status::of(verdict.severity), "{data}");
}

#[test]
fn what_is_as_it_should_be_is_normal() {
    check(json!({}), "Normal Continue");
    check(json!({ "response_time": 250, "status_code": 200, "output": "success" }), "Normal Continue");
    check(json!({ "response_time": 2500, "status_code": 200, "items_returned": 50 }), "Normal Continue");
    check(json!({ "status_code": 500, "error": "timeout" }), "Normal Continue");
    check(json!({ "status_code": 204 }), "Normal Continue");
    check(json!({ "items_returned": 0, "result": [] }), "Normal Continue");
    check(json!({ "error": null, "errors": [], "success": true }), "Normal Continue");
}

#[test]
fn limits_warn_at_the_limit_and_are_critical_at_twice_it() {
    check(json!({ "response_time": 5000 }), "Normal Continue limit:response_time");
    check(json!({ "response_time": 5001 }), "Warning Retry limit:response_time");
    check(json!({ "response_time": 10_000 }), "Critical Escalate limit:response_time");
    check(json!({ "latency": 3001 }), "Warning Retry limit:latency");
    check(json!({ "cpu_usage": 90.1 }), "Warning Continue limit:cpu_usage");
    check(json!({ "memory_usage": 85.1 }), "Warning Continue limit:memory_usage");
    check(json!({ "error_rate": 10.1 }), "Warning Retry limit:error_rate");
    check(json!({ "metrics": { "cpu_usage": 95 } }), "Warning Continue limit:cpu_usage");
    check(
        json!({ "latency_ms": 3500, "response_time": "5200" }),
        "Critical Escalate limit:latency limit:response_time",
    );
    check(json!({ "cpu_usage": 91, "memory_usage": 86 }), "Critical Escalate limit:memory_usage limit:cpu_usage");
    // Two that come close are together what one is that goes beyond.
    check(json!({ "cpu_usage": 85, "memory_usage": 80 }), "Warning Continue limit:cpu_usage limit:memory_usage");
    check(json!({ "cpu_usage": "high" }), "Warning Reprocess output:cpu_usage");
    check(json!({ "latency": -1 }), "Warning Reprocess output:latency");
    check(json!({ "latency": null }), "Normal Continue");
}

#[test]
fn outputs_that_say_nothing() {
    check(json!({ "output": null }), "Warning Retry output:output");
    check(json!({ "result": "undefined" }), "Warning Reprocess output:result");
    check(json!({ "value": "NaN" }), "Warning Reprocess output:value");
    check(json!({ "response": "  " }), "Warning Reprocess output:response");
    check(json!({ "result": 0 }), "Normal Continue");
    check(json!({ "result": false }), "Normal Continue");
}

#[test]
fn contradictions() {
    check(json!({ "status_code": 200, "error": "timeout" }), "Warning Reprocess consistency");
    check(json!({ "status_code": 200, "response": { "error": { "code": 7 } } }), "Warning Reprocess consistency");
    check(json!({ "status_code": 200, "response": "Error: no connection" }), "Warning Reprocess consistency");
    check(json!({ "status_code": 200, "success": false }), "Warning Reprocess consistency");
    check(json!({ "status_code": 503, "success": true }), "Warning Reprocess consistency");
    check(json!({ "status_code": 500, "output": "success" }), "Warning Reprocess consistency");
    check(json!({ "status": "completed", "errors": ["a"] }), "Warning Reprocess consistency");
    check(json!({ "status_code": 200, "output": "errors are shown to nobody" }), "Normal Continue");
}

#[test]
fn failures_that_look_like_success() {
    check(json!({ "success": true, "result": null }), "Warning Reprocess silent-failure");
    check(json!({ "status": "success", "output": null }), "Warning Reprocess silent-failure");
    check(json!({ "status_code": 200, "result": null }), "Warning Reprocess silent-failure");
    check(json!({ "processed": true }), "Warning Reprocess silent-failure");
    check(json!({ "processed": true, "output": "none" }), "Warning Reprocess silent-failure");
    check(json!({ "processed": true, "output": "a report" }), "Normal Continue");
    check(json!({ "completed": true, "items_processed": 0 }), "Warning Reprocess silent-failure");
    check(json!({ "completed": true, "items_processed": 1 }), "Normal Continue");
    check(json!({ "completed": false, "items_processed": 0 }), "Normal Continue");
    check(json!({ "success": false, "result": null }), "Warning Retry output:result");
    check(
        json!({ "status": "completed", "items_processed": 0, "response_time": 6200 }),
        "Critical Escalate silent-failure limit:response_time",
    );
    check(
        json!({ "status": "completed", "items_processed": 0, "result": null }),
        "Critical Halt silent-failure silent-failure",
    );
}

#[test]
fn a_teams_own_rules() {
    let rule = |when: &str, severity, decision| Rule {
        name: "own".to_owned(),
        sources: vec!["api_module".parse().unwrap()],
        event_types: Vec::new(),
        when: when.parse().unwrap(),
        severity,
        decision,
        reason: "the team says so".to_owned(),
        suggestion: "ask the team".to_owned(),
    };
    let judge = |when: &str, data: Value| {
        let rules = Rules { own: vec![rule(when, 0.95, Decision::Halt)], ..Rules::default() };
        let verdict = judged(&rules, data);
        (verdict.decision, verdict.findings.first().map(|finding| finding.reason.clone()).unwrap_or_default())
    };
    let halted = (Decision::Halt, "the team says so".to_owned());
    assert_eq!(judge("data.amount < 0 && !has(data.order)", json!({ "amount": -3.5 })), halted);
    assert_eq!(judge("data.items.exists(item, item.price > 100)", json!({ "items": [{ "price": 101 }] })), halted);
    assert_eq!(judge("size(data.name) > 2 && source == 'api_module'", json!({ "name": "abc" })), halted);
    assert_eq!(judge("data.amount < 0", json!({ "amount": 3 })), (Decision::Continue, String::new()));
    assert_eq!(judge("data.amount < 0", json!({ "other": 3 })), (Decision::Continue, String::new()));
    let (decision, reason) = judge("data.amount < 0", json!({ "amount": "x" }));
    assert_eq!(decision, Decision::Continue);
    assert!(reason.starts_with("the rule could not be judged: "), "{reason}");
    let (_, reason) = judge("data.amount", json!({ "amount": 1 }));
    assert_eq!(reason, "the rule could not be judged: it yields neither true nor false");
    let mut elsewhere = rule("true", 1.0, Decision::Halt);
    elsewhere.sources = vec!["another".parse().unwrap()];
    let rules = Rules { own: vec![elsewhere], ..Rules::default() };
    assert_eq!(judged(&rules, json!({})).decision, Decision::Continue);
}

#[test]
fn conditions_are_small_and_safe() {
    let refused = |text: &str, words: &str| {
        let error = text.parse::<Condition>().unwrap_err().to_string();
        assert!(error.contains(words), "{text}: {error}");
    };
    refused("data.amount <", "");
    refused("amount < 0", "\"amount\" is not known here");
    refused("fetch(data.url) == 1", "no function \"fetch\"");
    refused("data.a.all(x, data.b.all(y, x < y))", "inside another");
    refused(&format!("{}1{}", "[".repeat(5000), "]".repeat(5000)), "");
    refused(&vec!["data.a > 1"; 100].join(" && "), "");
    for function in [
        "size('a') == 1",
        "'ab'.contains('a')",
        "'ab'.startsWith('a')",
        "'ab'.endsWith('b')",
        "int('1') == 1",
        "double('1') == 1.0",
        "string(1) == '1'",
        "has(data.a) || true",
    ] {
        let rules = Rules {
            own: vec![Rule {
                name: "own".to_owned(),
                sources: Vec::new(),
                event_types: Vec::new(),
                when: function.parse().unwrap(),
                severity: 1.0,
                decision: Decision::Halt,
                reason: String::new(),
                suggestion: String::new(),
            }],
            ..Rules::default()
        };
        let verdict = judged(&rules, json!({}));
        assert_eq!(verdict.decision, Decision::Halt, "{function}: {:?}", verdict.findings);
    }
}

/// A history of `count` events, a minute apart.
fn known(count: u32, data: impl Fn(u32) -> Value) -> History {
    let rules = Rules::default();
    (0..count).fold(unknown(), |history, number| {
        let event = at(data(number), Time::from_epoch(1_790_000_000 + i64::from(number) * 60));
        rules.judge_and_learn(&event, Standing { history: &history, hours: &[] }).1
    })
}

fn against(history: &History, data: Value) -> Vec<String> {
    let verdict = Rules::default().judge(&event(data), Standing { history, hours: &[] });
    verdict.findings.into_iter().map(|finding| finding.reason).collect()
}

#[test]
fn outliers_of_a_sources_own_numbers() {
    let usual = |number| json!({ "size": 100 + number % 10, "order_id": number * 1_000_000, "constant": 7 });
    let slow = |number: u32| json!({ "response_time": 200 + number % 10, "created_at": number });
    let found = against(&known(100, slow), json!({ "response_time": 900, "created_at": 1_000_000 }));
    assert!(found.len() == 1 && found[0].starts_with("response_time 900 lies "), "{found:?}");
    let found = against(&known(100, slow), json!({ "response_time": 6000, "created_at": 1 }));
    assert_eq!(found, ["response_time 6000 is above its limit of 5000"], "a value is told of once");
    let history = known(100, usual);
    assert_eq!(against(&history, usual(3)), [""; 0]);
    assert_eq!(against(&history, json!({ "size": 112, "order_id": 1, "constant": 7 })), [""; 0]);
    let found = against(&history, json!({ "size": 140, "order_id": 1, "constant": 7 }));
    assert_eq!(found, ["size 140 lies 12.4 standard deviations from its usual 104"]);
    let found = against(&history, json!({ "size": 104, "order_id": 1, "constant": 8 }));
    assert_eq!(found, ["constant 8 lies 14.3 standard deviations from its usual 7"]);
    assert_eq!(against(&known(29, usual), json!({ "size": 1e9, "order_id": 1, "constant": 7 })), [""; 0]);
}

#[test]
fn drift_of_the_schema_is_told_until_it_is_known() {
    let history = known(100, |number| json!({ "name": "a", "count": 5, "note": (number % 2 == 0).then_some("x") }));
    let found = against(&history, json!({ "name": 7, "count": 5, "note": "x" }));
    assert_eq!(found, ["name is a number, which it never was"]);
    let found = against(&history, json!({ "count": 5, "note": null }));
    assert_eq!(found, ["name is missing, which was always there"]);
    assert_eq!(against(&history, json!({ "name": "b", "count": 5, "note": "x", "more": 1 })), [""; 0]);
    let mut told = 0;
    let mut history = history;
    for _ in 0..20 {
        let event = event(json!({ "count": 5, "note": null }));
        let (verdict, next) = Rules::default().judge_and_learn(&event, Standing { history: &history, hours: &[] });
        told += usize::from(verdict.status != Status::Normal);
        history = next;
    }
    assert_eq!(told, 3);
}

#[test]
fn a_weekday_hour_has_its_volume() {
    let start = Time::from_epoch(1_790_000_000).floor(crate::units::Span::DAY);
    let (mut volume, mut history) = (Volume::default(), unknown());
    let mut told = Vec::new();
    let mut tell = |hour: i64, events: u32, history: &mut History| {
        for number in 0..events {
            let event = at(json!({}), Time::from_epoch(start.epoch() + hour * 3600 + i64::from(number)));
            if Volume::is_due(history, event.at) {
                told.extend(volume.close(history, event.at).into_iter().map(|finding| (hour, finding.reason)));
            }
            *history = Rules::default().judge_and_learn(&event, Standing { history, hours: &[] }).1;
        }
    };
    for hour in 0..(24 * 21) {
        tell(hour, 40 + u32::try_from(hour % 24).unwrap(), &mut history);
    }
    tell(24 * 21, 3, &mut history);
    tell(24 * 21 + 1, 41, &mut history);
    tell(24 * 21 + 5, 45, &mut history);
    let [(first, silent), (second, away)] = told.try_into().unwrap();
    assert_eq!((first, second), (24 * 21 + 1, 24 * 21 + 5));
    assert!(
        silent.starts_with("3 events in the hour from ") && silent.ends_with("where 40 are usual on this weekday"),
        "{silent}"
    );
    assert!(away.starts_with("0 events") && away.ends_with("; 2 more hours since"), "{away}");
}

#[test]
fn what_is_sensitive_is_masked() {
    let Value::Object(mut data) = json!({
        "user": { "Password": "x", "name": "ann", "api-key": 5 }, "list": [{ "session_token": "t" }], "email": "a@b", "token": null,
    }) else {
        panic!("it is an object")
    };
    MaskedFields(vec!["E-Mail".to_owned()]).mask(&mut data);
    let expected = json!({
        "user": { "Password": "***", "name": "ann", "api-key": "***" }, "list": [{ "session_token": "***" }], "email": "***", "token": null,
    });
    assert_eq!(Value::Object(data), expected);
}

#[test]
fn sources_have_names() {
    assert!("api module".parse::<EventText>().is_ok());
    assert!("x".repeat(128).parse::<EventText>().is_ok());
    for text in ["", "a#b", "a\nb", &"x".repeat(129)] {
        assert!(text.parse::<EventText>().is_err(), "{text:?}");
    }
}

fn any_json() -> impl proptest::strategy::Strategy<Value = Value> {
    use proptest::prelude::*;
    let names = || {
        prop_oneof![
            "[a-z]{1,3}",
            "status_code|result|output|success|processed|error|response_time|items_processed|status"
        ]
    };
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "success|error: a|completed|NaN|[a-z]{0,5}".prop_map(Value::from),
    ];
    let inner = leaf.prop_recursive(6, 64, 8, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(names(), inner, 0..8)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    });
    proptest::collection::btree_map(names(), inner, 0..8).prop_map(|map| Value::Object(map.into_iter().collect()))
}

proptest::proptest! {
    #[test]
    fn every_event_has_a_verdict(events in proptest::collection::vec(any_json(), 1..60)) {
        let mut history = unknown();
        for data in events {
            let event = event(data);
            let (verdict, next) = Rules::default().judge_and_learn(&event, Standing { history: &history, hours: &[] });
            proptest::prop_assert!((0.0..=1.0).contains(&verdict.severity));
            proptest::prop_assert_eq!(verdict.decision == Decision::Continue, verdict.status == Status::Normal
                || verdict.findings.iter().filter(|f| f.severity >= 0.7).all(|f| f.decision == Decision::Continue));
            let stored = serde_json::to_string(&next).unwrap();
            proptest::prop_assert_eq!(serde_json::from_str::<History>(&stored).unwrap().learned, next.learned);
            history = next;
        }
    }
}
