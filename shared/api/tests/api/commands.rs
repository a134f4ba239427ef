use domain::id::{ActionId, Fingerprint, RunbookName};
use domain::incident::Severity;
use domain::response::{Action, ActionKind, ActionState, Mode, RateLimit, Step};
use domain::service::Resource;
use domain::units::Span;
use serde_json::json;
use simulator::Crash;

use crate::fixture::{Client, NOW};

#[test]
fn who_acts_is_kept_as_said_and_as_signed() {
    for (body, arn, expected) in [
        (json!({ "by": "ann" }), None, "Incident acknowledged by ann"),
        (json!({}), Some("arn:x"), "Incident acknowledged by arn:x"),
        (json!({ "by": null }), Some("arn:x"), "Incident acknowledged by arn:x"),
        (json!({ "by": "ann" }), Some("arn:x"), "Incident acknowledged by ann (arn:x)"),
    ] {
        let client = arn.map_or_else(Client::new, |arn| Client::new().signed_by(arn));
        let id = client.incident("shop-cart", "errors", Severity::Sev2);
        let answer = client.post(&format!("/v1/incidents/{id}/acknowledge"), &body);
        answer.is(200, "", &["\"state\":\"acknowledged\""]);
        assert_eq!(answer.body["timeline"][2]["text"], expected);
    }
}

#[test]
fn an_illegal_transition_is_refused_with_the_reason() {
    let client = Client::new();
    let id = client.incident("shop-cart", "errors", Severity::Sev2);
    let by = json!({ "by": "ann" });
    let tell = |what: &str| client.post(&format!("/v1/incidents/{id}/{what}"), &by);
    tell("acknowledge").is(200, "", &[]);
    tell("acknowledge").is(409, "refused", &["somebody has it already"]);
    tell("resolve").is(200, "", &["\"state\":\"resolved\""]);
    tell("resolve").is(409, "refused", &["it is resolved already"]);
    tell("acknowledge").is(409, "refused", &["it is over"]);
    let unknown = client.post("/v1/incidents/inc-00/resolve", &by);
    unknown.is(404, "not-found", &["there is no incident inc-00"]);
}

#[test]
fn a_resolve_keeps_its_reason() {
    let client = Client::new();
    let id = client.incident("shop-cart", "errors", Severity::Sev2);
    let body = json!({ "by": "ann", "reason": "the provider\nhas fixed it" });
    client.post(&format!("/v1/incidents/{id}/resolve"), &body).is(200, "", &["has fixed it"]);
}

fn awaiting(client: &Client) -> (String, ActionId) {
    let id = client.incident("shop-checkout", "errors", Severity::Sev2);
    let runbook: RunbookName = "roll-back".parse().unwrap();
    let target = Resource::LambdaAlias { function: "shop-checkout".into(), alias: "live".into() };
    let action = Action {
        id: Action::id_of(&id, &runbook, 0, &target),
        runbook,
        step: Step {
            action: ActionKind::RollBackLambdaAlias,
            mode: Mode::Approve,
            moved_within: Span::HOUR,
            verify_within: Span::from_minutes(10),
            limit: RateLimit { count: 1, per: Span::HOUR },
        },
        target,
        alert: Fingerprint::derive(&["test"]),
        reason: "it moved 5m before".to_owned(),
        planned_at: NOW,
        to_version: "1".to_owned(),
        from_version: "2".to_owned(),
        state: ActionState::AwaitingApproval,
    };
    let action_id = action.id.clone();
    client.world.lock().incidents.get_mut(id.as_str()).unwrap().actions.push(action);
    (id.to_string(), action_id)
}

#[test]
fn an_action_is_approved_or_refused_once() {
    for (word, state) in [("approve", "approved"), ("refuse", "refused")] {
        let client = Client::new();
        let (id, action) = awaiting(&client);
        let target = format!("/v1/incidents/{id}/actions/{action}/{word}");
        let answer = client.post(&target, &json!({ "by": "ann" }));
        answer.is(200, "", &["ann"]);
        assert_eq!(answer.body["actions"][0]["state"], state);
        client.post(&target, &json!({ "by": "ben" })).is(409, "refused", &["does not wait for approval"]);
    }
    let client = Client::new();
    let (id, _) = awaiting(&client);
    let target = format!("/v1/incidents/{id}/actions/act-00/approve");
    client.post(&target, &json!({ "by": "ann" })).is(404, "not-found", &["no action act-00"]);
}

#[test]
fn the_kill_switch_is_thrown_and_released() {
    let client = Client::new().signed_by("arn:x");
    assert_eq!(client.get("/v1/kill-switch").body, json!({ "engaged": false, "by": "", "reason": "" }));
    let thrown = client.put("/v1/kill-switch", &json!({ "engaged": true, "reason": "migration", "by": "ann" }));
    let expected = json!({ "engaged": true, "by": "ann (arn:x)", "reason": "migration", "at": NOW.to_string() });
    assert_eq!(thrown.body, expected);
    assert_eq!(client.get("/v1/kill-switch").body, expected);
    client.put("/v1/kill-switch", &json!({ "engaged": false, "reason": "done" })).is(200, "", &["false"]);
}

#[test]
fn a_deployment_told_twice_is_one() {
    let client = Client::new();
    let body = json!({
        "service": "shop-cart", "version": "2", "previous_version": "1", "at": "2026-01-31T13:00:00Z",
    });
    let first = client.post("/v1/deployments", &body);
    first.is(202, "", &["dep-"]);
    assert_eq!(client.post("/v1/deployments", &body).body, first.body);
    assert_eq!(client.world.lock().deployments.len(), 1);
}

#[test]
fn a_store_that_fails_changes_nothing_and_says_so() {
    let by = json!({ "by": "ann" });
    for calls in 0..2 {
        let client = Client::new();
        let id = client.incident("shop-cart", "errors", Severity::Sev2);
        client.world.crash(Crash::Before(calls));
        client.post(&format!("/v1/incidents/{id}/acknowledge"), &by).is(503, "unavailable", &[]);
        client.world.revive();
        assert_eq!(client.get(&format!("/v1/incidents/{id}")).body["state"], "triggered");
    }
}
