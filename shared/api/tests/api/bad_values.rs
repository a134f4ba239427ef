use domain::incident::Severity;
use serde_json::{Value, json};

use crate::fixture::{Client, NOW};

/// A complete body with one member replaced; `null` takes it out.
fn with(body: &Value, name: &str, value: Value) -> Value {
    let mut body = body.clone();
    body[name] = value;
    body
}

#[test]
fn fields_of_an_alert() {
    let client = Client::new();
    let good = json!({ "service": "shop-cart", "name": "x", "severity": "SEV3", "message": "m" });
    for (name, value, words) in [
        ("service", Value::Null, "the field is missing"),
        ("service", json!(""), "it is empty"),
        ("service", json!(7), "it must be a text, not a number"),
        ("service", json!("x".repeat(201)), "more than 200 characters"),
        ("name", Value::Null, "slo_violation"),
        ("name", json!("a\nb"), "control character"),
        ("name", json!("\u{e9}".repeat(65)), "more than 128 bytes"),
        ("severity", json!("SEV5"), "is not a severity"),
        ("severity", json!(2), "it must be a text"),
        ("severity", json!(["SEV1"]), "not an array"),
        ("message", json!(" \n "), "it is empty"),
        ("message", json!("x".repeat(1001)), "more than 1000 characters"),
        ("status", json!("firin"), "did you mean firing?"),
        ("category", json!("sales"), "is none of technical, business"),
        ("at", json!("yesterday"), "is not an instant"),
        ("at", json!("2026-01-31"), "is not an instant"),
        ("at", json!("9999-01-01T00:00:00Z"), "lies in the future"),
        ("at", json!(i64::MAX), "lies in the future"),
        ("at", json!(i64::MIN), "lies before 1970"),
        ("at", json!(u64::MAX), "it must be an instant"),
        ("at", json!(1.5), "it must be an instant"),
        ("labels", json!("a"), "they must be an object"),
        ("labels", json!({ "a": 1 }), "a: it must be a text"),
        ("labels", json!({ "": "a" }), "it is empty"),
        ("labels", json!({ "a": "x".repeat(201) }), "more than 200"),
        ("service_name", json!("shop-cart"), "means the same as service"),
        ("alert_type", json!("x"), "means the same as name"),
        ("by", json!({}), "not an object"),
    ] {
        let answer = client.post("/v1/alerts", &with(&good, name, value));
        answer.is(400, "invalid-request", &[words]);
        assert_eq!(answer.body["field"], name, "{answer:?}");
    }
    let labels: serde_json::Map<_, _> = (0..16).map(|n| (n.to_string(), json!("x"))).collect();
    client.post("/v1/alerts", &with(&good, "labels", json!(labels))).is(202, "", &[]);
    let labels: serde_json::Map<_, _> = (0..17).map(|n| (n.to_string(), json!("x"))).collect();
    client.post("/v1/alerts", &with(&good, "labels", json!(labels))).is(400, "invalid-request", &["16 are taken"]);
    client.post("/v1/alerts", &with(&good, "message", json!("x".repeat(1000)))).is(202, "", &[]);
}

#[test]
fn all_mistakes_come_at_once() {
    let answer = Client::new().post("/v1/incidents", &json!({ "servce": "a", "severity": "bad", "titel": "t" }));
    answer.is(400, "invalid-request", &[]);
    let fields: Vec<_> = answer.body["errors"].as_array().unwrap().iter().map(|error| &error["field"]).collect();
    assert_eq!(json!(fields), json!(["by", "service", "severity", "title", "servce", "titel"]));
    assert_eq!(answer.body["errors"][4]["hint"], "did you mean service?");
    assert_eq!(answer.body["field"], "by");
}

#[test]
fn a_name_that_is_given_twice_is_a_mistake() {
    let client = Client::new();
    let body = "{\"service\":\"shop-cart\",\"severity\":\"SEV1\",\"title\":\"t\",\"by\":\"ann\",\"by\":\"ben\"}";
    client.json(&http::Method::POST, "/v1/incidents", body).is(400, "invalid-request", &["given more than once"]);
    client.get("/v1/incidents?limit=5&limit=6").is(400, "invalid-request", &["given more than once"]);
}

#[test]
fn an_unknown_service_has_a_hint() {
    let client = Client::new().signed_by("arn:x");
    for (target, body) in [
        ("/v1/alerts", json!({ "service": "shop-kart", "name": "x", "severity": "low", "message": "m" })),
        ("/v1/incidents", json!({ "service": "shop-kart", "severity": "low", "title": "t" })),
        ("/v1/deployments", json!({ "service": "shop-kart", "version": "2" })),
    ] {
        let answer = client.post(target, &body);
        answer.is(422, "unknown-service", &["shop-kart", "did you mean shop-cart?"]);
        assert_eq!(answer.body["field"], "service");
    }
    let query = client.get("/v1/metrics/query?series=shop-checkout/erors");
    query.is(404, "not-found", &["did you mean shop-checkout/errors?"]);
    assert_eq!(query.body["field"], "series");
}

#[test]
fn fields_of_the_other_commands() {
    let client = Client::new();
    let id = client.incident("shop-cart", "errors", Severity::Sev2);
    let resolve = format!("/v1/incidents/{id}/resolve");
    client.post(&resolve, &json!({})).is(400, "invalid-request", &["say who you are"]);
    client.post(&resolve, &json!({ "by": "a", "reason": "x".repeat(1001) })).is(400, "invalid-request", &["reason"]);
    client.post(&resolve, &json!({ "by": "a", "reason": "\u{7}" })).is(400, "invalid-request", &["control"]);
    for (body, words) in [
        (json!({ "by": "a", "reason": "r" }), "engaged: the field is missing"),
        (json!({ "by": "a", "reason": "r", "engaged": "yes" }), "true or false, not a text"),
        (json!({ "by": "a", "reason": "r", "engaged": 1 }), "true or false, not a number"),
        (json!({ "by": "a", "engaged": true }), "reason: the field is missing"),
        (json!({ "engaged": true, "reason": "r" }), "by: the field is missing"),
    ] {
        client.put("/v1/kill-switch", &body).is(400, "invalid-request", &[words]);
    }
    let deployment = json!({ "service": "shop-cart", "version": "", "at": NOW.epoch() + 301 });
    client.post("/v1/deployments", &deployment).is(400, "invalid-request", &["version", "lies in the future"]);
    assert!(client.world.lock().deployments.is_empty());
    assert!(!client.world.lock().switch.engaged);
}

#[test]
fn ids_that_cannot_be_ids_name_nothing() {
    let client = Client::new().signed_by("arn:x");
    for id in ["inc-1", "%20", "..%2f..", "%00", "inc-%C3%A9", &"x".repeat(5000)] {
        client.get(&format!("/v1/incidents/{id}")).is(404, "not-found", &["there is no incident"]);
        client.get(&format!("/v1/post-mortems/{id}")).is(404, "not-found", &[]);
        client.post(&format!("/v1/incidents/{id}/resolve"), &json!({})).is(404, "not-found", &[]);
        client.post(&format!("/v1/incidents/inc-1/actions/{id}/approve"), &json!({})).is(404, "not-found", &[]);
    }
    client.get("/v1/incidents/%ff").is(400, "invalid-request", &["UTF-8"]);
}

#[test]
fn parameters_of_the_lists() {
    let client = Client::new();
    for (target, words) in [
        ("/v1/alerts?status=on", "is none of firing, resolved"),
        ("/v1/alerts?status=", "it is empty"),
        ("/v1/alerts?limit=0", "from 1 to 100"),
        ("/v1/alerts?limit=101", "from 1 to 100"),
        ("/v1/incidents?limit=NaN", "from 1 to 100"),
        ("/v1/incidents?state=opened", "did you mean open?"),
        ("/v1/incidents?cursor=abc", "not a cursor of this list"),
        ("/v1/services?cursor=%F0%9F%92%A9", "not a cursor of this list"),
        ("/v1/services?limit=1e1", "from 1 to 100"),
    ] {
        client.get(target).is(400, "invalid-request", &[words]);
    }
}

#[test]
fn parameters_of_a_query() {
    let client = Client::new();
    for (query, words) in [
        ("", "series: the parameter is missing"),
        ("series=", "it is empty"),
        ("series=shop-checkout/errors&from=NaN", "is not an instant"),
        ("series=shop-checkout/errors&from=inf", "is not an instant"),
        ("series=shop-checkout/errors&from=2027-01-01T00:00:00Z", "lies in the future"),
        ("series=shop-checkout/errors&to=99999999999999", "lies in the future"),
        ("series=shop-checkout/errors&from=-1", "lies before 1970"),
        ("series=shop-checkout/errors&from=1769868000&to=1769868000", "is not before"),
        ("series=shop-checkout/errors&from=1769864400&to=1769860800", "is not before"),
        ("series=shop-checkout/errors&step=5", "has no unit"),
        ("series=shop-checkout/errors&step=0s", "not a multiple of the period"),
        ("series=shop-checkout/errors&step=90s", "not a multiple of the period"),
        ("series=shop-checkout/errors&step=13h", "at most 12h"),
        ("series=shop-checkout/errors&step=-5m", "is not a length of time"),
        ("series=shop-checkout/errors&step=99999999999d", "longer than 136 years"),
    ] {
        client.get(&format!("/v1/metrics/query?{query}")).is(400, "invalid-request", &[words]);
    }
}
