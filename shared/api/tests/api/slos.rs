use domain::slo::{Count, Counter, Day, Slo, Snapshot, Step};
use domain::units::{Span, Time};
use serde_json::{Value, json};

use crate::fixture::{Client, NOW, setup};

/// As its documentation has always shown it.
fn plain() -> Value {
    json!({
        "name": "API Gateway Availability",
        "description": "API Gateway should be available 99.9% of the time",
        "service_name": "shop-checkout",
        "metric_name": "latency",
        "target_percentage": 99.9,
        "time_window": "30d",
        "threshold_value": 99.9,
        "operator": "gte"
    })
}

fn full(name: &str) -> Value {
    json!({
        "name": name, "service": "shop-checkout", "objective": "90%", "period": "1h",
        "indicator": { "slices": { "signal": { "series": "latency" }, "good": "< 500" } },
        "burn_alerts": { "rules": [{ "severity": "SEV2", "long": "10m", "short": "2m", "factor": 5 }] },
    })
}

fn client() -> Client {
    Client::new().signed_by("arn:aws:iam::1:user/ann")
}

/// A client whose configuration declares the objective `up`.
fn declaring() -> Client {
    let mut declared = setup();
    declared.slos = vec![config::slo(&full("up"), &declared).unwrap()];
    Client::over(Some(declared)).signed_by("arn:aws:iam::1:user/ann")
}

/// Lets the evaluator have counted an hour, its last `bad` minutes bad.
fn judged(client: &Client, name: &str, bad: u32, as_of: Time) {
    let slo: Slo = config::slo(&full(name), &setup()).unwrap();
    let mut counter = Counter::new(slo.shape(Span::MINUTE), as_of - Span::HOUR);
    for minute in 0..60 {
        let step = Step::Counted(Count::one(minute < 60 - bad));
        counter.count(step, as_of - Span::HOUR + Span::MINUTE.times(minute));
    }
    let closed = slo.budget(&counter).is_spent();
    let snapshot = Snapshot::of(&slo, &counter, None, closed, (Span::MINUTE, as_of));
    let mut world = client.world.lock();
    world.snapshots.insert(0, (as_of, vec![snapshot]));
    let day = Day { slo: name.parse().unwrap(), from: as_of.floor(Span::DAY), sum: counter.period(), remaining: 0.5 };
    world.days.insert((day.slo.clone(), day.from), day);
}

#[test]
fn the_documented_body_makes_an_objective() {
    let client = client();
    let made = client.post("/v1/slo", &plain());
    made.is(201, "", &["api-gateway-availability", "API Gateway Availability"]);
    assert_eq!((&made.body["version"], &made.body["declared"]), (&json!(1), &json!(false)));
    assert_eq!(made.body["updated_by"], "arn:aws:iam::1:user/ann");
    let got = client.get("/v1/slo/api-gateway-availability");
    got.is(200, "", &[]);
    assert_eq!((&got.body["target_percentage"], &got.body["time_window"]), (&json!(99.9), &json!("30d")));
    let slices = &got.body["definition"]["indicator"]["slices"];
    assert_eq!(slices, &json!({ "signal": { "series": "shop-checkout/latency" }, "good": ">= 99.9", "unit": "count" }));
    assert_eq!(got.body["definition"]["burn_alerts"]["rules"][0]["factor"], 14.4);
    client.get("/v1/slo").is(200, "", &["api-gateway-availability"]);
    client.post("/v1/slo", &plain()).is(409, "refused", &["already"]);
    for (operator, shown) in [("gt", "> 99.9"), ("lte", "<= 99.9"), ("<", "< 99.9")] {
        let mut body = plain();
        body["operator"] = operator.into();
        let put = client.put("/v1/slo/api-gateway-availability", &body);
        put.is(200, "", &[]);
        assert_eq!(put.body["definition"]["indicator"]["slices"]["good"], shown);
    }
    assert_eq!(client.get("/v1/slo/api-gateway-availability").body["version"], 4);
    client.delete("/v1/slo/api-gateway-availability").is(204, "", &[]);
    client.get("/v1/slo/api-gateway-availability").is(404, "not-found", &[]);
    client.delete("/v1/slo/api-gateway-availability").is(404, "not-found", &[]);
}

#[test]
fn what_is_read_can_be_written_back() {
    let client = client();
    client.post("/v1/slo", &full("up")).is(201, "", &[]);
    let definition = client.get("/v1/slo/up").body["definition"].clone();
    let again = client.put("/v1/slo/up", &definition);
    again.is(200, "", &[]);
    assert_eq!(again.body["definition"], definition);
    let mut other = definition;
    other["name"] = "down".into();
    client.put("/v1/slo/up", &other).is(400, "invalid-request", &["is not up, which the path names", "to rename"]);
    client.put("/v1/slo/down", &other).is(404, "not-found", &["down"]);
}

#[test]
fn what_is_declared_is_changed_where_it_is_declared() {
    let client = declaring();
    let got = client.get("/v1/slo/up");
    assert_eq!((&got.body["declared"], got.body.get("version")), (&json!(true), None));
    let hint = "change it there";
    client.put("/v1/slo/up", &full("up")).is(409, "refused", &[hint]);
    client.delete("/v1/slo/up").is(409, "refused", &[hint]);
    client.post("/v1/slo", &full("up")).is(409, "refused", &[hint]);
}

#[test]
fn all_mistakes_of_an_objective_are_told_at_once() {
    let client = client();
    let wrong = |edits: &[(&str, Value)]| {
        let mut body = plain();
        for (field, value) in edits {
            body[field] = value.clone();
        }
        client.post("/v1/slo", &body)
    };
    wrong(&[("service_name", json!("shop-chekout"))]).is(422, "unknown-service", &["shop-checkout"]);
    wrong(&[("metric_name", json!("latenci"))]).is(400, "invalid-request", &["metric_name", "latency"]);
    wrong(&[("target_percentage", json!(100))]).is(400, "invalid-request", &["target_percentage", "no error budget"]);
    wrong(&[("target_percentage", json!("high"))]).is(400, "invalid-request", &["it must be a number"]);
    wrong(&[("time_window", json!("30"))]).is(400, "invalid-request", &["time_window", "has no unit"]);
    wrong(&[("time_window", json!("1y"))]).is(400, "invalid-request", &["time_window"]);
    wrong(&[("operator", json!("eq"))]).is(400, "invalid-request", &["operator", "gte"]);
    wrong(&[("name", json!("\u{2014}"))]).is(400, "invalid-request", &["it has no letter or digit"]);
    let all = client.post("/v1/slo", &json!({ "colour": "red" }));
    all.is(400, "invalid-request", &["colour", "metric_name", "target_percentage", "operator", "time_window"]);
    let mut body = full("up");
    body["objective"] = "100%".into();
    body["period"] = "1m".into();
    body["indicator"]["slices"]["signal"]["series"] = "nothing".into();
    let all = client.post("/v1/slo", &body);
    all.is(400, "invalid-request", &["objective", "period", "indicator.slices.signal.series", "there is no series"]);
    assert_eq!(all.body["errors"].as_array().unwrap().len(), 3);
    Client::new().post("/v1/slo", &plain()).is(400, "invalid-request", &["say who you are"]);
}

#[test]
fn budgets_are_those_of_the_last_tick() {
    let client = declaring();
    client.get("/v1/error-budget/shop-checkout").is(200, "", &["\"unjudged\":[\"up\"]"]);
    judged(&client, "up", 3, NOW - Span::MINUTE);
    let all = client.get("/v1/error-budget");
    let budget = &all.body["items"][0]["budgets"][0];
    assert_eq!(budget["slo"], "up");
    assert_eq!((&budget["total"], &budget["bad"], &budget["allowed"]), (&json!(60.0), &json!(3.0), &json!(6.0)));
    assert_eq!((&budget["consumed_percentage"], &budget["remaining_percentage"]), (&json!(50.0), &json!(50.0)));
    assert_eq!((&budget["status"], &budget["compliance_percentage"]), (&json!("ok"), &json!(95.0)));
    let ten = client.get("/v1/error-budget/shop-checkout?window=10m");
    assert_eq!(ten.body["budgets"][0]["consumed_percentage"], 300.0);
    client.get("/v1/error-budget/shop-checkout?window=1h").is(200, "", &["\"window\":\"1h\""]);
    client.get("/v1/error-budget/shop-checkout?window=3h").is(
        400,
        "invalid-request",
        &["window", "there are 2m, 10m, 1h"],
    );
    client.get("/v1/error-budget/shop-checkout?window=long").is(400, "invalid-request", &["window"]);
    client.get("/v1/error-budget/shop").is(404, "not-found", &["shop"]);
    judged(&client, "up", 3, NOW - Span::from_minutes(16));
    client.get("/v1/error-budget/shop-checkout").is(200, "", &["\"stale\""]);
    let detail = client.get("/v1/slo/up");
    assert_eq!(detail.body["days"][0]["compliance_percentage"], 95.0);
    assert_eq!(detail.body["status"]["burn_rates"][0], json!({ "window": "2m", "rate": 10.0 }));
}

#[test]
fn a_spent_budget_closes_the_gate_and_a_word_opens_it() {
    let client = declaring();
    let state = |client: &Client| {
        let gate = client.get("/v1/gate/shop-checkout");
        gate.is(200, "", &[]);
        (gate.body["state"].clone(), gate.body["reason"].as_str().unwrap().to_owned())
    };
    assert_eq!(state(&client), (json!("unknown"), "up was not judged yet".to_owned()));
    judged(&client, "up", 3, NOW - Span::MINUTE);
    assert_eq!(state(&client).0, "open");
    judged(&client, "up", 9, NOW - Span::MINUTE);
    let (closed, reason) = state(&client);
    assert_eq!(closed, "closed");
    assert_eq!(reason, "the budget of up is spent, and 50 % more; it opens when 5 % are there again");
    let word = json!({ "open": true, "reason": "this release is the fix", "for": "2h", "by": "ann" });
    let opened = client.put("/v1/gate/shop-checkout/override", &word);
    opened.is(200, "", &["ann (arn:aws:iam::1:user/ann) keeps it open until", "this release is the fix"]);
    assert_eq!((&opened.body["open"], &opened.body["slos"][0]["closes"]), (&json!(true), &json!(true)));
    assert_eq!(state(&client).0, "open");
    // It lasts until the next word about it; none lasts for more than a week.
    let back = json!({ "open": true, "reason": "it is out", "for": "0s" });
    assert_eq!(client.put("/v1/gate/shop-checkout/override", &back).body["state"], "closed");
    let long = json!({ "open": true, "reason": "holiday", "for": "8d" });
    client.put("/v1/gate/shop-checkout/override", &long).is(400, "invalid-request", &["longer than 7d"]);
    client.put("/v1/gate/shop-checkout/override", &json!({})).is(400, "invalid-request", &["open", "reason"]);
    client.get("/v1/gate/shop-cart").is(200, "", &["no objective of this service closes a gate"]);
    client.get("/v1/gate/shop").is(404, "not-found", &[]);
}
