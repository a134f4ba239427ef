use domain::alert::Status;
use domain::incident::Severity;
use domain::units::Span;
use serde_json::json;

use crate::fixture::{Client, NOW, setup};

/// `shop-checkout` calls `shop-cart`.
fn client() -> Client {
    let mut chain = setup();
    chain.services[0].depends_on = vec!["shop-cart".parse().unwrap()];
    Client::over(Some(chain))
}

#[test]
fn a_service_says_whose_doing_it_is() {
    let client = client();
    let of = |service: &str| {
        let found = client.get(&format!("/v1/service-health/{service}")).body;
        (found["status"].clone(), found["score"].clone(), found["cause"].clone(), found["reason"].clone())
    };
    let fine = (json!("healthy"), json!(100), json!(null), json!("nothing fires"));
    assert_eq!((of("shop-checkout"), of("shop-cart")), (fine.clone(), fine));
    client.alert("shop-cart", "errors", Severity::Sev1, Status::Firing, NOW - Span::HOUR);
    let own = (json!("unhealthy"), json!(40), json!("own"), json!("SEV1 errors: errors is bad"));
    assert_eq!(of("shop-cart"), own);
    let only = json!("only because of shop-cart, which it calls: nothing of its own fires");
    assert_eq!(of("shop-checkout"), (json!("degraded"), json!(100), json!("dependency"), only));
    client.alert("shop-checkout", "slow", Severity::Sev2, Status::Firing, NOW);
    let first = json!("only because of shop-cart, which it calls and which failed first; slow: slow is bad");
    assert_eq!(of("shop-checkout"), (json!("unhealthy"), json!(60), json!("dependency"), first));
    let detail = client.get("/v1/service-health/shop-checkout");
    detail.is(200, "", &["\"because_of\":[\"shop-cart\"]"]);
    assert_eq!(detail.body["dependencies"][0]["own_status"], "unhealthy");
    let all = client.get("/v1/service-health").body["items"].clone();
    assert_eq!(all.as_array().unwrap().len(), 2);
    client.get("/v1/service-health/shop-card").is(404, "not-found", &["shop-cart"]);
}
