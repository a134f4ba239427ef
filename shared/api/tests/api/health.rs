use domain::incident::Severity;
use serde_json::json;
use simulator::Crash;

use crate::fixture::Client;

#[test]
fn health_says_what_works_and_how_the_services_are() {
    let client = Client::new();
    let part = json!({ "ok": true });
    let census = json!({ "healthy": 2, "degraded": 0, "unhealthy": 0, "unknown": 0 });
    let expected = json!({ "status": "healthy", "configuration": part, "store": part, "services": census });
    assert_eq!(client.get("/health").body, expected);

    client.incident("shop-checkout", "errors", Severity::Sev2);
    client.incident("shop-cart", "errors", Severity::Sev3);
    let answer = client.get("/health");
    answer.is(200, "", &["\"status\":\"healthy\"", "\"degraded\":1", "\"unhealthy\":1"]);

    client.incident("tocsin", "collector", Severity::Sev2);
    client.get("/health").is(200, "", &["\"status\":\"degraded\""]);
}

#[test]
fn what_is_missing_is_named() {
    let client = Client::over(None);
    client.get("/health").is(503, "", &["\"status\":\"unhealthy\"", "it is not there", "\"store\":{\"ok\":true}"]);
    client.get("/health/live").is(200, "", &["alive"]);
    client.get("/health/ready").is(200, "", &["ready"]);
    let answer = client.get("/v1/services");
    answer.is(503, "not-configured", &["tocsin check"]);
    assert_eq!(answer.headers["retry-after"], "60");
}

#[test]
fn a_store_that_does_not_answer_is_told_with_the_time_to_ask_again() {
    let client = Client::new();
    for target in [
        "/health/ready",
        "/v1/services",
        "/v1/services/shop-cart",
        "/v1/alerts",
        "/v1/incidents",
        "/v1/incidents/inc-1",
        "/v1/post-mortems/inc-1",
        "/v1/kill-switch",
        "/v1/metrics/query?series=shop-checkout/errors",
    ] {
        client.world.revive();
        client.world.crash(Crash::Before(0));
        let answer = client.get(target);
        answer.is(503, "unavailable", &["does not answer"]);
        assert_eq!(answer.headers["retry-after"], "5", "{target}");
        assert!(!answer.text.contains("killed"), "the cause belongs to the log: {answer:?}");
    }
    client.get("/health").is(503, "", &["\"store\":{\"ok\":false"]);
    client.get("/health/live").is(200, "", &["alive"]);
}
