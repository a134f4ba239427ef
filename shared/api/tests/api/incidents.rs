use domain::incident::Severity;
use serde_json::json;

use crate::fixture::Client;

#[test]
fn an_incident_shows_its_story() {
    let client = Client::new();
    let id = client.incident("shop-checkout", "errors", Severity::Sev2);
    let answer = client.get(&format!("/v1/incidents/{id}"));
    assert_eq!(answer.body["id"], id.as_str());
    assert_eq!(answer.body["state"], "triggered");
    assert_eq!(answer.body["alerts"][0]["status"], "firing");
    assert_eq!(answer.body["timeline"][0]["what"], "opened");
    assert_eq!(answer.body["timeline"][1]["text"], "Alert firing: errors is bad");
    assert_eq!(answer.body["receipts"], json!([]));
}

#[test]
fn incidents_are_filtered_by_state_across_pages() {
    let client = Client::new();
    let first = client.incident("shop-checkout", "errors", Severity::Sev2);
    let second = client.incident("shop-cart", "errors", Severity::Sev3);
    client.post(&format!("/v1/incidents/{first}/acknowledge"), &json!({ "by": "ann" })).is(200, "", &[]);
    for (state, expected) in
        [("open", 2), ("triggered", 1), ("acknowledged", 1), ("mitigating", 0), ("resolved", 0), ("closed", 0)]
    {
        let answer = client.get(&format!("/v1/incidents?limit=1&state={state}"));
        assert_eq!(answer.body["items"].as_array().unwrap().len(), expected.min(1), "{state}: {answer:?}");
    }
    assert_eq!(client.get("/v1/incidents?limit=1&state=triggered").body["items"][0]["id"], second.as_str());
    assert_eq!(client.get("/v1/incidents").body["items"].as_array().unwrap().len(), 2);
}

#[test]
fn an_incident_is_opened_by_hand_once() {
    let client = Client::new().signed_by("arn:aws:iam::1:user/ann");
    let body = json!({ "service": "shop-cart", "severity": "SEV1", "title": "Carts are empty", "by": "ann" });
    let opened = client.post("/v1/incidents", &body);
    opened.is(201, "", &["Carts are empty (opened by ann (arn:aws:iam::1:user/ann))"]);
    let location = opened.headers["location"].to_str().unwrap();
    assert_eq!(client.get(location).body["title"], "Carts are empty");
    let again = client.post("/v1/incidents", &body);
    again.is(409, "already-open", &["has an open incident already", "join it"]);
    assert_eq!(again.body["incident"], opened.body["id"]);
}
