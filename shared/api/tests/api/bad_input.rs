use api::paths;
use axum::body::Body;
use http::{Method, Request};
use serde_json::json;

use crate::fixture::{Client, FOREIGN, LINKED, Simulated};

const BODY_BYTES_MAX: usize = 1_048_576;

/// Every route that takes a body of our own form, with its path parameters filled in.
fn commands() -> Vec<(Method, String)> {
    let all = paths::<Simulated>()
        .into_iter()
        .filter(|(method, path)| !["get", "delete"].contains(method) && !FOREIGN.contains(path));
    all.map(|(method, path)| {
        let path = path.replace("{id}", "inc-1").replace("{action}", "act-1").replace("{name}", "shop-cart");
        (Method::from_bytes(method.to_uppercase().as_bytes()).unwrap(), path)
    })
    .collect()
}

fn questions() -> Vec<String> {
    let all = paths::<Simulated>().into_iter().filter(|(method, path)| *method == "get" && !LINKED.contains(path));
    all.map(|(_, path)| path.replace("{id}", "inc-1").replace("{name}", "shop-cart")).collect()
}

#[test]
fn bodies_that_cannot_be_read_are_refused_by_every_command() {
    let client = Client::new().signed_by("arn:x");
    for (method, path) in commands() {
        for (body, words) in [
            ("hello".to_owned(), "the body is not JSON"),
            ("{".to_owned(), "EOF while parsing"),
            ("{} {}".to_owned(), "trailing characters"),
            ("[]".to_owned(), "expected an object"),
            ("null".to_owned(), "expected an object"),
            ("\"{}\"".to_owned(), "expected an object"),
            ("{\"by\":NaN}".to_owned(), "the body is not JSON"),
            ("{\"by\":Infinity}".to_owned(), "the body is not JSON"),
            ("{\"by\":1e999}".to_owned(), "number out of range"),
            ("{\"by\":\"\u{0}\"}".to_owned(), "control character"),
            ("{\"by\":\"\\ud800\"}".to_owned(), "the body is not JSON"),
            (format!("{{\"by\":{}}}", "[".repeat(100_000)), "recursion limit"),
            (format!("{{\"{}\":1}}", "x".repeat(257)), "a name has more than 256 bytes"),
        ] {
            client.json(&method, &path, body).is(400, "malformed-body", &[words]);
        }
        client.json(&method, &path, vec![0xff, 0xfe, 0x00]).is(400, "malformed-body", &["not JSON"]);
    }
}

#[test]
fn nesting_is_read_to_a_limit() {
    let nested = |depth: usize| format!("{{\"by\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    let client = Client::new();
    for (method, path) in commands() {
        client.json(&method, &path, nested(126)).is(400, "invalid-request", &[]);
        client.json(&method, &path, nested(127)).is(400, "malformed-body", &["recursion limit"]);
    }
}

#[test]
fn bodies_are_read_to_a_limit() {
    let client = Client::new();
    let long = |bytes: usize| format!("{{\"colour\":\"{}\"}}", "x".repeat(bytes - "{\"colour\":\"\"}".len()));
    for (method, path) in commands() {
        client.json(&method, &path, long(BODY_BYTES_MAX)).is(400, "invalid-request", &["colour"]);
        client.json(&method, &path, long(BODY_BYTES_MAX + 1)).is(413, "too-large", &["1048576"]);
        client.json(&method, &path, long(10_000_000)).is(413, "too-large", &[]);
    }
    let (method, path) = commands().remove(0);
    let declared = Request::builder().method(method).uri(path).header("content-length", "99999999999");
    client.send(declared.body(Body::empty()).unwrap()).is(413, "too-large", &[]);
}

#[test]
fn bodies_must_be_declared_as_json() {
    let client = Client::new().signed_by("arn:x");
    for (method, path) in commands() {
        for kind in [None, Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("application/jsonx")] {
            let mut request = Request::builder().method(&method).uri(&path);
            if let Some(kind) = kind {
                request = request.header("content-type", kind);
            }
            let answer = client.send(request.body(Body::from("{}")).unwrap());
            answer.is(415, "unsupported-media-type", &["content-type: application/json"]);
        }
        let request =
            Request::builder().method(&method).uri(&path).header("content-type", "Application/JSON; charset=utf-8");
        let answer = client.send(request.body(Body::from("{}")).unwrap());
        assert_ne!(answer.status, 415, "{answer:?}");
        let empty = Request::builder().method(&method).uri(&path).body(Body::empty()).unwrap();
        assert_ne!(client.send(empty).status, 415);
    }
}

#[test]
fn unknown_parameters_and_fields_are_named_by_every_route() {
    let client = Client::new().signed_by("arn:x");
    for path in questions() {
        let answer = client.get(&format!("{path}?colour=red&colour=blue&shape=%00"));
        answer.is(400, "invalid-request", &["colour", "shape", "no parameter of this name"]);
    }
    for (method, path) in commands() {
        let answer = client.json(&method, &path, json!({ "colour": "red", "shape": [] }).to_string());
        answer.is(400, "invalid-request", &["colour", "shape", "no field of this name"]);
        client.json(&method, &format!("{path}?dry-run=1"), "{}").is(400, "invalid-request", &["dry-run"]);
    }
}

#[test]
fn routes_and_methods_that_do_not_exist_are_problems_too() {
    let client = Client::new();
    for path in ["/", "/v1", "/v1/", "/v2/alerts", "/v1/alerts/", "/v1/incidents/a/b", "/healthy", "/v1//alerts"] {
        client.get(path).is(404, "unknown-route", &["/v1/openapi.json"]);
    }
    client.get(&format!("/{}", "x".repeat(60_000))).is(404, "unknown-route", &["\u{2026}"]);
    for (method, path, allowed) in [
        (Method::DELETE, "/v1/incidents", "GET,HEAD,POST"),
        (Method::PATCH, "/v1/kill-switch", "GET,HEAD,PUT"),
        (Method::POST, "/health", "GET,HEAD"),
        (Method::GET, "/v1/deployments", "POST"),
        (Method::OPTIONS, "/v1/services", "GET,HEAD"),
        (Method::from_bytes(b"BREW").unwrap(), "/v1/services", "GET,HEAD"),
    ] {
        let answer = client.json(&method, path, "{}");
        answer.is(405, "method-not-allowed", &[method.as_str()]);
        assert_eq!(answer.headers["allow"], allowed, "{method} {path}");
    }
}

#[test]
fn a_head_request_has_no_body() {
    let client = Client::new();
    let head = |target: &str| client.send(Request::head(target).body(Body::empty()).unwrap());
    assert_eq!((head("/health/live").status.as_u16(), head("/health/live").text.as_str()), (200, ""));
    assert_eq!((head("/nowhere").status.as_u16(), head("/nowhere").text.as_str()), (404, ""));
}
