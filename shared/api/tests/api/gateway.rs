use api::gateway::serve;
use domain::incident::Severity;
use serde_json::{Value, json};
use simulator::now_or_never;

use crate::fixture::Client;

fn event(method: &str, path: &str, query: &str, body: &Value) -> Value {
    json!({
        "version": "2.0", "routeKey": "ANY /v1/{proxy+}", "rawPath": path, "rawQueryString": query,
        "headers": { "content-type": "application/json", "x-odd": "caf\u{e9}" },
        "requestContext": {
            "http": { "method": method, "path": path },
            "authorizer": { "iam": { "userArn": "arn:aws:iam::1:user/ann" } },
        },
        "body": body, "isBase64Encoded": false,
    })
}

fn check(client: &Client, event: &Value) -> Value {
    let answer = now_or_never(serve(client.router.clone(), &event.to_string())).unwrap();
    serde_json::to_value(answer).unwrap()
}

#[test]
fn a_proxy_event_is_answered_in_the_gateways_shape() {
    let client = Client::new();
    let id = client.incident("shop-cart", "errors", Severity::Sev2);
    let path = format!("/v1/incidents/{id}/acknowledge");
    let answer = check(&client, &event("POST", &path, "", &json!("{\"by\":\"ann\"}")));
    assert_eq!(answer["statusCode"], 200);
    assert_eq!(answer["headers"]["content-type"], "application/json");
    assert_eq!(answer["isBase64Encoded"], false);
    assert!(answer["body"].as_str().unwrap().contains("ann (arn:aws:iam::1:user/ann)"), "{answer}");

    let mut encoded = event("POST", &path.replace("acknowledge", "resolve"), "", &json!("eyJieSI6ImJlbiJ9"));
    encoded["isBase64Encoded"] = json!(true);
    assert!(check(&client, &encoded)["body"].as_str().unwrap().contains("resolved by ben"));

    let listed = check(&client, &event("GET", "/v1/incidents", "limit=1&state=resolved", &Value::Null));
    assert!(listed["body"].as_str().unwrap().contains(id.as_str()), "{listed}");
}

#[test]
fn odd_requests_are_answered_and_what_is_none_is_an_error() {
    let client = Client::new();
    for path in ["/v1/incidents/a b", "/v1/\u{e9}", "/v1/%zz", "/v1/a?b#c", "/", "", "//", "x"] {
        let answer = check(&client, &event("GET", path, "", &Value::Null));
        assert!(matches!(answer["statusCode"].as_u64(), Some(400 | 404)), "{path}: {answer}");
    }
    let mut bad = event("GET", "/health/live", "", &json!("%%%"));
    bad["isBase64Encoded"] = json!(true);
    let no_method = event("", "/health/live", "", &Value::Null);
    let texts = ["", "{}", "[]", "null", "{\"rawPath\":\"/\"}"].map(str::to_owned);
    for text in texts.into_iter().chain([bad.to_string(), no_method.to_string(), "[".repeat(100_000)]) {
        let error = now_or_never(serve(client.router.clone(), &text)).unwrap_err();
        assert!(error.to_string().contains("no HTTP request of API Gateway"), "{error}");
    }
}
