use domain::alert::{AlertChange, Reading, Status};
use domain::id::{Fingerprint, ServiceName};
use domain::incident::Severity;
use domain::label::Labels;
use domain::monitor::{Category, Comparison, Limit};
use domain::setup::Setup;
use domain::units::{Span, Time, Unit};
use serde::Deserialize;
use shell::{Failure, Message, parse};

const COOLDOWN: Span = Span::from_minutes(10);

/// An alert as a person or a script writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HandMade {
    metric_name: String,
    current_value: f64,
    threshold: f64,
    service: Option<ServiceName>,
    severity: Option<Severity>,
    status: Option<Status>,
}

/// The message as a change of an alert; `None` if it has no `metric_name`, and so is something else.
///
/// # Errors
/// [`Failure::Park`] when it is meant as one and is wrong, naming the field.
pub(crate) fn alert_change(message: &Message, setup: &Setup, now: Time) -> Result<Option<AlertChange>, Failure> {
    let value: serde_json::Value = parse(&message.body, "the message")?;
    if value.get("metric_name").is_none() {
        return Ok(None);
    }
    let alert: HandMade = parse(&message.body, "the alert")?;
    if alert.metric_name.trim().is_empty() || alert.metric_name.len() > domain::id::NAME_BYTES_MAX {
        return Err(Failure::Park(format!("metric_name must have 1 to {} bytes", domain::id::NAME_BYTES_MAX)));
    }
    let service = service(alert.service, setup)?;
    let at = message.timestamp.as_deref().and_then(|text| text.parse().ok()).unwrap_or(now);
    let upward = alert.current_value >= alert.threshold;
    let comparison = if upward { Comparison::AtLeast } else { Comparison::AtMost };
    let limit = Limit { comparison, threshold: alert.threshold };
    let reading = Reading { signal: alert.metric_name.clone(), value: alert.current_value, limit, unit: Unit::Count };
    Ok(Some(AlertChange {
        fingerprint: Fingerprint::derive(&["by-hand", service.as_str(), &alert.metric_name]),
        name: alert.metric_name,
        service,
        category: Category::Technical,
        status: alert.status.unwrap_or(Status::Firing),
        severity: alert.severity.unwrap_or(Severity::Sev3),
        at: at.min(now),
        reason: reading.to_string(),
        reading: Some(reading),
        cooldown: COOLDOWN,
        ends_at: None,
        labels: Labels::default(),
    }))
}

fn service(named: Option<ServiceName>, setup: &Setup) -> Result<ServiceName, Failure> {
    match named {
        None => Ok(engine::owner::unassigned()),
        Some(service) if setup.service(&service).is_some() => Ok(service),
        Some(service) => {
            let known: Vec<_> = setup.services.iter().map(|service| service.name.as_str()).collect();
            Err(Failure::Park(format!("service {service} is unknown; the configuration has {}", known.join(", "))))
        }
    }
}
