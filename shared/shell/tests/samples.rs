//! The sample payloads in `events/` are what the functions read.

#![allow(clippy::unwrap_used)]

use std::path::PathBuf;
use std::time::SystemTime;

use domain::units::Time;
use tocsin_shell::{About, Invocation, Schedule, about, incident_event, messages};

/// A day after the samples.
const NOW: Time = Time::from_epoch(1_769_954_580);

fn sample(name: &str) -> String {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").expect("cargo runs the tests")).join("../../events");
    std::fs::read_to_string(root.join(name)).unwrap()
}

#[test]
fn events_about_incidents() {
    let check = |name: &str, kind: &str| {
        for message in messages(&sample(name)).unwrap() {
            let event = incident_event(&message).unwrap();
            assert_eq!(event.kind.as_str(), kind, "{name}");
            assert!(message.timestamp.is_some_and(|at| at.parse::<Time>().is_ok()), "{name}");
        }
    };
    check("incident-response/sns-incident-opened.json", "incident.opened");
    check("incident-response/sns-action-approved.json", "action.approved");
    check("incident-response/sns-action-undo.json", "action.undo");
    check("notifier/sns-incident-opened.json", "incident.opened");
    check("notifier/sns-incident-resolved.json", "incident.resolved");
    check("notifier/sns-notification-retry.json", "notification.retry");
    check("notifier/sns-notification-due.json", "notification.due");
    check("post-mortem/sns-incident-resolved.json", "incident.resolved");
}

#[test]
fn deployments_that_are_due() {
    for message in messages(&sample("notifier/sns-deployment-due.json")).unwrap() {
        let About::Deployment(event) = about(&message).unwrap() else { panic!("it is about a deployment") };
        assert_eq!((event.service.as_str(), event.channel.as_str()), ("shop-checkout", "pagerduty"));
    }
}

#[test]
fn schedules() {
    let check = |name: &str, at: &str| {
        let invocation = Invocation { payload: sample(name), request_id: String::new(), deadline: SystemTime::now() };
        let schedule = Schedule::parse(&invocation, 1, NOW).unwrap();
        assert_eq!((schedule.shard, schedule.at.to_string().as_str()), (0, at), "{name}");
    };
    for function in ["collector", "evaluator", "timekeeper"] {
        check(&format!("{function}/schedule.json"), "2026-01-31T14:06:00Z");
        check(&format!("{function}/by-hand.json"), "2026-02-01T14:03:00Z");
    }
}

#[tokio::test]
async fn requests() {
    let echo = |method: axum::http::Method, uri: axum::http::Uri| async move { format!("{method} {uri}") };
    for (name, expected) in [
        ("api/http-health.json", "GET /health"),
        ("api/http-incidents.json", "GET /v1/incidents?limit=5"),
        ("api/http-metrics-query.json", "GET /v1/metrics/query?series=shop-checkout%2Ferrors&step=1m"),
        ("ingest/http-alert.json", "POST /v1/alerts"),
        ("ingest/http-deployment.json", "POST /v1/deployments"),
        ("ingest/http-slack-interaction.json", "POST /v1/slack/interactions"),
        ("ingest/http-pagerduty-event.json", "POST /v1/pagerduty/events"),
    ] {
        let answer = api::gateway::serve(axum::Router::new().fallback(echo), &sample(name)).await.unwrap();
        assert_eq!(answer.body, expected, "{name}");
    }
}
