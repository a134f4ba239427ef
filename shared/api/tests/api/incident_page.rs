//! What the link of a message shows.

use domain::id::{IncidentId, NotificationId, ScheduleName};
use domain::incident::{Incident, Severity, State};
use domain::link::{Claim, View, calendar_token};
use domain::notification::{Destination, Receipt, ReceiptState};
use domain::response::{ActionState, Mode};
use domain::sample;
use domain::units::{Span, Time};
use http::Request;
use serde_json::json;

use crate::fixture::{Answer, Client, KEY, NOW, paged, setup};
use crate::post_mortems::post_mortem_of;

fn client() -> Client {
    Client::over(Some(paged()))
}

fn put(client: &Client, incident: &Incident) {
    client.world.lock().incidents.insert(incident.id.to_string(), incident.clone());
}

fn token(incident: &IncidentId, expires_at: Time) -> String {
    View { incident: incident.clone(), expires_at }.token(KEY.as_bytes())
}

fn shown(client: &Client, incident: &IncidentId) -> Answer {
    let answer = client.get(&format!("/incident/{}", token(incident, NOW + Span::HOUR)));
    answer.is(200, "", &["<!doctype html>"]);
    answer
}

fn sent_by_prometheus(client: &Client) -> IncidentId {
    let labels = json!({ "alertname": "Full<", "service": "shop-cart", "severity": "critical", "instance": "db-1:9100",
        "dashboard_url": "javascript:alert(1)" });
    let annotations = json!({ "summary": "disk is full", "runbook_url": "https://wiki.example.com/full?a=1&b=\"2\"" });
    client.post("/api/v2/alerts", &json!([{ "labels": labels, "annotations": annotations }])).is(200, "", &[]);
    let world = client.world.lock();
    world.incidents.values().next().unwrap().id.clone()
}

#[test]
fn the_page_says_what_a_person_must_know_and_lets_nobody_do_anything() {
    let client = client();
    let incident = sample::incident_with_action(Mode::Auto, ActionState::Verified { at: sample::after(400) });
    put(&client, &incident);
    let page = shown(&client, &incident.id);
    let (alert, action) = (&incident.alerts[0], &incident.actions[0]);
    let reading = alert.reading.as_ref().unwrap().to_string().replace('>', "&gt;");
    for words in [
        &*incident.title,
        incident.service.as_str(),
        incident.id.as_str(),
        &alert.name,
        &reading,
        &format!("firing since {} UTC", alert.fired_at.to_string().replace('T', " ").replace('Z', "")),
        &action.summary(),
        ": verified. ",
        &format!("Why: {}", action.reason),
        "What changed before",
        "What happened, the latest first",
    ] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    assert!(!page.text.contains("<button") && !page.text.contains("<script"), "{}", page.text);
    let post = Request::post(format!("/incident/{}", token(&incident.id, NOW + Span::HOUR)));
    assert_eq!(client.send(post.body(String::new().into()).unwrap()).status, 405);
    assert_eq!(client.world.lock().incidents[incident.id.as_str()], incident);
}

#[test]
fn what_senders_say_is_shown_with_its_links_and_runs_nowhere() {
    let client = client();
    let page = shown(&client, &sent_by_prometheus(&client)).text;
    for words in [
        "Full&lt;",
        "instance=db-1:9100",
        "<a href=\"https://wiki.example.com/full?a=1&amp;b=&quot;2&quot;\" rel=\"noreferrer\">Runbook</a>",
        "Dashboard: javascript:alert(1)",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("href=\"javascript") && !page.contains("runbook_url="), "{page}");
}

#[test]
fn the_page_says_who_has_it_and_who_is_called() {
    let client = client();
    let body = json!({ "service": "shop-cart", "severity": "SEV1", "title": "Carts are empty", "by": "eve" });
    let id = IncidentId::given(client.post("/v1/incidents", &body).body["id"].as_str().unwrap());
    let check = |words: &[&str]| shown(&client, &id).is(200, "", words);
    check(&[
        "Nobody has it yet. Step 2 of shop is called next at ",
        &format!("with: tocsin incident acknowledge {id}<"),
    ]);
    let order = |what: &str, body: &serde_json::Value| {
        client.post(&format!("/v1/incidents/{id}/{what}"), body).is(200, "", &[]);
    };
    order("acknowledge", &json!({ "by": "ann" }));
    check(&["<p>ann has it.</p>", "<dt>Taken by</dt><dd>ann</dd>"]);
    order("snooze", &json!({ "by": "ann", "for": "45m" }));
    check(&["ann has it. They are called again at 2026-01-31 14:45:00 UTC."]);
    order("resolve", &json!({ "by": "ann" }));
    check(&["<p>It is over.</p>", "<dt>Resolved</dt>"]);
}

#[test]
fn who_was_told_is_said_without_numbers_and_answers() {
    let client = client();
    let incident = sample::incident();
    put(&client, &incident);
    let to = json!({ "person": { "person": "ann", "address": { "phone": "+4915112345678" } } });
    let to: Destination = serde_json::from_value(to).unwrap();
    let call = sample::call(&to);
    let receipt = |id: &str, minutes: u32, state: fn(Time) -> ReceiptState| {
        let at = NOW + Span::from_minutes(minutes);
        let receipt = Receipt {
            id: NotificationId::derive(&[id]),
            version: 1,
            incident: incident.id.clone(),
            channel: call.channel.clone(),
            notification: None,
            created_at: NOW,
            tries: 1,
            state: state(at),
            next_wake: None,
            call: None,
            page: Some(to.clone()),
        };
        client.world.lock().receipts.insert((incident.id.to_string(), receipt.id.to_string()), receipt);
    };
    let delivered = |at| ReceiptState::Delivered { at, answer: "a vendor's words".to_owned(), handle: None };
    receipt("one", 0, delivered);
    shown(&client, &incident.id).is(200, "", &["ann by text message: delivered at 2026-01-31 14:00:00 UTC<"]);
    receipt("two", 9, delivered);
    receipt("three", 7, delivered);
    receipt("four", 8, |at| ReceiptState::Refused { at, answer: "a vendor's words".to_owned() });
    let page = shown(&client, &incident.id);
    let words = "ann by text message: delivered 3 times, the last at 2026-01-31 14:09:00 UTC; refused at 2026-01-31 14:08:00 UTC";
    page.is(200, "", &[words]);
    assert!(!page.text.contains("+49") && !page.text.contains("a vendor"), "{}", page.text);
}

#[test]
fn it_leads_to_where_the_incident_goes_on_and_to_its_post_mortem() {
    let client = client();
    let last = client.incident("shop-checkout", "errors", Severity::Sev2);
    let merged = Incident { merged_into: Some(last.clone()), state: State::Closed, ..sample::incident() };
    put(&client, &merged);
    let page = shown(&client, &merged.id);
    page.is(200, "", &["goes on in another incident", "The incident in which it goes on"]);
    let followed = |page: &Answer, words: &str| {
        let before = page.text.split(&format!("\" rel=\"noreferrer\">{words}")).next().unwrap();
        let address = before.rsplit("href=\"..").next().unwrap().to_owned();
        client.get(&address)
    };
    followed(&page, "The incident in which it goes on").is(200, "", &["<h1>SEV2: ", last.as_str()]);
    // It leads no longer than the link that led here.
    assert!(page.text.contains(&token(&last, NOW + Span::HOUR)), "{}", page.text);

    let written = token(&last, NOW + Span::HOUR);
    client.get(&format!("/post-mortem/{written}")).is(404, "", &["There is no post-mortem of inc-", "yet"]);
    post_mortem_of(&client, &last);
    let page = shown(&client, &last);
    let page = followed(&page, "The post-mortem");
    page.is(200, "", &["<html", "It broke."]);
    for (header, words) in
        [("cache-control", "no-store"), ("referrer-policy", "no-referrer"), ("x-frame-options", "DENY")]
    {
        assert_eq!(page.headers[header], words);
    }
    assert!(page.headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
}

#[test]
fn a_link_that_is_not_ours_shows_nothing() {
    let client = client();
    let id = client.incident("shop-checkout", "errors", Severity::Sev2);
    post_mortem_of(&client, &id);
    let good = token(&id, NOW + Span::HOUR);
    let view = View { incident: id.clone(), expires_at: NOW + Span::HOUR };
    let claim = Claim { incident: id.clone(), generation: 1, expires_at: NOW + Span::HOUR, person: None };
    let calendar = calendar_token(&"primary".parse::<ScheduleName>().unwrap(), KEY.as_bytes());
    for (token, status, words) in [
        (view.token(b"another key"), 403, "not made by us"),
        (view.token(b""), 403, "not made by us"),
        (claim.token(KEY.as_bytes()), 403, "not made by us"),
        (good[..good.len() - 3].to_owned(), 403, "not made by us"),
        (token(&id, NOW), 410, "has expired at 2026-01-31T14:00:00Z"),
        (calendar, 404, "no link of ours"),
        ("x".repeat(5000), 404, "no link of ours"),
    ] {
        for path in ["incident", "post-mortem"] {
            let answer = client.get(&format!("/{path}/{token}"));
            answer.is(status, "", &["There is nothing to show", words]);
            for secret in [id.as_str(), "errors", "shop-checkout", "SEV2"] {
                assert!(!answer.text.contains(secret), "{secret}: {answer:?}");
            }
        }
    }
    let mut unkeyed = setup();
    unkeyed.inbound.links = None;
    let unkeyed = client.with(unkeyed);
    unkeyed.get(&format!("/incident/{good}")).is(404, "", &["his installation has no links"]);
    let taken = client.get(&format!("/acknowledge/{good}"));
    taken.is(403, "", &["not made by us"]);
}
