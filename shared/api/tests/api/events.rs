use domain::monitored::Logged;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::fixture::{Client, NOW};

fn report(client: &Client, event: &Value) -> Value {
    let answer = client.post("/v1/events", event);
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.body
}

#[expect(clippy::needless_pass_by_value, reason = "json!() is written at each call")]
fn event(data: Value) -> Value {
    json!({ "source": "api_module", "event_type": "api_response", "data": data })
}

/// The three examples that users of the format know, and what they are told.
#[test]
fn the_documented_events_get_their_verdicts() {
    let client = Client::new();
    for (source, event_type, data, metadata) in [
        (
            "api_module",
            "api_response",
            json!({ "response_time": 250, "status_code": 200, "output": "success" }),
            json!({ "user_id": "123" }),
        ),
        (
            "api_service",
            "response",
            json!({ "response_time": 2500, "status_code": 200, "items_returned": 50 }),
            json!({}),
        ),
        ("test_module", "test_event", json!({ "response_time": 250, "status_code": 200 }), json!({})),
    ] {
        let verdict =
            report(&client, &json!({ "source": source, "event_type": event_type, "data": data, "metadata": metadata }));
        assert_eq!(verdict["status"], "NORMAL", "{verdict}");
        assert_eq!(verdict["severity_score"], 0.0);
        assert_eq!(verdict["decision"], "CONTINUE");
        assert_eq!((&verdict["findings"], &verdict["suggestions"]), (&json!([]), &json!([])));
    }
    // The documented health: a response time above its limit is a warning.
    let verdict = report(&client, &event(json!({ "response_time": 5001 })));
    assert_eq!((&verdict["status"], &verdict["severity_score"]), (&json!("WARNING"), &json!(0.75)));
    assert_eq!(verdict["findings"][0]["reason"], "response_time 5001 is above its limit of 5000");
    let stats = client.get("/v1/stats").body;
    assert_eq!((&stats["current_status"], &stats["severity_score"]), (&json!("WARNING"), &json!(0.75)));
    assert_eq!(stats["recent_issues"], json!(["api_module: response_time 5001 is above its limit of 5000"]));
    assert_eq!((&stats["total_events_processed"], &stats["by_status"]["WARNING"]), (&json!(4), &json!(1)));
    assert_eq!(stats["sources"].as_array().map(Vec::len), Some(3));
}

#[test]
fn a_critical_event_of_a_service_opens_an_incident_and_normal_ones_resolve_it() {
    let client = Client::new();
    let bad =
        json!({ "source": "shop-checkout", "event_type": "charge", "data": { "cpu_usage": 99, "memory_usage": 99 } });
    assert_eq!(report(&client, &bad)["decision"], "ESCALATE");
    let alerts = client.get("/v1/alerts").body;
    assert_eq!(alerts["items"][0]["name"], "events/shop-checkout/charge", "{alerts}");
    let reason = alerts["items"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("memory_usage 99 is above its limit of 85"), "{reason}");
    for number in 0..5 {
        assert_eq!(client.get("/v1/alerts").body["items"].as_array().map(Vec::len), Some(1), "{number}");
        let good = json!({ "source": "shop-checkout", "event_type": "charge", "data": { "n": number } });
        assert_eq!(report(&client, &good)["status"], "NORMAL");
    }
    assert_eq!(client.get("/v1/alerts").body["items"], json!([]));
    assert_eq!(client.get("/v1/incidents").body["items"].as_array().map(Vec::len), Some(1));
}

#[test]
fn nobodys_event_opens_nothing() {
    let client = Client::new();
    assert_eq!(report(&client, &event(json!({ "cpu_usage": 99, "memory_usage": 99 })))["status"], "CRITICAL");
    assert_eq!(client.get("/v1/alerts").body["items"], json!([]));
}

#[test]
fn an_event_with_an_id_is_one_event() {
    let client = Client::new();
    let first =
        report(&client, &json!({ "source": "job", "event_type": "run", "id": "7", "data": { "output": null } }));
    let again =
        report(&client, &json!({ "source": "job", "event_type": "run", "id": "7", "data": { "output": null } }));
    assert_eq!(first, again);
    assert_eq!(client.get("/v1/stats").body["total_events_processed"], 1);
}

#[test]
fn what_is_sensitive_is_not_kept() {
    let client = Client::new();
    report(
        &client,
        &json!({ "source": "job", "event_type": "run", "data": { "password": "hunter2" }, "metadata": { "auth": { "api_key": "k" } } }),
    );
    let logs = client.get("/v1/logs").body;
    assert_eq!(logs["items"][0]["data"], json!({ "password": "***" }));
    assert_eq!(logs["items"][0]["metadata"], json!({ "auth": { "api_key": "***" } }));
}

/// Forty events, a minute apart, the last one now: every fourth a warning, every eighth critical.
fn filled() -> Client {
    let client = Client::new();
    for number in 0..40_i64 {
        let data = match number % 8 {
            0 => json!({ "cpu_usage": 99, "memory_usage": 99 }),
            4 => json!({ "output": null }),
            _ => json!({ "number": number }),
        };
        let (source, at) = (if number % 2 == 0 { "even" } else { "odd" }, NOW.epoch() - (39 - number) * 60);
        report(&client, &json!({ "source": source, "event_type": "run", "data": data, "at": at }));
    }
    client
}

fn count(client: &Client, query: &str) -> usize {
    let answer = client.get(&format!("/v1/logs?limit=100&{query}"));
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.body["items"].as_array().unwrap().len()
}

#[test]
fn the_log_is_asked_by_status_source_and_time() {
    let client = filled();
    assert_eq!(count(&client, ""), 40);
    assert_eq!(count(&client, "status=WARNING&status=CRITICAL"), 10);
    assert_eq!(count(&client, "status=CRITICAL&source=even"), 5);
    assert_eq!(count(&client, "source=odd"), 20);
    assert_eq!(count(&client, "decision=RETRY"), 5);
    assert_eq!(count(&client, "rule=limit:cpu"), 5);
    assert_eq!(count(&client, "min_severity=0.9"), 5);
    assert_eq!(count(&client, "event_type=other"), 0);
    assert_eq!(count(&client, &format!("start_time={}", NOW.epoch() - 600)), 11);
    assert_eq!(count(&client, &format!("end_time={}", NOW.epoch() - 600)), 29);
    let wanted = json!({ "status": ["WARNING", "CRITICAL"], "source": "even", "limit": 3, "start_time": "2026-01-31T13:30:00Z" });
    let page = client.post("/v1/logs/query", &wanted).body;
    assert_eq!(page["items"].as_array().map(Vec::len), Some(3), "{page}");
}

#[test]
fn pages_of_the_log_neither_overlap_nor_leave_out() {
    let client = filled();
    for query in ["", "status=WARNING&status=CRITICAL&", "source=odd&"] {
        let (mut ids, mut cursor): (Vec<Value>, _) = (Vec::new(), String::new());
        loop {
            let page = client.get(&format!("/v1/logs?{query}limit=7{cursor}")).body;
            ids.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()));
            match page["cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        let whole = client.get(&format!("/v1/logs?{query}limit=100")).body;
        let all: Vec<_> = whole["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect();
        assert_eq!(ids, all, "{query}");
    }
}

#[test]
fn events_are_judged_anew_by_the_rules_of_today() {
    let client = filled();
    let mut setup = crate::fixture::setup();
    setup.events.limits.0.insert("number".to_owned(), 20.0);
    let today = client.with(setup);
    let answer = today.json(&Method::POST, "/v1/analysis/re-evaluate?lookback_minutes=10", "");
    assert_eq!(answer.body["evaluated"], 11, "{}", answer.text);
    let changed = answer.body["changed"].as_array().unwrap();
    assert!(
        !changed.is_empty() && changed.iter().all(|one| one["from"] == "NORMAL" && one["to"] != "NORMAL"),
        "{changed:?}"
    );
    let again = today.json(&Method::POST, "/v1/analysis/re-evaluate?lookback_minutes=10", "");
    assert_eq!(again.body["changed"], json!([]));
    assert_eq!(count(&today, "rule=limit:number"), changed.len());
}

#[test]
fn old_events_go_to_the_archive() {
    let client = Client::new();
    for hours in [1, 47, 48, 49, 100] {
        report(&client, &json!({ "source": "job", "event_type": "run", "data": {}, "at": NOW.epoch() - hours * 3600 }));
    }
    let answer = client.json(&Method::POST, "/v1/maintenance/cleanup?older_than_hours=48", "");
    assert_eq!((&answer.body["archived"], &answer.body["more"]), (&json!(2), &json!(false)), "{}", answer.text);
    assert_eq!(count(&client, ""), 3);
    let world = client.world.lock();
    let lines =
        world.archive.values().flat_map(|body| body.split(|byte| *byte == b'\n')).filter(|line| !line.is_empty());
    let archived: Vec<Logged> = lines.map(|line| serde_json::from_slice(line).unwrap()).collect();
    assert_eq!(archived.len(), 2);
    assert!(world.archive.keys().all(|key| key.starts_with("archive/events/2026-01-")), "{:?}", world.archive.keys());
}

#[test]
fn what_is_wrong_is_said_all_at_once() {
    let client = Client::new();
    let refused = |method: &Method, path: &str, body: Option<&Value>, words: &[&str]| {
        let answer = client.json(method, path, body.map(Value::to_string).unwrap_or_default());
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text);
        for words in words {
            assert!(answer.text.contains(words), "{words}: {}", answer.text);
        }
    };
    let post = Method::POST;
    refused(
        &post,
        "/v1/events",
        Some(&json!({})),
        &["source: the field is missing", "event_type: the", "data: the field is missing"],
    );
    refused(
        &post,
        "/v1/events",
        Some(&json!({ "source": "a#b", "event_type": 5, "data": [] })),
        &["neither control", "must be a text", "must be an object"],
    );
    let old = json!({ "source": "a", "event_type": "b", "data": {}, "at": NOW.epoch() - 39 * 86_400 });
    refused(&post, "/v1/events", Some(&old), &["at: 2025-12-23T14:00:00Z is longer ago than events are kept"]);
    let large = json!({ "source": "a", "event_type": "b", "data": { "text": "x".repeat(32_768) } });
    refused(&post, "/v1/events", Some(&large), &["more than 32768 bytes"]);
    refused(&Method::GET, "/v1/logs?status=BAD&limit=0", None, &["none of NORMAL, WARNING, CRITICAL", "from 1 to 100"]);
    refused(&post, "/v1/maintenance/cleanup", None, &["older_than_hours: the field is missing"]);
    refused(&post, "/v1/maintenance/cleanup?older_than_hours=0", None, &["from 1 to 8760"]);
    refused(&post, "/v1/analysis/re-evaluate?lookback_minutes=x", None, &["from 1 to 1440"]);
    refused(&Method::GET, "/v1/stats?a=1", None, &["there is no parameter"]);
}
