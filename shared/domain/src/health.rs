//! How a service is: from its alerts and error budgets, and from what it calls.

mod assess;

use serde::{Deserialize, Serialize};

pub use assess::{Assessment, Cause, assess};

use crate::alert::{Alert, Status};
use crate::incident::Severity;

/// The health of a service.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Health {
    /// Nothing fires.
    Healthy,
    /// Something fires, nothing worse than SEV3.
    Degraded,
    /// Something of SEV1 or SEV2 fires.
    Unhealthy,
}

impl Health {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Degraded => "degraded",
            Self::Unhealthy => "unhealthy",
        }
    }
}

/// The health that these alerts of one service add up to.
pub fn health_of<'a>(alerts: impl IntoIterator<Item = &'a Alert>) -> Health {
    let firing = alerts.into_iter().filter(|alert| alert.status == Status::Firing);
    match firing.map(|alert| alert.severity).min() {
        None => Health::Healthy,
        Some(Severity::Sev1 | Severity::Sev2) => Health::Unhealthy,
        Some(Severity::Sev3 | Severity::Sev4) => Health::Degraded,
    }
}
