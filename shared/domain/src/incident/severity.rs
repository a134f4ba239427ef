use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::units::Span;

/// How bad an incident is. The worst is the smallest: `Sev1 < Sev2`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Severity {
    /// The service is down.
    Sev1,
    /// A significant part does not work.
    Sev2,
    /// A minor part does not work.
    Sev3,
    /// Cosmetic.
    Sev4,
}

impl Severity {
    /// All, the worst first.
    pub const ALL: [Self; 4] = [Self::Sev1, Self::Sev2, Self::Sev3, Self::Sev4];

    /// The word in attributes, messages and configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sev1 => "SEV1",
            Self::Sev2 => "SEV2",
            Self::Sev3 => "SEV3",
            Self::Sev4 => "SEV4",
        }
    }

    /// What is expected of people at this severity.
    pub const fn policy(self) -> SeverityPolicy {
        let (respond, escalate) = match self {
            Self::Sev1 => (5, 15),
            Self::Sev2 => (15, 30),
            Self::Sev3 => (60, 120),
            Self::Sev4 => (240, 480),
        };
        SeverityPolicy { respond_within: Span::from_minutes(respond), escalate_after: Span::from_minutes(escalate) }
    }
}

/// The clocks of a severity.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SeverityPolicy {
    /// Somebody should have taken it by then.
    pub respond_within: Span,
    /// Unacknowledged for this long, it goes to the next.
    pub escalate_after: Span,
}

/// The text is no severity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a severity; write SEV1, SEV2, SEV3 or SEV4")]
pub struct SeverityError(String);

impl FromStr for Severity {
    type Err = SeverityError;
    fn from_str(text: &str) -> Result<Self, SeverityError> {
        Self::ALL.into_iter().find(|s| s.as_str() == text).ok_or_else(|| SeverityError(text.to_owned()))
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
