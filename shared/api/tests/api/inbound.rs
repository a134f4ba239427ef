//! Calls of Slack and `PagerDuty`: believed by their signature only, and nothing of them is lost or done twice.

use domain::alert::Status;
use domain::id::IncidentId;
use domain::incident::{Severity, State, What};
use domain::notification::{Address, Inbound, Secret};
use domain::response::{ActionState, Mode};
use domain::sample::incident_with_action;
use domain::setup::Setup;
use domain::units::{Span, Time};
use hmac::{Hmac, KeyInit, Mac};
use http::Request;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::fixture::{Answer, Client, KEY, NOW, paged, setup};

const SLACK: &str = "/v1/slack/interactions";
const PAGERDUTY: &str = "/v1/pagerduty/events";
const ANSWERS: &str = "https://hooks.slack.com/actions/T0/1/abc";

fn with(secret: &str) -> Setup {
    let secret: Secret = secret.parse().unwrap();
    Setup { inbound: Inbound { slack: Some(secret.clone()), pagerduty: Some(secret), links: None }, ..setup() }
}

fn client() -> Client {
    Client::over(Some(with("ssm:/key")))
}

fn signed(text: &str) -> String {
    signed_with(KEY, text)
}

fn signed_with(key: &str, text: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A form as browsers write it.
fn form(payload: &Value) -> String {
    let escaped: String = payload.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!("payload={escaped}")
}

fn send_slack(client: &Client, body: &str, at: i64, key_says: impl Fn(&str) -> String) -> Answer {
    let request = Request::post(SLACK)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("x-slack-request-timestamp", at.to_string())
        .header("x-slack-signature", format!("v0={}", key_says(&format!("v0:{at}:{body}"))));
    client.send(request.body(body.to_owned().into()).unwrap())
}

/// `ann` presses a button; what she is told.
fn press(client: &Client, button: &str, value: &str) -> Vec<String> {
    press_as(client, "U1", button, value)
}

fn press_as(client: &Client, user: &str, button: &str, value: &str) -> Vec<String> {
    press_at(client, user, (button, value), NOW)
}

fn press_at(client: &Client, user: &str, (button, value): (&str, &str), at: Time) -> Vec<String> {
    let pressed = json!({"action_id": button, "value": value, "type": "button", "block_id": "incident"});
    let payload = json!({"type": "block_actions", "user": {"id": user, "username": "ann"}, "actions": [pressed],
        "response_url": ANSWERS});
    client.replies.lock().unwrap().clear();
    let answer = send_slack(client, &form(&payload), at.epoch(), signed);
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, ""), "{answer:?}");
    let replies = client.replies.lock().unwrap();
    assert!(replies.iter().all(|(url, _)| url == ANSWERS));
    replies.iter().map(|(_, words)| words.clone()).collect()
}

fn tell_pagerduty(client: &Client, event: &Value) -> Answer {
    let body = json!({ "event": event }).to_string();
    let other = "0".repeat(64);
    let request = Request::post(PAGERDUTY)
        .header("content-type", "application/json")
        .header("x-pagerduty-signature", format!("v1={other},v1={}", signed(&body)));
    client.send(request.body(body.into()).unwrap())
}

fn event(kind: &str, key: &str) -> Value {
    json!({"id": "01", "event_type": kind, "resource_type": "incident", "occurred_at": "2026-01-31T13:59:00.169Z",
        "agent": {"type": "user_reference", "summary": "Ann Example"},
        "data": {"incident_key": key, "assignees": [{"summary": "Ben"}]}})
}

fn incident(client: &Client) -> IncidentId {
    client.incident("shop-checkout", "errors", Severity::Sev2)
}

fn state(client: &Client, id: &IncidentId) -> State {
    client.world.lock().incidents[id.as_str()].state
}

#[test]
fn a_button_acknowledges_and_ends_in_the_name_of_who_pressed() {
    let client = client();
    let id = incident(&client);
    assert_eq!(press(&client, "acknowledge", id.as_str()), Vec::<String>::new(), "the message itself says it");
    assert_eq!(state(&client, &id), State::Acknowledged);
    let again = press(&client, "acknowledge", id.as_str());
    assert!(again.len() == 1 && again[0].starts_with("Nothing was done: "), "{again:?}");
    press(&client, "resolve", id.as_str());
    assert_eq!(state(&client, &id), State::Resolved);
    let world = client.world.lock();
    let said = |entry: &domain::incident::Entry| matches!(&entry.what, What::StateChanged { by, .. } if by == "ann (Slack U1)");
    assert_eq!(world.incidents[id.as_str()].timeline.iter().filter(|entry| said(entry)).count(), 2);
}

/// An installation that knows ann in Slack and `PagerDuty`, and an incident that looks for somebody.
fn known() -> (Client, IncidentId) {
    let mut setup = Setup { inbound: with("ssm:/key").inbound, ..paged() };
    let ann = setup.on_call.people.iter_mut().find(|person| person.name.as_str() == "ann").unwrap();
    ann.addresses.push(Address::Slack("U0ANN".parse().unwrap()));
    ann.pagerduty = Some("PANN".parse().unwrap());
    let client = Client::over(Some(setup));
    let body = json!({ "service": "shop-cart", "severity": "SEV1", "title": "Carts are empty", "by": "eve" });
    let id = client.post("/v1/incidents", &body).body["id"].as_str().unwrap().to_owned();
    (client, IncidentId::given(id))
}

/// A user of `PagerDuty` acknowledges there.
fn acknowledged_by(user: &str, id: &IncidentId) -> Value {
    let mut event = event("incident.acknowledged", id.as_str());
    event["agent"]["id"] = json!(user);
    event
}

#[test]
fn whoever_is_a_person_of_the_configuration_takes_it_as_that_person() {
    let check = |does: &dyn Fn(&Client, &IncidentId), expected: &str| {
        let (client, id) = known();
        does(&client, &id);
        let world = client.world.lock();
        let incident = &world.incidents[id.as_str()];
        assert_eq!(incident.escalation.as_ref().unwrap().holder(), Some(expected));
        let said =
            |entry: &domain::incident::Entry| matches!(&entry.what, What::StateChanged { by, .. } if by == expected);
        assert!(incident.timeline.iter().any(said), "{expected}: {:?}", incident.timeline);
    };
    let slack = |user: &'static str| {
        move |client: &Client, id: &IncidentId| drop(press_as(client, user, "acknowledge", id.as_str()))
    };
    let pagerduty = |user: &'static str| {
        move |client: &Client, id: &IncidentId| drop(tell_pagerduty(client, &acknowledged_by(user, id)))
    };
    check(&slack("U0ANN"), "ann");
    check(&slack("U0EVE"), "ann (Slack U0EVE)");
    check(&pagerduty("PANN"), "ann");
    check(&pagerduty("PEVE"), "Ann Example (PagerDuty)");
}

#[test]
fn an_acknowledgement_from_before_it_was_given_on_is_none() {
    let (client, id) = known();
    let by = json!({ "by": "ben" });
    client.post(&format!("/v1/incidents/{id}/acknowledge"), &by).is(200, "", &[]);
    client.post(&format!("/v1/incidents/{id}/escalate"), &by).is(200, "", &["\"state\":\"triggered\""]);
    tell_pagerduty(&client, &acknowledged_by("PANN", &id)).is(200, "", &["given on at"]);
    assert_eq!(state(&client, &id), State::Triggered);
    // There it is a page of its own since then.
    let key = client.world.lock().incidents[id.as_str()].page_keys().next().unwrap();
    assert_eq!(key, format!("{id}.1"));
    let mut then = acknowledged_by("PANN", &IncidentId::given(&key));
    then["occurred_at"] = json!(NOW.to_string());
    tell_pagerduty(&client, &then).is(200, "", &["\"taken\":true"]);
    assert_eq!(state(&client, &id), State::Acknowledged);
}

#[test]
fn a_button_gives_leave_once() {
    for (button, told, expected) in [("approve", "Approved.", "approved"), ("refuse", "Refused:", "refused")] {
        let client = client();
        let id = incident(&client);
        let waiting = incident_with_action(Mode::Approve, ActionState::AwaitingApproval).actions.remove(0);
        let action = waiting.id.clone();
        client.world.lock().incidents.get_mut(id.as_str()).unwrap().actions.push(waiting);
        let value = format!("{id}/{action}");
        assert!(press(&client, button, &value)[0].starts_with(told));
        assert!(press(&client, button, &value)[0].contains("does not wait for approval"), "a late press does nothing");
        let world = client.world.lock();
        let found = match &world.incidents[id.as_str()].actions[0].state {
            ActionState::Approved { by } if by == "ann (Slack U1)" => "approved",
            ActionState::Refused { .. } => "refused",
            other => panic!("{other:?}"),
        };
        assert_eq!(found, expected);
    }
}

#[test]
fn a_button_silences_an_incidents_alerts_for_an_hour() {
    let client = client();
    let id = incident(&client);
    for _ in 0..2 {
        let told = press(&client, "silence", id.as_str());
        assert!(told.len() == 1 && told[0].starts_with("Its alerts are silenced until 15:00:00 UTC"), "{told:?}");
    }
    let listed = client.get("/v1/silences").body;
    let [silence] = &listed["items"].as_array().unwrap()[..] else { panic!("{listed}") };
    assert_eq!(silence["matchers"], json!(["alertname=\"errors\"", "service=\"shop-checkout\""]));
    assert_eq!([&silence["by"], &silence["state"]], ["ann (Slack U1)", "active"]);
    assert_eq!(silence["ends_at"], "2026-01-31T15:00:00Z");
    assert_eq!(state(&client, &id), State::Triggered, "whoever silences has not taken it");
    let shown = client.get(&format!("/v1/incidents/{id}")).text;
    assert_eq!(shown.matches("Silenced its alerts until 15:00:00 UTC: sil-").count(), 1, "{shown}");

    // The same call, again, while its signature is believed.
    client.set_clock(NOW + Span::from_minutes(4));
    press(&client, "silence", id.as_str());
    assert_eq!(client.get("/v1/silences").body["items"].as_array().unwrap().len(), 1);
    let shown = client.get(&format!("/v1/incidents/{id}")).text;
    assert_eq!(shown.matches("Silenced its alerts").count(), 1, "{shown}");
    client.set_clock(NOW);

    let body = json!({ "service": "shop-cart", "severity": "SEV1", "title": "Carts are empty", "by": "eve" });
    let by_hand = client.post("/v1/incidents", &body).body["id"].as_str().unwrap().to_owned();
    assert!(press(&client, "silence", &by_hand)[0].contains("has no alerts"));
    assert!(press(&client, "silence", "inc-unknown")[0].contains("there is no incident inc-unknown"));
}

#[test]
fn what_names_nothing_is_told_so() {
    let client = client();
    let check = |button: &str, value: &str, expected: &str| {
        let told = press(&client, button, value);
        assert!(told.len() == 1 && told[0].contains(expected), "{button} {value}: {told:?}");
    };
    check("acknowledge", "inc-unknown", "there is no incident inc-unknown");
    check("acknowledge", "", "carries no id");
    check("acknowledge", "inc 1", "carries no id");
    check("acknowledge", &"x".repeat(2000), "carries no id");
    check("delete", "inc-1", "there is no button delete here");
    check("approve", "inc-1", "there is no button approve here");
}

#[test]
fn only_slack_is_believed_and_only_for_five_minutes() {
    let client = client();
    let id = incident(&client);
    let body = form(&json!({"type": "block_actions", "user": {"id": "U1"}, "response_url": ANSWERS,
        "actions": [{"action_id": "acknowledge", "value": id.as_str()}]}));
    let now = NOW.epoch();
    send_slack(&client, &body, now, |_| "0".repeat(64)).is(401, "unsigned", &["does not belong to this body"]);
    send_slack(&client, &body, now - 301, signed).is(401, "unsigned", &["more than 5m"]);
    send_slack(&client, &body, now, |_| "nonsense".to_owned()).is(401, "unsigned", &["x-slack-signature"]);
    client.send(Request::post(SLACK).body(body.clone().into()).unwrap()).is(401, "unsigned", &["is missing"]);
    assert_eq!(state(&client, &id), State::Triggered);
    send_slack(&client, &body, now - 300, signed).is(200, "", &[]);
    assert_eq!(state(&client, &id), State::Acknowledged);
}

#[test]
fn what_is_no_press_is_taken_or_refused_in_words() {
    let client = client();
    let check = |body: &str, status: u16, words: &[&str]| {
        send_slack(&client, body, NOW.epoch(), signed).is(status, "", words);
    };
    check("ssl_check=1&token=x", 200, &[]);
    check(&form(&json!({"type": "view_submission"})), 200, &[]);
    check(&form(&json!({"type": "block_actions"})), 200, &[]);
    check("payload=%7B", 400, &["the payload cannot be read"]);
    check("a=b", 400, &["no field `payload`"]);
    check("", 400, &["no field `payload`"]);
    check(&form(&json!([1])), 400, &["the payload cannot be read"]);
    for elsewhere in
        ["https://evil.example.com/", "http://127.0.0.1:9001/2018-06-01/runtime", "https://hooks.slack.com.evil/"]
    {
        let pressed = json!({"type": "block_actions", "user": {"id": "U1"}, "response_url": elsewhere,
            "actions": [{"action_id": "acknowledge", "value": "inc-1"}]});
        check(&form(&pressed), 200, &[]);
    }
    assert!(client.replies.lock().unwrap().is_empty(), "answers go to Slack only");
}

#[test]
fn without_a_key_there_is_no_route() {
    let body = form(&json!({}));
    for path in [SLACK, PAGERDUTY] {
        let answer = Client::new().send(Request::post(path).body(body.clone().into()).unwrap());
        answer.is(404, "not-found", &["takes no calls", "inbound."]);
    }
    let unreadable = Client::over(Some(with("secretsmanager:key")));
    send_slack(&unreadable, &body, NOW.epoch(), signed).is(503, "unavailable", &["AccessDeniedException"]);
}

#[test]
fn an_empty_key_believes_nobody() {
    let client = Client::over(Some(with("ssm:/empty")));
    let signed = |text: &str| signed_with("", text);
    send_slack(&client, &form(&json!({})), NOW.epoch(), signed).is(503, "unavailable", &["ssm:/empty is empty"]);
    let body = event("incident.acknowledged", "inc-1").to_string();
    let pagerduty = Request::post(PAGERDUTY).header("x-pagerduty-signature", format!("v1={}", signed(&body)));
    client.send(pagerduty.body(body.into()).unwrap()).is(503, "unavailable", &["ssm:/empty is empty"]);
}

#[test]
fn what_people_do_in_pagerduty_is_done_here() {
    let client = client();
    let id = incident(&client);
    let check = |event: Value, taken: bool, words: &str| {
        let answer = tell_pagerduty(&client, &event);
        answer.is(200, "", &[words]);
        assert_eq!(answer.body["taken"], taken, "{event}: {answer:?}");
    };
    let own = |kind: &str| event(kind, id.as_str());
    check(own("incident.escalated"), true, "timeline");
    check(own("incident.escalated"), true, "timeline");
    check(own("incident.acknowledged"), true, "yours");
    check(own("incident.acknowledged"), false, "acknowledged");
    check(own("incident.reopened"), true, "timeline");
    check(own("incident.resolved"), true, "resolved");
    check(own("incident.resolved"), false, "resolved");
    check(own("incident.priority_updated"), false, "changes nothing here");
    check(event("incident.acknowledged", "d3640fbd41094207"), false, "none of ours");
    check(event("incident.acknowledged", "inc-unknown"), false, "there is no incident");
    check(
        json!({"event_type": "incident.annotated", "agent": {"type": "user_reference"}, "data": {}}),
        false,
        "no dedup key",
    );
    check(json!({"event_type": "pagey.ping", "agent": null, "data": {"type": "ping"}}), false, "pong");
    let mut echo = own("incident.acknowledged");
    echo["agent"] = json!({"type": "service_reference", "summary": "Tocsin"});
    check(echo, false, "no person");
    let world = client.world.lock();
    let notes: Vec<_> = world.incidents[id.as_str()]
        .timeline
        .iter()
        .filter_map(|entry| match &entry.what {
            What::Note { by, text } => Some(format!("{by}: {text}")),
            _ => None,
        })
        .collect();
    assert_eq!(
        notes,
        [
            "PagerDuty: escalated by Ann Example (PagerDuty) to Ben at 13:59:00 UTC",
            "PagerDuty: reopened by Ann Example (PagerDuty) at 13:59:00 UTC; here it is as it was",
        ]
    );
}

/// An incident that began 10 seconds ago for the second time.
fn back(client: &Client) -> IncidentId {
    let id = incident(client);
    client.alert("shop-checkout", "errors", Severity::Sev2, Status::Resolved, NOW - Span::from_seconds(50));
    client.alert("shop-checkout", "errors", Severity::Sev2, Status::Firing, NOW - Span::from_seconds(10));
    assert_eq!(state(client, &id), State::Triggered);
    id
}

#[test]
fn a_press_from_before_the_incident_came_back_is_none() {
    let client = client();
    let id = back(&client);
    let before = NOW - Span::from_seconds(30);
    for button in ["acknowledge", "resolve", "silence"] {
        let told = press_at(&client, "U1", (button, id.as_str()), before);
        assert!(told[0].contains("reopened at"), "{button}: {told:?}");
        assert_eq!(state(&client, &id), State::Triggered, "{button}");
    }
    assert!(client.world.lock().silences.is_empty());
    assert!(press(&client, "acknowledge", id.as_str()).is_empty());
    assert_eq!(state(&client, &id), State::Acknowledged);
}

#[test]
fn an_acknowledgement_from_before_the_incident_came_back_is_none() {
    let client = client();
    let id = back(&client);
    let answer = tell_pagerduty(&client, &event("incident.acknowledged", id.as_str()));
    answer.is(200, "", &["reopened at"]);
    assert_eq!(state(&client, &id), State::Triggered);
}

#[test]
fn only_pagerduty_is_believed() {
    let client = client();
    let body = json!({"event": event("incident.acknowledged", "inc-1")}).to_string();
    let send = |signature: Option<&str>| {
        let mut request = Request::post(PAGERDUTY).header("content-type", "application/json");
        if let Some(signature) = signature {
            request = request.header("x-pagerduty-signature", signature);
        }
        client.send(request.body(body.clone().into()).unwrap())
    };
    send(None).is(401, "unsigned", &["x-pagerduty-signature"]);
    send(Some("v1=00")).is(401, "unsigned", &["x-pagerduty-signature"]);
    send(Some(&format!("v1={}", "0".repeat(64)))).is(401, "unsigned", &["does not belong"]);
    send(Some(&format!("v1={}", signed(&body)))).is(200, "", &["no incident inc-1"]);
    let (bad, path) = ("{}", PAGERDUTY);
    let request = Request::post(path).header("x-pagerduty-signature", format!("v1={}", signed(bad)));
    client.send(request.body(bad.to_owned().into()).unwrap()).is(400, "malformed-body", &["event"]);
}
