use std::collections::BTreeSet;

use http::Method;
use serde_json::{Value, json};

use crate::fixture::{Client, FOREIGN, LINKED, Simulated};

/// Cargo runs the tests of a package in its folder.
const KEPT: &str = "openapi.json";

fn document() -> Value {
    serde_json::to_value(api::document()).unwrap()
}

#[test]
fn the_kept_document_is_the_handlers() {
    let found = serde_json::to_string_pretty(&api::document()).unwrap() + "\n";
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(KEPT, &found).unwrap();
    }
    let kept = std::fs::read_to_string(KEPT).unwrap();
    assert!(kept == found, "openapi.json differs from the handlers; UPDATE_GOLDEN=1 writes it anew");
}

#[test]
fn every_route_is_in_the_document_and_every_operation_has_a_route() {
    let routed: BTreeSet<_> =
        api::paths::<Simulated>().into_iter().map(|(m, p)| (m.to_owned(), p.to_owned())).collect();
    let (mut documented, mut ids) = (BTreeSet::new(), BTreeSet::new());
    for (path, item) in document()["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            documented.insert((method.clone(), path.clone()));
            assert!(ids.insert(operation["operationId"].to_string()), "{path}: {operation}");
        }
    }
    assert_eq!(routed, documented);
    assert_eq!(document()["openapi"], "3.1.0");
}

#[test]
fn every_operation_is_answered_by_its_route() {
    let client = Client::new();
    for (method, path) in api::paths::<Simulated>() {
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        let answer = client.json(&method, &path.replace(['{', '}'], ""), "{}");
        let kind = answer.body["type"].as_str().unwrap_or_default();
        assert!(
            !kind.ends_with("unknown-route") && !kind.ends_with("method-not-allowed"),
            "{method} {path}: {answer:?}"
        );
    }
}

/// The names that a route takes: asked with a wrong one, it lists them.
fn taken(answer: &crate::fixture::Answer) -> BTreeSet<String> {
    let errors = answer.body["errors"].as_array().unwrap();
    let unknown = errors.iter().find(|error| error["field"] == "qqqqqqqqqqqqqqqqqqqqqqqq");
    let hint = unknown.unwrap_or_else(|| panic!("{answer:?}"))["hint"].as_str().unwrap();
    let names = hint.strip_prefix("there are ").map(|names| names.split(", ").map(str::to_owned).collect());
    names.unwrap_or_default()
}

#[test]
fn the_document_names_every_parameter_that_is_read_and_no_other() {
    let client = Client::new();
    let questions = api::paths::<Simulated>().into_iter();
    for (method, path) in questions.filter(|(method, path)| *method == "get" && !LINKED.contains(path)) {
        let operation = &document()["paths"][path][method];
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let documented =
            parameters.iter().filter(|p| p["in"] == "query").map(|p| p["name"].as_str().unwrap().to_owned());
        let answer = client.get(&format!("{}?qqqqqqqqqqqqqqqqqqqqqqqq=1", path.replace("{name}", "shop-cart")));
        assert_eq!(taken(&answer), documented.collect(), "{path}");
    }
}

#[test]
fn the_document_names_every_field_that_is_read_and_no_other() {
    let (client, document) = (Client::new(), document());
    for (method, path) in api::paths::<Simulated>()
        .into_iter()
        .filter(|(method, path)| !["get", "delete"].contains(method) && !FOREIGN.contains(path))
    {
        let body = &document["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"]["$ref"];
        let schema = body.as_str().unwrap().rsplit('/').next().unwrap();
        let properties = document["components"]["schemas"][schema]["properties"].as_object().unwrap();
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        let answer = client.json(
            &method,
            &path.replace("{name}", "shop-cart").replace("{id}", "inc-1"),
            json!({ "qqqqqqqqqqqqqqqqqqqqqqqq": 1 }).to_string(),
        );
        assert_eq!(taken(&answer), properties.keys().cloned().collect(), "{path}");
    }
}

#[test]
fn the_document_is_served() {
    let answer = Client::new().get("/v1/openapi.json");
    assert_eq!(answer.body, document());
}
