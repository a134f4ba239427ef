use domain::alert::{AlertChange, Status};
use domain::id::Fingerprint;
use domain::incident::Severity;
use domain::label::Labels;
use domain::monitor::Category;
use domain::setup::Setup;
use domain::units::{Span, Time};
use serde_json::json;

/// A configuration that names nothing.
///
/// # Panics
/// Never: it is written as one.
pub fn bare_setup() -> Setup {
    let setup = json!({
        "sources": [], "services": [], "series": [], "monitors": [], "runbooks": [], "response_enabled": true,
        "channels": [], "look_back": "10m", "post_mortem_severities": [], "default_owner": "t",
        "keep_metrics": "15d", "keep_incidents": "400d", "keep_events": "30d"
    });
    serde_json::from_value(setup).expect("it is written as a configuration")
}

/// What a detector tells of an alert, which is known by its service and name.
///
/// # Panics
/// When `service` is no name.
pub fn change(service: &str, name: &str, severity: Severity, status: Status, at: Time) -> AlertChange {
    AlertChange {
        fingerprint: Fingerprint::derive(&[service, name]),
        name: name.to_owned(),
        service: service.parse().expect("a name"),
        category: Category::Technical,
        status,
        severity,
        at,
        reason: format!("{name} of {service} is {status:?}"),
        reading: None,
        cooldown: Span::from_minutes(10),
        ends_at: None,
        labels: Labels::default(),
    }
}
