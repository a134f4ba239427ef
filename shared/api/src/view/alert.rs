use std::collections::BTreeMap;

use domain::alert::{self, AlertSummary, Status};
use domain::flapping::State;
use domain::incident::{Incident, Severity};
use domain::units::Time;
use serde::Serialize;
use utoipa::ToSchema;

use super::incident::SeverityWord;

/// What is wrong, or was.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub(crate) struct Alert {
    /// Its identity over its whole life.
    fingerprint: String,
    /// The monitor, or what an outside system calls it.
    name: String,
    /// The service that is wrong.
    service: String,
    /// How bad it is, or was when it last fired.
    #[schema(value_type = SeverityWord)]
    severity: Severity,
    /// Firing, resolved, or pending: not firing as far as is known, for want of data.
    #[schema(value_type = StatusWord)]
    status: Status,
    /// When the status last changed.
    #[schema(format = DateTime)]
    changed_at: String,
    /// When it last began to fire.
    #[schema(format = DateTime)]
    fired_at: String,
    /// Why it stands as it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<String>,
    /// The number that decided, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reading: Option<Reading>,
    /// Labels of its monitor.
    labels: BTreeMap<String, String>,
    /// The incident it last belonged to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    incident: Option<String>,
    /// It fires, and since then there are no data to say whether it still is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    no_data_since: Option<String>,
    /// It comes and goes, and is over for now since then: it is taken to fire until it was calm for a while.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    quiet_since: Option<String>,
    /// It ends then unless its sender tells it again, or it fires anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    ends_at: Option<String>,
    /// It comes and goes too often to be told each time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    flapping: Option<Flapping>,
}

/// What an alert that comes and goes waits for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub(crate) struct Flapping {
    /// Since when it flaps.
    #[schema(format = DateTime)]
    since: String,
    /// Until when, if it does not fire anew: then an end of it is believed.
    #[schema(format = DateTime)]
    until: String,
    /// How often it began to fire since it was last calm.
    firings: u32,
}

/// A number against its limit.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub(crate) struct Reading {
    /// What was measured, such as `errors / requests`.
    signal: String,
    /// The number.
    value: f64,
    /// The limit, such as `> 10`.
    limit: String,
    /// Their unit.
    #[schema(value_type = String)]
    unit: domain::units::Unit,
}

/// Firing or not.
#[derive(ToSchema)]
#[schema(as = Status, rename_all = "kebab-case")]
#[allow(dead_code, reason = "it is the schema of a word")]
pub(crate) enum StatusWord {
    Firing,
    Resolved,
    Pending,
}

impl Alert {
    /// An alert as it stands at `now`.
    pub(crate) fn of(alert: alert::Alert, now: Time) -> Self {
        let flapping = alert.flapping.as_ref().filter(|_| alert.status == alert::Status::Firing);
        Self {
            flapping: flapping.and_then(|flapping| Flapping::of(flapping, now)),
            fingerprint: alert.fingerprint.to_string(),
            ends_at: alert.next_wake().map(|at| at.to_string()),
            name: alert.name,
            service: alert.service.to_string(),
            severity: alert.severity,
            status: alert.status,
            changed_at: alert.changed_at.to_string(),
            fired_at: alert.fired_at.to_string(),
            reason: Some(alert.reason),
            reading: alert.reading.as_ref().map(Into::into),
            labels: alert.labels.into(),
            incident: alert.incident.as_ref().map(ToString::to_string),
            no_data_since: alert.no_data_since.map(|at| at.to_string()),
            quiet_since: alert.quiet_since.map(|at| at.to_string()),
        }
    }

    /// An alert as its incident lists it.
    pub(crate) fn listed(alert: &AlertSummary, incident: &Incident) -> Self {
        Self {
            fingerprint: alert.fingerprint.to_string(),
            name: alert.name.clone(),
            service: alert.service.as_ref().unwrap_or(&incident.service).to_string(),
            severity: alert.severity,
            status: if alert.resolved_at.is_some() { Status::Resolved } else { Status::Firing },
            changed_at: alert.resolved_at.unwrap_or(alert.fired_at).to_string(),
            fired_at: alert.fired_at.to_string(),
            reason: None,
            reading: alert.reading.as_ref().map(Into::into),
            labels: alert.labels.clone().into(),
            incident: None,
            no_data_since: None,
            quiet_since: alert.quiet_since.map(|at| at.to_string()),
            ends_at: None,
            flapping: None,
        }
    }
}

impl Flapping {
    /// If it flaps at `now`.
    fn of(flapping: &domain::flapping::Flapping, now: Time) -> Option<Self> {
        match flapping.state(now) {
            State::Flaps { since, until } => {
                Some(Self { since: since.to_string(), until: until.to_string(), firings: flapping.firings })
            }
            State::Calm => None,
        }
    }
}

impl From<&alert::Reading> for Reading {
    fn from(reading: &alert::Reading) -> Self {
        Self {
            signal: reading.signal.clone(),
            value: reading.value,
            limit: reading.limit.to_string(),
            unit: reading.unit,
        }
    }
}
