use domain::incident::Severity;
use domain::units::Span;
use serde_json::{Value, json};

use crate::fixture::{Client, NOW, paged};

/// An incident that looks for somebody.
fn open(client: &Client) -> String {
    let body = json!({ "service": "shop-cart", "severity": "SEV1", "title": "Carts are empty", "by": "eve" });
    let opened = client.post("/v1/incidents", &body);
    opened.is(201, "", &["\"state\":\"paging\""]);
    opened.body["id"].as_str().unwrap().to_owned()
}

fn tell(client: &Client, id: &str, what: &str, body: &Value) -> crate::fixture::Answer {
    client.post(&format!("/v1/incidents/{id}/{what}"), body)
}

#[test]
fn an_incident_shows_who_has_it_and_what_comes_next() {
    let client = Client::over(Some(paged()));
    let id = open(&client);
    let shown = client.get(&format!("/v1/incidents/{id}")).body;
    let paging = &shown["escalation"];
    assert_eq!(paging["policy"], "shop");
    assert_eq!([&paging["called_step"], &paging["next_step"], &paging["next_round"]], [1, 2, 1], "{paging}");
    assert_eq!(paging["called_at"], NOW.to_string());
    assert!(paging["next_at"].as_str().unwrap() > NOW.to_string().as_str(), "{paging}");
    assert!(paging.get("holder").is_none() && shown.get("taken_by").is_none() && shown.get("muted").is_none());

    let taken = tell(&client, &id, "acknowledge", &json!({ "by": "ann" })).body;
    assert_eq!([&taken["taken_by"], &taken["escalation"]["holder"]], ["ann", "ann"]);
    assert_eq!(taken["escalation"]["state"], "acknowledged");
}

#[test]
fn it_is_taken_over_snoozed_escalated_and_muted() {
    let client = Client::over(Some(paged()));
    let id = open(&client);
    tell(&client, &id, "acknowledge", &json!({ "by": "ann" })).is(200, "", &[]);
    let over = tell(&client, &id, "take-over", &json!({ "by": "ben" }));
    over.is(200, "", &["Taken over by ben from ann", "\"taken_by\":\"ben\""]);
    let until = NOW + Span::from_minutes(45);
    let snoozed = tell(&client, &id, "snooze", &json!({ "by": "ben", "for": "45m" }));
    snoozed.is(200, "", &["\"state\":\"snoozed\"", "\"state\":\"acknowledged\""]);
    assert_eq!(snoozed.body["escalation"]["next_at"], until.to_string());
    let later = json!({ "by": "ben", "until": (until + Span::HOUR).to_string() });
    let snoozed = tell(&client, &id, "snooze", &later);
    assert_eq!(snoozed.body["escalation"]["next_at"], (until + Span::HOUR).to_string());
    let awake = tell(&client, &id, "acknowledge", &json!({ "by": "ben" }));
    awake.is(200, "", &["Acknowledged by ben", "\"taken_by\":\"ben\""]);
    assert_eq!(awake.body["escalation"]["state"], "acknowledged", "the snooze is over");
    let called = tell(&client, &id, "escalate", &json!({ "by": "ben" }));
    called.is(200, "", &["\"state\":\"paging\"", "\"state\":\"triggered\""]);
    assert!(called.body.get("taken_by").is_none(), "{called:?}");
    let muted = tell(&client, &id, "mute", &json!({ "by": "ben" }));
    assert_eq!(muted.body["muted"], json!({ "by": "ben", "at": NOW.to_string() }));
    tell(&client, &id, "mute", &json!({ "by": "ann" })).is(200, "", &["\"by\":\"ben\""]);
    assert!(tell(&client, &id, "unmute", &json!({ "by": "ben" })).body.get("muted").is_none());
    tell(&client, &id, "note", &json!({ "by": "ben", "text": "rolled back" })).is(200, "", &["ben: rolled back"]);

    tell(&client, &id, "resolve", &json!({ "by": "ben" })).is(200, "", &["\"state\":\"over\""]);
    for what in ["take-over", "escalate", "mute", "unmute"] {
        tell(&client, &id, what, &json!({ "by": "ann" })).is(409, "refused", &["resolved"]);
    }
    tell(&client, &id, "snooze", &json!({ "by": "ann", "for": "1h" })).is(409, "refused", &["resolved"]);
}

/// It is back, and the group that calls people has not told of it yet.
#[test]
fn what_is_back_is_snoozed_or_escalated_before_anybody_is_called_for_it_again() {
    for (what, body, expected) in [
        ("snooze", json!({ "by": "ann", "for": "1h" }), "\"state\":\"snoozed\""),
        ("escalate", json!({ "by": "ann" }), "\"state\":\"paging\""),
    ] {
        let client = Client::over(Some(paged()));
        let id = open(&client);
        client.world.lock().incidents.get_mut(&id).unwrap().escalation.as_mut().unwrap().resolve();
        tell(&client, &id, what, &body).is(200, "", &[expected]);
    }
}

#[test]
fn what_has_no_policy_cannot_be_escalated_or_snoozed() {
    let client = Client::new();
    let id = client.incident("shop-cart", "errors", Severity::Sev2).to_string();
    let by = json!({ "by": "ann" });
    tell(&client, &id, "escalate", &by).is(409, "refused", &["no escalation policy"]);
    tell(&client, &id, "snooze", &json!({ "by": "ann", "for": "1h" })).is(409, "refused", &["no escalation policy"]);
    tell(&client, &id, "take-over", &by).is(200, "", &["\"taken_by\":\"ann\""]);
    let over = tell(&client, &id, "take-over", &json!({ "by": "ben" }));
    over.is(200, "", &["Taken over by ben from ann", "\"taken_by\":\"ben\""]);
    let shown = client.get(&format!("/v1/incidents/{id}")).body;
    assert!(shown.get("escalation").is_none(), "{shown}");
    for what in ["take-over", "escalate", "mute", "unmute"] {
        tell(&client, "inc-00", what, &by).is(404, "not-found", &["there is no incident inc-00"]);
    }
}

#[test]
fn fields_of_what_is_said() {
    let client = Client::over(Some(paged()));
    let id = open(&client);
    for (what, body, field, words) in [
        ("take-over", json!({}), "by", "say who you are"),
        ("escalate", json!({ "by": 1 }), "by", "it must be a text"),
        ("mute", json!({ "by": "ann", "for": "1h" }), "for", "no field of this name"),
        ("note", json!({ "by": "ann" }), "text", "the field is missing"),
        ("note", json!({ "by": "ann", "text": " " }), "text", "it is empty"),
        ("note", json!({ "by": "ann", "text": "x".repeat(1001) }), "text", "more than 1000 characters"),
        ("snooze", json!({ "by": "ann" }), "until", "the field is missing"),
        ("snooze", json!({ "by": "ann", "for": "5" }), "for", "has no unit"),
        ("snooze", json!({ "by": "ann", "for": "8d" }), "for", "lies too far ahead"),
        ("snooze", json!({ "by": "ann", "for": "0s" }), "until", "must end in the future"),
        ("snooze", json!({ "by": "ann", "until": NOW.epoch() }), "until", "must end in the future"),
        ("snooze", json!({ "by": "ann", "until": "2026-03-01T00:00:00Z" }), "until", "lies too far ahead"),
        ("snooze", json!({ "by": "ann", "until": NOW.epoch() + 60, "for": "1m" }), "for", "means the same as until"),
        ("snooze", json!({ "until": NOW.epoch() + 60 }), "by", "say who you are"),
    ] {
        let answer = tell(&client, &id, what, &body);
        answer.is(400, "invalid-request", &[words]);
        assert_eq!(answer.body["field"], field, "{answer:?}");
    }
    let shown = client.get(&format!("/v1/incidents/{id}")).body;
    assert_eq!(shown["version"], 1, "nothing was changed");
}
