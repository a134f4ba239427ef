use std::collections::BTreeMap;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::id::{MonitorName, RunbookName, ServiceName};
use crate::incident::Severity;
use crate::units::Span;

/// What to do when: data of the configuration.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Runbook {
    /// Its name.
    pub name: RunbookName,
    /// When it applies.
    pub matches: RunbookMatch,
    /// What it does, in order.
    pub steps: Vec<Step>,
}

/// The incidents a runbook is for; what is not said matches everything.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct RunbookMatch {
    /// The service.
    pub service: Option<ServiceName>,
    /// The monitor that fired.
    pub monitor: Option<MonitorName>,
    /// One of these severities; empty: any.
    pub severities: Vec<Severity>,
    /// Labels that the alert carries.
    pub labels: BTreeMap<String, String>,
}

impl RunbookMatch {
    /// Whether an alert `name` of `service` with this severity and these labels is meant.
    pub fn covers(
        &self,
        service: &ServiceName,
        name: &str,
        severity: Severity,
        labels: &BTreeMap<String, String>,
    ) -> bool {
        self.service.as_ref().is_none_or(|wanted| wanted == service)
            && self.monitor.as_ref().is_none_or(|wanted| wanted.as_str() == name)
            && (self.severities.is_empty() || self.severities.contains(&severity))
            && self.labels.iter().all(|(key, value)| labels.get(key) == Some(value))
    }
}

/// One action of a runbook with its guard rails.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Step {
    /// What is done.
    pub action: ActionKind,
    /// How far it may go by itself.
    pub mode: Mode,
    /// Precondition: the target changed at most this long before the incident.
    pub moved_within: Span,
    /// The monitor must recover within this time after the action.
    pub verify_within: Span,
    /// How often the action may be done to one target.
    pub limit: RateLimit,
}

/// At most `count` times in any `per`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RateLimit {
    /// How many.
    pub count: u32,
    /// In how long.
    pub per: Span,
}

/// The actions that exist.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActionKind {
    /// Point a Lambda alias back at the version that served before its last move.
    RollBackLambdaAlias,
}

impl ActionKind {
    /// The word in ids and configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RollBackLambdaAlias => "roll-back-lambda-alias",
        }
    }
}

/// The ladder an action climbs as a team comes to trust it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Not even considered.
    Off,
    /// Considered and written down, told to nobody.
    Shadow,
    /// People are told what would be done and why.
    #[default]
    Suggest,
    /// Done once a person approves.
    Approve,
    /// Done.
    Auto,
}

/// The text is no mode.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a mode; write off, shadow, suggest, approve or auto")]
pub struct ModeError(String);

impl FromStr for Mode {
    type Err = ModeError;
    fn from_str(text: &str) -> Result<Self, ModeError> {
        Ok(match text {
            "off" => Self::Off,
            "shadow" => Self::Shadow,
            "suggest" => Self::Suggest,
            "approve" => Self::Approve,
            "auto" => Self::Auto,
            _ => return Err(ModeError(text.to_owned())),
        })
    }
}
