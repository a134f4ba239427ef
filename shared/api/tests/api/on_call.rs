use domain::units::Span;
use http::Method;
use serde_json::{Value, json};

use crate::fixture::{Client, NOW};

const OVERRIDES: &str = "/v1/on-call/overrides";

fn replaced() -> Value {
    json!({ "schedule": "primary", "change": "replace", "person": "ann", "replacement": "eve", "for": "2h", "by": "ann" })
}

fn with(name: &str, value: Value) -> Value {
    let mut body = replaced();
    body[name] = value;
    body
}

fn who(client: &Client, target: &str) -> Value {
    let answer = client.get(target);
    answer.is(200, "", &[]);
    answer.body["items"][0]["people"].clone()
}

#[test]
fn who_is_on_call_now_and_next_and_then() {
    let client = Client::new();
    let listed = client.get("/v1/on-call");
    let names: Vec<&Value> = listed.body["items"].as_array().unwrap().iter().map(|row| &row["schedule"]).collect();
    assert_eq!(names, ["primary", "secondary"]);
    let row = &client.get("/v1/on-call?schedule=primary").body["items"];
    let expected = json!([{ "schedule": "primary", "zone": "Europe/Berlin", "at": NOW.to_string(), "people": ["ann"],
        "next": { "at": "2026-02-01T08:00:00Z", "people": ["ben"] } }]);
    assert_eq!(row, &expected);
    // Daily at 09:00 in Berlin, in winter and in summer.
    for (at, expected) in [
        ("2026-02-01T07:59:59Z", "ann"),
        ("2026-02-01T08:00:00Z", "ben"),
        ("2026-02-02T08:00:00Z", "ann"),
        ("2026-07-01T06:59:59Z", "ann"),
        ("2026-07-01T07:00:00Z", "ben"),
        ("1769868000", "ann"),
    ] {
        assert_eq!(who(&client, &format!("/v1/on-call?schedule=primary&at={at}")), json!([expected]), "{at}");
    }
    assert_eq!(who(&client, "/v1/on-call?schedule=primary&at=2019-01-01T00:00:00Z"), json!([]), "before it began");
    let first = client.get("/v1/on-call?limit=1");
    let cursor = first.body["cursor"].as_str().unwrap();
    assert_eq!(client.get(&format!("/v1/on-call?limit=1&cursor={cursor}")).body["items"][0]["schedule"], "secondary");
}

#[test]
fn parameters_of_who_is_on_call() {
    let client = Client::new();
    for (target, words) in [
        ("/v1/on-call?schedule=primry", "did you mean primary?"),
        ("/v1/on-call?schedule=a%20b", "use letters"),
        ("/v1/on-call?schedule=", "it is empty"),
        ("/v1/on-call?at=tomorrow", "is not an instant"),
        ("/v1/on-call?at=-1", "lies before 1970"),
        ("/v1/on-call?at=2028-01-01T00:00:00Z", "lies too far ahead"),
        ("/v1/on-call?at=99999999999999", "lies too far ahead"),
        ("/v1/on-call?limit=0", "from 1 to 100"),
        ("/v1/on-call/calendar", "the parameter is missing"),
        ("/v1/on-call/calendar?schedule=x", "has no schedule x"),
        ("/v1/on-call/overrides?schedule=x", "has no schedule x"),
        ("/v1/on-call/overrides?cursor=x", "not a cursor"),
    ] {
        client.get(target).is(400, "invalid-request", &[words]);
    }
}

#[test]
fn an_override_holds_until_it_is_over_or_taken_back() {
    let client = Client::new();
    let made = client.post(OVERRIDES, &replaced());
    made.is(201, "", &["\"holds\":true"]);
    assert_eq!([&made.body["change"], &made.body["person"], &made.body["replacement"]], ["replace", "ann", "eve"]);
    client.post(OVERRIDES, &replaced()).is(200, "", &[made.body["id"].as_str().unwrap()]);
    let at = |minutes: u32| {
        let at = (NOW + Span::from_minutes(minutes)).epoch();
        who(&client, &format!("/v1/on-call?schedule=primary&at={at}"))
    };
    assert_eq!([at(0), at(119), at(120)], [json!(["eve"]), json!(["eve"]), json!(["ann"])]);
    assert_eq!(who(&client, "/v1/on-call?schedule=secondary"), json!(["ben"]), "another schedule");
    let added = json!({ "schedule": "primary", "change": "add", "person": "ben", "for": "1h", "by": "ann" });
    client.post(OVERRIDES, &added).is(201, "", &[]);
    assert_eq!(at(0), json!(["eve", "ben"]));

    let listed = client.get(&format!("{OVERRIDES}?schedule=primary"));
    let changes: Vec<&Value> = listed.body["items"].as_array().unwrap().iter().map(|row| &row["change"]).collect();
    assert_eq!(changes, ["add", "replace"], "by their ends");
    assert_eq!(client.get(&format!("{OVERRIDES}?schedule=secondary")).body["items"], json!([]));

    let path = format!("{OVERRIDES}/{}", made.body["id"].as_str().unwrap());
    client.delete(&path).is(400, "invalid-request", &["say who you are"]);
    let gone = client.json(&Method::DELETE, &path, "{\"by\":\"ann\"}");
    assert_eq!((gone.status.as_u16(), gone.text.as_str()), (204, ""));
    client.json(&Method::DELETE, &path, "{\"by\":\"ann\"}").is(404, "not-found", &["there is no override"]);
    assert_eq!(at(0), json!(["ann", "ben"]));
    client.json(&Method::DELETE, &format!("{OVERRIDES}/%20"), "{\"by\":\"a\"}").is(404, "not-found", &[]);
}

#[test]
fn fields_of_an_override() {
    let client = Client::new();
    for (name, value, field, words) in [
        ("schedule", Value::Null, "schedule", "the field is missing"),
        ("schedule", json!("primry"), "schedule", "did you mean primary?"),
        ("change", Value::Null, "change", "the field is missing"),
        ("change", json!("swap"), "change", "is none of add, remove, replace"),
        ("change", json!("add"), "replacement", "stands only beside"),
        ("person", Value::Null, "person", "the field is missing"),
        ("person", json!("anna"), "person", "did you mean ann?"),
        ("replacement", Value::Null, "replacement", "say who takes the turns"),
        ("replacement", json!("ann"), "replacement", "nobody can stand in for themselves"),
        ("replacement", json!("zoe"), "replacement", "no person zoe"),
        ("for", Value::Null, "ends_at", "the field is missing"),
        ("for", json!("0s"), "ends_at", "in the future"),
        ("for", json!("93d"), "for", "lies too far ahead"),
        ("ends_at", json!("2026-01-31T15:00:00Z"), "for", "means the same as ends_at"),
        ("starts_at", json!("2028-01-01T00:00:00Z"), "starts_at", "lies too far ahead"),
        ("comment", json!("a\nb"), "comment", "control character"),
        ("by", Value::Null, "by", "say who you are"),
    ] {
        let answer = client.post(OVERRIDES, &with(name, value));
        answer.is(400, "invalid-request", &[words]);
        assert_eq!(answer.body["field"], field, "{answer:?}");
    }
    let mut past = with("for", Value::Null);
    past["ends_at"] = json!("2026-01-31T13:00:00Z");
    client.post(OVERRIDES, &past).is(400, "invalid-request", &["ends in the future"]);
    assert!(client.world.lock().overrides.is_empty());
}
