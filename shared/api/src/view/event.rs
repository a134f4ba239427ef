use domain::monitored::{self, Decision, Logged, Status};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// What is thought of an event.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub(crate) struct EventVerdict {
    /// The event's id.
    id: String,
    /// Who said it.
    source: String,
    /// What kind of work it is about.
    event_type: String,
    /// When it was.
    #[schema(format = DateTime)]
    at: String,
    /// How bad it is.
    #[schema(value_type = EventStatusWord)]
    status: Status,
    /// The same as a number, 0 to 1: from 0.7 on a warning, from 0.9 on critical.
    severity_score: f64,
    /// What the sender does next.
    #[schema(value_type = DecisionWord)]
    decision: Decision,
    /// Why, the gravest first.
    findings: Vec<Finding>,
    /// What would help, each once.
    suggestions: Vec<String>,
}

/// One thing that was noticed.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
#[schema(as = EventFinding)]
pub(crate) struct Finding {
    /// The rule.
    rule: String,
    /// Why, in a sentence.
    reason: String,
    /// How bad it is by itself, 0 to 1.
    severity_score: f64,
}

/// An event as the log keeps it.
#[derive(Clone, PartialEq, Debug, Serialize, ToSchema)]
pub(crate) struct LoggedEvent {
    #[serde(flatten)]
    verdict: EventVerdict,
    /// What happened; sensitive values are masked.
    #[schema(value_type = Object)]
    data: Map<String, Value>,
    /// Around what.
    #[schema(value_type = Object)]
    metadata: Map<String, Value>,
    /// When it was last judged.
    #[schema(format = DateTime)]
    judged_at: String,
}

/// How bad.
#[derive(ToSchema)]
#[schema(as = EventStatus, rename_all = "UPPERCASE")]
#[allow(dead_code, reason = "it is the schema of a word")]
pub(crate) enum EventStatusWord {
    Normal,
    Warning,
    Critical,
}

/// What the sender does next.
#[derive(ToSchema)]
#[schema(as = EventDecision, rename_all = "UPPERCASE")]
#[allow(dead_code, reason = "it is the schema of a word")]
pub(crate) enum DecisionWord {
    Continue,
    Retry,
    Reprocess,
    Escalate,
    Halt,
}

impl From<&Logged> for EventVerdict {
    fn from(Logged { event, verdict, .. }: &Logged) -> Self {
        Self {
            id: event.id.to_string(),
            source: event.source.to_string(),
            event_type: event.event_type.to_string(),
            at: event.at.to_string(),
            status: verdict.status,
            severity_score: verdict.severity,
            decision: verdict.decision,
            findings: verdict.findings.iter().map(Into::into).collect(),
            suggestions: verdict.suggestions().into_iter().map(str::to_owned).collect(),
        }
    }
}

impl From<&monitored::Finding> for Finding {
    fn from(finding: &monitored::Finding) -> Self {
        let (rule, reason) = (finding.rule.clone(), finding.reason.clone());
        Self { rule, reason, severity_score: (finding.severity * 1000.0).round() / 1000.0 }
    }
}

impl From<Logged> for LoggedEvent {
    fn from(logged: Logged) -> Self {
        Self {
            verdict: (&logged).into(),
            judged_at: logged.judged_at.to_string(),
            data: logged.event.data,
            metadata: logged.event.metadata,
        }
    }
}
