use api::gateway::serve;
use api::paths;
use domain::incident::Severity;
use http::Method;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use simulator::now_or_never;

use crate::fixture::{Client, Simulated, is_for_people};

/// Values that a body may hold: what is right somewhere, what is wrong everywhere, and anything.
fn value() -> impl Strategy<Value = Value> {
    let words = [
        "SEV1",
        "primary",
        "ann",
        "replace",
        "service=~\"shop-.+\"",
        "2h",
        "shop-cart",
        "firing",
        "2026-01-31T13:00:00Z",
        "-1",
        "",
        "\n",
        "9".repeat(40).leak(),
    ];
    prop_oneof![
        select(words.to_vec()).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
        Just(json!([{}])),
        Just(json!({ "a": "b" })),
    ]
}

fn field() -> impl Strategy<Value = String> {
    let names = ["service", "service_name", "name", "severity", "message", "title", "by", "reason", "engaged", "at"];
    let parameters = [
        "labels",
        "version",
        "status",
        "series",
        "from",
        "to",
        "step",
        "limit",
        "cursor",
        "state",
        "source",
        "data",
        "event_type",
        "matchers",
        "starts_at",
        "ends_at",
        "for",
        "comment",
        "schedule",
        "change",
        "person",
        "replacement",
        "until",
        "text",
        "into",
        "alerts",
        "related",
    ];
    prop_oneof![6 => select([&names[..], &parameters[..]].concat()).prop_map(str::to_owned), 1 => any::<String>()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// No request makes the API panic or blame itself; the client checks that every refusal is a whole problem.
    #[test]
    fn any_request_is_answered(
        route in select(paths::<Simulated>()),
        id in prop_oneof![Just(None), any::<String>().prop_map(Some)],
        fields in prop::collection::vec((field(), value()), 0..6),
        torn in any::<prop::sample::Index>(),
        tear in prop::bool::weighted(0.2),
    ) {
        let client = Client::new().signed_by("arn:x");
        let known = client.incident("shop-checkout", "errors", Severity::Sev2).to_string();
        let id = id.unwrap_or(known);
        let path = route.1.replace("{id}", &id).replace("{name}", "shop-cart").replace("{action}", &id);
        let path = path.replace("{schedule}", "primary").replace("{token}", &id);
        let mut body = Value::Object(fields.iter().cloned().collect()).to_string();
        if tear {
            body = body.chars().take(torn.index(body.len())).collect();
        }
        let encoded = |text: &str| text.bytes().map(|byte| format!("%{byte:02x}")).collect::<Vec<_>>().concat();
        let query: Vec<_> = fields.iter().map(|(name, value)| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            format!("{}={}", encoded(name), encoded(&text))
        }).collect();
        let is_question = route.0 == "get";
        let event = json!({
            "rawPath": path, "rawQueryString": if is_question { query.join("&") } else { String::new() },
            "headers": { "content-type": "application/json" }, "body": body,
            "requestContext": { "http": { "method": Method::from_bytes(route.0.to_uppercase().as_bytes()).unwrap().as_str() } },
        });
        let answer = now_or_never(serve(client.router.clone(), &event.to_string())).unwrap();
        prop_assert!(answer.status_code < 500, "{event}: {answer:?}");
        let is_problem = answer.headers.get("content-type").is_some_and(|kind| kind == "application/problem+json");
        let is_page = is_for_people(&path) && answer.headers.contains_key("content-security-policy");
        prop_assert_eq!(is_problem || is_page, is_page || answer.status_code >= 400, "{}: {:?}", event, answer);
    }
}
