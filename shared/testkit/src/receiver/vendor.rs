use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{pagerduty, slack};

/// Whose endpoint a request is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Vendor {
    /// A Slack incoming webhook: `/slack...` and `/services/...`.
    Slack,
    /// Slack's Web API: `/api/chat...`.
    SlackApi,
    /// `PagerDuty` Events API v2: `/v2/enqueue`.
    #[serde(rename = "pagerduty")]
    PagerDuty,
    /// `PagerDuty` change events: `/v2/change/enqueue`.
    #[serde(rename = "pagerduty-change")]
    PagerDutyChange,
    /// A workflow of Microsoft Teams: `/teams...`.
    Teams,
    /// Opsgenie: `/v2/alerts...`.
    Opsgenie,
    /// A signed webhook: `/webhook...`.
    Webhook,
    /// Nobody.
    Unknown,
}

/// What a vendor says.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: String,
}

impl Vendor {
    pub(super) fn of(path: &str) -> Self {
        match path {
            "/v2/enqueue" => Self::PagerDuty,
            "/v2/change/enqueue" => Self::PagerDutyChange,
            _ if path.starts_with("/v2/alerts") => Self::Opsgenie,
            _ if path.starts_with("/teams") => Self::Teams,
            _ if path.starts_with("/api/") => Self::SlackApi,
            _ if path.starts_with("/slack") || path.starts_with("/services/") => Self::Slack,
            _ if path.starts_with("/webhook") => Self::Webhook,
            _ => Self::Unknown,
        }
    }

    /// What the vendor answers to a request with this body and these problems.
    pub(super) fn answer(self, body: Option<&Value>, length: usize, problems: &[String]) -> Answer {
        let (status, body) = match self {
            Self::Slack => slack::answer(body, problems),
            // The workspace answers what is sound.
            Self::SlackApi => {
                let word = problems.first().and_then(|problem| problem.split(':').next()).unwrap_or("invalid_json");
                (200, json!({"ok": false, "error": word}).to_string())
            }
            Self::PagerDuty | Self::PagerDutyChange => {
                let (status, answer) = pagerduty::answer(self, body, length, problems);
                (status, answer.to_string())
            }
            Self::Teams if problems.is_empty() => (202, String::new()),
            Self::Opsgenie if problems.is_empty() => {
                (202, json!({"result": "Request will be processed", "took": 0.1, "requestId": "r"}).to_string())
            }
            Self::Teams | Self::Opsgenie => (422, json!({"message": problems}).to_string()),
            Self::Webhook if problems.is_empty() => (200, json!({"received": true}).to_string()),
            Self::Webhook if problems.iter().any(|problem| problem.contains("signature")) => {
                (401, json!({"errors": problems}).to_string())
            }
            Self::Webhook => (400, json!({"errors": problems}).to_string()),
            Self::Unknown => (404, "not found".to_owned()),
        };
        Answer { status, body }
    }
}
