use domain::id::ServiceName;
use domain::incident;
use serde::Serialize;
use utoipa::ToSchema;

/// Another incident that one may be one with, or is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub(crate) struct Related {
    /// Which.
    incident: String,
    /// The service by which it is related.
    service: String,
    /// Why; empty: a person has said so.
    why: String,
    /// When that was seen.
    #[schema(format = DateTime)]
    since: String,
    /// `candidate` (they may be one), `confirmed` (they most likely are), `merged` (they are one) or `dismissed` (they
    /// are not).
    standing: &'static str,
    /// When it came to stand so; absent: when it was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    at: Option<String>,
    /// Who made it so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    by: Option<String>,
}

/// A service and a correlation key whose alerts join an incident.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub(crate) struct Covered {
    /// The service.
    service: String,
    /// What the alerts have in common beside the service; empty: the service alone.
    key: String,
}

impl From<&incident::Related> for Related {
    fn from(related: &incident::Related) -> Self {
        let made = related.standing.made();
        Self {
            incident: related.incident.to_string(),
            service: related.service.to_string(),
            why: related.why.clone(),
            since: related.since.to_string(),
            standing: related.standing.as_str(),
            at: made.map(|(at, _)| at.to_string()),
            by: made.map(|(_, by)| by.to_owned()),
        }
    }
}

impl From<&(ServiceName, String)> for Covered {
    fn from((service, key): &(ServiceName, String)) -> Self {
        Self { service: service.to_string(), key: key.clone() }
    }
}
