//! What Prometheus and Alertmanager send.

use domain::units::{Span, Time};
use engine::raise::lapse;
use serde_json::{Value, json};
use simulator::now_or_never;

use crate::fixture::{Answer, Client, FOREIGN, NOW, setup};

fn at(minutes: i64) -> String {
    Time::from_epoch(NOW.epoch() + minutes * 60).to_string()
}

/// An alert as Prometheus writes it.
fn alert(name: &str, since: i64, until: i64) -> Value {
    json!({
        "labels": { "alertname": name, "service": "shop-checkout", "severity": "critical", "instance": "10.0.0.7:9090" },
        "annotations": { "summary": "every second request fails", "runbook_url": "https://wiki.example.org/errors" },
        "startsAt": at(since), "endsAt": at(until), "generatorURL": "http://prometheus:9090/graph?g0.expr=up",
    })
}

/// Sends alerts, and counts those that changed something, and those that did not.
fn send(client: &Client, alerts: &[Value]) -> (usize, usize) {
    let answer = client.post("/api/v2/alerts", &json!(alerts));
    answer.is(200, "", &[]);
    let changed = answer.body["changed"].as_array().unwrap().len();
    (changed, usize::try_from(answer.body["unchanged"].as_u64().unwrap()).unwrap())
}

#[test]
fn an_alert_of_prometheus_opens_an_incident_is_told_again_and_ends() {
    let client = Client::new();
    assert_eq!(send(&client, &[alert("Errors", -3, 4), alert("Slow", -2, 4)]), (2, 0));
    let calls = client.world.lock().calls;
    for _ in 0..3 {
        assert_eq!(send(&client, &[alert("Errors", -3, 4), alert("Slow", -2, 4)]), (0, 2));
    }
    assert_eq!(client.world.lock().calls - calls, 3, "one read each time");

    let listed = client.get("/v1/alerts");
    let errors =
        listed.body["items"].as_array().unwrap().iter().find(|alert| alert["name"] == "Errors").unwrap().clone();
    assert_eq!((&errors["severity"], &errors["service"]), (&json!("SEV1"), &json!("shop-checkout")));
    assert_eq!((&errors["fired_at"], &errors["ends_at"]), (&json!(at(-3)), &json!(at(6))));
    assert_eq!(errors["reason"], "every second request fails");
    assert_eq!(errors["labels"]["generator_url"], "http://prometheus:9090/graph?g0.expr=up");
    let incident = errors["incident"].as_str().unwrap().to_owned();

    assert_eq!(send(&client, &[alert("Errors", -3, 0), alert("Slow", -2, -1)]), (2, 0));
    assert_eq!(client.get(&format!("/v1/incidents/{incident}")).body["state"], "resolved");
}

#[test]
fn an_alert_that_is_not_told_again_ends_by_itself() {
    let client = Client::new();
    send(&client, &[alert("Errors", -3, 4)]);
    let alert = client.get("/v1/alerts").body["items"][0].clone();
    let fingerprint = domain::id::Fingerprint::given(alert["fingerprint"].as_str().unwrap());
    let until = NOW + Span::from_minutes(6);
    let lapsed = |now| now_or_never(lapse(&client.world, &client.world, &setup(), &fingerprint, now)).unwrap();
    let not_yet = "it has no end that has come";
    assert_eq!(lapsed(until - Span::from_seconds(1)).words(), not_yet);
    assert_eq!(lapsed(until).words(), "committed");
    assert_eq!(lapsed(until).words(), not_yet);
    let over = client.get("/v1/alerts?status=resolved").body["items"][0].clone();
    assert_eq!(over["reason"], format!("its sender had not told it again by {until}, so it is taken to be over"));
    assert_eq!((&over["changed_at"], &over["ends_at"]), (&json!(until.to_string()), &Value::Null));
}

fn refused(client: &Client, target: &str, body: &Value, words: &[&str]) -> Answer {
    let answer = client.post(target, body);
    answer.is(400, "invalid-request", words);
    answer
}

#[test]
fn one_bad_alert_does_not_keep_out_the_others() {
    let client = Client::new();
    let mut bad = alert("Bad", -3, 4);
    bad["labels"]["number"] = json!(7);
    let body = json!([alert("Errors", -3, 4), bad, alert("Ahead", 60, 70), 3, {"labels": {}}, {"startsAt": "noon"}]);
    let words = [
        "[1]: it is no alert: invalid type: integer",
        "[2]: it begins at",
        "[3]: it is no alert",
        "[4]: it has no labels",
        "[5]: startsAt: \\\"noon\\\" is not an instant",
        "the other 1 of 6 alerts were taken; what was refused is parked",
    ];
    let answer = refused(&client, "/api/v2/alerts", &body, &words);
    assert_eq!(answer.body["errors"].as_array().unwrap().len(), 5);
    assert_eq!(client.get("/v1/alerts").body["items"].as_array().unwrap().len(), 1);

    let parked = client.parked.lock().unwrap().clone();
    let [key, payload, reason] = &parked[0];
    assert!(reason.starts_with("5 of 6 alerts: [1]: it is no alert"), "{reason}");
    let payload: Value = serde_json::from_str(payload).unwrap();
    assert_eq!((&payload["route"], payload["alerts"].as_array().unwrap().len()), (&json!("/api/v2/alerts"), 5));

    // What changes with each sending makes it no other alert to be parked.
    bad = alert("Bad", -3, 4);
    bad["labels"]["number"] = json!(7);
    for (minutes, same) in [(4, true), (5, true)] {
        bad["endsAt"] = json!(at(minutes));
        refused(&client, "/api/v2/alerts", &json!([bad]), &["[0]"]);
        let parked = client.parked.lock().unwrap().clone();
        assert_eq!(parked.last().unwrap()[0] == parked[1][0], same);
        assert_ne!(&parked[1][0], key);
    }
}

#[test]
fn a_request_has_a_limit_and_what_is_beyond_it_is_named() {
    let client = Client::new();
    let ended = |index: usize| alert(&format!("a{index}"), -3, -1);
    let alerts: Vec<_> = (0..engine::sent::ALERTS_MAX).map(ended).collect();
    assert_eq!(send(&client, &alerts), (0, 1000));
    let alerts: Vec<_> = (0..engine::sent::ALERTS_MAX + 25).map(ended).collect();
    let words = ["[1000]: a request has at most 1000 alerts", "and 5 more", "the other 1000 of 1025"];
    let answer = refused(&client, "/api/v2/alerts", &json!(alerts), &words);
    assert_eq!(answer.body["errors"].as_array().unwrap().len(), 21);
}

#[test]
fn a_body_of_another_form_says_what_is_read() {
    let client = Client::new();
    for (target, body, words) in [
        ("/api/v2/alerts", json!({}), "POST /api/v2/alerts"),
        ("/api/v2/alerts", json!(null), "not a list of alerts"),
        ("/v1/alertmanager/webhook", json!([]), "no group of alerts"),
        ("/v1/alertmanager/webhook", json!({"version": "4"}), "missing field `alerts`"),
        (
            "/v1/alertmanager/webhook",
            json!({"version": "3", "alerts": []}),
            "version \\\"3\\\" is not read; it is \\\"4\\\"",
        ),
    ] {
        client.post(target, &body).is(400, "malformed-body", &[words]);
    }
    client.json(&http::Method::POST, "/api/v2/alerts", "[").is(400, "malformed-body", &["not JSON"]);
    client.json(&http::Method::POST, "/api/v2/alerts", "").is(400, "malformed-body", &["not JSON"]);
    assert_eq!(send(&client, &[]), (0, 0));
}

fn group(alerts: &[Value], truncated: u64) -> Value {
    json!({
        "version": "4", "groupKey": "{}:{service=\"shop-checkout\"}", "truncatedAlerts": truncated, "status": "firing",
        "receiver": "tocsin", "groupLabels": {}, "commonLabels": {}, "commonAnnotations": {},
        "externalURL": "http://alertmanager:9093", "alerts": alerts,
    })
}

fn grouped(name: &str, status: &str, until: &str) -> Value {
    let mut alert = alert(name, -3, 0);
    alert["status"] = json!(status);
    alert["endsAt"] = json!(until);
    alert["fingerprint"] = json!("5ef77f1f8a3ecf8d");
    alert
}

#[test]
fn alertmanagers_webhook_fires_until_it_says_that_it_is_over() {
    let client = Client::new();
    let never = "0001-01-01T00:00:00Z";
    let firing = client.post("/v1/alertmanager/webhook", &group(&[grouped("Errors", "firing", never)], 0));
    firing.is(200, "", &["\"unchanged\":0", "\"incident\""]);
    assert_eq!(client.get("/v1/alerts").body["items"][0]["ends_at"], Value::Null);
    // The same alert from Prometheus itself is the same alert.
    let direct = client.post("/api/v2/alerts", &json!([alert("Errors", -3, 4)]));
    assert_eq!(direct.body["changed"][0]["alert"], firing.body["changed"][0]["alert"]);
    let calls = client.world.lock().calls;
    let again = client.post("/v1/alertmanager/webhook", &group(&[grouped("Errors", "firing", never)], 0));
    again.is(200, "", &["\"changed\":[]", "\"unchanged\":1"]);
    assert_eq!(client.world.lock().calls - calls, 1, "one read");
    // The sender's clock runs ahead: its word counts, not its clock.
    let over = client.post("/v1/alertmanager/webhook", &group(&[grouped("Errors", "resolved", &at(1))], 0));
    assert_eq!(over.body["changed"].as_array().unwrap().len(), 1);
    assert_eq!(client.get("/v1/alerts?status=resolved").body["items"][0]["changed_at"], at(0));
}

#[test]
fn alerts_that_alertmanager_leaves_out_are_told_of() {
    let client = Client::new();
    let never = "0001-01-01T00:00:00Z";
    let sent = client.post("/v1/alertmanager/webhook", &group(&[grouped("Errors", "firing", never)], 7));
    sent.is(200, "", &["\"truncated\":7"]);
    let alerts = client.get("/v1/alerts").body["items"].clone();
    let told = alerts.as_array().unwrap().iter().find(|alert| alert["name"] == "alertmanager/truncated").unwrap();
    assert_eq!((&told["severity"], &told["service"]), (&json!("SEV4"), &json!("unassigned")));
    assert!(told["reason"].as_str().unwrap().starts_with("Alertmanager left out 7 alerts"), "{told}");
    client.post("/v1/alertmanager/webhook", &group(&[], 0)).is(200, "", &[]);
    assert_eq!(client.get("/v1/alerts").body["items"].as_array().unwrap().len(), 1);
}

#[test]
fn foreign_bodies_have_the_limits_of_ours() {
    let client = Client::new();
    for path in [FOREIGN[0], FOREIGN[1]] {
        let long = format!("[\"{}\"]", "x".repeat(1_048_576));
        client.json(&http::Method::POST, path, long).is(413, "too-large", &["1048576"]);
        let nested = "[".repeat(128) + &"]".repeat(128);
        client.json(&http::Method::POST, path, nested).is(400, "malformed-body", &["recursion limit"]);
        let plain = http::Request::post(path).header("content-type", "text/plain");
        client.send(plain.body("[]".into()).unwrap()).is(415, "unsupported-media-type", &["content-type"]);
    }
}
