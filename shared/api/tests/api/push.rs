use std::collections::BTreeMap;

use domain::metric::{PushedMetric, PushedValue, Query, Series, Statistic};
use domain::units::{Span, Unit};
use serde_json::{Value, json};

use crate::fixture::{Client, NOW, setup};

fn pushed(id: &str, metric: &str, unit: Unit, dimensions: &[(&str, &str)]) -> Series {
    let dimensions = dimensions.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Series {
        id: id.parse().unwrap(),
        source: "cloudwatch".parse().unwrap(),
        query: Query::Pushed(PushedMetric { metric: metric.to_owned(), dimensions, statistic: Statistic::Sum }),
        period: Span::MINUTE,
        pace: Span::MINUTE,
        unit,
        sparse: false,
    }
}

/// Orders of two services, those of one country, and a duration in milliseconds.
fn client() -> Client {
    let mut setup = setup();
    setup.series.extend([
        pushed("shop-checkout/orders", "orders", Unit::Count, &[]),
        pushed("shop-checkout/orders-de", "orders", Unit::Count, &[("country", "DE")]),
        pushed("shop-cart/orders", "orders", Unit::Count, &[]),
        pushed("shop-cart/duration", "duration", Unit::Milliseconds, &[]),
    ]);
    Client::over(Some(setup))
}

fn kept(client: &Client) -> Vec<PushedValue> {
    client.world.lock().pushed.values().flatten().cloned().collect()
}

fn accepted(client: &Client, body: &Value, series: &[&str]) {
    let answer = client.post("/v1/metrics", body);
    answer.is(202, "", &[]);
    assert_eq!(answer.body["series"], json!(series), "{body}");
}

#[test]
fn a_value_goes_to_every_series_that_wants_it() {
    let client = client();
    accepted(&client, &json!({ "metric": "orders", "value": 3 }), &["shop-cart/orders", "shop-checkout/orders"]);
    accepted(&client, &json!({ "name": "orders", "value": 3, "service": "shop-cart" }), &["shop-cart/orders"]);
    let german = json!({ "metric": "orders", "value": 2, "service": "shop-checkout", "dimensions": { "country": "DE", "shop": "7" } });
    accepted(&client, &german, &["shop-checkout/orders", "shop-checkout/orders-de"]);
    accepted(&client, &json!({ "metric": "duration", "value": 1.5, "unit": "Seconds" }), &["shop-cart/duration"]);
    let durations: Vec<_> = kept(&client).into_iter().filter(|value| value.series.name() == "duration").collect();
    assert_eq!(durations, [PushedValue { series: "shop-cart/duration".parse().unwrap(), at: NOW, value: 1500.0 }]);
}

#[test]
fn a_batch_is_taken_whole_or_not_at_all() {
    let client = client();
    let batch = json!({ "metrics": [
        { "metric": "orders", "value": 1, "at": NOW.epoch() - 60 }, { "metric": "duration", "value": 20, "unit": "milliseconds" },
    ] });
    accepted(&client, &batch, &["shop-cart/duration", "shop-cart/orders", "shop-checkout/orders"]);
    assert_eq!(kept(&client).len(), 3);
    let half = json!({ "metrics": [
        { "metric": "orders", "value": 1 }, { "metric": "order", "value": 1 }, { "metric": "orders", "value": "x" }, 5,
        { "metric": "orders", "value": 1, "colour": "red" }, { "metric": "duration", "value": 1, "unit": "bytes" },
        { "metric": "orders", "value": 1, "at": NOW.epoch() - 3600 },
    ] });
    client.post("/v1/metrics", &half).is(
        400,
        "invalid-request",
        &[
            "metrics[1].order",
            "did you mean orders?",
            "metrics[2].value",
            "metrics[3]",
            "metrics[4].colour",
            "metrics[5].duration",
            "not a unit of the same kind",
            "metrics[6].orders",
            "each tick looks back",
        ],
    );
    assert_eq!(kept(&client).len(), 3, "nothing of it");
}

/// The example of the specification, with our names.
#[test]
fn the_embedded_metric_format_is_taken_as_it_is_logged() {
    let client = client();
    let document = json!({
        "_aws": { "Timestamp": NOW.epoch() * 1000 + 123, "CloudWatchMetrics": [{
            "Namespace": "lambda-function-metrics", "Dimensions": [["functionVersion", "country"]],
            "Metrics": [{ "Name": "duration", "Unit": "Milliseconds", "StorageResolution": 60 }, { "Name": "orders", "Unit": "None" }],
        }] },
        "functionVersion": "$LATEST", "country": "DE", "duration": 100, "orders": [1, 2, 3], "requestId": "989ffbf8-9ace-4817-a57c",
    });
    accepted(
        &client,
        &document,
        &["shop-cart/duration", "shop-cart/orders", "shop-checkout/orders", "shop-checkout/orders-de"],
    );
    let of = |name: &str| {
        kept(&client).iter().filter(|value| value.series.as_str() == name).map(|value| value.value).sum::<f64>()
    };
    assert_eq!((of("shop-checkout/orders-de"), of("shop-cart/duration")), (6.0, 100.0));
    accepted(
        &client,
        &json!({ "metrics": [document] }),
        &["shop-cart/duration", "shop-cart/orders", "shop-checkout/orders", "shop-checkout/orders-de"],
    );
    let mut torn = document.clone();
    torn.as_object_mut().unwrap().remove("duration");
    torn["orders"] = json!("many");
    client.post("/v1/metrics", &torn).is(
        400,
        "invalid-request",
        &["duration: the document has no member", "orders: it must be a number"],
    );
    client.post("/v1/metrics", &json!({ "_aws": 5 })).is(400, "invalid-request", &["_aws"]);
}

/// What the client for Rust services writes is what is taken here.
#[test]
fn the_clients_lines_are_taken() {
    let client = client();
    let mut out = Vec::new();
    let tracker = tocsin_client::Tracker::to("shop-checkout", &mut out).unwrap();
    tracker.track_business_metric("orders", 4.0, tocsin_client::Unit::Count, &[("country", "DE")]).unwrap();
    drop(tracker);
    let mut line: Value = serde_json::from_slice(&out).unwrap();
    line["_aws"]["Timestamp"] = (NOW.epoch() * 1000).into();
    accepted(&client, &line, &["shop-cart/orders", "shop-checkout/orders", "shop-checkout/orders-de"]);
}

#[test]
fn a_push_with_an_id_counts_once() {
    let client = client();
    for _ in 0..2 {
        accepted(
            &client,
            &json!({ "metric": "orders", "value": 3, "id": "p-1" }),
            &["shop-cart/orders", "shop-checkout/orders"],
        );
    }
    let by_series: BTreeMap<String, f64> =
        kept(&client).into_iter().map(|value| (value.series.to_string(), value.value)).collect();
    assert_eq!((kept(&client).len(), by_series["shop-cart/orders"]), (2, 3.0));
}

#[test]
fn a_push_has_a_limit() {
    let client = client();
    let one = json!({ "metric": "orders", "value": 1, "service": "shop-cart" });
    let many = |count: usize| json!({ "metrics": vec![one.clone(); count] });
    client.post("/v1/metrics", &many(1000)).is(202, "", &[]);
    client.post("/v1/metrics", &many(1001)).is(400, "invalid-request", &["1000 are taken at once"]);
    client.post("/v1/metrics", &json!({})).is(
        400,
        "invalid-request",
        &["metric: the field is missing", "value: the field is missing"],
    );
}
