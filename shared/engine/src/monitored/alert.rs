use domain::alert::{AlertChange, Status};
use domain::id::{Fingerprint, ServiceName};
use domain::incident::Severity;
use domain::label::Labels;
use domain::monitor::Category;
use domain::monitored::{Decision, Logged};
use domain::setup::Setup;
use domain::units::Span;

/// Normal events in a row that resolve the alert of their source.
const CLEAR_AFTER: u32 = 5;
/// A breach this soon after a resolve reopens the incident.
const COOLDOWN: Span = Span::from_minutes(10);
/// Characters of a reason.
const REASON_CHARS_MAX: usize = 1000;

/// What an event changes: it fires the alert of its source's service if it wants a person, and every fifth normal event
/// in a row resolves it. Both change nothing where that is so already, and so may be said again after a crash.
pub(super) fn change(setup: &Setup, logged: &Logged, normal_in_a_row: u32) -> Option<AlertChange> {
    let (event, verdict) = (&logged.event, &logged.verdict);
    let (source, event_type) = (event.source.as_str(), event.event_type.as_str());
    let service = service_of(setup, source, setup.events.service_of(&event.source))?;
    let (status, reason) = if verdict.decision >= Decision::Escalate {
        let reasons: Vec<_> = verdict.findings.iter().map(|finding| finding.reason.as_str()).collect();
        (Status::Firing, format!("{source} says in {event_type}: {}", reasons.join("; ")))
    } else if normal_in_a_row > 0 && normal_in_a_row.is_multiple_of(CLEAR_AFTER) {
        (Status::Resolved, format!("{normal_in_a_row} events of {event_type} in a row were normal"))
    } else {
        return None;
    };
    let label = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Some(AlertChange {
        fingerprint: Fingerprint::derive(&["events", source, event_type]),
        name: format!("events/{source}/{event_type}"),
        service,
        category: Category::Technical,
        status,
        severity: Severity::Sev2,
        at: event.at,
        reason: reason.chars().take(REASON_CHARS_MAX).collect(),
        reading: None,
        cooldown: COOLDOWN,
        ends_at: None,
        labels: Labels::from([label("source", source), label("event_type", event_type)]),
    })
}

/// The service that the source is mapped to, or that has its name.
fn service_of(setup: &Setup, source: &str, mapped: Option<&ServiceName>) -> Option<ServiceName> {
    let named = || source.parse().ok().filter(|name| setup.service(name).is_some());
    mapped.cloned().or_else(named)
}
