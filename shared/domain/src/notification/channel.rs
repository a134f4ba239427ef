use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::event::EventKind;
use crate::id::{ChannelName, ServiceName};
use crate::incident::Severity;
use crate::monitor::Category;

/// A place that notifications go to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Channel {
    /// Its name.
    pub name: ChannelName,
    /// What it is.
    pub kind: ChannelKind,
}

/// The kinds of channel; what is secret is a reference.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum ChannelKind {
    /// A Slack incoming webhook.
    Slack {
        /// Its address, which is its secret.
        url: Secret,
    },
    /// `PagerDuty` Events API v2.
    PagerDuty {
        /// The integration's key.
        routing_key: Secret,
        /// `https://events.pagerduty.com/v2/enqueue`, or another region's.
        url: String,
    },
    /// Any HTTPS endpoint; requests are signed.
    Webhook {
        /// The endpoint.
        url: String,
        /// The key of the signature.
        signing_secret: Secret,
    },
}

impl ChannelKind {
    /// Whether this kind of channel is told of events of `kind`. A pager follows the incident's life and nothing else.
    pub const fn wants(&self, kind: EventKind) -> bool {
        match self {
            Self::Slack { .. } | Self::Webhook { .. } => {
                !matches!(kind, EventKind::NotificationRetry | EventKind::ActionApproved | EventKind::ActionUndo)
            }
            Self::PagerDuty { .. } => matches!(
                kind,
                EventKind::IncidentOpened
                    | EventKind::IncidentReopened
                    | EventKind::IncidentUpdated
                    | EventKind::IncidentAcknowledged
                    | EventKind::IncidentResolved
            ),
        }
    }
}

/// Where a secret lies; never the secret itself.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Secret {
    /// The name of an SSM `SecureString` parameter.
    Ssm(String),
    /// The name or ARN of a Secrets Manager secret.
    SecretsManager(String),
}

/// The text is not a reference to a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a reference to a secret; write \"ssm:/path/of/parameter\" or \"secretsmanager:name\" (never the secret itself)"
)]
pub struct SecretError;

impl FromStr for Secret {
    type Err = SecretError;
    fn from_str(text: &str) -> Result<Self, SecretError> {
        match text.split_once(':') {
            Some(("ssm", name)) if name.starts_with('/') && name.len() > 1 => Ok(Self::Ssm(name.to_owned())),
            Some(("secretsmanager", name)) if !name.is_empty() => Ok(Self::SecretsManager(name.to_owned())),
            _ => Err(SecretError),
        }
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ssm(name) => write!(f, "ssm:{name}"),
            Self::SecretsManager(name) => write!(f, "secretsmanager:{name}"),
        }
    }
}

impl TryFrom<String> for Secret {
    type Error = SecretError;
    fn try_from(text: String) -> Result<Self, SecretError> {
        text.parse()
    }
}

impl From<Secret> for String {
    fn from(secret: Secret) -> Self {
        secret.to_string()
    }
}

/// Which incidents go to which channels. All routes that match are used; each channel is told once.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Route {
    /// One of these services; empty: any.
    pub services: Vec<ServiceName>,
    /// One of these severities; empty: any.
    pub severities: Vec<Severity>,
    /// This category; `None`: any.
    pub category: Option<Category>,
    /// Where to.
    pub channels: Vec<ChannelName>,
}

impl Route {
    /// Whether an incident of this service, severity and category goes here.
    pub fn covers(&self, service: &ServiceName, severity: Severity, category: Category) -> bool {
        (self.services.is_empty() || self.services.contains(service))
            && (self.severities.is_empty() || self.severities.contains(&severity))
            && self.category.is_none_or(|wanted| wanted == category)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_references_and_an_error_does_not_repeat_them() {
        assert_eq!("ssm:/a/b".parse(), Ok(Secret::Ssm("/a/b".into())));
        assert_eq!("secretsmanager:x".parse(), Ok(Secret::SecretsManager("x".into())));
        for text in ["https://hooks.slack.com/services/T/B/x", "ssm:", "ssm:a", "", "secretsmanager:"] {
            let error = text.parse::<Secret>().unwrap_err().to_string();
            assert!(!error.contains("hooks.slack.com"), "{error}");
        }
    }

    #[test]
    fn a_pager_follows_the_incidents_life_and_people_hear_of_actions_too() {
        let secret = || Secret::Ssm("/a".into());
        let url = String::new;
        let slack = ChannelKind::Slack { url: secret() };
        let webhook = ChannelKind::Webhook { url: url(), signing_secret: secret() };
        let pager = ChannelKind::PagerDuty { routing_key: secret(), url: url() };
        for kind in EventKind::ALL {
            let between_functions =
                matches!(kind, EventKind::ActionApproved | EventKind::ActionUndo | EventKind::NotificationRetry);
            assert_eq!(slack.wants(*kind), !between_functions, "{kind}");
            assert_eq!(webhook.wants(*kind), slack.wants(*kind), "{kind}");
            assert_eq!(pager.wants(*kind), kind.as_str().starts_with("incident."), "{kind}");
        }
    }
}
