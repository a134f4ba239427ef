use domain::alert::Alert;
use domain::id::Fingerprint;
use domain::incident::Severity;
use serde_json::json;

use crate::fixture::Client;

#[test]
fn services_come_by_name_with_their_health() {
    let client = Client::new();
    client.incident("shop-checkout", "errors", Severity::Sev2);
    let answer = client.get("/v1/services");
    let names: Vec<_> = answer.body["items"].as_array().unwrap().iter().map(|s| (&s["name"], &s["health"])).collect();
    assert_eq!(json!(names), json!([["shop-cart", "healthy"], ["shop-checkout", "unhealthy"]]));
    assert_eq!(answer.body.get("cursor"), None);
}

#[test]
fn pages_meet_without_gap() {
    let client = Client::new();
    let first = client.get("/v1/services?limit=1");
    assert_eq!(first.body["items"][0]["name"], "shop-cart");
    let cursor = first.body["cursor"].as_str().unwrap();
    let second = client.get(&format!("/v1/services?limit=1&cursor={cursor}"));
    assert_eq!(second.body["items"][0]["name"], "shop-checkout");
    assert_eq!(second.body.get("cursor"), None);
}

#[test]
fn one_service_shows_what_is_watched_and_what_is_wrong() {
    let client = Client::new();
    let incident = client.incident("shop-checkout", "errors", Severity::Sev3);
    let answer = client.get("/v1/services/shop-checkout");
    assert_eq!(answer.body["health"], "degraded");
    assert_eq!(answer.body["alerts"][0]["incident"], incident.as_str());
    assert_eq!(
        answer.body["readings"][1],
        json!({
            "id": "shop-checkout/latency", "source": "cloudwatch", "unit": "count", "period": "1m", "pace": "1m",
        })
    );
    client.get("/v1/services/shop-chekout").is(404, "not-found", &["did you mean shop-checkout?"]);
    client.get("/v1/services/a%2Fb").is(404, "not-found", &[]);
}

#[test]
fn a_service_is_healthy_only_if_all_that_fires_was_looked_at() {
    let client = Client::new();
    client.incident("shop-checkout", "errors", Severity::Sev3);
    let template = client.world.lock().alerts.values().next().unwrap().clone();
    let fire = |number: u32| {
        let fingerprint = Fingerprint::given(format!("alert-{number}"));
        let alert = Alert { fingerprint: fingerprint.clone(), ..template.clone() };
        client.world.lock().alerts.insert(fingerprint.to_string(), alert);
    };
    let healths = || {
        ["shop-cart", "shop-checkout"].map(|name| client.get(&format!("/v1/services/{name}")).body["health"].clone())
    };
    (1..1000).for_each(fire);
    assert_eq!(healths(), ["healthy", "degraded"]);
    fire(1000);
    assert_eq!(healths(), ["unknown", "degraded"]);
}
