use domain::metric::{Asked, Chunk, Failure, FailureKind, Outcome, Remark, Sample, Value as Number};
use domain::units::{Span, Time};
use serde_json::{Value, json};

use crate::fixture::{Client, NOW};

fn minute(number: u32) -> Time {
    NOW - Span::HOUR + Span::from_minutes(number)
}

fn store(client: &Client, tick: u32, series: &str, (from, until): (u32, u32), outcome: Outcome) {
    let asked = Asked {
        series: series.parse().unwrap(),
        from: minute(from),
        until: minute(until),
        outcome,
        remark: Remark::default(),
    };
    let chunk = Chunk { shard: 0, tick: minute(tick), asked: vec![asked] };
    client.world.lock().chunks.insert((0, chunk.tick), chunk);
}

fn read(samples: &[(u32, Number)]) -> Outcome {
    Outcome::Read(samples.iter().map(|(at, value)| Sample { at: minute(*at), value: *value }).collect())
}

fn client() -> Client {
    let client = Client::new();
    let number = Number::Number;
    let failure = Failure { kind: FailureKind::Throttled, detail: "rate exceeded".to_owned() };
    store(&client, 4, "shop-checkout/errors", (0, 4), read(&[(0, number(1.0)), (1, number(2.0))]));
    store(&client, 5, "shop-checkout/errors", (0, 5), read(&[(1, number(7.0))]));
    store(&client, 6, "shop-checkout/errors", (0, 6), Outcome::Failed(failure));
    client
}

fn points(client: &Client, query: &str) -> Value {
    let answer = client.get(&format!("/v1/metrics/query?series=shop-checkout/errors&{query}"));
    answer.is(200, "", &[]);
    answer.body["points"].clone()
}

#[test]
fn value_empty_failed_and_unknown_are_told_apart() {
    let client = client();
    let range = format!("from={}&to={}", minute(0), minute(7).epoch());
    let found = points(&client, &range);
    assert_eq!(found[0], json!({ "at": minute(0).to_string(), "value": 1.0 }));
    assert_eq!(found[1], json!({ "at": minute(1).to_string(), "value": 7.0 }));
    assert_eq!(found[2], json!({ "at": minute(2).to_string(), "empty": true }));
    assert_eq!(found[5], json!({ "at": minute(5).to_string(), "failed": "throttled: rate exceeded" }));
    assert_eq!(found[6], json!({ "at": minute(6).to_string(), "unknown": true }));
    assert_eq!(found.as_array().unwrap().len(), 7);

    let wide = points(&client, &format!("{range}&step=10m"));
    let missing = json!({ "empty": 3, "failed": 1, "unknown": 4 });
    assert_eq!(wide, json!([{ "at": minute(0).to_string(), "value": 8.0, "missing": missing }]));
}

#[test]
fn the_answer_says_how_it_was_made() {
    let client = client();
    let mean = Number::Mean { sum: 90.0, count: 9.0 };
    let zero = Number::Mean { sum: 0.0, count: 1.0 };
    store(&client, 7, "shop-checkout/latency", (0, 2), read(&[(0, mean), (1, zero)]));
    let query = format!("series=shop-checkout/latency&from={}&to={}&step=2m", minute(0), minute(2));
    let answer = client.get(&format!("/v1/metrics/query?{query}"));
    assert_eq!(
        answer.body,
        json!({
            "series": "shop-checkout/latency", "unit": "count", "from": minute(0).to_string(),
            "to": minute(2).to_string(), "step": "2m", "period": "1m", "merged_by": "mean",
            "points": [{ "at": minute(0).to_string(), "value": 9.0 }],
        })
    );
}

#[test]
fn the_last_hour_is_the_default_and_twelve_are_the_limit() {
    let client = client();
    assert_eq!(points(&client, "").as_array().unwrap().len(), 60);
    let whole = points(&client, &format!("from={}", (NOW - Span::HOUR.times(12)).epoch()));
    assert_eq!(whole.as_array().unwrap().len(), 720);
    let query = format!("series=shop-checkout/errors&from={}", (NOW - Span::HOUR.times(12)).epoch() - 1);
    let answer = client.get(&format!("/v1/metrics/query?{query}"));
    answer.is(400, "invalid-request", &["longer than 12h", "several ranges"]);
}
