//! Why an alert was told, or was not.

use domain::alert::Status;
use domain::incident::Severity;
use domain::units::Span;
use serde_json::{Value, json};

use crate::fixture::{Answer, Client, NOW};

fn alert(client: &Client, name: &str) -> String {
    let since = NOW - Span::from_minutes(1);
    client.alert("shop-checkout", name, Severity::Sev2, Status::Firing, since);
    let world = client.world.lock();
    world.alerts.values().find(|alert| alert.name == name).unwrap().fingerprint.to_string()
}

fn ask(client: &Client, body: &Value) -> Answer {
    client.json(&http::Method::POST, "/v1/explain", body.to_string())
}

/// What is said about these matters, in order.
fn says<'a>(answer: &'a Answer, about: &[&str]) -> Vec<&'a str> {
    let steps = answer.body["steps"].as_array().unwrap_or_else(|| panic!("{answer:?}")).iter();
    let wanted = steps.filter(|step| about.contains(&step["about"].as_str().unwrap()));
    wanted.map(|step| step["says"].as_str().unwrap()).collect()
}

#[test]
fn every_question_is_answered_in_the_order_of_the_pipeline() {
    let client = Client::new();
    let id = alert(&client, "errors");
    let answer = client.get(&format!("/v1/alerts/{id}/explain"));
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.body["alert"], json!(id));
    assert_eq!(answer.body["labels"]["alertname"], "errors");
    assert_eq!(answer.body["at"], NOW.to_string());
    let order: Vec<_> = answer.body["steps"].as_array().unwrap().iter().map(|step| step["about"].clone()).collect();
    let pipeline = ["flapping", "group", "inhibited", "interval", "silenced", "planned", "muted-until-resolved"];
    let places: Vec<_> = pipeline.iter().map(|about| order.iter().position(|found| found == about).unwrap()).collect();
    assert!(places.is_sorted(), "{order:?}");
    assert_eq!(order.first(), Some(&json!("route")), "{order:?}");
    assert_eq!(says(&answer, &["silenced"]), ["No silence covers it."]);
}

#[test]
fn a_silence_holds_back_and_says_until_when() {
    let client = Client::new();
    let id = alert(&client, "errors");
    let silence = json!({"matchers": ["alertname=errors"], "for": "2h", "comment": "known", "by": "ann"});
    assert_eq!(client.json(&http::Method::POST, "/v1/silences", silence.to_string()).status, 201);
    let until = NOW + Span::HOUR.times(2);
    let answer = client.get(&format!("/v1/alerts/{id}/explain"));
    let step = answer.body["steps"].as_array().unwrap().iter().find(|step| step["about"] == "silenced").unwrap();
    assert_eq!((&step["stops"], &step["at"]), (&json!(true), &json!(until.to_string())));
    assert!(step["says"].as_str().unwrap().starts_with("It is held back: silenced by ann: known (sil-"), "{step}");
    assert!(answer.body["answer"].as_str().unwrap().contains("silenced by ann"), "{answer:?}");
    // It was not silenced before, and is told when the silence is over.
    let before = client.get(&format!("/v1/alerts/{id}/explain?at={}", NOW - Span::from_seconds(30)));
    assert_eq!(says(&before, &["silenced"]), ["No silence covers it."]);
    assert_eq!(before.body["answer"], "Nothing held it back then.");
    let after = client.get(&format!("/v1/alerts/{id}/explain?at={until}"));
    assert_eq!(says(&after, &["silenced"]), ["No silence covers it."]);
}

#[test]
fn a_made_up_alert_and_a_name_are_explained_too() {
    let client = Client::new();
    let answer =
        ask(&client, &json!({"labels": {"alertname": "slow", "service": "shop-cart", "severity": "critical"}}));
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!((&answer.body["severity"], &answer.body["labels"]["severity"]), (&json!("SEV1"), &json!("SEV1")));
    assert!(answer.body.get("alert").is_none() && answer.body.get("incident").is_none(), "{answer:?}");
    assert!(client.world.lock().alerts.is_empty() && client.world.lock().incidents.is_empty(), "nothing is written");
    let id = alert(&client, "errors");
    assert_eq!(ask(&client, &json!({"alert": "errors"})).body["alert"], json!(id));
    assert_eq!(ask(&client, &json!({"alert": id})).body["alert"], json!(id));
}

#[test]
fn what_cannot_be_explained_is_refused_with_the_reason() {
    let client = Client::new();
    let check = |body: Value, kind: (u16, &str), words: &[&str]| ask(&client, &body).is(kind.0, kind.1, words);
    check(json!({}), (400, "invalid-request"), &["labels", "name a stored one as alert"]);
    check(
        json!({"alert": "errors", "labels": {"a": "b"}}),
        (400, "invalid-request"),
        &["leave one of alert and labels"],
    );
    check(json!({"alert": "errors"}), (404, "not-found"), &["there is no alert errors"]);
    check(json!({"labels": {"service": "no name"}}), (400, "invalid-request"), &["service", "no name"]);
    check(json!({"labels": {"a": "b"}, "at": "noon"}), (400, "invalid-request"), &["noon"]);
    client.get("/v1/alerts/alert-0/explain").is(404, "not-found", &["alert-0"]);
    client.get("/v1/alerts/a%20b/explain").is(404, "not-found", &["there is no alert"]);
    for service in ["shop-checkout", "shop-cart"] {
        client.alert(service, "slow", Severity::Sev3, Status::Firing, NOW);
    }
    check(json!({"alert": "slow"}), (400, "invalid-request"), &["2 alerts have the name slow", "of shop-cart"]);
}
