use std::collections::BTreeMap;

use engine::explain::{self, Said};
use serde::Serialize;
use utoipa::ToSchema;

use super::incident::SeverityWord;

/// The way of an alert to people, or to where it ends.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub(crate) struct Explanation {
    /// The alert's fingerprint; a made-up alert has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    alert: Option<String>,
    /// What raises it.
    name: String,
    /// The service that is wrong.
    service: String,
    /// How bad it is.
    #[schema(value_type = SeverityWord)]
    severity: domain::incident::Severity,
    /// Its incident.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    incident: Option<String>,
    /// What it is routed, grouped, inhibited and silenced by.
    labels: BTreeMap<String, String>,
    /// As of when.
    #[schema(format = DateTime)]
    at: String,
    /// What matters most, for each of its groups.
    answer: String,
    /// Each question of the pipeline with its answer, in order.
    steps: Vec<ExplanationStep>,
}

/// One question and its answer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub(crate) struct ExplanationStep {
    /// What it is about: `service`, `route`, `group`, `then`, `told`, `inhibited`, `interval`, `silenced`, `planned`,
    /// `flapping`, `muted-until-resolved`, `waits`, `outlook`, `tells`, `receipt`, `escalation`, `on-call` or `calls`.
    about: &'static str,
    /// The group that it is about; absent for services, routes, receipts and escalations.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    group: Option<String>,
    /// Whether this keeps the alert from people.
    stops: bool,
    /// How far below the root a route lies.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    depth: Option<usize>,
    /// When that is done, or ends, where there is such a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    at: Option<String>,
    /// The answer as a sentence.
    says: String,
}

impl From<explain::Explanation> for Explanation {
    fn from(explanation: explain::Explanation) -> Self {
        let answer = explanation.answer();
        let explain::Explanation { alert, labels, made_up, at, steps, .. } = explanation;
        Self {
            alert: (!made_up).then(|| alert.fingerprint.to_string()),
            name: alert.name,
            service: alert.service.to_string(),
            severity: alert.severity,
            incident: alert.incident.filter(|_| !made_up).map(|id| id.to_string()),
            labels: labels.into(),
            at: at.to_string(),
            answer,
            steps: steps.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<explain::Step> for ExplanationStep {
    fn from(step: explain::Step) -> Self {
        let depth = match &step.said {
            Said::Route { depth, .. } => Some(*depth),
            _ => None,
        };
        Self {
            about: step.said.kind(),
            group: step.group.as_ref().map(ToString::to_string),
            stops: step.said.stops(),
            depth,
            at: step.said.time().map(|at| at.to_string()),
            says: step.to_string(),
        }
    }
}
