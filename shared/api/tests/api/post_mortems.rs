use domain::incident::Severity;
use domain::rca::Analysis;
use domain::report::{Detection, Impact, PostMortem};
use domain::units::Span;

use crate::fixture::{Client, NOW};

fn client() -> (Client, String) {
    let client = Client::new();
    let id = client.incident("shop-checkout", "errors", Severity::Sev2);
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
    client.world.lock().post_mortems.insert(id.to_string(), post_mortem);
    (client, format!("/v1/post-mortems/{id}"))
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
