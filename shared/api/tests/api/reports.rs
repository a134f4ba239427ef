//! Reports on operations.

use domain::alert::Status;
use domain::id::{CallId, NotificationId};
use domain::incident::Severity;
use domain::notification::{Address, Destination, Receipt, ReceiptState};
use domain::units::Span;
use serde_json::{Map, Value, json};

use crate::fixture::{Client, NOW};

const PHONE: &str = "+4915112345678";
const REPORT: &str = "/v1/reports/operations";

/// Two incidents of one service, the first of which was told, and one that still is open.
fn client() -> Client {
    let client = Client::new();
    let minutes = |minutes| NOW - Span::HOUR + Span::from_minutes(minutes);
    let first = client.alert("shop-checkout", "errors", Severity::Sev2, Status::Firing, minutes(0));
    client.alert("shop-checkout", "errors", Severity::Sev2, Status::Resolved, minutes(5));
    client.alert("shop-checkout", "errors", Severity::Sev2, Status::Firing, minutes(20));
    client.alert("shop-checkout", "errors", Severity::Sev2, Status::Resolved, minutes(25));
    client.alert("shop-cart", "slow", Severity::Sev3, Status::Firing, minutes(30));
    let id = NotificationId::derive(&["report"]);
    let receipt = Receipt {
        id: id.clone(),
        version: 1,
        incident: first.clone(),
        channel: "ann.phone".parse().unwrap(),
        notification: None,
        created_at: minutes(0),
        tries: 1,
        state: ReceiptState::Delivered { at: minutes(1), answer: "202".to_owned(), handle: None },
        next_wake: None,
        page: Some(Destination::Person {
            person: "ann".parse().unwrap(),
            address: Address::Phone(PHONE.parse().unwrap()),
        }),
        call: Some(CallId::derive(&["report"])),
    };
    client.world.lock().receipts.insert((first.to_string(), id.to_string()), receipt);
    client
}

#[test]
fn incidents_are_counted_and_shown() {
    let client = client();
    let report = client.get(REPORT).body;
    let total = &report["total"];
    assert_eq!((&total["incidents"], &total["open"], &total["unactionable"]), (&json!(3), &json!(1), &json!(1)));
    assert_eq!(total["to_tell"], json!({"count": 1, "mean": "1m", "median": "1m", "p90": "1m"}));
    assert_eq!(total["to_acknowledge"], json!({"count": 0}));
    assert_eq!(total["to_resolve"]["mean"], "5m");
    let called = json!({"person": "ann", "pages": 1, "pages_per_week": 0.25, "pages_by_week": [0, 0, 0, 0, 1]});
    assert_eq!(report["called"][0], called);
    let (name, delivered) = (&report["channels"][0]["channel"], &report["channels"][0]["delivered"]);
    assert_eq!((name, delivered), (&json!("ann.phone"), &json!(1)));
    assert_eq!((&report["repeats"][0]["monitor"], &report["repeats"][0]["incidents"]), (&json!("errors"), &json!(2)));
    assert_eq!(report["from"], (NOW - Span::DAY.times(28)).to_string());

    let of_cart = client.get(&format!("{REPORT}?service=shop-cart")).body;
    assert_eq!((&of_cart["total"]["incidents"], &of_cart["service"]), (&json!(1), &json!("shop-cart")));
    let short = client.get(&format!("{REPORT}?from={}&until={}", (NOW - Span::from_minutes(45)).epoch(), NOW)).body;
    assert_eq!(short["total"]["incidents"], 2);
    assert_eq!(client.get(&format!("{REPORT}?service=unassigned")).body["total"]["incidents"], 0);

    let text = client.accepting(REPORT, "text/markdown");
    text.is(200, "", &["# Operations: all services\n", "| errors | shop-checkout | 2 | 2 | 1 | 1 | 100 % |"]);
    assert_eq!(text.headers["content-type"], "text/markdown; charset=utf-8");
    client.accepting(REPORT, "text/html").is(200, "", &["<h1>Operations: all services</h1>"]);
    client.accepting(REPORT, "application/pdf").is(406, "not-acceptable", &[]);
}

#[test]
fn a_stretch_has_sense_and_a_limit() {
    let client = Client::new();
    let check = |query: &str, words: &[&str]| {
        client.get(&format!("{REPORT}?{query}")).is(400, "invalid-request", words);
    };
    let days = |days: u32| (NOW - Span::DAY.times(days)).to_string();
    assert_eq!(client.get(&format!("{REPORT}?from={}", days(92))).status, 200);
    check(&format!("from={}", (NOW - Span::DAY.times(92) - Span::from_seconds(1)).epoch()), &["more than 92d before"]);
    check(&format!("from={0}&until={0}", days(3)), &["is not before"]);
    check("from=noon&until=never", &["noon", "never", "is not an instant"]);
    check("service=shop-chekout", &["the configuration has no service shop-chekout", "did you mean shop-checkout?"]);
    check("service=a%20b", &["service"]);
    check("week=1", &["week"]);
}

/// The names of a schema's fields with those of what lies in them, against a value that is shown.
fn compare(document: &Value, schema: &Value, value: &Value, place: &str) {
    let resolved = |schema: &Value| -> Value {
        let reference = schema["$ref"].as_str().or_else(|| schema["oneOf"][1]["$ref"].as_str());
        reference.map_or_else(
            || schema.clone(),
            |name| document["components"]["schemas"][name.rsplit('/').next().unwrap()].clone(),
        )
    };
    let schema = resolved(schema);
    match value {
        Value::Object(members) => {
            let mut fields = Map::new();
            let parts = schema["allOf"].as_array().cloned().unwrap_or_else(|| vec![schema.clone()]);
            for part in parts {
                fields.extend(resolved(&part)["properties"].as_object().cloned().unwrap_or_default());
            }
            let names = |map: &Map<String, Value>| map.keys().cloned().collect::<std::collections::BTreeSet<_>>();
            let optional = ["mean", "median", "p90", "person", "channel"].map(str::to_owned);
            let missing: Vec<_> = names(&fields).difference(&names(members)).cloned().collect();
            assert!(missing.iter().all(|name| optional.contains(name)), "{place}: {missing:?} are not shown");
            for (name, member) in members {
                let field = fields.get(name).unwrap_or_else(|| panic!("{place}.{name} is in no schema"));
                compare(document, field, member, &format!("{place}.{name}"));
            }
        }
        Value::Array(items) => {
            assert!(!items.is_empty(), "{place}: the test needs a row");
            compare(document, &schema["items"], &items[0], &format!("{place}[0]"));
        }
        _ => assert!(schema["properties"].is_null(), "{place} is no object"),
    }
}

#[test]
fn the_schema_is_what_is_shown() {
    let document = serde_json::to_value(api::document()).unwrap();
    let schema = &document["components"]["schemas"]["Operations"];
    compare(&document, schema, &client().get(REPORT).body, "report");
}
