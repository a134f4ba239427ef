use std::collections::BTreeSet;

use domain::units::Span;
use serde_json::{Value, json};

use crate::fixture::{Client, NOW};

fn ordered() -> Value {
    json!({ "matchers": "service=\"shop-cart\"", "for": "2h", "comment": "the provider works on it", "by": "ann" })
}

fn with(name: &str, value: Value) -> Value {
    let mut body = ordered();
    body[name] = value;
    body
}

#[test]
fn a_silence_is_made_once_seen_and_ended() {
    let client = Client::new();
    let made = client.post("/v1/silences", &ordered());
    made.is(201, "", &["\"state\":\"active\"", "\"by\":\"ann\""]);
    assert_eq!(made.body["matchers"], json!(["service=\"shop-cart\""]));
    assert_eq!(
        [&made.body["starts_at"], &made.body["ends_at"]],
        [&json!(NOW.to_string()), &json!((NOW + Span::HOUR.times(2)).to_string())]
    );
    let location = made.headers["location"].to_str().unwrap();
    assert_eq!(client.get(location).body, made.body);
    let again = client.post("/v1/silences", &ordered());
    again.is(200, "", &[]);
    assert_eq!(again.body, made.body);
    assert_eq!(client.world.lock().silences.len(), 1);

    let over = client.json(&http::Method::DELETE, location, json!({ "by": "ben" }).to_string());
    over.is(200, "", &["\"state\":\"expired\"", "(ended by ben)", "the provider works on it"]);
    assert_eq!(over.body["ends_at"], NOW.to_string());
    assert_eq!(client.get(location).body, over.body);
    client.json(&http::Method::DELETE, location, "{\"by\":\"ben\"}").is(409, "refused", &["is over since"]);
    client.post("/v1/silences", &ordered()).is(409, "refused", &["made before and ended"]);
}

#[test]
fn a_silence_that_is_not_over_ends_at_another_time() {
    let client = Client::new();
    let made = client.post("/v1/silences", &ordered());
    let path = format!("/v1/silences/{}", made.body["id"].as_str().unwrap());
    let order = |body: Value| client.json(&http::Method::PATCH, &path, body.to_string());
    let longer = json!({ "for": "5h", "by": "ben" });
    let moved = order(longer.clone());
    let end = (NOW + Span::HOUR.times(5)).to_string();
    moved.is(200, "", &["\"state\":\"active\"", "the provider works on it", &format!("(until {end} by ben)")]);
    let times = |body: &Value| [body["starts_at"].clone(), body["ends_at"].clone()];
    assert_eq!(times(&moved.body), [json!(NOW.to_string()), json!(end)]);
    assert_eq!(order(longer).body, moved.body, "said twice is said once");
    assert_eq!(client.get(&path).body, moved.body);
    let again = client.post("/v1/silences", &ordered());
    again.is(200, "", &[]);
    assert_eq!(again.body, moved.body, "the order that it was made by does not take the end back");

    for (body, field, words) in [
        (json!({ "by": "ben" }), "ends_at", "the field is missing"),
        (json!({ "for": "1h", "ends_at": end, "by": "ben" }), "for", "means the same as ends_at"),
        (json!({ "ends_at": NOW.to_string(), "by": "ben" }), "ends_at", "ends after it starts"),
        (json!({ "for": "367d", "by": "ben" }), "for", "lies too far ahead"),
        (json!({ "for": "1h" }), "by", "say who you are"),
        (json!({ "for": "1h", "by": "ben", "matchers": ["a=b"] }), "matchers", ""),
    ] {
        let answer = order(body);
        answer.is(400, "invalid-request", &[words]);
        assert_eq!(answer.body["field"], field, "{answer:?}");
    }
    assert_eq!(client.get(&path).body, moved.body, "nothing was changed");
    client.json(&http::Method::DELETE, &path, "{\"by\":\"ben\"}").is(200, "", &[]);
    order(json!({ "for": "1h", "by": "ann" })).is(409, "refused", &["is over since"]);
    let nowhere = client.json(&http::Method::PATCH, "/v1/silences/sil-00", "{\"for\":\"1h\",\"by\":\"ann\"}");
    nowhere.is(404, "not-found", &["there is no silence"]);
}

#[test]
fn who_ends_a_silence_is_known() {
    let client = Client::new();
    let made = client.post("/v1/silences", &ordered());
    let path = format!("/v1/silences/{}", made.body["id"].as_str().unwrap());
    client.delete(&path).is(400, "invalid-request", &["say who you are"]);
    let signed = client.with(crate::fixture::setup()).signed_by("arn:x");
    signed.delete(&path).is(200, "", &["(ended by arn:x)"]);
    for id in ["sil-00", "%20", "..%2f..", "sil-%C3%A9"] {
        client.get(&format!("/v1/silences/{id}")).is(404, "not-found", &["there is no silence"]);
        signed.delete(&format!("/v1/silences/{id}")).is(404, "not-found", &["there is no silence"]);
    }
}

#[test]
fn fields_of_a_silence() {
    let client = Client::new();
    let hour = |hours: i64| json!(NOW.epoch() + 3600 * hours);
    let only = |matchers: &str| with("matchers", json!(matchers));
    for (body, field, words) in [
        (with("matchers", Value::Null), "matchers", "the field is missing"),
        (with("matchers", json!([])), "matchers", "the field is missing"),
        (with("matchers", json!([1])), "matchers", "a text or a list of texts, not a number"),
        (with("matchers", json!({ "a": "b" })), "matchers", "not an object"),
        (only(""), "matchers", "it is empty"),
        (only("service"), "matchers", "is no matcher"),
        (only("service=~\"(\""), "matchers", "matchers"),
        (only("service=~\".*\""), "matchers", "would silence every alert"),
        (only("owner=\"\""), "matchers", "would silence every alert"),
        (only("service!=\"shop-cart\""), "matchers", "would silence every alert"),
        (only(&vec!["a=b"; 2000].join(",")), "matchers", "more than 4096 characters"),
        (
            with("matchers", json!((0..33).map(|n| format!("a{n}=b")).collect::<Vec<_>>())),
            "matchers",
            "33 matchers in one list are too many",
        ),
        (with("for", Value::Null), "ends_at", "the field is missing"),
        (with("for", json!("2")), "for", "has no unit"),
        (with("for", json!("0s")), "ends_at", "ends after it starts"),
        (with("for", json!("367d")), "for", "lies too far ahead"),
        (with("ends_at", hour(1)), "for", "it means the same as ends_at"),
        (with("starts_at", hour(24 * 367)), "starts_at", "lies too far ahead"),
        (with("starts_at", json!("tomorrow")), "starts_at", "is not an instant"),
        (with("comment", Value::Null), "comment", "the field is missing"),
        (with("comment", json!("x".repeat(1001))), "comment", "more than 1000 characters"),
        (with("comment", json!("\u{e9}".repeat(1000))), "comment", "in 1 to 1024 bytes"),
        (with("by", Value::Null), "by", "say who you are"),
    ] {
        let answer = client.post("/v1/silences", &body);
        answer.is(400, "invalid-request", &[words]);
        assert_eq!(answer.body["field"], field, "{answer:?}");
    }
    for (ends_at, words) in [(hour(-1), "ends after it starts"), (json!(i64::MAX), "lies too far ahead")] {
        let mut body = with("ends_at", ends_at);
        body["for"] = Value::Null;
        client.post("/v1/silences", &body).is(400, "invalid-request", &[words]);
    }
    assert!(client.world.lock().silences.is_empty());
    for good in [
        with("matchers", json!(["{service=\"shop-cart\",alertname=~\"a|b\"}", "severity=SEV3"])),
        with("for", json!("366d")),
        with("starts_at", hour(-5)),
        with("starts_at", hour(24)),
    ] {
        client.post("/v1/silences", &good).is(201, "", &[]);
    }
}

#[test]
fn silences_are_listed_active_first() {
    let client = Client::new();
    for (name, starts, long) in [("c", 1, "1h"), ("b", 0, "9h"), ("a", 0, "3h"), ("d", 5, "1h"), ("e", 0, "1h")] {
        let starts = NOW + Span::HOUR.times(starts);
        let body = json!({ "matchers": format!("x={name}"), "starts_at": starts.to_string(), "for": long, "comment": "c",
            "by": "ann" });
        let made = client.post("/v1/silences", &body);
        if name == "e" {
            let path = format!("/v1/silences/{}", made.body["id"].as_str().unwrap());
            client.json(&http::Method::DELETE, &path, "{\"by\":\"ann\"}").is(200, "", &[]);
        }
    }
    let all = |target: &str| {
        let (mut names, mut next) = (String::new(), Some(target.to_owned()));
        while let Some(target) = next {
            let page = client.get(&target);
            page.is(200, "", &[]);
            let matchers =
                page.body["items"].as_array().unwrap().iter().map(|row| row["matchers"][0].as_str().unwrap());
            names.extend(matchers.map(|text| text.chars().nth(3).unwrap()));
            next = page.body["cursor"].as_str().map(|cursor| format!("{target}&cursor={cursor}"));
            next = next.map(|next| {
                next.rsplit_once("&cursor=").map_or(next.clone(), |(_, cursor)| {
                    format!("{}&cursor={cursor}", target.split("&cursor=").next().unwrap())
                })
            });
        }
        names
    };
    for (target, expected) in [
        ("/v1/silences?limit=2", "abcde"),
        ("/v1/silences?limit=1&state=active", "ab"),
        ("/v1/silences?limit=100&state=pending", "cd"),
        ("/v1/silences?limit=1&state=expired", "e"),
    ] {
        assert_eq!(all(target), expected, "{target}");
    }
    client.get("/v1/silences?state=activ").is(400, "invalid-request", &["did you mean active?"]);
}

#[test]
fn there_are_at_most_a_thousand_that_are_not_over() {
    let client = Client::new();
    let name = |n: usize| with("matchers", json!(format!("x=\"{n}\"")));
    let first = client.post("/v1/silences", &name(0));
    let template = client.world.lock().silences.values().next().unwrap().clone();
    for n in 1..1000 {
        let id = domain::id::SilenceId::given(format!("sil-{n}"));
        let silence = domain::silence::Silence { id: id.clone(), ..template.clone() };
        client.world.lock().silences.insert(id, silence);
    }
    let refused = client.post("/v1/silences", &name(1));
    refused.is(409, "refused", &["there are 1000 silences", "covers several"]);
    client.post("/v1/silences", &name(0)).is(200, "", &[]);
    let path = format!("/v1/silences/{}", first.body["id"].as_str().unwrap());
    client.json(&http::Method::DELETE, &path, "{\"by\":\"ann\"}").is(200, "", &[]);
    client.post("/v1/silences", &name(1)).is(201, "", &[]);
}

#[test]
fn the_same_silence_is_the_same_id_and_another_is_another() {
    let client = Client::new();
    let id = |body: &Value| client.post("/v1/silences", body).body["id"].as_str().unwrap().to_owned();
    let all = [
        ordered(),
        with("matchers", json!("service=\"shop-checkout\"")),
        with("for", json!("3h")),
        with("by", json!("ben")),
        with("starts_at", json!(NOW.epoch() + 60)),
    ];
    let ids: BTreeSet<String> = all.iter().map(id).collect();
    assert_eq!(ids.len(), all.len());
    assert!(ids.contains(&id(&with("matchers", json!(["service=shop-cart"])))), "written otherwise, it is the same");
}
