use domain::id::IncidentId;
use domain::incident::{Entry, Severity, What};
use domain::rca::Analysis;
use domain::report::{Detection, Impact, PostMortem};
use domain::units::Span;

use crate::fixture::{Client, NOW};

fn client() -> (Client, String) {
    let client = Client::new();
    let id = client.incident("shop-checkout", "errors", Severity::Sev2);
    post_mortem_of(&client, &id);
    (client, format!("/v1/post-mortems/{id}"))
}

/// Writes it as the function would that is told of the incident's end.
pub(crate) fn post_mortem_of(client: &Client, id: &IncidentId) {
    let incident = client.world.lock().incidents[id.as_str()].clone();
    let post_mortem = PostMortem {
        incident: id.clone(),
        title: "errors <b>on</b> shop-checkout".to_owned(),
        service: incident.service,
        owner: "team-shop".to_owned(),
        severity: Severity::Sev2,
        opened_at: NOW - Span::HOUR,
        resolved_at: NOW,
        summary: vec!["It broke.".to_owned()],
        impact: Impact { lasted: Span::HOUR, requests: Some(100.0), failed: None, worst: None, missing: Vec::new() },
        detection: Detection { by: "monitor".to_owned(), delay: Span::MINUTE, acknowledged_after: None },
        timeline: incident.timeline,
        analysis: Analysis::default(),
        resolution: Vec::new(),
        actions: Vec::new(),
        action_items: Vec::new(),
        lessons: Vec::new(),
        prevention: Vec::new(),
        related: Vec::new(),
    };
    let mut world = client.world.lock();
    world.post_mortems.insert(id.to_string(), post_mortem);
    let entry = Entry { at: NOW, what: What::PostMortemWritten { key: "key".to_owned() } };
    world.incidents.get_mut(id.as_str()).unwrap().timeline.push(entry);
}

#[test]
fn a_post_mortem_is_shown_as_the_caller_wants_it() {
    let (client, target) = client();
    for (accept, expected, words) in [
        ("*/*", "application/json", "\"lasted\":\"1h\""),
        ("application/json", "application/json", "\"requests\":100.0"),
        ("text/markdown", "text/markdown; charset=utf-8", "It broke."),
        ("text/html,*/*;q=0.8", "text/html; charset=utf-8", "<html"),
    ] {
        let answer = client.accepting(&target, accept);
        answer.is(200, "", &[words]);
        assert_eq!(answer.headers["content-type"], expected, "{accept}");
        assert_eq!(answer.headers["vary"], "accept");
        assert!(!answer.text.contains("<b>on</b>") || expected == "application/json", "{answer:?}");
    }
    let page = client.accepting(&target, "text/html");
    assert!(page.headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
    client.accepting(&target, "application/pdf").is(406, "not-acceptable", &["text/markdown"]);
    client.get("/v1/post-mortems/inc-00").is(404, "not-found", &["once an incident of its severities has resolved"]);
}
